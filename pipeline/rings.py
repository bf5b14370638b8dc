"""Rings of round seals taken off the ink, and the letters that cross them left.

A signer's name is stamped over the seal's edge in ink of the same colour. A ring is a thin line
whose place is known from where it runs free: there, what is no thicker than the ring is
the ring, and what is thicker is a letter that crosses it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ink import Pixels

Floats = npt.NDArray[np.float64]

#: Inches across of what may be a seal, as `colour` finds them; those of offices on these letters
#: have 1.3 to 1.4.
_SMALLEST, _LARGEST = 1.05, 1.9
#: Points beyond which a stroke is no letter's; pixels of such strokes that a ring has, and that
#: are looked at.
_LONG, _FEWEST, _SEEN = 12.0, 150, 900
#: Circles that are tried, and looked at closely; points that a stroke may lie off; directions, and the share of them in
#: which strokes must lie on the circle: half of it may lie outside of the crop.
_TRIED, _LIKELY, _NEAR, _ROUND, _COVERED = 3000, 30, 0.9, 72, 0.4
#: Directions in which a circle is looked at, and shares of its radius between which rings lie.
_DIRECTIONS, _INNER, _OUTER = 1440, 0.55, 1.12
#: Points that a ring is thick at most, and how far it may lie off its circle.
_THICKEST, _OFF = 2.4, 1.2
#: Share of a stretch of directions on which a ring stands, where it is one.
_STANDS = 0.45
#: How much thicker than the ring the ink of its place may be, and still be the ring.
_THICKER = 1.6


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle, pixels."""

    x: float
    y: float
    radius: float


def without_rings(ink: Pixels, solid: Pixels, dpi: float) -> Pixels:
    """The ink (255 on paper 0) without the rings of round seals.

    Args:
        ink: rows x columns.
        solid: 1 where `ink` is ink and no paper.
        dpi: of both.
    """
    circle = find_circle(solid, dpi)
    if circle is None:
        return ink
    gone = _ring(solid, circle, dpi / 72)
    # The fringe of a ring goes with it; that of a letter beside it stays.
    near = cv2.dilate(gone, np.ones((3, 3), np.uint8)) > 0
    kept = cv2.erode((solid & (1 - gone)).astype(np.uint8), np.ones((2, 2), np.uint8))
    near &= cv2.dilate(kept, np.ones((3, 3), np.uint8)) == 0
    return np.asarray(np.where(near, 0, ink), np.uint8)


def find_circle(solid: Pixels, dpi: float) -> Circle | None:
    """The circle as large as a seal that most ink stands on; `None` where none does.

    Three points of larger strokes make a circle; of many such, the one that most of the
    strokes bear out (RANSAC; Fischler and Bolles 1981).
    """
    point = dpi / 72
    rows, columns = np.nonzero(_larger(solid, point))
    if len(rows) < _FEWEST:
        return None
    random = np.random.default_rng(0)
    seen = random.choice(len(rows), min(len(rows), _SEEN), replace=False)
    x, y = columns[seen].astype(float), rows[seen].astype(float)
    triples = random.integers(len(x), size=(_TRIED, 3))
    circles = _circles(x[triples], y[triples])
    inches = 2 * circles[:, 2] / dpi
    circles = circles[(inches > _SMALLEST) & (inches < _LARGEST)]
    likely = np.hypot(x - circles[:, :1], y - circles[:, 1:2]) - circles[:, 2:]
    on = np.count_nonzero(np.abs(likely) < _NEAR * point, axis=1)
    best, share = None, _COVERED
    for at in np.argsort(-on)[:_LIKELY]:
        one = Circle(*circles[at].tolist())
        covered = _covered(one, x, y, _NEAR * point)
        if covered > share:
            best, share = one, covered
    return best


def _covered(circle: Circle, x: Floats, y: Floats, near: float) -> float:
    """Share of the directions in which a point lies on the circle."""
    on = np.abs(np.hypot(x - circle.x, y - circle.y) - circle.radius) < near
    directions = np.arctan2(y[on] - circle.y, x[on] - circle.x)
    return len(np.unique(np.floor(directions / np.pi * _ROUND / 2))) / _ROUND


def _larger(solid: Pixels, point: float) -> npt.NDArray[np.bool_]:
    """Where strokes are longer than any letter's."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    large = longest > _LONG * point
    large[0] = False
    return np.asarray(large[labels], bool)


def _circles(x: Floats, y: Floats) -> Floats:
    """Middle and radius (N, 3) of the circles through three points each, x and y (N, 3)."""
    bx, by = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]
    cx, cy = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    twice = 2 * (bx * cy - by * cx)
    twice = np.where(np.abs(twice) < 1e-6, np.nan, twice)
    b, c = bx**2 + by**2, cx**2 + cy**2
    ux, uy = (cy * b - by * c) / twice, (bx * c - cx * b) / twice
    return np.stack([x[:, 0] + ux, y[:, 0] + uy, np.hypot(ux, uy)], axis=1)


def _ring(solid: Pixels, circle: Circle, point: float) -> Pixels:
    """1 where the rings at a circle stand alone."""
    radii = np.arange(_INNER * circle.radius, _OUTER * circle.radius)
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    columns = (circle.x + radii[None, :] * np.cos(angles)[:, None]).astype(np.float32)
    rows = (circle.y + radii[None, :] * np.sin(angles)[:, None]).astype(np.float32)
    polar = np.asarray(
        cv2.remap(solid, columns, rows, cv2.INTER_NEAREST, borderValue=(0,)), np.uint8
    )
    gone = np.zeros_like(polar)
    starts, ends, runs = _runs(polar)
    thin = (ends - starts) <= _THICKEST * point
    middle = (starts + ends) / 2
    # Where a ring stands in each direction: the middle of thin runs, of many directions together.
    votes = np.zeros(polar.shape, np.float32)
    votes[runs[thin], np.clip(middle[thin], 0, polar.shape[1] - 1).astype(int)] = 1
    wide = round(_DIRECTIONS / 10) | 1
    across = round(2 * _OFF * point) | 1
    around = np.vstack([votes[-wide:], votes, votes[:wide]])
    share = cv2.boxFilter(around, -1, (across, wide), normalize=False)[wide:-wide] / wide
    standing = share >= _STANDS
    thickness = np.median((ends - starts)[thin]) if thin.any() else 0.0
    most = min(_THICKER * thickness + 1, _THICKEST * point)
    for row, start, end in zip(runs.tolist(), starts.tolist(), ends.tolist(), strict=True):
        if end - start <= most and standing[row, (start + end) // 2]:
            gone[row, start:end] = 1
    out = np.zeros_like(solid)
    inside = (gone > 0) & (columns > 0) & (rows > 0)
    inside &= (columns < solid.shape[1] - 1) & (rows < solid.shape[0] - 1)
    out[np.rint(rows[inside]).astype(int), np.rint(columns[inside]).astype(int)] = 1
    # Directions lie up to a pixel apart.
    grown = np.asarray(cv2.dilate(out, np.ones((2, 2), np.uint8)), np.uint8)
    return np.asarray(grown & solid, np.uint8)


def _runs(polar: Pixels) -> tuple[npt.NDArray[np.int64], ...]:
    """First and last-but-one column, and row, of every run of ink along a direction."""
    edges = np.diff(np.pad(polar.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    return starts, ends, rows
