"""Truth files: what a person read on the paper, for measuring.

`null` was looked for and is not on the paper; a key left out was not annotated and is
not scored. This module knows nothing of how values are read or scored.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import DigitizeError
from pipeline.vietnamese import fold, nfc

#: Fields with one value a letter, in the order of `documents.csv`.
SCALARS = (
    "document_number", "number", "symbol", "doc_type", "issue_date", "place",
    "parent_issuer", "issuer", "subject", "signer_name", "signer_position",
    "signing_authority", "urgency", "secrecy",
)  # fmt: skip


class TruthError(DigitizeError):
    """A truth file cannot be read or is not in the form of the contract."""

    exit_code = 7
    code = "truth"


@dataclass(frozen=True, slots=True)
class TrueReference:
    """A cited directive.

    Attributes:
        key: the number; for a law cited by name, its name with the type in front.
        dated: whether the date was annotated; then `issue_date` of `None` is a fact.
        nested: inside another document's title; neither credit nor blame.
    """

    key: str
    issue_date: str | None
    dated: bool
    nested: bool


@dataclass(frozen=True, slots=True)
class TrueRecipient:
    """One entry as printed; `purpose` without the brackets, `None` where not annotated."""

    name: str
    purpose: str | None


@dataclass(frozen=True, slots=True)
class TrueLetter:
    """What is on the paper of one letter; only what was annotated.

    Attributes:
        scalars: by field; `archive` (the units after Lưu) is among them.
        lists: `addressees` and `recipients`, where annotated.
        references: `None` where not annotated.
        number_style: `handwritten`, `stamped`, `printed` or several joined by `/`.
    """

    source: str
    first_page: int
    last_page: int | None
    scalars: Mapping[str, str | None]
    lists: Mapping[str, tuple[TrueRecipient, ...]]
    references: tuple[TrueReference, ...] | None
    number_style: str | None


def read_truth(folder: Path) -> tuple[TrueLetter, ...]:
    """All letters of the `*.json` files in a folder, by file name.

    Raises:
        TruthError: there is no such file, or one is not in the form of the contract.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        message = f"{folder}: no truth files (*.json) here"
        raise TruthError(message)
    return tuple(letter for path in paths for letter in _read_file(path))


def read_headers(path: Path) -> tuple[TrueLetter, ...]:
    """First letters of files whose number and date stand in a table of headers.

    Rows without a reading are left out, and so are rows whose reading is not `sure`.

    Raises:
        TruthError: the table cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
        return tuple(
            TrueLetter(
                source=row["file"],
                first_page=1,
                last_page=None,
                scalars={
                    name: nfc(row[name])
                    for name in ("document_number", "issue_date")
                    if row[name] not in ("", "-")
                },
                lists={},
                references=None,
                number_style=row["number_style"] or None,
            )
            for row in rows
            if row["reading"] == "sure"
        )
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        message = f"{path}: not a table of headers: {error!r}"
        raise TruthError(message) from error


def reference_key(number: str | None, doc_type: str | None, title: str | None) -> str:
    """What a reference is known by: its number, else its name with the type in front."""
    if number:
        return nfc(number)
    name = nfc(title or "")
    kind = nfc(doc_type or "")
    if fold(name).startswith(fold(kind)):
        return name or kind
    return f"{kind} {name}".strip()


def _read_file(path: Path) -> list[TrueLetter]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        source = str(table["source"])
        return [_letter(source, letter) for letter in table["letters"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path}: not a truth file: {error!r}"
        raise TruthError(message) from error


def _letter(source: str, table: Mapping[str, Any]) -> TrueLetter:
    unsure = set(table.get("unsure") or ())
    known = {name: value for name, value in table.items() if name not in unsure}
    references = known.get("references")
    return TrueLetter(
        source=source,
        first_page=int(table["first_page"]),
        last_page=table.get("last_page"),
        scalars={name: _text(known[name]) for name in (*SCALARS, "archive") if name in known},
        lists={
            name: tuple(_recipient(entry) for entry in known[name] or ())
            for name in ("addressees", "recipients")
            if name in known
        },
        references=(
            tuple(_reference(entry) for entry in references or ())
            if "references" in known
            else None
        ),
        number_style=table.get("number_style"),
    )


def _text(value: str | None) -> str | None:
    return nfc(value) if value else None


def _recipient(entry: str | Mapping[str, str | None]) -> TrueRecipient:
    if isinstance(entry, str):
        return TrueRecipient(nfc(entry), None)
    return TrueRecipient(nfc(entry["name"] or ""), _text(entry.get("purpose")))


def _reference(entry: Mapping[str, Any]) -> TrueReference:
    return TrueReference(
        key=reference_key(entry.get("number"), entry.get("doc_type"), entry.get("title")),
        issue_date=_text(entry.get("issue_date")),
        dated="issue_date" in entry,
        nested=bool(entry.get("nested")),
    )
