"""Names and titles that a seal or a stamp covers, read by drawing what may stand there.

A seal adds ink and takes none away: under it every stroke of the right name is dark. The
end of the name, which the engine read, tells size, weight and slope of the print; then
every family name (and middle name) is drawn before it in the same type, and the ink says
which is likely; a title hidden above the name is sought alike. Names are printed in Times
(Decree 30/2020); stamps in a running hand are not found here. This module knows nothing of
pages or where names stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.drawn import POINT, Ink, Spot, Type, best_spot, draw, fit, gains_of, ink_of, space
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import ALPHABET, bare

#: Neighbouring pixels tell the same: so many count as one observation.
_ALIKE = 9.0
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
#: Points from the head's base to his deputy's, which may stand so far beside the middle.
_LEADING, _ASKEW = (4.0, 22.0), 18.0
#: Log likelihood that a deputy's title needs, also over every other: e**5 to one.
_SEEN = 5.0
#: Below this it is sure that a title does not stand there.
_UNSURE = -30.0
#: Sizes of titles, points.
_SIZES = (12.5, 13.0, 13.5, 14.0, 14.5, 15.0, 15.5)
#: Log likelihood that a title needs of which nothing was read; points from it to the name.
_PLAIN, _SIGNING = 20.0, 25.0
#: Middle names that go on to the search for a family name.
_BEAM = 8
#: What a drawn word is said to have been read with: less than makes a known title `agreed`.
_CONFIDENCE = 0.55
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
    words = (*(Word(text, place, _CONFIDENCE) for text, place in found), *known)
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
    return tuple((text, _box(place, text, kind, corner)) for text, place in best[1])


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
        yield spot.gain / _ALIKE + rare, ((family, spot),)
    near = [(name, _before(gains, name, kind, known)) for name in middles]
    near.sort(key=lambda one: -one[1].gain)
    for middle, beside in near[:_BEAM]:
        for family, rare in families.items():
            spot = _before(gains, family, kind, beside)
            chance = math.log(_LONGER) + middles[middle] + rare
            yield (spot.gain + beside.gain) / _ALIKE + chance, ((family, spot), (middle, beside))


def _before(gains: Ink, text: str, kind: Type, after: Spot) -> Spot:
    """The best place of a word that ends a space before `after`."""
    drawn, drift = draw(text, kind), _DRIFT * POINT
    left = after.left - space(kind) - drawn.width
    return best_spot(gains, drawn, left, (after.base - drift, after.base + drift), _SLACK * POINT)


def deputy_under(
    line: Line, grey: npt.NDArray[np.uint8], dpi: float, lexicon: Lexicon
) -> Line | None:
    """The deputy's title under, or half over, the head's title that `line` ends in.

    `GIÁM ĐỐC` may be a rubber stamp set askew over `PHÓ GIÁM ĐỐC`, so that only one of them
    is read; `None` where the ink does not show the deputy's. Arguments as of `completed`.
    """
    words = [word for word in line.words if any(map(str.isalpha, word.text))]
    deputies = {one: _head_of(one) for one in lexicon.titles if _head_of(one)}
    deputy = next((one for one, head in deputies.items() if _ends_in(words, head)), None)
    if deputy is None or any(_ends_in(words, one) for one in deputies):
        return None
    head = deputies[deputy]
    box = BBox.around(word.bbox for word in words[-len(head.split()) :])
    reach = BBox(box.left - 70, box.top - 10, box.right + 70, box.bottom + 34)
    ink = ink_of(grey, dpi, reach)
    corner = (max(reach.left, 0.0), max(reach.top, 0.0))
    found = fit(ink, head, _moved(box, corner)) if ink is not None else None
    if found is None:
        return None
    kind, ink, spot = found
    middle = spot.left + draw(head, kind).width / 2
    bases = (spot.base + _LEADING[0] * POINT, spot.base + _LEADING[1] * POINT)
    gains = gains_of(ink)
    kinds = [replace(kind, size=kind.size + step) for step in (-1.0, -0.5, 0.0, 0.5, 1.0)]

    seen, _, kind, spot = _standing(gains, deputy, kinds, middle, bases)
    others = [one for one in deputies if one != deputy]
    second = max(_standing(gains, one, kinds, middle, bases)[0] for one in others)
    if seen < _SEEN or seen < second + _SEEN:
        return None
    return replace(line, words=_set_words(deputy, kind, spot, corner))


def office_over(
    name: BBox, grey: npt.NDArray[np.uint8], dpi: float, lexicon: Lexicon
) -> Line | None:
    """The title above a signer's name (its box) where none was read; `None` if not plain."""
    reach = BBox(name.center_x - 130, name.top - 140, name.center_x + 130, name.top)
    ink = ink_of(grey, dpi, reach)
    if ink is None:
        return None
    corner = (max(reach.left, 0.0), max(reach.top, 0.0))
    gains, middle = gains_of(ink), (name.center_x - corner[0]) * POINT
    bases = (12 * POINT, (name.top - corner[1] - _SIGNING) * POINT)
    kinds = [Type(True, size, 1.0, fat) for size in _SIZES for fat in (0, 1)]
    found = sorted(
        (_standing(gains, title, kinds, middle, bases) for title in set(lexicon.titles)),
        key=lambda one: -one[0],
    )
    (seen, title, kind, spot), (second, *_) = found[:2]
    if seen < _PLAIN or seen < second + _SEEN:
        return None
    deputy = next((one for one in lexicon.titles if _head_of(one) == title), None)
    if deputy is not None:
        bases = (spot.base + _LEADING[0] * POINT, spot.base + _LEADING[1] * POINT)
        if _UNSURE < _standing(gains, deputy, kinds, middle, bases)[0] < _SEEN:
            return None  # he may sign, or his deputy
    return Line(_set_words(title, kind, spot, corner))


