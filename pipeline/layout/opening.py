"""The opening of a letter: all that stands before its body on the first page.

Without a motto there are no columns to go by, and only anchors are believed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from pipeline.layout.addressees import addressee_lines
from pipeline.layout.anchors import ABOUT, SYMBOL_TAIL, is_number_line, is_place_date, is_upper
from pipeline.layout.header import Header, find_header, motto_lines, number_line
from pipeline.layout.heading import title_block
from pipeline.layout.lines import is_prose, typical_height
from pipeline.page import Line, Page, Region, Zone
from pipeline.vietnamese import bare, plain_signs

#: Ô 4 in one piece.
_WHOLE_DATE = re.compile(r"\bngay\b.*\bthang\b.*\bnam \d{4}\b")


def opening_regions(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    """The regions of a letter's opening in reading order, and the lines that are left."""
    header = find_header(page, segments)
    if header is None:
        return _bare_head(page, segments)
    used: set[int] = set()
    zones: dict[Zone, list[Line]] = {}

    def take(zone: Zone, line: Line) -> None:
        zones.setdefault(zone, []).append(line)
        used.add(id(line))

    mottos = motto_lines(page, segments)
    for line in mottos:
        take(Zone.MOTTO, line)
    motto_top = min(line.bbox.top for line in mottos)
    place = _date_row(segments, used, header, motto_top)
    if place:
        zones[Zone.PLACE_DATE] = [_joined(place)]
        used.update(id(line) for line in place)
    number = number_line(page, segments, header, used, motto_top, place[0] if place else None)
    if number is not None:
        left = [
            line for line in segments if id(line) not in used and line.bbox.center_x < header.split
        ]
        row = [number, *_level_with(number, left)]
        used.update(id(line) for line in row)
        number = _joined(row)
        zones[Zone.NUMBER] = [number]
    limit = number.bbox.top + 0.3 * number.bbox.height if number is not None else header.bottom
    for line in segments:
        if id(line) in used:
            continue
        left_side = line.bbox.center_x < header.split and line.bbox.right < header.split + 30
        box = line.bbox
        # A speck beside it makes the first line's box higher than the motto's.
        below = box.top > motto_top - 14 or box.center_y > motto_top
        if left_side and box.center_y < limit and below and is_upper(line.text):
            take(Zone.ISSUER, line)
        elif box.bottom < motto_top - 2 or (box.center_y < limit and box.bottom < header.bottom):
            take(Zone.STAMP, line)
    rest = [line for line in segments if id(line) not in used]
    titled, untitled = title_block(page, rest)
    subject, unsubjected = ([], rest) if titled else _about_block(page, rest, header, number)
    regions = [
        Region(zone, page.number, tuple(zones[zone]))
        for zone in (Zone.ISSUER, Zone.MOTTO, Zone.NUMBER, Zone.PLACE_DATE)
        if zone in zones
    ]
    if Zone.STAMP in zones:
        regions.insert(0, Region(Zone.STAMP, page.number, tuple(zones[Zone.STAMP])))
    if subject:
        regions.append(Region(Zone.SUBJECT, page.number, tuple(subject)))
        rest = unsubjected
    elif titled:
        regions.extend(titled)
        rest = untitled
    addressees, rest = addressee_lines(page, rest)
    if addressees:
        regions.append(Region(Zone.ADDRESSEES, page.number, tuple(addressees)))
    return regions, rest


def _date_row(
    segments: Sequence[Line], used: set[int], header: Header, motto_top: float
) -> list[Line]:
    """The pieces of ô 4, left to right: a date put in later, by pen or program, parts its row."""
    right = [
        line
        for line in segments
        if id(line) not in used
        and line.bbox.top > motto_top
        and line.bbox.bottom < header.bottom + 8
        and line.bbox.center_x > header.split
    ]
    for line in right:
        if _WHOLE_DATE.search(bare(line.text)):
            return [line]
        row = sorted([line, *_level_with(line, right)], key=lambda one: one.bbox.left)
        if is_place_date(line.text) or is_place_date(" ".join(one.text for one in row)):
            return row
    return []


def _level_with(line: Line, others: Sequence[Line]) -> list[Line]:
    """Those of the other lines that stand in the row of this one."""
    return [
        other
        for other in others
        if other is not line and abs(other.bbox.center_y - line.bbox.center_y) < 0.6 * line.height
    ]


