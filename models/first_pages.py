"""Copies files with their first page alone, for a measure that asks no more.

Usage: python -m models.first_pages FOLDER OUT

`headers.tsv` knows number and date of a letter, which stand on its first page: reading the
other four fifths of these files for them would take most of the time of `make calibrate`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pikepdf


def main(folder: Path, out: Path) -> None:
    """Writes each PDF of `folder` cut to its first page into `out`, and images as they are."""
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".pdf":
            with pikepdf.open(path) as whole:
                del whole.pages[1:]
                whole.save(out / path.name, deterministic_id=True)
        elif path.suffix.lower() in {".jpg", ".png", ".tif", ".tiff"}:
            shutil.copy(path, out / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
