"""Trains the reader of handwritten numbers and days, and writes it as ONNX.

    python models/handwriting/train.py --digits DIR --real DIR --out models/handwriting/reader.onnx

Needs torch and onnx (requirements in README.md); the package itself does not.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import os
import sys
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.handwriting.compose import Composer
from pipeline.handwriting import ALPHABET, NET_WIDTH, STRIP_HEIGHT, mean_readings

SHARD = 1000
#: Training steps after which 1000 composed samples are replaced by new ones.
RENEW = 60
#: Views of a real slot that adaptation uses: as cut, and a little smaller and larger.
VIEW_USE = (0, 3, 4)


class Reader(nn.Module):
    """Convolutions only, so that OpenCV runs it; one column of scores every 2 pixels."""

    def __init__(self) -> None:
        super().__init__()

        def block(
            before: int,
            after: int,
            *,
            kernel: tuple[int, int] = (3, 3),
            dilation: int = 1,
            pad: tuple[int, int] | None = None,
        ) -> nn.Sequential:
            padding = pad if pad is not None else (kernel[0] // 2, dilation * (kernel[1] // 2))
            return nn.Sequential(
                nn.Conv2d(
                    before, after, kernel, padding=padding, dilation=(1, dilation), bias=False
                ),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            )

        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            block(16, 32),
            nn.MaxPool2d((2, 1)),
            block(32, 48),
            nn.MaxPool2d((2, 1)),
            block(48, 80, dilation=2),
            block(80, 80),
            block(80, 128, kernel=(5, 1), pad=(0, 0)),
            block(128, 128, kernel=(1, 3), dilation=2),
            block(128, 128, kernel=(1, 3), dilation=3),
            nn.Dropout(0.15),
            nn.Conv2d(128, len(ALPHABET) + 1, 1),
        )

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes, 1, columns) of strips (N, 1, height, width) of ink 0..1."""
        return self.net(strips)


@dataclass(frozen=True)
class Samples:
    """Padded strips, what is written on each, and the x of each sign (or nothing)."""

    strips: np.ndarray
    truths: list[str]
    places: list[list[float]]

    def part(self, start: int, end: int | None = None) -> Samples:
        """The samples from `start` to before `end`."""
        return Samples(self.strips[start:end], self.truths[start:end], self.places[start:end])

    def widths(self) -> np.ndarray:
        """The last inked column of each strip, pixels."""
        columns = self.strips.max(axis=1) > 0
        return np.where(columns, np.arange(self.strips.shape[2]), 0).max(axis=1)

    @staticmethod
    def together(parts: list[Samples]) -> Samples:
        """All samples of `parts`, in order."""
        return Samples(
            np.concatenate([part.strips for part in parts]),
            [truth for part in parts for truth in part.truths],
            [places for part in parts for places in part.places],
        )


def compose_shard(task: tuple[str, int, int]) -> Samples:
    """One shard of composed samples."""
    digits, seed, count = task
    cv2.setNumThreads(1)
    composer = Composer(Path(digits), seed)
    strips = np.zeros((count, STRIP_HEIGHT, NET_WIDTH), np.uint8)
    truths, all_places = [], []
    for i in range(count):
        strip, truth, places = composer.sample()
        strips[i, :, : strip.shape[1]] = strip[:, :NET_WIDTH]
        truths.append(truth)
        all_places.append(places)
    return Samples(strips, truths, all_places)


