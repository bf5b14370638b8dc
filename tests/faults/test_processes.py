"""Runs whose processes are killed, stopped, starved or left without a disk.

Real processes and signals; the letters are made up, so that a run takes a second.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fakes
import pytest

from pipeline import batch, status
from pipeline.errors import OutputError
from pipeline.executors import Done, Lost, Raised, Task, execute
from pipeline.progress import Notice, PageDone, ProblemSeen
from pipeline.settings import Settings
from pipeline.work import TABLES
from pipeline.workers import LocalWorkers, recruit

SCRIPT = Path(__file__).with_name("run_fake.py")


@pytest.fixture
def start():
    """Starts a run in a process group of its own: start(IN, OUT, workers, page seconds)."""
    with contextlib.ExitStack() as stack:

        def begin(inputs: Path, out: Path, workers: int = 2, *seconds: str):
            running = subprocess.Popen(
                [sys.executable, str(SCRIPT), str(inputs), str(out), str(workers), *seconds],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            stack.enter_context(running)
            stack.callback(running.kill)
            return running

        yield begin


def processes(mark: str) -> list[int]:
    """Processes that have `mark` in their command line or environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in told and state != "Z" and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def wait_until(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def outputs(out: Path) -> dict[str, bytes]:
    paths = [*(out / name for name in TABLES), *out.glob("records/*"), *out.glob("text/*")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """60 pages in 14 files, one of them long, some with problems."""
    folder = tmp_path / "in"
    fakes.write_file(folder / "long.pdf", *(f"@slow 0.02 dài {n}" for n in range(30)))
    for number in range(10):
        lines = [f"@slow 0.02 thư {number} trang {page}" for page in range(2)]
        fakes.write_file(folder / f"{number}.pdf", *lines)
    fakes.write_file(folder / "noisy.pdf", *["@noisy"] * 7)
    fakes.write_file(folder / "raises.pdf", "một", "@raise", "ba")
    shutil.copy(folder / "3.pdf", folder / "copy of 3.pdf")
    return folder


def kill_and_resume(start, archive: Path, tmp_path: Path, times: int, seed: int) -> None:
    """Kill whole runs at random moments, go on each time, compare with an unbroken run."""
    whole = start(archive, tmp_path / "whole")
    assert 0 == whole.wait(), whole.stderr.read()
    out = tmp_path / "killed"
    chance = random.Random(seed)
    log = tmp_path / "pages.log"
    os.environ["FAKE_LOG"] = str(log)
    try:
        for _ in range(times):
            running = start(archive, out)
            # Some die on their way up, most while pages are being read.
            pages = chance.choice([0, 1, 1, 2, 3, 5])
            for _ in range(pages):
                running.stdout.readline()
            time.sleep(chance.random() * (0.5 if pages == 0 else 0.05))
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        last = start(archive, out)
        assert 0 == last.wait(), last.stderr.read()
    finally:
        del os.environ["FAKE_LOG"]
    assert outputs(out) == outputs(tmp_path / "whole")
    wait_until(lambda: not processes(str(log)))


def test_killed_at_random_moments_and_resumed_the_tables_are_the_same(start, archive, tmp_path):
    kill_and_resume(start, archive, tmp_path, times=6, seed=1)


@pytest.mark.slow
def test_killed_at_thirty_random_moments(start, archive, tmp_path):
    kill_and_resume(start, archive, tmp_path, times=30, seed=2)


def test_killed_in_a_long_file_it_goes_on_from_there(start, tmp_path, monkeypatch):
    log = tmp_path / "pages.log"
    monkeypatch.setenv("FAKE_LOG", str(log))
    fakes.write_file(tmp_path / "in" / "long.pdf", *(f"@slow 0.05 {n}" for n in range(40)))
    running = start(tmp_path / "in", tmp_path / "out")
    for _ in range(24):
        running.stdout.readline()
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    wait_until(lambda: not processes(str(log)))
    assert "killed" == status.read_status(tmp_path / "out").state
    rest = start(tmp_path / "in", tmp_path / "out")
    told, _ = rest.communicate()
    assert 0 == rest.returncode
    assert told.count("page ") <= 16
    # Not one page was read twice, but for the chunks that were in work when it died.
    read = log.read_text().splitlines()
    assert 40 == len(set(read))
    assert len(read) <= 40 + 2 * 4


def test_workers_and_their_tesseracts_die_with_a_killed_run(start, tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "@child 7654321", "@child 7654321")
    running = start(tmp_path / "in", tmp_path / "out")
    wait_until(lambda: len(processes("7654321")) >= 2)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    wait_until(lambda: not processes("7654321"))


def test_a_killed_run_leaves_no_temporary_files(start, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    fakes.write_file(tmp_path / "in" / "a.pdf", "@child 7654326", "@child 7654326")
    running = start(tmp_path / "in", tmp_path / "out")
    wait_until(lambda: len(processes("7654326")) >= 2)
    assert list((tmp_path / "tmp").rglob("worker-*"))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    wait_until(lambda: not processes("7654326"))
    wait_until(lambda: not list((tmp_path / "tmp").iterdir()))


def test_a_stopped_worker_dies_with_a_killed_run(start, tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "@child 7654322")
    running = start(tmp_path / "in", tmp_path / "out", 1)
    wait_until(lambda: processes("7654322"))
    (child,) = processes("7654322")
    worker = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(worker, signal.SIGSTOP)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    wait_until(lambda: not processes("7654322"))
    wait_until(lambda: not Path(f"/proc/{worker}").exists())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once_and_leaves_nothing_behind(start, tmp_path, number):
    fakes.write_file(tmp_path / "in" / "a.pdf", "một", "@child 7654323")
    running = start(tmp_path / "in", tmp_path / "out")
    wait_until(lambda: processes("7654323"))
    running.send_signal(number)
    time.sleep(0.3)
    assert running.poll() is None
    running.send_signal(number)
    running.communicate(timeout=10)
    assert 130 == running.returncode
    assert not processes("7654323")
    assert "interrupted" == status.read_status(tmp_path / "out").state


def test_a_hanging_page_is_killed_with_its_tesseract_and_put_aside(tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "một", "@child 7654324", "ba", "@stop")
    events = []
    summary = batch.run(
        [tmp_path / "in"],
        tmp_path / "out",
        Settings(),
        workers=2,
        steps=fakes.steps(),
        limits=batch.Limits(page_seconds=2.0),
        on_event=events.append,
    )
    assert not processes("7654324")
    pages = [event for event in events if isinstance(event, PageDone)]
    assert {1: False, 2: True, 3: False, 4: True} == {one.page: one.failed for one in pages}
    problems = [event.problem for event in events if isinstance(event, ProblemSeen)]
    assert [("timeout", 2), ("timeout", 4)] == [(one.code, one.page) for one in problems]
    assert 4 == summary.pages


def test_a_worker_killed_once_costs_one_attempt_and_no_page(tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", *(f"@slow 0.3 {n}" for n in range(4)))
    events = []

    def on_event(event):
        events.append(event)
        if isinstance(event, PageDone) and not killed:
            for process in processes("SOHOA_CHANNEL"):
                killed.append(process)
                os.kill(process, signal.SIGKILL)

    killed: list[int] = []
    summary = batch.run(
        [tmp_path / "in"],
        tmp_path / "out",
        Settings(),
        workers=2,
        steps=fakes.steps(),
        on_event=on_event,
        limits=batch.Limits(pages_per_task=1),
    )
    assert killed
    assert (4, 0, 0) == (summary.pages, summary.problems, summary.failed)
    assert "worker_lost" in [event.code for event in events if isinstance(event, Notice)]


def test_a_process_started_ahead_becomes_the_first_worker(tmp_path):
    first = recruit(("nowhere.at.all", "decimal"))
    try:
        maps = Path(f"/proc/{first.process.pid}/maps")
        wait_until(lambda: "_decimal" in maps.read_text())
        log = tmp_path / "log"
        with LocalWorkers(1, scratch=tmp_path / "scratch", log=log, first=first) as workers:
            said = []
            calls = (("os:getpid", ()), ("tempfile:gettempdir", ()), ("os:write", (2, b"heard")))
            for key, (call, arguments) in enumerate(calls):
                workers.submit(Task(key, call, arguments, 20.0))
                while workers.running:
                    said += workers.outcomes(5.0)
    finally:
        first.dismiss()
    assert first.process.pid == said[0].value
    assert said[1].value.startswith(str(tmp_path / "scratch" / "worker-"))
    assert "heard" == log.read_text()
    assert -signal.SIGKILL == first.process.returncode


def test_a_process_started_ahead_that_dies_costs_the_run_nothing(tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "một", "hai")
    first = recruit()
    first.process.kill()
    options = {"workers": 1, "steps": fakes.steps()}
    summary = batch.run([tmp_path / "in"], tmp_path / "a", Settings(), first=first, **options)
    first.dismiss()
    assert (2, 0) == (summary.pages, summary.problems)
    batch.run([tmp_path / "in"], tmp_path / "b", Settings(), **options)
    assert outputs(tmp_path / "a") == outputs(tmp_path / "b")


@pytest.mark.parametrize("arguments", [["--help"], ["--no-such-option"], []])
def test_a_command_that_reads_nothing_leaves_no_worker(tmp_path, monkeypatch, arguments):
    monkeypatch.setenv("MARK", str(tmp_path))
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "extract"]
    done = subprocess.run([*command, *arguments], capture_output=True, check=False)
    assert (0 if arguments == ["--help"] else 2) == done.returncode
    assert not processes(str(tmp_path))


def test_a_command_killed_on_its_way_up_leaves_no_worker(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", str(tmp_path))
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "extract", "nothing"]
    running = subprocess.Popen([*command, "--output", str(tmp_path / "out")])
    wait_until(lambda: len(processes(str(tmp_path))) == 2)
    running.kill()
    running.wait()
    wait_until(lambda: not processes(str(tmp_path)))


def test_what_is_needed_later_is_loaded_while_a_task_waits():
    task = Task(1, "fakes:work_then_wait", (), 20.0, later=("fakes:load_later",))
    assert Done(1, ("not while it worked", "while it waited")) == execute(task)


def test_a_page_that_eats_memory_fails_alone(tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "một", "@eat", "ba")
    summary = batch.run(
        [tmp_path / "in"],
        tmp_path / "out",
        Settings(),
        workers=1,
        steps=fakes.steps(),
        limits=batch.Limits(memory_bytes=1 << 30),
    )
    assert (3, 1, 1) == (summary.pages, summary.problems, summary.letters)
    assert "memory" in (tmp_path / "out" / "problems.csv").read_text()


def test_two_runs_at_once_the_second_is_refused(start, tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "@child 7654325")
    first = start(tmp_path / "in", tmp_path / "out")
    wait_until(lambda: processes("7654325"))
    assert "running" == status.read_status(tmp_path / "out").state
    second = start(tmp_path / "in", tmp_path / "out")
    _, said = second.communicate(timeout=30)
    assert OutputError.exit_code == second.returncode
    assert f"another run (process {first.pid}) is writing it" in said
    assert processes("7654325")
    first.kill()
    wait_until(lambda: not processes("7654325"))


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 1 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small file system")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk_stops_the_run_which_goes_on_when_there_is_space(start, small_disk, tmp_path):
    words = " ".join(f"từ{n}" for n in range(1500))
    for number in range(40):
        fakes.write_file(tmp_path / "in" / f"{number}.pdf", f"{number} {words}")
    out = small_disk / "out"
    full = start(tmp_path / "in", out)
    _, said = full.communicate(timeout=60)
    assert OutputError.exit_code == full.returncode, said
    assert "free space" in said or "check space" in said
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    rest = start(tmp_path / "in", out)
    assert 0 == rest.wait(), rest.stderr.read()
    whole = start(tmp_path / "in", tmp_path / "whole")
    assert 0 == whole.wait()
    assert outputs(out) == outputs(tmp_path / "whole")


def test_an_output_that_cannot_be_written_is_refused(start, small_disk, tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", "một")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = start(tmp_path / "in", small_disk / "out")
    _, said = refused.communicate(timeout=20)
    assert OutputError.exit_code == refused.returncode
    assert "cannot be written" in said


def test_an_output_that_vanishes_stops_the_run(start, tmp_path):
    fakes.write_file(tmp_path / "in" / "a.pdf", *["@slow 0.2"] * 40)
    out = tmp_path / "out"
    running = start(tmp_path / "in", out)
    running.stdout.readline()
    out.rename(tmp_path / "elsewhere")
    _, said = running.communicate(timeout=30)
    assert OutputError.exit_code == running.returncode
    assert "has gone away" in said
    assert not out.exists()
    (tmp_path / "elsewhere").rename(out)
    assert 0 == start(tmp_path / "in", out).wait()


def test_an_input_that_vanishes_is_told_and_read_when_it_is_back(tmp_path):
    path = fakes.write_file(tmp_path / "in" / "a.pdf", *["@slow 0.3"] * 12)
    aside = path.with_suffix(".aside")
    out = tmp_path / "out"

    def on_event(event):
        if isinstance(event, PageDone) and path.exists():
            path.rename(aside)

    options = {"workers": 1, "steps": fakes.steps()}
    summary = batch.run([tmp_path / "in"], out, Settings(), on_event=on_event, **options)
    assert (1, 0) == (summary.failed, summary.letters)
    assert "a.pdf,,batch,changing" in (out / "problems.csv").read_text()
    aside.rename(path)
    summary = batch.run([tmp_path / "in"], out, Settings(), **options)
    assert (0, 6, 10) == (summary.failed, summary.letters, summary.pages)


def test_a_clock_set_back_changes_nothing(archive, tmp_path):
    hours = iter(range(10**6, 0, -1))
    options = {"workers": 2, "steps": fakes.steps()}
    batch.run([archive], tmp_path / "a", Settings(), clock=lambda: 3600.0 * next(hours), **options)
    batch.run([archive], tmp_path / "b", Settings(), **options)
    assert outputs(tmp_path / "a") == outputs(tmp_path / "b")


def test_workers_outlive_errors_large_answers_and_a_stopped_reader(tmp_path):
    with LocalWorkers(1, recycle_after=3, scratch=tmp_path / "scratch") as workers:
        said = []
        for key, (call, argument) in enumerate(
            [
                ("builtins:int", "seven"),
                ("builtins:bytes", 20_000_000),
                ("builtins:sorted", "tiếng"),
                ("os:getpid", None),
                ("nowhere:nothing", None),
                ("builtins:exit", 3),
            ]
        ):
            arguments = () if argument is None else (argument,)
            workers.submit(Task(key, call, arguments, 20.0))
            while workers.running:
                said += workers.outcomes(5.0)
        kinds = [type(outcome) for outcome in said]
        assert [Raised, Done, Done, Done, Raised, Raised] == kinds
        assert 20_000_000 == len(said[1].value)
        workers.submit(Task(9, "time:sleep", (60,), 60.0))
        workers.outcomes(1.0)
        (process,) = workers.process_ids
        os.kill(process, signal.SIGKILL)
        (lost,) = workers.outcomes(5.0)
        assert isinstance(lost, Lost)
        assert ("killed", 9) == (lost.cause, lost.key)
    assert not (tmp_path / "scratch").exists()
