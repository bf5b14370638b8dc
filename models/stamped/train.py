"""Trains the reader of stamped names on composed lines and writes reader.onnx.

    python models/stamped/train.py --fonts DIR --out models/stamped/reader.onnx

Needs torch and fontTools (requirements.txt) and the fonts of fonts.tsv; the package
itself needs neither. Other processes compose; the steps draw from all that was composed
so far, and bend, stretch and ink it anew. What was reached is written every minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.convolutions import Smoothed, export
from models.stamped.network import Reader, greedy, scores_of
from models.stamped.samples import SHARD, Samples, Stream
from pipeline.stamped import STRIDE, STRIP_HEIGHT, STRIP_WIDTH


class Pool:
    """The last composed lines, on the device that trains."""

    def __init__(self, first: Samples, kept: int, place: torch.device) -> None:
        """Room for `kept` shards, one of which is there."""
        self.room, self.count, self.slot = kept, 0, 0
        self.strips = torch.zeros(
            (kept * SHARD, STRIP_HEIGHT, STRIP_WIDTH), dtype=torch.uint8, device=place
        )
        self.widths = torch.zeros(kept * SHARD, device=place)
        self.codes = torch.zeros(
            (kept * SHARD, first.codes.shape[1]), dtype=torch.long, device=place
        )
        self.places = torch.zeros((kept * SHARD, first.codes.shape[1]), device=place)
        self.take(first)

    def take(self, shard: Samples) -> None:
        """Puts `shard` in, where the oldest one was when all is full."""
        at = slice(self.slot * SHARD, (self.slot + 1) * SHARD)
        for name in ("strips", "widths", "codes", "places"):
            getattr(self, name)[at] = torch.from_numpy(getattr(shard, name)).to(self.strips.device)
        self.count = min(self.count + SHARD, self.room * SHARD)
        self.slot = (self.slot + 1) % self.room

    def draw(self, count: int) -> tuple[torch.Tensor, ...]:
        """Strips (N, 1, height, width) of 0..1, codes and places (N, longest), changed anew."""
        take = torch.randint(self.count, (count,), device=self.strips.device)
        strips = self.strips[take].unsqueeze(1).float() / 255
        strips, stretch, shift = augment(strips, self.widths[take])
        return strips, self.codes[take], self.places[take] * stretch[:, None] + shift[:, None]


def augment(
    batch: torch.Tensor, widths: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shift, stretch, shear, bend and re-ink strips, so that no pass sees the same ones.

    Args:
        batch: (N, 1, height, width), ink 0..1.
        widths: (N,) pixels of each that are not padding; no letter leaves the strip.

    Returns:
        The strips, and a and b of each: a letter at x pixels is at a x + b after.
    """
    count, height, width = len(batch), batch.shape[-2], batch.shape[-1]
    place = batch.device

    def spread(scale: float) -> torch.Tensor:
        return ((torch.rand(count, device=place) * 2 - 1) * scale).view(-1, 1, 1)

    room = (width / widths).view(-1, 1, 1)
    stretch = torch.minimum(torch.exp(spread(0.16)), room.clamp(max=1.2))
    shift = spread(2.5)
    tall, down, shear = 1 + spread(0.1), spread(2.5), spread(0.12)
    rows = torch.arange(height, device=place).view(1, -1, 1) - (height - 1) / 2
    columns = torch.arange(width, device=place).view(1, 1, -1)
    # Rubber and paper bend a little: at most about a pixel and a half.
    bend = torch.randn(count, 2, 4, 26, device=place) * torch.rand(count, 1, 1, 1, device=place)
    bend = nn.functional.interpolate(bend, (height, width), mode="bicubic", align_corners=False)
    x = (columns - shift) / stretch + shear * rows + 0.7 * bend[:, 0]
    y = rows / tall + down + (height - 1) / 2 + 0.7 * bend[:, 1]
    grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=-1)
    moved = nn.functional.grid_sample(batch, grid, align_corners=False)
    # Pressure and threshold: thicker, thinner, fainter.
    thick = nn.functional.max_pool2d(moved, 3, 1, 1)
    thin = -nn.functional.max_pool2d(-moved, 3, 1, 1)
    pick = torch.rand(count, 1, 1, 1, device=place)
    share = torch.rand(count, 1, 1, 1, device=place) * 0.7
    other = torch.where(pick < 0.25, thick, torch.where(pick > 0.88, thin, moved))
    moved = moved + (other - moved) * share
    gamma = torch.exp(spread(0.5)).view(-1, 1, 1, 1)
    grain = torch.rand_like(moved) * torch.rand(count, 1, 1, 1, device=place) * 0.12
    # Padding has no grain: the package pads with plain paper.
    inside = columns < (widths.view(-1, 1, 1) * stretch + shift)
    moved = moved.clamp(1e-4, 1) ** gamma + grain * inside.unsqueeze(1)
    return moved.clamp(0, 1), stretch.flatten(), shift.flatten()


def wanted_of(codes: torch.Tensor, places: torch.Tensor, columns: int) -> torch.Tensor:
    """What each column should say (N, columns): a code, 0, or -1 where either will do."""
    count, place = len(codes), codes.device
    wanted = torch.zeros(count, columns, dtype=torch.long, device=place)
    known = codes > 0
    at = (places / STRIDE).long().clamp(0, columns - 1)
    rows = torch.arange(count, device=place).unsqueeze(1).expand_as(at)
    for near in range(-2, 3):
        wanted[rows[known], (at + near).clamp(0, columns - 1)[known]] = -1
    # The same letter twice: something else must be said between.
    twin = known[:, :-1] & known[:, 1:] & (codes[:, :-1] == codes[:, 1:])
    middle = (at[:, :-1] + at[:, 1:] + 1) // 2
    wanted[rows[:, :-1][twin], middle[twin]] = 0
    wanted[rows[known], at[known]] = codes[known]
    return wanted


