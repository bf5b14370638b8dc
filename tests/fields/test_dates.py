from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.fields import dates, references
from pipeline.page import BBox, Overlay, Zone
from pipeline.record import DateMention, DateValue, Place
from tests.factories import letter, line, page, region


def roles(*lines: str) -> list[tuple[str, str]]:
    citing = references.read_citing_text(letter(region(Zone.BODY, *lines)))
    return [(one.value.iso, one.role) for one in dates.find_mentioned_dates(citing)]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("gửi về Sở Y tế trước ngày 05/01/2018", "deadline"),
        ("gửi về Sở Y tế trước 16 giờ ngày 05/01/2018", "deadline"),
        ("nhận hồ sơ đến hết ngày 05/01/2018", "deadline"),
        ("nhận hồ sơ từ ngày có thông báo đến hết ngày 05/01/2018", "deadline"),
        ("đăng ký, hạn chót 05/01/2018, theo mẫu", "deadline"),
        ("gửi báo cáo chậm nhất đến ngày 05/01/2018", "deadline"),
        ("có hiệu lực kể từ ngày 05/01/2018", "effective"),
        ("Ngày ký: 05/01/2018 15:30:37", "signed_digitally"),
        # how long something lasts, what was before, the day of a signature by hand
        ("khai mạc lúc 8 giờ ngày 05/01/2018", "other"),
        ("trước đây, ngày 05/01/2018, đã họp", "other"),
        ("kể từ ngày ký 05/01/2018", "other"),
        ("gửi trước. Họp ngày 05/01/2018", "other"),
    ],
)
def test_role_of_a_date(text: str, role: str) -> None:
    assert roles(text) == [("2018-01-05", role)]


def test_a_range_of_days_is_no_deadline() -> None:
    assert roles("thi từ ngày 23/6/2019 đến hết ngày 27/6/2019") == [
        ("2019-06-23", "other"),
        ("2019-06-27", "other"),
    ]


def test_the_day_of_a_document_told_before_it_is_its_own() -> None:
    assert roles("Ngày 11/12/2017 Sở Y tế ban hành Công văn số 22/SYT-NVY về việc x") == [
        ("2017-12-11", "reference")
    ]
    # the same day as that of a document, in another sentence
    assert roles("Họp ngày 11/12/2017. Thực hiện Công văn số 22/SYT-NVY ngày 11/12/2017") == [
        ("2017-12-11", "other"),
        ("2017-12-11", "reference"),
    ]


def test_signing_blocks_stand_outside_the_running_text() -> None:
    signed = letter(
        region(Zone.STAMP, "Người ký: Sở Y tế", "Thời gian ký:", "19.02.2018 07:55:34", "+07:00"),
        region(Zone.RECIPIENTS, "Ngày nhận: 20/02/2018 08:00"),
        region(Zone.BODY, "Họp ngày 21/02/2018"),
    )
    assert [(one.value.iso, one.role) for one in dates.find_signing_dates(signed)] == [
        ("2018-02-19", "signed_digitally")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Ngay ky 17/10/2017 10 31 38",
        "Thời điểm ký: 17/10/2017 10:31",
        "SAO Y; VĂN PHÒNG ỦY BAN NHÂN DÂN; 17/10/2017 10:31:38 +07:00",
        "SAO LỤC Sở Y tế 17/10/2017 10:31:38",
    ],
)
def test_blocks_of_signing_programs(line: str) -> None:
    signed = letter(region(Zone.STAMP, line))
    assert [(one.value.iso, one.role) for one in dates.find_signing_dates(signed)] == [
        ("2017-10-17", "signed_digitally")
    ]


@pytest.mark.parametrize(
    "line", ["SAO Y ngày 17/10/2017", "17/10/2017 10:31:38", "Ngày ký: 17/10/2017 5 bản"]
)
def test_a_day_without_clock_or_signature_is_none(line: str) -> None:
    assert list(dates.find_signing_dates(letter(region(Zone.STAMP, line)))) == []


def test_a_day_inside_a_title_is_not_that_of_the_document() -> None:
    text = "Kế hoạch số 14/KH-SYT ngày 30/01/2018 của Sở Y tế về kỷ niệm ngày 27/02/1955;"
    assert roles(text) == [("2018-01-30", "reference"), ("1955-02-27", "other")]


def test_a_day_that_has_passed_is_no_deadline() -> None:
    passed = "Theo Quyết định số 5/QĐ-SYT ngày 02/3/2018, người có chứng chỉ trước ngày 01/01/2017"
    assert roles(passed)[-1] == ("2017-01-01", "other")
    reminded = "Theo Công văn số 5/SYT-NVY ngày 02/3/2018, báo cáo trước ngày 20/02/2018"
    assert roles(reminded)[-1] == ("2018-02-20", "deadline")


def of_an_annex(line: str) -> list[str]:
    citing = references.read_citing_text(
        letter(region(Zone.BODY, "Nội dung như sau."), region(Zone.ANNEX, "DANH SÁCH", line))
    )
    found = dates.find_mentioned_dates(citing, "2010-11-26", "KH-UBND")
    return [one.value.iso for one in found]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("(Kèm theo Kế hoạch số 26/KH-UBND ngày 06/11/2010 của UBND tỉnh)", []),
        ("(Kế hoạch .66/KH-UBND ngày 6 tháng 11 năm 2010 của UBND tỉnh)", []),
        # the same day, another month, another document, no such line
        ("(Kèm theo Kế hoạch số 26/KH-UBND ngày 26/11/2010)", ["2010-11-26"]),
        ("(Kèm theo Kế hoạch số 26/KH-UBND ngày 06/10/2010)", ["2010-10-06"]),
        ("(theo Kế hoạch số 9/KH-UBND ngày 06/11/2010 của UBND tỉnh)", ["2010-11-06"]),
        ("Họp ngày 06/11/2010", ["2010-11-06"]),
    ],
)
def test_a_misread_copy_of_the_letters_own_date(line: str, kept: list[str]) -> None:
    assert of_an_annex(line) == kept


def test_the_time_that_a_signing_program_laid_over_a_page_is_a_date() -> None:
    overlay = Overlay("Ký bởi: Sở Y tế\nGiờ ký: 20/02/2025 11:25:13", BBox(400, 10, 560, 40))
    signed = replace(page(line("Thân", top=300)), overlays=(overlay,))
    under = DateMention(
        DateValue("2025-02-26", "day"), "signed_digitally", "26/02/2025",
        Place(1, BBox(440, 25, 500, 35)), 0.6,
    )  # fmt: skip
    other = replace(under, role="other", place=Place(1, BBox(90, 300, 150, 312)))
    found = dates.with_overlay_dates([under, other], [signed])
    assert [(one.value.iso, one.role, one.raw) for one in found] == [
        ("2025-02-26", "other", "26/02/2025"),
        ("2025-02-20", "signed_digitally", "20/02/2025"),
    ]
    assert found[1].place == Place(1, overlay.bbox)
