import re
from pathlib import Path

from typer.main import get_command

from pipeline import errors, export
from pipeline.cli.app import app
from pipeline.cli.reference import reference

ROOT = Path(__file__).parents[1]


def test_reference_of_the_command_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


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
