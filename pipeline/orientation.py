"""Which way up a scanned page lies, from the shapes of its printed lines alone.

Sideways or not is told by where the projection of the ink is sharper. Upside down is
told by what stands out of the lines: in Vietnamese far more ink (capitals, b d đ h k l,
accents) rises over the small letters than hangs below them (g p q y, dots). Works on a
mask of ink; it knows nothing of pages, points or words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.skew import Skew, find_skew

# How much sharper the lines must be across the page than along it before a page is
# turned: an upright page is never to be harmed.
_SIDEWAYS_RATIO, _CLOSE_RATIO = 1.6, 0.7
# Printed lines needed, and how lopsided they must be, to call a page upside down:
# text leans by 0.3 to 0.6, a form in capitals or a table of figures by up to 0.2 the wrong way.
_MIN_LINES = 8
_MIN_LEAN, _MIN_LEAN_TO_TURN = 0.2, 0.25
# Below this, rows that cross a page's true lines lean neither way.
_NO_LEAN = 0.12


@dataclass(frozen=True, slots=True)
class Orientation:
    """The quarter turn that makes the page upright.

    Attributes:
        rotation: degrees clockwise: 0, 90, 180 or 270.
        skew: of the page once it is turned so.
        lean: -1..1, ink above the lines against below, before a half turn; large is sure.
        sure: the evidence was clear; without it an upright-looking page is left alone.
    """

    rotation: int
    skew: Skew
    lean: float
    sure: bool


def find_orientation(ink: npt.NDArray[np.bool_], max_skew_degrees: float) -> Orientation:
    """The turn that makes the lines of `ink` level and upright."""
    level = find_skew(ink, max_skew_degrees)
    upended_ink = np.rot90(ink, -1)
    upended = find_skew(upended_ink, max_skew_degrees)
    lean, lines = _lean(ink, level.degrees)
    ratio = upended.sharpness / max(level.sharpness, 1e-12)
    if ratio > _CLOSE_RATIO:
        other_lean, other_lines = _lean(upended_ink, upended.degrees)
    else:
        other_lean, other_lines = 0.0, 0
    # Ruled pages are sharp both ways: then only true lines of letters lean.
    letters_upended = abs(other_lean) > 0.3 and other_lines >= _MIN_LINES and abs(lean) < _NO_LEAN
    # Letters that stand under each other (lists, forms) sharpen the wrong direction.
    letters_level = lean >= _MIN_LEAN_TO_TURN and lines >= _MIN_LINES and lean > abs(other_lean)
    sideways = (ratio > _SIDEWAYS_RATIO and not letters_level) or letters_upended
    skew = level
    if sideways:
        skew, lean, lines = upended, other_lean, other_lines
    sure = lines >= _MIN_LINES and (lean >= _MIN_LEAN or lean <= -_MIN_LEAN_TO_TURN)
    if sideways and not sure:
        # Sideways it is; which of the two turns is the likelier one, and said unsure.
        rotation = 0 if lines < 4 else 90 if lean >= 0 else 270
        return Orientation(rotation, skew if rotation else level, lean, False)
    rotation = 90 if sideways else 0
    if sure and lean < 0:
        rotation += 180
    return Orientation(rotation, skew, lean, sure)


def _lean(ink: npt.NDArray[np.bool_], degrees: float) -> tuple[float, int]:
    """Median over lines of (ink above - ink below) / both, and the number of lines."""
    rows, columns = np.nonzero(ink)
    if len(rows) < 200:
        return 0.0, 0
    angle = np.deg2rad(degrees)
    across = rows * np.cos(angle) + (columns - ink.shape[1] / 2) * np.sin(angle)
    across -= across.min()
    profile = np.bincount(across.astype(np.int64)).astype(np.float64)
    leans = []
    for top, bottom in _bodies(profile):
        reach = max(2, round(0.6 * (bottom - top)))
        above = profile[max(0, top - reach) : top].sum()
        below = profile[bottom : bottom + reach].sum()
        if above + below > 0:
            leans.append((above - below) / (above + below))
    return (float(np.median(leans)), len(leans)) if leans else (0.0, 0)


def _bodies(profile: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Rows of the small letters of each line: over half of the line's own peak."""
    window = 25
    padded = np.pad(profile, window // 2)
    peak = np.lib.stride_tricks.sliding_window_view(padded, window).max(axis=1)
    high = (profile > 0.5 * peak) & (peak > 0.15 * profile.max())
    edges = np.flatnonzero(np.diff(np.concatenate([[0], high.astype(np.int8), [0]])))
    spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(top, bottom) for top, bottom in spans if 3 <= bottom - top <= 16]
