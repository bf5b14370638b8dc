"""Pages of a file from bytes to words: draw, clean, read, and look twice where it counts.

Pages go through the stages in small runs, so that a long file needs no more memory than
a short one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import clean, covered, layout, ocr, render, strokes, tones, unread
from pipeline.errors import PageError
from pipeline.lexicon import load_lexicon
from pipeline.page import Affine, BBox, Line, Page, Word, Zone
from pipeline.record import Problem
from pipeline.settings import Settings
from pipeline.vietnamese import bare

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

#: Confidence from which on a word covers the ink under it: any word, and one whose box is tall
#: (points) for a line; from which on a line of known and other words read in its place is
#: believed, and one of known words.
_COVERING, _COVERING_TALL, _TALL = 0.5, 0.85, 22.0
_CONVINCING, _LIKELY = 0.6, 0.4
#: Points beside a line that are read with it.
_BESIDE = 18.0

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
            image = render.render_page(path, source, number, settings.render)
            images.append(clean.clean(image, settings.clean, ask_rotation=ocr.find_rotation))
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
    return [
        _completed(page, image, source, settings) for page, image in zip(read, images, strict=True)
    ]


def _completed(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    page = _with_tail(page, image, source, settings)
    page = _with_stamps(page, image, source, settings)
    page = _with_unread(page, image, source, settings)
    page = _with_name(page, image, source, settings)
    page = _with_second(page, image, source, settings)
    return _with_slots(page, image)


def _with_tail(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with ô 9b and the signature beside it read column by column.

    The two columns have different leading, so that a row of one cuts lines of the other.
    """
    band = layout.tail_band(page)
    if band is None:
        return page
    split = clean.find_gutter(image.pixels, image.dpi, band)
    if split is None:
        return page
    left = BBox(0.0, band.top, split, band.bottom)
    right = BBox(split, band.top, page.width, min(band.bottom + 100.0, page.height))
    left, right = (clean.from_gap(image.pixels, image.dpi, piece) for piece in (left, right))
    read = [
        line
        for piece in (left, right)
        for line in _read_piece(piece, image, source, page, settings)
    ]
    if sum(len(line.text) for line in read) < 20:
        return page
    kept = [
        line
        for line in page.lines
        if not any(_inside(line.bbox, piece) for piece in (left, right))
        and not (left.top <= line.bbox.center_y <= left.bottom)
    ]
    return replace(page, lines=(*kept, *read))


def _inside(box: BBox, piece: BBox) -> bool:
    return piece.left <= box.center_x <= piece.right and piece.top <= box.center_y <= piece.bottom


def _read_piece(
    piece: BBox, image: clean.CleanImage, source: str, page: Page, settings: Settings
) -> list[Line]:
    window, shift = _window(piece, image.dpi)
    pixels = image.pixels[window]
    if min(pixels.shape[:2]) < 12:
        return []
    return [
        line.moved(shift)
        for line in ocr.read_crop(pixels, image.dpi, source, page.number, settings.ocr)
    ]


def _window(box: BBox, dpi: float) -> tuple[tuple[slice, slice], Affine]:
    """Rows and columns of the box in the page's pixels, and the way from their points to the page's."""
    points = dpi / 72
    rows = slice(max(0, int(box.top * points)), int(box.bottom * points))
    columns = slice(max(0, int(box.left * points)), int(box.right * points))
    return (rows, columns), Affine(c=columns.start / points, f=rows.start / points)


