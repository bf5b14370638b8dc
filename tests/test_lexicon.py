"""Data of models/: what is damaged is named by file and line, not met later as a wrong value."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.lexicon import load_lexicon, read_table


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "names.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_as_dictionaries(tmp_path: Path) -> None:
    path = table(tmp_path, "name\tkind\tsource\nĐà Nẵng\ttp\tdecree\n")
    assert read_table(path, ("name", "source")) == [
        {"name": "Đà Nẵng", "kind": "tp", "source": "decree"}
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\tkind\nĐà Nẵng\ttp\n", "column source is missing"),
        ("name\tsource\nĐà Nẵng\tx\textra\n", "line 2 has more cells"),
        ("name\tsource\nĐà Nẵng\n", "line 2 has no source"),
        (
            "name\tsource\n" + unicodedata.normalize("NFD", "Đà Nẵng") + "\tx\n",
            "line 2 must be NFC",
        ),
    ],
)
def test_a_damaged_table_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(LexiconError, match="names.tsv") as caught:
        read_table(table(tmp_path, text), ("name", "source"))
    assert told in str(caught.value)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="nothing.tsv"):
        read_table(tmp_path / "nothing.tsv", ("name",))


def test_the_installed_lexicon() -> None:
    lexicon = load_lexicon()
    assert lexicon.type_of_abbreviation["QĐ"] == "Quyết định"
    assert lexicon.surnames["Nguyễn"] > lexicon.surnames["Cao"] > lexicon.surnames["Y"] > 0
    assert lexicon.middle_names["Thị"] > lexicon.middle_names["Ngọc"] > 0
    assert lexicon.digest == load_lexicon().digest
    for names in (lexicon.doc_types, lexicon.places, lexicon.titles):
        assert names
        assert all(unicodedata.is_normalized("NFC", name) for name in names)
