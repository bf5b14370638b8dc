"""The lines of a page as layout sees them: without noise, parted where columns meet."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.layout.anchors import ABOUT, SYMBOL_TAIL, is_copies_to, is_motto, is_number_line
from pipeline.layout.cells import in_reading_order, part_at_cells
from pipeline.layout.grid import Cell, Grid, find_grids
from pipeline.layout.receipt import part_receipt
from pipeline.layout.specks import is_noise, without_specks
from pipeline.page import Line, Page, Region, Word, Zone
from pipeline.vietnamese import bare, plain_signs

_MOTTO_STARTS = (
    ("cong", "hoa", "xa"),
    ("doc", "lap", "tu"),
    ("dang", "cong", "san"),
    ("viet", "nam", "dan"),
)


def segments_of(page: Page) -> list[Line]:
    """Tesseract's lines without noise, parted at column gaps and cells of tables, top down.

    A table's lines stand together, see `grid`, where the table stands on the page.
    """
    typical = typical_height(page)
    grids = _tables(page)
    out: list[tuple[float, float, Line]] = []
    held: dict[Grid, list[tuple[Cell, Line]]] = {grid: [] for grid in grids}
    for line in part_receipt(page.lines, page):
        words = tuple(word for word in line.words if not is_noise(word, typical))
        for spot, piece in part_at_cells(dataclasses.replace(line, words=words), grids):
            # Words of one column are one line, however far they are stretched.
            whole = spot is not None and spot[1].is_narrow
            parts = [piece] if whole else _split_columns(piece, page, typical)
            clean = [kept for part in parts if (kept := without_specks(part, typical))]
            if spot is None:
                out += [(one.bbox.center_y, one.bbox.left, one) for one in clean]
            else:
                held[spot[0]] += [(spot[1], one) for one in clean]
    first = 1
    for grid, lines in held.items():
        ordered = in_reading_order(grid, lines, first)
        out += [(grid.bbox.top, grid.bbox.left, one) for one in ordered]
        first = max((one.cell + 1 for one in ordered), default=first)
    out.sort(key=lambda one: (round(one[0] / (typical * 0.6)), one[1]))
    return [line for _, _, line in out]


def _tables(page: Page) -> tuple[Grid, ...]:
    """The page's tables, without those that hold a letter's head, its addressees or recipients."""
    grids = find_grids(page)
    frames = {
        spot[0]
        for line in (page.lines if grids else ())
        for spot, piece in part_at_cells(line, grids)
        if spot is not None and _is_of_letter(piece.text)
    }
    return tuple(grid for grid in grids if grid not in frames)


def _is_of_letter(text: str) -> bool:
    return is_motto(text) or is_copies_to(text) or bare(text).startswith("kinh gui")


def typical_height(page: Page) -> float:
    """Median height of the page's words, points."""
    heights = sorted(word.bbox.height for word in page.words if len(word.text) >= 3)
    return heights[len(heights) // 2] if heights else 10.0


def is_prose(line: Line) -> bool:
    """Whether the line is words, not specks: letters, and most of them read surely."""
    signs = sum(char.isalnum() for char in line.text)
    return signs >= 4 and (line.confidence >= 0.6 or signs >= 20)


def append_region(regions: list[Region], zone: Zone, page: Page, lines: Sequence[Line]) -> None:
    """Add the lines as one region, unless there are none."""
    if lines:
        regions.append(Region(zone, page.number, tuple(lines)))


def _split_columns(line: Line, page: Page, typical: float) -> list[Line]:
    words = list(line.words)
    cuts: set[int] = set()
    keys = [bare(word.text) for word in words]
    for index in range(1, len(words)):
        gap = words[index].bbox.left - words[index - 1].bbox.right
        blank = _is_date_blank(keys[index - 1], keys[index]) or _is_number_blank(words, index)
        if gap > 2.6 * typical and not blank:
            cuts.add(index)
    for index in range(1, len(words) - 2):
        if any(_starts(keys[index : index + 3], start) for start in _MOTTO_STARTS):
            cuts.add(index)
            break
    cut = _place_date_cut(words, keys, typical)
    if cut is not None:
        cuts.add(cut)
    bounds = [0, *sorted(cuts), len(words)]
    return [
        dataclasses.replace(line, words=tuple(words[left:right]))
        for left, right in zip(bounds, bounds[1:], strict=False)
        if words[left:right]
    ]


def _is_date_blank(before: str, after: str) -> bool:
    """Whether the gap is the blank for a handwritten day or month: `ngày … tháng … năm`."""
    return any(
        fuzz.ratio(before, left) >= 75 and fuzz.ratio(after, right) >= 75
        for left, right in (("ngay", "thang"), ("thang", "nam"))
    )


def _is_number_blank(words: Sequence[Word], index: int) -> bool:
    """Whether the gap before a word is the blank for the number of a directive in a sentence.

    `Căn cứ Kế hoạch số … /KH-SYT`; the letter's own, `Số: … /SYT-NVY`, opens its line.
    """
    return (
        index >= 2
        and words[index].text.startswith("/")
        and bare(words[index - 1].text) == "so"
        and SYMBOL_TAIL.search(plain_signs(words[index].text)) is not None
    )


def _starts(keys: Sequence[str], start: Sequence[str]) -> bool:
    joined = " ".join(keys)
    return fuzz.ratio(joined, " ".join(start)) >= 82


def _place_date_cut(words: Sequence[Word], keys: Sequence[str], typical: float) -> int | None:
    """Where `Số: …` ends and `<place>, ngày …` begins on one printed line."""
    day = next((i for i, key in enumerate(keys) if i > 1 and fuzz.ratio(key, "ngay") >= 75), None)
    if day is None or not any(
        fuzz.ratio(key, "nam") >= 75 or fuzz.ratio(key, "thang") >= 75 for key in keys[day:]
    ):
        return None
    before = " ".join(word.text for word in words[:day])
    if not is_number_line(before) and not ABOUT.match(before):
        return None
    gaps = [
        (words[i].bbox.left - words[i - 1].bbox.right, i)
        for i in range(1, day)
        if not _is_number_blank(words, i)
    ]
    # The blank for the number may be the wider gap: look behind the symbol first.
    symbol = max(
        (i for i in range(day) if SYMBOL_TAIL.search(plain_signs(words[i].text))), default=-1
    )
    wide = [pair for pair in gaps if pair[0] > 0.9 * typical]
    behind = [pair for pair in wide if pair[1] > symbol]
    if behind:
        return max(behind)[1]
    return max(wide)[1] if wide else None
