"""Composed strips by the thousand, made by other processes while the network trains."""

from __future__ import annotations

import functools
import itertools
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.handwriting.compose import Composer
from models.handwriting.pen import ClerkDigits
from pipeline.handwriting import ALPHABET, NET_WIDTH, STRIP_HEIGHT

SHARD = 1000
#: Signs that a strip holds at most, a printed year and both slashes among them.
LONGEST = 12


@dataclass(frozen=True)
class Samples:
    """Padded strips and what is written on them.

    Attributes:
        strips: (N, height, width), ink 0..255.
        codes: (N, LONGEST) places of the signs in ALPHABET, from 1; 0 fills up.
        places: (N, LONGEST) x of each sign, pixels; NaN where nobody knows.
        groups: number of the agency whose ink is on the strip; -1 for composed ink.
    """

    strips: np.ndarray
    codes: np.ndarray
    places: np.ndarray
    groups: np.ndarray

    @property
    def truths(self) -> list[str]:
        """What is written on each."""
        return ["".join(ALPHABET[code - 1] for code in row if code) for row in self.codes]

    @staticmethod
    def empty(count: int) -> Samples:
        """Room for `count` samples."""
        return Samples(
            np.zeros((count, STRIP_HEIGHT, NET_WIDTH), np.uint8),
            np.zeros((count, LONGEST), np.int64),
            np.full((count, LONGEST), np.nan, np.float32),
            np.full(count, -1, np.int64),
        )


def encode(truth: str) -> list[int]:
    """Codes of the signs of `truth`, filled up to LONGEST."""
    codes = [ALPHABET.index(sign) + 1 for sign in truth]
    return codes + [0] * (LONGEST - len(codes))


@functools.lru_cache(maxsize=1)
def _clerks(path: Path | None) -> ClerkDigits | None:
    return ClerkDigits.load(path) if path is not None else None


def compose_shard(digits: Path, clerks: Path | None, seed: int) -> Samples:
    """SHARD composed samples; the same for the same seed."""
    cv2.setNumThreads(1)
    composer = Composer(digits, seed, _clerks(clerks))
    samples = Samples.empty(SHARD)
    for i in range(SHARD):
        sample = composer.sample()
        width = min(sample.strip.shape[1], NET_WIDTH)
        samples.strips[i, :, :width] = sample.strip[:, :width]
        samples.codes[i] = encode(sample.truth)
        samples.places[i, : len(sample.places)] = sample.places
        samples.groups[i] = sample.group
    return samples


class Stream:
    """Shards of composed samples in the order of their seeds, a few ahead of use."""

    def __init__(self, digits: Path, clerks: Path | None, seed: int, workers: int) -> None:
        """Starts `workers` processes that compose."""
        self.pool = ProcessPoolExecutor(workers, initializer=os.nice, initargs=(5,))
        self.tasks = ((digits, clerks, seed * 100_000 + i) for i in itertools.count())
        self.coming = deque(self._submit() for _ in range(3 * workers))

    def _submit(self):  # noqa: ANN202
        return self.pool.submit(compose_shard, *next(self.tasks))

    def next(self) -> Samples:
        """The next shard; waits until it is composed."""
        self.coming.append(self._submit())
        return self.coming.popleft().result()

    def close(self) -> None:
        """Stops composing."""
        self.pool.shutdown(cancel_futures=True)
