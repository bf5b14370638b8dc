"""A Tesseract that hangs, crashes or eats memory over marked pages, and else is the real one.

Put first on PATH as `tesseract`; `FAULT` in the environment names the fault and
`FAULT_FLAG` a file: as long as it is not there, the fault happens. A page is marked by
the width of its image, `FAULT_WIDTH` pixels, so that other pages are read as they are;
`FAULT_LAYOUT`, a page segmentation mode, marks all that is read in that mode instead.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path


def width_of(path: Path) -> int:
    """Of a binary PGM."""
    with path.open("rb") as stream:
        head = stream.read(64).split()
    return int(head[1])


def is_marked(arguments: list[str]) -> bool:
    if layout := os.environ.get("FAULT_LAYOUT"):
        return any(pair == ("--psm", layout) for pair in itertools.pairwise(arguments))
    path = Path(arguments[0])
    if path.suffix != ".txt":
        return False
    pages = [Path(line) for line in path.read_text().splitlines()]
    return any(width_of(page) == int(os.environ["FAULT_WIDTH"]) for page in pages)


def main() -> None:
    real = os.environ["REAL_TESSERACT"]
    if len(sys.argv) > 1 and is_marked(sys.argv[1:]):
        fault = os.environ["FAULT"]
        if fault == "hang":
            subprocess.run(["sleep", "98765"], check=False)
        elif fault == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif fault == "eat":
            hoard = [bytearray(64 << 20) for _ in range(1000)]
            raise SystemExit(len(hoard))
        elif fault == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif fault == "junk":
            Path(sys.argv[2] + ".tsv").write_bytes(b"level\tjunk\n\xff\xfe\t\0\n" * 100)
            return
    os.execv(real, [real, *sys.argv[1:]])


if __name__ == "__main__":
    main()
