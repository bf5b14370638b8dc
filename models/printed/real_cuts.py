"""Strips of real lines as the reader cuts them, and whether a strip holds its line whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.line_strips import Cut, PageInk, Rows, cut_line, rows_of
from pipeline.page import BBox, Line, Word
from pipeline.printed import fit_strip

#: Heights of a line in pixels that print has.
_LOWEST, _HIGHEST = 14, 160
#: Shares of a line's height: by which words may stand above each other, the least and most of
#: a strip, how far ink beside the words is looked for, and how far such ink belongs to them.
_LEVEL, _FLAT, _TALL, _BESIDE, _NEAR = 0.55, 0.5, 2.3, 1.0, 0.9
#: The same, by which ink may stand over and under the rows of letters and be of them.
_MARKS, _FEET = 0.3, 0.1
#: Box of a piece of ink, in squares of the height, from which on it is more than a speck.
_SPECK = 0.02
#: A piece of ink higher than so many heights, or wider, is no letter.
_NO_LETTER = (1.6, 4.0)
#: Share of a strip's width that may be ink cut by its upper or lower edge.
_CUT_INK = 0.08
#: By how much of a line's height the foot of a last sign hangs: at most a dot, at least a comma.
_DOT_HANGS, _COMMA_HANGS = 0.05, 0.1
#: Words surer than this keep a last sign whose ink cannot be told.
_SURE_SIGN = 0.93


@dataclass(frozen=True)
class Strip:
    """A line as the network sees it, and left and right pixel (N, 2) of each of its words."""

    ink: np.ndarray
    words: np.ndarray


def strip_of(page: PageInk, line: Line, cut: Cut) -> Strip:
    """The network's view of a cut."""
    ink, scale = fit_strip(cut.ink)
    points = page.dpi / 72
    edges = [(word.bbox.left, word.bbox.right) for word in line.words]
    return Strip(ink, (np.array(edges) * points - cut.left) * scale)


def cut_whole(page: PageInk, line: Line, others: Sequence[Rows], text: str) -> Strip | None:
    """The line's strip, where its ink is that of `text` and all of it; see `cut_line`."""
    own = rows_of(page, line)
    cut = cut_line(page, line, own, others)
    if cut is None or not _is_even(page, line, cut) or not _is_whole(page, line, own, cut):
        return None
    tokens = text.split()
    if len(tokens) == len(line.words) and not _ends_fit(page, line, tokens):
        return None
    return strip_of(page, line, cut)


def grown(page: PageInk, line: Line, others: Sequence[Line]) -> Line:
    """The line with its first and last word as wide as the ink beside it that no word has."""
    height, points = line.height * page.dpi / 72, page.dpi / 72
    inked = page.pieces[_in_rows(page, line, rows_of(page, line))]
    for other in others:
        for word in other.words:
            if word not in line.words:
                left, right = word.bbox.left * points, word.bbox.right * points
                level = abs(word.bbox.center_y - line.bbox.center_y) < line.height
                across = (inked[:, 0] + inked[:, 2]) / 2
                inked = inked[~(level & (across > left - 2) & (across < right + 2))]
    sizes = inked[:, 2:] - inked[:, :2]
    inked = inked[(sizes[:, 1] < _NO_LETTER[0] * height) & (sizes[:, 0] < _NO_LETTER[1] * height)]
    left, right = line.bbox.left * points, line.bbox.right * points
    for piece in sorted(inked.tolist(), key=lambda one: -one[0]):
        if left - _NEAR * height < piece[2] < right:
            left = min(left, piece[0])
    for piece in sorted(inked.tolist()):
        if left < piece[0] < right + _NEAR * height:
            right = max(right, piece[2])
    words = list(line.words)
    words[0] = _widened(words[0], left / points, words[0].bbox.right)
    words[-1] = _widened(words[-1], words[-1].bbox.left, right / points)
    return replace(line, words=tuple(words))


def _widened(word: Word, left: float, right: float) -> Word:
    return replace(word, bbox=BBox(left, word.bbox.top, right, word.bbox.bottom))


def _is_even(page: PageInk, line: Line, cut: Cut) -> bool:
    """Whether words stand in one row, and the strip is as high as they are."""
    height = line.height * page.dpi / 72
    middles = [word.bbox.center_y for word in line.words if word.bbox.height > 0.6 * line.height]
    return (
        _LOWEST <= height <= _HIGHEST
        and max(middles) - min(middles) <= _LEVEL * line.height
        and _FLAT * height <= cut.ink.shape[0] <= _TALL * height
    )


