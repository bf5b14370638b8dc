"""Text that a PDF carries beside its picture: words, soundness, signing overlays.

A text layer is believed only when it reads as Vietnamese: hidden layers of scanning
software (no diacritics, another language), fonts with TCVN3 or VNI bytes and broken
ToUnicode tables all yield words that no Vietnamese syllable fits. This module works on
the words of `pdftotext -tsv`; it knows nothing of files, images or how pages are drawn.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.page import BBox, Line, Overlay, Word
from pipeline.vietnamese import ALPHABET, nfc, strip_tones

# A text layer has no doubt of its own: 1.0 says "not OCR", it was not measured.
_NOT_OCR = 1.0
# Two words further apart than this many type sizes are not of one line: the two
# columns of the header stand on common lines.
_COLUMN_GAP_EM = 2.5
_WORD_GAP_EM = 0.9
# Share of the smaller of two words' boxes from which on they stand in one place.
_SAME_PLACE = 0.4

_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"[aăâeêioôơuưy]{1,3}(?:ng|nh|ch|[ckmnpt])?"
)
_COMMON_SIGNS = frozenset("–—-−‑…•●■□▪◦○☐☑✓\uf0b7“”„‘’«»§°²³×÷±≤≥≠→½¼¾·")
_SIGNING = re.compile(
    r"K[ýí] bởi|Ng[ưu]ời ký|Ngày ký|Th[ờo]i gian ký|Ký ngày|Được ký|Digitally signed|Signed by"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4};?\s+\d{1,2}:\d{2}:\d{2}",
    re.IGNORECASE,
)
# Longest text of a signing overlay in use: name, e-mail, agency, place and time.
_OVERLAY_MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that Poppler takes for one run of text, top down."""

    lines: tuple[tuple[Word, ...], ...]

    @property
    def text(self) -> str:
        """All words, single spaces between."""
        return " ".join(word.text for line in self.lines for word in line)

    @property
    def bbox(self) -> BBox:
        """The smallest box over the words."""
        return BBox.around(word.bbox for line in self.lines for word in line)


def parse_flows(tsv: str) -> tuple[Flow, ...]:
    """The flows of one page as `pdftotext -tsv` wrote them; boxes in points."""
    flows: list[list[list[Word]]] = []
    rows = csv.reader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        if len(row) < 12 or not row[0].isdigit():
            continue
        level, text = int(row[0]), nfc("\t".join(row[11:])).strip()
        if level == 3:
            flows.append([])
        elif level == 4 and flows:
            flows[-1].append([])
        elif level == 5 and text and flows and flows[-1]:
            left, top, width, height = (float(value) for value in row[6:10])
            box = BBox(left, top, left + width, top + height)
            flows[-1][-1].append(Word(text, box, _NOT_OCR))
    return tuple(Flow(tuple(tuple(line) for line in flow if line)) for flow in flows if any(flow))


