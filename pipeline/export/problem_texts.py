"""What went wrong and what to do, in Vietnamese, by the problem's code."""

from __future__ import annotations

import functools
from importlib import resources

from pipeline.lexicon import read_table


def explain(code: str) -> str | None:
    """The Vietnamese sentence for a code of `problems.csv`; `None` for an unknown one."""
    return _texts().get(code)


@functools.lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    rows = read_table(resources.files("models") / "problems.tsv", ("code", "vi", "source"))
    return {row["code"]: row["vi"] for row in rows}
