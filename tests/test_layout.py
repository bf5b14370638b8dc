"""Parts of a letter are told apart by their anchors and by where they stand."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import layout
from pipeline.layout.anchors import is_number_line
from pipeline.layout.column import text_column
from pipeline.page import BBox, Line, Page, Word, Zone
from tests.factories import (
    BODY,
    HEIGHT,
    ISSUER_MIDDLE,
    MOTTO_MIDDLE,
    closing,
    head,
    line,
    page,
    paragraph,
    row,
    slot,
    state_letter,
    words,
)


def texts(*pages: Page) -> dict[Zone, str]:
    """The text of each zone; regions of one zone joined by a newline."""
    found: dict[Zone, str] = {}
    for region in layout.find_regions(pages):
        found[region.zone] = "\n".join(filter(None, (found.get(region.zone), region.text)))
    return found


def test_a_letter_is_parted_into_its_cells() -> None:
    assert texts(state_letter()) == {
        Zone.ISSUER: "UBND TỈNH QUẢNG NGÃI\nSỞ NỘI VỤ",
        Zone.MOTTO: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
        Zone.NUMBER: "Số: 123/SNV-VP",
        Zone.PLACE_DATE: "Quảng Ngãi, ngày 01 tháng 8 năm 2022",
        Zone.SUBJECT: "V/v báo cáo công tác\nvăn thư, lưu trữ",
        Zone.ADDRESSEES: "Kính gửi: Ủy ban nhân dân tỉnh Quảng Ngãi.",
        Zone.BODY: "\n".join(BODY),
        Zone.RECIPIENTS: "Nơi nhận:\n- Như trên;\n- Công an tỉnh (để phối hợp);\n- Lưu: VT, HCTH.",
        Zone.SIGNATURE: "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Công Hòa",
    }


def test_regions_come_in_the_order_that_a_person_reads() -> None:
    assert [one.zone for one in layout.find_regions((state_letter(),))] == [
        Zone.ISSUER, Zone.MOTTO, Zone.NUMBER, Zone.PLACE_DATE, Zone.SUBJECT, Zone.ADDRESSEES,
        Zone.BODY, Zone.RECIPIENTS, Zone.SIGNATURE,
    ]  # fmt: skip


@pytest.mark.parametrize("gap", [9, 14, 30, 90])
def test_columns_of_the_head_never_mix_however_close_they_stand(gap: float) -> None:
    issuer = line("BỘ GIÁO DỤC VÀ ĐÀO TẠO", left=60, top=60, size=12)
    motto = line(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", left=issuer.bbox.right + gap, top=60, size=11
    )
    number = line("Số: 3316/BGDĐT-VP", left=75, top=105)
    date = line("Hà Nội, ngày 14 tháng 7 năm 2022", left=motto.bbox.left + 5, top=105)
    found = texts(page(row(issuer, motto), row(number, date), paragraph(*BODY, top=200)))
    assert found[Zone.ISSUER] == "BỘ GIÁO DỤC VÀ ĐÀO TẠO"
    assert found[Zone.MOTTO] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert found[Zone.NUMBER] == "Số: 3316/BGDĐT-VP"
    assert found[Zone.PLACE_DATE] == "Hà Nội, ngày 14 tháng 7 năm 2022"


def test_a_blank_for_the_number_does_not_part_its_line() -> None:
    found = texts(state_letter(number="Số:           /SNV-VP"))
    assert found[Zone.NUMBER] == "Số: /SNV-VP"
    assert found[Zone.PLACE_DATE].startswith("Quảng Ngãi, ngày 01")


@pytest.mark.parametrize("gap", [2, 20])
def test_a_blank_for_a_cited_number_does_not_part_its_sentence(gap: int) -> None:
    sentence = f"Căn cứ Kế hoạch số{' ' * gap}/KH-SNV ngày 02 tháng 10 năm 2017 của Sở Nội vụ"
    found = texts(page(line(sentence, top=300), paragraph(*BODY, top=330)))
    assert found[Zone.BODY].startswith(" ".join(sentence.split()))


def with_speck(text: str, sign: str, *, side: float, first: bool) -> Line:
    """A line with a sign before or after it, its box so many points wide and high."""
    printed = line(text, top=300)
    left = printed.bbox.left - 4 if first else printed.bbox.right + 4
    speck = Word(sign, BBox(left, 308, left + side, 308 + side), 0.93)
    return Line((speck, *printed.words) if first else (*printed.words, speck))


@pytest.mark.parametrize(
    ("sign", "side", "first", "kept"),
    [
        ("_", 2.2, True, False),
        (":", 1.9, True, False),
        ("*", 1.4, True, False),
        ("`", 9.0, True, False),
        ("|", 9.0, False, False),
        ("_", 1.7, False, False),
        ("ˆ", 1.0, False, False),
        ("*", 6.0, True, True),
        ("-", 2.6, True, True),
        ("+", 2.6, True, True),
        ("–", 6.0, True, True),
        (";", 2.4, False, True),
        ("./.", 6.0, False, True),
    ],
)
def test_specks_read_as_signs_at_a_lines_ends_are_left_out(
    sign: str, side: float, first: bool, kept: bool
) -> None:
    text = "Sở Nội vụ đề nghị các đơn vị quan tâm thực hiện"
    seen = page(with_speck(text, sign, side=side, first=first), paragraph(*BODY, top=330))
    wanted = f"{sign} {text}" if first else f"{text} {sign}"
    assert texts(seen)[Zone.BODY].split("\n")[0] == (wanted if kept else text)


@pytest.mark.parametrize(
    ("confidence", "seen"), [(0.71, "Nguyễn Đình Quang"), (0.95, "k Nguyễn Đình Quang")]
)
def test_a_stroke_before_a_name_is_no_letter(confidence: float, seen: str) -> None:
    name = line("k Nguyễn Đình Quang", top=300, confidence=confidence)
    assert texts(page(name, paragraph(*BODY, top=330)))[Zone.BODY].startswith(seen)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("_Căn cứ Luật", "Căn cứ Luật"),
        (".SỞ Y TẾ", "SỞ Y TẾ"),
        ("TỈNH KIÊN GIANG'_", "TỈNH KIÊN GIANG"),
        ("hộp thư vanthu_so@x.gov.vn", "hộp thư vanthu_so@x.gov.vn"),
        ("số .499/KCN-VP", "số .499/KCN-VP"),
    ],
)
def test_dirt_at_a_word_is_no_part_of_it(read: str, text: str) -> None:
    assert texts(page(line(read, top=300), paragraph(*BODY, top=330)))[Zone.BODY].startswith(text)


@pytest.mark.parametrize(
    ("read", "confidence", "kept"),
    [
        ("NHI ki bo LÁ", 0.38, False),
        ("Z2, THẢ, SN", 0.4, False),
        ("x.oÝS.2 222 4s: 4", 0.28, False),
        ("Thanh.", 0.93, True),
        ("CHỦ TỊCH", 0.4, True),
        ("Lê Hoàng Oanh", 0.35, True),
        ("vắc các Dự án điều", 0.4, True),
        ("02", 0.3, True),
        ("ntqtramsytke@email.com).", 0.48, True),
        ("- Lưu: VI, nvy", 0.4, True),
    ],
)
def test_letters_of_a_seal_or_a_signature_are_no_text(
    read: str, confidence: float, kept: bool
) -> None:
    seen = page(paragraph(*BODY, top=300), line(read, left=320, top=640, confidence=confidence))
    found = texts(seen)
    assert (read in found[Zone.BODY]) == kept
    assert (read in found.get(Zone.NOISE, "")) != kept
    whole = layout.find_regions((seen,), with_garbled=True)
    assert any(read in region.text for region in whole if region.zone is Zone.BODY)


def test_a_head_written_by_hand_is_read_however_poorly() -> None:
    number = line("Số:?/0l/Z-NY", left=75, top=105, confidence=0.1)
    found = texts(page(head(), number, paragraph(*BODY, top=200)))
    assert Zone.NOISE not in found


def test_party_papers_have_the_partys_name_for_motto() -> None:
    found = texts(
        page(
            row(
                line("TỈNH ỦY LÀO CAI", middle=ISSUER_MIDDLE, top=60),
                line("ĐẢNG CỘNG SẢN VIỆT NAM", middle=MOTTO_MIDDLE, top=60),
            ),
            line("*", middle=ISSUER_MIDDLE, top=78),
            row(
                line("Số 29-CT/TU", middle=ISSUER_MIDDLE, top=95),
                line("Lào Cai, ngày 15 tháng 9 năm 2021", middle=MOTTO_MIDDLE, top=95),
            ),
            line("CHỈ THỊ", middle=297, top=140, size=15),
            line("CỦA BAN THƯỜNG VỤ TỈNH ỦY", middle=297, top=160),
            line("về tăng cường công tác văn thư, lưu trữ", middle=297, top=176),
            paragraph(*BODY, top=220),
            line("Nơi nhận:", top=500, size=12),
        )
    )
    assert found[Zone.ISSUER] == "TỈNH ỦY LÀO CAI"
    assert found[Zone.MOTTO] == "ĐẢNG CỘNG SẢN VIỆT NAM"
    assert found[Zone.NUMBER] == "Số 29-CT/TU"
    assert found[Zone.PLACE_DATE] == "Lào Cai, ngày 15 tháng 9 năm 2021"
    assert found[Zone.TITLE] == "CHỈ THỊ"
    assert found[Zone.SUBJECT].endswith("về tăng cường công tác văn thư, lưu trữ")


def test_a_joint_head_keeps_all_its_issuers() -> None:
    lines = head("Số: 1926/HDLS-SNV-STC", issuer=("UBND TỈNH NGHỆ AN", "SỞ NỘI VỤ", "SỞ TÀI CHÍNH"))
    found = texts(page(lines, paragraph(*BODY, top=200)))
    assert found[Zone.ISSUER] == "UBND TỈNH NGHỆ AN\nSỞ NỘI VỤ\nSỞ TÀI CHÍNH"
    assert found[Zone.NUMBER] == "Số: 1926/HDLS-SNV-STC"


@pytest.mark.parametrize("lead", ["V/v", "_V/v", "Về việc", "Vv:"])
def test_the_block_of_the_subject_ends_before_the_addressees(lead: str) -> None:
    found = texts(
        page(
            head(),
            line(f"{lead} cử cán bộ dự", middle=ISSUER_MIDDLE, top=121, size=12),
            line("lớp bồi dưỡng nghiệp vụ", middle=ISSUER_MIDDLE, top=135, size=12),
            line("lưu trữ năm 2022", middle=ISSUER_MIDDLE, top=149, size=12),
            line("Kính gửi: Các phòng, ban thuộc Sở.", left=120, top=168),
            paragraph(*BODY, top=215),
        )
    )
    assert found[Zone.SUBJECT] == f"{lead} cử cán bộ dự\nlớp bồi dưỡng nghiệp vụ\nlưu trữ năm 2022"
    assert found[Zone.ADDRESSEES] == "Kính gửi: Các phòng, ban thuộc Sở."


def test_the_subject_below_a_heading_ends_where_the_legal_grounds_begin() -> None:
    found = texts(
        page(
            head("Số: 826/QĐ-UBND"),
            line("QUYẾT ĐỊNH", middle=297, top=140, size=15),
            line("Về việc ban hành Quy chế công tác văn thư", middle=297, top=162),
            line("GIÁM ĐỐC SỞ NỘI VỤ", middle=297, top=190),
            paragraph("Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;", top=215),
        )
    )
    assert found[Zone.TITLE] == "QUYẾT ĐỊNH"
    assert found[Zone.SUBJECT] == "Về việc ban hành Quy chế công tác văn thư"
    assert found[Zone.BODY].startswith("GIÁM ĐỐC SỞ NỘI VỤ\nCăn cứ Luật")


def test_an_urgency_stamp_between_the_addressees_ends_no_list() -> None:
    found = texts(
        page(
            head(),
            line("Kính gửi:", left=150, top=180),
            line("- Các sở, ban, ngành thuộc tỉnh;", left=215, top=198),
            line("HỎA TỐC", left=60, top=207, size=14),
            line("- Ủy ban nhân dân các huyện, thành phố;", left=215, top=216),
            line("- Trung tâm Lưu trữ lịch sử tỉnh.", left=215, top=234),
            paragraph(*BODY, top=270),
        )
    )
    assert found[Zone.ADDRESSEES].split("\n") == [
        "Kính gửi:",
        "- Các sở, ban, ngành thuộc tỉnh;",
        "- Ủy ban nhân dân các huyện, thành phố;",
        "- Trung tâm Lưu trữ lịch sử tỉnh.",
    ]
    assert "HỎA TỐC" in found[Zone.BODY]


@pytest.mark.parametrize("speck", ["+ ", "_ "])
def test_a_speck_before_the_body_makes_it_no_addressee(speck: str) -> None:
    body = f"{speck}Thực hiện Công văn số 1054/MT-YT ngày 04 tháng 10 năm 2017"
    found = texts(
        page(
            head(),
            line("Kính gửi:", left=143, top=180),
            line("- Thủ trưởng các cơ sở y tế;", left=203, top=198),
            line("|", left=7, top=214),
            line("- Trường Cao đẳng y tế.", left=203, top=216),
            line(body, left=120, top=238),
        )
    )
    assert found[Zone.ADDRESSEES].endswith("- Thủ trưởng các cơ sở y tế;\n- Trường Cao đẳng y tế.")
    assert body.removeprefix("_ ") in found[Zone.BODY]


def test_a_note_beside_the_subject_is_parted_where_its_lines_begin() -> None:
    note = ISSUER_MIDDLE + 110
    found = texts(
        page(
            head(),
            row(
                line("V/v bảo đảm an toàn giao thông", left=note - 162, top=121, size=11),
                line("1. Gửi văn bản đến các đơn vị", left=note, top=121, size=9),
            ),
            line("trong dịp nghỉ hè", middle=ISSUER_MIDDLE, top=134, size=11),
            line("2. Phòng phổ biến đến toàn thể", left=note, top=146, size=9),
            line("3. Báo cáo Sở theo quy định", left=note, top=158, size=9),
            line("Kính gửi: Các phòng, ban thuộc Sở.", left=120, top=178),
            paragraph(*BODY, top=215),
        )
    )
    assert found[Zone.SUBJECT] == "V/v bảo đảm an toàn giao thông\ntrong dịp nghỉ hè"


def test_half_a_line_beside_a_stamp_is_no_line_of_the_subject() -> None:
    found = texts(
        page(
            head("Số: 1360/QĐ-TTg"),
            line("QUYẾT ĐỊNH", middle=297, top=140, size=15),
            line("nhận tỉnh", middle=297, top=164, size=6),
            line("Về việc công nhận tỉnh đạt chuẩn", middle=297, top=166, size=12),
            paragraph("Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;", top=215),
        )
    )
    assert found[Zone.SUBJECT] == "Về việc công nhận tỉnh đạt chuẩn"


def test_a_blank_for_the_day_does_not_part_the_date() -> None:
    found = texts(
        page(head(date="Tây Ninh, ngày          tháng 02 năm 2025"), paragraph(*BODY, top=200))
    )
    assert found[Zone.PLACE_DATE] == "Tây Ninh, ngày tháng 02 năm 2025"


def test_the_rules_of_a_contest_have_a_heading_like_all_others() -> None:
    found = texts(
        page(
            head("Số: 01/ĐL-BTC"),
            line("ĐIỀU LỆ", middle=297, top=140, size=15),
            line("Giải bóng đá mini", middle=297, top=162),
            paragraph(*BODY, top=215),
        )
    )
    assert (found[Zone.TITLE], found[Zone.SUBJECT]) == ("ĐIỀU LỆ", "Giải bóng đá mini")


def test_without_a_motto_only_anchors_are_believed() -> None:
    found = texts(
        page(
            line("Số: 45/SNV-VP", top=80),
            line("Quảng Ngãi, ngày 01 tháng 8 năm 2022", left=300, top=80),
            line("Kính gửi: Ủy ban nhân dân tỉnh.", left=190, top=150),
            paragraph(*BODY, top=215),
        )
    )
    assert found[Zone.NUMBER] == "Số: 45/SNV-VP"
    assert found[Zone.PLACE_DATE] == "Quảng Ngãi, ngày 01 tháng 8 năm 2022"
    assert found[Zone.ADDRESSEES] == "Kính gửi: Ủy ban nhân dân tỉnh."
    assert Zone.ISSUER not in found


def test_columns_of_the_closing_come_apart_on_a_later_page() -> None:
    second = page(
        line("2", middle=297, top=40), paragraph(*BODY, top=80), closing(top=200), number=2
    )
    regions = layout.find_regions((page(head(), paragraph(*BODY, top=215)), second))
    found = {one.zone: one.text for one in regions if one.page == 2}
    assert found[Zone.PAGE_NUMBER] == "2"
    assert found[Zone.BODY] == "\n".join(BODY)
    assert found[Zone.RECIPIENTS].split("\n")[-1] == "- Lưu: VT, HCTH."
    assert found[Zone.SIGNATURE] == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Công Hòa"


def test_recipients_without_their_heading_are_known_by_the_file_copy() -> None:
    without = page(head(), paragraph(*BODY, top=215), closing()[1:])
    assert texts(without)[Zone.RECIPIENTS].startswith("- Như trên;")


def test_recipients_between_a_smeared_heading_and_file_copy_are_known_by_their_first_entry() -> (
    None
):
    smeared = {"Nơi nhận:": "Nưi.Hhận:", "- Lưu: VT, HCTH.": "- L : ŸT, HCTH."}
    lines = [
        line(smeared[one.text], one.bbox.left, one.bbox.top, size=11)
        if one.text in smeared
        else one
        for one in closing()
    ]
    found = texts(page(head(), paragraph(*BODY, top=215), lines))
    assert found[Zone.SIGNATURE] == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Công Hòa"
    # What the body says as if by the way opens no list.
    told = paragraph(*BODY, "Như trên đã nói, các đơn vị thực hiện;", top=215)
    assert Zone.RECIPIENTS not in texts(page(head(), told))


@pytest.mark.parametrize(("top", "kept"), [(40, True), (HEIGHT - 30, True), (400, False)])
def test_a_number_alone_is_a_page_number_only_at_the_edge(top: float, kept: bool) -> None:
    second = page(line("- 2 -", middle=297, top=top), paragraph(*BODY, top=120), number=2)
    zones = {one.zone for one in layout.find_regions((page(head()), second)) if one.page == 2}
    assert (Zone.PAGE_NUMBER in zones) is kept


def test_pages_after_the_closing_are_annexes() -> None:
    annex = page(
        line("PHỤ LỤC", middle=297, top=60),
        line("DANH SÁCH ĐƠN VỊ", middle=297, top=80),
        number=2,
    )
    regions = layout.find_regions((state_letter(), annex))
    assert {one.zone for one in regions if one.page == 2} == {Zone.ANNEX}


def test_a_file_of_two_letters_is_parted_before_the_second_head() -> None:
    more = page(paragraph(*BODY, top=80), closing(top=200), number=2)
    letters = layout.split_letters((state_letter(), more, state_letter(page_number=3)))
    assert [[one.number for one in letter] for letter in letters] == [[1, 2], [3]]


def test_a_form_with_a_motto_opens_no_letter() -> None:
    form = page(
        head(),
        line("PHIẾU ĐĂNG KÝ DỰ LỚP BỒI DƯỠNG", middle=297, top=150),
        number=2,
    )
    annex = page(line("PHỤ LỤC 1", middle=297, top=40), head(), number=3)
    report = page(
        head(),
        line("(Kèm theo Công văn số 123/SNV-VP ngày 01/8/2022)", middle=297, top=150),
        number=4,
    )
    letters = layout.split_letters((state_letter(), form, annex, report))
    assert [len(one) for one in letters] == [4]


@pytest.mark.parametrize(
    ("readings", "letters"), [([("48", 0.99)], 2), ([("48", 0.6)], 1), ([], 1)]
)
def test_a_number_by_hand_opens_a_letter_where_its_symbol_is_written_over(
    readings: list[tuple[str, float]], letters: int
) -> None:
    circular = page(head(number="Số:"), number=2, slots=[slot("number", *readings)])
    assert len(layout.split_letters((state_letter(), circular))) == letters


def test_a_number_line_in_small_letters_is_one() -> None:
    (first, *_) = layout.find_regions((page(head(number="só:4 }CÊ /Qb-SYT")),))
    zones = {one.zone: one for one in layout.find_regions((page(head(number="só:4 /Qb-SYT")),))}
    assert first.zone is Zone.ISSUER
    assert "Qb-SYT" in zones[Zone.NUMBER].text
    zones = {one.zone: one for one in layout.find_regions((page(head(number="sø:Z 2SYT-NVY")),))}
    assert "2SYT-NVY" in zones[Zone.NUMBER].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
        ("CỘNG HOÀ XÃ HÔI CHỦ NGHĨA VIÊT NAM", True),
        ("Độc lập - Tự do - Hạnh phúc", True),
        ("CỘNG HOÀ XÃ HỘI CHỦ", True),
        ("ĐẢNG CỘNG SẢN VIỆT NAM", True),
        ("VIỆT NAM", False),
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", False),
    ],
)
def test_mottos_are_known_through_slips(text: str, expected: bool) -> None:
    assert layout.is_motto(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số: 15/QĐ-SNV", True),
        ("Số 29-CT/TU", True),
        ("Sô: /SNV-VP", True),
        ("Kính gửi: Sở Nội vụ", False),
        ("Quảng Ngãi, ngày 01 tháng 8 năm 2022", False),
    ],
)
def test_number_lines_have_a_label_or_a_symbol(text: str, expected: bool) -> None:
    assert layout.is_number_line(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hà Nội, ngày 05 tháng 3 năm 2020", True),
        ("Hà Nội, ngày      tháng     năm 2020", True),
        ("Hà Nội, ngay 05 thang 3 nam 2020", True),
        ("Độc lập - Tự do - Hạnh phúc", False),
        ("năm 2020 và những năm sau", False),
    ],
)
def test_place_date_lines_have_two_of_three_words(text: str, expected: bool) -> None:
    assert layout.is_place_date(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Nơi nhận:", True), ("Noi nhân:", True), ("Nơi nhận hồ sơ là bộ phận một cửa", False)],
)
def test_the_heading_of_the_recipients(text: str, expected: bool) -> None:
    assert layout.is_copies_to(text) is expected


def test_bands_frame_what_is_read_once_more() -> None:
    whole = state_letter()
    tail, name, top = layout.tail_band(whole), layout.name_band(whole), layout.header_box(whole)
    assert tail is not None and name is not None and top is not None
    assert (tail.left, tail.right) == (0, whole.width)
    assert tail.top < 500 and tail.bottom > 544
    assert name.top < 610 < name.bottom and name.left < MOTTO_MIDDLE < name.right
    assert 105 < top.bottom < 180
    unended = page(head(), paragraph(*BODY, top=200), line("Nơi nhận:", top=500, size=11))
    below = layout.tail_band(unended)
    assert below is not None and below.bottom > 600
    further = [*closing(500), line("Bản điện tử:", top=570, size=11)]
    below = layout.tail_band(page(head(), paragraph(*BODY, top=200), further))
    assert below is not None and below.bottom > 640
    bare = page(paragraph(*BODY, top=100))
    assert (layout.tail_band(bare), layout.name_band(bare), layout.header_box(bare)) == (None,) * 3


pieces = st.sampled_from(
    (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 12/SNV-VP", "ngày 1 tháng 2 năm 2020",
        "V/v họp", "Kính gửi: Sở Y tế", "Nơi nhận:", "- Lưu: VT.", "GIÁM ĐỐC", "QUYẾT ĐỊNH", "2",
        "PHỤ LỤC", "Căn cứ Luật Lưu trữ;", "HỎA TỐC", "của", "|", "UBND TỈNH",
    )
)  # fmt: skip
scattered = st.lists(
    st.builds(
        line,
        pieces,
        left=st.floats(20, 400),
        top=st.floats(20, 800),
        size=st.floats(6, 30),
        confidence=st.floats(0, 1),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(scattered, min_size=1, max_size=3))
def test_no_word_is_invented_or_stands_in_two_regions(lines: list[list[Line]]) -> None:
    pages = [page(part, number=index) for index, part in enumerate(lines, 1)]
    regions = layout.find_regions(pages)
    seen = [(one.page, id(word)) for one in regions for part in one.lines for word in part.words]
    given_words = {(one.number, id(word)) for one in pages for word in one.words}
    assert len(seen) == len(set(seen))
    assert set(seen) <= given_words
    assert sum(len(one) for one in layout.split_letters(pages)) == len(pages)


def test_one_wide_word_below_the_head_stands_where_it_stands() -> None:
    smear = "x" * 60  # what an engine makes of a streak across both columns
    (found,) = layout.find_regions((page(head(), line(smear, left=80, top=125)),))[-1:]
    assert smear in found.text


@pytest.mark.parametrize(
    "pieces",
    [
        (("Huế, ngày", 310), ("23 tháng", 400), ("3 năm 2022", 470)),
        (("Huế,", 310), ("ngày 23 tháng 3", 360), ("năm 2022", 470)),
        (("Huế, ngày 23 tháng 3 năm 2022", 310),),
    ],
)
def test_a_date_put_in_piece_by_piece_is_one_line(pieces: tuple[tuple[str, float], ...]) -> None:
    number, *rest = (one for one in reversed(head()) if one)
    opening = [*rest, Line(number.words[:2])]
    top = number.bbox.top
    found = texts(page(opening, *(line(text, left=left, top=top) for text, left in pieces)))
    assert found[Zone.PLACE_DATE] == "Huế, ngày 23 tháng 3 năm 2022"


def test_a_signature_without_a_list_of_recipients_is_known_by_office_and_name() -> None:
    found = texts(
        page(
            head(),
            paragraph(*BODY, top=200),
            line("KT. BỘ TRƯỞNG", middle=420, top=300),
            line("THỨ TRƯỞNG", middle=420, top=316),
            line("Trần Văn Phương", middle=420, top=390),
            line("Người lập biểu", middle=150, top=300),
        )
    )
    assert found[Zone.SIGNATURE].split("\n") == ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", "Trần Văn Phương"]
    assert "Người lập biểu" in found[Zone.BODY]


@pytest.mark.parametrize(
    ("office", "below"),
    [
        ("BỘ TRƯỞNG BỘ XÂY DỰNG", "Căn cứ Luật Xây dựng;"),  # who decides, not who signs
        ("GIÁM ĐỐC", "KẾ TOÁN TRƯỞNG"),
        ("DANH SÁCH", "Trần Văn Phương"),
    ],
)
def test_capitals_in_the_right_half_alone_are_no_signature(office: str, below: str) -> None:
    signed = (line(office, middle=420, top=300), line(below, middle=420, top=330))
    assert Zone.SIGNATURE not in texts(page(head(), paragraph(*BODY, top=200), *signed))


def test_a_stamp_at_the_margin_does_not_end_the_addressees() -> None:
    found = texts(
        page(
            head(),
            line("Kính gửi:", left=190, top=180),
            line("phe lá", left=40, top=196, confidence=0.4),
            line("371", left=60, top=206, confidence=0.7),
            line("ĐẾN Ngày:", left=20, top=207, confidence=0.9),
            line("- Các Sở, cơ quan thuộc tỉnh;", left=235, top=198),
            line("- Ủy ban nhân dân các huyện.", left=235, top=215),
            paragraph(*BODY, top=250),
        )
    )
    assert "Các Sở" in found[Zone.ADDRESSEES]
    assert "các huyện" in found[Zone.ADDRESSEES]


#: Lines of print at whose left the receiver's stamp stands, `Lưu hồ sơ số` among its rows.
GROUNDS = (
    "Căn cứ Nghị định số 12/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về quản lý",
    "nhà nước đối với công tác văn thư và lưu trữ của các cơ quan, đơn vị thuộc;",
    "tỉnh và hướng dẫn của Bộ Nội vụ về việc tổ chức thực hiện Nghị định này thì",
    "các sở, ngành và Ủy ban nhân dân các huyện báo cáo kết quả trước ngày 10",
    "tháng 12 năm 2022.",
)


def stamped(row_of_stamp: str, text: str, *, top: float, confidence: float = 0.5) -> Line:
    """A row of print with a stamp's row before it, as the engine reads both."""
    return row(
        line(row_of_stamp, left=12, top=top, confidence=confidence),
        line(text, left=120, top=top),
    )


