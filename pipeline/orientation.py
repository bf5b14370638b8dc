"""Which way up a scanned page lies, from the shapes of its printed lines alone.

Sideways or not is told by where the projection is sharper. Works on a mask of ink; it
knows nothing of pages, points or words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.skew import find_skew

# How much sharper the lines must be across the page than along it before a page is
# turned: an upright page is never to be harmed.
_SIDEWAYS_RATIO = 1.6


@dataclass(frozen=True, slots=True)
class Orientation:
    """The quarter turn that makes the page upright.

    Attributes:
        rotation: degrees clockwise: 0, 90, 180 or 270.
        sure: the evidence was clear; an unsure page is left as it is (rotation 0).
    """

    rotation: int
    sure: bool


def find_orientation(ink: npt.NDArray[np.bool_], max_skew_degrees: float) -> Orientation:
    """The turn that makes the lines of `ink` level and upright."""
    level = find_skew(ink, max_skew_degrees)
    upended = find_skew(np.rot90(ink), max_skew_degrees)
    if upended.sharpness > _SIDEWAYS_RATIO * level.sharpness:
        return Orientation(90, False)
    return Orientation(0, True)
