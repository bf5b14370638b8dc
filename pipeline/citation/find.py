"""References in plain text: types, numbers, dates, issuers, titles, pins, relations.

Cheap patterns find where a citation may stand (a type word, a number's shape, a law's
word); only there is the grammar tried. A wrong but valid number is the worst error:
digits are taken whole, and a weak shape counts only after a type word. Offsets are
those of the text given, line breaks included. Knows nothing of pages.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from pipeline.citation.date import DateSpan, date_at, year_at
from pipeline.citation.issuer import issuer_after, issuer_of_symbol
from pipeline.citation.law import law_at, passed_date_start
from pipeline.citation.lexicons import alternation, doc_types, words
from pipeline.citation.mention import Mention
from pipeline.citation.number import NumberSpan, number_at
from pipeline.citation.pin import pin_before
from pipeline.citation.relation import DEFAULT, relation_before
from pipeline.citation.shadow import Squeezed, Views, squeeze, views
from pipeline.record import DateValue

LONGEST_TITLE = 600

_LABEL = r"(?:\(?s[o06]\)?[ ]{0,2}[:.;]?|n[o°][.:])"
_ADJACENT = re.compile(rf"[ ]{{0,3}}(?P<label>{_LABEL})?[ ]{{0,3}}")
#: `Báo cáo thẩm tra số 34/BC-BPC`: a few words between type and label
_QUALIFIED = re.compile(
    rf"(?:[ ]{{1,3}}[a-z]{{1,12}}){{1,10}}[ ]{{1,3}}(?P<label>{_LABEL})[ ]{{0,3}}"
)
_OF = re.compile(r"[ ]{1,3}cua[ ]")
_LISTED = re.compile(
    rf"[ ]{{0,2}}(?:,|;|va|hoac|den|,[ ]?va)[ ]{{1,3}}(?:cac[ ]{{1,2}})?(?P<label>{_LABEL})?[ ]{{0,3}}"
)
_BARE = re.compile(r"(?P<n>\d{1,5}[a-z]?)(?![\w/:%°-])(?![.,]\d)(?!\s?[-/])")
_STRONG = re.compile(
    r"\d[\dOoIl|]{0,5}(?:bis|[a-zA-Z]{1,2})?[ ]{0,2}[-/][ ]{0,2}(?=[A-ZĐ]|[12lI][90Oo][\dOolI]{2}[ ]{0,2}/)"
    r"|(?:QCVN|TCVN|TCXDVN|QCĐP)[ ]"
)
_DATE_LINK = re.compile(
    r"[ ]{0,3}(?:\([a-z]{1,3}\d{1,3}\)[ ]{1,2})?,?[ ]{0,3}(?:(?:ky|ban hanh|duoc ban hanh|cong bo)[ ]{1,3})?"
)
_SAME_DAY = re.compile(r"[ ]{0,3},?[ ]{0,3}cung[ ]{1,3}(?=ngay)")
_HEADER = re.compile(r"(?:^|\n)[ \t]*(?:Số|SỐ|Sô|SÔ|Sổ)[ ]?[:.][ ]{0,3}$")
_SELF = re.compile(r"[ ]{1,3}(?:nay|nêu trên|neu tren|noi tren|tren day|tren)(?![\w])")
_ALIAS = re.compile(
    r"(?<![a-z])(?:goi|viet)(?:[ ][a-z]{1,6}){0,4}[ ](?:la|:)[ ]{0,2}[\"“]?(?:cac[ ])?$"
)
_RANGE = re.compile(r"[ ]{1,3}den[ ]{1,3}$")
_JOINED = re.compile(r"(?:,|;|va|cung)[ ]{1,3}(?:cac[ ])?$")
_CONNECT = re.compile(r"[ ,;:]*(?:va|hoac|cung|cung voi)?[ ]*(?:cac|nhung)?[ ]*(?:so)?[ ]*")
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
_GENERIC = "van ban"


@dataclass(slots=True)
class _Draft:
    """A mention being put together; `type_shared`: it took its type from a list."""

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


def find_references(text: str) -> tuple[Mention, ...]:
    """The directives that a text names, in order of appearance.

    Self references (`Nghị định này`), anaphora (`Công văn nêu trên`) and the text's own
    number line (`Số: 15/QĐ-SNV`) are left out. Never raises on any text.
    """
    squeezed = squeeze(text)
    seen = views(squeezed.text)
    drafts = _with_bare(seen, _named(seen))
    drafts = [draft for draft in drafts if not _is_alias(seen, draft.start)]
    _share(seen, drafts)
    _close(seen, drafts)
    found = _finished(seen, drafts)
    if not squeezed.cuts:
        return found
    return tuple(_moved(mention, squeezed, text) for mention in found)


def _moved(mention: Mention, squeezed: Squeezed, text: str) -> Mention:
    """The mention with the offsets of the text as given."""
    start = squeezed.original(mention.start)
    full_end = squeezed.original_end(mention.full_end)
    return replace(
        mention,
        start=start,
        end=squeezed.original_end(mention.end),
        full_end=full_end,
        raw=text[start:full_end],
    )


@functools.cache
def _kind() -> re.Pattern[str]:
    """Type words and law words, in bare letters."""
    names = [
        name for name in doc_types() if name not in {"luat", "bo luat", "phap lenh", "hien phap"}
    ]
    laws = ["luat", "bo luat", "phap lenh", "hien phap"]
    # `thực hiện Pháp lệnh` holds the letters of `hiến pháp`
    return re.compile(
        rf"(?!hien[ ]+phap[ ]+lenh){alternation([*names, _GENERIC, *laws])}(?![^\W_])"
    )


def _named(seen: Views) -> list[_Draft]:
    """Citations that a type word opens, lists continued."""
    drafts: list[_Draft] = []
    done = 0
    shadow, plain = seen.shadow, seen.plain
    for match in _kind().finditer(shadow):
        start = match.start()
        if start < done or (start and (plain[start - 1].isalnum() or plain[start - 1] == "_")):
            continue
        kind = match[0] if "  " not in match[0] else " ".join(match[0].split())
        if kind in {"luat", "bo luat", "phap lenh", "hien phap"}:
            law = _law(seen, start, match.end())
            if law is not None:
                drafts.append(law)
                done = law.end
            continue
        first = _numbered(seen, kind, start, match.end())
        if first is None:
            continue
        drafts.append(first)
        _date(seen, first)
        done = first.end
        for more in _continued(seen, first, len(drafts) - 1):
            drafts.append(more)
            done = more.end
    return drafts


def _law(seen: Views, start: int, kind_end: int) -> _Draft | None:
    """A law by number, by name, or both; with its date."""
    law = law_at(seen, start, kind_end)
    if law is None:
        return None
    adjacent = _ADJACENT.match(seen.shadow, law.end)
    position = adjacent.end() if adjacent else law.end
    span = _whole_number(seen, position, typed=True)
    if span is not None and "/" not in span.parsed.key and "-" not in span.parsed.key:
        span = None
    draft = _Draft(
        law.doc_type,
        start,
        span.end if span else law.end,
        span,
        None,
        law.title,
        is_law=True,
    )
    _date(seen, draft)
    if draft.date is None and (at := passed_date_start(seen, draft.end)) is not None:
        draft.date = date_at(seen, at)
    if span is None and law.title is None and not (law.doc_type == "Hiến pháp" and law.certain):
        return None
    if span is not None and span.rule in {"spaced", "letters_first"}:
        return None
    return draft


def _numbered(seen: Views, kind: str, start: int, kind_end: int) -> _Draft | None:
    """The citation that a type word opens, if a number follows it."""
    adjacent = _ADJACENT.match(seen.shadow, kind_end)
    position = adjacent.end() if adjacent else kind_end
    label = bool(adjacent and adjacent["label"])
    name = None if kind == _GENERIC else doc_types()[kind]
    # `quy định 5/QĐ`: a word as common as these needs a label or its capital letter
    capital = seen.plain[start].isupper()
    span = _whole_number(seen, position, typed=label or capital)
    if span is None and not label:
        qualified = _QUALIFIED.match(seen.shadow, kind_end)
        if qualified and "\n\n" not in seen.text[kind_end : qualified.end()]:
            if not _kind().search(seen.shadow, kind_end, qualified.start("label")):
                span = _whole_number(seen, qualified.end(), typed=True)
                if span is not None and span.rule in {"spaced", "letters_first"}:
                    span = None
    if span is not None:
        between = _OF.match(seen.shadow, kind_end)
        named = issuer_after(seen, kind_end, joint=False) if between else None
        if span.rule == "standard" and kind not in {
            "quy chuan ky thuat quoc gia",
            "tieu chuan quoc gia",
        }:
            return None
        draft = _Draft(name, start, span.end, span, None, None)
        # `Quyết định của Thủ tướng Chính phủ số 28/2018/QĐ-TTg`
        if named and named[1] <= span.start:
            draft.issuer = named[0]
        return draft
    if position == kind_end or not capital:
        return None
    bare = _BARE.match(seen.shadow, position)
    allowed = words("bare", "labelled") if label else words("bare", "plain")
    if bare is None or kind not in allowed or _unit_follows(seen, bare.end()):
        return None
    return _Draft(name, start, bare.end(), None, bare["n"], None)


def _unit_follows(seen: Views, end: int) -> bool:
    """`Nghị quyết 2 năm`: the figure counts something, it is no number."""
    return bool(
        re.compile(r"[ ]{0,2}(?:%|nam |thang |nguoi|dong|ban |van ban|trieu|ty )").match(
            seen.shadow, end
        )
    )


def _continued(seen: Views, first: _Draft, list_id: int) -> list[_Draft]:
    """Further numbers of the same list: `29-NQ/TW, 30-NQ/TW`, `số 79 và số 80`."""
    out: list[_Draft] = []
    last = first
    first.list_id = list_id
    for _ in range(60):
        link = _LISTED.match(seen.shadow, last.end)
        if link is None:
            break
        span = _whole_number(seen, link.end(), typed=bool(link["label"]))
        start = link.start("label") if link["label"] else link.end()
        if span is not None and span.rule != "standard":
            draft = _Draft(first.kind, start, span.end, span, None, None, list_id=list_id)
        else:
            bare = _BARE.match(seen.shadow, link.end())
            if bare is None or last.bare is None or not link["label"]:
                break
            draft = _Draft(first.kind, start, bare.end(), None, bare["n"], None, list_id=list_id)
        _date(seen, draft)
        out.append(draft)
        last = draft
    return out


def _whole_number(seen: Views, position: int, *, typed: bool) -> NumberSpan | None:
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


def _date(seen: Views, draft: _Draft) -> None:
    """Take the date that follows the number or name into the core."""
    link = _DATE_LINK.match(seen.shadow, draft.end)
    position = link.end() if link else draft.end
    span = date_at(seen, position)
    if span is not None and not seen.shadow.startswith(("ngay", "thang"), position):
        span = None  # a figure after a number is no date without `ngày`
    if span is None and (draft.is_law or draft.span is not None):
        span = year_at(seen, position)
        if (
            span is None
            and draft.is_law
            and (loose := re.compile(r"(?:19|20)\d\d(?![\w/-])").match(seen.shadow, position))
        ):
            if position > draft.end and "," not in seen.plain[draft.end : position]:
                span = DateSpan(DateValue(loose[0], "year"), position, loose.end(), loose[0])
    if span is not None and _blank_line_between(seen, draft.end, span.start):
        span = None
    if span is not None:
        draft.date = span
        draft.end = span.end


def _blank_line_between(seen: Views, start: int, end: int) -> bool:
    return "\n\n" in seen.text[start:end]


def _with_bare(seen: Views, drafts: list[_Draft]) -> list[_Draft]:
    """Add the numbers of a strong shape that no type word opens."""
    out: list[_Draft] = []
    index = 0
    done = 0
    for match in _STRONG.finditer(seen.plain):
        start = match.start()
        while index < len(drafts) and drafts[index].start <= start:
            out.append(drafts[index])
            done = max(done, drafts[index].end)
            index += 1
        if start < done:
            continue
        # letters read for digits may stand before: `O3/CT-UBND`
        while start > done and seen.plain[start - 1] in "OoIl|" and match.start() - start < 3:
            start -= 1
        span = _whole_number(seen, start, typed=False)
        if span is None or _is_header(seen, start):
            continue
        draft = _Draft(None, start, span.end, span, None, None)
        _date(seen, draft)
        if index < len(drafts) and drafts[index].start < draft.end:
            continue
        out.append(draft)
        done = draft.end
    out.extend(drafts[index:])
    return out


def _is_header(seen: Views, start: int) -> bool:
    """`Số: 15/QĐ-SNV` at the start of a line: the letter's own number."""
    return bool(_HEADER.search(seen.text[max(0, start - 24) : start]))


