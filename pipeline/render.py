"""Files to page images: PDF by Poppler, TIFF, JPEG and PNG by Pillow.

What a file is comes from its first bytes, never from its name. Every limit is checked
before pixels exist. A page that is one scanned picture is drawn pixel for pixel at the
scan's own resolution; a page that was born digital is handed on as words. Colours,
skew and dirt are left as they are: this module knows nothing of cleaning or reading.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pdf2image
import pdf2image.exceptions
import pikepdf
from PIL import Image, ImageOps

from pipeline.errors import (
    EncryptedPdfError,
    LimitError,
    MissingToolError,
    RenderError,
    UnreadableFileError,
)
from pipeline.page import Overlay, Page
from pipeline.settings import RenderSettings
from pipeline.textlayer import Flow, find_overlays, group_lines, is_sound, parse_flows

# Pillow's own limit would warn and then fail at sizes that the settings allow;
# `_check_pixels` refuses first.
Image.MAX_IMAGE_PIXELS = None

_FileKind = Literal["pdf", "image"]
_IMAGE_MAGIC = (
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
)
_DPI_RANGE = (100.0, 400.0)
# Share of the page that pictures must cover for it to be a scan.
_SCAN_COVER = 0.7
_A4_SHORT_INCHES = 8.27


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as a viewer shows it, after /Rotate.

    Attributes:
        number: 1-based page of the file.
        width, height: points.
        dpi: pixels an inch; both axes agree to a few parts in a thousand.
        pixels: uint8, H x W x 3 RGB or H x W grey.
        overlays: signing texts that lie over a scanned page, boxes in points.
    """

    number: int
    width: float
    height: float
    dpi: float
    pixels: npt.NDArray[np.uint8]
    overlays: tuple[Overlay, ...] = ()


