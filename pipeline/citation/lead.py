"""Date and issuer that stand before a citation: who issued it when is told as a sentence.

`Ngày 11/12/2017 Sở Y tế ban hành Công văn số 2243/SYT-NVY về việc …`. Only a body that
issues is read so: what it received or acts on has another's date. Knows nothing of titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.citation.date import DateSpan, date_at
from pipeline.citation.draft import Draft
from pipeline.citation.issuer import issuer_at
from pipeline.citation.shadow import Views

REACH = 140  # characters before a mention in which its date may start

_ISSUES = re.compile(
    r"[ ]{1,2}(?:da[ ]{1,2})?(?:(?:ky[ ]{1,2})?(?:ban|phat)[ ]{1,2}hanh|co)[ ]{1,2}$"
)
_DAY = re.compile(r"(?<![a-z])ngay[ ]{1,2}(?=\d)")
_COMMA = re.compile(r"[ ]{0,2},?[ ]{1,2}")


def take_leads(seen: Views, drafts: Iterable[Draft]) -> None:
    """Give date and issuer of the sentence to citations that have no date of their own."""
    for draft in drafts:
        if draft.span is None or draft.is_law or draft.date is not None:
            continue
        low = max(0, draft.start - REACH)
        verb = _ISSUES.search(seen.shadow, max(low, draft.start - 24), draft.start)
        if verb is None or "\n\n" in seen.text[verb.start() : draft.start]:
            continue
        told = _told(seen, low, verb.start())
        if told is None:
            continue
        draft.date, name = told
        if draft.full_end == draft.end:  # no body printed behind it
            draft.issuer = name


def _told(seen: Views, low: int, verb: int) -> tuple[DateSpan, str] | None:
    """The date and the body that stand right before the verb, the body's name up to it."""
    for day in reversed(list(_DAY.finditer(seen.shadow, low, verb))):
        date = date_at(seen, day.start())
        if date is None:
            continue
        gap = _COMMA.match(seen.shadow, date.end)
        body = issuer_at(seen, gap.end(), joint=False) if gap else None
        return (date, body[0]) if body is not None and body[1] == verb else None
    return None
