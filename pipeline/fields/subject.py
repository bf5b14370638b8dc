"""Trích yếu: what the letter is about (ô 5a or 5b), without `V/v` and `Về việc`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Line, Region, Zone
from pipeline.record import Candidate, Letter
from pipeline.slips import mend
from pipeline.textview import TextView
from pipeline.tones import restore
from pipeline.vietnamese import bare

SPECS = (FieldSpec("subject", "trích yếu", "what the letter is about", "trích yếu nội dung"),)

_PREFIX = re.compile(
    r"^[\W_]*(?:[VvWw]\s*[/⁄ilI1|]\s*[vV]\W*|[Vv]\s*[/⁄]\s*\w?\s+|Vv\s*:\s*|[Vv]?[eềêếệèàa]\s+vi[eệêếẹ]c\s*:?\s*|[Vv][ềê]\s+(?=\w))",
    re.UNICODE,
)

#: What a stamp beside it may put before the lead-in: `HỎA TỐC, Về việc …`.
_STAMPED = re.compile(
    r"^\W*(?P<mark>\w+(?:\W+\w+)?)\W+(?=[Vv][eềêếệèàa]\s+vi[eệêếẹ]c|[Vv]\s?/\s?[vV])"
)
_URGENT = frozenset({"khan", "thuong khan", "hoa toc", "hen gio"})
#: How the first line of a receipt stamp (`ĐẾN`) begins.
_RECEIVER = re.compile(r"(?:so|ubnd|uy ban nhan dan|bo|cuc|chi cuc|van phong|truong|benh vien) \w")


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """The subject's lines joined, the lead-in taken off."""
    region = next((one for one in letter.regions if one.zone is Zone.SUBJECT), None)
    if region is None:
        return
    lines = _without_receipt([line for line in region.lines if _is_print(line, region)])
    # Party papers name the body between type and subject: `CỦA BAN THƯỜNG VỤ TỈNH ỦY`.
    while (
        len(lines) > 1 and lines[0].text.isupper() and re.match(r"^\W*(?:CỦA|CUA)\b", lines[0].text)
    ):
        lines = lines[1:]
    if not lines:
        return
    text = " ".join(line.text for line in lines)
    text = re.sub(r"(?<=\w)- (?=[a-zà-ỹđ])", "-", text)
    stamped = _STAMPED.match(text)
    if stamped is not None and bare(stamped["mark"]) in _URGENT:
        text = text[stamped.end() :]
    value = re.sub(r"\s+", " ", _PREFIX.sub("", restore(mend(text), letter.heard))).strip(
        " _-–*|'`~"
    )
    value = re.sub(r"(?:(?<=\s)|^)[_|~`'^•·*]+\s+", "", value)
    value = re.sub(r"^[^\w“\"(]+|^[“\"]\s+(?=[“\"])", "", value)
    if (
        value.count("“") < value.count("”")
        or value[:1] in '“"'
        and not re.search('[”"]', value[1:])
    ):
        value = value.lstrip('“" ')
    if not value:
        return
    view = TextView.over([region])
    words = [word for line in lines for word in line.words]
    mean = sum(word.confidence for word in words) / len(words)
    led = _PREFIX.match(text) is not None
    yield Candidate(
        "subject", value, text, 0.9 if led else 0.8, "subject_block", view.place(0, len(view.text)),
        min(word.confidence for word in words),
        (f"mean:{mean:.2f}", f"led:{led}", *_damage(letter, lines, led=led)),
    )  # fmt: skip


def _damage(letter: Letter, lines: list[Line], *, led: bool) -> Iterator[str]:
    """Facts that speak against the subject as it was read, for trust."""
    for line in lines[1:]:
        name = [word.text for word in line.words[:3] if word.text.isupper()]
        if len(name) == 3 and not line.text.isupper() and _RECEIVER.match(bare(" ".join(name))):
            yield "against:receipt"  # the receiver's stamp over the print: `… SỞ Y TẾ văn bằng`
    title = next((one for one in letter.regions if one.zone is Zone.TITLE), None)
    if title is not None and not led and lines[0].text[:1].islower():
        off = lines[0].bbox.center_x - title.lines[0].bbox.center_x
        if off > 0.5 * lines[0].height:
            yield "against:cut"  # something hides the first word of a centred line


def _is_print(line: Line, region: Region) -> bool:
    """Whether a line is print: not a speck, nor the foot of a line read once more."""
    letters = sum(char.isalnum() for char in line.text)
    heights = sorted(one.height for one in region.lines)
    if line.height < 0.5 * heights[len(heights) // 2]:
        return False
    return letters >= 2 and (line.confidence > 0.4 or letters >= 8)


def _without_receipt(lines: list[Line]) -> list[Line]:
    """The lines above the name of the body that stamped the letter in, in capitals of its own."""
    for index, line in enumerate(lines):
        above = lines[:index]
        apart = above and line.text.isupper() and not any(one.text.isupper() for one in above)
        if apart and _RECEIVER.match(bare(line.text)):
            return above
    return lines
