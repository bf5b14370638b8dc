"""Lines of print in the cells of ruled tables: parted there, and in the order a person reads them.

An engine reads print row by row across a table's columns, so that cells interleave: `Nghị định số
07/2025/NĐ-` of one cell is followed by a row of the next one. Where rows of two cells do not stand
level, the engine's line cuts through letters of the other cell and reads their halves once more.
This module knows nothing of zones.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from pipeline.layout.grid import Cell, Grid, covered
from pipeline.page import Line, Word
from pipeline.vietnamese import bare

#: Middles of lines that are nearer than this share of their letters' height are one row of print;
#: letters are at most so much taller than most of the table's; what is the same ink is covered by
#: the other lines to these shares of its width and height.
_SAME_PRINT, _TALL, _SAME_INK, _TOUCHED = 0.9, 1.1, 0.6, 0.25
#: Halves of letters are lower than this share; so many letters say nothing; so alike (0..100) are
#: two readings of one row of print.
_HALF, _FEW, _ALIKE = 0.6, 3, 60.0
_NUMBER = re.compile(r"\d{2,}")
_ITEM = re.compile(r"[-–+•]\s?\S")
#: Share of a cell's lines that begin like a value of a row, not like a paragraph that goes on; a
#: line that fills its cell leaves less than this share of its width.
_VALUES, _FILLED = 0.75, 0.12

#: A table and a cell of it.
Spot = tuple[Grid, Cell]


def part_at_cells(line: Line, grids: Sequence[Grid]) -> Iterator[tuple[Spot | None, Line]]:
    """The line parted where its words pass from one cell into another or out of a table.

    A word is in the cell that its middle lies in; `None` stands beside words outside of `grids`.
    """

    def spot(word: Word) -> Spot | None:
        x, y = word.bbox.center_x, word.bbox.center_y
        return next(((grid, cell) for grid in grids if (cell := grid.cell_at(x, y))), None)

    for found, words in itertools.groupby(line.words, key=spot):
        yield found, dataclasses.replace(line, words=tuple(words))


def in_reading_order(grid: Grid, lines: Iterable[tuple[Cell, Line]], first: int) -> list[Line]:
    """A table's lines row of cells by row of cells, from the left, each cell's top down.

    Ink that was read twice stands once: a line of one cell that the engine follows into the next
    cuts through that one's lines. Where rows are not ruled, a row of cells is parted at blanks
    that run across it, and short values that stand side by side are read row by row of print.

    Args:
        grid: the table.
        lines: of it, each with its cell.
        first: number of the first cell; the lines that come back have theirs.
    """
    rows: dict[tuple[int, int], list[tuple[Cell, Line]]] = {}
    for cell, line in _read_once(list(lines)):
        rows.setdefault((cell.top, cell.bottom), []).append((cell, line))
    blocks: list[tuple[tuple[int, int, int], list[tuple[Cell, Line]]]] = []
    for (top, _), row in rows.items():
        for number, part in enumerate(_parted_at_blanks(row)):
            if _are_values(part, grid):
                left = min(cell.left for cell, _ in part)
                printed = sorted(_print_rows(part), key=lambda one: one[0])
                blocks.append(((top, number, left), [pair for _, pair in printed]))
                continue
            for cell in {cell for cell, _ in part}:
                own = [pair for pair in part if pair[0] == cell]
                printed = sorted(_print_rows(own), key=lambda one: one[0])
                blocks.append(((top, number, cell.left), [pair for _, pair in printed]))
    blocks.sort(key=lambda block: block[0])
    numbers: dict[Cell, int] = {}
    return [
        dataclasses.replace(line, cell=numbers.setdefault(cell, first + len(numbers)))
        for _, block in blocks
        for cell, line in block
    ]


def _read_once(lines: Sequence[tuple[Cell, Line]]) -> list[tuple[Cell, Line]]:
    """The lines without echoes of longer ones of the cell, which stand nearer than print can."""
    usual = statistics.median(line.height for _, line in lines) if lines else 0.0
    kept: dict[Cell, list[Line]] = {}
    for cell, line in sorted(lines, key=lambda pair: -_signs(pair[1])):
        own, middle = kept.setdefault(cell, []), _middle(line)
        near = [
            one
            for one in own
            if abs(_middle(one) - middle)
            < _SAME_PRINT * min(max(one.height, line.height), _TALL * usual)
        ]
        sides = [(one.bbox.left, one.bbox.right) for one in near]
        rows = [(one.bbox.top, one.bbox.bottom) for one in near]
        if not (
            covered(sides, line.bbox.left, line.bbox.right) >= _SAME_INK
            and covered(rows, middle - line.height / 2, middle + line.height / 2) >= _TOUCHED
            and (line.height < _HALF * usual or _is_echo(line.text, [one.text for one in near]))
        ):
            own.append(line)
    return [(cell, line) for cell, own in kept.items() for line in own]


def _is_echo(text: str, others: Sequence[str]) -> bool:
    """Whether a text is hardly one, or much of it is in one of the others and no new number."""
    key = bare(text)
    if sum(map(str.isalnum, key)) <= _FEW:
        return True
    if any(all(number not in other for other in others) for number in _NUMBER.findall(text)):
        return False
    return any(fuzz.partial_ratio(key, bare(other)) >= _ALIKE for other in others)


def _signs(line: Line) -> float:
    """How many signs were read, each as much as it was sure."""
    return sum(len(word.text) * word.confidence for word in line.words)


def _middle(line: Line) -> float:
    """How far down the line's words stand, points: one that a stamp stretches does not count."""
    return statistics.median(word.bbox.center_y for word in line.words)


