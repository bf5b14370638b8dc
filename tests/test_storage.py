"""Inputs and outputs behind a URL: fetched when read, put when done, nothing lost between."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "faults"))

import fakes
import fsspec
from test_batch import Here, codes, of, outputs

from pipeline import batch, fetched, fixity, lock, publish, storage
from pipeline.errors import MissingToolError, OutputError
from pipeline.progress import FileDone, Notice, PageDone
from pipeline.settings import Settings
from pipeline.work import TABLES

FAULTS = Path(__file__).parent / "faults"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Three files and a copy: seven pages, four letters; and what is none."""
    folder = tmp_path / "in"
    fakes.write_file(folder / "a.pdf", "một hai", "có doubt", "ba")
    fakes.write_file(folder / "quý 1" / "b.pdf", "bốn", "năm")
    fakes.write_file(folder / "quý 1" / "Giấy mời", "sáu", "bảy").write_text(
        "%PDF-fake\nsáu\nbảy\n", encoding="utf-8"
    )
    shutil.copy(folder / "a.pdf", folder / "z.pdf")
    (folder / "note.docx").write_bytes(b"PK")
    (folder / "note.txt").write_text("a note")
    fakes.write_file(folder / ".hidden" / "x.pdf", "không")
    return folder


@pytest.fixture
def expected(letters: Path, tmp_path: Path) -> dict[str, bytes]:
    """What a run over the folder itself writes."""
    batch.run([letters], tmp_path / "plain", Settings(), executor=Here(), steps=fakes.steps())
    return outputs(tmp_path / "plain")


@pytest.fixture(autouse=True)
def transfers(tmp_path: Path, monkeypatch):
    """What the storage was asked to move since the last call; and no pauses."""
    log = tmp_path / "transfers"
    monkeypatch.setenv("STORAGE_LOG", str(log))
    monkeypatch.setattr(storage, "_PAUSES", (0.0, 0.0))

    def told() -> list[str]:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return told


def url_of(folder: Path) -> str:
    return f"troubled://{folder}"


def go(inputs, out, work: Path | None = None, **options):
    events = []
    options.setdefault("executor", Here())
    options.setdefault("on_event", events.append)
    listed = inputs if isinstance(inputs, list) else [inputs]
    summary = batch.run(listed, out, Settings(), work_dir=work, steps=fakes.steps(), **options)
    return summary, events


def left_behind(work: Path) -> list[str]:
    return [
        path.name
        for path in (lock.folder(work) / "fetched").rglob("*")
        if path.is_file() and path.name != ".origin"
    ]


def test_a_url_gives_the_same_tables_as_the_folder_and_is_read_once(
    letters, expected, tmp_path, transfers
):
    there, work = tmp_path / "there", tmp_path / "work"
    summary, events = go(url_of(letters), url_of(there), work)

    assert (5, 4, 7) == (summary.files, summary.letters, summary.pages)
    assert outputs(there) == outputs(work) == expected
    assert ["duplicate", "unsupported"] == codes(events)
    moved = transfers()
    assert 4 == sum(line.startswith("get") for line in moved)
    puts = [line.removeprefix("put ") for line in moved if line.startswith("put")]
    assert sorted(puts[-len(TABLES) :]) == sorted(TABLES)
    assert [] == left_behind(work)
    assert [] == [path.name for path in there.glob(".*") if path.name != publish.MARK]

    again, events = go(url_of(letters), url_of(there), work)
    assert (4, 0) == (again.letters, again.pages)
    assert [] == transfers()
    assert ["duplicate", "unsupported"] == codes(events)


def test_few_files_lie_on_this_machine_at_a_time(tmp_path):
    for number in range(60):
        fakes.write_file(tmp_path / "in" / f"{number:02}.pdf", f"thư {number}")
    out, most = tmp_path / "out", 0

    def count(event):
        nonlocal most
        if isinstance(event, PageDone):
            most = max(most, len(left_behind(out)))

    summary, _ = go(url_of(tmp_path / "in"), out, on_event=count)
    assert 60 == summary.letters
    assert 0 < most <= 6 * Here.capacity


