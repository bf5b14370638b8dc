"""Texts sought in the ink of a page at any small tilt: stamps are set by hand.

First all are drawn at a lower resolution in coarse steps, then the likeliest in fine ones. This
module knows nothing of what the texts mean.
"""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.drawn import (
    Drawing,
    Ink,
    Spot,
    Type,
    best_spot,
    draw,
    gains_of,
    space,
    turned,
    window_of,
)

#: What is tried first: sizes and tilts, at this share of `DPI`; there a stroke is a pixel wide and
#: may miss the ink by one, so that paper speaks less against it.
_COARSE_SIZES, _COARSE_DEGREES, _COARSE, _MISSED = (
    (12.0, 13.0, 14.0),
    (-4.0, -2.0, 0.0, 2.0, 4.0),
    1 / 3,
    -0.5,
)
#: How many of the likeliest are tried in finer steps, of all texts and of each of many, and
#: pixels that they may move then.
_KEPT, _EACH, _NEAR = 16, 4, 6.0
#: Rows of the smaller ink that are one row of print.
_ROW = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A text that was sought, its type, and its place on the ink turned level by the type."""

    text: str
    kind: Type
    spot: Spot


def search(
    ink: Ink, texts: Sequence[str], middles: tuple[float, float], bases: tuple[float, float]
) -> list[Found]:
    """Those of some bold texts that the ink shows most plainly, at whatever small tilt; best first.

    Args:
        ink: see `ink_of`.
        texts: what may stand there.
        middles: columns between which the middle of the text lies.
        bases: rows between which its base lies.

    First all are tried at a lower resolution in coarse steps, then the likeliest in fine ones.
    """
    small = _smaller(ink)
    likely: dict[tuple[str, float, int], Found] = {}
    for degrees in _COARSE_DEGREES:
        gains = np.maximum(gains_of(turned(small, degrees), blur=10 * _COARSE), _MISSED)
        for text, size in itertools.product(texts, _COARSE_SIZES):
            kind = Type(True, size, degrees=degrees)
            for row, spot in _coarse_spots(gains, draw(text, kind), middles, bases):
                place = text, size, row
                if place not in likely or spot.gain > likely[place].spot.gain:
                    likely[place] = Found(text, kind, spot)
    coarse = sorted(likely.values(), key=lambda one: -one.spot.gain)
    rank = collections.Counter[str]()
    kept = []
    for found in coarse:
        rank[found.text] += 1
        if rank[found.text] <= max(_EACH, _KEPT // len(texts)):
            kept.append(found)
    levels: dict[float, Ink] = {}
    fine = [_refined(found, ink, bases, levels) for found in kept[:_KEPT]]
    return sorted(fine, key=lambda one: -one.spot.gain)


def _coarse_spots(
    gains: Ink, drawn: Drawing, middles: tuple[float, float], bases: tuple[float, float]
) -> Iterator[tuple[int, Spot]]:
    """Where the drawing fits best in each `_ROW` of the smaller gains, and the row's number.

    Half of a text fits another row too, `GIÁM ĐỐC` that of the head.
    """
    template = _smaller(drawn.ink)
    x = round(_COARSE * (middles[0] - drawn.width / 2 - drawn.left))
    y = round(_COARSE * (bases[0] - drawn.base))
    width = template.shape[1] + max(round(_COARSE * (middles[1] - middles[0])), 0)
    height = template.shape[0] + max(round(_COARSE * (bases[1] - bases[0])), 0)
    sums = cv2.matchTemplate(window_of(gains, x, y, width, height), template, cv2.TM_CCORR)
    for row, top in enumerate(range(0, len(sums), _ROW)):
        _, gain, _, (dx, dy) = cv2.minMaxLoc(sums[top : top + _ROW])
        left, base = (x + dx) / _COARSE + drawn.left, (y + top + dy) / _COARSE + drawn.base
        yield row, Spot(gain, left, base)


def _refined(found: Found, ink: Ink, bases: tuple[float, float], levels: dict[float, Ink]) -> Found:
    """The text with tilt, size and weight that fit best, near where it was found.

    `levels` keeps what the ink says at each tilt.
    """

    def tried(kind: Type) -> Found:
        if kind.degrees not in levels:
            levels[kind.degrees] = gains_of(turned(ink, kind.degrees))
        drawn = draw(found.text, kind)
        left = found.spot.left + (draw(found.text, found.kind).width - drawn.width) / 2
        near = (
            max(found.spot.base - _NEAR, bases[0]),
            min(found.spot.base + _NEAR, bases[1]),
        )
        spot = best_spot(levels[kind.degrees], drawn, left, near, _NEAR)
        return Found(found.text, kind, spot)

    best = tried(found.kind)
    for vary in (_tilted, _sized, _fattened) * 2:
        best = max([best, *map(tried, vary(best.kind))], key=lambda one: one.spot.gain)
    return best


def _tilted(kind: Type) -> list[Type]:
    return [replace(kind, degrees=kind.degrees + step) for step in (-2.0, -1.0, 1.0, 2.0)]


def _sized(kind: Type) -> list[Type]:
    return [replace(kind, size=kind.size + step) for step in (-0.5, 0.5)]


def _fattened(kind: Type) -> list[Type]:
    return [replace(kind, fat=fat) for fat in (0, 1, 2) if fat != kind.fat]


def ending_alike(found: Found, ink: Ink, texts: Iterable[str]) -> list[Found]:
    """Other texts in the type of a found one that end in its last word, set where that stands."""
    level = gains_of(turned(ink, found.kind.degrees))
    end = found.spot.left + draw(found.text, found.kind).width
    last = found.text.split()[-1]
    out = []
    for text in texts:
        if text != found.text and text.split()[-1] == last:
            drawn, base = draw(text, found.kind), found.spot.base
            spot = best_spot(level, drawn, end - drawn.width, (base - 1, base + 1), 2)
            out.append(Found(text, found.kind, spot))
    return out


def words_of(found: Found, ink: Ink) -> tuple[tuple[str, Spot], ...]:
    """The words of a found text, each with its place on the ink as it lies, and its own gain."""
    level = gains_of(turned(ink, found.kind.degrees))
    middle = (ink.shape[1] / 2, ink.shape[0] / 2)
    back = cv2.getRotationMatrix2D(middle, -found.kind.degrees, 1.0)
    words, left = [], found.spot.left
    for text in found.text.split():
        drawn = draw(text, found.kind)
        spot = best_spot(level, drawn, left, (found.spot.base - 1, found.spot.base + 1), 1)
        x, y = (back @ np.array([spot.left, spot.base, 1.0])).tolist()
        words.append((text, Spot(spot.gain, x, y)))
        left += drawn.width + space(found.kind)
    return tuple(words)


def _smaller(ink: Ink) -> Ink:
    size = (max(round(ink.shape[1] * _COARSE), 1), max(round(ink.shape[0] * _COARSE), 1))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA))
