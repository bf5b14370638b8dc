"""One file from bytes to records: the stages composed.

`page_reader.read_pages` does the costly half (draw, clean, read) for some pages of a file
and can run anywhere; `assemble` does the cheap half for all pages of the file at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from pipeline import agreement, engine, fields, layout, resolve
from pipeline.citation import find_references
from pipeline.consensus import Reading
from pipeline.corroboration import corroborated, facts_of
from pipeline.fields import dates as dates_field
from pipeline.fields import recipients as recipients_field
from pipeline.fields import references as references_field
from pipeline.letter_text import letter_text
from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.page import Page
from pipeline.page_reader import PageBatch, count_pages, read_pages
from pipeline.record import (
    Candidate,
    DateMention,
    DateValue,
    Field,
    Letter,
    MadeBy,
    Place,
    Problem,
    Record,
    Source,
)
from pipeline.settings import Settings
from pipeline.tones import restore


def digitize(path: Path | str, settings: Settings | None = None) -> tuple[Record, ...]:
    """The records of all letters in one file.

    Raises:
        LetterError: the file as a whole cannot be read.
    """
    path = Path(path)
    chosen = settings or Settings()
    source = Source(path.name, sha256_of(path))
    count = count_pages(path, source.path, chosen)
    batch = read_pages(path, source.path, range(1, count + 1), chosen)
    return assemble(source, batch.pages, batch.problems, chosen)


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file's bytes, 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def assemble(
    source: Source, pages: Sequence[Page], problems: Sequence[Problem], settings: Settings
) -> tuple[Record, ...]:
    """One record for each letter among the pages of one file, in page order."""
    lexicon = load_lexicon()
    ordered = sorted(pages, key=lambda page: page.number)
    if not ordered:
        return ()
    return tuple(
        _record(source, letter, [p for p in problems if _concerns(p, letter)], settings, lexicon)
        for letter in layout.split_letters(ordered)
    )


def prepare() -> None:
    """Load all that `assemble` needs, which takes longer than it takes over a letter.

    Word lists and counts, spaCy, and the expressions that are made from the lists.
    """
    load_lexicon()
    restore("công văn")
    find_references(
        "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về công tác văn thư; "
        "thay thế Quyết định số 1/QĐ-UBND ngày 01/01/2021 của Ủy ban nhân dân tỉnh; Luật Lưu trữ."
    )


def _concerns(problem: Problem, letter: Sequence[Page]) -> bool:
    return problem.page is None or letter[0].number <= problem.page <= letter[-1].number


def _record(
    source: Source,
    pages: tuple[Page, ...],
    problems: Sequence[Problem],
    settings: Settings,
    lexicon: Lexicon,
) -> Record:
    letter = Letter(pages, layout.find_regions(pages), agreement.heard_words(pages))
    candidates = corroborated(
        (
            agreement.vouched(one, pages)
            for module in fields.MODULES
            for one in module.extract(letter, lexicon)
        ),
        facts_of(letter, source.path),
    )
    first = resolve.choose(candidates, fields.NAMES, (), lexicon)
    own = first["document_number"].value
    citing = references_field.read_citing_text(letter)
    references = tuple(references_field.extract(citing, own))
    chosen = resolve.choose(candidates, fields.NAMES, references, lexicon)
    document_id = f"{source.sha256[:16]}-{letter.first_page}"
    found = list(problems)
    secret = chosen["secrecy"].value
    if secret is not None and settings.fields.secret == "refuse":
        return _refused(document_id, source, letter, secret, found, settings, lexicon)
    if not any(page.lines for page in pages):
        found.append(_nothing_read(source, letter))
    status = "failed" if not any(page.lines for page in pages) else "partial" if found else "done"
    record = Record(
        document_id=document_id,
        source=source,
        first_page=letter.first_page,
        last_page=letter.last_page,
        status=status,  # type: ignore[arg-type]
        fields=chosen,
        references=resolve.trust_references(references, lexicon),
        recipients=resolve.trust_recipients(
            recipients_field.extract(letter, lexicon), agreement.of_name(pages), lexicon
        ),
        dates=_dates(letter, citing, chosen),
        problems=tuple(found),
        pages=pages,
        text=letter_text(letter.regions, chosen, letter.heard),
        made_by=_made_by(settings, lexicon),
    )
    record = _in_viewer_frame(record)
    dates = dates_field.with_overlay_dates(record.dates, record.pages)
    return replace(record, dates=tuple(dates))


def _nothing_read(source: Source, letter: Letter) -> Problem:
    return Problem(
        "ocr",
        "no_text",
        f"{source.path}: nothing could be read on pages {letter.first_page}-{letter.last_page}; "
        "look at the scan, and scan it again at 200 dpi or more if it is not blank",
        letter.first_page,
    )


def _refused(
    document_id: str,
    source: Source,
    letter: Letter,
    secret: str,
    problems: Sequence[Problem],
    settings: Settings,
    lexicon: Lexicon,
) -> Record:
    """A record that says a secrecy mark was seen, and nothing of what the letter says."""
    message = (
        f"{source.path}: marked {secret}; nothing of it was written. The law on State secrets "
        "bars such papers from networked machines; use --secret process only where that is allowed"
    )
    bare_pages = tuple(replace(page, lines=(), slots=(), overlays=()) for page in letter.pages)
    return Record(
        document_id=document_id,
        source=source,
        first_page=letter.first_page,
        last_page=letter.last_page,
        status="failed",
        fields={name: Field(name, None, None, None, None, None, None) for name in fields.NAMES},
        references=(),
        recipients=(),
        dates=(),
        problems=(*problems, Problem("fields", "secret_marking", message, letter.first_page)),
        pages=bare_pages,
        text="",
        made_by=_made_by(settings, lexicon),
    )


def _dates(letter: Letter, citing: Reading, chosen: dict[str, Field]) -> tuple[DateMention, ...]:
    issued = chosen["issue_date"]
    out: list[DateMention] = []
    if issued.value is not None and issued.confidence is not None:
        value = date_value(issued.value)
        out.append(DateMention(value, "issued", issued.raw or "", issued.place, issued.confidence))
    symbol = chosen["symbol"].value
    out.extend(dates_field.find_mentioned_dates(citing, issued.value, symbol))
    out.extend(dates_field.find_signing_dates(letter))
    return tuple(out)


def date_value(iso: str) -> DateValue:
    """The ISO text with the precision that its length says."""
    precision = {4: "year", 7: "month", 10: "day"}[len(iso)]
    return DateValue(iso, precision)  # type: ignore[arg-type]


def _made_by(settings: Settings, lexicon: Lexicon) -> MadeBy:
    return MadeBy(
        version=metadata.version("sohoa"),
        settings_digest=settings.digest(),
        lexicon_digest=lexicon.digest,
        engine=f"tesseract {engine.engine_version()}",
        language_model=settings.ocr.language,
    )


def _in_viewer_frame(record: Record) -> Record:
    """The record with every box on the page as a viewer shows it."""
    by_number = {page.number: page for page in record.pages}

    def moved(place: Place | None) -> Place | None:
        if place is None:
            return None
        return Place(place.page, by_number[place.page].to_viewer.apply(place.bbox).rounded())

    def candidate(one: Candidate) -> Candidate:
        return replace(one, place=moved(one.place))

    return replace(
        record,
        fields={
            name: replace(
                field,
                place=moved(field.place),
                alternatives=tuple(map(candidate, field.alternatives)),
            )
            for name, field in record.fields.items()
        },
        references=tuple(replace(one, place=moved(one.place)) for one in record.references),
        recipients=tuple(replace(one, place=moved(one.place)) for one in record.recipients),
        dates=tuple(replace(one, place=moved(one.place)) for one in record.dates),
    )


__all__ = [
    "PageBatch",
    "assemble",
    "count_pages",
    "digitize",
    "prepare",
    "read_pages",
]
