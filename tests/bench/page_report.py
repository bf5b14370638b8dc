"""Measure straightening, quarter turns, text layers and cost on real pages.

    python tests/bench/page_report.py REAL_DATA [--part turning|cost]

Adds two sections to docs/benchmarks.md: how pages are turned, and what reading costs.

REAL_DATA holds `letters/`, `more/` and `text_layer/`. jdeskew and OCRmyPDF have columns where they are installed;
the pipeline needs neither. An angle is true where it is known: born-digital pages are
level, so turned by a known angle they lean by that. Of real scans, whose own skew nobody
knows, the change is asked for: the skew found after a known turn less that before it.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline import render  # noqa: E402
from pipeline.clean import find_upright, letter_mask, taken_out  # noqa: E402
from pipeline.colour import all_ink  # noqa: E402
from pipeline.errors import LetterError  # noqa: E402
from pipeline.ink import coarsened  # noqa: E402
from pipeline.rotation import decide  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.vietnamese import nfc  # noqa: E402
from tests.bench.benchmark_page import cpu_seconds, machine, put_section, table  # noqa: E402

Pixels = npt.NDArray[np.uint8]
SETTINGS = Settings()
LIMIT = SETTINGS.clean.max_skew_degrees
ASK = functools.partial(decide, settings=SETTINGS.ocr)


def pages_of(
    files: Sequence[Path], *, first_only: bool = False
) -> Iterator[tuple[str, Pixels, float]]:
    """Name, grey pixels at 150 dpi or less, and dpi of the pages that can be drawn."""
    for path in files:
        try:
            count = render.count_pages(path, path.name, SETTINGS.render)
        except LetterError:
            continue
        for number in range(1, 2 if first_only else count + 1):
            try:
                image = render.render_page(path, path.name, number, SETTINGS.render)
            except LetterError:
                continue
            small, dpi = coarsened(all_ink(image.pixels), image.dpi, 150)
            yield f"{path.stem} p{number}", small, dpi


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """The page leaning counter-clockwise by `degrees`, white around it."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(height * sin + width * cos) + 1, int(height * cos + width * sin) + 1)
    matrix[0, 2] += size[0] / 2 - width / 2
    matrix[1, 2] += size[1] / 2 - height / 2
    return np.asarray(
        cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255,)), np.uint8
    )


def own_angle(pixels: Pixels, dpi: float) -> float:
    """Skew that the pipeline would take out: 0 where it leaves the page alone."""
    return taken_out(find_upright(pixels, dpi, LIMIT).skew)


def skew_methods() -> dict[str, Callable[[Pixels, float], float]]:
    """The pipeline, and jdeskew where it is installed."""
    methods: dict[str, Callable[[Pixels, float], float]] = {"sohoa": own_angle}
    try:
        from jdeskew.estimator import get_angle  # type: ignore[import-not-found]
    except ImportError:
        return methods
    # It says by how much to turn back clockwise; its own default searches 45 degrees.
    methods["jdeskew"] = lambda pixels, _dpi: -float(get_angle(pixels, angle_max=LIMIT))
    return methods


def skew_section(
    level: Sequence[tuple[str, Pixels, float]], real: Sequence[tuple[str, Pixels, float]]
) -> str:
    """Tables of errors in degrees."""
    chance = random.Random(3)
    angles = [(page, chance.uniform(-15, 15)) for page in level for _ in range(3)]
    rows, harmed, shifts = [], [], []
    for name, method in skew_methods().items():
        errors = [
            abs(method(turned(pixels, angle), dpi) - angle) for (_, pixels, dpi), angle in angles
        ]
        rows.append((name, *_spread(errors)))
        straight = [abs(method(pixels, dpi)) for _, pixels, dpi in level]
        harmed.append(
            (
                name,
                str(len(straight)),
                str(sum(one >= 0.1 for one in straight)),
                f"{max(straight):.2f}",
            )
        )
        chance = random.Random(5)
        changes = []
        for _, pixels, dpi in real:
            angle = chance.uniform(-4, 4)
            changes.append(abs(method(turned(pixels, angle), dpi) - method(pixels, dpi) - angle))
        shifts.append((name, *_spread(changes)))
    header = ("method", "pages", "mean", "80 %", "within 0.1", "worst", "beyond 0.5")
    return "\n\n".join(
        [
            "Level pages turned by known angles in ±15 degrees; errors in degrees:",
            table(header, rows),
            "Level pages left as they are:",
            table(("method", "pages", "turned by 0.1 or more", "worst"), harmed),
            f"First pages of {len(real)} real scans turned by ±4 degrees more: error of the change:",
            table(header, shifts),
        ]
    )


def _spread(errors: Sequence[float]) -> tuple[str, ...]:
    values = np.asarray(errors)
    return (
        str(len(values)), f"{values.mean():.3f}", f"{np.quantile(values, 0.8):.3f}", f"{np.mean(values <= 0.1):.1%}",
        f"{values.max():.2f}", str(int(np.sum(values > 0.5))),
    )  # fmt: skip


