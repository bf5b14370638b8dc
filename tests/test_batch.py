"""Runs over made-up letters: what is done, done again, and never done twice."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "faults"))

import fakes

from pipeline import batch, fixity, lock, status, watch
from pipeline.errors import OutputError
from pipeline.executors import execute
from pipeline.ledger import Ledger
from pipeline.pagestore import PageStore
from pipeline.progress import FileDone, FileSkipped, Notice, PageDone, ProblemSeen
from pipeline.settings import OcrSettings, Settings
from pipeline.work import TABLES


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder of three files: seven pages, four letters."""
    folder = tmp_path / "in"
    fakes.write_file(folder / "a.pdf", "một hai", "có doubt", "ba")
    fakes.write_file(folder / "quý 1" / "b.pdf", "bốn", "năm")
    fakes.write_file(folder / "quý 1" / "c.pdf", "sáu", "bảy")
    return folder


class Here:
    """Runs tasks in this process, newest first: starting workers is most of a short run."""

    capacity = 3

    def __init__(self) -> None:
        self._tasks = []

    @property
    def running(self) -> int:
        return len(self._tasks)

    def submit(self, task) -> None:
        self._tasks.append(task)

    def outcomes(self, timeout_seconds: float):
        return [execute(self._tasks.pop())] if self._tasks else []

    def wake(self) -> None:
        pass

    def close(self) -> None:
        pass


def go(inputs: Path, out: Path, settings: Settings | None = None, **options):
    """A run, and what it told."""
    events = []
    if "workers" not in options:
        options.setdefault("executor", Here())
    options.setdefault("on_event", events.append)
    options.setdefault("steps", fakes.steps())
    summary = batch.run([inputs], out, settings or Settings(), **options)
    return summary, events


