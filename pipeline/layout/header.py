"""The two columns of a first page's head: issuer at the left, motto at the right (ô 1 to 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.layout.anchors import ABOUT, SYMBOL_TAIL, is_motto, is_number_line, is_place_date
from pipeline.layout.lines import segments_of
from pipeline.page import BBox, Line, Page
from pipeline.vietnamese import bare, plain_signs


@dataclass(frozen=True, slots=True)
class Header:
    """Evidence that a page opens a letter.

    Attributes:
        split: x in points that parts the two columns.
        bottom: y in points below the header's last line.
        score: 0..1; from 0.5 up the page starts a letter.
    """

    split: float
    bottom: float
    score: float


def find_header(page: Page, segments: Sequence[Line]) -> Header | None:
    """The two-column head of a page, or `None` where there is no motto to anchor it."""
    mottos = motto_lines(page, segments)
    if not mottos:
        return None
    left = min(line.bbox.left for line in mottos)
    top = min(line.bbox.top for line in mottos)
    beside = [
        line.bbox.right
        for line in segments
        if abs(line.bbox.center_y - top) < 40 and line.bbox.right < left + 6 and line not in mottos
    ]
    split = (max(beside) + left) / 2 if beside else left - 8
    marks = [
        line.bbox.bottom
        for line in segments
        if line.bbox.top > top
        and line.bbox.top < top + 0.16 * page.height
        and (
            (is_place_date(line.text) and line.bbox.center_x > split)
            or (
                is_number_line(line.text)
                and line.bbox.center_x < split
                and not ABOUT.match(line.text)
            )
        )
    ]
    bottom = min(marks) if marks else max(line.bbox.bottom for line in mottos) + 6
    if marks:
        bottom = max(mark for mark in marks if mark < bottom + 30)
    return Header(split, bottom, 1.0 if marks else 0.6)


def header_box(page: Page) -> BBox | None:
    """Where the head of a first page stands, points; `None` without a motto."""
    header = find_header(page, segments_of(page))
    return BBox(0.0, 0.0, page.width, header.bottom + 20) if header else None


def motto_lines(page: Page, segments: Sequence[Line]) -> list[Line]:
    """The lines of ô 1: the first motto and what stands right below it."""
    found = [
        line
        for line in segments
        if line.bbox.top < 0.4 * page.height
        and line.bbox.center_x > 0.4 * page.width
        and is_motto(line.text)
    ]
    if not found:
        return []
    top = min(line.bbox.top for line in found)
    return [line for line in found if line.bbox.top < top + 45]


def number_line(
    page: Page,
    segments: Sequence[Line],
    header: Header,
    used: set[int],
    motto_top: float,
    place: Line | None,
) -> Line | None:
    """Ô 3: the left line level with the date line, or the first with a number's shape."""
    left = [
        line
        for line in segments
        if id(line) not in used
        and line.bbox.center_x < header.split
        and motto_top - 5 < line.bbox.top < motto_top + 0.17 * page.height
    ]
    shaped = [line for line in left if is_number_line(line.text) and not ABOUT.match(line.text)]
    if place is not None:
        level = [line for line in shaped if abs(line.bbox.center_y - place.bbox.center_y) < 22]
        shaped = level or shaped
    if shaped:
        return max(
            shaped,
            key=lambda line: (
                bool(SYMBOL_TAIL.search(plain_signs(line.text))),
                bare(line.text).startswith("so"),
                -line.bbox.top,
            ),
        )
    return None
