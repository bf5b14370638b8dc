from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consensus import read_both
from pipeline.fields import references
from pipeline.page import Line, Zone
from pipeline.record import Letter, Reference
from tests.factories import line, page, region


def cited(
    *lines: tuple[str, str | None],
    poor: float | None = None,
    both_poor: bool = False,
    zone: Zone = Zone.BODY,
) -> list[Reference]:
    """The references of lines that the two models read so; `None`: the second did not read.

    The first line's ink is `poor` for the first model, or for both.
    """
    first, second = [], []
    for index, (text, again) in enumerate(lines):
        top = 100.0 + 18.0 * index
        confidence = poor if poor is not None and index == 0 else 0.95
        first.append(line(text, top=top, confidence=confidence))
        if again is not None:
            second.append(line(again, top=top, confidence=confidence if both_poor else 0.95))
    letter = Letter((replace(page(first), second=tuple(second)),), (region(zone, *first),))
    return list(references.extract(references.read_citing_text(letter), None))


def told(found: list[Reference]) -> list[tuple[str | None, str | None]]:
    return [(one.number or one.title, one.issue_date and one.issue_date.iso) for one in found]


DECREE = "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ;"


def test_what_both_models_read_is_agreed() -> None:
    (one,) = cited((DECREE, DECREE))
    assert one.facts == ("agree:second",)


def test_what_the_second_model_did_not_read_is_neither() -> None:
    (one,) = cited((DECREE, None))
    assert one.facts == ()


def test_a_date_that_only_the_second_model_read_is_taken() -> None:
    first = "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2@ của Chính phủ;"
    assert told(cited((first, DECREE))) == [("30/2020/NĐ-CP", "2020-03-05")]


def test_a_law_that_only_the_second_model_read_is_taken_and_contested() -> None:
    found = cited(
        ("Căn cứ Luật:Tổ elức. Chính phủ ngày 18 tháng 02 năm 2025;",
         "Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025;")
    )  # fmt: skip
    assert told(found) == [("Luật Tổ chức Chính phủ", "2025-02-18")]
    assert found[0].facts == ("differs:second",)


@pytest.mark.parametrize("speck", ["|", "’", "t", ":"])
def test_a_speck_at_a_lines_end_does_not_part_a_date(speck: str) -> None:
    lines = (
        line(f"Quyết định số 458/QĐ-TTg ngày 03 tháng 4 năm {speck if speck == '|' else ''}"),
        line(speck, 500.0, 118.0, confidence=0.3),
        line("2020 của Thủ tướng Chính phủ về lưu trữ", 85.0, 136.0),
    )
    letter = Letter((page(*lines),), (region(Zone.BODY, *lines),))
    found = list(references.extract(references.read_citing_text(letter), None))
    assert told(found) == [("458/QĐ-TTg", "2020-04-03")]


def test_a_number_whose_date_could_not_be_read_says_so() -> None:
    text = "Căn cứ Nghị định số 30/2020/NĐ-CP ngày ## của Chính phủ"
    assert cited((text, text))[0].facts == ("agree:second", "date:unread")
    assert cited((DECREE, DECREE))[0].facts == ("agree:second",)
    text = "Căn cứ Luật Lưu trữ ngày T1 tháng 11 năm 2011 của Quốc hội"
    assert cited((text, text))[0].facts == ("agree:second", "date:unread")
    row = "Thông tư số 30/2024/TT-BGDĐT"
    assert cited((row, row), zone=Zone.ANNEX)[0].facts[-1] == "date:unread"


def test_another_number_in_much_clearer_ink_is_taken() -> None:
    other = DECREE.replace("30/2020", "80/2020")
    assert told(cited((DECREE, other), poor=0.2)) == [("80/2020/NĐ-CP", "2020-03-05")]
    found = cited((DECREE, other), poor=0.8)
    assert told(found) == [("30/2020/NĐ-CP", "2020-03-05")]
    assert found[0].facts == ("differs:second",)


def test_another_mention_decides_between_two_readings() -> None:
    wrong = "Sở chuyển Nghị định số 80/2020/NĐ-CP ngày 05/3/2020 của Chính phủ;"
    right = wrong.replace("80/2020", "30/2020")
    assert told(cited((wrong, right), (DECREE, DECREE))) == [("30/2020/NĐ-CP", "2020-03-05")]


