"""A ledger that was lost or damaged, written again from the records in OUT.

A document counts as done only where its letters are all there: its first letter is
written last, so a record that begins on page 1, and others that follow on from it
without a gap, made by the same settings and models, are a whole document. Anything else
is read again. This module reads records as JSON and knows nothing of what they say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pipeline import work
from pipeline.errors import LedgerError
from pipeline.ledger import Ledger
from pipeline.lock import folder
from pipeline.making import record_digest
from pipeline.progress import Event, Notice
from pipeline.record import Problem
from pipeline.rows import DocumentRow
from pipeline.sqlite_file import set_aside


def open_ledger(out: Path, on_event: Callable[[Event], None]) -> Ledger:
    """The ledger of `out`, rebuilt where it is damaged or missing beside records.

    Raises:
        LedgerError: it is of another version.
        OutputError: it cannot be written.
    """
    path = folder(out) / "ledger.sqlite"
    try:
        ledger = Ledger(out)
    except LedgerError as error:
        if error.__cause__ is None:
            raise
        aside = set_aside(path)
        message = f"the ledger was damaged and is kept as {aside.name}"
        on_event(Notice("recovered", message))
        ledger = Ledger(out)
    if ledger.is_new and any((out / "records").glob("*.json")):
        documents = _rebuild(out, ledger)
        message = f"the ledger was rebuilt from the records: {documents} documents are whole"
        on_event(Notice("recovered", message))
    return ledger


def _rebuild(out: Path, ledger: Ledger) -> int:
    """Write the documents that the records prove; how many there are."""
    records: dict[str, list[tuple[Path, dict[str, Any]]]] = {}
    for path in sorted((out / "records").glob("*.json")):
        try:
            summary = _summary(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        records.setdefault(summary["sha256"], []).append((path, summary))
    whole = 0
    for sha256, letters in records.items():
        letters.sort(key=lambda letter: letter[1]["first_page"])
        if _is_whole([summary for _, summary in letters]):
            whole += 1
            _write(out, ledger, sha256, letters)
    return whole


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    """What the ledger needs of a record."""
    return {
        "sha256": record["source"]["sha256"],
        "name": record["source"]["path"],
        "document_id": record["document_id"],
        "first_page": int(record["first_page"]),
        "last_page": int(record["last_page"]),
        "status": record["status"],
        "digest": record_digest(record["made_by"]) + "-",
        "problems": tuple(
            Problem(item["stage"], item["code"], item["message"], item.get("page"))
            for item in record["problems"]
        ),
        "to_review": _needs_review(record["fields"]),
    }


def _needs_review(fields: Any) -> bool:
    values = fields.values() if isinstance(fields, dict) else fields
    return any(field["trust"] == "review" for field in values)


def _is_whole(letters: Sequence[dict[str, Any]]) -> bool:
    follows_on = all(
        later["first_page"] == earlier["last_page"] + 1
        for earlier, later in zip(letters, letters[1:], strict=False)
    )
    same = len({letter["digest"] for letter in letters}) == 1
    return letters[0]["first_page"] == 1 and follows_on and same


def _write(
    out: Path, ledger: Ledger, sha256: str, letters: Sequence[tuple[Path, dict[str, Any]]]
) -> None:
    summaries = [summary for _, summary in letters]
    states = {summary["status"] for summary in summaries}
    state: Literal["done", "partial", "failed"] = "partial"
    if states == {"done"}:
        state = "done"
    elif states == {"failed"}:
        state = "failed"
    # The path is not in a record; the next run finds the file by its bytes.
    document = DocumentRow(
        sha256=sha256,
        name=summaries[0]["name"],
        path=Path("/") / "unknown" / sha256,
        state=state,
        digest=summaries[0]["digest"],
        pages=summaries[-1]["last_page"],
        letters=sum(summary["status"] != "failed" for summary in summaries),
        to_review=sum(summary["to_review"] for summary in summaries),
        problems=work.order_problems(
            {problem for summary in summaries for problem in summary["problems"]}
        ),
        document_id=summaries[0]["document_id"] if state == "failed" else None,
    )
    ledger.open_document(document, 0.0)
    outputs = [
        row for summary in summaries for row in work.record_outputs(out, summary["document_id"])
    ]
    ledger.finish_document(document, outputs, 0.0)
