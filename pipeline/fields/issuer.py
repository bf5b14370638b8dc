"""Cơ quan ban hành: the issuer's lines at the left of the head (ô 2).

The upper lines name the parent body, the lower ones the issuer itself; a People's
Committee has no parent (Decree 30/2020, Appendix I, II.2). Names are snapped to known
words only where the letters agree without their marks, so that no name ever turns
into another body's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Line, Zone
from pipeline.record import Candidate, Letter
from pipeline.textview import TextView
from pipeline.tones import restore
from pipeline.vietnamese import bare, fold_tone_placement

SPECS = (
    FieldSpec("parent_issuer", "cơ quan chủ quản", "parent body, as printed", "cơ quan chủ quản"),
    FieldSpec("issuer", "cơ quan ban hành", "issuing body, as printed", "cơ quan ban hành"),
)

_LONGEST = 9
#: `UBND` as engines misread it: `LIBND`, `UIBND`, `ƯBND`.
_COMMITTEE = re.compile(r"(?:u|li|ui|ii|v|l)bnd")
_GOVERNMENT = ("uy ban nhan dan", "ubnd")
_KINDS = "tinh|thanh pho|tp|huyen|quan|thi xa|thi tran|phuong|xa"
#: `TỈNH TUYÊN QUANG`, not `TỈNH ỦY SƠN LA`, `HUYỆN ĐOÀN …`, `XÃ HỘI HỌC`.
_TERRITORY_ALONE = re.compile(rf"(?:{_KINDS}) (?!uy\b|doan\b|hoi\b|doi\b)\w+(?: \w+){{0,3}}")
#: A committee with its territory in one line, and how a body of its own begins under it.
_COMMITTEE_OF = re.compile(rf"(?:uy ban nhan dan|ubnd) (?:{_KINDS}) \w+.*")
_OWN_BODY = re.compile(r"(?:so|ban|phong|chi cuc|trung tam|truong|benh vien|thanh tra) \w+.*")
#: What names no body by itself: the rest of the line was lost.
_STUMP = re.compile(
    rf"(?:bo|so|cuc|tong cuc|chi cuc|ban|phong|truong|benh vien|trung tam|uy ban|uy ban nhan dan"
    rf"|ubnd|hoi dong nhan dan|hdnd|{_KINDS})"
)
#: Below what `resolve` takes for a value.
_NO_BODY = 0.3


#: What joins words of a name, also two bodies.
_SIGNS = frozenset({"-", "–", "&"})


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for the issuer and its parent."""
    region = next((one for one in letter.regions if one.zone is Zone.ISSUER), None)
    if region is None:
        return
    lines = [
        snapped
        for line in region.lines
        if (snapped := snap(restore(_strip(line), letter.heard), lexicon))[0]
        and (snapped[1] or not _is_speckle(line))
    ]
    if not lines:
        return
    cut = _parent_lines([text for text, _ in lines], lexicon)
    view = TextView.over([region])
    confidence = min((word.confidence for word in view.words if len(word.text) > 1), default=0.0)
    where = view.place(0, len(view.text))
    raw = view.text
    share = sum(known for _, known in lines) / len(lines)
    evidence = (f"lexicon:{share:.2f}",)
    if cut:
        parent = " ".join(text for text, _ in lines[:cut])
        yield Candidate(
            "parent_issuer",
            parent,
            raw,
            _NO_BODY if _STUMP.fullmatch(bare(parent)) else 0.5 + 0.5 * share,
            "head_left",
            where,
            confidence,
            evidence,
        )
    issuer = " ".join(text for text, _ in lines[cut:])
    # A territory alone is no body: the line over it was lost.
    key = bare(issuer)
    stump = _TERRITORY_ALONE.fullmatch(key) or _STUMP.fullmatch(key)
    score = _NO_BODY if stump else 0.5 + 0.5 * share
    yield Candidate("issuer", issuer, raw, score, "head_left", where, confidence, evidence)


def _strip(line: Line) -> str:
    """The line without specks and asterisks at its ends."""
    words = [
        "UBND" if _COMMITTEE.fullmatch(bare(word.text)) else word.text
        for word in line.words
        if any(_is_letter(char) for char in word.text) or word.text in _SIGNS
    ]
    text = re.sub(r"\bUBND[A-ZĐ]\b", "UBND", " ".join(words))
    text = re.sub(r"\b(UBND|NHÂN DÂN)(?=[A-ZĐ])", r"\1 ", text)
    text = re.sub(r"^[^\w(]+|[^\w)]+$", "", text)
    # Bits of a stamp or a pen before the capitals: `ha BỘ Y TẾ`.
    return re.sub(r"^[a-z]{1,2}\s(?=[A-ZĐ][^\W\d_])", "", text)