def turns_section(pages: Iterator[tuple[str, Pixels, float]]) -> str:
    """Quarter turns of every page, and what became of it as it came."""
    right, asked, count, harmed, missed = 0, 0, 0, [], []
    for name, pixels, dpi in pages:
        ink = letter_mask(pixels, dpi)
        if np.count_nonzero(ink) < 500:
            continue  # a blank page has no side up
        count += 1
        upright = find_upright(pixels, dpi, LIMIT, ASK).rotation
        if upright:
            harmed.append(f"{name} by {upright}")
        for quarter in (1, 2, 3):
            asked += 1
            page = np.ascontiguousarray(np.rot90(pixels, quarter))
            found = find_upright(page, dpi, LIMIT, ASK).rotation
            if found == (upright + 90 * quarter) % 360:
                right += 1
            else:
                missed.append(f"{name} {90 * quarter}")
    rows = [
        ("pages with print", str(count)),
        ("quarter turns put right", f"{right} of {asked}, {right / max(asked, 1):.2%}"),
        ("pages turned as they came", str(len(harmed))),
    ]
    return "\n\n".join(
        [
            table(("quarter turns", "figure"), rows),
            f"Turned as they came (sideways tables among them): {'; '.join(harmed) or 'none'}.",
            f"Not put right: {'; '.join(missed[:60]) or 'none'}{' …' if len(missed) > 60 else ''}.",
        ]
    )


def layer_section(files: Sequence[Path]) -> str:
    """Pages a second from the text layer, and words that pdftotext has and we lack."""
    pages, taken, same, differ, seconds = 0, 0, 0, [], 0.0
    for path in files:
        for number in range(1, render.count_pages(path, path.name, SETTINGS.render) + 1):
            began = cpu_seconds()
            page = render.read_text_layer(path, path.name, number, SETTINGS.render)
            seconds += cpu_seconds() - began
            pages += 1
            if page is None:
                continue
            taken += 1
            command = [
                "pdftotext",
                "-f",
                str(number),
                "-l",
                str(number),
                "-enc",
                "UTF-8",
                str(path),
                "-",
            ]
            theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            ours = "".join(word.text for word in page.words)
            if sorted(_bare(ours)) == sorted(_bare(theirs)):
                same += 1
            else:
                differ.append(f"{path.stem} p{number}")
    rows = [
        ("pages", str(pages)),
        ("read from their layer", str(taken)),
        (
            "same letters as pdftotext (which drops hyphens at line ends, and keeps words that a program has covered)",
            f"{same} of {taken}",
        ),
        (
            "pages a second, Poppler's time included",
            f"{pages / max(seconds, 1e-9):.0f}",
        ),
    ]
    return (
        table(("text layers", "figure"), rows)
        + f"\n\nOther letters than pdftotext's: {', '.join(differ[:40]) or 'none'}."
    )


def _bare(text: str) -> str:
    return nfc("".join(text.split())).replace("-", "")


def cost_section(files: Sequence[Path], wanted: int) -> str:
    """CPU seconds a page and the largest process, one worker, beside OCRmyPDF."""
    chosen, pages = [], 0
    for path in files:
        if pages < wanted:
            chosen.append(path)
            pages += render.count_pages(path, path.name, SETTINGS.render)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder, "in")
        inputs.mkdir()
        for path in chosen:
            (inputs / path.name).symlink_to(path.resolve())
        own = [sys.executable, "-c", "from pipeline.cli import main; main()", "extract", str(inputs),
               "--output", f"{folder}/out", "--workers", "1"]  # fmt: skip
        rows.append(("sohoa", *_cost([own], pages)))
        theirs = [
            ["ocrmypdf", "-l", "vie", "--deskew", "--rotate-pages", "--force-ocr", "--jobs", "1", "-q",
             str(path), f"{folder}/{path.stem}.pdf"] for path in chosen
        ]  # fmt: skip
        if shutil.which("ocrmypdf"):
            rows.append(("OCRmyPDF", *_cost(theirs, pages)))
    return table(
        (f"{pages} real pages, {len(chosen)} files", "CPU s a page", "largest process, MB"), rows
    )


def _cost(commands: Sequence[Sequence[str]], pages: int) -> tuple[str, str]:
    """Measured by a child of its own, whose children alone are counted."""
    code = (
        "import json,resource,subprocess,sys\n"
        "for one in json.loads(sys.argv[1]): subprocess.run(one, capture_output=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(commands)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    cpu, largest = done.stdout.split()
    return f"{float(cpu) / pages:.2f}", f"{int(largest) / 1024:.0f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--cost-pages", type=int, default=30)
    parser.add_argument("--part", choices=["turning", "cost"], help="one section alone")
    asked = parser.parse_args(arguments)
    letters = sorted((asked.real / "letters").glob("*.pdf"))
    more = sorted((asked.real / "more").glob("*.pdf"))
    layers = sorted((asked.real / "text_layer").glob("*.pdf"))
    command = "Command: `python tests/bench/page_report.py REAL_DATA --part {}`. {}."
    if asked.part != "turning":
        parts = [
            "## Text layers and cost",
            command.format("cost", machine()),
            layer_section(layers),
            cost_section(letters, asked.cost_pages),
        ]
        put_section(asked.out, "cost_report", "\n\n".join(parts))
        print("\n\n".join(parts))
    if asked.part == "cost":
        return 0
    level = [
        page for page in pages_of(layers, first_only=True) if np.count_nonzero(page[1] < 128) > 500
    ]
    real = list(pages_of([*letters, *more][:100], first_only=True))
    parts = [
        "## Straightening and quarter turns",
        command.format("turning", machine()),
        skew_section(level, real),
        turns_section(pages_of([*letters, *more])),
    ]
    put_section(asked.out, "page_report", "\n\n".join(parts))
    print("\n\n".join(parts))
    return 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
