"""Lines as print has them: one line for each row of letters.

Page segmentation puts `Kính gửi:`, which stands half a line higher, into the row of the first
addressee, and takes `ngày tháng` out of a date whose figures a hand wrote taller than the
print. Works on boxes alone; it knows nothing of what the words say.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.page import Line, Word

#: In heights of a line's words: the least step between two rows, the least gap where they meet,
#: and where a side has but one word, whose box a seal may have made taller.
_STEP, _GAP, _GAP_AT_ONE = 0.55, 0.7, 1.5
#: How many times as high as the other a side of a gap may be.
_ALIKE = 1.5
#: Words on each side of a gap that tell how high a row stands there.
_NEAR = 3
#: In heights: how far a line's middle may be from the row that it belongs to; points by which
#: it may reach over its neighbours.
_LEVEL, _OVER = 0.4, 2.0


def level(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, in their order: each of one row, and each row's gaps filled with what stands there.

    Names that were drawn or stamped stay as they are.
    """
    parted = [piece for line in lines for piece in _parted(line)]
    return tuple(_filled(parted))


def _parted(line: Line) -> Iterator[Line]:
    """The line, or its two parts where a step leads to another row."""
    words = sorted(line.words, key=lambda word: word.bbox.left)
    at = None if _is_fixed(line) else _step(words)
    if at is None:
        yield line
    else:
        yield replace(line, words=tuple(words[:at]))
        yield replace(line, words=tuple(words[at:]))


def _step(words: Sequence[Word]) -> int | None:
    """The first word behind the gap where another row goes on; `None` in a line of one row."""
    for at in range(1, len(words)):
        left = [word for word in words[:at] if _tells(word)][-_NEAR:]
        right = [word for word in words[at:] if _tells(word)][:_NEAR]
        if not left or not right:
            continue
        high = _high((*left, *right))
        gap = words[at].bbox.left - words[at - 1].bbox.right
        least = _GAP if min(len(left), len(right)) > 1 else _GAP_AT_ONE
        if gap >= least * high and abs(_middle(left) - _middle(right)) >= _STEP * high:
            # Sides that are themselves uneven, or of other size, tell of marks, feet and seals.
            even = max(_spread(left), _spread(right)) < _STEP * high / 2
            if even and max(_high(left), _high(right)) < _ALIKE * min(_high(left), _high(right)):
                return at
    return None


def _filled(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, those that stand in a gap of another put into it."""
    hosts: dict[int, list[Word]] = {}
    inside: set[int] = set()
    for index, line in enumerate(lines):
        if _is_fixed(line) or index in hosts:
            continue
        host = next((at for at, other in enumerate(lines) if _holds(other, line)), None)
        if host is not None and host not in inside:
            hosts.setdefault(host, []).extend(line.words)
            inside.add(index)
    for index, line in enumerate(lines):
        if index in inside:
            continue
        words = (*line.words, *hosts.get(index, ()))
        yield replace(line, words=tuple(sorted(words, key=lambda word: word.bbox.left)))


def _holds(host: Line, line: Line) -> bool:
    """Whether a line stands in a gap between two words of another, level with them."""
    box = line.bbox
    if host is line or _is_fixed(host) or box.left < host.bbox.left or box.right > host.bbox.right:
        return False
    high = min(host.height, line.height)
    if abs(host.bbox.center_y - box.center_y) > 2 * high:
        return False
    words = sorted(host.words, key=lambda word: word.bbox.left)
    return any(
        left.bbox.right - _OVER <= box.left
        and box.right <= right.bbox.left + _OVER
        and abs(_middle((left, right)) - _middle(line.words)) < _LEVEL * high
        for left, right in itertools.pairwise(words)
    )


def _is_fixed(line: Line) -> bool:
    return line.whole or line.stamped


def _tells(word: Word) -> bool:
    return sum(map(str.isalnum, word.text)) >= 2


def _middle(words: Iterable[Word]) -> float:
    return statistics.median(word.bbox.center_y for word in words)


def _high(words: Iterable[Word]) -> float:
    return statistics.median(word.bbox.height for word in words)


def _spread(words: Sequence[Word]) -> float:
    middles = [word.bbox.center_y for word in words]
    return max(middles) - min(middles)
