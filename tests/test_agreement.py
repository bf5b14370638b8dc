"""Two readings of one line: the surer is taken, the other stays to vouch for it."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline import agreement
from tests.factories import line, page


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (("uu: W1, NV:", 0.27), ("Lưu: VT, NVY.", 0.85), "Lưu: VT, NVY."),
        (("Lưu: VT, NVY.", 0.55), ("Lưu: VI, NVX.", 0.85), "Lưu: VT, NVY."),
        (("Lưu: W1, NVY.", 0.45), ("Lưu: VI, NVX.", 0.60), "Lưu: W1, NVY."),
        (("_", 0.30), ("Về việc báo cáo", 0.95), "_"),
    ],
)
def test_a_line_that_only_the_second_model_read_well_is_taken(
    first: tuple[str, float], second: tuple[str, float], taken: str
) -> None:
    read = line(first[0], top=500, confidence=first[1])
    again = line(second[0], top=500, confidence=second[1])
    given = dataclasses.replace(page(read), second=(again,))
    found = agreement.with_surer_lines(given)
    assert [one.text for one in found.lines] == [taken]
    assert {one.text for one in (*found.lines, *found.second)} == {first[0], second[0]}


def test_what_a_seal_left_beside_a_line_is_not_taken_for_that_line() -> None:
    text = "Quyết định số 321/QĐ-TTg ngày 08 tháng 3 năm 2022"
    printed, again = line(text, top=500, confidence=0.9), line(text, top=498, confidence=0.8)
    seal = line("x.oÝS.2 222 4s: 4 V2 NINH Z2 x", top=494, confidence=0.2)
    given = dataclasses.replace(page(seal, printed), second=(again,))
    assert agreement.with_surer_lines(given) == given
