"""One file from bytes to records: the stages composed.

`read_pages` does the costly half (draw, clean, read) for some pages of a file and can
run anywhere; `assemble` does the cheap half for all pages of the file at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from pipeline import clean, fields, layout, ocr, render, resolve
from pipeline.errors import PageError
from pipeline.fields import recipients as recipients_field
from pipeline.fields import references as references_field
from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.page import Affine, BBox, Line, Page, Region, Zone
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


@dataclass(frozen=True, slots=True)
class PageBatch:
    """Pages that were read, and what went wrong with others of the batch."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


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


def count_pages(path: Path, source: str, settings: Settings) -> int:
    """Pages of the file, after its limits and its kind were checked.

    Raises:
        LetterError: the file cannot be read, is encrypted or beyond a limit.
    """
    return render.count_pages(path, source, settings.render)


def read_pages(path: Path, source: str, numbers: Sequence[int], settings: Settings) -> PageBatch:
    """The pages of `numbers` (1-based), read; a page that fails becomes a problem."""
    pages: list[Page] = []
    problems: list[Problem] = []
    images: list[clean.CleanImage] = []
    for number in numbers:
        try:
            page = render.read_text_layer(path, source, number, settings.render)
            if page is not None:
                pages.append(page)
                continue
            image = render.render_page(path, source, number, settings.render)
            images.append(clean.clean(image, settings.clean))
        except PageError as error:
            problems.append(_problem(error))
        if len(images) >= 4:
            pages.extend(_read(images, source, settings, problems))
            images = []
    pages.extend(_read(images, source, settings, problems))
    problems.extend(
        Problem(
            "clean",
            "page_unreadable",
            f"{source}, page {page.number}: too small or too blurred to be read; scan it again at 200 dpi or more",
            page.number,
        )
        for page in pages
        if page.unreadable
    )
    return PageBatch(tuple(sorted(pages, key=lambda page: page.number)), tuple(problems))


def _read(
    images: Sequence[clean.CleanImage], source: str, settings: Settings, problems: list[Problem]
) -> Iterable[Page]:
    if not images:
        return ()
    try:
        read = ocr.read(images, source, settings.ocr)
    except PageError as error:
        if len(images) == 1:
            problems.append(_problem(error))
            return ()
        return [page for image in images for page in _read([image], source, settings, problems)]
    return [
        _with_slots(
            _with_stamps(_with_tail(page, image, source, settings), image, source, settings), image
        )
        for page, image in zip(read, images, strict=True)
    ]