def augment(batch: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Shift, stretch, shear and re-ink strips, so that no pass sees the same ones.

    The second value is the map of x (pixels) of each strip: new x = a x + b.
    """
    count, width = len(batch), batch.shape[-1]

    def spread(scale: float) -> torch.Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * scale

    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = 1 + spread(0.12)
    theta[:, 0, 1] = spread(0.06)
    theta[:, 1, 1] = 1 + spread(0.12)
    theta[:, 0, 2] = theta[:, 0, 0] - 1 + spread(0.03)
    theta[:, 1, 2] = spread(0.12)
    grid = nn.functional.affine_grid(theta, list(batch.shape), align_corners=False)
    moved = nn.functional.grid_sample(batch, grid, align_corners=False)
    # Pen and threshold: thicker, thinner, fainter.
    if torch.rand(1, generator=generator) < 0.25:
        moved = nn.functional.max_pool2d(moved, 2, 1, 1)[..., :-1, :-1] * 0.6 + moved * 0.4
    gamma = torch.exp(spread(0.5)).view(-1, 1, 1, 1)
    grain = torch.rand(moved.shape, generator=generator) * torch.rand(1, generator=generator) * 0.15
    stretch = 1 / theta[:, 0, 0]
    shift = (width / 2) * (1 - stretch * (1 + theta[:, 0, 2]))
    return (moved.clamp(1e-4, 1) ** gamma + grain).clamp(0, 1), torch.stack([stretch, shift], 1)


def columns_of(truth: str, places: list[float], columns: int, stride: int = 2) -> np.ndarray:
    """What each column of scores should say: a class, 0, or -1 where either will do."""
    wanted = np.zeros(columns, np.int64)
    if not places:
        return np.full(columns, -1 if truth else 0)
    at = [min(columns - 1, max(0, int(x // stride))) for x in places]
    for column in at:
        wanted[max(0, column - 2) : column + 3] = -1
    for i in range(len(at) - 1):
        middle = (at[i] + at[i + 1]) // 2
        if at[i + 1] - at[i] > 1 and truth[i] == truth[i + 1]:
            wanted[middle if middle > at[i] else middle + 1] = 0
    for letter, column in zip(truth, at, strict=True):
        wanted[column] = ALPHABET.index(letter) + 1
    return wanted


def encode(truths: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets of a batch for the CTC loss, and their lengths."""
    codes = [[ALPHABET.index(letter) + 1 for letter in truth] for truth in truths]
    return (
        torch.tensor([code for row in codes for code in row], dtype=torch.long),
        torch.tensor([len(row) for row in codes], dtype=torch.long),
    )


def greedy(scores: torch.Tensor) -> list[str]:
    """The best column by column reading of each strip."""
    best = scores.argmax(1)[:, 0].numpy()
    texts = []
    for row in best:
        kept = [c for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)]
        texts.append("".join(ALPHABET[c - 1] for c in kept))
    return texts


class Stream:
    """Composed samples, of which the oldest give way to new ones while training goes on."""

    def __init__(self, digits: Path, seed: int, shards: int) -> None:
        """Composes the first `shards`; a second process goes on composing."""
        self.tasks = ((str(digits), seed * 100_000 + i, SHARD) for i in itertools.count())
        self.worker = ProcessPoolExecutor(1, initializer=os.nice, initargs=(5,))
        first = [self.worker.submit(compose_shard, next(self.tasks)) for _ in range(shards)]
        self.ready = deque(shard.result() for shard in first)
        self.coming = self.worker.submit(compose_shard, next(self.tasks))

    def samples(self) -> Samples:
        """All samples that are in use now."""
        return Samples.together(list(self.ready))

    def renew(self) -> Samples:
        """The samples in use once the oldest shard is replaced."""
        self.ready.popleft()
        self.ready.append(self.coming.result())
        self.coming = self.worker.submit(compose_shard, next(self.tasks))
        return self.samples()

    def close(self) -> None:
        """Stops composing."""
        self.worker.shutdown(cancel_futures=True)


class Smoothed:
    """Running mean of a model's weights: a better reader than the last step's."""

    def __init__(self, model: Reader, keep: float = 0.995) -> None:
        """Starts at the weights of `model`; each update keeps the share `keep`."""
        self.model = copy.deepcopy(model).eval()
        self.keep = keep

    def update(self, model: Reader) -> None:
        """Takes in the weights of `model`."""
        with torch.no_grad():
            for mine, new in zip(
                self.model.state_dict().values(), model.state_dict().values(), strict=True
            ):
                if mine.dtype.is_floating_point:
                    mine.lerp_(new, 1 - self.keep)
                else:
                    mine.copy_(new)


