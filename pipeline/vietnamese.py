"""Vietnamese text: the NFC gate, and foldings for matching only.

Folded text is never shown or stored: it is a key. `Ð` (U+00D0, eth) is what OCR and
old fonts give for `Đ` (U+0110); `hoà` and `hòa` are one word in two spellings of the
tone's place. This module knows nothing of letters or fields.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_SLASHES = dict.fromkeys(map(ord, "⁄∕／"), "/")
_ETH = {0x00D0: "Đ", 0x00F0: "đ", 0x0189: "Đ"}

#: The Vietnamese letters that carry a mark, NFC, both cases: 134 of them.
ALPHABET = frozenset(
    unicodedata.normalize("NFC", form)
    for base in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
    for tone in ("", *_TONES)
    for form in (base + tone, (base + tone).upper())
    if len(unicodedata.normalize("NFD", form)) > 1
) | {"đ", "Đ"}


def nfc(text: str) -> str:
    """The text in NFC with eth as `Đ`; apply where text is born, once."""
    return unicodedata.normalize("NFC", text).translate(_ETH)


#: Typographic quotation marks to plain ones.
PLAIN_QUOTES = str.maketrans("“”„‘’", '"""\'\'')


def plain_signs(text: str) -> str:
    """The text with every dash as `-` and every slash as `/`."""
    return text.translate(_DASHES).translate(_SLASHES)


@functools.lru_cache(maxsize=65536)
def fold_tone_placement(text: str) -> str:
    """The text with tones of oa, oe, uy at the end of a syllable on the first vowel.

    `hoà` becomes `hòa`, `uỷ` becomes `ủy`; `quý` stays, since there u belongs to q.
    """
    decomposed = unicodedata.normalize("NFD", text)
    moved = re.sub(
        rf"(?<![qQ])([oO](?=[aAeE])|[uU](?=[yY]))([aAeEyY])([{_TONES}])(?![\w\u0302\u0306\u031b])",
        r"\1\3\2",
        decomposed,
    )
    return unicodedata.normalize("NFC", moved)


@functools.lru_cache(maxsize=65536)
def strip_tones(text: str) -> str:
    """The text without the five tone marks: `Đồng Nai` becomes `Đông Nai`."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if char not in _TONES)
    return unicodedata.normalize("NFC", bare)


@functools.lru_cache(maxsize=65536)
def strip_marks(text: str) -> str:
    """The text in bare Latin letters: `Đồng Nai` becomes `Dong Nai`."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A matching key: lower case, one tone placement, no punctuation, single spaces."""
    lowered = fold_tone_placement(plain_signs(nfc(text))).lower()
    return " ".join(re.sub(r"[^\w]+", " ", lowered).split())


@functools.lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """A looser matching key: as `fold`, without any marks; `CỘNG HÒA` gives `cong hoa`."""
    return " ".join(re.sub(r"[^\w]+", " ", strip_marks(nfc(text)).lower()).split())