def _with_tail(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with ô 9b and the signature beside it read column by column.

    The two columns have different leading, so that a row of one cuts lines of the other.
    """
    band = layout.tail_band(page)
    if band is None:
        return page
    split = clean.find_gutter(image.pixels, image.dpi, band)
    if split is None:
        return page
    left = BBox(0.0, band.top, split, band.bottom)
    right = BBox(split, band.top, page.width, min(band.bottom + 100.0, page.height))
    read = [
        line
        for piece in (left, right)
        for line in _read_piece(piece, image, source, page, settings)
    ]
    if sum(len(line.text) for line in read) < 20:
        return page
    kept = [
        line
        for line in page.lines
        if not any(_inside(line.bbox, piece) for piece in (left, right))
        and not (left.top <= line.bbox.center_y <= left.bottom)
    ]
    return replace(page, lines=(*kept, *read))


def _inside(box: BBox, piece: BBox) -> bool:
    return piece.left <= box.center_x <= piece.right and piece.top <= box.center_y <= piece.bottom


def _read_piece(
    piece: BBox, image: clean.CleanImage, source: str, page: Page, settings: Settings
) -> list[Line]:
    points = image.dpi / 72
    rows = slice(max(0, int(piece.top * points)), int(piece.bottom * points))
    columns = slice(max(0, int(piece.left * points)), int(piece.right * points))
    pixels = image.pixels[rows, columns]
    if min(pixels.shape[:2]) < 12:
        return []
    shift = Affine(c=columns.start / points, f=rows.start / points)
    return [
        replace(
            line,
            words=tuple(replace(word, bbox=shift.apply(word.bbox)) for word in line.words),
        )
        for line in ocr.read_crop(pixels, image.dpi, source, page.number, settings.ocr)
    ]


def _with_stamps(page: Page, image: clean.CleanImage, source: str, settings: Settings) -> Page:
    """The page with the words of rubber stamps in its upper half: KHẨN, HỎA TỐC, MẬT.

    Their ink is coloured and was taken out of the print, so each is read by itself.
    """
    found: list[Line] = []
    points = image.dpi / 72
    for mark in page.marks:
        box = mark.bbox
        if mark.kind != "stamp" or box.top > 0.5 * page.height:
            continue
        if not (25 < box.width < 190 and 9 < box.height < 70):
            continue
        # Inside the frame that most stamps have: its lines read as letters.
        rows = slice(int((box.top + 4) * points), int((box.bottom - 4) * points))
        columns = slice(int((box.left + 4) * points), int((box.right - 4) * points))
        ink = clean.coloured_ink(image.colour[rows, columns])
        if ink.size == 0:
            continue
        shift = Affine(c=columns.start / points, f=rows.start / points)
        for line in ocr.read_crop(ink, image.dpi, source, page.number, settings.ocr):
            words = tuple(replace(word, bbox=shift.apply(word.bbox)) for word in line.words)
            found.append(replace(line, words=words))
    return replace(page, lines=(*page.lines, *found)) if found else page


def _with_slots(page: Page, image: clean.CleanImage) -> Page:
    """The page with its handwritten blanks read, where it opens a letter."""
    if not page.lines or layout.header_box(page) is None:
        return page
    from pipeline import handwriting

    slots = handwriting.read_slots(page.lines, image.colour, image.dpi, handwriting.load_reader())
    return replace(page, slots=slots)


def _problem(error: PageError) -> Problem:
    return Problem(error.stage, error.code, str(error), error.page)


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


def _concerns(problem: Problem, letter: Sequence[Page]) -> bool:
    return problem.page is None or letter[0].number <= problem.page <= letter[-1].number


def _record(
    source: Source,
    pages: tuple[Page, ...],
    problems: Sequence[Problem],
    settings: Settings,
    lexicon: Lexicon,
) -> Record:
    letter = Letter(pages, layout.find_regions(pages))
    candidates = [one for module in fields.MODULES for one in module.extract(letter, lexicon)]
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
        recipients=resolve.trust_recipients(recipients_field.extract(letter, lexicon), lexicon),
        dates=_dates(citing, chosen),
        problems=tuple(found),
        pages=pages,
        text=reading_text(letter.regions),
        made_by=_made_by(settings, lexicon),
    )
    return _in_viewer_frame(record)


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


def _dates(
    citing: references_field.CitingText, chosen: dict[str, Field]
) -> tuple[DateMention, ...]:
    issued = chosen["issue_date"]
    out: list[DateMention] = []
    if issued.value is not None and issued.confidence is not None:
        value = date_value(issued.value)
        out.append(DateMention(value, "issued", issued.raw or "", issued.place, issued.confidence))
    out.extend(references_field.find_mentioned_dates(citing))
    return tuple(out)


def date_value(iso: str) -> DateValue:
    """The ISO text with the precision that its length says."""
    precision = {4: "year", 7: "month", 10: "day"}[len(iso)]
    return DateValue(iso, precision)  # type: ignore[arg-type]


def reading_text(regions: Sequence[Region]) -> str:
    """The letter's text in the order a person reads it, a blank line between zones."""
    kept = [region for region in regions if region.zone not in (Zone.PAGE_NUMBER, Zone.NOISE)]
    return "\n\n".join(restore(region.text) for region in kept) + ("\n" if kept else "")


def _made_by(settings: Settings, lexicon: Lexicon) -> MadeBy:
    return MadeBy(
        version=metadata.version("sohoa"),
        settings_digest=settings.digest(),
        lexicon_digest=lexicon.digest,
        engine=f"tesseract {ocr.engine_version()}",
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
    "read_pages",
]
