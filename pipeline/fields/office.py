"""Offices of the signature block: which lines are titles, and the deputy under a seal (ô 7a).

A deputy signs under his head's title (Decree 30/2020, article 13.2), often under a seal, and
in some offices `KT.` and his own title are put in by hand and by stamp. What is left of both
lines is told here by what a block can hold; what cannot be told is no value.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Word
from pipeline.tones import restore
from pipeline.vietnamese import bare, fold

PREFIX = re.compile(
    r"^\W*(?P<prefix>T[/.]?\s?M|K[/.]?\s?T|T[/.]?\s?L|T[/.]?\s?U[/.]?\s?Q|T/U)\b\s*[.,:]?\s*(?P<body>.*)$"
)
#: So far right of the name's middle a title has lost a word before it, points: measured on 60
#: blocks, heads' titles stood at most 12 off, those of `KT. GIÁM ĐỐC` 14 to 30.
_LEAD = 13.0
#: How near a title's middle is to its name's.
_CENTRED = 10.0
#: Heads whose deputies also sign for a collective: `T/M BAN THƯỜNG VỤ`, `TM. THƯỜNG TRỰC HĐND`.
_OF_COLLECTIVES = ("chu tich", "bi thu")
#: Confidence of a word that nobody would call read.
_UNREAD = 0.15


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


def settled(
    titles: Sequence[Title], lines: Sequence[Line], lexicon: Lexicon, middle: float | None
) -> tuple[list[Title], bool]:
    """The block's titles with what a seal hides put back, and whether the last is to be believed.

    Args:
        titles: as read, top down, of one signer.
        lines: all that was read in the block.
        lexicon: the known titles.
        middle: where the signer's name has its middle, points; `None` where it was not read.
    """
    found = _deputised(titles, lines, lexicon)
    if any(title.authority for title in found):
        return found, True
    if not found or not found[-1].known:
        whole = _completed(lines, lexicon, middle)
        return ([whole], True) if whole is not None else (found, True)
    position = found[-1]
    if is_deputy(position.text):
        head = _head_of(position.text)
        over = [line for line in lines if _stands_under(position.line, line)]
        rest = next((line for line in over if head and _is_rest_of(line, head)), None)
        if rest is None:
            return found, True
        return [Title(f"KT. {head}", True, rest, True, True), *found], True
    if middle is None:
        return found, not any(map(_is_scrawl, position.line.words[:1]))
    if _own_box(position).center_x - middle < _LEAD:
        return found, True
    # `KT.` or `PHÓ` stood before it. Where rows of both are there, it is a deputy's block.
    rows = [line for line in lines if _is_row_beside(line, position)]
    second = next((line for line in rows if _is_second(line, position.text)), None)
    if second is None:
        return found, False
    upper, lower = sorted((position.line, second), key=lambda line: line.bbox.bottom)
    return _pair(position.text, upper, lower, lexicon), True


def is_deputy(title: str) -> bool:
    """Whether the title is a deputy's."""
    return bare(title).startswith(("pho ", "thu truong"))


def _head_of(deputy: str) -> str:
    """The head's title, as the deputy's spells it; empty where he may sign for a collective."""
    if bare(deputy) == "thu truong":
        return "BỘ TRƯỞNG"
    head = deputy.partition(" ")[2]
    return "" if bare(head).startswith(_OF_COLLECTIVES) else head


def _pair(head: str, upper: Line, lower: Line, lexicon: Lexicon) -> list[Title]:
    deputy = _deputy_of(head)
    full = next((one for one in lexicon.titles if bare(one) == deputy), f"PHÓ {head}")
    return [
        Title(f"KT. {head}", True, upper, True, True),
        Title(full, False, lower, True, True),
    ]


def _own_box(title: Title) -> BBox:
    """Where the title's own words stand in its line: not the seal's bits at its ends."""
    words = [word for word in title.line.words if any(char.isalpha() for char in word.text)]
    key = bare(title.text)
    size = min(len(key.split()), len(words))
    windows = [words[at : at + size] for at in range(len(words) - size + 1)]
    best = max(windows, key=lambda part: fuzz.ratio(bare(" ".join(w.text for w in part)), key))
    return BBox.around(word.bbox for word in best)


def _is_row_beside(line: Line, title: Title) -> bool:
    return _stands_under(line, title.line) or _stands_under(title.line, line)


def _is_second(line: Line, head: str) -> bool:
    """Whether a line above or below the head's title shows remains of that title once more."""
    key = bare(re.sub(r"[^\w\s]", " ", line.text))
    if len(key) < 0.7 * len(head) or share_of_capitals(line.text) < 0.7:
        return False  # too little: a seal has the word `TRƯỜNG`, too
    whole = _deputy_of(head).replace(" ", "")
    return (
        fuzz.partial_ratio(bare(head), key) >= 74 or fuzz.ratio(whole, key.replace(" ", "")) >= 55
    )


def _is_rest_of(line: Line, head: str) -> bool:
    """Whether a line is what was read of the head's title, were it but two letters."""
    key = "".join(char for char in bare(line.text) if char.isalpha())
    if len(key) < 2 or share_of_capitals(line.text) < 0.7:
        return False
    name = bare(head).replace(" ", "")
    return key in name if len(key) < 5 else fuzz.partial_ratio(name, key) >= 70


