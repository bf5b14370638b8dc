"""Trains the reader of handwritten numbers and days.

    python models/handwriting/train.py --digits DIR --real DIR --out readers.pt

Needs torch (see README.md); the package itself does not. Four networks are trained side
by side on the same composed strips: one for each part of the agencies left out, to
measure with, and one that has seen all, to ship. measure.py makes of them what ships.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.handwriting.network import Reader, Smoothed, greedy, scores_of
from models.handwriting.real_slots import RealSlots
from models.handwriting.samples import SHARD, Samples, Stream, compose_shard
from pipeline.handwriting import STRIP_HEIGHT

#: Shards of composed strips that steps draw from.
KEPT = 100
#: Share of the steps on composed strips alone, and share of real strips after that.
COMPOSED_FIRST, REAL_SHARE = 0.3, 0.08
#: A score stands for this many pixels of the strip.
STRIDE = 2


class Pool:
    """Samples on the device that trains."""

    def __init__(self, samples: Sequence[Samples], place: torch.device) -> None:
        """Copies `samples` there."""

        def moved(name: str) -> torch.Tensor:
            return torch.from_numpy(np.concatenate([getattr(s, name) for s in samples])).to(place)

        self.strips, self.codes = moved("strips"), moved("codes")
        self.places, self.groups = moved("places"), moved("groups")

    def replace(self, slot: int, shard: Samples) -> None:
        """Puts `shard` where the `slot`-th one was."""
        at = slice(slot * SHARD, (slot + 1) * SHARD)
        self.strips[at] = torch.from_numpy(shard.strips).to(self.strips.device)
        self.codes[at] = torch.from_numpy(shard.codes).to(self.strips.device)
        self.places[at] = torch.from_numpy(shard.places).to(self.strips.device)
        self.groups[at] = torch.from_numpy(shard.groups).to(self.strips.device)


@dataclass
class Pupil:
    """A network in training, and the agencies that it must not see."""

    model: Reader
    left_out: list[str]
    smoothed: Smoothed
    optimizer: torch.optim.Optimizer
    real: Pool | None = None

    @staticmethod
    def new(left_out: list[str], rate: float, place: torch.device, weights: dict | None) -> Pupil:
        """Fresh weights, or a copy of the given ones."""
        model = Reader()
        if weights is not None:
            model.load_state_dict(weights)
        model = model.to(place, memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
        return Pupil(model, left_out, Smoothed(model), optimizer)


def augment(batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shift, stretch, shear, bend and re-ink strips, so that no pass sees the same ones.

    Args:
        batch: (N, 1, height, width), ink 0..1.

    Returns:
        The strips, and a and b of each: a sign at x pixels is at a x + b after.
    """
    count, width, place = len(batch), batch.shape[-1], batch.device

    def spread(scale: float, *shape: int) -> torch.Tensor:
        return (torch.rand(shape or (count,), device=place) * 2 - 1) * scale

    theta = torch.zeros(count, 2, 3, device=place)
    theta[:, 0, 0] = 1 + spread(0.14)
    theta[:, 0, 1] = spread(0.06)
    theta[:, 1, 1] = 1 + spread(0.14)
    theta[:, 0, 2] = theta[:, 0, 0] - 1 + spread(0.03)
    theta[:, 1, 2] = spread(0.12)
    grid = nn.functional.affine_grid(theta, list(batch.shape), align_corners=False)
    # Paper and pen bend a little: at most about two pixels.
    bend = torch.randn(count, 2, 4, 18, device=place) * torch.rand(count, 1, 1, 1, device=place)
    bend = nn.functional.interpolate(bend, batch.shape[-2:], mode="bicubic", align_corners=False)
    size = torch.tensor([1.6 / width, 2.0 / STRIP_HEIGHT], device=place)
    moved = nn.functional.grid_sample(
        batch, grid + bend.permute(0, 2, 3, 1) * size, align_corners=False
    )
    # Pen and threshold: thicker, thinner, fainter.
    thick = nn.functional.max_pool2d(moved, 3, 1, 1)
    thin = -nn.functional.max_pool2d(-moved, 3, 1, 1)
    pick = torch.rand(count, 1, 1, 1, device=place)
    share = torch.rand(count, 1, 1, 1, device=place) * 0.7
    other = torch.where(pick < 0.2, thick, torch.where(pick > 0.85, thin, moved))
    moved = moved + (other - moved) * share
    gamma = torch.exp(spread(0.5)).view(-1, 1, 1, 1)
    grain = torch.rand_like(moved) * torch.rand(count, 1, 1, 1, device=place) * 0.15
    stretch = 1 / theta[:, 0, 0]
    shift = (width / 2) * (1 - stretch * (1 + theta[:, 0, 2]))
    return (moved.clamp(1e-4, 1) ** gamma + grain).clamp(0, 1), stretch, shift