def test_the_rows_of_a_receivers_stamp_are_parted_from_the_print_beside_them() -> None:
    found = texts(
        page(
            head(),
            stamped("Ngày 2.h. 9hua", "Kính gửi: Ủy ban nhân dân tỉnh Hà Nam.", top=180),
            line("Chuyển: Văn thư", left=12, top=194, confidence=0.4),
            stamped("Lưu hồ sơ số:....", GROUNDS[0], top=215),
            paragraph(*GROUNDS[1:], top=233),
        )
    )
    assert found[Zone.ADDRESSEES] == "Kính gửi: Ủy ban nhân dân tỉnh Hà Nam."
    assert found[Zone.BODY] == "\n".join(GROUNDS)
    assert "Lưu hồ sơ" in found[Zone.NOISE]


def test_a_word_that_a_stamp_and_the_print_share_is_parted_at_its_capital() -> None:
    def glued(text: str) -> Line:
        words_of = line(text.partition(" ")[2], left=125, top=200).words
        return Line((Word(text.partition(" ")[0], BBox(4, 200, 121, 213), 0.4), *words_of))

    for text, kept in (
        ("huyểnThực hiện Kế hoạch của tỉnh về việc tổ chức các hội thi", "Thực hiện Kế hoạch"),
        ("số:nh.Thực hiện Kế hoạch của tỉnh về việc tổ chức các hội thi", "Thực hiện Kế hoạch"),
    ):
        stamp = line("Lưu hồ sơ số: 12", left=4, top=228, confidence=0.4)
        found = texts(page(head(), glued(text), stamp, paragraph(*GROUNDS, top=218)))
        assert any(one.startswith(kept) for one in found[Zone.BODY].splitlines())


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        # No stamp on the page: a line set out to the left is one line.
        ("Phần", "I. Kết quả thực hiện nhiệm vụ công tác văn thư của sáu tháng đầu năm"),
        # Read surely and close by: the line's own words, whatever stands below.
        ("Chuyển số", "liệu về văn thư, lưu trữ của sáu tháng đầu năm cho Sở Nội vụ"),
    ],
)
def test_a_line_set_out_to_the_left_is_not_parted(beside: str, text: str) -> None:
    width = line(beside, left=0).bbox.width
    outside = row(line(beside, left=115 - width, top=200), line(text, left=119, top=200))
    outside = Line(tuple(word for word in outside.words))
    assert outside.bbox.left < 65 or beside == "Phần"
    found = texts(page(head(), outside, paragraph(*GROUNDS, top=218)))
    assert f"{beside} {text}" in found[Zone.BODY].splitlines()


