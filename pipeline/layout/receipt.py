"""Rows of the receiver's stamp that the engine read into the lines of print beside them.

A letter is stamped in at its left margin: the receiver's name, `ĐẾN`, `Số:`, `Ngày:`, `Chuyển:`,
`Lưu hồ sơ số:`, 35 by 50 mm. Where print begins at its right in the same row, both are one line to
the engine: `Ngày 2.h. 9hua Kính gửi: Sở Y tế …`, `huyểnỨng dụng công nghệ …`. This module sees
lines, never zones.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from pipeline.layout.anchors import is_number_line
from pipeline.layout.column import text_column
from pipeline.page import Line, Page, Word
from pipeline.vietnamese import bare

#: The rows that no print begins with so far left, marks and letters lost; `Số`, `Ngày` alone could.
_ROW = re.compile(r"[^a-z]*(?:(?:l?u{1,2} )?h?o \w{1,2} s[og]\b|chuyen\b|huyen(?=[a-z])|den$)")
_LABEL = re.compile(r"(?:ngay|so|chuyen)\b")
#: Points: how high a stamp is, how far left of the text it begins at least and reaches into it at
#: most.
_HIGH, _OUTSIDE, _REACH = 100.0, 20.0, 60.0
#: Dots and what a pen wrote between them are read below this confidence.
_SO_SO = 0.7


def part_receipt(lines: Sequence[Line], page: Page) -> list[Line]:
    """The lines, each with a stamp's row before it parted into the two."""
    column = text_column(lines, page)
    if column is None:
        return list(lines)
    edge = column[0]
    rows = [line for line in lines if _begins_left(line, edge, page) and _ROW.match(_key(line))]
    if not rows:
        return list(lines)
    top, bottom = rows[0].bbox.top - _HIGH, rows[0].bbox.bottom + _HIGH
    return [
        piece
        for line in lines
        for piece in (
            _parted(line, edge)
            if top < line.bbox.center_y < bottom
            and _begins_left(line, edge, page)
            and line.bbox.right > 0.5 * page.width  # ô 5b stands left of the text, too
            else [line]
        )
    ]


def is_receipt(line: Line, column: tuple[float, float], page: Page) -> bool:
    """Whether a line beside the text, read so-so, is a row of the stamp.

    Args:
        line: of one column.
        column: left and right edge of the page's text, points.
        page: that the line is on.
    """
    beside = _begins_left(line, column[0], page) and line.bbox.right < column[0] + _REACH
    poor = line.confidence < _SO_SO
    return beside and poor and bool(_ROW.match(_key(line)) or _LABEL.match(_key(line)))


def _begins_left(line: Line, edge: float, page: Page) -> bool:
    outside = line.bbox.left < edge - _OUTSIDE and line.bbox.top < 0.5 * page.height
    return outside and not is_number_line(line.text)


def _key(line: Line) -> str:
    return bare(" ".join(word.text for word in line.words[:4]))


def _parted(line: Line, edge: float) -> list[Line]:
    """The stamp's words and the print's: from the first sure word within the text on."""
    for index, word in enumerate(line.words):
        halves = _unglued(word, edge)
        if halves is not None:
            before = (*line.words[:index], halves[0])
            return _two(line, before, (halves[1], *line.words[index + 1 :]))
        if index and word.bbox.left > edge - 4 and word.confidence >= 0.8:
            before = line.words[:index]
            doubtful = sum(one.confidence for one in before) < 0.8 * len(before)
            blank = word.bbox.left - before[-1].bbox.right > 1.2 * word.bbox.height
            if doubtful or (blank and _ROW.match(_key(line))):
                return _two(line, before, line.words[index:])
            return [line]
    return [line]


def _two(line: Line, before: tuple[Word, ...], behind: tuple[Word, ...]) -> list[Line]:
    return [dataclasses.replace(line, words=words) for words in (before, behind)]


def _unglued(word: Word, edge: float) -> tuple[Word, Word] | None:
    """The stamp's part and the print's of a word that reaches from the margin into the text."""
    if not word.bbox.left < edge - _OUTSIDE < edge + 8 < word.bbox.right:
        return None
    at = _capital(word.text)
    if at is None:
        return None
    box = word.bbox
    x = box.left + box.width * at / len(word.text)
    return (
        dataclasses.replace(word, text=word.text[:at], bbox=dataclasses.replace(box, right=x)),
        dataclasses.replace(word, text=word.text[at:], bbox=dataclasses.replace(box, left=x)),
    )


def _capital(text: str) -> int | None:
    """Where a word begins behind a sign or a small letter: `số:….Thực`, `huyểnỨng`."""
    at = max((i for i, char in enumerate(text) if char.isupper()), default=0)
    if not at or not text[at + 1 :].islower() or not text[at:].isalpha():
        return None
    return at if text[at - 1].islower() or text[at - 1] in ".:…" else None
