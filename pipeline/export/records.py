"""A record as JSON: every field with its evidence, every page with what was seen on it.

`records.schema.json` beside this module describes the files; it is put beside them too.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from pipeline import fields
from pipeline.export.files import write_atomic
from pipeline.page import BBox
from pipeline.record import Candidate, Field, Place, Record

SCHEMA = Path(__file__).with_name("records.schema.json")


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
                    {"kind": mark.kind, "bbox": _box(page.to_viewer.apply(mark.bbox))}
                    for mark in page.marks
                ],
                "overlays": [{"text": one.text, "bbox": _box(one.bbox)} for one in page.overlays],
                "slots": [
                    {
                        "kind": slot.kind,
                        "blank": slot.blank,
                        "bbox": _box(page.to_viewer.apply(slot.bbox)),
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
        return {"page": None, "bbox": None}
    return {"page": place.page, "bbox": _box(place.bbox)}


def _box(bbox: BBox) -> list[float]:
    return [round(side, 2) for side in (bbox.left, bbox.top, bbox.right, bbox.bottom)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
