"""To whom the letter goes, as it says at its opening: `Kính gửi` and its entries (ô 9a)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.layout.anchors import is_upper
from pipeline.layout.lines import is_prose, typical_height
from pipeline.page import Line, Page
from pipeline.vietnamese import bare

_URGENCY = re.compile(r"[^a-z]*(?:thuong khan|hoa toc(?: hen gio)?|khan)[^a-z]*")

#: Points that a list of addressees is set in from the text, where its label was lost.
_SET_IN = 60.0
_ENTRY = re.compile(r"[-–—]\s?\w")


def addressee_lines(page: Page, rest: list[Line]) -> tuple[list[Line], list[Line]]:
    """Ô 9a: `Kính gửi` and the entries to its right or below, before the body."""
    rest = [piece for line in rest for piece in _parted_at_label(line)]
    start = next(
        (
            index
            for index, line in enumerate(rest)
            if re.match(r"[^a-z]{0,8}(?:kinh|kinb|klnh) g[ui]", bare(line.text))
            or fuzz.ratio(bare(line.text)[:8], "kinh gui") >= 80
        ),
        None,
    )
    if start is None:
        return _unlabelled(page, rest)
    if rest[start].bbox.top > 0.6 * page.height:
        return [], rest
    anchor = rest[start]
    block = [anchor]
    margin = _left_margin(rest[start + 1 :], page)
    size = max(anchor.height, typical_height(page))
    entries = [word for word in anchor.words[2:] if any(char.isalnum() for char in word.text)]
    entry_left: float | None = entries[0].bbox.left if entries else None
    for line in rest[start + 1 :]:
        line = _from_bullet(line, anchor)
        if sum(char.isalnum() for char in line.text) < 2:
            continue  # a rule or a speck beside the entries
        last = block[-1]
        gap = line.bbox.top - last.bbox.bottom
        if bare(line.text).lstrip("-– ").startswith("can cu "):
            break
        if _URGENCY.fullmatch(bare(line.text)) and is_upper(line.text):
            continue  # a stamp beside the entries; it stays among the other lines
        unread = line.confidence < 0.6 or not any(char.isalpha() for char in line.text)
        if unread and line.bbox.right < anchor.bbox.right:
            continue  # bits of a stamp at the margin, its number
        if line.bbox.right < min(anchor.bbox.left, margin + 60):
            continue  # a stamp's words: no first line of a body is so short
        if (
            abs(line.bbox.center_y - anchor.bbox.center_y) < 0.7 * size
            and line.bbox.left > anchor.bbox.right - 4
        ):
            block.append(line)
            entry_left = entry_left or line.bbox.left
            continue
        bulleted = re.match(r"^\s*[-–—_•*+~ˆ]\s?\w", line.text) is not None
        if bulleted and line.bbox.left < anchor.bbox.left - 4:
            break  # a speck before the first word of the body
        limit = 1.9 if bulleted else 1.0
        if (
            gap > limit * anchor.height
            or line.bbox.left < margin + 12
            and line.bbox.right > 0.8 * page.width
        ):
            break
        if entry_left is not None and line.bbox.left < entry_left - 45 and not bulleted:
            break
        if (
            not bulleted
            and re.search(r"[.]\s*$", last.text)
            and line.bbox.left < (entry_left or 0) + 60
            and not line.text.startswith("(")
        ):
            break
        if (
            not bulleted
            and line.bbox.left <= margin + 40
            and (entry_left is None or line.bbox.left < entry_left - 8)
        ):
            break
        entry_left = min(entry_left or line.bbox.left, line.bbox.left) if bulleted else entry_left
        entry_left = entry_left or line.bbox.left
        block.append(line)
    taken = {word.bbox for line in block for word in line.words}
    return block, [line for line in rest if not any(word.bbox in taken for word in line.words)]


def _parted_at_label(line: Line) -> list[Line]:
    """What a stamp put before `Kính gửi:` in its row, and the row; else the line alone."""
    keys = [bare(word.text) for word in line.words]
    for index in range(1, min(len(keys) - 1, 8)):
        if keys[index] != "kinh" or keys[index + 1] != "gui":
            continue
        label, before = line.words[index], line.words[:index]
        doubtful = sum(word.confidence for word in before) < 0.8 * len(before)
        apart = label.bbox.left - before[-1].bbox.right > label.bbox.height
        if label.text[:1].isupper() and (doubtful or apart):
            return [
                dataclasses.replace(line, words=words) for words in (before, line.words[index:])
            ]
    return [line]


def _unlabelled(page: Page, rest: list[Line]) -> tuple[list[Line], list[Line]]:
    """Addressees whose `Kính gửi` was lost: a list set in far deeper than any of the body.

    It stands above the body, in the page's upper half, and has two entries at least.
    """
    if page.width > page.height:
        return [], rest  # cells of a table
    inside = _left_margin(rest, page) + _SET_IN
    block: list[Line] = []
    left = 0.0
    for line in rest:
        whole, line = line, _from_dash(line)
        if not block:
            if line.bbox.left < inside and is_prose(line) and len(line.words) > 2:
                break  # the body, or what introduces the list
            if _ENTRY.match(line.text) and line.bbox.left > inside:
                block, left = [line], line.bbox.left
        elif abs(line.bbox.left - left) < 8:
            block.append(line)
        elif whole.bbox.left < inside:
            break
    above = bool(block) and block[-1].bbox.bottom < 0.55 * page.height
    if not above or sum(_ENTRY.match(line.text) is not None for line in block) < 2:
        return [], rest
    taken = {word.bbox for line in block for word in line.words}
    return block, [line for line in rest if not any(word.bbox in taken for word in line.words)]


def _from_dash(line: Line) -> Line:
    """The line without a stray letter before its bullet: what is left of `Kính gửi:`."""
    words = line.words
    stray = len(words) > 2 and len(words[0].text) <= 2 and words[1].text in {"-", "–", "—"}
    return dataclasses.replace(line, words=words[1:]) if stray else line


def _from_bullet(line: Line, anchor: Line) -> Line:
    """The line from its bullet on, where a stamp's letters stand before it in its row."""
    for index, word in enumerate(line.words[:8]):
        if index and word.text in {"-", "–", "—"} and word.bbox.left > anchor.bbox.left - 10:
            before = line.words[:index]
            if sum(one.confidence for one in before) < 0.8 * len(before):
                return dataclasses.replace(line, words=line.words[index:])
    return line


def _left_margin(lines: Sequence[Line], page: Page) -> float:
    wide = sorted(line.bbox.left for line in lines if line.bbox.width > 0.55 * page.width)
    return wide[len(wide) // 4] if wide else 0.12 * page.width
