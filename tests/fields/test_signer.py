"""Who signs: authority, position, name, and when to say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.fields import signer
from pipeline.lexicon import load_lexicon
from pipeline.page import Line, Zone
from pipeline.resolve import FLOOR
from tests.factories import MOTTO_MIDDLE, best, letter, line, region


def block(*texts: str, confidence: float = 0.95) -> list[Line]:
    """A signature block: titles in leading, then the name below the signature."""
    *titles, name = texts
    lines = [line(text, middle=MOTTO_MIDDLE, top=500 + 16 * i) for i, text in enumerate(titles)]
    below = 500 + 16 * len(titles) + 70
    return [*lines, line(name, middle=MOTTO_MIDDLE, top=below, confidence=confidence)]


def read(*texts: str, confidence: float = 0.95) -> dict[str, str | None]:
    """The best candidate of each field that is good enough for a value."""
    signed = letter(region(Zone.SIGNATURE, *block(*texts, confidence=confidence)))
    found = best(signer.extract(signed, load_lexicon()), FLOOR)
    return {field: one.value for field, one in found.items()}


def test_a_deputy_signs_for_his_head() -> None:
    assert read("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Công Hòa") == {
        "signing_authority": "KT. GIÁM ĐỐC",
        "signer_position": "PHÓ GIÁM ĐỐC",
        "signer_name": "Trần Công Hòa",
    }


def test_a_seals_strokes_before_the_heads_title_are_no_part_of_it() -> None:
    found = read("L TT GIÁM ĐÓC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn Hiền")
    assert found["signing_authority"] == "KT. GIÁM ĐỐC"


def test_a_title_whose_end_a_pen_crosses_is_known_by_its_beginning() -> None:
    assert read("HIỆU TRƯ", "Lê Quang Đức")["signer_position"] == "HIỆU TRƯỞNG"
    # `CHỦ` may be the beginning of more than one office, or of none.
    assert "signer_position" not in read("CHỦ", "Lê Quang Đức")


def test_a_name_whose_last_word_is_lost_is_no_name() -> None:
    assert "signer_name" not in read("GIÁM ĐỐC", "Nguyễn Văn")


def test_a_chairman_signs_for_his_committee() -> None:
    found = read("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn Tùng")
    assert found["signing_authority"] == "TM. ỦY BAN NHÂN DÂN"
    assert found["signer_position"] == "CHỦ TỊCH"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("TS. Lê Quang Đức", "Lê Quang Đức"),
        ("PGS.TS. Trần Thị Hồng Hạnh", "Trần Thị Hồng Hạnh"),
        ("Trung tá Ngô Văn Cường", "Ngô Văn Cường"),
    ],
)
def test_ranks_and_degrees_stay_apart(printed: str, name: str) -> None:
    assert read("HIỆU TRƯỞNG", printed)["signer_name"] == name


def test_a_head_over_a_deputys_smudged_line_is_put_back() -> None:
    found = read(">* THỦ TƯỚNG", "pHCĐỀNỦ TƯỚNG", "Trần Hồng Hà")
    assert found["signing_authority"] == "KT. THỦ TƯỚNG"
    assert found["signer_position"] == "PHÓ THỦ TƯỚNG"


def test_a_seals_scrawl_before_the_office_is_no_part_of_it() -> None:
    assert read("_!^'*QHỦ TỊCH", "Nguyễn Đình Quang")["signer_position"] == "CHỦ TỊCH"


def test_two_words_may_be_the_end_of_a_name_and_are_no_value() -> None:
    assert "signer_name" not in read("GIÁM ĐỐC", "Hoàng Oanh")


@pytest.mark.parametrize(("printed", "confidence"), [("TS. Lê Quân", 0.95), ("Lê Quân", 1.0)])
def test_two_words_are_a_name_where_nothing_can_hide_before_them(
    printed: str, confidence: float
) -> None:
    """After a degree, or in a text layer, which no seal covers."""
    assert read("GIÁM ĐỐC", printed, confidence=confidence)["signer_name"] == "Lê Quân"


@pytest.mark.parametrize("text", ["Thị Hồng Hạnh", "4 Z < TC", "ê Hoàng Oanh"])
def test_what_lost_its_family_name_is_no_name(text: str) -> None:
    assert "signer_name" not in read("GIÁM ĐỐC", text)


def test_a_heads_title_read_twice_does_not_hide_his_deputy() -> None:
    lines = [
        line("GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=500),
        line("PHÓ GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=508),
        line("GIẢM ĐỐC", middle=MOTTO_MIDDLE, top=510),
    ]
    found = best(signer.extract(letter(region(Zone.SIGNATURE, *lines)), load_lexicon()), FLOOR)
    assert found["signer_position"].value == "PHÓ GIÁM ĐỐC"
    assert found["signing_authority"].value == "KT. GIÁM ĐỐC"


def test_a_name_of_two_words_is_a_value_where_the_ink_before_it_was_searched() -> None:
    name = replace(line("Võ Kiên", middle=MOTTO_MIDDLE, top=600), whole=True)
    signed = letter(region(Zone.SIGNATURE, *block("CHỦ TỊCH", "x")[:1], name))
    found = best(signer.extract(signed, load_lexicon()), FLOOR)
    assert found["signer_name"].value == "Võ Kiên"


def test_a_name_with_a_syllable_that_was_not_read_is_no_value() -> None:
    assert "signer_name" not in read("TRƯỞNG BAN", "Hà Văn Phirrnơ", confidence=0.06)


def signed(*lines: Line) -> dict[str, str | None]:
    """The values of a block of these lines."""
    found = best(signer.extract(letter(region(Zone.SIGNATURE, *lines)), load_lexicon()), FLOOR)
    return {field: one.value for field, one in found.items()}


NAME = line("Nguyễn Minh Giang", middle=MOTTO_MIDDLE, top=600)


def test_a_heads_title_right_of_the_names_middle_lost_a_word_and_is_no_value() -> None:
    """`PHÓ` or `KT.` lies under the seal."""
    assert "signer_position" not in signed(line("GIÁM ĐỐC", middle=435, top=500), NAME)
    centred = signed(line("GIÁM ĐỐC", middle=MOTTO_MIDDLE + 9, top=500), NAME)
    assert centred["signer_position"] == "GIÁM ĐỐC"


@pytest.mark.parametrize(
    ("upper", "lower"),
    [("VTGIÁM ĐÓC", "GIẢM ĐỐC"), ("ZT GIÁM ĐỘC", "Z7 218 “ÂM ĐỘC an")],
)
def test_a_title_out_of_the_middle_and_its_remains_in_the_next_row_are_a_deputys(
    upper: str, lower: str
) -> None:
    found = signed(line(upper, middle=432, top=500), line(lower, middle=432, top=516), NAME)
    assert found["signing_authority"] == "KT. GIÁM ĐỐC"
    assert found["signer_position"] == "PHÓ GIÁM ĐỐC"


def test_what_is_left_of_the_heads_title_over_the_deputys_is_his_authority() -> None:
    deputy = line("PHÓ GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=516)
    found = signed(line("ĐÓ", middle=425, top=500, size=11), deputy, NAME)
    assert found["signing_authority"] == "KT. GIÁM ĐỐC"
    assert found["signer_position"] == "PHÓ GIÁM ĐỐC"
    assert "signing_authority" not in signed(deputy, NAME)


def test_a_deputy_chairman_may_sign_for_a_collective() -> None:
    deputy = line("PHÓ CHỦ TỊCH", middle=MOTTO_MIDDLE, top=516)
    assert "signing_authority" not in signed(line("TỊ", middle=425, top=500), deputy, NAME)


def test_the_word_of_a_seal_under_a_head_makes_him_no_deputy() -> None:
    head = line("HIỆU TRƯỞNG", middle=MOTTO_MIDDLE, top=500)
    found = signed(head, line("TRƯỜNG", middle=MOTTO_MIDDLE - 10, top=514, size=10), NAME)
    assert found["signer_position"] == "HIỆU TRƯỞNG"


def test_the_beginning_of_a_title_is_completed_where_it_then_stands_over_the_name() -> None:
    whole = line("HIỆU TRƯỞNG", middle=MOTTO_MIDDLE, top=500)
    cut = Line((whole.words[0], replace(whole.words[1], text="PM", confidence=0.27)))
    assert signed(cut, NAME)["signer_position"] == "HIỆU TRƯỞNG"
    moved = line("HIỆU", left=MOTTO_MIDDLE, top=500)
    assert "signer_position" not in signed(moved, NAME)


def test_a_scrawl_before_a_title_hides_it_not() -> None:
    words = line("cạnh CHỦ TỊCH", middle=MOTTO_MIDDLE - 15, top=500).words
    title = Line((replace(words[0], confidence=0.3), *words[1:]))
    assert signed(title, NAME)["signer_position"] == "CHỦ TỊCH"
    assert "signer_position" not in signed(title)  # `PHÓ`, for all one knows


def test_a_name_under_no_title_is_not_the_signers() -> None:
    other = line("Lê Minh Sơn", middle=MOTTO_MIDDLE - 130, top=700)
    found = signed(line("CHÁNH THANH TRA", middle=MOTTO_MIDDLE, top=500), other)
    assert "signer_name" not in found
    assert found["signer_position"] == "CHÁNH THANH TRA"


def test_the_body_that_is_signed_for_has_its_marks_mended() -> None:
    found = read("TM. HỘI ĐÔNG QUẢN LÝ QUỸ", "CHỦ TỊCH", "Nguyễn Đình Quang")
    assert found["signing_authority"] == "TM. HỘI ĐỒNG QUẢN LÝ QUỸ"


def test_letters_of_a_seal_that_are_alike_a_title_by_chance_are_none() -> None:
    seal = line("> TRUÔNG N©'", middle=MOTTO_MIDDLE, top=500, confidence=0.1)
    assert "signer_position" not in signed(seal, NAME)
    assert signed(line("TRUÔNG BAN", middle=MOTTO_MIDDLE, top=500), NAME)["signer_position"]


@pytest.mark.parametrize(("printed", "doubted"), [("T GIÁM ĐỐC", True), ("GIÁM ĐỐC", False)])
def test_capitals_before_a_heads_title_speak_against_it(printed: str, doubted: bool) -> None:
    """A hand wrote `KT.` before it, for all one knows."""
    block = region(Zone.SIGNATURE, line(printed, middle=MOTTO_MIDDLE, top=500), NAME)
    found = best(signer.extract(letter(block), load_lexicon()), FLOOR)["signer_position"]
    assert found.value == "GIÁM ĐỐC"
    assert ("against:before" in found.evidence) == doubted


def test_the_middle_of_a_name_is_that_of_its_drawing() -> None:
    """A seal's bits before a name move its middle, and the title seems to have lost a word."""
    smeared = line("Nguyễn Minh Giang", middle=MOTTO_MIDDLE - 8, top=600)
    smeared = Line(
        (
            replace(smeared.words[0], bbox=replace(smeared.words[0].bbox, left=300)),
            *smeared.words[1:],
        )
    )
    title = line("GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=500)
    assert "signer_position" not in signed(title, smeared)
    assert signed(title, smeared, replace(NAME, whole=True))["signer_position"] == "GIÁM ĐỐC"


def test_the_office_under_the_signature_is_that_of_another_body() -> None:
    found = signed(
        line("TRƯỞNG BAN", middle=MOTTO_MIDDLE, top=500),
        line("GIÁM ĐỐC SỞ Y TẾ", middle=MOTTO_MIDDLE, top=580),
        NAME,
    )
    assert found["signer_position"] == "TRƯỞNG BAN"
    assert found["signer_name"] == "Nguyễn Minh Giang"


@pytest.mark.parametrize(("name", "doubted"), [("Lê Thị Chỉnh", True), ("Lê Thị Chinh", False)])
def test_a_hook_over_an_i_may_be_its_dot(name: str, doubted: bool) -> None:
    signed_by = letter(region(Zone.SIGNATURE, *block("GIÁM ĐỐC", name)))
    found = best(signer.extract(signed_by, load_lexicon()), FLOOR)["signer_name"]
    assert found.value == name
    assert ("against:hook" in found.evidence) is doubted
