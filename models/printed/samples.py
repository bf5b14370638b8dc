"""Composed lines by the thousand, made by other processes, and real lines cut into spans."""

from __future__ import annotations

import functools
import itertools
import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.printed.compose import WIDEST, Composer
from pipeline.printed import ALPHABET, STRIP_HEIGHT

#: Lines that are composed at once.
SHARD = 1000
#: Signs that a strip holds at most.
LONGEST = 72
#: Pixels by which a span of a real line stays below the widest strip, and its least width.
_SPARE, _NARROWEST = 8, 12
_CODE = {sign: code for code, sign in enumerate(ALPHABET, 1)}


@dataclass(frozen=True)
class Samples:
    """Padded strips and what is written on them.

    Attributes:
        strips: (N, height, WIDEST), ink 0..255.
        codes: (N, LONGEST) places of the signs in ALPHABET, from 1; 0 fills up.
        places: (N, LONGEST) x of each sign, pixels; NaN where nobody knows.
    """

    strips: np.ndarray
    codes: np.ndarray
    places: np.ndarray

    @staticmethod
    def empty(count: int) -> Samples:
        """Room for `count` samples."""
        return Samples(
            np.zeros((count, STRIP_HEIGHT, WIDEST), np.uint8),
            np.zeros((count, LONGEST), np.int64),
            np.full((count, LONGEST), np.nan, np.float32),
        )

    def put(self, at: int, strip: np.ndarray, text: str, places: np.ndarray | None) -> bool:
        """Writes one sample in row `at`; False where it does not fit."""
        if strip.shape[1] > WIDEST or len(text) > LONGEST:
            return False
        self.strips[at] = 0
        self.strips[at, :, : strip.shape[1]] = strip
        self.codes[at] = 0
        self.codes[at, : len(text)] = [_CODE[sign] for sign in text]
        self.places[at] = np.nan
        if places is not None:
            self.places[at, : len(places)] = places
        return True


@functools.lru_cache(maxsize=1)
def _composer(fonts: Path) -> Composer:
    """The composer of this process: its faces and word lists are loaded once."""
    cv2.setNumThreads(1)
    return Composer(fonts, 0)


def compose_shard(fonts: Path, seed: int) -> Samples:
    """SHARD composed samples; the same for the same seed."""
    composer = _composer(fonts)
    composer.reseed(seed)
    samples = Samples.empty(SHARD)
    at = 0
    while at < SHARD:
        one = composer.sample()
        at += samples.put(at, one.strip, one.text, one.places)
    return samples


class Stream:
    """Shards of composed samples, a few ahead of use."""

    def __init__(self, fonts: Path, seed: int, workers: int) -> None:
        """Starts `workers` processes that compose."""
        self.pool = ProcessPoolExecutor(workers, initializer=os.nice, initargs=(5,))
        self.tasks = ((fonts, seed * 1_000_000 + i) for i in itertools.count())
        self.coming = deque(self._submit() for _ in range(3 * workers))

    def _submit(self) -> Future[Samples]:
        return self.pool.submit(compose_shard, *next(self.tasks))

    @property
    def ready(self) -> bool:
        """Whether the next shard is composed."""
        return self.coming[0].done()

    def next(self) -> Samples:
        """The next shard; waits until it is composed."""
        self.coming.append(self._submit())
        return self.coming.popleft().result()

    def close(self) -> None:
        """Stops composing."""
        self.pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class RealLine:
    """A line of a real page.

    Attributes:
        strip: (STRIP_HEIGHT, width), ink 0..255, see `printed.fit_strip`.
        text: what is printed there, of signs of ALPHABET where it is trained on.
        words: (N, 2) left and right pixel of each word that the engine saw.
        source: file and page, `m001.pdf 1`.
        seen: the engine's reading, where it is to be measured.
    """

    strip: np.ndarray
    text: str
    words: np.ndarray
    source: str
    seen: str = ""


def save_lines(path: Path, lines: list[RealLine]) -> None:
    """Writes lines to one file of flat arrays, for `load_lines`."""
    np.savez_compressed(
        path,
        ink=np.concatenate([line.strip.ravel() for line in lines]),
        widths=np.array([line.strip.shape[1] for line in lines]),
        text=np.array([line.text for line in lines]),
        words=np.concatenate([line.words for line in lines]).astype(np.float32),
        word_counts=np.array([len(line.words) for line in lines]),
        source=np.array([line.source for line in lines]),
        seen=np.array([line.seen for line in lines]),
    )


def load_lines(path: Path) -> list[RealLine]:
    """Reads what `save_lines` wrote."""
    with np.load(path) as file:
        flat = np.split(file["ink"], STRIP_HEIGHT * np.cumsum(file["widths"])[:-1])
        words = np.split(file["words"], np.cumsum(file["word_counts"])[:-1])
        texts, sources, seen = (file[name].tolist() for name in ("text", "source", "seen"))
    strips = [ink.reshape(STRIP_HEIGHT, -1) for ink in flat]
    return [RealLine(*row) for row in zip(strips, texts, words, sources, seen, strict=True)]


def spans(lines: list[RealLine], count: int, random: np.random.Generator) -> Samples:
    """`count` runs of words out of lines, each as wide as a composed strip at most."""
    # Where the text has more or fewer words than boxes nobody knows which is where.
    lines = [line for line in lines if len(line.text.split()) == len(line.words)]
    samples = Samples.empty(count)
    at = 0
    while at < count:
        strip, text = _span(lines[int(random.integers(len(lines)))], random)
        if strip.shape[1] >= _NARROWEST and set(text) <= _CODE.keys():
            at += samples.put(at, strip, text, None)
    return samples


def _span(line: RealLine, random: np.random.Generator) -> tuple[np.ndarray, str]:
    """As many words from a random one on as fit, cut in the middle of the blanks."""
    words, boxes, width = line.text.split(), line.words, line.strip.shape[1]
    limit = WIDEST - _SPARE
    first = int(random.integers(len(words))) if width > limit else 0
    end = first + 1
    while end < len(words) and boxes[end][1] - boxes[first][0] < limit:
        end += 1
    left = round((boxes[first - 1][1] + boxes[first][0]) / 2) if first else 0
    right = round((boxes[end - 1][1] + boxes[end][0]) / 2) if end < len(words) else width
    return line.strip[:, left:right], " ".join(words[first:end])
