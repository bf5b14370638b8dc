"""What went wrong and what to do, in Vietnamese, by the problem's code."""

from __future__ import annotations

import csv
import functools
from importlib import resources


def explain(code: str) -> str | None:
    """The Vietnamese sentence for a code of `problems.csv`; `None` for an unknown one."""
    return _texts().get(code)


@functools.lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    with (resources.files("models") / "problems.tsv").open(encoding="utf-8") as stream:
        return {row["code"]: row["vi"] for row in csv.DictReader(stream, delimiter="\t")}
