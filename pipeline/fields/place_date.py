"""Địa danh và thời gian ban hành: the place-date line (ô 4).

`Quảng Ngãi, ngày 01 tháng 8 năm 2022`; day and month are often written by hand. A day
that cannot be read leaves the date absent; a day left blank on paper gives a month, and both
left blank, as drafts do, a year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz

from pipeline.fields.spec import FieldSpec
from pipeline.lexicon import Lexicon
from pipeline.page import Slot, Zone
from pipeline.record import Candidate, Letter, Place
from pipeline.textview import TextView
from pipeline.vietnamese import bare

SPECS = (
    FieldSpec("issue_date", "ngày ban hành", "date of issue, ISO", "ngày ban hành, dạng ISO"),
    FieldSpec("place", "địa danh", "place of issue", "địa danh"),
)

_MONTH_YEAR = re.compile(
    r"[t1lI|]h\w?[áảàạãaâ]\w?ng\s*(?P<month>.*?)\s*n\w?[ăãâaàảạ]m\s*(?P<year>\S{3,5})",
    re.IGNORECASE,
)
_DAY = re.compile(r"ng[àảaáạâã]y\s*(?P<day>.*?)\s*(?=[t1lI|]h\w?[áảàạãaâ]\w?ng)", re.IGNORECASE)
#: Probability from which on the reader of handwriting bears out what was read as print. Both lose
#: the same figure where it hangs on a letter beside it; of 51 right days it was surer of each.
_AGREES = 0.97
#: An annex names the letter that it belongs to, with that letter's date.
_OF_PARENT = re.compile(r"(?:ban hanh )?kem theo ")
_SLIPS = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "S": "5",
        "Í": "1",
        "Ì": "1",
        "]": "1",
        "i": "1",
    }
)


def extract(letter: Letter, lexicon: Lexicon) -> Iterator[Candidate]:
    """Candidates for issue date and place from the place-date line."""
    region = next((one for one in letter.regions if one.zone is Zone.PLACE_DATE), None)
    if region is None:
        return
    view = TextView.over([region])
    text = view.text.replace("\n", " ")
    if _OF_PARENT.match(bare(text)):
        return
    yield from _place(text, view, lexicon)
    slots: dict[str, Slot] = {slot.kind: slot for slot in letter.pages[0].slots}
    yield from _date(text, view, slots, region.page)


def _place(text: str, view: TextView, lexicon: Lexicon) -> Iterator[Candidate]:
    match = re.search(
        r"^\W*(?P<place>[^\W\d_].*?)\s*[,.;]?\s*(?:ng\w?y|ngà\w\W?\s)", text, re.IGNORECASE
    )
    if match is None:
        return
    raw = match["place"].strip(" ,.;-_'`|")
    key = bare(raw)
    if not key:
        return
    confidence = view.confidence(match.start("place"), match.start("place") + len(raw))
    where = view.place(match.start("place"), match.start("place") + len(raw))
    plain = re.sub(r"^(?:tp|thanh pho|tinh|huyen|quan|thi xa|xa|phuong|thi tran)\s+", "", key)
    best = max(lexicon.places, key=lambda name: fuzz.ratio(bare(name), plain))
    ratio = fuzz.ratio(bare(best), plain)
    value = raw
    evidence: tuple[str, ...] = ()
    if ratio >= 88 and len(plain) >= 3 and (ratio == 100 or len(plain) > 6):
        prefix = re.findall(r"[^\s.]+\.?", raw)[: len(key.split()) - len(plain.split())]
        head = " ".join(_clean_prefix(word) for word in prefix)
        value, evidence = f"{head} {best}".strip(), ("lexicon:places",)
    elif not raw[0].isupper() or len(key) > 40 or re.search(r"[/()]|\d{3}", raw):
        return
    yield Candidate(
        "place",
        value,
        raw,
        0.9 if evidence else 0.6,
        "place_date_line",
        where,
        confidence,
        evidence,
    )


def _clean_prefix(word: str) -> str:
    known = (
        "Thành",
        "phố",
        "Tỉnh",
        "Huyện",
        "Quận",
        "Thị",
        "xã",
        "trấn",
        "Phường",
        "Xã",
        "TP.",
        "Tp.",
        "thành",
        "tỉnh",
        "huyện",
    )
    return next(
        (
            form
            for form in known
            if bare(form) == bare(word) and form[0].isupper() == word[0].isupper()
        ),
        word,
    )


def _date(text: str, view: TextView, slots: Mapping[str, Slot], page: int) -> Iterator[Candidate]:
    match = _MONTH_YEAR.search(text)
    if match is None:
        return
    year_text = re.sub(r"\W", "", match["year"]).translate(_SLIPS)
    if not re.fullmatch(r"(19|20)\d\d", year_text):
        return
    year = int(year_text)
    day_match = _DAY.search(text[: match.start()] + text[match.start() :])
    confidence = view.confidence(match.start(), match.end())
    months = list(_readings(match["month"], slots.get("month"), view, match.span("month"), 12))
    days = (
        list(_readings(day_match["day"], slots.get("day"), view, day_match.span("day"), 31))
        if day_match
        else list(_readings("", slots.get("day"), view, (match.start(), match.start()), 31))
    )
    where = view.place(day_match.start() if day_match else match.start(), match.end())
    where = where or Place(page, view.words[0].bbox)
    day_slot, month_slot = slots.get("day"), slots.get("month")
    blank_day = day_slot is not None and day_slot.blank and not days
    if blank_day and not months and month_slot is not None and month_slot.blank:
        # A draft: `Hà Nội, ngày   tháng   năm 2017`.
        where = view.place(*match.span("year")) or where
        score = min(view.confidence(*match.span("year")), 0.9)
        yield Candidate("issue_date", str(year), text, score, "printed/blank", where, confidence)
        return
    if blank_day:
        for month, score, rule, _ in months[:1]:
            yield Candidate(
                "issue_date",
                f"{year}-{month:02d}",
                text,
                score,
                f"{rule}/blank_day",
                where,
                confidence,
            )
        return
    for month, month_score, month_rule, month_evidence in months[:2]:
        for day, day_score, day_rule, day_evidence in days[:3]:
            try:
                value = dt.date(year, month, day).isoformat()
            except ValueError:
                continue
            rule = "printed" if month_rule == day_rule == "printed" else "handwriting"
            score = month_score * day_score
            evidence = _both(day_evidence, month_evidence)
            yield Candidate(
                "issue_date",
                value,
                text,
                score,
                rule,
                where,
                min(day_score, month_score, confidence),
                evidence,
            )


def _both(day: tuple[str, ...], month: tuple[str, ...]) -> tuple[str, ...]:
    """Evidence of day and month as evidence of the date: a half that agrees proves nothing."""
    facts = (*day, *month)
    agreed = [fact for fact in facts if fact.startswith("agree:")]
    if len(agreed) == 1:
        return tuple(fact.replace("agree:", "half:") for fact in facts)
    return facts


def _readings(
    raw: str, slot: Slot | None, view: TextView, span: tuple[int, int], limit: int
) -> Iterator[tuple[int, float, str, tuple[str, ...]]]:
    """(value, score, rule, evidence) of a day or month, best first."""
    found: dict[int, tuple[float, str, tuple[str, ...]]] = {}
    cleaned = raw.strip(" .,;:_-'`").translate(_SLIPS)
    engine: int | None = None
    if re.fullmatch(r"\d{1,2}", cleaned) and 1 <= int(cleaned) <= limit:
        engine = int(cleaned)
        confidence = view.confidence(*span)
        exact = re.fullmatch(r"\d{1,2}", raw.strip(" .,")) is not None
        found[engine] = (confidence * (1.0 if exact else 0.7), "printed", ())
    best = slot.readings[0] if slot is not None and slot.readings else None
    # `02` and `2` are one month: what was seen in either form counts for it.
    seen: dict[int, float] = {}
    for reading in slot.readings if slot is not None else ():
        if re.fullmatch(r"\d{1,2}", reading.text) and 1 <= int(reading.text) <= limit:
            value = int(reading.text)
            seen[value] = min(seen.get(value, 0.0) + reading.probability, 0.995)
    for value, probability in seen.items():
        if value == engine:
            score, rule, _ = found[value]
            agreed = 1 - (1 - score) * (1 - probability) * 0.5
            says = "agree" if probability >= _AGREES else "half"
            found[value] = (max(score, agreed), rule, (f"{says}:{slot.kind if slot else ''}",))
        else:
            found[value] = (probability, "handwriting", (f"engine:{raw.strip()}",))
    if engine is not None and best is not None and best.text.lstrip("0") != str(engine):
        score, rule, _ = found[engine]
        # As for the number: the engine wins over the slot reader only where it saw print.
        weight = 0.9 if score >= 0.93 else 0.3
        found[engine] = (
            score * weight,
            rule,
            (f"against:slot:{best.text}={best.probability:.2f}",),
        )
    ranked = sorted(found.items(), key=lambda item: -item[1][0])
    for value, (score, rule, evidence) in ranked:
        yield value, score, rule, evidence