def loss_of(
    scores: torch.Tensor, codes: torch.Tensor, places: torch.Tensor, spent: float
) -> torch.Tensor:
    """CTC, and what each column should say: CTC alone needs many times as many steps."""
    logs = scores[:, :, 0].float().log_softmax(1)
    lengths = (codes > 0).sum(1)
    columns = torch.full_like(lengths, logs.shape[-1])
    ctc = nn.functional.ctc_loss(logs.permute(2, 0, 1), codes, columns, lengths, zero_infinity=True)
    wanted = wanted_of(codes, places, logs.shape[-1])
    each = nn.functional.nll_loss(logs, wanted, ignore_index=-1)
    return (0.2 + 0.8 * spent) * ctc + each * (1 - 0.9 * spent)


def step(
    model: Reader, optimizer: torch.optim.Optimizer, pool: Pool, batch: int, spent: float
) -> torch.Tensor:
    """One step of training; its loss."""
    strips, codes, places = pool.draw(batch)
    strips = strips.contiguous(memory_format=torch.channels_last)
    with torch.autocast(strips.device.type, torch.bfloat16, enabled=strips.is_cuda):
        scores = model(strips)
    loss = loss_of(scores, codes, places, spent)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    for weight in model.parameters():
        # One bad batch must not end a run: what is not a number teaches nothing.
        weight.grad.nan_to_num_(0.0, 0.0, 0.0)
    nn.utils.clip_grad_norm_(model.parameters(), 2.0)
    optimizer.step()
    return loss.detach()


def report(model: Reader, held_out: Samples) -> str:
    """Share of lines and of letters read as they are, without any language."""
    texts = [greedy(scores) for scores in scores_of(model, held_out.strips)]
    truths = held_out.texts
    right = np.mean([text == truth for text, truth in zip(texts, truths, strict=True)])
    wrong = sum(_distance(text, truth) for text, truth in zip(texts, truths, strict=True))
    return f"{right:.3f} of lines, letters {1 - wrong / sum(map(len, truths)):.3f}"


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def main() -> None:
    """Composes, trains, and writes the network."""
    train(_asked())


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="where fetch_fonts.sh left them")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="where to leave what --base goes on from")
    parser.add_argument("--base", type=Path, help="go on from the weights of an earlier run")
    parser.add_argument("--minutes", type=float, default=9, help="all in all, but for the start")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--kept", type=int, default=1200, help="shards to draw from")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--keep", type=float, default=0.999, help="of the running mean of weights")
    parser.add_argument("--workers", type=int, default=1, help="processes that compose")
    parser.add_argument("--show", type=float, default=60, help="seconds between reports")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


def _keep(model: Reader, asked: argparse.Namespace) -> None:
    """Writes the weights and the network; a file is whole or not there."""
    if asked.weights:
        begun = asked.weights.with_suffix(".begun")
        torch.save(model.state_dict(), begun)
        begun.replace(asked.weights)
    begun = asked.out.with_suffix(".begun")
    export(model, STRIP_HEIGHT, STRIP_WIDTH, begun)
    begun.replace(asked.out)


def train(asked: argparse.Namespace) -> None:
    """Trains for `asked.minutes` and writes the running mean of the weights."""
    began = shown = time.monotonic()
    # The processes start before the device is touched: CUDA does not survive a fork.
    stream = Stream(asked.fonts, asked.seed, asked.workers)
    place = torch.device(asked.device)
    torch.set_num_threads(1)  # the other processors compose
    torch.manual_seed(asked.seed)
    torch.backends.cudnn.benchmark = True
    model = Reader()
    if asked.base:
        model.load_state_dict(torch.load(asked.base, map_location="cpu"))
    model = model.to(place, memory_format=torch.channels_last)
    smoothed = Smoothed(model, asked.keep)
    optimizer = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=1e-3)
    pool = Pool(stream.next(), asked.kept, place)
    print(sum(weight.numel() for weight in model.parameters()), "weights on", place, flush=True)
    done, composed, losses = 0, SHARD, []
    while (spent := (time.monotonic() - began) / 60 / asked.minutes) < 1:
        for shard in stream.ready():
            pool.take(shard)
            composed += SHARD
        model.train()
        for group in optimizer.param_groups:
            warm = min(1.0, (done + 1) / 200)
            group["lr"] = asked.rate * (warm * (0.5 + 0.5 * np.cos(np.pi * spent)) + 2e-3)
        losses.append(step(model, optimizer, pool, asked.batch, spent))
        smoothed.update(model, done)
        done += 1
        if time.monotonic() - shown > asked.show:
            shown = time.monotonic()
            minutes, loss = (shown - began) / 60, float(torch.stack(losses).mean())
            print(
                f"{minutes:.1f} min, step {done}, {composed} lines, loss {loss:.3f};",
                report(smoothed.model, stream.held_out.result()),
                flush=True,
            )
            losses = []
            _keep(smoothed.model, asked)
    _keep(smoothed.model, asked)
    print(
        f"{done} steps, {composed} lines;",
        report(smoothed.model, stream.held_out.result()),
        flush=True,
    )
    stream.close()


if __name__ == "__main__":
    main()
