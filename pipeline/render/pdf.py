"""Pages of PDF files: how many, how large, scanned or born digital, and their pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pikepdf

from pipeline.errors import EncryptedPdfError, RenderError, UnreadableFileError
from pipeline.page import Page
from pipeline.render.page_image import PageImage, check_pixels, pixels_of
from pipeline.render.poppler import Picture, draw, pictures_on, read_flows, rescue
from pipeline.settings import RenderSettings
from pipeline.textlayer import find_overlays, group_lines, is_sound, without_covered

_DPI_RANGE = (100.0, 400.0)
# Share of the page that pictures must cover for it to be a scan.
_SCAN_COVER = 0.7


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Size in points as shown, quarter turned or not, and if notes are pinned on it."""

    width: float
    height: float
    turned: bool
    annotated: bool


def count_pdf(path: Path, source: str) -> int:
    """How many pages the PDF has.

    Raises:
        EncryptedPdfError: it opens only with a password.
        UnreadableFileError: no page of it can be read.
    """
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


def read_words(path: Path, source: str, number: int, settings: RenderSettings) -> Page | None:
    """The page as words when its text is print and sound, else `None`.

    Raises:
        RenderError: the page cannot be opened.
    """
    sheet = _sheet(path, source, number)
    flows = read_flows(path, source, number, settings)
    words = [word for flow in flows for line in flow.lines for word in line]
    overlays = find_overlays(flows)
    letters = sum(len(word.text) for word in words)
    if letters - sum(len(overlay.text) for overlay in overlays) < 40:
        return None
    cover = _cover(pictures_on(path, source, number, settings), sheet)
    if cover >= _SCAN_COVER or (cover > 0.25 and letters < 400):
        return None
    if not is_sound(words, sheet.width, sheet.height):
        return None
    lines = group_lines(without_covered(flows))
    return Page(
        number=number,
        width=sheet.width,
        height=sheet.height,
        lines=lines,
        # Nobody has read it from ink: no other reading could have it otherwise.
        second=lines,
        text_source="text_layer",
        overlays=overlays,
        viewer_width=sheet.width,
        viewer_height=sheet.height,
    )


def render_pdf(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    """The page's pixels, at the scan's own resolution where one picture covers it.

    Raises:
        RenderError: the page cannot be drawn.
        LimitError: the page would have more pixels than the settings allow.
    """
    sheet = _sheet(path, source, number)
    pictures = pictures_on(path, source, number, settings)
    for picture in pictures:
        check_pixels(source, number, picture.width, picture.height, settings)
    scan = _full_page_scan(pictures, sheet)
    if scan is not None:
        dpi, width, height = _scan_size(scan, sheet)
    else:
        dpi = float(settings.dpi)
        width, height = round(sheet.width * dpi / 72), round(sheet.height * dpi / 72)
    check_pixels(source, number, width, height, settings)
    # Grey is half the work, but signing programs pin coloured seals on grey scans.
    grey = scan is not None and all(p.grey for p in pictures) and not sheet.annotated
    # Poppler takes the size before /Rotate and turns it with the page.
    size = (height, width) if sheet.turned else (width, height)
    try:
        image = draw(path, source, number, settings, size, grey)
    except RenderError:
        image = rescue(path, source, number, settings, size, grey)
    overlays = find_overlays(read_flows(path, source, number, settings))
    return PageImage(number, sheet.width, sheet.height, dpi, pixels_of(image), overlays)


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


def _cover(pictures: tuple[Picture, ...], sheet: _Sheet) -> float:
    area = sheet.width * sheet.height / 72**2
    return min(sum(picture.area for picture in pictures) / area, 1.0)


def _full_page_scan(pictures: tuple[Picture, ...], sheet: _Sheet) -> Picture | None:
    """The finest picture that covers the page, or `None`."""
    area = sheet.width * sheet.height / 72**2
    covering = [picture for picture in pictures if picture.area >= _SCAN_COVER * area]
    return max(covering, key=lambda picture: picture.dpi, default=None)


def _scan_size(scan: Picture, sheet: _Sheet) -> tuple[float, int, int]:
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
