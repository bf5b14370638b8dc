"""Strokes larger than type taken off a crop: signatures, rings of seals, underlines.

A signer's name is printed under a signature and often under a seal; where they do not
touch its letters, they can be told from them by size alone, whatever their colour.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

#: Height and width in points beyond which connected ink is no letter of a 14-point name.
_TALLEST, _WIDEST = 22.0, 40.0
#: Ink smaller than this, in square points, is dust.
_SMALLEST = 0.35


def without_large_strokes(pixels: npt.NDArray[np.uint8], dpi: float) -> npt.NDArray[np.uint8]:
    """The grey crop (rows, columns; 0 ink, 255 paper) with only ink of letters' size left."""
    point = dpi / 72
    _, ink = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count == 1:
        return pixels
    letter = (
        (stats[:, cv2.CC_STAT_HEIGHT] < _TALLEST * point)
        & (stats[:, cv2.CC_STAT_WIDTH] < _WIDEST * point)
        & (stats[:, cv2.CC_STAT_AREA] > _SMALLEST * point * point)
    )
    out = pixels.copy()
    out[~letter[labels] & (ink > 0)] = 255
    return out
