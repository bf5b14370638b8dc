"""What a file is to the ledger: new, done, renamed, replaced, a copy, or unreadable.

Files are admitted strictly by name, so that which of two equal files is the document
does not depend on how fast they were looked at. This module reads no page and starts
no task.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import fetched
from pipeline.ledger import Ledger
from pipeline.lock import folder
from pipeline.making import Making, is_current
from pipeline.pagestore import PageStore
from pipeline.progress import Event, FileSkipped, Notice
from pipeline.record import Problem
from pipeline.rows import DocumentRow, SourceRow
from pipeline.tally import Tally
from pipeline.work import Survey


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document that is to be read; `problem` says why none of it can be."""

    row: DocumentRow
    source: SourceRow
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Admission:
    """The rules by which a run takes files in.

    Attributes:
        retry: failed documents and pages are tried again.
        anew: every document is finished again.
    """

    out: Path
    ledger: Ledger
    store: PageStore
    making: Making
    tally: Tally
    on_event: Callable[[Event], None]
    retry: bool = False
    anew: bool = False
    clock: Callable[[], float] = time.time

    def needs_survey(self, row: SourceRow) -> bool:
        """Whether the file must be opened to know what it is."""
        if row.state != "found":
            return False
        known = self.ledger.document(row.sha256) if row.sha256 else None
        if known is None:
            return True
        if known.pages is None and not (known.state == "failed" and not self.retry):
            return True
        if not fetched.is_fetched(row.path):
            return False
        # What is to be read must be fetched, even where the ledger knows its bytes.
        if known.path != row.path:
            return not fetched.exists(known.path)
        return not self._is_settled(known)

    def admit(self, row: SourceRow, survey: Survey | None) -> Admitted | None:
        """What is to be read of the file; `None` when nothing is.

        Args:
            row: the path as it was found.
            survey: what looking into it showed; `None` where the ledger knows it.
        """
        if row.state != "found":
            self.refuse(row, row.state, row.message)
            return None
        sha256 = survey.sha256 if survey is not None else row.sha256
        if sha256 is None:
            self._refuse_unread(row, survey)
            return None
        self.ledger.set_source(row.path, sha256, "found")
        self._replace_others(row, sha256)
        known = self.ledger.document(sha256)
        if known is not None and known.state == "replaced":
            known = None
        if known is not None and known.path != row.path:
            if fetched.exists(known.path):
                message = f"same bytes as {known.name}; its letters stand there"
                self.refuse(row, "duplicate", message, sha256)
                return None
            known = self._rename(row, known)
        if known is not None and self._is_settled(known):
            self.tally.skipped += 1
            self.tally.add_document(known)
            failed = known.state == "failed"
            self.on_event(FileSkipped(known.name, "failed" if failed else "done"))
            return None
        name = known.name if known is not None else row.name
        pages = survey.pages if survey is not None else known.pages if known else None
        document = DocumentRow(sha256, name, row.path, "open", self.making.digest, pages)
        return Admitted(document, row, survey.problem if survey is not None else None)

    def refuse(self, row: SourceRow, state: str, message: str, sha256: str | None = None) -> None:
        """The path gets a problem and no document."""
        self.ledger.set_source(row.path, sha256, state, message)
        self.tally.add_refused(row.name, Problem("batch", state, message))

    def _refuse_unread(self, row: SourceRow, survey: Survey | None) -> None:
        state, message = "missing", "went away before it was read; run again when it is back"
        if survey is not None and survey.problem is not None:
            state, message = "unreadable", survey.problem.message
        self.refuse(row, state, message)

    def _is_settled(self, known: DocumentRow) -> bool:
        """Whether nothing is left to do for the document."""
        if self.anew:
            return False
        if known.state == "failed":
            return not self.retry
        if known.state not in ("done", "partial"):
            return False
        if not is_current(known.digest, self.making.digest):
            return False
        if self.retry and known.state == "partial" and self._has_failed_pages(known.sha256):
            return False
        outputs = [row for row, _ in self.ledger.outputs(known.sha256)]
        return all((self.out / row.path).exists() for row in outputs)

    def _has_failed_pages(self, sha256: str) -> bool:
        kept = self.store.pages(sha256, self.making.pages_digest)
        return not all(page.is_whole for page in kept)

    def _rename(self, row: SourceRow, known: DocumentRow) -> DocumentRow:
        """The file of a known document has moved."""
        if known.name == row.name:
            self.ledger.move_document(known.sha256, row.path)
            return dataclasses.replace(known, path=row.path)
        message = f"is {known.name} under another name; its pages are not read again"
        self.on_event(Notice("renamed", message, row.name))
        # Its records hold the old name, so it is finished again from the kept pages.
        return dataclasses.replace(known, name=row.name, path=row.path, state="open")

    def _replace_others(self, row: SourceRow, sha256: str) -> None:
        """Documents that were read from this path when it had other bytes."""
        for document in self.ledger.documents_at(row.path):
            if document.sha256 == sha256:
                continue
            copies = [
                other.path
                for other in self.ledger.sources_with(document.sha256)
                if other.path != row.path and fetched.exists(other.path)
            ]
            if copies:
                self.ledger.move_document(document.sha256, copies[0])
            else:
                self._set_aside(document)
                message = "has other bytes than before: read as a new document"
                self.on_event(Notice("replaced", message, row.name))

    def _set_aside(self, document: DocumentRow) -> None:
        aside = folder(self.out) / "replaced"
        aside.mkdir(exist_ok=True)
        for output, _ in list(self.ledger.outputs(document.sha256)):
            with contextlib.suppress(FileNotFoundError):
                shutil.move(self.out / output.path, aside / Path(output.path).name)
        self.ledger.replace_document(document.sha256)
        self.store.drop(document.sha256)