def fit(
    model: Reader,
    samples: Samples,
    *,
    minutes: float,
    rate: float,
    seed: int,
    weights: np.ndarray | None = None,
    batch: int = 48,
    steps: int = 10**9,
    stream: Stream | None = None,
    keep: Path | None = None,
) -> None:
    """Trains `model` in place for `minutes` of wall time or so many steps.

    Beside the CTC loss, composed samples teach each column what stands there: CTC alone
    needs many times as many steps to find that out. With `stream`, a shard of samples is
    replaced every RENEW steps. The model ends as the running mean of its weights; `keep`
    names a file that holds this mean every few minutes.
    """
    generator = torch.Generator().manual_seed(seed)
    random = np.random.default_rng(seed)
    model.to(memory_format=torch.channels_last)
    smoothed = Smoothed(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
    ctc = nn.CTCLoss(zero_infinity=True)
    cross = nn.CrossEntropyLoss(ignore_index=-1)
    widths = samples.widths()
    began, step, shown = time.monotonic(), 0, 0.0
    pending: list[np.ndarray] = []
    recent: list[float] = []
    model.train()
    while True:
        spent = max((time.monotonic() - began) / 60 / minutes, step / steps)
        if spent >= 1:
            break
        if stream is not None and step % RENEW == RENEW - 1:
            samples = stream.renew()
            widths, pending = samples.widths(), []
        if not pending:
            # Strips of like width together, so that little is computed on padding.
            chosen = random.choice(len(samples.truths), batch * 20, p=weights)
            chosen = chosen[np.argsort(widths[chosen], kind="stable")]
            pending = [chosen[i : i + batch] for i in range(0, len(chosen), batch)]
            random.shuffle(pending)
        take = pending.pop()
        width = min(NET_WIDTH, int(widths[take].max()) // 8 * 8 + 16)
        for group in optimizer.param_groups:
            group["lr"] = rate * (
                min(1.0, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * spent)) + 1e-3
            )
        images = torch.from_numpy(samples.strips[take][:, :, :width]).unsqueeze(1).float() / 255
        images, moves = augment(images, generator)
        scores = model(images.contiguous(memory_format=torch.channels_last))
        truths = [samples.truths[i] for i in take]
        wanted = np.stack(
            [
                columns_of(
                    truth, [float(a) * x + float(b) for x in samples.places[i]], scores.shape[-1]
                )
                for i, truth, (a, b) in zip(take, truths, moves, strict=True)
            ]
        )
        targets, lengths = encode(truths)
        logs = scores[:, :, 0].log_softmax(1).permute(2, 0, 1)
        loss = 0.3 * ctc(logs, targets, torch.full((len(take),), logs.shape[0]), lengths)
        if (wanted >= 0).any():
            loss = loss + cross(scores[:, :, 0], torch.from_numpy(wanted)) * (1 - 0.9 * spent)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        smoothed.update(model)
        step += 1
        recent.append(loss.item())
        if time.monotonic() - began - shown > 60:
            shown = time.monotonic() - began
            print(f"{shown / 60:.0f} min, step {step}, loss {np.mean(recent):.3f}", flush=True)
            recent = []
            if keep is not None:
                torch.save(smoothed.model.state_dict(), keep)
    model.load_state_dict(smoothed.model.state_dict())


def score(model: Reader, strips: np.ndarray) -> torch.Tensor:
    """Scores of `strips` without training."""
    model.eval()
    with torch.no_grad():
        parts = [
            model(torch.from_numpy(strips[i : i + 64]).unsqueeze(1).float() / 255)
            for i in range(0, len(strips), 64)
        ]
    return torch.cat(parts)


def compose_pool(digits: Path, seed: int, count: int) -> Samples:
    """`count` composed samples; the same for the same seed."""
    tasks = [(str(digits), seed * 1000 + i, SHARD) for i in range(count // SHARD)]
    return Samples.together([compose_shard(task) for task in tasks])


def export(model: Reader, path: Path) -> None:
    """Writes the network as ONNX for one strip at a time."""
    model.eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, STRIP_HEIGHT, NET_WIDTH),),
        str(path),
        input_names=["strip"],
        output_names=["scores"],
        opset_version=13,
        dynamo=False,
    )


