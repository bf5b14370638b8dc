"""Where the lines of a transcription stand among the words that were seen of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from pipeline.line_alignment import HOLE
from pipeline.page import Line
from pipeline.printed import PLAIN
from pipeline.text_scores import TrueLine
from pipeline.vietnamese import plain_signs

#: Least likeness (0..1) of a line and the words that were seen of it.
_ALIKE = 0.55
#: So many signs that nobody saw at one end: another ink than the words' holds them.
_LOST = 4


@dataclass(frozen=True)
class TrueText:
    """A line as it is printed, dashes and quotation marks plain, and the words seen of it."""

    text: str
    line: Line


@dataclass(frozen=True, order=True)
class _Run:
    """Words `first` to `end` of a seen line for a true one; the likeliest comes first."""

    unlike: float
    apart: float
    truth: int
    seen: int
    first: int
    end: int


def find(truth: Sequence[TrueLine], lines: Sequence[Line]) -> Iterator[TrueText]:
    """The true lines that were seen from end to end, each with its words.

    Lines with handwriting in them are left out, and what was drawn or stamped.
    """
    lines = [line for line in lines if not (line.whole or line.stamped)]
    texts = [_plain(one.text) for one in truth]
    runs = sorted(
        run
        for at, text in enumerate(texts)
        if HOLE not in text
        for run in _runs(at, text, lines, at / len(texts))
    )
    taken: set[tuple[int, int]] = set()
    found: set[int] = set()
    for run in runs:
        words = {(run.seen, at) for at in range(run.first, run.end)}
        if run.truth in found or taken & words:
            continue
        found.add(run.truth)
        taken |= words
        line = lines[run.seen]
        line = replace(line, words=tuple(_sorted(line)[run.first : run.end]))
        if not _lost_ends(texts[run.truth], _plain(line.text)):
            yield TrueText(texts[run.truth], line)


def _runs(at: int, text: str, lines: Sequence[Line], place: float) -> Iterator[_Run]:
    for seen, line in enumerate(lines):
        words = [_plain(word.text) for word in _sorted(line)]
        for first in range(len(words)):
            for end in range(first + 1, len(words) + 1):
                other = " ".join(words[first:end])
                if len(other) > 1.35 * len(text) + 3:
                    break
                unlike = Levenshtein.normalized_distance(other, text, score_cutoff=1 - _ALIKE)
                if unlike <= 1 - _ALIKE:
                    # Headings recur: the one at the same height is meant.
                    yield _Run(unlike, abs(place - seen / len(lines)), at, seen, first, end)


def _lost_ends(text: str, seen: str) -> bool:
    lost = {edit.src_pos for edit in Levenshtein.editops(text, seen) if edit.tag == "delete"}
    return lost.issuperset(range(_LOST)) or lost.issuperset(range(len(text) - _LOST, len(text)))


def _sorted(line: Line) -> list:
    return sorted(line.words, key=lambda word: word.bbox.left)


def _plain(text: str) -> str:
    return " ".join(plain_signs(text).translate(PLAIN).split())
