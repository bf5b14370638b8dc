"""Composes slots as a clerk fills them: printed words, hand digits, ink, paper, scanner.

The recipe of the training data (README.md): every sample is one strip of the size that
`pipeline.handwriting` cuts out of a page, with the printed words at its ends, digits
between them and the faults of paper, pen and scanner over all. It knows nothing of the
network. Lengths are in points of a 13-point letter unless a name says pixels.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.handwriting import ABOVE_BASELINE, BELOW_BASELINE, fit_strip

HERE = Path(__file__).parent
FONT_ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))
_T = TypeVar("_T")
Strokes = tuple[tuple[tuple[float, float], ...], ...]

# Ways of writing a digit in a unit box, y downward; a doubled point is a corner.
SHAPES: dict[str, tuple[Strokes, ...]] = {
    "0": (
        (((0.5, 0), (0.1, 0.25), (0.05, 0.7), (0.45, 1), (0.9, 0.7), (0.9, 0.25), (0.45, 0)),),
        (((0.7, 0.1), (0.3, 0.0), (0.0, 0.5), (0.35, 1), (0.9, 0.6), (0.75, 0.1), (0.35, 0.05)),),
        (((0.4, 0.05), (0.05, 0.5), (0.4, 1), (0.85, 0.6), (0.6, 0.05), (0.3, 0.1), (0.7, 0.2)),),
        (((0.55, 0.02), (0.1, 0.3), (0.1, 0.8), (0.5, 1), (0.9, 0.6), (0.8, 0.1), (1.0, 0.0)),),
    ),
    "1": (
        (((0.55, 0), (0.5, 1)),),
        (((0.5, 0), (0.5, 0.5), (0.45, 1)),),
        (((0.1, 0.35), (0.6, 0), (0.6, 0), (0.55, 1)),),
        (((0.0, 0.6), (0.65, 0), (0.65, 0), (0.6, 1)),),
        (((0.2, 0.25), (0.55, 0), (0.55, 0), (0.55, 1)), ((0.15, 1), (0.95, 1))),
        (((0.0, 0.5), (0.6, 0), (0.6, 0), (0.55, 1)), ((0.1, 1.0), (1.0, 0.97))),
        (((0.1, 0.45), (0.6, 0), (0.6, 0), (0.55, 0.97), (0.55, 0.97), (0.1, 1), (0.95, 0.98)),),
        (((-0.15, 0.75), (0.65, 0), (0.65, 0), (0.55, 1)),),
        (((0.0, 0.3), (0.6, 0), (0.6, 0), (0.3, 1)), ((0.0, 1.0), (0.75, 0.95))),
        (((0.2, 0.05), (0.6, 0), (0.6, 0), (0.55, 1), (0.55, 1), (0.8, 0.95)),),
    ),
    "2": (
        (
            (
                (0.05, 0.25),
                (0.3, 0),
                (0.75, 0.08),
                (0.8, 0.35),
                (0.4, 0.7),
                (0.0, 1),
                (0.0, 1),
                (1, 1),
            ),
        ),
        (
            (
                (0.05, 0.25),
                (0.4, 0),
                (0.8, 0.15),
                (0.65, 0.5),
                (0.15, 0.95),
                (0.0, 0.85),
                (0.2, 0.78),
                (0.5, 0.95),
                (1, 0.97),
            ),
        ),
        (((0.1, 0.15), (0.5, 0), (0.85, 0.2), (0.5, 0.6), (0.05, 0.98), (0.4, 0.85), (0.95, 1)),),
        (((0.0, 0.1), (0.5, 0), (0.85, 0.25), (0.35, 0.75), (0.0, 1), (0.0, 1), (0.9, 0.9)),),
        (
            (
                (0.1, 0.3),
                (0.2, 0.05),
                (0.6, 0),
                (0.8, 0.25),
                (0.45, 0.65),
                (0, 1),
                (0, 1),
                (0.7, 1),
                (1.1, 0.9),
            ),
        ),
        (
            (
                (0.15, 0.2),
                (0.1, 0.05),
                (0.5, 0),
                (0.75, 0.2),
                (0.5, 0.6),
                (0.1, 1),
                (-0.05, 0.9),
                (0.1, 0.8),
                (0.35, 0.9),
                (0.7, 1.05),
                (1.1, 0.9),
            ),
        ),
        (
            (
                (0.1, 0.05),
                (0.8, 0.0),
                (0.8, 0.0),
                (0.75, 0.4),
                (0.05, 1.0),
                (0.05, 1.0),
                (0.95, 1.0),
            ),
        ),
    ),
    "3": (
        (
            (
                (0.1, 0.15),
                (0.45, 0),
                (0.8, 0.2),
                (0.4, 0.45),
                (0.4, 0.45),
                (0.9, 0.7),
                (0.5, 1),
                (0.0, 0.9),
            ),
        ),
        (
            (
                (0.05, 0.03),
                (0.85, 0),
                (0.85, 0),
                (0.4, 0.42),
                (0.4, 0.42),
                (0.9, 0.65),
                (0.6, 1),
                (0.0, 0.92),
            ),
        ),
        (
            (
                (0.1, 0.2),
                (0.4, 0),
                (0.8, 0.15),
                (0.5, 0.45),
                (0.35, 0.5),
                (0.85, 0.65),
                (0.65, 1),
                (0.05, 0.95),
            ),
        ),
        (((0.1, 0.1), (0.6, 0), (0.7, 0.3), (0.35, 0.45), (0.75, 0.6), (0.7, 1.1), (0.0, 1.15)),),
    ),
    "4": (
        (((0.45, 0), (0.05, 0.65), (0.05, 0.65), (1, 0.62)), ((0.7, 0.3), (0.65, 1))),
        (((0.1, 0), (0.05, 0.5), (0.05, 0.55), (0.85, 0.5)), ((0.8, 0), (0.75, 1))),
        (((0.7, 0), (0.0, 0.7), (0.0, 0.7), (1, 0.68)), ((0.7, 0), (0.65, 1))),
        (((0.65, 1), (0.7, 0), (0.7, 0), (0.0, 0.68), (0.0, 0.68), (1, 0.66)),),
        (
            ((0.1, 0.1), (0.08, 0.45), (0.35, 0.6), (0.75, 0.4), (0.85, 0.1)),
            ((0.85, 0.05), (0.7, 1)),
        ),
        (((0.35, 0), (0.05, 0.55), (0.5, 0.6), (1, 0.5)), ((0.8, 0.15), (0.6, 1))),
        (((0.5, 0.1), (0.05, 0.7), (0.05, 0.7), (0.95, 0.7)), ((0.5, 0.45), (0.5, 1))),
        (((0.6, 0), (0.05, 0.6), (0.2, 0.7), (0.95, 0.55)), ((0.65, 0.35), (0.35, 1.1))),
        (((0.15, 0.0), (0.0, 0.6), (0.3, 0.62), (0.9, 0.05), (0.9, 0.05), (0.65, 1)),),
    ),
    "5": (
        (
            (
                (0.25, 0.02),
                (0.15, 0.45),
                (0.15, 0.45),
                (0.55, 0.35),
                (0.9, 0.65),
                (0.6, 1),
                (0.0, 0.9),
            ),
            ((0.25, 0.02), (0.95, 0)),
        ),
        (
            (
                (0.95, 0.0),
                (0.3, 0.03),
                (0.3, 0.03),
                (0.2, 0.42),
                (0.2, 0.42),
                (0.7, 0.42),
                (0.85, 0.75),
                (0.5, 1),
                (0.0, 0.92),
            ),
        ),
        (
            ((0.2, 0.05), (0.15, 0.4), (0.6, 0.4), (0.85, 0.7), (0.4, 1), (0, 0.95)),
            ((0.3, -0.05), (1.1, -0.12)),
        ),
        (((1.0, 0.0), (0.35, 0.05), (0.2, 0.35), (0.75, 0.55), (0.7, 0.95), (0.0, 0.95)),),
        (
            ((0.3, 0.1), (0.2, 0.45), (0.5, 0.4), (0.8, 0.65), (0.5, 1), (0.0, 1.0)),
            ((0.45, 0.05), (1.0, 0.1)),
        ),
    ),
    "6": (
        (((0.75, 0), (0.25, 0.35), (0.05, 0.75), (0.4, 1), (0.85, 0.78), (0.55, 0.5), (0.1, 0.7)),),
        (((0.5, 0), (0.1, 0.5), (0.15, 0.95), (0.6, 1), (0.8, 0.7), (0.45, 0.55), (0.1, 0.8)),),
        (((0.3, 0), (0.05, 0.6), (0.3, 1), (0.85, 0.9), (0.7, 0.55), (0.1, 0.65)),),
        (
            (
                (0.9, 0.05),
                (0.4, 0.15),
                (0.05, 0.6),
                (0.3, 1),
                (0.8, 0.85),
                (0.6, 0.55),
                (0.15, 0.65),
            ),
        ),
    ),
    "7": (
        (((0, 0.05), (0.9, 0), (0.9, 0), (0.4, 1)),),
        (((0, 0.05), (0.9, 0), (0.9, 0), (0.4, 1)), ((0.2, 0.5), (0.95, 0.45))),
        (((0, 0.2), (0.1, 0.02), (0.9, 0.05), (0.9, 0.05), (0.5, 0.5), (0.4, 1)),),
        (
            ((0.05, 0.25), (0.15, 0), (0.15, 0.05), (0.85, 0.0), (0.85, 0.0), (0.45, 1)),
            ((0.25, 0.55), (0.9, 0.5)),
        ),
        (((0, 0.1), (0.4, 0.05), (0.85, 0.0), (0.6, 0.5), (0.45, 1)), ((0.15, 0.45), (0.9, 0.5))),
        (((0.05, 0.0), (0.75, 0.03), (0.75, 0.03), (0.65, 1)), ((0.3, 0.45), (1.05, 0.4))),
    ),
    "8": (
        (
            (
                (0.75, 0.1),
                (0.35, 0),
                (0.15, 0.25),
                (0.5, 0.48),
                (0.85, 0.75),
                (0.45, 1),
                (0.1, 0.78),
                (0.5, 0.48),
                (0.8, 0.2),
                (0.6, 0.02),
            ),
        ),
        (
            ((0.5, 0.45), (0.15, 0.25), (0.45, 0), (0.8, 0.2), (0.5, 0.45)),
            ((0.5, 0.45), (0.05, 0.75), (0.5, 1), (0.9, 0.75), (0.5, 0.45)),
        ),
        (
            (
                (0.9, 0.05),
                (0.3, 0.05),
                (0.3, 0.35),
                (0.75, 0.65),
                (0.5, 1),
                (0.1, 0.8),
                (0.5, 0.45),
                (0.95, 0.1),
            ),
        ),
        (
            (
                (0.2, 0.1),
                (0.2, 0.35),
                (0.8, 0.7),
                (0.45, 1),
                (0.1, 0.8),
                (0.45, 0.5),
                (0.8, 0.2),
                (0.5, 0),
                (0.2, 0.1),
            ),
        ),
    ),
    "9": (
        (((0.85, 0.2), (0.5, 0), (0.1, 0.2), (0.35, 0.5), (0.85, 0.25), (0.85, 0.25), (0.75, 1)),),
        (
            (
                (0.8, 0.15),
                (0.4, 0),
                (0.1, 0.3),
                (0.45, 0.5),
                (0.85, 0.15),
                (0.8, 0.7),
                (0.5, 1),
                (0.05, 0.9),
            ),
        ),
        (
            (
                (0.85, 0.15),
                (0.4, 0),
                (0.05, 0.25),
                (0.4, 0.5),
                (0.85, 0.2),
                (0.7, 0.95),
                (0.2, 1.1),
                (0.0, 0.9),
            ),
        ),
        (((0.8, 0.3), (0.45, 0.5), (0.1, 0.25), (0.5, 0), (0.85, 0.2), (0.7, 0.7), (0.3, 1)),),
        (
            (
                (0.8, 0.05),
                (0.3, 0.05),
                (0.1, 0.35),
                (0.4, 0.5),
                (0.8, 0.1),
                (0.8, 0.1),
                (0.8, 0.85),
                (0.4, 1.1),
            ),
        ),
        (
            (
                (0.85, 0.1),
                (0.35, 0.0),
                (0.1, 0.3),
                (0.5, 0.42),
                (0.85, 0.1),
                (0.85, 0.1),
                (0.6, 1.0),
                (0.05, 1.05),
            ),
        ),
    ),
    "a": (
        (
            (
                (0.85, 0.5),
                (0.4, 0.4),
                (0.1, 0.75),
                (0.4, 1),
                (0.8, 0.7),
                (0.85, 0.45),
                (0.85, 0.45),
                (0.9, 1),
            ),
        ),
    ),
    "b": (
        (((0.15, 0), (0.1, 0.95), (0.1, 0.95), (0.2, 0.6), (0.75, 0.6), (0.7, 0.95), (0.1, 0.95)),),
        (((0.2, 0), (0.1, 0.8), (0.45, 1), (0.85, 0.75), (0.6, 0.5), (0.2, 0.6)),),
    ),
    "c": ((((0.85, 0.5), (0.45, 0.42), (0.1, 0.7), (0.4, 1), (0.9, 0.9)),),),
}
UPPER = "ABCDĐGHKLMNPQSTUVXY"
SYMBOLS = tuple(a + b + c + "-SY" for a in "QKTS" for b in "ĐHBY" for c in "-TS")
LABELS = ("Số:", "Số:", "Số:", "Số:", "Số :", "Số", "SỐ:", "Sô:", "Số.", "Só:")


@dataclass(frozen=True)
class Hand:
    """One clerk's habits, the same for all digits of a sample."""

    height: float
    width: float
    slant: float
    pen: float
    gap: float
    wobble: float
    rise: float
    join: float


