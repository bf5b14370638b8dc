"""Where the text of a page stands between its margins, told by its wide lines."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.page import Line, Page

#: Wide lines that must agree before anything is judged by them.
_FEWEST = 4


def text_column(lines: Sequence[Line], page: Page) -> tuple[float, float] | None:
    """The left and right edge of most wide lines, points.

    `None` where few are wide, and on a page that lies on its side: that is a table.
    """
    if page.width > page.height:
        return None
    wide = [line.bbox for line in lines if line.bbox.width > 0.55 * page.width]
    if len(wide) < _FEWEST:
        return None
    middle = len(wide) // 2
    return sorted(box.left for box in wide)[middle], sorted(box.right for box in wide)[middle]
