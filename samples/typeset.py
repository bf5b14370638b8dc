"""Lays a letter out as page images by the rules of its time, and says what text is on each page.

Decree 30/2020/NĐ-CP for the State (before it, Circular 01/2011/TT-BNV put the page number at the
bottom right), Instruction 36-HD/VPTW for the Party, and a typewriter's habits for the 1990s.
Knows printed matter only: handwriting, seals and stamps come from `ink`, damage from `scanner`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from samples import fonts
from samples.flow import (
    PAGE_SIZE,
    TERMES,
    TIMES,
    TYPEWRITER,
    Block,
    Line,
    Rule,
    Span,
    Typeface,
    mm,
    pt,
    set_line,
    set_paragraph,
    set_table,
)
from samples.furniture import closing_blocks, head_blocks, heading_blocks
from samples.texts import Letter

_TOP, _BOTTOM = mm(20), mm(276)
_LEFT, _RIGHT = mm(30), mm(193)
_DECREE_30 = "2020-03-05"
_RECIPIENT_LINES_THAT_FOLLOW = 2


@dataclass(frozen=True)
class Mark:
    """A place on the page where a person puts ink, such as `number`, `day` and `signature-1`.

    `x`, `y` is the left end of the slot's baseline, or the middle of the room for a signature.
    """

    name: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class TypesetPage:
    """A printed sheet at 300 dpi (mode `L`), its lines in reading order, and where ink may go."""

    image: Image.Image
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]


def typeface_of(letter: Letter) -> Typeface:
    """The family a letter is set in: typewriter, Times, or the TeX Gyre cut of Times."""
    if letter.layout == "typewriter":
        return TYPEWRITER
    return TERMES if len(letter.symbol) % 3 == 0 else TIMES


def typeset(letter: Letter, rng: np.random.Generator) -> tuple[TypesetPage, ...]:
    """The pages of the letter, its annex included.

    Args:
        letter: what to print; slots of handwritten and blank numbers are left open.
        rng: drives the uneven strike of a typewriter, nothing else.
    """
    typeface = typeface_of(letter)
    blocks = [*head_blocks(letter, typeface), *heading_blocks(letter, typeface)]
    blocks += _flow(letter.body, letter, typeface)
    sheets = _paginate(blocks, closing_blocks(letter, typeface), first_bottom=_first_bottom(letter))
    if letter.annex:
        sheets += _paginate(_flow(letter.annex, letter, typeface), [], first_bottom=_BOTTOM)
    return tuple(
        _draw_page(sheet, letter, typeface, number=number, rng=rng)
        for number, sheet in enumerate(sheets, start=1)
    )


def _first_bottom(letter: Letter) -> float:
    return _BOTTOM - (mm(8) if letter.footer else 0)


def _flow(paragraphs: Sequence[str], letter: Letter, typeface: Typeface) -> list[Block]:
    size = pt(12 if typeface.worn else 14)
    gap = size * (0.25 if typeface.worn else 0.42)
    blocks: list[Block] = []
    table: list[str] = []
    for paragraph in (*paragraphs, ""):
        if paragraph.startswith("|"):
            table.append(paragraph)
            continue
        if table:
            blocks += set_table(table, typeface=typeface, size=pt(12), left=_LEFT, right=_RIGHT)
            table = []
        if paragraph == "<<<":
            blocks.append(Block((), 0, ends_page=True))
        elif paragraph:
            blocks += set_paragraph(
                paragraph,
                typeface=typeface,
                size=size,
                left=_LEFT,
                right=_RIGHT,
                indent=mm(12.7),
                gap=gap,
            )
    return blocks


def _paginate(
    blocks: Sequence[Block], closing: Sequence[Block], *, first_bottom: float
) -> list[list[tuple[float, Block]]]:
    """Blocks with their tops, page by page; a closing part that must move takes two lines along."""
    sheets: list[list[tuple[float, Block]]] = [[]]
    y = _TOP
    for block in blocks:
        bottom = first_bottom if len(sheets) == 1 else _BOTTOM
        if block.ends_page or y + block.height > bottom:
            sheets.append([])
            y = _TOP
        if block.height:
            sheets[-1].append((y, block))
            y += block.height
    needed = sum(block.height for block in closing)
    bottom = first_bottom if len(sheets) == 1 else _BOTTOM
    if closing and y + needed > bottom:
        carried = [block for _, block in sheets[-1][-_RECIPIENT_LINES_THAT_FOLLOW:]]
        del sheets[-1][-_RECIPIENT_LINES_THAT_FOLLOW:]
        sheets.append([])
        y = _TOP
        for block in carried:
            sheets[-1].append((y, block))
            y += block.height
    for block in closing:
        sheets[-1].append((y, block))
        y += block.height
    return sheets


def _draw_page(
    sheet: Sequence[tuple[float, Block]],
    letter: Letter,
    typeface: Typeface,
    *,
    number: int,
    rng: np.random.Generator,
) -> TypesetPage:
    image = Image.new("L", PAGE_SIZE, 255)
    draw = ImageDraw.Draw(image)
    lines: list[str] = []
    marks: list[Mark] = []
    placed = list(sheet)
    if number == 1 and letter.footer:
        placed.append((mm(279), _footer(letter, typeface)))
    if number > 1:
        placed = _with_page_number(placed, letter, typeface, number)
    for top, block in placed:
        for rule in block.rules:
            (x0, y0), (x1, y1) = rule.start, rule.end
            draw.line((x0, y0 + top, x1, y1 + top), fill=0, width=round(rule.weight))
        for line in block.lines:
            for span in line.spans:
                y = top + line.y
                if span.slot:
                    marks.append(Mark(span.slot, span.x, y, span.width))
                elif typeface.worn:
                    _strike(draw, span, y, rng)
                else:
                    font = fonts.load(span.face, span.size)
                    draw.text((span.x, y), span.text, fill=0, font=font, anchor="ls")
        lines += block.text()
    return TypesetPage(image, tuple(lines), tuple(marks))


def _strike(draw: ImageDraw.ImageDraw, span: Span, y: float, rng: np.random.Generator) -> None:
    """A typewriter's letters: each a little off its line and not equally black."""
    font = fonts.load(span.face, span.size)
    x = span.x
    for letter in span.text:
        dx, dy = rng.normal(0, 0.7, 2)
        grey = int(rng.integers(0, 75))
        for offset in (0.0, 1.1):
            draw.text((x + dx + offset, y + dy), letter, fill=grey, font=font, anchor="ls")
        x += font.getlength(letter)


def _with_page_number(
    placed: Sequence[tuple[float, Block]], letter: Letter, typeface: Typeface, number: int
) -> list[tuple[float, Block]]:
    size = pt(13)
    face = typeface.face()
    at_foot = letter.layout == "state" and letter.issue_date < _DECREE_30
    if at_foot:
        line = set_line(str(number), face=face, size=size, y=size, left=_RIGHT - mm(3))
        return [*placed, (mm(282), Block((line,), size))]
    line = set_line(str(number), face=face, size=size, y=size, centre=(_LEFT + _RIGHT) / 2)
    return [(mm(11), Block((line,), size)), *placed]


def _footer(letter: Letter, typeface: Typeface) -> Block:
    size = pt(10.5)
    centre = (_LEFT + _RIGHT) / 2
    line: Line = set_line(
        letter.footer, face=typeface.face(italic=True), size=size, y=mm(5), centre=centre
    )
    return Block((line,), mm(8), (Rule((_LEFT, 0), (_RIGHT, 0)),))
