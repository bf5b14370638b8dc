"""Breaks text into lines and sets them in blocks, in pixels of an A4 sheet at 300 dpi.

Knows words, widths and tables; does not know what a letter is (see `typeset`).

Paragraph markup: a leading `= ` centres, `~ ` drops the first-line indent, `_ ` sets italic, `- `
stays as printed, `| a | b |` is a table row after a `|: 10 50 40` line of column widths; inside a
paragraph `**bold**` and `__italic__`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from samples import fonts

DPI = 300
PAGE_SIZE = (2480, 3508)

_MARKUP = re.compile(r"(\*\*|__)")
_FIGURES = re.compile(r"[\d.,% -]+")
_NUMBER_HYPHEN = re.compile(r"(?<=\w-)(?=[A-ZĐ])")  # a word processor breaks 794/TTr-SGDĐT here


def mm(millimetres: float) -> float:
    """Pixels of a length on the sheet."""
    return millimetres * DPI / 25.4


def pt(points: float) -> float:
    """Pixels of a type size."""
    return points * DPI / 72


@dataclass(frozen=True)
class Typeface:
    """A family of four faces and how its lines are set."""

    family: str
    leading: float
    justified: bool
    worn: bool = False

    def face(self, *, bold: bool = False, italic: bool = False) -> str:
        """Name of the face in `fonts.FACES`; a typewriter has but one."""
        if self.worn:
            return self.family
        return self.family + ("-bold" if bold else "") + ("-italic" if italic else "")


TIMES = Typeface("times", leading=1.32, justified=True)
TERMES = Typeface("termes", leading=1.32, justified=True)
TYPEWRITER = Typeface("typewriter", leading=1.62, justified=False, worn=True)


@dataclass(frozen=True)
class Span:
    """A piece of a line in one face; `x` counts from the sheet's left edge.

    `slot` names a gap left for handwriting (`number`, `day`), `width` pixels wide.
    """

    x: float
    text: str
    face: str
    size: float
    slot: str = ""
    width: float = 0


@dataclass(frozen=True)
class Line:
    """Spans on one baseline, `y` pixels below the top of their block, and their printed text."""

    spans: tuple[Span, ...]
    y: float
    text: str


@dataclass(frozen=True)
class Rule:
    """A straight printed stroke, in the coordinates of its block."""

    start: tuple[float, float]
    end: tuple[float, float]
    weight: float = 2


@dataclass(frozen=True)
class Block:
    """What must stay on one page: lines and rules, `height` pixels tall with the space below."""

    lines: tuple[Line, ...]
    height: float
    rules: tuple[Rule, ...] = ()
    ends_page: bool = False
    starts_paragraph: bool = True

    def text(self) -> tuple[str, ...]:
        """The block's printed lines in reading order."""
        return tuple(line.text for line in self.lines if line.text)


@dataclass(frozen=True)
class _Word:
    """A piece between break opportunities; `glued` to the one before, or merely `joined` to it."""

    text: str
    face: str
    glued: bool = False
    joined: bool = False

    @property
    def spaced(self) -> bool:
        return not (self.glued or self.joined)


def set_line(
    text: str,
    *,
    face: str,
    size: float,
    y: float,
    left: float | None = None,
    centre: float | None = None,
    slots: dict[str, tuple[str, float]] | None = None,
) -> Line:
    """One line at `left` or about `centre`; `{n}` in the text takes what `slots["n"]` says.

    Args:
        text: the line, with `{key}` where a slot is.
        face: name of the face.
        size: type size in pixels.
        y: baseline below the block's top.
        left: left end of the line in pixels.
        centre: middle of the line in pixels, where `left` is not given.
        slots: for a key, the name of a gap and its width in pixels.
    """
    pieces: list[Span] = []
    x = 0.0
    for piece in re.split(r"(\{\w+\})", text):
        if slots and piece[1:-1] in slots and piece.startswith("{"):
            name, gap = slots[piece[1:-1]]
            pieces.append(Span(x, "", face, size, slot=name, width=gap))
            x += gap
        elif piece:
            pieces.append(Span(x, piece, face, size))
            x += fonts.width(piece, face, size)
    start = left if left is not None else (centre or 0) - x / 2
    spans = tuple(replace(span, x=span.x + start) for span in pieces)
    printed = " ".join("".join(span.text or " " for span in pieces).split())
    return Line(spans, y, printed)


