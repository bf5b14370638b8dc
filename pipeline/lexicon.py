"""The data of `models/`, loaded and checked once into a frozen value.

Tables are TSV with a header row; every row has a source. This module knows the shape
of the data, not how it is matched.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import tomllib
import unicodedata
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pipeline.errors import LexiconError

#: Endings of the files of `models/` that are data, not code, type or documentation.
_DATA = (".tsv", ".toml", ".jsonl", ".onnx", ".json", ".npz")


@dataclass(frozen=True)
class Lexicon:
    """What the fields look things up in.

    Attributes:
        header_phrases: capitals of issuers' names with their kind (`body`, `unit`,
            `word`, `place`).
        places: names of provinces, cities and provincial seats.
        doc_types: full names of types, longest first, `Quyết định`.
        type_of_abbreviation: `QĐ` to `Quyết định`, State forms first.
        titles: signers' positions in capitals, longest first.
        surnames: family names with the percentage of people called so.
        middle_names: middle names, likewise.
        ranks: academic titles and ranks that stand before a name.
        stamps: urgency and secrecy marks: (value, kind, forms).
        calibration: tables of `models/calibration.toml`.
        digest: 16 hex digits over all data files of `models/`.
    """

    header_phrases: dict[str, str]
    places: tuple[str, ...]
    doc_types: tuple[str, ...]
    type_of_abbreviation: dict[str, str]
    titles: tuple[str, ...]
    surnames: dict[str, float]
    middle_names: dict[str, float]
    ranks: tuple[str, ...]
    stamps: tuple[tuple[str, str, tuple[str, ...]], ...]
    calibration: dict[str, Any]
    digest: str


@functools.lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon of the installed `models` package.

    Raises:
        LexiconError: a file is missing, damaged or not NFC, or lacks a column.
    """
    root = resources.files("models")
    places = read_table(root / "lexicons" / "places.tsv", ("name", "kind", "source"))
    phrases = read_table(root / "lexicons" / "header_phrases.tsv", ("phrase", "kind", "source"))
    agencies = read_table(root / "lexicons" / "agencies.tsv", ("abbr", "name", "source"))
    types = read_table(root / "lexicons" / "doc_types.tsv", ("abbr", "name", "family", "source"))
    signers = read_table(root / "lexicons" / "signer_titles.tsv", ("form", "kind", "source"))
    stamps = read_table(root / "lexicons" / "stamps.tsv", ("value", "kind", "source"))
    surnames = read_table(root / "lexicons" / "surnames.tsv", ("name", "share", "source"))
    middles = read_table(root / "lexicons" / "middle_names.tsv", ("name", "share", "source"))
    header = {row["name"].upper(): "body" for row in agencies if len(row["name"].split()) > 1}
    header |= {row["name"].upper(): "place" for row in places}
    header |= {row["phrase"]: row["kind"] for row in phrases}
    return Lexicon(
        header_phrases=header,
        places=tuple(row["name"] for row in places),
        doc_types=_type_names(types),
        type_of_abbreviation=_type_abbreviations(types),
        titles=_longest_first(row["form"] for row in signers if row["kind"] == "title"),
        surnames=_shares(surnames, 0.03),
        middle_names=_shares(middles, 0.3),
        ranks=_longest_first(row["form"] for row in signers if row["kind"].startswith("rank")),
        stamps=tuple(
            (
                row["value"],
                row["kind"],
                tuple(form for form in row["common_ocr_or_old_forms"].split("|") if len(form) > 2),
            )
            for row in stamps
            if row["kind"] in ("urgency", "secrecy") and row["value"] != "THƯỜNG"
        ),
        calibration=_toml(root / "calibration.toml"),
        digest=_digest(),
    )


def read_table(path: Traversable, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a TSV file as dictionaries; missing trailing cells are empty.

    Raises:
        LexiconError: the file cannot be read, is not NFC, lacks one of `columns`, or a row
            has too many cells or none in the last of `columns`.
    """
    reader = csv.DictReader(
        io.StringIO(_text(path)), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""
    )
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        message = f"{path}: column {', '.join(missing)} is missing; restore the file"
        raise LexiconError(message)
    rows = []
    for row in reader:
        fault = "has more cells than the header" if None in row else None
        if fault is None and not row[columns[-1]]:
            fault = f"has no {columns[-1]}"
        if fault is not None:
            message = f"{path}: line {reader.line_num} {fault}; restore the file"
            raise LexiconError(message)
        rows.append(dict(row))
    return rows


def _text(path: Traversable) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read ({error}); reinstall sohoa"
        raise LexiconError(message) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            message = f"{path}: line {number} must be NFC; restore the file"
            raise LexiconError(message)
    return text


def _toml(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: {error}; restore the file"
        raise LexiconError(message) from error


def _shares(rows: list[dict[str, str]], rest: float) -> dict[str, float]:
    """Names with their percentages; `rest` for those that nobody counted."""
    return {row["name"]: float(row["share"] or rest) for row in rows}


def _type_names(rows: list[dict[str, str]]) -> tuple[str, ...]:
    return _longest_first(_type_name(row) for row in rows if row["family"] != "copy")


def _type_name(row: dict[str, str]) -> str:
    """The type alone: `Nghị định` of `Nghị định của Chính phủ`."""
    return row["name"].split(" (")[0].split(" của ")[0]


def _type_abbreviations(rows: list[dict[str, str]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for row in rows:
        if row["abbr"] and "-" not in row["abbr"] and row["family"] != "copy":
            table.setdefault(row["abbr"], _type_name(row))
    return table


def _longest_first(names: Any) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: (-len(name), name)))


def _digest() -> str:
    total = hashlib.sha256()
    for name, sha256 in file_digests().items():
        if name.endswith(_DATA):
            total.update(f"{name}\0{sha256}\0".encode())
    return total.hexdigest()[:16]


@functools.cache
def file_digests() -> dict[str, str]:
    """SHA-256 of each file of the installed `models` package by its path there, in order.

    Read once a process: several digests are made of them, and the networks are large.
    """
    root = Path(str(resources.files("models")))
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
