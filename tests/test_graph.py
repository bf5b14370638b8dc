"""The citation graph of a run: one node a document, no link that is not certain."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import export
from pipeline.cli.app import app
from pipeline.errors import OutputError
from pipeline.graph import read_graph, write_graphml
from pipeline.graph_picture import MOST_CITED, draw

NAMES = {"g": "http://graphml.graphdrawing.org/xmlns"}


def tables(out: Path, letters: list[dict[str, str]], references: list[dict[str, str]]) -> Path:
    """A run's tables with these rows; other cells are empty."""
    out.mkdir(exist_ok=True)
    rows = {"documents": letters, "references": references}
    for name, columns in export.TABLES.items():
        with (out / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows.get(name, []))
    return out


def letter(key: str, number: str = "", **more: str) -> dict[str, str]:
    return {
        "document_id": key,
        "document_number": number,
        "status": "done",
        "source_path": f"{key}.pdf",
    } | more


def reference(key: str, number: str = "", **more: str) -> dict[str, str]:
    return {
        "document_id": key,
        "ordinal": "1",
        "number": number,
        "mentions": "1",
        "page": "1",
    } | more


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({"number": "30/2020/NĐ-CP"}, {"number": "30/2020/NĐ–CP", "issue_date": "2020-03-05"}, True),
        (
            {"number": "15/KH-UBND", "issue_date": "2022-03-05", "issuer": "UBND tỉnh"},
            {"number": "15/KH-UBND", "issue_date": "2022-03-05", "issuer": "UBND Tỉnh"},
            True,
        ),
        ({"number": "15/KH-UBND", "issue_date": "2022-03-05"}, {"number": "15/KH-UBND"}, False),
        (
            {"number": "15/KH-UBND", "issue_date": "2022-03-05", "issuer": "UBND tỉnh A"},
            {"number": "15/KH-UBND", "issue_date": "2022-03-05", "issuer": "UBND tỉnh B"},
            False,
        ),
        ({"number": "", "doc_type": "Luật", "title": "Luật Lưu trữ"},
         {"number": "", "doc_type": "Luật", "title": "Luật Lưu trữ"}, True),
    ],
)  # fmt: skip
def test_two_letters_name_one_document_only_where_that_is_certain(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], one: bool
) -> None:
    out = tables(
        tmp_path, [letter("a"), letter("b")], [reference("a", **first), reference("b", **second)]
    )
    graph = read_graph(out)
    cited = [document for document in graph.documents.values() if not document.in_run]
    assert len(cited) == (1 if one else 2)
    assert len(graph.citations) == 2


def test_a_date_of_which_only_the_year_is_known_still_parts_two_documents(tmp_path: Path) -> None:
    law = {"doc_type": "Luật", "title": "Luật Đất đai"}
    out = tables(
        tmp_path,
        [letter("a", issue_date="2022-08"), letter("b")],
        [reference("a", issue_date="2013", **law), reference("b", issue_date="2024", **law)],
    )
    graph = read_graph(out)
    assert graph.documents["a"].issue_date == "2022-08"
    assert [one.issue_date for one in graph.documents.values() if not one.in_run] == [
        "2013",
        "2024",
    ]


def test_a_letter_of_the_run_is_its_own_node(tmp_path: Path) -> None:
    out = tables(
        tmp_path,
        [letter("a", "1/CV"), letter("b", "2/CV"), letter("c", status="failed")],
        [reference("b", "1/CV", resolved_document_id="a", relation="tra_loi")],
    )
    graph = read_graph(out)
    assert list(graph.documents) == ["a", "b"]
    assert [(one.citing, one.cited, one.relation) for one in graph.citations] == [
        ("b", "a", "tra_loi")
    ]


def test_graphml_says_all_of_it_whatever_stands_in_a_title(tmp_path: Path) -> None:
    title = "<Về> “A & B” \x07"
    out = tables(tmp_path, [letter("a", "1/CV")], [reference("a", "2/CV", title=title)])
    write_graphml(read_graph(out), tmp_path / "g.graphml")
    root = ET.parse(tmp_path / "g.graphml").getroot()
    assert len(root.findall(".//g:node", NAMES)) == 2
    (edge,) = root.findall(".//g:edge", NAMES)
    assert edge.attrib["source"] == "a"
    texts = [one.text for one in root.findall(".//g:data", NAMES)]
    assert any(text and text.startswith("<Về> “A & B”") for text in texts)
    declared = {one.attrib["id"] for one in root.findall("g:key", NAMES)}
    assert {one.attrib["key"] for one in root.findall(".//g:data", NAMES)} <= declared


def test_the_picture_says_how_much_of_the_run_it_shows(tmp_path: Path) -> None:
    count = MOST_CITED + 7
    cited = [reference("a", f"{number}/2020/NĐ-CP") for number in range(count)]
    svg = draw(read_graph(tables(tmp_path, [letter("a", "1/CV"), letter("b")], cited)))
    ET.fromstring(svg)
    assert f"{MOST_CITED} of {count} documents" in svg
    assert svg.count("<circle") == MOST_CITED + 1


def test_the_command_writes_both_files_and_names_them(tmp_path: Path) -> None:
    out = tables(tmp_path / "out", [letter("a", "1/CV")], [reference("a", "2/CV")])
    done = CliRunner().invoke(app, ["graph", str(out), "--lang", "vi"])
    assert done.exit_code == 0
    assert "Văn bản được viện dẫn" in (out / "citations.svg").read_text(encoding="utf-8")
    assert (out / "citations.graphml").is_file()
    with pytest.raises(OutputError):
        read_graph(tmp_path / "nothing")
