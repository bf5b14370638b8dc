"""The beginning of a name that a seal or a signature covers, read by drawing what may stand there.

A seal adds ink and takes none away: under it every stroke of the right name is dark. The
end of the name, which the engine read, tells size, weight and slope of the print; then
every family name (and middle name) is drawn before it in the same type, and the ink says
which is likely. Names are printed in Times (Decree 30/2020); stamps in a running hand are
not found here. This module knows nothing of pages, titles or where names stand.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import ALPHABET

Ink = npt.NDArray[np.float32]

#: Resolution at which print and drawing are compared, and how much finer it is drawn.
_DPI, _FINER = 150.0, 4
#: Likeness of the known words and their drawing below which the print is of other type.
_LIKE = 0.6
#: A drawn stroke is dark on the page in so many cases; other ground as its surroundings.
_DARK = 0.93
#: Neighbouring pixels tell the same: so many count as one observation.
_ALIKE = 9.0
#: Posterior below which nothing is said.
_LIKELY = 0.9
#: Share of names with a middle name and one syllable more; with two words only.
_LONGER, _TWO = 0.3, 0.03
#: Points that a word may stand off its place, level and plumb.
_SLACK, _DRIFT = 2.0, 1.0
#: Middle names that go on to the search for a family name.
_BEAM = 8


#: What a drawn word is said to have been read with: it always goes to review.
_CONFIDENCE = 0.6
#: Letters that the known words must have, and how surely they must have been read.
_LETTERS, _READ = 5, 0.7
_LETTERS_OF_NAMES = ALPHABET | frozenset("abcdeghiklmnopqrstuvxyABCDEGHIKLMNOPQRSTUVXY")


@dataclass(frozen=True, slots=True)
class _Type:
    """How a line is set: weight, size in points, level stretch, strokes fattened, slope."""

    bold: bool
    size: float
    stretch: float = 1.0
    fat: int = 0
    degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A text in ink 0..1 with the column of its left edge, its width and its base row."""

    ink: Ink
    left: float
    width: float
    base: float


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a drawn text stands (pixels at `_DPI`), and what the ink says of it."""

    gain: float
    left: float
    base: float


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
    return tuple(run) if sum(len(word.text) for word in run) >= _LETTERS else ()


def find_beginning(
    grey: npt.NDArray[np.uint8], dpi: float, known: str, box: BBox, lexicon: Lexicon
) -> tuple[tuple[str, BBox], ...] | None:
    """The words before `known`, the end of a name, with their boxes; empty if it is all.

    `None` where the print is of another type, or no beginning is likely enough.
    """
    reach = BBox(box.left - 110, box.top - 14, box.right + 12, box.bottom + 14)
    ink = _ink(grey, dpi, reach)
    if ink is None:
        return None
    corner = (max(reach.left, 0.0), max(reach.top, 0.0))
    found = _fit(ink, known, _moved(box, corner))
    if found is None:
        return None
    kind, ink, spot = found
    ground = np.clip(cv2.GaussianBlur(ink, (0, 0), 10), 0.04, 0.5)
    gains = np.asarray(
        ink * np.log(_DARK / ground) + (1 - ink) * np.log((1 - _DARK) / (1 - ground)), np.float32
    )
    guesses = list(_guesses(gains, kind, spot, known, lexicon))
    best = max(guesses, key=lambda guess: guess[0])
    weight = sum(math.exp(guess[0] - best[0]) for guess in guesses)
    if 1 / weight < _LIKELY:
        return None
    return tuple((text, _box(place, text, kind, corner)) for text, place in best[1])


def _guesses(
    gains: Ink, kind: _Type, known: _Spot, text: str, lexicon: Lexicon
) -> Iterator[tuple[float, tuple[tuple[str, _Spot], ...]]]:
    """Every beginning with its log likelihood: a family name, one and a middle name, none."""
    families = {name: math.log(share / 100) for name, share in lexicon.surnames.items()}
    # A mother's family name is often a middle name.
    middles = dict.fromkeys(families, math.log(0.003))
    middles |= {name: math.log(share / 100) for name, share in lexicon.middle_names.items()}
    first, _, rest = text.partition(" ")
    if rest and first in families:
        yield math.log(_TWO) + families[first], ()
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


def _before(gains: Ink, text: str, kind: _Type, after: _Spot) -> _Spot:
    """The best place of a word that ends a space before `after`."""
    drawn = _draw(text, kind)
    slack, drift = round(_SLACK * _DPI / 72), round(_DRIFT * _DPI / 72)
    x = round(after.left - _space(kind) - drawn.width - drawn.left)
    y = round(after.base - drawn.base)
    edge = 200
    padded = cv2.copyMakeBorder(
        gains, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(math.log(1 - _DARK),)
    )
    height, width = drawn.ink.shape
    piece = padded[
        y + edge - drift : y + edge + height + drift, x + edge - slack : x + edge + width + slack
    ]
    if piece.shape[0] < height or piece.shape[1] < width:
        return _Spot(-1e6, 0.0, 0.0)
    sums = cv2.matchTemplate(np.asarray(piece, np.float32), drawn.ink, cv2.TM_CCORR)
    _, gain, _, (dx, dy) = cv2.minMaxLoc(sums)
    return _Spot(gain, x + dx - slack + drawn.left, y + dy - drift + drawn.base)


def _fit(ink: Ink, text: str, box: BBox) -> tuple[_Type, Ink, _Spot] | None:
    """The type that the known words are set in, the ink made level by it, and their place."""
    best, like = _Type(True, 14.0), -1.0
    tried: Iterable[_Type] = (
        _Type(bold, size, stretch)
        for bold in (True, False)
        for size in np.arange(11.5, 15.6, 0.5).tolist()
        for stretch in (0.94, 1.0, 1.06, 1.12)
    )
    for _ in range(3):
        for kind in tried:
            found = _likeness(_turned(ink, kind, box), text, kind, box)[0]
            if found > like:
                best, like = kind, found
        tried = [
            *(replace(best, degrees=best.degrees + step) for step in (-4, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 4)),
            *(replace(best, size=best.size + step) for step in (-0.5, -0.25, 0.25, 0.5)),
            *(replace(best, stretch=best.stretch + step) for step in (-0.04, -0.02, 0.02, 0.04)),
            *(replace(best, fat=fat) for fat in (0, 1, 2)),
        ]  # fmt: skip
    if like < _LIKE:
        return None
    level = _turned(ink, best, box)
    return best, level, _likeness(level, text, best, box)[1]


def _likeness(ink: Ink, text: str, kind: _Type, box: BBox) -> tuple[float, _Spot]:
    """How like the ink near the box is to the drawn text, -1..1, and where best."""
    drawn = _draw(text, kind)
    pixels = _DPI / 72
    top, left = round((box.top - 8) * pixels), round((box.left - 8) * pixels)
    top, left = max(top, 0), max(left, 0)
    piece = ink[top : round((box.bottom + 8) * pixels), left : round((box.right + 8) * pixels)]
    if piece.shape[0] < drawn.ink.shape[0] or piece.shape[1] < drawn.ink.shape[1]:
        return -1.0, _Spot(-1.0, 0.0, 0.0)
    likeness = cv2.matchTemplate(piece, drawn.ink, cv2.TM_CCOEFF_NORMED)
    _, like, _, (x, y) = cv2.minMaxLoc(likeness)
    return like, _Spot(like, left + x + drawn.left, top + y + drawn.base)


def _turned(ink: Ink, kind: _Type, box: BBox) -> Ink:
    if kind.degrees == 0:
        return ink
    center = (box.center_x * _DPI / 72, box.center_y * _DPI / 72)
    matrix = cv2.getRotationMatrix2D(center, kind.degrees, 1.0)
    return np.asarray(cv2.warpAffine(ink, matrix, ink.shape[::-1]), np.float32)


def _ink(grey: npt.NDArray[np.uint8], dpi: float, reach: BBox) -> Ink | None:
    """The ink 0..1 of a piece of the page at `_DPI`, contrast stretched."""
    points = dpi / 72
    piece = grey[
        max(0, int(reach.top * points)) : int(reach.bottom * points),
        max(0, int(reach.left * points)) : int(reach.right * points),
    ]
    if min(piece.shape, default=0) < 20:
        return None
    scale = _DPI / dpi
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=how).astype(np.float32)
    dark, paper = np.percentile(small, 2), np.percentile(small, 90)
    if paper - dark < 40:
        return None
    return np.asarray(np.clip((paper - small) / (paper - dark), 0, 1), np.float32)


@functools.lru_cache(maxsize=4096)
def _draw(text: str, kind: _Type) -> _Drawing:
    font = _font(kind.bold, round(kind.size * _DPI / 72 * _FINER))
    base, height = int(1.25 * font.size), int(1.6 * font.size)
    width = font.getlength(text)
    edge = 4 * _FINER
    picture = Image.new("L", (int(width) + 2 * edge, height), 0)
    ImageDraw.Draw(picture).text((edge, base), text, font=font, fill=255, anchor="ls")
    ink = np.asarray(picture)
    if kind.fat:
        size = 2 * kind.fat + 1
        ink = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))).astype(
            np.uint8
        )
    across = kind.stretch / _FINER
    small = cv2.resize(ink, None, fx=across, fy=1 / _FINER, interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    return _Drawing(small / np.float32(255), edge * across, width * across, base / _FINER)


def _space(kind: _Type) -> float:
    font = _font(kind.bold, round(kind.size * _DPI / 72 * _FINER))
    return font.getlength(" ") * kind.stretch / _FINER


@functools.lru_cache(maxsize=64)
def _font(bold: bool, pixels: int) -> ImageFont.FreeTypeFont:
    file = "serif-bold.ttf" if bold else "serif.ttf"
    data = (resources.files("models") / "names" / file).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), pixels, layout_engine=ImageFont.Layout.BASIC)


def _box(spot: _Spot, text: str, kind: _Type, corner: Sequence[float]) -> BBox:
    """The box of a drawn word in points of the page."""
    left, base = spot.left * 72 / _DPI + corner[0], spot.base * 72 / _DPI + corner[1]
    width = _draw(text, kind).width * 72 / _DPI
    return BBox(left, base - 0.75 * kind.size, left + width, base + 0.2 * kind.size)


def _moved(box: BBox, corner: Sequence[float]) -> BBox:
    return BBox(
        box.left - corner[0], box.top - corner[1], box.right - corner[0], box.bottom - corner[1]
    )
