"""Which words are specks, strokes of a pen or remains of rules, told by sign, size and place.

An engine reads dirt as the sign that it looks like most, and is sure of it: `_`, `^`, `|`.
This module knows nothing of zones.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from pipeline.page import Line, Word
from pipeline.tones import load_syllables

#: Signs that no letter prints by themselves.
_NEVER_ALONE = re.compile(r"(?:[|¦^ˆ´¬†¡‹›\\]|=>)+")
#: Signs that stand by themselves before no word: they end one. `` ` : QUYẾT ĐỊNH: ``.
_NEVER_FIRST = re.compile(r"[.,:;`'’‘_]+")
#: The only ones that end a line after a space: `- Như trên ;`, `(kèm theo) .`
_MAY_END = re.compile(r"[.,:;!?)\]”\"/*–—-]+")
#: A letter that is no word, read so-so before a name: a stroke of the pen. `k Nguyễn Đình Quang`
_STROKE, _SO_SO = re.compile(r"[bcdđghklmnpqrstvx]"), 0.8
#: Dirt at the foot of a word's first letter, or at its head: `_Căn`, `.SỞ`, `GIANG'_`.
_DIRT_BEFORE, _DIRT_AFTER = re.compile(r"^[_.](?=[^\W\d_]{2})"), re.compile(r"(?<=[^\W_])['’‘]?_+$")
#: Share of the typical height of words below which both sides of a speck are: a hyphen is wider.
_SMALL = 0.24
#: A line of at most so many letters, read below this confidence, without a syllable of three
#: letters that was read at it or above, says nothing: letters of a seal, a signature.
_FEW, _UNSURE, _LONG, _SEVERAL = 24, 0.5, 3, 3
#: A scrap has so many letters and figures at most, and stands so far from the text, points.
_SCRAP, _OUTSIDE = 2, 8.0
_NUMBER = re.compile(r"\(?[\dIVXl]{1,3}[.)]?")
#: A list's entry; an address (`ntq@gmail.com`, `goV.vn`); a telephone or a date (`3.812.701`); a
#: directive (`28TTr-CAT`).
_TELLS = re.compile(
    r"^[-–•+]\s|@|\.(?:com|vn)\b|(?:\d[./-]?){5}|\d[\w/]*[-/][A-ZĐ]{2}", re.IGNORECASE
)


def is_noise(word: Word, typical: float) -> bool:
    """Whether a word is a stroke far taller than print, or was hardly read at all."""
    if word.bbox.height > 3.2 * typical and len(word.text) <= 3:
        return True
    letters = sum(char.isalnum() for char in word.text)
    if letters == 0 and word.confidence < 0.5 and word.text not in {"-", "–", "/", "*"}:
        return True
    return word.confidence < 0.15 and letters <= 2


def without_specks(line: Line, typical: float) -> Line | None:
    """The line without dirt at its ends and at its words; `None` if nothing is left.

    Args:
        line: of one column.
        typical: median height of the page's words, points.
    """
    kept = list(line.words)
    while kept and (_is_dirt(kept[0], typical, _NEVER_FIRST) or _is_stroke(kept)):
        kept.pop(0)
    while kept and not _MAY_END.fullmatch(kept[-1].text) and _is_dirt(kept[-1], typical, None):
        kept.pop()
    return dataclasses.replace(line, words=tuple(map(_cleaned, kept))) if kept else None


def is_garbled(line: Line) -> bool:
    """Whether a line is short and nothing in it was read surely: letters of a seal, a signature.

    Kept are figures, entries of a list, names and offices, and what has several syllables: what
    is read poorly is still a hint to a person.
    """
    letters = sum(char.isalpha() for char in line.text)
    if not 0 < letters <= _FEW or line.confidence >= _UNSURE or _TELLS.search(line.text):
        return False
    syllables = [word for word in line.words if _is_syllable(word)]
    long = [word for word in syllables if sum(map(str.isalpha, word.text)) >= _LONG]
    if len(long) >= _SEVERAL or any(word.confidence >= _UNSURE for word in long):
        return False
    capitals = all(word.text.lstrip("-–.,")[:1].isupper() for word in line.words)
    return not (capitals and len(syllables) == len(line.words) >= 2)


def is_scrap(line: Line, column: tuple[float, float], typical: float) -> bool:
    """Whether a line is a sign or two in the margin that is no print by size or by reading.

    A stamp's figure, a punched hole. The number of a page or of a list's entry is of the text's
    size and read surely.

    Args:
        line: of one column.
        column: left and right edge of the page's text, points.
        typical: median height of the page's words, points.
    """
    outside = line.bbox.right < column[0] - _OUTSIDE or line.bbox.left > column[1] + _OUTSIDE
    few = sum(char.isalnum() for char in line.text) <= _SCRAP
    # A number of a list or a table stands outside, too, and counts though read so-so.
    sure = _UNSURE if _NUMBER.fullmatch(line.text) else _SO_SO
    unlike = line.confidence < sure or not 0.5 < line.bbox.height / typical < 2
    return outside and few and unlike


def _is_syllable(word: Word) -> bool:
    text = "".join(char for char in word.text if char.isalpha())
    return len(text) >= 2 and load_syllables().spells(text)


def _is_dirt(word: Word, typical: float, never: re.Pattern[str] | None) -> bool:
    """Whether a word at a line's end is a sign that does not stand there, or too small for one."""
    if _NEVER_ALONE.fullmatch(word.text) or (never and never.fullmatch(word.text)):
        return True
    if any(char.isalnum() for char in word.text) or word.text in {"-", "–", "—", "+"}:
        return False
    return max(word.bbox.width, word.bbox.height) < _SMALL * typical


def _is_stroke(words: Sequence[Word]) -> bool:
    """Whether the first of the words is a lone letter before two that begin with a capital."""
    return (
        _STROKE.fullmatch(words[0].text) is not None
        and words[0].confidence < _SO_SO
        and len(words) > 2
        and all(word.text[:1].isupper() for word in words[1:3])
    )


def _cleaned(word: Word) -> Word:
    text = _DIRT_AFTER.sub("", _DIRT_BEFORE.sub("", word.text))
    return word if text == word.text else dataclasses.replace(word, text=text)
