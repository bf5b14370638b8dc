"""Nơi nhận: each entry a row, with its purpose; what stands below Lưu is read too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.fields import recipients
from pipeline.lexicon import load_lexicon
from pipeline.page import Line, Zone
from pipeline.record import Recipient
from tests.factories import letter, line, region, row


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
        ("- Bảo hiểm xã hội Việt Nam:F]", "Bảo hiểm xã hội Việt Nam", None),
        ("- Các bệnh viện thuộc BYT;B", "Các bệnh viện thuộc BYT", None),
        ("- Cục Thuế; THA", "Cục Thuế; THA", None),
        ("- Sở Tài chính tinh;", "Sở Tài chính tỉnh", None),
        ("- Trung tâm vi tinh;", "Trung tâm vi tinh", None),
        ("- UBND tỉnh Hà Tinh;", "UBND tỉnh Hà Tĩnh", None),
        ("- TH.", "TH", None),
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


def test_two_letters_are_an_entry_only_where_they_are_capitals_read_surely() -> None:
    def names(text: str, confidence: float) -> list[str]:
        bit = line(text, top=512, size=11, confidence=confidence)
        lines = region(Zone.RECIPIENTS, line("- Như trên;", top=500, size=11), bit)
        return [one.name for one in recipients.extract(letter(lines), load_lexicon())]

    assert names("- TH.", 0.97) == ["Như trên", "TH"]
    assert names("- TH.", 0.6) == ["Như trên"]
    assert names("- hà", 0.97) == ["Như trên"]


def test_a_speck_left_of_a_bullet_does_not_hide_it() -> None:
    lines = [
        line("- Công an tỉnh;", left=90, top=500, size=11),
        row(
            line("c", left=78, top=512, size=11), line("- Lưu: VT, TH.", left=90, top=512, size=11)
        ),
    ]
    found = list(recipients.extract(letter(region(Zone.RECIPIENTS, *lines)), load_lexicon()))
    assert [(one.role, one.name) for one in found] == [
        ("copy", "Công an tỉnh"),
        ("archive", "VT, TH"),
    ]
    assert listed("- Các trường đại học Y, Học viện", "y - Dược học cổ truyền.")[0].name == (
        "Các trường đại học Y, Học viện y - Dược học cổ truyền"
    )


def beside(text: str, note: str, *, off: float, swallowed: str) -> list[str]:
    """Names of an entry with a note behind a brace that was read into the word `swallowed`."""
    words = line(f"- {text} {note}", top=512, size=8).words
    first = len(f"- {text}".split())
    moved = [
        replace(
            word,
            bbox=replace(
                word.bbox,
                top=500.0
                if word.text == swallowed
                else word.bbox.top - (off if at >= first else 0),
                bottom=524.0
                if word.text == swallowed
                else word.bbox.bottom - (off if at >= first else 0),
            ),
        )
        for at, word in enumerate(words)
    ]
    lines = [line("- Cục Thống kê tỉnh;", top=490, size=8), Line(tuple(moved))]
    found = recipients.extract(letter(region(Zone.RECIPIENTS, *lines)), load_lexicon())
    return [one.name for one in found][1:]


def test_the_note_behind_a_brace_that_was_read_into_a_word_is_no_part_of_the_entry() -> None:
    text, note = "Các phòng và các ĐV trực thuộc;", "Trang tin SYT"
    name = "Các phòng và các ĐV trực thuộc"
    assert beside(text, note, off=4, swallowed="thuộc;") == [name]
    # Nothing stands off the row, or no word is tall: all of it is the entry.
    assert beside(text, note, off=0, swallowed="thuộc;") == [f"{name}; {note}"]
    assert beside(text, note, off=4, swallowed="") == [f"{name}; {note}"]
    # Within a bracket it is the entry's own.
    held = beside("Phòng KSTTHC (TrP,", "Các CV);", off=4, swallowed="(TrP,")
    assert held == ["Phòng KSTTHC (TrP, Các CV)"]


def test_a_row_that_the_edge_of_a_column_cut_is_put_together() -> None:
    lines = [
        line("- Văn phòng Chính phủ (Công báo;", left=90, top=500, size=11),
        line("Cổng TTĐT Ch", left=90, top=512, size=11),
        line("Chính phủ);", left=150, top=512, size=11),
        line("- Bộ Tư pháp.", left=90, top=524, size=11),
    ]
    found = list(recipients.extract(letter(region(Zone.RECIPIENTS, *lines)), load_lexicon()))
    assert [one.name for one in found] == [
        "Văn phòng Chính phủ (Công báo; Cổng TTĐT Chính phủ)",
        "Bộ Tư pháp",
    ]


def test_a_bracket_left_open_swallows_no_further_entry() -> None:
    found = listed("- Thứ trưởng Trần A (để b/c;", "Cục Văn thư;", "- Lưu: VT.")
    assert [one.role for one in found] == ["copy", "copy", "archive"]


def test_the_drafter_in_brackets_stands_below_the_file_copy() -> None:
    assert listed("- Như trên;", "- Lưu: VT, VPUBND tỉnh.", "(Hg)")[-1].name == (
        "VT, VPUBND tỉnh. (Hg)"
    )
    below = listed("- Như trên;", "- Lưu: VT, BH.", "( Ngày ký 17/10/2017 10 31 38)")
    assert below[-1].name == "VT, BH"


def test_addressees_without_their_label_keep_their_first_entry_whole() -> None:
    lines = region(Zone.ADDRESSEES, "- Thường trực HĐND tỉnh;", "- Các sở, ban, ngành tỉnh.")
    found = list(recipients.extract(letter(lines), load_lexicon()))
    assert [one.name for one in found] == ["Thường trực HĐND tỉnh", "Các sở, ban, ngành tỉnh"]
