"""Tên loại văn bản: the printed heading's type, else công văn (Decree 30/2020, Article 7).

A letter without a heading is a công văn, which alone has no abbreviation; the symbol's
type is independent evidence: `KH-SYT` beside the heading KẾ HOẠCH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from pipeline.citation import normalize_symbol
from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Zone
from pipeline.record import Candidate, Letter
from pipeline.textview import TextView
from pipeline.vietnamese import bare, plain_signs

SPECS = (
    FieldSpec(
        "doc_type",
        "tên loại",
        "type of the document, `Công văn` without heading",
        "tên loại văn bản",
    ),
)

#: Types with a heading that are sent to somebody; their abbreviations name no department.
_ADDRESSED = frozenset(
    {"Giấy mời", "Thư mời", "Tờ trình", "Công điện", "Phiếu chuyển", "Phiếu gửi"}
)


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for the type: from the heading, the symbol, or the lack of both."""
    by_symbol = _symbol_type(letter, lexicon)
    title = next((one for one in letter.regions if one.zone is Zone.TITLE), None)
    if title is not None:
        key = bare(title.text)
        best = max(lexicon.doc_types, key=lambda name: (_match(bare(name), key), len(name)))
        ratio = _match(bare(best), key)
        if ratio >= 82:
            view = TextView.over([title])
            evidence = (f"symbol:{by_symbol}",) if by_symbol else ()
            if by_symbol == best:
                evidence = (*evidence, "agree:symbol")
            yield Candidate(
                "doc_type", best, title.text, ratio / 100, "heading", view.place(0, len(view.text)),
                view.confidence(0, len(view.text)), evidence,
            )  # fmt: skip
    about = any(one.zone is Zone.SUBJECT for one in letter.regions)
    if by_symbol is not None:
        # An invitation with a heading of its own words, `MỜI HỌP`, has addressees as a công văn has.
        score = 0.9 if by_symbol in _ADDRESSED and not about else 0.8
        yield Candidate("doc_type", by_symbol, "", score, "symbol")
    numbered = any(one.zone in (Zone.NUMBER, Zone.PLACE_DATE) for one in letter.regions)
    if title is None and numbered:
        to = any(one.zone is Zone.ADDRESSEES for one in letter.regions)
        score = 0.78 + 0.1 * about + 0.1 * to
        yield Candidate(
            "doc_type",
            "Công văn",
            "",
            score,
            "no_heading",
            None,
            None,
            (f"about:{about}", f"addressees:{to}"),
        )


def _match(name: str, key: str) -> float:
    if key.startswith(name + " ") and len(name) > 5:
        return 95.0
    return fuzz.ratio(name, key)


def _symbol_type(letter: Letter, lexicon: Lexicon) -> str | None:
    region = next((one for one in letter.regions if one.zone is Zone.NUMBER), None)
    if region is None:
        return None
    text = plain_signs(region.text)
    party = re.search(r"-\s*([A-ZĐ][A-Za-zĐđ]{0,4})\s*/", text)
    match = party or re.search(r"/\s*([A-ZĐ][A-Za-zĐđ]{0,4})\s*-", text)
    if match is None:
        return None
    head = re.split(r"[-/]", normalize_symbol(match[1]))[0]
    return lexicon.type_of_abbreviation.get(head)
