"""Which pages of a file open a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.layout.anchors import (
    ANNEX,
    BELONGS_TO,
    SYMBOL_TAIL,
    is_motto,
    is_number_line,
    is_place_date,
    is_upper,
)
from pipeline.layout.lines import segments_of
from pipeline.page import Page
from pipeline.vietnamese import bare, plain_signs

#: A number line has its label or a digit; `BVĐK/TTYT…` on a form to fill in has neither.
_LABELLED = re.compile(r"\d|^\W*[S5$]\w{1,2}\s*[:;.,]")
#: Share from which on a number was surely written into the blank.
_WRITTEN = 0.9
_FORM = re.compile(
    r"^(?:danh sach|bieu mau|mau so|phieu (?:dang ky|khao sat|cung cap|thu thap)|bang ke|bang tong hop|don dang ky)\b"
)


def split_letters(pages: Sequence[Page]) -> tuple[tuple[Page, ...], ...]:
    """The pages of a file parted into letters, in file order.

    A page opens a letter when its head shows an issuer beside the motto and a number
    line or a place-date line; forms inside an annex that show the motto alone do not.
    """
    letters: list[list[Page]] = []
    for page in pages:
        if letters and not opens_letter(page):
            letters[-1].append(page)
        else:
            letters.append([page])
    return tuple(tuple(letter) for letter in letters)


def opens_letter(page: Page) -> bool:
    """Whether the page shows the head of a letter: motto, number line and date line.

    A number that was written by hand is one, whatever hides the symbol behind it.
    """
    segments = segments_of(page)
    top = [line for line in segments if line.bbox.top < 0.33 * page.height]
    motto = [line for line in top if is_motto(line.text)]
    if any(_FORM.match(bare(line.text)) and is_upper(line.text) for line in top):
        return False
    if not motto or any(ANNEX.match(bare(line.text)) for line in top[:4]):
        return False
    if any(BELONGS_TO.match(bare(line.text)) for line in top):
        return False
    below = min(line.bbox.top for line in motto)
    numbered = [
        line
        for line in top
        if line.bbox.top >= below
        and line.bbox.left < 0.5 * page.width
        and is_number_line(line.text)
        and SYMBOL_TAIL.search(plain_signs(line.text))
        and _LABELLED.search(line.text)
    ]
    dated = [line for line in top if line.bbox.top > below and is_place_date(line.text)]
    return bool(dated) and (bool(numbered) or _is_numbered_by_hand(page))


def _is_numbered_by_hand(page: Page) -> bool:
    """Whether a number stands in the blank after `Số:`: what follows may be written over."""
    return any(
        slot.kind == "number" and slot.readings and slot.readings[0].probability >= _WRITTEN
        for slot in page.slots
    )
