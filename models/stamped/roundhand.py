"""Capitals of English roundhand, as many hands write them with a pointed pen.

Rubber stamps are cut in faces that nobody gives away: their C, L and T have a curl and an
upstroke that free faces lack. roundhand.toml holds the way of the pen; each hand follows it
in its own manner.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import cv2
import numpy as np

from models.stamped.type import Glyph

#: Pixels that a capital is high.
HEIGHT = 56
#: Pixels of the drawing for each one of the picture.
_FINE = 2


@functools.lru_cache(maxsize=1)
def strokes() -> dict[str, list[np.ndarray]]:
    """Points (N, 2) of each stroke of each form of a capital (`L`, `L2`), in heights of a capital."""
    text = (Path(__file__).parent / "roundhand.toml").read_text(encoding="utf-8")
    return {
        sign: [np.array(one, np.float64) for one in lines]
        for sign, lines in tomllib.loads(text).items()
    }


@functools.lru_cache(maxsize=4000)
def write_capital(sign: str, hand: int) -> Glyph | None:
    """One capital HEIGHT pixels high; `None` where roundhand.toml has no such letter.

    Capitals of one `hand` are as wide, as slanted and as fat as one another.
    """
    forms = [form for form in strokes() if form[0] == ("D" if sign == "Đ" else sign)]
    if not forms:
        return None
    random = np.random.default_rng(hand)
    wide, lean = random.uniform(0.75, 1.3), random.normal(0, 0.12)
    thin, thick = random.uniform(0.02, 0.05), random.uniform(0.06, 0.17)
    shaky = random.uniform(0.01, 0.035)
    random = np.random.default_rng((hand, ord(sign)))
    lines = strokes()[forms[random.integers(len(forms))]]
    room, size = 0.3, HEIGHT * _FINE
    canvas = np.zeros((round(1.7 * size), round(2.2 * size)), np.uint8)
    ways = [line + random.normal(0, shaky, line.shape) for line in lines]
    if sign == "Đ":
        y = random.uniform(0.42, 0.6)
        ways.append(np.array([[0.12, y], [0.3, y - 0.02], [0.56, y + random.normal(0, 0.03)]]))
    for way in ways:
        curve = _curve(way)
        curve[:, 0] = (curve[:, 0] + lean * (0.5 - curve[:, 1])) * wide
        steps = np.diff(curve, axis=0)
        # A pointed pen is pressed where it goes down.
        down = np.clip(steps[:, 1] / (np.hypot(*steps.T) + 1e-9), 0, 1)
        widths = thin + (thick - thin) * cv2.blur(down.reshape(-1, 1), (1, 5)).ravel()
        spots = np.round((curve + room) * size).astype(int).tolist()
        for start, end, width in zip(spots[:-1], spots[1:], widths, strict=True):
            cv2.line(canvas, start, end, 255, max(1, round(width * size)), cv2.LINE_AA)
    small = cv2.resize(canvas, None, fx=1 / _FINE, fy=1 / _FINE, interpolation=cv2.INTER_AREA)
    rows, columns = np.flatnonzero(small.any(axis=1)), np.flatnonzero(small.any(axis=0))
    ink = small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top = int(rows[0]) - round((1 + room) * HEIGHT)
    left = int(columns[0]) - round(room * HEIGHT)
    return Glyph(ink, left, top, left + ink.shape[1] * random.uniform(0.85, 1.02))


def _curve(points: np.ndarray) -> np.ndarray:
    """A smooth way (M, 2) through all points (Catmull and Rom)."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 6, endpoint=False)[:, None]
    parts = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(ends[:-3], ends[1:-2], ends[2:-1], ends[3:], strict=True)
    ]
    return np.vstack([*parts, points[-1:]])
