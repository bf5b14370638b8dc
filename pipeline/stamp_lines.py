"""Lines of letters that a rubber stamp may have left, cut out level, in each colour of ink.

Stamps are set by hand: a line slopes by up to eight degrees, and its letters hang together.
Rings of seals are taken off first (`rings`); what else is larger than letters (signatures) is
passed over, but where a line runs into it. This module knows nothing of names or pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline import rings
from pipeline.ink import Pixels
from pipeline.page import BBox

#: Points: what stands together as a word of a running hand is no taller and no wider.
_TALLEST, _WIDEST = 34.0, 130.0
#: Ink smaller than this, in square points, is dust.
_SMALLEST = 0.5
#: Points between the words of a line, level.
_GAP = 16.0
#: Points that a line with a name takes, level and plumb.
_WIDTHS, _HEIGHTS = (48.0, 260.0), (9.0, 58.0)
#: Degrees that a line may slope.
_SLOPES = np.arange(-10.0, 10.5, 1.0)
#: Chroma from which on a pixel has a colour, or a tinge of it; no channel of black is brighter.
_COLOURED, _TINGED, _DARK = 40, 25, 110
#: Share of a crop that a colour must cover.
_LEAST_INK = 0.002
#: Shares of Otsu's threshold from which on a pixel is ink, one after the other: thin strokes need
#: the less, letters that touch a smudge the more; and what is no ink in any case.
_SHARES, _FAINTEST = (0.85, 0.6), 50
#: Points before and after a line, and the share of them with larger strokes that makes it doubtful.
_BEFORE, _AFTER, _CROSSED = 24.0, 10.0, 0.025
#: Points before a line where a larger stroke may hide a family name.
_HIDDEN = 56.0
#: Lines of one ink that are looked at, those with most ink first.
_MOST = 3


@dataclass(frozen=True, slots=True, eq=False)
class StampLine:
    """A line turned level: its ink (255 on paper 0) with some paper around, and its box.

    `inks` has it once or twice, cut out with more and with less of what is pale. `box` is upright
    around the line as it stands in the crop, pixels. Where a larger stroke of its ink stands at its
    ends (ring, signature), letters may have run into it: `crossed` has the line with all strokes,
    and with what stands before it.
    """

    inks: tuple[Pixels, ...]
    box: BBox
    crossed: tuple[Pixels, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether no larger stroke stands at its ends."""
        return not self.crossed


def find_lines(crop: Pixels, dpi: float) -> Iterator[StampLine]:
    """Lines that may be a stamped name in a crop, RGB or grey, of each ink by itself."""
    for ink in _inks(crop):
        lines: list[StampLine] = []
        otsu = float(cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)[0])
        levels = [max(_FAINTEST, otsu * share) for share in _SHARES]
        free = rings.without_rings(ink, _solid(ink, levels[0]), dpi)
        for least in levels:
            for line in _lines_of(ink, free, dpi / 72, least):
                at = next((i for i, one in enumerate(lines) if _is_same(one.box, line.box)), None)
                if at is None:
                    lines.append(line)
                    continue
                before = lines[at]
                inks, crossed = (*before.inks, *line.inks), (*before.crossed, *line.crossed)
                lines[at] = StampLine(inks, before.box, crossed)
        yield from lines


def _is_same(one: BBox, other: BBox) -> bool:
    return one.overlap(other) > 0.6 * max(one.area, other.area)


def _inks(crop: Pixels) -> Iterator[Pixels]:
    """Ink 0..255 of each colour: red, blue, and what is dark."""
    if crop.ndim == 2:
        yield np.asarray(255 - crop, np.uint8)
        return
    red, green, blue = cv2.split(crop)
    dark = 255 - np.asarray(cv2.min(red, cv2.min(green, blue)), np.uint8)
    bright = np.asarray(cv2.max(red, cv2.max(green, blue)), np.uint8)
    coloured = np.zeros(dark.shape, bool)
    for chroma in (cv2.subtract(red, cv2.max(green, blue)), cv2.subtract(blue, red)):
        coloured |= np.asarray(chroma) > _TINGED
        near = cv2.dilate((chroma > _COLOURED).astype(np.uint8), np.ones((3, 3), np.uint8))
        if np.count_nonzero(near) > _LEAST_INK * near.size:
            yield np.where(near > 0, dark, 0).astype(np.uint8)
    # Black is dark in every channel, under a seal too, where red and blue are bright in one.
    yield np.where(coloured & (bright > _DARK), 0, 255 - bright).astype(np.uint8)


def _solid(ink: Pixels, least: float) -> Pixels:
    return np.asarray(ink > least, np.uint8)


