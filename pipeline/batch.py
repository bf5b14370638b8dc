"""A folder's run: every file gets its letters, its row or its problem, and none twice.

Files go in by name, are looked at (SHA-256, pages), read in chunks of pages by workers,
and finished one document at a time; the ledger knows each step as soon as its files are
on disk, so that the run can be killed anywhere and goes on from there. This is the one
place where a file's error becomes a failed row. It does not know how a page is read.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import errno
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from pipeline import intake, recovery, work
from pipeline.errors import (
    DigitizeError,
    LetterError,
    OutputError,
)
from pipeline.executors import Done, Executor, LocalWorkers, Lost, Outcome, Raised, Task
from pipeline.intake import Finding
from pipeline.ledger import DocumentRow, KeptPage, Ledger, Lock, SourceRow, folder
from pipeline.making import Making, is_current
from pipeline.progress import (
    Event,
    FileDone,
    FileOpened,
    FileSkipped,
    Notice,
    PageDone,
    PagesExpected,
    ProblemSeen,
    RunStarted,
    RunSummary,
)
from pipeline.record import Problem, Source
from pipeline.settings import Settings
from pipeline.work import Letters, Steps, Survey

#: With these the machine is at fault, not the page: going on would fail every file.
_OUT_OF_ORDER = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run.

    Attributes:
        pages_per_task: pages that one Tesseract process reads in a row.
        page_seconds: hard limit for each page, after the stages' own; `None`: their sum
            and a minute.
        survey_seconds, finish_seconds, tables_seconds: hard limits of the other tasks.
        strikes: workers that a page may kill before it is put aside.
        memory_bytes: data of each process; `None`: its share of the machine, at least
            2 GiB.
        recycle_after: tasks after which a worker is replaced.
        min_files_for_share: below this many finished files, a share of failures is
            taken of all files of the run.
    """

    pages_per_task: int = 4
    page_seconds: float | None = None
    survey_seconds: float = 180.0
    finish_seconds: float = 300.0
    tables_seconds: float = 24 * 3600.0
    strikes: int = 2
    memory_bytes: int | None = None
    recycle_after: int = 200
    min_files_for_share: int = 20


def run(
    inputs: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    retry: bool = False,
    max_failures: float | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    clock: Callable[[], float] = time.time,
) -> RunSummary:
    """Read all letters in `inputs` into `out`, going on where an earlier run stopped.

    The first SIGINT or SIGTERM lets the running tasks end and writes the tables, a
    second one ends at once; both can be resumed.

    Args:
        inputs: files and folders.
        workers: processes at the same time; as many as there are cores by default.
        retry: try failed files and pages again.
        max_failures: share of failed files, 0..1, above which the run stops.
        on_event: called in this process for everything that happens.
        executor: runs the tasks; processes of this machine by default.
        clock: seconds since 1970, for the times in the ledger only.

    Raises:
        OutputError: `out` cannot be written, or another run is writing it.
        LedgerError: the ledger of `out` is damaged and could not be rebuilt.
        MissingToolError: Tesseract or a language model is missing.
        LexiconError: a file in `models/` is damaged.
    """
    out = out.absolute()
    return run_findings(
        intake.find(inputs, skip=out),
        out,
        settings,
        workers=workers,
        retry=retry,
        max_failures=max_failures,
        on_event=on_event,
        steps=steps,
        limits=limits,
        executor=executor,
        clock=clock,
        listing=True,
    )


def retry(
    out: Path,
    settings: Settings,
    *,
    codes: Iterable[str] = (),
    workers: int | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
) -> RunSummary:
    """Try again what failed in `out`, files and pages, wherever it was read from.

    Args:
        codes: only documents and paths with one of these problem codes.

    Raises:
        LedgerError: no run has written `out`.
        OutputError: another run is writing it.
    """
    wanted = frozenset(codes)
    out = out.absolute()
    ledger = Ledger(out, read_only=True)
    try:
        findings = list(_to_retry(ledger, wanted))
    finally:
        ledger.close()
    return run_findings(
        findings,
        out,
        settings,
        workers=workers,
        retry=True,
        anew=bool(wanted),
        on_event=on_event,
        steps=steps,
        limits=limits,
    )


