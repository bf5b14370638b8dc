"""Grades, intervals and pairing against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.scoring import Overlap, Pair, Share, grade, pair_items, reaches, similarity, wilson


@pytest.mark.parametrize(
    ("truth", "seen", "expected"),
    [
        ("Trần Công Hòa", "Trần Công Hòa", "strict"),
        ("Trần Công Hòa", "Trần Công Hòa", "strict"),  # NFD is the same text
        ("Trần Công Hòa", "TRẦN CÔNG HOÀ", "soft"),
        ("ỦY BAN NHÂN DÂN", "Uỷ ban  nhân dân.", "soft"),
        ("KT.TRƯỞNG BAN", "KT. TRƯỞNG BAN", "soft"),
        ("Trần Công Hòa", "Trần Công Hòn", "near"),
        ("Trần Công Hòa", "Trần Công", "none"),
        ("quý", "qúy", "none"),  # u belongs to q: another spelling error, not placement
    ],
)
def test_grade_of_prose(truth: str, seen: str, expected: str) -> None:
    assert expected == grade(truth, seen)


@pytest.mark.parametrize(
    ("truth", "seen", "expected"),
    [
        ("29-CT/TU", "29-CT/TU", "strict"),
        ("29-CT/TU", "29 – CT/TU", "soft"),
        ("1905/KH-BCĐ138", "1905/KH-BCÐ138", "strict"),  # eth
        ("29-CT/TU", "29/CT-TU", "none"),
        ("520/QĐ-UBND", "100/QĐ-UBND", "none"),
        ("2022-08-01", "2022-08", "none"),
        ("3176b/QĐ-SYT", "3176B/QĐ-SYT", "soft"),
        ("14/2013/QĐ-TTg", "14/2018/QĐ-TTg", "near"),
    ],
)
def test_signs_count_in_identifiers(truth: str, seen: str, expected: str) -> None:
    assert expected == grade(truth, seen, identifier=True)


def test_a_grade_has_all_wider_ones() -> None:
    assert [reaches("soft", wanted) for wanted in ("strict", "soft", "near")] == [False, True, True]
    assert not reaches("none", "near")


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # Newcombe 1998, table of worked examples for the score method without correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_examples(
    hits: int, total: int, low: float, high: float
) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_share(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval
    assert 0 <= low <= (share.value or 0) + 1e-12
    assert (share.value or 0) - 1e-12 <= high <= 1


def test_nothing_counted_is_not_a_score() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Overlap(0, 0, 0).f1 is None
    assert Overlap(truth=0, seen=3, matched=0).f1 == 0
    assert Overlap(truth=4, seen=2, matched=2).f1 == pytest.approx(2 / 3)


def test_each_item_is_used_once_and_exact_pairs_come_first() -> None:
    def rank(truth: str, seen: str) -> tuple[str, float]:
        return grade(truth, seen), similarity(truth, seen)

    pairs, missed, invented = pair_items(
        ["Sở A", "Sở A", "Công an tỉnh"], ["CÔNG AN TỈNH", "Sở A", "Văn phòng", "Sở"], rank
    )
    assert pairs == [Pair(0, 3, "none"), Pair(1, 1, "strict"), Pair(2, 0, "soft")]
    assert (missed, invented) == ([], [2])
