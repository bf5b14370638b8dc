"""Quyền hạn, chức vụ, họ tên: who signs, in what office, on whose behalf (ô 7a, 7b).

TM. for a collective, KT. for the head, TL. by order, TUQ. by authorisation (Decree
30/2020, Appendix I, II.7). The signer's own position is the last title line before the
name; the lines above it are the authority. Q. (acting) belongs to the position.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.fields.deputy import settled
from pipeline.fields.office import Title as _Title
from pipeline.fields.office import is_deputy, title_of
from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.naming import NEVER_LAST, given_names
from pipeline.page import BBox, Line, Region, Zone
from pipeline.record import Candidate, Letter, Place
from pipeline.vietnamese import bare

SPECS = (
    FieldSpec("signer_name", "họ tên người ký", "name without titles", "họ tên, không kèm học hàm"),
    FieldSpec("signer_position", "chức vụ người ký", "position", "chức vụ"),
    FieldSpec(
        "signing_authority", "quyền hạn ký", "lines on whose behalf", "quyền hạn (KT., TM., TL.)"
    ),
)

#: A rank or degree before a name: what follows it is the whole name.
_DEGREE = re.compile(r"\W*(?:[A-ZĐ]\w{0,4}\.\s*)+\w")
#: Below what `resolve` takes for a value.
_DOUBTFUL = 0.3
#: How far a name's middle may be from its title's, points.
_BESIDE = 90.0
#: Points that a signature takes at least.
_SIGNATURE = 30.0
#: A line, the name in it, its score and what speaks for it.
_Name = tuple[Line, str, float, tuple[str, ...]]
#: Confidence of a word that nobody would call read.
_UNREAD = 0.15
#: Below this a name from a stamp is a guess.
_STAMPED = 0.5
#: A middle name that no family is called by.
_MIDDLE = frozenset({"Thị"})
_SYLLABLE = re.compile(r"^[^\W\d_]{1,7}[.,]?$")


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for name, position and authority; two signers are joined by ` / `."""
    region = _signature(letter)
    if region is None:
        return
    titles = [title for line in region.lines if (title := title_of(line, lexicon)) is not None]
    below = max((title.line.bbox.bottom for title in titles), default=region.bbox.top)
    columns = _columns(titles)
    names = _names_under(columns, _names(region, lexicon, titles, below))
    if len(columns) == 2:
        yield from _joint(columns, names, region.page)
        return
    # A stamp stands where the hand put it, not in the middle under the title.
    printed = [line for line, _, score, _ in names if score > _DOUBTFUL and not line.stamped]
    # What was drawn in the place of the first has no seal's bits at its ends.
    drawn = [line for line in printed if line.whole and line.bbox.overlap(printed[0].bbox) > 0]
    middle = next((line.bbox.center_x for line in [*drawn, *printed]), None)
    titles, believed = settled(titles, region.lines, lexicon, middle)
    authorities = [title for title in titles if title.authority]
    positions = [title for title in titles if not title.authority]
    if authorities:
        text = " / ".join(title.text for title in authorities)
        yield _candidate("signing_authority", text, authorities, region.page)
    if positions:
        position = _over_signature(positions)
        held = _candidate("signer_position", position.text, [position], region.page)
        if not authorities and _has_capitals_before(position):
            held = replace(held, evidence=(*held.evidence, "against:before"))
        yield held if believed else replace(held, score=_DOUBTFUL)
    for line, name, score, evidence in names:
        rule = "name_stamp" if line.stamped else "signature_block"
        yield Candidate(
            "signer_name", name, line.text, score, rule, Place(region.page, line.bbox),
            min(word.confidence for word in line.words), evidence,
        )  # fmt: skip


def _over_signature(positions: Sequence[_Title]) -> _Title:
    """The last of the titles that stand together over the signature.

    A council's or committee's head signs as such; his office in the body whose seal it uses
    stands under the signature, over his name (Decree 30/2020, Appendix I, II.7).
    """
    for title, below in itertools.pairwise(positions):
        if below.line.bbox.top - title.line.bbox.bottom > _SIGNATURE:
            return title
    return positions[-1]


def _has_capitals_before(title: _Title) -> bool:
    """Whether capitals were read before a head's title: `T GIÁM ĐỐC` may be `KT. GIÁM ĐỐC`."""
    words = [word.text for word in title.line.words if any(map(str.isalpha, word.text))]
    before = " ".join(words[: -len(title.text.split())])
    return not is_deputy(title.text) and any(map(str.isupper, before))


def _names_under(columns: Sequence[Sequence[_Title]], names: Iterable[_Name]) -> list[_Name]:
    """The names, doubtful where no title stands over them: another signs there, who approves."""
    out = []
    for line, name, score, evidence in names:
        near = any(
            abs(title.line.bbox.center_x - line.bbox.center_x) < _BESIDE
            for column in columns
            for title in column
        )
        out.append((line, name, score if near or not columns else _DOUBTFUL, evidence))
    return sorted(out, key=lambda one: -one[2])


def _signature(letter: Letter) -> Region | None:
    return next((one for one in letter.regions if one.zone is Zone.SIGNATURE), None)


def _candidate(field: str, value: str, titles: Sequence[_Title], page: int) -> Candidate:
    words = [word for title in titles for word in title.line.words]
    known = all(title.known for title in titles)
    inferred = any(title.inferred for title in titles)
    facts = ("inferred:deputy",) if inferred else ("lexicon:titles",) if known else ()
    return Candidate(
        field, value, " / ".join(title.line.text for title in titles), 0.95 if known else 0.6,
        "signature_block", Place(page, BBox.around(word.bbox for word in words)),
        min(word.confidence for word in words), facts,
    )  # fmt: skip


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
        if short and name.split()[1] in NEVER_LAST:
            continue
        if short and not line.whole:
            whole = whole and not (_shifted(line, titles) or _has_ink_before(line, name, region))
        if not whole:
            continue  # the family name lies under the seal: the rest is nobody's name
        score = 0.5 + 0.25 * surname + 0.25 * confidence
        if short and not line.whole and confidence < 1.0:
            # Five of six such readings of scans had lost their first word to the seal
            # (`Lê Hoàng Oanh`, `Hoàng` being a family name too): an alternative, no value.
            score = _DOUBTFUL
        if line.stamped and confidence < _STAMPED:
            score = _DOUBTFUL
        facts = ("lexicon:surname",) if surname else ()
        if any(map(_may_be_dotted, name.split())):
            facts = (*facts, "against:hook")
        found.append((line, name, score, facts))
    # The printed name is the first plausible one under the seal; later lines are annex text.
    yield from sorted(found, key=lambda item: (-item[2], item[0].bbox.top))


def _may_be_dotted(syllable: str) -> bool:
    """Whether a hook over i may be its dot, by what people are called: `Chỉnh` for `Chinh`.

    In bold print both readings err alike in it.
    """
    names, dotted = given_names(), syllable.replace("ỉ", "i")
    return dotted != syllable and names.get(dotted, 0.0) >= names.get(syllable, 0.0)


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
        # `ê Hoàng Oanh`: a bit of a syllable; a long or marked word is a seal's or a rank.
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
