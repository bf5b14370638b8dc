"""Where a letter's head leaves blanks for the clerk: number, day and month.

Found from the printed words around them (`Số:` ... `/SYT-NVY`, `ngày` ... `tháng` ...
`năm 2017`), also where the engine read ink and print as one garbage word. A part of
`handwriting`: it sees words and boxes, never pixels. Lengths are in points.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import plain_signs, strip_marks

#: Widths in ems of Times letters, the face of the decrees; others count as 0.5.
_WIDTHS = {
    **dict.fromkeys("ijlt:;.,'|!", 0.28),
    **dict.fromkeys("/⁄I()[]r-f", 0.33),
    **dict.fromkeys("acezsy", 0.44),
    **dict.fromkeys("m", 0.78),
    **dict.fromkeys("w", 0.72),
    **dict.fromkeys("SPF", 0.56),
    **dict.fromkeys("ELTZ", 0.61),
    **dict.fromkeys("BCRVXY", 0.67),
    **dict.fromkeys("ADĐGHKNOQU&", 0.72),
    **dict.fromkeys("MW", 0.9),
}
_DESCENDERS = frozenset("gjpqyQ,;")
_LABEL = re.compile(r"^\W{0,2}([Ss5§][oóôốộồổỗơớờởõòéèêẻ06Ốôóbỏø]|SỐ|SO)", re.UNICODE)
_PLAIN_LABEL = re.compile(r"^[SŠs][oóôốồổơớ]\s?[:.;]?$|^S[ỐÔÓO][:.;]?$")
_SYMBOL = re.compile(r"[/⁄]\s?(?=[A-ZĐÐ])[A-Za-zĐÐđ&0-9.]{1,12}(?:\s?[-–—]\s?[A-Za-zĐÐđ&]+)*[.,]?$")
_PARTY_SYMBOL = re.compile(r"[-–]\s?(?:CT|QĐ|CV|BC|TB|KH|NQ|KL|HD|QC|TTr|CTr|QyĐ|GM)\s?/\s?[A-ZĐ]+")
_DAY = re.compile(r"n[gq][aàáảãạăâ]y")
_MONTH = re.compile(r"th[aáàảãăâắ4]n[gq]")
_YEAR = re.compile(r"(?:[nh][aăàáãâ]m)\W{0,2}((?:19|20)\d\d)?")

#: `số 1054/MT-YT ngày ...` dates another document, not this one.
_CITED = re.compile(r"số:?\s+\S+(?:\s*[-/]\s*\S+)*\s*,?\s*$")

#: How wide a number's slot may be, and how far from the label its slash may stand.
_WIDEST = 120.0


@dataclass(frozen=True, slots=True)
class Opening:
    """A blank between printed words.

    Attributes:
        bbox: from the end of the printed words before it to the start of those after it,
            from above the capitals to just below the baseline.
        strip_left, strip_right: where to cut so that the printed words are seen too.
        baseline: y of the printed line it stands on.
        size: of the type, points.
        sure_left, sure_right: the printed words at that end were read as such.
    """

    kind: Literal["number", "day", "month"]
    bbox: BBox
    strip_left: float
    strip_right: float
    baseline: float
    size: float
    sure_left: bool
    sure_right: bool


@dataclass(frozen=True, slots=True)
class _Letters:
    """Characters of a line (marks kept, signs plain) with the x where each begins."""

    text: str
    edges: tuple[float, ...]
    line: Line

    def span(self, start: int, end: int) -> tuple[float, float]:
        return self.edges[start], self.edges[end - 1] if end - 1 == start else self.edges[end]


def find_openings(lines: Sequence[Line], page_width: float) -> tuple[Opening, ...]:
    """The openings of a first page's head: at most one of each kind.

    Args:
        lines: printed lines of the page in any order.
        page_width: points.
    """
    if not lines:
        return ()
    head = [line for line in lines if line.bbox.top < page_width * 0.62]
    date = _date_line(head, page_width)
    found: list[Opening] = []
    number = _number_opening(head, date, page_width)
    if number is not None:
        found.append(number)
    if date is not None:
        found.extend(_date_openings(date))
    return tuple(found)


def text_width(text: str, size: float) -> float:
    """Points that printed `text` takes in Times of `size` points, roughly."""
    return sum(_WIDTHS.get(letter, 0.5) for letter in strip_marks(text)) * size


def type_size(words: Sequence[Word]) -> float | None:
    """Median type size over words whose letters say how high they stand."""
    sizes = []
    for word in words:
        rise, drop = _extent(word.text)
        if word.confidence > 0.5 and word.text.isalpha() and len(word.text) > 1:
            sizes.append(word.bbox.height / (rise + drop))
    return statistics.median(sizes) if len(sizes) >= 2 else None


def _extent(text: str) -> tuple[float, float]:
    """Ems that the letters of `text` stand above and below the baseline."""
    rise = 0.46
    for letter in text:
        bare = strip_marks(letter)
        marked = bare != letter and letter not in "đĐ"
        if bare.isupper():
            rise = max(rise, 0.9 if marked else 0.67)
        elif bare in "bdfhklđ" or letter.isdigit():
            rise = max(rise, 0.69)
        elif marked or bare in "ij":
            rise = max(rise, 0.68)
        elif bare == "t":
            rise = max(rise, 0.58)
    return rise, 0.21 if any(letter in _DESCENDERS for letter in text) else 0.01


def _baseline(words: Sequence[Word], size: float) -> float | None:
    feet = [
        word.bbox.bottom - _extent(word.text)[1] * size
        for word in words
        if word.confidence > 0.4 and len(word.text) > 1 and word.text.strip(".,:").isalpha()
    ]
    return statistics.median(feet) if feet else None


def _letters(line: Line) -> _Letters:
    text: list[str] = []
    edges: list[float] = []
    for word in line.words:
        if text:
            text.append(" ")
            edges.append(edges[-1])
        plain = plain_signs(word.text)
        total = text_width(plain, 1.0)
        x = word.bbox.left
        for letter in plain:
            text.append(letter)
            edges.append(x)
            x += word.bbox.width * text_width(letter, 1.0) / total
        edges.append(word.bbox.right)
        text.append("\n")
    return _Letters("".join(text), tuple(edges), line)


def _date_line(head: Sequence[Line], page_width: float) -> _Letters | None:
    """The place-date line: the highest line with two of ngày, tháng, năm to the right."""
    best: tuple[float, _Letters] | None = None
    for line in head:
        letters = _letters(line)
        low = letters.text.lower()
        month, year, day = _MONTH.search(low), _last(_YEAR, low), _DAY.search(low)
        anchors = sum(match is not None for match in (day, month, year))
        if anchors < 2 or month is None and day is None:
            continue
        if line.bbox.right < page_width * 0.62:
            continue
        where = letters.edges[(month or day).start()]  # type: ignore[union-attr]
        if where < page_width * 0.4:
            continue
        if (
            year is not None
            and low[year.end() :].strip(" \n.,;:|_-'`’\"") not in {""}
            and (len(low[year.end() :].strip()) > 6)
        ):
            continue
        if day is not None and _CITED.search(letters.text[: day.start()]):
            continue
        score = -line.bbox.top + 40 * anchors
        if best is None or score > best[0]:
            best = (score, letters)
    return best[1] if best else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found: re.Match[str] | None = None
    for match in pattern.finditer(text):
        found = match
    return found


def _date_openings(letters: _Letters) -> Iterator[Opening]:
    low = letters.text.lower()
    month = _last(_MONTH, low)
    year = _last(_YEAR, low)
    day = _last(_DAY, low[: month.start()] if month else low)
    words = letters.line.words
    right_words = [word for word in words if word.bbox.left > letters.line.bbox.left + 1]
    size = type_size(right_words) or type_size(words) or 13.0
    size = min(max(size, 8.0), 18.0)
    baseline = _baseline([w for w in words if w.bbox.center_x > words[-1].bbox.right - 200], size)
    if baseline is None:
        baseline = words[-1].bbox.bottom
    day_span = _anchor(letters, day, size) if day else None
    month_span = _anchor(letters, month, size) if month else None
    year_span = _anchor(letters, year, size) if year else None
    if month_span is None and day_span and year_span and year_span[0] - day_span[1] > 40:
        middle = (day_span[1] + year_span[0]) / 2
        month_span = (middle - 14, middle + 14)
    if month_span is None:
        return
    start = day_span[1] if day_span else month_span[0] - 2.2 * size
    yield _opening(
        "day",
        start,
        month_span[0],
        baseline,
        size,
        strip_left=(day_span[0] if day_span else start) - 3,
        # The month's digits may hang on `tháng`, the day's before it: cut inside the word.
        strip_right=min(month_span[1], month_span[0] + text_width("tháng", size)) - 0.1 * size,
        sure=(day_span is not None, month is not None),
    )
    end = year_span[0] if year_span else month_span[1] + 2.2 * size
    if end > month_span[1]:
        yield _opening(
            "month",
            month_span[1],
            end,
            baseline,
            size,
            strip_left=max(month_span[0], month_span[1] - text_width("tháng", size)) + 0.2 * size,
            strip_right=end + 1.6 * size,
            sure=(month is not None, year_span is not None),
        )


def _anchor(letters: _Letters, match: re.Match[str], size: float) -> tuple[float, float]:
    """Left and right of the printed word of `match`, also inside a garbage word."""
    start, end = match.start(), match.end()
    text = match.group(0)
    if text[-4:].isdigit():
        end = start + len(text.rstrip("0123456789 \n"))
    left, right = letters.edges[start], letters.edges[min(end, len(letters.edges) - 1)]
    natural = text_width(letters.text[start:end], size)
    begins = start == 0 or letters.text[start - 1] in "\n "
    ends = end >= len(letters.text) or letters.text[end] in "\n "
    if begins and not ends:
        right = left + natural
    elif ends and not begins:
        left = right - natural
    return left, max(right, left + 1)


def _opening(
    kind: Literal["number", "day", "month"],
    start: float,
    end: float,
    baseline: float,
    size: float,
    *,
    strip_left: float,
    strip_right: float,
    sure: tuple[bool, bool],
) -> Opening:
    end = max(end, start + 1)
    return Opening(
        kind,
        BBox(start, baseline - 1.1 * size, end, baseline + 0.25 * size),
        max(strip_left, 0.0),
        strip_right,
        baseline,
        size,
        *sure,
    )


@dataclass(frozen=True, slots=True)
class _Label:
    """A word that may be `Số:`; ink may hang on it."""

    word: Word
    line: Line
    index: int
    score: float


def _number_opening(
    head: Sequence[Line], date: _Letters | None, page_width: float
) -> Opening | None:
    labels = sorted(_labels(head, date, page_width), key=lambda label: -label.score)
    symbol = _lone_symbol(head, date, page_width)
    if labels and labels[0].score >= 2:
        return _labelled(labels[0], head)
    if symbol is not None:
        word, line = symbol
        return _from_symbol(word, line, head)
    if date is not None:
        return _below_issuer(head, date, page_width)
    return None


def _labels(head: Sequence[Line], date: _Letters | None, page_width: float) -> Iterator[_Label]:
    row = _row_of(date)
    for line in head:
        for index, word in enumerate(line.words):
            if word.bbox.left > page_width * 0.42 or not _LABEL.match(word.text):
                continue
            score = 0.0
            if _PLAIN_LABEL.match(word.text):
                score += 1
            elif not re.match(r"^\W?[Ss5§][ốôóộồổỗơ].*[/:;.⁄]|^S[ốôóồổ]", word.text):
                score -= 1
            before = [w for w in line.words[:index] if w.bbox.right > word.bbox.left - 40]
            if len(before) > 1 or any(len(w.text) > 2 and w.confidence > 0.5 for w in before):
                continue
            rest = " ".join(w.text for w in _near(line, index))
            if _symbol_at(rest) is not None:
                score += 2
            if row is not None and abs(_middle(word, line) - row) < 9:
                score += 2
            elif row is not None and abs(_middle(word, line) - row) < 45:
                score += 0.5
            elif row is not None:
                score -= 2
            if word.text[0] in "Ss" and word.text[1:2].islower() and word.text[:2] == "số":
                score -= 0.5
            yield _Label(word, line, index, score - word.bbox.top / 400)


def _middle(word: Word, line: Line) -> float:
    return (word.bbox.bottom + line.bbox.bottom) / 2 - 5


def _row_of(date: _Letters | None) -> float | None:
    if date is None:
        return None
    words = date.line.words[-3:]
    return statistics.median(word.bbox.center_y for word in words)


def _near(line: Line, index: int) -> list[Word]:
    """The label and the words after it that still belong to the number."""
    first = line.words[index]
    near = [first]
    for word in line.words[index + 1 :]:
        if word.bbox.left > first.bbox.left + _WIDEST or word.bbox.left - near[-1].bbox.right > 70:
            break
        near.append(word)
        if _SYMBOL.search(" ".join(w.text for w in near)):
            break
    return near


def _symbol_at(text: str) -> int | None:
    match = _SYMBOL.search(text) or _PARTY_SYMBOL.search(text)
    return match.start() if match else None


def _label_end(word: Word, size: float) -> float:
    """Where the printed `Số:` ends when ink may hang on it."""
    if _PLAIN_LABEL.match(word.text):
        return min(word.bbox.right, word.bbox.left + 2.0 * size)
    return word.bbox.left + text_width("Số:", size)


def _labelled(label: _Label, head: Sequence[Line]) -> Opening:
    near = _near(label.line, label.index)
    size = _size_near(label.line, head)
    baseline = _number_baseline(near, label, size, head)
    start = _label_end(label.word, size)
    edge = _slash_x(near, size)
    sure_right = edge is not None
    if edge is None:
        other = _symbol_on_row(head, label.word, size)
        if other is not None:
            edge, sure_right = other, True
    if edge is None or edge < start + 1:
        # No symbol was read: the number stands in the room that four digits need.
        tail = near[-1].bbox.right if len(near) > 1 else start + 4.0 * size
        edge = (
            edge
            if edge is not None and edge > start - 2
            else min(max(tail, start + 2.5 * size), start + 5 * size)
        )
    return _opening(
        "number",
        start,
        edge,
        baseline,
        size,
        strip_left=label.word.bbox.left - 3,
        strip_right=edge + 1.4 * size,
        sure=(True, sure_right),
    )


def _slash_x(near: Sequence[Word], size: float) -> float | None:
    """Left of the slash before the symbol, measured back from the symbol's end."""
    text = ""
    owners: list[Word] = []
    for word in near:
        plain = plain_signs(word.text)
        text += plain + " "
        owners += [word] * (len(plain) + 1)
    position = _symbol_at(text.rstrip())
    if position is None:
        return None
    word = owners[position]
    plain = plain_signs(word.text)
    inside = position - text.index(plain)
    # What follows the slash is print, so its width is known; what precedes it is ink,
    # which the engine may have put into the same box.
    measured = word.bbox.right - text_width(plain[max(inside, 0) :], size)
    if inside <= 0 and measured < word.bbox.left + 0.9 * size:
        return word.bbox.left
    return max(measured, word.bbox.left)


