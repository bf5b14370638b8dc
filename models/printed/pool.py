"""Samples on the device that trains, and how they are changed each time they are drawn."""

from __future__ import annotations

import torch
from torch import nn

from models.printed.samples import Samples


class Pool:
    """The newest samples, in memory of the device."""

    def __init__(self, count: int, place: torch.device) -> None:
        """Room for `count` samples."""
        empty = Samples.empty(1)
        self.strips = torch.zeros((count, *empty.strips.shape[1:]), dtype=torch.uint8, device=place)
        self.codes = torch.zeros((count, empty.codes.shape[1]), dtype=torch.long, device=place)
        self.places = torch.zeros((count, empty.places.shape[1]), device=place)
        self.filled = self.at = 0

    def put(self, samples: Samples) -> None:
        """Puts samples in place of the oldest; the pool's size is a multiple of their number."""
        rows = slice(self.at, self.at + len(samples.strips))
        self.strips[rows] = torch.from_numpy(samples.strips).to(self.strips.device)
        self.codes[rows] = torch.from_numpy(samples.codes).to(self.strips.device)
        self.places[rows] = torch.from_numpy(samples.places).to(self.strips.device)
        self.filled = max(self.filled, rows.stop)
        self.at = rows.stop % len(self.strips)

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Strips (N, 1, height, width) of 0..1, codes and places of `count` random samples."""
        rows = torch.randint(self.filled, (count,), device=self.strips.device)
        strips = self.strips[rows].unsqueeze(1).float() / 255
        return strips, self.codes[rows], self.places[rows]


def augment(batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shift, stretch, shear and re-ink strips, so that no pass sees the same ones.

    Returns:
        The strips (N, 1, height, width), and a and b of each: a sign at x pixels is at
        a x + b after.
    """
    count, width, place = len(batch), batch.shape[-1], batch.device

    def spread(scale: float) -> torch.Tensor:
        return (torch.rand(count, device=place) * 2 - 1) * scale

    theta = torch.zeros(count, 2, 3, device=place)
    theta[:, 0, 0] = 1 + spread(0.07)
    theta[:, 0, 1] = spread(0.008)
    theta[:, 1, 1] = 1 + spread(0.08)
    theta[:, 0, 2] = theta[:, 0, 0] - 1
    theta[:, 1, 2] = spread(0.08)
    grid = nn.functional.affine_grid(theta, list(batch.shape), align_corners=False)
    moved = _thickened(nn.functional.grid_sample(batch, grid, align_corners=False))
    gamma = torch.exp(spread(0.4)).view(-1, 1, 1, 1)
    grain = torch.rand_like(moved) * torch.rand(count, 1, 1, 1, device=place) * 0.1
    stretch = 1 / theta[:, 0, 0]
    shift = (width / 2) * (1 - stretch * (1 + theta[:, 0, 2]))
    return (moved.clamp(1e-4, 1) ** gamma + grain).clamp(0, 1), stretch, shift


def _thickened(batch: torch.Tensor) -> torch.Tensor:
    """Strips of which some have fatter strokes, some thinner ones."""
    thick = nn.functional.max_pool2d(batch, 3, 1, 1)
    thin = -nn.functional.max_pool2d(-batch, 3, 1, 1)
    pick = torch.rand(len(batch), 1, 1, 1, device=batch.device)
    share = torch.rand(len(batch), 1, 1, 1, device=batch.device) * 0.5
    other = torch.where(pick < 0.15, thick, torch.where(pick > 0.88, thin, batch))
    return batch + (other - batch) * share


def overlaid(batch: torch.Tensor, overlays: torch.Tensor) -> torch.Tensor:
    """Strips of which six in ten have ink of pens, seals or other lines over them."""
    count = len(batch)
    rows = torch.randint(len(overlays), (count,), device=batch.device)
    dark = torch.rand(count, 1, 1, 1, device=batch.device) * 1.7 - 0.7
    ink = overlays[rows].unsqueeze(1).float() / 255
    ink = torch.roll(ink, int(torch.randint(ink.shape[-1], (1,))), dims=-1)
    return torch.maximum(batch, ink * dark.clamp(0, 1))