def outputs(out: Path) -> dict[str, bytes]:
    paths = [*(out / name for name in TABLES), *out.glob("records/*"), *out.glob("text/*")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def codes(events):
    return sorted({event.problem.code for event in of(ProblemSeen, events)})


def test_every_file_gets_its_letters_its_row_or_its_problem(letters, tmp_path):
    fakes.write_file(letters / "kills.pdf", "một", "@kill", "ba", "bốn", "@raise", "@bug")
    fakes.write_file(letters / "hangs.pdf", "@hang", "hai")
    fakes.write_file(letters / "count-kills.pdf", "@count-kill")
    fakes.write_file(letters / "once.pdf", f"@crash-once {tmp_path / 'flag'}", "hai")
    fakes.write_file(letters / "bug.pdf", "@assemble-bug")
    (letters / "broken.pdf").write_bytes(b"nothing of the kind")
    (letters / "empty.pdf").write_bytes(b"")
    (letters / "note.docx").write_bytes(b"PK")
    (letters / "note.txt").write_text("a note")
    (letters / "lost.pdf").symlink_to(letters / "nowhere.pdf")
    shutil.copy(letters / "a.pdf", letters / "z.pdf")
    out = tmp_path / "out"
    limits = batch.Limits(page_seconds=1.5)

    summary, events = go(letters, out, workers=2, limits=limits)

    assert (13, 8) == (summary.files, summary.letters)
    table = (out / "problems.csv").read_text(encoding="utf-8")
    for expected in (
        "kills.pdf,worker_killed,",
        "kills.pdf,ocr,",
        "kills.pdf,internal,",
        "hangs.pdf,timeout,",
        "count-kills.pdf,worker_killed,",
        "bug.pdf,internal,",
        "broken.pdf,unreadable,",
        "empty.pdf,unreadable,",
        "note.docx,,batch,unsupported,",
        "lost.pdf,,batch,missing,",
        "z.pdf,,batch,duplicate,same bytes as a.pdf",
    ):
        assert expected in table
    assert "once.pdf" not in table
    statuses = {event.source: event.status for event in of(FileDone, events)}
    assert statuses == {
        "a.pdf": "done",
        "quý 1/b.pdf": "done",
        "quý 1/c.pdf": "done",
        "once.pdf": "done",
        "kills.pdf": "partial",
        "hangs.pdf": "partial",
        "count-kills.pdf": "failed",
        "bug.pdf": "failed",
        "broken.pdf": "failed",
        "empty.pdf": "failed",
    }
    found = status.read_status(out)
    assert (4, 2, 4, 8) == (found.done, found.partial, found.failed, found.letters)
    assert {"internal": 1, "unreadable": 2, "worker_killed": 1} == found.failed_by_code

    before = outputs(out)
    again, events = go(letters, out)
    assert not of(PageDone, events)
    assert not of(FileDone, events)
    assert (8, 0, summary.failed) == (again.letters, again.pages, again.failed)
    assert outputs(out) == before


def test_tables_do_not_depend_on_the_number_of_workers(letters, tmp_path):
    fakes.write_file(letters / "long.pdf", *(f"trang {number}" for number in range(23)))
    fakes.write_file(letters / "faint.pdf", "@noisy", "@raise", "@noisy")
    go(letters, tmp_path / "one", workers=1)
    go(letters, tmp_path / "three", workers=3, limits=batch.Limits(pages_per_task=2))
    go(letters, tmp_path / "here")
    assert outputs(tmp_path / "one") == outputs(tmp_path / "three") == outputs(tmp_path / "here")


def test_changed_rules_need_no_new_ocr_and_changed_ocr_settings_do(letters, tmp_path, monkeypatch):
    go(letters, tmp_path / "out")
    monkeypatch.setenv("FAKE_LEXICON", "y")
    _, events = go(letters, tmp_path / "out")
    assert not of(PageDone, events)
    assert len(of(FileDone, events)) == 3
    assert "making_changed" in [event.code for event in of(Notice, events)]
    other = dataclasses.replace(Settings(), ocr=OcrSettings(language="vie+eng"))
    _, events = go(letters, tmp_path / "out", other)
    assert len(of(PageDone, events)) == 7
    go(letters, tmp_path / "fresh", other)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_a_renamed_file_is_known_by_its_bytes(letters, tmp_path):
    go(letters, tmp_path / "out")
    (letters / "a.pdf").rename(letters / "đổi tên.pdf")
    _, events = go(letters, tmp_path / "out")
    assert not of(PageDone, events)
    assert ["renamed"] == [event.code for event in of(Notice, events)][:1]
    go(letters, tmp_path / "fresh")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_a_moved_archive_is_not_read_again(letters, tmp_path):
    go(letters, tmp_path / "out")
    before = outputs(tmp_path / "out")
    moved = letters.rename(tmp_path / "elsewhere")
    _, events = go(moved, tmp_path / "out")
    assert not of(PageDone, events)
    assert not of(FileDone, events)
    assert outputs(tmp_path / "out") == before


def test_a_file_with_new_bytes_is_a_new_document(letters, tmp_path):
    go(letters, tmp_path / "out")
    fakes.write_file(letters / "a.pdf", "khác hẳn")
    summary, events = go(letters, tmp_path / "out")
    assert ["a.pdf"] == [event.source for event in of(FileDone, events)]
    table = (tmp_path / "out" / "documents.csv").read_text(encoding="utf-8")
    assert "khác hẳn" in table
    assert "doubt" not in table
    assert "a.pdf,,batch,replaced" in (tmp_path / "out/problems.csv").read_text(encoding="utf-8")
    assert 3 == summary.letters
    assert fixity.verify(tmp_path / "out").is_clean


def test_a_file_moved_aside_for_another_is_not_lost(letters, tmp_path):
    """z.pdf becomes b.pdf, and z.pdf gets new bytes: b is met first."""
    fakes.write_file(letters / "z.pdf", "cũ")
    go(letters, tmp_path / "out")
    (letters / "z.pdf").rename(letters / "b.pdf")
    fakes.write_file(letters / "z.pdf", "mới")
    go(letters, tmp_path / "out")
    table = (tmp_path / "out" / "documents.csv").read_text(encoding="utf-8")
    assert "cũ" in table
    assert "mới" in table


def test_failed_pages_are_read_again_only_when_asked(letters, tmp_path):
    mended = tmp_path / "mended"
    fakes.write_file(letters / "d.pdf", "một", f"@raise-until {mended}")
    fakes.write_file(letters / "e.pdf", f"@raise-until {mended}")
    first, _ = go(letters, tmp_path / "out")
    assert 1 == first.failed
    mended.touch()
    _, events = go(letters, tmp_path / "out")
    assert not of(PageDone, events)
    summary = batch.retry(
        tmp_path / "out", Settings(), codes=["encrypted"], workers=1, steps=fakes.steps()
    )
    assert 0 == summary.files
    summary = batch.retry(tmp_path / "out", Settings(), workers=1, steps=fakes.steps())
    assert (2, 2, 0) == (summary.files, summary.pages, summary.failed)
    go(letters, tmp_path / "fresh")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_a_run_that_goes_wrong_stops(tmp_path):
    for number in range(30):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number:02}.pdf").write_bytes(b"%d" % number)
    summary, _ = go(tmp_path / "in", tmp_path / "out", max_failures=0.05)
    assert summary.stopped
    assert 2 <= summary.failed < 15
    assert "stopped" == status.read_status(tmp_path / "out").state
    summary, _ = go(tmp_path / "in", tmp_path / "out")
    assert (30, None) == (summary.failed, summary.stopped)


