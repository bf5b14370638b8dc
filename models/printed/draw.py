"""Draws that text is composed with; the same for the same generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

_Item = TypeVar("_Item")


class Draw:
    """Chances, choices and whole numbers."""

    def __init__(self, random: np.random.Generator) -> None:
        """Draws from `random`, which may be replaced."""
        self.random = random

    def chance(self, share: float) -> bool:
        """True in that share of calls."""
        return bool(self.random.random() < share)

    def pick(self, items: Sequence[_Item]) -> _Item:
        """One of `items`, each as likely."""
        return items[int(self.random.integers(len(items)))]

    def count(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return int(self.random.integers(low, high + 1))

    def at(self, shares: np.ndarray) -> int:
        """A place in `shares`, which grow to 1."""
        return int(np.searchsorted(shares, self.random.random()))
