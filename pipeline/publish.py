"""Outputs put to a URL: records and texts first, the tables last, each file once.

The run itself works in a local folder, the work folder, whose ledger stays the truth:
SQLite cannot live on an object storage. What has been put is kept beside the ledger, a row
only after the storage has taken the file; so a put that failed or was killed goes on with
the next run. This module reads no letters and decides nothing about them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import json
import os
import posixpath
import secrets
import socket
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.ledger import Ledger
from pipeline.lock import folder
from pipeline.rows import OutputRow
from pipeline.sqlite_file import connect, guard, prepare, set_aside
from pipeline.storage import Storage, open_storage, persist, shown_url
from pipeline.work import output_row

#: Beside the outputs: which work folder they come from, so that two cannot mix.
MARK = ".sohoa-run"

#: Written with the tables and no output of the ledger.
_BESIDE = ("records.schema.json",)

_SCHEMA = "CREATE TABLE put (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;"
_AT_ONCE = 16


def work_folder(url: str) -> Path:
    """Where a run whose OUTPUT is `url` works unless told otherwise: always the same."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    plain = url.rstrip("/")
    digest = hashlib.sha256(plain.encode()).hexdigest()[:16]
    return Path(state) / "sohoa" / f"{posixpath.basename(shown_url(plain))}-{digest}"


class Publisher:
    """Puts what a work folder holds to its URL."""

    def __init__(self, out: Path, url: str, owner: str) -> None:
        """Open the list of what has been put; a damaged one is begun anew.

        Args:
            out: the work folder.
            owner: names it at the URL.
        """
        self.url = url
        self._out = out
        self._owner = owner
        path = folder(out) / "put.sqlite"
        with guard(out):
            try:
                self._put = _opened(path)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                set_aside(path)
                self._put = _opened(path)

    def close(self) -> None:
        """Close the list."""
        with contextlib.suppress(sqlite3.Error):
            self._put.close()

    def claim(self) -> None:
        """Make sure, before anything is read, that the URL can be written and is ours.

        Raises:
            MissingToolError: the driver for such URLs is missing.
            OutputError: it cannot be written, or another work folder writes it.
        """
        try:
            storage = open_storage(self.url)
            persist(lambda: storage.make_folder(storage.root))
            mark = posixpath.join(storage.root, MARK)
            try:
                size = persist(lambda: storage.look_at(mark)).size or 0
                found = json.loads(persist(lambda: storage.head(mark, size)))
            except FileNotFoundError:
                found = None
            except (ValueError, TypeError):
                found = {}
            if found is None:
                # What an earlier mark stood for may be gone with it.
                self._forget_all()
                told = {"owner": self._owner, "folder": f"{socket.gethostname()}:{self._out}"}
                persist(lambda: storage.write(mark, json.dumps(told).encode()))
            elif not isinstance(found, dict) or found.get("owner") != self._owner:
                other = found.get("folder") if isinstance(found, dict) else "unknown"
                message = (
                    f"{shown_url(self.url)}: is written from another work folder ({other}); give that one with --work-dir, choose "
                    f"another --output, or remove {MARK} there to begin anew"
                )
                raise OutputError(message)
        except OSError as error:
            raise self._refused(MARK, error) from error

    def publish(self, ledger: Ledger, stop: Callable[[], bool] = lambda: False) -> bool:
        """Put what the URL lacks and remove what is no longer an output.

        Args:
            stop: asked between files whether to end.

        Returns:
            Whether the URL now holds what the work folder does.

        Raises:
            OutputError: the storage refused a file, three times.
        """
        try:
            storage = open_storage(self.url)
            letters = (row for row, document in _outputs(ledger) if document is not None)
            tables = (row for row, document in _outputs(ledger) if document is None)
            beside = (
                output_row(self._out, name) for name in _BESIDE if (self._out / name).exists()
            )
            for rows in (letters, itertools.chain(beside, tables)):
                if not self._put_all(storage, rows, stop):
                    return False
            return self._remove_others(storage, ledger, stop)
        except OSError as error:
            raise self._refused("", error) from error

    def _put_all(
        self, storage: Storage, rows: Iterable[OutputRow], stop: Callable[[], bool]
    ) -> bool:
        due = (row for row in rows if self._known(row.path) != row.sha256)
        folders: set[str] = set()
        # Several transfers hide the storage's delay; drivers that are not made for it get one.
        at_once = _AT_ONCE if storage.parallel else 1
        with ThreadPoolExecutor(at_once) as hands:
            while some := list(itertools.islice(due, at_once)):
                if stop():
                    return False
                for row in some:
                    where = posixpath.dirname(posixpath.join(storage.root, row.path))
                    if where not in folders:
                        folders.add(where)
                        persist(functools.partial(storage.make_folder, where))
                errors = list(hands.map(lambda row: self._put_one(storage, row), some))
                self._remember(
                    row for row, error in zip(some, errors, strict=True) if error is None
                )
                for row, error in zip(some, errors, strict=True):
                    if error is not None:
                        raise self._refused(row.path, error) from error
        return True

    def _put_one(self, storage: Storage, row: OutputRow) -> OSError | None:
        target = posixpath.join(storage.root, row.path)
        try:
            persist(lambda: storage.put(self._out / row.path, target))
        except OSError as error:
            return error
        return None

    def _remove_others(self, storage: Storage, ledger: Ledger, stop: Callable[[], bool]) -> bool:
        """Remove what was put and is no output any more, such as letters of a replaced file."""
        kept = {row.path for row, _ in _outputs(ledger)} | set(_BESIDE)
        for (path,) in self._put.execute("SELECT path FROM put ORDER BY path").fetchall():
            if path in kept:
                continue
            if stop():
                return False
            target = posixpath.join(storage.root, path)
            persist(functools.partial(storage.remove, target))
            with guard(self._out), self._put as db:
                db.execute("DELETE FROM put WHERE path = ?", (path,))
        return True

    def _known(self, path: str) -> str | None:
        with guard(self._out):
            row = self._put.execute("SELECT sha256 FROM put WHERE path = ?", (path,)).fetchone()
        return None if row is None else str(row[0])

    def _remember(self, rows: Iterable[OutputRow]) -> None:
        with guard(self._out), self._put as db:
            db.executemany(
                "INSERT OR REPLACE INTO put VALUES (?, ?)", [(row.path, row.sha256) for row in rows]
            )

    def _forget_all(self) -> None:
        with guard(self._out), self._put as db:
            db.execute("DELETE FROM put")

    def _refused(self, path: str, error: OSError) -> OutputError:
        where = posixpath.join(shown_url(self.url), path) if path else shown_url(self.url)
        message = (
            f"{where}: cannot be written ({error.strerror or error}); everything is in "
            f"{self._out}: run the same command again, it goes on with what is not there yet"
        )
        return OutputError(message)


