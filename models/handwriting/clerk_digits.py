"""Single digits of real clerks, cut out of filled slots whose truth is known.

A slot gives its digits only where its ink falls into as many pieces as there are digits,
so that nobody has to say where one ends; joined digits are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.handwriting import ABOVE_BASELINE, BELOW_BASELINE
from pipeline.slots.opening import Opening


@dataclass(frozen=True)
class ClerkDigit:
    """A digit's ink 0..255, its value, pixels a point, and pixels from its top to the baseline."""

    ink: np.ndarray
    digit: int
    scale: float
    foot: float


def cut_digits(part: np.ndarray, opening: Opening, dpi: float, truth: str) -> Iterator[ClerkDigit]:
    """The digits of `truth` in a strip, or nothing where they cannot be told apart.

    Args:
        part: grey levels of the strip as `pipeline.handwriting.cut_strip` gives it.
        opening: what the strip was cut around.
        dpi: of `part`.
        truth: digits alone.
    """
    points = dpi / 72
    scale = points * opening.size / 13
    foot = ABOVE_BASELINE / (ABOVE_BASELINE + BELOW_BASELINE) * part.shape[0]
    paper = float(np.percentile(part, 85))
    dark = min(float(np.percentile(part, 1)), paper - 60)
    ink = np.clip((paper - 8 - part.astype(np.float32)) / max(paper - 8 - dark, 1), 0, 1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0.45).astype(np.uint8))
    left = (opening.bbox.left - opening.strip_left - 1.5) * points
    right = (opening.bbox.right - opening.strip_left - 0.5) * points
    pieces: list[list[int]] = []
    for code in sorted(range(1, len(stats)), key=lambda i: int(stats[i, cv2.CC_STAT_LEFT])):
        x, y, width, height, _ = (int(v) for v in stats[code])
        middle = x + width / 2
        if not left < middle < right or height > 24 * scale:
            continue
        if y > foot + 5 * scale or y + height < foot - 16 * scale or max(width, height) < 3 * scale:
            continue
        if pieces:
            start = min(int(stats[i, cv2.CC_STAT_LEFT]) for i in pieces[-1])
            end = max(
                int(stats[i, cv2.CC_STAT_LEFT] + stats[i, cv2.CC_STAT_WIDTH]) for i in pieces[-1]
            )
            if min(end, x + width) - max(start, x) > 0.45 * min(end - start, width):
                pieces[-1].append(code)
                continue
        pieces.append([code])
    pieces = [
        piece
        for piece in pieces
        if max(int(stats[i, cv2.CC_STAT_HEIGHT]) for i in piece) > 5.5 * scale
    ]
    if len(pieces) != len(truth):
        return
    for piece, digit in zip(pieces, truth, strict=True):
        mask = cv2.dilate(np.isin(labels, piece).astype(np.uint8), np.ones((3, 3), np.uint8))
        rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        if len(columns) > 16 * scale:
            continue
        tile = np.round(255 * ink[box] * mask[box]).astype(np.uint8)
        yield ClerkDigit(tile, int(digit), scale, float(foot - rows[0]))
