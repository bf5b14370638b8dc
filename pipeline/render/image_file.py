"""Pages of TIFF, JPEG and PNG files, by Pillow."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from pipeline.errors import RenderError, UnreadableFileError
from pipeline.render.page_image import PageImage, check_pixels, pixels_of
from pipeline.settings import RenderSettings

_A4_SHORT_INCHES = 8.27


def count_frames(path: Path, source: str, settings: RenderSettings) -> int:
    """How many pages the image file holds.

    Raises:
        UnreadableFileError: it cannot be decoded.
        LimitError: it has more pixels than the settings allow.
    """
    with _open_image(path, source) as image:
        check_pixels(source, 1, *image.size, settings)
        try:
            return int(getattr(image, "n_frames", 1))
        except (OSError, ValueError, SyntaxError):
            # A chain of frames that breaks off: the first can still be read.
            return 1


def render_frame(path: Path, source: str, number: int, settings: RenderSettings) -> PageImage:
    """The pixels of one frame, turned as its EXIF tag says.

    Raises:
        RenderError: the frame is damaged.
        LimitError: it has more pixels than the settings allow.
    """
    with _open_image(path, source) as opened:
        try:
            opened.seek(number - 1)
            check_pixels(source, number, *opened.size, settings)
            metadata = opened.info.get("dpi")
            opened.load()
            image = ImageOps.exif_transpose(opened)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise RenderError(
                source, number, "is damaged and cannot be read; scan or copy it again"
            ) from error
        pixels = pixels_of(image)
    height, width = pixels.shape[:2]
    dpi = _image_dpi(width, height, metadata)
    return PageImage(number, width * 72 / dpi, height * 72 / dpi, dpi, pixels)


def _open_image(path: Path, source: str) -> Image.Image:
    try:
        return Image.open(path, formats=("TIFF", "JPEG", "PNG"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(
            source, "is a damaged image and cannot be read; scan or copy it again"
        ) from error


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
