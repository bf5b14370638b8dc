"""What a letter's text file holds."""

from __future__ import annotations

import pytest

from pipeline.letter_text import letter_text
from pipeline.page import Zone
from pipeline.record import Field
from tests.factories import region


def fields(**values: str | None) -> dict[str, Field]:
    return {
        name: Field(name, value, None, None, None, None, None) for name, value in values.items()
    }


def test_specks_are_no_lines_of_the_text() -> None:
    regions = [
        region(Zone.ISSUER, "ỦY BAN NHÂN DÂN", "*"),
        region(Zone.STAMP, "-", ";"),
        region(Zone.BODY, "Thực hiện Kế hoạch", "'", "của Ủy ban.", "./."),
        region(Zone.PAGE_NUMBER, "2"),
    ]
    text = letter_text(regions, {})
    assert text == "ỦY BAN NHÂN DÂN\n*\n\nThực hiện Kế hoạch\ncủa Ủy ban.\n./.\n"


@pytest.mark.parametrize(
    ("zone", "read", "text"),
    [
        (Zone.NUMBER, "Số: 924/SYT-NVY", "Số: 2231/SYT-NVY"),
        (Zone.NUMBER, "Số:/SYT-NVY", "Số: 2231/SYT-NVY"),
        (Zone.NUMBER, "Số: 2231 /SYT-NVY", "Số: 2231 /SYT-NVY"),
        (Zone.NUMBER, "Số:/924 SYT-NVY", "Số: 2231/SYT-NVY"),
        (Zone.NUMBER, "Số: 924/SỊT-NVY", "Số: 924/SỊT-NVY"),
        (Zone.NUMBER, "V/v báo cáo", "V/v báo cáo"),
        (Zone.PLACE_DATE, "Huế, ngày 145 tháng năm 2017", "Huế, ngày 08 tháng 12 năm 2017"),
        (Zone.PLACE_DATE, "Huế, ngày 8 tháng 12 năm 2017", "Huế, ngày 8 tháng 12 năm 2017"),
        (Zone.PLACE_DATE, "Huế, 2017", "Huế, 2017"),
        (Zone.BODY, "ngày 1 tháng 2 năm 2016", "ngày 1 tháng 2 năm 2016"),
    ],
)
def test_what_a_hand_wrote_into_the_head_stands_as_the_fields_have_it(
    zone: Zone, read: str, text: str
) -> None:
    known = fields(number="2231", document_number="2231/SYT-NVY", issue_date="2017-12-08")
    assert letter_text([region(zone, read)], known) == f"{text}\n"


def test_a_party_number_keeps_its_own_sign() -> None:
    known = fields(number="12", document_number="12-CT/TU")
    assert letter_text([region(Zone.NUMBER, "Số 1Z-CT/TU")], known) == "Số 12-CT/TU\n"


def test_blanks_without_a_value_stay_as_they_were_read() -> None:
    regions = [
        region(Zone.NUMBER, "Số: 9Z4/SYT"),
        region(Zone.PLACE_DATE, "Huế, ngày Z tháng năm 2017"),
    ]
    text = letter_text(regions, fields(number=None, issue_date="2017-12"))
    assert text == "Số: 9Z4/SYT\n\nHuế, ngày Z tháng năm 2017\n"