def wrap(text: str, *, face: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than `width`, with the last lines balanced for centring."""
    words = text.split()
    full = _greedy(words, face=face, size=size, width=width)
    count, low, high = len(full), width * 0.5, width
    for _ in range(12):
        middle = (low + high) / 2
        if len(_greedy(words, face=face, size=size, width=middle)) > count:
            low = middle
        else:
            high = middle
    return _greedy(words, face=face, size=size, width=high)


def wrap_plain(text: str, *, face: str, size: float, width: float) -> list[str]:
    """The text in lines as full as `width` allows."""
    return _greedy(text.split(), face=face, size=size, width=width)


def _greedy(words: Sequence[str], *, face: str, size: float, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        candidate = f"{lines[-1]} {word}" if lines else word
        if lines and fonts.width(candidate, face, size) <= width:
            lines[-1] = candidate
        else:
            lines.append(word)
    return lines


def set_paragraph(
    markup: str,
    *,
    typeface: Typeface,
    size: float,
    left: float,
    right: float,
    indent: float,
    gap: float,
) -> list[Block]:
    """The paragraph's lines, one block each, between `left` and `right`.

    Args:
        markup: one paragraph in the module's markup.
        typeface: the family it is set in.
        size: type size in pixels.
        left: left edge of the column.
        right: right edge of the column.
        indent: extra space before the first line.
        gap: space below the paragraph.
    """
    centred = markup.startswith("= ")
    italic = markup.startswith("_ ")
    if markup[:2] in ("= ", "~ ", "_ "):
        indent = 0 if markup[0] != "_" else indent
        markup = markup[2:]
    words = _words(markup, typeface, italic=italic)
    space = fonts.width(" ", typeface.face(), size)
    pitch = size * typeface.leading
    rows = _break(words, size=size, space=space, first=right - left - indent, rest=right - left)
    blocks: list[Block] = []
    for index, row in enumerate(rows):
        last = index == len(rows) - 1
        start = left + (indent if index == 0 else 0)
        natural = _natural_width(row, size, space)
        stretch = 0.0
        gaps = sum(1 for word in row[1:] if word.spaced)
        if centred:
            start = (left + right - natural) / 2
        elif typeface.justified and not last and gaps:
            stretch = (right - start - natural) / gaps
        line = _set_words(row, size=size, x=start, space=space + stretch, y=size * 1.02)
        blocks.append(Block((line,), pitch + (gap if last else 0), starts_paragraph=index == 0))
    return blocks


def _words(markup: str, typeface: Typeface, *, italic: bool) -> list[_Word]:
    bold, slanted, words = False, italic, []
    glued = False
    for piece in _MARKUP.split(markup):
        if piece == "**":
            bold = not bold
            continue
        if piece == "__":
            slanted = not slanted
            continue
        if not piece:
            continue
        face = typeface.face(bold=bold, italic=slanted)
        tokens = piece.split()
        for index, token in enumerate(tokens):
            sticks = glued and index == 0 and not piece[0].isspace()
            for order, part in enumerate(_NUMBER_HYPHEN.split(token) if "/" in token else [token]):
                words.append(_Word(part, face, glued=sticks and not order, joined=order > 0))
        glued = bool(tokens) and not piece[-1].isspace()
    return words


def _break(
    words: Sequence[_Word], *, size: float, space: float, first: float, rest: float
) -> list[list[_Word]]:
    rows: list[list[_Word]] = []
    for word in words:
        limit = first if len(rows) <= 1 else rest
        if rows and (word.glued or _natural_width([*rows[-1], word], size, space) <= limit):
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _natural_width(words: Iterable[_Word], size: float, space: float) -> float:
    total = 0.0
    for index, word in enumerate(words):
        total += fonts.width(word.text, word.face, size)
        total += space if index and word.spaced else 0
    return total


def _set_words(words: Sequence[_Word], *, size: float, x: float, space: float, y: float) -> Line:
    spans = []
    text = ""
    for index, word in enumerate(words):
        if index and word.spaced:
            x += space
            text += " "
        spans.append(Span(x, word.text, word.face, size))
        x += fonts.width(word.text, word.face, size)
        text += word.text
    return Line(tuple(spans), y, text)


def set_table(
    rows: Sequence[str], *, typeface: Typeface, size: float, left: float, right: float
) -> list[Block]:
    """A ruled table, one block per row; the first row is its bold head.

    Args:
        rows: a `|: w w w` line of relative column widths, then `| cell | cell |` rows.
        typeface: the family it is set in.
        size: type size in pixels.
        left: left edge of the table.
        right: right edge of the table.
    """
    shares = [float(share) for share in rows[0].removeprefix("|:").split()]
    edges = [left]
    for share in shares:
        edges.append(edges[-1] + (right - left) * share / sum(shares))
    blocks: list[Block] = []
    for number, row in enumerate(rows[1:]):
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        blocks.append(_table_row(cells, edges, typeface=typeface, size=size, head=number == 0))
    last = blocks[-1]
    blocks[-1] = replace(last, height=last.height + size * 0.6)
    return blocks


def _table_row(
    cells: Sequence[str], edges: Sequence[float], *, typeface: Typeface, size: float, head: bool
) -> Block:
    face = typeface.face(bold=head)
    pad, pitch = mm(1.4), size * 1.18
    lines: list[Line] = []
    deepest = 1
    for index, cell in enumerate(cells):
        start, end = edges[index], edges[index + 1]
        wrapped = wrap_plain(cell, face=face, size=size, width=end - start - 2 * pad)
        deepest = max(deepest, len(wrapped))
        short = head or len(cell) <= 4 or _FIGURES.fullmatch(cell) is not None
        for row, text in enumerate(wrapped):
            y = mm(1) + size * 0.95 + row * pitch
            centre = (start + end) / 2 if short else None
            place = None if short else start + pad
            lines.append(set_line(text, face=face, size=size, y=y, left=place, centre=centre))
    height = mm(2) + deepest * pitch
    rules = [Rule((edge, 0), (edge, height)) for edge in edges]
    rules += [Rule((edges[0], y), (edges[-1], y)) for y in (0, height)]
    return Block(tuple(lines), height, tuple(rules))
