"""Measure the tables of a run against what people read on the paper.

A value where the paper has none is wrong; no value where the paper has one is missed.
Fields that nobody annotated are not scored. This module knows the tables of the output
contract and nothing of how the values came to be.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.evaluate_text import TextEvaluation, evaluate_text, report_text
from pipeline.evaluation import (
    Change,
    Comparison,
    Evaluation,
    LetterMatch,
    Outcome,
    from_json,
)
from pipeline.evaluation_report import report, report_comparison, report_errors
from pipeline.scoring import (
    Grade,
    fold_identifier,
    grade,
    pair_items,
    reaches,
    similarity,
)
from pipeline.seen import Row, SeenLetter, find_letter, read_output, same_file
from pipeline.truth import (
    TrueLetter,
    TrueRecipient,
    TrueReference,
    TruthError,
    read_headers,
    read_truth,
    reference_key,
)
from pipeline.vietnamese import fold

__all__ = [
    "Comparison",
    "Evaluation",
    "TextEvaluation",
    "compare",
    "errors",
    "evaluate",
    "evaluate_headers",
    "evaluate_text",
    "report",
    "report_comparison",
    "report_errors",
    "report_text",
]

#: Fields in which the signs are part of the value: `29-CT/TU`, `2022-08-01`.
IDENTIFIERS = frozenset({"document_number", "number", "symbol", "issue_date"})

_ROLES = {"addressees": "addressee", "recipients": "copy"}


def evaluate(out: Path, truth_dir: Path) -> Evaluation:
    """The outcomes of the tables in `out` against the truth files in `truth_dir`.

    Raises:
        OutputError: a table of the output is missing or cannot be read.
        TruthError: there are no truth files, or one is damaged.
    """
    return _evaluate(out, read_truth(truth_dir))


def evaluate_headers(out: Path, headers_tsv: Path) -> Evaluation:
    """The outcomes of number and date against a table with one row a file.

    Raises:
        OutputError: a table of the output is missing or cannot be read.
        TruthError: the table of headers cannot be read.
    """
    return _evaluate(out, read_headers(headers_tsv))


def compare(new: Evaluation, old_json: Path) -> Comparison:
    """Values gained and lost since the run that wrote `old_json` with `to_json`.

    Raises:
        TruthError: the file is not an evaluation.
    """
    try:
        old = from_json(old_json.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{old_json}: not the JSON of an earlier evaluation: {error}"
        raise TruthError(message) from error
    before = {outcome.key: outcome for outcome in old.outcomes}
    now = {outcome.key: outcome for outcome in new.outcomes}
    # A value invented in one run only is absent from the other, and rightly so.
    both = [
        (before.get(key) or _empty_like(now[key]), now.get(key) or _empty_like(before[key]))
        for key in before | now
        if (key in before and key in now) or (now.get(key) or before[key]).verdict() == "invented"
    ]
    return Comparison(
        gained=tuple(_change(a, b) for a, b in both if b.is_right() and not a.is_right()),
        lost=tuple(_change(a, b) for a, b in both if a.is_right() and not b.is_right()),
        newly_false=tuple(_change(a, b) for a, b in both if b.is_false() and not a.is_false()),
        only_new=sum(key not in before and now[key].verdict() != "invented" for key in now),
        only_old=sum(key not in now and before[key].verdict() != "invented" for key in before),
    )


def errors(evaluation: Evaluation) -> tuple[Outcome, ...]:
    """Values that are wrong, invented or missed: false ones marked `sure` come first.

    A reference with a wrong number is listed once, not again for its date.
    """
    wrong = [outcome for outcome in evaluation.outcomes if not outcome.is_right()]
    told = {one.key[:2] + one.key[3:] for one in wrong if one.field == "references"}
    once = [
        one
        for one in wrong
        if one.field != "references_dated" or one.key[:2] + one.key[3:] not in told
    ]
    return tuple(
        sorted(
            once,
            key=lambda one: (not (one.is_false() and one.trust == "sure"), not one.is_false()),
        )
    )


def _evaluate(out: Path, letters: Sequence[TrueLetter]) -> Evaluation:
    seen = read_output(out)
    used: set[str] = set()
    matches: list[LetterMatch] = []
    outcomes: list[Outcome] = []
    set_aside = 0
    for letter in letters:
        found = find_letter(letter, [one for one in seen if one.row["document_id"] not in used])
        if found is not None:
            used.add(found.row["document_id"])
        matches.append(_match(letter, found))
        scored, ignored = _score(letter, found or SeenLetter(row={}))
        outcomes.extend(scored)
        set_aside += ignored
    # A table of headers says nothing of further letters in the same file.
    whole = [letter.source for letter in letters if letter.last_page is not None]
    extra = tuple(
        f"{one.row['source_path']}, page {one.first_page}"
        for one in seen
        if one.row["document_id"] not in used
        and any(same_file(source, one.row["source_path"]) for source in whole)
    )
    return Evaluation(tuple(matches), tuple(outcomes), extra, set_aside)


def _match(letter: TrueLetter, found: SeenLetter | None) -> LetterMatch:
    pages = None
    if letter.last_page is not None:
        ours = (letter.first_page, letter.last_page)
        pages = found is not None and (found.first_page, found.last_page) == ours
    return LetterMatch(
        source=letter.source,
        first_page=letter.first_page,
        document_id=found.row["document_id"] if found else None,
        status=found.row.get("status") if found else None,
        pages_right=pages,
    )


def _score(letter: TrueLetter, seen: SeenLetter) -> tuple[list[Outcome], int]:
    outcomes = [
        _scalar(letter, seen, field, value)
        for field, value in letter.scalars.items()
        if field != "archive"
    ]
    if "archive" in letter.scalars:
        outcomes.append(_archive(letter, seen, letter.scalars["archive"]))
    for field, entries in letter.lists.items():
        outcomes.extend(_recipients(letter, seen, field, entries))
    set_aside = 0
    if letter.references is not None:
        scored, set_aside = _references(letter, seen, letter.references)
        outcomes.extend(scored)
    return _number_equal_items(outcomes), set_aside


def _outcome(
    letter: TrueLetter,
    field: str,
    truth: str | None,
    value: str | None,
    *,
    item: str = "",
    earned: Grade | None = None,
    row: Row | None = None,
    raw: str | None = None,
    page: int | None = None,
    trust: str | None = None,
) -> Outcome:
    """An outcome; what `row` of a table says is taken where nothing else is given."""
    row = row or {}
    if earned is None:
        earned = "none"
        if truth is not None and value is not None:
            earned = grade(truth, value, identifier=field in IDENTIFIERS)
    return Outcome(
        source=letter.source,
        first_page=letter.first_page,
        page=page or int(row.get("page") or letter.first_page),
        field=field,
        item=item,
        ordinal=0,
        truth=truth,
        value=value,
        grade=earned,
        raw=raw if raw is not None else row.get("raw") or None,
        trust=trust if trust is not None else row.get("trust") or None,
        number_style=letter.number_style,
    )


def _number_equal_items(outcomes: Iterable[Outcome]) -> list[Outcome]:
    met: Counter[tuple[str, str]] = Counter()
    numbered = []
    for outcome in outcomes:
        ordinal = met[outcome.field, outcome.item]
        met[outcome.field, outcome.item] += 1
        numbered.append(dataclasses.replace(outcome, ordinal=ordinal))
    return numbered


def _scalar(letter: TrueLetter, seen: SeenLetter, field: str, truth: str | None) -> Outcome:
    told = ((seen.record or {}).get("fields") or {}).get(field) or {}
    place = told.get("place") or told
    return _outcome(
        letter,
        field,
        truth,
        seen.row.get(field) or None,
        raw=told.get("raw"),
        page=place.get("page"),
        trust=seen.row.get(f"{field}_trust") or None,
    )


def _archive(letter: TrueLetter, seen: SeenLetter, truth: str | None) -> Outcome:
    """Lưu: the units as printed; the row has them as `name` or split in `units`."""
    row = next((row for row in seen.recipients if row["role"] == "archive"), None)
    if row is None:
        return _outcome(letter, "archive", truth, None)
    forms = [row["units"].replace(";", ", "), row["name"]]
    given = [form for form in forms if form] or [row["raw"]]
    best = max(given, key=lambda form: similarity(fold(form), fold(truth or "")))
    return _outcome(letter, "archive", truth, best, row=row)


def _recipients(
    letter: TrueLetter, seen: SeenLetter, field: str, entries: Sequence[TrueRecipient]
) -> list[Outcome]:
    rows = [row for row in seen.recipients if row["role"] == _ROLES[field]]
    names = [entry.name for entry in entries]
    pairs, missed, invented = pair_items(names, [row["name"] for row in rows], _rank_names)
    outcomes = []
    for pair in pairs:
        entry, row = entries[pair.truth], rows[pair.seen]
        outcomes.append(
            _outcome(
                letter, field, entry.name, row["name"], item=entry.name, earned=pair.grade, row=row
            )
        )
        if entry.purpose is not None:
            purpose = row["purpose"] or None
            outcomes.append(
                _outcome(letter, "purpose", entry.purpose, purpose, item=entry.name, row=row)
            )
    for at in missed:
        outcomes.append(_outcome(letter, field, names[at], None, item=names[at]))
        if entries[at].purpose is not None:
            outcomes.append(_outcome(letter, "purpose", entries[at].purpose, None, item=names[at]))
    outcomes += [
        _outcome(letter, field, None, rows[at]["name"], item=rows[at]["name"], row=rows[at])
        for at in invented
    ]
    return outcomes


def _rank_names(truth: str, seen: str) -> tuple[Grade, float]:
    return grade(truth, seen), similarity(fold(truth), fold(seen))


def _references(
    letter: TrueLetter, seen: SeenLetter, entries: Sequence[TrueReference]
) -> tuple[list[Outcome], int]:
    """Outcomes by key, and by key and date; and how many rows count neither way."""
    rows = list(seen.references)
    keys = [_key_of(row) for row in rows]
    truth = [(entry.key, entry.issue_date) for entry in entries]
    given = [(key, row["issue_date"] or None) for key, row in zip(keys, rows, strict=True)]
    pairs, missed, invented = pair_items(truth, given, _rank_references)
    outcomes = []
    for pair in pairs:
        entry, row, key = entries[pair.truth], rows[pair.seen], keys[pair.seen]
        if entry.nested:
            # Only the nested directive itself is forgiven, not one that looks like it.
            if not reaches(pair.grade, "soft"):
                invented.append(pair.seen)
            continue
        outcomes.append(
            _outcome(
                letter, "references", entry.key, key, item=entry.key, earned=pair.grade, row=row
            )
        )
        if entry.dated:
            date = row["issue_date"] or None
            outcomes.append(_dated(letter, entry, (key, date), pair.grade, row))
    for at in missed:
        entry = entries[at]
        if not entry.nested:
            outcomes.append(_outcome(letter, "references", entry.key, None, item=entry.key))
            if entry.dated:
                outcomes.append(_dated(letter, entry, None, "none", None))
    nested = [at for at in invented if rows[at].get("nested", "").lower() in ("true", "1")]
    for at in sorted(set(invented) - set(nested)):
        for field in ("references", "references_dated"):
            outcomes.append(_outcome(letter, field, None, keys[at], item=keys[at], row=rows[at]))
    return outcomes, len(nested)


def _key_of(row: Row) -> str:
    key = reference_key(row["number"], row["doc_type"], row.get("title"))
    return key or row.get("raw") or "?"


def _dated(
    letter: TrueLetter,
    entry: TrueReference,
    seen: tuple[str, str | None] | None,
    key_grade: Grade,
    row: Row | None,
) -> Outcome:
    same_date = seen is not None and seen[1] == entry.issue_date
    return _outcome(
        letter,
        "references_dated",
        f"{entry.key} {entry.issue_date or ''}".strip(),
        f"{seen[0]} {seen[1] or ''}".strip() if seen is not None else None,
        item=entry.key,
        earned=key_grade if same_date else "none",
        row=row,
    )


def _rank_references(
    truth: tuple[str, str | None], seen: tuple[str, str | None]
) -> tuple[Grade, float]:
    """By key; of references with equal keys (a law and its changes) by date."""
    wanted, given = truth[0], seen[0]
    # A number never equals a name, so that only names are folded as prose.
    by_number = "/" in wanted or "/" in given
    earned = grade(wanted, given, identifier=by_number)
    alike = similarity(fold_identifier(wanted), fold_identifier(given))
    return earned, alike + (0.001 if truth[1] == seen[1] else 0.0)


def _empty_like(outcome: Outcome) -> Outcome:
    return dataclasses.replace(outcome, value=None, truth=None, grade="none", trust=None)


def _change(old: Outcome, new: Outcome) -> Change:
    truth = new.truth if new.truth is not None else old.truth
    return Change(new.field, new.source, new.first_page, truth, old.value, new.value)
