"""Lost blanks and letters that no word has: put right, and everything else left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.slips import mend


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("Như Điều1", "Như Điều 1"),
        ("WebsiteSYT", "Website SYT"),
        ("ngày 28/12/2017của Bộ", "ngày 28/12/2017 của Bộ"),
        ("UBND các huyện, tnành phố", "UBND các huyện, thành phố"),
        ("THÀNH PNỐ", "THÀNH PHỐ"),
        ("quản lý eư trú", "quản lý cư trú"),
        ("ehủ trì", "chủ trì"),
        ("Trung tâm trực thuộc Sở Ytế", "Trung tâm trực thuộc Sở Y tế"),
        ("Phòng Nghiệp vụ ŸY", "Phòng Nghiệp vụ Y"),
        ("các Trợ lý TTạ", "các Trợ lý TTg"),
        ("Văn bản số 8/STTTT- BCVT của Sở", "Văn bản số 8/STTTT-BCVT của Sở"),
    ],
)
def test_a_slip_that_leaves_no_word_is_mended(seen: str, meant: str) -> None:
    assert mend(seen) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Covid19", "xã N2017", "10km", "48h", "VNeID", "HĐKHCN", "BVĐK", "TTra Sở", "lớp CK1", "TTr", "QyĐ",
        "ctuet.edu.vn", "P CTCT&QLSV", "ĐBQH&HĐND tỉnh", "Vinmac", "ntphung (02b)", "Krông Nô", "EU", "em", "Euro", "éo le",
        "TTBD- CVP", "Sở- UBND",
    ],
)  # fmt: skip
def test_what_may_be_printed_so_stays(text: str) -> None:
    assert mend(text) == text


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken_and_taken_once(text: str) -> None:
    assert mend(mend(text)) == mend(text)
