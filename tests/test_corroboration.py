"""Annexes, signing times and file names speak for or against a letter's number and date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.corroboration import Facts, corroborated, facts_of
from pipeline.page import BBox, Overlay, Zone
from pipeline.record import Letter
from tests.factories import candidate, line, page, region

NOTHING = Facts(frozenset(), frozenset(), frozenset(), frozenset(), "scan.pdf")


def told(facts: Facts, field: str, value: str) -> list[str]:
    """The facts that come to a candidate, beside the symbol SYT-NVY."""
    found = corroborated([candidate("symbol", "SYT-NVY"), candidate(field, value)], facts)
    return [fact for fact in found[1].evidence if fact.startswith(("agree:", "against:"))]


def test_an_annex_names_its_letter() -> None:
    annex = page(
        line("PHỤ LỤC", middle=297, top=60),
        line(
            "(Kèm theo Công văn số 410/SYT-NVY ngày 05/3/2018)", middle=297, top=80, confidence=0.97
        ),
        number=2,
    )
    other = page(line("Thực hiện Công văn số 99/SYT-NVY", top=80), number=1)
    facts = facts_of(Letter((other, annex), ()), "in/scan.pdf")
    assert facts.annexes == {("410", "SYT-NVY")}
    assert told(facts, "number", "410") == ["agree:annex"]
    assert told(facts, "document_number", "410/SYT-NVY") == ["agree:annex"]
    assert told(facts, "number", "470") == ["against:annex=410"]


def test_an_annex_of_another_letter_or_in_ink_says_nothing() -> None:
    other = Facts(
        frozenset({("410", "QĐ-BYT")}),
        frozenset({("410", "QĐ-BYT")}),
        frozenset(),
        frozenset(),
        "scan.pdf",
    )
    assert told(other, "number", "470") == []
    inked = page(line("(Kèm theo Công văn số 410/SYT-NVY)", top=80, confidence=0.3))
    assert facts_of(Letter((inked,), ()), "scan.pdf").annexes == frozenset()


def test_a_number_of_an_annex_that_may_be_ink_contradicts_none() -> None:
    inked = page(line("(Kèm theo Công văn số 410/SYT-NVY)", top=80, confidence=0.8))
    facts = facts_of(Letter((inked,), ()), "scan.pdf")
    assert told(facts, "number", "410") == ["agree:annex"]
    assert told(facts, "number", "470") == []


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ("2018-04-24", ["agree:signed"]),
        ("2018-04-23", []),
        ("2018-04-29", ["against:signed=2018-04-24"]),
    ],
)
def test_nothing_is_dated_after_it_was_signed(value: str, fact: list[str]) -> None:
    signed = page(line("Thời gian ký:", top=40), line("24.04.2018 15:17:44 +07:00", top=52))
    facts = facts_of(Letter((signed,), (region(Zone.BODY, "Thân"),)), "scan.pdf")
    assert told(facts, "issue_date", value) == fact


def test_a_signing_programs_overlay_is_read_too() -> None:
    overlay = Overlay("Ký bởi: Sở Y tế\nNgày ký: 24/04/2018 15:17", BBox(0, 0, 100, 30))
    signed = page(line("Thân", top=300))
    signed = replace(signed, overlays=(overlay,))
    assert facts_of(Letter((signed,), ()), "scan.pdf").signed == {"2018-04-24"}


def test_a_copys_time_says_only_that_the_letter_is_no_younger() -> None:
    overlay = Overlay("SAO Y; VĂN PHÒNG; 20/02/2025; 10:47:25 +07:00", BBox(0, 0, 100, 30))
    signed = replace(page(line("Thân", top=300)), overlays=(overlay,))
    facts = facts_of(Letter((signed,), ()), "scan.pdf")
    assert told(facts, "issue_date", "2025-02-20") == []
    assert told(facts, "issue_date", "2025-02-21") == ["against:signed=2025-02-20"]


def test_a_document_that_an_annex_was_issued_with_before_is_not_its_letter() -> None:
    cited = line("tại Danh mục ban hành kèm theo Quyết định số 1676/SYT-NVY", top=300)
    assert facts_of(Letter((page(cited),), ()), "scan.pdf").annexes == frozenset()


@pytest.mark.parametrize("value", ["1944-12-31", "2999-01-01", "1930"])
def test_no_date_lies_before_the_state_or_in_the_future(value: str) -> None:
    assert told(NOTHING, "issue_date", value) == ["against:calendar"]
    assert told(NOTHING, "issue_date", "2018-04") == []


def test_a_file_name_speaks_for_a_number_never_against_one() -> None:
    named = Facts(frozenset(), frozenset(), frozenset(), frozenset(), "2107_syt_nvy.pdf")
    assert told(named, "number", "2107") == ["agree:file_name=2107_syt_nvy.pdf"]
    assert told(named, "number", "2101") == []
    short = Facts(frozenset(), frozenset(), frozenset(), frozenset(), "van ban 12.pdf")
    assert told(short, "number", "12") == []
