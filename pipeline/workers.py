"""Worker processes: tasks out, outcomes back, nothing left running.

Why not `multiprocessing` or a library over it: `ProcessPoolExecutor` has no time limit
for a task and breaks as a whole when the kernel kills one worker; pebble and loky kill
the worker but leave the Tesseract that it started. Here each worker leads a session of
its own, and it is always the whole session that is killed.

This module knows nothing of letters, files or the ledger.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from pipeline.executors import Lost, Outcome, Task
from pipeline.serving import CHANNEL, Began, Terms, kill_session, packed, unpack_all

#: For a worker to start and load what a task needs, on a slow disk.
START_SECONDS = 120.0

_SERVE = "from pipeline.serving import serve; serve()"


@dataclass(frozen=True, slots=True, eq=False)
class Recruit:
    """A process that will be a worker when it is told its terms, and the channel to it."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def dismiss(self) -> None:
        """Kill it with all that it started; nothing where that has been done."""
        if self.process.returncode is None:
            # Before reaping: until then the id cannot belong to anybody else.
            kill_session(self.process.pid)
            self.process.wait()
        self.channel.close()


def recruit(imports: tuple[str, ...] = (), *, log: Path | None = None) -> Recruit:
    """A new process, which loads `imports` until it is told its terms.

    Args:
        log: file that takes its stderr until then.
    """
    ours, theirs = socket.socketpair()
    environment = {
        **os.environ,
        "OMP_THREAD_LIMIT": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
        # Pages' pixels go back to the system as soon as they are let go: kept for the
        # next page, they were 50 MB of 420 at the worst, for 1 % less time.
        "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
        CHANNEL: str(theirs.fileno()),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with theirs, (log or Path(os.devnull)).open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, *imports],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env=environment,
        )
    return Recruit(process, ours)


@dataclass(slots=True, eq=False)
class _Worker:
    """One process with the task it has."""

    hired: Recruit
    scratch: Path
    inbox: bytearray = field(default_factory=bytearray)
    outbox: bytearray = field(default_factory=bytearray)
    task: Task | None = None
    deadline: float = 0.0
    served: int = 0


