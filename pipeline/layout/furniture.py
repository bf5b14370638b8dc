"""What later pages carry beside the body: page numbers, and the title of an annex."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.layout.anchors import ANNEX
from pipeline.page import Line, Page, Region, Zone
from pipeline.vietnamese import bare


def page_furniture(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    """The page number at the top or foot (digits alone), and the rest."""
    numbers = [
        line
        for line in segments
        if re.fullmatch(r"\W*\d{1,3}\W*", line.text)
        and (line.bbox.bottom < 0.1 * page.height or line.bbox.top > 0.92 * page.height)
    ]
    if not numbers:
        return [], segments
    taken = {id(line) for line in numbers}
    return (
        [Region(Zone.PAGE_NUMBER, page.number, tuple(numbers))],
        [line for line in segments if id(line) not in taken],
    )


def opens_annex(segments: Sequence[Line]) -> bool:
    """Whether the page begins with an annex's title, `PHỤ LỤC`."""
    return any(ANNEX.match(bare(line.text)) and len(line.text) < 60 for line in segments[:5])
