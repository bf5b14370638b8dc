"""The five CSV tables of a run, built from its record files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import fields
from pipeline.export.files import write_atomic
from pipeline.export.problem_texts import explain
from pipeline.export.records import SCHEMA
from pipeline.record import Problem
from pipeline.vietnamese import fold

#: Stands before a cell that a spreadsheet would take for a formula; `load_tables` takes it off.
GUARD = "'"
_FORMULA = re.compile(r"[=@\t]|[+-](?=\S)(?=.*[(|!])|'['=@+\t-]")

_SIDES = ("left", "top", "right", "bottom")
_BOX = ("page", *_SIDES)

DOCUMENTS = (
    "document_id", "source_path", "source_sha256", "first_page", "last_page", "status",
    "document_number", "number", "symbol", "doc_type", "issue_date", "issue_date_precision", "place",
    "parent_issuer", "issuer", "subject", "signer_name", "signer_position", "signing_authority",
    "urgency", "secrecy", "addressees", "recipients", "page_count", "mean_word_confidence",
    "skew_max_degrees", "text_source", "review",
    *(f"{name}_{kind}" for name in fields.NAMES for kind in ("confidence", "trust")),
)  # fmt: skip
REFERENCES = (
    "document_id", "ordinal", "doc_type", "number", "nested", "issue_date", "issue_date_precision",
    "issuer", "title", "pin", "relation", "mentions", "raw", *_BOX, "confidence", "trust",
    "resolved_document_id",
)  # fmt: skip
RECIPIENTS = (
    "document_id", "ordinal", "role", "name", "purpose", "units", "raw", *_BOX, "confidence", "trust",
)  # fmt: skip
DATES = ("document_id", "ordinal", "date", "precision", "role", "raw", *_BOX, "confidence")
PROBLEMS = ("source_path", "document_id", "page", "stage", "code", "message", "message_vi")

TABLES: Mapping[str, tuple[str, ...]] = {
    "documents": DOCUMENTS,
    "references": REFERENCES,
    "recipients": RECIPIENTS,
    "dates": DATES,
    "problems": PROBLEMS,
}


def write_tables(
    out: Path,
    record_files: Iterable[Path],
    problems: Iterable[tuple[str, str | None, Problem]],
) -> None:
    """Rebuild the five tables from the record files and the problems of the run.

    The schema of the record files is put beside them.

    Args:
        problems: (source path, document id or `None`, problem) of files and pages that
            have no record of their own; records bring their own problems.

    Raises:
        OutputError: the folder cannot be written.
    """
    records = [json.loads(path.read_text(encoding="utf-8")) for path in record_files]
    records.sort(key=lambda one: (one["source"]["path"], one["first_page"], one["document_id"]))
    resolved = _resolve(records)
    rows: dict[str, list[Sequence[Any]]] = {name: [] for name in TABLES}
    noted: set[tuple[Any, ...]] = set()
    for record in records:
        rows["documents"].append(_document_row(record))
        key = record["document_id"]
        for ordinal, one in enumerate(record["references"], 1):
            rows["references"].append(
                _list_row(
                    REFERENCES,
                    key,
                    ordinal,
                    {**one, "resolved_document_id": resolved.get((key, ordinal))},
                )
            )
        for ordinal, one in enumerate(record["recipients"], 1):
            rows["recipients"].append(
                _list_row(RECIPIENTS, key, ordinal, {**one, "units": ";".join(one["units"])})
            )
        for ordinal, one in enumerate(record["dates"], 1):
            rows["dates"].append(_list_row(DATES, key, ordinal, one))
        for problem in record["problems"]:
            row = (
                record["source"]["path"],
                key,
                problem["page"],
                problem["stage"],
                problem["code"],
                problem["message"],
                explain(problem["code"]),
            )
            noted.add((row[0], *row[2:]))
            rows["problems"].append(row)
    for source_path, document_id, one in problems:
        row = (
            source_path,
            document_id,
            one.page,
            one.stage,
            one.code,
            one.message,
            explain(one.code),
        )
        if (row[0], *row[2:]) not in noted:
            rows["problems"].append(row)
    rows["problems"].sort(key=lambda row: tuple("" if cell is None else str(cell) for cell in row))
    for name, header in TABLES.items():
        write_atomic(out / f"{name}.csv", _csv(header, rows[name]))
    write_atomic(out / SCHEMA.name, SCHEMA.read_bytes())


# --- rows --------------------------------------------------------------------------


def _document_row(record: dict[str, Any]) -> tuple[Any, ...]:
    values = {name: field["value"] for name, field in record["fields"].items()}
    pages = record["pages"]
    confidences = [(page["mean_word_confidence"], page["words"]) for page in pages if page["words"]]
    total = sum(count for _, count in confidences)
    mean = sum(share * count for share, count in confidences) / total if total else None
    sources = {page["text_source"] for page in pages}
    row: dict[str, Any] = {
        "document_id": record["document_id"],
        "source_path": record["source"]["path"],
        "source_sha256": record["source"]["sha256"],
        "first_page": record["first_page"],
        "last_page": record["last_page"],
        "status": record["status"],
        **values,
        "issue_date_precision": _precision(values["issue_date"]),
        "addressees": _names(record, ("addressee",)),
        "recipients": _names(record, ("copy", "archive")),
        "page_count": len(pages),
        "mean_word_confidence": _rounded(mean),
        "skew_max_degrees": max((abs(page["skew_degrees"]) for page in pages), default=None),
        "text_source": sources.pop() if len(sources) == 1 else "mixed",
        "review": ";".join(
            name for name in fields.NAMES if record["fields"][name]["trust"] == "review"
        ),
    }
    for name in fields.NAMES:
        row[f"{name}_confidence"] = record["fields"][name]["confidence"]
        row[f"{name}_trust"] = record["fields"][name]["trust"]
    return tuple(row[column] for column in DOCUMENTS)


def _names(record: dict[str, Any], roles: Sequence[str]) -> str:
    return "; ".join(
        f"Lưu: {one['name']}" if one["role"] == "archive" else one["name"]
        for one in record["recipients"]
        if one["role"] in roles
    )


def _list_row(
    header: Sequence[str], key: str, ordinal: int, one: Mapping[str, Any]
) -> tuple[Any, ...]:
    sides = dict(zip(_SIDES, one["bbox"] or (None,) * 4, strict=True))
    cells = {**one, **sides, "document_id": key, "ordinal": ordinal}
    return tuple(cells[column] for column in header)


def _precision(iso: str | None) -> str | None:
    return {4: "year", 7: "month", 10: "day"}.get(len(iso)) if iso else None


def _resolve(records: Sequence[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """References that name exactly one letter of the run by number, date and issuer."""
    by_number: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        number = record["fields"]["document_number"]["value"]
        if number:
            by_number.setdefault(_key(number), []).append(record)
    found: dict[tuple[str, int], str] = {}
    for record in records:
        for ordinal, one in enumerate(record["references"], 1):
            named = by_number.get(_key(one["number"] or ""), [])
            dated = [
                other
                for other in named
                if one["issue_date"]
                and other["fields"]["issue_date"]["value"] == one["issue_date"]
                and _issuers_agree(one["issuer"], other)
            ]
            if len(dated) == 1 and dated[0] is not record:
                found[record["document_id"], ordinal] = dated[0]["document_id"]
    return found


def _key(number: str) -> str:
    head, slash, tail = number.partition("/")
    return f"{head.lstrip('0')}{slash}{tail}".casefold()


def _issuers_agree(cited: str | None, record: Mapping[str, Any]) -> bool:
    if not cited:
        return True
    issuer = fold(
        " ".join(
            filter(None, (record["fields"][name]["value"] for name in ("parent_issuer", "issuer")))
        )
    )
    issuer = issuer.replace("ủy ban nhân dân", "ubnd")
    words = fold(cited).replace("ủy ban nhân dân", "ubnd").split()
    return sum(word in issuer for word in words) >= 0.6 * len(words)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(_cell(value) for value in row)
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if value == int(value) else repr(value)
    text = str(value)
    if "\n" in text or "\r" in text:
        text = " ".join(text.split())
    # A spreadsheet would run `=HYPERLINK(...)` that somebody printed on a letter.
    return GUARD + text if _FORMULA.match(text) else text