def _symbol_on_row(head: Sequence[Line], label: Word, size: float) -> float | None:
    for line in head:
        for word in line.words:
            gap = word.bbox.left - label.bbox.right
            level = abs(word.bbox.center_y - label.bbox.center_y) < 0.8 * size
            if level and -2 < gap < _WIDEST and _symbol_at(word.text) == 0:
                return word.bbox.left
    return None


def _size_near(line: Line, head: Sequence[Line]) -> float:
    own = type_size(line.words)
    around = type_size([word for near in head[:12] for word in near.words])
    size = own if own is not None and len(line.words) >= 5 else around or own or 13.0
    return min(max(size, 8.0), 18.0)


def _number_baseline(
    near: Sequence[Word], label: _Label, size: float, head: Sequence[Line]
) -> float:
    feet: list[float] = []
    for word in near:
        text = plain_signs(word.text)
        if _PLAIN_LABEL.match(text) or re.match(r"^/[A-ZĐ]", text):
            feet.append(word.bbox.bottom)
    if feet:
        return statistics.median(feet)
    mate = _baseline(label.line.words, size)
    return mate if mate is not None else label.word.bbox.bottom


def _lone_symbol(
    head: Sequence[Line], date: _Letters | None, page_width: float
) -> tuple[Word, Line] | None:
    row = _row_of(date)
    for line in head:
        for word in line.words:
            if word.bbox.left > page_width * 0.5 or _symbol_at(plain_signs(word.text)) is None:
                continue
            if re.search(r"\d/\d|TTg|NĐ-CP", word.text):
                continue
            if row is not None and abs(word.bbox.center_y - row) > 14:
                continue
            if row is None and word is not line.words[0]:
                continue
            beside = [w for w in line.words if 0 < word.bbox.left - w.bbox.left < 110]
            if sum(w.text.isalpha() and len(w.text) > 1 and w.confidence > 0.6 for w in beside) > 1:
                continue
            return word, line
    return None


