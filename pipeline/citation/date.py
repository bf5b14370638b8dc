"""Dates in running text: a closed grammar, repairs inside the date only.

Accepts `05/3/2020`, `5-3-2020`, `05.3.2020`, `ngày 05 tháng 3 năm 2020`, month words,
blanks left for the clerk (`ngày … tháng 4 năm 2013` is a month), and two-digit years
after `ngày`. Letters are read as digits only where the rest of the date is whole.
Impossible dates and years before 1945 are no dates. Of several days before one month
(`18-19/01/2018`) each is a date. Knows nothing of documents.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.citation.shadow import Views, views
from pipeline.record import DateValue

FIRST_YEAR = 1945
LAST_YEAR = 2049  # a later one is a misread figure (2068 for 2008)

_D = r"[\doilj|sb]"  # o for 0, i l j | for 1, s for 5, b for 8: `I5/8/2Ol9`, `J5`
_E = r"[\doilj|\]sb]"  # between `tháng` and `năm` also ] for 1
_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_LUNAR = frozenset({"gieng", "chap"})  # may be lunar: the day is not trusted
_MONTH_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = rf"(?P<year>[12ilj|][90o]{_E}[ ]?{_E}(?:(?![\w])|(?<=\d{{4}})(?=[a-z]{{2}})))"

#: `ngày 05 tháng 3 năm 2020`, `ngày … tháng 4 năm 2013`, `tháng 4 năm 2013`
_WORDS = re.compile(
    rf"(?:(?<![a-z])|(?<=[a-z])(?=ngay \d))"
    rf"(?:ngay[ ]{{0,3}}(?P<day>[^ \d]{{0,2}}{_E}{{1,2}}|[.…_,: ]{{0,40}}|[^ ]{{1,4}})"
    rf"[ ]{{0,3}}[,.]?[ ]{{0,2}}(?:(?<=[\dl] )[^ \d][ ]{{1,2}})?)?(?:thang|(?<=\d )ngay(?= \d{{1,2}} nam))[ ]{{0,3}}"
    rf"(?P<month>{_E}{{1,2}}(?![\w])|\d{{1,2}}(?=nam)|{_MONTH_WORD})"
    rf"(?:[ ]{{0,3}},?[ ]{{0,2}}nam[ ]{{0,3}}|[ ]?/[ ]?){_YEAR}"
)
#: `ngày 22/6/2015`, `22-6-2015`, `10/5/97` after `ngày`
_FIGURES = re.compile(
    rf"(?:(?:(?<![a-z])|(?<=[a-z])(?=ngay \d))(?P<label>ngay)[:,. ]{{0,3}})?(?:(?<![\w])|(?<=ngay))(?<!\d[./-])(?P<day>{_D}{{1,2}})"
    rf"[ ]{{0,2}}(?P<sep>[/.-])[ ]{{0,2}}(?P<month>{_D}{{1,2}})[ ]{{0,2}}(?:(?P=sep)|(?(label)[/-]|(?P=sep)))[ ]{{0,2}}"
    rf"(?:{_YEAR}|(?P<short>\d\d)(?![\w]))(?!/\w)(?!-\d)(?!\.\d)"
)
_ANCHOR = re.compile(
    r"thang|(?<![\doilj|sb])[\doilj|sb]{1,2} {0,2}[/.-] {0,2}[\doilj|sb]{1,2} {0,2}[/.-]"
)
#: days before the last one of a range or list, up to where that one starts; words link days
#: only after `ngày`: `ngày 14, 15 và 16/11/2012`, `từ ngày 13 đến ngày 15/12/2017`, `18-19/01/2018`
_LINK = r"(?:[ ]?-[ ]?|,[ ]{1,2}|,?[ ]{1,2}(?:va|den(?:[ ]het)?)[ ]{1,2})(?:ngay[ ]{1,2})?"
_DAYS = re.compile(
    rf"(?:(?<![a-z])ngay[ ]{{1,2}}(?:\d{{1,2}}{_LINK}){{1,6}}|(?<![\w./:,-])(?:\d{{1,2}}-){{1,6}})"
    r"(?=\d{1,2}(?:[ ]?/[ ]?\d{1,2}[ ]?/|[ ]thang[ ]))"
)
_LAST = re.compile(
    r"(?P<day>\d{1,2})(?:[ ]?/[ ]?(?P<month>\d{1,2})[ ]?/[ ]?"
    r"|[ ]thang[ ]{1,2}(?P<written>\d{1,2})(?:[ ]{1,2}nam[ ]{1,2}|/))(?P<year>\d{4})(?![\d/])"
)
_DAY = re.compile(r"(?:ngay[ ]{1,2})?(?P<day>\d{1,2})")
_YEAR_ONLY = re.compile(r"nam[ ]{1,3}(?P<year>(?:19|20)\d\d)(?![\w])(?![/-]\d)")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date and where it stands: `raw` is `text[start:end]`, uncorrected."""

    value: DateValue
    start: int
    end: int
    raw: str


