"""What a run put into its tables, letter by letter, for measuring.

Reads the tables of the output contract and the records beside them. This module knows
nothing of how values are scored.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import OutputError
from pipeline.truth import TrueLetter

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeenLetter:
    """What the output says of one letter; all empty for a letter that it lacks.

    Attributes:
        row: its row of `documents.csv`.
        record: its record; `None` where the file is missing or damaged.
    """

    row: Row
    references: tuple[Row, ...] = ()
    recipients: tuple[Row, ...] = ()
    record: Mapping[str, Any] | None = None

    @property
    def first_page(self) -> int:
        """1-based first page in the file; 1 where the table does not say."""
        return int(self.row.get("first_page") or 1)

    @property
    def last_page(self) -> int:
        """1-based last page in the file."""
        return int(self.row.get("last_page") or self.first_page)


def read_output(out: Path) -> list[SeenLetter]:
    """All letters of an output folder in the order of `documents.csv`.

    Raises:
        OutputError: a table is missing, damaged or not of this output.
    """
    references = _by_document(_read_table(out / "references.csv"))
    recipients = _by_document(_read_table(out / "recipients.csv"))
    return [
        SeenLetter(
            row=row,
            references=tuple(references.get(row["document_id"], ())),
            recipients=tuple(recipients.get(row["document_id"], ())),
            record=_read_record(out / "records" / f"{row['document_id']}.json"),
        )
        for row in _read_table(out / "documents.csv")
    ]


def _read_table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            rows = list(reader)
            header = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{path}: cannot read this table of the output: {error}"
        raise OutputError(message) from error
    if "document_id" not in header:
        message = f"{path}: not a table of the output: no column document_id"
        raise OutputError(message)
    return rows


def _read_record(path: Path) -> dict[str, Any] | None:
    """The record, for raw text and pages; measuring goes on where there is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["document_id"], []).append(row)
    return grouped


def same_file(source: str, path: str) -> bool:
    """Whether `path` ends in `source`: a truth file may name folders, and need not."""
    wanted = PurePosixPath(source.replace("\\", "/")).parts
    return PurePosixPath(path.replace("\\", "/")).parts[-len(wanted) :] == wanted


def find_letter(letter: TrueLetter, seen: Sequence[SeenLetter]) -> SeenLetter | None:
    """The letter of the same file that shares the most pages, the first if equal."""
    last = letter.last_page or letter.first_page
    best: SeenLetter | None = None
    most = 0
    for one in seen:
        if not same_file(letter.source, one.row["source_path"]):
            continue
        shared = min(last, one.last_page) - max(letter.first_page, one.first_page) + 1
        if shared > most:
            best, most = one, shared
    return best
