"""A cited directive as it stands in a text, and the merging of its mentions.

Offsets are half-open character positions in the text that was searched. This module
knows nothing of how mentions are found, of pages or of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from pipeline.record import DateValue
from pipeline.vietnamese import bare, fold

_NORMATIVE = re.compile(r"\d+[a-z]?/\d{4}/")
_NAMED = frozenset({"Luật", "Bộ luật", "Pháp lệnh"})
_BESIDE = 8  # characters from one item of an enumeration to the next: ` và các `
_CUT = 2  # letters of a symbol that a scan may lose at its end


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text names a directive.

    Attributes:
        number: normalized key (`30/2020/NĐ-CP`); `None` for a law cited by name and
            for a bare number whose symbol is not printed.
        pin: cited part, `Đ5.k2`; several joined by `; `.
        nested: stands inside another document's title.
        start: first character of the type word (or of the number, where there is none).
        end: end of number or law name, and of the date that follows it.
        full_end: end with issuer and title.
        raw: `text[start:full_end]`, as printed.
        bare_number: the number of a mention whose symbol is not printed (`số 80`).
        repaired: the number or the date was read through a repair of its letters.
        mended: a letter of the symbol, lost, doubled or misread, was put right by the issuer.
        odd_date: a date printed behind the number whose year contradicts the number's; then
            `issue_date` is empty.
    """

    doc_type: str | None
    number: str | None
    issue_date: DateValue | None
    issuer: str | None
    title: str | None
    pin: str | None
    relation: str
    nested: bool
    start: int
    end: int
    full_end: int
    raw: str
    bare_number: str | None = None
    repaired: bool = False
    mended: bool = False
    odd_date: DateValue | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """All mentions of one directive: the richest, completed from the others.

    Attributes:
        mention: the richest mention, blanks filled from the others.
        count: how often the text names it.
        indices: positions of its mentions in the sequence that was merged.
    """

    mention: Mention
    count: int
    indices: tuple[int, ...]


def merge_mentions(
    mentions: Iterable[Mention], *, contested: Collection[int] = ()
) -> tuple[Merged, ...]:
    """One entry per distinct directive, in order of first mention.

    Two mentions are one directive when their numbers agree (whole numbers, letter case
    ignored) and neither date nor issuer contradicts; a law without a number is known by
    type, name and year, and is the numbered one of its name where the text has only one.
    A mention that would fit two directives stays with the latest. Two numbers of one
    enumeration are never one directive.

    Args:
        mentions: all mentions of one text, in order.
        contested: positions of mentions whose number another reading denies. One that is a
            figure away from a directive of the same symbol and day is a misreading of it.
    """
    listed = list(mentions)
    groups: list[list[int]] = []
    by_identity: dict[tuple[str, ...], list[int]] = {}
    for index, mention in enumerate(listed):
        identity = _identity(mention)
        fitting = [
            group
            for group in by_identity.get(identity, [])
            if all(_compatible(listed[other], mention) for other in groups[group])
        ]
        if fitting:
            groups[fitting[-1]].append(index)
        else:
            by_identity.setdefault(identity, []).append(len(groups))
            groups.append([index])
    groups = _names_joined(listed, groups)
    groups = _near_joined(listed, _cut_joined(listed, groups))
    groups = _contested_joined(listed, groups, frozenset(contested))
    return tuple(
        Merged(_richest([listed[index] for index in group]), len(group), tuple(group))
        for group in groups
    )


def _names_joined(listed: list[Mention], groups: list[list[int]]) -> list[list[int]]:
    """The groups, a law told by its name alone joined to the one numbered law of that name."""
    numbered: dict[tuple[str, str], list[int]] = {}
    for place, group in enumerate(groups):
        named = next((one for i in group if (one := listed[i]).title is not None), None)
        if named is not None and named.number is not None and named.doc_type in _NAMED:
            numbered.setdefault(_law_name(named), []).append(place)
    out: list[list[int] | None] = [list(group) for group in groups]
    for place, group in enumerate(groups):
        one = listed[group[0]]
        if one.number is not None or one.bare_number is not None or one.doc_type not in _NAMED:
            continue
        places = numbered.get(_law_name(one), []) if one.title is not None else []
        if len(places) != 1 or not all(
            _of_one_year(listed[i], listed[j]) for i in group for j in groups[places[0]]
        ):
            continue
        target, mine = out[places[0]], out[place]
        if target is not None and mine is not None:
            target += mine
            out[place] = None
    return sorted((sorted(group) for group in out if group is not None), key=min)


