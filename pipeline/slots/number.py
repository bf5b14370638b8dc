"""The opening for the number between `Số:` and the symbol (ô 3)."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.page import BBox, Line, Word
from pipeline.slots.date import Letters, row_of_date
from pipeline.slots.opening import Opening, make_opening
from pipeline.slots.typeface import baseline_of, text_width, type_size
from pipeline.vietnamese import plain_signs

_LABEL = re.compile(r"^\W{0,2}([Ss5§][oóôốộồổỗơớờởõòéèêẻ06Ốôóbỏø]|SỐ|SO)", re.UNICODE)
_PLAIN_LABEL = re.compile(r"^[SŠs][oóôốồổơớ]\s?[:.;]?$|^S[ỐÔÓO][:.;]?$")
_SYMBOL = re.compile(r"[/⁄]\s?(?=[A-ZĐÐ])[A-Za-zĐÐđ&0-9.]{1,12}(?:\s?[-–—]\s?[A-Za-zĐÐđ&]+)*[.,]?$")
_PARTY_SYMBOL = re.compile(r"[-–]\s?(?:CT|QĐ|CV|BC|TB|KH|NQ|KL|HD|QC|TTr|CTr|QyĐ|GM)\s?/\s?[A-ZĐ]+")
#: How wide a number's slot may be, and how far from the label its slash may stand.
_WIDEST = 120.0


@dataclass(frozen=True, slots=True)
class _Label:
    """A word that may be `Số:`; ink may hang on it."""

    word: Word
    line: Line
    index: int
    score: float


def number_opening(head: Sequence[Line], date: Letters | None, page_width: float) -> Opening | None:
    """The number's opening: by its label, else its symbol, else below the issuer."""
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


def _labels(head: Sequence[Line], date: Letters | None, page_width: float) -> Iterator[_Label]:
    row = row_of_date(date)
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
    return make_opening(
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
    mate = baseline_of(label.line.words, size)
    return mate if mate is not None else label.word.bbox.bottom


def _lone_symbol(
    head: Sequence[Line], date: Letters | None, page_width: float
) -> tuple[Word, Line] | None:
    row = row_of_date(date)
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
    return make_opening(
        "number",
        start,
        edge,
        word.bbox.bottom,
        size,
        strip_left=start - 2.2 * size,
        strip_right=edge + 1.4 * size,
        sure=(False, True),
    )


def _below_issuer(head: Sequence[Line], date: Letters, page_width: float) -> Opening | None:
    """The number's place when its line was dropped: level with the date, below the issuer."""
    row = row_of_date(date)
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
    baseline = baseline_of(words, size) or words[-1].bbox.bottom
    middle = block.center_x
    return make_opening(
        "number",
        middle - 2.5 * size,
        middle + 1.5 * size,
        baseline,
        size,
        strip_left=middle - 5.0 * size,
        strip_right=middle + 5.0 * size,
        sure=(False, False),
    )
