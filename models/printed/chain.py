"""Syllables that follow each other as in legal texts: the counts of models/syllables."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

from models.printed.draw import Draw
from pipeline.naming import syllables

#: Weight of words that are no Vietnamese: legal texts hold some English, letters hardly any.
_FOREIGN = 0.03
#: Share of words after which a new phrase begins.
_ANEW = 0.06


class Chain:
    """Runs of syllables, each drawn by the one before it."""

    def __init__(self) -> None:
        """Loads the counts."""
        path = resources.files("models") / "syllables" / "counts.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        self.words: list[str] = table["words"]
        known = syllables()
        native = np.array([1.0 if word in known else _FOREIGN for word in self.words])
        self.starts = _growing(np.array(table["counts"]), native)
        rows = [np.array(row, np.int64).reshape(-1, 2) for row in table["pairs"]]
        rows += [np.empty((0, 2), np.int64)] * (len(self.words) - len(rows))
        self.after = [row[:, 0] for row in rows]
        self.shares = [_growing(row[:, 1], np.ones(len(row))) for row in rows]

    def run(self, draw: Draw, count: int) -> list[str]:
        """`count` syllables, small letters."""
        at = draw.at(self.starts)
        out = []
        for _ in range(count):
            out.append(self.words[at])
            following = self.after[at]
            if not len(following) or draw.chance(_ANEW):
                at = draw.at(self.starts)
            else:
                at = int(following[draw.at(self.shares[at])])
        return out


def _growing(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Shares that grow to 1, by the root of counts: formulas shall not be all that is learned."""
    shares = np.cumsum(np.sqrt(counts.astype(np.float64)) * weights)
    return shares / shares[-1] if len(shares) else shares
