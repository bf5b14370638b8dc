"""The openings of a first page's head, from its printed lines."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.page import Line
from pipeline.slots.date import date_line, date_openings
from pipeline.slots.number import number_opening
from pipeline.slots.opening import Opening


def find_openings(lines: Sequence[Line], page_width: float) -> tuple[Opening, ...]:
    """The openings of a first page's head: at most one of each kind.

    Args:
        lines: printed lines of the page in any order.
        page_width: points.
    """
    if not lines:
        return ()
    head = [line for line in lines if line.bbox.top < page_width * 0.62]
    date = date_line(head, page_width)
    found: list[Opening] = []
    number = number_opening(head, date, page_width)
    if number is not None:
        found.append(number)
    if date is not None:
        found.extend(date_openings(date))
    return tuple(found)
