from __future__ import annotations

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
