"""Ngày tháng: what each date of a letter is of, told by the words around it.

Words are compared in bare letters, so that lost tone marks do not matter. The letter's own
date is a field: it is not sought here, but a misread copy of it on an annex is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.citation import DateSpan, DateValue, Mention, find_dates
from pipeline.citation.shadow import shadow_text
from pipeline.consensus import Reading
from pipeline.corroboration import signing_days
from pipeline.page import Page, Zone
from pipeline.record import DateMention, DateRole, Letter, Place
from pipeline.textview import TextView

BEFORE = 60  # characters before a date that tell its role
LATE = 3  # months that a deadline may have passed when a letter reminds of it
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
    r"(?:(?:ngay|thoi\s(?:gian|diem)|gio)\s{1,3}ky|(?<![a-z])ky\sngay)"
    r"\W{0,4}(?P<clock>\d\d?:\d\d(?::\d\d)?\W{0,3})?(?:ngay\s)?$"
)
#: of a signed copy, `SAO Y; VĂN PHÒNG ỦY BAN NHÂN DÂN; 25/07/2025 10:25:14 +07:00`
_COPIED = re.compile(r"(?<![a-z])(?:sao\s(?:y|luc)|trich\ssao)(?![a-z])[^.\d]{0,110}$")
#: a clock, the colons read or lost: `10:31`, `10:31:38`, `10 31 38`
_CLOCK = re.compile(r"\W{0,3}\d\d?(?::\d\d|[ .;]\d\d[ .;:]\d\d)(?!\d)")
#: what the line under an annex's heading says of the letter that it belongs to
_ATTACHED = re.compile(r"kem\stheo|ban\shanh\skem|dinh\skem|(?<![a-z])kem(?![a-z])")
#: zones of running text; a signing program prints into any other
_TEXT = (Zone.SUBJECT, Zone.BODY, Zone.ANNEX)

#: `(Kế hoạch số …/KH-UBND ngày …)` under such a heading
_BRACKET = re.compile(r"\([^()]*$")


def find_mentioned_dates(
    citing: Reading, issued: str | None = None, symbol: str | None = None
) -> Iterator[DateMention]:
    """Dates of the running text with their role; dates of documents cited are `reference`.

    A day inside a cited document's title is not that document's.

    Args:
        citing: the running text with its citations.
        issued: the letter's own date, ISO. A date on the line of an annex that names the letter
            (`Kèm theo Quyết định số …`) speaks of it: where only its day says otherwise it was
            misread, and is left out.
        symbol: the letter's own symbol, which that line repeats.
    """
    view = citing.view
    shadow = shadow_text(view.text)
    spans = find_dates(view.text)
    leads = _lead_dates(spans, citing.mentions, shadow)
    written = _written(citing, issued)
    for span in spans:
        if issued and symbol and _is_own_misread(citing, shadow, span, issued, symbol):
            continue
        if span.start in leads or any(one.start <= span.start < one.end for one in citing.mentions):
            yield _mention(view, span, "reference")
        else:
            role = _role(shadow, span)
            if role == "deadline" and written and _months(written, span.value.iso) > LATE:
                role = "other"  # nobody sets a day long past: `có chứng chỉ trước ngày …`
            yield _mention(view, span, role)


def find_signing_dates(letter: Letter) -> Iterator[DateMention]:
    """Days of electronic signatures as printed outside the running text."""
    view = TextView.over([region for region in letter.regions if region.zone not in _TEXT])
    shadow = shadow_text(view.text)
    for span in find_dates(view.text):
        if _is_signing(shadow, span):
            yield _mention(view, span, "signed_digitally")


def with_overlay_dates(dates: Sequence[DateMention], pages: Sequence[Page]) -> list[DateMention]:
    """The dates and those of the texts that signing programs laid over pages.

    Args:
        dates: of a letter, boxes as a viewer shows the page, as those of overlays are. What was
            read from the picture of such a text goes: its small print is read badly.
        pages: of the letter.
    """
    told = [
        DateMention(
            DateValue(iso, "day"), "signed_digitally", raw, Place(page.number, one.bbox), 1.0
        )
        for page in pages
        for one in page.overlays
        for iso, raw in signing_days(one.text)
    ]
    overlays = [(page.number, one.bbox) for page in pages for one in page.overlays]

    def lies_under(date: DateMention) -> bool:
        place = date.place
        return place is not None and any(
            number == place.page and box.overlap(place.bbox) > 0.5 * place.bbox.area
            for number, box in overlays
        )

    kept = [one for one in dates if one.role != "signed_digitally" or not lies_under(one)]
    return [*kept, *told]


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


def _written(citing: Reading, issued: str | None) -> str:
    """A day, ISO, before which the letter was not written: its own, or the last that it cites."""
    cited = (one.issue_date.iso for one in citing.mentions if one.issue_date is not None)
    return issued or max(cited, default="")


def _months(later: str, earlier: str) -> int:
    """Months from one ISO date to another; those of a year alone count as its last."""
    (one, two), (first, second) = ((int(iso[:4]), int(iso[5:7] or 12)) for iso in (later, earlier))
    return 12 * (one - first) + two - second


def _is_own_misread(citing: Reading, shadow: str, span: DateSpan, issued: str, symbol: str) -> bool:
    """Whether a date of an annex is the letter's own but for its day."""
    value = span.value
    if citing.annex_start is None or span.start < citing.annex_start:
        return False
    if len(issued) != 10 or value.precision != "day" or value.iso[:7] != issued[:7]:
        return False
    around = shadow[max(citing.annex_start, span.start - BEFORE) : span.end + BEFORE]
    before = shadow[max(citing.annex_start, span.start - BEFORE) : span.start]
    names_it = re.sub(r"\s", "", shadow_text(symbol)) in re.sub(r"\s", "", before)
    if value.iso == issued or not names_it:
        return False
    other = any(one.start <= span.start < one.end for one in citing.mentions)
    return bool(_ATTACHED.search(around) or (_BRACKET.search(before) and not other))


def _is_signing(shadow: str, span: DateSpan) -> bool:
    """Whether a clock stands beside the date, and the words of a signing program before it."""
    clock = _CLOCK.match(shadow, span.end)
    signed = _SIGNED.search(shadow, max(0, span.start - BEFORE), span.start)
    if signed is not None:
        return bool(signed["clock"] or clock)
    copied = _COPIED.search(shadow, max(0, span.start - 2 * BEFORE), span.start)
    return copied is not None and clock is not None


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
