"""Pages of a file from bytes to words: draw, clean, read, and look twice where it counts.

Pages go through the stages in small runs, so that a long file needs no more memory than
a short one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import clean, layout, ocr, render, strokes
from pipeline.errors import PageError
from pipeline.ink import Pixels
from pipeline.page import Affine, BBox, Line, Page, Zone
from pipeline.record import Problem
from pipeline.settings import Settings

#: What stands here decides a letter's row, so that it is read a second time.
_WEIGHTY = frozenset(
    {
        Zone.ISSUER, Zone.NUMBER, Zone.PLACE_DATE, Zone.TITLE, Zone.SUBJECT, Zone.ADDRESSEES,
        Zone.RECIPIENTS, Zone.SIGNATURE,
    }
)  # fmt: skip

#: Mean word confidence below which a page is said to be doubtful. Of 568 pages of real scans
#: three are: two tables on a dithered ground, the back of a sheet with a seal on it. A page
#: blurred by 6 pixels at 200 dpi, which no person reads, has 0.39; at 4 it has 0.72.
_DOUBTFUL = 0.5
#: Fewer words than this tell nothing of a page.
_TELLING_WORDS = 10

#: Pages that one Tesseract reads: starting it costs 0.1 s, a page held costs 40 MB.
_TOGETHER = 2

#: A line of the body that may name a directive or a date.
_CITES = re.compile(r"\d\s*[/⁄-]\s*[A-ZĐ]{2}|[Nn]g[àa]y\s*\d|[Ll]uật\s")


#: Two to six words that begin with a capital, a rank or degree before them or not.
_NAME = re.compile(r"\W{0,2}(?:[\w.]{1,7}\.\s*)?(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,6}\s?){2,6}\W{0,2}")


@dataclass(frozen=True, slots=True)
class PageBatch:
    """Pages that were read, and what went wrong with others of the batch."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


def count_pages(path: Path, source: str, settings: Settings) -> int:
    """Pages of the file, after its limits and its kind were checked.

    Raises:
        LetterError: the file cannot be read, is encrypted or beyond a limit.
    """
    return render.count_pages(path, source, settings.render)


def read_pages(path: Path, source: str, numbers: Sequence[int], settings: Settings) -> PageBatch:
    """The pages of `numbers` (1-based), read; a page that fails becomes a problem."""
    pages: list[Page] = []
    problems: list[Problem] = []
    images: list[clean.CleanImage] = []
    for number in numbers:
        try:
            page = render.read_text_layer(path, source, number, settings.render)
            if page is not None:
                pages.append(page)
                continue
            images.append(
                clean.clean(
                    # Given away unnamed, so that `clean` can let go of it.
                    render.render_page(path, source, number, settings.render),
                    settings.clean,
                    ask_rotation=ocr.find_rotation,
                )
            )
        except PageError as error:
            problems.append(_problem(error))
        if len(images) >= _TOGETHER:
            pages.extend(_read(images, source, settings, problems))
            images = []
    pages.extend(_read(images, source, settings, problems))
    problems.extend(
        Problem(
            "clean",
            "page_unreadable",
            f"{source}, page {page.number}: too small or too blurred to be read; scan it again at 200 dpi or more",
            page.number,
        )
        for page in pages
        if page.unreadable
    )
    problems.extend(
        Problem(
            "ocr",
            "page_doubtful",
            f"{source}, page {page.number}: hardly a word was read surely (mean confidence "
            f"{confidence:.2f}); compare with the paper, or scan it again, sharp and at 300 dpi",
            page.number,
        )
        for page in pages
        if len(page.words) >= _TELLING_WORDS
        and (confidence := page.mean_confidence) is not None
        and confidence < _DOUBTFUL
    )
    return PageBatch(tuple(sorted(pages, key=lambda page: page.number)), tuple(problems))


def _read(
    images: Sequence[clean.CleanImage], source: str, settings: Settings, problems: list[Problem]
) -> Iterable[Page]:
    if not images:
        return ()
    try:
        read = ocr.read(images, source, settings.ocr)
    except PageError as error:
        if len(images) == 1:
            problems.append(_problem(error))
            return ()
        return [page for image in images for page in _read([image], source, settings, problems)]
    pages = _looked(map(_with_columns_and_stamps, read, images), images, source, settings)
    looks = map(_with_name, pages, images)
    pages = _looked(looks, images, source, settings, layout="--psm 11")
    if settings.ocr.second_language:
        boxes = [_weighty(page) for page in pages]
        second = ocr.read_again(images, boxes, source, settings.ocr)
        pages = [replace(page, second=lines) for page, lines in zip(pages, second, strict=True)]
    return [_with_slots(page, image) for page, image in zip(pages, images, strict=True)]


#: A second look at a page: it gives the crops that it wants read, takes their lines, and
#: comes to the page; one that finds nothing to read comes to the page at once.
_Look = Generator[Sequence[Pixels], Sequence[tuple[Line, ...]], Page]


def _looked(
    looks: Iterable[_Look],
    images: Sequence[clean.CleanImage],
    source: str,
    settings: Settings,
    *,
    layout: str = "--psm 6",
) -> list[Page]:
    """The pages that the looks come to, one look an image, in their order.

    One Tesseract reads the crops of all of them: starting it costs as much as several lines.
    """
    seen: dict[int, Page] = {}
    waiting: dict[int, tuple[_Look, int]] = {}
    crops: list[ocr.Crop] = []
    for index, (look, image) in enumerate(zip(looks, images, strict=True)):
        try:
            pieces = next(look)
        except StopIteration as end:
            seen[index] = end.value
        else:
            waiting[index] = look, len(pieces)
            crops.extend(ocr.Crop(image.number, pixels, image.dpi) for pixels in pieces)
    lines = iter(ocr.read_crops(crops, source, settings.ocr, layout=layout))
    for index, (look, count) in waiting.items():
        try:
            look.send(list(itertools.islice(lines, count)))
        except StopIteration as end:
            seen[index] = end.value
    return [page for _, page in sorted(seen.items())]


