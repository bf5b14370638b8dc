"""The network that reads a stamped name: convolutions only, so that OpenCV runs it."""

from __future__ import annotations

import copy
import unicodedata
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.convolutions import Added, block
from pipeline.naming import LETTERS
from pipeline.stamped import STRIP_HEIGHT, STRIP_WIDTH

_TONES = "\u0300\u0301\u0303\u0309\u0323"


class Reader(nn.Module):
    """Scores of every letter for every fourth column of a strip.

    A letter's score is that of its body (`ơ`) and that of its tone, so that a tone is
    learned once for all vowels.
    """

    def __init__(self) -> None:
        super().__init__()
        bodies = sorted({_parts(letter)[0] for letter in LETTERS})
        self.net = nn.Sequential(
            nn.Conv2d(1, 24, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            block(24, 48, (3, 3), stride=(2, 1)),
            block(48, 96, (3, 3), stride=(1, 2)),
            Added(96, (3, 3)),
            Added(96, (3, 3)),
            block(96, 128, (3, 3), stride=(2, 1)),
            Added(128, (3, 3)),
            Added(128, (3, 3)),
            nn.Conv2d(128, 224, (STRIP_HEIGHT // 8, 1), bias=False),
            nn.BatchNorm2d(224),
            nn.ReLU(),
            Added(224, (1, 3)),
            Added(224, (1, 3), dilation=2),
            Added(224, (1, 3), dilation=4),
            Added(224, (1, 3)),
            nn.Dropout(0.1),
            nn.Conv2d(224, 1 + len(bodies) + 1 + len(_TONES), 1),
        )
        # Class 0 is `nothing here`.
        sums = torch.zeros(len(LETTERS) + 1, 1 + len(bodies) + 1 + len(_TONES), 1, 1)
        sums[0, 0] = 1
        for code, letter in enumerate(LETTERS, 1):
            body, tone = _parts(letter)
            sums[code, 1 + bodies.index(body)] = 1
            if tone is not None:
                sums[code, 1 + len(bodies) + tone] = 1
        self.register_buffer("sums", sums)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes, 1, columns) of strips (N, 1, height, width) of ink 0..1."""
        return nn.functional.conv2d(self.net(strips), self.sums)


def _parts(letter: str) -> tuple[str, int | None]:
    """The letter without its tone, and the tone's place in `_TONES` from 1, 0 for none.

    `None` for what can bear no tone.
    """
    marks = unicodedata.normalize("NFD", letter)
    body = unicodedata.normalize("NFC", "".join(sign for sign in marks if sign not in _TONES))
    if body not in "aăâeêioôơuưy":
        return body, None
    return body, next((_TONES.index(sign) + 1 for sign in marks if sign in _TONES), 0)


class Smoothed:
    """Running mean of a model's weights: a better reader than the last step's."""

    def __init__(self, model: Reader, keep: float = 0.997) -> None:
        """Starts at the weights of `model`; each update keeps the share `keep`."""
        self.model = copy.deepcopy(model).eval()
        self.keep = keep

    @torch.no_grad()
    def update(self, model: Reader, done: int) -> None:
        """Takes in the weights of `model` after `done` steps."""
        share = 1 - min(self.keep, (1 + done) / (10 + done))
        for mine, new in zip(
            self.model.state_dict().values(), model.state_dict().values(), strict=True
        ):
            if mine.dtype.is_floating_point:
                mine.lerp_(new, share)
            else:
                mine.copy_(new)


@torch.no_grad()
def scores_of(model: Reader, strips: np.ndarray) -> list[np.ndarray]:
    """Scores (columns, classes) of each of the strips (N, height, width) of ink 0..255."""
    model.eval()
    place = next(model.parameters()).device
    out: list[np.ndarray] = []
    for start in range(0, len(strips), 100):
        batch = torch.from_numpy(strips[start : start + 100]).to(place).unsqueeze(1).float() / 255
        out += list(model(batch)[:, :, 0].permute(0, 2, 1).cpu().numpy())
    return out


def greedy(scores: np.ndarray) -> str:
    """The best column by column reading."""
    row = scores.argmax(1)
    return "".join(
        LETTERS[code - 1] for i, code in enumerate(row) if code and (i == 0 or row[i - 1] != code)
    )


def export(model: Reader, path: Path) -> None:
    """Writes the network as ONNX for one strip at a time."""
    model = copy.deepcopy(model).cpu().eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, STRIP_HEIGHT, STRIP_WIDTH),),
        str(path),
        input_names=["strip"],
        output_names=["scores"],
        opset_version=13,
        dynamo=False,
    )
