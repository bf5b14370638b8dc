"""Ruled tables: where the cells are, told by the rules that were taken out of the picture.

Rules may be broken or slope a little, an outer side may be missing, inner ones are absent in merged
cells. Strokes under words and frames without columns are no tables. This module knows nothing of
lines of print, see `cells`.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.page import BBox, Page

#: Points: rules meet that come so near; levels that are one; ends that lie further out are a side.
_MEET, _LEVEL, _SIDE = 8.0, 5.0, 20.0
#: Share of a group's height from which on it stands beside another one.
_BESIDE = 0.8
#: Share of a cell's side that its rule covers at least: a stroke under a word covers less.
_COVERED_DOWN, _COVERED_ACROSS = 0.5, 0.75
#: A level rule that is seen along most of the table is a faint one: less of it will do in a cell.
_MOST, _COVERED_FAINT = 0.5, 0.35
#: Table rules end before the paper does; a streak of dirt does not.
_STREAK = 0.97


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: half-open ranges of the grid's columns and rows."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def is_narrow(self) -> bool:
        """Whether the cell is of one column."""
        return self.right - self.left == 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table.

    Attributes:
        xs, ys: levels of its upright and its level rules, points, ascending.
        cells: for every row between two of `ys` the cell at each column between two of `xs`; a
            merged cell stands at all that it covers.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def bbox(self) -> BBox:
        """The table's outer edges, points."""
        return BBox(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The cell that holds a point; `None` outside of the table."""
        column, row = _between(self.xs, x), _between(self.ys, y)
        return None if column is None or row is None else self.cells[row][column]


#: Upright and level rules that hang together.
Group = tuple[list[BBox], list[BBox]]


def find_grids(page: Page) -> tuple[Grid, ...]:
    """The ruled tables of a page that hold words in two columns or more, top down."""
    rules = [mark.bbox for mark in page.marks if mark.kind == "rule"]
    upright = [b for b in rules if b.height > 3 * b.width and b.height < _STREAK * page.height]
    level = [b for b in rules if b.width > 3 * b.height and b.width < _STREAK * page.width]
    grids: list[Grid] = []
    for downs, acrosses in sorted(_meeting(upright, level), key=lambda pair: -len(pair[0])):
        grid = _grid(downs, acrosses)
        if grid is None or not _has_columns(grid, page):
            continue
        if all(grid.bbox.overlap(other.bbox) == 0 for other in grids):
            grids.append(grid)
    return tuple(sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0])))


def covered(spans: Iterable[tuple[float, float]], start: float, end: float) -> float:
    """Share of start..end that the spans cover."""
    share, reached = 0.0, start
    for low, high in sorted(spans):
        low, high = max(low, reached), min(high, end)
        if high > low:
            share, reached = share + high - low, high
    return share / (end - start)


def _meeting(upright: Sequence[BBox], level: Sequence[BBox]) -> list[Group]:
    """Upright and level rules that hang together, each group of at least two and two."""
    groups: list[Group] = []
    left = list(upright)
    unseen = list(level)
    while left:
        downs, acrosses = [left.pop()], list[BBox]()
        grown = True
        while grown:
            more = [b for b in unseen if any(_meet(down, b) for down in downs)]
            acrosses += more
            unseen = [b for b in unseen if b not in more]
            further = [b for b in left if any(_meet(b, across) for across in more)]
            downs += further
            left = [b for b in left if b not in further]
            grown = bool(more or further)
        groups.append((downs, acrosses))
    return [group for group in _joined(groups) if min(map(len, group)) >= 2]


def _joined(groups: Sequence[Group]) -> list[Group]:
    """Groups that stand side by side in the same rows as one: where its level rules are broken.

    An upright rule that meets none is of the table that it stands in, or is as high as.
    """
    out: list[Group] = []
    for downs, acrosses in sorted(
        groups, key=lambda group: (not group[1], -BBox.around(group[0]).height)
    ):
        box = BBox.around(downs)
        for others, beside in out:
            table = BBox.around((*others, *beside))
            inside = table.left < box.center_x < table.right
            level = covered([(table.top, table.bottom)], box.top, box.bottom) > _BESIDE
            as_high = box.height > _BESIDE * table.height
            if level and (acrosses or inside or as_high):
                others += downs
                beside += acrosses
                break
        else:
            out.append((list(downs), list(acrosses)))
    return out


def _meet(down: BBox, across: BBox) -> bool:
    return (
        across.left - _MEET <= down.center_x <= across.right + _MEET
        and down.top - _MEET <= across.center_y <= down.bottom + _MEET
    )


def _grid(downs: Sequence[BBox], acrosses: Sequence[BBox]) -> Grid | None:
    """The table of rules that meet; `None` where they part nothing."""
    xs = _levels(
        [b.center_x for b in downs], [b.left for b in acrosses], [b.right for b in acrosses]
    )
    ys = _levels([b.center_y for b in acrosses], [b.top for b in downs], [b.bottom for b in downs])
    if len(xs) < 3 or len(ys) < 2:
        return None
    columns, rows = range(len(xs) - 1), range(len(ys) - 1)

    def parted_across(row: int, column: int) -> bool:
        """Whether an upright rule stands between the column and the next."""
        spans = [(b.top, b.bottom) for b in downs if abs(b.center_x - xs[column + 1]) <= _LEVEL]
        return covered(spans, ys[row], ys[row + 1]) >= _COVERED_DOWN

    def parted_down(row: int, column: int) -> bool:
        """Whether a level rule lies between the row and the next."""
        spans = [(b.left, b.right) for b in acrosses if abs(b.center_y - ys[row + 1]) <= _LEVEL]
        faint = covered(spans, xs[0], xs[-1]) >= _MOST
        enough = _COVERED_FAINT if faint else _COVERED_ACROSS
        return covered(spans, xs[column], xs[column + 1]) >= enough

    group = {(row, column): {(row, column)} for row in rows for column in columns}
    for row, column in itertools.product(rows, columns):
        for beside, parted in (
            ((row, column + 1), parted_across),
            ((row + 1, column), parted_down),
        ):
            if beside in group and not parted(row, column):
                joined = group[row, column] | group[beside]
                group.update(dict.fromkeys(joined, joined))
    cells = tuple(tuple(_cell(group[row, column]) for column in columns) for row in rows)
    return Grid(xs, ys, cells)


def _cell(places: Iterable[tuple[int, int]]) -> Cell:
    rows, columns = zip(*places, strict=True)
    return Cell(min(columns), max(columns) + 1, min(rows), max(rows) + 1)


def _levels(
    middles: Iterable[float], starts: Sequence[float], ends: Sequence[float]
) -> tuple[float, ...]:
    """Levels of rules, and a side without one where two rules across end further out."""
    levels: list[list[float]] = []
    for middle in sorted(middles):
        if levels and middle - levels[-1][-1] <= _LEVEL:
            levels[-1].append(middle)
        else:
            levels.append([middle])
    found = [statistics.fmean(level) for level in levels]
    first, last = sorted(starts)[:2], sorted(ends)[-2:]
    if len(first) == 2 and first[1] - first[0] <= _MEET and first[1] < found[0] - _SIDE:
        found.insert(0, first[0])
    if len(last) == 2 and last[1] - last[0] <= _MEET and last[0] > found[-1] + _SIDE:
        found.append(last[1])
    return tuple(found)


def _between(levels: Sequence[float], value: float) -> int | None:
    """Which two of the levels the value lies between, by the number of the first."""
    if not levels[0] <= value < levels[-1]:
        return None
    return next(index for index, level in enumerate(levels[1:]) if value < level)


def _has_columns(grid: Grid, page: Page) -> bool:
    """Whether words stand side by side in two cells of a row."""
    seen = {
        cell
        for word in page.words
        if any(map(str.isalnum, word.text))
        and (cell := grid.cell_at(word.bbox.center_x, word.bbox.center_y)) is not None
    }
    return any(len(seen.intersection(row)) >= 2 for row in grid.cells)
