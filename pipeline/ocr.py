"""Cleaned pages to words with boxes: the only user of Tesseract.

Several pages go through one Tesseract process as a list of uncompressed images, which
costs a third less than one process a page. This module knows nothing of zones or
fields.

Why `vie` alone: with `Vietnamese` (script/Vietnamese) beside it the letters were no better once
the network (`printed`) had read them too, for twice the time. Why `--psm 6`: page segmentation 3 drops whole lines beside stamps and under
headers, 6 reads every row and leaves the columns to layout.
docs/benchmarks.md has the figures.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.engine import pytesseract
from pipeline.errors import MissingToolError, OcrError, OcrTimeoutError
from pipeline.page import Affine, BBox, Line, Mark, Overlay, Page, Word
from pipeline.settings import OcrSettings
from pipeline.vietnamese import nfc

#: Resolution that pages are read at: faint marks over letters are lost below it.
READING_DPI = 300.0
#: Seconds that the question which way up may take, and the least confidence that counts: of
#: 90 unclear turns of pages of real scans every answer from 2 on was right.
_ROTATION_SECONDS, _SURE_ROTATION = 30, 2.0

#: Share of the time allowed for a page that crops of it may take: a run of crops that hangs
#: must end before the page's own limit does, which would cost what was read already.
_CROPS_SHARE = 1 / 3


class ReadableImage(Protocol):
    """What reading needs of a cleaned page: see `clean.CleanImage`."""

    @property
    def number(self) -> int:
        """See `clean.CleanImage`."""

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """See `clean.CleanImage`."""

    @property
    def soft(self) -> npt.NDArray[np.uint8] | None:
        """See `clean.CleanImage`."""

    @property
    def dpi(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def width(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def height(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def viewer_width(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def viewer_height(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def rotation(self) -> int:
        """See `clean.CleanImage`."""

    @property
    def skew_degrees(self) -> float:
        """See `clean.CleanImage`."""

    @property
    def to_viewer(self) -> Affine:
        """See `clean.CleanImage`."""

    @property
    def marks(self) -> tuple[Mark, ...]:
        """See `clean.CleanImage`."""

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """See `clean.CleanImage`."""

    @property
    def blank(self) -> bool:
        """See `clean.CleanImage`."""

    @property
    def unreadable(self) -> bool:
        """See `clean.CleanImage`."""


def read(images: Sequence[ReadableImage], source: str, settings: OcrSettings) -> tuple[Page, ...]:
    """The pages with their words, in the order of `images`.

    Blank and unreadable pages come back without lines and without being asked.

    Raises:
        OcrError: Tesseract failed on a page; OcrTimeoutError when it took too long.
        MissingToolError: Tesseract or a language model is not installed.
    """
    asked = [image for image in images if not (image.blank or image.unreadable)]
    prints = [
        Crop(image.number, image.pixels if image.soft is None else image.soft, image.dpi)
        for image in asked
    ]
    tables = _run(prints, source, settings, "--psm 6") if prints else []
    lines_of = {
        id(image): _lines(rows, _reading_dpi(image.dpi))
        for image, rows in zip(asked, tables, strict=True)
    }
    return tuple(_page(image, lines_of.get(id(image), ())) for image in images)


@dataclasses.dataclass(frozen=True)
class Crop:
    """A piece cut from a page: the page's number, grey pixels, and their resolution."""

    number: int
    pixels: npt.NDArray[np.uint8]
    dpi: float


def read_crops(
    crops: Sequence[Crop], source: str, settings: OcrSettings, *, layout: str
) -> list[tuple[Line, ...]]:
    """The lines of each crop, boxes in points of the crop, all read by one process.

    `layout` is Tesseract's page segmentation mode: 6 one block, 11 words anywhere.

    Raises:
        OcrError: Tesseract failed on one of the crops, or all of them took too long.
    """
    if not crops:
        return []
    tables = _run(crops, source, settings, layout, crops=True)
    return [_lines(rows, _reading_dpi(crop.dpi)) for crop, rows in zip(crops, tables, strict=True)]


def find_rotation(pixels: npt.NDArray[np.uint8], dpi: float) -> int | None:
    """The quarter turn, degrees clockwise, that makes a grey page upright.

    `None` where Tesseract's model of orientation (osd) sees too few letters, is not sure,
    or is not installed.
    """
    try:
        told = pytesseract.image_to_osd(
            Image.fromarray(pixels),
            config=f"--dpi {round(dpi)} -c min_characters_to_try=20",
            output_type=pytesseract.Output.DICT,
            timeout=_ROTATION_SECONDS,
        )
    except (pytesseract.TesseractError, RuntimeError, UnicodeDecodeError, KeyError, ValueError):
        return None
    if float(told["orientation_conf"]) < _SURE_ROTATION:
        return None
    return int(told["rotate"]) % 360


