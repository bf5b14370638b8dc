"""Seals of the stamp's own ink: rings, letters and stars, and what is left where rings were taken off.

`pipeline/rings.py` takes rings off before a line is read: thin strokes that ran along a ring go
with it, and crumbs of it stay. So it is done here.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.stamped.type import Face, Glyph

_LETTERS = "ABCDGHIKLMNOPQRSTUVXYĐỘỦẠƯÊỈ"


@dataclass(frozen=True)
class Ring:
    """A circle, pixels: its middle, radius and how thick it is drawn."""

    x: float
    y: float
    radius: float
    thick: int


def draw_rings(ink: np.ndarray, rings: list[Ring], dark: int = 255) -> None:
    """Puts rings on ink 0..255."""
    for one in rings:
        circle = (round(16 * one.x), round(16 * one.y)), round(16 * max(one.radius, 1))
        cv2.circle(ink, *circle, dark, one.thick, cv2.LINE_AA, 4)


def take_off(ink: np.ndarray, rings: list[Ring], random: np.random.Generator) -> np.ndarray:
    """Ink 0..1 less what is no thicker than each ring, seen from its middle, where it runs.

    Here and there a stretch stays, whole or as crumbs.
    """
    height, width = ink.shape
    solid = (ink > random.uniform(0.2, 0.45)).astype(np.uint8)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    gone = np.zeros(ink.shape, bool)
    for one in rings:
        across, down = x - one.x, y - one.y
        far = np.hypot(across, down) + 1e-3
        across, down = across / far, down / far
        most = round(random.uniform(1.2, 1.8) * one.thick + 1)
        run, ways = solid.copy(), [solid, solid]
        for step in range(1, most + 1):
            for i, sign in enumerate((step, -step)):
                moved = cv2.remap(solid, x + sign * across, y + sign * down, cv2.INTER_NEAREST)
                ways[i] = ways[i] & moved
                run += ways[i]
        gone |= (np.abs(far - one.radius) < one.thick / 2 + 1.5) & (run <= most)
    if random.random() < 0.6:
        stays = random.normal(0, 1, (3, max(3, width // 10))).astype(np.float32)
        stays = cv2.resize(stays, (width, height), interpolation=cv2.INTER_CUBIC)
        gone &= stays < random.uniform(0.8, 2)
    if random.random() < 0.5:
        gone &= cv2.blur(random.random(ink.shape), (2, 2)) > random.uniform(0.1, 0.4)
    # The fringe of a ring goes with it, that of a letter beside it stays.
    left = ((solid > 0) & ~gone).astype(np.uint8)
    fringe = cv2.dilate(gone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    fringe &= cv2.dilate(left, np.ones((2, 2), np.uint8)) == 0
    return np.where(gone | fringe, 0, ink).astype(np.float32)


def put_seal(
    ink: np.ndarray,
    end: float,
    base: float,
    height: float,
    face: Face | None,
    random: np.random.Generator,
) -> list[Ring]:
    """Puts the foot of a seal before or above a line on ink 0..255; its rings.

    Args:
        ink: with the line.
        end: column where its letters begin.
        base: row of their head.
        height: of its letters, pixels.
        face: of the seal's letters.
        random: where and how.
    """
    radius = height * random.uniform(1.8, 4)
    x, y = random.uniform(-0.3, 1) * end, base + height * random.uniform(0.1, 1.1) - radius
    if random.random() < 0.3:  # far above: its letters alone are near
        y -= height * random.uniform(0.3, 1)
        x += height * random.uniform(0, 2)
    thick = max(1, round(height * random.uniform(0.03, 0.09)))
    gaps = (0, 2 * thick + 2)[: 1 + int(random.random() < 0.7)]
    rings = [Ring(x, y, radius - gap, thick) for gap in gaps]
    draw_rings(ink, rings)
    if face is None:
        return rings
    tall = height * random.uniform(0.2, 0.45)
    inner = radius - random.uniform(1.3, 2) * tall
    if random.random() < 0.4:
        rings.append(Ring(x, y, inner - tall, thick))
        draw_rings(ink, rings[-1:])
    seen = ink.shape[1] if random.random() < 0.25 else end + 0.3 * height
    star = random.uniform(-1.2, 1.2) if random.random() < 0.5 else 9
    for angle in np.arange(-1.4, 1.4, 1.2 * tall / inner):
        across = x + inner * np.sin(angle)
        if random.random() < 0.2 or not -tall < across < seen:
            continue
        if abs(angle - star) < tall / inner:
            _put_star(ink, across, y + inner * np.cos(angle), 0.5 * tall, random.uniform(0, 7))
            continue
        glyph = face.glyph(_LETTERS[random.integers(len(_LETTERS))], False, 0)
        put_round(ink, glyph, (x, y), inner, tall, float(angle))
    return rings


def _put_star(ink: np.ndarray, x: float, y: float, radius: float, turn: float) -> None:
    angles = turn + np.arange(10) * np.pi / 5
    far = np.where(np.arange(10) % 2, 0.4, 1.0) * radius
    corners = np.stack([x + far * np.cos(angles), y + far * np.sin(angles)], axis=1)
    cv2.fillPoly(ink, [np.round(16 * corners).astype(np.int32)], 255, cv2.LINE_AA, 4)


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


def strange_rings(height: int, width: int, random: np.random.Generator) -> list[Ring]:
    """Rings that run through a line somewhere; mostly none."""
    rings: list[Ring] = []
    thick = max(1, round(height * random.uniform(0.02, 0.09)))
    for _ in range(random.choice([0, 1, 2], p=[0.62, 0.34, 0.04])):
        if random.random() < 0.7:
            x, y = random.uniform(-0.3, 1.1) * width, -random.uniform(0.9, 3.2) * height
            radius = abs(y) + height * random.uniform(-0.1, 0.9)
        else:  # beside the line, so that it runs through its first or last letters
            radius = height * random.uniform(1.6, 4)
            inside = random.uniform(0, 0.22) * width
            left = random.random() < 0.7
            x = inside - radius if left else width - inside + radius
            y = height * random.uniform(-1.2, 1)
        gaps = (0, thick * 2 + 2)[: 1 + int(random.random() < 0.7)]
        rings += [Ring(x, y, max(radius - gap, 1), thick) for gap in gaps]
    return rings
