"""Writes docs/reliability.md from what the long fault tests noted.

    make faults        # runs the tests, then this

Each test leaves a file of figures in SOHOA_FIGURES (default build/figures); a test that
did not run has no row here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = Path(os.environ.get("SOHOA_FIGURES", ROOT / "build" / "figures"))

_HEAD = """# Reliability

Real processes and real signals; `make faults` runs the tests and writes this page. The tables
of a run that was harmed must equal those of a run left alone, byte for byte.

## What is tested

| harm | what happens | test |
| --- | --- | --- |
| kill -9 of the whole group at random moments | the next run goes on; same tables; no page lost or twice; no orphan Tesseract | test_real_pages, test_processes |
| kill -9 inside a long file | finished pages are kept | test_processes |
| a worker killed | costs one attempt of its page; a page that kills two is put aside | test_processes |
| a worker stopped (SIGSTOP), a Tesseract that hangs, crashes, eats memory or writes junk | the page fails alone, with its problem | test_processes, test_tesseract |
| the disk is full, OUT is read-only or vanishes | the run stops with the cause; goes on when it is mended | test_processes |
| the clock is set back | nothing changes | test_processes |
| two runs on one OUT | the second is refused | test_batch, test_processes |
| the ledger is damaged, a record deleted | rebuilt from the records, or written again | test_batch |
| broken files (bytes flipped, cut, swapped, zeroed) | each has its row or its problem | test_real_pages |
| a Dask worker killed, frozen, or unlike the run's machine; the scheduler killed | same tables; the unlike one is refused | test_cluster |

Short forms of all but the long runs below are part of `make test`.

## Measured
"""


def section(figures: dict[str, Any]) -> str:
    """One test's figures as a Markdown table."""
    title = figures["test"].rpartition("::")[2].removeprefix("test_").replace("_", " ")
    rows = [f"### {title.capitalize()}", "", f"{figures['machine']}, {figures['on']}.", ""]
    rows += ["| figure | value |", "| --- | --- |"]
    for name, value in figures.items():
        if name not in ("test", "machine", "on"):
            shown = (
                "; ".join(f"{key} {count}" for key, count in value.items())
                if isinstance(value, dict)
                else value
            )
            rows.append(f"| {name.replace('_', ' ')} | {shown} |")
    return "\n".join(rows)


def main() -> None:
    """Write the page from all figures that are there."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(FIGURES.glob("*.json"))]
    if not found:
        raise SystemExit(f"{FIGURES}: no figures; run make faults")
    text = "\n".join([_HEAD, "\n\n".join(section(one) for one in found)]) + "\n"
    (ROOT / "docs" / "reliability.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
