"""A folder that is looked at again and again: files at rest are taken in.

Polling, because network shares do not tell of changes. A file is at rest when its size
and time have stayed the same for a while; what was taken in is the ledger's to know, so
a restart does nothing twice. This module reads no file and knows no letters.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import batch, intake
from pipeline.intake import Finding
from pipeline.progress import Event, RunSummary
from pipeline.settings import Settings
from pipeline.work import Steps

_Stamp = tuple[int, int, int]


@dataclass(slots=True, eq=False)
class Rest:
    """Which files have stopped growing.

    Attributes:
        settle_seconds: how long a file must have stayed the same.
    """

    settle_seconds: float
    _since: dict[Path, tuple[_Stamp, float]] = field(default_factory=dict)
    _taken: dict[Path, _Stamp] = field(default_factory=dict)

    def ready(self, findings: list[Finding], now: float) -> list[Finding]:
        """Those of `findings` at rest that were not taken yet in this state.

        Args:
            findings: all files of the folder at this moment.
            now: seconds of a clock that is never set back.
        """
        present = {finding.path for finding in findings}
        for path in self._since.keys() - present:
            del self._since[path]
            self._taken.pop(path, None)
        found = []
        for finding in findings:
            stamp = (finding.size, finding.modified_ns, finding.changed_ns)
            before = self._since.get(finding.path)
            if before is None or before[0] != stamp:
                self._since[finding.path] = (stamp, now)
                continue
            # An empty file is one that a scanner has only just opened.
            empty = finding.state == "found" and finding.size == 0
            at_rest = now - before[1] >= self.settle_seconds and not empty
            if at_rest and self._taken.get(finding.path) != stamp:
                found.append(finding)
        return found

    def take(self, findings: list[Finding]) -> None:
        """Remember that these are done with until they change."""
        for finding in findings:
            stamp = (finding.size, finding.modified_ns, finding.changed_ns)
            self._taken[finding.path] = stamp


def watch(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    poll_seconds: float = 10.0,
    settle_seconds: float = 30.0,
    destination: str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    on_pass: Callable[[RunSummary | None], None] = lambda summary: None,
    steps: Steps | None = None,
    sleep: Callable[[float], None] = time.sleep,
    until: Callable[[], bool] = lambda: False,
) -> RunSummary | None:
    """Take in what comes to rest in `folder` until interrupted.

    Args:
        poll_seconds: between two looks.
        settle_seconds: how long a file must stay the same.
        destination: URL that the outputs are put to after each run.
        on_pass: told after every look what the run came to; `None`: nothing new.
        until: asked after every look whether to end.

    Returns:
        The summary of the last run, `None` when there was none.

    Raises:
        OutputError: `out` cannot be written, or another run is writing it.
        KeyboardInterrupt: interrupted between two runs.
    """
    rest = Rest(settle_seconds)
    last: RunSummary | None = None
    while True:
        findings = list(intake.find([folder], skip=out))
        # A share that is gone for a moment is not an empty folder.
        findings = [one for one in findings if one.state not in ("missing", "passed_over")]
        ready = rest.ready(findings, time.monotonic())
        if ready:
            last = batch.run_findings(
                ready,
                out.absolute(),
                settings,
                workers=workers,
                destination=destination,
                on_event=on_event,
                steps=steps,
            )
            rest.take(ready)
            if last.interrupted or last.stopped:
                return last
        on_pass(last if ready else None)
        if until():
            return last
        sleep(poll_seconds)