@dataclass(frozen=True)
class RealSlots:
    """Slots of real letters: their views, and file, group, kind, style, truth, found."""

    views: np.ndarray
    rows: np.ndarray

    def rated(self) -> np.ndarray:
        """Indices of the slots whose truth is known."""
        return np.flatnonzero((self.rows[:, 4] != "") & (self.rows[:, 5] == "1"))


def folds_of(groups: list[str]) -> list[list[str]]:
    """Groups of agencies to leave out together: the two largest alone, the rest as one."""
    largest = sorted(set(groups), key=lambda group: (-groups.count(group), group))
    return [[group] for group in largest[:2]] + [largest[2:]]


def spelled(model: Reader, real: RealSlots, index: int) -> str:
    """The truth of a slot as written: `06` or `6`, whichever the network finds likelier."""
    kind, truth = real.rows[index, 2], str(real.rows[index, 4])
    if kind == "number":
        return truth + "/"
    if len(truth) == 2:
        return truth
    seen = predict(model, real.views[index], 1.0, kind)
    return max((truth, "0" + truth), key=lambda text: seen.get(text, 0.0))


def predict(
    model: Reader, views: np.ndarray, temperature: float, kind: str = "number"
) -> dict[str, float]:
    """Readings of one slot, with their probabilities."""
    scores = score(model, views)[:, :, 0].permute(0, 2, 1).numpy()
    return mean_readings(list(scores), temperature, kind)


def adapt(
    base: Reader, samples: Samples, real: RealSlots, chosen: np.ndarray, *, steps: int, seed: int
) -> Reader:
    """A copy of `base` trained on composed samples and the `chosen` real slots alike."""
    model = copy.deepcopy(base)
    truths = [spelled(base, real, index) for index in chosen]
    count = len(VIEW_USE)
    extra = Samples(
        np.concatenate([real.views[chosen][:, view] for view in VIEW_USE]),
        truths * count,
        [[] for _ in range(len(truths) * count)],
    )
    both = Samples.together([samples, extra])
    weights = np.concatenate(
        [
            np.full(len(samples.truths), 0.5 / len(samples.truths)),
            np.full(len(extra.truths), 0.5 / len(extra.truths)),
        ]
    )
    fit(model, both, minutes=60, steps=steps, rate=8e-4, seed=seed, weights=weights)
    return model


def is_right(kind: str, truth: str, read: str) -> bool:
    """Whether a reading says what the paper says; `06` and `6` are one day."""
    return truth == read if kind == "number" else truth == read.lstrip("0")


def best_of(seen: dict[str, float]) -> tuple[str, float]:
    """The likeliest reading and its probability."""
    return max(seen.items(), key=lambda item: item[1])


