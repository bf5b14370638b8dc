"""The signer's name and titles read once more: without seal and pen, drawn, or as a stamp.

The first is a look of `second_look`, which one Tesseract reads for all pages of a run; names
stamped in a running hand are read by a network of our own when all words of the page are known.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline import clean, colour, covered, covered_titles, layout, strokes
from pipeline.ink import Pixels
from pipeline.lexicon import load_lexicon
from pipeline.naming import NEVER_LAST
from pipeline.page import Affine, BBox, Line, Page, Word, Zone
from pipeline.second_look import Look, lies_in, window_of
from pipeline.vietnamese import bare

#: Confidence from which on both words of a short name are beyond doubt.
_SURE = 0.9
#: What a word of a name is said to have been read with where its readings have other marks.
_DISPUTED = 0.7

#: Two to six words that begin with a capital, a rank or degree before them or not.
_NAME = re.compile(r"\W{0,2}(?:[\w.]{1,7}\.\s*)?(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,6}\s?){2,6}\W{0,2}")


def signer(page: Page, image: clean.CleanImage) -> Look:
    """The page with the signer's name read once more, signature and seal taken off.

    What is read is added to the page only where it has the shape of a name and stands
    where the page's own reading has no line of that text.
    """
    band = layout.name_band(page)
    if band is None:
        return page
    window, shift = window_of(band, image.dpi)
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
    return _with_titles(page, grey, image.dpi)


def with_stamped_name(page: Page, image: clean.CleanImage) -> Page:
    """The page, all its words read, with the signer's name where that is a stamp.

    It is sought below a known office only where no name was read there: two syllables that
    were not read surely are none.
    """
    band = layout.name_band(page)
    if band is None:
        return page
    if not any(map(_holds_office, _signature_lines(page))):
        return page
    if any(_names_signer(part) for part in _within(page.lines, band)):
        return page
    from pipeline import stamped  # weighs most of a megabyte: only pages that need it load it

    window, shift = window_of(band, image.dpi)
    into_crop = Affine(c=-shift.c, f=-shift.f)
    seals = [into_crop.apply(mark.bbox) for mark in page.marks if mark.kind == "seal"]
    found = stamped.read_name(image.colour[window], image.dpi, stamped.load_reader(), seals)
    if found is None:
        return page
    name = found.moved(shift)
    if name.words[0].confidence < stamped.CONFIDENCE:
        return replace(page, lines=(*page.lines, name))  # what the engine read may be nearer
    return _put(page, [name])


def _signature_lines(page: Page) -> Sequence[Line]:
    """Lines of the page's signature block, those in which nothing was read surely among them."""
    regions = layout.find_regions((page,), with_garbled=True)
    return next((one.lines for one in regions if one.zone is Zone.SIGNATURE), ())


def _within(lines: Iterable[Line], band: BBox) -> Iterator[Line]:
    """What of the lines lies in the band: who drew up a table may be named in the signer's row."""
    for line in lines:
        words = tuple(word for word in line.words if lies_in(word.bbox, band))
        if words:
            yield replace(line, words=words)


def _holds_office(line: Line) -> bool:
    """Whether a known title stands in the line, whatever a pen or a seal left beside it."""
    text = f" {bare(line.text)} "
    return any(f" {bare(title)} " in text for title in load_lexicon().titles)


def _names_signer(line: Line) -> bool:
    """Whether a line holds a whole name, or two syllables of one that are beyond doubt.

    `Nguyễn Văn` and `Văn Phúc` are parts of a name, however surely they were read.
    """
    lexicon = load_lexicon()
    known = covered.known_end(line, lexicon)
    if covered.is_whole(known, lexicon):
        return True
    if any(word.text in NEVER_LAST for word in known):
        return False
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
        if lies_in(line.bbox, band) and covered.is_whole(known, lexicon) and not line.whole
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
        if not lies_in(box, band) or any(box.overlap(one) > 0.3 * box.area for one in whole):
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
    lines = _signature_lines(page)
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
