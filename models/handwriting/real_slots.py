"""Slots of real letters: what is written in them, whose they are, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.handwriting.network import Reader, scores_of
from models.handwriting.samples import Samples, encode
from pipeline.handwriting import mean_readings

Readings = dict[int, dict[str, float]]


@dataclass(frozen=True)
class RealSlots:
    """Slots of real letters: their views, and file, group, kind, style, truth, found."""

    views: np.ndarray
    rows: np.ndarray

    @staticmethod
    def load(folder: Path) -> RealSlots:
        """What cut_real.py left in `folder`."""
        table = np.load(folder / "strips.npz")
        return RealSlots(table["strips"], table["rows"])

    @property
    def rated(self) -> np.ndarray:
        """Indices of the slots whose truth is known."""
        return np.flatnonzero((self.rows[:, 4] != "") & (self.rows[:, 5] == "1"))

    @property
    def groups(self) -> np.ndarray:
        """Name of the agency of each slot."""
        return self.rows[:, 1]

    def folds(self) -> list[list[str]]:
        """Agencies to leave out together: the largest alone, the others in two parts."""
        names, counts = np.unique(self.groups[self.rated], return_counts=True)
        order = [str(names[i]) for i in np.argsort(-counts, kind="stable")]
        return [order[:1], order[1::2], order[2::2]]

    def samples(self, chosen: np.ndarray, model: Reader) -> Samples:
        """All views of the `chosen` slots, to train on.

        A day is written `06` or `6`: the truth does not say, so `model` chooses.
        """
        count = self.views.shape[1]
        samples = Samples.empty(len(chosen) * count)
        for row, index in enumerate(chosen):
            at = slice(row * count, (row + 1) * count)
            samples.strips[at] = self.views[index]
            samples.codes[at] = encode(self._spelled(int(index), model))
        return samples

    def _spelled(self, index: int, model: Reader) -> str:
        kind, truth = str(self.rows[index, 2]), str(self.rows[index, 4])
        if kind == "number":
            return truth + "/"
        if len(truth) == 2:
            return truth
        seen = mean_readings(list(scores_of(model, self.views[index])), 1.0, kind)
        return max((truth, "0" + truth), key=lambda text: seen.get(text, 0.0))

    def is_right(self, index: int, read: str) -> bool:
        """Whether a reading says what the paper says; `06` and `6` are one day."""
        kind, truth = self.rows[index, 2], str(self.rows[index, 4])
        return truth == (read if kind == "number" else read.lstrip("0"))

    def summary(self, seen: Readings) -> str:
        """Share of slots read exactly, by kind and style."""
        out = []
        for kind in ("number", "day", "month"):
            for style in ("handwritten", "stamped", "printed"):
                right = [
                    self.is_right(i, best_of(strings)[0])
                    for i, strings in seen.items()
                    if self.rows[i, 2] == kind and self.rows[i, 3] == style
                ]
                if right:
                    out.append(f"{kind} {style} {sum(right)}/{len(right)}")
        return "; ".join(out)

    def write(self, path: Path, seen: Readings) -> None:
        """One line a slot: what was read in it by a network that never saw its agency."""
        with path.open("w", encoding="utf-8") as stream:
            stream.write("file\tgroup\tkind\tstyle\ttruth\tread\tprobability\tsecond\n")
            for index, strings in sorted(seen.items()):
                ranked = sorted(strings.items(), key=lambda item: -item[1])
                second = ranked[1][0] if len(ranked) > 1 else ""
                read = [ranked[0][0], f"{ranked[0][1]:.4f}", second]
                stream.write("\t".join([*map(str, self.rows[index, :5]), *read]) + "\n")


def best_of(seen: dict[str, float]) -> tuple[str, float]:
    """The likeliest reading and its probability."""
    return max(seen.items(), key=lambda item: item[1], default=("", 0.0))


def calibrate(
    models: dict[int, Reader],
    real: RealSlots,
    temperatures: tuple[float, ...] = (0.5, 0.7, 0.85, 1.0, 1.3, 1.7, 2.2),
) -> tuple[dict[str, float], Readings]:
    """Temperature, power and ceiling that make out-of-fold probabilities true, and those."""
    scores = {i: list(scores_of(model, real.views[i])) for i, model in models.items()}
    best: tuple[float, dict[str, float], Readings] | None = None
    for temperature in temperatures:
        seen = {
            i: mean_readings(views, temperature, str(real.rows[i, 2]))
            for i, views in scores.items()
        }
        tops = [best_of(strings) for strings in seen.values()]
        right = np.array([real.is_right(i, top[0]) for i, top in zip(seen, tops, strict=True)])
        sure = np.clip(np.array([top[1] for top in tops]), 1e-4, 1)
        for power in (0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0):
            for ceiling in (0.95, 0.97, 0.98, 0.985, 0.99, 0.995):
                p = ceiling * sure**power
                cost = -float(np.mean(np.where(right, np.log(p), np.log(1 - p))))
                if best is None or cost < best[0]:
                    found = {"temperature": temperature, "power": power, "ceiling": ceiling}
                    best = (cost, found, seen)
    if best is None:
        raise ValueError("no slot of a real letter to measure on")
    print(f"calibration: log loss {best[0]:.3f} at {best[1]}", flush=True)
    return best[1], best[2]
