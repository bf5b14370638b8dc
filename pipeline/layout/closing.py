"""The closing of a letter: recipients at the left, signature at the right (ô 7, 9b)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.layout.anchors import is_copies_to, is_upper
from pipeline.layout.lines import append_region, segments_of
from pipeline.page import BBox, Line, Page, Region, Zone
from pipeline.vietnamese import bare

#: What some offices list below the file copy, on paper and by wire apart.
_SUBLIST = re.compile(r"(?:van )?ban dien tu\b")
#: Points below `Nơi nhận` that a list of eight entries takes.
_LONGEST_LIST = 110.0
_FILE_COPY = re.compile(r"^\W*L[ưuữừ]+u?\s*[:;.,]?\s*(?:V[TPF]|VPTU|HC|TC|[A-ZĐ]{2,})")
#: The first entry of most lists, `- Như trên;`, also where a seal has taken the words about it.
_AS_ABOVE = re.compile(r"^\W*như (?:trên|kính gửi)\W*$", re.IGNORECASE)


def tail_start(
    pages: Sequence[Page], lines_of: Sequence[Sequence[Line]]
) -> tuple[int, Line] | None:
    """The page index and first line of ô 9b: `Nơi nhận`, else the list that ends in `Lưu:`.

    Where neither was read, the entry `Như trên`.

    Args:
        pages: of one letter.
        lines_of: the segments of each.
    """

    def first(share: float, test: Callable[[str], object]) -> tuple[int, Line] | None:
        """The first line that begins in this share of its page and passes."""
        return next(
            (
                (index, line)
                for index, (page, lines) in enumerate(zip(pages, lines_of, strict=True))
                for line in lines
                if line.bbox.left < share * page.width and test(line.text)
            ),
            None,
        )

    headed = first(0.45, is_copies_to)
    if headed is not None:
        return headed
    copy = first(0.35, _FILE_COPY.match)
    if copy is not None:
        index, last = copy
        width = pages[index].width
        left = [line for line in lines_of[index] if line.bbox.left < 0.35 * width]
        return index, _list_head(left, last)
    return first(0.35, _AS_ABOVE.match)


def tail_band(page: Page) -> BBox | None:
    """The rows of ô 9b on a page, full width: from above `Nơi nhận` to below `Lưu`.

    `None` where the page shows neither; points.
    """
    lines = [line for line in segments_of(page) if line.bbox.left < 0.45 * page.width]
    last = next((line for line in lines if _FILE_COPY.match(line.text)), None)
    anchor = next((line for line in lines if is_copies_to(line.text)), None)
    if last is None and anchor is None:
        return None
    unended = last is None or (anchor is not None and last.bbox.top < anchor.bbox.top)
    if unended:
        last = anchor
    elif last is not None:
        after = last.bbox.top
        unended = any(line.bbox.top > after and _SUBLIST.match(bare(line.text)) for line in lines)
    if last is None:
        return None
    head = anchor or last
    if anchor is None:
        for line in sorted(lines, key=lambda one: -one.bbox.top):
            if line.bbox.top < head.bbox.top and head.bbox.top - line.bbox.bottom < 9:
                head = line
    bottom = last.bbox.bottom
    # The entry's own second line, and what some offices list below it as `Bản điện tử`.
    for line in sorted(lines, key=lambda one: one.bbox.top):
        near = line.bbox.bottom > bottom and line.bbox.top - bottom < 8
        if near and line.bbox.left < last.bbox.left + 60:
            bottom = line.bbox.bottom
    if unended:
        # A seal or a hand hides where the list ends: it is read again as far as lists reach.
        bottom = max(bottom, min(last.bbox.bottom + _LONGEST_LIST, 0.95 * page.height))
    top = head.bbox.top - (4 if anchor is not None else 18)
    return BBox(0.0, max(top, 0.0), page.width, min(bottom + 6, page.height))


def _list_head(left: Sequence[Line], last: Line) -> Line:
    """The first bullet of the list that `last` ends."""
    head = last
    for line in reversed([one for one in left if one.bbox.top < last.bbox.top]):
        near = head.bbox.top - line.bbox.bottom < 1.5 * last.height
        if near and re.match(r"^\s*[-–—_•*~]", line.text) and line.bbox.width < 260:
            head = line
        elif not near:
            break
    return head


def tail_regions(page: Page, segments: list[Line], anchor: Line) -> list[Region]:
    """Body, recipients at the left and signature at the right of `Nơi nhận`."""
    top = anchor.bbox.top
    split = _tail_split(page, segments, anchor)
    body: list[Line] = []
    copies: list[Line] = []
    signature: list[Line] = []
    for line in segments:
        box = line.bbox
        if box.left >= split - 6 and box.center_y > top - 62 and _in_signature(line, top, page):
            signature.append(line)
        elif box.center_y < top - 2 and not (abs(box.center_y - anchor.bbox.center_y) < 5):
            body.append(line)
        elif box.left < split - 6 and box.center_x < 0.53 * page.width:
            copies.append(line)
        else:
            signature.append(line)
    out: list[Region] = []
    append_region(out, Zone.BODY, page, body)
    append_region(out, Zone.RECIPIENTS, page, copies)
    append_region(out, Zone.SIGNATURE, page, signature)
    return out


def _in_signature(line: Line, top: float, page: Page) -> bool:
    if line.bbox.center_y >= top - 4:
        return True
    return is_upper(line.text) and len(line.words) <= 8 and line.bbox.left > 0.38 * page.width


def _tail_split(page: Page, segments: Sequence[Line], anchor: Line) -> float:
    """X that parts recipients from the signature: the left edge of the right block."""
    right = [
        line.bbox.left
        for line in segments
        if line.bbox.center_y > anchor.bbox.top - 62
        and line.bbox.left > anchor.bbox.left + 0.22 * page.width
        and is_upper(line.text)
        and len(line.text) > 5
    ]
    return min(right) if right else 0.5 * page.width
