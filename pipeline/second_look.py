"""Second looks at a page: crops of it that are read once more, each in its own way.

The block of recipients and signature by columns, stamps in their own ink, lines that no
word covers (`signer_look` has the look at the signature). A look is a generator, so that one
Tesseract reads the crops of all pages of a run; how they are read is its caller's business.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline import clean, colour, gutter, layout, strokes, tones, unread
from pipeline.ink import Pixels
from pipeline.page import Affine, BBox, Line, Page, Word
from pipeline.vietnamese import plain_signs

#: A second look at a page: it gives the crops that it wants read, takes their lines, and
#: comes to the page; one that finds nothing to read comes to the page at once.
Look = Generator[Sequence[Pixels], Sequence[tuple[Line, ...]], Page]


#: Confidence from which on a word covers the ink under it: any word, and one whose box is tall
#: (points) for a line; from which on a line of known and other words read in its place is
#: believed, and one of known words.
_COVERING, _COVERING_TALL, _TALL = 0.5, 0.85, 22.0
_CONVINCING, _LIKELY = 0.6, 0.4
#: Points beside a line that are read with it.
_BESIDE = 18.0

#: Ô 3: what it begins with, and an end that is no figure.
_NUMBER = re.compile(r"S[ốôỐÔ]\s?[:.].*/\s?(?:[A-ZĐ]{2,}\d*[-/&. ]{0,2}){1,4}\W{0,2}$")


def columns_and_stamps(page: Page, image: clean.CleanImage) -> Look:
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
    split = gutter.find_gutter(image.pixels, image.dpi, band)
    if split is None:
        return ()
    left = BBox(0.0, band.top, split, band.bottom)
    right = BBox(split, band.top, page.width, min(band.bottom + 100.0, page.height))
    return tuple(gutter.from_gap(image.pixels, image.dpi, piece) for piece in (left, right))


def _by_columns(page: Page, columns: Sequence[BBox], read: Sequence[Line]) -> Page:
    """The page with `read` in place of the lines in its columns, if it is worth anything."""
    if sum(len(line.text) for line in read) < 20:
        return page
    left = columns[0]
    kept = [
        line
        for line in page.lines
        if not any(lies_in(line.bbox, piece) for piece in columns)
        and not (left.top <= line.bbox.center_y <= left.bottom)
    ]
    return replace(page, lines=(*kept, *read))


def lies_in(box: BBox, piece: BBox) -> bool:
    """Whether the middle of a box is in another."""
    return piece.left <= box.center_x <= piece.right and piece.top <= box.center_y <= piece.bottom


def _crops(boxes: Iterable[BBox], image: clean.CleanImage) -> Iterator[tuple[Pixels, Affine]]:
    """The pixels of each box and the way from their points to the page's."""
    for box in boxes:
        window, shift = window_of(box, image.dpi)
        pixels = image.pixels[window]
        if min(pixels.shape[:2]) >= 12:
            yield pixels, shift


def window_of(box: BBox, dpi: float) -> tuple[tuple[slice, slice], Affine]:
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
        window, shift = window_of(box.expand(2, 2), image.dpi)
        ink = colour.coloured_ink(image.colour[window])
        if ink.size > 0:
            found.append((strokes.stamp_letters(ink, image.dpi), shift))
    return found


def unread_lines(page: Page, image: clean.CleanImage) -> Look:
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
            window, shift = window_of(box, image.dpi)
            pieces.append(strokes.without_large_strokes(rest[window], image.dpi))
            shifts.append(shift)
    seen = yield pieces
    read = [
        [line.moved(shift) for line in lines] for lines, shift in zip(seen, shifts, strict=True)
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
            if _covers(word) or not any(lies_in(word.bbox, new.bbox) for new in found)
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
    one read surely. `Số: … /SYT-NVY` makes sense however a hand has filled its blank.
    """
    if _NUMBER.match(plain_signs(line.text)):
        return 2
    words = re.findall(r"[^\W\d_]{2,}", line.text)
    spells = tones.load_syllables().spells
    known = sum(len(word) > 2 and spells(word) for word in words)
    if known < 2 or known < 0.5 * len(words):
        return 0
    sure = line.confidence >= (_LIKELY if known == len(words) else _CONVINCING)
    return known if sure else 0