@dataclass(frozen=True, slots=True)
class _Picture:
    """An image on a PDF page: pixels, size on paper in inches, and colour."""

    width: int
    height: int
    inches: tuple[float, float]
    grey: bool

    @property
    def dpi(self) -> float:
        return self.width / self.inches[0]

    @property
    def area(self) -> float:
        return self.inches[0] * self.inches[1]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Size in points as shown, quarter turned or not, and if notes are pinned on it."""

    width: float
    height: float
    turned: bool
    annotated: bool


def count_pages(path: Path, source: str, settings: RenderSettings) -> int:
    """How many pages the file has, after checking that they may be read.

    Raises:
        UnreadableFileError: missing, empty, or no PDF, TIFF, JPEG or PNG.
        EncryptedPdfError: the PDF opens only with a password.
        LimitError: more megabytes, pages or pixels than the settings allow.
    """
    kind = _file_kind(path, source, settings)
    pages = _count_pdf(path, source) if kind == "pdf" else _count_frames(path, source, settings)
    if pages > settings.max_pages:
        raise LimitError(
            source,
            f"has {pages} pages, more than the {settings.max_pages} allowed;"
            " split it, or raise render.max_pages",
        )
    return pages


def read_text_layer(path: Path, source: str, number: int, settings: RenderSettings) -> Page | None:
    """The page as words when it was born digital with sound text, else `None`.

    Word confidence is 1.0, which here means "not OCR"; nothing measured it. A page
    that pictures cover is a scan, whatever text hides behind them.

    Raises:
        RenderError: the page cannot be opened.
    """
    if settings.text_layer == "never" or _file_kind(path, source, settings) != "pdf":
        return None
    sheet = _sheet(path, source, number)
    flows = _read_flows(path, source, number, settings)
    words = [word for flow in flows for line in flow.lines for word in line]
    overlays = find_overlays(flows)
    letters = sum(len(word.text) for word in words)
    if letters - sum(len(overlay.text) for overlay in overlays) < 40:
        return None
    cover = _cover(_pictures(path, source, number, settings), sheet)
    if cover >= _SCAN_COVER or (cover > 0.25 and letters < 400):
        return None
    if not is_sound(words, sheet.width, sheet.height):
        return None
    return Page(
        number=number,
        width=sheet.width,
        height=sheet.height,
        lines=group_lines(flows),
        text_source="text_layer",
        overlays=overlays,
        viewer_width=sheet.width,
        viewer_height=sheet.height,
    )


def render_page(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    """The page as a viewer shows it, as pixels.

    Raises:
        RenderError: the page cannot be drawn.
        LimitError: the page would have more pixels than the settings allow.
    """
    if _file_kind(path, source, settings) == "pdf":
        return _render_pdf(path, source, number, settings)
    return _render_frame(path, source, number, settings)


def _file_kind(path: Path, source: str, settings: RenderSettings) -> _FileKind:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(source, f"cannot be opened: {reason}") from error
    if size == 0:
        raise UnreadableFileError(source, "is empty (0 bytes); scan or copy it again")
    if size > settings.max_megabytes * 1_000_000:
        raise LimitError(
            source,
            f"has {size / 1e6:.0f} MB, more than the {settings.max_megabytes} allowed;"
            " split it, or raise render.max_megabytes",
        )
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(_IMAGE_MAGIC):
        return "image"
    raise UnreadableFileError(
        source,
        "is not a PDF, TIFF, JPEG or PNG, whatever its name says; convert it first",
    )


def _count_pdf(path: Path, source: str) -> int:
    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise EncryptedPdfError(
            source, "needs a password; save a copy without one and run again"
        ) from error
    except (pikepdf.PdfError, OSError, RuntimeError, ValueError) as error:
        raise UnreadableFileError(
            source,
            "is a damaged PDF and no page of it can be read; scan or copy it again",
        ) from error
    if pages == 0:
        raise UnreadableFileError(source, "is a PDF without pages; scan or copy it again")
    return pages


def _sheet(path: Path, source: str, number: int) -> _Sheet:
    try:
        with pikepdf.open(path) as pdf:
            page = pdf.pages[number - 1]
            left, bottom, right, top = (float(value) for value in page.cropbox)
            turned = int(page.rotation) % 180 == 90
            annotated = "/Annots" in page
    except (pikepdf.PdfError, OSError, RuntimeError, ValueError, IndexError) as error:
        raise RenderError(
            source,
            number,
            "cannot be found in the PDF, which is damaged; scan it again",
        ) from error
    width, height = abs(right - left), abs(top - bottom)
    if width < 1 or height < 1:
        raise RenderError(source, number, "has no size; scan it again")
    shown = (height, width) if turned else (width, height)
    return _Sheet(*shown, turned, annotated)


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


def _read_flows(path: Path, source: str, number: int, settings: RenderSettings) -> tuple[Flow, ...]:
    page = str(number)
    tsv = _run_poppler(
        source, number, settings,
        "pdftotext", "-tsv", "-cropbox", "-enc", "UTF-8", "-f", page, "-l", page, str(path), "-",
    )  # fmt: skip
    return parse_flows(tsv)


def _pictures(
    path: Path, source: str, number: int, settings: RenderSettings
) -> tuple[_Picture, ...]:
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
            pictures.append(_Picture(width, height, inches, row[5] == "gray" or row[2] != "image"))
    return tuple(pictures)


def _cover(pictures: tuple[_Picture, ...], sheet: _Sheet) -> float:
    area = sheet.width * sheet.height / 72**2
    return min(sum(picture.area for picture in pictures) / area, 1.0)


def _render_pdf(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    sheet = _sheet(path, source, number)
    pictures = _pictures(path, source, number, settings)
    for picture in pictures:
        _check_pixels(source, number, picture.width, picture.height, settings)
    scan = _full_page_scan(pictures, sheet)
    if scan is not None:
        dpi, width, height = _scan_size(scan, sheet)
    else:
        dpi = float(settings.dpi)
        width, height = round(sheet.width * dpi / 72), round(sheet.height * dpi / 72)
    _check_pixels(source, number, width, height, settings)
    # Grey is half the work, but signing programs pin coloured seals on grey scans.
    grey = scan is not None and all(p.grey for p in pictures) and not sheet.annotated
    # Poppler takes the size before /Rotate and turns it with the page.
    size = (height, width) if sheet.turned else (width, height)
    try:
        image = _draw(path, source, number, settings, size, grey)
    except RenderError:
        image = _rescue(path, source, number, settings, size, grey)
    overlays = find_overlays(_read_flows(path, source, number, settings))
    return PageImage(number, sheet.width, sheet.height, dpi, _pixels(image), overlays)


def _full_page_scan(pictures: tuple[_Picture, ...], sheet: _Sheet) -> _Picture | None:
    """The finest picture that covers the page, or `None`."""
    area = sheet.width * sheet.height / 72**2
    covering = [picture for picture in pictures if picture.area >= _SCAN_COVER * area]
    return max(covering, key=lambda picture: picture.dpi, default=None)


def _scan_size(scan: _Picture, sheet: _Sheet) -> tuple[float, int, int]:
    """Resolution and pixels of the page, equal to the scan's own where they may be."""
    low, high = _DPI_RANGE
    dpi = min(max(scan.dpi, low), high)
    width, height = sheet.width * dpi / 72, sheet.height * dpi / 72
    # A page box is rounded to points; drawing at the picture's own pixels keeps
    # bilevel strokes sharp instead of resampling them by a part in a thousand.
    for own_width, own_height in ((scan.width, scan.height), (scan.height, scan.width)):
        if abs(own_width / width - 1) < 0.01 and abs(own_height / height - 1) < 0.01:
            return dpi, own_width, own_height
    return dpi, round(width), round(height)


