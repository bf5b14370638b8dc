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
#: where the letter's own sentence may start: `…, Để đảm bảo việc …`
_OWN = r"(?:Căn cứ|Thực hiện|Để|Nhằm|Nay|Trên cơ sở|Theo đó|Xét|Qua|Sau khi|Hiện nay|Đồng thời|Đề nghị)\s"
_TITLE_END = re.compile(
    rf";|:(?=[ ]*\n|\s+{_OWN})"
    # a full stop, also without a blank: `dược cổ truyền.(trước ngày …)`; not that of `TP.Huế`
    r"|\.(?=\s|$)|\.(?=\(|[A-ZĐ][^\W\d_]+\s)(?<=[a-zà-ỹ]{3}\.)"
    r"|\s*,?\s*$|\n[ ]*\n|\n[ ]*(?=[-+*•]|Căn cứ |Điều \d|[a-zđ]\)|\d+\.)|[()]"
    r"|,?\s+(?:đã\s+)?được\s+(?:sửa|bổ\s+sung)"
)
_CLAUSE_COMMA = re.compile(
    r",(?=\s+(?:(?:Sở|UBND|Ủy ban|Uỷ ban|Bộ|Cục|Chi cục|Phòng|Ban|Chủ tịch|Trường|Công ty|Văn phòng"
    rf"|nay|đề nghị|để|nhằm|cho thấy|theo đó|cụ thể|tuy nhiên|kính đề nghị)\s|{_OWN}"
    # `, thời gian báo cáo trước ngày 25/10/2017`: no title holds a deadline
    r"|[^,;.:]{0,40}?(?:trước|chậm nhất|đến hết)\s+ngày\s+\d"
    # a body that a title may name too: it starts a clause where it asks for something
    r"|(?:Giám đốc|Hiệu trưởng|Thủ trưởng|Chánh|Tổng|Hội đồng|Trung tâm|Bệnh viện|Viện|Đảng ủy|HĐND"
    r"|Tỉnh ủy|Thành ủy|Huyện ủy|Khoa|Đơn vị|Liên)\s[^,;.:]{0,80}?\s(?:yêu|đề nghị|thông báo|báo cáo"
    r"|trân trọng|kính|đã|tổ chức|ban hành|xây dựng|triển khai|hướng dẫn|có)\s))"
)
#: what makes a bracket a remark on the document and not part of its title
_REMARK = re.compile(
    r"\(\s*(?:được|đã|sau đây|gọi|viết|sửa đổi|ban hành|dưới đây|Công báo|có"
    r"|(?:đính|gửi|có|bản sao)\s+kèm|kèm\s+theo|(?:trước|sau|kể\s+từ|từ)\s+ngày|hết\s+hiệu\s+lực"
    r"|thay\s+(?:thế|cho)|[^()]{0,80}?(?:đăng\s+tải|đính\s+kèm|gửi\s+kèm)\s)",
    re.IGNORECASE,
)
#: a thing whose own name stands after a colon: `phê duyệt Dự án:\nXây dựng …` goes on
_NAMES = re.compile(
    r"(?:dự án|công trình|gói thầu|hạng mục|đề tài|đề án|chương trình|chuyên đề|chủ đề|nhiệm vụ)\s*$",
    re.IGNORECASE,
)
#: words at a title's end that announce what follows a colon
_ANNOUNCES = re.compile(
    r"(?:,?\s+(?:(?:có\s+căn\s+cứ\s+ban\s+hành|quy\s+định|cụ\s+thể)\s+)?như\s+sau|,?\s+(?:bao\s+)?gồm)?\s*$"
)
#: `của Bộ Y tế; Quy định về kê đơn thuốc`: a semicolon written for the comma before a title
_AFTER_SEMICOLON = re.compile(
    r"[ ]{0,2};[ ]{1,2}(?P<word>qu[yi][ ]dinh[ ](?:ve|chi tiet|viec|chuc nang|mot so|tam thoi))(?![\w])"
)
#: the verb of a clause whose subject is the document: `Điều 5 Thông tư A quy định … hết hiệu lực`
_EXPIRES = re.compile(
    r",?\s+(?:sẽ\s+|không\s+)?(?:(?P<bare>hết\s+hiệu\s+lực)|(?:vẫn\s+|tiếp\s+tục\s+)?(?:còn|có)\s+hiệu\s+lực"
    r"|được\s+(?:thay\s+thế|bãi\s+bỏ)|bị\s+(?:thay\s+thế|bãi\s+bỏ|hủy\s+bỏ|huỷ\s+bỏ))"
    r"(?P<told>(?:\s+(?:thi\s+hành|toàn\s+bộ|một\s+phần))?\s+(?:kể\s+)?(?:từ|bằng|bởi)\s)?",
    re.IGNORECASE,
)
#: what expires inside a title: `công bố Danh mục văn bản hết hiệu lực`, `cấp lại giấy phép hết hiệu lực`
_EXPIRING = re.compile(
    r"(?<!\w)(?:văn\s+bản|quyết\s+định|nghị\s+quyết|thông\s+tư|chỉ\s+thị|nghị\s+định|pháp\s+luật"
    r"|thủ\s+tục|giấy|chứng\s+chỉ|chứng\s+nhận|hợp\s+đồng|thẻ|thời\s+(?:hạn|điểm)|ngày|danh\s+mục)(?!\w)",
    re.IGNORECASE,
)
#: how high acts stand that carry out one another; what is not here is lowest
_RANK = {"Luật": 4, "Bộ luật": 4, "Pháp lệnh": 4, "Nghị định": 3, "Thông tư": 2,
         "Thông tư liên tịch": 2}  # fmt: skip
