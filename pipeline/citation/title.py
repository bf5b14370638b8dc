"""Titles of cited documents, and which documents are named inside them.

A title opens after issuer or date (`về việc`, `quy định`, …) and ends with its clause.
Knows nothing of numbers' shapes.
"""

from __future__ import annotations

import functools
import re

from pipeline.citation.draft import Draft
from pipeline.citation.lexicons import alternation, words
from pipeline.citation.shadow import Views

LONGEST = 600  # characters of a title

_JOINED = re.compile(r"(?:,|;|va|cung)[ ]{1,3}(?:cac[ ])?$")
_TITLE_END = re.compile(
    r";|\.(?=\s|$)|\s*,?\s*$|\n[ ]*\n|\n[ ]*(?=[-+*•]|Căn cứ |Điều \d|[a-zđ]\)|\d+\.)|[()]"
    r"|,?\s+(?:đã\s+)?được\s+(?:sửa|bổ\s+sung)"
)
_CLAUSE_COMMA = re.compile(
    r",(?=\s+(?:Sở|UBND|Ủy ban|Uỷ ban|Bộ|Cục|Chi cục|Phòng|Ban|Chủ tịch|Trường|Công ty|Văn phòng"
    r"|nay|đề nghị|để)\s)"
)
#: what makes a bracket a remark on the document and not part of its title
_REMARK = re.compile(r"\(\s*(?:được|đã|sau đây|gọi|viết|sửa đổi|ban hành|dưới đây|Công báo|có)")


@functools.cache
def _opener() -> re.Pattern[str]:
    return re.compile(
        r"[ ]{0,3},?[ ]{1,3}(?P<word>" + alternation(words("title", "openers")) + r")(?![\w])"
    )


def take_titles(seen: Views, drafts: list[Draft]) -> None:
    """Titles: what opens after issuer or date, up to the end of the clause."""
    for index, draft in enumerate(drafts):
        if draft.is_law or draft.span is None:
            continue
        opener = _opener().match(seen.shadow, draft.full_end)
        if opener is None or (draft.date is None and draft.issuer is None):
            continue
        start = opener.start("word")
        window = seen.text[start : start + LONGEST]
        end = _title_end(window)
        comma = _CLAUSE_COMMA.search(window, 0, end)
        end = comma.start() if comma else end
        if end == LONGEST:
            continue
        for place in range(index + 1, len(drafts)):
            later = drafts[place]
            if later.start >= start + end:
                break
            if _is_sibling(seen, drafts[place - 1], later, start):
                end = len(seen.text[start : later.start].rstrip(" ,;\n"))
                end = len(re.sub(r"(?:\s+và|\s+hoặc)$", "", seen.text[start : start + end]))
                break
        if (
            index + 1 < len(drafts)
            and drafts[index + 1].start < start + end < drafts[index + 1].end
        ):
            end = drafts[index + 1].end - start
        title = " ".join(window[:end].split())
        if title:
            draft.title = title
            draft.title_start = start
            draft.full_end = start + len(window[:end].rstrip())


def _title_end(window: str) -> int:
    """Where a title ends that starts the window; brackets inside it are its own."""
    depth = 0
    for stop in _TITLE_END.finditer(window):
        sign = stop[0]
        if sign == "(":
            if depth == 0 and _REMARK.match(window, stop.start()):
                return len(window[: stop.start()].rstrip())
            depth += 1
        elif sign == ")":
            if depth == 0:
                return stop.start()
            depth -= 1
        elif depth == 0 or sign == ";" or not sign.strip():
            return stop.start()
    return len(window)


def _is_sibling(seen: Views, before: Draft, later: Draft, start: int) -> bool:
    """Whether a document after a title's start is the next of a list, not inside the title.

    `Thông tư A quy định hệ thống … và Thông tư B quy định …`: joined by `và` or a comma
    to words that name no document; after a document it belongs to that one's list.
    """
    if later.is_law or later.span is None:
        return False
    gap = seen.shadow[max(start, later.start - 12) : later.start]
    if not _JOINED.search(gap):
        return False
    if before.end <= start or later.start - before.full_end > 12:
        return True
    # the inner document is short, the next of the outer list is told in full
    return before.date is None and later.date is not None
