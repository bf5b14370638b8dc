"""What becomes of a stamped line on its way to the scan: wear, seals, pens, specks, blur."""

from __future__ import annotations

import cv2
import numpy as np

from models.stamped.type import Face, Glyph


def worn(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What stamp, pen, seal and scanner make of ink 0..255."""
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
    ink = np.maximum(ink, _strange(height, width, random))
    blur = random.uniform(0, 0.022) * height
    if blur > 0.3:
        ink = cv2.GaussianBlur(ink, (0, 0), blur)
    if random.random() < 0.3:
        cut = random.uniform(0.25, 0.6)
        ink = np.clip((ink - cut) * random.choice([2.0, 50.0]) + 0.5, 0, 1)
    if random.random() < 0.5:
        ink = ink + random.normal(0, random.uniform(0, 0.08), ink.shape).astype(np.float32)
    grey = np.clip(255 * ink * random.uniform(0.45, 1.0), 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        packed = cv2.imencode(
            ".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 80))]
        )[1]
        grey = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return grey


def put_seal(
    ink: np.ndarray, end: float, height: float, face: Face | None, random: np.random.Generator
) -> None:
    """The foot of a seal, put left of a line whose letters begin at column `end`."""
    radius = height * random.uniform(1.8, 4)
    x, y = random.uniform(-0.3, 1) * end, height * random.uniform(0.1, 1.1) - radius
    thick = max(1, round(height * random.uniform(0.03, 0.09)))
    for gap in (0, 2 * thick + 2)[: 1 + int(random.random() < 0.7)]:
        circle = (round(16 * x), round(16 * y)), round(16 * (radius - gap))
        cv2.circle(ink, *circle, 255, thick, cv2.LINE_AA, 4)
    if face is None:
        return
    tall = height * random.uniform(0.2, 0.4)
    inner = radius - random.uniform(1.3, 2) * tall
    letters = "ABCDGHIKLMNOPQRSTUVXYĐỘỦẠƯ"
    for angle in np.arange(-1.4, 1.4, 1.2 * tall / inner):
        across = x + inner * np.sin(angle)
        if random.random() < 0.2 or not -tall < across < end + 0.3 * height:
            continue
        glyph = face.glyph(letters[random.integers(len(letters))], False, 0)
        put_round(ink, glyph, (x, y), inner, tall, float(angle))


def put_round(
    ink: np.ndarray,
    glyph: Glyph,
    middle: tuple[float, float],
    radius: float,
    tall: float,
    angle: float,
) -> None:
    """A letter so tall on a circle, at an angle from its foot, its head to the middle."""
    across, down = np.cos(angle), np.sin(angle)
    turn = tall / glyph.ink.shape[0] * np.array([[across, down], [-down, across]])
    spot = np.array(middle) + radius * np.array([down, across])
    shift = spot - turn @ (np.array(glyph.ink.shape[::-1]) / 2)
    way = np.hstack([turn, shift[:, None]])
    np.maximum(ink, cv2.warpAffine(glyph.ink, way, ink.shape[::-1]), out=ink)


def _strange(height: int, width: int, random: np.random.Generator) -> np.ndarray:
    """Ink that is no letter of the name: seal, signature, specks, neighbouring lines."""
    out = np.zeros((height, width), np.uint8)
    thick = max(1, round(height * random.uniform(0.02, 0.09)))
    for _ in range(random.choice([0, 1, 2], p=[0.74, 0.24, 0.02])):  # the seal's rings
        if random.random() < 0.75:
            x, y = random.uniform(-0.3, 1.1) * width, -random.uniform(0.9, 3.2) * height
            radius = abs(y) + height * random.uniform(-0.1, 0.7)
        else:  # beside the line, so that it runs through its first or last letters
            radius = height * random.uniform(1.6, 4)
            inside = random.uniform(0, 0.22) * width
            left = random.random() < 0.7
            x = inside - radius if left else width - inside + radius
            y = height * random.uniform(-1.2, 1)
        for gap in (0, thick * 2 + 2)[: 1 + int(random.random() < 0.7)]:
            circle = (round(16 * x), round(16 * y)), round(16 * max(radius - gap, 1))
            cv2.circle(out, *circle, int(random.integers(150, 256)), thick, cv2.LINE_AA, 4)
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
