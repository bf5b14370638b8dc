"""How far a value can be trusted: measured shares of right values, by evidence.

Values are sorted into a few kinds of evidence that a person can understand; for each
field and kind `models/calibration.toml` holds how many such values of the truth sets
were right (made by `models/calibrate.py`). The confidence of a value is that share,
drawn toward the share over all single values, or over all list items, where a field has
few examples. This module knows nothing of how candidates are found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pipeline.record import Candidate, Trust

Evidence = Literal["agreed", "clear", "fair", "weak", "doubt"]
#: The kinds of evidence, strongest first.
KINDS: tuple[Evidence, ...] = ("agreed", "clear", "fair", "weak", "doubt")

#: Strength of the pull toward the share over all fields, in examples.
PRIOR_EXAMPLES = 4.0
#: `sure` is a value of which at most this share is expected to be wrong.
SURE_WRONG = 0.005
#: So many values of its own must have been judged before a field's kind may be `sure`.
MIN_COUNT = 10

#: Confidence of the ink from which it is clear, fair, weak; below the last it is doubt.
_PRINT = (0.9, 0.75, 0.0)
_HAND = (0.9, 0.8, 0.5)
#: What both readings have alike is agreed from this word confidence on, clear from the other.
_ALIKE = (0.75, 0.4)
#: The same in long texts, which are as sure as their least sure word: marks of it are read wrong by
#: both (`quyền` for `quyển`).
_ALIKE_IN_TEXT = {"subject": 0.95}
#: A word with these may hold a clerk's hand too, which says nothing of the print.
_INKED = frozenset({"symbol"})
#: What both readings have alike in these is agreed only beside a fact: marks of rare names
#: are read wrong by both (`Giảng` for `Giàng`).
_NEEDS = {"signer_name": "lexicon:surname"}
_NAMES = frozenset({"lexicon:1.00", "lexicon:places", "lexicon:titles"})


#: In numbers of documents: letters that any reader takes for the figures beside them.
_NUMBERS = frozenset({"references", "document_number", "number", "symbol"})
_ALIKE_FIGURES = re.compile(r"[IOlo](?=\d)|(?<=\d)[IOlo](?![\w])")


def evidence_of(chosen: Candidate, others: Sequence[Candidate]) -> Evidence:
    """The kind of evidence behind a chosen value.

    `doubt`: another reading with nearly the same score says otherwise, or a fact
    contradicts it. `agreed`: an independent source says the same (the other reading in clear
    print, the reader of handwriting, another field, another mention), or every word is a
    known name. `clear`, `fair`, `weak`: by the lowest word confidence of its span, or the
    probability that the reader of handwriting gives; one step down where the other reading
    read something else, one step up where it read the same in poor print.
    """
    if chosen.field in _NUMBERS and _ALIKE_FIGURES.search(chosen.value or ""):
        return weaker(_evidence(chosen, others), "fair")  # `VPI35`, whoever reads it so
    return _evidence(chosen, others)


def _evidence(chosen: Candidate, others: Sequence[Candidate]) -> Evidence:
    rivals = [
        other
        for other in others
        if other.value != chosen.value and other.score > 0.6 * chosen.score
    ]
    facts = frozenset(chosen.evidence)
    if rivals or any(fact.startswith("against:") for fact in facts):
        return "doubt"
    if any(fact.startswith("agree:") and fact != "agree:second" for fact in facts):
        return "agreed"
    by_hand = chosen.rule == "handwriting"
    ink = chosen.score if by_hand else chosen.word_confidence
    if chosen.field in _INKED and not by_hand:
        ink = None
    if facts & _NAMES and (ink is None or ink >= 0.6):
        return "agreed"
    if "agree:second" in facts:
        alone = chosen.field in _NEEDS and _NEEDS[chosen.field] not in facts
        least = _ALIKE_IN_TEXT.get(chosen.field, _ALIKE[0])
        if (ink is None or ink >= least) and not alone:
            return "agreed"
        return "clear" if ink is None or ink >= _ALIKE[1] else "fair"
    if chosen.field in _INKED and ink is None:
        kind: Evidence = "fair"  # nothing speaks for the print
    elif ink is None:
        kind = "clear" if chosen.score >= 0.9 else "fair"
    else:
        steps = _HAND if by_hand else _PRINT
        kind = next(
            (kind for kind, low in zip(KINDS[1:4], steps, strict=True) if ink >= low), "doubt"
        )
    return _one_down(kind) if "differs:second" in facts else kind


def weaker(one: Evidence, other: Evidence) -> Evidence:
    """The weaker of two kinds: what a value made of two parts has."""
    return max(one, other, key=KINDS.index)


def _one_down(kind: Evidence) -> Evidence:
    return KINDS[min(KINDS.index(kind) + 1, len(KINDS) - 1)]


def confidence_of(field: str, evidence: Evidence, calibration: Mapping[str, Any]) -> float:
    """Expected share right of such values, 0..1, from the counts of the truth sets."""
    return round(_measured(field, evidence, calibration)[0], 4)


def may_be_sure(field: str, evidence: Evidence, calibration: Mapping[str, Any]) -> bool:
    """Whether such values are expected to be wrong at most once in 200, by enough of them."""
    share, count = _measured(field, evidence, calibration)
    return count >= MIN_COUNT and share >= 1.0 - SURE_WRONG


def _measured(
    field: str, evidence: Evidence, calibration: Mapping[str, Any]
) -> tuple[float, float]:
    """Expected share right, and by how many values of the field.

    Stronger evidence is never less right than weaker: kinds whose counts say otherwise are
    counted together (isotonic regression by its min-max formula, Robertson, Wright and
    Dykstra 1988). So a kind with few values has what the next weaker kind has earned.
    """
    pool = "items" if field in calibration.get("items", ()) else "single"
    every = calibration.get("pooled", {}).get(pool, {})
    own = calibration.get("field", {}).get(field, {})
    at = KINDS.index(evidence)
    return min(
        max(_shrunk(own, every, KINDS[first : last + 1]) for last in range(at, len(KINDS)))
        for first in range(at + 1)
    )


def _shrunk(
    own: Mapping[str, Any], every: Mapping[str, Any], kinds: Sequence[Evidence]
) -> tuple[float, float]:
    """Share right among a field's values of some kinds, drawn to that of all fields."""
    right, count = _sums(every, kinds)
    # One wrong in two unseen values is the start: nothing measured, nothing claimed.
    share = (right + 1.0) / (count + 2.0)
    right, count = _sums(own, kinds)
    return (right + PRIOR_EXAMPLES * share) / (count + PRIOR_EXAMPLES), count


def _sums(table: Mapping[str, Any], kinds: Sequence[Evidence]) -> tuple[float, float]:
    """Right values and all values of some kinds of evidence."""
    rows = [table[kind] for kind in kinds if kind in table]
    return float(sum(row["right"] for row in rows)), float(sum(row["count"] for row in rows))


def trust_of(field: str, evidence: Evidence, calibration: Mapping[str, Any]) -> Trust:
    """`sure` where the calibration lists the field's kind of evidence as such."""
    return "sure" if evidence in calibration.get("sure", {}).get(field, ()) else "review"
