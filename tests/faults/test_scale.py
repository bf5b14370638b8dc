"""5,000 pages with words in the place of OCR: memory stays flat, bookkeeping is cheap."""

from __future__ import annotations

import os
import time
from pathlib import Path

import fakes
import pytest

from pipeline import batch
from pipeline.progress import Notice, PageDone
from pipeline.settings import Settings

#: Seconds that real OCR takes for a page on one core, at best.
OCR_SECONDS = 1.65


def memory_kb() -> int:
    """Resident memory of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


@pytest.mark.slow
def test_five_thousand_pages(tmp_path, note):
    wanted = int(os.environ.get("SOHOA_FAULT_SCALE", "5000"))
    words = " ".join(f"từ{number}" for number in range(350))
    for number in range(wanted):
        fakes.write_file(tmp_path / "in" / f"{number % 50}" / f"{number}.pdf", f"{number} {words}")
    seen: list[int] = []
    tables_began = 0.0

    def on_event(event):
        nonlocal tables_began
        if isinstance(event, PageDone):
            seen.append(memory_kb())
        elif isinstance(event, Notice) and event.code == "writing_tables":
            tables_began = time.monotonic()

    summary = batch.run(
        [tmp_path / "in"],
        tmp_path / "out",
        Settings(),
        workers=1,
        steps=fakes.steps(),
        on_event=on_event,
    )
    tables = time.monotonic() - tables_began
    fifth = wanted // 5
    first, last = max(seen[:fifth]), max(seen[-fifth:])
    kept = sum(path.stat().st_size for path in (tmp_path / "out" / ".sohoa").iterdir())
    note(
        pages=summary.pages,
        seconds=round(summary.seconds, 1),
        seconds_for_tables=round(tables, 1),
        memory_mb_first_fifth=round(first / 1024),
        memory_mb_last_fifth=round(last / 1024),
        kept_kb_a_page=round(kept / wanted / 1024, 1),
        share_of_real_reading=round(summary.seconds / (OCR_SECONDS * wanted), 4),
    )
    assert wanted == summary.pages == len(seen)
    assert last <= 1.1 * first
    assert summary.seconds <= 0.05 * OCR_SECONDS * wanted
