"""The network that reads a strip: convolutions only, so that OpenCV runs it."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.convolutions import Added, block
from pipeline.handwriting import ALPHABET, NET_WIDTH, STRIP_HEIGHT


class Reader(nn.Module):
    """Scores of every sign for every second column of a strip."""

    def __init__(self) -> None:
        super().__init__()
        rows = STRIP_HEIGHT // 8
        self.net = nn.Sequential(
            nn.Conv2d(1, 24, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            block(24, 48, (3, 3), stride=(2, 1)),
            block(48, 64, (3, 3)),
            Added(64, (3, 3)),
            block(64, 96, (3, 3), stride=(2, 1)),
            Added(96, (3, 3), dilation=2),
            Added(96, (3, 3)),
            nn.Conv2d(96, 160, (rows, 1), bias=False),
            nn.BatchNorm2d(160),
            nn.ReLU(),
            Added(160, (1, 3)),
            Added(160, (1, 3), dilation=2),
            Added(160, (1, 3), dilation=4),
            nn.Dropout(0.15),
            nn.Conv2d(160, len(ALPHABET) + 1, 1),
        )

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes, 1, columns) of strips (N, 1, height, width) of ink 0..1."""
        return self.net(strips)


class Smoothed:
    """Running mean of a model's weights: a better reader than the last step's."""

    def __init__(self, model: Reader, keep: float = 0.998) -> None:
        """Starts at the weights of `model`; each update keeps the share `keep`."""
        self.model = copy.deepcopy(model).eval()
        self.keep = keep

    @torch.no_grad()
    def update(self, model: Reader) -> None:
        """Takes in the weights of `model`."""
        mine, new = list(self.model.state_dict().values()), list(model.state_dict().values())
        floating = [i for i, value in enumerate(mine) if value.dtype.is_floating_point]
        torch._foreach_lerp_([mine[i] for i in floating], [new[i] for i in floating], 1 - self.keep)


@torch.no_grad()
def scores_of(model: Reader, strips: np.ndarray) -> np.ndarray:
    """Scores (N, columns, classes) of `strips` (N, height, width) of ink 0..255."""
    place = next(model.parameters()).device
    model.eval()
    parts = [
        model(torch.from_numpy(strips[i : i + 256]).to(place).unsqueeze(1).float() / 255)
        for i in range(0, len(strips), 256)
    ]
    return torch.cat(parts)[:, :, 0].permute(0, 2, 1).float().cpu().numpy()


def greedy(scores: np.ndarray) -> list[str]:
    """The best column by column reading of each strip."""
    texts = []
    for row in scores.argmax(2):
        kept = [c for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)]
        texts.append("".join(ALPHABET[c - 1] for c in kept))
    return texts


def export(model: Reader, path: Path) -> None:
    """Writes the network as ONNX for one strip at a time."""
    model = copy.deepcopy(model).cpu().eval()
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, STRIP_HEIGHT, NET_WIDTH),),
        str(path),
        input_names=["strip"],
        output_names=["scores"],
        opset_version=13,
        dynamo=False,
    )