def test_the_command_takes_urls_and_finds_the_work_folder_again(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hỏng.pdf").write_bytes(b"%PDF-1.4 no more than this")
    url = f"file://{tmp_path}/out"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"}

    def sohoa(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    done = sohoa("extract", f"file://{tmp_path}/in", "--output", url)
    assert 8 == done.returncode, done.stderr
    assert "hỏng.pdf" in (tmp_path / "out" / "documents.csv").read_text(encoding="utf-8")
    assert '"failed": 1' in sohoa("status", url, "--json").stdout
    assert 0 == sohoa("verify", url).returncode
    assert "cannot be watched" in sohoa("watch", url, "--output", str(tmp_path / "o")).stderr
    assert ["in", "out", "state"] == sorted(path.name for path in tmp_path.iterdir())


def test_what_changes_behind_a_url_is_seen(letters, tmp_path, transfers):
    there, work = tmp_path / "there", tmp_path / "work"
    go(url_of(letters), url_of(there), work)
    transfers()
    fakes.write_file(letters / "quý 1" / "b.pdf", "bốn", "mới")
    (letters / "a.pdf").rename(letters / "c.pdf")
    (letters / "z.pdf").unlink()

    _, events = go(url_of(letters), url_of(there), work)

    assert {"replaced", "renamed"} <= {one.code for one in of(Notice, events)}
    assert {"quý 1/b.pdf", "c.pdf"} == {one.source for one in of(FileDone, events)}
    assert outputs(there) == outputs(work)
    assert "mới" in (there / "documents.csv").read_text(encoding="utf-8")


def test_one_file_and_several_urls_have_names_that_do_not_clash(letters, tmp_path):
    out = tmp_path / "out"
    summary, _ = go([url_of(letters / "a.pdf"), url_of(letters / "quý 1")], out)
    assert 4 == summary.letters
    text = (out / "documents.csv").read_text(encoding="utf-8")
    assert f",{url_of(letters)}/a.pdf," in text
    assert f",{url_of(letters)}/quý 1/b.pdf," in text

    alone, _ = go(url_of(letters / "a.pdf"), tmp_path / "alone")
    assert (1, 2) == (alone.files, alone.letters)
    assert ",a.pdf," in (tmp_path / "alone" / "documents.csv").read_text(encoding="utf-8")


def test_a_file_is_the_same_whichever_url_leads_to_it(letters, tmp_path, transfers):
    (letters / "z.pdf").unlink()
    out = tmp_path / "out"
    go(url_of(letters / "a.pdf"), out)
    transfers()
    for url in (url_of(letters), f"{url_of(letters)}/", url_of(letters)):
        _, events = go(url, out)
        assert "duplicate" not in codes(events)
        assert "get a.pdf" not in transfers()


def test_what_is_not_there_or_comes_by_half_has_its_row(letters, expected, tmp_path, monkeypatch):
    out = tmp_path / "out"
    _, events = go(url_of(tmp_path / "nowhere"), tmp_path / "none")
    assert ["missing"] == codes(events)

    monkeypatch.setenv("CUT", "b.pdf")
    summary, events = go(url_of(letters), out)
    assert 1 == summary.failed
    assert "bytes came where" in (out / "problems.csv").read_text(encoding="utf-8")
    assert [] == left_behind(out)

    monkeypatch.delenv("CUT")
    summary, events = go(url_of(letters), out)
    assert (0, 2) == (summary.failed, summary.pages)
    assert outputs(out) == expected


def test_a_put_that_is_refused_is_named_and_made_good_by_the_next_run(
    letters, expected, tmp_path, monkeypatch, transfers
):
    there, work = tmp_path / "there", tmp_path / "work"
    go(url_of(letters), tmp_path / "first")
    refused = sorted((tmp_path / "first" / "text").iterdir())[0].name
    transfers()
    monkeypatch.setenv("REFUSE", refused)

    with pytest.raises(OutputError, match=rf"{refused}: cannot be written \(slow down\)"):
        go(letters, url_of(there), work)

    moved = transfers()
    assert 3 == moved.count(f"refuse {refused}")
    assert outputs(work) == expected
    assert not any((there / name).exists() for name in TABLES)
    monkeypatch.delenv("REFUSE")
    summary, _ = go(letters, url_of(there), work)
    assert 0 == summary.pages
    assert outputs(there) == expected
    assert not {line for line in transfers() if line in moved}


def test_a_run_killed_before_or_between_puts_goes_on_and_puts_the_rest(
    letters, expected, tmp_path, transfers
):
    there, work = tmp_path / "there", tmp_path / "work"
    command = [sys.executable, str(FAULTS / "run_fake.py"), url_of(letters), url_of(there), "2"]
    environment = {**os.environ, "WORK_DIR": str(work)}
    put: list[str] = []
    for number in ("1", "3"):
        done = subprocess.run(command, env={**environment, "DIE_AT": number}, timeout=120)
        assert -signal.SIGKILL == done.returncode
        assert not (there / "documents.csv").exists()
        put += transfers()
    assert 2 == sum(line.startswith("put") for line in put)
    done = subprocess.run(command, env=environment, timeout=120)
    assert 0 == done.returncode
    put += transfers()
    names = [line for line in put if line.startswith("put")]
    # The two before the second kill were not yet written down, or put again at the worst.
    assert len(names) - len(set(names)) <= 1
    assert 4 == sum(line.startswith("get") for line in put)
    assert outputs(there) == outputs(work) == expected


def test_a_run_killed_while_reading_fetches_only_what_is_left(letters, tmp_path, transfers):
    fakes.write_file(letters / "a.pdf", *(f"@slow 0.1 trang {number}" for number in range(12)))
    there, work = tmp_path / "there", tmp_path / "work"
    command = [sys.executable, str(FAULTS / "run_fake.py"), url_of(letters), url_of(there), "2"]
    environment = {**os.environ, "WORK_DIR": str(work)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as run:
        for _ in range(4):
            run.stdout.readline()
        run.kill()
    assert left_behind(work)
    transfers()
    done = subprocess.run(command, env=environment, timeout=120, capture_output=True)
    assert 0 == done.returncode
    assert done.stdout.count(b"page") < 17
    assert [] == left_behind(work)
    go(letters, tmp_path / "plain")
    assert outputs(there) == outputs(tmp_path / "plain")


def test_an_interrupted_run_puts_nothing_until_it_has_gone_on(letters, expected, tmp_path):
    there, work = tmp_path / "there", tmp_path / "work"

    pages = []

    def interrupt(event):
        if isinstance(event, PageDone):
            pages.append(event)
            if len(pages) == 1:
                os.kill(os.getpid(), signal.SIGINT)

    summary, _ = go(letters, url_of(there), work, on_event=interrupt)
    assert summary.interrupted
    assert [publish.MARK] == [path.name for path in there.iterdir()]
    go(letters, url_of(there), work)
    assert outputs(there) == expected


def test_two_work_folders_cannot_write_one_url(letters, tmp_path):
    there = tmp_path / "there"
    go(letters, url_of(there), tmp_path / "one")
    with pytest.raises(OutputError, match="written from another work folder"):
        go(letters, url_of(there), tmp_path / "two")
    (there / publish.MARK).unlink()
    go(letters, url_of(there), tmp_path / "two")
    with pytest.raises(OutputError, match="--work-dir is for"):
        go(letters, tmp_path / "out", tmp_path / "two")


def test_outputs_that_are_no_more_are_removed_and_a_retry_puts_too(letters, tmp_path):
    there, work, flag = tmp_path / "there", tmp_path / "work", tmp_path / "flag"
    fakes.write_file(letters / "quý 1" / "b.pdf", "bốn", f"@raise-until {flag}")
    go(url_of(letters), url_of(there), work)
    before = outputs(there)
    flag.touch()
    batch.retry(work, workers=1, steps=fakes.steps())
    assert outputs(there) == outputs(work) != before

    fakes.write_file(letters / "quý 1" / "b.pdf", "khác hẳn")
    go(url_of(letters), url_of(there), work)
    assert outputs(there) == outputs(work)
    assert set(outputs(there)) != set(before)


def test_originals_behind_a_url_are_compared(letters, tmp_path):
    out = tmp_path / "out"
    go(url_of(letters), out)
    assert fixity.verify(out).is_clean
    fakes.write_file(letters / "a.pdf", "đổi")
    (letters / "quý 1" / "b.pdf").unlink()
    found = {(one.path, one.state) for one in fixity.verify(out).deviations}
    assert {("a.pdf", "changed"), ("quý 1/b.pdf", "missing")} == found


def test_another_storage_with_other_marks(letters, expected, tmp_path):
    memory = fsspec.filesystem("memory")
    memory.put(str(letters), "/bucket/in", recursive=True)
    try:
        summary, _ = go("memory://bucket/in/", "memory://bucket/out", tmp_path / "work")
        assert 4 == summary.letters
        for name, content in expected.items():
            assert memory.cat_file(f"/bucket/out/{name}") == content
        again, _ = go("memory://bucket/in/", "memory://bucket/out", tmp_path / "work")
        assert 0 == again.pages
        # The output lies within the input: it is not read.
        summary, _ = go("memory://bucket", "memory://bucket/out", tmp_path / "work")
        assert 5 == summary.files
    finally:
        memory.rm("/bucket", recursive=True)


def test_a_missing_driver_is_named_before_anything_is_begun(letters, tmp_path, monkeypatch):
    out = tmp_path / "out"
    name = "nosuchdriver.files.Files"
    fsspec.register_implementation("nowhere", name, clobber=True, errtxt="not installed")
    for inputs, output in (("nowhere://b/in", out), (letters, "nowhere://b/out")):
        with pytest.raises(MissingToolError, match="pip install nosuchdriver"):
            go(inputs, output, None if output == out else tmp_path / "work")
    with pytest.raises(MissingToolError, match="no driver of fsspec"):
        go("strange://b/in", out)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingToolError, match=r"pip install 'sohoa\[cluster\]'"):
        go("other://b/in", out)
    assert not out.exists()


def test_a_storage_that_tells_nothing_of_content_is_read_anew_in_each_run(
    letters, tmp_path, transfers, monkeypatch
):
    out = tmp_path / "out"
    monkeypatch.setenv("SILENT", "1")
    go(url_of(letters), out)
    transfers()
    # The time and size are as before, and nothing else tells that the bytes are others.
    path = letters / "quý 1" / "b.pdf"
    path.write_text(path.read_text(encoding="utf-8").replace("năm", "tám"), encoding="utf-8")
    _, events = go(url_of(letters), out)
    assert ["quý 1/b.pdf"] == [one.source for one in of(FileDone, events)]
    assert "get b.pdf" in transfers()


def test_names_of_urls():
    assert storage.is_url("s3://bucket/a") and storage.is_url("zip://*::s3://b")
    assert (
        not storage.is_url("C:\\scans") and not storage.is_url("/a/b") and not storage.is_url("a:b")
    )
    assert "ftp://host/a" == storage.shown_url("ftp://me:secret@host/a?signature=x")
    first = publish.work_folder("s3://bucket/out/")
    assert first == publish.work_folder("s3://bucket/out") != publish.work_folder("s3://other/out")
    assert not fetched.is_fetched(Path("/a/.sohoa/pages.sqlite"))