def _with_columns_and_stamps(page: Page, image: clean.CleanImage) -> _Look:
    """The page with its last block read by columns, and what is stamped in its upper half."""
    columns, stamps = _columns(page, image), _stamps(page, image)
    crops = [*_crops(columns, image), *stamps]
    lines = (yield [pixels for pixels, _ in crops]) if crops else []
    read = [
        tuple(one.moved(shift) for one in found)
        for found, (_, shift) in zip(lines, crops, strict=True)
    ]
    cut = len(read) - len(stamps)
    page = _by_columns(page, columns, list(itertools.chain(*read[:cut])))
    return replace(page, lines=(*page.lines, *itertools.chain(*read[cut:])))


def _columns(page: Page, image: clean.CleanImage) -> tuple[BBox, ...]:
    """ô 9b and the signature beside it, where they can be told apart.

    The two columns have different leading, so that a row of one cuts lines of the other.
    """
    band = layout.tail_band(page)
    if band is None:
        return ()
    split = clean.find_gutter(image.pixels, image.dpi, band)
    if split is None:
        return ()
    left = BBox(0.0, band.top, split, band.bottom)
    return left, BBox(split, band.top, page.width, min(band.bottom + 100.0, page.height))


def _by_columns(page: Page, columns: Sequence[BBox], read: Sequence[Line]) -> Page:
    """The page with `read` in place of the lines in its columns, if it is worth anything."""
    if sum(len(line.text) for line in read) < 20:
        return page
    left = columns[0]
    kept = [
        line
        for line in page.lines
        if not any(_inside(line.bbox, piece) for piece in columns)
        and not (left.top <= line.bbox.center_y <= left.bottom)
    ]
    return replace(page, lines=(*kept, *read))


def _inside(box: BBox, piece: BBox) -> bool:
    return piece.left <= box.center_x <= piece.right and piece.top <= box.center_y <= piece.bottom


def _crops(boxes: Iterable[BBox], image: clean.CleanImage) -> Iterator[tuple[Pixels, Affine]]:
    """The pixels of each box and the way from their points to the page's."""
    for box in boxes:
        window, shift = _window(box, image.dpi)
        pixels = image.pixels[window]
        if min(pixels.shape[:2]) >= 12:
            yield pixels, shift


def _window(box: BBox, dpi: float) -> tuple[tuple[slice, slice], Affine]:
    """Rows and columns of the box in the page's pixels, and the way from their points to the page's."""
    points = dpi / 72
    rows = slice(max(0, int(box.top * points)), int(box.bottom * points))
    columns = slice(max(0, int(box.left * points)), int(box.right * points))
    return (rows, columns), Affine(c=columns.start / points, f=rows.start / points)


def _stamps(page: Page, image: clean.CleanImage) -> list[tuple[Pixels, Affine]]:
    """Rubber stamps in the upper half of the page, KHẨN, HỎA TỐC, MẬT, each by itself.

    Their ink is coloured and was taken out of the print.
    """
    found = []
    for mark in page.marks:
        box = mark.bbox
        if mark.kind != "stamp" or box.top > 0.5 * page.height:
            continue
        if not (25 < box.width < 190 and 9 < box.height < 70):
            continue
        window, shift = _window(box.expand(2, 2), image.dpi)
        ink = clean.coloured_ink(image.colour[window])
        if ink.size > 0:
            found.append((strokes.stamp_letters(ink, image.dpi), shift))
    return found


def _with_name(page: Page, image: clean.CleanImage) -> _Look:
    """The page with the signer's name read once more, signature and seal taken off.

    What is read is added to the page only where it has the shape of a name and stands
    where the page's own reading has no line of that text.
    """
    band = layout.name_band(page)
    if band is None:
        return page
    window, shift = _window(band, image.dpi)
    pixels = image.pixels[window]
    if min(pixels.shape[:2], default=0) < 40:
        return page
    # A name stamped in red is no print, and a print under a red seal is clearer without.
    inks = [pixels]
    if image.colour.ndim == 3:
        inks.append(clean.all_ink(image.colour[window]))
    read = yield [strokes.without_large_strokes(ink, image.dpi) for ink in inks]
    found: dict[str, Line] = {}
    for line in itertools.chain.from_iterable(read):
        if _is_name(line.text) and line.confidence >= 0.6:
            found.setdefault(line.text, line.moved(shift))
    for line in page.lines:
        found.pop(line.text, None)
    return replace(page, lines=(*page.lines, *found.values())) if found else page


def _is_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    capitals = sum(word[0].isupper() and not word.isupper() for word in words)
    return _NAME.fullmatch(text) is not None and capitals >= 2


def _weighty(page: Page) -> list[BBox]:
    """Boxes of the lines that fields are made of."""
    return [
        line.bbox
        for region in layout.find_regions((page,))
        for line in region.lines
        if region.zone in _WEIGHTY or (region.zone is Zone.BODY and _CITES.search(line.text))
    ]


def _with_slots(page: Page, image: clean.CleanImage) -> Page:
    """The page with its handwritten blanks read, where it opens a letter."""
    if not page.lines or layout.header_box(page) is None:
        return page
    from pipeline import handwriting

    slots = handwriting.read_slots(page.lines, image.colour, image.dpi, handwriting.load_reader())
    return replace(page, slots=slots)


def _problem(error: PageError) -> Problem:
    return Problem(error.stage, error.code, str(error), error.page)
