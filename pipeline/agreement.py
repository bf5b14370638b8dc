"""Whether the second model read the same: evidence for and against a value.

Two models that were trained apart, on pictures of another size, seldom make the same
slip. What they both read is trusted further; where they differ a person looks. This
module knows nothing of how values are found.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from pipeline.page import BBox, Line, Page, Word
from pipeline.record import Candidate, Place, Recipient
from pipeline.vietnamese import bare, plain_signs

AGREES = "agree:second"
DIFFERS = "differs:second"

#: These are read from ink that neither model was made for, or follow from other fields.
_APART = frozenset({"handwriting", "name_stamp", "blank_slot", "symbol", "default"})

#: A line that the first model read below `_POOR` and the second at `_GOOD` or more, this much
#: surer, is taken as the second read it: ink of a seal or a pen over a line throws one of them
#: more than the other. In 50 letters it changed seven lines: four for the better,
#: three neither way.
_POOR, _GOOD, _SURER = 0.5, 0.75, 0.25
#: From so many letters on a line is body, whose words would stand twice. A short one read twice
#: is a second chance for a name under a seal.
_LONG = 24
#: Specks are no line: it fills most of its place, with some letters.
_FILLS, _WORD = 0.6, 4


def with_surer_lines(page: Page) -> Page:
    """The page with lines that only the second model read well in its words.

    The two readings change places, so that what vouches for a value is still the other one.
    """
    lines, second = list(page.lines), list(page.second)
    for at, other in enumerate(second):
        if _letters(other) >= _LONG and _was_read(other, lines):
            continue
        for index, line in enumerate(lines):
            inside = tuple(word for word in line.words if _is_within(word, other.bbox))
            kept = [word for word in line.words if word not in inside]
            mixed = any(other.bbox.left < word.bbox.center_x < other.bbox.right for word in kept)
            if inside and not mixed and _is_surer(other, Line(inside)):
                words = sorted((*kept, *other.words), key=lambda word: word.bbox.left)
                lines[index] = dataclasses.replace(line, words=tuple(words))
                second[at] = dataclasses.replace(other, words=inside)
                break
    return dataclasses.replace(page, lines=tuple(lines), second=tuple(second))


def _was_read(other: Line, lines: Sequence[Line]) -> bool:
    """Whether the first model read a line, not poorly, where the second read `other`.

    What a seal left between two lines lies in the box of one of them too.
    """
    return any(
        line.confidence >= _POOR
        and other.bbox.top < line.bbox.center_y < other.bbox.bottom
        and min(line.bbox.right, other.bbox.right) - max(line.bbox.left, other.bbox.left)
        > _FILLS * max(line.bbox.width, other.bbox.width)
        for line in lines
    )


def _is_within(word: Word, box: BBox) -> bool:
    wide = box.expand(3, 0)
    return (
        wide.left <= word.bbox.center_x <= wide.right
        and wide.top <= word.bbox.center_y <= wide.bottom
    )


def _is_surer(other: Line, first: Line) -> bool:
    return (
        _letters(first) >= _WORD
        and _letters(other) >= _WORD
        and first.confidence < _POOR
        and other.confidence >= max(_GOOD, first.confidence + _SURER)
        and first.bbox.width > _FILLS * other.bbox.width
    )


def _letters(line: Line) -> int:
    return sum(char.isalpha() for char in line.text)


def vouched(candidate: Candidate, pages: Sequence[Page]) -> Candidate:
    """The candidate with what the second model says of it added to its evidence."""
    if candidate.value is None or candidate.rule in _APART or not candidate.raw:
        return candidate
    if any(fact.startswith("inferred:") for fact in candidate.evidence):
        return candidate  # it is not printed so: no model can have read it
    # What the rules made of the words must be what the other model read; only a date is
    # spelled otherwise, and a type is printed in capitals.
    form = candidate.raw if candidate.field == "issue_date" else candidate.value
    if candidate.field == "doc_type":
        form = form.upper()
    fact = _fact(form, candidate.place, pages)
    if fact is None:
        return candidate
    return dataclasses.replace(candidate, evidence=(*candidate.evidence, fact))


def of_name(pages: Sequence[Page]) -> Callable[[Recipient], str | None]:
    """Says for a recipient whether the second model read its name alike."""
    return lambda one: _fact(one.name, one.place, pages)


def _fact(form: str, place: Place | None, pages: Sequence[Page]) -> str | None:
    page = next((one for one in pages if place is not None and one.number == place.page), None)
    if page is None or place is None or not page.second:
        return None
    said = _squeezed(" ".join(word.text for word in _words_in(place.bbox, page)))
    if not said:
        return None
    return AGREES if _squeezed(form) in said else DIFFERS


def heard_words(pages: Sequence[Page]) -> dict[str, frozenset[str]]:
    """What the second model read where each word was read, if its letters are the same.

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
    """The second model's words whose middle lies in the box, line by line."""
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
