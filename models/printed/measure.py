"""Measures the shipped reader on composed lines and, where there are some, on real ones.

    python -m models.printed.measure --fonts DIR --real real_test.npz

Counts lines read exactly and letters wrong (edits for each hundred letters), of the network and
of the engine; and how many words of the network are right by how sure it is of them. Runs in
the package's own environment.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from rapidfuzz.distance import Levenshtein

from models.printed.compose import Composer
from models.printed.samples import RealLine, load_lines
from pipeline.printed import PLAIN, Seen, load_reader, words_of
from pipeline.vietnamese import plain_signs

#: Least sure signs of words, from which on each group of them is counted.
SHARES = (0.0, 0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Score:
    """Lines read exactly of all, and edits in their letters."""

    exact: int
    lines: int
    edits: int
    letters: int

    def __str__(self) -> str:
        """Both, as shares."""
        return (
            f"{self.exact} of {self.lines} lines exact ({100 * self.exact / self.lines:.1f} %), "
            f"{100 * self.edits / self.letters:.2f} % of letters wrong"
        )


def score(read: Sequence[str], truth: Sequence[str]) -> Score:
    """How well lines were read; of each, what was read and what is written."""
    pairs = list(zip(read, truth, strict=True))
    return Score(
        sum(mine == text for mine, text in pairs),
        len(pairs),
        sum(Levenshtein.distance(mine, text) for mine, text in pairs),
        sum(len(text) for text in truth),
    )


def right_words(seen: Sequence[Seen], text: str) -> list[bool]:
    """Which words stand in the text, in its order."""
    words = text.split()
    right = [False] * len(seen)
    for block in Levenshtein.opcodes([one.text for one in seen], words):
        if block.tag == "equal":
            right[block.src_start : block.src_end] = [True] * (block.src_end - block.src_start)
    return right


def report(name: str, lines: Sequence[RealLine]) -> None:
    """Prints how well lines are read."""
    reader = load_reader()
    read = [words_of(reader.scores(line.strip)) for line in lines]
    texts = [line.text for line in lines]
    print(f"{name}, network: {score([_joined(seen) for seen in read], texts)}")
    if any(line.seen for line in lines):
        print(f"{name}, engine: {score([_plain(line.seen) for line in lines], texts)}")
    total, right = Counter[float](), Counter[float]()
    for seen, text in zip(read, texts, strict=True):
        for word, good in zip(seen, right_words(seen, text), strict=True):
            group = max(share for share in SHARES if word.share >= share)
            total[group] += 1
            right[group] += good
    for share in SHARES:
        print(f"{name}, words from {share} on: {right[share]} of {total[share]} right")


def _joined(seen: Sequence[Seen]) -> str:
    return " ".join(word.text for word in seen)


def _plain(text: str) -> str:
    return " ".join(plain_signs(text).translate(PLAIN).split())


def main() -> None:
    """Composes, reads, and prints the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--real", type=Path, help="lines of real pages, see cut_real.py")
    parser.add_argument("--lines", type=int, default=1000, help="lines to compose")
    parser.add_argument("--seed", type=int, default=11)
    asked = parser.parse_args()
    composer = Composer(asked.fonts, asked.seed)
    composed = [composer.sample() for _ in range(asked.lines)]
    report(
        "composed",
        [RealLine(one.strip, one.text, np.empty((0, 2)), "composed") for one in composed],
    )
    if asked.real:
        report("real", load_lines(asked.real))


if __name__ == "__main__":
    main()
