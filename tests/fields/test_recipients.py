"""Nơi nhận: each entry a row, with its purpose; what stands below Lưu is read too."""

from __future__ import annotations

import pytest

from pipeline.fields import recipients
from pipeline.lexicon import load_lexicon
from pipeline.page import Zone
from pipeline.record import Recipient
from tests.factories import letter, line, region


def listed(*texts: str) -> list[Recipient]:
    lines = [line(text, top=500 + 12 * index, size=11) for index, text in enumerate(texts)]
    return list(recipients.extract(letter(region(Zone.RECIPIENTS, *lines)), load_lexicon()))


def test_a_further_list_below_the_file_copy_is_read_without_its_heading() -> None:
    found = listed(
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, LĐ.",
        "Bản điện tử:",
        "- Lãnh đạo Ban;",
        "- Sở Tư pháp.",
    )
    assert [(one.role, one.name) for one in found] == [
        ("copy", "Như trên"),
        ("archive", "VT, LĐ"),
        ("copy", "Lãnh đạo Ban"),
        ("copy", "Sở Tư pháp"),
    ]


def test_a_speck_before_the_units_of_the_file_copy_hides_it_not() -> None:
    assert [one.role for one in listed("Nơi nhận:", "- Như trên;", "Lưu:-VT, ntphong (02b).")] == [
        "copy",
        "archive",
    ]


@pytest.mark.parametrize(
    ("text", "name", "purpose"),
    [
        ("- BGĐ SYT (để b/c);", "BGĐ SYT", "để b/c"),
        ("- Cục KSTTHC, VPCP (để đ/c);", "Cục KSTTHC, VPCP", "để b/c"),
        ("- Tỉnh ủy, HĐND (b/c);", "Tỉnh ủy, HĐND", "b/c"),
        ("- Cổng TTĐT của Trường (t/b),", "Cổng TTĐT của Trường", "t/b"),
        ("- Văn phòng Chính phủ (mời dự);", "Văn phòng Chính phủ", "mời dự"),
        ("- Phòng KSTTHC (TrP, các CV);", "Phòng KSTTHC (TrP, các CV)", None),
        ("- Bộ Tư pháp (Cục Kiểm tra VBQPPL);[", "Bộ Tư pháp (Cục Kiểm tra VBQPPL)", None),
        ("- Website SYT);", "Website SYT", None),
    ],
)
def test_the_purpose_and_stray_signs_come_off_the_name(
    text: str, name: str, purpose: str | None
) -> None:
    (found,) = listed("Nơi nhận:", text)
    assert (found.name, found.purpose) == (name, purpose)
