"""Measure reading on generated pages in six kinds of damage against other tools.

    python tests/bench/ocr_report.py            # 60 pages, writes docs/benchmarks.md

The pages come from `samples/make_samples.py --bench`; their exact text is known. Each
page is read by the pipeline, by plain Tesseract on what pdftoppm draws, and by OCRmyPDF
where that is installed. CPU time is user and system time of this process and of the
programs it starts, one thread each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.digitizer import read_pages  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.text_scores import DROPPED_BELOW, TextScore, score_page, total  # noqa: E402
from tests.bench.benchmark_page import cpu_seconds, machine, put_section, table  # noqa: E402

Reader = Callable[[Path, Path], list[str]]


@dataclass(frozen=True)
class Reading:
    """One page read by one engine; CPU time in seconds."""

    engine: str
    damage: str
    page: str
    score: TextScore
    cpu_seconds: float


def read_with_pipeline(pdf: Path, work: Path) -> list[str]:
    """The lines of the page in the order that the engine gave them."""
    batch = read_pages(pdf, pdf.name, [1], Settings())
    return [line.text for page in batch.pages for line in page.lines]


def read_with_tesseract(pdf: Path, work: Path) -> list[str]:
    """Plain Tesseract as most people run it: 300 dpi, vie, automatic layout (psm 3)."""
    image = work / "page"
    subprocess.run(["pdftoppm", "-r", "300", "-singlefile", pdf, image], check=True)
    command = ["tesseract", image.with_suffix(".ppm"), image, "-l", "vie", "--psm", "3"]
    subprocess.run(command, check=True, capture_output=True)
    return image.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def read_with_ocrmypdf(pdf: Path, work: Path) -> list[str]:
    """OCRmyPDF with its own deskewing and rotation; the text beside the PDF it writes."""
    sidecar = work / "sidecar.txt"
    command = ["ocrmypdf", "-l", "vie", "--deskew", "--rotate-pages", "--jobs", "1", "--quiet"]
    subprocess.run([*command, "--sidecar", sidecar, pdf, work / "out.pdf"], check=True)
    return sidecar.read_text(encoding="utf-8").splitlines()


def engines() -> dict[str, Reader]:
    """Readers by the name in the report; OCRmyPDF only where it is installed."""
    known: dict[str, Reader] = {"sohoa": read_with_pipeline, "Tesseract": read_with_tesseract}
    if shutil.which("ocrmypdf"):
        known["OCRmyPDF"] = read_with_ocrmypdf
    return known


def measure(folder: Path, work: Path, log: Path | None = None) -> list[Reading]:
    """Read every page of `folder` with every engine, one page after the other.

    Args:
        log: a file that gets one line of JSON for each reading as it is done.
    """
    pages = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    # Same text, other damage next: a run that is cut short still has every kind.
    pages.sort(key=lambda page: page["name"].rpartition("_")[2])
    readers = engines()
    first = folder / f"{pages[0]['name']}.pdf"
    for reader in readers.values():  # models are loaded once; that is no cost of a page
        reader(first, work)
    readings = []
    for number, page in enumerate(pages, 1):
        pdf = folder / f"{page['name']}.pdf"
        truth = [line for line in pdf.with_suffix(".txt").read_text("utf-8").splitlines() if line]
        for name, reader in readers.items():
            before = cpu_seconds()
            lines = reader(pdf, work)
            spent = cpu_seconds() - before
            score = score_page(truth, lines).score
            readings.append(Reading(name, page["kind"], page["name"], score, spent))
            if log is not None:
                with log.open("a", encoding="utf-8") as lines_out:
                    lines_out.write(json.dumps(asdict(readings[-1])) + "\n")
        print(f"{number}/{len(pages)} {page['name']}", file=sys.stderr)
    return readings


def report(readings: Sequence[Reading], command: str) -> str:
    """The section of `docs/benchmarks.md`."""
    names = list(dict.fromkeys(reading.engine for reading in readings))
    kinds = list(dict.fromkeys(reading.damage for reading in readings))
    pages = len({reading.page for reading in readings})
    rows = []
    for kind in [*kinds, "all"]:
        for name in names:
            chosen = [one for one in readings if one.engine == name and kind in (one.damage, "all")]
            rows.append((kind.replace("_", " "), name, *_figures(chosen)))
    header = (
        "damage", "engine", "CER [95 %]", "CER without tones", "WER", "tone marks wrong",
        "numbers exact", "lines dropped", "extra text", "CPU s/page",
    )  # fmt: skip
    absent = "" if "OCRmyPDF" in names else "\n\nOCRmyPDF was not installed for this run."
    return f"""## Reading generated pages in six kinds of damage

    {command}

