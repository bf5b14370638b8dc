"""Issuer, type, symbol, place and subject of a letter's head, slips of the engine allowed for."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.fields import doc_type, issuer, number, place_date, subject
from pipeline.lexicon import load_lexicon
from pipeline.page import Region, Zone
from pipeline.resolve import FLOOR
from tests.factories import best, letter, line, region, slot

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("lines", "parent", "body"),
    [
        (("UBNDTỈNH BẮC GIANG", "SỞ NỘI VỤ"), "UBND TỈNH BẮC GIANG", "SỞ NỘI VỤ"),
        (
            ("LIÊN ĐOÀN LAO ĐỘNG", "THÀNH PHỐ HỒ CHÍ MINH", "CÔNG ĐOÀN GIÁO DỤC"),
            "LIÊN ĐOÀN LAO ĐỘNG THÀNH PHỐ HỒ CHÍ MINH",
            "CÔNG ĐOÀN GIÁO DỤC",
        ),
        (
            ("BỘ THÔNG TIN VÀ TRUYỀN THÔNG", "CỤC CHUYỂN ĐỔI SỐ QUỐC GIA"),
            "BỘ THÔNG TIN VÀ TRUYỀN THÔNG",
            "CỤC CHUYỂN ĐỔI SỐ QUỐC GIA",
        ),
        (("UBNDĐ TĨNH HÀ GIANG", "SỞ Y TẾ"), "UBND TỈNH HÀ GIANG", "SỞ Y TẾ"),
        (
            ("UBND TỈNH BẮC GIANG", "SỞ THÔNG TIN & TRUYỀN THÔNG"),
            "UBND TỈNH BẮC GIANG",
            "SỞ THÔNG TIN & TRUYỀN THÔNG",
        ),
        (
            ("BỘ Y TẾ", "CỤC QUẢN LÝ", "KHÁM, CHỮA BỆNH,"),
            "BỘ Y TẾ",
            "CỤC QUẢN LÝ KHÁM, CHỮA BỆNH",
        ),
        (
            ("ha BỘ Y TẾ", "CỤC QUẢN LÝ", "Y, DƯỢC CỎ TRUYỂN"),
            "BỘ Y TẾ",
            "CỤC QUẢN LÝ Y, DƯỢC CỔ TRUYỀN",
        ),
    ],
)
def test_the_issuer_and_its_parent(lines: tuple[str, ...], parent: str, body: str) -> None:
    found = best(issuer.extract(letter(region(Zone.ISSUER, *lines)), LEXICON))
    assert (found["parent_issuer"].value, found["issuer"].value) == (parent, body)


def test_a_body_that_no_list_knows_stands_under_its_committee() -> None:
    lines = region(Zone.ISSUER, "UBND TỈNH HÀ GIANG", "BAN ĐÂN TỘC")
    found = best(issuer.extract(letter(lines), LEXICON))
    assert found["parent_issuer"].value == "UBND TỈNH HÀ GIANG"
    assert found["issuer"].value == "BAN DÂN TỘC"


@pytest.mark.parametrize(
    ("text", "is_value"),
    [("TỈNH TUYÊN QUANG", False), ("TỈNH ỦY SƠN LA", True), ("HUYỆN ĐOÀN BA VÌ", True)],
)
def test_a_territory_alone_is_no_issuer(text: str, is_value: bool) -> None:
    found = best(issuer.extract(letter(region(Zone.ISSUER, text)), LEXICON), FLOOR)
    assert ("issuer" in found) is is_value


@pytest.mark.parametrize(
    ("symbol", "about", "expected"),
    [
        ("Số: 289/GM-UBND", None, "Giấy mời"),
        ("Số: 12/CT-TTHT", None, "Công văn"),
        ("Số: 12/GM-UBND", "V/v mời họp", "Công văn"),
    ],
)
def test_a_letter_with_addressees_and_no_heading(
    symbol: str, about: str | None, expected: str
) -> None:
    regions = [region(Zone.NUMBER, symbol), region(Zone.ADDRESSEES, "Kính gửi: Sở Nội vụ")]
    if about is not None:
        regions.append(region(Zone.SUBJECT, about))
    assert best(doc_type.extract(letter(*regions), LEXICON))["doc_type"].value == expected


def test_a_slash_that_ran_into_the_ink_leaves_the_symbol() -> None:
    found = best(number.extract(letter(region(Zone.NUMBER, "Số:! `“ -7TTr-SXD")), LEXICON))
    assert found["symbol"].value == "TTr-SXD"


@pytest.mark.parametrize(
    ("heading", "printed", "symbol"),
    [
        ("QUYẾT ĐỊNH", "Số: 412 /op-UB", "QĐ-UB"),
        ("QUYẾT ĐỊNH", "Số: 412 /OP-UB", "QĐ-UB"),
        ("QUYẾT ĐỊNH", "Số: 412 /QĐ-UB", "QĐ-UB"),
        ("THÔNG BÁO", "Số: 412 /KL-UB", "KL-UB"),  # another type, read in full
    ],
)
def test_a_smeared_type_is_the_headings(heading: str, printed: str, symbol: str) -> None:
    head = letter(region(Zone.NUMBER, printed), region(Zone.TITLE, heading))
    found = best(number.extract(head, LEXICON))
    assert found["symbol"].value == symbol
    assert found["document_number"].value == f"412/{symbol}"


def test_a_stamp_before_the_lead_in_is_no_part_of_the_subject() -> None:
    block = region(Zone.SUBJECT, "HỌA TOC, Và việc đề nghị bổ sung", "kinh phí")
    found = best(subject.extract(letter(block), LEXICON))
    assert found["subject"].value == "đề nghị bổ sung kinh phí"


def test_a_speck_behind_the_symbol_is_none_of_it() -> None:
    found = best(number.extract(letter(region(Zone.NUMBER, "Số: 2006/SYT-NVY _")), LEXICON))
    assert found["symbol"].value == "SYT-NVY"


@pytest.mark.parametrize(
    ("seen", "expected"), [("1979", "1979/SYT-TCCB"), ("318", "318/1979/SYT-TCCB")]
)
def test_a_number_written_by_hand_is_no_year(seen: str, expected: str) -> None:
    head = letter(region(Zone.NUMBER, "Số: /1979 SYT-TCCB"))
    page = dataclasses.replace(head.pages[0], slots=(slot("number", (seen, 0.99)),))
    found = best(number.extract(dataclasses.replace(head, pages=(page,)), LEXICON))
    assert found["document_number"].value == expected


def test_a_place_is_read_before_a_slip_in_the_day() -> None:
    line = "Kiên Giang, ngàn' 14 tháng 11 năm 2017"
    found = best(place_date.extract(letter(region(Zone.PLACE_DATE, line)), LEXICON))
    assert found["place"].value == "Kiên Giang"


@pytest.mark.parametrize("lead", ["Về việc", "ê việc", "V/v"])
def test_the_lead_in_is_no_part_of_the_subject(lead: str) -> None:
    found = best(subject.extract(letter(region(Zone.SUBJECT, f"{lead} báo cáo năm")), LEXICON))
    assert found["subject"].value == "báo cáo năm"


def test_the_stamp_of_the_body_that_got_the_letter_is_no_part_of_its_subject() -> None:
    block = region(
        Zone.SUBJECT,
        "V/v đánh giá tình hình",
        "triển khai Thông tư",
        "SỞ Y TẾ HÀ ĐÔNG",
    )
    found = best(subject.extract(letter(block), LEXICON))
    assert found["subject"].value == "đánh giá tình hình triển khai Thông tư"
    titled = region(Zone.SUBJECT, "KIỂM TRA CÔNG TÁC", "SỞ Y TẾ HÀ ĐÔNG")
    found = best(subject.extract(letter(titled), LEXICON))
    assert found["subject"].value == "KIỂM TRA CÔNG TÁC SỞ Y TẾ HÀ ĐÔNG"


def test_the_foot_of_a_line_that_was_read_twice_is_no_part_of_the_subject() -> None:
    lines = [
        line("V/v bảo đảm an toàn giao thông", top=128),
        line("dịp nghĩ hà và kỳ thị", top=142, size=2),
        line("trong dịp nghỉ hè và kỳ thi", top=143),
    ]
    found = best(subject.extract(letter(region(Zone.SUBJECT, *lines)), LEXICON))
    assert found["subject"].value == "bảo đảm an toàn giao thông trong dịp nghỉ hè và kỳ thi"


def test_a_number_that_a_signing_program_laid_over_its_blank_is_read() -> None:
    text = "Số: Số: 5880/QĐ-ĐHBK /QĐ-ĐHBK"
    found = best(number.extract(letter(region(Zone.NUMBER, text)), LEXICON))
    assert found["document_number"].value == "5880/QĐ-ĐHBK"


def test_a_dash_that_joins_the_words_of_a_name_stays() -> None:
    text = "TRƯỜNG ĐẠI HỌC KỸ THUẬT - CÔNG NGHỆ CẦN THƠ"
    assert issuer.snap(text, LEXICON)[0] == text


@pytest.mark.parametrize(
    ("printed", "symbol"),
    [
        ("Số: 27.7sYT-NVY", "SYT-NVY"),
        ("Số: 27xYT-NVY", None),
        ("Số: 4ý/KCN-LĐ", "KCN-LĐ"),  # a hand's figures before the slash may read as anything
        ("Số: 12aQĐ-UBND", "QĐ-UBND"),
    ],
)
def test_a_symbol_is_not_cut_at_a_capital_read_as_a_small_letter(
    printed: str, symbol: str | None
) -> None:
    found = best(number.extract(letter(region(Zone.NUMBER, printed)), LEXICON))
    assert (found["symbol"].value if "symbol" in found else None) == symbol


@pytest.mark.parametrize(
    ("lines", "parent", "body"),
    [
        (("BỘ", "CỤC QUẢN LÝ DƯỢC"), None, "CỤC QUẢN LÝ DƯỢC"),
        (("SỞ",), None, None),
        (("VĂN PHÒNG",), None, "VĂN PHÒNG"),
    ],
)
def test_the_stump_of_a_name_is_none(
    lines: tuple[str, ...], parent: str | None, body: str | None
) -> None:
    found = best(issuer.extract(letter(region(Zone.ISSUER, *lines)), LEXICON), FLOOR)
    values = [found[name].value if name in found else None for name in ("parent_issuer", "issuer")]
    assert values == [parent, body]


def facts(*regions: Region) -> set[str]:
    """What speaks against the subject of these regions."""
    found = best(subject.extract(letter(*regions), LEXICON))["subject"]
    return {fact for fact in found.evidence if fact.startswith("against:")}


def test_a_stamp_across_the_subject_speaks_against_it() -> None:
    about = "V/v góp ý dự thảo Thông tư"
    assert facts(region(Zone.SUBJECT, about, "SỞ Y TẾ HÀ ĐÔNG văn bằng")) == {"against:receipt"}
    assert facts(region(Zone.SUBJECT, about, "của Sở Y tế Hà Đông")) == set()
    assert facts(region(Zone.SUBJECT, about, "HĐND văn bằng")) == set()


def test_a_centred_subject_that_begins_off_the_middle_was_cut() -> None:
    def begun(text: str, middle: float) -> set[str]:
        title = region(Zone.TITLE, line("KẾ HOẠCH", middle=300, top=150))
        return facts(title, region(Zone.SUBJECT, line(text, middle=middle, top=170)))

    assert begun("dụng và phát triển công nghệ thông tin", 318) == {"against:cut"}
    assert begun("triển khai công tác văn thư năm 2022", 301) == set()
    assert begun("Triển khai công tác văn thư năm 2022", 318) == set()
    assert begun("Về việc triển khai công tác văn thư", 318) == set()
