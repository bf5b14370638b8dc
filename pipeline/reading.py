"""Documents on their way: cut into chunks of pages, read, finished, or given up.

It decides what tasks a document needs and what their outcomes mean; it runs none of
them. This is the one place where a file's error becomes a failed row.
"""

from __future__ import annotations

import collections
import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipeline import fetched, work
from pipeline.admission import Admitted
from pipeline.errors import LetterError
from pipeline.executors import Done, Lost, Outcome, Raised
from pipeline.ledger import Ledger
from pipeline.making import Making
from pipeline.pagestore import KeptPage, PageStore
from pipeline.progress import Event, FileDone, FileOpened, PageDone, ProblemSeen
from pipeline.record import Problem, Source
from pipeline.rows import DocumentRow, SourceRow
from pipeline.settings import Settings
from pipeline.tally import Tally
from pipeline.work import Letters, Steps, Survey

JobKind = Literal["describe", "survey", "read", "finish", "fail", "tables"]

#: The file may have been at fault only for the moment: it is looked at in the next run.
CHANGING = "changed or went away while it was being read; run again when it is at rest"
_NO_PAGES = Problem("render", "unreadable", "the file has no page that can be read")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run.

    Attributes:
        pages_per_task: pages that one Tesseract process reads in a row.
        page_seconds: hard limit for each page, after the stages' own; `None`: their sum
            and a minute.
        survey_seconds, finish_seconds, tables_seconds: hard limits of the other tasks; looking
            at a file gets a second more for each megabyte.
        strikes: workers that a page may kill before it is put aside.
        memory_bytes: data of each process; `None`: its share of the machine, at least
            2 GiB.
        recycle_after: tasks after which a worker is replaced.
        min_files_for_share: see `Tally.min_files`.
    """

    pages_per_task: int = 2
    page_seconds: float | None = None
    survey_seconds: float = 180.0
    finish_seconds: float = 300.0
    tables_seconds: float = 24 * 3600.0
    strikes: int = 2
    memory_bytes: int | None = None
    recycle_after: int = 500
    min_files_for_share: int = 20

    def look_seconds(self, size: int) -> float:
        """Hard limit for looking at a file of so many bytes, which may come over a network."""
        return self.survey_seconds + size / 1e6

    def chunk_seconds(self, pages: int, settings: Settings) -> float:
        """Hard limit for reading that many pages in one task."""
        each = self.page_seconds
        if each is None:
            each = settings.ocr.timeout_seconds + settings.render.timeout_seconds + 60.0
        return each * pages


@dataclass(slots=True, eq=False)
class Document:
    """A document being read.

    Attributes:
        left: pages without an outcome.
        lost: workers that finishing it has cost.
    """

    row: DocumentRow
    source: SourceRow
    left: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A task and what it is for.

    Attributes:
        place: of a survey: the file's place in the order of names.
        attempt: of a survey, from 1.
        numbers: of a chunk: its pages.
        problems: what is known to be wrong already.
    """

    kind: JobKind
    call: str
    arguments: tuple[Any, ...]
    seconds: float
    document: Document | None = None
    source: SourceRow | None = None
    place: int = 0
    attempt: int = 1
    numbers: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def file_name(self) -> str | None:
        """The file that it is about."""
        source = self.source or (self.document.source if self.document is not None else None)
        return source.name if source is not None else None


