from __future__ import annotations

import pytest

from pipeline.citation import find_references, merge_mentions


def merged(text: str) -> list[tuple]:
    return [
        (m.mention.number, m.mention.issue_date and m.mention.issue_date.iso, m.count)
        for m in merge_mentions(find_references(text))
    ]


def test_a_short_mention_joins_the_rich_one() -> None:
    text = (
        "Ngày 17/10/2017 Sở Y tế ban hành Công văn số 1985/SYT-NVY về việc báo cáo. Theo yêu cầu "
        "Công văn số 1985/SYT-NVY ngày 17/10/2017."
    )
    assert merged(text) == [("1985/SYT-NVY", "2017-10-17", 2)]


def test_leading_zeros_and_letter_case_do_not_part_mentions() -> None:
    text = "Quyết định số 05/QĐ-TTg; Quyết định số 5/QĐ-TTG"
    assert merged(text) == [("05/QĐ-TTg", None, 2)]


def test_one_number_of_two_years_is_two_acts() -> None:
    text = "Quyết định số 611/QĐ-TTg ngày 04/4/2026 và Quyết định số 611/QĐ-TTg ngày 08/7/2024"
    assert [count for _, _, count in merged(text)] == [1, 1]


def test_pins_and_indices_are_kept() -> None:
    text = "khoản 1 Điều 2 Luật Nhà ở; Điều 5 Luật Nhà ở; Luật Đất đai"
    first, second = merge_mentions(find_references(text))
    assert first.mention.pin == "Đ2.k1; Đ5"
    assert (first.count, first.indices, second.indices) == (2, (0, 1), (2,))


def test_ubnd_and_its_long_form_are_one_issuer() -> None:
    text = (
        "Kế hoạch số 9/KH-UBND ngày 01/02/2020 của UBND tỉnh; "
        "Kế hoạch số 9/KH-UBND của Ủy ban nhân dân tỉnh"
    )
    assert len(merged(text)) == 1


def test_an_issuer_whose_marks_were_misread_is_the_same_issuer() -> None:
    text = (
        "Quyết định số 43/QĐ-UBND ngày 07/01/2022 của Chủ tịch Ủy ban nhân dân thành phổ; "
        "Quyết định số 43/QĐ-UBND ngày 07/01/2022 của Chủ tịch Ủy ban nhân dân thành phố Hải Phòng"
    )
    assert merged(text) == [("43/QĐ-UBND", "2022-01-07", 2)]


def test_a_symbol_cut_short_joins_the_whole_one() -> None:
    text = "thông tư 02/2009/TT-BY Ttại; Thông tư số 02/2009/TT-BYT ngày 26/5/2009 của Bộ Y tế"
    assert merged(text) == [("02/2009/TT-BYT", "2009-05-26", 2)]
    assert len(merged("Thông tư số 02/2009/TT-BYT; Thông tư số 02/2009/TT-BTC")) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a law by its name alone is the numbered one of that name
        ("Luật Dược số 105/2016/QH13 ngày 06/4/2016; theo Luật dược", [("105/2016/QH13", "2016-04-06", 2)]),
        ("theo Luật dược; Luật Dược số 105/2016/QH13", [("105/2016/QH13", None, 2)]),
        # two of that name, or another year
        ("Luật Dược số 34/2005/QH11; Luật Dược số 105/2016/QH13; theo Luật Dược",
         [("34/2005/QH11", None, 1), ("105/2016/QH13", None, 1), (None, None, 1)]),
        ("Luật Dược số 105/2016/QH13; Luật Dược năm 2005",
         [("105/2016/QH13", None, 1), (None, "2005", 1)]),
        ("Luật Dược số 105/2016/QH13; Luật Đất đai", [("105/2016/QH13", None, 1), (None, None, 1)]),
    ],
)  # fmt: skip
def test_a_law_named_alone(text: str, expected: list[tuple[str, str | None, int]]) -> None:
    assert merged(text) == expected


def test_two_numbers_of_one_enumeration_are_two_directives() -> None:
    listed = "Quyết định số 47/QĐ-KCN ngày 14/8/2012 và Quyết định số 48/QĐ-KCN ngày 14/8/2012"
    apart = "Quyết định số 47/QĐ-KCN ngày 14/8/2012. Sau đó căn cứ vào Quyết định số 48/QĐ-KCN ngày 14/8/2012"
    counts = [len(merge_mentions(find_references(text), contested=[0])) for text in (listed, apart)]
    assert counts == [2, 1]


def test_a_year_that_contradicts_the_number_is_kept_apart() -> None:
    (one,) = find_references("Luật Dược số 105/2006/QH13 ngày 04 tháng 6 năm 2016")
    assert (one.issue_date, one.odd_date and one.odd_date.iso) == (None, "2016-06-04")
