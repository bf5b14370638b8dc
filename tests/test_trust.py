from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from models import judged
from models.calibrate import as_toml, count, report, tables
from models.judged import Judged
from pipeline import agreement, fields, resolve
from pipeline.lexicon import load_lexicon
from pipeline.record import Recipient
from pipeline.trust import KINDS, confidence_of, evidence_of, may_be_sure, weaker
from tests.factories import candidate, line, page


@pytest.mark.parametrize(
    ("facts", "words", "kind"),
    [
        (("agree:second",), 0.8, "agreed"),
        (("agree:second",), 0.5, "clear"),
        (("agree:second",), 0.1, "fair"),
        (("agree:slot",), 0.1, "agreed"),
        (("lexicon:1.00",), 0.7, "agreed"),
        ((), 0.95, "clear"),
        (("differs:second",), 0.95, "fair"),
        ((), 0.8, "fair"),
        (("differs:second",), 0.3, "doubt"),
        (("agree:second", "against:cites:2030"), 0.9, "doubt"),
    ],
)
def test_kind_of_evidence(facts: tuple[str, ...], words: float, kind: str) -> None:
    assert evidence_of(candidate("issuer", "x", words=words, facts=facts), ()) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1374/UBDT-VPI35", "fair"),
        ("1O42/SYT-NVY", "fair"),
        ("1374/UBDT-VP135", "agreed"),
        ("51/2001/QH10", "agreed"),
        ("12/TTr-HĐII", "agreed"),
    ],
)
def test_a_letter_that_looks_like_a_figure_beside_figures_is_never_sure(
    value: str, kind: str
) -> None:
    assert evidence_of(candidate("references", value, facts=("agree:second",)), ()) == kind


def test_a_signer_of_unknown_surname_is_not_agreed() -> None:
    unknown = candidate("signer_name", "Giảng Seo Páo", facts=("agree:second",))
    known = candidate("signer_name", "Lê Hoàng Oanh", facts=("lexicon:surname", "agree:second"))
    assert (evidence_of(unknown, ()), evidence_of(known, ())) == ("clear", "agreed")


def test_a_close_rival_is_doubt() -> None:
    chosen, rival = candidate("subject", "x"), candidate("subject", "y", 0.8)
    assert evidence_of(chosen, [rival]) == "doubt"


def test_handwriting_is_judged_by_its_reader_not_by_the_print_beside_it() -> None:
    one = candidate("issue_date", "2017-11-10", 0.99, rule="handwriting", words=0.1)
    assert evidence_of(one, ()) == "clear"


def test_a_clerks_hand_in_the_same_word_says_nothing_of_the_symbol() -> None:
    one = candidate("symbol", "QĐ-SYT", words=0.0, facts=("agree:second",))
    assert evidence_of(one, ()) == "agreed"


def chosen(*candidates: Any) -> Any:
    return resolve.choose(candidates, fields.NAMES, (), load_lexicon())


def test_the_cited_form_is_as_good_as_its_parts() -> None:
    found = chosen(
        candidate("number", "05", 0.85, rule="handwriting"),
        candidate("document_number", "05/QĐ-SYT", 0.85, rule="handwriting", words=0.0),
        candidate("symbol", "QĐ-SYT", facts=("agree:second",)),
    )
    assert "evidence:fair" in found["document_number"].evidence
    assert weaker("agreed", "weak") == "weak"