def _completed(lines: Sequence[Line], lexicon: Lexicon, middle: float | None) -> Title | None:
    """The title that begins as a line does and, printed whole, has its middle over the name's."""
    if middle is None:
        return None
    for line in lines[:4]:
        words = list(itertools.takewhile(lambda word: word.confidence >= 0.5, line.words))
        text = " ".join(word.text for word in words)
        key = bare(text)
        if len(key) < 4 or share_of_capitals(text) < 1:
            continue
        fitting = sorted(
            (one for one in lexicon.titles if bare(one).startswith(key + " ")), key=len
        )
        if not fitting or not all(one.startswith(fitting[0]) for one in fitting):
            continue
        box = BBox.around(word.bbox for word in words)
        whole = box.left + box.width * len(fitting[0]) / len(text)
        if abs((box.left + whole) / 2 - middle) < _CENTRED:
            return Title(fitting[0], False, line, True, True)
    return None


def _deputised(titles: Sequence[Title], lines: Sequence[Line], lexicon: Lexicon) -> list[Title]:
    """Titles with `KT.` and `PHÓ` put back where two lines end in one title.

    Only a deputy signs under his head's title (Decree 30/2020, article 13.2): `GIÁM ĐỐC`
    over `PHÓ GIÁM ĐỐC` is `KT. GIÁM ĐỐC` whose `KT.` was written by hand or lies under
    the seal, and so is a head's title over a line that begins with `PHÓ` or ends in the
    same word, whatever the seal has made of the rest.
    """
    for index, upper in enumerate(titles):
        head = PREFIX.sub(r"\g<body>", upper.text)
        if not upper.known or is_deputy(head):
            continue
        deputy = _deputy_of(head)
        under = [
            line
            for line in lines
            if _stands_under(line, upper.line) and _ends_as_deputy(line, head)
        ]
        # The seal's letters stand there too: the deputy's title goes before them.
        printed = [line for line in under if bare(line.text) == deputy]
        for below in printed or under:
            named = next((title for title in titles if title.line is below), None)
            if named is not None and named.authority:
                continue
            # The head's title once more is a second reading of it, or of his deputy's.
            kept = [
                title
                for title in titles[index + 1 :]
                if title is not named and bare(title.text) != bare(head)
            ]
            if named is not None and bare(named.text) == deputy and upper.authority:
                return [*titles[: index + 1], named, *kept]  # printed in full
            if named is not None and named.known and bare(named.text) not in (deputy, bare(head)):
                continue  # another office, read in full: `PHÓ TRƯỞNG PHÒNG PHỤ TRÁCH`
            over, put_back = _pair(head, upper.line, below, lexicon)
            over = upper if upper.authority else over
            if named is not None and bare(named.text) == deputy:
                put_back = named
            return [*titles[:index], over, put_back, *kept]
    return list(titles)


def _ends_as_deputy(line: Line, head: str) -> bool:
    """Whether a line in capitals begins with `PHÓ` or ends in the head's last word."""
    words = bare(re.sub(r"[^\w\s]", " ", line.text)).split()
    if not words or share_of_capitals(line.text) <= 0.8:
        return False
    # One word alone is a seal's as well: `TRƯỜNG` of a university.
    return words[0] == "pho" or (len(words) > 1 and words[-1] == bare(head).split()[-1])


def _deputy_of(head: str) -> str:
    """The bare title of his deputy."""
    return f"pho {bare(head)}" if bare(head) != "bo truong" else "thu truong"


def share_of_capitals(text: str) -> float:
    """Share of a text's letters that are capitals, 0..1."""
    letters = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in letters) / max(len(letters), 1)


def _stands_under(line: Line, upper: Line) -> bool:
    """Whether a line is the next row below: words of both may be boxed over the two rows."""
    down = _edges(line)[0] - _edges(upper)[0], _edges(line)[1] - _edges(upper)[1]
    size = min(line.height, upper.height)
    beside = abs(line.bbox.center_x - upper.bbox.center_x)
    return (
        line is not upper
        and max(down) > 0.3 * size
        and min(down) > -0.4 * size
        and down[0] < 2.2 * max(line.height, upper.height)
        and beside < 60
    )


def _edges(line: Line) -> tuple[float, float]:
    """Top and bottom that most of the line's words have, points."""
    words = [word for word in line.words if any(char.isalpha() for char in word.text)]
    boxes = [word.bbox for word in words or line.words]
    middle = len(boxes) // 2
    return sorted(box.top for box in boxes)[middle], sorted(box.bottom for box in boxes)[middle]


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
    while len(words) > 2 and (words[0].confidence < _UNREAD or _is_scrawl(words[0])):
        words = words[1:]
    while len(words) > 2 and words[-1].confidence < _UNREAD:
        words = words[:-1]
    return words


def _is_scrawl(word: Word) -> bool:
    """Whether it is small letters, badly read: what a hand wrote before the title."""
    return word.confidence < 0.5 and word.text.islower()


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