def _to_retry(ledger: Ledger, codes: frozenset[str]) -> Iterator[Finding]:
    for document in ledger.documents("open", "partial", "failed"):
        found = {problem.code for problem in document.problems}
        if not codes or codes & found:
            yield intake.look_at(document.path, document.name)
    for source in ledger.problem_sources(ledger.listing_run()):
        if source.state in codes or (not codes and source.state in _PASSING):
            yield intake.look_at(source.path, source.name)


def run_findings(
    findings: Iterable[Finding],
    out: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    retry: bool = False,
    max_failures: float | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    clock: Callable[[], float] = time.time,
    listing: bool = False,
    anew: bool = False,
) -> RunSummary:
    """As `run`, with the files already found.

    Args:
        findings: the files, in any order.
        listing: these are all files of the inputs, so that what is missing is known.
        anew: finish each document again, even where nothing has changed.
    """
    limits = limits or Limits()
    count = workers or len(os.sched_getaffinity(0))
    lock = Lock(out)
    with contextlib.ExitStack() as stack:
        stack.callback(lock.release)
        ledger = recovery.open_ledger(out, on_event)
        stack.callback(ledger.close)
        if executor is None:
            executor = _local_workers(out, count, limits)
        stack.callback(executor.close)
        going = _Run(
            out=out,
            settings=settings,
            steps=steps or Steps(),
            limits=limits,
            retry=retry,
            max_failures=max_failures,
            on_event=on_event,
            clock=clock,
            lock=lock,
            ledger=ledger,
            executor=executor,
            listing=listing,
            anew=anew,
        )
        with _signals(going.stop, executor.wake):
            return going.all_of(findings)


def _local_workers(out: Path, count: int, limits: Limits) -> LocalWorkers:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = limits.memory_bytes or max(2 << 30, machine * 9 // 10 // count)
    log = folder(out) / "workers.log"
    with contextlib.suppress(OSError):
        log.unlink(missing_ok=True)
    return LocalWorkers(count, memory_bytes=memory, recycle_after=limits.recycle_after, log=log)


@dataclass(slots=True, eq=False)
class _Open:
    """A document being read."""

    row: DocumentRow
    source: SourceRow
    left: int
    finish_attempts: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """A task and what it is for."""

    kind: Literal["describe", "survey", "read", "finish", "fail", "tables"]
    call: str
    arguments: tuple[Any, ...]
    seconds: float
    document: _Open | None = None
    source: SourceRow | None = None
    place: int = 0
    numbers: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True, eq=False)
