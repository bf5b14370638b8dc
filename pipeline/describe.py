"""A document's own number, type, date and subject, from its plain text alone.

For texts that have no page to look at (a web page, a text file, a gazette): the head of
an official document has one order - office, `Số: …`, place and date, type in capitals,
subject, then the bases or the first article. The lexicons and number shapes are those
of the citations. Knows nothing of scans or fields.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.citation import find_dates
from pipeline.citation.lexicons import doc_types
from pipeline.citation.number import NumberSpan, ParsedNumber, number_at
from pipeline.citation.shadow import plain_text, shadow_text
from pipeline.record import DateValue
from pipeline.vietnamese import nfc

HEAD = 12_000  # characters in which a head is looked for
LONGEST = 30  # lines of a subject

_LABEL = re.compile(
    r"^[^\w]{0,3}(?:(?:luat|bo luat|phap lenh|nghi quyet|lenh)[ ]{1,3})?s[o06][ ]{0,3}[:.;]?[ ]{0,4}"
)
#: what a gazette or a portal prints on every page, page numbers, rules
_NOISE = re.compile(
    r"(?:cong bao ?/ ?so .*|\d{1,4}|[\W_]*|van ban quy pham phap luat|(?:trang|page) \d+.*"
    r"|cong hoa x.{2,3}h.{2}i chu nghia viet nam|(?:doc lap|d.c lap) ?- ?tu do ?- ?hanh phuc)"
)
_AFTER_TYPE = re.compile(
    r"(?:[ ]?\(?\d{1,2}\)?)?(?:[ ]{1,3}cua[ ].*)?(?:[ ]{1,3}so[ :]{1,3}(?=\d).*)?"
)
_ENDS = re.compile(
    r"can cu\b|theo de nghi|xet\b|thuc hien |chieu |de (?:thi hanh|thuc hien|trien khai)"
    r"|so[ ]?:|(?:dieu|chuong|phan|muc)[ ](?:\d|[ivx]+\b|thu )|kinh gui|quyet dinh ?:|quyet nghi ?:"
    r"|\(?(?:ban hanh )?kem theo|loi noi dau|i\. |1\. |[^ ]+, ngay \d|(?:lenh|quy) cua chu tich"
)
_RULE = re.compile(r"[-_*=]{3,}|\(?(?:ban hanh )?kem theo")
#: what follows the subject of a consolidated text: the acts that it joins
_JOINED = re.compile(
    r"(?:luat|bo luat|phap lenh|nghi dinh|thong tu|nghi quyet|quyet dinh)[ ].{3,400}?"
    r"(?:co hieu luc(?: thi hanh)?(?: ke)? tu|duoc sua doi, bo sung (?:boi|theo)|duoc dinh chinh)"
)
_CONSOLIDATED = re.compile(r"van ban hop nhat(?![ ](?:quy pham|va))")
_ISSUER = re.compile(
    r"(?:chinh phu|thu tuong|quoc hoi|uy ban|bo truong|thong doc|chu tich|hoi dong|tong |lien |chanh an"
    r"|vien truong|giam doc|bo [a-z]|nuoc cong hoa|chanh)"
)
_ABOUT = re.compile(r"(?:v/v|ve viec)[ :]{0,3}|ve[ ](?=[a-z])")


@dataclass(frozen=True, slots=True)
class TextDescription:
    """What a document's head says of itself; `None` where the text does not say it.

    Attributes:
        number: the whole number, `30/2020/NĐ-CP`.
        doc_type: `Thông tư`, `Luật`; from the heading, else from the number.
        issue_date: the first date of the head.
        subject: trích yếu as printed, lines joined, `Về việc` kept.
    """

    number: str | None
    doc_type: str | None
    issue_date: DateValue | None
    subject: str | None


def describe_text(text: str) -> TextDescription:
    """The number, type, date and subject that the head of a document states.

    Never raises on any text; a text without a head gives a description of `None`s.
    """
    lines = _head_lines(nfc(text[:HEAD]))
    heading = _heading(lines)
    if heading is None and (titled := _title_line(lines)) is not None:
        return titled
    parsed = _own_number(lines, heading)
    subject = _subject(lines, heading) if heading else None
    kind = heading.doc_type if heading else parsed.doc_type if parsed else None
    if _is_consolidated(lines, heading, parsed):
        # the heading is that of the act whose wording it gives
        kind = "Văn bản hợp nhất"
        parsed = parsed if parsed and "VBHN" in parsed.symbol else None
    first = heading.line + 3 if heading else 12
    dates = find_dates("\n".join(lines[:first]))
    return TextDescription(
        parsed.key if parsed else None,
        kind,
        dates[0].value if dates else None,
        subject,
    )


def _title_line(lines: Sequence[str]) -> TextDescription | None:
    """A page that opens with `Thông tư số 25/2025/TT-BTP Quy định …`, as portals name it."""
    match = _kinds().match(shadow_text(lines[0])) if lines else None
    label = re.match(r"[ ]số[ :]{1,3}", lines[0][match.end() :]) if match else None
    if match is None or label is None:
        return None
    span = _number_in(lines[0], match.end() + label.end())
    if span is None:
        return None
    subject = [lines[0][span.end :].strip(" .,-–:")]
    for line in lines[1:LONGEST]:
        if _ENDS.match(shadow_text(line)) or shadow_text(line).startswith(
            ("so hieu", "so ky hieu")
        ):
            break
        subject.append(line)
    kind = doc_types()[" ".join(match[0].split())]
    return TextDescription(span.parsed.key, kind, None, " ".join(filter(None, subject)) or None)


def _is_consolidated(
    lines: Sequence[str], heading: _Heading | None, parsed: ParsedNumber | None
) -> bool:
    """Whether the text joins an act with its changes: it says so, or names them first."""
    if parsed is not None and "VBHN" in parsed.symbol:
        return True
    last = heading.line if heading else 6
    if any(_CONSOLIDATED.match(shadow_text(line)) for line in lines[: last + 1]):
        return True
    if heading is None:
        return False
    for index in range(heading.line + 1, min(heading.line + 12, len(lines))):
        if _ENDS.match(shadow_text(lines[index])):
            return False
        if _names_joined(lines, index):
            return True
    return False


def _names_joined(lines: Sequence[str], index: int) -> bool:
    """`Thông tư số 01/2018/TT-BYT ngày … có hiệu lực kể từ …` opens at this line."""
    if not lines[index][:1].isupper() or lines[index] == lines[index].upper():
        return False
    named = [lines[index]]
    for line in lines[index + 1 : index + 5]:
        if _ENDS.match(shadow_text(line)):
            break  # the bases: what they say of other acts is not said of this one
        named.append(line)
    return bool(_JOINED.match(shadow_text(" ".join(named))))


@dataclass(frozen=True, slots=True)
class _Heading:
    """Line of the type in capitals, the type, and what follows it on its line."""

    line: int
    doc_type: str
    rest: str


def _head_lines(text: str) -> list[str]:
    """Lines without blanks, page numbers and what a gazette prints around them."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line and not _NOISE.fullmatch(shadow_text(line))]


