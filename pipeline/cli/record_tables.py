"""A record as tables on a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from pipeline.cli.messages import Language, say


def record_table(record: dict[str, Any], language: Language) -> Table:
    """A row for each field of a record, as `export.record_as_json` gives it."""
    title = f"{say('letter', language)} {record['document_id']}  {say('status', language)}: {record['status']}"
    table = Table(title=title)
    for key in ("field", "value", "raw", "confidence", "trust", "page"):
        table.add_column(say(key, language), overflow="fold")
    for name, field in record["fields"].items():
        trust = say(field["trust"], language) if field["trust"] else ""
        confidence = "" if field["confidence"] is None else f"{field['confidence']:.2f}"
        cells = (
            name,
            field["value"] or "",
            field["raw"] or "",
            confidence,
            trust,
            str(field["page"] or ""),
        )
        table.add_row(*(_literal(cell) for cell in cells))
    return table


def list_tables(record: dict[str, Any], language: Language) -> list[tuple[str, Table]]:
    """Heading and table of the record's references and of its recipients, where it has any."""
    out = []
    for key, columns in (
        (
            "references",
            ("relation", "doc_type", "number", "issue_date", "issuer", "title", "mentions", "page"),
        ),
        ("recipients", ("role", "name", "purpose", "page")),
    ):
        if not record[key]:
            continue
        table = Table()
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in record[key]:
            table.add_row(
                *(_literal("" if row[column] is None else str(row[column])) for column in columns)
            )
        out.append((say(key, language), table))
    return out


def _literal(text: str) -> str:
    """Text in which rich sees no markup."""
    return text.replace("[", "\\[")
