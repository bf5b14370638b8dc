"""The signature of a letter that has no list of recipients to find it by (ô 7 without 9b).

Gazettes print acts without `Nơi nhận`, reports and minutes have none. There the block is known
by itself: authority or office in capitals in the right half, a name under it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.layout.anchors import is_upper
from pipeline.layout.lines import append_region
from pipeline.page import Line, Page, Region, Zone
from pipeline.vietnamese import bare

_OFFICE = re.compile(
    r"(?:t ?m|k ?t|t ?l|t ?uq|q|thay mat|ky thay|thua lenh|thua uy quyen|(?:pho )?(?:tong )?(?:giam doc|thu tuong"
    r"|chu tich|chu nhiem|bi thu|truong|chanh|thong doc|hieu truong|cuc truong|vu truong|vien truong"
    r"|chi cuc truong|thanh tra|kiem toan)|thu truong|bo truong)\b"
)
_NAME = re.compile(r"(?:[^\W\d_]+\.\s?){0,4}(?:[^\W\d_a-z][^\W\d_]*\s?){2,6}")
#: Points: the widest office, how far a name's middle is from it, how far below it stands.
_WIDEST, _BESIDE, _BELOW = 260.0, 70.0, 170.0


def signing_start(
    pages: Sequence[Page], lines_of: Sequence[Sequence[Line]]
) -> tuple[int, Line] | None:
    """The page index and the first line of the signature: the first that has a name under it.

    Arguments as of `tail_start`.
    """
    for index, (page, lines) in enumerate(zip(pages, lines_of, strict=True)):
        offices = [line for line in lines if _is_office(line, page)]
        for first in offices:
            if any(_signs_under(line, first) for line in lines):
                return index, first
    return None


def signing_regions(page: Page, segments: list[Line], anchor: Line) -> list[Region]:
    """The page's body, and the signature from its first line on."""
    edge = anchor.bbox.center_x - max(anchor.bbox.width / 2, _BESIDE) - 30
    block = [
        line for line in segments if line.bbox.top >= anchor.bbox.top - 2 and line.bbox.left >= edge
    ]
    out: list[Region] = []
    append_region(out, Zone.BODY, page, [line for line in segments if line not in block])
    append_region(out, Zone.SIGNATURE, page, block)
    return out


def _is_office(line: Line, page: Page) -> bool:
    return (
        line.bbox.center_x > 0.54 * page.width
        and line.bbox.left > 0.36 * page.width
        and line.bbox.width < _WIDEST
        and is_upper(line.text)
        and line.confidence > 0.6
        and _OFFICE.match(bare(line.text)) is not None
    )


def _signs_under(line: Line, office: Line) -> bool:
    """Whether a line is the name of who signs in that office."""
    down = line.bbox.top - office.bbox.bottom
    return (
        0 < down < _BELOW
        and abs(line.bbox.center_x - office.bbox.center_x) < _BESIDE
        and not is_upper(line.text)
        and line.confidence > 0.6
        and _NAME.fullmatch(line.text.strip()) is not None
        and all(word.istitle() for word in re.findall(r"[^\W\d_]{2,}", line.text)[-2:])
    )