def _law_name(mention: Mention) -> tuple[str, str]:
    """Type and name of a law as a key: `Luật Dược` and `luật dược` are one."""
    kind = fold(mention.doc_type or "")
    return kind, fold(mention.title or "").removeprefix(kind).strip()


def _of_one_year(named: Mention, numbered: Mention) -> bool:
    """Whether the date told beside a law's name allows the numbered law."""
    if named.issue_date is None:
        return True
    years = {date.iso[:4] for date in (numbered.issue_date,) if date is not None}
    printed = re.match(r"\d+[a-z]?/(\d{4})/", numbered.number or "")
    years |= {printed[1]} if printed else set()
    return named.issue_date.iso[:4] in years


def _listed_together(listed: list[Mention], group: list[int], other: list[int]) -> bool:
    """Whether a mention of each stands beside the other: `số 47/QĐ-KCN và số 48/QĐ-KCN`."""
    return any(
        0 <= listed[max(a, b)].start - listed[min(a, b)].full_end <= _BESIDE
        for a in group
        for b in other
        if abs(a - b) == 1
    )


def _near_joined(listed: list[Mention], groups: list[list[int]]) -> list[list[int]]:
    """The groups, one joined to an earlier one where only a letter of the symbol differs.

    `1985/SYT-NWY` of the same day as `1985/SYT-NVY` is a misreading of it: number, year,
    date and type agree, both dates are printed to the day. The earlier reading stands.
    """
    by_day: dict[tuple[str, ...], list[int]] = {}
    out: list[list[int]] = []
    for group in groups:
        days = {m.issue_date.iso for i in group if (m := listed[i]).issue_date is not None}
        number = listed[group[0]].number
        match = re.fullmatch(r"(\d+[a-z]?(?:[/-]\d{4})?)[/-](.+)", number or "")
        if match is None or len(days) != 1 or len(day := days.pop()) != 10:
            out.append(group)
            continue
        key = (match[1].lstrip("0"), day, fold(listed[group[0]].doc_type or ""))
        for place in by_day.get(key, []):
            if _one_letter_apart(
                listed[out[place][0]].number or "", number or ""
            ) and not _listed_together(listed, out[place], group):
                out[place] = [*out[place], *group]
                break
        else:
            by_day.setdefault(key, []).append(len(out))
            out.append(group)
    return out


def _cut_joined(listed: list[Mention], groups: list[list[int]]) -> list[list[int]]:
    """The groups, one whose symbol was cut short joined to the whole one.

    `02/2009/TT-BY` beside `02/2009/TT-BYT`: number and year of a normative act are the same.
    """
    whole: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        match = _NORMATIVE.match(listed[group[0]].number or "")
        if match is not None:
            whole.setdefault(match[0].lstrip("0"), []).append(place)
    out: list[list[int] | None] = [list(group) for group in groups]
    for places in whole.values():
        for place in places:
            number = (listed[groups[place][0]].number or "").lstrip("0")
            longer = [
                other
                for other in places
                if (full := (listed[groups[other][0]].number or "").lstrip("0")) != number
                and full.startswith(number)
                and len(full) - len(number) <= _CUT
            ]
            mine, target = out[place], out[longer[0]] if len(longer) == 1 else None
            if mine is not None and target is not None:
                target += mine
                out[place] = None
    return sorted((group for group in out if group is not None), key=min)