def _joined(lines: Sequence[Line]) -> Line:
    """One line of the words of `lines`, left to right."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: word.bbox.left)
    return dataclasses.replace(lines[0], words=tuple(words))


def _bare_head(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    """Zones of a first page whose motto was not found: anchors only, no positions."""
    regions: list[Region] = []
    used: set[int] = set()
    for zone, test in ((Zone.NUMBER, is_number_line), (Zone.PLACE_DATE, is_place_date)):
        line = _first(segments, page, used, test)
        if line is not None:
            used.add(id(line))
            regions.append(Region(zone, page.number, (line,)))
    rest = [line for line in segments if id(line) not in used]
    titled, rest = title_block(page, rest)
    regions.extend(titled)
    addressees, rest = addressee_lines(page, rest)
    if addressees:
        regions.append(Region(Zone.ADDRESSEES, page.number, tuple(addressees)))
    return regions, rest


def _first(
    segments: Sequence[Line], page: Page, used: set[int], test: Callable[[str], bool]
) -> Line | None:
    for line in segments:
        if id(line) not in used and line.bbox.top < 0.35 * page.height and test(line.text):
            if test is is_number_line and not SYMBOL_TAIL.search(plain_signs(line.text)):
                continue
            return line
    return None


def _about_block(
    page: Page, rest: list[Line], header: Header, number: Line | None
) -> tuple[list[Line], list[Line]]:
    """Ô 5b: `V/v …` and the lines under it in the left column."""
    edge = _edge_of_note(rest, header)
    rest = [piece for line in rest for piece in _cut_at(line, header, page, edge)]
    below = [
        line
        for line in rest
        if line.bbox.center_x < header.split + 25
        and line.bbox.right < header.split + 60
        and (
            header.bottom - 4 < line.bbox.center_y < header.bottom + 0.12 * page.height
            # Beside a date line that stands low, `V/v` stands above the header's end.
            or (ABOUT.match(line.text) and line.bbox.center_y > header.bottom - 40)
        )
    ]
    start = next((line for line in below if ABOUT.match(line.text)), None)
    if start is None and number is not None and below:
        # Some offices print ô 5b without V/v: then it stands right under the number.
        first = below[0]
        near = first.bbox.top - number.bbox.bottom < 2.2 * number.height
        prose = len(first.words) >= 3 and not is_upper(first.text) and first.confidence > 0.7
        if near and prose and not bare(first.text).startswith(("kinh gui", "can cu")):
            start = first
    if start is None:
        return [], rest
    block = [start]
    for line in rest:
        last = block[-1].bbox
        if line is start or line.bbox.top <= start.bbox.top + 2:
            continue
        gap = line.bbox.top - last.bottom
        if line.bbox.center_x > header.split + 25 or line.bbox.right > header.split + 60:
            continue
        if edge is not None and line.bbox.left > edge - 2:
            continue
        if not is_prose(line) and not bare(line.text).startswith("kinh g"):
            continue
        if gap > 1.15 * max(start.height, typical_height(page)) or bare(line.text).startswith(
            ("kinh gui", "kinh gi")
        ):
            break
        if is_upper(line.text) and len(line.text) < 14:
            continue
        block.append(line)
    taken = {id(line) for line in block}
    return block, [line for line in rest if id(line) not in taken]


def _edge_of_note(lines: Sequence[Line], header: Header) -> float | None:
    """The left edge of a block beside ô 5b, where two lines near the split begin alike."""
    lefts = sorted(
        line.bbox.left
        for line in lines
        if abs(line.bbox.left - header.split) < 45 and len(line.words) > 1
    )
    return next((one for one, two in zip(lefts, lefts[1:], strict=False) if two - one < 2), None)


def _cut_at(line: Line, header: Header, page: Page, edge: float | None) -> list[Line]:
    """The line parted at the column gap, where one row of ink holds ô 5b and a margin note."""
    box = line.bbox
    band = header.bottom - 6 < box.center_y < header.bottom + 0.12 * page.height
    if not band or box.left > header.split - 30 or box.right < header.split + 45:
        return [line]
    if len(line.words) < 2:
        return [line]
    gaps = [
        (word.bbox.left - before.bbox.right, index)
        for index, (before, word) in enumerate(zip(line.words, line.words[1:], strict=False), 1)
        if header.split - 40 < word.bbox.left < header.split + 40
    ]
    begins = (
        i
        for i, word in enumerate(line.words)
        if i and edge is not None and abs(word.bbox.left - edge) < 3
    )
    at = next(begins, None)
    if at is not None:
        return [
            dataclasses.replace(line, words=line.words[:at]),
            dataclasses.replace(line, words=line.words[at:]),
        ]
    widest, index = max(gaps, default=(0.0, 0))
    others = sorted(
        word.bbox.left - before.bbox.right
        for before, word in zip(line.words, line.words[1:], strict=False)
    )
    usual = others[len(others) // 2]
    if widest < 0.6 * line.height or widest < 1.8 * usual:
        return [line]
    return [
        dataclasses.replace(line, words=line.words[:index]),
        dataclasses.replace(line, words=line.words[index:]),
    ]
