"""Composed lines by the thousand, made by other processes while the network trains."""

from __future__ import annotations

import functools
import itertools
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.stamped.compose import HANDS, HANDS_HELD_OUT, Composer
from models.stamped.type import Face, load_faces
from pipeline.naming import LETTERS
from pipeline.stamped import STRIP_HEIGHT, STRIP_WIDTH

#: Lines of a shard.
SHARD = 500
#: Letters that a line holds at most; what is longer is not taken.
LONGEST = 56
#: Seed of the lines of faces held out.
HELD_OUT = 99_999


@dataclass(frozen=True)
class Samples:
    """Padded strips and what is written on them.

    Attributes:
        strips: (N, height, STRIP_WIDTH), ink 0..255.
        widths: (N,) pixels of each strip that are not padding.
        codes: (N, LONGEST) places of the letters in LETTERS, from 1; 0 fills up.
        places: (N, LONGEST) x of each letter, pixels.
    """

    strips: np.ndarray
    widths: np.ndarray
    codes: np.ndarray
    places: np.ndarray

    @property
    def texts(self) -> list[str]:
        """What is written on each."""
        return ["".join(LETTERS[code - 1] for code in row if code) for row in self.codes]


@functools.lru_cache(maxsize=1)
def _faces(fonts: Path) -> list[Face]:
    return load_faces(fonts)


def compose_shard(fonts: Path, held_out: bool, seed: int) -> Samples:
    """SHARD composed lines of the faces for training or of those held out; same for same seed."""
    cv2.setNumThreads(1)
    faces = [face for face in _faces(fonts) if face.held_out == held_out]
    composer = Composer(faces, seed, HANDS_HELD_OUT if held_out else HANDS)
    out = Samples(
        np.zeros((SHARD, STRIP_HEIGHT, STRIP_WIDTH), np.uint8),
        np.zeros(SHARD, np.float32),
        np.zeros((SHARD, LONGEST), np.int64),
        np.zeros((SHARD, LONGEST), np.float32),
    )
    lines = (composer.sample() for _ in itertools.count())
    short = (line for line in lines if len(line.text) <= LONGEST)
    for row, one in enumerate(itertools.islice(short, SHARD)):
        out.strips[row, :, : one.strip.shape[1]] = one.strip
        out.widths[row] = one.strip.shape[1]
        out.codes[row, : len(one.text)] = [LETTERS.index(letter) + 1 for letter in one.text]
        out.places[row, : len(one.text)] = one.places
    return out


class Stream:
    """Shards of composed lines in the order of their seeds, a few ahead of use."""

    def __init__(self, fonts: Path, seed: int, workers: int) -> None:
        """Starts `workers` processes that compose."""
        self.pool = ProcessPoolExecutor(workers, initializer=os.nice, initargs=(5,))
        #: Lines of the faces held out, always the same, for a look on the way.
        self.held_out = self.pool.submit(compose_shard, fonts, True, HELD_OUT)
        self.tasks = ((fonts, False, seed * 100_000 + i) for i in itertools.count())
        self.coming: deque[Future[Samples]] = deque()
        for _ in range(3 * workers):
            self._submit()

    def _submit(self) -> None:
        self.coming.append(self.pool.submit(compose_shard, *next(self.tasks)))

    def next(self) -> Samples:
        """The next shard; waits until it is composed."""
        self._submit()
        return self.coming.popleft().result()

    def ready(self) -> Iterator[Samples]:
        """The shards that are composed by now.

        Where composing fails, training goes on with what there is: a run is not thrown away.
        """
        while self.coming and self.coming[0].done():
            try:
                shard = self.coming.popleft().result()
                self._submit()
            except (
                BrokenProcessPool,
                ArithmeticError,
                LookupError,
                ValueError,
                cv2.error,
            ) as error:
                print("no shard:", repr(error), file=sys.stderr, flush=True)
            else:
                yield shard

    def close(self) -> None:
        """Stops composing."""
        self.pool.shutdown(wait=False, cancel_futures=True)
