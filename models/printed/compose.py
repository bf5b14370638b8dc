"""Printed lines as scans of official letters show them, and what is written on each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.printed.damage import Damage
from models.printed.text import Writer
from models.printed.type import SIZES, Type, find_faces, load_type
from pipeline.printed import PLAIN, STRIP_HEIGHT, fit_strip

#: Widest strip that is composed, pixels: words that would go beyond it are left out.
WIDEST = 512
#: Share of strips on which nothing is printed.
_BLANK = 0.015


@dataclass(frozen=True)
class Sample:
    """A strip (STRIP_HEIGHT, width) of ink 0..255, its text and the column of each sign."""

    strip: np.ndarray
    text: str
    places: np.ndarray


@dataclass(frozen=True)
class _Placed:
    """A sign, the pen's x before it and how wide it is, pixels."""

    sign: str
    x: float
    wide: float


@dataclass(frozen=True)
class _SetLine:
    """Ink 0..1 cut to what was set, its text, and the middle of each sign, pixels."""

    ink: np.ndarray
    text: str
    places: np.ndarray


class Composer:
    """Endless composed lines; the same for the same seed."""

    def __init__(self, fonts: Path, seed: int) -> None:
        """Sets lines in the faces of fonts.tsv, found below `fonts`."""
        self.random = np.random.default_rng(seed)
        self.writer = Writer(self.random)
        self.damage = Damage(self.random, lambda: self._set(self.writer.line()).ink)
        self.paths, self.weights = find_faces(fonts)

    def reseed(self, seed: int) -> None:
        """Begins anew with another seed: faces and word lists stay loaded."""
        self.random = np.random.default_rng(seed)
        self.writer.draw.random = self.damage.random = self.random

    def overlay(self) -> np.ndarray:
        """Ink (STRIP_HEIGHT, WIDEST) of 0..255 that is no line's: to be laid over real lines."""
        return (255 * self.damage.strange(STRIP_HEIGHT, WIDEST)).astype(np.uint8)

    def sample(self) -> Sample:
        """One line."""
        random = self.random
        if random.random() < _BLANK:
            size = int(random.integers(26, 60)), int(random.integers(60, 400))
            line = _SetLine(np.zeros(size, np.float32), "", np.empty(0))
        else:
            line = self._set(self.writer.line())
        strip, _ = fit_strip(self.damage.scanned(line.ink))
        return Sample(strip, line.text, line.places * strip.shape[1] / line.ink.shape[1])

    def _set(self, line: str) -> _SetLine:
        """As many words of `line` as fit in the widest strip."""
        path = self.paths[self.random.choice(len(self.paths), p=self.weights)]
        face = load_type(path, int(SIZES[self.random.integers(len(SIZES))]))
        placed = self._placed(line, face)
        size, base = face.size, round(1.6 * face.size)
        ink = np.zeros((round(2.6 * size), round(placed[-1].x + 4 * size)), np.uint8)
        for one in placed:
            glyph = face.glyph(one.sign)
            top, left = base + glyph.top, max(0, round(one.x) + glyph.left)
            part = ink[top : top + glyph.ink.shape[0], left : left + glyph.ink.shape[1]]
            np.maximum(part, glyph.ink[: part.shape[0], : part.shape[1]], out=part)
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        edge = max(1, round(0.07 * size))
        top, left = max(0, rows[0] - edge), max(0, columns[0] - edge)
        cut = ink[top : rows[-1] + 1 + edge, left : columns[-1] + 1 + edge]
        return _SetLine(
            cut.astype(np.float32) / 255,
            "".join(one.sign for one in placed).translate(PLAIN),
            np.array([one.x + one.wide / 2 - left for one in placed]),
        )

    def _placed(self, line: str, face: Type) -> list[_Placed]:
        """Where the pen stands for each sign of the words that fit, blanks between them."""
        random, size = self.random, face.size
        space = size * random.uniform(0.2, 0.3)
        if random.random() < 0.3:  # set to the line's full width
            space *= random.uniform(1, 2.2)
        spread = size * random.uniform(-0.02, 0.08) if random.random() < 0.25 else 0.0
        # The strip is as high as its ink, about as much as the type's size.
        room = WIDEST / STRIP_HEIGHT * size
        pen, placed = 0.6 * size, list[_Placed]()
        for word in line.split():
            wides = [face.glyph(sign).advance for sign in word]
            if placed and pen + sum(wides) + spread * len(wides) > room:
                break
            if placed:
                placed.append(_Placed(" ", pen - space, space))
            for sign, wide in zip(word, wides, strict=True):
                placed.append(_Placed(sign, pen, wide))
                pen += wide + spread
            pen += space
            if random.random() < 0.01:  # as before a date or between columns
                pen += size * random.uniform(0.5, 3)
        return placed