def columns_of(codes: torch.Tensor, places: torch.Tensor, columns: int) -> torch.Tensor:
    """What each column of scores should say (N, columns): a code, 0, or -1 where either will do.

    Of a strip whose places are not known (NaN) nothing is asked, unless it is blank.
    """
    count, place = len(codes), codes.device
    wanted = torch.zeros(count, columns, dtype=torch.long, device=place)
    known = (codes > 0) & ~places.isnan()
    at = (places.nan_to_num(0) / STRIDE).long().clamp(0, columns - 1)
    rows = torch.arange(count, device=place).unsqueeze(1).expand_as(at)
    for near in range(-2, 3):
        wanted[rows[known], (at + near).clamp(0, columns - 1)[known]] = -1
    # The same sign twice: something else must be said between.
    twin = known[:, :-1] & known[:, 1:] & (codes[:, :-1] == codes[:, 1:])
    twin &= at[:, 1:] - at[:, :-1] > 1
    middle = (at[:, :-1] + at[:, 1:]) // 2
    middle = torch.where(middle > at[:, :-1], middle, middle + 1)
    wanted[rows[:, :-1][twin], middle[twin]] = 0
    wanted[rows[known], at[known]] = codes[known]
    unknown = ((codes > 0) & places.isnan()).any(dim=1)
    wanted[unknown] = -1
    return wanted


def loss_of(scores: torch.Tensor, codes: torch.Tensor, places: torch.Tensor, spent: float):  # noqa: ANN201
    """CTC, and what each column should say: CTC alone needs many times as many steps."""
    logs = scores[:, :, 0].float().log_softmax(1)
    lengths = (codes > 0).sum(1)
    columns = torch.full_like(lengths, logs.shape[-1])
    ctc = nn.functional.ctc_loss(logs.permute(2, 0, 1), codes, columns, lengths, zero_infinity=True)
    wanted = columns_of(codes, places, logs.shape[-1])
    each = nn.functional.nll_loss(logs, wanted, ignore_index=-1)
    return 0.3 * ctc + each * (1 - 0.9 * spent)


def step(pupil: Pupil, pool: Pool, allowed: torch.Tensor, batch: int, spent: float) -> float:
    """One step of training; `allowed` are the composed samples that the pupil may see."""
    place = pool.strips.device
    real = round(batch * REAL_SHARE) if pupil.real is not None else 0
    take = allowed[torch.randint(len(allowed), (batch - real,), device=place)]
    strips, codes, places = pool.strips[take], pool.codes[take], pool.places[take]
    if pupil.real is not None:
        more = torch.randint(len(pupil.real.strips), (real,), device=place)
        strips = torch.cat([strips, pupil.real.strips[more]])
        codes = torch.cat([codes, pupil.real.codes[more]])
        places = torch.cat([places, pupil.real.places[more]])
    images, stretch, shift = augment(strips.unsqueeze(1).float() / 255)
    images = images.contiguous(memory_format=torch.channels_last)
    with torch.autocast(place.type, torch.bfloat16, enabled=place.type == "cuda"):
        scores = pupil.model(images)
    loss = loss_of(scores, codes, places * stretch[:, None] + shift[:, None], spent)
    pupil.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(pupil.model.parameters(), 2.0)
    pupil.optimizer.step()
    pupil.smoothed.update(pupil.model)
    return loss.detach()


