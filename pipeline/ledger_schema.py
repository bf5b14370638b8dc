"""The tables of the ledger, and their rows as values.

This module opens no file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pipeline.pagestore import load_problems
from pipeline.rows import DocumentRow, SourceRow

FORMAT = "1"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    path BLOB PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
    size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, changed_ns INTEGER NOT NULL,
    message TEXT NOT NULL, sha256 TEXT, run INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sources_by_run ON sources (run, name, path);
CREATE INDEX sources_by_sha256 ON sources (sha256);
CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, path BLOB NOT NULL, state TEXT NOT NULL,
    digest TEXT NOT NULL, pages INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
    letters INTEGER NOT NULL DEFAULT 0, to_review INTEGER NOT NULL DEFAULT 0,
    problems TEXT NOT NULL DEFAULT '[]', document_id TEXT,
    opened_at REAL, finished_at REAL) WITHOUT ROWID;
CREATE INDEX documents_by_state ON documents (state);
CREATE TABLE outputs (
    path TEXT PRIMARY KEY, document TEXT, sha256 TEXT NOT NULL, size INTEGER NOT NULL
    ) WITHOUT ROWID;
CREATE INDEX outputs_by_document ON outputs (document);
CREATE TABLE strikes (
    sha256 TEXT NOT NULL, page INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (sha256, page)) WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, started_at REAL NOT NULL,
    finished_at REAL, pages INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0, expected_pages INTEGER NOT NULL DEFAULT 0,
    workers INTEGER NOT NULL DEFAULT 0, made_by TEXT NOT NULL DEFAULT '{}');
"""

SELECT_DOCUMENT = (
    "SELECT sha256, name, path, state, digest, pages, attempts, letters, to_review, "
    "problems, document_id FROM documents"
)


def source_row(row: Any) -> SourceRow:
    """A row of `sources`: path, name, state, size, times, message, SHA-256."""
    return SourceRow(Path(os.fsdecode(row[0])), *row[1:])


def document_row(row: Any) -> DocumentRow:
    """A row that `SELECT_DOCUMENT` gave."""
    return DocumentRow(
        sha256=row[0],
        name=row[1],
        path=Path(os.fsdecode(row[2])),
        state=row[3],
        digest=row[4],
        pages=row[5],
        attempts=row[6],
        letters=row[7],
        to_review=row[8],
        problems=load_problems(row[9]),
        document_id=row[10],
    )
