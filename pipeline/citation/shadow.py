"""Two views of a text with the same offsets: `plain` and `shadow`.

`plain` keeps letters and case and unifies dashes, slashes, eth and white space;
`shadow` is `plain` in lower case without any mark, so that a pattern in bare letters
also matches words whose tone marks were misread (`Nghi định sô`, `ngảy`). Both map
character for character: a position in one is a position in the text.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from dataclasses import dataclass

_SPACES = "\t\n\v\f\r\x85\xa0\u2002\u2003\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u3000"
_DASHES = "‐‑‒–—―−－"
_SLASHES = "⁄∕／"
#: letters of Cyrillic and Greek that look Latin: real texts print `BTС` with a Cyrillic С
_LOOKALIKES = dict(zip("АВЕКМНОРСТХасеорху", "ABEKMHOPCTXaceopxy", strict=True))


def _plain_table() -> dict[int, str]:
    table = dict.fromkeys(map(ord, _SPACES), " ")
    table |= dict.fromkeys(map(ord, _DASHES), "-")
    table |= dict.fromkeys(map(ord, _SLASHES), "/")
    table |= {ord(seen): meant for seen, meant in _LOOKALIKES.items()}
    return table | {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ"}


def _shadow_table() -> dict[int, str]:
    """Latin letters of every block that Vietnamese or its OCR uses, to bare lower case."""
    table: dict[int, str] = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        decomposed = unicodedata.normalize("NFD", chr(code).lower())
        base = "".join(c for c in decomposed if not unicodedata.combining(c))
        if len(base) == 1:
            table[code] = base
    plain = {code: meant.lower() for code, meant in _plain_table().items()}
    return table | plain | {0x0110: "d", 0x0111: "d", 0x00D0: "d", 0x0189: "d", 0xF0: "d"}


_PLAIN = {chr(code): meant for code, meant in _plain_table().items()}
_SHADOW = _shadow_table()


@dataclass(frozen=True, slots=True)
class Views:
    """A text with its two views; all three have the same length."""

    text: str
    plain: str
    shadow: str


def views(text: str) -> Views:
    """The text with its views."""
    return Views(text, plain_text(text), shadow_text(text))


def plain_text(text: str) -> str:
    """The text with one kind of dash, slash, space and `Đ`; same length.

    Few of these signs occur in one text: looking for each costs less than a table.
    """
    for sign, meant in _PLAIN.items():
        if sign in text:
            text = text.replace(sign, meant)
    return text


def shadow_text(text: str) -> str:
    """The text in bare lower-case letters; same length."""
    return text.translate(_SHADOW)


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without the blanks around its line breaks, and the way back.

    Attributes:
        text: lines without indentation; a gap of four or more blanks inside a line
            stays, for it parts columns.
        cuts: positions in `text` after which blanks were dropped, rising.
        dropped: how many characters were dropped up to each cut.
    """

    text: str
    cuts: tuple[int, ...]
    dropped: tuple[int, ...]

    def original(self, position: int) -> int:
        """The position in the text as given of a character of the squeezed text."""
        index = bisect.bisect_right(self.cuts, position)
        return position + (self.dropped[index - 1] if index else 0)

    def original_end(self, position: int) -> int:
        """As `original` for a half-open end: blanks after the span stay outside."""
        return self.original(position - 1) + 1 if position else 0


#: specks read as signs make lines of their own: `của Bộ\\n„\\nY tế`
_AROUND_BREAK = re.compile(
    r"(?<=\w)[ \t\r]*\n[ \t]*(?:[^\w\s;.]|_){1,3}[ \t\r]*(?=\n[ \t]*\w)"
    r"|[ \t\r]+(?=\n)|(?<=\n)[ \t]+|(?<=[^\s])[ ]{2,3}(?=[^\s])"
)


def squeeze(text: str) -> Squeezed:
    """The text with indentation and trailing blanks dropped, so that words join."""
    pieces: list[str] = []
    cuts: list[int] = []
    dropped: list[int] = []
    last = length = lost = 0
    for match in _AROUND_BREAK.finditer(text):
        # two or three blanks between words are one
        start = (
            match.start()
            if "\n" in text[max(0, match.start() - 1) : match.end() + 1]
            else match.start() + 1
        )
        pieces.append(text[last:start])
        length += start - last
        lost += match.end() - start
        last = match.end()
        cuts.append(length)
        dropped.append(lost)
    if not pieces:
        return Squeezed(text, (), ())
    pieces.append(text[last:])
    return Squeezed("".join(pieces), tuple(cuts), tuple(dropped))
