"""The workers of a Dask cluster in the place of this machine's own.

The run keeps the truth: it decides which worker gets which task, never gives out more
than the workers have threads for, and gives a task out again when its worker is lost or
silent. A worker is used only after it has shown that it would read exactly as this
machine does. What Dask knows is forgotten at the end of the run.

Two calls stay on this machine: the description of what a run reads with, and the tables,
which are written from the ledger. This module knows nothing of letters or the ledger.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import queue
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import MissingToolError
from pipeline.executors import Done, Lost, Outcome, Raised, Task
from pipeline.progress import Event, Notice
from pipeline.remote import Ground, Unfit, perform
from pipeline.workers import LocalWorkers

#: Named in the answer of a worker, and no reason to refuse it.
PROCESSOR = "processor"

_POLL_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 30.0
_IDENTIFY_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the run waits for a cluster.

    Attributes:
        connect_seconds: for the scheduler to answer.
        silent_seconds: a worker not heard of for so long is taken for lost.
        workers_seconds: for the first worker that can be used, and for another one when
            all are lost.
        fit_seconds: for a fit one while all that are there were refused.
        losses: workers that a task may lose with their machine before the task is
            blamed for it.
    """

    connect_seconds: float = 15.0
    silent_seconds: float = 60.0
    workers_seconds: float = 300.0
    fit_seconds: float = 30.0
    losses: int = 3


@dataclass(slots=True, eq=False)
class _Given:
    """A task given to a worker under a name that Dask has not seen before."""

    task: Task
    worker: _Remote
    future: Any
    lost: int


@dataclass(slots=True, eq=False)
class _Remote:
    """A worker of the cluster as the run knows it."""

    address: str
    threads: int
    state: Literal["asked", "ready", "unfit", "refused"] = "asked"
    last_seen: float = 0.0
    heard: float = 0.0
    look_again: float = 0.0
    given: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    task: Task
    lost: int = 0
    avoid: frozenset[str] = field(default_factory=frozenset)


