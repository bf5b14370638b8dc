"""An evaluation as Markdown tables for people.

This module knows nothing of files: it prints what the outcomes say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pipeline.evaluation import (
    LISTS,
    Comparison,
    Evaluation,
    Outcome,
    accuracy,
    coverage,
    overlap,
    whole_letters,
    wrong_when_sure,
)
from pipeline.scoring import GRADES, Share

_STYLED = ("document_number", "issue_date")


def report(evaluation: Evaluation) -> str:
    """Tables of the scores of fields and lists, whole letters, number styles and trust."""
    parts = [
        _letters(evaluation),
        "## Fields\n\n"
        "Right (or rightly empty) of the letters annotated; soft: case, tone placement, "
        "punctuation and white space aside (in numbers and dates the signs count); near: "
        "at least 0.9 alike; missed, wrong and invented at the soft grade; Wilson 95 %.\n\n"
        + _fields(evaluation),
        *(
            ["## Lists\n\nPrecision / recall / F1.\n\n" + _lists(evaluation)]
            if set(LISTS) & set(evaluation.fields)
            else []
        ),
        "## Number and date by the way the number was written\n\n" + _styles(evaluation),
        "## Trust\n\nOf the values put forward, those marked `sure`; of these, those that "
        "are not on the paper (soft, then strict).\n\n" + _trust(evaluation),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def report_errors(outcomes: Iterable[Outcome]) -> str:
    """A table of values, the worst kind first as they come."""
    rows = [
        (
            outcome.source,
            str(outcome.page),
            outcome.field,
            outcome.verdict(),
            outcome.truth or "",
            outcome.value or "",
            outcome.raw or "",
            outcome.trust or "",
        )
        for outcome in outcomes
    ]
    return table(("file", "page", "field", "verdict", "truth", "value", "raw", "trust"), rows)


def report_comparison(comparison: Comparison) -> str:
    """Gained and lost values against an older run, a count by field and a table."""
    net: Counter[str] = Counter()
    for change in comparison.gained:
        net[change.field] += 1
    for change in comparison.lost:
        net[change.field] -= 1
    lines = [
        f"{len(comparison.gained)} values gained, {len(comparison.lost)} lost, "
        f"{len(comparison.newly_false)} newly false; "
        f"{comparison.only_new} only in the new run, {comparison.only_old} only in the old."
    ]
    if net:
        lines.append(
            "Net: " + ", ".join(f"{name} {count:+d}" for name, count in sorted(net.items()))
        )
    rows = [
        (
            what,
            one.field,
            one.source,
            str(one.first_page),
            one.truth or "",
            one.old or "",
            one.new or "",
        )
        for what, changes in (("gained", comparison.gained), ("lost", comparison.lost))
        for one in changes
    ]
    if rows:
        lines.append(table(("", "field", "file", "page", "truth", "old", "new"), rows))
    return "\n\n".join(lines) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line breaks inside cells are made harmless."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def percent(share: Share, *, interval: bool = False) -> str:
    """`97.1 %`, with `[95.0, 98.9]` behind if asked; `-` where nothing was counted."""
    if share.value is None:
        return "-"
    text = f"{100 * share.value:.1f} %"
    if interval:
        low, high = share.interval
        text += f" [{100 * low:.1f}, {100 * high:.1f}]"
    return text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _letters(evaluation: Evaluation) -> str:
    letters = evaluation.letters
    found = sum(letter.document_id is not None for letter in letters)
    paged = [letter.pages_right for letter in letters if letter.pages_right is not None]
    lines = [
        "# Evaluation",
        "",
        f"- letters of the truth found in the output: {found} of {len(letters)}",
    ]
    if paged:
        lines.append(f"- first and last page right: {sum(paged)} of {len(paged)}")
    lines.append(
        f"- letters in these files that the truth does not have: {len(evaluation.extra_letters)}"
    )
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("every single-value field", lambda field: field not in (*LISTS, "purpose")),
        ("every field and every list item", lambda field: True),
    )
    for name, chosen in kinds:
        shares = [whole_letters(evaluation, chosen, wanted) for wanted in ("soft", "strict")]
        lines.append(
            f"- whole letters right, {name}: {shares[0].hits} of {shares[0].total} soft "
            f"({percent(shares[0], interval=True)}), {shares[1].hits} strict"
        )
    if evaluation.set_aside:
        lines.append(
            f"- references marked nested that the truth lacks, counted neither way: "
            f"{evaluation.set_aside}"
        )
    return "\n".join(lines)


def _singles(evaluation: Evaluation) -> tuple[str, ...]:
    return tuple(field for field in evaluation.fields if field not in LISTS)


def _fields(evaluation: Evaluation) -> str:
    rows = []
    for field in _singles(evaluation):
        outcomes = evaluation.of(field)
        verdicts = Counter(outcome.verdict() for outcome in outcomes)
        shares = [accuracy(outcomes, wanted) for wanted in GRADES]
        rows.append(
            (
                field,
                str(len(outcomes)),
                percent(shares[0]),
                percent(shares[1], interval=True),
                percent(shares[2]),
                *(str(verdicts[kind]) for kind in ("missed", "wrong", "invented")),
            )
        )
    header = ("field", "letters", "strict", "soft", "near", "missed", "wrong", "invented")
    return table(header, rows)


def _lists(evaluation: Evaluation) -> str:
    rows = []
    for field in LISTS:
        outcomes = evaluation.of(field)
        if outcomes:
            scores = [overlap(outcomes, wanted) for wanted in GRADES]
            rows.append(
                (
                    field.replace("_dated", " (key and date)"),
                    str(scores[0].truth),
                    str(scores[0].seen),
                    *(
                        " / ".join(
                            "-" if value is None else f"{100 * value:.1f}"
                            for value in (score.precision, score.recall, score.f1)
                        )
                        for score in scores
                    ),
                )
            )
    return table(("list", "on paper", "seen", *GRADES), rows)


def _styles(evaluation: Evaluation) -> str:
    styles = sorted({one.number_style for one in evaluation.outcomes if one.number_style})
    rows = []
    for field in _STYLED:
        for style in styles:
            outcomes = evaluation.of(field, style=style)
            if outcomes:
                verdicts = Counter(outcome.verdict() for outcome in outcomes)
                rows.append(
                    (
                        field,
                        style,
                        str(len(outcomes)),
                        percent(accuracy(outcomes), interval=True),
                        *(str(verdicts[kind]) for kind in ("missed", "wrong", "invented")),
                    )
                )
    header = ("field", "number is", "letters", "soft", "missed", "wrong", "invented")
    return table(header, rows)


def _trust(evaluation: Evaluation) -> str:
    # The same reference by key and date, and a purpose without its own mark, count once.
    counted = [
        one for one in evaluation.outcomes if one.field not in ("references_dated", "purpose")
    ]
    singles = [one for one in counted if one.field not in LISTS]
    rows = [
        _trust_row("all", counted),
        _trust_row("single-value fields", singles),
        _trust_row("list items", [one for one in counted if one.field in LISTS]),
    ]
    rows += [_trust_row(field, evaluation.of(field)) for field in evaluation.fields]
    header = ("field", "values", "sure", "wrong when sure", "of", "soft", "strict")
    return table(header, rows)


def _trust_row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    covered = coverage(outcomes)
    soft, strict = wrong_when_sure(outcomes), wrong_when_sure(outcomes, "strict")
    return (
        name,
        str(covered.total),
        percent(covered, interval=True),
        str(soft.hits),
        str(soft.total),
        percent(soft, interval=True),
        percent(strict),
    )
