"""Where two columns of a page part, and where one of them begins.

Works on the grey pixels of a cleaned page and boxes in points; it knows nothing of words.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.ink import Pixels
from pipeline.page import BBox

# A line's height in points.
_LINE = 12.0


def find_gutter(text: Pixels, dpi: float, band: BBox) -> float | None:
    """Where two columns part in a band of rows: x in points, `None` without a clear gap.

    Args:
        text: the cleaned page, grey.
        band: rows in points; its width is not looked at.
    """
    scale = dpi / 72
    rows = text[max(0, int(band.top * scale)) : int(band.bottom * scale)]
    if rows.shape[0] < 8:
        return None
    width = rows.shape[1]
    ink = (rows < 140).sum(axis=0)
    empty = ink <= 1
    best, start = (0, 0), None
    for x in range(int(0.22 * width), int(0.68 * width)):
        if empty[x]:
            start = x if start is None else start
            if x - start > best[0]:
                best = (x - start, (x + start) // 2)
        else:
            start = None
    return best[1] / scale if best[0] > 9 * scale else None


def from_gap(text: Pixels, dpi: float, piece: BBox) -> BBox:
    """The piece (points) begun at the gap over its first line, which its top may cut.

    Args:
        text: the cleaned page, grey.
        dpi: of the page.
        piece: a column whose lines stand otherwise than its neighbour's.
    """
    scale = dpi / 72
    top = max(0, int((piece.top - _LINE) * scale))
    columns = slice(max(0, int(piece.left * scale)), int(piece.right * scale))
    empty = np.flatnonzero(~(text[top : int(piece.top * scale), columns] < 140).any(axis=1))
    return replace(piece, top=(top + float(empty[-1])) / scale) if empty.size else piece
