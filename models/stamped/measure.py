"""Measures the reader on composed lines of faces that it never saw, and writes calibration.toml.

    python models/stamped/measure.py --fonts DIR

For every temperature and weight of the prior: how many lines are taken at a threshold, and
how many of those are right. Written is the pair that takes most lines where at most one in
a hundred taken is wrong, and the least share that does so.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.stamped.compose import Composer
from models.stamped.type import load_faces
from pipeline.naming import likely_names
from pipeline.stamped import load_reader, scores_of
from pipeline.vietnamese import fold_tone_placement

TEMPERATURES, TRUSTS = (1.0, 1.4, 1.9), (0.4, 0.7, 1.0)
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)
#: Share of taken names that may be wrong.
WRONG = 0.01


def main() -> None:
    """Composes, reads, and writes the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    asked = parser.parse_args()
    faces = [face for face in load_faces(asked.fonts) if face.kind == "held-out"]
    composer = Composer(faces, asked.seed)
    samples = [composer.sample() for _ in range(asked.lines)]
    wanted = [fold_tone_placement(one.text.rpartition(".")[2].strip()) for one in samples]
    reader = load_reader()
    scores = [scores_of(one.strip, reader) for one in samples]
    best = (0, 0.0, 0.0, 1.0)
    for temperature, trust in itertools.product(TEMPERATURES, TRUSTS):
        named = [next(iter(likely_names(one, temperature, trust)), None) for one in scores]
        shares = np.array([one.probability if one else 0.0 for one in named])
        right = np.array(
            [
                one is not None and fold_tone_placement(one.text.lower()) == truth
                for one, truth in zip(named, wanted, strict=True)
            ]
        )
        row = []
        for least in THRESHOLDS:
            taken = shares >= least
            row.append(f"{least}: {int((right & taken).sum())}/{int(taken.sum())}")
            if (~right & taken).sum() <= WRONG * taken.sum():
                best = max(best, (int(taken.sum()), temperature, trust, least), key=lambda b: b[0])
        print(f"T {temperature} trust {trust}: best right {right.mean():.3f}; ", *row, flush=True)
    taken, temperature, trust, least = best
    print(f"written: {temperature}, {trust}, {least}: {taken} of {len(samples)} taken")
    text = f"temperature = {temperature}\ntrust = {trust}\nleast = {least}\ndoubtful = 0.5\n"
    (Path(__file__).parent / "calibration.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
