"""What else in a file speaks for or against its number and date.

A clerk's hand may be read wrong; an annex that names its letter, a signing program's time
and the file's own name were not written by the same pen. They are evidence, never values.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from pipeline.citation import normalize_symbol
from pipeline.page import Page
from pipeline.record import Candidate, Letter
from pipeline.vietnamese import bare, plain_signs

#: `(Kèm theo Công văn số 410/SYT-NVY ngày …)` over an annex.
_ANNEX = re.compile(
    r"[Kk]èm theo [^\d/]{0,60}?(?P<number>\d{1,6}[a-zđ]?)\s*[/-]\s*(?P<symbol>[A-ZĐ][\w&Đđ./-]*\w)"
)
#: `Thời gian ký: 24.04.2018 15:17:44 +07:00`, on the bare text.
_SIGNED = re.compile(r"(?:thoi gian ky|ngay ky)\D{0,12}(\d{1,2})\W(\d{1,2})\W(\d{4})")
#: Words of an annex's line are print: below this confidence its number is ink too.
_PRINT = 0.6
#: Figures that a file is not called by accident.
_TELLING = 3
#: The first day of the State whose papers these are.
_FIRST_DAY = "1945-09-02"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of its own letter beside the head.

    Attributes:
        annexes: numbers and symbols under which annexes say that they belong to a letter.
        signed: ISO days on which a signing program signed it.
        file_name: the file's own name, without folders.
    """

    annexes: frozenset[tuple[str, str]]
    signed: frozenset[str]
    file_name: str


def facts_of(letter: Letter, source_path: str) -> Facts:
    """The facts of one letter; `source_path` is its file."""
    return Facts(
        frozenset(found for page in letter.pages for found in _annex_numbers(page)),
        frozenset(day for page in letter.pages for day in _signing_days(page)),
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
        told = {annexed for annexed, symbol in facts.annexes if symbol in symbols}
        if number in told:
            yield "agree:annex"
        elif told:
            yield f"against:annex={min(told)}"
        figures = re.findall(r"\d+", facts.file_name)
        if len(number) >= _TELLING and number in figures:
            yield f"agree:file_name={facts.file_name}"


def _of_date(iso: str, facts: Facts) -> Iterator[str]:
    if iso in facts.signed:
        yield "agree:signed"
    elif facts.signed and iso > max(facts.signed):
        yield f"against:signed={max(facts.signed)}"
    if iso < _FIRST_DAY[: len(iso)] or iso > datetime.date.today().isoformat():
        yield "against:calendar"


def _annex_numbers(page: Page) -> Iterator[tuple[str, str]]:
    for line in page.lines:
        found = _ANNEX.search(plain_signs(line.text))
        if found is None:
            continue
        inked = min(
            (word.confidence for word in line.words if found["number"] in word.text), default=0.0
        )
        if inked >= _PRINT:
            yield found["number"], normalize_symbol(found["symbol"])


def _signing_days(page: Page) -> Iterator[str]:
    texts = [line.text for line in page.lines] + [overlay.text for overlay in page.overlays]
    # The label and the time may be lines of their own.
    for text in (*texts, " ".join(texts)):
        for day, month, year in _SIGNED.findall(bare(text)):
            try:
                yield datetime.date(int(year), int(month), int(day)).isoformat()
            except ValueError:
                continue
