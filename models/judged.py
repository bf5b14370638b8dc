"""Judged values, and counts of those of letters whose truth cannot be kept with the project.

`judged.tsv` says how many values of each office, field and kind of evidence were right, and no
word of them; an office is the digest of its name. `calibrate.py --keep` writes it and `--judged`
adds its counts to what is judged there. They are of the rules that read those letters then.
"""

from __future__ import annotations

import collections
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_COLUMNS = ("office", "field", "kind", "right", "count")


@dataclass(frozen=True)
class Judged:
    """One value: the digest of whose letter it stands in, its kind of evidence, whether it is right."""

    office: str
    field: str
    kind: str
    right: bool


def write(path: Path, values: Iterable[Judged]) -> None:
    """Writes the counts of `values`."""
    counts: collections.Counter[tuple[str, str, str]] = collections.Counter()
    right: collections.Counter[tuple[str, str, str]] = collections.Counter()
    for one in values:
        key = (one.office, one.field, one.kind)
        counts[key] += 1
        right[key] += one.right
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(_COLUMNS)
        table.writerows((*key, right[key], counts[key]) for key in sorted(counts))


def read(path: Path) -> Iterator[Judged]:
    """The values that a file of counts stands for.

    Raises:
        OSError: there is no such file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            right, count = int(row["right"]), int(row["count"])
            for at in range(count):
                yield Judged(row["office"], row["field"], row["kind"], at < right)
