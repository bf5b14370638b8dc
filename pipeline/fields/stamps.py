"""Độ khẩn, độ mật: urgency and secrecy marks, stamped or printed (ô 10a, 10b).

Only short lines of their own count: the word khẩn in running text is no stamp.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Line, Word
from pipeline.record import Candidate, Letter, Place
from pipeline.vietnamese import bare

SPECS = (
    FieldSpec("urgency", "độ khẩn", "urgency mark", "dấu chỉ mức độ khẩn"),
    FieldSpec("secrecy", "độ mật", "secrecy mark", "dấu chỉ độ mật"),
)


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Stamps on the first page's upper half; of TUYỆT MẬT the whole mark, not its MẬT too."""
    page = letter.pages[0]
    for line in page.lines:
        if line.bbox.top > 0.5 * page.height:
            continue
        taken: set[tuple[str, Word]] = set()
        for words in sorted(_runs(line), key=len, reverse=True):
            if len(words) == 1 and not _stands_apart(words[0], line):
                continue
            alone = not any(_is_word(one) for one in line.words if one not in words)
            for mark in _marks(Line(words), page.number, lexicon, alone=alone):
                span = {(mark.field, word) for word in words}
                if not span <= taken:
                    taken |= span
                    yield mark


def _runs(line: Line) -> Iterator[tuple[Word, ...]]:
    """One to four words in a row at either end, and pairs anywhere: a stamp joins any line."""
    seen = set()
    for size in (1, 2, 3, 4):
        for start in range(len(line.words) - size + 1):
            ends = start == 0 or start + size == len(line.words)
            if (ends or size == 2) and (run := line.words[start : start + size]) not in seen:
                seen.add(run)
                yield run


def _stands_apart(word: Word, line: Line) -> bool:
    """Whether no word in capitals follows or precedes closely: `RĂNG HÀM MẶT` is no MẬT."""
    index = line.words.index(word)
    before, after = line.words[:index][-1:], line.words[index + 1 :][:1]
    gaps = [(one, word.bbox.left - one.bbox.right) for one in before]
    gaps += [(one, one.bbox.left - word.bbox.right) for one in after]
    return all(
        gap > word.bbox.height or not (one.text.isupper() and _is_word(one)) for one, gap in gaps
    )


def _is_word(word: Word) -> bool:
    """Whether it is no bit of a frame: two letters at least."""
    return sum(char.isalpha() for char in word.text) > 1


def _marks(part: Line, page: int, lexicon: Lexicon, *, alone: bool) -> list[Candidate]:
    """The marks that `part` may be, likest first; none where it is not set in capitals.

    `alone`: no other word stands in its row.
    """
    text = part.text.strip(" .:-|[]()*_")
    upper = sum(char.isupper() for char in text)
    lower = sum(char.islower() for char in text)
    # A frame or worn ink turns capitals into small letters, seldom a whole word.
    capital = text.split(" ")[0].isupper() and upper >= 3
    if not 3 <= len(text) <= 18 or not (capital or upper >= max(1.3 * lower, 3)):
        return []
    place = Place(page, part.bbox)
    confidence = min(word.confidence for word in part.words)
    found = []
    for value, kind, forms in lexicon.stamps:
        keys = {bare(value), *(bare(form) for form in forms)}
        ratio = max(fuzz.ratio(key, bare(text)) for key in keys)
        # MẬT is three letters: nothing but the very letters will do, and beside other words
        # no MẶT, MẮT or MẤT. Alone in its row a slip is likelier than one of those.
        if len(bare(value)) == 3 and not alone and text.upper() not in (value, *forms):
            continue
        if ratio == 100 or (ratio >= 85 and len(bare(value)) >= 6):
            score = ratio / 100
            found.append(Candidate(kind, value, part.text, score, "stamp", place, confidence))
    return sorted(found, key=lambda mark: mark.score, reverse=True)
