"""Titles of a signature block that a seal or a stamp hides, found by drawing them.

Where a deputy signs, many offices print his head's `GIÁM ĐỐC`, write `KT.` before it by hand
and put `PHÓ GIÁM ĐỐC` under it, or half over it, with a rubber stamp that is seldom level: of
two such rows an engine reads one, or neither. Titles are drawn in bold Times (Decree 30/2020),
which the stamps of such offices imitate; stamps in another type are not found. This module
knows nothing of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.askew import Found, ending_alike, search, words_of
from pipeline.drawn import ALIKE, CONFIDENCE, POINT, Ink, Spot, Type, box_of, draw, ink_of
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import bare

#: Log likelihood that a title needs. In 37 blocks (an early version) deputies who signed had 37 to 98, the
#: likeliest ones where the head signed himself -7 at most.
_PLAIN = 20.0
#: What each of its words needs, and how much likelier it must be than any other title.
_SEEN = 5.0
#: A word that has less does not stand there.
_UNSURE = -15.0
#: Points that a title's middle may lie left and right of that of the row or the name it is
#: sought by; left of a name, of which degrees or the beginning were not read; beside that of
#: his head's title.
_LEFT, _RIGHT, _LEFT_OF_NAME, _BESIDE = 35.0, 20.0, 60.0, 25.0
#: Half the length of the longest title, points.
_REACH = 85.0
#: Points between the bases of a head's title and his deputy's.
_LEADING = (4.0, 22.0)
#: Points above and below a row that was read in which other titles stand; above a name; and
#: between the last title's base and the name.
_ABOVE, _BELOW, _OVER_NAME, _SIGNING = 26.0, 34.0, 150.0, 25.0
#: Lines of a block that may be titles, and confidence from which on one was read surely.
_ROWS, _SURELY = 6, 0.6
#: Share of ink on paper that bears no word.
_CLEAR = 0.06
#: What is printed before a title, and says more of who signs than the title does.
_AUTHORITY = re.compile(r"(?:Q|K/?T|T/?M|T/?L|TUQ)[.,]")
#: Who signs on another's order has an office of his own, and is no deputy.
_BY_ORDER = ("tl", "tuq", "tu")


@dataclass(frozen=True, slots=True)
class _Block:
    """Ink in which titles are sought, and where in it (pixels) their middles and bases lie."""

    ink: Ink
    corner: tuple[float, float]
    middles: tuple[float, float]
    bases: tuple[float, float]


def hidden_titles(
    lines: Sequence[Line],
    name: BBox | None,
    grey: npt.NDArray[np.uint8],
    dpi: float,
    lexicon: Lexicon,
) -> tuple[Line, ...]:
    """The titles that the ink of a signature block shows and its lines do not; often none.

    A head's title comes before his deputy's.

    Args:
        lines: of the block, top down.
        name: where the signer's name, or its end, stands; `None` where neither was read.
        grey: the page, ink of all colours dark.
        dpi: of `grey`.
        lexicon: the known titles.
    """
    heads = {title: head for title in lexicon.titles if (head := _head_of(title))}
    offices = [line for line in lines[:_ROWS] if names_office(line, lexicon)]
    if any(map(_is_by_order, offices)):
        return ()
    row, deputy = _row_read(offices, heads)
    surely = row is not None and min(word.confidence for word in _printed(row)) >= _SURELY
    if row is not None and deputy and surely and _is_over(row, deputy, heads[deputy], offices):
        return ()
    if row is not None:
        block = _block(_own_box(row, lexicon), (_LEFT, _RIGHT), (_ABOVE, -_BELOW), grey, dpi)
    elif name is not None:
        block = _block(
            name, (_LEFT_OF_NAME, _RIGHT), (_OVER_NAME, name.height + _SIGNING), grey, dpi
        )
    else:
        return ()
    if block is None:
        return ()
    sought = [one for one in heads if not offices or _is_of(one, heads[one], offices)]
    found = _plainest(sought, block)
    if found is None and row is not None:
        return () if deputy or not _may_stand(sought, block) else (_doubted(row, lexicon),)
    if found is None:
        # `PHÓ TRƯỞNG PHÒNG PHỤ TRÁCH` names an office, known or not.
        above = [line for line in lines if name is None or line.bbox.bottom < name.top]
        named = any(_holds(line, title) for line in above for title in lexicon.titles)
        return () if named else _alone(heads, lexicon, block)
    below = _line_of(found, block)
    head = heads[found.text]
    over = None if _is_over(below, found.text, head, offices) else _head_over(below, head, block)
    if deputy == found.text and surely:
        return () if over is None else (over,)
    return (below,) if over is None else (over, below)


def names_office(line: Line, lexicon: Lexicon) -> bool:
    """Whether the line ends in a known title."""
    return any(_ends_in(line, title) for title in lexicon.titles)


def _row_read(offices: Sequence[Line], heads: Mapping[str, str]) -> tuple[Line | None, str]:
    """The row that others are sought by, and the deputy's title that it names, if it does."""
    for line in offices:
        for title in heads:
            if _ends_in(line, title):
                return line, title
    return (offices[0] if offices else None), ""