_OF = re.compile(r"(?<![a-z])cua(?:[ ]cac)?[ ]$")
#: a plan's title may start with what it carries out: a document by number, a work by its name in
#: quotation marks. Not `căn cứ Kế hoạch số 12/KH-SYT thực hiện nghiêm …`.
_PLANS = {"Kế hoạch", "Chương trình", "Đề án", "Phương án", "Hướng dẫn", "Chương trình hành động"}
_CARRIES = re.compile(
    r"[ ]{1,3}(?P<word>(?:trien khai[ ])?(?:thuc hien|trien khai))[ ]{1,3}"
    r"(?P<named>(?:chuyen de|de an|du an|phong trao|cuoc van dong|chien luoc)[ ][\"“'])?"
)


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
        if opener is None and draft.full_end > draft.end:
            opener = _AFTER_SEMICOLON.match(seen.shadow, draft.full_end)
        if opener is None and draft.kind in _PLANS:
            opener = _CARRIES.match(seen.shadow, draft.full_end)
            following = drafts[index + 1].start if index + 1 < len(drafts) else -1
            opener = opener if opener and (opener["named"] or opener.end() == following) else None
        if opener is None or (draft.date is None and draft.issuer is None):
            continue
        start = opener.start("word")
        window = seen.text[start : start + LONGEST]
        end = _title_end(window)
        comma = _CLAUSE_COMMA.search(window, 0, end)
        end = comma.start() if comma else end
        end = _clause_end(window, opener.end("word") - start, end)
        if end == LONGEST:
            continue
        for place in range(index + 1, len(drafts)):
            later = drafts[place]
            if later.start >= start + end:
                break
            if _carries_out(seen, draft, drafts[place - 1], later, start):
                continue
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
        elif sign == ":" and _NAMES.search(window[: stop.start()]):
            continue
        elif depth == 0 or sign == ";" or not sign.strip():
            end = stop.start()
            return len(_ANNOUNCES.sub("", window[:end])) if sign == ":" else end
    return len(window)


def _clause_end(window: str, first: int, end: int) -> int:
    """Where a title ends before the verb of the clause that its document is the subject of.

    `Điều 11 của Thông tư A quy định về hoạt động kinh doanh hết hiệu lực`; not where the title
    itself speaks of what expires.
    """
    if not any(word in window for word in ("hiệu", "thay", "bỏ")):
        return end  # a cheap look: few titles hold any of these
    for verb in _EXPIRES.finditer(window, first, end):
        alone = verb["bare"] and not _EXPIRING.search(window, first, verb.start())
        if verb["told"] or (alone and verb.end() == end):
            return verb.start()
    return end


def _carries_out(seen: Views, outer: Draft, before: Draft, later: Draft, start: int) -> bool:
    """Whether a document is named inside a title beside a law that the outer one carries out.

    `Thông tư A quy định chi tiết một số điều của Luật X và Nghị định B …`: a decree is no
    item of a list of circulars, and is carried out by one. Of the same or of lower rank it
    may be the next item: `Nghị định A quy định chi tiết Luật X và Thông tư B`.
    """
    return (
        before.is_law
        and before.start >= start
        and later.start - before.full_end <= 12
        and _RANK.get(later.kind or "", 0) > _RANK.get(outer.kind or "", 0) > 0
        and bool(_OF.search(seen.shadow, start, before.start))
    )


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
