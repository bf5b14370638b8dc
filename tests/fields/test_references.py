from __future__ import annotations

from pipeline.fields import references
from pipeline.lexicon import load_lexicon
from pipeline.page import Zone
from pipeline.record import Reference
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
