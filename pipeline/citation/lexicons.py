"""The data of this package: document types, abbreviations, law names, rules.

Read once from `models/`, checked and frozen. Raises `LexiconError` for a file that is
missing, not NFC, of the wrong shape or that repeats an id. Knows nothing of texts.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.citation.shadow import shadow_text
from pipeline.errors import LexiconError
from pipeline.vietnamese import fold

MODELS = Path(__file__).parents[2] / "models"


@dataclass(frozen=True, slots=True)
class NumberRule:
    """One shape of a document number, compiled; `needs` is `nothing` or `type`."""

    id: str
    pattern: re.Pattern[str]
    needs: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRule:
    """One spaCy token pattern of `references.jsonl`, as read.

    Attributes:
        label: what a match means: a relation code.
        reach: `clause`: counts anywhere before the mention in its clause; `near`: only
            filler words may stand between; `start`: must open the clause.
    """

    id: str
    label: str
    reach: str
    pattern: list[dict[str, Any]]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agency:
    """A body behind an abbreviation; `years` is `(first, last)`, open ends 0 and 9999."""

    abbr: str
    name: str
    level: str
    years: tuple[int, int]


def _read(name: str) -> str:
    try:
        text = (MODELS / name).read_text(encoding="utf-8")
    except OSError as error:
        message = f"models/{name} cannot be read: {error.strerror}; restore the file"
        raise LexiconError(message) from error
    if not unicodedata.is_normalized("NFC", text):
        message = f"models/{name} is not in NFC; save it with composed letters"
        raise LexiconError(message)
    return text


def read_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a tab-separated table by column name.

    Raises:
        LexiconError: missing, not NFC, a row with other columns than the first line.
    """
    lines = [line for line in _read(name).split("\n") if line.strip()]
    header = lines[0].split("\t")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            message = f"models/{name}, line {number}: {len(cells)} columns, not {len(header)}"
            raise LexiconError(message)
        rows.append(dict(zip(header, cells, strict=True)))
    return tuple(rows)


@functools.cache
def number_rules() -> tuple[NumberRule, ...]:
    """The shapes of document numbers, in the order in which they are tried.

    Raises:
        LexiconError: a rule lacks a key, repeats an id or does not compile.
    """
    name = "rules/document_number.toml"
    try:
        table = tomllib.loads(_read(name))
        pieces = dict(table["pieces"])
        rules = tuple(
            NumberRule(
                rule["id"],
                re.compile(_expand(rule["pattern"], pieces)),
                rule["needs"],
                tuple(rule["examples"]),
                tuple(rule["counterexamples"]),
            )
            for rule in table["rule"]
        )
    except (tomllib.TOMLDecodeError, KeyError, re.error) as error:
        message = f"models/{name}: {error}"
        raise LexiconError(message) from error
    _refuse_repeats(name, [rule.id for rule in rules])
    return rules


def _expand(pattern: str, pieces: dict[str, str]) -> str:
    """The pattern with `<piece>` replaced, pieces in pieces too."""
    while found := re.search(r"(?<!\?P)<(\w+)>", pattern):
        pattern = pattern[: found.start()] + pieces[found[1]] + pattern[found.end() :]
    return pattern


def _refuse_repeats(name: str, ids: list[str]) -> None:
    repeated = {identity for identity in ids if ids.count(identity) > 1}
    if repeated:
        message = f"models/{name}: repeated: {', '.join(sorted(repeated))}"
        raise LexiconError(message)


@functools.cache
def token_rules() -> tuple[TokenRule, ...]:
    """The spaCy patterns of relation cues.

    Raises:
        LexiconError: a line is no JSON, lacks a key or repeats an id.
    """
    name = "rules/references.jsonl"
    rules = []
    for number, line in enumerate(_read(name).splitlines(), start=1):
        try:
            row = json.loads(line)
            rules.append(
                TokenRule(
                    row["id"],
                    row["label"],
                    row["reach"],
                    row["pattern"],
                    tuple(row["examples"]),
                    tuple(row["counterexamples"]),
                )  # fmt: skip
            )
        except (ValueError, KeyError, TypeError) as error:
            message = f"models/{name}, line {number}: {error}"
            raise LexiconError(message) from error
    _refuse_repeats(name, [rule.id for rule in rules])
    return tuple(rules)


