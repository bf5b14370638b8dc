"""Cuts printed lines out of a page for the network that reads them: just their own ink.

A line's box from the engine cuts marks off or holds the feet of its neighbours, so that its
pieces of ink are gathered anew: those whose middle lies at its words and nearest to it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ink import Pixels
from pipeline.page import Line

Numbers = npt.NDArray[np.float64]

#: Ink is dark from this share of what is dark on the page, and from this level (0..255) on.
_DARK_SHARE, _DARK = 0.45, 40.0
#: Share of the fullest row from which on a row belongs to a line's letters.
_FULL = 0.38
#: In heights of a line's letters: how far marks reach over them and feet under them, how tall and
#: wide a piece of print is at most, and where the strip ends at last.
_OVER, _UNDER, _TALL, _WIDE = 1.35, 0.65, 2.6, 6.0
_ROOM_OVER, _ROOM_UNDER = 1.7, 0.9
#: Marks reach by so much further over letters than feet and dots reach under them.
_MARKS = 2.2
#: Pixels of paper left around the ink.
_PAPER = 3


@dataclass(frozen=True, slots=True)
class PageInk:
    """Ink of a page, 255 on paper 0, and its connected pieces.

    Attributes:
        ink: (height, width).
        dark: the same, 1 where it is dark enough for print, else 0.
        pieces: (N, 4): left, top, right, bottom of each piece, pixels.
        dpi: pixels an inch.
    """

    ink: Pixels
    dark: Pixels
    pieces: Numbers
    dpi: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the letters of a line stand, marks and feet aside: edges in pixels of the page."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The ink of a line, and where it lies: left and top pixel of the page."""

    ink: Pixels
    left: int
    top: int


def page_ink(pixels: Pixels, dpi: float) -> PageInk:
    """The ink of a grey page; one scanned below 250 dpi is drawn to 300 first."""
    if dpi < 250:
        scale = 300 / dpi
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
        dpi = 300.0
    counts = np.bincount(pixels[::2, ::2].ravel(), minlength=256)
    paper = 128 + int(counts[128:].argmax())
    levels = np.clip((paper - np.arange(256)) * (255.0 / paper), 0, 255).round().astype(np.uint8)
    ink = np.asarray(cv2.LUT(pixels, levels), np.uint8)
    print_ = ink[ink > 60]
    level = max(_DARK, _DARK_SHARE * float(np.percentile(print_, 75))) if print_.size else 128.0
    dark = (ink > level).astype(np.uint8)
    stats = cv2.connectedComponentsWithStats(dark)[2][1:]
    boxes = stats[:, :4].astype(np.float64)
    boxes[:, 2:] += boxes[:, :2]
    return PageInk(ink, dark, boxes, dpi)


def rows_of(page: PageInk, line: Line) -> Rows:
    """The rows that hold most of a line's ink: the engine's boxes may stand too low or too high."""
    points = page.dpi / 72
    height = line.height * points
    usual = [word.bbox for word in line.words if word.bbox.height <= 1.9 * line.height]
    top = statistics.median(box.top for box in usual) * points
    bottom = statistics.median(box.bottom for box in usual) * points
    left, right = line.bbox.left * points, line.bbox.right * points
    first = max(0, int(top - 0.6 * height))
    last = int(bottom + 0.6 * height)
    filled = np.zeros(max(0, min(last, page.dark.shape[0]) - first))
    for box in usual:
        columns = slice(max(0, int(box.left * points)), int(box.right * points) + 1)
        filled += page.dark[first:last, columns].sum(axis=1)
    if not filled.any():
        return Rows(left, top, right, bottom)
    filled = np.convolve(filled, np.ones(3) / 3, "same")
    inner = filled[max(0, int(top) - first) : int(bottom) - first + 1]
    full = filled > _FULL * float((inner if inner.size else filled).max())
    runs = _runs(full, gap=max(2, int(0.06 * height)))
    middle = (top + bottom) / 2 - first

    def weight(run: tuple[int, int]) -> float:
        off = abs((run[0] + run[1]) / 2 - middle) / height
        return float(filled[run[0] : run[1]].sum()) * max(0.05, 1 - off)

    best = max(runs, key=weight, default=(int(top) - first, int(bottom) - first))
    return Rows(left, first + best[0], right, first + best[1])


def _runs(full: npt.NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """First and past-the-last rows of runs of full rows; small gaps part none."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    runs: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if runs and start - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def cut_line(page: PageInk, line: Line, own: Rows, others: Sequence[Rows]) -> Cut | None:
    """The ink of a line and a little paper around it; `None` where it has no ink.

    Args:
        page: see `page_ink`.
        line: its words, in points.
        own: rows of the line.
        others: rows of all lines of the page: a piece nearer to other ones is theirs.
    """
    points = page.dpi / 72
    height = line.height * points
    size = float(np.clip(own.bottom - own.top, 0.35 * height, 1.1 * height))
    left, top, right, bottom = page.pieces.T
    across, down = (left + right) / 2, (top + bottom) / 2
    near = np.flatnonzero((down >= own.top - _OVER * size) & (down <= own.bottom + _UNDER * size))
    wide, high = (right - left)[near], (bottom - top)[near]
    widest = max(word.bbox.width for word in line.words) * points + 6
    outside = (down[near] > own.bottom) | (down[near] < own.top)
    rules = (wide > 1.6 * size) & (high < 0.3 * size) & outside
    letters = (high <= _TALL * size) & (wide <= max(_WIDE * size, widest)) & ~rules
    spans = np.array([(word.bbox.left, word.bbox.right) for word in line.words]) * points
    over = (across[near, None] >= spans[:, 0] - 2) & (across[near, None] <= spans[:, 1] + 2)
    pieces = near[letters & over.any(axis=1)]
    mine = _apart(down[pieces], own)
    for other in others:
        shared = min(other.bottom, own.bottom) - max(other.top, own.top)
        if shared >= 0.4 * min(own.bottom - own.top, other.bottom - other.top):
            continue  # of the same row
        within = (other.left - height <= across[pieces]) & (other.right + height >= across[pieces])
        kept = ~(within & (mine > 0) & (_apart(down[pieces], other) < mine))
        pieces, mine = pieces[kept], mine[kept]
    if not len(pieces):
        return None
    upper = max(top[pieces].min(), own.top - _ROOM_OVER * size)
    lower = min(bottom[pieces].max(), own.bottom + _ROOM_UNDER * size)
    rows = slice(max(0, round(upper) - _PAPER), round(lower) + _PAPER)
    columns = slice(max(0, int(left[pieces].min()) - _PAPER), int(right[pieces].max()) + _PAPER)
    ink = page.ink[rows, columns]
    if min(ink.shape) < 8:
        return None
    return Cut(ink, columns.start, rows.start)


def _apart(down: Numbers, rows: Rows) -> Numbers:
    """How far pieces stand from a line's letters: marks may stand further over than feet under."""
    return np.maximum(np.maximum(rows.top - down, _MARKS * (down - rows.bottom)), 0)
