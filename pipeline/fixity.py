"""Whether originals and outputs are still, byte for byte, what a run left behind.

Everything is read in full and compared by SHA-256; nothing is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import fetched
from pipeline.intake import shown_name
from pipeline.ledger import Ledger

#: Folders and files of OUT that a run writes and answers for; others are the user's.
_OURS = ("records", "text")


@dataclass(frozen=True, slots=True)
class Deviation:
    """A file that is not as the ledger says.

    Attributes:
        what: `original` or `output`.
        path: originals as tables name them, outputs relative to OUT.
        state: `changed`, `missing`, `unknown` (nobody wrote it) or `unreadable`.
    """

    what: Literal["original", "output"]
    path: str
    state: Literal["changed", "missing", "unknown", "unreadable"]


@dataclass(frozen=True, slots=True)
class FixityReport:
    """What `sohoa verify` found.

    Attributes:
        originals, outputs: files compared.
        deviations: by kind, then path.
    """

    originals: int
    outputs: int
    deviations: tuple[Deviation, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every file is as it was."""
        return not self.deviations


def verify(out: Path, on_file: Callable[[str], None] = lambda path: None) -> FixityReport:
    """Compare every original and every output with its SHA-256.

    Args:
        out: a run's output folder.
        on_file: told each path before it is read.

    Raises:
        LedgerError: no run has written `out`, or its ledger is damaged.
    """
    ledger = Ledger(out, read_only=True)
    deviations: list[Deviation] = []
    originals = outputs = 0
    known = set()
    try:
        for document in ledger.documents("open", "done", "partial", "failed"):
            originals += 1
            on_file(document.name)
            state = _compare(document.path, document.sha256)
            if state is not None:
                deviations.append(Deviation("original", document.name, state))
        replaced = {document.sha256 for document in ledger.documents("replaced")}
        for row, document_sha256 in ledger.outputs():
            if document_sha256 in replaced:
                continue
            known.add(row.path)
            outputs += 1
            on_file(row.path)
            state = _compare(out / row.path, row.sha256)
            if state is not None:
                deviations.append(Deviation("output", row.path, state))
    finally:
        ledger.close()
    deviations += [
        Deviation("output", path, "unknown") for path in _written(out) if path not in known
    ]
    deviations.sort(key=lambda one: (one.what, one.path))
    return FixityReport(originals, outputs, tuple(deviations))


def _compare(path: Path, sha256: str) -> Literal["changed", "missing", "unreadable"] | None:
    try:
        with fetched.open_original(path) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    return None if found == sha256 else "changed"


def _written(out: Path) -> Iterator[str]:
    """Files in the folders that only a run writes to, relative to OUT."""
    for folder in _OURS:
        for path in sorted((out / folder).rglob("*")):
            if path.is_file():
                yield shown_name(path.relative_to(out).as_posix())