def _standing(
    gains: Ink, title: str, kinds: Sequence[Type], middle: float, bases: tuple[float, float]
) -> tuple[float, str, Type, Spot]:
    """Where a title stands best about the middle, and its log likelihood first."""
    tried = []
    for kind in kinds:
        drawn = draw(title, kind)
        spot = best_spot(gains, drawn, middle - drawn.width / 2, bases, _ASKEW * POINT)
        tried.append((spot.gain / _ALIKE, title, kind, spot))
    return max(tried, key=lambda one: one[0])


def names_office(line: Line, lexicon: Lexicon) -> bool:
    """Whether the line ends in a known title."""
    words = [word for word in line.words if any(map(str.isalpha, word.text))]
    return any(_ends_in(words, title) for title in lexicon.titles)


def _head_of(title: str) -> str:
    """Whose deputy a title names: `GIÁM ĐỐC` for `PHÓ GIÁM ĐỐC`; empty for a head's own."""
    if bare(title) == "thu truong":
        return "BỘ TRƯỞNG"
    return title[4:] if bare(title).startswith("pho ") else ""


def _ends_in(words: Sequence[Word], title: str) -> bool:
    count = len(title.split())
    return bare(" ".join(word.text for word in words[-count:])) == bare(title)


def _set_words(text: str, kind: Type, spot: Spot, corner: Sequence[float]) -> tuple[Word, ...]:
    """The words of a drawn line with their boxes on the page."""
    out, left = [], spot.left
    for word in text.split():
        place = replace(spot, left=left)
        out.append(Word(word, _box(place, word, kind, corner), _CONFIDENCE))
        left += draw(word, kind).width + space(kind)
    return tuple(out)


def _box(spot: Spot, text: str, kind: Type, corner: Sequence[float]) -> BBox:
    """The box of a drawn text in points of the page."""
    left, base = spot.left / POINT + corner[0], spot.base / POINT + corner[1]
    width = draw(text, kind).width / POINT
    return BBox(left, base - 0.75 * kind.size, left + width, base + 0.2 * kind.size)


def _moved(box: BBox, corner: Sequence[float]) -> BBox:
    return BBox(
        box.left - corner[0], box.top - corner[1], box.right - corner[0], box.bottom - corner[1]
    )
