"""Poppler's tools: words and pictures of a PDF page, and the page drawn."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pdf2image
import pdf2image.exceptions
import pikepdf
from PIL import Image

from pipeline.errors import MissingToolError, RenderError
from pipeline.settings import RenderSettings
from pipeline.textlayer import Flow, parse_flows


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on a PDF page: pixels, size on paper in inches, and colour."""

    width: int
    height: int
    inches: tuple[float, float]
    grey: bool

    @property
    def dpi(self) -> float:
        """Pixels an inch on paper."""
        return self.width / self.inches[0]

    @property
    def area(self) -> float:
        """Square inches on paper."""
        return self.inches[0] * self.inches[1]


def read_flows(path: Path, source: str, number: int, settings: RenderSettings) -> tuple[Flow, ...]:
    """The words of the page's text layer, as `pdftotext` groups them."""
    page = str(number)
    tsv = _run_poppler(
        source, number, settings,
        "pdftotext", "-tsv", "-cropbox", "-enc", "UTF-8", "-f", page, "-l", page, str(path), "-",
    )  # fmt: skip
    return parse_flows(tsv)


def pictures_on(
    path: Path, source: str, number: int, settings: RenderSettings
) -> tuple[Picture, ...]:
    """Images drawn on the page, as `pdfimages -list` tells; masks left out."""
    page = str(number)
    listing = _run_poppler(
        source,
        number,
        settings,
        "pdfimages",
        "-list",
        "-f",
        page,
        "-l",
        page,
        str(path),
    )
    pictures = []
    for row in (line.split() for line in listing.splitlines()[2:]):
        # page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
        if len(row) < 14 or row[2] not in ("image", "stencil", "mask"):
            continue
        try:
            width, height = int(row[3]), int(row[4])
            x_ppi, y_ppi = float(row[-4]), float(row[-3])
        except ValueError:
            continue
        if min(width, height, x_ppi, y_ppi) > 0:
            inches = (width / x_ppi, height / y_ppi)
            pictures.append(Picture(width, height, inches, row[5] == "gray" or row[2] != "image"))
    return tuple(pictures)


def draw(
    path: Path,
    source: str,
    number: int,
    settings: RenderSettings,
    size: tuple[int, int],
    grey: bool,
    *,
    page: int | None = None,
) -> Image.Image:
    """Poppler's picture of page `page` (`number` by default) of the file at `path`."""
    drawn = page or number
    try:
        images = pdf2image.convert_from_path(
            path,
            first_page=drawn,
            last_page=drawn,
            size=size,
            grayscale=grey,
            use_cropbox=True,
            timeout=settings.timeout_seconds,
        )
    except pdf2image.exceptions.PDFInfoNotInstalledError as error:
        message = "pdftoppm is missing; install it with: apt-get install poppler-utils"
        raise MissingToolError(message) from error
    except pdf2image.exceptions.PDFPopplerTimeoutError as error:
        raise RenderError(
            source,
            number,
            f"took longer than {settings.timeout_seconds} s to draw; raise render.timeout_seconds",
        ) from error
    except (
        pdf2image.exceptions.PDFPageCountError,
        pdf2image.exceptions.PDFSyntaxError,
        OSError,
        ValueError,
    ) as error:
        raise RenderError(source, number, "cannot be drawn; scan it again") from error
    if not images:
        raise RenderError(source, number, "cannot be drawn; scan it again")
    image: Image.Image = images[0]
    return image


def rescue(
    path: Path,
    source: str,
    number: int,
    settings: RenderSettings,
    size: tuple[int, int],
    grey: bool,
) -> Image.Image:
    """The page drawn out of a file too damaged for Poppler: pikepdf mends a copy of it.

    Raises:
        RenderError: it cannot be mended.
    """
    with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
        copy = Path(folder) / "page.pdf"
        try:
            with pikepdf.open(path) as damaged, pikepdf.new() as mended:
                mended.pages.append(damaged.pages[number - 1])
                mended.save(copy)
        except (pikepdf.PdfError, OSError, RuntimeError, ValueError, IndexError) as error:
            raise RenderError(source, number, "cannot be drawn; scan it again") from error
        return draw(copy, source, number, settings, size, grey, page=1)


def _run_poppler(source: str, number: int, settings: RenderSettings, *arguments: str) -> str:
    """Standard output of a Poppler tool; empty where it fails on a damaged page."""
    try:
        done = subprocess.run(
            arguments,
            capture_output=True,
            timeout=settings.timeout_seconds,
            check=False,
        )
    except FileNotFoundError as error:
        message = f"{arguments[0]} is missing; install it with: apt-get install poppler-utils"
        raise MissingToolError(message) from error
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            source,
            number,
            f"{arguments[0]} took longer than {settings.timeout_seconds} s;"
            " raise render.timeout_seconds",
        ) from error
    return done.stdout.decode("utf-8", errors="replace")
