"""Quyền hạn, chức vụ, họ tên: who signs, in what office, on whose behalf (ô 7a, 7b).

TM. for a collective, KT. for the head, TL. by order, TUQ. by authorisation (Decree
30/2020, Appendix I, II.7). The signer's own position is the last title line before the
name; the lines above it are the authority. Q. (acting) belongs to the position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import BBox, Line, Region, Zone
from pipeline.record import Candidate, Letter, Place
from pipeline.vietnamese import bare, fold

SPECS = (
    FieldSpec("signer_name", "họ tên người ký", "name without titles", "họ tên, không kèm học hàm"),
    FieldSpec("signer_position", "chức vụ người ký", "position", "chức vụ"),
    FieldSpec(
        "signing_authority", "quyền hạn ký", "lines on whose behalf", "quyền hạn (KT., TM., TL.)"
    ),
)

_PREFIX = re.compile(
    r"^\W*(?P<prefix>T[/.]?\s?M|K[/.]?\s?T|T[/.]?\s?L|T[/.]?\s?U[/.]?\s?Q|T/U)\b\s*[.,:]?\s*(?P<body>.*)$"
)
#: A rank or degree before a name: what follows it is the whole name.
_DEGREE = re.compile(r"\W*(?:[A-ZĐ]\w{0,4}\.\s*)+\w")
#: Below what `resolve` takes for a value.
_DOUBTFUL = 0.3
#: Confidence of a word that nobody would call read.
_UNREAD = 0.15
#: Below this a name from a stamp is a guess.
_STAMPED = 0.5
#: A middle name that no family is called by.
_MIDDLE = frozenset({"Thị"})
#: Middle names that no name of two words ends with: its last word lies under a seal.
_NEVER_LAST = frozenset({"Thị", "Văn"})
_SYLLABLE = re.compile(r"^[^\W\d_]{1,7}[.,]?$")


@dataclass(frozen=True, slots=True)
class _Title:
    """A line of the block: an authority (`KT. GIÁM ĐỐC`) or a position."""

    text: str
    authority: bool
    line: Line
    known: bool


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for name, position and authority; two signers are joined by ` / `."""
    region = _signature(letter)
    if region is None:
        return
    titles = [title for line in region.lines if (title := _title(line, lexicon)) is not None]
    below = max((title.line.bbox.bottom for title in titles), default=region.bbox.top)
    columns = _columns(titles)
    names = list(_names(region, lexicon, titles, below))
    if len(columns) == 2:
        yield from _joint(columns, names, region.page)
        return
    titles, inferred = _deputised(titles, region.lines, lexicon)
    authorities = [title for title in titles if title.authority]
    positions = [title for title in titles if not title.authority]
    facts = ("inferred:deputy",) if inferred else ()
    if authorities:
        text = " / ".join(title.text for title in authorities)
        yield _candidate("signing_authority", text, authorities, region.page, facts)
    if positions:
        yield _candidate("signer_position", positions[-1].text, positions[-1:], region.page, facts)
    for line, name, score, evidence in names:
        rule = "name_stamp" if line.stamped else "signature_block"
        yield Candidate(
            "signer_name", name, line.text, score, rule, Place(region.page, line.bbox),
            min(word.confidence for word in line.words), evidence,
        )  # fmt: skip


def _signature(letter: Letter) -> Region | None:
    return next((one for one in letter.regions if one.zone is Zone.SIGNATURE), None)


