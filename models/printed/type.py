"""Typefaces as pictures of single signs."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

#: Size in pixels of the type that is pictured; a scan's own size is made of it.
SIZES = (26, 32, 38, 46, 56)


@dataclass(frozen=True)
class Glyph:
    """Ink 0..255 of a sign, where its corner lies from the pen on the base, and its advance."""

    ink: np.ndarray
    left: int
    top: int
    advance: float


class Type:
    """One typeface at one size; each sign is pictured once."""

    def __init__(self, path: str, size: int) -> None:
        """Reads the face of a font file, `size` pixels an em."""
        self.size = size
        self._font = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
        self._known: dict[str, Glyph] = {}

    def glyph(self, sign: str) -> Glyph:
        """The picture of a sign; of a blank one pixel of paper."""
        if sign not in self._known:
            self._known[sign] = self._pictured(sign)
        return self._known[sign]

    def _pictured(self, sign: str) -> Glyph:
        advance, edge, base = self._font.getlength(sign), self.size, 2 * self.size
        picture = Image.new("L", (round(advance) + 2 * edge, 3 * self.size))
        ImageDraw.Draw(picture).text((edge, base), sign, 255, self._font, anchor="ls")
        box = picture.getbbox()
        if box is None:
            return Glyph(np.zeros((1, 1), np.uint8), 0, 0, advance)
        return Glyph(np.asarray(picture.crop(box)), box[0] - edge, box[1] - base, advance)


@functools.cache
def load_type(path: str, size: int) -> Type:
    """A face at a size, loaded once a process."""
    return Type(path, size)


def find_faces(fonts: Path) -> tuple[tuple[str, ...], np.ndarray]:
    """Paths of the faces of fonts.tsv below `fonts`, and the share of lines set in each.

    Raises:
        FileNotFoundError: a face is not there; its Debian package is to be installed.
    """
    paths, weights = [], []
    found = {path.name: str(path) for path in fonts.rglob("*.ttf")}
    with (Path(__file__).parent / "fonts.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["file"] not in found:
                message = f"no {row['file']} below {fonts}: install {row['debian_package']}"
                raise FileNotFoundError(message)
            paths.append(found[row["file"]])
            weights.append(float(row["weight"]))
    return tuple(paths), np.array(weights) / sum(weights)
