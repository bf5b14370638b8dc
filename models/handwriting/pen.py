"""Digits as people write, type and stamp them: ink of a number or a day."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
FONT_ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))
_T = TypeVar("_T")
#: Ways of writing each sign: strokes of points in a unit box (see the note in the file).
SHAPES: dict[str, list[list[list[list[float]]]]] = {
    sign: ways
    for sign, ways in json.loads((HERE / "pen_strokes.json").read_text(encoding="utf-8")).items()
    if len(sign) == 1
}


@dataclass(frozen=True)
class ClerkDigits:
    """Digits cut out of real letters (see cut_real.py).

    Attributes:
        tiles: ink 0..255 of each digit.
        digits, groups: what each is, and the number of its agency in the order of names.
        scale: pixels of a tile for a point of a 13-point letter.
        feet: from a tile's top to the printed baseline, pixels.
    """

    tiles: list[np.ndarray]
    digits: np.ndarray
    groups: np.ndarray
    scale: np.ndarray
    feet: np.ndarray

    @functools.cached_property
    def alphabets(self) -> dict[int, frozenset[str]]:
        """The digits that there are of each agency."""
        return {
            int(group): frozenset(map(str, self.digits[self.groups == group]))
            for group in np.unique(self.groups)
        }

    @staticmethod
    def load(path: Path) -> ClerkDigits:
        """The digits in the file that cut_real.py leaves."""
        table = np.load(path)
        ends = np.cumsum(table["sizes"].prod(axis=1))
        flat = np.split(table["ink"], ends[:-1])
        tiles = [ink.reshape(size) for ink, size in zip(flat, table["sizes"], strict=True)]
        return ClerkDigits(tiles, table["digits"], table["groups"], table["scale"], table["feet"])


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


class Drawing:
    """Draws at random on a canvas of ink; the same generator gives the same drawing."""

    def __init__(self, random: np.random.Generator) -> None:
        """Finds the fonts of fonts.tsv."""
        self.random = random
        self.fonts = {kind: font_files(kind) for kind in ("hand", "print", "stamp")}

    def _uniform(self, low: float, high: float) -> float:
        return float(self.random.uniform(low, high))

    def _chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def _pick(self, items: Sequence[_T]) -> _T:
        return items[int(self.random.integers(len(items)))]

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


class Pen(Drawing):
    """Writes digits; `group` tells whose clerks' digits it took last, -1 for nobody's."""

    def __init__(
        self, random: np.random.Generator, digits: Path, clerks: ClerkDigits | None
    ) -> None:
        """Reads the digit images of `digits`."""
        super().__init__(random)
        images, truths = read_idx(digits)
        self.scanned = {str(d): images[truths == d] for d in range(10)}
        self.clerks = clerks
        self.group = -1

    def write(self, text: str, scale: float) -> tuple[np.ndarray, int, int, list[float]]:
        """Ink of `text` (0..1), its first and last column, and the middle of each letter.

        The foot of the letters is at two thirds of the height.
        """
        self.group = -1
        tile = np.zeros(
            (round(66 * scale), round((24 * max(len(text), 1) + 34) * scale)), np.float32
        )
        if not text:
            return tile, 0, 0, []
        foot = tile.shape[0] * 2 / 3
        if self.clerks is not None and text.isdigit() and self._chance(0.25):
            centres = self._of_clerk(self.clerks, tile, text, scale, foot)
            return self._between(tile, centres)
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
        return self._between(tile, centres)

    @staticmethod
    def _between(
        tile: np.ndarray, centres: list[float]
    ) -> tuple[np.ndarray, int, int, list[float]]:
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

    def _of_clerk(
        self, clerks: ClerkDigits, tile: np.ndarray, text: str, scale: float, foot: float
    ) -> list[float]:
        """Digits of one agency's clerks side by side.

        Agencies have like shares, so that the largest does not teach its hand alone.
        """
        able = [g for g in clerks.alphabets if set(text) <= clerks.alphabets[g]]
        if not able:
            return self._drawn(tile, text, scale, foot)
        self.group = self._pick(able)
        choices = [
            np.flatnonzero((clerks.groups == self.group) & (clerks.digits == int(letter)))
            for letter in text
        ]
        zoom = self._uniform(0.8, 1.2)
        gap = self._uniform(-1.2, 2.5)
        x, centres = 15 * scale, []
        work = np.zeros_like(tile)
        for choice in choices:
            index = int(self.random.choice(choice))
            ratio = zoom * scale / float(clerks.scale[index]) * self._uniform(0.92, 1.08)
            ink = clerks.tiles[index].astype(np.float32) / 255
            wide = max(2, round(ink.shape[1] * ratio * self._uniform(0.9, 1.1)))
            tall = max(3, round(ink.shape[0] * ratio))
            grown = cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_LINEAR)
            top = foot - float(clerks.feet[index]) * ratio + self._uniform(-0.7, 0.7) * scale
            self._paste(work, grown, round(x), round(top))
            centres.append(x + wide / 2)
            x += wide + gap * scale
        slant = self._uniform(-0.15, 0.15)
        work = self._slanted(work, slant, foot)
        if self._chance(0.3):
            work = self._pen(work, scale)
        np.maximum(tile, work * self._uniform(0.6, 1), out=tile)
        return [c + slant * 5 * scale for c in centres]

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
