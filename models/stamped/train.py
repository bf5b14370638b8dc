"""Trains the reader of stamped names on composed lines and writes reader.onnx.

    python models/stamped/train.py --fonts DIR --out models/stamped/reader.onnx

Needs torch and fontTools (requirements.txt) and the fonts of fonts.tsv; the package
itself needs neither.
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

from models.stamped.compose import Composer, Sample
from models.stamped.network import Reader, Smoothed, export, greedy, scores_of
from models.stamped.type import load_faces
from pipeline.naming import LETTERS
from pipeline.stamped import STRIDE, STRIP_HEIGHT

#: Lines composed at once, and lines of a step: lines of a step are of one width.
CHUNK, BATCH = 480, 40


def batches(composer: Composer) -> list[list[Sample]]:
    """Steps' worth of lines, each of about the same width."""
    samples = sorted((composer.sample() for _ in range(CHUNK)), key=lambda one: one.strip.shape[1])
    rows = [samples[i : i + BATCH] for i in range(0, CHUNK, BATCH)]
    composer.random.shuffle(rows)
    return rows


def packed(samples: list[Sample]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Strips (N, 1, height, width) of 0..1, letters' codes (N, longest) from 1, their columns."""
    width = -(-max(one.strip.shape[1] for one in samples) // 8) * 8
    longest = max(1, *(len(one.text) for one in samples))
    strips = np.zeros((len(samples), 1, STRIP_HEIGHT, width), np.float32)
    codes = np.zeros((len(samples), longest), np.int64)
    places = np.zeros((len(samples), longest), np.float32)
    for row, one in enumerate(samples):
        strips[row, 0, :, : one.strip.shape[1]] = one.strip / np.float32(255)
        codes[row, : len(one.text)] = [LETTERS.index(letter) + 1 for letter in one.text]
        places[row, : len(one.text)] = one.places
    return torch.from_numpy(strips), torch.from_numpy(codes), torch.from_numpy(places)


def wanted_of(codes: torch.Tensor, places: torch.Tensor, columns: int) -> torch.Tensor:
    """What each column should say (N, columns): a code, 0, or -1 where either will do."""
    wanted = torch.zeros(len(codes), columns, dtype=torch.long)
    known = codes > 0
    at = (places / STRIDE).long().clamp(0, columns - 1)
    rows = torch.arange(len(codes)).unsqueeze(1).expand_as(at)
    for near in range(-2, 3):
        wanted[rows[known], (at + near).clamp(0, columns - 1)[known]] = -1
    twin = known[:, :-1] & known[:, 1:] & (codes[:, :-1] == codes[:, 1:])
    middle = (at[:, :-1] + at[:, 1:] + 1) // 2
    wanted[rows[:, :-1][twin], middle[twin]] = 0
    wanted[rows[known], at[known]] = codes[known]
    return wanted


def loss_of(
    scores: torch.Tensor, codes: torch.Tensor, places: torch.Tensor, spent: float
) -> torch.Tensor:
    """CTC, and what each column should say: CTC alone needs many times as many steps."""
    logs = scores[:, :, 0].log_softmax(1)
    lengths = (codes > 0).sum(1)
    columns = torch.full_like(lengths, logs.shape[-1])
    ctc = nn.functional.ctc_loss(logs.permute(2, 0, 1), codes, columns, lengths, zero_infinity=True)
    wanted = wanted_of(codes, places, logs.shape[-1])
    each = nn.functional.nll_loss(logs, wanted, ignore_index=-1)
    return (0.2 + 0.8 * spent) * ctc + each * (1 - 0.9 * spent)


def report(model: Reader, samples: list[Sample]) -> str:
    """Share of lines and of letters read as they are, without any language."""
    texts = [greedy(scores) for scores in scores_of(model, [one.strip for one in samples])]
    right = [text == one.text for text, one in zip(texts, samples, strict=True)]
    wrong = sum(_distance(text, one.text) for text, one in zip(texts, samples, strict=True))
    return f"{np.mean(right):.3f} of lines, letters {1 - wrong / sum(len(s.text) for s in samples):.3f}"


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
    parser.add_argument("--fonts", type=Path, required=True, help="where npm pack left packages")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="where to leave what --base goes on from")
    parser.add_argument("--base", type=Path, help="go on from the weights of an earlier run")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def train(asked: argparse.Namespace) -> None:
    """Trains for `asked.minutes` and writes the running mean of the weights."""
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    faces = load_faces(asked.fonts)
    composer = Composer([one for one in faces if one.kind != "held-out"], asked.seed)
    others = Composer([one for one in faces if one.kind == "held-out"], 1)
    held_out = [others.sample() for _ in range(200)]
    model = Reader()
    if asked.base:
        model.load_state_dict(torch.load(asked.base))
    smoothed = Smoothed(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=1e-3)
    print(sum(weight.numel() for weight in model.parameters()), "weights", flush=True)
    began = shown = time.monotonic()
    done, losses = 0, []
    while (spent := (time.monotonic() - began) / 60 / asked.minutes) < 1:
        for samples in batches(composer):
            model.train()
            for group in optimizer.param_groups:
                warm = min(1.0, (done + 1) / 100)
                group["lr"] = asked.rate * (warm * (0.5 + 0.5 * np.cos(np.pi * spent)) + 2e-3)
            strips, codes, places = packed(samples)
            loss = loss_of(model(strips), codes, places, spent)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            smoothed.update(model, done)
            losses.append(loss.item())
            done += 1
        if time.monotonic() - shown > 150:
            shown = time.monotonic()
            print(
                f"{(shown - began) / 60:.1f} min, step {done}, loss {np.mean(losses):.3f};",
                report(smoothed.model, held_out),
                flush=True,
            )
            losses = []
            if asked.weights:
                torch.save(smoothed.model.state_dict(), asked.weights)
    print(f"{done} steps;", report(smoothed.model, held_out), flush=True)
    if asked.weights:
        torch.save(smoothed.model.state_dict(), asked.weights)
    export(smoothed.model, asked.out)


if __name__ == "__main__":
    main()
