"""The course of a run: what to give the workers next, and where their answers go.

Everything happens in one thread; the ledger knows each step as soon as its files are on
disk. It does not know how a page is read, nor what a file is to the ledger.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import fetched, work
from pipeline.admission import Admission
from pipeline.errors import DigitizeError, LetterError, OutputError
from pipeline.executors import Done, Executor, Lost, Outcome, Raised, Task
from pipeline.intake import Finding
from pipeline.ledger import Ledger
from pipeline.lock import Lock
from pipeline.making import Making, is_current
from pipeline.pagestore import PageStore
from pipeline.progress import Event, Notice, RunStarted, RunSummary
from pipeline.reading import Job, Limits, Reading, next_survey
from pipeline.rows import SourceRow
from pipeline.settings import Settings
from pipeline.tally import Tally
from pipeline.work import Steps, Survey

#: With these the machine is at fault, not the page: going on would fail every file.
_OUT_OF_ORDER = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE})


@dataclass(slots=True, eq=False)
class _Survey:
    """Files looked at ahead, and admitted by name whatever order that ended in.

    Attributes:
        taken, admitted: how many files so far.
        running: looks that have not ended.
        unseen: readable files not admitted yet.
    """

    sources: Iterator[SourceRow]
    exhausted: bool = False
    taken: int = 0
    admitted: int = 0
    running: int = 0
    unseen: int = 0
    seen: dict[int, tuple[SourceRow, Survey | None]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Run:
    """The state of one run; everything happens in the thread that called it."""

    out: Path
    settings: Settings
    steps: Steps
    limits: Limits
    on_event: Callable[[Event], None]
    clock: Callable[[], float]
    lock: Lock
    ledger: Ledger
    store: PageStore
    executor: Executor
    tally: Tally
    number: int = 0
    interrupted: bool = False
    _beat: float = 0.0
    _last_key: int = 0
    _jobs: dict[int, Job] = field(default_factory=dict)
    _survey: _Survey = field(default_factory=lambda: _Survey(iter(())))

    # -- the whole -----------------------------------------------------------------

    def all_of(
        self, findings: Iterable[Finding], *, listing: bool, retry: bool, anew: bool
    ) -> RunSummary:
        """The run from beginning to end."""
        state = "killed"
        try:
            arguments = (self.steps, self.settings)
            making = self._now(Job("describe", "pipeline.work:describe", arguments, 300.0))
            self._start(findings, making, listing=listing)
            admission = Admission(
                self.out,
                self.ledger,
                self.store,
                making,
                self.tally,
                self.on_event,
                retry=retry,
                anew=anew,
                clock=self.clock,
            )
            reading = Reading(
                self.out,
                self.settings,
                self.steps,
                self.limits,
                self.ledger,
                self.store,
                making,
                self.tally,
                self.on_event,
                admission.refuse,
                self.executor.capacity,
                retry=retry,
                clock=self.clock,
            )
            self._work(admission, reading)
            self._write_tables(stale=reading.finished > 0)
            stopped = self.tally.stopped is not None
            state = "interrupted" if self.interrupted else "stopped" if stopped else "done"
        except KeyboardInterrupt:
            self.interrupted = True
            state = "interrupted"
        except OSError as error:
            raise self._out_of_order(error) from error
        finally:
            self._end(state)
        return self.tally.summary(interrupted=self.interrupted)

    def stop(self) -> None:
        """End cleanly: no new page is begun."""
        self.interrupted = True

    def _start(self, findings: Iterable[Finding], making: Making, *, listing: bool) -> None:
        made_by = json.dumps(dataclasses.asdict(making.made_by), sort_keys=True)
        if self.ledger.was_killed():
            _sweep(self.out)
        fetched.sweep(self.out)
        self.number = self.ledger.start_run(self.clock(), self.executor.capacity, made_by)
        self.ledger.set_note("settings", json.dumps(dataclasses.asdict(self.settings)))
        if listing:
            self.ledger.set_note("listing", str(self.number))
        pending: list[Finding] = []
        passed_over = 0
        for finding in findings:
            if finding.state == "passed_over":
                passed_over += 1
                continue
            pending.append(finding)
            self.tally.files += 1
            self._survey.unseen += finding.state == "found"
            if len(pending) >= 1000:
                self.ledger.note_sources(self.number, pending)
                pending.clear()
            if self.interrupted:
                break
        self.ledger.note_sources(self.number, pending)
        self._survey.sources = self.ledger.sources_of(self.number)
        self.on_event(RunStarted(self.tally.files, self.executor.capacity))
        if passed_over:
            message = (
                f"{passed_over} files that hold no letters (text, tables, programs) passed over"
            )
            self.on_event(Notice("passed_over", message))
        outdated = sum(
            not is_current(document.digest, making.digest)
            for document in self.ledger.documents("done", "partial")
        )
        if outdated:
            message = (
                f"settings, rules or models have changed: of {outdated} documents those among "
                "the inputs are done again; pages are read again only where that changes them"
            )
            self.on_event(Notice("making_changed", message))

    def _work(self, admission: Admission, reading: Reading) -> None:
        told = False
        while True:
            self._fill(admission, reading)
            if not self.executor.running:
                return
            if self.interrupted and not told:
                told = True
                message = "ending after the pages in work; once more ends at once"
                self.on_event(Notice("stopping", message))
            for outcome in self.executor.outcomes(1.0):
                self._settle(outcome, admission, reading)
            self._heartbeat()

    def _write_tables(self, *, stale: bool) -> None:
        """Rebuild the tables where anything in them may have changed."""
        listed = [
            (name, dataclasses.asdict(problem))
            for name, _, problem in work.file_problems(self.ledger)
        ]
        state = json.dumps(listed)
        there = all((self.out / name).exists() for name in work.TABLES)
        if there and not stale and self.ledger.note("tables") == state:
            return
        self.on_event(Notice("writing_tables", "writing the tables"))
        seconds = self.limits.tables_seconds
        job = Job("tables", "pipeline.work:tables", (self.steps, self.out), seconds)
        self.ledger.set_tables(self._now(job))
        self.ledger.set_note("tables", state)

    def _end(self, state: str) -> None:
        """Leave a true ledger behind, even where the run breaks off."""
        with contextlib.suppress(DigitizeError, OSError):
            fetched.sweep(self.out)
            self._heartbeat(force=True)
            self.ledger.finish_run(self.number, state, self.clock())

    def _now(self, job: Job) -> Any:
        """The value of a task that all else waits for; a lost worker is forgiven once."""
        for attempt in (1, 2):
            self._submit(job)
            outcomes: list[Outcome] = []
            while not outcomes:
                outcomes = self.executor.outcomes(1.0)
            self._jobs.clear()
            outcome = outcomes[0]
            if isinstance(outcome, Done):
                return outcome.value
            if isinstance(outcome, Raised):
                self._refuse_fatal(outcome.error)
                raise outcome.error
            if attempt == 2:
                message = f"{job.kind}: {outcome.message}"
                raise DigitizeError(message)
        return None

    # -- giving out work -----------------------------------------------------------

    def _fill(self, admission: Admission, reading: Reading) -> None:
        """Keep the workers busy: ends first, then new files while few pages wait."""
        while self.executor.running < self.executor.capacity:
            if reading.urgent:
                self._submit(reading.urgent.popleft())
            elif self.interrupted or self.tally.stopped is not None:
                return
            elif len(reading.chunks) + self._survey.running >= 2 * self.executor.capacity:
                self._submit(reading.chunks.popleft())
            elif not self._take_file(admission, reading):
                if not reading.chunks:
                    return
                ending = self._survey.exhausted and not self._survey.running
                self._submit(reading.next_chunk(ending=ending))

    def _take_file(self, admission: Admission, reading: Reading) -> bool:
        """Begin with the next file; `False` when there is none, or too many are ahead."""
        survey = self._survey
        if survey.exhausted or survey.taken - survey.admitted >= 4 * self.executor.capacity:
            return False
        row = next(survey.sources, None)
        if row is None:
            survey.exhausted = True
            return False
        place, survey.taken = survey.taken, survey.taken + 1
        if admission.needs_survey(row):
            arguments = (self.steps, row, self.settings)
            call, seconds = "pipeline.work:counted_survey", self.limits.look_seconds(row.size)
            survey.running += 1
            self._submit(Job("survey", call, arguments, seconds, source=row, place=place))
        else:
            survey.seen[place] = (row, None)
            self._admit(admission, reading)
        return True

    def _submit(self, job: Job) -> None:
        self._last_key += 1
        self._jobs[self._last_key] = job
        imports = self.steps.modules(job.kind)
        later = ("pipeline.work:page_form", self.steps.prepare) if job.kind == "read" else ()
        here = job.kind in ("describe", "tables")
        key = self._last_key
        task = Task(key, job.call, job.arguments, job.seconds, imports, later, here)
        self.executor.submit(task)

    # -- taking outcomes -----------------------------------------------------------

    def _settle(self, outcome: Outcome, admission: Admission, reading: Reading) -> None:
        job = self._jobs.pop(outcome.key)
        if isinstance(outcome, Raised):
            self._refuse_fatal(outcome.error)
        if isinstance(outcome, Lost):
            message = f"{job.kind}: {outcome.message}"
            self.on_event(Notice("worker_lost", message, job.file_name))
        if job.kind == "survey" and job.source is not None:
            found = next_survey(job, outcome)
            if isinstance(found, Job):
                reading.urgent.append(found)
                return
            self._survey.running -= 1
            self._survey.seen[job.place] = (job.source, found)
            self._admit(admission, reading)
        elif job.kind == "read":
            reading.settle_pages(job, outcome)
        else:
            reading.settle_document(job, outcome)

    def _admit(self, admission: Admission, reading: Reading) -> None:
        """Take in files for as long as the next one by name has been looked at."""
        survey = self._survey
        while survey.admitted in survey.seen:
            row, seen = survey.seen.pop(survey.admitted)
            survey.admitted += 1
            survey.unseen -= row.state == "found"
            admitted = admission.admit(row, seen)
            if admitted is None:
                fetched.let_go(row.path)
            else:
                reading.open(admitted)
                self.tally.tell_expected(survey.unseen)

    def _heartbeat(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._beat < 1.0:
            return
        self._beat = now
        self.lock.check()
        self.ledger.update_run(
            self.number,
            pages=self.tally.pages,
            seconds=self.tally.seconds,
            files=self.tally.finished_files,
            expected_pages=self.tally.expected_pages(self._survey.unseen),
        )

    # -- errors --------------------------------------------------------------------

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


def _sweep(out: Path) -> None:
    """Remove half-written files that a killed run has left."""
    for folder_path in (out, out / "records", out / "text"):
        for path in folder_path.glob(".*.tmp"):
            path.unlink(missing_ok=True)
