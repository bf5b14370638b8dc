"""Of two readings of a printed line, word by word the likelier: the engine's or the network's.

The network errs less, and on other ink: in 330 lines of ten pages of real scans 417 places
were read otherwise by the two; the network was right in 349, the engine in 43, neither in 25.
The reading that is left out stays beside the page as what vouches for a value, or does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.page import BBox, Line, Page, Word
from pipeline.tones import load_syllables
from pipeline.vietnamese import PLAIN_QUOTES, plain_signs

#: The network's share from which on its word is taken: of such places it was right in 304, the
#: engine in 14. Below it the surer of the two is taken.
_SURE = 0.8
#: By so much the engine must be surer, and by so much less a word counts that is no syllable,
#: where the other is one.
_BETTER, _MISSPELT = 0.1, 0.5
#: Share of the engine's box that the network's words must cover where they have so many letters
#: and figures less.
_COVERED, _FEWER = 0.6, 2
#: Share from which on a word counts that the network alone saw; confidence from which on a word
#: counts that the engine alone saw, and what is no syllable.
_ALONE, _WORD_ALONE, _SPECK = 0.8, 0.5, 0.9
#: A word that the other reading denies is at most so sure: the one of the network, the engine's.
_DENIED_NETWORK, _DENIED_ENGINE = 0.96, 0.8
#: Share from which on the network is believed that a letter stands once where the engine has two:
#: so it was right in 23 of 23 such places of 57 real files.
_SURELY_SINGLE = 0.95
#: Points by which boxes of neighbouring words may overlap.
_TOUCHING = 1.5

#: Signs that letters hardly have, or not inside of a word.
_ODD = re.compile(r"""[^\w\s.,:;/()\[\]"'%&+*<>?!@#°•…=-]|(?<=[^\W\d])[;"!?](?=\w)|[ŒÆßþðøæœ]""")
_LETTERS = re.compile(r"[^\W\d_]+")


def choose(page: Page, network: Sequence[Sequence[Word] | None]) -> Page:
    """The page with the likelier reading of each word, and the other one as its `second`.

    Args:
        page: as the engine read it.
        network: what the network read at each of its lines: see `printed.read_lines`.
    """
    lines: list[Line] = []
    second: list[Line] = []
    for line, other in zip(page.lines, network, strict=True):
        if other is None:
            lines.append(line)
            continue
        taken: list[Word] = []
        denied: list[Word] = []
        for seen, said in _places(line.words, other):
            chosen, rest = _chosen(seen, said)
            taken += chosen
            denied += rest
        if taken:
            lines.append(replace(line, words=tuple(taken)))
        if denied:
            second.append(replace(line, words=tuple(denied)))
    return replace(page, lines=tuple(lines), second=tuple(second))


def _chosen(seen: list[Word], said: list[Word]) -> tuple[list[Word], list[Word]]:
    """Of what the engine and the network read in one place: what is taken, and the other."""
    if not said:
        return [word for word in seen if _is_kept(word)], []
    if not seen:
        return (said if _least(said) >= _ALONE else []), []
    if _plain(_text(seen)) == _plain(_text(said)):
        sure = max(_least(seen), _least(said))
        return [replace(word, confidence=max(word.confidence, sure)) for word in seen], seen
    if _believes_network(seen, said):
        # The engine's boxes hold the whole letters.
        return _in_boxes(said, seen), seen
    least = [replace(word, confidence=min(word.confidence, _DENIED_ENGINE)) for word in seen]
    return least, said


def _believes_network(seen: list[Word], said: list[Word]) -> bool:
    """Whether what the network read is likelier than what the engine read in the same place."""
    if _doubled(_text(seen)) == _doubled(_text(said)):
        # Readers of columns run a letter and its like together (`BTTTT`), and seldom invent one;
        # the engine does (`CNTTT`), but not a stroke as thin as that of `VII`.
        is_sure = _least(said) >= _SURELY_SINGLE and not set("I1l").issuperset(_more(seen, said))
        return is_sure or _letters(said) >= _letters(seen)
    return _weight(said, seen) >= min(_SURE, _least(seen) - _BETTER)


def _is_kept(word: Word) -> bool:
    """Whether what the engine alone saw counts: words under seals may be such, specks are many."""
    if word.text in ("-", "+"):
        return True
    letters = _LETTERS.findall(word.text)
    is_word = bool(letters) and len(letters[0]) > 1 and _is_spelt(word.text)
    return word.confidence >= (_WORD_ALONE if is_word else _SPECK)


def _in_boxes(words: Sequence[Word], seen: Sequence[Word]) -> list[Word]:
    """The network's words in place of the engine's; the lowest box beside a word is its height."""
    edges = BBox.around(word.bbox for word in seen)
    out = []
    for index, word in enumerate(words):
        left = edges.left if index == 0 else word.bbox.left
        right = edges.right if index == len(words) - 1 else word.bbox.right
        beside = [one.bbox for one in seen if _shared(one, word) > 0] or [edges]
        low = min(beside, key=lambda box: box.height)
        place = BBox(left, low.top, max(right, left + 0.1), low.bottom)
        out.append(Word(word.text, place, min(word.confidence, _DENIED_NETWORK)))
    return out


def _shared(one: Word, other: Word) -> float:
    """Points of the row that both words cover; below 0 where they stand apart."""
    return min(one.bbox.right, other.bbox.right) - max(one.bbox.left, other.bbox.left)


def _weight(said: Sequence[Word], seen: Sequence[Word]) -> float:
    """The network's share, less where its word is no syllable and the engine's is, and contrariwise.

    Nothing where it saw fewer letters, in a part of the ink alone: it may skip what a hand wrote
    over.
    """
    width = BBox.around(word.bbox for word in seen).width
    fewer = _letters(said) + _FEWER <= _letters(seen)
    if fewer and sum(word.bbox.width for word in said) < _COVERED * width:
        return 0.0
    spelt = _is_spelt(_text(said)) - _is_spelt(_text(seen))
    words = [word for word in said if not _is_figures(word)]
    if words and not any(map(str.isdigit, _text(seen))):
        # `ngày 3 tháng` for `mm`: figures that a hand wrote say nothing against the print.
        return _least(words) + _MISSPELT * spelt
    return _least(said) + _MISSPELT * spelt


def _is_figures(word: Word) -> bool:
    return any(map(str.isdigit, word.text)) and not any(map(str.isalpha, word.text))


def _is_spelt(text: str) -> bool:
    """Whether all words are known syllables with their marks; capitals may stand for anything."""
    if _ODD.search(_plain(text)):
        return False
    counts = load_syllables().counts
    words = _LETTERS.findall(text)
    return all(word.isupper() or word.lower() in counts for word in words)


_Place = tuple[list[Word], list[Word]]


def _places(engine: Sequence[Word], network: Sequence[Word]) -> Iterator[_Place]:
    """Words of the two readings that stand in one place, from left to right."""
    places: list[_Place] = []
    end = float("-inf")
    marked = [(word, 0) for word in engine] + [(word, 1) for word in network]
    for word, which in sorted(marked, key=lambda one: one[0].bbox.left):
        if not places or word.bbox.left >= end - _TOUCHING:
            # What only one of them saw, and beside it only the other, is one place: the engine's
            # box of a single letter may stand beside it.
            if not (places and _alone(places[-1]) == 1 - which and _is_near(word, end)):
                places.append(([], []))
            end = float("-inf")
        places[-1][which].append(word)
        end = max(end, word.bbox.right)
    for seen, said in places:
        yield from _pairs(seen, said)


def _pairs(seen: list[Word], said: list[Word]) -> Iterator[_Place]:
    """The place word by word, where the two readings have as many words over one another."""
    if len(seen) == len(said) and all(
        _shared(one, other) > 0.5 * min(one.bbox.width, other.bbox.width)
        for one, other in zip(seen, said, strict=True)
    ):
        yield from (([one], [other]) for one, other in zip(seen, said, strict=True))
    else:
        yield seen, said


def _alone(place: _Place) -> int | None:
    """Which of the two readings alone has words there."""
    if not place[1]:
        return 0
    return None if place[0] else 1


def _is_near(word: Word, end: float) -> bool:
    return word.bbox.left - end < word.bbox.height


def _doubled(text: str) -> str:
    """The text with every run of one sign as a single one, but Đ, which the engine doubles."""
    return re.sub(r"([^Đ])\1+", r"\1", _plain(text))


def _more(seen: Sequence[Word], said: Sequence[Word]) -> Counter[str]:
    """The signs that one reading has oftener than the other."""
    return Counter(_text(seen)) - Counter(_text(said))


def _letters(words: Iterable[Word]) -> int:
    return sum(char.isalnum() for word in words for char in word.text)


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _least(words: Iterable[Word]) -> float:
    return min(word.confidence for word in words)


def _plain(text: str) -> str:
    return plain_signs(text).translate(PLAIN_QUOTES)
