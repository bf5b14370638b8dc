"""Measure what a run costs beside the reading: two workers against one, and one small file.

    python tests/bench/batch_report.py REAL_DATA    # adds a section to docs/benchmarks.md

Runs `sohoa extract` as a user does, on a machine that should do nothing else meanwhile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.executors import Task  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.workers import LocalWorkers  # noqa: E402
from tests.bench.benchmark_page import machine, put_section, table  # noqa: E402

#: Runs that are compared with a reading each: one alone may be seconds off on a shared machine.
_PAIRS = 11

SOHOA = Path(sys.executable).with_name("sohoa")


def extract_seconds(inputs: Path, out: Path, workers: int) -> float:
    """Wall seconds of one whole run into a fresh folder."""
    shutil.rmtree(out, ignore_errors=True)
    command = [SOHOA, "extract", inputs, "--output", out, "--workers", str(workers)]
    # As installed: pip compiles modules, and a run that may not keep them compiles each anew.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=environment)
    return time.monotonic() - began


def archive(real: Path, wanted: int, folder: Path) -> int:
    """Copy letters of at least `wanted` pages into `folder`; says how many pages."""
    import pikepdf

    pages = 0
    for path in sorted((real / "letters").glob("*.pdf")):
        if pages < wanted:
            shutil.copy(path, folder)
            with pikepdf.open(path) as pdf:
                pages += len(pdf.pages)
    return pages


def one_page(folder: Path) -> Path:
    """The first page of the first sample letter as a file of its own."""
    import pikepdf

    source = sorted((ROOT / "samples").glob("*.pdf"))[0]
    path = folder / "one.pdf"
    with pikepdf.open(source) as pdf, pikepdf.new() as one:
        one.pages.append(pdf.pages[0])
        one.save(path)
    return path


def reading_seconds(worker: LocalWorkers, path: Path) -> float:
    """Wall seconds of reading the page in a worker of a run, which keeps what it has loaded."""
    arguments = (path, path.name, (1,), Settings())
    began = time.monotonic()
    worker.submit(Task(1, "pipeline.page_reader:read_pages", arguments, 600.0))
    while worker.running:
        worker.outcomes(600.0)
    return time.monotonic() - began


def tesseract_gain(page: Path, folder: Path) -> float:
    """How many times as fast two Tesseracts read one page each as one after the other would.

    Nothing is shared between them but the machine: no program over them can gain more.
    """
    subprocess.run(
        ["pdftoppm", "-r", "300", "-gray", "-singlefile", page, folder / "page"], check=True
    )
    command = ["tesseract", folder / "page.pgm", "-", "-l", "vie", "--psm", "6"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def seconds(count: int) -> float:
        began = time.monotonic()
        running = [
            subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
            )
            for _ in range(count)
        ]
        for one in running:
            one.wait()
        return time.monotonic() - began

    pairs = [(seconds(1), seconds(2)) for _ in range(5)]
    return statistics.median(2 * alone / beside for alone, beside in pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the section and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("real", type=Path)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        inputs = work / "in"
        inputs.mkdir()
        pages = archive(options.real, options.pages, inputs)
        runs: dict[int, list[float]] = {1: [], 2: []}
        for workers in (2, 1, 2):
            runs[workers].append(extract_seconds(inputs, work / "out", workers))
        alone = one_page(work)
        with LocalWorkers(1) as worker:
            # Modules compiled, files in the cache, models loaded.
            extract_seconds(alone, work / "out", 1)
            reading_seconds(worker, alone)
            # By turns: a machine is not equally fast all the time.
            pairs = [
                (extract_seconds(alone, work / "out", 1), reading_seconds(worker, alone))
                for _ in range(_PAIRS)
            ]
        bare = tesseract_gain(alone, work)
    whole, reading = (statistics.median(each) for each in zip(*pairs, strict=True))
    fixed = statistics.median(run - page for run, page in pairs)
    two, one = statistics.mean(runs[2]), runs[1][0]
    rows = [
        ("1 worker", f"{one:.0f} s", f"{pages / one:.2f} pages/s"),
        ("2 workers (mean of 2 runs)", f"{two:.0f} s", f"{pages / two:.2f} pages/s"),
        ("gain", "", f"{one / two:.2f} times"),
        ("gain of two bare Tesseracts, a page each (median of 5)", "", f"{bare:.2f} times"),
        (f"one page, whole command (median of {_PAIRS})", f"{whole:.2f} s", ""),
        (f"the same page, reading alone (median of {_PAIRS})", f"{reading:.2f} s", ""),
        (f"fixed cost (median of {_PAIRS} differences)", f"{fixed:.2f} s", ""),
    ]
    text = f"""## Two workers, and the fixed cost of a run

    python tests/bench/batch_report.py REAL_DATA --pages {options.pages}

{pages} pages of real letters; {machine()}.

{table(("what", "wall time", "speed"), rows)}

*Fixed cost*: `sohoa extract` of one sample page with one worker, less the time of reading that
page, right after it, in a worker with everything loaded."""
    put_section(options.out, "batch_report", text)
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
