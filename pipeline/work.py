"""What workers do for a run: look at a file, read pages, write a document's records.

Each function here takes and returns small picklable values, so that it can run in
another process or on another machine. It knows neither the ledger's states nor the order
of things; what reads a letter is named by `Steps` and imported only where it runs.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import resource
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline import fetched
from pipeline.errors import LetterError
from pipeline.executors import load
from pipeline.ledger import Ledger
from pipeline.making import Making, ingredients, making
from pipeline.page import Page
from pipeline.pagestore import KeptPage
from pipeline.record import Field, MadeBy, Problem, Record, Source
from pipeline.rows import OutputRow, SourceRow
from pipeline.settings import Settings
from pipeline.storage import is_own_fault

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TABLES = ("documents.csv", "references.csv", "recipients.csv", "dates.csv", "problems.csv")


@dataclass(frozen=True, slots=True)
class Steps:
    """Names, `module:function`, of what reads and writes letters."""

    count_pages: str = "pipeline.page_reader:count_pages"
    read_pages: str = "pipeline.page_reader:read_pages"
    assemble: str = "pipeline.digitizer:assemble"
    made_by: str = "pipeline.making:made_by"
    field_names: str = "pipeline.fields:NAMES"
    write_record: str = "pipeline.export:write_record"
    write_tables: str = "pipeline.export:write_tables"
    prepare: str = "pipeline.digitizer:prepare"

    def modules(self, kind: str) -> tuple[str, ...]:
        """What a task of this kind imports."""
        needed = {
            "describe": (self.made_by,),
            "survey": (self.count_pages,),
            "read": (self.read_pages,),
            "tables": (self.write_tables,),
        }
        calls = needed.get(kind, (self.assemble, self.write_record))
        return tuple(call.partition(":")[0] for call in calls)


@dataclass(frozen=True, slots=True)
class Survey:
    """A first look at a file.

    Attributes:
        sha256: of its bytes; `None` when they could not be read.
        pages: `None` when they could not be counted; then `problem` says why.
        gone: there is no such file any more.
    """

    sha256: str | None
    pages: int | None = None
    problem: Problem | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Letters:
    """The records of one document, written.

    Attributes:
        outputs: files written, relative to OUT.
        secret: nothing of the pages may be kept.
    """

    status: Literal["done", "partial", "failed"]
    letters: int
    to_review: int
    problems: tuple[Problem, ...]
    outputs: tuple[OutputRow, ...]
    document_id: str | None = None
    secret: bool = False


def describe(steps: Steps, settings: Settings) -> Making:
    """What this machine would read letters with."""
    return making(load(steps.made_by)(settings), settings)


def identify(steps: Steps, settings: Settings) -> dict[str, str]:
    """What a machine must have alike to take part in a run: see `making.ingredients`."""
    return ingredients(load(steps.made_by)(settings), settings)


def survey(steps: Steps, row: SourceRow, settings: Settings, *, count: bool) -> Survey:
    """Fetch the file where it is behind a URL, hash it, and count its pages unless told not to."""
    path = row.path
    try:
        fetched.bring(path, row.size, row.modified_ns, settings.render.max_megabytes * 10**6)
    except FileNotFoundError:
        return Survey(None, gone=True)
    except OSError as error:
        if is_own_fault(error):
            raise
        message = f"cannot be fetched: {error.strerror}; run again when its storage answers"
        return Survey(None, problem=Problem("batch", "unreadable", message))
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return Survey(None, gone=True)
    except OSError as error:
        message = f"cannot be read: {error.strerror}; check the disk and its permissions"
        return Survey(None, problem=Problem("batch", "unreadable", message))
    if not count:
        return Survey(sha256)
    try:
        return Survey(sha256, load(steps.count_pages)(path, row.name, settings))
    except LetterError as error:
        return Survey(sha256, problem=problem_of(error))


def uncounted_survey(steps: Steps, row: SourceRow, settings: Settings) -> Survey:
    """Hash the file only: looking into it has killed workers."""
    return survey(steps, row, settings, count=False)


def counted_survey(steps: Steps, row: SourceRow, settings: Settings) -> Survey:
    """Hash the file and count its pages."""
    return survey(steps, row, settings, count=True)


def read(
    steps: Steps,
    path: Path,
    source: str,
    numbers: Sequence[int],
    settings: Settings,
    size: int,
    modified_ns: int,
) -> tuple[KeptPage, ...] | None:
    """The pages `numbers`, packed; `None` when the file is not the one surveyed any more.

    Problems of the whole file go with the first page; they are told apart again when
    the document is finished, since other chunks of the file report the same.
    """
    if _changed(path, size, modified_ns):
        return None
    batch = load(steps.read_pages)(path, source, tuple(numbers), settings)
    if _changed(path, size, modified_ns):
        return None
    bodies = {page.number: pack_page(page) for page in batch.pages}
    kept = []
    for index, number in enumerate(numbers):
        problems = [
            problem
            for problem in batch.problems
            if problem.page == number or (problem.page is None and index == 0)
        ]
        body = bodies.get(number)
        if body is None and not any(problem.page == number for problem in problems):
            message = "the page could not be read; look at it in the original"
            problems.append(Problem("ocr", "page_failed", message, number))
        kept.append(KeptPage(number, body, tuple(problems)))
    return tuple(kept)


def finish(
    steps: Steps,
    out: Path,
    source: Source,
    pages: Sequence[KeptPage],
    settings: Settings,
) -> Letters:
    """Assemble the document's letters and write their records, the first letter last.

    So a record of page 1 on disk means that those of all later letters are there too.
    """
    problems = order_problems({problem for page in pages for problem in page.problems})
    read_pages = [unpack_page(page.body) for page in pages if page.body is not None]
    records: tuple[Record, ...] = load(steps.assemble)(source, read_pages, problems, settings)
    records = _with_all_problems(records, problems)
    require_out(out)
    written: list[OutputRow] = []
    for record in sorted(records, key=lambda record: -record.first_page):
        load(steps.write_record)(out, record)
        written.extend(record_outputs(out, record.document_id))
    found = order_problems({problem for record in records for problem in record.problems})
    states = {record.status for record in records}
    status: Literal["done", "partial", "failed"] = "partial"
    if states == {"done"}:
        status = "done"
    elif states == {"failed"} or not records:
        status = "failed"
    return Letters(
        status=status,
        letters=sum(record.status != "failed" for record in records),
        to_review=sum(_needs_review(record) for record in records),
        problems=found if records else problems,
        outputs=tuple(sorted(written, key=lambda row: row.path)),
        document_id=records[0].document_id if records else None,
        secret=any(problem.code.startswith("secret") for problem in found),
    )


def _with_all_problems(
    records: Sequence[Record], problems: Sequence[Problem]
) -> tuple[Record, ...]:
    """The records, with problems that none of them has given to the letter before.

    A page that failed at the edge of a letter belongs to no letter; it must not be lost.
    """
    told = {problem for record in records for problem in record.problems}
    untold = [problem for problem in problems if problem not in told]
    given: dict[int, list[Problem]] = {}
    for problem in untold:
        before = [
            index
            for index, record in enumerate(records)
            if record.first_page <= (problem.page or 1)
        ]
        given.setdefault(before[-1] if before else 0, []).append(problem)
    return tuple(
        dataclasses.replace(
            record,
            problems=order_problems({*record.problems, *given[index]}),
            status="partial" if record.status == "done" else record.status,
        )
        if index in given
        else record
        for index, record in enumerate(records)
    )


def write_failed(
    steps: Steps,
    out: Path,
    source: Source,
    pages: int | None,
    problems: Sequence[Problem],
    made_by: MadeBy,
) -> Letters:
    """Write the row of a document of which nothing could be read."""
    record = Record(
        document_id=f"{source.sha256[:16]}-1",
        source=source,
        first_page=1,
        last_page=pages or 1,
        status="failed",
        fields={
            name: Field(name, None, None, None, None, None, None)
            for name in load(steps.field_names)
        },
        references=(),
        recipients=(),
        dates=(),
        problems=order_problems(set(problems)),
        pages=(),
        text="",
        made_by=made_by,
    )
    require_out(out)
    load(steps.write_record)(out, record)
    outputs = tuple(record_outputs(out, record.document_id))
    return Letters("failed", 0, 0, record.problems, outputs, record.document_id)


def tables(steps: Steps, out: Path) -> tuple[OutputRow, ...]:
    """Rebuild the tables from the records that the ledger names."""
    require_out(out)
    # The limit is for what a page may cost; tables grow with the archive.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    ledger = Ledger(out, read_only=True)
    try:
        load(steps.write_tables)(out, record_files(out, ledger), file_problems(ledger))
    finally:
        ledger.close()
    return tuple(output_row(out, name) for name in TABLES if (out / name).exists())


def record_files(out: Path, ledger: Ledger) -> Iterator[Path]:
    """Record files of all documents but replaced ones, by source name, then first page."""
    for document in ledger.documents("open", "done", "partial", "failed"):
        rows = [row.path for row, _ in ledger.outputs(document.sha256)]
        records = [path for path in rows if path.startswith("records/")]
        for path in sorted(records, key=lambda path: int(Path(path).stem.rpartition("-")[2])):
            yield out / path


def file_problems(ledger: Ledger) -> list[tuple[str, str | None, Problem]]:
    """Problems of files that no record tells of, by name."""
    found: list[tuple[str, str | None, Problem]] = []
    for row in ledger.problem_sources(ledger.listing_run()):
        found.append((row.name, None, Problem("batch", row.state, row.message)))
    for document in ledger.documents("replaced"):
        message = "the file has other bytes now; what was read from the earlier ones is set aside"
        found.append((document.name, None, Problem("batch", "replaced", message)))
    for document in ledger.documents("failed"):
        if document.document_id is None:
            found.extend((document.name, None, problem) for problem in document.problems)
    return sorted(found, key=lambda item: (item[0], item[2].code, item[2].message))


def problem_of(error: Exception, page: int | None = None) -> Problem:
    """`error` as a row: our own with their code, others as what they are."""
    if isinstance(error, LetterError):
        return Problem(error.stage, error.code, error.message, getattr(error, "page", page))
    if isinstance(error, MemoryError):
        message = "needs more memory than a worker may use; read it with fewer workers"
        return Problem("batch", "memory", message, page)
    message = f"failed unexpectedly ({type(error).__name__}: {error}); please report it"
    return Problem("batch", "internal", " ".join(message.split())[:500], page)


def order_problems(problems: set[Problem]) -> tuple[Problem, ...]:
    """Problems in an order that no number of workers can change."""
    return tuple(
        sorted(problems, key=lambda item: (item.page or 0, item.stage, item.code, item.message))
    )


def pack_page(page: Page) -> bytes:
    """The page as compressed JSON."""
    return zlib.compress(page_form().dump_json(page), 6)


def unpack_page(body: bytes) -> Page:
    """The page that `pack_page` packed."""
    return page_form().validate_json(zlib.decompress(body))


@functools.cache
def page_form() -> TypeAdapter[Page]:
    """What packs and unpacks pages; made when asked for, since who leads a run has no use for it."""
    from pydantic import TypeAdapter

    return TypeAdapter(Page)


def record_outputs(out: Path, document_id: str) -> Iterator[OutputRow]:
    """The files of one record, as they are on disk."""
    for name in (f"records/{document_id}.json", f"text/{document_id}.txt"):
        if (out / name).exists():
            yield output_row(out, name)


def output_row(out: Path, name: str) -> OutputRow:
    """The file's SHA-256 and size."""
    with (out / name).open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return OutputRow(name, sha256, stream.tell())


def require_out(out: Path) -> None:
    """Refuse to make OUT anew where it has gone away in the middle of a run.

    Raises:
        FileNotFoundError: there is no such folder with a ledger.
    """
    (out / ".sohoa" / "lock").stat()


def _changed(path: Path, size: int, modified_ns: int) -> bool:
    try:
        status = path.stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (size, modified_ns)


def _needs_review(record: Record) -> bool:
    return any(field.trust == "review" for field in record.fields.values())