def test_addressees_without_a_stamp_known_are_found_behind_rubbish() -> None:
    lines = row(
        line("e9 ha", left=90, top=180, confidence=0.3),
        line("Kính gửi: Sở Nội vụ.", left=190, top=180),
    )
    found = texts(page(head(), lines, paragraph(*BODY, top=215)))
    assert found[Zone.ADDRESSEES] == "Kính gửi: Sở Nội vụ."


LISTED = ("- Thường trực HĐND tỉnh;", "- Các sở, ban, ngành tỉnh;", "- UBND các huyện.")


@pytest.mark.parametrize(
    ("left", "count", "found"),
    [(215.0, 3, True), (215.0, 1, False), (125.0, 3, False)],
)
def test_a_list_set_in_deep_above_the_body_is_the_addressees(
    left: float, count: int, found: bool
) -> None:
    """Its `Kính gửi:` was lost under a stamp, but for a letter; a body's list is set in less."""
    listed = [line(text, left=left, top=170 + 17 * i) for i, text in enumerate(LISTED[:count])]
    listed[0] = row(line("B", left=left - 70, top=170), listed[0])
    zones = texts(page(head(), *listed, paragraph(*GROUNDS, top=240)))
    assert (Zone.ADDRESSEES in zones) is found
    if found:
        assert zones[Zone.ADDRESSEES].splitlines() == list(LISTED)


