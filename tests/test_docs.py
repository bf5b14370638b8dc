import re
from pathlib import Path
from typing import Literal

import pytest
from typer.main import get_command

from pipeline import errors, export
from pipeline.cli.app import app
from pipeline.cli.help_texts import help_texts, vietnamese_help
from pipeline.cli.reference import reference
from pipeline.export.dictionary import column_meanings, tables_page

ROOT = Path(__file__).parents[1]


def test_reference_of_the_command_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "name"), [("en", "tables.md"), ("vi", "tables.vi.md")])
def test_the_data_dictionary_is_up_to_date(language: Literal["en", "vi"], name: str) -> None:
    assert tables_page(language) == (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_column_is_explained_in_both_languages_in_the_tables_order() -> None:
    for table, columns in export.TABLES.items():
        plain = [
            name
            for name in columns
            if not name.endswith(("_confidence", "_trust")) or name == "mean_word_confidence"
        ]
        told = [row["column"] for row in column_meanings() if row["table"] == table]
        assert [name for name in told if "*" not in name] == plain
    for row in column_meanings():
        assert row["values"] and row["en"] and row["vi"], row


def test_every_help_text_has_its_vietnamese() -> None:
    texts = set(help_texts(get_command(app)))
    assert texts == set(vietnamese_help())
    assert all(vietnamese_help().values())


def test_every_command_has_help_with_an_example() -> None:
    for name, command in get_command(app).commands.items():
        assert "Example: sohoa" in command.help, name


def test_readmes_name_every_column_and_exit_code() -> None:
    plain = [
        name for name in export.TABLES["documents"] if not name.endswith(("_confidence", "_trust"))
    ]
    fields = plain[plain.index("document_number") : plain.index("page_count")]
    codes = {
        one.exit_code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.DigitizeError)
    } - {errors.DigitizeError.exit_code}
    for readme in ("README.md", "README.vi.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for column in fields:
            assert column in text or column == "issue_date_precision", (readme, column)
        for code in codes:
            assert re.search(rf"\b{code} \w", text), (readme, code)
