"""Độ khẩn, độ mật: urgency and secrecy marks, stamped or printed (ô 10a, 10b).

Only short lines of their own count: the word khẩn in running text is no stamp.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Line
from pipeline.record import Candidate, Letter, Place
from pipeline.vietnamese import bare

SPECS = (
    FieldSpec("urgency", "độ khẩn", "urgency mark", "dấu chỉ mức độ khẩn"),
    FieldSpec("secrecy", "độ mật", "secrecy mark", "dấu chỉ độ mật"),
)


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Stamps on the first page's upper half."""
    page = letter.pages[0]
    for line in page.lines:
        if line.bbox.top > 0.5 * page.height:
            continue
        for words in (line.words[:4], line.words[-3:], line.words):
            part = Line(tuple(words))
            text = part.text.strip(" .:-|[]()*_")
            if not 3 <= len(text) <= 18 or not text.isupper():
                continue
            yield from _match(text, part, page.number, lexicon)


def _match(text: str, part: Line, page: int, lexicon: Lexicon) -> Iterator[Candidate]:
    for value, kind, forms in lexicon.stamps:
        keys = {bare(value), *(bare(form) for form in forms)}
        ratio = max(fuzz.ratio(key, bare(text)) for key in keys)
        # MẬT alone is three letters: nothing but the very letters will do.
        if ratio == 100 or (ratio >= 86 and len(bare(value)) >= 6):
            confidence = min(word.confidence for word in part.words)
            yield Candidate(
                kind, value, part.text, ratio / 100, "stamp", Place(page, part.bbox), confidence
            )
