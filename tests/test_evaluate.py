"""The score of small output folders whose faults are known."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import OutputError
from pipeline.evaluate import (
    compare,
    errors,
    evaluate,
    evaluate_headers,
    evaluate_text,
    report,
    report_comparison,
    report_errors,
    report_text,
)
from pipeline.evaluation import (
    Evaluation,
    accuracy,
    coverage,
    from_json,
    overlap,
    whole_letters,
    wrong_when_sure,
)
from pipeline.truth import SCALARS, TruthError, read_truth

REAL = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))

TRUTH: dict[str, Any] = {
    "first_page": 1,
    "last_page": 2,
    "parent_issuer": "UBND TỈNH QUẢNG NGÃI",
    "issuer": "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "number": None,
    "symbol": "SKHCN-HCTH",
    "document_number": None,
    "doc_type": "Công văn",
    "issue_date": "2022-08-01",
    "number_style": "handwritten",
    "signer_name": "Trần Công Hòa",
    "urgency": None,
    "addressees": ["Trưởng các phòng, đơn vị thuộc Sở"],
    "recipients": ["Như trên", {"name": "Công an tỉnh", "purpose": "để b/c"}, "GĐ, các PGĐ Sở"],
    "archive": "VT, HCTH",
    "references": [
        {"doc_type": "Chỉ thị", "number": "03/CT-UBND", "issue_date": "2022-04-28"},
        {"doc_type": "Luật", "number": None, "issue_date": None, "title": "Luật Đất đai"},
        {"doc_type": "Nghị định", "number": "13/2012/NĐ-CP", "issue_date": None, "nested": True},
    ],
}

ROW: dict[str, str] = {
    "document_id": "aa-1",
    "source_path": "năm 2022/letter.pdf",
    "first_page": "1",
    "last_page": "2",
    "status": "done",
    "parent_issuer": "UBND TỈNH QUẢNG NGÃI",
    "issuer": "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "symbol": "SKHCN-HCTH",
    "doc_type": "Công văn",
    "issue_date": "2022-08-01",
    "signer_name": "Trần Công Hòa",
}
REFERENCES = [
    {"doc_type": "Chỉ thị", "number": "03/CT-UBND", "issue_date": "2022-04-28", "trust": "sure"},
    {"doc_type": "Luật", "title": "Đất đai", "trust": "review"},
]
RECIPIENTS = [
    {"role": "addressee", "name": "Trưởng các phòng, đơn vị thuộc Sở", "trust": "sure"},
    {"role": "copy", "name": "Như trên", "trust": "sure"},
    {"role": "copy", "name": "Công an tỉnh", "purpose": "để b/c", "trust": "sure"},
    {"role": "copy", "name": "GĐ, các PGĐ Sở", "trust": "sure"},
    {"role": "archive", "name": "Lưu", "units": "VT;HCTH", "trust": "sure"},
]


def write_table(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """A table as the contract has it: UTF-8 with BOM, a header even when empty."""
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_output(
    folder: Path,
    documents: list[dict[str, str]],
    references: list[dict[str, str]] | None = None,
    recipients: list[dict[str, str]] | None = None,
) -> Path:
    """An output folder; references and recipients belong to the first letter."""
    folder.mkdir(exist_ok=True)
    first = {"document_id": documents[0]["document_id"]} if documents else {}
    columns = ["document_id", "source_path", "first_page", "last_page", "status", *SCALARS]
    columns += [f"{name}_trust" for name in SCALARS]
    write_table(folder / "documents.csv", columns, documents)
    columns = [
        "document_id",
        "doc_type",
        "number",
        "nested",
        "issue_date",
        "title",
        "raw",
        "page",
        "trust",
    ]
    rows = [first | row for row in (REFERENCES if references is None else references)]
    write_table(folder / "references.csv", columns, rows)
    columns = ["document_id", "role", "name", "purpose", "units", "raw", "page", "trust"]
    rows = [first | row for row in (RECIPIENTS if recipients is None else recipients)]
    write_table(folder / "recipients.csv", columns, rows)
    return folder


def write_truth(folder: Path, *letters: dict[str, Any]) -> Path:
    """A folder with one truth file."""
    folder.mkdir(exist_ok=True)
    table = {"source": "letter.pdf", "letters": list(letters)}
    (folder / "letter.json").write_text(json.dumps(table), encoding="utf-8")
    return folder


def run(tmp_path: Path, row: dict[str, str] | None = None, **tables: Any) -> Evaluation:
    """The evaluation of one letter with some cells changed."""
    out = write_output(tmp_path / "out", [ROW | (row or {})], **tables)
    return evaluate(out, write_truth(tmp_path / "truth", TRUTH))


def test_a_perfect_letter_is_whole(tmp_path: Path) -> None:
    evaluation = run(tmp_path)
    assert whole_letters(evaluation, lambda field: True, "soft").value == 1
    assert errors(evaluation) == ()
    assert overlap(evaluation.of("references")).f1 == 1
    assert overlap(evaluation.of("references_dated")).f1 == 1
    # The law's name stands without its type in the output: the same law, other letters.
    assert overlap(evaluation.of("references"), "strict").matched == 2
    assert evaluation.letters[0].pages_right


@pytest.mark.parametrize(
    ("field", "value", "verdict", "grade"),
    [
        ("document_number", "", "empty", "none"),
        ("document_number", "12/SKHCN-HCTH", "invented", "none"),
        ("urgency", "KHẨN", "invented", "none"),
        ("signer_name", "", "missed", "none"),
        ("signer_name", "TRẦN CÔNG HOÀ", "right", "soft"),
        ("signer_name", "Trần Công Hóa", "wrong", "near"),
        ("issue_date", "2022-08", "wrong", "none"),
        ("symbol", "SKHCN/HCTH", "wrong", "near"),
    ],
)
def test_verdict_of_a_single_value(
    tmp_path: Path, field: str, value: str, verdict: str, grade: str
) -> None:
    (outcome,) = run(tmp_path, {field: value}).of(field)
    assert (verdict, grade) == (outcome.verdict(), outcome.grade)


def test_fields_that_nobody_annotated_are_not_scored(tmp_path: Path) -> None:
    evaluation = run(tmp_path, {"place": "Hà Nội"})
    assert "place" not in evaluation.fields
    truth = write_truth(tmp_path / "truth", TRUTH | {"unsure": ["issuer", "references"]})
    unsure = evaluate(tmp_path / "out", truth)
    assert not {"issuer", "references", "references_dated"} & set(unsure.fields)


def test_references_by_key_and_by_date(tmp_path: Path) -> None:
    evaluation = run(
        tmp_path,
        references=[
            {"number": "03/CT-UBND", "issue_date": "2022-04-23", "trust": "sure"},
            {"number": "13/2012/NĐ-CP", "trust": "sure"},  # nested in truth: ignored
            {"number": "15/2012/NĐ-CP", "trust": "sure"},  # like a nested one, but not it
            {"number": "99/QĐ-TTg", "nested": "True"},  # the truth knows nothing of it
        ],
    )
    by_key = overlap(evaluation.of("references"))
    assert (by_key.truth, by_key.seen, by_key.matched) == (2, 2, 1)
    assert overlap(evaluation.of("references_dated")).matched == 0
    assert evaluation.set_aside == 1
    listed = [(one.field, one.value) for one in errors(evaluation)]
    assert listed == [
        ("references_dated", "03/CT-UBND 2022-04-23"),
        ("references", "15/2012/NĐ-CP"),
        ("references", None),
    ]


def test_laws_of_one_name_are_told_apart_by_date(tmp_path: Path) -> None:
    law = {"doc_type": "Luật", "number": None, "title": "Luật sửa đổi"}
    truth = TRUTH | {"references": [law | {"issue_date": year} for year in ("2002", "2006")]}
    write_truth(tmp_path / "truth", truth)
    rows = [{"title": "Luật sửa đổi", "issue_date": year} for year in ("2006", "2007")]
    out = write_output(tmp_path / "out", [ROW], references=rows)
    evaluation = evaluate(out, tmp_path / "truth")
    assert overlap(evaluation.of("references")).matched == 2
    assert overlap(evaluation.of("references_dated")).matched == 1


def test_recipients_missed_and_invented(tmp_path: Path) -> None:
    rows = [
        {"role": "copy", "name": "Như trên", "trust": "sure"},
        {"role": "copy", "name": "CÔNG AN TỈNH", "purpose": "để báo cáo", "trust": "sure"},
        {"role": "copy", "name": "Nơi nhận", "trust": "sure"},
        {"role": "archive", "name": "VT, HC", "trust": "review"},
    ]
    evaluation = run(tmp_path, recipients=rows)
    score = overlap(evaluation.of("recipients"))
    assert (score.truth, score.seen, score.matched) == (3, 3, 2)
    assert overlap(evaluation.of("recipients"), "strict").matched == 1
    assert [one.verdict() for one in evaluation.of("addressees")] == ["missed"]
    assert [one.verdict() for one in evaluation.of("purpose")] == ["wrong"]
    assert [one.verdict() for one in evaluation.of("archive")] == ["wrong"]
    nobody = run(tmp_path, recipients=[])
    assert [one.verdict() for one in nobody.of("purpose")] == ["missed"]
    assert [one.verdict() for one in nobody.of("recipients")] == ["missed"] * 3


def test_trust_counts_only_what_was_said(tmp_path: Path) -> None:
    evaluation = run(
        tmp_path,
        {
            "symbol_trust": "sure",
            "urgency": "KHẨN",
            "urgency_trust": "sure",
            "issuer_trust": "review",
            "document_number_trust": "sure",  # no value: says nothing, whatever it is marked
        },
    )
    singles = [
        evaluation.of(name)[0] for name in ("symbol", "urgency", "issuer", "document_number")
    ]
    assert (coverage(singles).hits, coverage(singles).total) == (2, 3)
    assert (wrong_when_sure(singles).hits, wrong_when_sure(singles).total) == (1, 2)
    assert errors(evaluation)[0].field == "urgency"


def test_letters_are_found_by_file_and_pages(tmp_path: Path) -> None:
    second = TRUTH | {"first_page": 3, "last_page": 5, "issuer": "UBND XÃ A"}
    truth = write_truth(tmp_path / "truth", TRUTH, second)
    documents = [
        ROW | {"document_id": "bb-1", "source_path": "other.pdf"},
        ROW,
        ROW | {"document_id": "aa-3", "first_page": "3", "last_page": "3", "issuer": "X"},
        ROW | {"document_id": "aa-4", "first_page": "4", "last_page": "5", "issuer": "UBND XÃ A"},
    ]
    evaluation = evaluate(write_output(tmp_path / "out", documents), truth)
    assert [one.document_id for one in evaluation.letters] == ["aa-1", "aa-4"]
    assert [one.pages_right for one in evaluation.letters] == [True, False]
    assert evaluation.extra_letters == ("năm 2022/letter.pdf, page 3",)


def test_a_letter_that_is_not_there_is_missed_not_wrong(tmp_path: Path) -> None:
    evaluation = evaluate(write_output(tmp_path / "out", []), write_truth(tmp_path / "t", TRUTH))
    verdicts = {one.verdict() for one in evaluation.outcomes}
    assert verdicts == {"missed", "empty"}
    assert evaluation.letters[0].document_id is None


def test_raw_and_page_come_from_the_record(tmp_path: Path) -> None:
    run(tmp_path, {"signer_name": "Trần Văn B"})
    records = tmp_path / "out" / "records"
    records.mkdir()
    field = {"signer_name": {"raw": "Trân Văn B", "place": {"page": 2, "bbox": [0, 0, 1, 1]}}}
    text = json.dumps({"fields": field})
    (records / "aa-1.json").write_text(text, encoding="utf-8")
    (wrong,) = errors(evaluate(tmp_path / "out", tmp_path / "truth"))
    assert (wrong.raw, wrong.page) == ("Trân Văn B", 2)
    assert "| letter.pdf | 2 | signer_name | wrong |" in report_errors([wrong])


def test_comparison_tells_gained_from_lost(tmp_path: Path) -> None:
    references = [{"number": "1/QĐ-A"}, *REFERENCES]
    old = run(tmp_path, {"issuer": "SỞ Y TẾ", "urgency": "KHẨN"}, references=references)
    saved = tmp_path / "old.json"
    saved.write_text(old.to_json(), encoding="utf-8")
    new = run(tmp_path, {"signer_name": "", "symbol": "X"})
    change = compare(new, saved)
    gained = {(one.field, one.old) for one in change.gained}
    assert gained >= {("issuer", "SỞ Y TẾ"), ("urgency", "KHẨN"), ("references", "1/QĐ-A")}
    assert {one.field for one in change.lost} == {"signer_name", "symbol"}
    assert [one.field for one in change.newly_false] == ["symbol"]
    assert (change.only_new, change.only_old) == (0, 0)
    assert "| gained | issuer |" in report_comparison(change)
    same = compare(old, saved)
    assert (same.gained, same.lost) == ((), ())


def test_json_keeps_everything(tmp_path: Path) -> None:
    evaluation = run(tmp_path, {"urgency": "KHẨN"})
    assert evaluation == from_json(evaluation.to_json())


def test_report_shows_numbers_by_the_way_they_were_written(tmp_path: Path) -> None:
    text = report(run(tmp_path, {"document_number": "1/A"}))
    assert "| document_number | handwritten | 1 | 0.0 % [0.0, 79.3] | 0 | 0 | 1 |" in text
    assert "| recipients | 3 | 3 | 100.0 / 100.0 / 100.0 |" in text


def test_table_of_headers_scores_only_what_was_read_surely(tmp_path: Path) -> None:
    headers = tmp_path / "headers.tsv"
    headers.write_text(
        "file\tkind\tpages\tdpi\tdocument_number\tissue_date\tnumber_style\treading\n"
        "letter.pdf\tscan\t6\t200\t01/ĐL-BTC\t2018-02-01\tprinted\tsure\n"
        "second.pdf\tscan\t6\t200\t\t\t\t\n"
        "third.pdf\tscan\t2\t150\tROTATED90\t-\t\tunsure\n",
        encoding="utf-8",
    )
    rows = [
        ROW | {"document_number": "01/ĐL-BTC"},
        ROW | {"document_id": "aa-3", "first_page": "3"},
    ]
    evaluation = evaluate_headers(write_output(tmp_path / "out", rows), headers)
    assert len(evaluation.letters) == 1
    assert accuracy(evaluation.of("document_number", style="printed")).hits == 1
    assert accuracy(evaluation.of("issue_date")).hits == 0
    assert evaluation.extra_letters == ()
    assert "## Lists" not in report(evaluation)


def test_damaged_input_is_named(tmp_path: Path) -> None:
    truth = write_truth(tmp_path / "truth", TRUTH)
    with pytest.raises(OutputError, match=r"documents\.csv|references\.csv"):
        evaluate(tmp_path, truth)
    out = write_output(tmp_path / "out", [ROW])
    with pytest.raises(TruthError, match="no truth files"):
        evaluate(out, tmp_path / "nowhere")
    (truth / "bad.json").write_text('{"letters": []}', encoding="utf-8")
    with pytest.raises(TruthError, match=r"bad\.json"):
        evaluate(out, truth)
    with pytest.raises(TruthError, match="not the JSON"):
        compare(Evaluation((), ()), truth / "bad.json")


def test_text_of_a_letter_against_a_transcribed_page(tmp_path: Path) -> None:
    pages = tmp_path / "page_text"
    pages.mkdir()
    header = "[motto]\nĐộc lập - Tự do - Hạnh phúc\n[number]\nSố: {12} /SYT-NVY\n"
    (pages / "letterp1.txt").write_text(header, encoding="utf-8")
    (pages / "letterp9.txt").write_text("[body]\nMột hai ba\n", encoding="utf-8")
    out = write_output(tmp_path / "out", [ROW])
    (out / "text").mkdir()
    text = "Số: 1Z /SYT-NVY\n\nĐộc lập - Tự đo - Hạnh phúc\n\nTrang hai\n"
    (out / "text" / "aa-1.txt").write_text(text, encoding="utf-8")
    evaluation = evaluate_text(out, pages)
    first = evaluation.pages["letterp1"].score
    assert (first.edits, first.dropped, first.zone_pairs_ordered, first.extra) == (1, 0, 0, 0)
    assert evaluation.lacking == ("letterp9",)
    assert evaluation.score.dropped == 1
    assert "| all | 3 |" in report_text(evaluation)


@pytest.mark.skipif(not REAL.is_dir(), reason="no real letters here (SOHOA_REAL_DATA)")
def test_an_output_made_of_the_truth_has_no_errors(tmp_path: Path) -> None:
    documents, references, recipients = [], [], []
    for number, letter in enumerate(read_truth(REAL / "truth")):
        document = {"document_id": f"{number:016x}-1"}
        archive = letter.scalars.get("archive")
        row = {name: value for name, value in letter.scalars.items() if name != "archive"}
        pages = {"first_page": str(letter.first_page), "last_page": str(letter.last_page)}
        documents.append(document | {"source_path": letter.source} | pages | row)
        for one in letter.references or ():
            date = one.issue_date or ""
            references.append(document | {"number": one.key, "issue_date": date})
        for field, role in (("addressees", "addressee"), ("recipients", "copy")):
            for entry in letter.lists[field]:
                purpose = entry.purpose or ""
                recipients.append(document | {"role": role, "name": entry.name, "purpose": purpose})
        if archive:
            recipients.append(document | {"role": "archive", "name": archive})
    out = write_output(tmp_path / "out", documents, references, recipients)
    evaluation = evaluate(out, REAL / "truth")
    assert errors(evaluation) == ()
    assert whole_letters(evaluation, lambda field: True, "strict").value == 1
    assert evaluation.extra_letters == ()
