"""Titles of the signature block: which lines name an office, and in whose stead (ô 7a).

Known titles are put right where their letters agree but for marks and what a seal or a hand
has set before them. This module looks at one line at a time; `deputy` at the whole block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.lexicon import Lexicon
from pipeline.page import Line, Word
from pipeline.tones import restore
from pipeline.vietnamese import bare, fold

PREFIX = re.compile(
    r"^\W*(?P<prefix>T[/.]?\s?M|K[/.]?\s?T|T[/.]?\s?L|T[/.]?\s?U[/.]?\s?Q|T/U)\b\s*[.,:]?\s*(?P<body>.*)$"
)
#: Confidence of a word that nobody would call read.
_UNREAD = 0.15
#: Letters and blanks from which on a title that is cut off is known by its beginning.
_BEGUN = 7
#: Mean confidence of words of which some were read.
_READ = 0.3


@dataclass(frozen=True, slots=True)
class Title:
    """A line of the block: an authority (`KT. GIÁM ĐỐC`) or a position.

    `inferred`: it is not printed so, as far as it was read.
    """

    text: str
    authority: bool
    line: Line
    known: bool
    inferred: bool = False


def is_deputy(title: str) -> bool:
    """Whether the title is a deputy's."""
    return bare(title).startswith(("pho ", "thu truong"))


def share_of_capitals(text: str) -> float:
    """Share of a text's letters that are capitals, 0..1."""
    letters = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in letters) / max(len(letters), 1)


def title_of(line: Line, lexicon: Lexicon) -> Title | None:
    """The title that a line of the block is; `None` where it is none."""
    text = re.sub(
        r"^[\W_]+|[^\w.]+$",
        "",
        " ".join(word.text for word in _printed_words(line)),
    )
    if sum(char.isalpha() for char in text) < 4 or share_of_capitals(text) < 0.75:
        return None
    match = PREFIX.match(text)
    if match is not None and len(bare(match["body"])) >= 4:
        body, known = _snap(match["body"], lexicon)
        # Printed form kept: `KT.`, `KT`, `T/M`; only a comma for the dot is mended.
        lead = text[: match.start("body")].strip().replace(",", ".")
        return Title(f"{lead} {body}", True, line, known)
    body, known = _snap(text, lexicon)
    if known and bare(body) != bare(text) and not _is_read(line):
        return None  # alike by chance: `TRUÔNG N©` in a seal, `TRƯỞNG BAN`
    clear = min(word.confidence for word in line.words) >= 0.85
    if (
        known
        or clear
        and bare(text).startswith(("pho ", "truong ", "chu tich", "giam doc", "q giam doc", "q "))
    ):
        return Title(body, False, line, known)
    return None


def _printed_words(line: Line) -> list[Word]:
    """The line's words with letters, less what a seal left at its ends."""
    words = [word for word in line.words if any(char.isalpha() for char in word.text)]
    while len(words) > 2 and (words[0].confidence < _UNREAD or is_scrawl(words[0])):
        words = words[1:]
    while len(words) > 2 and words[-1].confidence < _UNREAD:
        words = words[:-1]
    return words


def _is_read(line: Line) -> bool:
    """Whether the line's words were read at all, on the whole."""
    words = _printed_words(line)
    return sum(word.confidence for word in words) >= _READ * len(words)


def is_scrawl(word: Word) -> bool:
    """Whether it is small letters, badly read: what a hand wrote before the title."""
    return word.confidence < 0.5 and word.text.islower()


def _begun(key: str, lexicon: Lexicon) -> str | None:
    """The title whose last word a pen or a seal cuts off: `HIỆU TRƯ`, two words or more."""
    if " " not in key or len(key) < _BEGUN:
        return None
    found = sorted((bare(one), one) for one in lexicon.titles if bare(one).startswith(key))
    if not found:
        return None
    shortest, title = min(found, key=lambda one: len(one[0]))
    rest = shortest[len(key) :]
    alone = all(name.startswith(shortest) for name, _ in found)
    return title if alone and rest and " " not in rest else None


def _snap(text: str, lexicon: Lexicon) -> tuple[str, bool]:
    """The text with a known title put right where its letters agree but for marks."""
    acting = re.match(r"Q\W{0,2}\s+(?=\w)|Q[.,]\s*", text)
    if acting is not None and len(text) > acting.end():
        body, known = _snap(text[acting.end() :], lexicon)
        return f"Q. {body}", known
    key = bare(text)
    for title in lexicon.titles:
        name = bare(title)
        if key == name:
            return (text if fold(text) == fold(title) else title), True
    for title in lexicon.titles:
        name = bare(title)
        if len(name) >= 8 and abs(len(name) - len(key)) <= 2 and fuzz.ratio(name, key) >= 87:
            return title, True
    begun = _begun(key, lexicon)
    if begun is not None:
        return begun, True
    for title in lexicon.titles:
        # `tnó GIÁM ĐỐC`, `§ GIÁM ĐỐC`: what stands before is a seal's or a hand's.
        name = bare(title)
        lead = key[: -len(name) - 1] if key.endswith(" " + name) else None
        bits = lead.split() if lead is not None else []
        if lead and len(name) >= 8 and sum(map(len, bits)) <= 4 and len(bits) <= 2:
            deputy = fuzz.ratio(lead, "pho") >= 60
            return (f"PHÓ {title}" if deputy else title), True
    for title in lexicon.titles:
        name = bare(title)
        if len(name) >= 8 and key.startswith(name + " "):
            count = len(name.split())
            return restore(" ".join([title, *text.split()[count:]])), True
    bodies = (
        "ỦY BAN NHÂN DÂN",
        "HỘI ĐỒNG NHÂN DÂN",
        "CHÍNH PHỦ",
        "BAN THƯỜNG VỤ",
        "ĐẢNG ỦY",
        "BAN CHẤP HÀNH",
    )
    for body in bodies:
        if fuzz.ratio(bare(body), key) >= 90:
            return (text if fold(text) == fold(body) else body), True
    return restore(text), False
