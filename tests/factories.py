"""The smallest words, lines, pages and letters that a test can speak of, from text.

Words are as wide as Times print of their size, so that columns, margins and blanks stand
where they would on paper; two or more spaces in a row are a blank that wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.page import BBox, Line, Page, Region, Slot, SlotReading, Word, Zone
from pipeline.record import Candidate, Letter, Place
from pipeline.slots import text_width

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT = 85.0, 540.0
ISSUER_MIDDLE, MOTTO_MIDDLE = 165.0, 410.0


def words(
    text: str,
    left: float = LEFT,
    top: float = 100.0,
    *,
    size: float = 13.0,
    confidence: float = 0.95,
) -> tuple[Word, ...]:
    """The words of `text`, printed from `left` on."""
    return tuple(
        Word(
            found[0],
            BBox(
                left + text_width(text[: found.start()], size),
                top,
                left + text_width(text[: found.end()], size),
                top + size,
            ),
            confidence,
        )
        for found in re.finditer(r"\S+", text)
    )


def line(
    text: str,
    left: float = LEFT,
    top: float = 100.0,
    *,
    middle: float | None = None,
    size: float = 13.0,
    confidence: float = 0.95,
) -> Line:
    """One printed line, from `left` on or centred on `middle`."""
    start = left if middle is None else middle - text_width(text, size) / 2
    return Line(words(text, start, top, size=size, confidence=confidence))


def row(*lines: Line) -> Line:
    """Lines of one height as the engine reads them: one line across the columns."""
    return Line(tuple(word for one in lines for word in one.words))


def paragraph(*texts: str, top: float, leading: float = 18.0) -> list[Line]:
    """Lines of a body: all but the last stretched to the right margin."""
    lines = []
    for index, text in enumerate(texts):
        printed = line(text, LEFT, top + index * leading)
        stretch = (RIGHT - LEFT) / printed.bbox.width if index < len(texts) - 1 else 1.0
        lines.append(Line(tuple(_stretched(word, stretch) for word in printed.words)))
    return lines


def _stretched(word: Word, factor: float) -> Word:
    left = LEFT + (word.bbox.left - LEFT) * factor
    box = BBox(left, word.bbox.top, left + word.bbox.width * factor, word.bbox.bottom)
    return Word(word.text, box, word.confidence)


def page(*lines: Line | Sequence[Line], number: int = 1, slots: Sequence[Slot] = ()) -> Page:
    """An A4 page of lines; lists of lines may stand among them."""
    flat = [one for part in lines for one in ([part] if isinstance(part, Line) else part)]
    return Page(
        number=number,
        width=WIDTH,
        height=HEIGHT,
        lines=tuple(flat),
        slots=tuple(slots),
        viewer_width=WIDTH,
        viewer_height=HEIGHT,
    )


def region(zone: Zone, *texts: str | Line, page: int = 1, left: float = LEFT) -> Region:
    """A region of the given lines, one below the other."""
    lines = [
        text if isinstance(text, Line) else line(text, left, 100.0 + 18.0 * index)
        for index, text in enumerate(texts)
    ]
    return Region(zone, page, tuple(lines))


def letter(*regions: Region, slots: Sequence[Slot] = (), lines: Sequence[Line] = ()) -> Letter:
    """A letter of one page with these regions."""
    return Letter((page(lines, slots=slots),), regions)


def slot(kind: str, *readings: tuple[str, float], blank: bool = False) -> Slot:
    """A blank for the clerk with what the reader of handwriting saw in it."""
    box = BBox(110.0, 98.0, 150.0, 114.0)
    return Slot(kind, box, blank, tuple(SlotReading(*one) for one in readings))  # type: ignore[arg-type]


def candidate(
    field: str,
    value: str | None,
    score: float = 0.9,
    *,
    rule: str = "rule",
    words: float | None = 0.95,
    facts: tuple[str, ...] = (),
) -> Candidate:
    """A reading of a field that stands on page 1."""
    place = Place(1, BBox(100.0, 100.0, 200.0, 113.0))
    return Candidate(field, value, value or "", score, rule, place, words, facts)


def best(candidates: Iterable[Candidate], floor: float = 0.0) -> dict[str, Candidate]:
    """The candidate of the highest score of each field, of those from `floor` up."""
    found: dict[str, Candidate] = {}
    for one in candidates:
        if one.score >= floor and (one.field not in found or one.score > found[one.field].score):
            found[one.field] = one
    return found


def head(
    number: str = "Số: 123/SNV-VP",
    date: str = "Quảng Ngãi, ngày 01 tháng 8 năm 2022",
    issuer: Sequence[str] = ("UBND TỈNH QUẢNG NGÃI", "SỞ NỘI VỤ"),
) -> list[Line]:
    """The head of a State letter as the engine reads it: rows across both columns."""
    mottos = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    lines = [
        row(
            line(left, middle=ISSUER_MIDDLE, top=60 + 16 * index, size=12),
            line(right, middle=MOTTO_MIDDLE, top=60 + 16 * index, size=12),
        )
        for index, (left, right) in enumerate(zip(issuer, mottos, strict=False))
    ]
    lines += [
        line(text, middle=ISSUER_MIDDLE, top=60 + 16 * index, size=12)
        for index, text in enumerate(issuer)
        if index >= len(mottos)
    ]
    lines += [
        line(text, middle=MOTTO_MIDDLE, top=60 + 16 * index, size=12)
        for index, text in enumerate(mottos)
        if index >= len(issuer)
    ]
    below = 60 + 16 * max(len(issuer), len(mottos)) + 12
    lines.append(
        row(
            line(number, middle=ISSUER_MIDDLE, top=below),
            line(date, middle=MOTTO_MIDDLE, top=below),
        )
    )
    return lines


BODY = (
    "Thực hiện Kế hoạch số 15/KH-UBND ngày 05/3/2022 của Ủy ban nhân dân",
    "tỉnh về công tác văn thư, lưu trữ năm 2022, Sở Nội vụ báo cáo kết quả thực",
    "hiện nhiệm vụ của sáu tháng đầu năm như sau.",
)


def closing(top: float = 500.0) -> list[Line]:
    """Recipients and signature, rows read across both columns."""
    return [
        row(
            line("Nơi nhận:", top=top, size=12), line("KT. GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=top)
        ),
        row(
            line("- Như trên;", top=top + 16, size=11),
            line("PHÓ GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=top + 16),
        ),
        line("- Công an tỉnh (để phối hợp);", top=top + 30, size=11),
        line("- Lưu: VT, HCTH.", top=top + 44, size=11),
        line("Trần Công Hòa", middle=MOTTO_MIDDLE, top=top + 110),
    ]


def state_letter(*stamps: Line, page_number: int = 1, **parts: str) -> Page:
    """A whole công văn on one page: head, V/v, Kính gửi, body and closing."""
    return page(
        head(**parts),  # type: ignore[arg-type]
        line("V/v báo cáo công tác", middle=ISSUER_MIDDLE, top=121, size=12),
        line("văn thư, lưu trữ", middle=ISSUER_MIDDLE, top=135, size=12),
        line("Kính gửi: Ủy ban nhân dân tỉnh Quảng Ngãi.", left=190, top=180),
        *stamps,
        paragraph(*BODY, top=215),
        closing(),
        number=page_number,
    )