def write_predictions(path: Path, real: RealSlots, seen: dict[int, dict[str, float]]) -> None:
    """One line a slot: what was read in it by a network that never saw its agency."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("file\tgroup\tkind\tstyle\ttruth\tread\tprobability\tsecond\n")
        for index, strings in sorted(seen.items()):
            ranked = sorted(strings.items(), key=lambda item: -item[1])
            second = ranked[1][0] if len(ranked) > 1 else ""
            columns = [*map(str, real.rows[index, :5]), ranked[0][0], f"{ranked[0][1]:.4f}", second]
            stream.write("\t".join(columns) + "\n")


def summary(real: RealSlots, seen: dict[int, dict[str, float]]) -> str:
    """Share of slots read exactly, by kind and style."""
    out = []
    for kind in ("number", "day", "month"):
        for style in ("handwritten", "stamped", "printed"):
            right = [
                is_right(kind, str(real.rows[i, 4]), best_of(strings)[0])
                for i, strings in seen.items()
                if real.rows[i, 2] == kind and real.rows[i, 3] == style
            ]
            if right:
                out.append(f"{kind} {style} {sum(right)}/{len(right)}")
    return "; ".join(out)


def calibrate(
    models: dict[int, Reader],
    real: RealSlots,
    steps: tuple[float, ...] = (0.35, 0.5, 0.7, 0.85, 1.0),
) -> tuple[dict[str, float], dict[int, dict[str, float]]]:
    """Temperature, power and ceiling that make out-of-fold probabilities true, and those."""
    best: tuple[float, dict[str, float], dict[int, dict[str, float]]] | None = None
    for temperature in steps:
        seen = {
            i: predict(model, real.views[i], temperature, str(real.rows[i, 2]))
            for i, model in models.items()
        }
        tops = [best_of(strings) for strings in seen.values()]
        right = np.array(
            [
                is_right(real.rows[i, 2], real.rows[i, 4], top[0])
                for i, top in zip(seen, tops, strict=True)
            ]
        )
        sure = np.clip(np.array([top[1] for top in tops]), 1e-4, 1)
        for power in (0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0):
            for ceiling in (0.95, 0.97, 0.98, 0.985, 0.99, 0.995):
                p = ceiling * sure**power
                cost = -float(np.mean(np.where(right, np.log(p), np.log(1 - p))))
                if best is None or cost < best[0]:
                    best = (
                        cost,
                        {"temperature": temperature, "power": power, "ceiling": ceiling},
                        seen,
                    )
    assert best is not None  # noqa: S101 - steps is never empty
    print(f"calibration: log loss {best[0]:.3f} at {best[1]}", flush=True)
    return best[1], best[2]


def main() -> None:
    """Composes, trains, measures with whole agencies left out, adapts and exports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=Path, required=True)
    parser.add_argument("--real", type=Path, help="folder of strips.npz (see cut_real.py)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="go on from these weights")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--count", type=int, default=16000)
    parser.add_argument("--adapt-steps", type=int, default=0, help="0: real slots only measure")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(asked.seed)
    began = time.monotonic()
    stream = Stream(asked.digits, asked.seed, asked.count // SHARD)
    samples = stream.samples()
    held_out = compose_shard((str(asked.digits), asked.seed * 100_000 + 99_999, SHARD))
    print(f"composed {asked.count} in {time.monotonic() - began:.0f} s", flush=True)
    model = Reader()
    if asked.base:
        model.load_state_dict(torch.load(asked.base))
    if asked.minutes > 0:
        rate = 1.5e-3 if asked.base else 3e-3
        kept = asked.out.with_suffix(".base.pt")
        fit(
            model,
            samples,
            minutes=asked.minutes,
            rate=rate,
            seed=asked.seed,
            stream=stream,
            keep=kept,
        )
        torch.save(model.state_dict(), kept)
    samples = stream.samples()
    stream.close()
    texts = greedy(score(model, held_out.strips))
    right = np.mean([a == b for a, b in zip(texts, held_out.truths, strict=True)])
    print(f"composed, held out: {right:.3f} exact", flush=True)
    calibration = {"temperature": 1.0, "power": 1.0, "ceiling": 0.99}
    if asked.real:
        table = np.load(asked.real / "strips.npz")
        real = RealSlots(table["strips"], table["rows"])
        rated = real.rated()
        left_out = {int(i): model for i in rated}
        folds = folds_of([str(group) for group in real.rows[rated, 1]]) if asked.adapt_steps else []
        for fold in folds:
            inside = np.isin(real.rows[rated, 1], fold)
            fitted = adapt(
                model, samples, real, rated[~inside], steps=asked.adapt_steps, seed=asked.seed
            )
            left_out.update({int(i): fitted for i in rated[inside]})
        calibration, seen = calibrate(left_out, real)
        print("out of fold:", summary(real, seen), flush=True)
        write_predictions(asked.out.with_name("out_of_fold.tsv"), real, seen)
        if asked.adapt_steps:
            model = adapt(model, samples, real, rated, steps=asked.adapt_steps, seed=asked.seed)
    export(model, asked.out)
    text = "".join(f"{key} = {value}\n" for key, value in calibration.items())
    asked.out.with_name("calibration.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
