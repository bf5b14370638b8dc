"""Drafts made mentions: what stands inside a title, pins, relations, what a symbol tells.

Knows nothing of how numbers, dates and titles are found.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.citation.draft import Draft
from pipeline.citation.mention import Mention
from pipeline.citation.pin import pin_before
from pipeline.citation.relation import DEFAULT, relation_after, relation_before
from pipeline.citation.shadow import Views
from pipeline.citation.symbol import barred_forms, issuer_of_symbol, mended_by_issuer

#: what parts the items of one list, a remark on the one before included
_CONNECT = re.compile(
    r"(?:[ ]{0,2}\([^()]{0,240}\))?[ ,;:]{0,8}(?:va|hoac|cung|cung voi)?[ ]{0,6}(?:cac|nhung)?"
    r"[ ]{0,6}(?:so)?[ ]{0,6}"
)
#: years between a number's and its date's that a typist's slip explains
_SLIP = 20


def finished(seen: Views, drafts: list[Draft]) -> tuple[Mention, ...]:
    """The mentions, nested ones marked, with pin and relation."""
    out: list[Mention] = []
    title: tuple[int, int, bool] = (-1, -1, False)
    floor = 0
    previous: Mention | None = None
    for draft in drafts:
        nested = title[0] <= draft.start < title[1]
        if nested and title[2] and draft.is_law:
            continue  # a consolidated text's name is the law's own
        if not nested and draft.title_start >= 0:
            consolidated = draft.kind == "Văn bản hợp nhất"
            title = (draft.title_start, draft.full_end, consolidated)
        mention = _mention(seen, draft, nested, floor, previous)
        out.append(mention)
        floor = draft.end
        if not nested:
            previous = mention
    return _with_marks(out)


def _with_marks(mentions: list[Mention]) -> tuple[Mention, ...]:
    """The mentions, symbols that lost a mark put right by their sisters."""
    symbols = {one.number: _symbol(one.number) for one in mentions if one.number is not None}
    whole = barred_forms(symbols.values())
    return tuple(
        replace(one, number=one.number.removesuffix(lost) + whole[lost], repaired=True, mended=True)
        if one.number is not None and (lost := symbols[one.number]) in whole
        else one
        for one in mentions
    )


def _symbol(key: str) -> str:
    """What follows number and year in a key."""
    return re.sub(r"^\d+[a-z]?[/-](?:\d{4}/)?", "", key)


def _mention(
    seen: Views, draft: Draft, nested: bool, floor: int, previous: Mention | None
) -> Mention:
    pin = pin_before(seen, draft.start, floor)
    pin_start = pin.start if pin else draft.start
    relation = DEFAULT
    if not nested:
        gap = seen.shadow[previous.full_end : pin_start] if previous else None
        if previous and gap is not None and _CONNECT.fullmatch(gap):
            own = relation_before(
                seen, pin_start, max(floor, previous.full_end), has_pin=pin is not None
            )
            relation = previous.relation if own == DEFAULT else own
        else:
            relation = relation_before(seen, pin_start, floor, has_pin=pin is not None)
        if relation == DEFAULT:
            relation = relation_after(seen, draft.start, draft.full_end, has_pin=pin is not None)
    parsed = draft.span.parsed if draft.span else None
    mended = mended_by_issuer(parsed, draft.issuer) if parsed else None
    parsed = mended or parsed
    kind = draft.kind
    if kind is None and parsed is not None:
        kind = parsed.doc_type
    date = draft.date.value if draft.date else None
    odd_date = None
    if date and parsed and parsed.year and (apart := abs(int(date.iso[:4]) - int(parsed.year))) > 1:
        # `105/2006/QH13 ngày 04/6/2016`: one of the years was printed wrong, or misread
        odd_date = date if apart <= _SLIP else None
        date = None
    issuer = draft.issuer
    if issuer is None and parsed is not None:
        told = date.iso[:4] if date else parsed.year
        year = int(told) if told else None
        issuer = issuer_of_symbol(parsed, kind, year)
    if issuer is None and draft.is_law:
        issuer = "Quốc hội" if kind != "Pháp lệnh" else None
    if kind == "Pháp lệnh" and issuer is None:
        issuer = "Ủy ban Thường vụ Quốc hội"
    return Mention(
        doc_type=kind,
        number=parsed.key if parsed else None,
        issue_date=date,
        issuer=issuer,
        title=draft.title,
        pin=pin.value if pin else None,
        relation=relation,
        nested=nested,
        start=draft.start,
        end=draft.end,
        full_end=draft.full_end,
        raw=seen.text[draft.start : draft.full_end],
        bare_number=draft.bare,
        repaired=bool(parsed and parsed.repaired),
        mended=mended is not None,
        odd_date=odd_date,
    )