@pytest.mark.parametrize(
    ("text", "left", "size", "confidence", "kept"),
    [
        ("4", 20, 2, 0.95, False),
        ("cà", 7, 13, 0.5, False),
        ("ụ", 575, 13, 0.6, False),
        ("1.", 60, 13, 0.7, True),  # a list's number
        ("a)", 60, 13, 0.95, True),
        ("b", 100, 13, 0.6, True),  # within the text's column
        ("ghi chú", 20, 13, 0.7, True),
    ],
)
def test_scraps_of_the_margin_part_no_sentence(
    text: str, left: float, size: float, confidence: float, kept: bool
) -> None:
    scrap = line(text, left=left, top=226, size=size, confidence=confidence)
    found = texts(page(head(), paragraph(*GROUNDS, top=200), scrap))
    assert (text in found[Zone.BODY].splitlines()) is kept


def test_a_list_that_a_sentence_introduces_is_of_the_body() -> None:
    listed = [line(text, left=215, top=187 + 17 * i) for i, text in enumerate(LISTED)]
    led = line("Trân trọng kính mời các đồng chí:", left=120, top=170)
    assert Zone.ADDRESSEES not in texts(page(head(), led, *listed, paragraph(*GROUNDS, top=250)))


def test_a_table_on_its_side_has_no_margin() -> None:
    flat = page(head(), paragraph(*GROUNDS, top=200), line("cà", left=7, top=226, confidence=0.6))
    assert text_column(flat.lines, flat) is not None
    assert text_column(flat.lines, dataclasses.replace(flat, width=900.0)) is None


@pytest.mark.parametrize(
    ("text", "may_be"),
    [("Số và ve.", False), ("Số:", True), ("Số /SYT-NVY", True), ("Số 29-CT/TU", True)],
)
def test_what_a_hand_wrote_into_a_stamp_is_no_number_line(text: str, may_be: bool) -> None:
    assert is_number_line(text) is may_be


def test_wide_blanks_stay_wide_in_the_factory() -> None:
    left, right = words("Số:          /SNV-VP", size=10)
    assert right.bbox.left - left.bbox.right == pytest.approx(50.0)
