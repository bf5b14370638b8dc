"""Ruled tables are read cell by cell, and nothing but tables is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import pytest

from pipeline import layout
from pipeline.consensus import read_both
from pipeline.layout.grid import find_grids
from pipeline.page import BBox, Line, Mark, Page, Region, Zone
from pipeline.textview import TextView
from tests.factories import BODY, head, line, page, paragraph, row, state_letter

XS, YS = (90.0, 290.0, 500.0), (90.0, 150.0, 210.0, 270.0)


def down(x: float, top: float, bottom: float) -> Mark:
    return Mark("rule", BBox(x - 0.5, top, x + 0.5, bottom))


def across(y: float, left: float, right: float) -> Mark:
    return Mark("rule", BBox(left, y - 0.5, right, y + 0.5))


def rules(
    xs: Sequence[float] = XS, ys: Sequence[float] = YS, *, without: Iterable[Mark] = ()
) -> list[Mark]:
    """The rules of a whole table but for some of them."""
    every = [down(x, ys[0], ys[-1]) for x in xs] + [across(y, xs[0], xs[-1]) for y in ys]
    return [mark for mark in every if mark not in list(without)]


def ruled(marks: Iterable[Mark], *lines: Line | Sequence[Line], number: int = 2) -> Page:
    """A page after the first with rules."""
    return dataclasses.replace(page(*lines, number=number), marks=tuple(marks))


def rows_of_print(*texts: tuple[str, str], top: float = 95.0, leading: float = 18.0) -> list[Line]:
    """Lines of both columns as the engine reads them: each row of print is one line."""
    return [
        row(
            *(
                line(text, left, top + leading * index, size=11)
                for text, left in zip(pair, (100.0, 295.0), strict=True)
                if text
            )
        )
        for index, pair in enumerate(texts)
    ]


def regions_of(*pages: Page) -> list[Region]:
    """The regions of pages that follow the first of a letter."""
    regions = layout.find_regions((page(head(), paragraph(*BODY, top=215)), *pages))
    return [one for one in regions if one.page > 1]


def texts_of(seen: Page) -> list[str]:
    return [one.text for region in regions_of(seen) for one in region.lines]


def cells_of(seen: Page) -> list[list[str]]:
    """The lines of every cell in reading order."""
    cells: dict[int, list[str]] = {}
    for region in regions_of(seen):
        for one in region.lines:
            if one.cell:
                cells.setdefault(one.cell, []).append(one.text)
    return list(cells.values())


PRINT = [
    *rows_of_print(("Cấp giấy phép", "Nghị định số 07/2031/NĐ-"), ("khai thác nước", "CP ngày 09/01/2031")),
    *rows_of_print(("Gia hạn giấy", "Luật Tài nguyên"), ("phép", "nước"), top=155),
    *rows_of_print(("Thu hồi", "Không"), top=215),
]  # fmt: skip
CELLS = [
    ["Cấp giấy phép", "khai thác nước"],
    ["Nghị định số 07/2031/NĐ-", "CP ngày 09/01/2031"],
    ["Gia hạn giấy", "phép"],
    ["Luật Tài nguyên", "nước"],
    ["Thu hồi"],
    ["Không"],
]


def test_rows_of_cells_are_read_from_the_left_and_each_cell_top_down() -> None:
    assert cells_of(ruled(rules(), PRINT)) == CELLS


def test_a_table_stands_where_it_stands_on_the_page() -> None:
    above = line("Bảng kê các thủ tục hành chính được sửa đổi như sau", top=60)
    below = line("Bảng này thay bảng ban hành trước đây", top=300)

    texts = texts_of(ruled(rules(), above, PRINT, below))

    assert texts == [above.text, *(text for cell in CELLS for text in cell), below.text]


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(
            [
                *rules(without=[down(290, 90, 270), across(150, 90, 500)]),
                down(290, 90, 140), down(291, 146, 270),
                across(150, 90, 200), across(150.5, 215, 500),
            ],
            id="broken rules",
        ),
        pytest.param(rules(without=[down(90, 90, 270)]), id="no left side"),
        pytest.param(rules(without=[across(270, 90, 500)]), id="no rule at the foot"),
        pytest.param(
            [Mark("rule", BBox(m.bbox.left - 2, m.bbox.top - 2, m.bbox.right + 2, m.bbox.bottom + 2))
             for m in rules()],
            id="rules that slope",
        ),
        pytest.param([*rules(), across(112, 300, 360)], id="a word underlined in a cell"),
        pytest.param([*rules(), down(140, 0, 842)], id="a streak of dirt down the page"),
    ],
)  # fmt: skip
def test_rules_of_photocopies_part_the_same_cells(marks: list[Mark]) -> None:
    assert cells_of(ruled(marks, PRINT)) == CELLS


def test_a_cell_over_both_columns_is_one() -> None:
    merged = [
        *rows_of_print(("Lĩnh vực tài nguyên nước và khoáng sản của tỉnh", ""), top=105),
        *PRINT[2:],
    ]
    marks = [*rules(without=[down(290, 90, 270)]), down(290, 150, 270)]

    assert cells_of(ruled(marks, merged)) == [
        ["Lĩnh vực tài nguyên nước và khoáng sản của tỉnh"], *CELLS[2:]
    ]  # fmt: skip


def test_a_cell_over_two_rows_is_read_with_the_first() -> None:
    marks = [*rules(without=[across(150, 90, 500)]), across(150, 290, 500)]
    lines = [
        row(line("Cấp giấy phép", 100, 120), line("Luật Tài nguyên nước", 295, 120)),
        row(line("khai thác nước", 100, 160), line("Luật Khoáng sản", 295, 160)),
        row(line("Thu hồi", 100, 230), line("Không", 295, 230)),
    ]

    assert cells_of(ruled(marks, lines)) == [
        ["Cấp giấy phép", "khai thác nước"],
        ["Luật Tài nguyên nước"],
        ["Luật Khoáng sản"],
        ["Thu hồi"],
        ["Không"],
    ]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    texts = (
        ("Trung tâm Phục vụ hành chính", "Quyết định số 12/2031/QĐ-"),
        ("công của tỉnh tiếp nhận hồ sơ", "UBND ngày 03/4/2031 của Ủy ban"),
        ("và trả kết quả cho người nộp", "nhân dân tỉnh quy định mức thu"),
    )

    assert cells_of(ruled(rules(ys=(90, 270)), rows_of_print(*texts))) == [
        [pair[column] for pair in texts] for column in (0, 1)
    ]


def test_values_side_by_side_without_rules_between_stay_row_by_row() -> None:
    values = (("Nguyễn Văn Bình", "1971"), ("Trần Thị Cúc", "1980"), ("Lê Văn Đông", "1969"))

    texts = texts_of(ruled(rules(ys=(90, 270)), rows_of_print(*values)))

    assert texts == [text for pair in values for text in pair]


def test_a_blank_across_the_columns_parts_rows_that_are_not_ruled() -> None:
    lines = [
        *rows_of_print(("phòng khám đa khoa", "số 4 đường Lê Lợi,"), ("khu vực miền núi", "phường An Hòa")),
        *rows_of_print(("nhà hộ sinh của", "số 9 đường Hàm Nghi,"), ("huyện", "phường An Bình"), top=170),
    ]  # fmt: skip

    assert texts_of(ruled(rules(ys=(90, 270)), lines)) == [
        "phòng khám đa khoa", "khu vực miền núi", "số 4 đường Lê Lợi,", "phường An Hòa",
        "nhà hộ sinh của", "huyện", "số 9 đường Hàm Nghi,", "phường An Bình",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param([across(112, 100, 260), across(130, 300, 420)], id="underlines"),
        pytest.param([down(90, 90, 270), down(500, 90, 270), across(90, 90, 500),
                      across(270, 90, 500)], id="a frame without columns"),
        pytest.param([down(290, 90, 270), across(90, 90, 500), across(270, 90, 500)],
                     id="one upright rule"),
        pytest.param([down(x, 90, 270) for x in XS], id="no level rule"),
        pytest.param(rules(xs=(20, 55, 80), ys=(300, 360, 420)), id="a table with no words"),
        pytest.param([Mark("seal", mark.bbox) for mark in rules()], id="no rules but a seal"),
    ],
)  # fmt: skip
def test_what_is_no_table_changes_nothing(marks: list[Mark]) -> None:
    seen = ruled(marks, PRINT)

    assert find_grids(seen) == ()
    assert texts_of(seen) == texts_of(ruled((), PRINT))


@pytest.mark.parametrize(
    ("xs", "ys"),
    [
        pytest.param((60.0, 280.0, 560.0), (50.0, 175.0, 205.0), id="the head and Kính gửi"),
        pytest.param((60.0, 280.0, 560.0), (480.0, 540.0, 640.0), id="Nơi nhận and signature"),
    ],
)
def test_frames_around_parts_of_a_letter_are_no_tables(
    xs: tuple[float, ...], ys: tuple[float, ...]
) -> None:
    plain = state_letter()
    framed = dataclasses.replace(plain, marks=tuple(rules(xs, ys)))

    assert find_grids(framed)
    assert layout.find_regions((framed,)) == layout.find_regions((plain,))


def test_a_citation_in_a_cell_is_whole_and_none_runs_into_the_next_cell() -> None:
    lines = rows_of_print(
        ("Cấp lại giấy phép theo quy", "Căn cứ Nghị định số 07/2031/NĐ-"),
        ("định tại Thông tư số 5/2031/TT-", "CP ngày 09/01/2031 của Chính phủ"),
    )
    seen = ruled(rules(ys=(90, 150)), lines)
    reading = read_both(regions_of(seen), (seen,), None)

    assert [(one.number, str(one.issue_date and one.issue_date.iso)) for one in reading.mentions] == [
        ("07/2031/NĐ-CP", "2031-01-09")
    ]  # fmt: skip


def test_no_number_is_made_of_two_cells() -> None:
    seen = ruled(rules(ys=(90, 150)), rows_of_print(("Kế hoạch 2031", "So sánh với năm trước")))

    assert read_both(regions_of(seen), (seen,), None).mentions == ()


def test_the_second_reading_is_parted_at_the_same_cells() -> None:
    lines = rows_of_print(
        ("Trung tâm Phục vụ hành chính", "Căn cứ Nghị định số 07/2031/NĐ-"),
        ("công của tỉnh", "CP ngày 09/01/2031 của Chính phủ"),
    )
    seen = dataclasses.replace(ruled(rules(ys=(90, 150)), lines), second=tuple(lines))
    reading = read_both(regions_of(seen), (seen,), None)

    assert [one.number for one in reading.mentions] == ["07/2031/NĐ-CP"]
    assert reading.said == ("same",)


def test_a_blank_line_stands_between_cells_but_not_where_a_column_goes_on_over_the_page() -> None:
    first = ruled(rules(ys=(90, 150)), rows_of_print(("Thu hồi giấy phép", "Luật Tài nguyên")))
    below = rows_of_print(("Cấp lại", "Không"), top=155)
    second = ruled(rules(ys=(90, 150, 210)), rows_of_print(("", "nước năm 2031")), below, number=3)
    other = ruled(rules(ys=(90, 150)), rows_of_print(("Cấp giấy phép", "Không")), number=3)

    def text(*pages: Page) -> str:
        return TextView.over(regions_of(*pages)).text

    assert text(first, other) == ("Thu hồi giấy phép\n\nLuật Tài nguyên\n\nCấp giấy phép\n\nKhông")
    assert "Luật Tài nguyên\nnước năm 2031\n\nCấp lại" in text(first, second)


def test_letters_that_another_cells_line_cuts_are_not_read_again() -> None:
    left = [line("Cấp giấy phép", 100, 95), line("khai thác nước", 100, 122)]
    echo = line("ịnh số 0", 330, 105.5, size=5)
    right = [line("Nghị định số 07/2031/NĐ-CP", 295, 108), line("của Chính phủ", 295, 126)]
    short = line("x", 420, 95)

    texts = texts_of(ruled(rules(), [row(left[0], short), row(echo), *right, left[1]], PRINT[2:]))

    assert "ịnh số 0" not in texts
    assert {one.text for one in (*left, *right, short)} <= set(texts)


def test_rows_of_a_table_are_no_scraps_of_the_margin() -> None:
    marks = rules(xs=(40.0, 70.0, 540.0), ys=(400.0, 440.0, 480.0))
    listed = [
        row(line("1", 52, 410 + 40 * index, confidence=0.4), line("Cấp giấy phép", 90, 410 + 40 * index))
        for index in range(2)
    ]  # fmt: skip
    seen = ruled(marks, paragraph(*BODY, *BODY, top=100), listed)

    zones = {
        one.text: region.zone for region in layout.find_regions((seen,)) for one in region.lines
    }

    assert zones["1"] is Zone.BODY
