"""Trains the reader of printed lines and writes reader.onnx.

    python models/printed/train.py --fonts DIR --out models/printed/reader.onnx

Needs torch (requirements.txt) and the fonts of fonts.tsv; the package itself needs neither.
With `--real FILE` (see cut_real.py) lines of real pages are mixed in.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.convolutions import Smoothed, export
from models.printed.compose import WIDEST, Composer
from models.printed.losses import loss_of
from models.printed.measure import Score, score
from models.printed.network import Reader
from models.printed.pool import Pool, augment, overlaid
from models.printed.samples import SHARD, Stream, load_lines, spans
from pipeline.printed import STRIDE, STRIP_HEIGHT, WIDTH_STEP, words_of

#: Share of the time on composed lines alone, and share of real lines in a step after that.
COMPOSED_FIRST, REAL_SHARE = 0.25, 0.2
#: Runs of words cut out of the real lines; composed lines to report on; inks laid over real lines.
SPANS, REPORTED, OVERLAYS = 20_000, 300, 1500
#: Steps in which the rate grows to its full height, and the share of it that stays at the end.
WARM_STEPS, LAST_RATE = 200, 2e-3


def main() -> None:
    """Composes, trains, and writes the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--real", type=Path, help="lines of real pages to train on as well")
    parser.add_argument("--test", type=Path, help="lines of real pages to report on")
    parser.add_argument("--weights", type=Path, help="where to leave what --base goes on from")
    parser.add_argument("--base", type=Path, help="go on from the weights of an earlier run")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shards", type=int, default=200, help="shards kept to draw from")
    parser.add_argument("--report", type=float, default=60, help="seconds between reports")
    Training(parser.parse_args()).run()


class Training:
    """One run: what it draws from, the network, and its running mean."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """Composes the first lines and loads the real ones; the time starts here."""
        self.began = time.monotonic()
        self.asked = asked
        torch.manual_seed(asked.seed)
        torch.backends.cudnn.benchmark = True
        self.place = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.stream = Stream(asked.fonts, asked.seed, asked.workers)
        self._load(Composer(asked.fonts, 1))
        model = Reader()
        if asked.base:
            model.load_state_dict(torch.load(asked.base, map_location="cpu"))
        self.model = model.to(self.place, memory_format=torch.channels_last)
        self.smoothed = Smoothed(self.model, 0.999)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=asked.rate, weight_decay=2e-3
        )

    def _load(self, composer: Composer) -> None:
        asked = self.asked
        composed = [composer.sample() for _ in range(REPORTED)]
        self.tests = {"composed": [(one.strip, one.text) for one in composed]}
        if asked.test:
            self.tests["real"] = [(one.strip, one.text) for one in load_lines(asked.test)]
        overlays = np.stack([composer.overlay() for _ in range(OVERLAYS)])
        self.overlays = torch.from_numpy(overlays).to(self.place)
        self.pool, self.real = Pool(asked.shards * SHARD, self.place), None
        if asked.real:
            random = np.random.default_rng(asked.seed)
            self.real = Pool(SPANS, self.place)
            self.real.put(spans(load_lines(asked.real), SPANS, random))
        self.pool.put(self.stream.next())

    def run(self) -> None:
        """Trains for `minutes` and writes the running mean of the weights."""
        weights = sum(weight.numel() for weight in self.model.parameters())
        print(weights, "weights on", self.place, flush=True)
        shown, done, shards = time.monotonic(), 0, 1
        losses: list[torch.Tensor] = []
        while (spent := (time.monotonic() - self.began) / 60 / self.asked.minutes) < 1:
            while self.stream.ready:
                self.pool.put(self.stream.next())
                shards += 1
            losses.append(self._step(done, spent))
            self.smoothed.update(self.model, done)
            done += 1
            if time.monotonic() - shown > self.asked.report:
                shown = time.monotonic()
                loss = torch.stack(losses).mean().item()
                minutes = (shown - self.began) / 60
                self._report(f"{minutes:.1f} min, step {done}, {shards} shards, loss {loss:.3f}")
                losses = []
        self.stream.close()
        self._report(f"{done} steps, {shards * SHARD} composed lines")

    def _step(self, done: int, spent: float) -> torch.Tensor:
        """Learns from one batch after `done` steps and a share `spent` of the time; its loss."""
        self.model.train()
        for group in self.optimizer.param_groups:
            warm = min(1.0, (done + 1) / WARM_STEPS)
            group["lr"] = self.asked.rate * (warm * (0.5 + 0.5 * np.cos(np.pi * spent)) + LAST_RATE)
        strips, codes, places = self._drawn(spent)
        strips, stretch, shift = augment(strips)
        places = places * stretch[:, None] + shift[:, None]
        with torch.autocast(self.place.type, torch.bfloat16, enabled=self.place.type == "cuda"):
            parts = self.model.net(strips.contiguous(memory_format=torch.channels_last))
        loss = loss_of(self.model.summed(parts.float()), codes, places, spent)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 2.0)
        self.optimizer.step()
        return loss.detach()

    def _drawn(self, spent: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """A batch: see `Pool.draw`."""
        if self.real is None or spent <= COMPOSED_FIRST:
            return self.pool.draw(self.asked.batch)
        many = round(self.asked.batch * REAL_SHARE)
        composed = self.pool.draw(self.asked.batch - many)
        strips, codes, places = self.real.draw(many)
        real = overlaid(strips, self.overlays), codes, places
        strips, codes, places = (torch.cat(pair) for pair in zip(composed, real, strict=True))
        return strips, codes, places

    def _report(self, what: str) -> None:
        """Prints how well the running mean reads, and leaves it on disk."""
        model = self.smoothed.model
        scores = {name: scored(model, lines, self.place) for name, lines in self.tests.items()}
        print(what, *(f"; {name}: {one}" for name, one in scores.items()), sep="", flush=True)
        if self.asked.weights:
            state = {name: one.cpu() for name, one in model.state_dict().items()}
            torch.save(state, self.asked.weights)
        export(model, STRIP_HEIGHT, WIDEST, self.asked.out)


@torch.no_grad()
def scored(model: Reader, lines: Sequence[tuple[np.ndarray, str]], place: torch.device) -> Score:
    """How well a network reads strips (height, width) of ink 0..255."""
    model.eval()
    torch.backends.cudnn.benchmark = False  # every width would be tried out anew
    read = []
    for strip, _ in lines:
        width = -(-strip.shape[1] // WIDTH_STEP) * WIDTH_STEP
        padded = np.zeros((1, 1, strip.shape[0], width), np.float32)
        padded[0, 0, :, : strip.shape[1]] = strip / np.float32(255)
        scores = model(torch.from_numpy(padded).to(place))[0, :, 0].T.float().cpu().numpy()
        seen = words_of(scores[: -(-strip.shape[1] // STRIDE)])
        read.append(" ".join(word.text for word in seen))
    torch.backends.cudnn.benchmark = True
    return score(read, [text for _, text in lines])


if __name__ == "__main__":
    main()
