"""A run in a process of its own: run_fake.py IN OUT WORKERS [PAGE_SECONDS]."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fakes

from pipeline import batch
from pipeline.errors import DigitizeError
from pipeline.progress import PageDone
from pipeline.settings import Settings


def tell(event):
    if isinstance(event, PageDone):
        print(f"page {event.source} {event.page}", flush=True)


def main() -> int:
    """0 done, 130 interrupted, an error's exit code where there is one."""
    inputs, out, workers, *seconds = sys.argv[1:]
    limits = batch.Limits(page_seconds=float(seconds[0]) if seconds else None)
    try:
        summary = batch.run(
            [Path(inputs)],
            Path(out),
            Settings(),
            workers=int(workers),
            steps=fakes.steps(),
            limits=limits,
            on_event=tell,
        )
    except DigitizeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 130 if summary.interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