class ClusterWorkers:
    """Runs tasks on the workers of a Dask scheduler; see `Executor`."""

    def __init__(
        self,
        address: str,
        identify: Task,
        out: Path,
        inputs: tuple[Path, ...] = (),
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        patience: Patience | None = None,
    ) -> None:
        """Connect to the scheduler at `address` and wait for the first fit worker.

        Args:
            address: `tcp://HOST:8786`.
            identify: a task whose value, name -> version or digest, must be the same on
                every worker as it is here.
            out: the run's output folder, on a path that all workers share.
            inputs: what is read, on paths that all workers share.

        Raises:
            MissingToolError: the package or the scheduler is missing, or no worker is
                fit.
        """
        self._address = address
        self._identify = identify
        self._on_event = on_event
        self._patience = patience or Patience()
        self._came: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._waiting: collections.deque[_Waiting] = collections.deque()
        self._given: dict[str, _Given] = {}
        self._remotes: dict[str, _Remote] = {}
        self._last_name = 0
        self._looked = 0.0
        self._useful = time.monotonic()
        self._session = secrets.token_hex(4)
        self._local = LocalWorkers(1)
        self._client: Any = None
        token = out / ".sohoa" / "cluster"
        self._ground = Ground(token, secrets.token_hex(16), inputs)
        try:
            self._client = _connect(address, self._patience.connect_seconds)
            token.write_text(self._ground.text, encoding="utf-8")
            self._here: dict[str, str] = self._identity_here()
            self._await_workers()
        except BaseException:
            self.close()
            raise

    @property
    def capacity(self) -> int:
        """Threads of all fit workers; at least 1, so that a task can wait for a worker."""
        return max(sum(one.threads for one in self._fit()), 1)

    @property
    def running(self) -> int:
        """Tasks without an outcome."""
        asked = sum(given.task is self._identify for given in self._given.values())
        return len(self._given) - asked + len(self._waiting) + self._local.running

    def submit(self, task: Task) -> None:
        """Give the task to a free worker, or to the next one that is free."""
        if task.here:
            self._local.submit(task)
            return
        self._waiting.append(_Waiting(task))
        self._give_out()

    def outcomes(self, timeout_seconds: float) -> list[Outcome]:
        """What ended within `timeout_seconds`.

        Raises:
            MissingToolError: the scheduler is gone, or no worker has been fit for long.
        """
        if self._local.running:
            return self._local.outcomes(timeout_seconds)
        ended: list[Outcome] = []
        wait = min(timeout_seconds, _POLL_SECONDS)
        for name in self._arrived(wait):
            outcome = self._take_in(name)
            if outcome is not None:
                ended.append(outcome)
        if time.monotonic() - self._looked >= _POLL_SECONDS:
            ended.extend(self._look())
        self._give_out()
        return ended

    def wake(self) -> None:
        """Make a waiting `outcomes` return early."""
        self._came.put(None)
        self._local.wake()

    def close(self) -> None:
        """Take back what is given out: workers kill what they are at."""
        for given in self._given.values():
            with contextlib.suppress(Exception):
                given.future.cancel(force=True)
        self._given.clear()
        self._waiting.clear()
        self._local.close()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close(timeout=5)
        with contextlib.suppress(OSError):
            self._ground.token.unlink(missing_ok=True)

    # -- giving out ----------------------------------------------------------------

    def _give_out(self) -> None:
        while self._waiting:
            free = [one for one in self._fit() if one.given < one.threads]
            if not free:
                return
            waiting = self._waiting.popleft()
            others = [one for one in free if one.address not in waiting.avoid]
            # The emptiest first; by address, so that the choice does not hang on a hash.
            chosen = min(others or free, key=lambda one: (one.given, one.address))
            self._give(waiting.task, chosen, waiting.lost)

    def _give(self, task: Task, worker: _Remote, lost: int) -> None:
        self._last_name += 1
        name = f"sohoa-{self._session}-{self._last_name}"
        try:
            future = self._client.submit(
                perform,
                task,
                self._ground,
                key=name,
                workers=[worker.address],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
            self._given[name] = _Given(task, worker, future, lost)
            worker.given += 1
            future.add_done_callback(lambda done: self._came.put(str(done.key)))
        except (OSError, RuntimeError, ValueError) as error:
            raise self._gone() from error

    # -- taking in -----------------------------------------------------------------

    def _arrived(self, wait: float) -> list[str]:
        names: list[str] = []
        with contextlib.suppress(queue.Empty):
            first = self._came.get(timeout=wait)
            while True:
                if first is not None:
                    names.append(first)
                first = self._came.get_nowait()
        return names

    def _take_in(self, name: str) -> Outcome | None:
        """The outcome of what was given out as `name`; `None` where it goes on elsewhere."""
        given = self._given.pop(name, None)
        if given is None:
            return None
        given.worker.given -= 1
        if given.future.status in ("cancelled", "lost"):
            raise self._gone()
        try:
            value = given.future.result(timeout=10)
        except Exception as error:  # noqa: BLE001 - whatever a foreign machine raises
            if self._client.status != "running":
                raise self._gone() from error
            return self._not_done(given, f"{type(error).__name__}: {error}")
        finally:
            given.future.release()
        if isinstance(value, Unfit):
            return self._not_done(given, value.message)
        if given.task is self._identify:
            self._judge(given.worker, value)
            return None
        return value if isinstance(value, (Done, Raised, Lost)) else None

    def _not_done(self, given: _Given, message: str) -> Outcome | None:
        """The worker could not even begin: it is passed over for a while."""
        message = " ".join(message.split())[:300]
        worker = given.worker
        if worker.state != "unfit":
            self._tell("worker_refused", f"{worker.address} {message}; it is not used")
        worker.state = "unfit"
        worker.look_again = time.monotonic() + _LOOK_AGAIN_SECONDS
        return self._again(given)

    def _again(self, given: _Given) -> Outcome | None:
        """Let another worker do it, unless it has lost too many."""
        if given.task is self._identify:
            return None
        lost = given.lost + 1
        if lost >= self._patience.losses:
            message = f"the {lost} workers that it was given to were lost"
            return Lost(given.task.key, "killed", message)
        avoid = frozenset({given.worker.address})
        self._waiting.appendleft(_Waiting(given.task, lost, avoid))
        return None

    # -- workers -------------------------------------------------------------------

    def _fit(self) -> list[_Remote]:
        now = time.monotonic()
        silent = self._patience.silent_seconds
        return [
            one
            for one in self._remotes.values()
            if one.state == "ready" and now - one.heard < silent
        ]

    def _look(self) -> list[Outcome]:
        """See which workers have come, gone or fallen silent; tasks given up for good."""
        found = self._ask_scheduler()
        now = self._looked = time.monotonic()
        for address, info in found.items():
            one = self._remotes.get(address)
            if one is None:
                one = self._remotes[address] = _Remote(address, int(info["nthreads"]), heard=now)
                self._give(self._identify, one, 0)
            if info["last_seen"] != one.last_seen:
                one.last_seen, one.heard = info["last_seen"], now
            if one.state == "unfit" and now >= one.look_again:
                one.look_again = now + _LOOK_AGAIN_SECONDS
                self._give(self._identify, one, 0)
        ended: list[Outcome] = []
        for name, given in list(self._given.items()):
            worker = given.worker
            gone = worker.address not in found
            if gone or now - worker.heard >= self._patience.silent_seconds:
                del self._given[name]
                worker.given -= 1
                given.future.cancel(force=True)
                what = "has gone" if gone else "has fallen silent"
                self._tell("worker_lost", f"{worker.address} {what}; another does its pages again")
                outcome = self._again(given)
                ended += [outcome] if outcome is not None else []
        for address in self._remotes.keys() - found.keys():
            del self._remotes[address]
        if self._fit():
            self._useful = now
        elif now - self._useful > self._patience.workers_seconds:
            raise self._no_workers()
        return ended

    def _ask_scheduler(self) -> dict[str, Any]:
        if self._client.status != "running":
            raise self._gone()
        try:
            info = self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=20
            )
        except Exception as error:  # noqa: BLE001 - tornado, asyncio and Dask all have their own
            raise self._gone() from error
        workers: dict[str, Any] = info["workers"]
        return {address: one for address, one in workers.items() if one.get("status") != "closing"}

    def _judge(self, worker: _Remote, answer: Outcome) -> None:
        """Use the worker if it reads as this machine does."""
        if isinstance(answer, Done):
            differences = _differences(self._here, answer.value)
            processor = answer.value.get(PROCESSOR)
        else:
            reason = answer.error if isinstance(answer, Raised) else answer.message
            differences, processor = [f"it fails: {reason}"], None
        if differences:
            worker.state = "refused"
            self._tell("worker_refused", f"{worker.address} is not used: {'; '.join(differences)}")
            return
        worker.state = "ready"
        if processor != self._here.get(PROCESSOR):
            message = (
                f"{worker.address} has another processor ({processor}, here "
                f"{self._here.get(PROCESSOR)}): word confidences may differ in the last digits"
            )
            self._tell("other_processor", message)

    def _identity_here(self) -> dict[str, str]:
        self._local.submit(self._identify)
        while True:
            for outcome in self._local.outcomes(1.0):
                if isinstance(outcome, Done):
                    found: dict[str, str] = outcome.value
                    return found
                if isinstance(outcome, Raised):
                    raise outcome.error
                raise MissingToolError(outcome.message)

    def _await_workers(self) -> None:
        """Wait until one worker is fit and all that are there have answered."""
        began = time.monotonic()
        told = False
        while True:
            self.outcomes(1.0)
            waited = time.monotonic() - began
            asked = any(one.state == "asked" for one in self._remotes.values())
            if self._fit() and (not asked or waited > 30.0):
                return
            if not told and waited > 5.0 and not self._remotes:
                told = True
                self._tell("waiting", f"{self._address} has no workers yet: waiting for one")
            refused = [one.state in ("refused", "unfit") for one in self._remotes.values()]
            if refused and all(refused) and waited > self._patience.fit_seconds:
                raise self._no_workers()

    # -- words ---------------------------------------------------------------------

    def _tell(self, code: str, message: str) -> None:
        self._on_event(Notice(code, message))

    def _gone(self) -> MissingToolError:
        return MissingToolError(
            f"{self._address}: the scheduler of the cluster is gone; start it, then run the "
            "same command again: it goes on where it stopped"
        )

    def _no_workers(self) -> MissingToolError:
        return MissingToolError(
            f"{self._address}: the cluster has no worker that can be used; start workers with "
            "the same sohoa, Tesseract and models that see the same files (docs/cluster.md), "
            "then run again: it goes on where it stopped"
        )


def _connect(address: str, seconds: float) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        message = "--cluster needs Dask: pip install 'sohoa[cluster]'"
        raise MissingToolError(message) from error
    # It logs every lost connection with a traceback; what matters is raised here.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    connect: Callable[..., Any] = Client
    try:
        return connect(address, timeout=seconds, set_as_default=False, name="sohoa")
    except (OSError, ValueError, TimeoutError) as error:
        message = (
            f"{address}: no Dask scheduler answers there; start one (docs/cluster.md) or "
            "leave --cluster out"
        )
        raise MissingToolError(message) from error


def _differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    return [
        f"its {name} is {there.get(name, 'missing')}, this run's {here.get(name, 'missing')}"
        for name in sorted({*here, *there})
        if name != PROCESSOR and here.get(name) != there.get(name)
    ]