def _from_symbol(word: Word, line: Line, head: Sequence[Line]) -> Opening:
    size = _size_near(line, head)
    plain = plain_signs(word.text)
    edge = word.bbox.right - text_width(plain[_symbol_at(plain) or 0 :], size)
    edge = max(edge, word.bbox.left)
    start = edge - 3.2 * size
    return _opening(
        "number",
        start,
        edge,
        word.bbox.bottom,
        size,
        strip_left=start - 2.2 * size,
        strip_right=edge + 1.4 * size,
        sure=(False, True),
    )


def _below_issuer(head: Sequence[Line], date: _Letters, page_width: float) -> Opening | None:
    """The number's place when its line was dropped: level with the date, below the issuer."""
    row = _row_of(date)
    if row is None:
        return None
    issuer = [
        word.bbox
        for line in head
        for word in line.words
        if line.bbox.top < row - 15
        and word.bbox.right < page_width * 0.48
        and word.text.isupper()
        and word.bbox.top > row - 90
        and len(word.text) > 1
    ]
    if not issuer:
        return None
    block = BBox.around(issuer)
    size = _size_near(date.line, head)
    words = date.line.words
    baseline = _baseline(words, size) or words[-1].bbox.bottom
    middle = block.center_x
    return _opening(
        "number",
        middle - 2.5 * size,
        middle + 1.5 * size,
        baseline,
        size,
        strip_left=middle - 5.0 * size,
        strip_right=middle + 5.0 * size,
        sure=(False, False),
    )
