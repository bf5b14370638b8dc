"""Document numbers (số và ký hiệu): their shapes, repairs and normal form.

The shapes are data (`models/rules/document_number.toml`); here is what a matched shape
means. Letters are read as digits, and `D` as `Đ`, only inside a number that matched as
a whole. This module knows nothing of the words around a number.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.citation.lexicons import known_groups, number_rules, type_abbreviations
from pipeline.citation.shadow import plain_text

_DIGITS = str.maketrans("OoIlJ|]", "0011111")
_LABEL = re.compile(r"\s*(?:[Ss][oôốổồỗộ06óò]|SỐ|SÔ)\s*[:.]?\s*(?=[\dA-ZĐOoIl|])")
#: pairs that are one body: a hyphenated line break (`UB- ND`)
_REJOINED = {
    ("UB", "ND"): "UBND",
    ("HĐ", "ND"): "HĐND",
    ("UBN", "D"): "UBND",
    ("U", "BND"): "UBND",
}


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A document number taken apart.

    Attributes:
        number: as printed, repaired: `30`, `05`, `3176b`.
        symbol: `NĐ-CP`, `NQ/TW`, `HĐBT`: what follows number and year.
        year: `2020` where printed between number and symbol.
        key: the normal form to match by: `30/2020/NĐ-CP`, `18-NQ/TW`, `53-HĐBT`.
        doc_type: what the abbreviation says; `None` where it says none or several.
        repaired: whether key differs from the printed form by more than spaces.
    """

    number: str
    symbol: str
    year: str | None
    key: str
    doc_type: str | None
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number in a text, half-open, and the rule that matched it."""

    parsed: ParsedNumber
    start: int
    end: int
    rule: str


def parse_number(text: str) -> ParsedNumber | None:
    """The document number that the whole text is (`Số: 15/QĐ-SNV`), else `None`."""
    plain = plain_text(text).strip().rstrip(".,;: ")
    label = _LABEL.match(plain)
    start = label.end() if label else 0
    found = number_at(plain, start, typed=True)
    if found is not None and found.end == len(plain):
        return found.parsed
    if len(plain) > 60:
        return None
    # the span is known to be whole: blanks between groups are lost hyphens or a name
    tail = re.match(r"([^ ]*[A-ZĐ]{2,})((?: [A-ZĐ][A-ZĐ0-9-]*){1,3}| \(\d{1,3}\))$", plain[start:])
    if tail is None:
        return None
    head = parse_number(tail[1])
    if head is None:
        return None
    rest = tail[2].strip()
    symbol = f"{head.symbol} {rest}"
    return ParsedNumber(
        head.number,
        symbol,
        head.year,
        f"{head.key} {rest}",
        head.doc_type,
        head.repaired,
    )


def number_at(plain: str, position: int, *, typed: bool) -> NumberSpan | None:
    """The number that starts at `position` of plain text.

    Args:
        plain: text with one kind of dash, slash and space.
        position: where its first character must be.
        typed: whether a type word or `số` stands before it, so that weak shapes count.
    """
    for rule in number_rules():
        if rule.needs == "type" and not typed:
            continue
        match = rule.pattern.match(plain, position)
        if match is None:
            continue
        if plain[match.end() : match.end() + 1] in {"-", "/"} and not re.search(
            r"[-/]", match["symbol"]
        ):
            continue  # `75/2014/TT-` goes on where we cannot see it
        parsed = _parsed(rule.id, match)
        if parsed is not None and (typed or _is_strong(rule.id, parsed)):
            return NumberSpan(parsed, match.start(), match.end(), rule.id)
    return None


def normalize_symbol(text: str) -> str:
    """A printed symbol without reading errors: `QD-UBND` becomes `QĐ-UBND`.

    Only groups that are no known abbreviation change, and only into a known one; blanks
    around signs go, `UB- ND` becomes `UBND`.
    """
    plain = re.sub(r"\s*([-/&])\s*", r"\1", plain_text(text).strip()).replace("_", "-")
    parts = re.split(r"([-/. ])", plain)
    for index in range(len(parts) - 3, -1, -2):
        whole = _REJOINED.get((parts[index], parts[index + 2]))
        if parts[index + 1] == "-" and whole:
            parts[index : index + 3] = [whole]
    groups = parts[::2]
    parts[::2] = [_known_form(groups, index) for index in range(len(groups))]
    return "".join(parts)


def _known_form(groups: list[str], index: int) -> str:
    """The group, or the one known abbreviation that it is a misreading of."""
    known = known_groups()
    group = groups[index]
    following = groups[index + 1 : index + 2]
    if group in known or _split_digits(group)[0] in known:
        return group
    if group == "ND" and index == 0 and following == ["CP"]:
        return "NĐ"
    if group == "CI" and index == 0 and following and following[0] in known:
        return "CT"
    if group.startswith("QĐĐ"):
        return "QĐ" + group[3:]  # an engine doubles Đ; no type has two
    if len(group) > 3 and (meant := _look_alike(group)):
        return meant
    if not group.isupper():
        # A capital read as a small letter, the bar of Đ as that of b: `sYT`, `Qb`.
        for meant in (group.upper(), re.sub("[bdđ]", "Đ", group).upper()):
            if meant in known:
                return meant
    # two letters are too few to tell a slip from a unit of its own (`UBND-TD`)
    if len(group) > 2 or (index == 0 and following and following[0] in known):
        return _crossed().get(group, group)
    return group


@functools.cache
def _crossed() -> dict[str, str]:
    """Abbreviations by their form without the bar of Đ, where only one can be meant."""
    forms: dict[str, set[str]] = {}
    for group in known_groups():
        if "Đ" in group and len(group) > 1:
            forms.setdefault(group.replace("Đ", "D"), set()).add(group)
    return {
        plain: next(iter(groups))
        for plain, groups in forms.items()
        if len(groups) == 1 and plain not in known_groups()
    }


#: signs that scans confuse inside capital letters
_CONFUSED = {
    "0": "OĐ", "1": "IL", "5": "S", "6": "G", "7": "T", "8": "B", "D": "UĐ", "I": "TL",
    "L": "I", "T": "I", "O": "Q", "Q": "O", "C": "G", "G": "C", "E": "B", "P": "F",
}  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _look_alike(group: str) -> str | None:
    """The one known abbreviation that differs from the group by one confusable sign.

    `DBND` is UBND and `SG7VT` is SGTVT: groups of four letters and more, and no other
    known abbreviation as near; else nothing.
    """
    near = {
        group[:place] + letter + group[place + 1 :]
        for place, sign in enumerate(group)
        for letter in _CONFUSED.get(sign, "")
    } & known_groups()
    return next(iter(near)) if len(near) == 1 else None


def _split_digits(group: str) -> tuple[str, str]:
    """`QH15` as `QH` and `15`, `BCĐ138` as `BCĐ` and `138`."""
    letters = group.rstrip("0123456789")
    return letters, group[len(letters) :]


def _parsed(rule: str, match: re.Match[str]) -> ParsedNumber | None:
    """What a matched shape means; `None` where the shape deceives."""
    groups = match.groupdict()
    number = _repaired_number(groups["number"].replace(" ", ""))
    if number is None:
        return None
    year = groups.get("year")
    if year is not None:
        year = year.translate(_DIGITS).replace(" ", "")
        if not (year.isdigit() and 1945 <= int(year) <= 2099):
            return None
    symbol = normalize_symbol(_unbroken(re.sub(r"(?<=QH) (?=\d)", "", groups["symbol"])))
    if rule == "standard":
        body = groups.get("body")
        key = f"{symbol} {number}:{year}" + (f"/{body}" if body else "")
        name = _single(type_abbreviations()["state"].get(symbol, ()))
        return ParsedNumber(number, symbol + (f"/{body}" if body else ""), year, key, name)
    if rule == "letters_first":
        name = _single(type_abbreviations()["state"].get(symbol, ()))
        return ParsedNumber(number, symbol, None, f"{symbol}/{number}", name)
    sign = "-" if rule == "hyphen" else "/"
    if rule == "spaced":
        symbol = symbol.replace("/", "-", 1)
    key = f"{number}{sign}{year}/{symbol}" if year else f"{number}{sign}{symbol}"
    printed = re.sub(r"[ ]", "", match[0])
    return ParsedNumber(
        number, symbol, year, key, symbol_type(symbol, party=sign == "-"),
        repaired=printed != key,
    )  # fmt: skip


def _unbroken(symbol: str) -> str:
    """The symbol without a blank inside: `QĐ UBND` lost its hyphen, `GA VI` was torn."""
    match = re.search(r"([^-/ ]+) ([A-ZĐ]+)$", symbol)
    if match is None:
        return symbol
    sign = "-" if match[1] in known_groups() and match[2] in known_groups() else ""
    return f"{symbol[: match.end(1)]}{sign}{match[2]}"


def _repaired_number(printed: str) -> str | None:
    """Digits with letters read as digits inside the run; a suffix letter stays."""
    match = re.fullmatch(r"([\dOoIl|]+?)(bis|[a-zA-Z]{0,2})", printed)
    if match is None:
        return None
    # greedy on digits: a trailing O, I or l belongs to the run only if no digit is lost
    run = re.fullmatch(r"([\dOoIl|]*\d[OoIl|]?|[\dOoIl|]+)(.*)", printed)
    if run is None:
        return None
    digits, suffix = run[1].translate(_DIGITS), run[2]
    if not digits.isdigit() or len(digits) > 6:
        return None
    return digits + suffix


def symbol_type(symbol: str, *, party: bool) -> str | None:
    """The type that a symbol's first group stands for, if it stands for one only."""
    groups = [_split_digits(group)[0] for group in re.split(r"[-/ .]", symbol)]
    first = groups[0]
    if len(groups) == 1:
        # a single group is a body (`53-HĐBT`, `88/CP`, `QH14`), but for a few types
        return {"SL": "Sắc lệnh"}.get(first)
    if groups[:2] == ["TT", "LB"]:
        return "Thông tư liên bộ"
    if party and len(groups) == 2:
        return _single(type_abbreviations()["party"].get(first, ()))
    if first == "TC":
        # thông cáo, or Bộ Tài chính before 1998: `1141-TC/QĐ/CĐKT`
        return _single(type_abbreviations()["state"].get(groups[1], ())) if party else None
    names = type_abbreviations()["state"].get(first, ())
    if names:
        return {"SL": "Bản sao lục", "TT": "Thông tư", "BN": None}.get(first, names[0])
    return "Công văn" if first in known_groups() else None


def _single(names: tuple[str, ...]) -> str | None:
    """The name, if there is one only: Party `QĐ` is quyết định and quy định."""
    return names[0] if len(names) == 1 else None


def _is_strong(rule: str, parsed: ParsedNumber) -> bool:
    """Whether the number counts without a type word: its abbreviations are known."""
    if rule == "standard":
        return True
    groups = [_split_digits(group)[0] for group in re.split(r"[-/.]", parsed.symbol)]
    known = sum(group in known_groups() for group in groups)
    if parsed.year is not None:
        return groups[0] in known_groups()
    return len(groups) > 1 and known == len(groups) or (len(groups) > 2 and known > 1)
