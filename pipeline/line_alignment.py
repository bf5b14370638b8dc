"""Which seen text belongs to which true line, whatever the order of reading.

Engines join lines of two columns and break lines at gaps. So a line may be covered by
pieces of several seen lines, and a seen line may serve several; each grapheme is used
once. Whole lines that are nearly equal are taken first, then lines with holes, then the
longest and cleanest pieces. This module knows nothing of rates, files or pages.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.scoring import similarity, window

#: In a true line: handwriting or an illegible spot; any few graphemes may stand there.
HOLE = "\0"

#: The most graphemes that a hole takes up without being counted as errors.
HOLE_WIDTH = 12

_WHOLE = 0.85  # alike enough to be taken as the same line at once
_PIECE = 0.6  # less alike than this is chance
_SHORTEST_PIECE = 5  # graphemes; shorter pieces fit anywhere
_CRUMB = 3  # fewer graphemes than this beside a piece belong to it


@dataclass(frozen=True, slots=True)
class Covered:
    """What was seen of one true line.

    Attributes:
        text: the line without its holes.
        seen: pieces in the line's order, joined by spaces; `""` if nothing was seen.
        position: seen line and offset of the first piece; `None` if nothing was seen.
    """

    text: str
    seen: str
    position: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Alignment:
    """What was seen of each true line, in order, and the seen text that fits nowhere."""

    lines: tuple[Covered, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """Graphemes `start` to `end` of one line, half-open."""

    line: int
    start: int
    end: int

    def of(self, lines: Sequence[str]) -> str:
        return lines[self.line][self.start : self.end]

    def __len__(self) -> int:
        return self.end - self.start


def align(truth: Sequence[str], seen: Sequence[str]) -> Alignment:
    """What of `seen` belongs to which line of `truth`; one character is one grapheme."""
    matched: dict[int, list[tuple[_Span, _Span]]] = {}
    free_truth = {_Span(at, 0, len(line)) for at, line in enumerate(truth) if line}
    free_seen = {_Span(at, 0, len(line)) for at, line in enumerate(seen) if line}

    def take(ours: _Span, theirs: _Span, pieces: Sequence[tuple[_Span, _Span]]) -> None:
        free_truth.remove(ours)
        free_seen.remove(theirs)
        matched.setdefault(ours.line, []).extend(pieces)

    # Neighbours in the page's order win where lines are equally alike: headings recur.
    for ours, theirs in _whole_lines(truth, seen, free_truth, free_seen):
        take(ours, theirs, [(ours, theirs)])
    for ours in sorted(span for span in free_truth if HOLE in span.of(truth)):
        theirs_and_pieces = _fit_holes(ours, truth, seen, free_seen)
        if theirs_and_pieces is None:
            free_truth.remove(ours)
            free_truth |= set(_around_holes(ours, truth))
            continue
        theirs, pieces = theirs_and_pieces
        take(ours, theirs, pieces)
        free_seen |= set(_rest(theirs, _with_hand(ours, theirs, pieces, truth)))
    _take_pieces(truth, seen, free_truth, free_seen, matched)
    lines = tuple(
        _covered(line, sorted(matched.get(at, [])), truth, seen) for at, line in enumerate(truth)
    )
    rest = tuple(span.of(seen).strip() for span in sorted(free_seen))
    return Alignment(lines, tuple(text for text in rest if text))


def _whole_lines(
    truth: Sequence[str], seen: Sequence[str], ours: set[_Span], theirs: set[_Span]
) -> list[tuple[_Span, _Span]]:
    ranked = []
    for left in ours:
        text = left.of(truth)
        if HOLE in text:
            continue
        for right in theirs:
            if min(len(left), len(right)) < _WHOLE * max(len(left), len(right)):
                continue
            alike = similarity(text, right.of(seen))
            if alike >= _WHOLE:
                ranked.append((-alike, abs(left.line - right.line), left, right))
    pairs: dict[_Span, _Span] = {}
    used: set[_Span] = set()
    for _, _, left, right in sorted(ranked):
        if left not in pairs and right not in used:
            pairs[left] = right
            used.add(right)
    return list(pairs.items())


def _take_pieces(
    truth: Sequence[str],
    seen: Sequence[str],
    free_truth: set[_Span],
    free_seen: set[_Span],
    matched: dict[int, list[tuple[_Span, _Span]]],
) -> None:
    """Match the longest and cleanest pieces until nothing fits any more."""
    heap: list[tuple[float, _Span, _Span, _Span, _Span]] = []

    def offer(ours: _Span, theirs: _Span) -> None:
        piece = _best_piece(ours, theirs, truth, seen)
        if piece is not None:
            gain, left, right = piece
            heapq.heappush(heap, (-gain, ours, theirs, left, right))

    for ours in free_truth:
        for theirs in free_seen:
            offer(ours, theirs)
    while heap:
        _, ours, theirs, left, right = heapq.heappop(heap)
        if ours not in free_truth or theirs not in free_seen:
            continue
        free_truth.remove(ours)
        free_seen.remove(theirs)
        matched.setdefault(ours.line, []).append((left, right))
        new_truth, new_seen = _rest(ours, left), _rest(theirs, right)
        for span in new_truth:
            for other in free_seen | set(new_seen):
                offer(span, other)
        for span in new_seen:
            for other in free_truth:
                offer(other, span)
        free_truth |= set(new_truth)
        free_seen |= set(new_seen)


def _best_piece(
    ours: _Span, theirs: _Span, truth: Sequence[str], seen: Sequence[str]
) -> tuple[float, _Span, _Span] | None:
    """The part of the longer span that looks most like the shorter, if it is alike."""
    left, right = ours.of(truth), theirs.of(seen)
    shorter = min(len(left), len(right))
    if max(len(left), len(right)) - shorter < _CRUMB or shorter < _SHORTEST_PIECE:
        alike = similarity(left, right)
        return (shorter * (alike - 0.5), ours, theirs) if alike >= _PIECE else None
    found = window(left, right, _PIECE)
    if found is None:
        return None
    alike, (a, b), (c, d) = found
    return (
        shorter * (alike - 0.5),
        _with_crumbs(ours, ours.start + a, ours.start + b),
        _with_crumbs(theirs, theirs.start + c, theirs.start + d),
    )


def _with_crumbs(span: _Span, start: int, end: int) -> _Span:
    """The part from `start` to `end`, with what is too small beside it to be a piece."""
    start = span.start if start - span.start < _CRUMB else start
    end = span.end if span.end - end < _CRUMB else end
    return _Span(span.line, start, end)


def _rest(span: _Span, taken: _Span) -> list[_Span]:
    sides = (_Span(span.line, span.start, taken.start), _Span(span.line, taken.end, span.end))
    return [side for side in sides if len(side) > 0]


def _around_holes(span: _Span, truth: Sequence[str]) -> list[_Span]:
    spans, start = [], span.start
    for part in span.of(truth).split(HOLE):
        if part:
            spans.append(_Span(span.line, start, start + len(part)))
        start += len(part) + 1
    return spans


def _fit_holes(
    ours: _Span, truth: Sequence[str], seen: Sequence[str], free_seen: set[_Span]
) -> tuple[_Span, list[tuple[_Span, _Span]]] | None:
    """The seen span where a line with holes fits best, and its pieces around the holes."""
    pattern = ours.of(truth)
    firm = len(pattern) - pattern.count(HOLE)
    best: tuple[int, _Span, list[int]] | None = None
    for theirs in sorted(free_seen):
        cost, starts = _infix_with_holes(pattern, theirs.of(seen))
        if best is None or cost < best[0]:
            best = (cost, theirs, starts)
    if best is None or best[0] > (1 - _PIECE) * firm:
        return None
    _, theirs, bounds = best
    pieces, at = [], 0
    for part in pattern.split(HOLE):
        if part:
            start, end = theirs.start + bounds[at], theirs.start + bounds[at + len(part)]
            pieces.append(
                (
                    _Span(ours.line, ours.start + at, ours.start + at + len(part)),
                    _Span(theirs.line, start, max(start, end)),
                )
            )
        at += len(part) + 1
    return theirs, pieces


def _with_hand(
    ours: _Span, theirs: _Span, pieces: Sequence[tuple[_Span, _Span]], truth: Sequence[str]
) -> _Span:
    """What the line took of the seen span, with the writing in a hole at either end."""
    start, end = pieces[0][1].start, pieces[-1][1].end
    pattern = ours.of(truth)
    if pattern.startswith(HOLE) and start - theirs.start <= HOLE_WIDTH:
        start = theirs.start
    if pattern.endswith(HOLE) and theirs.end - end <= HOLE_WIDTH:
        end = theirs.end
    return _Span(theirs.line, start, end)


def _infix_with_holes(pattern: str, text: str) -> tuple[int, list[int]]:
    """The least cost of `pattern` anywhere in `text`, and where each of its signs begins.

    A hole takes up to `HOLE_WIDTH` signs at no cost. Bounds are offsets in `text`, one
    more than there are signs.
    """
    rows = [[0] * (len(text) + 1)]
    back: list[list[int]] = []
    for sign in pattern:
        above = rows[-1]
        row, steps = [], []
        for at in range(len(text) + 1):
            if sign == HOLE:
                # Widest first among equals: writing stands between, not beside.
                reach = range(max(0, at - HOLE_WIDTH), at + 1)
                start = min(reach, key=above.__getitem__)
                row.append(above[start])
                steps.append(start)
                continue
            options = [(above[at] + 1, at)]
            if at:
                options.append((above[at - 1] + (sign != text[at - 1]), at - 1))
                options.append((row[at - 1] + 1, -1))
            cost, start = min(options, key=lambda option: option[0])
            row.append(cost)
            steps.append(start)
        rows.append(row)
        back.append(steps)
    at = min(range(len(text) + 1), key=rows[-1].__getitem__)
    cost, bounds = rows[-1][at], [at]
    for steps in reversed(back):
        while steps[at] == -1:
            at -= 1
        at = steps[at]
        bounds.append(at)
    return cost, bounds[::-1]


def _covered(
    line: str, pieces: Sequence[tuple[_Span, _Span]], truth: Sequence[str], seen: Sequence[str]
) -> Covered:
    text = " ".join(line.replace(HOLE, " ").split())
    told = " ".join(" ".join(span.of(seen) for _, span in pieces).split())
    position = (pieces[0][1].line, pieces[0][1].start) if pieces else None
    return Covered(text, told, position)