def _heading(lines: Sequence[str]) -> _Heading | None:
    """The first line in capitals that opens with a type and names nothing else."""
    for index, line in enumerate(lines[:90]):
        match = _kinds().match(shadow_text(line))
        if match is None:
            continue
        printed = line[: match.end()]
        if printed != printed.upper():
            continue
        rest = line[match.end() :].strip()
        shadow = shadow_text(rest)
        law = match[0] in {"luat", "bo luat", "phap lenh"}
        if rest and not (_AFTER_TYPE.fullmatch(" " + shadow) or (law and rest == rest.upper())):
            continue
        return _Heading(index, doc_types()[" ".join(match[0].split())], rest)
    return None


@functools.cache
def _kinds() -> re.Pattern[str]:
    names = sorted(doc_types(), key=len, reverse=True)
    return re.compile("(?:" + "|".join(map(re.escape, names)) + r")(?![^\W\d])")


def _own_number(lines: Sequence[str], heading: _Heading | None) -> ParsedNumber | None:
    """The number after `Số:` at the start of a line, or in the heading itself."""
    last = heading.line + 4 if heading else 40
    for line in lines[:last]:
        label = _LABEL.match(shadow_text(line))
        span = _number_in(line, label.end()) if label else None
        if span is not None:
            return span.parsed
    if heading is None:
        return None
    for line in lines[heading.line : last]:
        for label in re.finditer(r"(?<![a-z])so[ :]{1,3}", shadow_text(line)):
            span = _number_in(line, label.end())
            if span is not None and line == line.upper():
                return span.parsed
    # columns read one after the other: `Số:` may stand apart from its number
    for line in lines[: heading.line]:
        span = _number_in(line, 0)
        if span is not None and span.end == len(line):
            return span.parsed
    return None


def _number_in(line: str, start: int) -> NumberSpan | None:
    plain = plain_text(line)
    while start < len(plain) and plain[start] == " ":
        start += 1
    span = number_at(plain, start, typed=True)
    return span if span is not None and span.rule != "letters_first" else None


def _subject(lines: Sequence[str], heading: _Heading) -> str | None:
    """The lines after the heading, up to the bases, an article or the issuing office."""
    law = shadow_text(heading.doc_type) in {"luat", "bo luat", "phap lenh"}
    found: list[str] = [heading.rest] if law and heading.rest else []
    first = heading.line + 1
    for index, line in enumerate(lines[first : first + LONGEST], start=first):
        shadow = shadow_text(line)
        capital = line == line.upper()
        whole = capital and bool(found) and found[-1] == found[-1].upper()
        if _RULE.match(shadow) or (found and _names_joined(lines, index)):
            break
        if line[0].isupper() and _ENDS.match(shadow) and not (whole and _goes_on_after(shadow)):
            break
        if not found and capital and _numbering(shadow):
            continue
        if found and capital and _ISSUER.match(shadow) and not _goes_on(found):
            break
        found.append(line)
    subject = " ".join(found)
    repeated = heading.doc_type + " "
    if subject.startswith(repeated) and subject[len(repeated) :][:1].isupper():
        subject = subject[len(repeated) :]  # `NGHỊ ĐỊNH / Nghị định Sửa đổi …`
    return subject or None


def _goes_on_after(shadow: str) -> bool:
    """A line in capitals that may go on a subject in capitals (`THỰC HIỆN CHƯƠNG TRÌNH`)."""
    return not re.match(r"can cu|theo de nghi|so ?:|dieu |chuong |quyet dinh ?:|kinh gui", shadow)


def _numbering(shadow: str) -> bool:
    """`CỦA CHÍNH PHỦ SỐ 107/2009/NĐ-CP NGÀY …`: number and date under the heading."""
    return bool(re.match(r"(?:cua[ ]|so[ ]|ngay[ ])", shadow))


def _goes_on(found: Sequence[str]) -> bool:
    """Whether a subject in capitals goes on with an office's name."""
    last = found[-1]
    return last == last.upper() and bool(
        re.search(r"(?:cua|va|,|cho|do|tai|boi|voi|thuoc|ve)$", shadow_text(last))
    )
