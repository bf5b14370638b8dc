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


def stamp_letters(ink: npt.NDArray[np.uint8], dpi: float) -> npt.NDArray[np.uint8]:
    """A rubber stamp's grey crop turned level by its frame, and the frame taken off.

    The angle is that of the smallest rectangle around all ink: a stamp is set by hand
    and seldom level, and its frame is its longest stroke.
    """
    points = np.argwhere(ink < 128)
    if len(points) < 50:
        return ink
    *_, angle = cv2.minAreaRect(points[:, ::-1].astype(np.float32))
    turn = angle - 90 if angle > 45 else angle
    height, width = ink.shape
    if abs(turn) > 0.5:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
        ink = cv2.warpAffine(ink, matrix, (width, height), borderValue=(255,)).astype(np.uint8)
    return np.pad(without_large_strokes(ink, dpi), 10, constant_values=255)
