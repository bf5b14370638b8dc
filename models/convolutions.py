"""What the networks of `models` are built of, kept by and written with; OpenCV runs each of them."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def block(
    before: int,
    after: int,
    kernel: tuple[int, int],
    *,
    stride: tuple[int, int] = (1, 1),
    dilation: int = 1,
) -> nn.Sequential:
    """A convolution that keeps height and width but for `stride`; `dilation` is level."""
    padding = (kernel[0] // 2, dilation * (kernel[1] // 2))
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding, (1, dilation), bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )


class Added(nn.Module):
    """What a block says is added to what it was given."""

    def __init__(self, channels: int, kernel: tuple[int, int], dilation: int = 1) -> None:
        super().__init__()
        self.block = block(channels, channels, kernel, dilation=dilation)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return given + self.block(given)


class Toned(nn.Module):
    """Scores of every sign for columns of a strip, from the outputs of a network `net`.

    A letter's score is that of its body (`ơ`) and that of its tone, so that a tone is
    learned once for all vowels. A reader sets `net`, which ends with `outputs` channels.
    """

    net: nn.Module

    def __init__(self, signs: Sequence[str]) -> None:
        super().__init__()
        self.register_buffer("sums", _sums_of(signs))

    @property
    def outputs(self) -> int:
        """Channels that `net` must end with."""
        return int(self.sums.shape[1])

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes, 1, columns) of strips (N, 1, height, width) of ink 0..1."""
        return self.summed(self.net(strips))

    def summed(self, parts: torch.Tensor) -> torch.Tensor:
        """Scores of signs from those of their bodies and tones."""
        return nn.functional.conv2d(parts, self.sums)


def _sums_of(signs: Sequence[str]) -> torch.Tensor:
    """Which outputs of a network make the score of each sign (1 + signs, outputs, 1, 1).

    Output and class 0 are `nothing here`.
    """
    bodies = sorted({_parts(sign)[0] for sign in signs})
    sums = torch.zeros(1 + len(signs), 1 + len(bodies) + 1 + len(_TONES), 1, 1)
    sums[0, 0] = 1
    for code, sign in enumerate(signs, 1):
        body, tone = _parts(sign)
        sums[code, 1 + bodies.index(body)] = 1
        if tone is not None:
            sums[code, 1 + len(bodies) + tone] = 1
    return sums


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

    def __init__(self, model: nn.Module, keep: float) -> None:
        """Starts at the weights of `model`; each update keeps the share `keep`."""
        self.model = copy.deepcopy(model).eval()
        self.keep = keep

    @torch.no_grad()
    def update(self, model: nn.Module, done: int) -> None:
        """Takes in the weights of `model` after `done` steps."""
        share = 1 - min(self.keep, (1 + done) / (10 + done))
        for mine, new in zip(
            self.model.state_dict().values(), model.state_dict().values(), strict=True
        ):
            if mine.dtype.is_floating_point:
                mine.lerp_(new, share)
            else:
                mine.copy_(new)


def export(model: nn.Module, height: int, width: int, path: Path) -> None:
    """Writes a network as ONNX that takes one strip (1, 1, height, width) of ink 0..1."""
    model = copy.deepcopy(model).cpu().float().eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, height, width),),
        str(path),
        input_names=["strip"],
        output_names=["scores"],
        opset_version=13,
        dynamo=False,
    )