def _deputised(
    titles: Sequence[_Title], lines: Sequence[Line], lexicon: Lexicon
) -> tuple[list[_Title], bool]:
    """Titles with `KT.` and `PHÓ` put back where two lines end in one title.

    Only a deputy signs under his head's title (Decree 30/2020, article 13.2): `GIÁM ĐỐC`
    over `PHÓ GIÁM ĐỐC` is `KT. GIÁM ĐỐC` whose `KT.` was written by hand or lies under
    the seal, and so is a head's title over a line that begins with `PHÓ` or ends in the
    same word, whatever the seal has made of the rest.
    """
    for index, upper in enumerate(titles):
        head = _PREFIX.sub(r"\g<body>", upper.text)
        if not upper.known or bare(head).startswith(("pho ", "thu truong")):
            continue
        under = [line for line in lines if _stands_under(line, upper.line)]
        if not under:
            continue
        # The seal's letters stand there too: the deputy's title goes before them.
        printed = [line for line in under if bare(line.text) == _deputy_of(head)]
        below = (printed or under)[0]
        named = next((title for title in titles if title.line is below), None)
        if named is not None and named.authority:
            continue
        words = bare(re.sub(r"[^\w\s]", " ", below.text)).split()
        if not words or _share_of_capitals(below.text) <= 0.8:
            continue
        deputy = _deputy_of(head)
        # The head's title once more is a second reading of it, or of his deputy's.
        kept = [
            title
            for title in titles[index + 1 :]
            if title is not named and bare(title.text) != bare(head)
        ]
        if named is not None and bare(named.text) == deputy and upper.authority:
            return [*titles[: index + 1], named, *kept], False  # printed in full
        if words[0] != "pho" and words[-1] != bare(head).split()[-1]:
            continue
        if named is not None and named.known and bare(named.text) not in (deputy, bare(head)):
            continue  # another office, read in full: `PHÓ TRƯỞNG PHÒNG PHỤ TRÁCH`
        full = next((one for one in lexicon.titles if bare(one) == deputy), f"PHÓ {head}")
        over = upper if upper.authority else replace(upper, text=f"KT. {head}", authority=True)
        return [*titles[:index], over, _Title(full, False, below, True), *kept], True
    return list(titles), False


def _deputy_of(head: str) -> str:
    """The bare title of his deputy."""
    return f"pho {bare(head)}" if bare(head) != "bo truong" else "thu truong"


def _share_of_capitals(text: str) -> float:
    letters = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in letters) / max(len(letters), 1)


def _stands_under(line: Line, upper: Line) -> bool:
    gap = line.bbox.top - upper.bbox.bottom
    beside = abs(line.bbox.center_x - upper.bbox.center_x)
    return -0.5 * upper.height < gap < 1.2 * upper.height and beside < 60 and line is not upper


def _candidate(
    field: str, value: str, titles: Sequence[_Title], page: int, facts: tuple[str, ...] = ()
) -> Candidate:
    words = [word for title in titles for word in title.line.words]
    known = all(title.known for title in titles)
    return Candidate(
        field, value, " / ".join(title.line.text for title in titles), 0.95 if known else 0.6,
        "signature_block", Place(page, BBox.around(word.bbox for word in words)),
        min(word.confidence for word in words),
        facts or (("lexicon:titles",) if known else ()),
    )  # fmt: skip


def _title(line: Line, lexicon: Lexicon) -> _Title | None:
    text = re.sub(
        r"^[\W_]+|[^\w.]+$",
        "",
        " ".join(w.text for w in line.words if any(c.isalpha() for c in w.text)),
    )
    if sum(char.isalpha() for char in text) < 4 or _share_of_capitals(text) < 0.75:
        return None
    match = _PREFIX.match(text)
    if match is not None and len(bare(match["body"])) >= 4:
        body, known = _snap(match["body"], lexicon)
        # Printed form kept: `KT.`, `KT`, `T/M`; only a comma for the dot is mended.
        lead = text[: match.start("body")].strip().replace(",", ".")
        return _Title(f"{lead} {body}", True, line, known)
    body, known = _snap(text, lexicon)
    clear = min(word.confidence for word in line.words) >= 0.85
    if (
        known
        or clear
        and bare(text).startswith(("pho ", "truong ", "chu tich", "giam doc", "q giam doc", "q "))
    ):
        return _Title(body, False, line, known)
    return None


