"""Records to JSON, text and the CSV tables of a run.

The tables are rebuilt from `records/*.json` in one atomic step, sorted, with a fixed
header: the same records give the same bytes. CSV is UTF-8 with BOM so that Excel shows
Vietnamese, RFC 4180. This module knows nothing of how values are found.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import fields
from pipeline.errors import OutputError
from pipeline.record import Candidate, Field, Place, Problem, Record
from pipeline.vietnamese import fold

_BOX = ("page", "left", "top", "right", "bottom")

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
PROBLEMS = ("source_path", "document_id", "page", "stage", "code", "message")

TABLES: Mapping[str, tuple[str, ...]] = {
    "documents": DOCUMENTS,
    "references": REFERENCES,
    "recipients": RECIPIENTS,
    "dates": DATES,
    "problems": PROBLEMS,
}


def record_as_json(record: Record) -> dict[str, Any]:
    """The record as plain data for `records/<document_id>.json`, keys in a fixed order."""
    return {
        "document_id": record.document_id,
        "source": dataclasses.asdict(record.source),
        "first_page": record.first_page,
        "last_page": record.last_page,
        "status": record.status,
        "fields": {name: _field(record.fields[name]) for name in fields.NAMES},
        "references": [_flat(one) for one in record.references],
        "recipients": [_flat(one) for one in record.recipients],
        "dates": [_flat(one) for one in record.dates],
        "problems": [dataclasses.asdict(one) for one in record.problems],
        "pages": [
            {
                "page": page.number,
                "width": round(page.viewer_width, 2),
                "height": round(page.viewer_height, 2),
                "rotation": page.rotation,
                "skew_degrees": round(page.skew_degrees, 2),
                "text_source": page.text_source,
                "blank": page.blank,
                "unreadable": page.unreadable,
                "mean_word_confidence": _rounded(page.mean_confidence),
                "words": len(page.words),
                "marks": [
                    {"kind": mark.kind, **_box(page.to_viewer.apply(mark.bbox))}
                    for mark in page.marks
                ],
                "overlays": [
                    {"text": one.text, **_box(page.to_viewer.apply(one.bbox))}
                    for one in page.overlays
                ],
                "slots": [
                    {
                        "kind": slot.kind,
                        "blank": slot.blank,
                        **_box(page.to_viewer.apply(slot.bbox)),
                        "readings": [
                            {"text": one.text, "probability": round(one.probability, 4)}
                            for one in slot.readings
                        ],
                    }
                    for slot in page.slots
                ],
            }
            for page in record.pages
        ],
        "made_by": dataclasses.asdict(record.made_by),
    }


def write_record(out: Path, record: Record) -> Path:
    """Write the record's JSON and text under `out`, atomically; the JSON's path.

    Raises:
        OutputError: the folder cannot be written.
    """
    text_path = out / "text" / f"{record.document_id}.txt"
    if record.text:
        write_atomic(text_path, record.text.encode("utf-8"))
    else:
        text_path.unlink(missing_ok=True)
    path = out / "records" / f"{record.document_id}.json"
    text = json.dumps(record_as_json(record), ensure_ascii=False, indent=1)
    write_atomic(path, (text + "\n").encode("utf-8"))
    return path


def write_tables(
    out: Path,
    record_files: Iterable[Path],
    problems: Iterable[tuple[str, str | None, Problem]],
) -> None:
    """Rebuild the five tables from the record files and the problems of the run.

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
            )
            noted.add((row[0], *row[2:]))
            rows["problems"].append(row)
    for source_path, document_id, one in problems:
        row = (source_path, document_id, one.page, one.stage, one.code, one.message)
        if (row[0], *row[2:]) not in noted:
            rows["problems"].append(row)
    rows["problems"].sort(key=lambda row: tuple("" if cell is None else str(cell) for cell in row))
    for name, header in TABLES.items():
        write_atomic(out / f"{name}.csv", _csv(header, rows[name]))


