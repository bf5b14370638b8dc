"""What the ledger says, row by row, as values.

This module knows nothing of where and how they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.record import Problem

DocumentState = Literal["open", "done", "partial", "failed", "replaced"]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A path that a run met; `sha256` is `None` until its bytes were read."""

    path: Path
    name: str
    state: str
    size: int
    modified_ns: int
    changed_ns: int
    message: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What became of the bytes with this SHA-256.

    Attributes:
        digest: of all that made its records; another one means they are out of date.
        pages: of the file; `None` when they could not be counted.
        document_id: of the failed row; `None` unless it failed.
    """

    sha256: str
    name: str
    path: Path
    state: DocumentState
    digest: str
    pages: int | None = None
    attempts: int = 0
    letters: int = 0
    to_review: int = 0
    problems: tuple[Problem, ...] = ()
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutputRow:
    """A file that the run wrote: path relative to OUT with `/`, SHA-256 and bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the ledger knows it; `seconds` is time at work, not on the calendar."""

    id: int
    state: str
    started_at: float
    finished_at: float | None
    pages: int
    seconds: float
    files: int
    expected_pages: int
    workers: int