@dataclass(slots=True, eq=False)
class Reading:
    """All documents on their way in one run.

    Attributes:
        urgent: jobs that end something; they go before all others.
        chunks: jobs that read pages.
        finished: documents closed by this run.
    """

    out: Path
    settings: Settings
    steps: Steps
    limits: Limits
    ledger: Ledger
    store: PageStore
    making: Making
    tally: Tally
    on_event: Callable[[Event], None]
    refuse: Callable[[SourceRow, str, str], None]
    capacity: int
    retry: bool = False
    clock: Callable[[], float] = time.time
    urgent: collections.deque[Job] = field(default_factory=collections.deque)
    chunks: collections.deque[Job] = field(default_factory=collections.deque)
    finished: int = 0
    _open: dict[str, Document] = field(default_factory=dict)

    def open(self, admitted: Admitted) -> None:
        """Begin with a document, or go on with the pages that it lacks."""
        row = admitted.row
        self.ledger.open_document(row, self.clock())
        if self.retry:
            self.store.drop(row.sha256, only_failed=True)
        document = Document(row, admitted.source)
        self._open[row.sha256] = document
        if admitted.problem is not None or not row.pages:
            self._fail(document, (admitted.problem or _NO_PAGES,))
            return
        kept = self.store.numbers(row.sha256, self.making.pages_digest)
        numbers = [number for number in range(1, row.pages + 1) if number not in kept]
        document.left = len(numbers)
        self.tally.add_opened(len(numbers))
        self.on_event(FileOpened(row.name, row.pages, row.pages - len(numbers)))
        if not numbers:
            self._finish(document)
        size = self._chunk_size(len(numbers))
        for start in range(0, len(numbers), size):
            self.chunks.append(self._chunk(document, tuple(numbers[start : start + size])))

    def settle_pages(self, job: Job, outcome: Outcome) -> None:
        """What became of a chunk."""
        document = job.document
        if document is None or self._open.get(document.row.sha256) is not document:
            return
        if isinstance(outcome, Done):
            if outcome.value is None:
                self._abandon(document)
            else:
                self._keep(document, outcome.value)
        elif isinstance(outcome, Lost):
            self._strike(document, job.numbers, outcome)
        elif len(job.numbers) > 1:
            self._one_by_one(document, job.numbers)
        else:
            problem = work.problem_of(outcome.error, job.numbers[0])
            if isinstance(outcome.error, LetterError) and problem.page is None:
                problem = dataclasses.replace(problem, page=job.numbers[0])
            self._keep(document, (KeptPage(job.numbers[0], None, (problem,)),))

    def settle_document(self, job: Job, outcome: Outcome) -> None:
        """What became of writing a document's records."""
        document = job.document
        if document is None:
            return
        if isinstance(outcome, Done):
            self._close(document, outcome.value)
            return
        if isinstance(outcome, Lost) and document.lost == 0:
            document.lost = 1
            self.urgent.append(job)
            return
        if isinstance(outcome, Raised):
            problem = work.problem_of(outcome.error)
        else:
            problem = lost_problem(outcome)
        if job.kind == "finish":
            document.lost = 0
            self._fail(document, (problem,))
        else:
            self._close(document, Letters("failed", 0, 0, (*job.problems, problem), ()))

    def next_chunk(self, *, ending: bool) -> Job:
        """The next pages to be read.

        At the `ending` of a run, when no file is to come, the last pages go out one by one,
        so that no worker stands idle while another reads two.
        """
        job = self.chunks.popleft()
        document = job.document
        if not ending or document is None or len(self.chunks) >= self.capacity:
            return job
        if sum(len(one.numbers) for one in (job, *self.chunks)) <= self.capacity:
            self._one_by_one(document, job.numbers)
            job = self.chunks.popleft()
        return job

    def _chunk_size(self, pages: int) -> int:
        """A lone file is spread over all workers; of many files each keeps one Tesseract."""
        if self.tally.files > 1:
            return self.limits.pages_per_task
        share = -(-pages // self.capacity)
        return max(1, min(self.limits.pages_per_task, share))

    def _chunk(self, document: Document, numbers: tuple[int, ...]) -> Job:
        source = document.source
        arguments = (
            self.steps,
            source.path,
            document.row.name,
            numbers,
            self.settings,
            source.size,
            source.modified_ns,
        )
        seconds = self.limits.chunk_seconds(len(numbers), self.settings)
        return Job(
            "read", "pipeline.work:read", arguments, seconds, document=document, numbers=numbers
        )

    def _strike(self, document: Document, numbers: Sequence[int], lost: Lost) -> None:
        """A worker died over these pages: count it, and learn which page it was."""
        again: list[int] = []
        given_up: list[KeptPage] = []
        for number in numbers:
            if self.ledger.strike(document.row.sha256, number) < self.limits.strikes:
                again.append(number)
            else:
                given_up.append(KeptPage(number, None, (lost_problem(lost, number),)))
        self._one_by_one(document, again)
        if given_up:
            self._keep(document, given_up)

    def _one_by_one(self, document: Document, numbers: Sequence[int]) -> None:
        for number in reversed(numbers):
            self.chunks.appendleft(self._chunk(document, (number,)))

    def _keep(self, document: Document, pages: Sequence[KeptPage]) -> None:
        self.store.keep(document.row.sha256, self.making.pages_digest, pages)
        for page in pages:
            self.tally.pages += 1
            self.on_event(PageDone(document.row.name, page.number, page.body is None))
        document.left -= len(pages)
        if document.left <= 0:
            self._finish(document)

    def _abandon(self, document: Document) -> None:
        """The file changed or went away while it was read: it is for the next run."""
        del self._open[document.row.sha256]
        kept = (job for job in self.chunks if job.document is not document)
        self.chunks = collections.deque(kept)
        fetched.let_go(document.source.path)
        self.refuse(document.source, "changing", CHANGING)

    def _finish(self, document: Document) -> None:
        kept = self.store.pages(document.row.sha256, self.making.pages_digest)
        if not any(page.body is not None for page in kept):
            problems = work.order_problems({item for page in kept for item in page.problems})
            self._fail(document, problems or (_NO_PAGES,))
            return
        source = Source(document.row.name, document.row.sha256)
        arguments = (self.steps, self.out, source, kept, self.settings)
        seconds = self.limits.finish_seconds + len(kept)
        self.urgent.append(
            Job("finish", "pipeline.work:finish", arguments, seconds, document=document)
        )

    def _fail(self, document: Document, problems: Sequence[Problem]) -> None:
        row = document.row
        source = Source(row.name, row.sha256)
        known = tuple(problems)
        arguments = (self.steps, self.out, source, row.pages, known, self.making.made_by)
        self.urgent.append(
            Job(
                "fail",
                "pipeline.work:write_failed",
                arguments,
                self.limits.finish_seconds,
                document=document,
                problems=known,
            )
        )

    def _close(self, document: Document, letters: Letters) -> None:
        row = dataclasses.replace(
            document.row,
            state=letters.status,
            letters=letters.letters,
            to_review=letters.to_review,
            problems=letters.problems,
            document_id=letters.document_id if letters.status == "failed" else None,
        )
        for name in self.ledger.finish_document(row, letters.outputs, self.clock()):
            (self.out / name).unlink(missing_ok=True)
        if letters.secret:
            self.store.drop(row.sha256)
        self._open.pop(row.sha256, None)
        fetched.let_go(document.source.path)
        self.finished += 1
        for problem in letters.problems:
            self.on_event(ProblemSeen(row.name, problem))
        self.on_event(FileDone(row.name, letters.status, letters.letters, letters.to_review))
        self.tally.add_document(row)


def lost_problem(outcome: Outcome, page: int | None = None) -> Problem:
    """A worker that died twice over the same thing, as a row."""
    if isinstance(outcome, Lost) and outcome.cause == "timeout":
        message = "took too long twice and was killed; look at the original"
        return Problem("batch", "timeout", message, page)
    message = "killed its worker twice, often for want of memory; look at the original"
    return Problem("batch", "worker_killed", message, page)


def next_survey(job: Job, outcome: Outcome) -> Job | Survey:
    """What a first look came to, or how to look again after it went wrong.

    A worker may have died by the kernel's choice of victim, so a second look is taken;
    after that, and after any error, only the bytes are hashed.
    """
    if isinstance(outcome, Done):
        survey: Survey = outcome.value
        if job.problems and survey.sha256 is not None:
            return dataclasses.replace(survey, problem=job.problems[0])
        return survey
    if job.problems:
        return Survey(None, problem=job.problems[0])
    if isinstance(outcome, Lost) and job.attempt == 1:
        return dataclasses.replace(job, attempt=2)
    problem = (
        work.problem_of(outcome.error) if isinstance(outcome, Raised) else lost_problem(outcome)
    )
    call = "pipeline.work:uncounted_survey"
    return dataclasses.replace(job, call=call, problems=(problem,))
