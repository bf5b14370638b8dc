"""What becomes of whole letters at EM pixels: fat, struck twice, hollow, broken."""

from __future__ import annotations

import cv2
import numpy as np

#: Pixels that the stem of a letter is wide at most, in a running hand and upright.
FATTEST, FATTEST_UPRIGHT = 11, 17
#: A stem so thin has no thinner strokes that might be lost.
_THIN = 5


def struck(ink: np.ndarray, stem: int, upright: bool, random: np.random.Generator) -> np.ndarray:
    """The line as it was cut and struck; ink 0..255.

    Args:
        ink: of the line.
        stem: pixels that its stems are wide.
        upright: what is upright has forms that a running hand has seldom.
        random: what happens to it.
    """
    if random.random() < (0.45 if upright else 0.6):
        # So fat that loops are about to close, and no fatter.
        most = max(1, (FATTEST_UPRIGHT if upright else FATTEST) - stem)
        by = min(int(random.integers(2, 9)), most)
        ink, stem = _grown(ink, by), stem + by - 1
    if random.random() < (0.08 if upright else 0.02):
        ink = _hollow(ink, random)
    if random.random() < (0.15 if upright else 0.05):
        right, down = random.integers(-5, 6), random.integers(-4, 5)
        again = np.roll(ink, (down, right), axis=(0, 1))
        ink = np.maximum(ink, (again * random.uniform(0.6, 1)).astype(np.uint8))
    if random.random() < (0.3 if upright else 0.12):
        ink = _broken(ink, stem, random)
    return ink


def _grown(ink: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (by, by)))


def _hollow(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The outline alone; within it some grey may be left."""
    wide = int(random.integers(2, 6))
    inner = cv2.erode(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    outline = _grown(ink, 2) - inner * random.uniform(0.7, 1)
    return np.clip(outline, 0, 255).astype(np.uint8)


def _broken(ink: np.ndarray, stem: int, random: np.random.Generator) -> np.ndarray:
    """Strokes thinner than stems gone in places, and cuts through letters."""
    height, width = ink.shape
    if stem > _THIN and random.random() < 0.7:
        wide = int(random.integers(_THIN - 1, min(9, stem)))
        thick = cv2.morphologyEx(
            ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
        )
        places = random.normal(0, 1, (4, max(4, width // 40))).astype(np.float32)
        places = cv2.resize(places, (width, height), interpolation=cv2.INTER_LINEAR)
        kept = cv2.dilate(thick, np.ones((2, 2), np.uint8))
        ink = np.where(places > random.uniform(0.2, 1.2), np.minimum(ink, kept), ink)
    ink = ink.copy()
    for _ in range(random.poisson(1.5)):
        x, y = random.uniform(0, width), random.uniform(0.3, 0.7) * height
        turn = random.uniform(0, np.pi) if random.random() < 0.5 else random.normal(0, 0.1)
        far = random.uniform(0.2, 2) * height
        ends = [
            (round(x + s * far * np.cos(turn)), round(y + s * far * np.sin(turn))) for s in (-1, 1)
        ]
        cv2.line(ink, *ends, 0, int(random.integers(2, 6)), cv2.LINE_AA)
    return ink
