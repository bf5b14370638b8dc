"""Tone marks: context mends what the engine slips on, and leaves what it cannot know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tones import load_syllables, restore
from pipeline.vietnamese import bare


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("Công văn sô 15", "Công văn số 15"),
        ("thâm quyền quyết định", "thẩm quyền quyết định"),
        ("UỶ BAN NHÂN DÂN TỈNH", "UỶ BAN NHÂN DÂN TỈNH"),
        ("- Công TTĐT TP;", "- Cổng TTĐT TP;"),
        ("Như thành phân mời", "Như thành phần mời"),
        ("Lưu: VT, CVHT", "Lưu: VT, CVHT"),
        ("Nguyễn Thị Hồng Hạnh", "Nguyễn Thị Hồng Hạnh"),
        ("Quyết định số 05/QĐ-UBND", "Quyết định số 05/QĐ-UBND"),
        ("học kỳ Ï năm học", "học kỳ I năm học"),
        ("- BGD SYT (để b/c);", "- BGĐ SYT (để b/c);"),
        ("BGDĐT", "BGDĐT"),
        ("năm thứ ïI lớp", "năm thứ II lớp"),
        ("Như mục ÏI", "Như mục II"),
        ("Vụ Địa phương Í", "Vụ Địa phương I"),
        ("GD và các PGĐ Sở", "GĐ và các PGĐ Sở"),
        ("Các cơ sở kinh doanh được trong tỉnh", "Các cơ sở kinh doanh dược trong tỉnh"),
        ("các cơ sở kinh doanh được cấp phép", "các cơ sở kinh doanh được cấp phép"),
        ("bổ nhiệm thành phó giám đốc", "bổ nhiệm thành phó giám đốc"),
    ],
)
def test_restored(seen: str, meant: str) -> None:
    assert restore(seen) == meant


def test_what_another_model_read_decides_between_two_words_that_both_make_sense() -> None:
    text = "danh mục thuộc chữa bệnh"
    assert restore(text, {"thuộc": frozenset({"thuốc"})}) == "danh mục thuốc chữa bệnh"
    assert restore(text, {"thuộc": frozenset({"thuộc"})}) == text


@pytest.mark.parametrize(
    "text",
    [
        "khám bệnh đái tháo đường tuýp 2",  # two marks from `bệnh dại`, rabies
        "bệnh viện khu vực Giồng Riềng",  # written as names are
        "ông Vũ Văn Chát đến dự",
        "theo đề nghị của Hội thánh",
    ],
)
def test_what_both_readings_have_is_not_written_as_a_commoner_word(text: str) -> None:
    heard = {word: frozenset({word}) for word in text.split()}
    assert restore(text, heard) == text


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("UBND các huyện, thành phó", "UBND các huyện, thành phố"),
        ("xã, phường, thị trần", "xã, phường, thị trấn"),
        ("Văn phòng Tông Bí thư", "Văn phòng Tổng Bí thư"),
        ("các Phòng trong tỉnh", "các Phòng trong tỉnh"),
    ],
)
def test_a_word_that_is_never_seen_after_a_frequent_one_is_mended_though_both_models_read_it(
    seen: str, meant: str
) -> None:
    assert restore(seen, {word: frozenset({word}) for word in seen.split()}) == meant


def test_the_bar_of_an_abbreviations_letter_is_kept_though_the_second_model_lost_it() -> None:
    assert restore("GĐ Sở", {"GĐ": frozenset({"GD"})}) == "GĐ Sở"


def test_a_word_that_differs_in_one_mark_is_likelier_than_one_that_differs_in_three() -> None:
    assert restore("thông báo đừng hoạt động") == "thông báo dừng hoạt động"


@pytest.mark.parametrize(
    ("seen", "read", "meant"),
    [
        ("phục vụ chuyền đồi số", {"chuyền": {"chuyên"}, "đồi": {"đổi"}}, "phục vụ chuyển đổi số"),
        ("bản giao tài sản", {"bản": {"bản", "bàn"}}, "bàn giao tài sản"),
        ("thành phố trong tỉnh", {"tỉnh": {"tình"}}, "thành phố trong tỉnh"),
        ("bố trí kinh phí", {"bố": {"bồ"}}, "bố trí kinh phí"),
    ],
)
def test_of_two_readings_the_context_decides(
    seen: str, read: dict[str, set[str]], meant: str
) -> None:
    assert restore(seen, {word: frozenset(said) for word, said in read.items()}) == meant


@pytest.mark.parametrize(
    ("seen", "others"),
    [
        ("huyện Lục Ngạn", {}),
        ("chuyên ngành Dược lý", {"Dược": {"Dược", "Được"}}),
        ("Công văn số 12/LĐTBXH-BGD", {}),
    ],
)
def test_names_that_both_have_bars_that_one_has_and_symbols_stay(
    seen: str, others: dict[str, set[str]]
) -> None:
    heard = {word: frozenset({word}) for word in seen.split()}
    heard |= {word: frozenset(said) for word, said in others.items()}
    assert restore(seen, heard) == seen


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("công nhận tỉnh Đông Tháp hoàn thành", "công nhận tỉnh Đồng Tháp hoàn thành"),
        ("UBND TỈNH ĐÔNG THÁP", "UBND TỈNH ĐỒNG THÁP"),
        ("thành phố Hô Chí Minh", "thành phố Hồ Chí Minh"),
        ("tỉnh Khánh Hoà", "tỉnh Khánh Hoà"),  # as it was spelt before
        ("xã Đông Tháp", "xã Đông Tháp"),  # a commune may have any name
        ("tỉnh đông dân", "tỉnh đông dân"),
    ],
)
def test_a_province_has_its_own_marks_though_both_readings_have_others(
    seen: str, meant: str
) -> None:
    assert restore(seen, {word: frozenset({word}) for word in seen.split()}) == meant


def test_a_foreign_name_that_both_models_read_keeps_its_letters() -> None:
    name = "Công ty TNHH Blau Tec Việt Nam"
    assert restore(name, {word: frozenset({word}) for word in name.split()}) == name


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@settings(max_examples=200, deadline=None)
def test_letters_and_length_of_any_text_stay(text: str) -> None:
    import unicodedata

    text = unicodedata.normalize("NFC", text)
    mended = restore(text)
    assert len(mended) == len(text)
    assert bare(mended).replace("t", "f") == bare(text).replace("t", "f")


def test_every_phrase_keeps_its_letters_and_length() -> None:
    for seen, meant in load_syllables().phrases.items():
        assert bare(seen) == bare(meant)
        assert len(seen) == len(meant)