def find_dates(text: str) -> tuple[DateSpan, ...]:
    """The dates of a text in order; a year alone (`năm 2019`) is none.

    Of days before one month and year (`ngày 18-19/01/2018`) each has its own span, the last
    one that of the whole date.
    """
    seen = views(text)
    listed = _listed_days(seen)
    taken = [(days[0].start, days[-1].end) for days in listed]
    found = [span for days in listed for span in days]
    found += [
        span
        for span in iterate_dates(seen)
        if not any(span.start < end and start < span.end for start, end in taken)
    ]
    return tuple(sorted(found, key=lambda span: span.start))


def parse_date(text: str) -> DateValue | None:
    """The date that the whole text is, also `năm 2019`; `None` if it is none."""
    stripped = text.strip().rstrip(".,;")
    seen = views(stripped)
    for span in iterate_dates(seen):
        if span.start <= len(_lead(seen.shadow)) and span.end == len(stripped):
            return span.value
    match = _YEAR_ONLY.fullmatch(seen.shadow)
    if match and FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return DateValue(match["year"], "year")
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", stripped)
    return _value(iso[3], iso[2], iso[1]) if iso else None


def iterate_dates(seen: Views) -> Iterator[DateSpan]:
    """The dates of a text in order, each once."""
    done = 0
    shadow = seen.shadow
    for anchor in _ANCHOR.finditer(shadow):
        if anchor.start() < done:
            continue
        span = _date_around(seen, anchor)
        if span is not None and span.start >= done:
            yield span
            done = span.end


def _listed_days(seen: Views) -> list[list[DateSpan]]:
    """The dates of each range or list of days, rising days of one month only."""
    out = []
    for match in _DAYS.finditer(seen.shadow):
        last = _LAST.match(seen.shadow, match.end())
        if last is None:
            continue
        earlier = list(_DAY.finditer(seen.shadow, match.start(), match.end()))
        days = [int(day["day"]) for day in earlier] + [int(last["day"])]
        if any(one >= other for one, other in itertools.pairwise(days)):
            continue  # a figure torn apart, or no days
        spans = [*(day.span() for day in earlier), last.span()]
        dates = []
        for day, (start, end) in zip(days, spans, strict=True):
            value = _value(str(day), last["month"] or last["written"], last["year"])
            if value is None:
                break
            dates.append(DateSpan(value, start, end, seen.text[start:end]))
        else:
            out.append(dates)
    return out


def date_at(seen: Views, position: int, *, year: str | None = None) -> DateSpan | None:
    """The date that starts exactly at `position`, with or without its `ngày`.

    Args:
        seen: the text.
        position: its first character.
        year: the year that the document's number prints. It stands for a year of the date
            that cannot be and differs from it in one figure: `09/2006/NĐ-CP ngày 16/01/2096`.
    """
    for pattern in (_WORDS, _FIGURES):
        match = pattern.match(seen.shadow, position)
        if match and (span := _span(seen, match, year)) is not None:
            return span
    return None


