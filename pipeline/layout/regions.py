"""The regions of a whole letter: opening, body, closing and annexes, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.layout.anchors import is_upper
from pipeline.layout.closing import tail_regions, tail_start
from pipeline.layout.column import text_column
from pipeline.layout.furniture import opens_annex, page_furniture
from pipeline.layout.lines import append_region, segments_of, typical_height
from pipeline.layout.opening import opening_regions
from pipeline.layout.receipt import is_receipt
from pipeline.layout.signing import signing_regions, signing_start
from pipeline.layout.specks import is_garbled, is_scrap
from pipeline.page import BBox, Line, Page, Region, Zone

#: Where letters of seals and strokes of signatures are read as words. The cells of the head hold
#: what is written by hand, and a stamp is read with little confidence though it counts.
_MAY_BE_GARBLED = frozenset({Zone.BODY, Zone.RECIPIENTS, Zone.SIGNATURE, Zone.ANNEX})
#: Where scraps of the margin and rows of a stamp part a sentence.
_TEXT = frozenset({Zone.BODY, Zone.ANNEX})


def find_regions(pages: Sequence[Page], *, with_garbled: bool = False) -> tuple[Region, ...]:
    """The regions of one letter's pages in the order a person reads them.

    Args:
        pages: in their order.
        with_garbled: lines in which nothing was read surely stay in their regions, to be read
            again; else they are noise, a region of their own after the one they lay in.
    """
    regions = _regions(pages)
    if with_garbled:
        return regions
    beside = {page.number: _margin_test(page) for page in pages}
    return tuple(part for one in regions for part in _parted(one, beside[one.page]))


def _margin_test(page: Page) -> Callable[[Line], bool]:
    """Whether a line of the page's text is a scrap of its margin or a row of a stamp there."""
    column, typical = text_column(page.lines, page), typical_height(page)
    if column is None:
        return lambda line: False
    return lambda line: (
        not line.cell and (is_scrap(line, column, typical) or is_receipt(line, column, page))
    )


def _parted(region: Region, is_beside: Callable[[Line], bool]) -> Iterator[Region]:
    """The region, and a region of noise with its garbled lines and scraps of the margin."""
    if region.zone not in _MAY_BE_GARBLED:
        yield region
        return
    is_text = region.zone in _TEXT
    garbled = tuple(
        line for line in region.lines if is_garbled(line) or (is_text and is_beside(line))
    )
    if not garbled:
        yield region
        return
    kept = tuple(line for line in region.lines if line not in garbled)
    if kept:
        yield replace(region, lines=kept)
    yield Region(Zone.NOISE, region.page, garbled)


def _regions(pages: Sequence[Page]) -> tuple[Region, ...]:
    regions: list[Region] = []
    annex = False
    lines_of = [segments_of(page) for page in pages]
    tail_from, regions_of = tail_start(pages, lines_of), tail_regions
    if tail_from is None:
        tail_from, regions_of = signing_start(pages, lines_of), signing_regions
    for index, (page, segments) in enumerate(zip(pages, lines_of, strict=True)):
        if index == 0:
            header, segments = opening_regions(page, segments)
            regions.extend(header)
        else:
            numbers, segments = page_furniture(page, segments)
            regions.extend(numbers)
            annex = annex or opens_annex(segments)
        if annex and (tail_from is None or index > tail_from[0]):
            append_region(regions, Zone.ANNEX, page, segments)
        elif tail_from is not None and index == tail_from[0]:
            regions.extend(regions_of(page, segments, tail_from[1]))
        elif tail_from is not None and index > tail_from[0]:
            append_region(regions, Zone.ANNEX, page, segments)
        else:
            append_region(regions, Zone.BODY, page, segments)
    return tuple(regions)


def name_band(page: Page) -> BBox | None:
    """Where the signer's name may stand: below his office; `None` without a signature.

    Where no office was read, all of the signature's rows.
    """
    region = next((one for one in _regions((page,)) if one.zone is Zone.SIGNATURE), None)
    if region is None:
        return None
    offices: list[Line] = []
    for line in region.lines[:8]:
        if not (is_upper(line.text) and line.confidence > 0.6 and len(line.text) >= 7):
            continue
        # What stands lower than the next line is a seal's.
        if offices and line.bbox.top - offices[-1].bbox.bottom > 1.5 * offices[-1].height:
            break
        offices.append(line)
    box = BBox.around(line.bbox for line in offices or region.lines)
    top = box.bottom if offices else box.top
    return BBox(
        max(0.0, box.left - 60), top, min(page.width, box.right + 60), min(page.height, top + 190)
    )
