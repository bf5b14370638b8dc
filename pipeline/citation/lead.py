"""Date and issuer that stand before a citation: who issued it when is told as a sentence.

`Ngày 11/12/2017 Sở Y tế ban hành Công văn số 2243/SYT-NVY về việc …`. Only a body that
issues is read so: what it received or acts on has another's date. Knows nothing of titles.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from pipeline.citation.date import DateSpan, date_at
from pipeline.citation.draft import Draft
from pipeline.citation.issuer import issuer_at
from pipeline.citation.lexicons import alternation, doc_types
from pipeline.citation.shadow import Views, shadow_text

REACH = 140  # characters before a mention in which its date may start

_ISSUES = re.compile(
    r"[ ]{1,2}(?:da[ ]{1,2})?(?:(?:ky[ ]{1,2})?(?:ban|phat)[ ]{1,2}hanh|co(?:[ ]{1,2}van[ ]ban)?"
    r"|(?P<passes>ky|phe[ ]{1,2}duyet|thong[ ]{1,2}qua|cong[ ]{1,2}bo))[ ]{1,2}$"
)
_DAY = re.compile(r"(?<![a-z])ngay[ ]{1,2}(?=\d)")
_COMMA = re.compile(r"[ ]{0,2},?[ ]{1,2}")
#: where a list of documents ends whose issuer stood before it
_LIST_END = re.compile(r"[;.](?=[ ]|$)")


def take_leads(seen: Views, drafts: Sequence[Draft]) -> None:
    """Give date and issuer of the sentence to citations that have none of their own."""
    for place, draft in enumerate(drafts):
        if draft.span is None or draft.is_law:
            continue
        if draft.date is None:
            _take_sentence(seen, draft)
        if draft.issuer is None and (announced := _announced(seen, draft)) is not None:
            _share(seen, drafts[place:], announced)


def _take_sentence(seen: Views, draft: Draft) -> None:
    """The date, and the issuer where none is printed behind, of the body that issues it."""
    low = max(0, draft.start - REACH)
    verb = _ISSUES.search(seen.shadow, max(low, draft.start - 24), draft.start)
    if verb is None or "\n\n" in seen.text[verb.start() : draft.start]:
        return
    told = _told(seen, low, verb.start())
    if told is None or (verb["passes"] and not _is_own(draft, told[1])):
        return
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
        return (date, body[0]) if body and body[0] and body[1] == verb else None
    return None


def _is_own(draft: Draft, body: str) -> bool:
    """Whether the symbol names the body: what one passes may be another's and have its date.

    `UBND tỉnh đã phê duyệt Kế hoạch số 3370/KH-UBND`; not `… phê duyệt Đề án số 12/ĐA-SYT`.
    """
    symbol = shadow_text(draft.span.parsed.symbol if draft.span else "")
    words = shadow_text(body).removeprefix("chu tich ").split()
    # a word in capitals is an abbreviation itself
    initials = "".join(
        word if word in {"ubnd", "hdnd"} else word[0] for word in words if word != "va"
    )
    return any(len(part) > 1 and initials.startswith(part) for part in re.split(r"[-/]", symbol))


@functools.cache
def _heading() -> re.Pattern[str]:
    """`các chương trình của ` before the body that a list's documents are of."""
    return re.compile(rf"(?<![a-z])cac[ ](?P<kind>{alternation(tuple(doc_types()))})[ ]cua[ ]")


def _announced(seen: Views, draft: Draft) -> str | None:
    """The body of `các chương trình của Thành ủy: Chương trình số …`, of the list's type."""
    low = max(0, draft.start - REACH)
    if not seen.plain[low : draft.start].rstrip().endswith(":"):
        return None
    for heading in reversed(list(_heading().finditer(seen.shadow, low, draft.start))):
        body = issuer_at(seen, heading.end(), joint=False)
        same = shadow_text(draft.kind or "") == " ".join(heading["kind"].split())
        if body and same and re.fullmatch(r"[ ]?:\s+", seen.plain[body[1] : draft.start]):
            return body[0] or None
    return None


def _share(seen: Views, drafts: Sequence[Draft], body: str) -> None:
    """Give the body to the documents of one type and symbol up to the list's end."""
    first = drafts[0]
    for draft in drafts:
        if draft is not first and _LIST_END.search(seen.plain, first.end, draft.start):
            return
        same = draft.span and first.span and draft.span.parsed.symbol == first.span.parsed.symbol
        if draft.issuer is None and draft.kind == first.kind and same:
            draft.issuer = body
