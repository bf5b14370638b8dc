from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.citation import normalize_symbol, parse_number
from pipeline.citation.lexicons import number_rules

REAL = Path(__file__).parents[2] / Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))


@pytest.mark.parametrize("rule", number_rules(), ids=lambda rule: rule.id)
def test_rule_matches_its_examples_and_no_counterexample(rule) -> None:
    assert [text for text in rule.examples if not rule.pattern.fullmatch(text)] == []
    assert [text for text in rule.counterexamples if rule.pattern.match(text)] == []


@pytest.mark.parametrize(
    ("text", "number", "symbol", "year", "key", "doc_type"),
    [
        ("Số: 15/QĐ-SNV", "15", "QĐ-SNV", None, "15/QĐ-SNV", "Quyết định"),
        ("30/2020/NĐ-CP", "30", "NĐ-CP", "2020", "30/2020/NĐ-CP", "Nghị định"),
        ("44-KL/TW", "44", "KL/TW", None, "44-KL/TW", "Kết luận"),
        ("66-QĐ/TW", "66", "QĐ/TW", None, "66-QĐ/TW", None),
        ("3176b/QĐ-SYT", "3176b", "QĐ-SYT", None, "3176b/QĐ-SYT", "Quyết định"),
        ("1905⁄KH-BCĐ138", "1905", "KH-BCĐ138", None, "1905/KH-BCĐ138", "Kế hoạch"),
        ("3O/2O2O/ND-CP", "30", "NĐ-CP", "2020", "30/2020/NĐ-CP", "Nghị định"),
        ("1l7/QÐ-UBND", "117", "QĐ-UBND", None, "117/QĐ-UBND", "Quyết định"),
        ("45 TC/TCT", "45", "TC-TCT", None, "45/TC-TCT", None),
        ("53-HĐBT", "53", "HĐBT", None, "53-HĐBT", None),
        ("1141-TC/QĐ/CĐKT", "1141", "TC/QĐ/CĐKT", None, "1141-TC/QĐ/CĐKT", "Quyết định"),
        ("7288/UBND-KGVX", "7288", "UBND-KGVX", None, "7288/UBND-KGVX", "Công văn"),
        ("08/TB-BCH PCTT-TKCN", "08", "TB-BCH PCTT-TKCN", None, "08/TB-BCH PCTT-TKCN", "Thông báo"),
    ],
)  # fmt: skip
def test_parse_number(text, number, symbol, year, key, doc_type) -> None:
    found = parse_number(text)
    assert found is not None
    assert (found.number, found.symbol, found.year, found.key) == (number, symbol, year, key)
    assert found.doc_type == doc_type


@pytest.mark.parametrize(
    "text", ["", "2022", "05/3/2020", "1/500", "0236/3825321", "151QĐ-UBND", "QĐ-UBND", "12/2019/"]
)
def test_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("printed", "symbol"),
    [
        ("QD-UBND", "QĐ-UBND"),
        ("CI-UBND", "CT-UBND"),
        ("CT-UB- ND", "CT-UBND"),
        ("KH–BCĐ138", "KH-BCĐ138"),
        ("HD-UBND", "HD-UBND"),  # hướng dẫn: never hợp đồng
        ("UBND-TD", "UBND-TD"),  # a unit of its own
        ("TB_UBND", "TB-UBND"),
        ("Qb-SYT", "QĐ-SYT"),
        ("QĐ-sYT", "QĐ-SYT"),
        ("TTr-UBND", "TTr-UBND"),
    ],
)
def test_symbol_is_repaired_only_into_a_known_one(printed: str, symbol: str) -> None:
    assert normalize_symbol(printed) == symbol


@given(st.text(max_size=200))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = parse_number(text)
    assert found is None or found.number in found.key


def test_registry_numbers_parse_whole() -> None:
    path = REAL / "corpora/document_numbers.dev.csv"
    if not path.exists():
        pytest.skip(f"no real data at {REAL}")
    with path.open(encoding="utf-8", newline="") as file:
        numbers = [row["document_number"] for row in csv.DictReader(file)]
    numbers = [number for number in numbers if number.strip()[:1].isdigit()]
    failed = [number for number in numbers if parse_number(number) is None]
    assert len(failed) <= 0.005 * len(numbers), failed
