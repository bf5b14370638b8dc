"""Rows of letters on a page that no word covers, so that they can be read by themselves.

Page segmentation loses lines beside large type, under seals and between columns, and gives
no sign of it. Ink of letters' size that stands in a row outside all words is such a line.
Works on the cleaned page's pixels; it knows nothing of reading.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.page import BBox

_DPI = 150.0
#: Points: a letter of 8-point type without ascender to a capital of 20-point type with its
#: marks; wider is joined letters at most.
_LOWEST, _TALLEST, _WIDEST = 3.6, 22.0, 40.0
#: Points: the widest space in a line, the shortest line, and the most that a row may be high.
_SPACE, _SHORTEST, _HIGHEST = 9.0, 24.0, 30.0
#: Points: room for marks over and under a row's letters. A row of some height may hold two
#: lines, and then the lower one's marks stand in the feet of the upper.
_ABOVE, _BELOW, _TWO_LINES, _INTO = 4.5, 3.0, 19.0, 1.8
#: A row of fewer letters tells too little to be trusted.
_FEWEST = 4


def find_unread(
    pixels: npt.NDArray[np.uint8], dpi: float, covered: Iterable[BBox]
) -> tuple[BBox, ...]:
    """The boxes, in points, of rows of at least four letters that lie in no `covered` box."""
    factor = min(1.0, _DPI / dpi)
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    point = dpi * factor / 72
    ink = np.asarray(cv2.threshold(small, 150, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    boxes = cv2.connectedComponentsWithStats(ink)[2][1:, :4].astype(np.float64) / point
    boxes[:, 2:] += boxes[:, :2]
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    boxes = boxes[(height >= _LOWEST) & (height <= _TALLEST) & (width <= _WIDEST)]
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    free = np.ones(len(boxes), np.bool_)
    for box in covered:
        free &= ~((box.left <= x) & (x <= box.right) & (box.top <= y) & (y <= box.bottom))
    boxes = boxes[free]
    rows = _rows(boxes, ink.shape, point)
    found: list[BBox] = []
    for row in np.unique(rows):
        left, top = boxes[rows == row, :2].min(axis=0)
        right, bottom = boxes[rows == row, 2:].max(axis=0)
        enough = np.count_nonzero(rows == row) >= _FEWEST and right - left >= _SHORTEST
        if enough and bottom - top <= min(_HIGHEST, 0.6 * (right - left)):
            found.extend(_parted(BBox(*map(float, (left, top, right, bottom))), ink, point))
    return tuple(found)


def without(
    pixels: npt.NDArray[np.uint8], dpi: float, covered: Iterable[BBox]
) -> npt.NDArray[np.uint8]:
    """The page with all that lies in the `covered` boxes whitened."""
    point = dpi / 72
    out = pixels.copy()
    for box in covered:
        left, top, right, bottom = (
            max(0, round(side * point)) for side in dataclasses.astuple(box)
        )
        out[top:bottom, left:right] = 255
    return out


def _parted(row: BBox, ink: npt.NDArray[np.uint8], point: float) -> tuple[BBox, ...]:
    """The row; in two where it holds two lines that touch, as stamped ranks and offices do.

    The lower begins a little over the parting, where its capitals have their marks.
    """
    if row.height < _TWO_LINES:
        return (_with_marks(row, _ABOVE),)
    top, bottom = int(row.top * point), int(row.bottom * point)
    profile = np.count_nonzero(ink[top:bottom, int(row.left * point) : int(row.right * point)], 1)
    third = len(profile) // 3
    middle = third + int(np.argmin(profile[third : 2 * third]))
    if profile[middle] > 0.6 * min(profile[:middle].max(), profile[middle:].max()):
        return (_with_marks(row, _ABOVE),)
    parting = row.top + middle / point
    return (
        BBox(row.left, row.top - _ABOVE, row.right, parting),
        _with_marks(BBox(row.left, parting, row.right, row.bottom), _INTO),
    )


def _with_marks(row: BBox, above: float) -> BBox:
    """The row with the room in which marks, too small for letters, stand over and under it."""
    return BBox(row.left, row.top - above, row.right, row.bottom + _BELOW)


def _rows(
    boxes: npt.NDArray[np.float64], shape: tuple[int, ...], point: float
) -> npt.NDArray[np.intp]:
    """For each letter the number of its row: letters beside each other with a space at most."""
    drawn = np.zeros(shape[:2], np.uint8)
    middles = []
    for left, top, right, bottom in boxes:
        y = (top + bottom) / 2
        third = (bottom - top) / 6
        ends = (left - _SPACE / 2, y - third), (right + _SPACE / 2, y + third)
        corners = [(round(a * point), round(b * point)) for a, b in ends]
        cv2.rectangle(drawn, corners[0], corners[1], 255, -1)
        middles.append((int(y * point), int((left + right) / 2 * point)))
    _, labels = cv2.connectedComponents(drawn)
    return np.array([labels[middle] for middle in middles], np.intp)
