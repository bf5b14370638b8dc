"""The network that reads printed lines: convolutions only, so that OpenCV runs it."""

from __future__ import annotations

import copy
import unicodedata
from pathlib import Path

import torch
from torch import nn

from models.convolutions import Added, block
from pipeline.printed import ALPHABET, STRIP_HEIGHT

_TONES = "\u0300\u0301\u0303\u0309\u0323"


class Reader(nn.Module):
    """Scores of every sign for every fourth column of a strip.

    A letter's score is that of its body (`ơ`) and that of its tone, so that a tone is
    learned once for all vowels.
    """

    def __init__(self) -> None:
        super().__init__()
        bodies = sorted({_parts(sign)[0] for sign in ALPHABET})
        # Class 0 is `nothing here`; then bodies, no tone, tones.
        parts = 1 + len(bodies) + 1 + len(_TONES)
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            block(16, 40, (3, 3), stride=(2, 1)),
            block(40, 64, (3, 3), stride=(1, 2)),
            Added(64, (3, 3)),
            block(64, 104, (3, 3), stride=(2, 1)),
            Added(104, (3, 3)),
            nn.Conv2d(104, 192, (STRIP_HEIGHT // 8, 1), bias=False),
            nn.BatchNorm2d(192),
            nn.ReLU(),
            Added(192, (1, 5)),
            Added(192, (1, 5), dilation=2),
            Added(192, (1, 5), dilation=4),
            Added(192, (1, 5), dilation=8),
            Added(192, (1, 5), dilation=2),
            Added(192, (1, 3)),
            nn.Dropout(0.1),
            nn.Conv2d(192, parts, 1),
        )
        sums = torch.zeros(len(ALPHABET) + 1, parts, 1, 1)
        sums[0, 0] = 1
        for code, sign in enumerate(ALPHABET, 1):
            body, tone = _parts(sign)
            sums[code, 1 + bodies.index(body)] = 1
            if tone is not None:
                sums[code, 1 + len(bodies) + tone] = 1
        self.register_buffer("sums", sums)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes, 1, columns) of strips (N, 1, height, width) of ink 0..1."""
        return self.summed(self.net(strips))

    def summed(self, parts: torch.Tensor) -> torch.Tensor:
        """Scores of signs from those of their bodies and tones."""
        return nn.functional.conv2d(parts, self.sums)


def _parts(sign: str) -> tuple[str, int | None]:
    """The sign without its tone, and the tone's place in `_TONES` from 1, 0 for none.

    `None` for what can bear no tone.
    """
    marks = unicodedata.normalize("NFD", sign)
    body = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    if body.lower() not in "aăâeêioôơuưy":
        return body, None
    return body, next((_TONES.index(mark) + 1 for mark in marks if mark in _TONES), 0)


class Smoothed:
    """Running mean of a model's weights: a better reader than the last step's."""

    def __init__(self, model: Reader, keep: float = 0.999) -> None:
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


def export(model: Reader, path: Path) -> None:
    """Writes the network as ONNX for one strip at a time, of any width that 4 divides."""
    model = copy.deepcopy(model).cpu().float().eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, STRIP_HEIGHT, 512),),
        str(path),
        input_names=["strip"],
        output_names=["scores"],
        opset_version=13,
        dynamo=False,
    )