def report(pupils: list[Pupil], real: RealSlots, held_out: Samples) -> str:
    """Share of composed strips and of real numbers read exactly, for a look on the way."""
    texts = greedy(scores_of(pupils[-1].smoothed.model, held_out.strips))
    composed = np.mean([a == b for a, b in zip(texts, held_out.truths, strict=True)])
    right = []
    for pupil in pupils[:-1]:
        chosen = real.rated[np.isin(real.groups[real.rated], pupil.left_out)]
        read = greedy(scores_of(pupil.smoothed.model, real.views[chosen, 0]))
        right += [
            real.is_right(index, text.split("/")[0])
            for index, text in zip(chosen, read, strict=True)
            if real.rows[index, 2] == "number" and real.rows[index, 3] == "handwritten"
        ]
    return f"composed {composed:.3f}, numbers left out {sum(right)}/{len(right)}"


def train(asked: argparse.Namespace, real: RealSlots, place: torch.device) -> list[Pupil]:
    """The pupils, the last of which has seen all agencies."""
    clerks = asked.real / "clerk_digits.npz"
    stream = Stream(asked.digits, clerks, asked.seed, asked.workers)
    held_out = compose_shard(asked.digits, None, asked.seed * 100_000 + 99_999)
    pool = Pool([stream.next() for _ in range(asked.kept)], place)
    names = np.unique(real.groups)  # in the order of names, as clerk_digits.npz counts them
    folds = [*real.folds(), []]
    base = torch.load(asked.base) if asked.base else [None] * len(folds)
    pupils = [
        Pupil.new(fold, asked.rate, place, weights)
        for fold, weights in zip(folds, base, strict=True)
    ]
    print(f"composed {len(pool.strips)}; left out {real.folds()}", flush=True)
    began = shown = time.monotonic()
    done, slot, allowed, losses = 0, 0, [], []
    while True:
        now = time.monotonic()
        spent = max(done / asked.steps, (now - began) / 60 / asked.minutes)
        if spent >= 1:
            break
        if done % asked.renew == 0:
            if done:
                pool.replace(slot, stream.next())
                slot = (slot + 1) % asked.kept
            allowed = []
            for pupil in pupils:
                codes = np.flatnonzero(np.isin(names, pupil.left_out)).tolist()
                seen = torch.isin(pool.groups, torch.tensor(codes, device=place))
                allowed.append((~seen).nonzero().squeeze(1))
        for pupil, samples in zip(pupils, allowed, strict=True):
            for group in pupil.optimizer.param_groups:
                warm = min(1.0, (done + 1) / 200)
                group["lr"] = asked.rate * (warm * (0.5 + 0.5 * np.cos(np.pi * spent)) + 1e-3)
            if pupil.real is None and (asked.base or spent > COMPOSED_FIRST):
                chosen = real.rated[~np.isin(real.groups[real.rated], pupil.left_out)]
                pupil.real = Pool([real.samples(chosen, pupil.smoothed.model)], place)
            losses.append(step(pupil, pool, samples, asked.batch, spent))
        done += 1
        if now - shown > asked.show:
            shown = now
            loss = float(torch.stack(losses).mean())
            print(
                f"{(now - began) / 60:.1f} min, step {done}, loss {loss:.3f};",
                report(pupils, real, held_out),
                flush=True,
            )
            losses = []
    stream.close()
    print(f"{done} steps;", report(pupils, real, held_out), flush=True)
    return pupils


def main() -> None:
    """Composes, trains, and writes the weights of all pupils."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=Path, required=True)
    parser.add_argument("--real", type=Path, required=True, help="what cut_real.py left")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="go on from what an earlier run left")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=10_000, help="end earlier")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--renew", type=int, default=8, help="steps for each new shard")
    parser.add_argument("--kept", type=int, default=KEPT, help="shards to draw from")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1, help="processes that compose")
    parser.add_argument("--show", type=float, default=60, help="seconds between reports")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    place = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(asked.seed)
    torch.backends.cudnn.benchmark = True
    real = RealSlots.load(asked.real)
    pupils = train(asked, real, place)
    weights = [pupil.smoothed.model.cpu().state_dict() for pupil in pupils]
    torch.save(weights, asked.out)


if __name__ == "__main__":
    main()