def _lines_of(ink: Pixels, free: Pixels, point: float, least: float) -> Iterator[StampLine]:
    """Lines of one ink, from the grey `least` on, and cut from `free`, the ink without rings.

    The ink with them tells which lines run into one.
    """
    larger, solid = _solid(ink, least), _solid(free, least)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count == 1:
        return
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    letter = (tall < _TALLEST * point) & (wide < _WIDEST * point)
    letter &= stats[:, cv2.CC_STAT_AREA] > _SMALLEST * point * point
    letter[0] = False
    letters = letter[labels].astype(np.uint8)
    # Dots and marks join what is beside them; lines one above the other stay apart.
    body = letter & (tall > 3.5 * point)
    reach = np.ones((max(1, round(1.5 * point)), round(_GAP * point)), np.uint8)
    joined = cv2.morphologyEx(body[labels].astype(np.uint8), cv2.MORPH_CLOSE, reach)
    count, groups, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for group in range(1, count):
        left, top, width, height, _ = (int(value) for value in boxes[group])
        if not (
            _WIDTHS[0] < width / point < _WIDTHS[1] and _HEIGHTS[0] < height / point < _HEIGHTS[1]
        ):
            continue
        edge = round(5 * point)
        rows = slice(max(top - edge, 0), top + height + edge)
        columns = slice(max(left - edge, 0), left + width + edge)
        grown = cv2.dilate(
            (groups[rows, columns] == group).astype(np.uint8),
            np.ones((edge, edge // 2 + 1), np.uint8),
        )
        part = letters[rows, columns] & grown
        found.append((int(np.count_nonzero(part)), rows, columns, part))
    found.sort(key=lambda one: -one[0])
    for _, rows, columns, part in found[:_MOST]:
        soft = np.where(cv2.dilate(part, np.ones((3, 3), np.uint8)) > 0, free[rows, columns], 0)
        corner = (columns.start, rows.start)
        level = _levelled(soft.astype(np.uint8), part, 0, 0)
        if level is None or level.shape[0] >= 40 * point:
            continue
        crossed = None
        if not _is_whole(part, larger & (1 - letters), corner, point):
            crossed = _crossed(free, least, part, corner, point)
        yield StampLine((level,), _box(part, corner), () if crossed is None else (crossed,))


def _box(part: Pixels, corner: tuple[int, int]) -> BBox:
    """Around the ink of a part whose upper left pixel is `corner`."""
    left, top, width, height = cv2.boundingRect(part)
    x, y = float(corner[0] + left), float(corner[1] + top)
    return BBox(x, y, x + width, y + height)


def _crossed(
    ink: Pixels, least: float, part: Pixels, corner: tuple[int, int], point: float
) -> Pixels | None:
    """The line level, with larger strokes and with what they may hide beside it."""
    before, after, edge = round(_HIDDEN * point), round(_AFTER * point), round(10 * point)
    left, top = corner
    height, width = part.shape
    x0, y0 = max(0, left - before), max(0, top - edge)
    window = ink[y0 : top + height + edge, x0 : left + width + after]
    solid = np.zeros(window.shape, np.uint8)
    solid[top - y0 : top - y0 + height, left - x0 : left - x0 + width] = part
    soft = np.where(window > 0.7 * least, window, 0)
    return _levelled(np.asarray(soft, np.uint8), solid, before, after)


def _is_whole(part: Pixels, larger: Pixels, corner: tuple[int, int], point: float) -> bool:
    """Whether hardly any larger stroke stands beside the first and the last letters, or across."""
    columns = np.flatnonzero(part.any(axis=0))
    # A line slopes, and its first letter may be lower than the one that is hidden.
    reach, edge = max(1, round(8 * point)), round(5 * point)
    first, last = int(columns[0]), int(columns[-1]) + 1
    for letters, start, end in (
        (part, first, last),
        (part[:, first : first + reach], first - _BEFORE * point, first),
        (part[:, max(last - reach, 0) : last], last, last + _AFTER * point),
    ):
        rows = np.flatnonzero(letters.any(axis=1)) + corner[1]
        beside = larger[
            max(0, rows[0] - edge) : rows[-1] + 1 + edge,
            max(0, round(start) + corner[0]) : max(0, round(end) + corner[0]),
        ]
        if beside.size and np.count_nonzero(beside) > _CROSSED * beside.size:
            return False
    return True


def _levelled(ink: Pixels, solid: Pixels, before: int, after: int) -> Pixels | None:
    """The ink turned so that the rows of its letters are sharpest, cut to them.

    Args:
        ink: 0..255, with all that is to be seen.
        solid: 1 where the line's letters are.
        before: pixels to keep left of the letters.
        after: pixels to keep right of them.
    """
    y, x = np.nonzero(solid)
    if len(y) < 60:
        return None
    best, slope = -1.0, 0.0
    step = max(1, len(y) // 4000)
    for degrees in _SLOPES:
        rows = np.round(y[::step] - x[::step] * np.tan(np.deg2rad(degrees))).astype(int)
        counts = np.bincount(rows - rows.min()).astype(float)
        sharp = float((counts**2).sum())
        if sharp > best:
            best, slope = sharp, float(degrees)
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), slope, 1.0)
    edge = round(0.12 * width) + 4
    matrix[:, 2] += edge
    size = (width + 2 * edge, height + 2 * edge)
    turned = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR)
    level = cv2.warpAffine(solid * 255, matrix, size) > 127
    rows = np.flatnonzero(level.sum(axis=1) >= 2)
    columns = np.flatnonzero(level.any(axis=0))
    if not len(rows) or not len(columns):
        return None
    r0, r1, c0, c1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    around = round(0.08 * (r1 - r0)) + 1
    return np.asarray(
        turned[
            max(r0 - around, 0) : r1 + around,
            max(c0 - max(around, before), 0) : c1 + max(around, after),
        ],
        np.uint8,
    )
