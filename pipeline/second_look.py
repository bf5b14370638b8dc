"""Second looks at a page: crops of it that are read once more, each in its own way.

The block of recipients and signature by columns, stamps in their own ink, lines that no
word covers, the signer's name without seal and pen. A look is a generator, so that one
Tesseract reads the crops of all pages of a run; how they are read is its caller's business.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline import clean, colour, covered, covered_titles, gutter, layout, strokes, tones, unread
from pipeline.ink import Pixels
from pipeline.lexicon import load_lexicon
from pipeline.page import Affine, BBox, Line, Page, Word, Zone
from pipeline.vietnamese import bare, plain_signs

#: A second look at a page: it gives the crops that it wants read, takes their lines, and
#: comes to the page; one that finds nothing to read comes to the page at once.
Look = Generator[Sequence[Pixels], Sequence[tuple[Line, ...]], Page]


#: Confidence from which on a word covers the ink under it: any word, and one whose box is tall
#: (points) for a line; from which on a line of known and other words read in its place is
#: believed, and one of known words.
_COVERING, _COVERING_TALL, _TALL = 0.5, 0.85, 22.0
_CONVINCING, _LIKELY = 0.6, 0.4
#: Confidence from which on both words of a short name are beyond doubt.
_SURE = 0.9
#: What a word of a name is said to have been read with where its readings have other marks.
_DISPUTED = 0.7
#: Points beside a line that are read with it.
_BESIDE = 18.0

#: Ô 3: what it begins with, and an end that is no figure.
_NUMBER = re.compile(r"S[ốôỐÔ]\s?[:.].*/\s?(?:[A-ZĐ]{2,}\d*[-/&. ]{0,2}){1,4}\W{0,2}$")
#: Two to six words that begin with a capital, a rank or degree before them or not.
_NAME = re.compile(r"\W{0,2}(?:[\w.]{1,7}\.\s*)?(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,6}\s?){2,6}\W{0,2}")


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
            window, shift = _window(box, image.dpi)
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


def signer(page: Page, image: clean.CleanImage) -> Look:
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
        inks.append(colour.all_ink(image.colour[window]))
    read = yield [strokes.without_large_strokes(ink, image.dpi) for ink in inks]
    found: dict[str, Line] = {}
    for line in itertools.chain.from_iterable(read):
        if _is_name(line.text) and line.confidence >= 0.6:
            found.setdefault(line.text, line.moved(shift))
    lines = [_surer(line, found) for line in page.lines]
    page = _with_one_reading(replace(page, lines=(*lines, *found.values())), band)
    grey = colour.all_ink(image.colour)
    page = _with_beginning(page, grey, image.dpi, band)
    page = _with_titles(page, grey, image.dpi)
    return _with_stamp(page, image, band)


def _with_stamp(page: Page, image: clean.CleanImage, band: BBox) -> Page:
    """The page with the signer's name where it is a stamp in a running hand.

    It is sought below a known office only where no name was read there: two syllables that
    were not read surely are none.
    """
    regions = layout.find_regions((page,), with_garbled=True)
    lines = next((one.lines for one in regions if one.zone is Zone.SIGNATURE), ())
    if not any(map(_holds_office, lines)):
        return page
    if any(_inside(one.bbox, band) and _names_signer(one) for one in page.lines):
        return page
    from pipeline import stamped  # weighs most of a megabyte: only pages that need it load it

    window, shift = _window(band, image.dpi)
    into_crop = Affine(c=-shift.c, f=-shift.f)
    seals = [into_crop.apply(mark.bbox) for mark in page.marks if mark.kind == "seal"]
    found = stamped.read_name(image.colour[window], image.dpi, stamped.load_reader(), seals)
    if found is None:
        return page
    return _put(page, [found.moved(shift)])


def _holds_office(line: Line) -> bool:
    """Whether a known title stands in the line, whatever a pen or a seal left beside it."""
    text = f" {bare(line.text)} "
    return any(f" {bare(title)} " in text for title in load_lexicon().titles)


def _names_signer(line: Line) -> bool:
    """Whether a line holds a whole name, or two syllables of one that are beyond doubt."""
    lexicon = load_lexicon()
    known = covered.known_end(line, lexicon)
    if covered.is_whole(known, lexicon):
        return True
    sure = min((word.confidence for word in known), default=0.0) >= _SURE
    return len(known) == 2 and known[0].text in lexicon.surnames and (line.whole or sure)


def _surer(line: Line, found: dict[str, Line]) -> Line:
    """The line, as sure as the same text read in its place is, which goes from `found`."""
    other = found.get(line.text)
    if other is None or other.bbox.overlap(line.bbox) < 0.5 * other.bbox.area:
        return line
    del found[line.text]
    pairs = zip(line.words, other.words, strict=True)
    words = (replace(one, confidence=max(one.confidence, two.confidence)) for one, two in pairs)
    return replace(line, words=tuple(words))


def _with_one_reading(page: Page, band: BBox) -> Page:
    """The page with one reading of each whole name in the band that was read more than once.

    The surest stays, each word with the marks that most readings of it have.
    """
    lexicon = load_lexicon()
    names = [(line, known) for line in page.lines if (known := covered.known_end(line, lexicon))]
    whole = [
        (line, known)
        for line, known in names
        if _inside(line.bbox, band) and covered.is_whole(known, lexicon) and not line.whole
    ]
    whole.sort(key=lambda one: -min(word.confidence for word in one[1]))
    lines = list(page.lines)
    for line, known in whole:
        box = BBox.around(word.bbox for word in known)
        others = [
            other
            for other, _ in names
            if other is not line and other in lines and _shares(other, box)
        ]
        if line not in lines or not others:
            continue
        read = [word for other in others for word in other.words]
        words = tuple(_voted(word, read) for word in line.words)
        at = lines.index(line)
        lines[at] = replace(line, words=words)
        for other in others:
            lines[lines.index(other)] = _without(other, box)
        lines = [one for one in lines if one.words]
    return replace(page, lines=tuple(lines))


def _shares(line: Line, box: BBox) -> bool:
    """Whether most of the line's letters stand where the box does."""
    inside = sum(
        len(word.text) for word in line.words if word.bbox.overlap(box) > 0.6 * word.bbox.area
    )
    return inside > 0.5 * sum(len(word.text) for word in line.words)


