"""The other reading vouches for a value only where it holds it whole."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline import agreement
from pipeline.page import BBox
from pipeline.record import Place
from tests.factories import candidate, line, page


@pytest.mark.parametrize(
    ("value", "said", "fact"),
    [
        ("SYT-NVY", "Số: 2095/SYT-NVY", agreement.AGREES),
        ("SYT-NVY", "Số:2095SYT- NVY", agreement.AGREES),
        ("YT-NVY", "Số: 27.7sYT-NVY", agreement.DIFFERS),  # cut off by the rule that found it
        ("SYT-NV", "Số: 2095/SYT-NVY", agreement.DIFFERS),
        ("SYT-NVY", "Số: 2095/5YT-NVY", agreement.DIFFERS),
    ],
)
def test_a_part_of_what_was_read_vouches_for_nothing(value: str, said: str, fact: str) -> None:
    read = line(said, top=100)
    given = dataclasses.replace(page(read), second=(read,))
    place = Place(1, BBox(0, 95, 595, 120))
    chosen = dataclasses.replace(candidate("symbol", value), place=place, raw=value)
    assert agreement.vouched(chosen, [given]).evidence[-1:] == (fact,)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("ngày 07 tháng 3 năm 2025", agreement.AGREES),
        ("ngày 01 tháng 3 năm 2025", agreement.DIFFERS),
    ],
)
def test_a_date_is_vouched_for_by_what_stands_in_its_place(said: str, fact: str) -> None:
    read = line(said, top=100)
    given = dataclasses.replace(page(read), second=(read,))
    raw = "Hà Nội, ngày 07 tháng 3 năm 2025"
    chosen = dataclasses.replace(
        candidate("issue_date", "2025-03-07"), place=Place(1, read.bbox), raw=raw
    )
    assert agreement.vouched(chosen, [given]).evidence[-1:] == (fact,)
