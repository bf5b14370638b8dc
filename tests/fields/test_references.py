from __future__ import annotations

from pipeline.fields import references
from pipeline.lexicon import load_lexicon
from pipeline.page import Zone
from pipeline.record import DateValue, Reference
from pipeline.resolve import trust_references
from tests.factories import letter, region


def cited(*lines: str) -> list[Reference]:
    citing = references.read_citing_text(letter(region(Zone.BODY, *lines)))
    return list(references.extract(citing, None))


def test_a_law_keeps_its_type_in_the_title_with_and_without_a_number() -> None:
    found = cited("Căn cứ Luật Dược số 105/2016/QH13 ngày 06/4/2016; Luật Đất đai;")
    assert [(one.number, one.title) for one in found] == [
        ("105/2016/QH13", "Luật Dược"),
        (None, "Luật Đất đai"),
    ]


def test_a_number_put_right_by_its_issuer_is_never_sure() -> None:
    whole = "Căn cứ Quyết định số 17/QĐ-{} ngày 31/12/2024 của Bộ Giao thông vận tải;"
    twice = "Thực hiện Quyết định số 17/QĐ-{} ngày 31/12/2024;"
    lines = [(whole + twice).format(body, body) for body in ("BGTVT", "BGTT")]
    right, mended = (trust_references(cited(one), load_lexicon())[0] for one in lines)
    assert (right.number, right.trust) == ("17/QĐ-BGTVT", "sure")
    assert (mended.number, mended.trust) == ("17/QĐ-BGTVT", "review")
    assert "17/QĐ-BGTT " in mended.raw


def test_the_printed_date_that_contradicts_the_number_is_given_and_never_sure() -> None:
    twice = "Căn cứ Luật Dược số 105/{0}/QH13 ngày 04/6/2016; Luật Dược số 105/{0}/QH13;"
    right, odd = (
        trust_references(cited(twice.format(year)), load_lexicon())[0] for year in (2016, 2006)
    )
    assert (right.issue_date, right.trust) == (DateValue("2016-06-04", "day"), "sure")
    assert (odd.issue_date, odd.trust) == (DateValue("2016-06-04", "day"), "review")


def test_a_name_alone_vouches_for_no_number() -> None:
    (one,) = cited("Căn cứ Luật Dược số 105/2016/QH13;", "thi hành Luật Dược;")
    assert (one.number, one.mentions) == ("105/2016/QH13", 2)
    assert one.title == "Luật Dược"


def annexed(*lines: str, own: str = "7/KH-SYT") -> list[str | None]:
    citing = references.read_citing_text(
        letter(region(Zone.BODY, "Nội dung như sau."), region(Zone.ANNEX, *lines))
    )
    return [one.number for one in references.extract(citing, own)]


def test_prose_of_an_annex_cites_by_type_and_number_alone() -> None:
    prose = "Tiếp tục thực hiện tốt các nội dung của Kết luận số 01-KL/TW của Bộ Chính trị về"
    assert annexed(prose) == ["01-KL/TW"]
    # a cell, a number of no symbol, a name without its type
    assert annexed("Kết luận số 01-KL/TW", "12 đơn vị") == []
    assert annexed("tổng kết mười năm thực hiện tốt các nội dung của Đề án 1816/I tại đơn vị") == []
    assert annexed("tổng kết mười năm thực hiện tốt các nội dung tại 01-KL/TW của các đơn vị") == []
    # the line that names the letter, its figures misread
    assert (
        annexed("Danh sách các đơn vị đính kèm theo Kế hoạch số 1/KH-SYT của Sở Y tế tỉnh ta") == []
    )
