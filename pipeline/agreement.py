"""Whether a second reading is the same: evidence for and against a value.

The engine and the network (`printed`) were trained apart, on other pictures, and seldom make
the same slip. What they both read is trusted further; where they differ a person looks.
This module knows nothing of how values are found.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Sequence

from pipeline.page import BBox, Page, Word
from pipeline.record import Candidate, Place, Recipient
from pipeline.vietnamese import bare, plain_signs

AGREES = "agree:second"
DIFFERS = "differs:second"

#: These are read from ink that neither model was made for, or follow from other fields.
_APART = frozenset({"handwriting", "name_stamp", "blank_slot", "symbol", "default"})


def vouched(candidate: Candidate, pages: Sequence[Page]) -> Candidate:
    """The candidate with what the second reading says of it added to its evidence."""
    if candidate.value is None or candidate.rule in _APART or not candidate.raw:
        return candidate
    if any(fact.startswith("inferred:") for fact in candidate.evidence):
        return candidate  # it is not printed so: no model can have read it
    # What the rules made of the words must be what the other reading has; only a date is
    # spelled otherwise, and a type is printed in capitals.
    form = _date_in(candidate.raw) if candidate.field == "issue_date" else candidate.value
    if candidate.field == "doc_type":
        form = form.upper()
    fact = _fact(form, candidate.place, pages)
    if fact is None:
        return candidate
    return dataclasses.replace(candidate, evidence=(*candidate.evidence, fact))


def _date_in(raw: str) -> str:
    """Ô 4 from `ngày` on, which is what the date's place holds: the place's name stands before it."""
    return re.sub(r"^.*?(?=\bng\w{1,2}y\b)", "", raw, count=1)


def of_name(pages: Sequence[Page]) -> Callable[[Recipient], str | None]:
    """Says for a recipient whether the other reading has its name too."""
    return lambda one: _fact(one.name, one.place, pages)


def _fact(form: str, place: Place | None, pages: Sequence[Page]) -> str | None:
    page = next((one for one in pages if place is not None and one.number == place.page), None)
    if page is None or place is None or not page.second:
        return None
    said = [_squeezed(word.text) for word in _words_in(place.bbox, page)]
    if not any(said):
        return None
    return AGREES if _holds(said, _squeezed(form)) else DIFFERS


def _holds(words: Sequence[str], form: str) -> bool:
    """Whether the words hold the form whole: `YT-NVY` is not what `sYT-NVY` says."""
    joined = "".join(words)
    begins = {0, *itertools.accumulate(map(len, words))}

    def parts(at: int) -> bool:
        if at in begins:
            return True
        before, after = joined[at - 1], joined[at]
        return not (before.isalpha() and after.isalpha() or before.isdigit() and after.isdigit())

    found = (match.start() for match in re.finditer(f"(?={re.escape(form)})", joined))
    return any(parts(at) and parts(at + len(form)) for at in found)


def heard_words(pages: Sequence[Page]) -> dict[str, frozenset[str]]:
    """What the other reading has for each word, where its letters are the same.

    Words of all pages together: a word that it read now so, now so, has both readings. A
    word that it did not read, or with other letters, is left out.
    """
    found: dict[str, set[str]] = {}
    for page in pages:
        for line in page.lines:
            beside = [
                word
                for other in page.second
                if other.bbox.top < line.bbox.bottom and other.bbox.bottom > line.bbox.top
                for word in other.words
            ]
            for word in line.words:
                text = _core(word.text)
                for other_word in beside:
                    box = other_word.bbox
                    if not (box.left <= word.bbox.center_x <= box.right):
                        continue
                    if not (box.top <= word.bbox.center_y <= box.bottom):
                        continue
                    said = _core(other_word.text)
                    if text and bare(said) == bare(text):
                        found.setdefault(text, set()).add(said)
    return {text: frozenset(readings) for text, readings in found.items()}


def _core(text: str) -> str:
    return text.strip(".,;:()[]“”\"'-–/")


def _words_in(box: BBox, page: Page) -> list[Word]:
    """The second reading's words whose middle lies in the box, line by line."""
    wide = box.expand(3, 2)
    return [
        word
        for line in page.second
        for word in line.words
        if wide.left <= word.bbox.center_x <= wide.right
        and wide.top <= word.bbox.center_y <= wide.bottom
    ]


def _squeezed(text: str) -> str:
    """Letters, digits and the signs of numbers; case and marks count."""
    return "".join(char for char in plain_signs(text) if char.isalnum() or char in "/-")
