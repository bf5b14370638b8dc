"""What becomes of a stamped line on its way to the scan: wear, seals, pens, specks, blur."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.stamped.seals import Ring, draw_rings, strange_rings, take_off

#: Share of lines whose rings are taken off, as the package does where it finds them.
_RINGS_OFF = 0.65


def worn(ink: np.ndarray, random: np.random.Generator, rings: Sequence[Ring] = ()) -> np.ndarray:
    """What stamp, pen, seal and scanner make of ink 0..255, on which `rings` are drawn."""
    height, width = ink.shape
    ink = ink.astype(np.float32) / 255
    if random.random() < 0.35:
        thick = random.random() < 0.6
        kernel = np.ones((2, 2) if random.random() < 0.5 else (2, 1), np.uint8)
        other = cv2.dilate(ink, kernel) if thick else cv2.erode(ink, kernel)
        ink += (other - ink) * random.uniform(0.3, 1.0)
    if random.random() < 0.5:
        # Uneven inking: pale patches, breaks where they are palest.
        field = random.normal(0, 1, (3, max(3, width // 12))).astype(np.float32)
        field = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
        ink = ink * np.clip(1 - random.uniform(0, 0.6) * np.maximum(field, 0), 0.15, 1)
    if random.random() < 0.4:
        grain = random.random((height, width), np.float32) < random.uniform(0, 0.12)
        ink = np.where(grain, ink * random.uniform(0, 0.6), ink).astype(np.float32)
    crossing = strange_rings(height, width, random)
    ink = np.maximum(ink, _strange(height, width, crossing, random))
    blur = random.uniform(0, 0.022) * height
    if blur > 0.3:
        ink = cv2.GaussianBlur(ink, (0, 0), blur)
    if random.random() < 0.3:
        cut = random.uniform(0.25, 0.6)
        ink = np.clip((ink - cut) * random.choice([2.0, 50.0]) + 0.5, 0, 1)
    every = [*rings, *crossing]
    if every and random.random() < _RINGS_OFF:
        ink = take_off(ink, every, random)
    if random.random() < 0.5:
        ink = ink + random.normal(0, random.uniform(0, 0.08), ink.shape).astype(np.float32)
    grey = np.clip(255 * ink * random.uniform(0.45, 1.0), 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        packed = cv2.imencode(
            ".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 80))]
        )[1]
        grey = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return grey


def _strange(height: int, width: int, rings: list[Ring], random: np.random.Generator) -> np.ndarray:
    """Ink that is no letter of the name: a seal's rings, signature, specks, neighbouring lines."""
    out = np.zeros((height, width), np.uint8)
    draw_rings(out, rings, int(random.integers(150, 256)))
    for _ in range(int(random.random() < 0.25) + int(random.random() < 0.1)):  # a pen
        start = np.array([random.uniform(-0.1, 1.1) * width, random.uniform(-0.5, 1.5) * height])
        across = 0.3 * width if random.random() < 0.6 else 1.2 * height
        steps = random.normal(0, 1, (4, 2)) * np.array([across, 0.6 * height])
        points = np.vstack([start, start + np.cumsum(steps, axis=0)])
        curve = cv2.resize(points.astype(np.float32), (2, 40), interpolation=cv2.INTER_CUBIC)
        cv2.polylines(
            out,
            [np.round(16 * curve).astype(np.int32)],
            False,
            int(random.integers(120, 256)),
            max(1, round(height * random.uniform(0.02, 0.07))),
            cv2.LINE_AA,
            4,
        )
    for _ in range(random.poisson(0.8)):  # specks
        place = (int(random.integers(width)), int(random.integers(height)))
        cv2.circle(out, place, int(random.integers(0, 3)), int(random.integers(80, 256)), -1)
    if random.random() < 0.15:  # feet or heads of another line
        x = 0
        while x < width:
            step = int(random.integers(3, 12))
            if random.random() < 0.6:
                deep = int(height * random.uniform(0.02, 0.1))
                if random.random() < 0.5:
                    out[:deep, x : x + max(1, step // 3)] = 200
                else:
                    out[height - deep :, x : x + max(1, step // 3)] = 200
            x += step
    return out.astype(np.float32) / 255
