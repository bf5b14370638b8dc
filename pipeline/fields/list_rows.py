"""Rows of a list of recipients as they were printed: without what stands beside them.

At the left stray signs, at the right a note that a brace joins to two or three rows; and a row that
the edge of a column cut in two. This module knows nothing of entries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.page import Line, Word
from pipeline.vietnamese import bare

#: How an entry begins, as engines read its dash.
BULLET = re.compile(r"^\W*?(?:[-–—_~•*+ˆ=]|se_?|e_)+\s*(?=\w)")
#: A brace that joins entries to a note beside the list: what follows it is the note's.
_BRACE = re.compile(r"[{}]")
#: A word so many times as high as the others of its row has swallowed the brace beside it; what
#: stands behind it this share of their height off the row is the note that the brace points to.
_TALL, _OFF = 1.7, 0.25
#: Below this confidence it is a stroke of a pen.
_STROKE = 0.6


def made_whole(lines: Sequence[Line]) -> list[Line]:
    """The lines with a row put together where the edge of a column cut through a word of it.

    `Cổng TTĐT Ch` and `Chính phủ);`: the second begins with the word that the first broke off.
    """
    out: list[Line] = []
    for line in lines:
        cut, whole = (out[-1].words[-1] if out else None), line.words[0]
        level = out and abs(out[-1].bbox.center_y - line.bbox.center_y) < 0.5 * line.height
        if (
            cut is not None
            and level
            and whole.text.startswith(cut.text)
            and whole.bbox.left - 2 < cut.bbox.left < whole.bbox.right
        ):
            line = replace(out[-1], words=(*out.pop().words[:-1], *line.words))
        out.append(line)
    return out


def from_margin(line: Line, margin: float) -> Line:
    """The line without a stray sign left of the list's bullets: `c - Lưu: VT`."""
    first, *rest = line.words
    stray = len(first.text) == 1 and first.bbox.right < margin + 2
    if stray and rest and BULLET.match(" ".join(word.text for word in rest)):
        return replace(line, words=tuple(rest))
    return line


def before_brace(line: Line) -> Line:
    """The line's words before a brace that stands beside the list, but for a purpose behind it.

    A brace joins two or three rows to a note between them (`Website SYT`). Where it was read into
    a word, it shows by the word's height, and the note by standing between rows.
    """
    at = _note(line.words)
    if at is not None:
        return replace(line, words=line.words[:at])
    for index, word in enumerate(line.words):
        behind = " ".join([word.text[1:], *(one.text for one in line.words[index + 1 :])])
        if index and _BRACE.match(word.text) and not bare(behind).startswith("de "):
            return replace(line, words=line.words[:index])
    return line


def _note(words: Sequence[Word]) -> int | None:
    """Where the note begins behind a brace, or a stroke of a pen, that was read into a word."""
    typical = sorted(word.bbox.height for word in words)[len(words) // 2]
    tall = [i for i, word in enumerate(words) if i > 1 and word.bbox.height > _TALL * typical]
    if not tall or not 1 < len(words) - tall[0] < 5:
        return None
    index = tall[0]
    before, behind = _foot(words[:index]), _foot(words[index + 1 :])
    if abs(behind - before) < _OFF * typical:
        return None
    one, word, two = words[index - 1].bbox, words[index], words[index + 1].bbox
    nearer = two.left - word.bbox.right < word.bbox.left - one.right
    at = index if nearer and not word.text.endswith((";", ",")) else index + 1
    told = words[at].text[:1].isupper() or words[at].confidence < _STROKE
    return at if told and not is_open(words[:at]) else None


def _foot(words: Sequence[Word]) -> float:
    return sorted(word.bbox.bottom for word in words)[len(words) // 2]


def is_open(words: Sequence[Word]) -> bool:
    """Whether a bracket is open behind the words."""
    text = " ".join(word.text for word in words)
    return text.count("(") > len(re.findall(r"[)}]", text))
