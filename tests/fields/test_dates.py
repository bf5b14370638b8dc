from __future__ import annotations

import pytest

from pipeline.fields import dates, references
from pipeline.page import Zone
from tests.factories import letter, region


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