{pages} pages, {pages // len(kinds)} of each damage, the same texts in each; {machine()}.

{table(header, rows)}{absent}

*sohoa* is `pipeline.digitizer.read_pages` with default settings, *Tesseract* is `pdftoppm -r 300`
and `tesseract -l vie --psm 3`, *OCRmyPDF* is `ocrmypdf -l vie --deskew --rotate-pages`, which also
writes a PDF/A. CER and WER are over the printed lines, graphemes in NFC, by best alignment with the
order of reading aside; the interval is a bootstrap over pages. *Tone marks wrong*: letters with
nothing but the tone mark wrong, per tone mark on the page. *Numbers exact*: words with a digit
(numbers, symbols, dates) read exactly. *Dropped*: less than {DROPPED_BELOW:.0%} of the line seen.
*Extra*: letters read that fit no line, per letter on the page; words in stamps are among them,
since the truth leaves stamps out."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pages, read them, write the section and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=10, help="pages of each kind of damage")
    parser.add_argument("--bench", type=Path, help="folder of pages that were made already")
    parser.add_argument("--log", type=Path, help="add the counts of each page here, JSON lines")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args(arguments)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = options.bench or work / "pages"
        if options.bench is None:
            maker = [sys.executable, ROOT / "samples" / "make_samples.py", "--bench", folder]
            subprocess.run([*maker, "--pages", str(options.pages)], check=True)
        readings = measure(folder, work, options.log)
    made = f"python samples/make_samples.py --bench {options.bench} && " if options.bench else ""
    how = f"--bench {options.bench}" if options.bench else f"--pages {options.pages}"
    text = report(readings, f"{made}python tests/bench/ocr_report.py {how}")
    put_section(options.out, "ocr_report", text)
    print(text)
    return 0


def _figures(readings: Sequence[Reading]) -> tuple[str, ...]:
    score = total(one.score for one in readings)
    low, high = _bootstrap([one.score for one in readings])
    seconds = sum(one.cpu_seconds for one in readings) / len(readings)
    return (
        f"{100 * score.cer:.2f} % [{100 * low:.2f}, {100 * high:.2f}]",
        f"{100 * score.cer_without_tones:.2f} %",
        f"{100 * score.wer:.2f} %",
        f"{100 * score.tone_error_rate:.2f} %",
        f"{100 * score.numbers_exact:.1f} %",
        f"{score.dropped} of {score.lines}",
        f"{100 * score.extra / score.graphemes:.2f} %",
        f"{seconds:.1f}",
    )


def _bootstrap(scores: Sequence[TextScore], rounds: int = 1000) -> tuple[float, float]:
    """2.5 and 97.5 percentiles of the CER over pages drawn with replacement."""
    draw = random.Random(0)
    rates = []
    for _ in range(rounds):
        drawn = draw.choices(scores, k=len(scores))
        rates.append(sum(one.edits for one in drawn) / sum(one.graphemes for one in drawn))
    rates.sort()
    return rates[rounds // 40], rates[-rounds // 40 - 1]


if __name__ == "__main__":
    raise SystemExit(main())
