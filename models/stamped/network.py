"""The network that reads a stamped name: convolutions only, so that OpenCV runs it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from models.convolutions import Added, Toned, block
from pipeline.naming import LETTERS
from pipeline.stamped import STRIP_HEIGHT


class Reader(Toned):
    """Scores of every letter for every fourth column of a strip."""

    def __init__(self) -> None:
        super().__init__(LETTERS)
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
            nn.Conv2d(224, self.outputs, 1),
        )


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
