"""Names that a seal or a stamp covers, read by drawing what may stand there.

A seal adds ink and takes none away: under it every stroke of the right name is dark. The
end of the name, which the engine read, tells size, weight and slope of the print; then
every family name (and middle name) is drawn before it in the same type, and the ink says
which is likely. Names are printed in Times
(Decree 30/2020); stamps in a running hand are not found here. This module knows nothing of
pages or where names stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.drawn import (
    ALIKE,
    CONFIDENCE,
    POINT,
    Ink,
    Spot,
    Type,
    best_spot,
    box_of,
    draw,
    fit,
    gains_of,
    ink_of,
    space,
)
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import ALPHABET

#: Posterior below which nothing is said.
_LIKELY = 0.9
#: Log likelihood of something else than a name: a drawing that no ink bears out is below.
_OTHER = -9.0
#: Share of ink on paper that bears no word.
_CLEAR = 0.04
#: Share of names with a middle name and one syllable more; with two words only.
_LONGER, _TWO = 0.3, 0.03
#: Points that a word may stand off its place, level and plumb.
_SLACK, _DRIFT = 2.0, 1.0
#: Middle names that go on to the search for a family name.
_BEAM = 8
#: Letters that the known words must have, and how surely they must have been read; fewer
#: letters that were read more surely will do.
_LETTERS, _READ = 5, 0.7
_FEWER, _READ_SURELY = 3, 0.9
_LETTERS_OF_NAMES = ALPHABET | frozenset("abcdeghiklmnopqrstuvxyABCDEGHIKLMNOPQRSTUVXY")


def completed(line: Line, grey: npt.NDArray[np.uint8], dpi: float, lexicon: Lexicon) -> Line | None:
    """The line as a whole name, where only the end of one was read; else `None`.

    Args:
        line: a line of the page, `sản Hồng Hà`.
        grey: the page, ink of all colours dark.
        dpi: of `grey`.
        lexicon: for family and middle names.
    """
    known = known_end(line, lexicon)
    if not known or is_whole(known, lexicon):
        return None
    box = BBox.around(word.bbox for word in known)
    found = find_beginning(grey, dpi, " ".join(word.text for word in known), box, lexicon)
    if found is None:
        return None
    words = (*(Word(text, place, CONFIDENCE) for text, place in found), *known)
    return replace(line, words=words, whole=True)


def is_whole(known: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether the words begin with a family name and are more than two."""
    return len(known) > 2 and known[0].text in lexicon.surnames


def known_end(line: Line, lexicon: Lexicon) -> tuple[Word, ...]:
    """The last words of the line that are surely syllables of a name; none if too few."""
    run: list[Word] = []
    for word in reversed([one for one in line.words if any(map(str.isalnum, one.text))]):
        text = word.text.strip(".,")
        if not (text.istitle() and 2 <= len(text) <= 7 and _LETTERS_OF_NAMES.issuperset(text)):
            break
        if word.confidence < _READ and not (
            text in lexicon.surnames or text in lexicon.middle_names
        ):
            break
        if run and run[0].bbox.left - word.bbox.right > 1.5 * word.bbox.height:
            break
        run.insert(0, replace(word, text=text))
    letters = sum(len(word.text) for word in run)
    sure = min((word.confidence for word in run), default=0.0) >= _READ_SURELY
    return tuple(run) if letters >= (_FEWER if sure else _LETTERS) else ()


def find_beginning(
    grey: npt.NDArray[np.uint8], dpi: float, known: str, box: BBox, lexicon: Lexicon
) -> tuple[tuple[str, BBox], ...] | None:
    """The words before `known`, the end of a name, with their boxes; empty if it is all.

    `None` where the print is of another type, or no beginning is likely enough.
    """
    reach = BBox(box.left - 110, box.top - 14, box.right + 12, box.bottom + 14)
    ink = ink_of(grey, dpi, reach)
    if ink is None:
        return None
    corner = (max(reach.left, 0.0), max(reach.top, 0.0))
    found = fit(ink, known, _moved(box, corner))
    if found is None:
        return None
    kind, ink, spot = found
    gains = gains_of(ink)
    guesses = list(_guesses(gains, kind, spot, known, lexicon))
    best = max(guesses, key=lambda guess: guess[0])
    weight = sum(math.exp(guess[0] - best[0]) for guess in guesses)
    if best[1] is None or 1 / weight < _LIKELY:
        return None
    if not best[1] and not _is_clear(ink, spot):
        return None
    return tuple((text, box_of(place, text, kind, corner)) for text, place in best[1])


def _is_clear(ink: Ink, known: Spot) -> bool:
    """Whether hardly any ink stands where a word before the known ones would."""
    right, base = round(known.left - POINT), round(known.base)
    before = ink[max(base - round(9 * POINT), 0) : base, max(right - round(28 * POINT), 0) : right]
    return before.size > 0 and float(before.mean()) < _CLEAR


def _guesses(
    gains: Ink, kind: Type, known: Spot, text: str, lexicon: Lexicon
) -> Iterator[tuple[float, tuple[tuple[str, Spot], ...] | None]]:
    """Every beginning with its log likelihood: a family name, one and a middle name, none.

    `None` stands for something that is no name.
    """
    yield _OTHER, None
    families = {name: math.log(share / 100) for name, share in lexicon.surnames.items()}
    # A mother's family name is often a middle name.
    middles = dict.fromkeys(families, math.log(0.003))
    middles |= {name: math.log(share / 100) for name, share in lexicon.middle_names.items()}
    first, _, rest = text.partition(" ")
    if rest and first in families:
        yield math.log(_TWO), ()
    for family, rare in families.items():
        spot = _before(gains, family, kind, known)
        yield spot.gain / ALIKE + rare, ((family, spot),)
    near = [(name, _before(gains, name, kind, known)) for name in middles]
    near.sort(key=lambda one: -one[1].gain)
    for middle, beside in near[:_BEAM]:
        for family, rare in families.items():
            spot = _before(gains, family, kind, beside)
            chance = math.log(_LONGER) + middles[middle] + rare
            yield (spot.gain + beside.gain) / ALIKE + chance, ((family, spot), (middle, beside))


def _before(gains: Ink, text: str, kind: Type, after: Spot) -> Spot:
    """The best place of a word that ends a space before `after`."""
    drawn, drift = draw(text, kind), _DRIFT * POINT
    left = after.left - space(kind) - drawn.width
    return best_spot(gains, drawn, left, (after.base - drift, after.base + drift), _SLACK * POINT)


def _moved(box: BBox, corner: Sequence[float]) -> BBox:
    return BBox(
        box.left - corner[0], box.top - corner[1], box.right - corner[0], box.bottom - corner[1]
    )