class LocalWorkers:
    """Processes of this machine, started when first needed and renewed now and then."""

    def __init__(
        self,
        count: int,
        *,
        memory_bytes: int | None = None,
        recycle_after: int = 500,
        scratch: Path | None = None,
        log: Path | None = None,
        nice: int = 0,
        first: Recruit | None = None,
    ) -> None:
        """Prepare up to `count` workers.

        Args:
            count: workers at the same time, at least 1.
            memory_bytes: limit on the data of each process, Tesseract's included.
            recycle_after: tasks after which a worker is replaced, against slow leaks.
            scratch: folder for temporary files; a new one in the system's by default.
            log: file that takes what workers and libraries write to stderr.
            nice: added to the workers' niceness.
            first: becomes the first worker.
        """
        self._count = max(count, 1)
        self._memory_bytes = memory_bytes
        self._recycle_after = recycle_after
        self._nice = nice
        self._log = log or Path(os.devnull)
        self._first = first
        self._scratch = scratch or Path(tempfile.mkdtemp(prefix="sohoa-"))
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ, None)

    def __enter__(self) -> LocalWorkers:
        """Itself; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill what still runs."""
        self.close()

    @property
    def capacity(self) -> int:
        """Workers at the same time."""
        return self._count

    @property
    def running(self) -> int:
        """Tasks without an outcome."""
        return sum(worker.task is not None for worker in self._workers)

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Process (and session) ids of the workers alive."""
        return tuple(worker.hired.process.pid for worker in self._workers)

    def submit(self, task: Task) -> None:
        """Give `task` to an idle worker, started if need be."""
        idle = [worker for worker in self._workers if worker.task is None]
        if not idle and len(self._workers) >= self._count:
            message = "submit while all workers are busy"
            raise RuntimeError(message)
        worker = idle[0] if idle else self._start()
        worker.task = task
        worker.deadline = time.monotonic() + START_SECONDS + task.limit_seconds
        self._send(worker, task)

    def outcomes(self, timeout_seconds: float) -> list[Outcome]:
        """What ended within `timeout_seconds`; limits are enforced here."""
        now = time.monotonic()
        deadlines = [worker.deadline - now for worker in self._workers if worker.task]
        wait = max(min([timeout_seconds, *deadlines]), 0.0)
        ended: list[Outcome] = []
        for key, events in self._selector.select(wait):
            worker = key.data
            if worker is None:
                with contextlib.suppress(BlockingIOError):
                    self._wake_out.recv(4096)
            elif worker in self._workers:
                ended.extend(self._attend(worker, events))
        # Answers first, limits second: a run that was itself suspended for a night must
        # not kill workers that had long finished.
        now = time.monotonic()
        for worker in list(self._workers):
            if worker.task is not None and now >= worker.deadline:
                limit = worker.task.limit_seconds
                message = f"took longer than {limit:g} s and was killed"
                ended.append(Lost(worker.task.key, "timeout", message))
                self._bury(worker)
        return ended

    def wake(self) -> None:
        """Make a waiting `outcomes` return early."""
        with contextlib.suppress(OSError):
            self._wake_in.send(b"\0")

    def close(self) -> None:
        """Kill all workers with what they started, and clear the scratch folder."""
        for worker in list(self._workers):
            self._bury(worker)
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> _Worker:
        hired, self._first = self._first or recruit(log=self._log), None
        hired.channel.setblocking(False)
        worker = _Worker(hired, Path(tempfile.mkdtemp(prefix="worker-", dir=self._scratch)))
        self._workers.append(worker)
        self._selector.register(hired.channel, selectors.EVENT_READ, worker)
        terms = Terms(os.getpid(), worker.scratch, self._log, self._memory_bytes, self._nice)
        self._send(worker, terms)
        return worker

    def _send(self, worker: _Worker, value: object) -> None:
        worker.outbox += packed(value)
        self._flush(worker)

    def _flush(self, worker: _Worker) -> None:
        try:
            sent = worker.hired.channel.send(worker.outbox) if worker.outbox else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            # It has just died; the end of its channel is about to be read, so drop this.
            sent = len(worker.outbox)
        del worker.outbox[:sent]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.outbox else 0)
        self._selector.modify(worker.hired.channel, events, worker)

    def _attend(self, worker: _Worker, events: int) -> list[Outcome]:
        if events & selectors.EVENT_WRITE:
            self._flush(worker)
        if not events & selectors.EVENT_READ:
            return []
        ended = not _drain(worker.hired.channel, worker.inbox)
        answers: list[Outcome] = []
        for message in unpack_all(worker.inbox):
            if isinstance(message, Began):
                if worker.task is not None:
                    worker.deadline = time.monotonic() + worker.task.limit_seconds
                continue
            worker.task = None
            worker.served += 1
            answers.append(message)
        if ended:
            return answers + self._died(worker)
        if answers and worker.served >= self._recycle_after:
            self._bury(worker)
        return answers

    def _died(self, worker: _Worker) -> list[Outcome]:
        task = worker.task
        code = self._bury(worker)
        if task is None:
            return []
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        message = f"its worker ended {how}, as the kernel does when memory runs out"
        return [Lost(task.key, "killed", message)]

    def _bury(self, worker: _Worker) -> int:
        """Kill the worker's session and forget it; its exit code."""
        self._workers.remove(worker)
        with contextlib.suppress(KeyError):
            self._selector.unregister(worker.hired.channel)
        worker.hired.dismiss()
        shutil.rmtree(worker.scratch, ignore_errors=True)
        # A worker that died by itself keeps the code it died with.
        return worker.hired.process.wait()


def _drain(channel: socket.socket, inbox: bytearray) -> bool:
    """Move all that has arrived into `inbox`; `False` when the other end is closed."""
    try:
        while piece := channel.recv(1 << 20):
            inbox += piece
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
