"""What lies on the paper that is not print: shades, edges, rules, specks.

Each function takes pixels (uint8, RGB or grey, white paper near 255) and returns new
ones; lengths are given in inches and turned into pixels by `dpi`. A part of `clean`: it
knows nothing of pages, points or which way is up.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
#: Pixels that are 255 where something is and 0 elsewhere.
Mask = npt.NDArray[np.uint8]

PixelBox = tuple[int, int, int, int]


def to_grey(pixels: Pixels) -> Pixels:
    """Luminance of RGB pixels; grey ones as they are."""
    if pixels.ndim == 2:
        return pixels
    return as_pixels(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def is_bilevel(grey: Pixels) -> bool:
    """Whether nearly all pixels are pure black or white, as in a fax."""
    counts = np.bincount(grey[::4, ::4].ravel(), minlength=256)
    return int(counts[24:232].sum()) < 0.005 * int(counts.sum())


def coarsened(pixels: Pixels, dpi: float, wanted: float) -> tuple[Pixels, float]:
    """The pixels made smaller to `wanted` dpi, and the dpi they have; finer is never made up."""
    factor = min(1.0, wanted / dpi)
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return as_pixels(small), dpi * factor


def even_light(pixels: Pixels, dpi: float, edge: Mask | None = None) -> Pixels:
    """The pixels with the paper's own shade and colour divided out, so that it is white.

    `edge` marks what is not paper; the shade that deepens towards it is divided out too.
    """
    step = max(1, round(dpi / 25))
    size = (max(1, pixels.shape[1] // step), max(1, pixels.shape[0] // step))
    small = as_pixels(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    if edge is not None:
        small[cv2.resize(edge, size, interpolation=cv2.INTER_NEAREST) > 0] = 0
    # Paper is brighter than print on it: dark things under 0.36 inch are closed, then smooth.
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 15)
    paper = cv2.resize(paper, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    # Where the "paper" is dark (a picture, a black edge) stretching would amplify noise.
    # In place, as all that is as large as the page: a worker's memory is mostly such copies.
    np.maximum(paper, 90, out=paper)
    return as_pixels(cv2.divide(pixels, paper, dst=paper, scale=255))


def strengthen(grey: Pixels) -> Pixels:
    """Faint print made dark: the ink's own darkness becomes black, the paper white."""
    counts = np.bincount(grey[::2, ::2].ravel(), minlength=256).astype(np.float64)
    ink = counts[:200]
    if ink.sum() < 50:
        return grey
    # The darkest tenth of the ink: a page of good print has it near 0.
    black = int(np.searchsorted(np.cumsum(ink), 0.1 * ink.sum()))
    if black < 40:
        return grey
    table = np.clip((np.arange(256) - black) * (250.0 / (245.0 - black)), 0, 255)
    return as_pixels(cv2.LUT(grey, table.astype(np.uint8)))


def whiten_edges(grey: Pixels, dpi: float) -> Mask:
    """A mask of the black that a scanner leaves at the page's edges, and punch holes."""
    scale = 50.0 / dpi
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = cv2.threshold(small, 120, 255, cv2.THRESH_BINARY_INV)[1]
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    # Solid areas only: 0.1 inch of black in both directions is no letter.
    solid = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((4, 4), np.uint8))
    solid = cv2.max(solid, _border_strips(as_pixels(framed)))
    solid[[0, -1], :] = 255
    solid[:, [0, -1]] = 255
    labels = np.asarray(cv2.connectedComponents(solid)[1], np.int32)
    edge = (labels == labels[0, 0]).astype(np.uint8) * 255
    edge = cv2.max(edge, _punch_holes(as_pixels(solid)))
    edge = cv2.dilate(edge, np.ones((5, 5), np.uint8))[1:-1, 1:-1]
    full = cv2.resize(edge, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return as_pixels(cv2.threshold(full, 100, 255, cv2.THRESH_BINARY)[1])


def _border_strips(framed: Mask) -> Mask:
    """Dark runs of over an inch along an edge, within 0.15 inch of it."""
    tall = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((50, 1), np.uint8))
    wide = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((1, 50), np.uint8))
    strips = np.zeros_like(framed)
    strips[:, :8], strips[:, -8:] = tall[:, :8], tall[:, -8:]
    strips[:8], strips[-8:] = wide[:8], wide[-8:]
    return strips


def _punch_holes(solid: Mask) -> Mask:
    """Black discs of 0.16 to 0.4 inch within an inch of the paper's edge."""
    holes = np.zeros_like(solid)
    count, found, stats, _ = cv2.connectedComponentsWithStats(solid)
    for index in range(1, count):
        left, top, width, height, area = stats[index]
        near = min(left, top, solid.shape[1] - left - width, solid.shape[0] - top - height) < 50
        if (
            near
            and 8 <= width <= 20
            and 8 <= height <= 20
            and 0.75 < width / height < 1.33
            and 0.7 < area / (width * height) < 0.9
        ):
            holes[found == index] = 255
    return as_pixels(cv2.dilate(holes, np.ones((3, 3), np.uint8)))


