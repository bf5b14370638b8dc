"""How near a value is to the truth, and how sure a measured share is.

Three grades, each wider than the one before: *strict* (the same characters, NFC),
*soft* (case, place of the tone mark, white space and punctuation aside) and *near*
(at least 0.9 alike). Identifiers are graded more sternly: in `29-CT/TU` the signs are
part of the number, so only white space, case and the kind of dash are set aside; and
near says little of them, since one wrong digit of ten is a wrong number. This module
knows nothing of letters, fields or files; it is where edit distances are counted.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.vietnamese import fold, fold_tone_placement, nfc, plain_signs

Grade = Literal["strict", "soft", "near", "none"]

#: From the narrowest to the widest; a value of one grade has all the later ones too.
GRADES: tuple[Grade, ...] = ("strict", "soft", "near")

#: At least this alike is `near`.
NEAR = 0.9

#: List items less alike than this are two items, one missed and one invented.
_SAME_ITEM = 0.5

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with its 95 % Wilson interval."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """0..1; `None` where nothing was counted."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound, 0..1; (0, 1) where nothing was counted."""
        return wilson(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a list found: `matched` of `truth` items, with `seen` items put forward."""

    truth: int
    seen: int
    matched: int

    @property
    def precision(self) -> float | None:
        """Share of the seen items that are right; `None` where nothing was seen."""
        return self.matched / self.seen if self.seen else None

    @property
    def recall(self) -> float | None:
        """Share of the true items that were seen; `None` where there are none."""
        return self.matched / self.truth if self.truth else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; `None` where there was nothing to see or say."""
        both = self.truth + self.seen
        return 2 * self.matched / both if both else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices of a true and a seen item that belong together, and how well they fit."""

    truth: int
    seen: int
    grade: Grade


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The Wilson score interval of a share, 95 % unless `z` says otherwise."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    middle = share + z * z / (2 * total)
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def distance(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """The fewest insertions, deletions and substitutions between two sequences."""
    return Levenshtein.distance(left, right)


def edits(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[str, int, int]]:
    """The edits themselves: `replace`, `delete` or `insert`, and both positions."""
    return [(edit.tag, edit.src_pos, edit.dest_pos) for edit in Levenshtein.editops(left, right)]


def similarity(left: Sequence[Hashable], right: Sequence[Hashable]) -> float:
    """1 less the edit distance over the longer length; 1.0 for two empty sequences."""
    longest = max(len(left), len(right))
    return 1 - distance(left, right) / longest if longest else 1.0


def window(
    left: str, right: str, least: float
) -> tuple[float, tuple[int, int], tuple[int, int]] | None:
    """The part of the longer text that is most like the shorter.

    Gives the likeness, 0..1, and the half-open spans in `left` and `right`; `None` where
    nothing is at least `least` alike.
    """
    found = fuzz.partial_ratio_alignment(left, right, score_cutoff=100 * least)
    if found is None:
        return None
    spans = (found.src_start, found.src_end), (found.dest_start, found.dest_end)
    return found.score / 100, *spans


@functools.lru_cache(maxsize=65536)
def fold_identifier(text: str) -> str:
    """A key for numbers, symbols and dates: case, white space, kind of dash aside."""
    signs = plain_signs(fold_tone_placement(nfc(text))).lower()
    return re.sub(r"\s+", "", signs)


def grade(truth: str, seen: str, *, identifier: bool = False) -> Grade:
    """The narrowest grade that `seen` earns against `truth`."""
    if nfc(truth) == nfc(seen):
        return "strict"
    key = fold_identifier if identifier else fold
    left, right = key(truth), key(seen)
    if left == right:
        return "soft"
    return "near" if similarity(left, right) >= NEAR else "none"


def reaches(earned: Grade, wanted: Grade) -> bool:
    """Whether a value graded `earned` counts at the grade `wanted`."""
    return earned != "none" and GRADES.index(earned) <= GRADES.index(wanted)


def pair_items(
    truth: Sequence[_Item],
    seen: Sequence[_Item],
    rank: Callable[[_Item, _Item], tuple[Grade, float]],
) -> tuple[list[Pair], list[int], list[int]]:
    """Pairs of a true and a seen item, then the indices left over on either side.

    Each item is used once, best pairs first, so that `Sở A` twice needs `Sở A` twice.
    `rank` gives the grade and the likeness (0..1) of a true and a seen item; items
    without a grade are still paired where half alike, for the list of errors.
    """
    ranked = []
    for left, wanted in enumerate(truth):
        for right, given in enumerate(seen):
            earned, alike = rank(wanted, given)
            if earned != "none" or alike >= _SAME_ITEM:
                place = GRADES.index(earned) if earned != "none" else len(GRADES)
                ranked.append((place, -alike, abs(left - right), left, right, earned))
    free_truth, free_seen = set(range(len(truth))), set(range(len(seen)))
    pairs = []
    for *_, left, right, earned in sorted(ranked):
        if left in free_truth and right in free_seen:
            free_truth.remove(left)
            free_seen.remove(right)
            pairs.append(Pair(left, right, earned))
    return sorted(pairs, key=lambda pair: pair.truth), sorted(free_truth), sorted(free_seen)
