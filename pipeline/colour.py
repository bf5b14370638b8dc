"""Ink that is not black: seals and stamps in red, blue pens, and names stamped in red.

Each function takes pixels (uint8, RGB or grey, white paper near 255) and returns new ones.
A part of `clean`: it knows nothing of pages, points or which way is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from pipeline.ink import Mask, PixelBox, Pixels, as_pixels, to_grey

#: Grey up to which ink is dark.
_DARK = 159


@dataclass(frozen=True, slots=True)
class Blot:
    """A stretch of coloured ink: its kind and pixel box (left, top, right, bottom)."""

    kind: Literal["seal", "stamp", "blue_ink"]
    box: PixelBox


def take_colour_out(pixels: Pixels, dpi: float) -> tuple[Pixels, tuple[Blot, ...]]:
    """Grey pixels without red and blue ink, and the stretches of what left.

    Ink is judged in its own channel: a red seal is bright in red while black print
    beneath it is dark there too, so the print stays. A page most of whose ink has one
    colour is printed (or scanned) in it, and keeps it.
    """
    text = to_grey(pixels)
    if pixels.ndim == 2:
        return text, ()
    inked = max(int(np.count_nonzero(text <= _DARK)), 1)
    blots: list[Blot] = []
    # In place where it can be: each of these is as large as the page, and a worker's memory
    # is mostly such copies.
    for is_red in (True, False):
        mask = _coloured(_chroma(pixels, is_red), dpi)
        share = np.count_nonzero(text[mask > 0] <= _DARK) / inked
        if share > 0.5 or not mask.any():
            continue
        found = _blots(mask, dpi, is_red)
        # Names and offices of signers are often stamped in red: lines of letters are
        # text whatever their colour; only what lies in a seal's ring goes.
        if is_red:
            outside = _discs(mask.shape, found)
            outside = as_pixels(cv2.bitwise_not(outside, dst=outside))
            kept = _printed_lines(
                as_pixels(cv2.bitwise_and(mask, outside, dst=outside)), dpi, 4, 0.4
            )
            del outside
        else:
            kept = _printed_lines(mask, dpi, 10, 1.2)
        mask = as_pixels(cv2.subtract(mask, kept, dst=mask))
        lifted = cv2.LUT(cv2.extractChannel(pixels, 0 if is_red else 2), _lift_table())
        text = as_pixels(cv2.max(text, cv2.bitwise_and(lifted, mask, dst=lifted), dst=lifted))
        if kept.any():
            # Kept letters as dark as black print.
            darkest = cv2.extractChannel(pixels, 0)
            for index in (1, 2):
                cv2.min(darkest, cv2.extractChannel(pixels, index), dst=darkest)
            cv2.min(text, darkest, dst=darkest)
            text = as_pixels(cv2.copyTo(darkest, kept, text))
        blots += found
    return text, tuple(blots)


def _discs(shape: tuple[int, ...], blots: list[Blot]) -> Mask:
    """A mask of the insides of the seals."""
    mask = np.zeros(shape[:2], np.uint8)
    for blot in blots:
        if blot.kind == "seal":
            left, top, right, bottom = blot.box
            center = ((left + right) // 2, (top + bottom) // 2)
            axes = ((right - left) // 2 + 2, (bottom - top) // 2 + 2)
            cv2.ellipse(mask, center, axes, 0, 0, 360, 255, -1)
    return mask


def _printed_lines(mask: Mask, dpi: float, letters: int, inches: float) -> Mask:
    """The part of a mask of ink that is lines of at least so many even letters."""
    scale = 100.0 / dpi
    small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.threshold(small, 60, 255, cv2.THRESH_BINARY)[1]
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((3, 17), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    kept = np.zeros_like(mask)
    for left, top, width, height, _area in stats[1:]:
        if not (6 <= height <= 34 and width >= inches * 100 and width > 2 * height):
            continue
        part = np.asarray(small[top : top + height, left : left + width], np.uint8)
        _, _, pieces, _ = cv2.connectedComponentsWithStats(part)
        tall = pieces[1:, cv2.CC_STAT_HEIGHT] >= 0.35 * height
        narrow = pieces[1:, cv2.CC_STAT_WIDTH] <= 2.5 * height
        covered = np.count_nonzero(part) / part.size
        if int(np.count_nonzero(tall & narrow)) < letters and covered < 0.35:
            continue
        y0, y1 = int((top - 1) / scale), int((top + height + 1) / scale)
        x0, x1 = int((left - 1) / scale), int((left + width + 1) / scale)
        box = (slice(max(y0, 0), y1), slice(max(x0, 0), x1))
        kept[box] = mask[box]
    return kept


def _lift_table() -> Pixels:
    """Own-channel brightness to grey: ink of the colour goes white, print stays dark."""
    return as_pixels(np.clip((np.arange(256) - 60) * 2.2, 0, 255))


def _chroma(pixels: Pixels, is_red: bool) -> Pixels:
    """How much redder, or bluer, than its other colours each pixel is."""
    red = cv2.extractChannel(pixels, 0)
    blue = cv2.extractChannel(pixels, 2)
    if is_red:
        return as_pixels(cv2.subtract(red, cv2.max(cv2.extractChannel(pixels, 1), blue)))
    return as_pixels(cv2.subtract(blue, red))


def _coloured(chroma: Pixels, dpi: float) -> Mask:
    """Pixels of clear colour, with the pale fringe that JPEG leaves round them."""
    near = cv2.threshold(chroma, 45, 255, cv2.THRESH_BINARY)[1]
    size = max(3, round(dpi / 50) | 1)
    near = cv2.dilate(near, np.ones((size, size), np.uint8), dst=near)
    weak = cv2.threshold(chroma, 18, 255, cv2.THRESH_BINARY)[1]
    return as_pixels(cv2.bitwise_and(weak, near, dst=near))


def _blots(mask: Mask, dpi: float, is_red: bool) -> list[Blot]:
    scale = 50.0 / dpi
    small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.threshold(small, 24, 255, cv2.THRESH_BINARY)[1]
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    blots = _seals(as_pixels(small), scale) if is_red else []
    for left, top, width, height, _area in stats[1:count]:
        # Under 0.12 inch: specks of colour noise.
        if (
            max(width, height) < 6
            or np.count_nonzero(small[top : top + height, left : left + width]) < 12
        ):
            continue
        box = (
            round(left / scale),
            round(top / scale),
            round((left + width) / scale),
            round((top + height) / scale),
        )
        blots.append(Blot("stamp" if is_red else "blue_ink", box))
    return [blot for blot in blots if blot.kind == "seal" or not _inside(blot, blots)]


def _inside(blot: Blot, blots: list[Blot]) -> bool:
    left, top, right, bottom = blot.box
    return any(
        other.kind == "seal"
        and other.box[0] - 5 <= left
        and other.box[1] - 5 <= top
        and right <= other.box[2] + 5
        and bottom <= other.box[3] + 5
        for other in blots
    )


def _seals(small: Mask, scale: float) -> list[Blot]:
    """Rings of 1.1 to 1.9 inches across in a mask of 50 dpi."""
    circles = cv2.HoughCircles(
        small, cv2.HOUGH_GRADIENT, 1, 40, param1=100, param2=22, minRadius=27, maxRadius=48
    )
    if circles is None:
        return []
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    seals = []
    for x, y, radius in np.asarray(circles, np.float64).reshape(-1, 3):
        # Ink stands on most of the ring, to a pixel and a half.
        hits = np.zeros(len(angles), bool)
        for step in (-1.5, 0.0, 1.5):
            ring_x = np.clip(np.rint(x + (radius + step) * np.cos(angles)), 0, small.shape[1] - 1)
            ring_y = np.clip(np.rint(y + (radius + step) * np.sin(angles)), 0, small.shape[0] - 1)
            hits |= small[ring_y.astype(int), ring_x.astype(int)] > 0
        if hits.mean() >= 0.6:
            reach = radius + 4
            sides = (x - reach, y - reach, x + reach, y + reach)
            left, top, right, bottom = (round(side / scale) for side in sides)
            seals.append(Blot("seal", (left, top, right, bottom)))
    return seals


def coloured_ink(colour: Pixels) -> Pixels:
    """Grey picture (H x W) in which only coloured ink is dark: stamps without the print.

    A grey page comes back white: it has no colour to tell a stamp by.
    """
    if colour.ndim == 2:
        return np.full(colour.shape, 255, dtype=np.uint8)
    channels = colour.astype(np.int16)
    spread = channels.max(axis=2) - channels.min(axis=2)
    ink: Pixels = np.clip(255 - 2.2 * spread, 0, 255).astype(np.uint8)
    return ink


def all_ink(colour: Pixels) -> Pixels:
    """Grey picture (H x W) in which ink of any colour is dark, red as dark as black."""
    return colour if colour.ndim == 2 else np.asarray(colour.min(axis=2), np.uint8)
