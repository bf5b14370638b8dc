"""Rows of letters that page segmentation mixed are lines of their own again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.leveling import level
from pipeline.page import Line
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
