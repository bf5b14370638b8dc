"""The angle of the printed lines on a page, to a tenth of a degree.

Ink is projected along candidate directions; across printed lines the profile is all
peaks and gaps, so the sum of its squared steps is largest at the true angle. First
coarsely over the whole range, then finely round the best. Works on a mask of ink of
about 100 dpi; it knows nothing of pages, points or what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_COARSE_STEP = 0.25
_FINE_STEP = 0.05
_COARSE_POINTS = 25_000
_FINE_POINTS = 80_000


@dataclass(frozen=True, slots=True)
class Skew:
    """An angle and how much it stands out.

    Attributes:
        degrees: counter-clockwise positive: lines that rise to the right.
        score: sum of squared profile steps at the angle over that at the median angle;
            near 1 when no direction is better than another.
        sharpness: the same sum over the squared amount of ink: compares two directions.
    """

    degrees: float
    score: float
    sharpness: float


def find_skew(ink: npt.NDArray[np.bool_], max_degrees: float) -> Skew:
    """The angle of the lines of `ink` (True where printed) within +-`max_degrees`."""
    rows, columns = np.nonzero(ink)
    if len(rows) < 200:
        return Skew(0.0, 1.0, 0.0)
    y = rows.astype(np.float32) - ink.shape[0] / 2
    x = columns.astype(np.float32) - ink.shape[1] / 2
    coarse = np.arange(-max_degrees, max_degrees + _COARSE_STEP / 2, _COARSE_STEP)
    few = slice(None, None, max(1, len(x) // _COARSE_POINTS))
    scores = _scores(x[few], y[few], coarse)
    peak = int(np.argmax(scores))
    ratio = float(scores[peak] / max(float(np.median(scores)), 1e-9))
    many = slice(None, None, max(1, len(x) // _FINE_POINTS))
    fine = coarse[peak] + np.arange(-0.5, 0.5 + _FINE_STEP / 2, _FINE_STEP)
    fine = fine[np.abs(fine) <= max_degrees + 1e-6]
    fine_scores = _scores(x[many], y[many], fine)
    best = int(np.argmax(fine_scores))
    degrees = float(fine[best]) + _FINE_STEP * _vertex(fine_scores, best)
    ink_amount = float(len(x[few]))
    return Skew(degrees, ratio, float(scores[peak]) / ink_amount**2)


def _scores(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    angles: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Squared steps of the profile of the points along each angle in degrees."""
    reach = int(np.hypot(np.abs(x).max(), np.abs(y).max())) + 2
    scores = np.empty(len(angles))
    for index, angle in enumerate(np.deg2rad(angles)):
        across = y * np.float32(np.cos(angle)) + x * np.float32(np.sin(angle))
        profile = np.bincount((across + reach).astype(np.int32), minlength=2 * reach + 1)
        steps = np.diff(profile.astype(np.float64))
        scores[index] = float(steps @ steps)
    return scores


def _vertex(scores: npt.NDArray[np.float64], peak: int) -> float:
    """Where between its neighbours the top of the peak lies, -0.5..0.5 of a step."""
    if peak in (0, len(scores) - 1):
        return 0.0
    left, middle, right = scores[peak - 1 : peak + 2]
    curve = left - 2 * middle + right
    if curve >= 0:
        return 0.0
    return float(np.clip(0.5 * (left - right) / curve, -0.5, 0.5))
