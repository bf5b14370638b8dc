"""Kính gửi, Nơi nhận, Lưu: to whom the letter goes (ô 9a, 9b).

Entries are kept as printed, one row a bullet; the purpose stands in brackets
(`để báo cáo`), the last entry names where the file copy is kept (`Lưu: VT, HCTH.`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.citation.lexicons import read_table
from pipeline.fields.archive import kept_by
from pipeline.fields.list_rows import BULLET, before_brace, from_margin, is_open, made_whole
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Region, Zone
from pipeline.record import Letter, Place, Recipient
from pipeline.slips import mend
from pipeline.tones import Heard, restore
from pipeline.vietnamese import bare, fold

_PURPOSE = re.compile(
    r"\s*\(\s*(?P<purpose>(?:đ[ểêếề]|dê|đề|de)\b[^)]*|(?:đồng bộ|phối hợp|thực hiện|báo\s?cáo|chỉ đạo|theo dõi|phục vụ|mời dự|mời họp|thay b/c|thay báo cáo|[bđ]/c(?:áo)?|p/h|ph/hợp|t/[hbd])(?![^\W\d_])[^)]*)[)}]?\s*$",
    re.IGNORECASE,
)
#: A purpose of several entries, which a brace joins; one in quotes: `Như trên “để thực hiện”`.
_JOINED_PURPOSE = re.compile(
    r"\s*(?:[{}]\s*(?=đ[ểề]\s)|[“\"]\s*(?=để\s))(?P<purpose>\w+\s[^(),;{}]+)$", re.IGNORECASE
)
_ARCHIVE = re.compile(
    r"^\W*(?:[a-z\d]\s?[-–]\s?)?(?:L[ưuữừứ]+u?|[lbI1tƯ][.:]?[ưiu]u|[ưữừ]u(?=\s*:))\s*[:;.,]?\s*[-–]?\s*(?=[A-ZĐ“\"])"
)
#: A figure at the end of a word in small letters is a speck.
_SPECK = re.compile(r"(?<=[^\W\d_]{2})\d\b")
#: Who gets the letter on paper and who by wire is told apart by some offices: a further list
#: below `Lưu`.
_SUBLIST = re.compile(r"(?:gui )?(?:ban|van ban|vb) (?:dien tu|giay)(?: gui)?|gui (?:qua )?dien tu")
#: What was read of a box to tick, after the `;` of an entry: no two letters in a row, but for
#: those that its sides look like.
_BOX = re.compile(r"(?:;\s*|:)(?:[\W\d_]|[ILlirñ]|[^\W\d_](?![^\W\d_])){0,3}$|[;:.]\W*$")
#: `TTĐZ`: no other word stands after `Cổng` (decree 42/2022/NĐ-CP, article 3).
_PORTAL = re.compile(r"\bC[ôổồ]ng TTĐ[^\W_T](?!\w)")
#: No body's name ends so: the hook of `tỉnh` was read as a grave or not at all; `vi tinh` may be
#: a computer's.
_PROVINCE = re.compile(
    r"(?:(?<=[^\W\d_] [Tt])ình|(?<=\w\w t)inh(?<!vi tinh)(?<!máy tinh))(?=\s*(?:[,;()]|$))"
)
#: Mean confidence from which on even two letters are an entry.
_SURELY = 0.9
#: A bracket of the row above ends in this one.
_CLOSES = re.compile(r"[^(]*\)")
#: What stands below the file copy is the drafter, in brackets, or none of the list.
_ASIDE = re.compile(r"\(\w[\w ,.]{0,15}\)\W*")


@dataclass(frozen=True, slots=True)
class _Entry:
    page: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Recipient]:
    """Recipients in printed order: addressees, then copies, then the file copy."""
    for region in letter.regions:
        if region.zone is Zone.ADDRESSEES:
            yield from _addressees(region, letter.heard)
    for region in letter.regions:
        if region.zone is Zone.RECIPIENTS:
            yield from _copies(region, letter.heard)


def _addressees(region: Region, heard: Heard) -> Iterator[Recipient]:
    first, *rest = region.lines
    words = list(first.words)
    # The label may be lost: then the first word is a bullet.
    labelled = BULLET.match(first.text) is None
    cut = next(
        (
            i + 1
            for i, word in enumerate(words[:4])
            if bare(word.text).startswith(("gui", "gu", "gưi"))
        ),
        2 if labelled else 0,
    )
    while (
        cut < len(words)
        and not any(char.isalnum() for char in words[cut].text)
        and words[cut].text not in {"-", "–", "—"}
    ):
        cut += 1
    lines = ([Line(tuple(words[cut:]))] if words[cut:] else []) + rest
    lines = [
        line
        for line in lines
        if not bare(line.text).startswith("sau day goi") and _is_print(line, region)
    ]
    for entry in _entries(region.page, lines):
        name = _clean(restore(mend(entry.text), heard))
        if _is_name(name, entry):
            yield _recipient("addressee", entry, name, None, ())


def _copies(region: Region, heard: Heard) -> Iterator[Recipient]:
    lines = [
        before_brace(line)
        for line in region.lines
        if not _is_heading(line) and _is_print(line, region)
    ]
    for part in _sublists(made_whole(lines)):
        yield from _listed(region.page, part, heard)


def _sublists(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines parted at `Bản điện tử:` and the like, which are no entries."""
    parts: list[list[Line]] = [[]]
    for line in lines:
        if _SUBLIST.fullmatch(bare(line.text)):
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _listed(page: int, lines: Sequence[Line], heard: Heard) -> Iterator[Recipient]:
    """The entries of one list; nothing stands below its file copy."""
    for entry in _entries(page, _in_column(lines)):
        text = BULLET.sub("", restore(entry.text, heard))
        kept = _ARCHIVE.match(text)
        if kept is not None:
            units = kept_by(text[kept.end() :])
            yield _recipient("archive", entry, units, None, _units(units))
            return
        body = BULLET.sub("", restore(mend(entry.text), heard)).rstrip(" ;.,:-–_'`*|~")
        purpose = _PURPOSE.search(body) or _JOINED_PURPOSE.search(body)
        said = None
        if purpose is not None:
            body = body[: purpose.start()]
            # In these brackets the word is always `để`: its marks are the engine's slip.
            said = _SPECK.sub("", purpose["purpose"].strip(' ;.,}”"'))
            said = re.sub(r"^(?:[đĐ]|[dD])[eêểềếệẻé]\b", "để", said)
            said = re.sub(r"^(để |thay )?[dđ]/c$", r"\1b/c", said).replace("báocáo", "báo cáo")
        name = _clean(body)
        if _is_name(name, entry) and bare(name) not in ("luu", "noi nhan"):
            yield _recipient("copy", entry, name, said, ())


