"""What a run tells while it goes on, and what it came to.

Events are values for whoever shows them; this module draws nothing and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.record import Problem


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The inputs have been listed.

    Attributes:
        files: how many will be looked at.
    """

    files: int
    workers: int


@dataclass(frozen=True, slots=True)
class FileOpened:
    """Work on a file begins; `kept` of its `pages` were read by an earlier run."""

    source: str
    pages: int
    kept: int


@dataclass(frozen=True, slots=True)
class PagesExpected:
    """How many pages this run will have read at its end, as far as one can tell.

    Attributes:
        exact: all files have been looked at.
    """

    pages: int
    exact: bool


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page was read, or given up (`failed`)."""

    source: str
    page: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class FileSkipped:
    """The file needs no work: done before, a duplicate, or failed and not to be retried."""

    source: str
    reason: Literal["done", "failed", "duplicate", "unsupported", "missing", "unreadable"]


@dataclass(frozen=True, slots=True)
class FileDone:
    """The file's letters are written."""

    source: str
    status: Literal["done", "partial", "failed"]
    letters: int
    to_review: int


@dataclass(frozen=True, slots=True)
class ProblemSeen:
    """Something did not go cleanly."""

    source: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know and that is not a fault.

    Attributes:
        code: `renamed`, `replaced`, `passed_over`, `making_changed`, `recovered`,
            `worker_lost`, `worker_refused`, `other_processor`, `waiting`, `stopping`,
            `writing_tables`, `publishing`.
    """

    code: str
    message: str
    source: str | None = None


Event = (
    RunStarted
    | FileOpened
    | PagesExpected
    | PageDone
    | FileSkipped
    | FileDone
    | ProblemSeen
    | Notice
)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run came to; files done by earlier runs of the same OUT are counted in.

    Attributes:
        files: paths looked at.
        letters: letters of these files.
        pages: pages read by this run.
        failed: files without a letter, bad paths included.
        skipped: files that needed no work.
        problems: rows of problems of these files.
        to_review: letters with a field that a person should look at.
        seconds: how long it took.
        interrupted: ended by a signal; run again to go on.
        stopped: why it ended before its end, else `None`.
    """

    files: int
    letters: int
    pages: int
    failed: int
    skipped: int
    problems: int
    to_review: int
    seconds: float
    interrupted: bool = False
    stopped: str | None = None
