"""Số, ký hiệu: the number line of a letter (ô 3), printed or filled by hand.

Decree 30/2020, Appendix I: `N/TYPE-BODY`, `N/BODY-UNIT` for a công văn, `N/YYYY/...` for
normative acts; Party papers `N-TYPE/BODY`. The clerk writes the number by hand on four
letters of five, so the slot reader's evidence is weighed against the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.citation import normalize_symbol
from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Region, Slot, Zone
from pipeline.record import Candidate, Letter, Place
from pipeline.textview import TextView
from pipeline.vietnamese import bare, plain_signs

SPECS = (
    FieldSpec(
        "number", "số", "number as printed, leading zeros kept", "số văn bản, giữ số 0 ở đầu"
    ),
    FieldSpec("symbol", "ký hiệu", "symbol after the number", "ký hiệu sau số"),
    FieldSpec(
        "document_number",
        "số, ký hiệu",
        "number and symbol as cited",
        "số và ký hiệu như khi viện dẫn",
    ),
)

_LABEL = re.compile(r"^\W*(?:[Ll]u\wt\s+)?[Ss5$]?[ốôóòõoổồọø6ðỗóO]{1,2}\s*[:;.,]?\s*")
_PARTY = re.compile(
    r"(?P<ink>[^-]*?)\s*-\s*(?P<type>[A-ZĐ][A-Za-zĐđ]{0,4})\s*/\s*(?P<body>[A-ZĐ][\wĐđ]*)\s*$"
)
_SYMBOL = re.compile(r"/\s*(?P<symbol>[A-ZĐ][\w&Đđ.]*(?:\s*-\s*[\w&Đđ.]+)*)[\W_]*$")
_YEAR = re.compile(r"[/|]?\s*(?P<year>(?:19|20)\d\d)\s*$")
_NORMATIVE = re.compile(r"(?:TT|TTLT|NĐ|QH|L|PL|UBTVQH)(?:-|\d|$)")
_BARE_SYMBOL = re.compile(
    r"(?P<symbol>(?:[A-ZĐ]{1,5}|TTr|CTr|QyĐ)\s*-\s*[A-ZĐ][\w&Đđ]*(?:-[\w&Đđ]+)*)[\W_]*$"
)
#: `/op-UB` for `/QĐ-UB`: small or strange signs where a type of two or three letters stands.
_SMEARED = re.compile(r"[/|]\s*(?P<symbol>\w{2,3}\s*-\s*[A-ZĐ][\w&Đđ.]*(?:-[\w&Đđ]+)*)[\W_]*$")
#: `Số: 5880/QĐ-ĐHBK /QĐ-ĐHBK`: the whole number laid by a signing program over the printed blank.
_LAID_OVER = re.compile(
    r"(?P<whole>\d{1,6}[a-zđ]?\s*/\s*(?P<symbol>[A-ZĐ]\S+))\s+/\s*(?P=symbol)\W*$"
)
_DIGITS = re.compile(r"\d{1,6}[a-zđ]?")

#: A printed number has words at least this sure; handwriting rarely does. What engine and network
#: read differently never has the second (see `choice`).
PRINTED, BOTH_SURE = 0.80, 0.97


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for number, symbol and document number of the letter's own number line."""
    region = next((one for one in letter.regions if one.zone is Zone.NUMBER), None)
    slot = next((one for one in letter.pages[0].slots if one.kind == "number"), None)
    if region is None:
        return
    yield from _read(region, slot, _heading(letter, lexicon), lexicon)


def _heading(letter: Letter, lexicon: Lexicon) -> str | None:
    """The abbreviation of the type that the letter's heading names."""
    title = next((one for one in letter.regions if one.zone is Zone.TITLE), None)
    if title is None or not title.lines:
        return None
    key = bare(title.lines[0].text)
    kinds = lexicon.type_of_abbreviation.items()
    return next((short for short, name in kinds if bare(name) == key), None)