def year_at(seen: Views, position: int) -> DateSpan | None:
    """`năm 2019` that starts exactly at `position`, as a date of year precision."""
    match = _YEAR_ONLY.match(seen.shadow, position)
    if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return None
    raw = seen.text[match.start() : match.end()]
    return DateSpan(DateValue(match["year"], "year"), match.start(), match.end(), raw)


def _lead(shadow: str) -> str:
    """Words that may stand before a date that is otherwise the whole text."""
    match = re.match(r"[^\d]{0,40}?(?=ngay|thang|\d)", shadow)
    return match[0] if match else ""


def _date_around(seen: Views, anchor: re.Match[str]) -> DateSpan | None:
    """The date at an anchor: its own start, or `ngày` up to 50 characters before."""
    if anchor[0] != "thang":
        label = re.search(
            r"(?<![a-z])ngay[: ]{0,3}$",
            seen.shadow[max(0, anchor.start() - 8) : anchor.start()],
        )
        start = anchor.start() - (len(label[0]) if label else 0)
        match = _FIGURES.match(seen.shadow, start) or _FIGURES.match(seen.shadow, anchor.start())
        return _span(seen, match) if match else None
    low = max(0, anchor.start() - 54)
    day = seen.shadow.rfind("ngay", low, anchor.start())
    for start in (day, anchor.start()):
        match = _WORDS.match(seen.shadow, start) if start >= 0 else None
        if match and match.start("month") > anchor.start() and (span := _span(seen, match)):
            return span
    return None


def _span(seen: Views, match: re.Match[str], expected: str | None = None) -> DateSpan | None:
    """The matched date, if it is a possible one."""
    groups = match.groupdict()
    year = groups.get("year")
    if year is not None and expected is not None:
        printed = _number(year.replace(" ", ""))
        off = printed is None or not FIRST_YEAR <= printed <= LAST_YEAR
        if off and sum(a != b for a, b in zip(str(printed), expected, strict=False)) == 1:
            year = expected
    if year is None:
        if groups.get("label") is None:
            return None  # 10/5/97 without `ngày` may be anything
        short = int(groups["short"])
        if short in {19, 20}:
            return None  # more likely a year cut short (`30/5/20` of 2019) than 2020
        year = str(1900 + short if short >= FIRST_YEAR % 100 else 2000 + short)
    value = _value(groups.get("day"), groups["month"], year)
    if value is None:
        return None
    return DateSpan(value, match.start(), match.end(), seen.text[match.start() : match.end()])


def _value(day: str | None, month: str, year: str) -> DateValue | None:
    """The date if possible; a day that cannot be read leaves month precision."""
    if not any(char.isdigit() for char in year):
        return None
    year_number = _number(year.replace(" ", ""))
    month_number = _MONTHS.get(month) or _number(month)
    if year_number is None or not FIRST_YEAR <= year_number <= LAST_YEAR:
        return None
    if month_number is None or not 1 <= month_number <= 12:
        return None
    by_month = DateValue(f"{year_number:04d}-{month_number:02d}", "month")
    if day is None or month in _LUNAR:
        return by_month
    day_number = _number(day)
    if day_number is None:
        # digits that are no day are damage, not a blank
        return None if sum(char.isdigit() for char in day) > 1 else by_month
    try:
        return DateValue(datetime.date(year_number, month_number, day_number).isoformat(), "day")
    except ValueError:
        return None


def _number(digits: str) -> int | None:
    """The figure, letters read as the digits they stand for."""
    repaired = digits.translate(str.maketrans("oilj|]sb", "01111158"))
    return int(repaired) if repaired.isascii() and repaired.isdigit() else None
