"""Measures the reader on real stamps, none of which it was trained on.

    SOHOA_REAL_DATA=DIR python models/stamped/measure_real.py [--lines]

Each row of `stamped_names.tsv` there is a page: `file`, `page`, `hand` (`running`, `upright`
or `none`) and `name`, read by eye. The page is cleaned, what stands below the middle of its
seal is cut out, and the package's own `read_name` says what it says. No page's office is
sought, so that pages without a name are asked as well, which the package would not do.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import clean, render, stamped
from pipeline.ink import Pixels
from pipeline.settings import Settings
from pipeline.stamp_lines import find_lines
from pipeline.vietnamese import fold_tone_placement

#: Points around the middle of the seal: left of it, right of it, above and below.
_LEFT, _RIGHT, _ABOVE, _BELOW = 90, 240, 10, 170
#: Redder than this a pixel is of a seal.
_RED = 40


@dataclass(frozen=True)
class RealName:
    """A page and what is stamped there below the seal; an empty name where none is."""

    stem: str
    page: int
    hand: str
    name: str


def load_names(folder: Path) -> list[RealName]:
    """The rows of `stamped_names.tsv`.

    Raises:
        OSError: the file is not there.
    """
    with (folder / "stamped_names.tsv").open(encoding="utf-8") as file:
        return [
            RealName(row["file"], int(row["page"]), row["hand"], row["name"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def below_seal(folder: Path, real: RealName) -> tuple[Pixels, float]:
    """The crop of a page that the reader is given, and its dpi."""
    path = next(folder.glob(f"*/{real.stem}.pdf"))
    settings = Settings()
    drawn = render.render_page(path, real.stem, real.page, settings.render)
    image = clean.clean(drawn, settings.clean)
    point, (x, y) = image.dpi / 72, _middle_of_seal(image.colour)
    rows = slice(max(0, round(y - _ABOVE * point)), round(y + _BELOW * point))
    columns = slice(max(0, round(x - _LEFT * point)), round(x + _RIGHT * point))
    return image.colour[rows, columns], image.dpi


def _middle_of_seal(pixels: Pixels) -> tuple[float, float]:
    """The middle of the largest red patch; where signatures stand if nothing is red."""
    height, width = pixels.shape[:2]
    if pixels.ndim == 3:
        small = cv2.resize(pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(int)
        red = small[..., 0] - np.maximum(small[..., 1], small[..., 2]) > _RED
        solid = cv2.morphologyEx(red.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        count, _, stats, middles = cv2.connectedComponentsWithStats(solid)
        if count > 1:
            areas = stats[1:, cv2.CC_STAT_WIDTH] * stats[1:, cv2.CC_STAT_HEIGHT]
            x, y = 4 * middles[1 + int(np.argmax(areas))]
            return float(x), float(y)
    return 0.65 * width, 0.5 * height


def outcome(real: RealName, crop: Pixels, dpi: float, reader: stamped.Reader) -> str:
    """What the package says of a crop: `said` or `doubt`, right or wrong, or `nothing`."""
    read = stamped.read_name(crop, dpi, reader)
    if read is None:
        return "nothing"
    right = fold_tone_placement(read.text) == fold_tone_placement(real.name)
    sure = read.words[0].confidence == stamped.CONFIDENCE
    return f"{'said' if sure else 'doubt'} {'right' if right else 'wrong'}"


def lines_of(crop: Pixels, dpi: float, reader: stamped.Reader) -> Iterator[str]:
    """Each line of a crop as it was read, for a look at what is missed."""
    for line in find_lines(crop, dpi):
        named = stamped.name_of(line, reader)
        said = f"{named.text} {named.probability:.3f}" if named else "-"
        yield f"    {'' if line.whole else 'cut '}{said}"


def main() -> None:
    """Reads all and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", action="store_true", help="show each line of each page")
    asked = parser.parse_args()
    folder = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))
    if not (folder / "stamped_names.tsv").exists():
        sys.exit(f"skipped: no stamped_names.tsv in {folder} (SOHOA_REAL_DATA)")
    cv2.setNumThreads(1)
    reader, counts = stamped.load_reader(), Counter[tuple[str, str]]()
    for real in load_names(folder):
        crop, dpi = below_seal(folder, real)
        result = outcome(real, crop, dpi, reader)
        counts[real.hand, result] += 1
        print(real.stem, real.page, real.hand, result, flush=True)
        if asked.lines:
            print(*lines_of(crop, dpi, reader), sep="\n", flush=True)
    for (hand, result), count in sorted(counts.items()):
        print(f"{hand}: {result} {count}")


if __name__ == "__main__":
    main()