def find_rules(ink: Mask, dpi: float) -> tuple[Mask, tuple[PixelBox, ...]]:
    """A mask of ruling lines, underlines and grids, and the box of each line.

    Where a letter crosses or rests on a line its strokes are left out of the mask, so
    that descenders and the dots under ạ, ị, ụ stay.
    """
    thick = max(2, round(dpi * 0.03))
    gone, boxes = _level_rules(ink, round(dpi * 0.45), thick)
    # A streak of the scanner's glass is plumb on the glass, not on the straightened
    # page: seek short plumb runs (no letter is 0.24 inch tall) that make a long line.
    upended, found = _level_rules(
        as_pixels(cv2.transpose(ink)), round(dpi * 0.24), thick, least=round(dpi * 1.0)
    )
    boxes += [(top, left, bottom, right) for left, top, right, bottom in found]
    return as_pixels(cv2.bitwise_or(gone, cv2.transpose(upended))), tuple(boxes)


def _level_rules(
    ink: Mask, length: int, thick: int, *, least: int = 0
) -> tuple[Mask, list[PixelBox]]:
    """Runs of `length` pixels that belong to thin level lines of `least` pixels."""
    # A scanned line wavers and breaks: bridge gaps of a few pixels first.
    runs = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    runs = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((1, length), np.uint8), dst=runs)
    if not runs.any():
        return np.zeros_like(ink), []
    # Pieces of one line that wavers or breaks touch after this.
    chained = runs
    if least:
        chained = cv2.dilate(runs, np.ones((3, 2 * length // 3 | 1), np.uint8))
    # Runs are long: where the page has no place for 65,535 of them, two bytes number them.
    few = ink.size < 2 * 65535 * length
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        chained, ltype=cv2.CV_16U if few else cv2.CV_32S
    )
    del chained
    mask = np.zeros_like(ink)
    boxes: list[PixelBox] = []
    for index in range(1, count):
        left, top, width, height, _ = stats[index]
        part = (slice(top, top + height), slice(left, left + width))
        line = np.where(labels[part] == index, runs[part], 0).astype(np.uint8)
        # Thick bars are pictures or black edges, not rules; a skew of 15 degrees
        # is the most that a plumb line can lean.
        slant = 0.28 * width if least else 0.0
        if width < least or height > 3 * thick + slant:
            continue
        if int(np.count_nonzero(line)) > (thick + 2) * width:
            continue
        if width < 3 * length and _is_print(ink[part], line, _sides(ink, stats[index], thick)):
            continue
        mask[part] |= line
        boxes.append((int(left), int(top), int(left + width), int(top + height)))
    del labels, runs  # two bytes a pixel and more
    grown = cv2.dilate(mask, np.ones((3, 1), np.uint8), dst=mask)
    cv2.bitwise_and(grown, ink, dst=grown)
    # Strokes that leave the line on both sides run through it: keep their columns.
    rest = cv2.subtract(ink, grown)
    reach = 2 * thick + 3
    above = cv2.dilate(rest, np.ones((reach, 1), np.uint8), anchor=(0, reach - 1))
    below = cv2.dilate(rest, np.ones((reach, 1), np.uint8), dst=rest, anchor=(0, 0))
    crossing = cv2.bitwise_and(above, below, dst=above)
    return as_pixels(cv2.subtract(grown, crossing, dst=grown)), boxes


def _sides(ink: Mask, box: Sequence[int], thick: int) -> tuple[float, float]:
    """Share of a run's columns with ink somewhat above and somewhat below it, least first.

    The nearest pixels are passed over: a rule that wavers has ink of its own there.
    """
    left, top, width, height, _ = (int(value) for value in box)
    columns = slice(left, left + width)
    above = ink[max(0, top - 2 * thick) : max(0, top - thick), columns]
    below = ink[top + height + thick : top + height + 2 * thick, columns]
    first, second = (
        np.count_nonzero(side.any(axis=0)) / width if side.size else 0.0 for side in (above, below)
    )
    return min(first, second), max(first, second)


def _is_print(ink: Mask, run: Mask, sides: tuple[float, float]) -> bool:
    """Whether a short run is the feet of fat or serif type: `những`, `nhìn`.

    Letters stand on both sides of it, or on one and their feet do not quite meet; a rule
    is whole and has no more than descenders or dots near.
    """
    whole = int(np.count_nonzero(cv2.bitwise_and(run, ink))) / max(1, int(np.count_nonzero(run)))
    return sides[0] > 0.5 or (sides[1] > 0.3 and whole < 0.93)


def find_specks(ink: Mask, dpi: float, tiny_area: float = 3.0) -> Mask:
    """A mask of specks: too small for a dot, or small and far from any print.

    `tiny_area`: pixels of 200 dpi; larger where `ink` holds the pale rim of what is dark.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    if count <= 1:
        return np.zeros_like(ink)
    scale = (dpi / 200.0) ** 2
    areas = stats[:, cv2.CC_STAT_AREA]
    tiny = areas <= max(1.0, tiny_area * scale)
    small = areas <= max(3.0, 14 * scale)
    small[0] = tiny[0] = False
    print_only = np.where(small, 0, 255).astype(np.uint8)
    print_only[0] = 0
    solid = print_only[labels]
    x, y = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    size = max(3, round(dpi * 0.14) | 1)
    near = cv2.dilate(solid, np.ones((size, size), np.uint8))
    lonely = small & (near[y, x] == 0)
    del solid, near
    return as_pixels(np.where(tiny | lonely, 255, 0).astype(np.uint8)[labels])


def as_pixels(array: object) -> Pixels:
    """The array as OpenCV's stubs do not promise it: uint8."""
    return np.asarray(array, dtype=np.uint8)
