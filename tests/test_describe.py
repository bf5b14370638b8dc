"""What a document's head says of itself, from plain text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import describe_text

HEAD = """CHÍNH PHỦ
_________
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 21/2026/NĐ-CP
Hà Nội, ngày 16 tháng 01 năm 2026
NGHỊ ĐỊNH
"""


def test_the_head_of_a_decree() -> None:
    told = describe_text(HEAD + "Quy định về công tác văn thư\nCăn cứ Luật Tổ chức Chính phủ;\n")
    assert (told.number, told.doc_type) == ("21/2026/NĐ-CP", "Nghị định")
    assert told.issue_date is not None
    assert told.issue_date.iso == "2026-01-16"
    assert told.subject == "Quy định về công tác văn thư"


def test_bases_that_were_amended_make_no_consolidated_text() -> None:
    told = describe_text(
        HEAD + "Sửa đổi, bổ sung một số điều của Nghị định số 193/2025/NĐ-CP\n"
        "và quy định chi tiết\nLuật sửa đổi, bổ sung một số điều của Luật Địa chất và khoáng sản\n"
        "Căn cứ Luật Địa chất số 54/2024/QH15 được sửa đổi, bổ sung bởi Luật số 147/2025/QH15;\n"
    )
    assert (told.number, told.doc_type) == ("21/2026/NĐ-CP", "Nghị định")


def test_a_consolidated_text_has_not_the_number_of_the_act_it_gives() -> None:
    told = describe_text(
        "BỘ Y TẾ\nTHÔNG TƯ\nQuy định về thuốc\nThông tư số 01/2018/TT-BYT ngày 18 tháng 01 năm 2018 "
        "của Bộ trưởng Bộ Y tế, có hiệu lực kể từ ngày 01 tháng 6 năm 2019, được sửa đổi, bổ sung bởi:\n"
    )
    assert (told.number, told.doc_type) == (None, "Văn bản hợp nhất")


def test_a_portals_title_line() -> None:
    told = describe_text(
        "Thông tư số 25/2025/TT-BTP Quy định định mức khoán chi\ncho nhiệm vụ xây dựng\n"
        "Số hiệu25/2025/TT-BTP\nLoại văn bảnThông tư\n"
    )
    assert (told.number, told.doc_type) == ("25/2025/TT-BTP", "Thông tư")
    assert told.subject == "Quy định định mức khoán chi cho nhiệm vụ xây dựng"


@pytest.mark.parametrize("text", ["", "\n\n", "Kính thưa các đồng chí", "Số:", "NGHỊ ĐỊNH"])
def test_a_text_without_a_head_says_nothing_of_number_and_subject(text: str) -> None:
    told = describe_text(text)
    assert (told.number, told.subject) == (None, None)


pieces = st.sampled_from(
    [
        *HEAD.split("\n"),
        "Căn cứ",
        "Luật",
        "số",
        "01/KH-UBND",
        "\n",
        "Điều 1.",
        "Thông tư số",
        " ",
        "ngày",
    ]
)


@given(st.one_of(st.text(max_size=400), st.lists(pieces, max_size=40).map("".join)))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_is_described(text: str) -> None:
    told = describe_text(text)
    assert told.number is None or any(char.isdigit() for char in told.number)
    assert told.subject is None or told.subject.strip()
