"""Cuts printed lines of real pages into strips: to train on, and, transcribed ones, to measure.

    python -m models.printed.cut_real --real ../shared/real --out DIR

Leaves `real_train.npz` (lines of `more/` that two readings agree on) and `real_test.npz` (lines of
the pages of `letters/` that `page_text/` transcribes); `samples.load_lines` reads them. Pages with
their readings are kept in DIR, so that it may be stopped and run again. Runs in the package's own
environment.
"""

from __future__ import annotations

import argparse
import functools
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.printed import labels, real_cuts, true_lines
from models.printed.samples import RealLine, save_lines
from pipeline import clean, ocr, page_reader, render, rotation
from pipeline.line_strips import PageInk, Rows, cut_line, page_ink, rows_of
from pipeline.page import BBox, Line
from pipeline.printed import pieces_of
from pipeline.settings import OcrSettings, Settings
from pipeline.text_scores import read_page_truth

#: The first reading, the second by a model trained apart, and both as one, for measuring.
FIRST = Settings(ocr=OcrSettings(network=False))
SECOND = OcrSettings(language="Vietnamese", network=False, timeout_seconds=600)
BOTH = Settings(ocr=OcrSettings(language="vie+Vietnamese", network=False))
#: Pages of a file that are trained on: more of one hand and machine teach little.
PAGES = 4
#: How much larger lines are read again, and their white margin in pixels: another grid of pixels
#: makes other slips, so that what both read is no accident.
_LARGER, _MARGIN = 1.25, 8


@dataclass(frozen=True)
class ReadPage:
    """A page read twice.

    Attributes:
        pixels: (height, width) grey.
        lines: all lines of the page; boxes in points.
        agreed: lines, or pieces of them, and the text that both readings agree on.
    """

    pixels: np.ndarray
    dpi: float
    lines: tuple[Line, ...]
    agreed: tuple[tuple[Line, str], ...]


def cleaned(path: Path, number: int) -> clean.CleanImage:
    """A page of a file, drawn and cleaned as the reader does."""
    return clean.clean(
        render.render_page(path, path.name, number, FIRST.render),
        FIRST.clean,
        ask_rotation=functools.partial(rotation.decide, settings=FIRST.ocr),
    )


def read_twice(path: Path, number: int) -> ReadPage:
    """A page of a file with what `FIRST` and `SECOND` agree on."""
    image = cleaned(path, number)
    (page,) = ocr.read([image], path.name, FIRST.ocr)
    parts = [part for line in page.lines for part in pieces_of(line) if labels.may_be_right(part)]
    crops = [_crop(image, part.bbox) for part in parts]
    again = ocr.read_crops(crops, path.name, SECOND, layout="--psm 7")
    texts = [
        labels.agreed(part, " ".join(line.text for line in heard))
        for part, heard in zip(parts, again, strict=True)
    ]
    agreed = tuple((part, text) for part, text in zip(parts, texts, strict=True) if text)
    return ReadPage(_grey(image), image.dpi, page.lines, agreed)


def _grey(image: clean.CleanImage) -> np.ndarray:
    return image.pixels if image.soft is None else image.soft


def _crop(image: clean.CleanImage, box: BBox) -> ocr.Crop:
    """A line cut out of a page, larger, on a white margin: Tesseract misses ink at the edge."""
    points = image.dpi / 72
    rows = slice(max(0, int((box.top - 3) * points)), int((box.bottom + 3) * points))
    columns = slice(max(0, int((box.left - 6) * points)), int((box.right + 6) * points))
    padded = np.pad(image.pixels[rows, columns], _MARGIN, constant_values=255)
    larger = cv2.resize(padded, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC)
    return ocr.Crop(image.number, np.asarray(larger, np.uint8), image.dpi * _LARGER)


def lines_to_train(path: Path, number: int, cache: Path) -> Iterator[RealLine]:
    """The lines of a page whose text and ink are sure."""
    kept = cache / f"{path.stem}-{number}.pkl"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(read_twice(path, number)))
    page: ReadPage = pickle.loads(kept.read_bytes())  # noqa: S301 - written above
    if not page.agreed:
        return
    ink = page_ink(page.pixels, page.dpi)
    rows = _all_rows(ink, page.lines)
    for line, text in page.agreed:
        strip = real_cuts.cut_whole(ink, line, rows, text)
        if strip is not None:
            yield RealLine(strip.ink, text, strip.words, f"{path.name} {number}")


def lines_to_measure(path: Path, transcript: Path) -> Iterator[RealLine]:
    """The lines of a file's first page that were seen, with what is written there."""
    image = cleaned(path, 1)
    (page,) = page_reader.read_pages(path, path.name, [1], BOTH).pages
    truth = read_page_truth(transcript.read_text(encoding="utf-8"))
    ink = page_ink(_grey(image), image.dpi)
    rows = _all_rows(ink, page.lines)
    for found in true_lines.find(truth, page.lines):
        line = real_cuts.grown(ink, found.line, page.lines)
        cut = cut_line(ink, line, rows_of(ink, line), rows)
        if cut is not None:
            strip = real_cuts.strip_of(ink, line, cut)
            yield RealLine(strip.ink, found.text, strip.words, f"{path.name} 1", found.line.text)


def _all_rows(ink: PageInk, lines: Sequence[Line]) -> list[Rows]:
    return [rows_of(ink, part) for line in lines for part in pieces_of(line)]


def _files(folder: Path, only: Sequence[str]) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix != ".tsv" and (not only or path.stem in only)
    ]


def main() -> None:
    """Reads all pages and writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="names of files, without ending")
    asked = parser.parse_args()
    cache = asked.out / "pages"
    cache.mkdir(parents=True, exist_ok=True)
    train: list[RealLine] = []
    for path in _files(asked.real / "more", asked.only):
        count = page_reader.count_pages(path, path.name, FIRST)
        for number in range(1, min(count, PAGES) + 1):
            train.extend(lines_to_train(path, number, cache))
        print(path.name, len(train), "lines to train on", flush=True)
    test: list[RealLine] = []
    for path in _files(asked.real / "letters", asked.only):
        transcript = asked.real / "page_text" / f"{path.stem}p1.txt"
        if transcript.exists():
            test.extend(lines_to_measure(path, transcript))
            print(path.name, len(test), "lines to measure", flush=True)
    for name, lines in (("train", train), ("test", test)):
        if lines:
            save_lines(asked.out / f"real_{name}.npz", lines)


if __name__ == "__main__":
    main()