def without_covered(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """The flows without words that a program has printed anew over themselves.

    Offices let a program put number and date into a finished letter: it covers `Số:   /QĐ-SNV`
    with white and prints `Số: 58/QĐ-SNV` there. Both are in the layer; of two words in one
    place, the one whose text the other holds goes.
    """
    words = [word for flow in flows for line in flow.lines for word in line]
    covered: set[int] = set()
    words.sort(key=lambda word: word.bbox.top)
    for index, word in enumerate(words):
        for other in itertools.islice(words, index + 1, None):
            if other.bbox.top > word.bbox.bottom:
                break
            small, large = sorted((word, other), key=lambda one: len(one.text))
            shared = word.bbox.overlap(other.bbox)
            if (
                shared >= _SAME_PLACE * min(word.bbox.area, other.bbox.area)
                and small.text in large.text
                and id(large) not in covered
            ):
                covered.add(id(small))
    kept = (
        Flow(tuple(tuple(word for word in line if id(word) not in covered) for line in flow.lines))
        for flow in flows
    )
    return tuple(
        Flow(tuple(line for line in flow.lines if line)) for flow in kept if any(flow.lines)
    )


def find_overlays(flows: Sequence[Flow]) -> tuple[Overlay, ...]:
    """The texts that a signing program laid over the page, top down.

    A page whose whole text is short and holds a signer or a time to the second is
    all overlay; beside a longer layer only the flows that say so are.
    """
    signed = [flow for flow in flows if _SIGNING.search(flow.text)]
    if not signed:
        return ()
    total = sum(len(flow.text) for flow in flows)
    chosen = list(flows) if total <= _OVERLAY_MAX_CHARACTERS else signed
    overlays = [
        Overlay(flow.text, flow.bbox)
        for flow in chosen
        if len(flow.text) <= _OVERLAY_MAX_CHARACTERS
    ]
    if total <= _OVERLAY_MAX_CHARACTERS:
        text = " ".join(overlay.text for overlay in overlays)
        overlays = [Overlay(text, BBox.around(overlay.bbox for overlay in overlays))]
    return tuple(sorted(overlays, key=lambda overlay: (overlay.bbox.top, overlay.bbox.left)))


def is_syllable(word: str) -> bool:
    """Whether the word has the shape of one Vietnamese syllable, any case."""
    return _SYLLABLE.fullmatch(strip_tones(word.lower())) is not None


def is_sound(words: Sequence[Word], width: float, height: float) -> bool:
    """Whether the words of a page of `width` by `height` points read as Vietnamese.

    Needs marks on a good share of the words, syllables that exist, no letters that
    only legacy encodings give, and words that lie on the page.
    """
    if not words:
        return False
    page = BBox(-1, -1, width + 1, height + 1)
    inside = sum(page.overlap(word.bbox) >= 0.5 * word.bbox.area for word in words)
    if inside < 0.98 * len(words):
        return False
    strange = sum(_is_strange(word.text) for word in words)
    if strange > 0.01 * len(words):
        return False
    lowered = [
        part
        for word in words
        for part in re.findall(r"[^\W\d_]+", word.text)
        if len(part) >= 2 and not part.isupper()
    ]
    if len(lowered) < 15:
        return False
    syllables = sum(is_syllable(part) for part in lowered)
    marked = sum(any(char in ALPHABET for char in part) for part in lowered)
    return syllables >= 0.85 * len(lowered) and marked >= 0.4 * len(lowered)


def _is_strange(text: str) -> bool:
    """Whether a character is one that Vietnamese text does not use.

    `µ`, `®`, `¸` inside words are TCVN3 bytes; controls and private use are broken maps.
    """
    return any(
        not (char.isascii() and char.isprintable())
        and char not in ALPHABET
        and char not in _COMMON_SIGNS
        and not char.isspace()
        for char in text
    )


def group_lines(flows: Iterable[Flow]) -> tuple[Line, ...]:
    """Lines of the page in Poppler's order; header columns never share a line."""
    lines: list[tuple[int, tuple[Word, ...]]] = []
    for block, flow in enumerate(flows):
        for words in flow.lines:
            for piece in _split_at_gaps(words):
                if lines and _continues(lines[-1][1], piece):
                    lines[-1] = (lines[-1][0], lines[-1][1] + piece)
                else:
                    lines.append((block, piece))
    return tuple(Line(words, block=block) for block, words in lines)


def _split_at_gaps(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    pieces: list[list[Word]] = []
    for word in words:
        em = word.bbox.height * 0.85
        if pieces and word.bbox.left - pieces[-1][-1].bbox.right <= _COLUMN_GAP_EM * em:
            pieces[-1].append(word)
        else:
            pieces.append([word])
    return [tuple(piece) for piece in pieces]


def _continues(before: Sequence[Word], after: Sequence[Word]) -> bool:
    last, first = before[-1].bbox, after[0].bbox
    level = min(last.bottom, first.bottom) - max(last.top, first.top)
    gap = first.left - last.right
    size = min(last.height, first.height)
    return level > 0.6 * size and -0.3 * size < gap < _WORD_GAP_EM * size
