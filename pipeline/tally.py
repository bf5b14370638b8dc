"""The counts of a run: what is done, what failed, what is left, whether to stop.

It is told what happens and tells it on; it starts nothing and writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.progress import Event, Notice, PagesExpected, ProblemSeen, RunSummary
from pipeline.record import Problem
from pipeline.rows import DocumentRow

#: What may be put right later: files that could not be read at that moment.
PASSING = frozenset({"missing", "unreadable", "changing"})


@dataclass(slots=True, eq=False)
class Tally:
    """Counts of one run, which only grow.

    Attributes:
        max_failures: share of failed files, 0..1, above which the run stops.
        min_files: below this many finished files the share is of all files of the run,
            so that one bad file at the start does not end it.
        stopped: why the run must stop, else `None`.
    """

    on_event: Callable[[Event], None]
    max_failures: float | None
    min_files: int
    files: int = 0
    finished_files: int = 0
    opened_files: int = 0
    failed: int = 0
    skipped: int = 0
    letters: int = 0
    to_review: int = 0
    problems: int = 0
    pages: int = 0
    pages_to_read: int = 0
    stopped: str | None = None
    _began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long the run has been at work."""
        return time.monotonic() - self._began

    def add_document(self, row: DocumentRow) -> None:
        """A file has come to its end, in this run or an earlier one."""
        self.finished_files += 1
        self.letters += row.letters
        self.to_review += row.to_review
        self.problems += len(row.problems)
        if row.state == "failed":
            self.failed += 1
            self._check_failures()

    def add_refused(self, name: str, problem: Problem) -> None:
        """A path has become no document."""
        self.finished_files += 1
        self.problems += 1
        self.on_event(ProblemSeen(name, problem))
        if problem.code in PASSING:
            self.failed += 1
            self._check_failures()
        else:
            self.skipped += 1

    def add_opened(self, pages: int) -> None:
        """A file with that many unread pages is begun."""
        self.opened_files += 1
        self.pages_to_read += pages

    def expected_pages(self, unseen_files: int) -> int:
        """Pages that this run will have read, if the unseen files are like the others."""
        mean = self.pages_to_read / self.opened_files if self.opened_files else 1.0
        return self.pages_to_read + round(unseen_files * mean)

    def tell_expected(self, unseen_files: int) -> None:
        """Say how many pages there will be."""
        self.on_event(PagesExpected(self.expected_pages(unseen_files), unseen_files == 0))

    def summary(self, *, interrupted: bool) -> RunSummary:
        """What the run came to."""
        return RunSummary(
            files=self.files,
            letters=self.letters,
            pages=self.pages,
            failed=self.failed,
            skipped=self.skipped,
            problems=self.problems,
            to_review=self.to_review,
            seconds=self.seconds,
            interrupted=interrupted,
            stopped=self.stopped,
        )

    def _check_failures(self) -> None:
        if self.max_failures is None or self.stopped is not None:
            return
        base = self.finished_files
        if base < self.min_files:
            base = max(self.files, base)
        if self.failed > self.max_failures * base:
            self.stopped = (
                f"{self.failed} of {self.finished_files} files failed, more than "
                f"--max-failures {self.max_failures:.4g} allows"
            )
            self.on_event(Notice("stopping", self.stopped))
