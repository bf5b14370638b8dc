"""An opening: the blank between printed words that ink goes into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.page import BBox


@dataclass(frozen=True, slots=True)
class Opening:
    """A blank between printed words.

    Attributes:
        bbox: from the end of the printed words before it to the start of those after it,
            from above the capitals to just below the baseline.
        strip_left, strip_right: where to cut so that the printed words are seen too.
        baseline: y of the printed line it stands on.
        size: of the type, points.
        sure_left, sure_right: the printed words at that end were read as such.
    """

    kind: Literal["number", "day", "month"]
    bbox: BBox
    strip_left: float
    strip_right: float
    baseline: float
    size: float
    sure_left: bool
    sure_right: bool


def make_opening(
    kind: Literal["number", "day", "month"],
    start: float,
    end: float,
    baseline: float,
    size: float,
    *,
    strip_left: float,
    strip_right: float,
    sure: tuple[bool, bool],
) -> Opening:
    """The opening from `start` to `end` with the height that type of `size` needs."""
    end = max(end, start + 1)
    return Opening(
        kind,
        BBox(start, baseline - 1.1 * size, end, baseline + 0.25 * size),
        max(strip_left, 0.0),
        strip_right,
        baseline,
        size,
        *sure,
    )
