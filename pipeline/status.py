"""How a run stands, asked of OUT at any time, also while it is being written.

Reads the ledger and nothing else; decides and changes nothing.
"""

from __future__ import annotations

import collections
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.ledger import Ledger
from pipeline.lock import is_locked


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What `sohoa status` shows.

    Attributes:
        state: `running`, `done`, `interrupted` or `stopped`; `killed` when the run
            ended without a word.
        files_done, files_left: of the newest run, settled or not yet.
        done, partial, failed: documents of OUT by what became of them.
        letters, to_review: of OUT.
        failed_by_code: problem code -> documents that failed with it.
        problems_by_code: problem code -> times, in all documents and paths.
        pages, pages_left: read by the newest run, and left as far as one can tell.
        pages_per_second: over the newest run; `None` before its first page.
        seconds_left: `None` where nobody can tell.
    """

    state: str
    files_done: int
    files_left: int
    done: int
    partial: int
    failed: int
    replaced: int
    letters: int
    to_review: int
    failed_by_code: dict[str, int]
    problems_by_code: dict[str, int]
    pages: int
    pages_left: int
    pages_per_second: float | None
    seconds_left: float | None

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`; the keys are the attributes' names."""
        return dataclasses.asdict(self)


def read_status(out: Path) -> RunStatus:
    """How the newest run of `out` stands.

    Raises:
        LedgerError: no run has written there, or its ledger is damaged.
    """
    ledger = Ledger(out, read_only=True)
    try:
        return _status(ledger, running=is_locked(out))
    finally:
        ledger.close()


def _status(ledger: Ledger, *, running: bool) -> RunStatus:
    run = ledger.last_run()
    counts = ledger.count_documents()
    failed: collections.Counter[str] = collections.Counter()
    problems: collections.Counter[str] = collections.Counter()
    for document in ledger.documents("done", "partial", "failed"):
        codes = [problem.code for problem in document.problems]
        problems.update(codes)
        if document.state == "failed":
            failed.update(set(codes))
    for source in ledger.problem_sources(ledger.listing_run()):
        problems[source.state] += 1
    files = ledger.count_sources(run.id) if run else 0
    pages = run.pages if run else 0
    rate = pages / run.seconds if run and pages and run.seconds else None
    left = max(run.expected_pages - pages, 0) if run else 0
    state = "new" if run is None else run.state
    if state == "running" and not running:
        state = "killed"
    if state == "done":
        left = 0
    return RunStatus(
        state=state,
        files_done=run.files if run else 0,
        files_left=max(files - run.files, 0) if run else 0,
        done=_count(counts, "done", 0),
        partial=_count(counts, "partial", 0),
        failed=_count(counts, "failed", 0),
        replaced=_count(counts, "replaced", 0),
        letters=sum(_count(counts, name, 1) for name in ("done", "partial", "failed")),
        to_review=sum(_count(counts, name, 2) for name in ("done", "partial", "failed")),
        failed_by_code=dict(sorted(failed.items())),
        problems_by_code=dict(sorted(problems.items())),
        pages=pages,
        pages_left=left,
        pages_per_second=rate,
        seconds_left=left / rate if rate is not None else None,
    )


def _count(counts: dict[str, tuple[int, int, int, int]], state: str, column: int) -> int:
    return counts[state][column] if state in counts else 0