def _is_name(name: str, entry: _Entry) -> bool:
    """Whether an entry is words: not a speck, nor bits of a seal that were read as letters.

    Two capitals behind a bullet are the short name of a unit: `- TH.`
    """
    letters = sum(char.isalpha() for char in name)
    signs = sum(not char.isspace() for char in name)
    words = [word for line in entry.lines for word in line.words]
    mean = sum(word.confidence for word in words) / len(words)
    if re.fullmatch(r"[A-ZĐ]{2}", name):
        return BULLET.match(entry.text) is not None and mean >= _SURELY
    return letters >= 3 and letters >= 0.6 * signs and (mean >= 0.5 or letters >= 15)


def _in_column(lines: Sequence[Line]) -> list[Line]:
    """Lines of the list itself: bits of a seal at its right are left out."""
    lefts = sorted(line.bbox.left for line in lines if BULLET.match(line.text))
    if not lefts:
        return list(lines)
    margin = lefts[len(lefts) // 2]
    kept: list[Line] = []
    for line in (from_margin(one, margin) for one in lines):
        if line.bbox.left > margin + 45 and not _ARCHIVE.match(BULLET.sub("", line.text)):
            continue
        ended = kept and _ARCHIVE.match(BULLET.sub("", kept[-1].text)) is not None
        if ended and _ASIDE.fullmatch(line.text):
            return [*kept, line]
        if ended and (line.confidence < 0.7 or re.search(r"\.\W*$", kept[-1].text)):
            break
        kept.append(line)
    return kept


def _entries(page: int, lines: Sequence[Line]) -> Iterator[_Entry]:
    """Lines joined into entries: a bullet opens one; without bullets, `;` or `.` ends one."""
    bulleted = sum(BULLET.match(line.text) is not None for line in lines)
    current: list[Line] = []
    for line in lines:
        opens = BULLET.match(line.text) is not None or _ARCHIVE.match(line.text) is not None
        ended = bool(current) and _BOX.search(current[-1].text) is not None
        ended = ended and not _is_beside(line, current[-1])
        # `- Văn phòng Chính phủ (Công báo;` goes on in the next row: `Cổng TTĐT);`.
        ended = ended and not (_CLOSES.match(line.text) and is_open(current[-1].words))
        if current and (opens or (ended and (bulleted <= 1 or line.text[:1].isupper()))):
            yield _Entry(page, tuple(current))
            current = []
        current.append(line)
    if current:
        yield _Entry(page, tuple(current))


def _is_beside(line: Line, other: Line) -> bool:
    """Whether a line goes on in the row of the other, behind a wide blank."""
    level = abs(line.bbox.center_y - other.bbox.center_y) < 0.5 * min(line.height, other.height)
    return level and line.bbox.left >= other.bbox.right


def _is_heading(line: Line) -> bool:
    key = bare(line.text)
    return fuzz.ratio(key[:9].strip(), "noi nhan") >= 75 and len(key) < 16


def _is_print(line: Line, region: Region) -> bool:
    """Whether a line of the list is print: specks and bits of a seal are not."""
    letters = sum(char.isalpha() for char in line.text)
    if letters < 2:
        return False
    if _ARCHIVE.match(BULLET.sub("", line.text)):
        return True  # faint as it may be, nothing else reads so
    heights = sorted(one.height for one in region.lines)
    typical = heights[len(heights) // 2]
    if line.height > 2.2 * typical:
        return False
    return line.confidence > 0.35 and (
        letters >= 4 or line.confidence > 0.75 or BULLET.match(line.text) is not None
    )


def _clean(text: str) -> str:
    text = BULLET.sub("", text)
    # A tick or a box after the entry's `;`, read as a sign or two.
    text = re.sub(r";\s*\S{1,2}\s*$", "", text)
    text = _BOX.sub("", text)
    text = re.sub(r"\s+", " ", text).strip(" ;.,:-_–'`*|~“”\"")
    if text.endswith("}") and text.count("(") > text.count(")"):
        text = text[:-1] + ")"
    text = text.rstrip(")") if text.count(")") > text.count("(") else text
    return _as_known(_PROVINCE.sub("ỉnh", _PORTAL.sub("Cổng TTĐT", text)))


def _as_known(name: str) -> str:
    """The name with its marks put right where a known body's differs in nothing else."""
    known = _known_bodies().get(bare(name), "")
    if not known or fold(known) == fold(name):
        return name
    pairs = list(zip(name.split(), known.split(), strict=False))
    if [bare(one) for one, _ in pairs] != [bare(other) for _, other in pairs]:
        return name
    return " ".join(_in_case(one, other) for one, other in pairs)


def _in_case(word: str, known: str) -> str:
    if fold(word) == fold(known):
        return word
    return known[:1].upper() + known[1:] if word[:1].isupper() else known[:1].lower() + known[1:]


@functools.cache
def _known_bodies() -> Mapping[str, str]:
    """Bare names of bodies and usual entries -> their spelling, where only one is spelled so."""
    found: dict[str, set[str]] = {}
    for table in ("lexicons/agencies.tsv", "lexicons/recipients.tsv"):
        for row in read_table(table):
            name = row["name"].split(" (")[0]
            found.setdefault(bare(name), set()).add(name)
    return {
        key: next(iter(names))
        for key, names in found.items()
        if len({fold(name) for name in names}) == 1 and " " in key
    }


def _units(text: str) -> tuple[str, ...]:
    """`VT, TH` and `VT và ĐPV` are two units, `Phòng Tổ chức và Hành chính` is one."""
    signs = r"[,;]\s*(?![^(]*\))|(?<=\bVT) và | và (?=VT\b)|(?<=[A-ZĐ]{3}) và (?=[A-ZĐ]{2,}\b)"
    parts = [part.strip(' .;"“”') for part in re.split(signs, text)]
    return tuple(part for part in parts if part)


def _recipient(
    role: str, entry: _Entry, name: str, purpose: str | None, units: tuple[str, ...]
) -> Recipient:
    words = [word for line in entry.lines for word in line.words]
    confidence = min(word.confidence for word in words)
    return Recipient(
        role=role,  # type: ignore[arg-type]
        name=name,
        purpose=purpose,
        units=units,
        raw=entry.text,
        place=Place(entry.page, BBox.around(word.bbox for word in words)),
        confidence=confidence,
        trust="review",
    )
