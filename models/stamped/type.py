"""Letters of a typeface as pictures, with Vietnamese marks drawn where it has none.

A package of `fontsource` holds a face in parts (latin, latin-ext, vietnamese), so that a
line is set letter by letter from whichever part has it. Old rubber stamps are cut in faces
of the West to which somebody added marks: half of the lines get drawn ones.
"""

from __future__ import annotations

import csv
import functools
import io
import tarfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from PIL import features as pil_features

#: Size in pixels at which letters are pictured.
EM = 72
_EDGE = 40
#: How files of a face are called in a package; the second, where woff2 was unpacked.
_ENDS = ("-{}-normal.woff2", "-{}-normal.ttf", "{}.ttf")
#: Without Raqm a face has no alternate forms, and all else is the same.
_SHAPED = pil_features.check("raqm")
_ABOVE = {"\u0301": "acute", "\u0300": "grave", "\u0309": "hook", "\u0303": "tilde"}
_SHAPES = {
    "acute": ((-0.5, 0.5), (0.5, -0.5)),
    "grave": ((-0.5, -0.5), (0.5, 0.5)),
    "hook": ((-0.4, -0.5), (0.1, -0.7), (0.4, -0.35), (0.0, 0.0), (0.0, 0.4)),
    "tilde": ((-0.7, 0.25), (-0.35, -0.3), (0.2, 0.2), (0.7, -0.3)),
    "hat": ((-0.7, 0.4), (0.0, -0.4), (0.7, 0.4)),
    "bowl": ((-0.6, -0.4), (-0.3, 0.3), (0.3, 0.3), (0.6, -0.4)),
}


@dataclass(frozen=True)
class Glyph:
    """Ink 0..255 of a letter, where its corner lies from the pen on the base, and its advance."""

    ink: np.ndarray
    left: int
    top: int
    advance: float