def read_idx(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and their digits from the two IDX files in `folder`."""
    images = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())
    truths = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28),
        np.frombuffer(truths, np.uint8, offset=8),
    )


def font_files(kind: str) -> list[Path]:
    """Font files of `kind` (`hand`, `print`, `stamp`) of fonts.tsv that are installed."""
    wanted: list[str] = []
    for row in (HERE / "fonts.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        columns = row.split("\t")
        if columns[0] == kind:
            wanted.append(columns[2])
    found = {
        path.name: path
        for root in FONT_ROOTS
        for path in sorted(root.rglob("*"))
        if path.suffix in {".ttf", ".otf"}
    }
    return [found[name] for name in wanted if name in found]


@functools.lru_cache(maxsize=600)
def load_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=6000)
def drawn_text(text: str, face: str, pixels: int) -> tuple[np.ndarray, int, int]:
    """Ink (0..1) of printed text, its top against the baseline and its width, in pixels."""
    font = load_font(face, pixels)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text, anchor="ls"))
    tile = Image.new("L", (right - left + 4, bottom - top + 4))
    ImageDraw.Draw(tile).text((2 - left, 2 - top), text, 255, font=font, anchor="ls")
    return np.asarray(tile, np.float32) / 255, top, right - left


def smooth(points: np.ndarray, steps: int = 7) -> np.ndarray:
    """A Catmull-Rom curve through `points`; where a point is doubled it has a corner."""
    if len(points) == 2:
        return points
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i][:, None, :] for i in range(4))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


class Composer:
    """Makes samples from one random generator; the same seed gives the same samples."""

    def __init__(self, digits: Path, seed: int) -> None:
        """Reads the digit images of `digits` and the fonts of fonts.tsv."""
        self.random = np.random.default_rng(seed)
        images, truths = read_idx(digits)
        self.scanned = {str(d): images[truths == d] for d in range(10)}
        self.grain = self.random.normal(0, 1, (160, 4000)).astype(np.float32)
        self.fonts = {kind: font_files(kind) for kind in ("hand", "print", "stamp")}

    def _uniform(self, low: float, high: float) -> float:
        return float(self.random.uniform(low, high))

    def _chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def _pick(self, items: Sequence[_T]) -> _T:
        return items[int(self.random.integers(len(items)))]

    def sample(self) -> tuple[np.ndarray, str, list[float]]:
        """A strip for the network, what is written on it, and where: x of each sign."""
        number = self._chance(0.62)
        if self._chance(0.08):
            digits = ""
        elif number:
            digits = self._number()
        else:
            digits = self._day()
        strip, places, ends_in_slash = self._strip(digits, number=number)
        fitted = fit_strip(self._scan(strip))
        scale = fitted.shape[1] / strip.shape[1]
        return fitted, digits + ("/" if ends_in_slash else ""), [x * scale for x in places]

    def _number(self) -> str:
        length = int(self.random.choice([1, 2, 3, 4, 5], p=[0.05, 0.24, 0.31, 0.37, 0.03]))
        text = "".join(str(d) for d in self.random.integers(0, 10, length))
        if length == 1:
            text = str(self.random.integers(1, 10))
        if length == 2 and self._chance(0.3):
            text = "0" + text[1]
        return text + (self._pick("aabbbc") if self._chance(0.03) else "")

    def _day(self) -> str:
        if self._chance(0.2):
            return "".join(str(d) for d in self.random.integers(0, 10, 2))
        value = int(self.random.integers(1, 32))
        return f"{value:02d}" if self._chance(0.75) else str(value)

    def _strip(self, digits: str, *, number: bool) -> tuple[np.ndarray, list[float], bool]:
        # Pixels a point of the scan: 150-300 dpi.
        scale = float(
            self.random.choice([1.7, 2.08, 2.5, 2.8, 3.4], p=[0.1, 0.25, 0.25, 0.25, 0.15])
        )
        size = self._uniform(0.85, 1.15) * 13
        height = round((ABOVE_BASELINE + BELOW_BASELINE) * scale)
        canvas = np.zeros((height, round(220 * scale)), np.float32)
        baseline = (ABOVE_BASELINE + self._uniform(-3, 3)) * scale
        face = str(self._pick(self.fonts["print"]))
        italic = [p for p in self.fonts["print"] if "Italic" in p.name or "italic" in p.name]
        upright = [p for p in self.fonts["print"] if p not in italic]
        face = str(self._pick(upright if number or self._chance(0.12) else italic))
        shade = self._uniform(0.7, 1)
        x = self._uniform(1, 9) * scale
        if number:
            left = self._pick(LABELS)
            right = "/" + self._pick(SYMBOLS)
            if self._chance(0.3):
                right = "/" + self._pick(("QĐ-UB", "KH-UB", "TB-SY", "SYT-N", "UBND-", "BC-SY"))
            if self._chance(0.04):
                right = "-" + right[1:]
        else:
            left = self._pick(("ngày", "ngày", "tháng"))
            right = "tháng" if left == "ngày" else self._pick(("năm", "năm 20"))
            if left == "ngày" and self._chance(0.5):
                tail = self._print(
                    canvas,
                    self._pick(("ng,", "ội,", "m,", "ơ,", "h,")),
                    face,
                    size,
                    scale,
                    x,
                    baseline,
                    shade,
                )
                x = tail + self._uniform(2, 4) * scale
        end = self._print(canvas, left, face, size, scale, x, baseline, shade)
        drawn, ink_start, ink_end, centres = self._digits(digits, scale)
        slot = (ink_end - ink_start) / scale
        natural = self._uniform(8, 45) if number else self._uniform(8, 24)
        width = max(natural, slot * self._uniform(0.85, 1.1) if digits else natural)
        free = max(0.0, width - slot)
        start = end + (self._uniform(-1.5, 2) + self.random.beta(1.2, 1.5) * free) * scale
        ink = np.zeros_like(canvas)
        if digits:
            self._place(ink, drawn[:, ink_start:ink_end], start, baseline)
        canvas = np.maximum(canvas, ink)
        places = [x - ink_start + start for x in centres]
        edge = end + width * scale + self._uniform(-1, 2.5) * scale
        self._leaders(canvas, end, edge, baseline, scale)
        if self._chance(0.93):
            stop = self._print(canvas, right, face, size, scale, edge, baseline, shade)
            slash = number
        else:
            stop, slash = edge + 10 * scale, False
        if number and slash:
            stop = edge + self._uniform(4, 26) * scale
        self._noise(canvas, scale, baseline, shade, face, size)
        right_cut = round(min(stop + self._uniform(0, 6) * scale, canvas.shape[1]))
        if slash:
            places.append(edge + 2 * scale)
        return canvas[:, :right_cut], places, slash

    def _print(
        self,
        canvas: np.ndarray,
        text: str,
        face: str,
        size: float,
        scale: float,
        x: float,
        baseline: float,
        shade: float,
    ) -> float:
        ink, top, width = drawn_text(text, face, max(8, round(size * scale / 3) * 3))
        array = ink * shade
        if self._chance(0.3):
            array = cv2.dilate(array, np.ones((2, 2)))
        self._paste(canvas, array, round(x), round(baseline + top - 2))
        return x + width

    @staticmethod
    def _paste(canvas: np.ndarray, tile: np.ndarray, x: int, y: int) -> None:
        top, left = max(0, -y), max(0, -x)
        bottom = min(tile.shape[0], canvas.shape[0] - y)
        right = min(tile.shape[1], canvas.shape[1] - x)
        if bottom > top and right > left:
            target = canvas[y + top : y + bottom, x + left : x + right]
            np.maximum(target, tile[top:bottom, left:right], out=target)

    def _place(self, ink: np.ndarray, tile: np.ndarray, x: float, baseline: float) -> None:
        self._paste(ink, tile, round(x), round(baseline) - tile.shape[0] * 2 // 3)

    def _digits(self, text: str, scale: float) -> tuple[np.ndarray, int, int, list[float]]:
        """Ink of `text` (0..1), its first and last column, and the middle of each letter.

        The foot of the letters is at two thirds of the height.
        """
        tile = np.zeros(
            (round(66 * scale), round((24 * max(len(text), 1) + 34) * scale)), np.float32
        )
        if not text:
            return tile, 0, 0, []
        foot = tile.shape[0] * 2 / 3
        style = self.random.random()
        if style < 0.10:
            centres = self._typed(
                tile, text, "print" if self._chance(0.65) else "stamp", scale, foot
            )
        elif style < 0.25 and self.fonts["hand"]:
            centres = self._typed(tile, text, "hand", scale, foot)
        elif style < 0.47 and text.isdigit():
            centres = self._scanned(tile, text, scale, foot)
        else:
            centres = self._drawn(tile, text, scale, foot)
        columns = np.flatnonzero(tile.max(axis=0) > 0.2)
        if len(columns) == 0:
            return tile, 0, 1, centres
        return tile, int(columns[0]), int(columns[-1]) + 1, centres

    def _typed(
        self, tile: np.ndarray, text: str, kind: str, scale: float, foot: float
    ) -> list[float]:
        size = self._uniform(12, 15) if kind == "print" else self._uniform(11, 22)
        face = str(self._pick(self.fonts[kind]))
        work = np.zeros_like(tile)
        x, centres = 15 * scale, []
        for letter in text:
            drop = self._uniform(-0.6, 0.6) * scale if kind != "print" else 0
            begun = x
            x = self._print(work, letter, face, size, scale, x, foot + drop, 1.0)
            centres.append((begun + x) / 2)
            x += self._uniform(0.0, 1.2) * scale
        if kind == "hand":
            work = self._pen(work, scale)
            slant = self._uniform(-0.15, 0.35)
            work = self._slanted(work, slant, foot)
            centres = [c + slant * 0.3 * size * scale for c in centres]
        np.maximum(tile, work * self._uniform(0.5, 1), out=tile)
        return centres

    def _pen(self, ink: np.ndarray, scale: float) -> np.ndarray:
        size = int(self.random.integers(1, max(2, round(scale)) + 1))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        return cv2.dilate(ink, kernel) if self._chance(0.6) else ink

    @staticmethod
    def _slanted(ink: np.ndarray, slant: float, foot: float) -> np.ndarray:
        matrix = np.float32([[1, -slant, slant * foot], [0, 1, 0]])
        return cv2.warpAffine(ink, matrix, ink.shape[::-1], flags=cv2.INTER_LINEAR)

    def _scanned(self, tile: np.ndarray, text: str, scale: float, foot: float) -> list[float]:
        height = self._uniform(8.5, 18)
        gap = self._uniform(-0.8, 2.5)
        x, centres = 15 * scale, []
        squeeze = self._uniform(0.65, 1.1)
        work = np.zeros_like(tile)
        for letter in text:
            image = self._pick(self.scanned[letter])
            rows, columns = np.flatnonzero(image.max(axis=1)), np.flatnonzero(image.max(axis=0))
            image = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            tall = height * self._uniform(0.85, 1.15) * scale
            wide = max(2.0, tall * image.shape[1] / image.shape[0] * squeeze)
            grown = cv2.resize(
                image.astype(np.float32) / 255,
                (round(wide), round(tall)),
                interpolation=cv2.INTER_CUBIC,
            )
            grown = np.clip((grown - self._uniform(0.2, 0.6)) * 4 + 0.5, 0, 1)
            drop = self._uniform(-1, 1) * scale
            self._paste(work, grown, round(x), round(foot + drop - tall))
            centres.append(x + wide / 2)
            x += wide + gap * scale
        slant = self._uniform(-0.1, 0.25)
        work = self._slanted(work, slant, foot)
        np.maximum(tile, work * self._uniform(0.55, 1), out=tile)
        return [c + slant * height / 2 * scale for c in centres]

    def _drawn(self, tile: np.ndarray, text: str, scale: float, foot: float) -> list[float]:
        hand = Hand(
            height=self._uniform(8, 19),
            width=self._uniform(0.38, 0.75),
            slant=self._uniform(-0.1, 0.45),
            pen=self._uniform(0.6, 1.8),
            gap=self._uniform(-0.6, 3.2),
            wobble=self._uniform(0.015, 0.06),
            rise=self._uniform(-0.06, 0.1),
            join=0.5 if self._chance(0.2) else 0.0,
        )
        ways = {letter: self._pick(SHAPES[letter]) for letter in SHAPES}
        x, last = 15.0, None
        centres = []
        thick = max(1, round(hand.pen * scale))
        for letter in text:
            way = ways[letter] if self._chance(0.8) else self._pick(SHAPES[letter])
            wide = hand.height * hand.width * self._uniform(0.8, 1.2)
            if letter == "1":
                wide *= self._uniform(0.25, 0.9)
            tall = hand.height * self._uniform(0.85, 1.15)
            if letter in "abc" and self._chance(0.6):
                tall *= 0.8
            drop = self._uniform(-1, 1) - hand.rise * (x - 15)
            grid = self.random.normal(0, hand.wobble, 6)
            for stroke in way:
                points = np.array(stroke, np.float64)
                doubled = np.all(points[1:] == points[:-1], axis=1)
                points += self.random.normal(0, hand.wobble, points.shape)
                points[1:][doubled] = points[:-1][doubled]
                u, v = points[:, 0].copy(), points[:, 1].copy()
                points[:, 0] += grid[0] * v + grid[1] * v * u + grid[2] * v * v
                points[:, 1] += grid[3] * u + grid[4] * v * u + grid[5] * u * u
                points = points * (wide, tall)
                points[:, 0] += x + hand.slant * (tall - points[:, 1])
                points[:, 1] += drop - tall
                curve = smooth(points) * scale + (0, foot)
                if last is not None and stroke is way[0] and self._chance(hand.join):
                    curve = np.concatenate([last[None], curve])
                last = curve[-1]
                cv2.polylines(
                    tile,
                    [np.round(curve * 16).astype(np.int32)],
                    False,
                    1.0,
                    thick,
                    cv2.LINE_AA,
                    4,
                )
            centres.append((x + wide / 2 + hand.slant * tall / 2) * scale)
            x += max(wide, hand.height * 0.12) + hand.gap + hand.pen
        if self._chance(0.3):
            tile *= self._uniform(0.45, 1)
        if self._chance(0.25):
            # A dry pen leaves gaps where the paper is rough.
            rough = cv2.resize(
                self.random.random((tile.shape[0] // 4, tile.shape[1] // 4)).astype(np.float32),
                tile.shape[::-1],
            )
            tile *= np.clip(rough * self._uniform(1.5, 4), 0.25, 1)
        return centres

    def _leaders(
        self, canvas: np.ndarray, start: float, end: float, baseline: float, scale: float
    ) -> None:
        kind = self.random.random()
        y = round(baseline + self._uniform(-0.5, 2) * scale)
        if kind < 0.10:
            step = self._uniform(2.2, 4) * scale
            for x in np.arange(start, end - step / 2, step):
                cv2.circle(canvas, (round(x), y), max(0, round(0.45 * scale)), 0.8, -1)
        elif kind < 0.14:
            cv2.line(canvas, (round(start), y), (round(end), y), 0.8, max(1, round(0.5 * scale)))

    def _noise(
        self,
        canvas: np.ndarray,
        scale: float,
        baseline: float,
        shade: float,
        face: str,
        size: float,
    ) -> None:
        height, width = canvas.shape
        if self._chance(0.35):
            words = self._pick(
                (
                    "V/v báo cáo kết quả thực hiện Quyết định",
                    "GIẤY MỜI Hội nghị",
                    "V/v triển khai kế hoạch công tác",
                    "1. Các đơn vị",
                )
            )
            drop = self._uniform(13, 22) * scale
            self._print(
                canvas,
                words,
                face,
                size,
                scale,
                -self._uniform(0, 60) * scale,
                baseline + drop,
                shade,
            )
        if self._chance(0.15):
            words = self._pick(
                (
                    "SỞ Y TẾ TỈNH KIÊN",
                    "TRƯỜNG ĐẠI HỌC",
                    "Độc lập - Tự do - Hạnh phúc",
                    "ỦY BAN NHÂN DÂN",
                )
            )
            self._print(
                canvas,
                words,
                face,
                size,
                scale,
                self._uniform(-60, 20) * scale,
                baseline - self._uniform(15, 24) * scale,
                shade,
            )
        if self._chance(0.12):
            y = round(baseline - self._uniform(12, 20) * scale)
            x = round(self._uniform(0, 60) * scale)
            cv2.line(canvas, (x, y), (x + round(40 * scale), y), shade, max(1, round(0.7 * scale)))
        if self._chance(0.12):
            ends = self.random.uniform(0, 1, (2, 2)) * (min(width, 150 * scale), height)
            ends[1] = ends[0] + self.random.normal(0, 7 * scale, 2)
            cv2.line(
                canvas, *(tuple(int(v) for v in p) for p in ends), 0.7, max(1, round(0.6 * scale))
            )
        if self._chance(0.35):
            for _ in range(int(self.random.integers(1, 18))):
                x, y = int(self.random.integers(width)), int(self.random.integers(height))
                radius = int(self.random.integers(0, max(1, round(0.5 * scale)) + 1))
                cv2.circle(canvas, (x, y), radius, self._uniform(0.3, 1), -1)

    def _scan(self, ink: np.ndarray) -> np.ndarray:
        """Paper, lens, threshold and JPEG over `ink`; grey levels, ink dark."""
        random = self.random
        if self._chance(0.5):
            ink = self._rotated(ink, random.normal(0, 0.8))
        paper = self._uniform(0.75, 1)
        dark = self._uniform(0.0, 0.35)
        image = paper - (paper - dark) * ink
        if self._chance(0.12):
            ghost = np.flip(cv2.GaussianBlur(ink, (0, 0), 2), 1)
            image = image - 0.12 * ghost
        blur = self._uniform(0.3, 1.3) if self._chance(0.8) else self._uniform(1, 2)
        image = cv2.GaussianBlur(image, (0, 0), blur)
        left = int(random.integers(0, self.grain.shape[1] - image.shape[1]))
        grain = self.grain[: image.shape[0], left : left + image.shape[1]]
        image = image + self._uniform(0.0, 0.04) * grain
        grey = np.clip(image * 255, 0, 255).astype(np.uint8)
        if self._chance(0.4):
            level = dark + (paper - dark) * self._uniform(0.5, 0.85)
            grey = np.where(grey > level * 255, 255, 0).astype(np.uint8)
        elif self._chance(0.6):
            quality = int(random.integers(25, 85))
            grey = cv2.imdecode(
                cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0
            )
        return grey

    @staticmethod
    def _rotated(ink: np.ndarray, degrees: float) -> np.ndarray:
        height, width = ink.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return cv2.warpAffine(ink, matrix, (width, height))
