"""Ngày tháng: what each date of a letter is of, told by the words around it.

Words are compared in bare letters, so that lost tone marks do not matter. Does not know the
letter's own date: that is a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.citation import DateSpan, Mention, find_dates
from pipeline.citation.shadow import shadow_text
from pipeline.consensus import Reading
from pipeline.page import Zone
from pipeline.record import DateMention, DateRole, Letter
from pipeline.textview import TextView

BEFORE = 60  # characters before a date that tell its role
LEAD = 100  # characters from a date to the document that it is of

#: `trước 16 giờ ngày`, `hạn chót`, `chậm nhất đến`, `đến hết ngày`; not `trước đây`
_DEADLINE = re.compile(
    r"(?<![a-z])(?:truoc(?!\s(?:day|do|het|tien))|han\s(?:cuoi|chot|nop|cuoi\scung)|cham\snhat"
    r"|thoi\shan|den\shet)(?![a-z])[^.;]{0,40}$"
)
#: `từ ngày 23/6/2019 đến hết ngày 27/6/2019` tells how long something lasts
_LASTING = re.compile(r"(?<![a-z])tu\s(?:ngay\s)?\d[^;]{0,30}\sden\shet\s(?:ngay\s)?$")
_EFFECTIVE = re.compile(r"hieu\sluc[^.;]{0,40}$")
#: the block that a signing program prints: `Ngày ký: 18/10/2017 15:30:37`
_SIGNED = re.compile(
    r"(?:ngay|thoi\sgian|gio)\s{1,3}ky\W{0,4}(?P<clock>\d\d?:\d\d(?::\d\d)?\W{0,3})?(?:ngay\s)?$"
)
_CLOCK = re.compile(r"\W{0,3}\d\d?:\d\d(?!\d)")
#: zones of running text; a signing program prints into any other
_TEXT = (Zone.SUBJECT, Zone.BODY, Zone.ANNEX)


def find_mentioned_dates(citing: Reading) -> Iterator[DateMention]:
    """Dates of the running text with their role; dates of documents cited are `reference`."""
    view = citing.view
    shadow = shadow_text(view.text)
    spans = find_dates(view.text)
    leads = _lead_dates(spans, citing.mentions, shadow)
    for span in spans:
        if span.start in leads or any(
            one.start <= span.start < one.full_end for one in citing.mentions
        ):
            yield _mention(view, span, "reference")
        else:
            yield _mention(view, span, _role(shadow, span))


def find_signing_dates(letter: Letter) -> Iterator[DateMention]:
    """Days of electronic signatures as printed outside the running text."""
    view = TextView.over([region for region in letter.regions if region.zone not in _TEXT])
    shadow = shadow_text(view.text)
    for span in find_dates(view.text):
        if _is_signing(shadow, span):
            yield _mention(view, span, "signed_digitally")


def _role(shadow: str, span: DateSpan) -> DateRole:
    """The role that the words before a date of no document tell."""
    before = shadow[max(0, span.start - BEFORE) : span.start]
    if _is_signing(shadow, span):
        return "signed_digitally"
    if _EFFECTIVE.search(before):
        return "effective"
    if _DEADLINE.search(before) and not _LASTING.search(before):
        return "deadline"
    return "other"


def _is_signing(shadow: str, span: DateSpan) -> bool:
    """Whether a clock stands beside the date, and the words of a signing program before it."""
    signed = _SIGNED.search(shadow, max(0, span.start - BEFORE), span.start)
    return signed is not None and bool(signed["clock"] or _CLOCK.match(shadow, span.end))


def _lead_dates(
    spans: tuple[DateSpan, ...], mentions: tuple[Mention, ...], shadow: str
) -> frozenset[int]:
    """Starts of dates that stand before the document they are of, in its sentence.

    `Ngày 11/12/2017 Sở Y tế ban hành Công văn số 2243/SYT-NVY`: the document has that date, and
    none is printed behind it.
    """
    out: set[int] = set()
    for one in mentions:
        date = one.issue_date
        if date is None or any(one.start <= span.start < one.full_end for span in spans):
            continue
        ahead = [
            span
            for span in spans
            if span.value == date and 0 < one.start - span.end <= LEAD
            and not re.search(r"[.;]\s", shadow[span.end : one.start])
        ]  # fmt: skip
        out.update(span.start for span in ahead[-1:])
    return frozenset(out)


def _mention(view: TextView, span: DateSpan, role: DateRole) -> DateMention:
    return DateMention(
        span.value,
        role,
        span.raw,
        view.place(span.start, span.end),
        view.confidence(span.start, span.end),
    )