def _is_alias(seen: Views, start: int) -> bool:
    """`(sau đây viết tắt là Nghị định số 42/2010/NĐ-CP)` only names what was cited."""
    return bool(_ALIAS.search(seen.shadow, max(0, start - 44), start))


def _share(seen: Views, drafts: list[_Draft]) -> None:
    """Issuers, and what a list shares: the last item's date and issuer."""
    for draft in drafts:
        draft.full_end = draft.end
        joint = bool(draft.kind and "liên t" in draft.kind)
        found = issuer_after(seen, draft.end, joint=joint)
        if found:
            draft.issuer, draft.full_end = found
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
                    draft.issuer, draft.full_end = found
                if before.kind == draft.kind and len(gap) < 12:
                    same_list = True
        if same_list or spans_range:
            if before.date is None:
                before.date = draft.date
            if before.issuer is None:
                before.issuer = draft.issuer


@functools.cache
def _opener() -> re.Pattern[str]:
    return re.compile(
        r"[ ]{0,3},?[ ]{1,3}(?P<word>" + alternation(words("title", "openers")) + r")(?![\w])"
    )


def _close(seen: Views, drafts: list[_Draft]) -> None:
    """Titles: what opens after issuer or date, up to the end of the clause."""
    for index, draft in enumerate(drafts):
        if draft.is_law or draft.span is None:
            continue
        opener = _opener().match(seen.shadow, draft.full_end)
        if opener is None or (draft.date is None and draft.issuer is None):
            continue
        start = opener.start("word")
        window = seen.text[start : start + LONGEST_TITLE]
        end = _title_end(window)
        comma = _CLAUSE_COMMA.search(window, 0, end)
        end = comma.start() if comma else end
        if end == LONGEST_TITLE:
            continue
        for later in drafts[index + 1 :]:
            if later.start >= start + end:
                break
            if _is_sibling(seen, drafts, later, start):
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


