"""Tasks and their outcomes, and what a run asks of whatever executes them.

A task is the name of a function and its arguments, so that it can be sent anywhere.
This module starts no process and knows nothing of letters, files or the ledger.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import pickle
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """A call to be made in a worker.

    Attributes:
        key: how the caller knows the task again; unique among those running.
        call: `module:function`, imported in the worker.
        arguments: picklable.
        limit_seconds: after this the worker and all that it started are killed.
        imports: modules that the call will need; the limit runs from when they are
            loaded, so that a slow start is not taken for a slow page.
        later: calls without arguments, `module:function`, that load what a later task
            will need; made once a process, while this one waits for another program.
        here: the call needs the machine of the run: it opens the ledger.
    """

    key: int
    call: str
    arguments: tuple[Any, ...]
    limit_seconds: float
    imports: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The call returned `value`."""

    key: int
    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """The call raised; the worker lives on."""

    key: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker died (`killed`) or was killed at the time limit (`timeout`)."""

    key: int
    cause: Literal["killed", "timeout"]
    message: str


Outcome = Done | Raised | Lost


#: A process that was busy for less than a tenth of this time waits for another program.
_REST_SECONDS = 0.5


class ForeignError(Exception):
    """An exception of a worker that cannot travel between processes: its type and text."""


class Executor(Protocol):
    """What a run needs of whatever runs its tasks."""

    @property
    def capacity(self) -> int:
        """How many tasks can run at the same time."""

    @property
    def running(self) -> int:
        """How many tasks have no outcome yet."""

    def submit(self, task: Task) -> None:
        """Start `task`; only while `running < capacity`."""

    def outcomes(self, timeout_seconds: float) -> list[Outcome]:
        """What has ended, waiting at most `timeout_seconds` for the first."""

    def wake(self) -> None:
        """Make a waiting `outcomes` return early; safe in a signal handler."""

    def close(self) -> None:
        """Kill all workers and what they started; returns when they are gone."""


def execute(task: Task, began: Callable[[int], None] = lambda key: None) -> Done | Raised:
    """Make the call of `task` here; whatever it raises becomes an outcome."""
    try:
        function = load(task.call)
        for module in task.imports:
            importlib.import_module(module)
        began(task.key)
        if fresh := [call for call in task.later if call not in _prepared]:
            _prepared.update(fresh)
            threading.Thread(target=_prepare, args=(fresh,), daemon=True).start()
        value = function(*task.arguments)
        pickle.dumps(value)
    except (Exception, SystemExit) as error:
        return Raised(task.key, _portable(error))
    return Done(task.key, value)


_prepared: set[str] = set()


def _prepare(calls: Iterable[str]) -> None:
    """Make each call as soon as this process waits for another program.

    Before that, the task would have to wait for it. Whoever needs what could not be
    loaded is told what is wrong with it.
    """
    used = -math.inf
    while time.process_time() - used > _REST_SECONDS / 10:
        used = time.process_time()
        time.sleep(_REST_SECONDS)
    for call in calls:
        with contextlib.suppress(Exception):
            load(call)()


def load(call: str) -> Any:
    """What `module:name` names: a function, mostly.

    Raises:
        ImportError: there is no such module or name in it.
    """
    module, _, name = call.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError as error:
        message = f"no {name!r} in {module}"
        raise ImportError(message) from error


def _portable(error: BaseException) -> Exception:
    """`error` itself where it survives pickling, else its type and text."""
    if isinstance(error, Exception):
        try:
            copy = pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - any failure to travel has the same answer
            copy = None
        if type(copy) is type(error):
            return error
    return ForeignError(f"{type(error).__name__}: {error}")
