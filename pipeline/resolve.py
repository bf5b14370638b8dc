"""Candidates to chosen fields: choose, cross-check, keep the losers.

Values of different fields meet only here. A contradiction never changes a value: it
becomes evidence against it, and the value goes to review.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.citation.lexicons import known_groups, recipient_names
from pipeline.citation.number import symbol_type
from pipeline.lexicon import Lexicon
from pipeline.record import Candidate, Field, Recipient, Reference
from pipeline.trust import Evidence, confidence_of, evidence_of, trust_of, weaker
from pipeline.vietnamese import bare, fold

#: Readings below this score are kept as alternatives only: better absent than wrong.
FLOOR = 0.35

#: A handwritten number is put forward only when it is likelier right than wrong (measured on
#: hands that the reader never saw); below, it is an alternative for a person to decide on.
#: A date is checked by more than its ink, so it is offered from lower scores on.
_FLOORS = {"number": 0.5, "document_number": 0.5, "issue_date": 0.12}

#: Initials of a body that are no accident: `SYT` of SỞ Y TẾ.
_TELLING = 3


def choose(
    candidates: Iterable[Candidate],
    names: Sequence[str],
    references: Sequence[Reference],
    lexicon: Lexicon,
) -> dict[str, Field]:
    """Every field of `names` with its chosen reading; absent ones with value `None`."""
    grouped: dict[str, list[Candidate]] = {name: [] for name in names}
    for candidate in candidates:
        grouped[candidate.field].append(candidate)
    for readings in grouped.values():
        readings.sort(key=lambda one: (-one.score, one.rule, one.value or ""))
    picked = {name: _pick(name, readings) for name, readings in grouped.items()}
    _keep_together(picked, "number", "document_number", grouped)
    checked = _cross_check(picked, references)
    others = {name: [one for one in grouped[name] if one is not picked[name]] for name in names}
    kinds = {
        name: evidence_of(one, others[name]) for name, one in checked.items() if one is not None
    }
    if {"document_number", "number", "symbol"} <= kinds.keys():
        # the cited form is as good as its parts
        kinds["document_number"] = weaker(kinds["number"], kinds["symbol"])
    return {
        name: _field(name, checked[name], others[name], kinds.get(name, "doubt"), lexicon)
        for name in names
    }


def trust_references(references: Iterable[Reference], lexicon: Lexicon) -> tuple[Reference, ...]:
    """The references with measured confidence in place of word confidence."""
    out = []
    for one in references:
        again = one.mentions > 1 and one.confidence >= 0.6 and "differs:second" not in one.facts
        facts = (*one.facts, "agree:mentions") if again else one.facts
        name = one.number or one.title
        candidate = Candidate("references", name, one.raw, 0.9, "text", None, one.confidence, facts)
        evidence = evidence_of(candidate, ())
        if "date:unread" in one.facts:
            evidence = weaker(evidence, "clear")
        out.append(
            dataclasses.replace(
                one,
                confidence=confidence_of("references", evidence, lexicon.calibration),
                trust=trust_of("references", evidence, lexicon.calibration),
                evidence=evidence,
            )
        )
    return tuple(out)


def trust_recipients(
    recipients: Iterable[Recipient],
    second: Callable[[Recipient], str | None],
    lexicon: Lexicon,
) -> tuple[Recipient, ...]:
    """The recipients with measured confidence in place of word confidence."""
    out = []
    for one in recipients:
        said = second(one)
        facts = () if said is None else (said,)
        candidate = Candidate(
            "recipients", one.name, one.raw, 0.9, "text", None, one.confidence, facts
        )
        evidence = evidence_of(candidate, ())
        if not _is_known(one.name):
            # prose, in which both readings slip on the same marks (`được` for `dược`)
            evidence = weaker(evidence, "clear")
        out.append(
            dataclasses.replace(
                one,
                confidence=confidence_of("recipients", evidence, lexicon.calibration),
                trust=trust_of("recipients", evidence, lexicon.calibration),
                evidence=evidence,
            )
        )
    return tuple(out)


def _is_known(name: str) -> bool:
    """Whether every part of a recipient's name is a known name or abbreviation."""
    parts = re.split(r"\s*[,;]\s*", name)
    return bool(name) and all(
        part in known_groups() or fold(re.sub(r"\d+", "#", part)) in recipient_names()
        for part in (parts if fold(name) not in recipient_names() else [name])
    )


