"""The body that a symbol names, and a symbol put right by the body printed beside it.

`1747/QĐ-BGTT … của Bộ Giao thông vận tải` lost a letter: nobody is BGTT, and that ministry is
BGTVT. Knows nothing of how numbers or names are found.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import replace

from pipeline.citation.lexicons import agencies, known_groups, read_table
from pipeline.citation.number import ParsedNumber
from pipeline.citation.shadow import shadow_text

#: a state body is its ministry's old form before this year (`TC` = Bộ Tài chính)
_OLD_TC = 1998
_UNTIL_HDBT = 1992


def mended_by_issuer(parsed: ParsedNumber, issuer: str | None) -> ParsedNumber | None:
    """The number with its body's abbreviation whole, where a second witness names the body.

    The group after the type must be no known abbreviation, and differ from that of the body
    by one letter lost or doubled; or a group holds 1, I or l where the first letters of the
    issuer's name have I, L or T. The witness is the issuer; for a circular with its year
    also that only ministries issue them, if one ministry alone is so near.

    Returns:
        The number, marked `repaired`; `None` where nothing is to be put right.
    """
    if issuer is not None and (whole := _look_alike(parsed.symbol, issuer)) is not None:
        key = parsed.key.removesuffix(parsed.symbol) + whole
        return replace(parsed, symbol=whole, key=key, repaired=True)
    kind, sign, group = parsed.symbol.partition("-")
    if not sign or not group.isalpha() or group in known_groups() or len(group) < 3:
        return None
    if issuer is not None:
        meant = _abbreviations().get(shadow_text(issuer), frozenset())
    elif kind == "TT" and parsed.year is not None:
        meant = _ministries(int(parsed.year))
    else:
        return None
    near = {
        abbr for abbr in meant if _one_letter_more(abbr, group) or _one_letter_more(group, abbr)
    }
    if len(near) != 1:
        return None
    whole = f"{kind}-{near.pop()}"
    key = parsed.key.removesuffix(parsed.symbol) + whole
    return replace(parsed, symbol=whole, key=key, repaired=True)


def _look_alike(symbol: str, issuer: str) -> str | None:
    """The symbol with the issuer's own letters in place of figures and strokes read for them.

    `491/B1111-ƯDCNTT … của Bộ TT&TT`: B1111 can be read as BTTTT only. Every sign that is not
    a stroke must be the same.
    """
    meant = _initials(issuer)
    groups = symbol.split("-")
    for place, group in enumerate(groups):
        if group in known_groups() or len(group) < 3 or len(group) != len(meant):
            continue
        pairs = list(zip(group, meant, strict=True))
        off = [pair for pair in pairs if pair[0] != pair[1]]
        if off and all(read in "1Il|" and true in "ILT" for read, true in off):
            return "-".join([*groups[:place], meant, *groups[place + 1 :]])
    return None


def _initials(name: str) -> str:
    """The letters that a body's name is abbreviated to: `Bộ TT&TT` and its long form, BTTTT."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if word != "và"]
    return "".join(word if word.isupper() else word[0].upper() for word in words)


def barred_forms(symbols: Iterable[str]) -> dict[str, str]:
    """Symbols that lost a letter's bar or horn, by the one other symbol of the text that has it.

    `3365/BTTTT-UDCNTT` beside `491/BTTTT-ƯDCNTT`: a scan loses marks and adds none. Not
    `UBND-TD` beside `UBND-TĐ`: two letters are two units.
    """
    by_bare: dict[str, set[str]] = {}
    for symbol in symbols:
        by_bare.setdefault(shadow_text(symbol), set()).add(symbol)
    out = {}
    for found in by_bare.values():
        plain = [one for one in found if one.isascii()]
        marked = [one for one in found if not one.isascii()]
        if len(plain) == len(marked) == 1 and _lost_mark(plain[0], marked[0]):
            out[plain[0]] = marked[0]
    return out


def _lost_mark(plain: str, marked: str) -> bool:
    """Whether the groups that differ are long enough for a slip and no abbreviations known."""
    pairs = zip(re.split("[-/]", plain), re.split("[-/]", marked), strict=True)
    return all(len(a) > 2 and a not in known_groups() for a, b in pairs if a != b)


def _one_letter_more(long: str, short: str) -> bool:
    return len(long) == len(short) + 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )


@functools.cache
def _abbreviations() -> dict[str, frozenset[str]]:
    """The abbreviations of a body by its name in bare letters; provinces are left out."""
    table: dict[str, set[str]] = {}
    for row in read_table("lexicons/agencies.tsv"):
        if not row["level"].startswith("province") and re.fullmatch(r"\w{3,}", row["abbr"]):
            table.setdefault(shadow_text(row["name"].split(" (")[0]), set()).add(row["abbr"])
    return {name: frozenset(found) for name, found in table.items()}


@functools.cache
def _ministries(year: int) -> frozenset[str]:
    """Abbreviations of the ministries of a year."""
    return frozenset(
        abbr
        for abbr, bodies in agencies().items()
        for body in bodies
        if body.level == "ministry" and body.years[0] <= year <= body.years[1] + 1
    )


def issuer_of_symbol(parsed: ParsedNumber, doc_type: str | None, year: int | None) -> str | None:
    """The body that the symbol names, where it names only one in that year."""
    groups = re.split(r"[-/]", parsed.symbol)
    table = agencies()
    if parsed.key.startswith(("QCVN", "TCVN")):
        return _one(groups[-1], year) if len(groups) > 1 else None
    letters = [re.sub(r"\d+$", "", group) for group in groups]
    joint = letters[0] in {"TTLT", "NQLT", "TTLB"}
    if joint:
        names = [_one(group, year) for group in letters[1:]]
        return "; ".join(name for name in names if name) if names and all(names) else None
    if letters[0] == "TC" and len(letters) > 1 and "TC" in table:
        return _short(table["TC"][0].name) if year is not None and year <= _OLD_TC else None
    if len(letters) == 1:
        if letters[0] in {"QH", "UBTVQH"} or (letters[0] == "HĐBT" and _before(year)):
            return _one(letters[0], None)
        return _one(letters[0], year) if letters[0] in {"CP", "TTg"} else None
    if doc_type == "Công văn" and letters[0] in table and letters[0] != "CV":
        return _one(letters[0], year)
    if letters[-1] == "HĐBT" and not _before(year):
        return None
    return _one(letters[1], year) if len(letters) == 2 else None


def _before(year: int | None) -> bool:
    return year is not None and year <= _UNTIL_HDBT


def _one(abbr: str, year: int | None) -> str | None:
    """The body behind an abbreviation that is one whole body's, else nothing."""
    bodies = agencies().get(abbr, ())
    if len(bodies) != 1 or bodies[0].level == "party" or bodies[0].level == "committee":
        return None
    first, last = bodies[0].years
    if year is not None and not first <= year <= last + 1:
        return None
    return _short(bodies[0].name)


def _short(name: str) -> str:
    """The name without a remark in brackets."""
    return name.split(" (")[0]