def test_interrupted_once_ends_cleanly_and_goes_on(letters, tmp_path):
    fakes.write_file(letters / "long.pdf", *(f"trang {number}" for number in range(20)))
    events = []

    def on_event(event):
        events.append(event)
        if isinstance(event, PageDone) and len(of(PageDone, events)) == 6:
            os.kill(os.getpid(), signal.SIGTERM)

    summary, _ = go(letters, tmp_path / "out", on_event=on_event)
    assert summary.interrupted
    assert 0 < summary.pages < 27
    assert "interrupted" == status.read_status(tmp_path / "out").state
    assert (tmp_path / "out" / "documents.csv").exists()
    rest, _ = go(letters, tmp_path / "out")
    assert 27 == summary.pages + rest.pages
    go(letters, tmp_path / "fresh")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_the_last_pages_go_out_one_by_one_so_that_no_worker_stands_idle(tmp_path):
    class Watched(Here):
        capacity = 2
        sizes: list[int] = []

        def submit(self, task):
            if task.call == "pipeline.work:read":
                self.sizes.append(len(task.arguments[3]))
            super().submit(task)

    for name in ("a", "b"):
        pages = (f"{name} {number}" for number in range(4))
        fakes.write_file(tmp_path / "in" / f"{name}.pdf", *pages)
    go(tmp_path / "in", tmp_path / "out", executor=Watched())
    assert [2, 2, 2, 1, 1] == Watched.sizes


def test_what_records_need_is_prepared_while_the_first_pages_are_read(letters, tmp_path):
    class Watched(Here):
        later: list[tuple[str, tuple[str, ...]]] = []

        def submit(self, task):
            self.later.append((task.call, task.later))
            super().submit(task)

    go(letters, tmp_path / "out", executor=Watched())
    for call, later in Watched.later:
        expected = ("pipeline.work:page_form", "fakes:prepare")
        assert (expected if call == "pipeline.work:read" else ()) == later


def test_two_runs_on_one_output_at_once_are_refused(letters, tmp_path):
    held = lock.Lock(tmp_path / "out")
    with pytest.raises(OutputError, match=f"process {os.getpid()}"):
        go(letters, tmp_path / "out")
    held.release()
    assert 3 == go(letters, tmp_path / "out")[0].files


