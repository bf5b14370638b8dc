"""The openings for day and month on the place-date line (ô 4)."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.page import Line
from pipeline.slots.opening import Opening, make_opening
from pipeline.slots.typeface import baseline_of, text_width, type_size
from pipeline.vietnamese import plain_signs

_DAY = re.compile(r"n[gq][aàáảãạăâ]y")
_MONTH = re.compile(r"th[aáàảãăâắ4]n[gq]")
_YEAR = re.compile(r"(?:[nh][aăàáãâ]m)\W{0,2}((?:19|20)\d\d)?")
#: `số 1054/MT-YT ngày ...` dates another document, not this one.
_CITED = re.compile(r"số:?\s+\S+(?:\s*[-/]\s*\S+)*\s*,?\s*$")


@dataclass(frozen=True, slots=True)
class Letters:
    """Characters of a line (marks kept, signs plain) with the x where each begins."""

    text: str
    edges: tuple[float, ...]
    line: Line

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Left and right x of the half-open span of characters."""
        return self.edges[start], self.edges[end - 1] if end - 1 == start else self.edges[end]


def date_line(head: Sequence[Line], page_width: float) -> Letters | None:
    """The place-date line: the highest line with two of ngày, tháng, năm to the right."""
    best: tuple[float, Letters] | None = None
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


def row_of_date(date: Letters | None) -> float | None:
    """Vertical middle of the date line's end; `None` without such a line."""
    if date is None:
        return None
    words = date.line.words[-3:]
    return statistics.median(word.bbox.center_y for word in words)


def date_openings(letters: Letters) -> Iterator[Opening]:
    """The openings of day and month on the place-date line."""
    low = letters.text.lower()
    month = _last(_MONTH, low)
    year = _last(_YEAR, low)
    day = _last(_DAY, low[: month.start()] if month else low)
    words = letters.line.words
    right_words = [word for word in words if word.bbox.left > letters.line.bbox.left + 1]
    size = type_size(right_words) or type_size(words) or 13.0
    size = min(max(size, 8.0), 18.0)
    baseline = baseline_of([w for w in words if w.bbox.center_x > words[-1].bbox.right - 200], size)
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
    yield make_opening(
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
        yield make_opening(
            "month",
            month_span[1],
            end,
            baseline,
            size,
            strip_left=max(month_span[0], month_span[1] - text_width("tháng", size)) + 0.2 * size,
            strip_right=end + 1.6 * size,
            sure=(month is not None, year_span is not None),
        )


def _letters(line: Line) -> Letters:
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
    return Letters("".join(text), tuple(edges), line)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found: re.Match[str] | None = None
    for match in pattern.finditer(text):
        found = match
    return found


def _anchor(letters: Letters, match: re.Match[str], size: float) -> tuple[float, float]:
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
