"""What else in a file speaks for or against its number and date.

A clerk's hand may be read wrong; an annex that names its letter, a signing program's time
and the file's own name were not written by the same pen. They are evidence, never values.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from pipeline.citation import normalize_symbol
from pipeline.page import Page
from pipeline.record import Candidate, Letter
from pipeline.vietnamese import bare, plain_signs

#: `(Kèm theo Công văn số 410/SYT-NVY ngày …)` over an annex, and nothing before it in its line.
_ANNEX = re.compile(
    r"^\W*(?:[Bb]an hành )?[Kk]èm theo [^\d/]{0,60}?(?P<number>\d{1,6}[a-zđ]?)\s*[/-]\s*(?P<symbol>[A-ZĐ][\w&Đđ./-]*\w)"
)
#: `Thời gian ký: 24.04.2018 15:17:44 +07:00`, on the bare text.
_SIGNED = re.compile(r"(?:thoi gian|ngay|gio) ky\D{0,12}(\d{1,2})\W(\d{1,2})\W(\d{4})")
#: `18.02.2025 09:58:30`, with a label before it or not.
_TIME = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?=;?\s+\d{1,2}:\d{2}(?!\d))")
#: What a program says that signed a copy.
_COPY = re.compile(r"\bsao (?:y|luc|trich)\b")
#: Confidence from which on a number in an annex's line bears out the letter's, and speaks against
#: another: below it, it is ink too. Of four such that contradicted a number none was read rightly.
_READ, _PRINT = 0.6, 0.95
#: Figures that a file is not called by accident.
_TELLING = 3
#: The first day of the State whose papers these are.
_FIRST_DAY = "1945-09-02"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of its own letter beside the head.

    Attributes:
        annexes: numbers and symbols under which annexes say that they belong to a letter.
        printed: those of them that are surely print.
        signed: ISO days on which a signing program signed it.
        copied: ISO days on which one signed a copy of it (`SAO Y`): it is no younger.
        file_name: the file's own name, without folders.
    """

    annexes: frozenset[tuple[str, str]]
    printed: frozenset[tuple[str, str]]
    signed: frozenset[str]
    copied: frozenset[str]
    file_name: str


def facts_of(letter: Letter, source_path: str) -> Facts:
    """The facts of one letter; `source_path` is its file."""
    days = [found for page in letter.pages for found in _signing_days(page)]
    copied = frozenset(day for day, is_copy in days if is_copy)
    annexes = [found for page in letter.pages for found in _annex_numbers(page)]
    return Facts(
        frozenset(named for named, _ in annexes),
        frozenset(named for named, confidence in annexes if confidence >= _PRINT),
        frozenset(day for day, _ in days) - copied,
        copied,
        PurePath(source_path).name,
    )


def corroborated(candidates: Iterable[Candidate], facts: Facts) -> list[Candidate]:
    """The candidates, those for number and date with `agree:` and `against:` facts added."""
    known = list(candidates)
    symbols = frozenset(one.value for one in known if one.field == "symbol" and one.value)
    return [_with_facts(one, tuple(_facts_for(one, facts, symbols))) for one in known]


def _with_facts(candidate: Candidate, told: Sequence[str]) -> Candidate:
    if not told:
        return candidate
    return replace(candidate, evidence=(*candidate.evidence, *told))


def _facts_for(one: Candidate, facts: Facts, symbols: frozenset[str]) -> Iterator[str]:
    if one.value is None:
        return
    if one.field == "issue_date":
        yield from _of_date(one.value, facts)
    elif one.field in ("number", "document_number"):
        number = re.split(r"[/-]", one.value)[0]
        if number in {annexed for annexed, symbol in facts.annexes if symbol in symbols}:
            yield "agree:annex"
        elif told := {annexed for annexed, symbol in facts.printed if symbol in symbols}:
            yield f"against:annex={min(told)}"
        figures = re.findall(r"\d+", facts.file_name)
        if len(number) >= _TELLING and number in figures:
            yield f"agree:file_name={facts.file_name}"


def _of_date(iso: str, facts: Facts) -> Iterator[str]:
    if iso in facts.signed:
        yield "agree:signed"
    elif (facts.signed or facts.copied) and iso > max(facts.signed | facts.copied):
        yield f"against:signed={max(facts.signed | facts.copied)}"
    if iso < _FIRST_DAY[: len(iso)] or iso > datetime.date.today().isoformat():
        yield "against:calendar"


def _annex_numbers(page: Page) -> Iterator[tuple[tuple[str, str], float]]:
    """Number and symbol of the letter that a page says it belongs to, and how surely read."""
    for line in page.lines:
        found = _ANNEX.search(plain_signs(line.text))
        if found is None:
            continue
        inked = min(
            (word.confidence for word in line.words if found["number"] in word.text), default=0.0
        )
        if inked >= _READ:
            yield (found["number"], normalize_symbol(found["symbol"])), inked


def _signing_days(page: Page) -> Iterator[tuple[str, bool]]:
    """Days on which a program signed the page, and whether it signed a copy."""
    for overlay in page.overlays:
        is_copy = _COPY.search(bare(overlay.text)) is not None
        yield from ((day, is_copy) for day, _ in signing_days(overlay.text))
    texts = [line.text for line in page.lines]
    # The label and the time may be lines of their own.
    for text in (*texts, " ".join(texts)):
        for found in _SIGNED.findall(bare(text)):
            yield from ((day, False) for day in _iso(*found))


def signing_days(text: str) -> Iterator[tuple[str, str]]:
    """ISO days of the times in what a signing program laid over a page, and how it writes them."""
    for found in _TIME.finditer(text):
        yield from ((day, found[0]) for day in _iso(*found.groups()))


def _iso(day: str, month: str, year: str) -> Iterator[str]:
    with contextlib.suppress(ValueError):
        yield datetime.date(int(year), int(month), int(day)).isoformat()