def _snap(text: str, lexicon: Lexicon) -> tuple[str, bool]:
    """The text with a known title put right where its letters agree but for marks."""
    acting = re.match(r"Q\W{0,2}\s+(?=\w)|Q[.,]\s*", text)
    if acting is not None and len(text) > acting.end():
        body, known = _snap(text[acting.end() :], lexicon)
        return f"Q. {body}", known
    key = bare(text)
    for title in lexicon.titles:
        name = bare(title)
        if key == name:
            return (text if fold(text) == fold(title) else title), True
    for title in lexicon.titles:
        name = bare(title)
        if len(name) >= 8 and abs(len(name) - len(key)) <= 2 and fuzz.ratio(name, key) >= 87:
            return title, True
    for title in lexicon.titles:
        # `tnó GIÁM ĐỐC`, `§ GIÁM ĐỐC`: what stands before is a seal's or a hand's.
        name = bare(title)
        lead = key[: -len(name) - 1] if key.endswith(" " + name) else None
        bits = lead.split() if lead is not None else []
        if lead and len(name) >= 8 and sum(map(len, bits)) <= 4 and len(bits) <= 2:
            deputy = fuzz.ratio(lead, "pho") >= 60
            return (f"PHÓ {title}" if deputy else title), True
    for title in lexicon.titles:
        name = bare(title)
        if len(name) >= 8 and key.startswith(name + " "):
            count = len(name.split())
            return " ".join([title, *text.split()[count:]]), True
    bodies = (
        "ỦY BAN NHÂN DÂN",
        "HỘI ĐỒNG NHÂN DÂN",
        "CHÍNH PHỦ",
        "BAN THƯỜNG VỤ",
        "ĐẢNG ỦY",
        "BAN CHẤP HÀNH",
    )
    for body in bodies:
        if fuzz.ratio(bare(body), key) >= 90:
            return (text if fold(text) == fold(body) else body), True
    return text, False


def _columns(titles: Sequence[_Title]) -> list[list[_Title]]:
    """Title lines by column: two where two signers stand side by side."""
    columns: list[list[_Title]] = []
    for title in titles:
        for column in columns:
            if abs(column[0].line.bbox.center_x - title.line.bbox.center_x) < 75:
                column.append(title)
                break
        else:
            columns.append([title])
    return columns


def _names(
    region: Region, lexicon: Lexicon, titles: Sequence[_Title], below: float
) -> Iterator[tuple[Line, str, float, tuple[str, ...]]]:
    found = []
    for line in region.lines:
        if line.bbox.top < below - 4:
            continue
        person = _person(line, lexicon)
        if person is None:
            continue
        name, whole = person
        if name.split()[0] in _MIDDLE:
            continue
        name = _with_marks(name, lexicon)
        surname = name.split()[0] in lexicon.surnames
        confidence = min(word.confidence for word in line.words)
        if confidence < _UNREAD:
            continue  # a syllable of it is a guess: `Phirrnơ` under a seal
        if not surname and confidence < 0.9:
            continue  # a name that begins with no family name lost its first word to a seal
        short = len(name.split()) == 2 and not _DEGREE.match(line.text)
        if short and name.split()[1] in _NEVER_LAST:
            continue
        if short and not line.whole:
            whole = whole and not (_shifted(line, titles) or _has_ink_before(line, name, region))
        if not whole:
            continue  # the family name lies under the seal: the rest is nobody's name
        score = 0.5 + 0.25 * surname + 0.25 * confidence
        if short and not line.whole and confidence < 1.0:
            # Five of six such readings of scans had lost their first word to the seal
            # (`Lê Hoàng Anh`, `Hoàng` being a family name too): an alternative, no value.
            score = _DOUBTFUL
        if line.stamped and confidence < _STAMPED:
            score = _DOUBTFUL
        found.append((line, name, score, ("lexicon:surname",) if surname else ()))
    # The printed name is the first plausible one under the seal; later lines are annex text.
    yield from sorted(found, key=lambda item: (-item[2], item[0].bbox.top))