class _Image(Protocol):
    @property
    def number(self) -> int:
        """See `clean.CleanImage`."""

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """See `clean.CleanImage`."""

    @property
    def dpi(self) -> float:
        """See `clean.CleanImage`."""


def _page(image: ReadableImage, lines: tuple[Line, ...]) -> Page:
    return Page(
        number=image.number,
        width=image.width,
        height=image.height,
        lines=lines,
        rotation=image.rotation,
        skew_degrees=image.skew_degrees,
        text_source="ocr",
        blank=image.blank,
        unreadable=image.unreadable,
        marks=image.marks,
        overlays=image.overlays,
        to_viewer=image.to_viewer,
        viewer_width=image.viewer_width,
        viewer_height=image.viewer_height,
    )


def _run(
    images: Sequence[_Image],
    source: str,
    settings: OcrSettings,
    config: str,
    *,
    crops: bool = False,
) -> list[list[dict[str, str]]]:
    """Tesseract's TSV rows, one list an image, of neighbours of one resolution together."""
    return [
        rows
        for dpi, alike in itertools.groupby(images, lambda image: round(_reading_dpi(image.dpi)))
        for rows in _run_alike(list(alike), dpi, source, settings, config, crops=crops)
    ]


def _run_alike(
    images: Sequence[_Image],
    dpi: int,
    source: str,
    settings: OcrSettings,
    config: str,
    *,
    crops: bool,
) -> list[list[dict[str, str]]]:
    """The rows of images of one resolution; a list of pages that fails is tried page by page."""
    seconds = float(settings.timeout_seconds * len({image.number for image in images}))
    if crops:
        seconds *= _CROPS_SHARE
    # One thread a process: Tesseract's own threads only fight each other (its issue 3109).
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
        paths = [_write_pgm(Path(folder), index, image) for index, image in enumerate(images)]
        try:
            return list(_ask(paths, dpi, seconds, settings.language, config))
        except (pytesseract.TesseractError, RuntimeError, UnicodeDecodeError) as error:
            if len(images) > 1 and not crops:
                return [
                    rows
                    for image in images
                    for rows in _run_alike([image], dpi, source, settings, config, crops=False)
                ]
            if isinstance(error, RuntimeError) and "timeout" in str(error):
                message = (
                    f"Tesseract took longer than {seconds:g} s; "
                    "raise ocr.timeout_seconds or look at the page"
                )
                raise OcrTimeoutError(source, images[0].number, message) from error
            message = f"Tesseract failed: {str(error).strip()[:200]}"
            raise OcrError(source, images[0].number, message) from error


def _ask(
    paths: Sequence[Path], dpi: int, seconds: float, language: str, config: str
) -> Iterator[list[dict[str, str]]]:
    listing = paths[0].with_name("pages.txt")
    listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    try:
        text = pytesseract.image_to_data(
            str(listing),
            lang=language,
            config=f"{config} --dpi {dpi}",
            timeout=seconds,
        )
    except pytesseract.TesseractNotFoundError as error:
        message = "tesseract is not installed; run: sudo apt-get install tesseract-ocr"
        raise MissingToolError(message) from error
    pages: list[list[dict[str, str]]] = [[] for _ in paths]
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in reader:
        pages[int(row["page_num"]) - 1].append(row)
    yield from pages


def _write_pgm(folder: Path, index: int, image: _Image) -> Path:
    path = folder / f"{index:06d}.pgm"
    picture = Image.fromarray(image.pixels)
    scale = _reading_dpi(image.dpi) / image.dpi
    if scale != 1.0:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    picture.save(path)
    return path


def _reading_dpi(dpi: float) -> float:
    """`READING_DPI` for pages scanned below 250 dpi, else the scan's own."""
    return READING_DPI if dpi < 250 else dpi


def _lines(rows: Sequence[dict[str, str]], dpi: float) -> tuple[Line, ...]:
    """Words grouped as Tesseract grouped them; boxes in points; no empty words."""
    points = 72.0 / dpi
    groups: dict[tuple[int, int, int], list[Word]] = {}
    for row in rows:
        # Its models know but one long dash, the other one: letters print `2024 – 2025`.
        text = nfc((row.get("text") or "").strip()).replace("—", "–")
        if row["level"] != "5" or not text:
            continue
        left, top, width, height = (
            int(row[key]) * points for key in ("left", "top", "width", "height")
        )
        bbox = BBox(left, top, left + width, top + height)
        confidence = min(max(float(row["conf"]) / 100.0, 0.0), 1.0)
        key = (int(row["block_num"]), int(row["par_num"]), int(row["line_num"]))
        groups.setdefault(key, []).append(Word(text, bbox, confidence))
    return tuple(
        Line(tuple(words), block=block, paragraph=paragraph)
        for (block, paragraph, _), words in groups.items()
    )