def test_a_faint_number_that_the_second_model_does_not_see_is_left_out() -> None:
    line_of_noise = "Quyết định số 25/QĐ-TT, vay J5 tháng"
    assert cited((line_of_noise, "Quá dinh li 2520D-Trgiuy J5 tháng"), poor=0.2) == []


def test_a_contested_number_a_figure_away_from_another_of_its_day_is_that_one() -> None:
    sure = "Nhận được Quyết định số 81/QĐ-TTg ngày 19/01/2021 của Thủ tướng Chính phủ;"
    slip = "Kèm theo: Quyết định số 831/QĐ-TTg ngày 19/01/2021 của Thủ tướng Chính phủ."
    assert told(cited((slip, slip), (sure, sure), poor=0.4, both_poor=True)) == [
        ("81/QĐ-TTg", "2021-01-19")
    ]
    assert len(cited((slip, slip), (sure, sure))) == 2


def test_an_annex_gives_only_whole_citations_and_not_the_letter_itself() -> None:
    rows = (
        "(Kèm theo Quyết định số 15/QĐ-SNV ngày 02/02/2022 của Sở Nội vụ)",
        "Thông tư số 30/2024/TT-BGDĐT về tuyển sinh",
        "1. 12/BC-UBND; Báo cáo số 7/BC-UBND",
        "Giao. 165/2024/NĐ-CP",
        "Danh mục kỹ thuật ban hành kèm theo Thông tư số 43/2013/TT-BYT ngày 11/12/2013",
    )
    assert told(cited(*((row, row) for row in rows), zone=Zone.ANNEX)) == [
        ("30/2024/TT-BGDĐT", None),
        ("165/2024/NĐ-CP", None),
        ("43/2013/TT-BYT", "2013-12-11"),
    ]


def test_a_law_whose_number_the_second_model_could_not_read_is_kept() -> None:
    first = "Căn cứ Luật khám bệnh, chữa bệnh số 40/2009/QH11 ngày 23 tháng 11 năm 2009;"
    found = cited((first, first.replace("QH11", "OHI]")), poor=0.3)
    assert told(found) == [("40/2009/QH11", "2009-11-23")]
    assert found[0].facts == ()


_PIECES = st.sampled_from(
    ["Căn cứ ", "Nghị định số ", "30/2020/NĐ-CP", "Luật ", "Đất đai ", "ngày ", "05/3/2020 ",
     "của Chính phủ; ", "| ", "x", "3", "/", " "]
)  # fmt: skip
_LINES = st.lists(
    st.lists(_PIECES, min_size=1, max_size=12).map("".join).filter(str.strip), max_size=4
)


@given(_LINES, _LINES)
@settings(max_examples=100, deadline=None)
def test_any_two_readings_give_spans_inside_the_first_view(
    first: list[str], again: list[str]
) -> None:
    lines = [line(text, top=100.0 + 18.0 * at) for at, text in enumerate(first)]
    second = tuple(line(text, top=100.0 + 18.0 * at) for at, text in enumerate(again))
    regions = [region(Zone.BODY, *lines)] if lines else []
    read = read_both(regions, [replace(page(lines), second=second)], None)
    assert len(read.mentions) == len(read.said) == len(read.clearness)
    for one in read.mentions:
        assert 0 <= one.start < one.end <= one.full_end <= len(read.view.text)


def test_two_columns_are_not_taken_for_one_line() -> None:
    left, right = line(DECREE, size=6.0), line("Điều 77 Luật Đường bộ", 400.0)
    both = Line((*left.words, *right.words))
    letter = Letter(
        (replace(page(both), second=(line("Điều 77 Luật Đường bộ", 400.0),)),),
        (region(Zone.BODY, left, right),),
    )
    found = list(references.extract(references.read_citing_text(letter), None))
    assert told(found) == [("30/2020/NĐ-CP", "2020-03-05"), ("Luật Đường bộ", None)]
    assert [one.facts for one in found] == [(), ("agree:second",)]
