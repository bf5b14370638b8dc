"""The deputy under a seal: `KT.` and `PHÓ` put back where a block shows that they were there.

A deputy signs under his head's title (Decree 30/2020, article 13.2), often under a seal, and
in some offices `KT.` and his own title are put in by hand and by stamp. What is left of both
lines is told here by what a block can hold; what cannot be told is no value.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.fields.office import (
    PREFIX,
    Title,
    is_deputy,
    is_scrawl,
    share_of_capitals,
)
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line
from pipeline.vietnamese import bare

#: So far right of the name's middle a title has lost a word before it, points: measured on 60
#: blocks, heads' titles stood at most 12 off, those of `KT. GIÁM ĐỐC` 14 to 30.
_LEAD = 13.0
#: How near a title's middle is to its name's.
_CENTRED = 10.0
#: Heads whose deputies also sign for a collective: `T/M BAN THƯỜNG VỤ`, `TM. THƯỜNG TRỰC HĐND`.
_OF_COLLECTIVES = ("chu tich", "bi thu")


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
        return found, not any(map(is_scrawl, position.line.words[:1]))
    if _own_box(position).center_x - middle < _LEAD:
        return found, True
    # `KT.` or `PHÓ` stood before it. Where rows of both are there, it is a deputy's block.
    rows = [line for line in lines if _is_row_beside(line, position)]
    second = next((line for line in rows if _is_second(line, position.text)), None)
    if second is None:
        return found, False
    upper, lower = sorted((position.line, second), key=lambda line: line.bbox.bottom)
    return _pair(position.text, upper, lower, lexicon), True


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
