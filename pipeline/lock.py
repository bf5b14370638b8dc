"""The right to write OUT: one run at a time, and none that outlives its process.

This module knows nothing of what is written.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pipeline.errors import OutputError


def folder(out: Path) -> Path:
    """Where a run keeps what is its own: ledger, pages, lock."""
    return out / ".sohoa"


class Lock:
    """The right to write OUT: held by one process, let go by its death."""

    def __init__(self, out: Path) -> None:
        """Take the lock of `out`, which is made if it is not there.

        Raises:
            OutputError: `out` cannot be written, or another run has it.
        """
        self._path = folder(out) / "lock"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            message = f"{out}: cannot be written: {error.strerror}; choose another --output"
            raise OutputError(message) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError as error:
            owner = os.pread(self._file, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            message = (
                f"{out}: another run (process {owner}) is writing it; wait for its end "
                "or choose another --output"
            )
            raise OutputError(message) from error
        except OSError as error:
            os.close(self._file)
            message = f"{out}: cannot be locked: {error.strerror}; is there space left?"
            raise OutputError(message) from error

    def check(self) -> None:
        """Make sure that OUT is still the folder that was locked.

        Raises:
            OutputError: it was moved, deleted or unmounted.
        """
        try:
            same = self._path.stat().st_ino == os.fstat(self._file).st_ino
        except OSError:
            same = False
        if not same:
            message = f"{self._path.parent.parent}: has gone away; bring it back and run again"
            raise OutputError(message)

    def release(self) -> None:
        """Let the next run in."""
        os.close(self._file)


def is_locked(out: Path) -> bool:
    """Whether a run is writing `out` at this moment."""
    try:
        file = os.open(folder(out) / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