def _contested_joined(
    listed: list[Mention], groups: list[list[int]], contested: frozenset[int]
) -> list[list[int]]:
    """The groups, contested ones joined to the one that they are a misreading of."""
    firm = [group for group in groups if not contested.issuperset(group)]
    out = [list(group) for group in firm]
    for group in groups:
        if not contested.issuperset(group):
            continue
        near = [
            place
            for place, other in enumerate(firm)
            if _one_figure_apart(listed[other[0]], listed[group[0]])
            and not _listed_together(listed, other, group)
            and any(_same_day(listed[a], listed[b]) for a in other for b in group)
        ]
        if len(near) == 1:
            out[near[0]] += group
        else:
            out.append(list(group))
    return sorted(out, key=min)


def _same_day(one: Mention, other: Mention) -> bool:
    """Whether both are of one type and print the same whole date."""
    first, second = one.issue_date, other.issue_date
    return (
        fold(one.doc_type or "") == fold(other.doc_type or "")
        and first is not None
        and first == second
        and first.precision == "day"
    )


def _one_figure_apart(one: Mention, other: Mention) -> bool:
    """Whether the symbols are the same and the numbers differ by one figure, more or other."""
    first = re.match(r"(\d+)(.*)", one.number or "")
    second = re.match(r"(\d+)(.*)", other.number or "")
    if first is None or second is None or fold(first[2]) != fold(second[2]):
        return False
    short, long = sorted((str(first[1]), str(second[1])), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether two keys are as long and differ in one letter, in no digit."""
    pairs = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(pairs) == 1 and "".join(pairs[0]).isalpha()


def _identity(mention: Mention) -> tuple[str, ...]:
    """What two mentions of one directive share, whatever else they leave out."""
    if mention.number is not None:
        return ("number", re.sub(r"(?<!\d)0+(?=\d)", "", mention.number).casefold())
    kind = fold(mention.doc_type or "")
    if mention.bare_number is not None:
        return ("bare", kind, mention.bare_number.lstrip("0").casefold())
    return ("name", kind, fold(mention.title or mention.raw))


def _compatible(one: Mention, other: Mention) -> bool:
    """Whether date, type and issuer allow that both name the same directive."""
    if one.issue_date and other.issue_date:
        first, second = one.issue_date.iso, other.issue_date.iso
        if not (first.startswith(second) or second.startswith(first)):
            return False
    if one.doc_type and other.doc_type and fold(one.doc_type) != fold(other.doc_type):
        return False
    if one.issuer and other.issuer:
        first, second = _body(one.issuer), _body(other.issuer)
        return first.startswith(second) or second.startswith(first)
    return True


def _body(issuer: str) -> str:
    """An issuer's name as a key: `UBND tỉnh` and `Ủy ban nhân dân tỉnh` are one.

    Marks are left out: they are what a scan's reading slips on, and no two bodies that
    issue one number differ in them alone.
    """
    key = re.sub(r"^chu tich (?=ubnd|uy ban)", "", bare(issuer))
    return re.sub(r"^ubnd\b", "uy ban nhan dan", key)


def _richest(mentions: list[Mention]) -> Mention:
    """The mention that says most; what it lacks is filled from the others."""

    def said(mention: Mention) -> tuple[bool, bool, int, int]:
        parts = (mention.issue_date, mention.title, mention.issuer)
        return (
            mention.number is not None,
            not mention.nested,
            sum(part is not None for part in parts),
            -mention.start,
        )

    best = max(mentions, key=said)
    pins = dict.fromkeys(
        pin for mention in mentions if mention.pin for pin in mention.pin.split("; ")
    )
    own = [mention for mention in mentions if not mention.nested]
    relations = [mention.relation for mention in own if mention.relation != "dan_chieu"]

    def first(name: str) -> object:
        return next((v for m in mentions if (v := getattr(m, name)) is not None), None)

    filled = {
        name: first(name)
        for name in ("doc_type", "issue_date", "issuer", "title", "odd_date")
        if getattr(best, name) is None
    }
    return replace(
        best,
        **filled,  # type: ignore[arg-type]
        number=next((one.number for one in mentions if one.number is not None), None),
        pin="; ".join(pins) or None,
        relation=relations[0] if relations else "dan_chieu",
        nested=not own,
        mended=all(mention.mended for mention in mentions),
    )
