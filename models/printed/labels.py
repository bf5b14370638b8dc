"""Which readings of a real line are almost surely right, so that a network may learn them.

Two models of Tesseract, trained apart, read a line; what both say, and what spells, is taken.
Rules are stern: a line less is no loss, a wrong one is learned. The ink has its own say,
see `real_cuts.is_whole`.
"""

from __future__ import annotations

import functools
import re

from pipeline import tones
from pipeline.page import Line
from pipeline.printed import PLAIN
from pipeline.vietnamese import fold_tone_placement, nfc, plain_signs

_SIGNS = frozenset("-–—/.,;:()[]%&+\"'“”‘’…*!?=°<>@_")
_ENDS = ".,;:()[]“”\"'‘’…-–—/*+!?"
_LETTERS = re.compile(r"[^\W\d_]+")
_SMALL = "a-zà-ỹđ"
#: No document number and no date: `nam2018`, `20ngày`.
_RUN_TOGETHER = re.compile(rf"[^\W\d_][{_SMALL}]+\d|\d[{_SMALL}]{{2,}}")
_INNER_CAPITAL = re.compile(rf"[{_SMALL}][A-ZĐ]")
#: Signs and letters where only digits can stand, `0]` of an italic 1, and stray dots.
_NO_DIGIT = re.compile(r"\d[]\[|lIOo]|[]\[|lIOo]\d|[/.]\d?[]|lI]|(?:^| )[.,;:]|\||\.\.|\.,|,\.")
#: The tail of a Q is lost oftener than an O stands there: `OLCL`, `OĐ`, `OH`.
_LOST_TAIL = re.compile(r"O[ĐHLSKBĂ]|^O[^NMCP]")

#: Least confidence (0..1) of a line's words: of any line, of one that is not all spelt or holds
#: digits, and of what the second reading has otherwise in one way or another.
_LEAST, _SURE = 0.7, 0.85
_SAME_LETTERS, _RESTORED, _MISSPELT = 0.8, 0.88, 0.9
#: Words that the second reading may misspell.
_MOST_MISSPELT = 2


def may_be_right(line: Line) -> bool:
    """Whether a second reading could vouch for the line."""
    text = _text(line)
    letters = sum(char.isalnum() for char in text)
    low = min(word.confidence for word in line.words)
    digits = min((w.confidence for w in line.words if re.search(r"\d", w.text)), default=1.0)
    return (
        letters >= (2 if len(line.words) > 1 else 5)
        and low >= _LEAST
        and digits >= _SURE
        and all(char.isalnum() or char == " " or char in _SIGNS for char in text)
        and not _is_misread(text)
        and _restored(text) == text
        and (low >= _SURE or _is_spelt(text))
    )


def agreed(line: Line, second: str) -> str | None:
    """The line's text, where `second`, another reading of it, vouches for it.

    Dashes and quotation marks are plain ones. For a line that `may_be_right`.
    """
    text, second = _text(line), " ".join(nfc(second).split())
    low = min(word.confidence for word in line.words)
    if not second:
        return None
    agree, spelt = _plain(text) == _plain(second), _is_spelt(text)
    if (agree and (spelt or low >= _SURE)) or (
        spelt
        and (
            # Which of .,;: a word ends in is asked of its ink.
            (low >= _SAME_LETTERS and _cores(text) == _cores(second))
            or (low >= _RESTORED and _cores(text) == _cores(_restored(second)))
            or (low >= _MISSPELT and _differs_in_no_words(_cores(text), _cores(second)))
        )
    ):
        return _plain(text)
    return None


def _differs_in_no_words(ours: list[str], others: list[str]) -> bool:
    """Whether the other reading has what spells nothing wherever it differs."""
    apart = [pair for pair in zip(ours, others, strict=False) if pair[0] != pair[1]]
    return (
        len(ours) == len(others)
        and len(apart) <= _MOST_MISSPELT
        and all(
            not re.search(r"\d", mine)
            and mine.endswith(".") == other.endswith(".")
            and not _is_spelt(other)
            for mine, other in apart
        )
    )


def _text(line: Line) -> str:
    return " ".join(nfc(line.text).split())


def _plain(text: str) -> str:
    return plain_signs(text).translate(PLAIN)


def _restored(text: str) -> str:
    return tones.restore(text, syllables=tones.load_syllables())


def _cores(text: str) -> list[str]:
    """Words without signs before and after them, but for one sign of .,;: as a dot."""
    words = (
        re.sub(r"^[^\w(]+|[\"'*+-]+$", "", word) for word in _plain(text).replace("_", " ").split()
    )
    return [re.sub(r"[.,;:]$", ".", word) for word in words if any(char.isalnum() for char in word)]


def _is_spelt(text: str) -> bool:
    return all(_spells(word) for word in text.split())


@functools.lru_cache(maxsize=65536)
def _spells(word: str) -> bool:
    """Whether a word is of syllables with their marks, capitals, a number, or a sign or three."""
    if not all(char.isalnum() or char in _SIGNS for char in word):
        return False
    core = word.strip(_ENDS)
    if not core:
        return len(word) <= 3
    parts, known = _LETTERS.findall(core), tones.load_syllables()
    if any(char.isdigit() for char in core):
        return not _RUN_TOGETHER.search(core) and all(
            part.isupper() or len(part) == 1 or known.spells(part) for part in parts
        )
    if len(parts) == 1 and not parts[0].isupper() and _INNER_CAPITAL.search(parts[0]):
        return False
    return bool(parts) and all(
        part.isupper()
        or part.lower() in known.counts
        or fold_tone_placement(part).lower() in known.counts
        for part in parts
    )


def _is_misread(text: str) -> bool:
    """Whether signs stand where only digits or letters can."""
    opened = 0
    for char in text:
        opened += (char == "[") - (char == "]")
        if opened < 0:
            return True
    known = tones.load_syllables()
    symbols = (
        word
        for word in _LETTERS.findall(text)
        if word.isupper() and len(word) > 1 and not known.spells(word)
    )
    return (
        opened != 0
        or bool(_NO_DIGIT.search(text))
        or any(_LOST_TAIL.search(word) for word in symbols)
    )
