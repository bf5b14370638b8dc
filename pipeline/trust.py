"""How far a value can be trusted: measured shares of right values, by evidence.

Values are sorted into a few kinds of evidence that a person can understand; for each
field and kind `models/calibration.toml` holds how many such values of the truth sets
were right (made by `models/calibrate.py`). The confidence of a value is that share,
drawn toward the share over all fields where a field has few examples. This module
knows nothing of how candidates are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pipeline.record import Candidate, Trust

Evidence = Literal["agreed", "clear", "fair", "weak", "doubt"]

#: Strength of the pull toward the share over all fields, in examples.
PRIOR_EXAMPLES = 4.0


def evidence_of(chosen: Candidate, others: Sequence[Candidate]) -> Evidence:
    """The kind of evidence behind a chosen value.

    `doubt`: another reading with nearly the same score says otherwise, or a fact
    contradicts it. `agreed`: an independent source says the same (the other model, the
    reader of handwriting, another mention), or every word is a known name. `clear`,
    `fair`, `weak`: by the lowest word confidence of its span, one step down where the
    other model read something else.
    """
    rivals = [
        other
        for other in others
        if other.value != chosen.value and other.score > 0.6 * chosen.score
    ]
    if rivals or any(fact.startswith("against:") for fact in chosen.evidence):
        return "doubt"
    words = chosen.word_confidence
    differs = "differs:second" in chosen.evidence
    if "agree:second" in chosen.evidence:
        return "agreed" if words is None or words >= 0.5 else "fair"
    if any(fact.startswith("agree:") for fact in chosen.evidence):
        return "agreed"
    named = any(
        fact in ("lexicon:1.00", "lexicon:places", "lexicon:titles") for fact in chosen.evidence
    )
    if named and (words is None or words >= 0.6):
        return "agreed"
    if words is None:
        return "clear" if chosen.score >= 0.9 else "fair"
    if words >= 0.9:
        return "fair" if differs else "clear"
    if words >= 0.75:
        return "weak" if differs else "fair"
    return "doubt" if differs else "weak"


def confidence_of(field: str, evidence: Evidence, calibration: Mapping[str, Any]) -> float:
    """Expected share right of such values, 0..1, from the counts of the truth sets."""
    pooled = calibration.get("pooled", {}).get(evidence, {"right": 0, "count": 0})
    # One wrong in two unseen values is the start: nothing measured, nothing claimed.
    share: float = (pooled["right"] + 1.0) / (pooled["count"] + 2.0)
    own = calibration.get("field", {}).get(field, {}).get(evidence, {"right": 0, "count": 0})
    right, count = float(own["right"]), float(own["count"])
    return round((right + PRIOR_EXAMPLES * share) / (count + PRIOR_EXAMPLES), 4)


def trust_of(field: str, evidence: Evidence, calibration: Mapping[str, Any]) -> Trust:
    """`sure` where the calibration lists the field's kind of evidence as such."""
    return "sure" if evidence in calibration.get("sure", {}).get(field, ()) else "review"
