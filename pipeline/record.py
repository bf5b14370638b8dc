"""What is said about a letter: fields with their evidence, and the record of all.

Value beside raw: `raw` is what stands on the paper as it was read, `value` what it
means. Absent is `None`. A confidence is measured or it is not there. This module
knows nothing of how values are found or written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.page import BBox, Page, Region

#: Code of the problem that a page is kept as it was first read: a later look at it failed.
LOOK_FAILED = "look_failed"

Trust = Literal["sure", "review"]
Status = Literal["done", "partial", "failed"]
Precision = Literal["day", "month", "year"]
RecipientRole = Literal["addressee", "copy", "archive"]
DateRole = Literal[
    "issued", "reference", "deadline", "effective", "received", "signed_digitally", "other"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that did not go cleanly, and what to do about it.

    Attributes:
        stage: `render`, `clean`, `ocr`, `layout`, `fields`, `export` or `batch`.
        code: short stable name for programs, e.g. `encrypted`, `page_unreadable`.
        page: 1-based; `None` when it concerns the whole file.
    """

    stage: str
    code: str
    message: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where on paper a value stands: a page and the box around its words, in points."""

    page: int
    bbox: BBox


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one field by one rule, before anything is chosen.

    Attributes:
        field: the field's column name in `documents.csv`.
        value: normalized value (ISO for dates), NFC; `None`: seen to be blank on paper.
        raw: the text it was read from, uncorrected.
        score: 0..1, how well the rule fits; an ordering, not a probability.
        rule: id of the rule or reader that found it.
        word_confidence: lowest word confidence over the raw span, 0..1; `None` when
            no engine gave one.
        evidence: facts that speak for or against, as `name:value`.
    """

    field: str
    value: str | None
    raw: str
    score: float
    rule: str
    place: Place | None = None
    word_confidence: float | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """The chosen reading of a field, and the readings that lost.

    Attributes:
        confidence: measured share of such values that are right, 0..1; `None` where
            the value is `None`.
        trust: `sure` or `review`; `None` where the value is `None`.
    """

    name: str
    value: str | None
    raw: str | None
    confidence: float | None
    trust: Trust | None
    place: Place | None
    rule: str | None
    evidence: tuple[str, ...] = ()
    alternatives: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date no finer than the paper says: `iso` is `2022-08-01`, `2022-08` or `2022`."""

    iso: str
    precision: Precision


@dataclass(frozen=True, slots=True)
class Reference:
    """A directive that the letter cites; mentions of the same one are merged.

    Attributes:
        number: normalized key (`03/CT-UBND`); `None` for a law cited by name.
        pin: cited part, `Đ5.k2`; several joined by `; `.
        relation: a code of `models/lexicons/relations.tsv`, e.g. `can_cu`.
        nested: stands inside another document's title.
        mentions: how often the letter names it.
        resolved_document_id: the letter of the same run that it names.
        evidence: the kind of evidence behind the number, see `trust.evidence_of`.
        facts: what speaks for or against it, as in `Candidate.evidence`.
    """

    doc_type: str | None
    number: str | None
    issue_date: DateValue | None
    issuer: str | None
    title: str | None
    pin: str | None
    relation: str
    nested: bool
    mentions: int
    raw: str
    place: Place | None
    confidence: float
    trust: Trust
    resolved_document_id: str | None = None
    evidence: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One entry of Kính gửi or Nơi nhận as printed.

    Attributes:
        purpose: `để báo cáo`, ... without the brackets.
        units: for Lưu: the units, `("VT", "HCTH")`.
    """

    role: RecipientRole
    name: str
    purpose: str | None
    units: tuple[str, ...]
    raw: str
    place: Place | None
    confidence: float
    trust: Trust
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date of the letter and what it is for."""

    value: DateValue
    role: DateRole
    raw: str
    place: Place | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Source:
    """An input file: path relative to the input root, and the SHA-256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Pages of one letter with their regions, ready for the fields to be read.

    Attributes:
        pages: the letter's pages, annexes included, in file order.
        regions: what layout found, in reading order over all pages.
        heard: what the second reading has for a word: see `agreement.heard_words`.
    """

    pages: tuple[Page, ...]
    regions: tuple[Region, ...]
    heard: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def first_page(self) -> int:
        """1-based first page in the file."""
        return self.pages[0].number

    @property
    def last_page(self) -> int:
        """1-based last page in the file."""
        return self.pages[-1].number


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What made a record: enough to know whether a re-run would differ."""

    version: str
    settings_digest: str
    lexicon_digest: str
    engine: str
    language_model: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one letter.

    Attributes:
        document_id: first 16 hex digits of the file's SHA-256, `-`, first page.
        fields: by column name; every scalar field has an entry, absent ones too.
        text: the letter's text in reading order.
    """

    document_id: str
    source: Source
    first_page: int
    last_page: int
    status: Status
    fields: dict[str, Field]
    references: tuple[Reference, ...]
    recipients: tuple[Recipient, ...]
    dates: tuple[DateMention, ...]
    problems: tuple[Problem, ...]
    pages: tuple[Page, ...]
    text: str
    made_by: MadeBy
