"""A letter's text as a person reads it: zone after zone, handwritten blanks filled in.

What the engine makes of a handwritten number or day is no text that anybody would look for
(`Số: 924/SYT-NVY` for 2231); the fields know better, and so the text says what they say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.page import Region, Zone
from pipeline.record import Field
from pipeline.tones import Heard, restore

#: Ô 3: its label, and what follows.
_LABEL = re.compile(r"^\W*S[ốôóòõổồỐÔ]\s?[:.;,]?")
#: Ô 4 from `ngày` on; the blanks for day and month.
_DATE = re.compile(r"(?P<day>ngày\b)(?P<one>.*?)(?P<month>tháng\b)(?P<two>.*?)(?P<year>năm\b)")


def letter_text(
    regions: Sequence[Region], fields: Mapping[str, Field], heard: Heard | None = None
) -> str:
    """The letter's text in the order a person reads it, a blank line between zones.

    Lines of signs alone are specks and remains of rules, but for the end `./.` and the
    Party's `*`.

    Args:
        regions: of the letter, in reading order.
        fields: their values stand in the blanks for number, day and month of its head.
        heard: what another reading has for its words: see `tones.restore`.
    """
    texts = []
    for region in regions:
        if region.zone in (Zone.PAGE_NUMBER, Zone.NOISE):
            continue
        lines = restore(region.text, heard).split("\n")
        text = "\n".join(filter(_says_something, lines))
        if text:
            texts.append(_filled(text, region.zone, fields))
    return "\n\n".join(texts) + ("\n" if texts else "")


def _says_something(line: str) -> bool:
    return any(char.isalnum() for char in line) or line.strip() in ("./.", "*")


def _filled(text: str, zone: Zone, fields: Mapping[str, Field]) -> str:
    """The text of ô 3 or ô 4 with the fields' values in its blanks."""
    if zone is Zone.NUMBER:
        return _with_number(text, _value(fields, "number"), _value(fields, "document_number"))
    date = _value(fields, "issue_date") if zone is Zone.PLACE_DATE else None
    if date is not None and len(date) == len("2020-03-05"):
        return _DATE.sub(lambda seen: _with_date(seen, date), text, count=1)
    return text


def _value(fields: Mapping[str, Field], name: str) -> str | None:
    return fields[name].value if name in fields else None


def _with_number(text: str, number: str | None, whole: str | None) -> str:
    """`Số: 924/SYT-NVY` with 2231 in place of 924: what stands before the symbol's first group."""
    label = _LABEL.match(text)
    if label is None or number is None or whole is None or not whole.startswith(number):
        return text
    sign, symbol = whole[len(number) : len(number) + 1], whole[len(number) + 1 :]
    group = re.search(re.escape(re.split(r"[-/& ]", symbol)[0]), text[label.end() :])
    if group is None or not sign:
        return text
    blank = text[label.end() : label.end() + group.start()]
    if _said(blank.rstrip(" /⁄-")) == number:
        return text
    return f"{label[0].rstrip()} {number}{sign}{text[label.end() + group.start() :]}"


def _with_date(seen: re.Match[str], date: str) -> str:
    _, month, day = date.split("-")
    one = seen["one"] if _said(seen["one"]) in (day, str(int(day))) else f" {day} "
    two = seen["two"] if _said(seen["two"]) in (month, str(int(month))) else f" {month} "
    return f"{seen['day']}{one}{seen['month']}{two}{seen['year']}"


def _said(blank: str) -> str:
    return blank.strip(" .,:;…_")
