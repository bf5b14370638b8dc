"""Which module may import which: the table is the house's floor plan, checked by parsing.

A new module must be given its row; an import that climbs a layer, ties two stages
together or brings in a library through a second door fails here.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pipeline"

#: A module imports only lower layers, or its own layer where that is marked as one room.
LAYERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("shared values", frozenset({"errors", "page", "record", "vietnamese"})),
    (
        "settings, data and views over values",
        frozenset({"settings", "lexicon", "textview", "tones", "slips", "trust", "citation"}),
    ),
    (
        "parts that one stage is built of",
        frozenset(
            {
                "engine", "ink", "colour", "gutter", "skew", "orientation", "slots", "textlayer", "agreement", "consensus", "corroboration",
                "strokes", "drawn", "askew", "covered", "covered_titles", "unread", "describe", "naming", "rings", "stamp_lines",
                "line_strips", "leveling", "choice", "letter_text",
            }
        ),
    ),
    (
        "stages",
        frozenset(
            {"render", "clean", "ocr", "layout", "fields", "resolve", "handwriting", "stamped", "printed", "export"}
        ),
    ),
    ("questions to the engine besides reading", frozenset({"rotation", "second_look", "signer_look"})),
    ("pages of a file", frozenset({"page_reader"})),
    ("one file", frozenset({"digitizer"})),
    (
        "a folder of files, and measuring",
        frozenset(
            {
                "admission", "batch", "course", "executors", "fixity", "intake", "ledger", "ledger_schema",
                "lock", "fetched", "publish", "storage",
                "cluster", "making", "pagestore", "progress", "reading", "recovery", "remote", "rows", "serving",
                "sqlite_file",
                "status", "tally", "watch", "work", "workers",
                "evaluate", "evaluate_text", "evaluation", "evaluation_report", "line_alignment",
                "scoring", "seen", "text_scores", "truth",
                "graph", "graph_picture",
            }
        ),
    ),
    ("commands", frozenset({"cli"})),
)  # fmt: skip

#: Rooms whose modules may know one another.
SHARED_ROOMS = {0, 1, 2, 7}

#: Imports inside one layer that are not sideways ties: columns follow from the fields, and a look
#: at the signature is a second look.
ALLOWED = {("export", "fields"), ("signer_look", "second_look")}

#: Who may import a third-party library, by top-level module of `pipeline`.
OWNERS: dict[str, frozenset[str]] = {
    "pdf2image": frozenset({"render", "textlayer"}),
    "pikepdf": frozenset({"render", "textlayer"}),
    "PIL": frozenset({"render", "ocr", "drawn", "cli"}),
    "cv2": frozenset(
        {
            "clean",
            "ink",
            "colour",
            "skew",
            "orientation",
            "handwriting",
            "slots",
            "strokes",
            "drawn",
            "askew",
            "unread",
            "rings",
            "stamp_lines",
            "stamped",
            "line_strips",
            "printed",
        }
    ),
    "jdeskew": frozenset({"skew"}),
    "pytesseract": frozenset({"engine"}),
    "spacy": frozenset({"citation", "lexicon"}),
    "pandas": frozenset({"export"}),
    "rapidfuzz": frozenset({"fields", "layout", "scoring"}),
    "distributed": frozenset({"cluster", "remote"}),
    "fsspec": frozenset({"storage"}),
    "typer": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "pydantic": frozenset({"work"}),
    "numpy": frozenset(
        {
            "render",
            "clean",
            "ink",
            "colour",
            "gutter",
            "skew",
            "orientation",
            "ocr",
            "rotation",
            "handwriting",
            "slots",
            "strokes",
            "drawn",
            "askew",
            "covered",
            "covered_titles",
            "unread",
            "naming",
            "rings",
            "stamp_lines",
            "stamped",
            "line_strips",
            "printed",
            "cli",
        }
    ),
}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(path: Path) -> tuple[set[str], set[str]]:
    """(modules of this package, top-level names of third-party libraries)."""
    own: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            named = [str(node.module)]
            if (node.module or "").split(".")[0] == "pipeline":
                named = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in named:
            head, _, rest = name.partition(".")
            if head != "pipeline":
                others.add(head)
            elif rest in MODULES:
                own.add(rest)
            elif rest.rpartition(".")[0]:
                own.add(rest.rpartition(".")[0])
    return own, others - set(sys.stdlib_module_names) - {"models"}


def layer_of(module: str) -> int:
    top = module.split(".")[0]
    found = [number for number, (_, names) in enumerate(LAYERS) if top in names]
    assert len(found) == 1, f"{module}: give it one row of LAYERS in {Path(__file__).name}"
    return found[0]


INNER = sorted(name for name in MODULES if name)


def test_the_table_names_every_module_once_and_nothing_else():
    listed = [name for _, names in LAYERS for name in names]
    assert sorted(listed) == sorted({name.split(".")[0] for name in INNER})


@pytest.mark.parametrize("module", INNER)
def test_a_module_imports_only_lower_layers(module):
    own, _ = imports_of(MODULES[module])
    here, top = layer_of(module), module.split(".")[0]
    for other in sorted(own):
        there, other_top = layer_of(other), other.split(".")[0]
        if other_top == top or (top, other_top) in ALLOWED:
            continue
        assert there <= here, f"{module} imports {other} from a higher layer"
        if here not in SHARED_ROOMS:
            assert there < here, f"{module} and {other} are stages: values meet in digitizer"


@pytest.mark.parametrize("module", INNER)
def test_a_library_comes_in_through_its_owner(module):
    _, others = imports_of(MODULES[module])
    for library in sorted(others):
        assert library in OWNERS, f"{module} imports {library}: give it an owner in OWNERS"
        assert module.split(".")[0] in OWNERS[library], f"{library} has another owner than {module}"


@pytest.mark.parametrize("module", [name for name in INNER if name.startswith("fields.")])
def test_a_field_never_imports_another_field(module):
    own, _ = imports_of(MODULES[module])
    assert {name for name in own if name.startswith("fields")} <= {
        "fields.spec",
        "fields.archive",
        "fields.list_rows",
        "fields.deputy",
        "fields.office",
    }


def test_every_scalar_field_module_is_listed():
    from pipeline import fields

    listed = {module.__name__.rpartition(".")[2] for module in fields.MODULES}
    rows = {
        "spec",
        "references",
        "dates",
        "recipients",
        "archive",
        "list_rows",
        "deputy",
        "office",
    }  # lists with tables of their own
    assert listed | rows == {name.split(".")[1] for name in INNER if name.startswith("fields.")}
