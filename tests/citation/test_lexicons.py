from __future__ import annotations

import pytest

from pipeline.citation import lexicons
from pipeline.citation.grammar import match_tokens, pipeline
from pipeline.citation.lexicons import read_table, token_rules
from pipeline.errors import LexiconError


@pytest.mark.parametrize("rule", token_rules(), ids=lambda rule: rule.id)
def test_token_rule_matches_its_examples_and_no_counterexample(rule) -> None:
    def found(text: str) -> bool:
        return any(match.rule.id == rule.id for match in match_tokens(text)[0])

    assert [text for text in rule.examples if not found(text)] == []
    starts = rule.reach == "start"
    assert [text for text in rule.counterexamples if found(text) and not starts] == []


def test_token_rules_lead_to_known_relations() -> None:
    codes = {row["code"] for row in read_table("lexicons/relations.tsv")}
    assert {rule.label for rule in token_rules()} <= codes


@pytest.mark.parametrize(
    "name", ["doc_types", "agencies", "relations", "law_names", "units", "recipients"]
)
def test_every_row_has_a_source(name: str) -> None:
    assert all(row["source"] for row in read_table(f"lexicons/{name}.tsv"))


def test_law_names_are_not_repeated() -> None:
    rows = [(row["type"], row["name"].casefold()) for row in read_table("lexicons/law_names.tsv")]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("text", ["", " ", "a  b\n\nc", "12/QĐ-UBND, x.", "\t\u0301x "])
def test_tokens_give_the_text_back(text: str) -> None:
    tokenizer, _, _ = pipeline()
    assert tokenizer(text).text == text


def test_a_damaged_table_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "t.tsv").write_text("a\tb\n1\n", encoding="utf-8")
    monkeypatch.setattr(lexicons, "MODELS", tmp_path)
    with pytest.raises(LexiconError, match="line 2"):
        read_table("t.tsv")
    with pytest.raises(LexiconError, match="cannot be read"):
        read_table("missing.tsv")
