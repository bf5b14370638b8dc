"""The long tests: real pages through Tesseract, killed again and again; broken files.

`make faults` runs them and writes what they measure into docs/reliability.md.
SOHOA_FAULT_PAGES, SOHOA_FAULT_KILLS and SOHOA_FAULT_FILES make them shorter.
"""

from __future__ import annotations

import collections
import csv
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import batch
from pipeline.settings import OcrSettings, RenderSettings, Settings
from pipeline.work import TABLES

REAL = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))
SAMPLES = Path(__file__).parents[2] / "samples"
SOHOA = Path(sys.executable).with_name("sohoa")


def outputs(out: Path) -> dict[str, bytes]:
    paths = [*(out / name for name in TABLES), *out.glob("records/*"), *out.glob("text/*")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def tesseracts(mark: str) -> list[int]:
    """Tesseract processes that work for the run whose inputs are marked with `mark`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = mark.encode() in (folder / "environ").read_bytes()
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue
        if mine and name == "tesseract":
            found.append(int(folder.name))
    return found


def extract(inputs: Path, out: Path, mark: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["nice", "-n", "10", str(SOHOA), "extract", str(inputs), "--output", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "SOHOA_TEST_MARK": mark},
    )


def pages_of(path: Path) -> int:
    import pikepdf

    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Real letters with at least SOHOA_FAULT_PAGES pages in all; samples where there are none."""
    wanted = int(os.environ.get("SOHOA_FAULT_PAGES", "60"))
    folder = tmp_path / "in"
    folder.mkdir()
    pages = 0
    real = [*sorted((REAL / "letters").glob("*.pdf")), *sorted((REAL / "more").glob("*.pdf"))]
    for path in real or sorted(SAMPLES.glob("*.pdf")):
        if pages < wanted:
            shutil.copy(path, folder)
            pages += pages_of(path)
    return folder


def page_counts(out: Path) -> dict[str, collections.Counter[int]]:
    """File -> how often each page of it belongs to a letter of the table."""
    found: dict[str, collections.Counter[int]] = collections.defaultdict(collections.Counter)
    with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            pages = range(int(row["first_page"]), int(row["last_page"]) + 1)
            found[row["source_path"]].update(pages)
    return found


def kill_and_resume(archive: Path, tmp_path: Path, kills: int, note) -> None:
    mark = str(tmp_path)
    began = time.monotonic()
    whole = extract(archive, tmp_path / "whole", mark)
    assert 0 == whole.wait()
    whole_seconds = time.monotonic() - began
    chance = random.Random(7)
    left = kills
    runs = in_work = 0
    while left:
        running = extract(archive, tmp_path / "killed", mark)
        runs += 1
        # A few die on their way up; most while pages are being read.
        wait = chance.choice([0.3, 3.0, 3.0, 3.0]) + chance.random() * 2.0 * whole_seconds / kills
        ended = time.monotonic() + wait
        while running.poll() is None and time.monotonic() < ended:
            time.sleep(0.01)
        if running.poll() is not None:
            # Done before its time: what is left is killed over a fresh folder.
            assert outputs(tmp_path / "killed") == outputs(tmp_path / "whole")
            shutil.rmtree(tmp_path / "killed")
            continue
        in_work += bool(tesseracts(mark))
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        left -= 1
        time.sleep(1.0)
        assert not tesseracts(mark)
    assert 0 == extract(archive, tmp_path / "killed", mark).wait()
    assert outputs(tmp_path / "killed") == outputs(tmp_path / "whole")
    counts = page_counts(tmp_path / "killed")
    pages = 0
    for path in archive.iterdir():
        expected = collections.Counter(range(1, pages_of(path) + 1))
        assert expected == counts[path.name]
        pages += len(expected)
    note(
        pages=pages,
        files=len(counts),
        kills=kills,
        kills_while_tesseract_ran=in_work,
        runs=runs,
        seconds_unbroken=round(whole_seconds),
        seconds_in_all=round(time.monotonic() - began),
    )


@pytest.mark.slow
def test_real_pages_killed_at_random_moments_come_out_the_same(archive, tmp_path, note):
    kill_and_resume(archive, tmp_path, int(os.environ.get("SOHOA_FAULT_KILLS", "30")), note)


def broken(path: Path, chance: random.Random) -> bytes:
    """The file with flipped bytes, cut short, or with two pieces changed about."""
    body = bytearray(path.read_bytes())
    kind = chance.choice(["flip", "flip", "cut", "swap", "zero"])
    if kind == "flip":
        for _ in range(chance.choice([1, 10, 100, 1000])):
            body[chance.randrange(len(body))] = chance.randrange(256)
    elif kind == "cut":
        del body[chance.randrange(len(body)) :]
    elif kind == "swap":
        first, second = sorted(chance.sample(range(len(body)), 2))
        body = body[second:] + body[first:second] + body[:first]
    else:
        start = chance.randrange(len(body))
        length = min(chance.choice([16, 4096, 100_000]), len(body) - start)
        body[start : start + length] = bytes(length)
    return bytes(body)


def page_images(folder: Path, sources: list[Path]) -> list[Path]:
    """First pages as PNG, JPEG and TIFF, since archives keep those too."""
    from pdf2image import convert_from_path

    found = []
    for index, source in enumerate(sources[:3]):
        (image,) = convert_from_path(source, dpi=80, last_page=1)
        path = folder / f"image-{index}.{('png', 'jpg', 'tif')[index]}"
        image.save(path)
        found.append(path)
    return found


@pytest.mark.slow
def test_every_broken_file_has_its_row_or_its_problem(tmp_path, note):
    wanted = int(os.environ.get("SOHOA_FAULT_FILES", "500"))
    sources = sorted(
        ((REAL / "letters") if REAL.is_dir() else SAMPLES).glob("*.pdf"),
        key=lambda one: (pages_of(one), one.stat().st_size),
    )[:12]
    sources += page_images(tmp_path, sources)
    chance = random.Random(11)
    for number in range(wanted):
        source = chance.choice(sources)
        path = tmp_path / "in" / f"{number:03}{source.suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(broken(source, chance))
    # One model and short limits: what is asked here is not how well they are read.
    settings = Settings(
        render=RenderSettings(dpi=80, timeout_seconds=20),
        ocr=OcrSettings(language="vie", timeout_seconds=60),
    )
    began = time.monotonic()
    summary = batch.run([tmp_path / "in"], tmp_path / "out", settings)
    seconds = time.monotonic() - began
    told = "".join(
        (tmp_path / "out" / name).read_text() for name in ("documents.csv", "problems.csv")
    )
    named = {path.name for path in (tmp_path / "in").iterdir() if path.name in told}
    assert wanted == len(named)
    with (tmp_path / "out" / "problems.csv").open(encoding="utf-8-sig", newline="") as stream:
        codes = collections.Counter(row["code"] for row in csv.DictReader(stream))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    note(
        files=wanted,
        pages=summary.pages,
        letters=summary.letters,
        failed=summary.failed,
        problems=dict(codes.most_common()),
        seconds=round(seconds),
        seconds_a_file=round(seconds / wanted, 2),
        largest_process_mb=round(peak / 1024),
    )
    assert "internal" not in codes
    assert "worker_killed" not in codes
    assert peak < 3 << 20
