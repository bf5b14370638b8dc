"""One string over many words, and the way back to boxes.

The eyes of every text rule: rules match the string, `place` says where on paper the
match stands and how sure the engine was. This module knows nothing of fields.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.page import BBox, Line, Region, Word, Zone
from pipeline.record import Place

_PARAGRAPH = re.compile(
    r"^\s*(?:[-–+*•]\s|\d{1,2}[.)]\s|[a-zđ]\)\s|[IVX]+[.\-]\s|Căn cứ\b|Điều \d)"
)
#: Points that a table's column stands further left or right on the next page at most.
_SHIFT = 15.0


@dataclass(frozen=True, slots=True)
class TextView:
    """Text over words.

    Attributes:
        text: words joined by a space, lines by a newline; a line that a paragraph
            continues is joined by a space, so that a citation broken over lines reads
            as one; a blank line stands between zones and between cells of a table, which no
            sentence crosses.
        starts: offset in `text` of each word.
        words, pages: the words and the 1-based page of each.
    """

    text: str
    starts: tuple[int, ...]
    words: tuple[Word, ...]
    pages: tuple[int, ...]

    @staticmethod
    def over(regions: Iterable[Region]) -> TextView:
        """A view over the lines of `regions` in their order."""
        parts: list[str] = []
        starts: list[int] = []
        words: list[Word] = []
        pages: list[int] = []
        offset = 0
        before: tuple[Zone, Line] | None = None
        for region in regions:
            full = _full_edges(region.lines)
            for index, line in enumerate(region.lines):
                joiner = _joiner(region.lines, index, full) if parts else ""
                if before and index == 0 and not _goes_on(before, (region.zone, line)):
                    joiner = "\n\n"
                for number, word in enumerate(line.words):
                    gap = joiner if number == 0 else " "
                    parts.append(gap + word.text)
                    offset += len(gap)
                    starts.append(offset)
                    words.append(word)
                    pages.append(region.page)
                    offset += len(word.text)
                before = region.zone, line
        return TextView("".join(parts), tuple(starts), tuple(words), tuple(pages))

    def indices(self, start: int, end: int) -> range:
        """Indices of the words that the half-open span touches."""
        first = max(bisect.bisect_right(self.starts, start) - 1, 0)
        last = bisect.bisect_left(self.starts, end)
        return range(first, max(last, first + 1) if self.words else first)

    def place(self, start: int, end: int) -> Place | None:
        """Where the span stands; on the first page when it runs over two."""
        found = [i for i in self.indices(start, end) if i < len(self.words)]
        if not found:
            return None
        page = self.pages[found[0]]
        return Place(page, BBox.around(self.words[i].bbox for i in found if self.pages[i] == page))

    def confidence(self, start: int, end: int) -> float:
        """Lowest word confidence over the span, 0..1; 0 for an empty span."""
        found = [self.words[i].confidence for i in self.indices(start, end) if i < len(self.words)]
        return min(found, default=0.0)


def _full_edges(lines: Sequence[Line]) -> dict[int, float]:
    """For every cell of `lines` how far to the right a line reaches that fills it, points."""
    sides: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = sides.get(line.cell, (line.bbox.left, line.bbox.right))
        sides[line.cell] = min(left, line.bbox.left), max(right, line.bbox.right)
    return {cell: right - 0.12 * (right - left) for cell, (left, right) in sides.items()}


def _goes_on(before: tuple[Zone, Line], this: tuple[Zone, Line]) -> bool:
    """Whether what a region ends with may go on in the next one: a text, a column of a table."""
    (zone, last), (next_zone, line) = before, this
    if zone is not next_zone or bool(last.cell) is not bool(line.cell):
        return False
    return not line.cell or abs(line.bbox.left - last.bbox.left) < _SHIFT


def _joiner(lines: Sequence[Line], index: int, full: Mapping[int, float]) -> str:
    """A space where the line above runs on into this one, else a newline.

    A line whose right end lies beyond `full` fills its column or cell: a paragraph goes on. From
    one cell of a table into the next none does: a blank line stands between them.
    """
    if index and lines[index - 1].cell != lines[index].cell:
        return "\n\n"
    if index == 0 or _PARAGRAPH.match(lines[index].text):
        return "\n"
    above = lines[index - 1]
    ended = re.search(r"[.:;!?]\W*$", above.text) is not None
    return " " if above.bbox.right > full[above.cell] or not ended else "\n"
