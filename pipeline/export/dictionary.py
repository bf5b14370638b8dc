"""What the columns of the tables mean, in English and Vietnamese: `docs/tables*.md`."""

from __future__ import annotations

import sys
from importlib import resources
from typing import Literal

from pipeline.lexicon import read_table

Language = Literal["en", "vi"]

_HEADS = {
    "en": (
        "# The tables",
        "CSV in UTF-8 with a byte order mark (Excel shows Vietnamese), one header always, rows in a\n"
        "fixed order. An empty cell means that nothing was found or nothing is known. A cell that a\n"
        "spreadsheet would take for a formula has `'` before it; `load_tables` takes it off.\n"
        "Made by `make docs`; a test checks it. [Tiếng Việt](tables.vi.md)",
        ("column", "values", "meaning"),
    ),
    "vi": (
        "# Các bảng",
        "CSV mã UTF-8 có dấu BOM (Excel hiện đúng tiếng Việt), luôn có dòng tiêu đề, thứ tự dòng cố\n"
        "định. Ô trống nghĩa là không tìm thấy hoặc không biết. Ô mà bảng tính sẽ hiểu là công thức\n"
        "có dấu `'` đứng trước; `load_tables` bỏ dấu này.\n"
        "Tạo bằng `make docs`, có kiểm thử kèm theo. [English](tables.md)",
        ("cột", "giá trị", "ý nghĩa"),
    ),
}


def column_meanings() -> list[dict[str, str]]:
    """Rows with table, column, values, en and vi, in the tables' order.

    `*_confidence` and `*_trust` stand for the columns that each field has.
    """
    path = resources.files("pipeline.export") / "columns.tsv"
    return read_table(path, ("table", "column", "values", "en", "vi"))


def tables_page(language: Language) -> str:
    """The data dictionary as Markdown."""
    title, about, header = _HEADS[language]
    parts = [title, "", about]
    current = None
    for row in column_meanings():
        if row["table"] != current:
            current = row["table"]
            parts += [
                "",
                f"## {current}.csv",
                "",
                "| " + " | ".join(header) + " |",
                "|---|---|---|",
            ]
        name = row["column"].replace("*", r"\*")
        parts.append(f"| {name} | {row['values']} | {row[language]} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(tables_page("vi" if sys.argv[1:] == ["vi"] else "en"), end="")
