"""Print drawn as it may stand on a page, and how like the page's ink is to it.

The drawing is in Times (models/names), which Decree 30/2020 asks for. A seal adds ink and
takes none away: what stands under it is found by asking whether every drawn stroke is
dark, and by no more ink than the surroundings have by chance. This module knows nothing
of names, titles or lines.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pipeline.page import BBox

Ink = npt.NDArray[np.float32]

#: Resolution at which print and drawing are compared, and how much finer it is drawn.
DPI = 150.0
_FINER = 4
#: Pixels a point at `DPI`.
POINT = DPI / 72
#: Neighbouring pixels tell the same: so many count as one observation.
ALIKE = 9.0
#: What a drawn word is said to have been read with: less than makes a known title `agreed`.
CONFIDENCE = 0.55
#: Likeness of known words and their drawing below which the print is of other type.
_LIKE = 0.6
#: A drawn stroke is dark on the page in so many cases; other ground as its surroundings.
_DARK = 0.93
#: What the paper beyond a piece says of a stroke drawn there.
_OUTSIDE = math.log(1 - _DARK)


@dataclass(frozen=True, slots=True)
class Type:
    """How a line is set: weight, size in points, level stretch, strokes fattened, slope."""

    bold: bool
    size: float
    stretch: float = 1.0
    fat: int = 0
    degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A text in ink 0..1 with the column of its left edge, its width and its base row."""

    ink: Ink
    left: float
    width: float
    base: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a drawn text stands (pixels at `DPI`), and what the ink says of it."""

    gain: float
    left: float
    base: float


def gains_of(ink: Ink, blur: float = 10) -> Ink:
    """What each pixel says for a stroke drawn over it: log likelihood against its surroundings.

    `blur` says how far these reach, pixels.
    """
    ground = np.clip(cv2.GaussianBlur(ink, (0, 0), blur), 0.04, 0.5)
    gains = ink * np.log(_DARK / ground) + (1 - ink) * np.log((1 - _DARK) / (1 - ground))
    return np.asarray(gains, np.float32)


def best_spot(
    gains: Ink, drawn: Drawing, left: float, bases: tuple[float, float], slack: float
) -> Spot:
    """Where the drawing fits best: its left edge `slack` from `left`, its base in `bases`."""
    height, width = drawn.ink.shape
    x, y = round(left - slack - drawn.left), round(bases[0] - drawn.base)
    piece = window_of(
        gains, x, y, width + round(2 * slack), height + max(round(bases[1] - bases[0]), 0)
    )
    sums = cv2.matchTemplate(piece, drawn.ink, cv2.TM_CCORR)
    _, gain, _, (dx, dy) = cv2.minMaxLoc(sums)
    return Spot(gain, x + dx + drawn.left, y + dy + drawn.base)


def window_of(gains: Ink, x: int, y: int, width: int, height: int) -> Ink:
    """A piece of the gains whose corner is (x, y), with paper where it goes beyond them."""
    piece = np.full((height, width), _OUTSIDE, np.float32)
    rows, columns = gains.shape
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + height, rows), min(x + width, columns)
    if top < bottom and left < right:
        piece[top - y : bottom - y, left - x : right - x] = gains[top:bottom, left:right]
    return piece


def fit(ink: Ink, text: str, box: BBox) -> tuple[Type, Ink, Spot] | None:
    """The type that the known words are set in, the ink made level by it, and their place."""
    best, like = Type(True, 14.0), -1.0
    tried: Iterable[Type] = (
        Type(bold, size, stretch)
        for bold in (True, False)
        for size in np.arange(11.5, 15.6, 0.5).tolist()
        for stretch in (0.94, 1.0, 1.06, 1.12)
    )
    for _ in range(3):
        for kind in tried:
            found = _likeness(turned(ink, kind.degrees, box), text, kind, box)[0]
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
    level = turned(ink, best.degrees, box)
    return best, level, _likeness(level, text, best, box)[1]


def _likeness(ink: Ink, text: str, kind: Type, box: BBox) -> tuple[float, Spot]:
    """How like the ink near the box is to the drawn text, -1..1, and where best."""
    drawn = draw(text, kind)
    top, left = max(round((box.top - 8) * POINT), 0), max(round((box.left - 8) * POINT), 0)
    piece = ink[top : round((box.bottom + 8) * POINT), left : round((box.right + 8) * POINT)]
    if piece.shape[0] < drawn.ink.shape[0] or piece.shape[1] < drawn.ink.shape[1]:
        return -1.0, Spot(-1.0, 0.0, 0.0)
    likeness = cv2.matchTemplate(piece, drawn.ink, cv2.TM_CCOEFF_NORMED)
    _, like, _, (x, y) = cv2.minMaxLoc(likeness)
    return like, Spot(like, left + x + drawn.left, top + y + drawn.base)


def turned(ink: Ink, degrees: float, box: BBox | None = None) -> Ink:
    """The ink turned counter-clockwise about the middle of a box (points), or of itself."""
    if degrees == 0:
        return ink
    center = (ink.shape[1] / 2, ink.shape[0] / 2)
    if box is not None:
        center = (box.center_x * POINT, box.center_y * POINT)
    matrix = cv2.getRotationMatrix2D(center, degrees, 1.0)
    return np.asarray(cv2.warpAffine(ink, matrix, ink.shape[::-1]), np.float32)


def ink_of(grey: npt.NDArray[np.uint8], dpi: float, reach: BBox) -> Ink | None:
    """The ink 0..1 of a piece of the page at `DPI`, contrast stretched."""
    points = dpi / 72
    piece = grey[
        max(0, int(reach.top * points)) : int(reach.bottom * points),
        max(0, int(reach.left * points)) : int(reach.right * points),
    ]
    if min(piece.shape, default=0) < 20:
        return None
    scale = DPI / dpi
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=how).astype(np.float32)
    dark, paper = np.percentile(small, 2), np.percentile(small, 90)
    if paper - dark < 40:
        return None
    return np.asarray(np.clip((paper - small) / (paper - dark), 0, 1), np.float32)


def draw(text: str, kind: Type) -> Drawing:
    """The text set in that type, level."""
    ink, left, width, base = _drawn(text, replace(kind, degrees=0.0))
    return Drawing(ink.astype(np.float32) / np.float32(255), left, width, base)


#: What one page asks for again and again; a drawing is 10 KB, as bytes.
@functools.lru_cache(maxsize=512)
def _drawn(text: str, kind: Type) -> tuple[npt.NDArray[np.uint8], float, float, float]:
    """Ink 0..255, its left edge, width and base line in pixels."""
    font = _font(kind.bold, round(kind.size * POINT * _FINER))
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
    small = cv2.resize(ink, None, fx=across, fy=1 / _FINER, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), edge * across, width * across, base / _FINER


def space(kind: Type) -> float:
    """Pixels between words."""
    font = _font(kind.bold, round(kind.size * POINT * _FINER))
    return font.getlength(" ") * kind.stretch / _FINER


@functools.lru_cache(maxsize=64)
def _font(bold: bool, pixels: int) -> ImageFont.FreeTypeFont:
    file = "serif-bold.ttf" if bold else "serif.ttf"
    data = (resources.files("models") / "names" / file).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), pixels, layout_engine=ImageFont.Layout.BASIC)


def box_of(spot: Spot, text: str, kind: Type, corner: Sequence[float]) -> BBox:
    """The box of a drawn text in points of the page; `corner` is that of the ink on it."""
    left, base = spot.left / POINT + corner[0], spot.base / POINT + corner[1]
    width = draw(text, kind).width / POINT
    return BBox(left, base - 0.75 * kind.size, left + width, base + 0.2 * kind.size)
