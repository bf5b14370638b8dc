"""The truth of what is done: one SQLite file in OUT.

`OUT/.sohoa/ledger.sqlite` says which files were met, what each document came to and
which outputs belong to it; a row is written only after its files are on disk. This
module knows nothing of processes, letters' fields or how pages are read.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import LedgerError
from pipeline.intake import Finding
from pipeline.ledger_schema import FORMAT, SCHEMA, SELECT_DOCUMENT, document_row, source_row
from pipeline.lock import folder
from pipeline.pagestore import dump_problems
from pipeline.rows import DocumentRow, DocumentState, OutputRow, RunRow, SourceRow
from pipeline.sqlite_file import connect, guard, prepare


class Ledger:
    """Reads and writes the file; one writer, any number of readers."""

    def __init__(self, out: Path, *, read_only: bool = False) -> None:
        """Open the ledger of `out`; made new where there is none, unless `read_only`.

        Raises:
            LedgerError: it is damaged, of another version, or not there to be read.
            OutputError: it cannot be written.
        """
        self._out = out
        path = folder(out) / "ledger.sqlite"
        if read_only and not path.exists():
            message = f"{out}: no run has written here (no {path.name}); check the path"
            raise LedgerError(message)
        with guard(self._out):
            self._main = connect(path, read_only=read_only)
            self.is_new = prepare(self._main, SCHEMA, read_only=read_only)
            self._check_whole()
            if self.is_new:
                self._main.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
                self._main.commit()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(sqlite3.Error):
            self._main.close()

    # -- notes -------------------------------------------------------------------

    def note(self, key: str) -> str | None:
        """A remark about the whole OUT."""
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set_note(self, key: str, value: str) -> None:
        """Write down a remark."""
        with guard(self._out), self._main as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # -- runs --------------------------------------------------------------------

    def start_run(self, now: float, workers: int, made_by: str) -> int:
        """The number of a new run."""
        with guard(self._out), self._main as db:
            db.execute("UPDATE runs SET state = 'killed' WHERE state = 'running'")
            cursor = db.execute(
                "INSERT INTO runs (state, started_at, workers, made_by) "
                "VALUES ('running', ?, ?, ?)",
                (now, workers, made_by),
            )
            return int(cursor.lastrowid or 0)

    def update_run(
        self, run: int, *, pages: int, seconds: float, files: int, expected_pages: int
    ) -> None:
        """How far the run is."""
        with guard(self._out), self._main as db:
            db.execute(
                "UPDATE runs SET pages = ?, seconds = ?, files = ?, expected_pages = ? "
                "WHERE id = ?",
                (pages, seconds, files, expected_pages, run),
            )

    def finish_run(self, run: int, state: str, now: float) -> None:
        """How the run ended: `done`, `interrupted` or `stopped`."""
        with guard(self._out), self._main as db:
            db.execute("UPDATE runs SET state = ?, finished_at = ? WHERE id = ?", (state, now, run))

    def last_run(self) -> RunRow | None:
        """The newest run."""
        row = self._one(
            "SELECT id, state, started_at, finished_at, pages, seconds, files, "
            "expected_pages, workers FROM runs ORDER BY id DESC LIMIT 1"
        )
        return None if row is None else RunRow(*row)

    def was_killed(self) -> bool:
        """Whether the newest run ended without a word."""
        row = self._one("SELECT state FROM runs ORDER BY id DESC LIMIT 1")
        return row is not None and row[0] in ("running", "killed")

    # -- sources -----------------------------------------------------------------

    def note_sources(self, run: int, findings: Sequence[Finding]) -> None:
        """Write down what the run found; bytes that cannot have changed stay known."""
        with guard(self._out), self._main as db:
            db.executemany(
                "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?) "
                "ON CONFLICT (path) DO UPDATE SET "
                "sha256 = CASE WHEN state IN ('found', 'duplicate') AND excluded.state = 'found' "
                "AND size = excluded.size AND modified_ns = excluded.modified_ns "
                "AND changed_ns = excluded.changed_ns THEN sha256 ELSE NULL END, "
                "name = excluded.name, state = excluded.state, size = excluded.size, "
                "modified_ns = excluded.modified_ns, changed_ns = excluded.changed_ns, "
                "message = excluded.message, run = excluded.run",
                [
                    (
                        os.fsencode(finding.path),
                        finding.name,
                        finding.state,
                        finding.size,
                        finding.modified_ns,
                        finding.changed_ns,
                        finding.message,
                        run,
                    )
                    for finding in findings
                ],
            )

    def count_sources(self, run: int) -> int:
        """How many paths the run found."""
        return int(self._one("SELECT count(*) FROM sources WHERE run = ?", (run,))[0])

    def listing_run(self) -> int:
        """The newest run that listed its inputs itself: it knows which are missing."""
        return int(self.note("listing") or 0)

    def sources_of(self, run: int) -> Iterator[SourceRow]:
        """What the run found, in the order of the names."""
        last: tuple[str, bytes] = ("", b"")
        while True:
            rows = self._all(
                "SELECT path, name, state, size, modified_ns, changed_ns, message, sha256 "
                "FROM sources WHERE run = ? AND (name, path) > (?, ?) "
                "ORDER BY name, path LIMIT 200",
                (run, *last),
            )
            if not rows:
                return
            yield from (source_row(row) for row in rows)
            last = (rows[-1][1], rows[-1][0])

    def all_sources(self) -> Iterator[SourceRow]:
        """Every path ever met, in the order of the names."""
        for row in self._main.execute(
            "SELECT path, name, state, size, modified_ns, changed_ns, message, sha256 "
            "FROM sources ORDER BY name, path"
        ):
            yield source_row(row)

    def problem_sources(self, run: int) -> Iterator[SourceRow]:
        """Paths that could not become documents, by name.

        Those of earlier runs than `run` only while they are there and not just missing:
        a slip in typing is not worth keeping.
        """
        for row in self._main.execute(
            "SELECT path, name, state, size, modified_ns, changed_ns, message, sha256, run "
            "FROM sources WHERE state != 'found' ORDER BY name, path"
        ):
            source = source_row(row[:-1])
            there = source.state != "missing" and os.path.lexists(source.path)
            if row[-1] >= run or there:
                yield source

    def sources_with(self, sha256: str) -> list[SourceRow]:
        """Paths known to have these bytes, by name."""
        rows = self._all(
            "SELECT path, name, state, size, modified_ns, changed_ns, message, sha256 "
            "FROM sources WHERE sha256 = ? ORDER BY name, path",
            (sha256,),
        )
        return [source_row(row) for row in rows]

    def set_source(self, path: Path, sha256: str | None, state: str, message: str = "") -> None:
        """What reading the bytes of a path showed."""
        with guard(self._out), self._main as db:
            db.execute(
                "UPDATE sources SET sha256 = ?, state = ?, message = ? WHERE path = ?",
                (sha256, state, message, os.fsencode(path)),
            )

    # -- documents ---------------------------------------------------------------

    def document(self, sha256: str) -> DocumentRow | None:
        """The document with these bytes."""
        row = self._one(f"{SELECT_DOCUMENT} WHERE sha256 = ?", (sha256,))
        return None if row is None else document_row(row)

    def documents(self, *states: DocumentState) -> Iterator[DocumentRow]:
        """Documents in any of `states` (all by default), in the order of the names."""
        marks = ", ".join("?" for _ in states)
        where = f"WHERE state IN ({marks})" if states else ""
        for row in self._main.execute(f"{SELECT_DOCUMENT} {where} ORDER BY name, sha256", states):
            yield document_row(row)

    def documents_at(self, path: Path) -> list[DocumentRow]:
        """Documents, replaced ones left out, that were read from `path`."""
        rows = self._all(
            f"{SELECT_DOCUMENT} WHERE path = ? AND state != 'replaced'", (os.fsencode(path),)
        )
        return [document_row(row) for row in rows]

    def open_document(self, document: DocumentRow, now: float) -> None:
        """Write that work on the document begins; counts as an attempt."""
        with guard(self._out), self._main as db:
            db.execute(
                "INSERT INTO documents (sha256, name, path, state, digest, pages, attempts, "
                "opened_at) VALUES (?, ?, ?, 'open', ?, ?, 1, ?) "
                "ON CONFLICT (sha256) DO UPDATE SET name = excluded.name, "
                "path = excluded.path, state = 'open', digest = excluded.digest, "
                "pages = excluded.pages, attempts = attempts + 1, "
                "opened_at = excluded.opened_at",
                (
                    document.sha256,
                    document.name,
                    os.fsencode(document.path),
                    document.digest,
                    document.pages,
                    now,
                ),
            )

    def finish_document(
        self, document: DocumentRow, outputs: Sequence[OutputRow], now: float
    ) -> list[str]:
        """Write what became of the document, after its files are on disk.

        Returns:
            Outputs of an earlier attempt that are no longer its own.
        """
        with guard(self._out), self._main as db:
            before = {
                str(row[0])
                for row in db.execute(
                    "SELECT path FROM outputs WHERE document = ?", (document.sha256,)
                )
            }
            db.execute(
                "UPDATE documents SET name = ?, path = ?, state = ?, digest = ?, pages = ?, "
                "letters = ?, to_review = ?, problems = ?, document_id = ?, finished_at = ? "
                "WHERE sha256 = ?",
                (
                    document.name,
                    os.fsencode(document.path),
                    document.state,
                    document.digest,
                    document.pages,
                    document.letters,
                    document.to_review,
                    dump_problems(document.problems),
                    document.document_id,
                    now,
                    document.sha256,
                ),
            )
            db.execute("DELETE FROM outputs WHERE document = ?", (document.sha256,))
            db.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?)",
                [(row.path, document.sha256, row.sha256, row.size) for row in outputs],
            )
            db.execute("DELETE FROM strikes WHERE sha256 = ?", (document.sha256,))
        return sorted(before - {row.path for row in outputs})

    def move_document(self, sha256: str, path: Path) -> None:
        """The same file was found elsewhere under the same name."""
        with guard(self._out), self._main as db:
            db.execute(
                "UPDATE documents SET path = ? WHERE sha256 = ?", (os.fsencode(path), sha256)
            )

    def replace_document(self, sha256: str) -> None:
        """The file of this document has other bytes now."""
        with guard(self._out), self._main as db:
            db.execute("UPDATE documents SET state = 'replaced' WHERE sha256 = ?", (sha256,))

    def count_documents(self) -> dict[str, tuple[int, int, int, int]]:
        """State -> documents, letters, letters to review, pages."""
        rows = self._all(
            "SELECT state, count(*), sum(letters), sum(to_review), sum(coalesce(pages, 0)) "
            "FROM documents GROUP BY state"
        )
        return {str(row[0]): (row[1], row[2], row[3], row[4]) for row in rows}

    # -- outputs -----------------------------------------------------------------

    def outputs(self, document: str | None = None) -> Iterator[tuple[OutputRow, str | None]]:
        """Files written, each with its document's SHA-256 (`None`: a table)."""
        where, values = ("WHERE document = ?", (document,)) if document else ("", ())
        for row in self._main.execute(
            f"SELECT path, sha256, size, document FROM outputs {where} ORDER BY path", values
        ):
            yield OutputRow(row[0], row[1], row[2]), row[3]

    def set_tables(self, tables: Sequence[OutputRow]) -> None:
        """Write down the tables as they now are."""
        with guard(self._out), self._main as db:
            db.execute("DELETE FROM outputs WHERE document IS NULL")
            db.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, NULL, ?, ?)",
                [(row.path, row.sha256, row.size) for row in tables],
            )

    # -- strikes -----------------------------------------------------------------

    def strike(self, sha256: str, page: int) -> int:
        """Count a worker that died or was killed over this page; how many now."""
        with guard(self._out), self._main as db:
            db.execute(
                "INSERT INTO strikes VALUES (?, ?, 1) "
                "ON CONFLICT (sha256, page) DO UPDATE SET count = count + 1",
                (sha256, page),
            )
            row = db.execute(
                "SELECT count FROM strikes WHERE sha256 = ? AND page = ?", (sha256, page)
            ).fetchone()
        return int(row[0])

    # -- inside ------------------------------------------------------------------

    def _check_whole(self) -> None:
        (verdict,) = self._main.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        if self.is_new:
            return
        row = self._main.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        found = None if row is None else row[0]
        if found != FORMAT:
            message = (
                f"{self._out}: its ledger is of another version ({found}, this is {FORMAT}); "
                "use the version that wrote it or choose another --output"
            )
            raise LedgerError(message)

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        with guard(self._out):
            return self._main.execute(sql, values).fetchone()

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with guard(self._out):
            return self._main.execute(sql, values).fetchall()
