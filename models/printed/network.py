"""The network that reads printed lines: convolutions only, so that OpenCV runs it."""

from __future__ import annotations

from torch import nn

from models.convolutions import Added, Toned, block
from pipeline.printed import ALPHABET, STRIP_HEIGHT


class Reader(Toned):
    """Scores of every sign for every fourth column of a strip."""

    def __init__(self) -> None:
        super().__init__(ALPHABET)
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
            nn.Conv2d(192, self.outputs, 1),
        )
