"""The life of a worker process: told its terms, then task after task, until nobody asks.

A worker may be started before anybody knows what for; it loads modules until its terms
come. A worker that loses its parent, even to `kill -9`, sees the end of its channel and
kills its session itself. This module knows nothing of letters, files or the ledger.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import pickle
import queue
import resource
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.executors import Outcome, Task, execute

#: Variable of a worker's environment: the number of its end of the channel.
CHANNEL = "SOHOA_CHANNEL"

_HEAD = struct.Struct("!Q")
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """The first message to a worker.

    Attributes:
        parent: process that leads the run.
        scratch: the worker's folder for temporary files.
        log: file that takes what it and its libraries write to stderr.
        memory_bytes: limit on the data of each process, Tesseract's included.
        nice: added to its niceness.
    """

    parent: int
    scratch: Path
    log: Path
    memory_bytes: int | None
    nice: int


@dataclass(frozen=True, slots=True)
class Began:
    """The worker has loaded what the task needs, and makes the call now."""

    key: int


def packed(message: object) -> bytes:
    """The message as it goes through a channel."""
    body = pickle.dumps(message)
    return _HEAD.pack(len(body)) + body


def unpack_all(inbox: bytearray) -> list[Outcome | Began]:
    """The complete messages at the front of `inbox`, taken out of it."""
    found: list[Outcome | Began] = []
    while len(inbox) >= _HEAD.size:
        (length,) = _HEAD.unpack_from(inbox)
        end = _HEAD.size + length
        if len(inbox) < end:
            break
        found.append(pickle.loads(bytes(inbox[_HEAD.size : end])))
        del inbox[:end]
    return found


def kill_session(leader: int) -> None:
    """Kill the process group of `leader` at once, if there still is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def serve() -> None:
    """Load the modules named as arguments, take terms and answer tasks until the channel ends."""
    channel = socket.socket(fileno=int(os.environ.pop(CHANNEL)))
    channel.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in sys.argv[1:]:
        # Whatever is wrong with it is told by the first task that needs it.
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    try:
        _accept(_receive(channel))
    except (OSError, EOFError):
        return
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, tasks.put), daemon=True).start()

    def tell(message: Outcome | Began) -> None:
        try:
            channel.sendall(packed(message))
        except OSError:
            kill_session(os.getpid())

    while True:
        task = tasks.get()
        tell(execute(task, began=lambda key: tell(Began(key))))
        # What a page leaves in pieces goes back to the system before the next one; only
        # GNU's allocator has this.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _accept(terms: Terms) -> None:
    with contextlib.suppress(OSError), terms.log.open("ab") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    # For this process, which may have looked for such a folder before, and for its programs.
    tempfile.tempdir = os.environ["TMPDIR"] = str(terms.scratch)
    # A worker that is stopped when its parent dies must wake up to see it.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)
    if os.getppid() != terms.parent:
        kill_session(os.getpid())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if terms.memory_bytes is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (terms.memory_bytes, hard))
    if terms.nice:
        os.nice(terms.nice)


def _listen(channel: socket.socket, put: Callable[[Task], None]) -> None:
    """Hand on what comes; when the parent is gone, end this session, Tesseract and all.

    Page images of letters must not stay behind in the folder for temporary files.
    """
    try:
        while True:
            put(_receive(channel))
    except (OSError, EOFError):
        scratch = Path(os.environ["TMPDIR"])
        shutil.rmtree(scratch, ignore_errors=True)
        with contextlib.suppress(OSError):
            scratch.parent.rmdir()
        kill_session(os.getpid())


def _receive(channel: socket.socket) -> Any:
    (length,) = _HEAD.unpack(_exactly(channel, _HEAD.size))
    return pickle.loads(_exactly(channel, length))


def _exactly(channel: socket.socket, length: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < length:
        piece = channel.recv(min(length - len(pieces), 1 << 20))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)