class _Run:
    """The state of one run; everything happens in the thread that called it."""

    out: Path
    settings: Settings
    steps: Steps
    limits: Limits
    retry: bool
    max_failures: float | None
    on_event: Callable[[Event], None]
    clock: Callable[[], float]
    lock: Lock
    ledger: Ledger
    executor: Executor
    listing: bool
    anew: bool

    number: int = 0
    making: Making | None = None
    interrupted: bool = False
    stopped: str | None = None
    began: float = field(default_factory=time.monotonic)
    beat: float = 0.0
    keys: Iterator[int] = field(default_factory=lambda: iter(range(1, 1 << 62)))
    jobs: dict[int, _Job] = field(default_factory=dict)
    urgent: collections.deque[_Job] = field(default_factory=collections.deque)
    chunks: collections.deque[_Job] = field(default_factory=collections.deque)
    sources: Iterator[SourceRow] = field(default_factory=lambda: iter(()))
    exhausted: bool = False
    taken: int = 0
    admitted: int = 0
    looked_at: dict[int, tuple[SourceRow, Survey | None]] = field(default_factory=dict)
    surveying: int = 0
    open: dict[str, _Open] = field(default_factory=dict)
    dirty: bool = False
    result: Letters | tuple[Any, ...] | Making | None = None

    files: int = 0
    finished_files: int = 0
    failed: int = 0
    skipped: int = 0
    letters: int = 0
    to_review: int = 0
    problems: int = 0
    pages: int = 0
    pages_to_read: int = 0
    opened_files: int = 0

    # -- the whole -----------------------------------------------------------------

    def all_of(self, findings: Iterable[Finding]) -> RunSummary:
        """The run from beginning to end."""
        state = "killed"
        try:
            self.making = self._now(
                _Job("describe", "pipeline.work:describe", (self.steps, self.settings), 300.0)
            )
            self._start(findings)
            self._work()
            self._write_tables()
            state = "interrupted" if self.interrupted else "stopped" if self.stopped else "done"
        except KeyboardInterrupt:
            self.interrupted = True
            state = "interrupted"
        except OSError as error:
            raise self._out_of_order(error) from error
        finally:
            self._end(state)
        return RunSummary(
            files=self.files,
            letters=self.letters,
            pages=self.pages,
            failed=self.failed,
            skipped=self.skipped,
            problems=self.problems,
            to_review=self.to_review,
            seconds=time.monotonic() - self.began,
            interrupted=self.interrupted,
            stopped=self.stopped,
        )

    def stop(self) -> None:
        """End cleanly: no new page is begun."""
        self.interrupted = True

    def _start(self, findings: Iterable[Finding]) -> None:
        made_by = json.dumps(dataclasses.asdict(self._made.made_by), sort_keys=True)
        self.number = self.ledger.start_run(self.clock(), self.executor.capacity, made_by)
        if self.listing:
            self.ledger.set_note("listing", str(self.number))
        pending: list[Finding] = []
        for finding in findings:
            pending.append(finding)
            self.files += 1
            if len(pending) >= 1000:
                self.ledger.note_sources(self.number, pending)
                pending.clear()
            if self.interrupted:
                break
        self.ledger.note_sources(self.number, pending)
        self.sources = self.ledger.sources_of(self.number)
        self.on_event(RunStarted(self.files, self.executor.capacity))
        stale = sum(
            not is_current(document.digest, self._made.digest)
            for document in self.ledger.documents("done", "partial")
        )
        if stale:
            message = (
                f"settings, rules or models have changed: {stale} documents are done again "
                "(their pages are read again only where that changes them)"
            )
            self.on_event(Notice("making_changed", message))

    def _work(self) -> None:
        told = False
        while True:
            self._fill()
            if not self.executor.running:
                if self.urgent:
                    continue
                return
            if self.interrupted and not told:
                told = True
                message = "ending after the pages in work; once more ends at once"
                self.on_event(Notice("stopping", message))
            for outcome in self.executor.outcomes(1.0):
                self._settle(outcome)
            self._heartbeat()

    def _end(self, state: str) -> None:
        """Leave a true ledger behind, even where the run breaks off."""
        with contextlib.suppress(DigitizeError, OSError):
            self._heartbeat(force=True)
            self.ledger.finish_run(self.number, state, self.clock())

    def _write_tables(self) -> None:
        problems = work.file_problems(self.ledger)
        state = json.dumps(
            [[name, dataclasses.asdict(problem)] for name, _, problem in problems]
        )
        there = all((self.out / name).exists() for name in work.TABLES)
        if there and not self.dirty and self.ledger.note("tables") == state:
            return
        self.on_event(Notice("writing_tables", "writing the tables"))
        self.ledger.set_note("tables", "stale")
        job = _Job(
            "tables",
            "pipeline.work:tables",
            (self.steps, self.out),
            self.limits.tables_seconds,
        )
        self.ledger.set_tables(self._now(job))
        self.ledger.set_note("tables", state)

    def _now(self, job: _Job) -> Any:
        """The value of a task that all else waits for."""
        for attempt in (1, 2):
            self._submit(job)
            while self.executor.running:
                for outcome in self.executor.outcomes(1.0):
                    del self.jobs[outcome.key]
                    if isinstance(outcome, Done):
                        return outcome.value
                    if isinstance(outcome, Raised):
                        self._refuse_fatal(outcome.error)
                        raise outcome.error
                    if attempt == 2:
                        message = f"{job.kind}: {outcome.message}"
                        raise DigitizeError(message)
        message = f"{job.kind}: no answer"
        raise DigitizeError(message)

    # -- giving out work -----------------------------------------------------------

    def _fill(self) -> None:
        """Keep the workers busy: finishing first, then pages, then new files."""
        while self.executor.running < self.executor.capacity:
            if self.urgent:
                self._submit(self.urgent.popleft())
            elif self.interrupted or self.stopped:
                return
            elif self._wants_files():
                self._take_file()
            elif self.chunks:
                self._submit(self.chunks.popleft())
            elif not self._take_file():
                return

    def _wants_files(self) -> bool:
        """Whether so few pages wait that new files should be looked at first."""
        waiting = len(self.chunks) + self.surveying
        ahead = self.taken - self.admitted
        return (
            not self.exhausted
            and waiting < 2 * self.executor.capacity
            and ahead < 4 * self.executor.capacity
        )

    def _take_file(self) -> bool:
        """Begin with the next file; whether there was one, or anything came of it."""
        if self.taken - self.admitted >= 4 * self.executor.capacity:
            return False
        row = next(self.sources, None)
        if row is None:
            self.exhausted = True
            return False
        place, self.taken = self.taken, self.taken + 1
        if row.state != "found" or self._is_known(row):
            self.looked_at[place] = (row, None)
            self._admit_ready()
            return True
        self._survey(row, place, "counted_survey")
        return True

    def _is_known(self, row: SourceRow) -> bool:
        """Whether the ledger can say all about the file without opening it."""
        document = self.ledger.document(row.sha256) if row.sha256 else None
        if document is None:
            return False
        return document.pages is not None or (document.state == "failed" and not self.retry)

    def _survey(self, row: SourceRow, place: int, how: str) -> None:
        self.surveying += 1
        arguments = (self.steps, row.path, row.name, self.settings)
        self._submit(
            _Job(
                "survey",
                f"pipeline.work:{how}",
                arguments,
                self.limits.survey_seconds,
                source=row,
                place=place,
            )
        )

    def _submit(self, job: _Job) -> None:
        key = next(self.keys)
        self.jobs[key] = job
        imports = self.steps.modules(job.kind)
        self.executor.submit(Task(key, job.call, job.arguments, job.seconds, imports))

    # -- taking results ------------------------------------------------------------

    def _settle(self, outcome: Outcome) -> None:
        job = self.jobs.pop(outcome.key)
        if isinstance(outcome, Raised):
            self._refuse_fatal(outcome.error)
        if isinstance(outcome, Lost):
            row = job.source or (job.document.source if job.document else None)
            name = row.name if row else None
            self.on_event(Notice("worker_lost", f"{job.kind}: {outcome.message}", name))
        if job.kind == "survey":
            self._settle_survey(job, outcome)
        elif job.kind == "read":
            self._settle_pages(job, outcome)
        else:
            self._settle_document(job, outcome)

    def _settle_survey(self, job: _Job, outcome: Outcome) -> None:
        row = job.source
        if row is None:
            return
        self.surveying -= 1
        if isinstance(outcome, Done):
            survey: Survey = outcome.value
            if job.problems and survey.sha256 is not None:
                survey = dataclasses.replace(survey, problem=job.problems[0])
        elif isinstance(outcome, Raised):
            self._hash_only(job, row, work.problem_of(outcome.error))
            return
        elif not job.problems and job.numbers == ():
            # Once may have been the kernel's choice of victim; twice is the file.
            self._again(dataclasses.replace(job, numbers=(1,)))
            return
        else:
            self._hash_only(job, row, _lost_problem(outcome, None))
            return
        self.looked_at[job.place] = (row, survey)
        self._admit_ready()

    def _again(self, job: _Job) -> None:
        self.surveying += 1
        self.urgent.append(job)

    def _hash_only(self, job: _Job, row: SourceRow, problem: Problem) -> None:
        if job.problems:
            self.looked_at[job.place] = (row, Survey(None, problem=problem))
            self._admit_ready()
            return
        call = "pipeline.work:uncounted_survey"
        self._again(dataclasses.replace(job, call=call, problems=(problem,)))

    def _settle_pages(self, job: _Job, outcome: Outcome) -> None:
        document = job.document
        if document is None:
            return
        if isinstance(outcome, Done):
            if outcome.value is None:
                self._abandon(document)
            else:
                self._keep(document, outcome.value)
            return
        if isinstance(outcome, Raised):
            if len(job.numbers) > 1:
                self._split(job, job.numbers)
            else:
                problem = work.problem_of(outcome.error, job.numbers[0])
                if isinstance(outcome.error, LetterError) and problem.page is None:
                    problem = dataclasses.replace(problem, page=job.numbers[0])
                self._keep(document, (KeptPage(job.numbers[0], None, (problem,)),))
            return
        given_up: list[int] = []
        again: list[int] = []
        for number in job.numbers:
            strikes = self.ledger.strike(document.row.sha256, number)
            (again if strikes < self.limits.strikes else given_up).append(number)
        self._split(job, again)
        lost = [KeptPage(number, None, (_lost_problem(outcome, number),)) for number in given_up]
        if lost:
            self._keep(document, lost)

    def _split(self, job: _Job, numbers: Sequence[int]) -> None:
        """The pages one by one, before all others, to learn which of them it was."""
        if job.document is not None:
            for number in reversed(numbers):
                self.chunks.appendleft(self._chunk(job.document, (number,)))

    def _keep(self, document: _Open, pages: Sequence[KeptPage]) -> None:
        self.ledger.keep_pages(document.row.sha256, self._made.pages_digest, pages)
        for page in pages:
            self.pages += 1
            self.on_event(PageDone(document.source.name, page.number, page.body is None))
        document.left -= len(pages)
        if document.left <= 0 and self.open.get(document.row.sha256) is document:
            self._finish(document)

    def _abandon(self, document: _Open) -> None:
        """The file changed or went away while it was read: it is for the next run."""
        if self.open.get(document.row.sha256) is not document:
            return
        del self.open[document.row.sha256]
        self.chunks = collections.deque(
            job for job in self.chunks if job.document is not document
        )
        message = "changed or went away while it was being read; run again when it is at rest"
        self._refuse_source(document.source, "changing", message)

    def _finish(self, document: _Open) -> None:
        kept = self.ledger.kept_pages(document.row.sha256, self._made.pages_digest)
        source = Source(document.row.name, document.row.sha256)
        problems = work.order_problems({item for page in kept for item in page.problems})
        if not any(page.body is not None for page in kept):
            self._fail(document, problems or (_NO_PAGES,))
            return
        arguments = (self.steps, self.out, source, kept, self.settings)
        seconds = self.limits.finish_seconds + len(kept)
        self.urgent.append(
            _Job("finish", "pipeline.work:finish", arguments, seconds, document=document)
        )

    def _fail(self, document: _Open, problems: Sequence[Problem]) -> None:
        row = document.row
        source = Source(row.name, row.sha256)
        made_by = self._made.made_by
        arguments = (self.steps, self.out, source, row.pages, tuple(problems), made_by)
        self.urgent.append(
            _Job(
                "fail",
                "pipeline.work:write_failed",
                arguments,
                self.limits.finish_seconds,
                document=document,
                problems=tuple(problems),
            )
        )

    def _settle_document(self, job: _Job, outcome: Outcome) -> None:
        document = job.document
        if document is None:
            return
        if isinstance(outcome, Done):
            self._close(document, outcome.value)
            return
        if isinstance(outcome, Lost) and document.finish_attempts == 0:
            document.finish_attempts += 1
            self.urgent.append(job)
            return
        problem = (
            work.problem_of(outcome.error)
            if isinstance(outcome, Raised)
            else _lost_problem(outcome, None)
        )
        if job.kind == "finish":
            document.finish_attempts = 0
            self._fail(document, (problem,))
        else:
            problems = (*job.problems, problem)
            self._close(document, Letters("failed", 0, 0, problems, ()))

    def _close(self, document: _Open, letters: Letters) -> None:
        row = dataclasses.replace(
            document.row,
            state=letters.status,
            letters=letters.letters,
            to_review=letters.to_review,
            problems=letters.problems,
            document_id=letters.document_id if letters.status == "failed" else None,
        )
        stale = self.ledger.finish_document(row, letters.outputs, self.clock())
        for name in stale:
            (self.out / name).unlink(missing_ok=True)
        if letters.secret:
            self.ledger.drop_pages(row.sha256)
        self.open.pop(row.sha256, None)
        self.dirty = True
        self._count(row)
        for problem in letters.problems:
            self.on_event(ProblemSeen(row.name, problem))
        self.on_event(
            FileDone(row.name, letters.status, letters.letters, letters.to_review)
        )
        self._check_failures()

    # -- what a file is --------------------------------------------------------------

    def _admit_ready(self) -> None:
        """Decide on files strictly by name, whatever order they were looked at in.

        Which of two files with the same bytes is the document must not depend on speed.
        """
        while self.admitted in self.looked_at:
            row, survey = self.looked_at.pop(self.admitted)
            self.admitted += 1
            self._admit(row, survey)

    def _admit(self, row: SourceRow, survey: Survey | None) -> None:
        if row.state != "found":
            self._refuse_source(row, row.state, row.message)
            return
        if survey is not None and survey.sha256 is None:
            state = "missing" if survey.gone else "unreadable"
            message = "went away before it was read; run again when it is back"
            if survey.problem is not None:
                message = survey.problem.message
            self._refuse_source(row, state, message)
            return
        sha256 = survey.sha256 if survey is not None else row.sha256
        if sha256 is None:
            return
        self.ledger.set_source(row.path, sha256, "found")
        self._replace_others(row, sha256)
        known = self.ledger.document(sha256)
        if known is not None and known.state != "replaced" and known.path != row.path:
            if known.path.exists():
                self._refuse_duplicate(row, known)
                return
            known = self._rename(row, known)
        pages = survey.pages if survey is not None else known.pages if known else None
        if known is not None and survey is None and self._is_settled(known):
            self._skip(known)
            return
        if known is not None and survey is not None and self._is_settled(known):
            self._skip(known)
            return
        name = known.name if known is not None and known.path == row.path else row.name
        document = DocumentRow(sha256, name, row.path, "open", self._made.digest, pages)
        self._open(document, row, survey.problem if survey is not None else None)

    def _is_settled(self, known: DocumentRow) -> bool:
        """Whether nothing is left to do for the document."""
        if self.anew:
            return False
        if known.state == "failed":
            return not self.retry
        current = is_current(known.digest, self._made.digest)
        if known.state not in ("done", "partial") or not current:
            return False
        if self.retry and known.state == "partial" and self._has_failed_pages(known.sha256):
            return False
        rows = list(self.ledger.outputs(known.sha256))
        return all((self.out / row.path).exists() for row, _ in rows)

    def _has_failed_pages(self, sha256: str) -> bool:
        kept = self.ledger.kept_pages(sha256, self._made.pages_digest)
        return any(page.body is None for page in kept)

    def _open(self, row: DocumentRow, source: SourceRow, problem: Problem | None) -> None:
        self.ledger.open_document(row, self.clock())
        self.dirty = True
        if self.retry:
            self.ledger.drop_pages(row.sha256, only_failed=True)
        document = _Open(row, source, 0)
        self.open[row.sha256] = document
        if problem is not None or not row.pages:
            self._fail(document, (problem or _NO_PAGES,))
            return
        kept = self.ledger.kept_numbers(row.sha256, self._made.pages_digest)
        numbers = [number for number in range(1, row.pages + 1) if number not in kept]
        document.left = len(numbers)
        self.opened_files += 1
        self.pages_to_read += len(numbers)
        self.on_event(FileOpened(row.name, row.pages, row.pages - len(numbers)))
        self._tell_expected()
        if not numbers:
            self._finish(document)
        size = self._chunk_size(len(numbers))
        for start in range(0, len(numbers), size):
            self.chunks.append(self._chunk(document, tuple(numbers[start : start + size])))

    def _chunk_size(self, pages: int) -> int:
        """A lone file is spread over all workers; of many files each keeps one Tesseract."""
        if self.files > 1:
            return self.limits.pages_per_task
        share = -(-pages // self.executor.capacity)
        return max(1, min(self.limits.pages_per_task, share))

    def _chunk(self, document: _Open, numbers: tuple[int, ...]) -> _Job:
        source = document.source
        seconds = self.limits.page_seconds
        if seconds is None:
            seconds = (
                self.settings.ocr.timeout_seconds + self.settings.render.timeout_seconds + 60.0
            )
        arguments = (
            self.steps,
            source.path,
            document.row.name,
            numbers,
            self.settings,
            source.size,
            source.modified_ns,
        )
        return _Job(
            "read",
            "pipeline.work:read",
            arguments,
            seconds * len(numbers),
            document=document,
            numbers=numbers,
        )

    def _replace_others(self, row: SourceRow, sha256: str) -> None:
        """Documents that were read from this path when it had other bytes."""
        for document in self.ledger.documents_at(row.path):
            if document.sha256 == sha256:
                continue
            elsewhere = [
                other
                for other in self.ledger.sources_with(document.sha256)
                if other.path != row.path and other.path.exists()
            ]
            if elsewhere:
                self.ledger.move_document(document.sha256, elsewhere[0].path)
                continue
            aside = folder(self.out) / "replaced"
            aside.mkdir(exist_ok=True)
            for output, _ in list(self.ledger.outputs(document.sha256)):
                with contextlib.suppress(FileNotFoundError):
                    shutil.move(self.out / output.path, aside / Path(output.path).name)
            self.ledger.replace_document(document.sha256)
            self.dirty = True
            message = "has other bytes than before: read as a new document"
            self.on_event(Notice("replaced", message, row.name))

    def _rename(self, row: SourceRow, known: DocumentRow) -> DocumentRow:
        """The file of a known document has moved."""
        if known.name == row.name:
            self.ledger.move_document(known.sha256, row.path)
            return dataclasses.replace(known, path=row.path)
        message = f"is {known.name} under another name; its pages are not read again"
        self.on_event(Notice("renamed", message, row.name))
        # Its records hold the old name, so it is finished again from the kept pages.
        return dataclasses.replace(known, name=row.name, path=row.path, state="open")

    def _refuse_duplicate(self, row: SourceRow, known: DocumentRow) -> None:
        message = f"same bytes as {known.name}; its letters stand there"
        self._refuse_source(row, "duplicate", message, known.sha256)

    def _refuse_source(
        self, row: SourceRow, state: str, message: str, sha256: str | None = None
    ) -> None:
        """The path gets a problem and no document."""
        self.ledger.set_source(row.path, sha256, state, message)
        self.problems += 1
        self.finished_files += 1
        self.on_event(ProblemSeen(row.name, Problem("batch", state, message)))
        if state in _PASSING:
            self.failed += 1
            self._check_failures()
        else:
            self.skipped += 1

    def _skip(self, known: DocumentRow) -> None:
        self.skipped += 1
        self._count(known)
        reason: Literal["done", "failed"] = "failed" if known.state == "failed" else "done"
        self.on_event(FileSkipped(known.name, reason))

    # -- counting ------------------------------------------------------------------

    def _count(self, row: DocumentRow) -> None:
        self.finished_files += 1
        self.letters += row.letters
        self.to_review += row.to_review
        self.problems += len(row.problems)
        self.failed += row.state == "failed"

    def _check_failures(self) -> None:
        if self.max_failures is None or self.stopped or not self.failed:
            return
        base = self.finished_files
        if base < self.limits.min_files_for_share:
            base = max(self.files, base)
        if self.failed > self.max_failures * base:
            self.stopped = (
                f"{self.failed} of {self.finished_files} files failed, more than "
                f"--max-failures {self.max_failures:.1%} allows"
            )
            self.on_event(Notice("stopping", self.stopped))

    def _expected(self) -> tuple[int, bool]:
        unseen = self.files - self.admitted
        mean = self.pages_to_read / self.opened_files if self.opened_files else 1.0
        return self.pages_to_read + round(unseen * mean), unseen == 0

    def _tell_expected(self) -> None:
        self.on_event(PagesExpected(*self._expected()))

    def _heartbeat(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self.beat < 1.0:
            return
        self.beat = now
        self.lock.check()
        self.ledger.update_run(
            self.number,
            pages=self.pages,
            seconds=now - self.began,
            files=self.finished_files,
            expected_pages=self._expected()[0],
        )

    # -- errors --------------------------------------------------------------------

    @property
    def _made(self) -> Making:
        if self.making is None:
            message = "the run has not begun"
            raise DigitizeError(message)
        return self.making

    def _refuse_fatal(self, error: Exception) -> None:
        """Raise what no other file would be spared."""
        self.lock.check()
        if isinstance(error, DigitizeError) and not isinstance(error, LetterError):
            raise error
        if isinstance(error, ImportError):
            raise error
        if isinstance(error, OSError) and error.errno in _OUT_OF_ORDER:
            raise self._out_of_order(error) from error

    def _out_of_order(self, error: OSError) -> OutputError:
        where = f" ({error.filename})" if error.filename else ""
        message = (
            f"{self.out}: cannot go on: {error.strerror or error}{where}; free space or restore "
            "the folder, then run again: it goes on where it stopped"
        )
        return OutputError(message)


#: What may have been put right since: files that could not be read at that moment.
_PASSING = frozenset({"missing", "unreadable", "changing"})

_NO_PAGES = Problem("render", "unreadable", "the file has no page that can be read")


def _lost_problem(outcome: Outcome, page: int | None) -> Problem:
    if isinstance(outcome, Lost) and outcome.cause == "timeout":
        message = "took too long twice and was killed; look at the original"
        return Problem("batch", "timeout", message, page)
    message = "killed its worker twice, often for want of memory; look at the original"
    return Problem("batch", "worker_killed", message, page)


@contextlib.contextmanager
def _signals(stop: Callable[[], None], wake: Callable[[], None]) -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP stops cleanly, the next one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = 0

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal came
        came += 1
        if came > 1:
            raise KeyboardInterrupt
        stop()
        wake()

    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in caught}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