def _is_speckle(line: Line) -> bool:
    """Whether a line without a known word is dirt: a few letters, or badly read."""
    return sum(map(_is_letter, line.text)) <= 3 or line.confidence < 0.4


def _is_letter(char: str) -> bool:
    """Whether it is a letter of a word: not `ˆ`, which Unicode counts as one too."""
    return unicodedata.category(char) in ("Lu", "Ll")


def snap(text: str, lexicon: Lexicon) -> tuple[str, float]:
    """The text with known names put right, and the share of its words that are known."""
    words = text.split()
    out: list[str] = []
    known = 0
    index = 0
    table = _table(lexicon)
    while index < len(words):
        for size in range(min(_LONGEST, len(words) - index), 0, -1):
            piece = words[index : index + size]
            if piece[0] in _SIGNS or piece[-1] in _SIGNS:
                continue  # what it joins stands beside it: `KỸ THUẬT - CÔNG NGHỆ`
            phrase = _lookup(" ".join(piece), table, size)
            if phrase is not None:
                out.append(_with_comma(phrase, piece[-1], last=index + size == len(words)))
                known += size
                index += size
                break
        else:
            word = words[index].strip("“”\"',.;:_|`~")
            out.append(_with_comma(word, words[index], last=index + 1 == len(words)))
            index += 1
    joined = " ".join(part for part in out if part)
    return joined, known / max(len(words), 1)


def _with_comma(name: str, word: str, *, last: bool) -> str:
    """The name with the comma of its last word, which parts names: `KHÁM, CHỮA BỆNH`."""
    return f"{name}," if name and word.endswith(",") and not last else name


_TABLES: dict[str, dict[str, str]] = {}


def _table(lexicon: Lexicon) -> dict[str, str]:
    if lexicon.digest not in _TABLES:
        table: dict[str, str] = {}
        for phrase in lexicon.header_phrases:
            table.setdefault(bare(phrase), phrase)
        _TABLES[lexicon.digest] = table
    return _TABLES[lexicon.digest]


def _lookup(piece: str, table: dict[str, str], size: int) -> str | None:
    key = bare(piece)
    if not key:
        return None
    if key in table:
        found = table[key]
        # As printed: keep UỶ and HOÀ spellings where only the tone's place differs.
        return found if bare(found) == key and not _same_but_place(piece, found) else piece
    if size <= 3 and len(key) >= 4:
        # `BỘYTÊ`, `SỞ YTẾ`: the blank between two short words was not seen.
        joined = key.replace(" ", "")
        for candidate, phrase in table.items():
            if candidate.replace(" ", "") == joined and len(joined) >= 4:
                return phrase
    if size >= 2 and len(key) >= 9:
        for candidate, phrase in table.items():
            if abs(len(candidate) - len(key)) <= 1 and fuzz.ratio(candidate, key) >= 93:
                return phrase
    return None


def _same_but_place(piece: str, found: str) -> bool:
    return fold_tone_placement(piece) == fold_tone_placement(found)


def _parent_lines(lines: Sequence[str], lexicon: Lexicon) -> int:
    """How many of the lines name the parent: 0 when the first body is the issuer itself."""
    starts = [index for index, line in enumerate(lines) if _opens_body(line, lexicon)]
    later = [index for index in starts if index > 0]
    if (
        len(lines) > 1
        and _COMMITTEE_OF.fullmatch(bare(lines[0]))
        and _OWN_BODY.fullmatch(bare(lines[1]))
    ):
        return 1  # `UBND TỈNH HÀ GIANG` over `BAN DÂN TỘC`, whether its name is known or not
    if not later:
        return 0
    cut = later[0]
    if cut == 1 and _is_territory(lines[1], lexicon):
        return later[1] if len(later) > 1 else 0
    return cut


def _opens_body(line: str, lexicon: Lexicon) -> bool:
    words = line.split()
    for size in range(min(_LONGEST, len(words)), 0, -1):
        kind = lexicon.header_phrases.get(" ".join(words[:size]).upper())
        kind = kind or lexicon.header_phrases.get(
            _table(lexicon).get(bare(" ".join(words[:size])), "")
        )
        if kind is not None:
            return kind == "body"
    return False


def _is_territory(line: str, lexicon: Lexicon) -> bool:
    return bool(re.match(rf"(?:{_KINDS})\b", bare(line))) or line.title() in lexicon.places