def _with_marks(name: str, lexicon: Lexicon) -> str:
    """The name with its family name's marks put right where only one is spelled so."""
    first, _, rest = name.partition(" ")
    if first in lexicon.surnames:
        return name
    alike = [one for one in lexicon.surnames if bare(one) == bare(first)]
    return f"{alike[0]} {rest}" if len(alike) == 1 else name


def _shifted(line: Line, titles: Sequence[_Title]) -> bool:
    """Whether a name stands so far right of the titles' middle that a syllable is missing."""
    if not titles:
        return False
    middle = sum(title.line.bbox.center_x for title in titles) / len(titles)
    return line.bbox.center_x - middle > 7.0


def _has_ink_before(line: Line, name: str, region: Region) -> bool:
    """Whether something was read right before the name: a first syllable, for all one knows."""
    first = next((w for w in line.words if name.split()[0] in w.text), line.words[0])
    return any(
        word.bbox.right < first.bbox.left + 2
        and first.bbox.left - word.bbox.right < 3 * first.bbox.height
        and word.bbox.top < first.bbox.bottom - 2
        and word.bbox.bottom > first.bbox.top + 2
        for other in region.lines
        for word in other.words
    )


def _person(line: Line, lexicon: Lexicon) -> tuple[str, bool] | None:
    """The name without titles, and whether nothing that may be its beginning was cut off."""
    words = [word.text.strip("\"'“”`~|_-–:;*‘’{}<>[]()") for word in line.words]
    words = [word for word in words if word]
    text = " ".join(words)
    for rank in lexicon.ranks:
        text = re.sub(rf"(?:^|(?<=\s)){re.escape(rank)}\s*", "", text, count=1)
    text = re.sub(r"^(?:(?:[A-ZĐ][A-Za-zĐđ]{0,4}\.\s*)+|T[SsHh]S?[.,]\s*)", "", text)
    parts = text.strip(" .,").split()
    whole = True
    while parts and not _is_syllable(parts[0]):
        # `ê Hoàng Anh`: a bit of a syllable; a long or marked word is a seal's or a rank.
        whole = not (len(parts[0]) <= 4 and parts[0].isalpha())
        parts = parts[1:]
    while parts and not _is_syllable(parts[-1]):
        parts = parts[:-1]
    if not 2 <= len(parts) <= 6 or not all(_is_syllable(part) for part in parts):
        return None
    if sum(len(part) for part in parts) < 6:
        return None
    return " ".join(part.strip(".,") for part in parts), whole


def _is_syllable(part: str) -> bool:
    """A capital with small letters after it: `Đức`, not `ê`, not `SYT`."""
    return _SYLLABLE.match(part) is not None and part.istitle()


def _joint(
    columns: Sequence[Sequence[_Title]],
    names: Sequence[tuple[Line, str, float, tuple[str, ...]]],
    page: int,
) -> Iterator[Candidate]:
    ordered = sorted(columns, key=lambda column: column[0].line.bbox.left)
    authorities = [title for column in ordered for title in column if title.authority]
    positions = [column[-1] for column in ordered if not column[-1].authority]
    if authorities:
        yield _candidate(
            "signing_authority", " / ".join(t.text for t in authorities), authorities, page
        )
    if positions:
        yield _candidate("signer_position", " / ".join(t.text for t in positions), positions, page)
    chosen = []
    for column in ordered:
        near = [
            name for name in names if abs(name[0].bbox.center_x - column[0].line.bbox.center_x) < 90
        ]
        if near:
            chosen.append(near[0])
    if chosen:
        line = chosen[0][0]
        yield Candidate(
            "signer_name", " / ".join(one[1] for one in chosen), " / ".join(one[0].text for one in chosen),
            min(one[2] for one in chosen), "two_signers", Place(page, line.bbox),
            min(word.confidence for one in chosen for word in one[0].words),
        )  # fmt: skip
