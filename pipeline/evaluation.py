"""What a measurement found: one outcome for each value, and the shares over them.

Everything a report says is counted from the outcomes, so that two runs can be compared
value by value. This module knows nothing of how truth or output files look.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.scoring import Grade, Overlap, Share, reaches

#: `missed`: on the paper, not in the output. `invented`: in the output, not on the paper.
Verdict = Literal["right", "empty", "missed", "wrong", "invented"]

#: Fields with several values a letter; each value is an outcome.
LISTS = ("addressees", "recipients", "references", "references_dated")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value of one letter, or of one item of a list, against the truth.

    Attributes:
        source: base name of the file.
        page: where the value stands if the output says so, else the letter's first.
        item: the true item (the seen one if invented) of a list field; else `""`.
        grade: how well the value fits; `none` where truth or value is missing.
        ordinal: tells equal items of one letter apart, from 0.
    """

    source: str
    first_page: int
    page: int
    field: str
    item: str
    ordinal: int
    truth: str | None
    value: str | None
    grade: Grade
    raw: str | None
    trust: str | None
    number_style: str | None

    @property
    def key(self) -> tuple[str, int, str, str, int]:
        """What names this value in another run over the same truth."""
        return (self.source, self.first_page, self.field, self.item, self.ordinal)

    def verdict(self, wanted: Grade = "soft") -> Verdict:
        """What became of the value, if it must be right to the grade `wanted`."""
        if self.value is None:
            return "empty" if self.truth is None else "missed"
        if self.truth is None:
            return "invented"
        return "right" if reaches(self.grade, wanted) else "wrong"

    def is_right(self, wanted: Grade = "soft") -> bool:
        """Right, or rightly empty."""
        return self.verdict(wanted) in ("right", "empty")

    def is_false(self, wanted: Grade = "soft") -> bool:
        """Says something that is not on the paper: worse than saying nothing."""
        return self.verdict(wanted) in ("wrong", "invented")


@dataclass(frozen=True, slots=True)
class LetterMatch:
    """A letter of the truth and the row of the output that it was measured by.

    Attributes:
        document_id: `None` where the output has no letter on these pages.
        pages_right: first and last page are as in the truth; `None` if not annotated.
    """

    source: str
    first_page: int
    document_id: str | None
    status: str | None
    pages_right: bool | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes of a run.

    Attributes:
        extra_letters: `file, page n` of letters in the output that no truth has, in
            files that the truth knows.
        set_aside: references that the output marks as nested and the truth lacks;
            they count neither way.
    """

    letters: tuple[LetterMatch, ...]
    outcomes: tuple[Outcome, ...]
    extra_letters: tuple[str, ...] = ()
    set_aside: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that were scored, in order of first appearance."""
        return tuple(dict.fromkeys(outcome.field for outcome in self.outcomes))

    def of(self, field: str, *, style: str | None = None) -> tuple[Outcome, ...]:
        """Outcomes of one field, of letters with one style of number if given."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.field == field and style in (None, outcome.number_style)
        )

    def to_json(self) -> str:
        """The evaluation as JSON that `from_json` reads and `compare` takes."""
        table = {"version": 1, **dataclasses.asdict(self)}
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that became right, or ceased to be."""

    field: str
    source: str
    first_page: int
    truth: str | None
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Values gained and lost against an older run, at the soft grade.

    Attributes:
        newly_false: values that now say something wrong and did not before.
        only_new, only_old: values that just one of the runs was measured on.
    """

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    newly_false: tuple[Change, ...]
    only_new: int
    only_old: int


def from_json(text: str) -> Evaluation:
    """The evaluation that `to_json` wrote.

    Raises:
        ValueError: it is not such a text.
    """
    try:
        table: dict[str, Any] = json.loads(text)
        return Evaluation(
            letters=tuple(LetterMatch(**row) for row in table["letters"]),
            outcomes=tuple(Outcome(**row) for row in table["outcomes"]),
            extra_letters=tuple(table["extra_letters"]),
            set_aside=table["set_aside"],
        )
    except (KeyError, TypeError) as error:
        message = f"not an evaluation: {error!r}"
        raise ValueError(message) from error


def accuracy(outcomes: Iterable[Outcome], wanted: Grade = "soft") -> Share:
    """Share of the annotated values that are right or rightly empty."""
    listed = list(outcomes)
    return Share(sum(outcome.is_right(wanted) for outcome in listed), len(listed))


def overlap(outcomes: Iterable[Outcome], wanted: Grade = "soft") -> Overlap:
    """Values on the paper, values seen, and those seen rightly."""
    listed = list(outcomes)
    return Overlap(
        truth=sum(outcome.truth is not None for outcome in listed),
        seen=sum(outcome.value is not None for outcome in listed),
        matched=sum(outcome.verdict(wanted) == "right" for outcome in listed),
    )


def coverage(outcomes: Iterable[Outcome]) -> Share:
    """Of the values put forward, the share marked `sure`."""
    given = [outcome for outcome in outcomes if outcome.value is not None]
    return Share(sum(outcome.trust == "sure" for outcome in given), len(given))


def wrong_when_sure(outcomes: Iterable[Outcome], wanted: Grade = "soft") -> Share:
    """Of the values marked `sure`, the share that is not on the paper."""
    sure = [
        outcome for outcome in outcomes if outcome.trust == "sure" and outcome.value is not None
    ]
    return Share(sum(outcome.is_false(wanted) for outcome in sure), len(sure))


def whole_letters(
    evaluation: Evaluation, fields: Callable[[str], bool], wanted: Grade = "soft"
) -> Share:
    """Share of the letters in which every annotated value of some fields is right."""
    right: dict[tuple[str, int], bool] = {}
    for outcome in evaluation.outcomes:
        if fields(outcome.field):
            key = (outcome.source, outcome.first_page)
            right[key] = right.get(key, True) and outcome.is_right(wanted)
    return Share(sum(right.values()), len(right))
