"""Feet of pages with a name and, of the same ink, the seal that runs into it.

Where a seal hides a family name, what is left may be a name too: `Hoàng Oanh` of
`Lê Hoàng Oanh`. These pages are made to measure that, with faces that were never trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.stamped.compose import Composer
from models.stamped.seals import put_round
from models.stamped.type import EM
from pipeline.page import BBox

#: What the pages are made at, and pixels of a point.
DPI = 300.0
_POINT = DPI / 72
#: Points: a seal's radius, between its rings, its letters.
_RADIUS, _RINGS, _LETTERS = 51, 3, 7
#: Points beside and above the name, right of it and below.
_LEFT, _ABOVE, _RIGHT, _BELOW = 90, 100, 70, 90


@dataclass(frozen=True)
class Foot:
    """A page's foot in colour at DPI, what the name is, and the seal's box in points."""

    pixels: np.ndarray
    name: str
    seal: BBox


def crossed_foot(composer: Composer) -> Foot:
    """A name somewhere into which, near its beginning, a seal of its ink runs."""
    random = composer.random
    ink, words = composer.called_line()
    size = random.uniform(12, 20) * _POINT / EM
    ink = cv2.resize(
        ink, None, fx=size * random.uniform(0.8, 1.1), fy=size, interpolation=cv2.INTER_AREA
    )
    height, width = ink.shape
    left, top = round(_LEFT * _POINT), round(_ABOVE * _POINT)
    page = np.zeros(
        (top + height + round(_BELOW * _POINT), left + width + round(_RIGHT * _POINT)), np.uint8
    )
    page[top : top + height, left : left + width] = ink
    radius, angle = _RADIUS * _POINT, random.uniform(-0.2, 1.2)
    x = left + random.uniform(-8, 60) * _POINT - radius * np.sin(angle)
    y = top + random.uniform(0, 1) * height - radius * np.cos(angle)
    _draw_seal(page, composer, x, y)
    page = cv2.GaussianBlur(page, (0, 0), 0.9)
    matrix = cv2.getRotationMatrix2D((left, top), random.uniform(-1, 6), 1)
    page = cv2.warpAffine(page, matrix, page.shape[::-1])
    shares = page[..., None] * np.array([0.15, 0.9, 0.8])
    x, y = matrix @ np.array([x, y, 1])
    edges = (x - radius, y - radius, x + radius, y + radius)
    return Foot(
        np.round(255 - shares).astype(np.uint8),
        " ".join(words),
        BBox(*(float(edge) / _POINT for edge in edges)),
    )


def _draw_seal(page: np.ndarray, composer: Composer, x: float, y: float) -> None:
    """Two rings and letters within them, around a middle in pixels."""
    random = composer.random
    radius = _RADIUS * _POINT
    for gap in (0, _RINGS * _POINT):
        circle = (round(16 * x), round(16 * y)), round(16 * (radius - gap))
        cv2.circle(page, *circle, 255, round(0.8 * _POINT), cv2.LINE_AA, 4)
    face = composer.uprights[random.integers(len(composer.uprights))]
    tall, inner = _LETTERS * _POINT, radius - 9 * _POINT
    for angle in np.arange(-1.4, 1.4, 1.4 * tall / inner):
        glyph = face.glyph("ABCDGHIKLMNOPQRSTUVXY"[random.integers(21)], False, 0)
        put_round(page, glyph, (x, y), inner, tall, float(angle))
