"""Two views of a text with the same offsets: `plain` and `shadow`.

`plain` keeps letters and case and unifies dashes, slashes, eth and white space;
`shadow` is `plain` in lower case without any mark, so that a pattern in bare letters
also matches words whose tone marks were misread (`Nghi định sô`, `ngảy`). Both map
character for character: a position in one is a position in the text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_SPACES = "\t\n\v\f\r\x85\xa0\u2002\u2003\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u3000"
_DASHES = "‐‑‒–—―−－"
_SLASHES = "⁄∕／"


def _plain_table() -> dict[int, str]:
    table = dict.fromkeys(map(ord, _SPACES), " ")
    table |= dict.fromkeys(map(ord, _DASHES), "-")
    table |= dict.fromkeys(map(ord, _SLASHES), "/")
    return table | {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ"}


def _shadow_table() -> dict[int, str]:
    """Latin letters of every block that Vietnamese or its OCR uses, to bare lower case."""
    table: dict[int, str] = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        decomposed = unicodedata.normalize("NFD", chr(code).lower())
        base = "".join(c for c in decomposed if not unicodedata.combining(c))
        if len(base) == 1:
            table[code] = base
    return table | _plain_table() | {0x0110: "d", 0x0111: "d", 0x00D0: "d", 0x0189: "d", 0xF0: "d"}


_PLAIN = _plain_table()
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
    """The text with one kind of dash, slash, space and `Đ`; same length."""
    return text.translate(_PLAIN)


def shadow_text(text: str) -> str:
    """The text in bare lower-case letters; same length."""
    return text.translate(_SHADOW)
