"""A run in a process of its own: run_fake.py IN OUT WORKERS [PAGE_SECONDS].

Where OUT is a URL the run works in WORK_DIR of the environment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fakes

from pipeline import batch
from pipeline.errors import DigitizeError
from pipeline.progress import PageDone
from pipeline.settings import Settings
from pipeline.storage import is_url


def tell(event):
    if isinstance(event, PageDone):
        print(f"page {event.source} {event.page}", flush=True)


def main() -> int:
    """0 done, 130 interrupted, an error's exit code where there is one."""
    inputs, out, workers, *seconds = sys.argv[1:]
    limits = batch.Limits(page_seconds=float(seconds[0]) if seconds else None)
    try:
        summary = batch.run(
            [inputs],
            out,
            Settings(),
            work_dir=Path(os.environ["WORK_DIR"]) if is_url(out) else None,
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