def _block(
    box: BBox,
    beside: tuple[float, float],
    rows: tuple[float, float],
    grey: npt.NDArray[np.uint8],
    dpi: float,
) -> _Block | None:
    """The ink about a box: bases from `rows[0]` points above its top to `rows[1]` above its bottom."""
    top, bottom = box.top - rows[0], box.bottom - rows[1]
    left, right = box.center_x - beside[0], box.center_x + beside[1]
    reach = BBox(left - _REACH, top - 12, right + _REACH, bottom + 4)
    ink = ink_of(grey, dpi, reach)
    if ink is None:
        return None
    corner = (max(reach.left, 0.0), max(reach.top, 0.0))
    return _Block(
        ink,
        corner,
        ((left - corner[0]) * POINT, (right - corner[0]) * POINT),
        ((top - corner[1]) * POINT, (bottom - corner[1]) * POINT),
    )


def _plainest(titles: Sequence[str], block: _Block) -> Found | None:
    """The title that the ink shows plainly, every word of it; `None` where two may stand there."""
    found = search(block.ink, titles, block.middles, block.bases)
    if not found:
        return None
    # `TRƯỞNG` alone bears out `CỤC TRƯỞNG` nearly as well as what stands there.
    found += ending_alike(found[0], block.ink, titles)
    found.sort(key=lambda one: -one.spot.gain)
    best = found[0]
    second = next((one.spot.gain for one in found if one.text != best.text), -np.inf)
    words = words_of(best, block.ink)
    least = min(spot.gain for _, spot in words)
    gain = best.spot.gain / ALIKE
    if gain < _PLAIN or least / ALIKE < _SEEN or second / ALIKE > gain - _SEEN:
        return None
    return best if _ends_there(words[-1], best.kind, block.ink) else None


def _is_over(row: Line, deputy: str, head: str, offices: Iterable[Line]) -> bool:
    """Whether the head's title was read above the row of his deputy's."""
    return any(
        _ends_in(line, head)
        and not _ends_in(line, deputy)
        and line.bbox.center_y < row.bbox.center_y - _LEADING[0]
        for line in offices
    )


def _head_over(deputy: Line, head: str, block: _Block) -> Line | None:
    """The head's title over his deputy's, where the ink shows it."""
    middle = (deputy.bbox.center_x - block.corner[0]) * POINT
    # The deputy's may be set askew: his head's is not what its higher end shows.
    same = deputy.words[-len(head.split()) :]
    base = (min(word.bbox.bottom for word in same) - 0.2 * 13.5 - block.corner[1]) * POINT
    above = _Block(
        block.ink,
        block.corner,
        (middle - _BESIDE * POINT, middle + _BESIDE * POINT),
        (base - _LEADING[1] * POINT, base - _LEADING[0] * POINT),
    )
    found = _plainest([head], above)
    return _line_of(found, block) if found is not None else None