def _is_sibling(seen: Views, drafts: list[_Draft], later: _Draft, start: int) -> bool:
    """Whether a document after a title's start is the next of a list, not inside the title.

    `Thông tư A quy định hệ thống … và Thông tư B quy định …`: joined by `và` or a comma
    to words that name no document; after a document it belongs to that one's list.
    """
    if later.is_law or later.span is None:
        return False
    gap = seen.shadow[max(start, later.start - 12) : later.start]
    if not _JOINED.search(gap):
        return False
    position = drafts.index(later)
    before = drafts[position - 1]
    if before.end <= start or later.start - before.full_end > 12:
        return True
    # the inner document is short, the next of the outer list is told in full
    return before.date is None and later.date is not None


def _finished(seen: Views, drafts: list[_Draft]) -> tuple[Mention, ...]:
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
    return tuple(out)


def _mention(
    seen: Views, draft: _Draft, nested: bool, floor: int, previous: Mention | None
) -> Mention:
    pin = pin_before(seen, draft.start, floor)
    pin_start = pin.start if pin else draft.start
    relation = DEFAULT
    if not nested:
        gap = seen.shadow[previous.full_end : pin_start] if previous else None
        if previous and gap is not None and len(gap) < 30 and _CONNECT.fullmatch(gap):
            own = relation_before(
                seen, pin_start, max(floor, previous.full_end), has_pin=pin is not None
            )
            relation = previous.relation if own == DEFAULT else own
        else:
            relation = relation_before(seen, pin_start, floor, has_pin=pin is not None)
    parsed = draft.span.parsed if draft.span else None
    kind = draft.kind
    if kind is None and parsed is not None:
        kind = parsed.doc_type
    date = draft.date.value if draft.date else None
    issuer = draft.issuer
    if issuer is None and parsed is not None:
        year = int(date.iso[:4]) if date else int(parsed.year) if parsed.year else None
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
    )