def _voted(word: Word, read: Iterable[Word]) -> Word:
    """The word with the marks that two other readings of its place have, if these are surer."""
    votes: dict[str, list[float]] = {word.text: [word.confidence]}
    for other in read:
        same = bare(other.text) == bare(word.text)
        if same and other.bbox.overlap(word.bbox) > 0.5 * word.bbox.area:
            votes.setdefault(other.text, []).append(other.confidence)
    best = max(votes, key=lambda text: sum(votes[text]))
    if best == word.text or len(votes[best]) < 2:
        return word
    return replace(word, text=best, confidence=_DISPUTED)


def _with_beginning(page: Page, grey: Pixels, dpi: float, band: BBox) -> Page:
    """The page with names in the band completed whose beginning a seal covers."""
    lexicon = load_lexicon()
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
        name = covered.completed(line, grey, dpi, lexicon)
        if name is None:
            continue
        whole.append(name.bbox)
        lines.remove(line)
        # Words of another column stay; what touches the name was read from the seal.
        rest = tuple(word for word in line.words if word.bbox.right < name.bbox.left - 20)
        lines += [replace(line, words=rest), name] if rest else [name]
    return replace(page, lines=tuple(lines))


def _with_titles(page: Page, grey: Pixels, dpi: float) -> Page:
    """The page with the titles of its signature block that a seal or a stamp hides."""
    lexicon = load_lexicon()
    regions = layout.find_regions((page,), with_garbled=True)
    lines = next((one.lines for one in regions if one.zone is Zone.SIGNATURE), ())
    names = [words for line in lines if len(words := covered.known_end(line, lexicon)) > 1]
    names.sort(key=lambda words: not covered.is_whole(words, lexicon))
    name = BBox.around(word.bbox for word in names[0]) if names else None
    titles = covered_titles.hidden_titles(lines, name, grey, dpi, lexicon)
    return _put(page, titles) if titles else page


def _put(page: Page, found: Sequence[Line]) -> Page:
    """The page with lines in place of what was read there."""
    box = BBox.around(line.bbox for line in found)
    rest = (_without(line, box) for line in page.lines)
    return replace(page, lines=(*(line for line in rest if line.words), *found))


def _without(line: Line, box: BBox) -> Line:
    """The line less the words that mostly lie in the box: it may have none left."""
    words = (word for word in line.words if word.bbox.overlap(box) <= 0.6 * word.bbox.area)
    return replace(line, words=tuple(words))


def _is_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    capitals = sum(word[0].isupper() and not word.isupper() for word in words)
    return _NAME.fullmatch(text) is not None and capitals >= 2