def _with_stamps(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with the words of rubber stamps in its upper half: KHẨN, HỎA TỐC, MẬT.

    Their ink is coloured and was taken out of the print, so each is read by itself.
    """
    found: list[Line] = []
    for mark in page.marks:
        box = mark.bbox
        if mark.kind != "stamp" or box.top > 0.5 * page.height:
            continue
        if not (25 < box.width < 190 and 9 < box.height < 70):
            continue
        window, shift = _window(box.expand(2, 2), image.dpi)
        ink = clean.coloured_ink(image.colour[window])
        if ink.size == 0:
            continue
        ink = strokes.stamp_letters(ink, image.dpi)
        read = ocr.read_crop(ink, image.dpi, source, page.number, settings.ocr)
        found.extend(line.moved(shift) for line in read)
    return replace(page, lines=(*page.lines, *found)) if found else page


def _with_unread(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with the lines that no word covers, each read by itself, larger strokes taken off.

    Words of little confidence cover nothing, and go where a line is read in their place.
    """
    sure = [word.bbox for word in page.words if _covers(word)]
    rows = unread.find_unread(image.pixels, image.dpi, sure)
    if not rows:
        return page
    rest = unread.without(image.pixels, image.dpi, sure)
    pieces, shifts = [], []
    for row in rows:
        # Once as wide as its letters, once with what stands beside them: a first letter that
        # hangs on a seal, or a stroke of a pen that is none.
        for box in (row, row.expand(_BESIDE, 0.0)):
            window, shift = _window(box, image.dpi)
            pieces.append(strokes.without_large_strokes(rest[window], image.dpi))
            shifts.append(shift)
    read = [
        [line.moved(shift) for line in lines]
        for lines, shift in zip(
            ocr.read_crops(pieces, image.dpi, source, page.number, settings.ocr, layout="--psm 7"),
            shifts,
            strict=True,
        )
    ]
    found = []
    for narrow, wide in zip(read[::2], read[1::2], strict=True):
        best = max((*wide, *narrow), key=lambda line: (_sense(line), line.confidence), default=None)
        if best is not None and _sense(best):
            found.append(best)
    if not found:
        return page
    kept = []
    for line in page.lines:
        words = tuple(
            word
            for word in line.words
            if _covers(word) or not any(_inside(word.bbox, new.bbox) for new in found)
        )
        if words:
            kept.append(replace(line, words=words))
    return replace(page, lines=(*kept, *found))


def _covers(word: Word) -> bool:
    """Whether the ink under a word needs no second look; a tall box may hold two lines."""
    return word.confidence >= (_COVERING if word.bbox.height < _TALL else _COVERING_TALL)


def _sense(line: Line) -> int:
    """How many words of a line are syllables, marks aside; 0 where the line makes no sense.

    It has at least two; all words are in a line read with some confidence, half of them in
    one read surely.
    """
    words = re.findall(r"[^\W\d_]{2,}", line.text)
    syllables = tones.load_syllables().by_letters
    known = sum(len(word) > 2 and bare(word) in syllables for word in words)
    if known < 2 or known < 0.5 * len(words):
        return 0
    sure = line.confidence >= (_LIKELY if known == len(words) else _CONVINCING)
    return known if sure else 0


def _with_name(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
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
    letters = [strokes.without_large_strokes(ink, image.dpi) for ink in inks]
    found: dict[str, Line] = {}
    for line in itertools.chain.from_iterable(
        ocr.read_crops(letters, image.dpi, source, page.number, settings.ocr, layout="--psm 11")
    ):
        if _is_name(line.text) and line.confidence >= 0.6:
            found.setdefault(line.text, line.moved(shift))
    for line in page.lines:
        found.pop(line.text, None)
    page = replace(page, lines=(*page.lines, *found.values()))
    return _with_office(_with_beginning(page, image, band), image)


def _with_beginning(page: Page, image: clean.CleanImage, band: BBox) -> Page:
    """The page with names in the band completed whose beginning a seal covers."""
    grey, lexicon = clean.all_ink(image.colour), load_lexicon()
    ends = [
        (line, BBox.around(word.bbox for word in known))
        for line in page.lines
        if (known := covered.known_end(line, lexicon))
    ]
    # The same place was read more than once: one whole reading of it is enough.
    whole = [
        box for line, box in ends if covered.is_whole(covered.known_end(line, lexicon), lexicon)
    ]
    lines = list(page.lines)
    for line, box in sorted(ends, key=lambda one: -one[0].confidence):
        if not _inside(box, band) or any(box.overlap(one) > 0.3 * box.area for one in whole):
            continue
        name = covered.completed(line, grey, image.dpi, lexicon)
        if name is None:
            continue
        whole.append(name.bbox)
        lines.remove(line)
        # Words of another column stay; what touches the name was read from the seal.
        rest = tuple(word for word in line.words if word.bbox.right < name.bbox.left - 20)
        lines += [replace(line, words=rest), name] if rest else [name]
    return replace(page, lines=tuple(lines))


def _with_office(page: Page, image: clean.CleanImage) -> Page:
    """The page with the signer's title where a seal or another stamp hides it.

    Either none was read above the name, or the head's is stamped over his deputy's.
    """
    regions = layout.find_regions((page,))
    lines = next((one.lines for one in regions if one.zone is Zone.SIGNATURE), ())
    grey, lexicon = clean.all_ink(image.colour), load_lexicon()
    names = [line for line in lines if covered.is_whole(covered.known_end(line, lexicon), lexicon)]
    if any("PHÓ" in line.text or "THỨ" in line.text for line in lines[:4]):
        return page
    offices = [line for line in lines[:6] if covered.names_office(line, lexicon)]
    if not offices and names:
        found = covered.office_over(names[0].bbox, grey, image.dpi, lexicon)
        if found is None:
            return page
        page, offices = _put(page, found), [found]
    for line in offices:
        deputy = covered.deputy_under(line, grey, image.dpi, lexicon)
        if deputy is not None:
            return _put(page, deputy)
    return page


def _put(page: Page, found: Line) -> Page:
    """The page with a line in place of what was read there."""
    rest = (_without(line, found.bbox) for line in page.lines)
    return replace(page, lines=(*(line for line in rest if line.words), found))


def _without(line: Line, box: BBox) -> Line:
    """The line less the words that mostly lie in the box: it may have none left."""
    words = (word for word in line.words if word.bbox.overlap(box) <= 0.6 * word.bbox.area)
    return replace(line, words=tuple(words))


def _is_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    capitals = sum(word[0].isupper() and not word.isupper() for word in words)
    return _NAME.fullmatch(text) is not None and capitals >= 2


def _with_second(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with what the second model reads in the lines that fields are made of."""
    if not settings.ocr.second_language or not page.lines:
        return page
    weighty = [
        line.bbox
        for region in layout.find_regions((page,))
        for line in region.lines
        if region.zone in _WEIGHTY or (region.zone is Zone.BODY and _CITES.search(line.text))
    ]
    return replace(page, second=ocr.read_again(image, weighty, source, settings.ocr))


def _with_slots(page: Page, image: clean.CleanImage) -> Page:
    """The page with its handwritten blanks read, where it opens a letter."""
    if not page.lines or layout.header_box(page) is None:
        return page
    from pipeline import handwriting

    slots = handwriting.read_slots(page.lines, image.colour, image.dpi, handwriting.load_reader())
    return replace(page, slots=slots)


def _problem(error: PageError) -> Problem:
    return Problem(error.stage, error.code, str(error), error.page)
