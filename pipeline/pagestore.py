"""Finished pages, kept so that nothing is read twice.

A long file goes on where it was killed, and changed rules need no new OCR. The store
can be lost without losing anything but time. It knows nothing of how pages are read:
a page is packed bytes and problems.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.lock import folder
from pipeline.record import LOOK_FAILED, Problem
from pipeline.sqlite_file import connect, guard, prepare, set_aside

_SCHEMA = """
CREATE TABLE pages (
    sha256 TEXT NOT NULL, page INTEGER NOT NULL, digest TEXT NOT NULL,
    body BLOB, problems TEXT NOT NULL, PRIMARY KEY (sha256, page));
"""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that needs no reading: `body` is `None` where it failed for good."""

    number: int
    body: bytes | None
    problems: tuple[Problem, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it was read, and every look at it."""
        return self.body is not None and all(one.code != LOOK_FAILED for one in self.problems)


class PageStore:
    """`OUT/.sohoa/pages.sqlite`: pages by the file's SHA-256 and number."""

    def __init__(self, out: Path) -> None:
        """Open the store of `out`; a damaged one is set aside and begun anew.

        Raises:
            OutputError: it cannot be written.
        """
        self._out = out
        path = folder(out) / "pages.sqlite"
        with guard(out):
            try:
                self._db = _opened(path)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                set_aside(path)
                self._db = _opened(path)

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def keep(self, sha256: str, digest: str, pages: Sequence[KeptPage]) -> None:
        """Keep finished pages; `digest` is of all that decides how a page is read."""
        with guard(self._out), self._db as db:
            db.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)",
                [
                    (sha256, page.number, digest, page.body, dump_problems(page.problems))
                    for page in pages
                ],
            )

    def numbers(self, sha256: str, digest: str) -> set[int]:
        """Pages that need no reading."""
        with guard(self._out):
            rows = self._db.execute(
                "SELECT page FROM pages WHERE sha256 = ? AND digest = ?", (sha256, digest)
            ).fetchall()
        return {int(row[0]) for row in rows}

    def pages(self, sha256: str, digest: str) -> list[KeptPage]:
        """The finished pages in order."""
        with guard(self._out):
            rows = self._db.execute(
                "SELECT page, body, problems FROM pages WHERE sha256 = ? AND digest = ? "
                "ORDER BY page",
                (sha256, digest),
            ).fetchall()
        return [KeptPage(row[0], row[1], load_problems(row[2])) for row in rows]

    def drop(self, sha256: str, *, only_failed: bool = False) -> None:
        """Forget finished pages: all of the document, or those that are not whole."""
        also = "AND (body IS NULL OR instr(problems, ?))" if only_failed else ""
        told = (f'"{LOOK_FAILED}"',) if only_failed else ()
        with guard(self._out), self._db as db:
            db.execute(f"DELETE FROM pages WHERE sha256 = ? {also}", (sha256, *told))
        with guard(self._out):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _opened(path: Path) -> sqlite3.Connection:
    store = connect(path, read_only=False)
    prepare(store, _SCHEMA, read_only=False)
    store.execute("SELECT page FROM pages LIMIT 1").fetchone()
    return store


def dump_problems(problems: Sequence[Problem]) -> str:
    """Problems as JSON."""
    return json.dumps([dataclasses.asdict(problem) for problem in problems], ensure_ascii=False)


def load_problems(text: str) -> tuple[Problem, ...]:
    """Problems from JSON that `dump_problems` wrote."""
    return tuple(Problem(**item) for item in json.loads(text))
