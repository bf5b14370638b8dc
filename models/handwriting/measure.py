"""Measures trained readers on agencies that they never saw, and writes what ships.

    python models/handwriting/measure.py --readers readers.pt --real DIR

Writes beside itself `reader.onnx`, the network that has seen all agencies, and
`calibration.toml` and `out_of_fold.tsv`, from the networks that had some left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.handwriting.network import Reader, export
from models.handwriting.real_slots import RealSlots, calibrate


def load_readers(path: Path) -> list[Reader]:
    """The networks that train.py left: one for each fold, then the one to ship."""
    readers = []
    for weights in torch.load(path, map_location="cpu"):
        readers.append(Reader())
        readers[-1].load_state_dict(weights)
    return readers


def main() -> None:
    """Exports, calibrates and writes every reading of agencies left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=Path, required=True, help="what train.py left")
    parser.add_argument("--real", type=Path, required=True, help="what cut_real.py left")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    asked = parser.parse_args()
    real = RealSlots.load(asked.real)
    *held_out, shipped = load_readers(asked.readers)
    export(shipped, asked.out / "reader.onnx")
    reader_of = {
        agency: reader
        for fold, reader in zip(real.folds(), held_out, strict=True)
        for agency in fold
    }
    left_out = {int(i): reader_of[str(real.groups[i])] for i in real.rated}
    calibration, seen = calibrate(left_out, real)
    print("out of fold:", real.summary(seen), flush=True)
    real.write(asked.out / "out_of_fold.tsv", seen)
    text = "".join(f"{key} = {value}\n" for key, value in calibration.items())
    (asked.out / "calibration.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