@pytest.mark.parametrize("harm", ["half", "nothing", "gone", "junk"])
def test_a_harmed_ledger_is_rebuilt_from_the_records(letters, tmp_path, harm):
    out = tmp_path / "out"
    go(letters, out)
    before = outputs(out)
    path = out / ".sohoa" / "ledger.sqlite"
    body = path.read_bytes()
    if harm == "gone":
        shutil.rmtree(out / ".sohoa")
    else:
        path.write_bytes(
            {"half": body[: len(body) // 2], "nothing": b"", "junk": b"?" * 9999}[harm]
        )
    summary, events = go(letters, out)
    assert "recovered" in [event.code for event in of(Notice, events)]
    assert not of(PageDone, events)
    assert (4, 3) == (summary.letters, summary.skipped)
    assert outputs(out) == before


def test_a_document_without_all_its_letters_is_not_taken_for_whole(letters, tmp_path):
    out = tmp_path / "out"
    go(letters, out)
    before = outputs(out)
    shutil.rmtree(out / ".sohoa")
    next(out.glob("records/*-1.json")).unlink()
    _, events = go(letters, out)
    assert 1 == len(of(FileDone, events))
    assert 2 == len(of(FileSkipped, events))
    assert outputs(out) == before


def test_a_harmed_page_store_costs_only_time(letters, tmp_path, monkeypatch):
    go(letters, tmp_path / "out")
    before = outputs(tmp_path / "out")
    for path in (tmp_path / "out" / ".sohoa").glob("pages.sqlite*"):
        path.write_bytes(b"harmed" * 1000)
    assert 0 == go(letters, tmp_path / "out")[0].pages
    monkeypatch.setenv("FAKE_LEXICON", "y")
    assert 7 == go(letters, tmp_path / "out")[0].pages
    monkeypatch.delenv("FAKE_LEXICON")
    go(letters, tmp_path / "out")
    assert outputs(tmp_path / "out") == before


def test_a_deleted_record_is_written_again(letters, tmp_path):
    go(letters, tmp_path / "out")
    before = outputs(tmp_path / "out")
    next((tmp_path / "out" / "records").iterdir()).unlink()
    assert 0 == go(letters, tmp_path / "out")[0].pages
    assert outputs(tmp_path / "out") == before


def test_pages_of_a_secret_letter_are_not_kept(tmp_path):
    fakes.write_file(tmp_path / "in" / "s.pdf", "@secret kếhoạchmật")
    out = tmp_path / "out"
    go(tmp_path / "in", out)
    ledger = Ledger(out, read_only=True)
    (document,) = ledger.documents()
    ledger.close()
    store = PageStore(out)
    assert "secret_marking" == document.problems[0].code
    digest = document.digest.partition("-")[2]
    assert set() == store.numbers(document.sha256, digest)
    store.close()


def test_verify_tells_changed_missing_and_unknown_files(letters, tmp_path):
    out = tmp_path / "out"
    go(letters, out)
    assert fixity.verify(out).is_clean
    fakes.write_file(letters / "a.pdf", "khác")
    (letters / "quý 1" / "b.pdf").unlink()
    record, other, *_ = sorted((out / "records").iterdir())
    record.write_text("{}")
    other.unlink()
    (out / "records" / "stray.json").write_text("{}")
    (out / "documents.csv").write_text("")
    report = fixity.verify(out)
    assert {
        ("original", "a.pdf", "changed"),
        ("original", "quý 1/b.pdf", "missing"),
        ("output", f"records/{record.name}", "changed"),
        ("output", f"records/{other.name}", "missing"),
        ("output", "records/stray.json", "unknown"),
        ("output", "documents.csv", "changed"),
    } == {(one.what, one.path, one.state) for one in report.deviations}


def test_a_watched_folder_takes_in_what_has_come_to_rest(letters, tmp_path):
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            fakes.write_file(letters / "new.pdf", "mới")

    seen = []
    watch.watch(
        letters,
        tmp_path / "out",
        Settings(),
        workers=1,
        poll_seconds=0.01,
        settle_seconds=0.0,
        on_pass=seen.append,
        steps=fakes.steps(),
        sleep=sleep,
        until=lambda: len(looks) == 6,
    )
    assert [3, 1] == [summary.files for summary in seen if summary is not None]
    go(letters, tmp_path / "fresh")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_a_growing_file_is_not_at_rest(tmp_path):
    scan = tmp_path / "scan.pdf"
    rest = watch.Rest(settle_seconds=10)

    def look(now: float) -> list[str]:
        ready = rest.ready(list(watch.intake.find([tmp_path])), now)
        rest.take(ready)
        return [finding.name for finding in ready]

    scan.write_bytes(b"")
    assert [] == look(0)
    assert [] == look(20)  # empty: a scanner has only just opened it
    scan.write_bytes(b"%PDF-1")
    assert [] == look(30)
    scan.write_bytes(b"%PDF-1.4 more")
    assert [] == look(39)
    assert [] == look(48)
    assert ["scan.pdf"] == look(49)
    assert [] == look(70)
    scan.write_bytes(b"%PDF-1.4 other bytes")
    assert [] == look(80)
    assert ["scan.pdf"] == look(90)