@functools.cache
def doc_types() -> dict[str, str]:
    """Printed names of document types by their shadow: `nghi dinh` gives `Nghị định`.

    `Quyết định của Thủ tướng Chính phủ` and `Nghị quyết (cá biệt)` count by their head.
    """
    names: dict[str, str] = {}
    for row in read_table("lexicons/doc_types.tsv"):
        head = re.split(r" \(| của ", row["name"])[0]
        for part in head.split(", "):
            name = part[:1].upper() + part[1:]
            names.setdefault(shadow_text(name), name)
    return names


@functools.cache
def type_abbreviations() -> dict[str, dict[str, tuple[str, ...]]]:
    """Type names by family (`party`, `state`) and abbreviation; several where it is shared."""
    table: dict[str, dict[str, list[str]]] = {"party": {}, "state": {}}
    for row in read_table("lexicons/doc_types.tsv"):
        if not row["abbr"] or "-" in row["abbr"]:
            continue
        head = re.split(r" \(| của ", row["name"])[0]
        if "," in head:
            continue
        family = "party" if row["family"] == "party" else "state"
        listed = table[family].setdefault(row["abbr"], [])
        if head not in listed:
            listed.append(head)
    return {
        family: {abbr: tuple(names) for abbr, names in entries.items()}
        for family, entries in table.items()
    }


@functools.cache
def agencies() -> dict[str, tuple[Agency, ...]]:
    """Bodies by abbreviation; provinces, which all print `UBND`, are left out."""
    table: dict[str, list[Agency]] = {}
    for row in read_table("lexicons/agencies.tsv"):
        if not row["level"].startswith("province"):
            agency = Agency(row["abbr"], row["name"], row["level"], _years(row["valid"]))
            table.setdefault(row["abbr"], []).append(agency)
    return {abbr: tuple(bodies) for abbr, bodies in table.items()}


def _years(valid: str) -> tuple[int, int]:
    """`1981-1992`, `-1998`, `1995-` or nothing, as first and last year."""
    match = re.fullmatch(r"(\d{4})?(?:-\d\d-\d\d)?-(\d{4})?(?:-\d\d-\d\d)?", valid)
    if not match:
        return (0, 9999)
    return (int(match[1] or 0), int(match[2] or 9999))


@functools.cache
def known_groups() -> frozenset[str]:
    """Every abbreviation that a symbol may be made of: `QĐ`, `UBND`, `BTC`, `QLCL`."""
    types = (row["abbr"] for row in read_table("lexicons/doc_types.tsv"))
    bodies = (row["abbr"] for row in read_table("lexicons/agencies.tsv"))
    units = (row["abbr"] for row in read_table("lexicons/units.tsv"))
    return frozenset(part for abbr in (*types, *bodies, *units) for part in abbr.split("-") if part)


@functools.cache
def recipient_names() -> frozenset[str]:
    """Usual entries of Nơi nhận and the names of bodies, folded; `#` stands for a number."""
    bodies = (row["name"].split(" (")[0] for row in read_table("lexicons/agencies.tsv"))
    usual = (row["name"] for row in read_table("lexicons/recipients.tsv"))
    return frozenset(fold(name) for name in (*bodies, *usual))


@functools.cache
def law_names() -> tuple[str, ...]:
    """Names of laws, codes and ordinances without their type word."""
    return tuple(row["name"] for row in read_table("lexicons/law_names.tsv"))


@functools.cache
def words(section: str, key: str) -> tuple[str, ...]:
    """A word list of `references.toml`, in bare letters.

    Raises:
        LexiconError: the file is damaged or lacks the list.
    """
    name = "rules/references.toml"
    try:
        return tuple(tomllib.loads(_read(name))[section][key])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        message = f"models/{name}: {error}"
        raise LexiconError(message) from error


def alternation(phrases: tuple[str, ...] | list[str]) -> str:
    """A regex that matches any of the phrases, longest first, by common first letters.

    The scan of a text costs less where the alternatives branch letter by letter.
    """
    return _branch(sorted(set(phrases)))


def _branch(phrases: list[str]) -> str:
    ends = "" in phrases
    by_first: dict[str, list[str]] = {}
    for phrase in phrases:
        if phrase:
            by_first.setdefault(phrase[0], []).append(phrase[1:])
    branches = []
    for first, rests in by_first.items():
        sign = r"[ ]{1,3}" if first == " " else re.escape(first)
        branches.append(sign + (_branch(rests) if any(rests) else ""))
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return "(?:" + "|".join(branches) + ")" + ("?" if ends else "")