def _alone(heads: Mapping[str, str], lexicon: Lexicon, block: _Block) -> tuple[Line, ...]:
    """The head's title that stands in the block, with his deputy's if the ink shows it too.

    None where it is not clear whether the deputy's stands there.
    """
    found = _plainest([one for one in lexicon.titles if one not in heads], block)
    if found is None:
        return ()
    deputies = [one for one, head in heads.items() if head == found.text]
    deputy = _plainest(deputies, block)
    if deputy is not None:
        return _line_of(found, block), _line_of(deputy, block)
    return () if _may_stand(deputies, block) else (_line_of(found, block),)


def _may_stand(titles: Sequence[str], block: _Block) -> bool:
    """Whether no word of one of the titles is surely absent."""
    return any(
        min(spot.gain for _, spot in words_of(one, block.ink)) / ALIKE > _UNSURE
        for one in search(block.ink, titles, block.middles, block.bases)
    )


def _doubted(row: Line, lexicon: Lexicon) -> Line:
    """The head's title as it was read, which is not sure since his deputy's may stand there too."""
    title = max((one for one in lexicon.titles if _ends_in(row, one)), key=len)
    words = _printed(row)
    own = words[-len(title.split()) :]
    if len(own) != len(title.split()):
        return replace(row, words=tuple(replace(word, confidence=CONFIDENCE) for word in words))
    before = words[: -len(own)][-1:]
    kept = before if before and _AUTHORITY.fullmatch(before[0].text) else []
    joined = _AUTHORITY.match(own[0].text)  # `KT.GIÁM`
    texts = (joined[0] if joined else "") + title
    doubted = (
        replace(word, text=text, confidence=min(word.confidence, CONFIDENCE))
        for word, text in zip(own, texts.split(), strict=True)
    )
    return Line((*kept, *doubted), whole=True)


def _ends_there(word: tuple[str, Spot], kind: Type, ink: Ink) -> bool:
    """Whether hardly any ink stands right after a title's last word: no word goes on with it."""
    text, spot = word
    right = round(spot.left + draw(text, kind).width + POINT)
    base = round(spot.base)
    after = ink[max(base - round(9 * POINT), 0) : max(base, 0), right : right + round(24 * POINT)]
    return after.size > 0 and float(after.mean()) < _CLEAR


def _line_of(found: Found, block: _Block) -> Line:
    """A drawn title as a line of the page, which no other reading overrules."""
    words = (
        Word(text, box_of(spot, text, found.kind, block.corner), CONFIDENCE)
        for text, spot in words_of(found, block.ink)
    )
    return Line(tuple(words), whole=True)


def _is_of(deputy: str, head: str, offices: Iterable[Line]) -> bool:
    return any(_ends_in(line, deputy) or _ends_in(line, head) for line in offices)


def _is_by_order(line: Line) -> bool:
    return bare(line.words[0].text).strip(".,") in _BY_ORDER


def _head_of(title: str) -> str:
    """Whose deputy a title names: `GIÁM ĐỐC` for `PHÓ GIÁM ĐỐC`; empty for a head's own."""
    if bare(title) == "thu truong":
        return "BỘ TRƯỞNG"
    return title[4:] if bare(title).startswith("pho ") else ""


def _printed(line: Line) -> list[Word]:
    return [word for word in line.words if any(map(str.isalpha, word.text))]


def _ends_in(line: Line, title: str) -> bool:
    """Whether the line's last words are the title, its marks aside: `KT.GIÁM ĐỐC` is two words."""
    words = " ".join(word.text for word in _printed(line))
    return f" {bare(words)}".endswith(f" {bare(title)}")


def _holds(line: Line, title: str) -> bool:
    """Whether the title stands anywhere in the line."""
    return f" {bare(title)} " in f" {bare(line.text)} "


def _own_box(line: Line, lexicon: Lexicon) -> BBox:
    """Where the title that a line ends in stands: not what a hand or a seal left before it."""
    count = max(len(title.split()) for title in lexicon.titles if _ends_in(line, title))
    return BBox.around(word.bbox for word in _printed(line)[-count:])