def test_a_symbol_that_holds_the_issuers_initials_is_agreed() -> None:
    found = chosen(
        candidate("symbol", "SGDĐT-VP", words=0.5),
        candidate("issuer", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", words=0.5),
    )
    assert "agree:issuer=SGDĐT" in found["symbol"].evidence
    assert "agree:symbol=SGDĐT" in found["issuer"].evidence
    # the symbol says nothing of the province
    found = chosen(
        candidate("symbol", "QĐ-UBND"), candidate("issuer", "UBND TỈNH BẠC LIÊU", words=0.5)
    )
    assert "agree:issuer=UBND" in found["symbol"].evidence
    assert not any(fact.startswith("agree") for fact in found["issuer"].evidence)


def test_the_bar_of_a_letter_that_was_not_seen_is_taken_from_the_issuers_name() -> None:
    found = chosen(
        candidate("symbol", "TB-DHKTCN"),
        candidate("number", "430"),
        candidate("document_number", "430/TB-DHKTCN"),
        candidate("issuer", "TRƯỜNG ĐẠI HỌC KỸ THUẬT CÔNG NGHỆ CẦN THƠ"),
    )
    assert found["symbol"].value == "TB-ĐHKTCN"
    assert found["document_number"].value == "430/TB-ĐHKTCN"
    found = chosen(candidate("symbol", "HD-SXD"), candidate("issuer", "SỞ XÂY DỰNG"))
    assert found["symbol"].value == "HD-SXD"


def test_a_symbol_without_a_type_agrees_that_a_letter_has_no_heading() -> None:
    def facts(symbol: str) -> tuple[str, ...]:
        one = candidate("doc_type", "Công văn", rule="no_heading", words=None)
        return tuple(chosen(one, candidate("symbol", symbol))["doc_type"].evidence)

    assert "agree:symbol=SYT-TCCB" in facts("SYT-TCCB")
    assert not any(fact.startswith("agree") for fact in facts("QĐ-SYT"))


def test_a_symbol_that_only_one_model_read_is_fair() -> None:
    assert evidence_of(candidate("symbol", "YT-KHNV", words=0.95), ()) == "fair"


def test_a_type_printed_in_capitals_is_agreed_by_the_second_model() -> None:
    one = candidate("doc_type", "Thông báo")
    spot = line("THÔNG BÁO", 110.0, 100.0, size=8.0)
    seen = dataclasses.replace(page(spot), second=(spot,))
    assert "agree:second" in agreement.vouched(one, [seen]).evidence
    guess = dataclasses.replace(one, field="signing_authority", evidence=("inferred:deputy",))
    assert agreement.vouched(guess, [seen]) == guess


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Như trên", "agreed"),
        ("Như Điều 3", "agreed"),
        ("Sở Y tế", "agreed"),
        ("VT, KHTC", "agreed"),
        ("Các cơ sở kinh doanh được trong tỉnh", "clear"),
        ("Sở Y tê", "clear"),
    ],
)
def test_only_a_known_recipient_is_agreed(name: str, kind: str) -> None:
    one = Recipient("copy", name, None, (), name, None, 0.95, "review")
    (told,) = resolve.trust_recipients([one], lambda _: "agree:second", load_lexicon())
    assert told.evidence == kind


def values(*rows: tuple[str, str, str, int, int]) -> list[Judged]:
    """Values as (office, field, kind, right, wrong)."""
    return [
        Judged(office, field, kind, at < right)
        for office, field, kind, right, wrong in rows
        for at in range(right + wrong)
    ]


def sure(rows: Iterable[Judged]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = tables(count(rows))["sure"]
    return found


def test_sure_needs_many_right_values_and_almost_none_wrong() -> None:
    many = ("a", "place", "agreed", 300, 0)
    assert sure(values(many, ("a", "issuer", "agreed", 12, 0)))["issuer"] == ["agreed"]
    assert sure(values(many, ("a", "issuer", "agreed", 9, 0)))["issuer"] == []
    assert sure(values(many, ("a", "issuer", "agreed", 29, 1)))["issuer"] == []


def test_weaker_evidence_is_never_surer_than_stronger() -> None:
    rows = values(
        ("a", "place", "agreed", 300, 0), ("a", "place", "clear", 300, 0),
        ("a", "recipients", "agreed", 50, 2), ("a", "recipients", "clear", 300, 0),
        ("a", "issue_date", "agreed", 3, 0), ("a", "issue_date", "clear", 60, 0),
    )  # fmt: skip
    held = tables(count(rows))
    assert held["sure"]["issue_date"][:2] == ["agreed", "clear"]
    for field in ("place", "recipients", "issue_date", "subject"):
        told = [confidence_of(field, kind, held) for kind in KINDS]
        assert told == sorted(told, reverse=True)


def test_an_unmeasured_field_is_never_sure() -> None:
    held = tables(count(values(("a", "place", "agreed", 500, 0))))
    assert not any(may_be_sure("subject", kind, held) for kind in KINDS)
    assert confidence_of("subject", "doubt", {}) == 0.5


def test_calibration_file_holds_what_was_counted() -> None:
    counts = count(values(("a", "place", "agreed", 300, 0), ("b", "references", "fair", 4, 1)))
    assert tomllib.loads(as_toml(counts, "x")) == tables(counts)


def test_report_judges_an_office_by_the_others() -> None:
    rows = values(
        ("a", "place", "agreed", 200, 0), ("b", "place", "agreed", 0, 1),
        ("a", "symbol", "agreed", 200, 0),
    )  # fmt: skip
    (line_of_place,) = (one for one in report(rows).splitlines() if one.startswith("| place"))
    assert "1 of 1" in line_of_place


def test_counts_of_judged_values_are_kept_without_their_text(tmp_path: Path) -> None:
    values = [
        Judged("3f2a", "subject", "clear", True),
        Judged("3f2a", "subject", "clear", False),
        Judged("9b1c", "recipients", "agreed", True),
    ]
    judged.write(tmp_path / "judged.tsv", values)
    assert count(judged.read(tmp_path / "judged.tsv")) == count(values)
    assert {one.office for one in judged.read(tmp_path / "judged.tsv")} == {"3f2a", "9b1c"}


def test_a_long_text_that_both_read_alike_is_as_sure_as_its_least_sure_word() -> None:
    kinds = {
        words: evidence_of(candidate("subject", "x", words=words, facts=("agree:second",)), ())
        for words in (0.96, 0.9)
    }
    assert kinds == {0.96: "agreed", 0.9: "clear"}