def _in_rows(page: PageInk, line: Line, own: Rows) -> np.ndarray:
    """Which pieces of ink lie in the rows of a line's letters, specks aside."""
    left, top, right, bottom = page.pieces.T
    height = line.height * page.dpi / 72
    down = (top + bottom) / 2
    level = (down > own.top - _MARKS * height) & (down < own.bottom + _FEET * height)
    return np.asarray(level & ((right - left) * (bottom - top) > _SPECK * height**2))


def _is_whole(page: PageInk, line: Line, own: Rows, cut: Cut) -> bool:
    """Whether all ink there is of words, each word has some, and hardly any is cut through."""
    points = page.dpi / 72
    height = line.height * points
    left, top, right, bottom = page.pieces.T
    across = (left + right) / 2
    last = cut.left + cut.ink.shape[1]
    low = cut.top + cut.ink.shape[0]
    letters = (bottom - top <= _NO_LETTER[0] * height) & (right - left <= _NO_LETTER[1] * height)
    within = letters & (top >= cut.top - 1) & (bottom <= low + 1)
    owned = np.zeros(len(across), bool)
    for word in line.words:
        mine = (across >= word.bbox.left * points - 2) & (across <= word.bbox.right * points + 2)
        if not (mine & within).any():
            return False
        owned |= mine & letters
    near = (across > cut.left - _BESIDE * height) & (across < last + _BESIDE * height)
    if (_in_rows(page, line, own) & near & ~owned).any():
        return False
    over = (left < last) & (right > cut.left)
    return all(
        (right - left)[over & (top < edge - 1) & (bottom > edge + 1)].sum()
        <= _CUT_INK * cut.ink.shape[1]
        for edge in (cut.top, low)
    )


def _ends_fit(page: PageInk, line: Line, tokens: Sequence[str]) -> bool:
    """Whether the ink of each last sign of .,;: is that of the sign read."""
    for at, token in enumerate(tokens):
        if len(token) < 2 or token[-1] not in ".,;:":
            continue
        told = _last_sign(page, line, at)
        if told is None:
            if line.words[at].confidence < _SURE_SIGN:
                return False
            continue
        hangs, dotted = told
        if _DOT_HANGS < hangs < _COMMA_HANGS:
            return False
        if (hangs >= _COMMA_HANGS) != (token[-1] in ",;") or dotted != (token[-1] in ":;"):
            return False
    return True


def _last_sign(page: PageInk, line: Line, at: int) -> tuple[float, bool] | None:
    """How far a word's last sign hangs under the base line, in heights, and if a dot is over it.

    `None` where that cannot be told.
    """
    points = page.dpi / 72
    height, box = line.height * points, line.words[at].bbox
    pieces = page.pieces
    pieces = pieces[
        (pieces[:, 3] > (box.top - line.height) * points)
        & (pieces[:, 1] < (box.bottom + line.height) * points)
    ]
    left, top, right, bottom = pieces.T
    across, down, wide, high = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    near = np.zeros(len(pieces), bool)
    for word in line.words[max(0, at - 1) : at + 2]:
        near |= (across >= word.bbox.left * points - 2) & (across <= word.bbox.right * points + 2)
    level = (down > box.top * points) & (down < (box.bottom + 0.2 * line.height) * points)
    feet = bottom[near & level & (high > 0.35 * height)]
    if not len(feet):
        return None
    base, edge = float(np.percentile(feet, 35)), box.right * points
    small = (across > edge - 0.38 * height) & (across < edge + 3)
    small &= (high < 0.5 * height) & (wide < 0.35 * height)
    last = small & (right >= edge - 0.12 * height - 3) & (bottom > base - 0.25 * height)
    last &= bottom < base + 0.35 * height
    if not last.any():
        return None
    sign = max(np.flatnonzero(last), key=lambda one: bottom[one])
    dots = small & (high < 0.3 * height) & (np.abs(across - across[sign]) < 0.14 * height)
    dots &= (down > base - 0.75 * height) & (down < base - 0.2 * height)
    return float((bottom[sign] - base) / height), bool(dots.any())
