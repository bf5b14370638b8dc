"""A mention while it is put together: its number, its date, its issuer.

Later steps add to it what stands around it. Knows nothing of titles or relations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.citation.date import DateSpan, date_at, year_at
from pipeline.citation.issuer import issuer_after, issuer_untold
from pipeline.citation.number import NumberSpan, number_at
from pipeline.citation.shadow import Views
from pipeline.record import DateValue

_DATE_LINK = re.compile(
    r"[ ]{0,3}(?:\([a-z]{1,3}\d{1,3}\)[ ]{1,2})?,?[ ]{0,3}"
    r"(?:(?:ky|(?:duoc |moi |da )?ban hanh|cong bo)[ ]{1,3})?(?:ngay[ ]{1,3}(?=ngay ))?"
)
_SAME_DAY = re.compile(r"[ ]{0,3},?[ ]{0,3}cung[ ]{1,3}(?=ngay)")
_RANGE = re.compile(r"[ ]{1,3}den[ ]{1,3}$")
_NEXT = re.compile(r"[ ]{0,2}(?:[,;]|[,;]?[ ]?(?:va|cung|hoac))[ ]{1,3}(?:cac[ ]{1,2})?")
_LOOSE_YEAR = re.compile(r"(?:19|20)\d\d(?![\w/-])")


@dataclass(slots=True)
class Draft:
    """A mention being put together.

    Attributes:
        kind: the printed type; `None`: the symbol will tell.
        start: first character of type word, label or number.
        end: end of number or law name, and of its date.
        bare: the number of a document whose symbol is not printed.
        full_end: `end`, or the end of issuer and title.
        list_id: items of one list have one, of no list -1.
        title_start: where the title starts, -1 for none.
    """

    kind: str | None
    start: int
    end: int
    span: NumberSpan | None
    bare: str | None
    title: str | None
    date: DateSpan | None = None
    issuer: str | None = None
    full_end: int = 0
    list_id: int = -1
    title_start: int = -1
    is_law: bool = False


def whole_number(seen: Views, position: int, *, typed: bool) -> NumberSpan | None:
    """The number at `position`, if no digit or letter before belongs to it."""
    if position >= len(seen.plain) or not _stands_free(seen, position):
        return None
    return number_at(seen.plain, position, typed=typed)


def _stands_free(seen: Views, position: int) -> bool:
    """Whether the digits at `position` are the whole run: `278/…` never gives `78/…`."""
    before = seen.plain[max(0, position - 2) : position]
    if not before:
        return True
    if before[-1].isalnum():
        # `số30/1998/NĐ-CP`: only the label may touch
        return seen.shadow[max(0, position - 2) : position] == "so"
    return not (before[-1] in "/.,-:" and before[:1].isdigit()) and before[-1] not in "/_@-"


def take_date(seen: Views, draft: Draft) -> None:
    """Take the date that follows the number or name into the core."""
    link = _DATE_LINK.match(seen.shadow, draft.end)
    position = link.end() if link else draft.end
    span = date_at(seen, position, year=draft.span.parsed.year if draft.span else None)
    if span is not None and not seen.shadow.startswith(("ngay", "thang"), position):
        span = None  # a figure after a number is no date without `ngày`
    if span is None and (draft.is_law or draft.span is not None):
        span = year_at(seen, position)
        loose = _LOOSE_YEAR.match(seen.shadow, position) if draft.is_law else None
        gap = seen.plain[draft.end : position]
        if span is None and loose and gap and "," not in gap:
            span = DateSpan(DateValue(loose[0], "year"), position, loose.end(), loose[0])
    if span is not None and _blank_line_between(seen, draft.end, span.start):
        span = None
    if span is not None:
        draft.date = span
        draft.end = span.end


def _blank_line_between(seen: Views, start: int, end: int) -> bool:
    return "\n\n" in seen.text[start:end]


def take_issuers(seen: Views, drafts: list[Draft]) -> None:
    """Issuers, and what a list shares: the last item's date and issuer."""
    for draft in drafts:
        draft.full_end = draft.end
        joint = bool(draft.kind and "liên t" in draft.kind)
        found = issuer_after(seen, draft.end, joint=joint)
        if found is None and draft.date is not None and draft.span is not None:
            found = issuer_untold(seen, draft.end)
        if found:
            draft.issuer, draft.full_end = found[0] or None, found[1]
            # `của Trường Đại học Cần Thơ năm 2017`: the year is the document's, not the name's
            year = year_at(seen, draft.full_end + 1) if draft.date else None
            draft.full_end = year.end if year else draft.full_end
        if found and draft.date is None:
            # `Nghị định số 07/2013/NĐ-CP của Chính phủ ngày 09 tháng 01 năm 2013`
            link = _DATE_LINK.match(seen.shadow, draft.full_end)
            late = date_at(seen, link.end()) if link else None
            if late is not None and seen.shadow.startswith("ngay", late.start):
                draft.date = late
                draft.end = draft.full_end = late.end
    for later in range(len(drafts) - 1, 0, -1):
        draft, before = drafts[later], drafts[later - 1]
        same_list = draft.list_id >= 0 and draft.list_id == before.list_id
        gap = seen.shadow[before.end : draft.start]
        spans_range = bool(_RANGE.fullmatch(gap)) and draft.kind == before.kind
        same_day = _SAME_DAY.match(seen.shadow, draft.end)
        if same_day and draft.date is None:
            draft.date = date_at(seen, same_day.end())
            if draft.date is not None:
                draft.end = draft.date.end
                draft.full_end = draft.end
                found = issuer_after(seen, draft.end, joint=False)
                if found:
                    draft.issuer, draft.full_end = found[0] or None, found[1]
                if before.kind == draft.kind and len(gap) < 12:
                    same_list = True
        if same_list or spans_range:
            if before.date is None:
                before.date = draft.date
            if before.issuer is None:
                before.issuer = draft.issuer
        elif before.issuer is None and _is_told_once(before, draft, gap):
            before.issuer = draft.issuer


def _is_told_once(one: Draft, other: Draft, gap: str) -> bool:
    """Whether the issuer of a list of whole citations stands behind its last one.

    `Quyết định số 303/QĐ-UBND ngày 24/9/2012; Quyết định số 305/QĐ-UBND ngày 25/9/2012 của
    UBND tỉnh`: nothing stands between them, and type and symbol are the same.
    """
    if one.span is None or other.span is None or one.full_end > one.end:
        return False
    return (
        one.kind == other.kind
        and one.span.parsed.symbol == other.span.parsed.symbol
        and bool(_NEXT.fullmatch(gap))
    )