def publisher(out: Path, url: str | None = None) -> Publisher | None:
    """What puts the outputs of `out` to `url`, or to the URL that an earlier run was given.

    The folder must be locked by the run.

    Raises:
        OutputError: the folder cannot be written.
    """
    place = folder(out) / "destination.json"
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = {}
    except (OSError, ValueError) as error:
        message = f"{place}: cannot be read ({error}); remove it, then run again"
        raise OutputError(message) from error
    if url is not None and told.get("url") != url.rstrip("/"):
        told = {"url": url.rstrip("/"), "owner": secrets.token_hex(8)}
        part = place.with_name(f".{place.name}.tmp")
        try:
            part.write_text(json.dumps(told), encoding="utf-8")
            part.replace(place)
        except OSError as error:
            message = f"{out}: cannot be written: {error.strerror}"
            raise OutputError(message) from error
    return Publisher(out, told["url"], told["owner"]) if told else None


def _outputs(ledger: Ledger) -> Iterator[tuple[OutputRow, str | None]]:
    """The outputs as they stand: those of replaced files are set aside."""
    replaced = {document.sha256 for document in ledger.documents("replaced")}
    return ((row, document) for row, document in ledger.outputs() if document not in replaced)


def _opened(path: Path) -> sqlite3.Connection:
    put = connect(path, read_only=False)
    prepare(put, _SCHEMA, read_only=False)
    put.execute("SELECT path FROM put LIMIT 1").fetchone()
    return put
