"""References in plain text: types, numbers, dates, issuers, titles, pins, relations.

Cheap patterns find where a citation may stand (a type word, a number's shape, a law's
word); only there is the grammar tried. A wrong but valid number is the worst error:
digits are taken whole, and a weak shape counts only after a type word. Offsets are
those of the text given, line breaks included. Knows nothing of pages.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from pipeline.citation.assemble import finished
from pipeline.citation.date import DateSpan, date_at
from pipeline.citation.draft import Draft, take_date, take_issuers, whole_number
from pipeline.citation.issuer import issuer_after
from pipeline.citation.law import law_at, passed_date_start
from pipeline.citation.lead import take_leads
from pipeline.citation.lexicons import alternation, doc_types, known_groups, words
from pipeline.citation.mention import Mention
from pipeline.citation.number import NumberSpan
from pipeline.citation.shadow import Squeezed, Views, squeeze, views
from pipeline.citation.title import take_titles
from pipeline.record import DateValue

_LABEL = r"(?:\(?s[o06]\)?[ ]{0,2}[:.;]?|n[o°][.:])"
_ADJACENT = re.compile(rf"[ ]{{0,3}}(?P<label>{_LABEL})?[ ]{{0,3}}")
#: `Báo cáo thẩm tra số 34/BC-BPC`: a few words between type and label
_QUALIFIED = re.compile(
    rf"(?:[ ]{{1,3}}[a-z]{{1,12}}(?:[ ]?-[ ]?[a-z]{{1,12}})?){{1,16}}[ ]{{1,3}}(?P<label>{_LABEL})[ ]{{0,3}}"
)
_YEARS = re.compile(
    r"[ ]{1,3}cac[ ]{1,3}nam(?:(?:[ ]{0,2},|[ ]{1,2}va|,[ ]?va)?[ ]{1,3}(?:19|20)\d\d(?![\w/-]))+"
)
_OF = re.compile(r"[ ]{1,3}cua[ ]")
_LISTED = re.compile(
    rf"[ ]{{0,2}}(?:,|;|va|hoac|den|,[ ]?va)[ ]{{1,3}}(?:cac[ ]{{1,2}})?"
    rf"(?P<label>{_LABEL})?[ ]{{0,3}}"
)
_BARE = re.compile(r"(?P<n>\d{1,5}[a-z]?)(?![\w/:%°-])(?![.,]\d)(?!\s?[-/\d])")
_BROKEN = re.compile(r"\d[OoIl|\]]?[ ]$")
_DAY = re.compile(r"[ ]{1,3}(?=ngay[ ])")
_STRONG = re.compile(
    r"\d[\dOoIl|]{0,5}(?:bis|TC|[a-zA-Z])?[ ]{0,2}[-/][ ]{0,2}"
    r"(?=[A-ZĐ]|[12lI][90Oo][\dOolI]{2}[ ]{0,2}/)"
    r"|(?:QCVN|TCVN|TCXDVN|QCĐP)[ ]"
)
_HEADER = re.compile(r"(?:^|\n)[ \t]*(?:Số|SỐ|Sô|SÔ|Sổ)[ ]?[:.][ ]{0,3}$")
_ALIAS = re.compile(
    r"(?<![a-z])(?:goi|viet)(?:[ ][a-z]{1,6}){0,4}[ ](?:la|:)[ ]{0,2}[\"“]?(?:cac[ ])?$"
)
#: what else has a number: `Mẫu số 01/P`
_OTHER_NUMBER = re.compile(r"(?<![a-z])(?:mau|bieu|luc|to|thua|quyen|tap|ma|thoai|fax|khoan)[ ]+$")
_GENERIC = "van ban"
_STANDARDS = {"quy chuan ky thuat quoc gia", "tieu chuan quoc gia"}


def find_references(text: str) -> tuple[Mention, ...]:
    """The directives that a text names, in order of appearance.

    Self references (`Nghị định này`), anaphora (`Công văn nêu trên`) and the text's own
    number line (`Số: 15/QĐ-SNV`) are left out. Never raises on any text.
    """
    squeezed = squeeze(text)
    seen = views(squeezed.text)
    drafts = _with_bare(seen, _named(seen))
    drafts = [draft for draft in drafts if not _is_alias(seen, draft.start)]
    take_issuers(seen, drafts)
    take_leads(seen, drafts)
    take_titles(seen, drafts)
    found = finished(seen, drafts)
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


def _named(seen: Views) -> list[Draft]:
    """Citations that a type word opens, lists continued."""
    drafts: list[Draft] = []
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
                drafts.extend(_years(seen, law, len(drafts) - 1))
                done = drafts[-1].end
                if law.title is None and law.span is not None:
                    # `các Luật số 43/2024/QH15, số 47/2024/QH15`
                    for more in _continued(seen, law, len(drafts) - 1):
                        drafts.append(more)
                        done = more.end
            continue
        first = _numbered(seen, kind, start, match.end())
        if first is None:
            continue
        drafts.append(first)
        take_date(seen, first)
        done = first.end
        for more in _continued(seen, first, len(drafts) - 1):
            drafts.append(more)
            done = more.end
    return drafts


def _years(seen: Views, law: Draft, list_id: int) -> list[Draft]:
    """Further acts of one name: `Luật sửa đổi … các năm 2002, 2006 và 2007` are three.

    The first year becomes the law's own date.
    """
    match = _YEARS.match(seen.shadow, law.end)
    if match is None:
        return []
    out: list[Draft] = []
    for year in re.compile(r"\d{4}").finditer(seen.shadow, law.end, match.end()):
        date = DateSpan(DateValue(year[0], "year"), year.start(), year.end(), year[0])
        if law.date is None:
            law.date, law.end, law.list_id = date, year.end(), list_id
        else:
            out.append(
                Draft(law.kind, year.start(), year.end(), None, None, law.title, date,
                      list_id=list_id, is_law=True)
            )  # fmt: skip
    return out


def _law(seen: Views, start: int, kind_end: int) -> Draft | None:
    """A law by number, by name, or both; with its date."""
    law = law_at(seen, start, kind_end)
    if law is None:
        return None
    adjacent = _ADJACENT.match(seen.shadow, law.end)
    position = adjacent.end() if adjacent else law.end
    span = whole_number(seen, position, typed=True)
    if span is not None and not _is_laws_number(span):
        span = None
    draft = Draft(
        law.doc_type,
        start,
        span.end if span else law.end,
        span,
        None,
        law.title,
        is_law=True,
    )
    take_date(seen, draft)
    if draft.date is None and (at := passed_date_start(seen, draft.end)) is not None:
        draft.date = date_at(seen, at)
    if span is None and law.title is None and not (law.doc_type == "Hiến pháp" and law.certain):
        return None
    if span is not None and span.rule in {"spaced", "letters_first"}:
        return None
    return draft


def _is_laws_number(span: NumberSpan) -> bool:
    """Whether the symbol names who passes laws: `QH13`, `L/CTN`; `OHI` is a misread one."""
    groups = re.findall(r"[A-ZĐ]+", span.parsed.symbol)
    return re.search(r"[/-]", span.parsed.key) is not None and any(
        group in known_groups() for group in groups
    )


def _numbered(seen: Views, kind: str, start: int, kind_end: int) -> Draft | None:
    """The citation that a type word opens, if a number follows it."""
    adjacent = _ADJACENT.match(seen.shadow, kind_end)
    position = adjacent.end() if adjacent else kind_end
    label = bool(adjacent and adjacent["label"])
    name = None if kind == _GENERIC else doc_types()[kind]
    # `quy định 5/QĐ`: a word as common as these needs a label or its capital letter
    capital = seen.plain[start].isupper()
    span = whole_number(seen, position, typed=label or capital)
    if span is None and not (label or capital):
        span = _dated_number(seen, position)
    if span is None and not label and name is not None:
        qualified = _QUALIFIED.match(seen.shadow, kind_end)
        if (
            qualified
            and "\n\n" not in seen.text[kind_end : qualified.end()]
            and not _kind().search(seen.shadow, kind_end, qualified.start("label"))
            and not _OTHER_NUMBER.search(seen.shadow, kind_end, qualified.start("label"))
        ):
            span = whole_number(seen, qualified.end(), typed=True)
            if span is not None and span.rule in {"spaced", "letters_first"}:
                span = None
    if span is not None:
        between = _OF.match(seen.shadow, kind_end)
        named = issuer_after(seen, kind_end, joint=False) if between else None
        if span.rule == "standard" and kind not in _STANDARDS:
            return None
        draft = Draft(name, start, span.end, span, None, None)
        # `Quyết định của Thủ tướng Chính phủ số 28/2018/QĐ-TTg`
        if named and named[1] <= span.start:
            draft.issuer = named[0] or None
        return draft
    if position == kind_end or not capital:
        return None
    bare = _BARE.match(seen.shadow, position)
    allowed = words("bare", "labelled") if label else words("bare", "plain")
    if bare is None or kind not in allowed or _unit_follows(seen, bare.end()):
        return None
    return Draft(name, start, bare.end(), None, bare["n"], None)


def _dated_number(seen: Views, position: int) -> NumberSpan | None:
    """The number after a type in small letters, if its date follows: `công văn 251/TTrB-P2 ngày …`."""
    if not seen.plain[position : position + 1].isdigit():
        return None
    span = whole_number(seen, position, typed=True)
    if span is None or span.rule in {"spaced", "letters_first"}:
        return None
    day = _DAY.match(seen.shadow, span.end)
    return span if day and date_at(seen, day.end()) else None


def _unit_follows(seen: Views, end: int) -> bool:
    """`Nghị quyết 2 năm`: the figure counts something, it is no number."""
    return bool(
        re.compile(r"[ ]{0,2}(?:%|nam |thang |nguoi|dong|ban |van ban|trieu|ty )").match(
            seen.shadow, end
        )
    )


def _continued(seen: Views, first: Draft, list_id: int) -> list[Draft]:
    """Further numbers of the same list: `29-NQ/TW, 30-NQ/TW`, `số 79 và số 80`."""
    out: list[Draft] = []
    last = first
    first.list_id = list_id
    for _ in range(60):
        link = _LISTED.match(seen.shadow, last.end)
        if link is None:
            break
        span = whole_number(seen, link.end(), typed=bool(link["label"]))
        start = link.start("label") if link["label"] else link.end()
        if span is not None and span.rule != "standard":
            draft = Draft(first.kind, start, span.end, span, None, None, list_id=list_id)
        else:
            bare = _BARE.match(seen.shadow, link.end())
            if bare is None or last.bare is None or not link["label"]:
                break
            draft = Draft(first.kind, start, bare.end(), None, bare["n"], None, list_id=list_id)
        take_date(seen, draft)
        out.append(draft)
        last = draft
    return out


def _with_bare(seen: Views, drafts: list[Draft]) -> list[Draft]:
    """Add the numbers of a strong shape that no type word opens."""
    out: list[Draft] = []
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
        if start > 1 and _digit_before(seen, start):
            continue  # `52/20 13/NĐ-CP`: the number starts before, broken by a blank
        span = whole_number(seen, start, typed=False)
        if span is None or _is_header(seen, start):
            continue
        draft = Draft(None, start, span.end, span, None, None)
        take_date(seen, draft)
        if index < len(drafts) and drafts[index].start < draft.end:
            continue
        out.append(draft)
        done = draft.end
    out.extend(drafts[index:])
    return out


def _digit_before(seen: Views, start: int) -> bool:
    """Whether a figure, or a letter read for one, stands before the blank before `start`."""
    return bool(_BROKEN.search(seen.plain, max(0, start - 4), start))


def _is_header(seen: Views, start: int) -> bool:
    """`Số: 15/QĐ-SNV` at the start of a line: the letter's own number."""
    return bool(_HEADER.search(seen.text[max(0, start - 24) : start]))


def _is_alias(seen: Views, start: int) -> bool:
    """`(sau đây viết tắt là Nghị định số 42/2010/NĐ-CP)` only names what was cited."""
    return bool(_ALIAS.search(seen.shadow, max(0, start - 44), start))
