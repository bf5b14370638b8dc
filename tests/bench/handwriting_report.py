"""Prints how well handwritten numbers, days and months are read.

    python tests/bench/handwriting_report.py [--threshold 0.9] [--plot docs/reliability.svg]

Counts the readings that training left in models/handwriting/out_of_fold.tsv: each slot
of a real letter, read by a network that saw no letter of the same agency. To make them
anew: models/handwriting/cut_real.py, then train.py (see the README there).
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Edges of the bands of confidence in the reliability plot.
BANDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)

FOLDER = Path(__file__).parents[2] / "models" / "handwriting"


@dataclass(frozen=True)
class Reading:
    """One slot: what stands there, what was read, and how sure."""

    file: str
    kind: str
    style: str
    truth: str
    read: str
    confidence: float

    @property
    def right(self) -> bool:
        """Exact; a day or month may have its leading zero or not."""
        return self.truth == (self.read if self.kind == "number" else self.read.lstrip("0"))


def wilson(right: int, total: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def read_table() -> list[Reading]:
    """All out-of-fold readings, with calibrated confidence."""
    calibration = tomllib.loads((FOLDER / "calibration.toml").read_text(encoding="utf-8"))
    with (FOLDER / "out_of_fold.tsv").open(encoding="utf-8") as stream:
        return [
            Reading(
                row["file"],
                row["kind"],
                row["style"],
                row["truth"],
                row["read"],
                calibration["ceiling"] * float(row["probability"]) ** calibration["power"],
            )
            for row in csv.DictReader(stream, delimiter="\t")
        ]


def share(readings: Sequence[Reading]) -> str:
    """`right/total` with its interval."""
    right = sum(reading.right for reading in readings)
    low, high = wilson(right, len(readings))
    return f"{right}/{len(readings)}, {right / len(readings):.1%} [{low:.1%}, {high:.1%}]"


def section(plot: Path, threshold: float = 0.9) -> str:
    """The Markdown section of docs/accuracy.md; writes the reliability plot to `plot`.

    Args:
        plot: an SVG file beside the report.
        threshold: confidence from which a reading counts as sure in the table.
    """
    readings = read_table()
    plot.write_text(reliability_plot(readings), encoding="utf-8")
    misses = ", ".join(
        f"{r.file} {r.kind} {r.truth}>{r.read or '-'} ({r.confidence:.2f})"
        for r in readings
        if not r.right
    )
    return f"""## Handwritten numbers, days and months on agencies left out

Command: `python tests/bench/handwriting_report.py`

Every slot of the 28 letters and of 92 more headers whose ink was cut out, read by a network that
saw no letter of the same agency. *Sure* here is a confidence of {threshold} or more of the reader
alone; a table's `sure` asks for more evidence. Intervals are Wilson's, 95 %.

{exactness(readings, threshold)}

![Confidence against the share that is right]({plot.name})

Each point is a band of confidence, with its 95 % interval; a calibrated reader's points lie on
the line.

Every miss (truth>read, confidence): {misses}."""


def exactness(readings: Sequence[Reading], threshold: float) -> str:
    """A Markdown table: kind and style of slot, share exact, share sure, wrong when sure."""
    rows = [
        "| slot | style | exact | sure | wrong when sure |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in ("number", "day", "month"):
        for style in ("handwritten", "stamped", "printed"):
            some = [r for r in readings if r.kind == kind and r.style == style]
            if not some:
                continue
            sure = [r for r in some if r.confidence >= threshold]
            wrong = sum(not r.right for r in sure)
            low, high = wilson(wrong, len(sure))
            rows.append(
                f"| {kind} | {style} | {share(some)} | {len(sure) / len(some):.0%} | "
                f"{wrong}/{len(sure)} [{low:.1%}, {high:.1%}] |"
            )
    return "\n".join(rows)


def bands(readings: Sequence[Reading]) -> list[list[Reading]]:
    """The readings by confidence, empty bands left out."""
    edges = itertools.pairwise(BANDS)
    split = [[r for r in readings if low <= r.confidence < high] for low, high in edges]
    return [some for some in split if some]


def reliability_plot(readings: Sequence[Reading], size: int = 420) -> str:
    """An SVG picture: mean confidence of each band (x) against its share right (y)."""
    margin, side = 50, size - 70

    def place(x: float, y: float) -> tuple[float, float]:
        return margin + x * side, 20 + (1 - y) * side

    marks = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        (x, bottom), (left, y) = place(tick, 0), place(0, tick)
        marks.append(
            f'<text x="{x:.0f}" y="{bottom + 16:.0f}" text-anchor="middle">{tick:g}</text>'
            f'<text x="{left - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{tick:g}</text>'
            f'<path d="M{left:.0f} {y:.1f}H{left + side:.0f}" stroke="#ddd"/>'
        )
    for some in bands(readings):
        right = sum(r.right for r in some)
        x, y = place(sum(r.confidence for r in some) / len(some), right / len(some))
        low, high = (place(0, bound)[1] for bound in wilson(right, len(some)))
        marks.append(
            f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="#1f5fa8" stroke-width="1.5"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f5fa8"/>'
            f'<text x="{x - 8:.1f}" y="{y - 7:.1f}" text-anchor="end">{right}/{len(some)}</text>'
        )
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">\n'
        f'<rect width="{size}" height="{size}" fill="white"/>\n'
        f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#999" stroke-dasharray="4 3"/>\n'
        + "\n".join(marks)
        + f'\n<text x="{margin + side / 2:.0f}" y="{size - 12}" text-anchor="middle">'
        f"confidence of the reader</text>\n"
        f'<text transform="translate(14 {20 + side / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"share read exactly</text>\n</svg>\n"
    )


def main() -> None:
    """Prints exactness, coverage and wrong-when-sure, reliability and the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threshold", type=float, default=0.9)
    parser.add_argument("--plot", type=Path, help="write the reliability plot (SVG) here")
    asked = parser.parse_args()
    readings = read_table()
    print(exactness(readings, asked.threshold))
    print("\nconfidence: right of all")
    for some in bands(readings):
        print(f"  mean {sum(r.confidence for r in some) / len(some):.2f}: {share(some)}")
    for r in readings:
        if not r.right:
            print(f"  {r.file} {r.kind} {r.truth} > {r.read or '-'} ({r.confidence:.2f})")
    if asked.plot is not None:
        asked.plot.write_text(reliability_plot(readings), encoding="utf-8")


if __name__ == "__main__":
    main()
