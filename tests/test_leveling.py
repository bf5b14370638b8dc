"""Rows of letters that page segmentation mixed are lines of their own again."""

from __future__ import annotations

import collections
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.leveling import level
from pipeline.page import BBox, Line, Word
from tests.factories import line


def beside(left: Line, right: Line) -> Line:
    return Line((*left.words, *right.words))


def texts(*lines: Line) -> list[str]:
    return [one.text for one in level(lines)]


def test_what_stands_half_a_line_higher_is_a_line_of_its_own() -> None:
    mixed = beside(line("Kính gửi:", left=150, top=161), line("- Các Sở;", left=215, top=171))
    assert texts(mixed) == ["Kính gửi:", "- Các Sở;"]


@pytest.mark.parametrize("step", [0.0, 3.0, 5.0])
def test_a_line_that_is_a_little_askew_stays_whole(step: float) -> None:
    askew = beside(line("Căn cứ Luật", top=100), line("Đất đai năm 2024", left=300, top=100 + step))
    assert texts(askew) == [askew.text]


def test_one_word_that_a_seal_made_taller_is_no_row() -> None:
    title = line("PHÓ GIÁM ĐỐC", left=320, top=220)
    *rest, last = title.words
    low, far = last.bbox.bottom + 14, last.bbox.left + 12
    taller = replace(last, bbox=replace(last.bbox, left=far, right=far + 30, bottom=low))
    assert texts(Line((*rest, taller))) == [title.text]


def test_what_stands_in_a_gap_of_a_row_belongs_to_it() -> None:
    row = beside(line("Cần Thơ,", left=320), line("năm 2025", left=470))
    assert texts(row, line("ngày tháng", left=380, top=101)) == ["Cần Thơ, ngày tháng năm 2025"]


@pytest.mark.parametrize(("left", "top"), [(380.0, 109.0), (345.0, 100.0), (520.0, 100.0)])
def test_what_stands_lower_over_a_word_or_outside_is_a_line_of_its_own(
    left: float, top: float
) -> None:
    row = beside(line("Cần Thơ,", left=320), line("năm 2025", left=470))
    assert texts(row, line("ngày tháng", left=left, top=top)) == [row.text, "ngày tháng"]


def test_a_name_that_was_stamped_stays_as_it_is() -> None:
    name = replace(line("Trần Văn", left=320), stamped=True)
    row = beside(line("Nơi", left=100), line("nhận", left=500))
    assert texts(row, name) == [row.text, name.text]


def test_a_line_in_a_line_in_a_line_is_there_once() -> None:
    outer = beside(line("a", left=100), line("b", left=400))
    middle = beside(line("c", left=150), line("d", left=350))
    inner = line("e", left=250)
    for lines in ((inner, middle, outer), (outer, middle, inner)):
        words = sorted(word.text for one in level(lines) for word in one.words)
        assert words == ["a", "b", "c", "d", "e"]


def boxes() -> st.SearchStrategy[BBox]:
    corner = st.tuples(st.integers(0, 500), st.integers(0, 60))
    size = st.tuples(st.integers(1, 80), st.integers(1, 30))
    return st.builds(lambda at, by: BBox(at[0], at[1], at[0] + by[0], at[1] + by[1]), corner, size)


@given(st.lists(st.lists(boxes(), min_size=1, max_size=6), max_size=8))
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_or_doubled_wherever_words_stand(rows: list[list[BBox]]) -> None:
    lines = [Line(tuple(Word("chữ", box, 0.9) for box in row)) for row in rows]
    found = level(lines)
    assert all(one.words for one in found)
    given_words = collections.Counter(word.bbox for one in lines for word in one.words)
    assert collections.Counter(word.bbox for one in found for word in one.words) == given_words