def _read(
    region: Region, slot: Slot | None, heading: str | None, lexicon: Lexicon
) -> Iterator[Candidate]:
    view = TextView.over([region])
    text = plain_signs(view.text.replace("\n", " "))
    label = _LABEL.match(text)
    start = label.end() if label else 0
    rest = text[start:]
    twice = _LAID_OVER.search(rest)
    if twice is not None:
        start, rest = start + twice.start("whole"), twice["whole"]
    party = _PARTY.search(rest.rstrip(" .,_'`"))
    if party is not None:
        symbol = normalize_symbol(f"{party['type']}/{party['body']}")
        span = (start + party.start("type"), start + party.end("body"))
        ink, ink_span = party["ink"], (start, start + party.end("ink"))
        year, joiner = None, "-"
    else:
        match = _SYMBOL.search(rest) or _BARE_SYMBOL.search(rest)
        if match is None and heading is not None:
            match = _SMEARED.search(rest)
        if match is None:
            return
        symbol = normalize_symbol(match["symbol"].rstrip(".").replace("QĐĐ", "QĐ"))
        kind = re.split(r"[-/]", symbol)[0]
        before = rest[: match.start()][-1:] if match.re is _BARE_SYMBOL else ""
        if before.islower() and kind not in lexicon.type_of_abbreviation:
            # `sYT-NVY`: it begins with a letter that was read as a small one.
            symbol = normalize_symbol(before + symbol)
            if symbol[:1].islower():
                return
            kind = re.split(r"[-/]", symbol)[0]
        if (
            match.re is _BARE_SYMBOL
            and kind not in lexicon.type_of_abbreviation
            and kind[1:] in lexicon.type_of_abbreviation
        ):
            symbol = symbol[1:]  # the slash was read as a letter: `ĐTB-ĐHKTCN`
        elif heading and kind not in lexicon.type_of_abbreviation and len(kind) == len(heading):
            symbol = heading + symbol[len(kind) :]  # a titled letter's symbol begins with its type
        span = (start + match.start("symbol"), start + match.end("symbol"))
        ink, ink_span = rest[: match.start()], (start, start + match.start())
        joiner = "/"
        dated = _YEAR.search(ink)
        if dated and slot is not None and any(dated["year"] == one.text for one in slot.readings):
            dated = None  # a number between 1945 and 2099, written by hand
        # `Số:      /2017/TT-BYT`: only normative acts carry the year, always (art. 6 of
        # Decree 34/2016), so that a lone year before their symbol is no number.
        lone = dated is not None and (
            re.match(r"\W*[/|]", ink) is not None or _NORMATIVE.match(symbol) is not None
        )
        year = dated["year"] if dated and (lone or len(ink) > 5) else None
        if dated and year:
            ink = ink[: dated.start()]
            ink_span = (ink_span[0], ink_span[0] + len(ink))
    symbol_confidence = view.confidence(*span)
    yield Candidate(
        "symbol", symbol, text[span[0] : span[1]], 0.9, "number_line",
        view.place(*span), symbol_confidence, _symbol_evidence(symbol, lexicon),
    )  # fmt: skip
    for number in _numbers(ink, ink_span, view, slot, region.page):
        yield number
        whole = None
        if number.value is not None:
            middle = f"/{year}" if year else ""
            whole = f"{number.value}{middle}{joiner}{symbol}"
        yield Candidate(
            "document_number", whole, text[start:], number.score, number.rule,
            view.place(start, len(text)),
            None if number.word_confidence is None else min(number.word_confidence, symbol_confidence),
            number.evidence,
        )  # fmt: skip


def _numbers(
    ink: str, span: tuple[int, int], view: TextView, slot: Slot | None, page: int
) -> Iterator[Candidate]:
    """The engine's reading of the ink and the slot reader's, each with the other as evidence."""
    raw = ink.strip()
    confidence = view.confidence(*span) if raw else None
    printed = re.fullmatch(r"\W*(\d{1,6}[a-zđ]?)\W*", raw)
    place = view.place(*span) if raw else None
    best = slot.readings[0] if slot is not None and slot.readings else None
    if slot is not None and slot.blank and not (printed and confidence and confidence > PRINTED):
        yield Candidate(
            "number", None, raw, 0.9, "blank_slot", Place(page, slot.bbox), None, ("slot:blank",)
        )
        return
    agree = bool(printed and best and best.text == printed[1])
    if printed:
        sure = confidence or 0.0
        evidence: list[str] = []
        score = sure * (0.9 if sure >= PRINTED else 0.5)
        if agree:
            evidence, score = ["agree:slot"], 0.97
        elif best is not None:
            # Readers of one ink disagree: engine and network are made for print, so they win
            # only where they are sure of print, both of them.
            evidence = [f"against:slot:{best.text}={best.probability:.2f}"]
            score *= 0.9 if sure >= BOTH_SURE else 0.3
        yield Candidate(
            "number", printed[1], raw, score, "printed", place, confidence, tuple(evidence)
        )
    if slot is not None and not agree:
        for reading in slot.readings:
            if _DIGITS.fullmatch(reading.text):
                yield Candidate(
                    "number", reading.text, raw, reading.probability, "handwriting",
                    Place(page, slot.bbox), reading.probability,
                    (f"engine:{raw}",) if raw else (),
                )  # fmt: skip
    if slot is None and not raw:
        yield Candidate("number", None, "", 0.6, "nothing_printed", place, None, ())


def _symbol_evidence(symbol: str, lexicon: Lexicon) -> tuple[str, ...]:
    head = re.split(r"[-/]", symbol)[0]
    return (
        (f"type:{lexicon.type_of_abbreviation[head]}",)
        if head in lexicon.type_of_abbreviation
        else ()
    )
