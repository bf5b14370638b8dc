"""Measures the reader on composed lines of faces that it never saw, and writes calibration.toml.

    python models/stamped/measure.py --fonts DIR

For every temperature and weight of the prior: how many lines are taken at a threshold, and
how many of those are right. Written is the pair that takes most lines where at most one in
a hundred taken is wrong, and the least share that does so. With these, feet of pages are
read where a seal runs into the name.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.stamped.compose import HANDS_HELD_OUT, Composer, Sample
from models.stamped.feet import DPI, crossed_foot
from models.stamped.type import Face, load_faces
from pipeline.naming import likely_names, ranks
from pipeline.stamped import CONFIDENCE, Reader, load_reader, read_name, scores_of
from pipeline.vietnamese import fold_tone_placement

TEMPERATURES, TRUSTS = (1.0, 1.4, 1.9), (0.4, 0.7, 1.0)
THRESHOLDS = (0.5, 0.7, 0.8, 0.85, *np.arange(0.9, 0.985, 0.01).round(2), 0.985, 0.99, 0.995)
#: Share of taken names that may be wrong.
WRONG = 0.01


def name_in(text: str) -> str:
    """What is written on a line without degree and rank, tones in their newer places."""
    name = text.rpartition(".")[2].strip()
    for rank in ranks():
        name = name.removeprefix(f"{rank} ")
    return fold_tone_placement(name)


def held_out_lines(faces: list[Face], lines: int, seed: int) -> dict[str, list[Sample]]:
    """So many lines in a running hand, and half as many upright, of faces held out."""
    out = {}
    for i, (kind, count) in enumerate((("held-out", lines), ("held-out upright", lines // 2))):
        of_kind = [face for face in faces if face.kind == kind]
        composer = Composer(of_kind, seed + i, HANDS_HELD_OUT)
        out[kind] = [composer.sample() for _ in range(count)]
    return out


def calibrate(samples: dict[str, list[Sample]], reader: Reader) -> Reader:
    """The reader with the numbers that take most of the composed lines; prints the tables."""
    kinds = np.array([kind for kind, some in samples.items() for _ in some])
    every = list(itertools.chain.from_iterable(samples.values()))
    wanted = [name_in(one.text) for one in every]
    scores = [scores_of(one.strip, reader) for one in every]
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
        for kind in samples:
            row, of_kind = [], kinds == kind
            for least in THRESHOLDS:
                taken = of_kind & (shares >= least)
                row.append(f"{float(least)}: {int((right & taken).sum())}/{int(taken.sum())}")
            print(
                f"T {temperature} trust {trust} {kind}: best right {right[of_kind].mean():.3f};",
                *row,
            )
        for least in THRESHOLDS:
            taken = shares >= least
            if (~right & taken).sum() <= WRONG * taken.sum():
                best = max(best, (int(taken.sum()), temperature, trust, least), key=lambda b: b[0])
    taken, temperature, trust, least = best
    print(f"best: {temperature}, {trust}, {least}: {taken} of {len(every)} taken", flush=True)
    return replace(reader, temperature=temperature, trust=trust, least=least)


def read_feet(faces: list[Face], count: int, seed: int, reader: Reader) -> Counter[str]:
    """What the package says of so many feet of pages with a seal through the name.

    Faces in a running hand are those held out; of upright ones all are taken.
    """
    composer = Composer([face for face in faces if face.kind != "script"], seed, HANDS_HELD_OUT)
    composer.scripts = [face for face in faces if face.kind == "held-out"]
    counts = Counter[str]()
    for _ in range(count):
        foot = crossed_foot(composer)
        read = read_name(foot.pixels, DPI, reader, [foot.seal])
        if read is None:
            counts["nothing"] += 1
            continue
        right = fold_tone_placement(read.text) == fold_tone_placement(foot.name)
        sure = read.words[0].confidence == CONFIDENCE
        counts[f"{'said' if sure else 'doubt'} {'right' if right else 'wrong'}"] += 1
    return counts


def main() -> None:
    """Composes, reads, and writes the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--feet", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--keep", action="store_true", help="leave calibration.toml as it is")
    asked = parser.parse_args()
    faces, reader = load_faces(asked.fonts), load_reader()
    if not asked.keep:
        reader = calibrate(held_out_lines(faces, asked.lines, asked.seed), reader)
        (Path(__file__).parent / "calibration.toml").write_text(
            f"temperature = {reader.temperature}\ntrust = {reader.trust}\n"
            f"least = {reader.least}\ndoubtful = {reader.doubtful}\n",
            encoding="utf-8",
        )
    print("crossed by a seal:", dict(read_feet(faces, asked.feet, asked.seed, reader)))


if __name__ == "__main__":
    main()
