"""The pages of any file that is let in; what a file is comes from its first bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipeline.errors import LimitError, UnreadableFileError
from pipeline.page import Page
from pipeline.render.image_file import count_frames, render_frame
from pipeline.render.page_image import PageImage
from pipeline.render.pdf import count_pdf, read_words, render_pdf
from pipeline.settings import RenderSettings

_FileKind = Literal["pdf", "image"]
_IMAGE_MAGIC = (
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
)


def count_pages(path: Path, source: str, settings: RenderSettings) -> int:
    """How many pages the file has, after checking that they may be read.

    Raises:
        UnreadableFileError: missing, empty, or no PDF, TIFF, JPEG or PNG.
        EncryptedPdfError: the PDF opens only with a password.
        LimitError: more megabytes, pages or pixels than the settings allow.
    """
    kind = _file_kind(path, source, settings)
    pages = count_pdf(path, source) if kind == "pdf" else count_frames(path, source, settings)
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
    return read_words(path, source, number, settings)


def render_page(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    """The page as a viewer shows it, as pixels.

    Raises:
        RenderError: the page cannot be drawn.
        LimitError: the page would have more pixels than the settings allow.
    """
    if _file_kind(path, source, settings) == "pdf":
        return render_pdf(path, source, number, settings)
    return render_frame(path, source, number, settings)


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