def _pick(name: str, readings: Sequence[Candidate]) -> Candidate | None:
    return next((one for one in readings if one.score >= _FLOORS.get(name, FLOOR)), None)


def _keep_together(
    picked: dict[str, Candidate | None],
    part: str,
    whole: str,
    grouped: Mapping[str, Sequence[Candidate]],
) -> None:
    """Make the whole follow the part: the number chosen is the one in the cited form."""
    chosen = picked[part]
    if chosen is None:
        picked[whole] = None
        return
    picked[whole] = next(
        (one for one in grouped[whole] if one.rule == chosen.rule and one.score == chosen.score),
        None,
    )


def _cross_check(
    picked: Mapping[str, Candidate | None], references: Sequence[Reference]
) -> dict[str, Candidate | None]:
    out = dict(picked)
    date = out.get("issue_date")
    if date is not None and date.value is not None:
        cited = [one.issue_date.iso for one in references if one.issue_date and not one.nested]
        later = [iso for iso in cited if iso[: len(date.value)] > date.value[: len(iso)]]
        if later:
            out["issue_date"] = _against(date, f"cites:{max(later)}")
    kind = out.get("doc_type")
    if kind is not None and kind.rule == "heading":
        told = next((fact[7:] for fact in kind.evidence if fact.startswith("symbol:")), None)
        if told is not None and kind.value is not None and fold(told) != fold(kind.value):
            out["doc_type"] = _against(kind, f"symbol:{told}")
    symbol, issuer = out.get("symbol"), out.get("issuer")
    if kind and symbol and symbol.value and kind.rule == "no_heading":
        # a letter without a heading is numbered by its office: `SYT-TCCB`
        told = symbol_type(symbol.value, party=False)
        if told == kind.value:
            out["doc_type"] = _with_fact(kind, f"agree:symbol={symbol.value}")
    if symbol and issuer and symbol.value and issuer.value:
        initials = _initials(issuer.value)
        symbol = out["symbol"] = _barred(symbol, initials)
        number = out.get("document_number")
        if number is not None:
            out["document_number"] = _barred(number, initials)
        body = next(
            (part for part in re.split(r"[-/]", symbol.value or "") if part in initials), ""
        )
        if len(body) >= _TELLING:
            out["symbol"] = _with_fact(symbol, f"agree:issuer={body}")
        if len(body) >= _TELLING and body == initials:
            out["issuer"] = _with_fact(issuer, f"agree:symbol={body}")
    return out


def _barred(candidate: Candidate, initials: str) -> Candidate:
    """The symbol with Đ for D where the issuer's name has it: `TB-DHKTCN` of a `TRƯỜNG ĐẠI HỌC …`."""
    plain = initials.replace("Đ", "D")
    parts = re.split(r"([-/])", candidate.value or "")
    for index, part in enumerate(parts):
        at = plain.find(part)
        if len(part) >= _TELLING and at >= 0 and part not in initials:
            parts[index] = initials[at : at + len(part)]
    if "".join(parts) == (candidate.value or ""):
        return candidate
    return _with_fact(
        dataclasses.replace(candidate, value="".join(parts)), f"mended:issuer={initials}"
    )


def _initials(issuer: str) -> str:
    """The first letters of a body's name, `và` left out: SGDĐT; an abbreviation stays whole."""
    words = re.findall(r"[^\W\d_]+", issuer)
    return "".join(
        word if len(word) > 2 and word in known_groups() else word[0].upper()
        for word in words
        if bare(word) != "va"
    )


def _with_fact(candidate: Candidate, fact: str) -> Candidate:
    return dataclasses.replace(candidate, evidence=(*candidate.evidence, fact))


def _against(candidate: Candidate, fact: str) -> Candidate:
    return _with_fact(candidate, f"against:{fact}")


def _field(
    name: str,
    chosen: Candidate | None,
    others: Sequence[Candidate],
    evidence: Evidence,
    lexicon: Lexicon,
) -> Field:
    if chosen is None or chosen.value is None:
        return Field(
            name, None, chosen.raw if chosen else None, None, None, chosen.place if chosen else None,
            chosen.rule if chosen else None, chosen.evidence if chosen else (), tuple(others),
        )  # fmt: skip
    return Field(
        name,
        chosen.value,
        chosen.raw,
        confidence_of(name, evidence, lexicon.calibration),
        trust_of(name, evidence, lexicon.calibration),
        chosen.place,
        chosen.rule,
        (*chosen.evidence, f"evidence:{evidence}"),
        tuple(others),
    )