def _rescue(
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
        return _draw(copy, source, number, settings, size, grey, page=1)


def _draw(
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


def _open_image(path: Path, source: str) -> Image.Image:
    try:
        return Image.open(path, formats=("TIFF", "JPEG", "PNG"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(
            source, "is a damaged image and cannot be read; scan or copy it again"
        ) from error


def _count_frames(path: Path, source: str, settings: RenderSettings) -> int:
    with _open_image(path, source) as image:
        _check_pixels(source, 1, *image.size, settings)
        try:
            return int(getattr(image, "n_frames", 1))
        except (OSError, ValueError, SyntaxError):
            # A chain of frames that breaks off: the first can still be read.
            return 1


def _render_frame(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    with _open_image(path, source) as opened:
        try:
            opened.seek(number - 1)
            _check_pixels(source, number, *opened.size, settings)
            metadata = opened.info.get("dpi")
            opened.load()
            image = ImageOps.exif_transpose(opened)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise RenderError(
                source, number, "is damaged and cannot be read; scan or copy it again"
            ) from error
        pixels = _pixels(image)
    height, width = pixels.shape[:2]
    dpi = _image_dpi(width, height, metadata)
    return PageImage(number, width * 72 / dpi, height * 72 / dpi, dpi, pixels)


def _image_dpi(width: int, height: int, metadata: object) -> float:
    """The file's own resolution where it makes a sheet of paper, else that of A4.

    Cameras and screens write 72 or 96 whatever the paper was.
    """
    short = min(width, height)
    if isinstance(metadata, tuple) and metadata:
        stated = float(metadata[0])
        if stated > 0 and 5.0 <= short / stated <= 14.0:
            return stated
    return short / _A4_SHORT_INCHES


def _pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    """RGB or grey pixels; transparency lies on white paper."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        shown = image.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        image = Image.alpha_composite(paper, shown).convert("RGB")
    elif image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image, dtype=np.float64)
        scale = 255.0 / (65535.0 if deep.max(initial=0) > 255 else 255.0)
        return (deep * scale).clip(0, 255).astype(np.uint8)
    elif image.mode in ("1", "L"):
        image = image.convert("L")
    elif image.mode != "RGB":
        image = image.convert("RGB")
    return np.array(image, dtype=np.uint8)


def _check_pixels(
    source: str, number: int, width: int, height: int, settings: RenderSettings
) -> None:
    if width * height > settings.max_megapixels * 1_000_000:
        raise LimitError(
            source,
            f"page {number} has {width}x{height} pixels, more than the"
            f" {settings.max_megapixels} megapixels allowed;"
            " scan it at a lower resolution, or raise render.max_megapixels",
        )
