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
    assert [one.role for one in listed("Nơi nhận:", "- Như trên;", "Lưu:-VT, ntphung (02b).")] == [
        "copy",
        "archive",
    ]


def test_a_file_copy_whose_first_letter_faded_is_one_and_names_no_recipient() -> None:
    roles = [one.role for one in listed("Nơi nhận:", "- Như trên;", "- ưu: VT, TCCB.")]
    assert roles == ["copy", "archive"]
    assert listed("Nơi nhận:", "- Ưu tiên: Các đơn vị.")[0].role == "copy"


@pytest.mark.parametrize(
    ("kept", "units"),
    [
        ("VT và ĐPV", ("VT", "ĐPV")),
        ("VT, TTrS và KSTT", ("VT", "TTrS và KSTT")),
        ("ĐPV và KTDA", ("ĐPV", "KTDA")),
        ("VT, Phòng Tổ chức và Hành chính", ("VT", "Phòng Tổ chức và Hành chính")),
    ],
)
def test_units_that_keep_the_file_copy_are_told_apart(kept: str, units: tuple[str, ...]) -> None:
    assert listed("Nơi nhận:", f"- Lưu: {kept}.")[0].units == units


@pytest.mark.parametrize(
    ("text", "name", "purpose"),
    [
        ("- BGĐ SYT (để b/c);", "BGĐ SYT", "để b/c"),
        ("- Cục KSTTHC, VPCP (để đ/c);", "Cục KSTTHC, VPCP", "để b/c"),
        ("- Tỉnh ủy, HĐND (b/c);", "Tỉnh ủy, HĐND", "b/c"),
        ("- Cổng TTĐT của Trường (t/b),", "Cổng TTĐT của Trường", "t/b"),
        ("- Văn phòng Chính phủ (mời dự);", "Văn phòng Chính phủ", "mời dự"),
        ("- Như trên “Để thực hiện”;", "Như trên", "để thực hiện"),
        ("- Ban “Để phối hợp", "Ban", "để phối hợp"),
        ("- Hội “Đề án 06” tỉnh;", "Hội “Đề án 06” tỉnh", None),
        ("- Chánh Thanh tra (mời dự2 phần đầu);", "Chánh Thanh tra", "mời dự phần đầu"),
        ("- Phòng KSTTHC (TrP, các CV);", "Phòng KSTTHC (TrP, các CV)", None),
        ("- Bộ Tư pháp (Cục Kiểm tra VBQPPL);[", "Bộ Tư pháp (Cục Kiểm tra VBQPPL)", None),
        ("- Website SYT);", "Website SYT", None),
        ("- Trường CĐYT Hà Đông (để biết); -", "Trường CĐYT Hà Đông", "để biết"),
        ("- Ban Giám đốc Sở(báocáo);", "Ban Giám đốc Sở", "báo cáo"),
        ("- Nhà khách tỉnh (phục vụ};", "Nhà khách tỉnh", "phục vụ"),
        ("- Bảo hiểm xã hội Việt Nam:[1", "Bảo hiểm xã hội Việt Nam", None),
        ("- Bộ trưởng BYT;L", "Bộ trưởng BYT", None),
        ("- Các phòng, các ĐV trực thuộc }Website SYT", "Các phòng, các ĐV trực thuộc", None),
        ("- BTV Đảng ủy Sở GDĐT } để báo cáo", "BTV Đảng ủy Sở GDĐT", "để báo cáo"),
        ("- Giám hiệu để chỉ đạo;", "Giám hiệu để chỉ đạo", None),
        ("- CT, PCT UBND tỉnh (b/cáo);", "CT, PCT UBND tỉnh", "b/cáo"),
        ("- WebsiteSYT;,", "Website SYT", None),
        ("- Như Điều1;", "Như Điều 1", None),
        ("- TGĐ Công TTĐZ các Vụ;", "TGĐ Cổng TTĐT các Vụ", None),
        ("- So Tư pháp;", "Sở Tư pháp", None),
        ("- Sõ Kế hoạch và Đầu tư;", "Sở Kế hoạch và Đầu tư", None),
        ("- Đoàn Thanh niên tình;", "Đoàn Thanh niên tỉnh", None),
        ("- Ban Chỉ đạo tình hình mới;", "Ban Chỉ đạo tình hình mới", None),
    ],
)
def test_the_purpose_and_stray_signs_come_off_the_name(
    text: str, name: str, purpose: str | None
) -> None:
    (found,) = listed("Nơi nhận:", text)
    assert (found.name, found.purpose) == (name, purpose)


def test_an_entry_ends_at_its_box_though_the_next_lost_its_bullet() -> None:
    found = listed("Nơi nhận:", "- Bộ Tư pháp;", "- Bộ trưởng BYT;L", "Các Thứ trưởng BYT;,")
    assert [one.name for one in found] == ["Bộ Tư pháp", "Bộ trưởng BYT", "Các Thứ trưởng BYT"]


def test_a_faint_file_copy_is_read_and_raw_keeps_what_was_seen() -> None:
    lines = [
        line("- Như trên;", top=500, size=11),
        line("l.uu VI,", top=512, size=11, confidence=0.3),
    ]
    _, archive = recipients.extract(letter(region(Zone.RECIPIENTS, *lines)), load_lexicon())
    assert (archive.role, archive.name, archive.raw) == ("archive", "VT", "l.uu VI,")


def test_bits_of_a_stamp_between_addressees_are_left_out() -> None:
    lines = [
        line("Kính gửi: - Giám đốc các bệnh viện công lập và ngoài công", top=175),
        line("NA", left=60, top=180, size=32, confidence=0.16),
        line("lập trong tỉnh.", left=170, top=191),
    ]
    found = list(recipients.extract(letter(region(Zone.ADDRESSEES, *lines)), load_lexicon()))
    assert [one.name for one in found] == [
        "Giám đốc các bệnh viện công lập và ngoài công lập trong tỉnh"
    ]


def test_what_stands_in_the_row_of_an_addressee_belongs_to_it() -> None:
    lines = [
        line("Kính gửi: - Các Trung tâm Y tế huyện/thị:", top=175),
        line("trong tỉnh.", left=400, top=175),
    ]
    found = list(recipients.extract(letter(region(Zone.ADDRESSEES, *lines)), load_lexicon()))
    assert len(found) == 1
