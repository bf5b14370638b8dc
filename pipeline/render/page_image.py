"""A page as pixels, and the limit that is checked before pixels exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.errors import LimitError
from pipeline.page import Overlay
from pipeline.settings import RenderSettings

# Pillow's own limit would warn and then fail at sizes that the settings allow;
# `check_pixels` refuses first.
Image.MAX_IMAGE_PIXELS = None


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


def pixels_of(image: Image.Image) -> npt.NDArray[np.uint8]:
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


def check_pixels(
    source: str, number: int, width: int, height: int, settings: RenderSettings
) -> None:
    """Refuse a page that would take too much memory.

    Raises:
        LimitError: it has more pixels than the settings allow.
    """
    if width * height > settings.max_megapixels * 1_000_000:
        raise LimitError(
            source,
            f"page {number} has {width}x{height} pixels, more than the"
            f" {settings.max_megapixels} megapixels allowed;"
            " scan it at a lower resolution, or raise render.max_megapixels",
        )
