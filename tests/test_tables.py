"""Tables as spreadsheets and pandas take them: no formula runs, every value comes back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import load_tables
from pipeline.errors import OutputError
from pipeline.export import TABLES
from pipeline.export.tables import GUARD, _cell


@pytest.mark.parametrize(
    "value",
    ["=HYPERLINK(1)", "@SUM(A1)", "+84(0)912", "-2+3|cmd", "'=1", "\tx", "=cmd|' /C calc'!A0"],
)
def test_a_cell_that_a_spreadsheet_would_compute_is_guarded_and_comes_back(
    tmp_path: Path, value: str
) -> None:
    written = _cell(value)
    assert written == GUARD + value
    for name, columns in TABLES.items():
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            if name == "documents":
                writer.writerow({"document_id": "a-1", "status": "done", "subject": written})
    assert load_tables(tmp_path)["documents"]["subject"][0] == value


@pytest.mark.parametrize(
    "value", ["- Như trên", "05/KH-UBND", "'s-Hertogenbosch", "-", "+", "Lưu: VT"]
)
def test_other_cells_stand_as_they_are(value: str) -> None:
    assert _cell(value) == value


def test_numbers_booleans_and_nothing() -> None:
    assert [_cell(one) for one in (None, True, False, 3, 2.0, 0.5, "a\nb")] == [
        "", "true", "false", "3", "2", "0.5", "a b",
    ]  # fmt: skip


def test_a_folder_without_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=str(tmp_path)):
        load_tables(tmp_path)