def load_tables(out: Path | str) -> dict[str, pd.DataFrame]:
    """The five tables of a run as DataFrames with proper types.

    Dates with day precision are `datetime64`; `issue_date` of coarser precision is NaT
    there and stands as text in `issue_date_text`. `nested` is boolean; trust, status,
    role, relation and precision are categories; absent text is `None`.

    Raises:
        OutputError: `out` holds no tables.
    """
    folder = Path(out)
    frames: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if not path.is_file():
            message = f"{path}: no such table; run sohoa extract first"
            raise OutputError(message)
        frame = pd.read_csv(
            path, dtype="string", encoding="utf-8-sig", keep_default_na=False, na_values=[""]
        )
        frames[name] = _typed(frame)
    return frames


def write_atomic(path: Path, content: bytes) -> None:
    """Write the file so that it is there whole or not at all, also after power loss.

    Raises:
        OutputError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        message = (
            f"{path}: cannot be written ({error.strerror or error}); check space and permissions"
        )
        raise OutputError(message) from error


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
    return tuple(
        {"document_id": key, "ordinal": ordinal}.get(column, one.get(column)) for column in header
    )


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


# --- plain data ----------------------------------------------------------------------


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "trust": field.trust,
        **_place(field.place),
        "rule": field.rule,
        "evidence": list(field.evidence),
        "alternatives": [_alternative(one) for one in field.alternatives[:5]],
    }


def _alternative(one: Candidate) -> dict[str, Any]:
    return {
        "value": one.value,
        "raw": one.raw,
        "score": round(one.score, 4),
        "rule": one.rule,
        **_place(one.place),
        "evidence": list(one.evidence),
    }


def _flat(one: Any) -> dict[str, Any]:
    """A reference, recipient or date as one level of keys: dates and places unfolded."""
    out: dict[str, Any] = {}
    for item in dataclasses.fields(one):
        value = getattr(one, item.name)
        if item.name == "place":
            out |= _place(value)
        elif item.name in ("issue_date", "value"):
            name = "issue_date" if item.name == "issue_date" else "date"
            out[name] = value.iso if value else None
            out["precision" if name == "date" else "issue_date_precision"] = (
                value.precision if value else None
            )
        elif item.name == "confidence":
            out[item.name] = _rounded(value)
        else:
            out[item.name] = list(value) if isinstance(value, tuple) else value
    return out


def _place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return dict.fromkeys(_BOX)
    return {"page": place.page, **_box(place.bbox)}


def _box(bbox: Any) -> dict[str, float]:
    return {side: round(getattr(bbox, side), 2) for side in _BOX[1:]}


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
    return " ".join(str(value).split()) if "\n" in str(value) else str(value)


_INTEGERS = ("first_page", "last_page", "page_count", "ordinal", "mentions", "page")
_FLOATS = (
    "mean_word_confidence",
    "skew_max_degrees",
    "left",
    "top",
    "right",
    "bottom",
    "confidence",
)
_CATEGORIES = (
    "status",
    "issue_date_precision",
    "precision",
    "text_source",
    "role",
    "relation",
    "trust",
    "stage",
    "code",
)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    convert: dict[str, Callable[[Any], Any]] = {}
    for column in frame.columns:
        name = str(column)
        if name in _INTEGERS:
            convert[name] = lambda series: pd.to_numeric(series).astype("Int64")
        elif name in _FLOATS or name.endswith("_confidence"):
            convert[name] = lambda series: pd.to_numeric(series).astype("Float64")
        elif name in _CATEGORIES or name.endswith("_trust"):
            convert[name] = lambda series: series.astype("category")
        elif name == "nested":
            convert[name] = lambda series: (series == "true").astype("boolean")
        elif name in ("issue_date", "date"):
            frame[f"{name}_text"] = frame[name]
            convert[name] = lambda series: pd.to_datetime(
                series, format="%Y-%m-%d", errors="coerce"
            )
    for name, function in convert.items():
        frame[name] = function(frame[name])
    return frame
