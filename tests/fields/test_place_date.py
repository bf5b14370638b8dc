"""The place-date line: what the clerk wrote, what the engine made of it, and the date."""

from __future__ import annotations

import pytest

from pipeline.fields import place_date
from pipeline.lexicon import load_lexicon
from pipeline.page import Slot, Zone
from pipeline.record import Candidate
from tests.factories import best, letter, region, slot


def read(text: str, *slots: Slot) -> dict[str, Candidate]:
    """The best candidate of each field."""
    line = letter(region(Zone.PLACE_DATE, text), slots=slots)
    return best(place_date.extract(line, load_lexicon()))


@pytest.mark.parametrize(
    ("text", "place", "date"),
    [
        ("Quảng Ngãi, ngày 01 tháng 8 năm 2022", "Quảng Ngãi", "2022-08-01"),
        ("Hà Nội, ngày 31 tháng 12 năm 1999", "Hà Nội", "1999-12-31"),
        ("TP. Hồ Chí Minh, ngày 5 tháng 01 năm 2021", "TP. Hồ Chí Minh", "2021-01-05"),
        ("Tây Ninh, ngày 20 tháng 02 ncăm 2025", "Tây Ninh", "2025-02-20"),
        ("Kiên Giang, ngày l7 tháng I1 năm 2O17", "Kiên Giang", "2017-11-17"),
    ],
)
def test_a_printed_line(text: str, place: str, date: str) -> None:
    found = read(text)
    assert (found["place"].value, found["issue_date"].value) == (place, date)


@pytest.mark.parametrize(
    "text", ["Hà Nội, ngày 30 tháng 02 năm 2021", "Hà Nội, tháng năm", "Hà Nội"]
)
def test_no_date_that_a_calendar_lacks(text: str) -> None:
    assert "issue_date" not in read(text)


def test_ink_that_the_engine_cannot_read_comes_from_the_slots() -> None:
    found = read(
        "Kiên Giang. ngày Í 21háng I1 năm 2017",
        slot("day", ("17", 0.99)),
        slot("month", ("11", 0.98)),
    )
    assert (found["issue_date"].value, found["issue_date"].rule) == ("2017-11-17", "handwriting")


def test_a_month_counts_whole_whether_its_zero_was_seen_or_not() -> None:
    """`02` and `2` are one month; the weaker form must not stand for both."""
    found = read(
        "Hà Nội, ngày ®Á tháng ®% năm 2021",
        slot("day", ("25", 0.9), ("20", 0.05)),
        slot("month", ("02", 0.6), ("2", 0.3), ("12", 0.1)),
    )
    assert found["issue_date"].value == "2021-02-25"
    assert found["issue_date"].score == pytest.approx(0.9 * 0.9)


def test_a_blank_day_leaves_the_month() -> None:
    found = read("Quảng Ngãi, ngày      tháng 8 năm 2022", slot("day", blank=True))
    assert found["issue_date"].value == "2022-08"


def test_engine_and_ink_that_agree_say_so() -> None:
    both = read(
        "Hà Nội, ngày 14 tháng 7 năm 2022", slot("day", ("14", 0.99)), slot("month", ("7", 0.99))
    )["issue_date"]
    assert {"agree:day", "agree:month"} <= set(both.evidence)
    half = read("Hà Nội, ngày 14 tháng 7 năm 2022", slot("day", ("14", 0.99)))["issue_date"]
    assert not any(fact.startswith("agree:") for fact in half.evidence)


def test_a_reader_of_handwriting_that_is_in_doubt_bears_out_nothing() -> None:
    """`13` by hand whose 1 hangs on `ngày`: both readers see a 3."""
    day = slot("day", ("3", 0.93), ("13", 0.07))
    found = read("Bắc Giang, ngày 3 tháng 3 năm 2012", day, slot("month", ("3", 0.99)))
    assert not any(fact.startswith("agree:") for fact in found["issue_date"].evidence)


def test_an_annex_that_names_its_letters_date_has_none_of_its_own() -> None:
    assert not read("(Kèm theo Quyết định số 354/QĐ-UBND ngày 19 tháng 02 năm 2025)")
    assert "place" not in read("Quyết định số 354/QĐ-UBND ngày 19 tháng 02 năm 2025")


@pytest.mark.parametrize(
    ("day", "month", "date"),
    [
        (slot("day", blank=True), slot("month", blank=True), "2017"),
        (slot("day", blank=True), slot("month", ("10", 0.98)), "2017-10"),
        (slot("day"), slot("month", blank=True), None),  # ink that nobody could read
        (slot("day", blank=True), slot("month"), None),
        (slot("day", ("14", 0.98)), slot("month", blank=True), None),
    ],
)
def test_what_a_draft_leaves_blank_its_date_leaves_out(
    day: Slot, month: Slot, date: str | None
) -> None:
    found = read("Hà Nội, ngày tháng năm 2017", day, month)
    assert (found["issue_date"].value if "issue_date" in found else None) == date
