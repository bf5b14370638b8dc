"""Prints how well handwritten numbers, days and months are read.

    python tests/bench/handwriting_report.py [--threshold 0.9]

Counts the readings that training left in models/handwriting/out_of_fold.tsv: each slot
of a real letter, read by a network that saw no letter of the same agency. To make them
anew: models/handwriting/cut_real.py, then train.py (see the README there).
"""

from __future__ import annotations

import argparse
import csv
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    return f"{right:3d}/{len(readings):3d} {right / len(readings):6.1%} [{low:.1%}, {high:.1%}]"


def main() -> None:
    """Prints exactness, coverage and wrong-when-sure, reliability and the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threshold", type=float, default=0.9)
    asked = parser.parse_args()
    table = read_table()
    print("exact")
    for kind in ("number", "day", "month"):
        for style in ("handwritten", "stamped", "printed"):
            some = [r for r in table if r.kind == kind and r.style == style]
            if some:
                sure = [r for r in some if r.confidence >= asked.threshold]
                wrong = sum(not r.right for r in sure)
                low, high = wilson(wrong, len(sure))
                print(
                    f"  {kind:6} {style:11} {share(some)}; sure at {asked.threshold}: "
                    f"{len(sure) / len(some):.0%}, wrong {wrong}/{len(sure)} [{low:.1%}, {high:.1%}]"
                )
    print("reliability (confidence: right/all)")
    for low, high in (
        (0, 0.3),
        (0.3, 0.5),
        (0.5, 0.7),
        (0.7, 0.8),
        (0.8, 0.9),
        (0.9, 0.95),
        (0.95, 1.01),
    ):
        some = [r for r in table if low <= r.confidence < high]
        if some:
            mean = sum(r.confidence for r in some) / len(some)
            print(f"  {low:.2f}-{min(high, 1):.2f} mean {mean:.2f}: {share(some)}")
    print(
        "misses: "
        + ", ".join(
            f"{r.file} {r.kind} {r.truth}>{r.read or '-'} ({r.confidence:.2f})"
            for r in table
            if not r.right
        )
    )


if __name__ == "__main__":
    main()