def _print_rows(
    pairs: Sequence[tuple[Cell, Line]],
) -> list[tuple[tuple[int, float], tuple[Cell, Line]]]:
    """Each line with the number of its row of print and its left edge, points."""
    out: list[tuple[tuple[int, float], tuple[Cell, Line]]] = []
    row, middle = -1, float("-inf")
    for cell, line in sorted(pairs, key=lambda pair: _middle(pair[1])):
        if _middle(line) - middle > 0.5 * line.height:
            row, middle = row + 1, _middle(line)
        out.append(((row, line.bbox.left), (cell, line)))
    return out


def _parted_at_blanks(row: Sequence[tuple[Cell, Line]]) -> list[list[tuple[Cell, Line]]]:
    """The lines of a row of cells, parted where a blank as high as a line runs across it."""
    parts: list[list[tuple[Cell, Line]]] = []
    bottom = float("-inf")
    for cell, line in sorted(row, key=lambda pair: pair[1].bbox.top):
        if line.bbox.top - bottom > line.height:
            parts.append([])
        parts[-1].append((cell, line))
        bottom = max(bottom, line.bbox.bottom)
    return parts


def _are_values(part: Sequence[tuple[Cell, Line]], grid: Grid) -> bool:
    """Whether lines of several cells are values that stand side by side, row by row of print.

    Paragraphs side by side have the same rows of print, too, but most of their lines go on from
    the line above, which fills its cell, or they begin with a small letter; no entry of a list does.
    """
    values: dict[Cell, set[int]] = {}
    above: dict[Cell, list[Line]] = {}
    for (row, _), (cell, line) in sorted(_print_rows(part), key=lambda one: one[0]):
        before = above.setdefault(cell, [])
        left, right = grid.xs[cell.left], grid.xs[cell.right]
        filled = bool(before) and right - before[-1].bbox.right < _FILLED * (right - left)
        if _ITEM.match(line.text) or not (filled or line.text[:1].islower()):
            values.setdefault(cell, set()).add(row)
        before.append(line)
    listed = [
        rows
        for cell, rows in values.items()
        if len(above[cell]) >= 3 and len(rows) >= _VALUES * len(above[cell])
    ]
    return any(
        len(one & other) >= _VALUES * max(len(one), len(other))
        for one, other in itertools.combinations(listed, 2)
    )
