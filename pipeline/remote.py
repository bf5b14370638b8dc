"""What a Dask worker does for a run: each task in a process that can be killed.

A thread of a Dask worker cannot be ended, and its Tesseract would outlive it. So every
thread keeps a worker process of its own, as a run on one machine does, with the same
limits; a task that the run no longer wants is killed with all that it started.

This module knows nothing of letters or the ledger, and is loaded on the cluster only.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.executors import Lost, Outcome, Task
from pipeline.workers import LocalWorkers

#: At least this much memory for each process, whatever the Dask worker was given.
_LEAST_MEMORY = 2 << 30


@dataclass(frozen=True, slots=True)
class Ground:
    """What a worker must see under the same paths as the run does.

    Attributes:
        token: file in OUT that the run has written, and its text.
        inputs: the files and folders that are read.
    """

    token: Path
    text: str
    inputs: tuple[Path, ...] = ()

    def missing(self) -> str | None:
        """What cannot be seen from here; `None` when all is there."""
        out = self.token.parent.parent
        try:
            same = self.token.read_text(encoding="utf-8") == self.text
        except OSError:
            same = False
        if not same:
            return f"does not see the run's output under {out}"
        for path in self.inputs:
            if not path.exists():
                return f"does not see the input {path}"
        return None


@dataclass(frozen=True, slots=True)
class Unfit:
    """The worker cannot do tasks of this run: `message` says why."""

    message: str


_idle: list[LocalWorkers] = []
_guard = threading.Lock()


def perform(task: Task, ground: Ground) -> Outcome | Unfit:
    """Make the call of `task` in a process of this machine, unless it lacks the files."""
    missing = ground.missing()
    if missing is not None:
        return Unfit(missing)
    wanted = _Wanted()
    hands = _take(wanted.memory_bytes)
    try:
        hands.submit(task)
        while True:
            ended = hands.outcomes(0.5)
            if ended:
                return ended[0]
            if not wanted:
                return Lost(task.key, "killed", "no longer wanted")
    finally:
        if hands.running:
            hands.close()
        else:
            with _guard:
                _idle.append(hands)


class _Wanted:
    """Whether the task that this thread has is still wanted by the scheduler."""

    def __init__(self) -> None:
        from distributed import get_worker

        self._worker: Any = get_worker()
        self._key = self._worker.get_current_task()
        limit = self._worker.memory_manager.memory_limit or 0
        share = limit // max(self._worker.state.nthreads, 1)
        self.memory_bytes = max(int(share), _LEAST_MEMORY)

    def __bool__(self) -> bool:
        task = self._worker.state.tasks.get(self._key)
        return task is not None and task.state not in ("cancelled", "released", "forgotten")


def _take(memory_bytes: int) -> LocalWorkers:
    with _guard:
        if _idle:
            return _idle.pop()
    return LocalWorkers(1, memory_bytes=memory_bytes)


@atexit.register
def _close_idle() -> None:
    with _guard:
        for hands in _idle:
            with contextlib.suppress(OSError):
                hands.close()
        _idle.clear()
