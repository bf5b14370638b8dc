"""SQLite as the ledger and the page store use it: opened alike, failing alike.

This module knows no table.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import LedgerError, OutputError


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to the file; made new where there is none, unless `read_only`."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=20)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last commits, never the file: what they said is redone.
        connection.execute("PRAGMA synchronous = NORMAL")
        # Pages of a secret letter must not survive in the file's free space.
        connection.execute("PRAGMA secure_delete = ON")
    return connection


def prepare(connection: sqlite3.Connection, schema: str, *, read_only: bool) -> bool:
    """Make the tables where there are none; whether they were made."""
    (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if count or read_only:
        return False
    connection.executescript(f"BEGIN;{schema}COMMIT;")
    return True


@contextlib.contextmanager
def guard(out: Path) -> Iterator[None]:
    """SQLite's errors as ours.

    Raises:
        OutputError: the file cannot be read or written just now.
        LedgerError: it is damaged.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        message = (
            f"{out}: the ledger cannot be written ({error}); free space or "
            "restore the folder, then run again: it goes on where it stopped"
        )
        raise OutputError(message) from error
    except sqlite3.DatabaseError as error:
        message = (
            f"{out}: the ledger is damaged ({error}); run `sohoa extract` again "
            "with the same inputs: it is rebuilt from the records"
        )
        raise LedgerError(message) from error


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with SQLite's files beside it, so that nothing is lost."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    return aside
