"""Blocks that the networks of `models` are built of; OpenCV runs each of them."""

from __future__ import annotations

import torch
from torch import nn


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