class Face:
    """One typeface at EM pixels."""

    def __init__(self, name: str, kind: str, parts: list[bytes]) -> None:
        """Reads the parts of the face; `kind` is `script` or `upright`, with `held-out` or without."""
        self.name, self.kind = name, kind
        self.parts = []
        for part in parts:
            known = set(TTFont(io.BytesIO(part)).getBestCmap())
            self.parts.append((known, ImageFont.truetype(io.BytesIO(part), EM)))

    @property
    def upright(self) -> bool:
        """Whether it is no running hand."""
        return self.kind.endswith("upright")

    @property
    def held_out(self) -> bool:
        """Whether it is for measuring, and never trained on."""
        return self.kind.startswith("held-out")

    @property
    def native(self) -> bool:
        """Whether the face has the marks of Vietnamese itself."""
        return all(any(ord(sign) in known for known, _ in self.parts) for sign in "ếỡựỷđỈ")

    @functools.cache  # noqa: B019
    def glyph(self, sign: str, drawn: bool, way: int) -> Glyph:
        """A letter; with `drawn` its marks are drawn, each `way` otherwise; odd ones alternate forms."""
        base = _base(sign)
        if base == sign or not (drawn or not self._has(sign)):
            return self._printed(sign, way % 2)
        return self._marked(sign, way)

    def _has(self, sign: str) -> bool:
        return any(ord(sign) in known for known, _ in self.parts)

    def _printed(self, sign: str, way: int) -> Glyph:
        for known, font in self.parts:
            if ord(sign) in known:
                features = [["-liga"], ["salt", "ss01"]][way] if _SHAPED else None
                advance = font.getlength(sign, features=features)
                size = (round(advance) + 2 * _EDGE + EM, 3 * EM)
                picture = Image.new("L", size)
                pen = (_EDGE, round(1.8 * EM))
                ImageDraw.Draw(picture).text(pen, sign, 255, font, anchor="ls", features=features)
                return _cut(np.asarray(picture), pen, advance)
        raise KeyError(sign)

    def _marked(self, sign: str, way: int) -> Glyph:
        base = _base(sign)
        letter = self._printed("ı" if base == "i" and self._has("ı") else base, way % 2)
        room = EM
        ink = cv2.copyMakeBorder(letter.ink, room, room, room, room, cv2.BORDER_CONSTANT)
        if base == "i" and not self._has("ı"):
            count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 90).astype(np.uint8))
            if count > 2:
                ink[labels == 1 + int(np.argmin(stats[1:, cv2.CC_STAT_TOP]))] = 0
        random = np.random.default_rng(ord(sign) * 7 + way + len(self.name))
        solid = cv2.distanceTransform((letter.ink > 127).astype(np.uint8), cv2.DIST_L2, 3)
        thick = int(np.clip(random.uniform(0.9, 1.4) * float(solid.max()), 2, 6))
        size = EM * random.uniform(0.1, 0.19)
        rows = np.flatnonzero((ink > 90).any(axis=1))
        columns = np.flatnonzero((ink > 90).any(axis=0))
        top, bottom = int(rows[0]), int(rows[-1])
        upper = np.flatnonzero((ink[top : top + max(4, (bottom - top) // 3)] > 90).any(axis=0))
        middle = (upper[0] + upper[-1]) / 2 + EM * random.uniform(-0.04, 0.1)

        def stroke(points: tuple, x: float, y: float, wide: float) -> None:
            line = np.array([(x + wide * px, y + wide * py) for px, py in points])
            cv2.polylines(
                ink, [np.round(line * 8).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 3
            )

        marks = unicodedata.normalize("NFD", sign)[1:]
        y = top - size * random.uniform(0.7, 1.2) * random.choice([1, 1, 1.7])
        if sign in "đĐ":
            x, where = (
                (columns[0] + 0.3 * EM * (sign == "Đ"), 0.5)
                if sign == "Đ"
                else (columns[-1] - 0.06 * EM, 0.22)
            )
            level = round(top + where * (bottom - top))
            start, end = round(x - 0.2 * EM), round(x + 0.15 * EM)
            cv2.line(ink, (start, level), (end, level), 255, max(2, thick - 1), cv2.LINE_AA)
        if "\u031b" in marks:
            x, high = columns[-1] - 0.02 * EM, top + 0.1 * (bottom - top)
            stroke(((0, 0.6), (0.5, 0.1), (0.3, -0.6)), x, high, size)
        if "\u0302" in marks or "\u0306" in marks:
            stroke(_SHAPES["hat" if "\u0302" in marks else "bowl"], middle, y, size)
        for mark, shape in _ABOVE.items():
            if mark in marks:
                over = "\u0302" in marks or "\u0306" in marks
                beside = over and shape in ("acute", "grave", "hook") and random.random() < 0.6
                x = middle + (1.1 * size if beside else 0)
                stroke(
                    _SHAPES[shape],
                    x,
                    y - (0.5 if beside else 1.3 if over else 0) * size,
                    0.9 * size,
                )
        if "\u0323" in marks:
            x = (columns[0] + columns[-1]) / 2 - 0.05 * EM
            base_row = room - letter.top
            place = (round(x), round(base_row + random.uniform(0.1, 0.28) * EM))
            cv2.circle(ink, place, max(3, thick), 255, -1, cv2.LINE_AA)
        cut = _cut(ink, (room - letter.left, room - letter.top), letter.advance)
        return cut


def _base(sign: str) -> str:
    return {"đ": "d", "Đ": "D"}.get(sign, unicodedata.normalize("NFD", sign)[0])


def _cut(picture: np.ndarray, pen: tuple[int, int], advance: float) -> Glyph:
    """The part with ink."""
    rows = np.flatnonzero(picture.any(axis=1))
    columns = np.flatnonzero(picture.any(axis=0))
    if not len(rows):
        return Glyph(np.zeros((1, 1), np.uint8), 0, 0, advance)
    ink = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
    return Glyph(ink, int(columns[0]) - pen[0], int(rows[0]) - pen[1], advance)


def load_faces(folder: Path) -> list[Face]:
    """The faces of fonts.tsv: packed packages in `folder`, files there or of the system.

    Raises:
        OSError: one of them is not there.
    """
    faces = []
    with (Path(__file__).parent / "fonts.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["source"] == "npm":
                packed = row["package"].removeprefix("@").replace("/", "-")
                with tarfile.open(folder / f"{packed}-{row['version']}.tgz") as packet:
                    names = [
                        name
                        for name in packet.getnames()
                        if name.endswith(tuple(end.format(row["file"]) for end in _ENDS))
                        and any(part in name for part in ("-latin-", "-vietnamese-", ".ttf"))
                    ]
                    parts = [packet.extractfile(name).read() for name in sorted(names)]
            else:
                carried = folder / Path(row["file"]).name
                parts = [(carried if carried.exists() else Path(row["file"])).read_bytes()]
            name = f"{row['package']} {row['file']}"
            faces.append(Face(name, row["kind"], parts))
    return faces
