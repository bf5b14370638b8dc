"""Cuts the slots of the real letters into strips for adaptation and for measuring.

    python models/handwriting/cut_real.py --real ../shared/real --out DIR

Runs in the package's own environment (it renders, cleans and reads every first page once
and keeps that in DIR, so that it may be stopped and run again); train.py needs only what it
leaves there: `strips.npz`, and `clerk_digits.npz` with single digits. Truth comes from the folder's own tables, and for some
files from real_slots.tsv, read by eye from the same strips.
"""

from __future__ import annotations

import argparse
import csv
import json
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.handwriting.clerk_digits import ClerkDigit, cut_digits
from pipeline import ocr
from pipeline.clean import clean
from pipeline.handwriting import NET_WIDTH, STRIP_HEIGHT, VIEWS, cut_strip, fit_strip, ink_grey
from pipeline.render import render_page
from pipeline.settings import Settings
from pipeline.slots import find_openings
from pipeline.slots.opening import Opening

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Truth:
    """What stands in the slots of one letter; empty where nobody could tell."""

    group: str
    number: str
    day: str
    month: str
    number_style: str
    day_style: str
    month_style: str


def read_truths(real: Path) -> dict[str, Truth]:
    """Truth by file name without its ending."""
    headers = {}
    with (real / "more" / "headers.tsv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            headers[Path(row["file"]).stem] = (
                row["document_number"],
                row["issue_date"],
                row["number_style"],
            )
    for path in sorted((real / "truth").glob("*.json")):
        letter = json.loads(path.read_text(encoding="utf-8"))["letters"][0]
        headers[path.stem] = (
            letter.get("number") or "",
            letter.get("issue_date") or "",
            letter.get("number_style") or "",
        )
    truths = {}
    with (HERE / "real_slots.tsv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            number, date, style = headers.get(row["file"], ("", "", ""))
            number = number.split("/")[0] if number[:1].isdigit() else ""
            parts = date.split("-") if len(date) == 10 else ["", "", ""]
            truths[row["file"]] = Truth(
                group=row["group"],
                number=number or row["number_by_eye"],
                day=parts[2].lstrip("0") or row["day_by_eye"],
                month=parts[1].lstrip("0") or row["month_by_eye"],
                number_style=(style or row["number_style"]).split("/")[0],
                day_style="handwritten" if row["day_by_hand"] == "1" else "printed",
                month_style="handwritten" if row["month_by_hand"] == "1" else "printed",
            )
    return truths


def first_page(path: Path, cache: Path) -> tuple[tuple, np.ndarray, float]:
    """Lines, colours and resolution of a file's first page (its upper half)."""
    kept = cache / f"{path.stem}.pkl"
    if not kept.exists():
        settings = Settings()
        image = clean(render_page(path, path.name, 1, settings.render), settings.clean)
        half = image.pixels.shape[0] // 2
        upper = replace(image, pixels=image.pixels[:half].copy(), height=image.height / 2)
        page = ocr.read([upper], path.name, settings.ocr)[0]
        kept.write_bytes(pickle.dumps((page.lines, image.colour[:half].copy(), image.dpi)))
    lines, colour, dpi, *_ = pickle.loads(kept.read_bytes())  # noqa: S301 - written above
    return lines, colour, dpi


def digits_of(part: np.ndarray, opening: Opening, dpi: float, truth: str) -> list[ClerkDigit]:
    """The single digits of a filled slot; a day may be written `06` or `6`."""
    spellings = [truth]
    if opening.kind != "number" and len(truth) == 1:
        spellings.append("0" + truth)
    for spelling in spellings:
        found = list(cut_digits(part, opening, dpi, spelling)) if spelling.isdigit() else []
        if found:
            return found
    return []


def save_digits(path: Path, digits: list[tuple[ClerkDigit, str]], agencies: list[str]) -> None:
    """Single digits and the place of the agency of each in `agencies`."""
    np.savez_compressed(
        path,
        ink=np.concatenate([digit.ink.ravel() for digit, _ in digits]),
        sizes=np.array([digit.ink.shape for digit, _ in digits]),
        digits=np.array([digit.digit for digit, _ in digits]),
        groups=np.array([agencies.index(group) for _, group in digits]),
        scale=np.array([digit.scale for digit, _ in digits]),
        feet=np.array([digit.foot for digit, _ in digits]),
    )


def main() -> None:
    """Cuts all slots whose letters are in real_slots.tsv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    truths = read_truths(asked.real)
    strips, rows, digits = [], [], []
    for path in sorted([*(asked.real / "letters").iterdir(), *(asked.real / "more").iterdir()]):
        truth = truths.get(path.stem)
        if truth is None:
            continue
        lines, colour, dpi = first_page(path, asked.out)
        found = {o.kind: o for o in find_openings(lines, colour.shape[1] * 72 / dpi)}
        grey = ink_grey(colour)
        for kind in ("number", "day", "month"):
            wanted, style = getattr(truth, kind), getattr(truth, f"{kind}_style")
            rows.append((path.stem, truth.group, kind, style, wanted, str(int(kind in found))))
            views = np.zeros((len(VIEWS), STRIP_HEIGHT, NET_WIDTH), np.uint8)
            for i, (shift, zoom) in enumerate(VIEWS if kind in found else ()):
                strip = fit_strip(cut_strip(grey, found[kind], dpi, shift=shift, zoom=zoom))
                views[i, :, : strip.shape[1]] = strip
            strips.append(views)
            if kind in found and style == "handwritten":
                part = cut_strip(grey, found[kind], dpi)
                cut = digits_of(part, found[kind], dpi, wanted)
                digits.extend((digit, truth.group) for digit in cut)
    agencies = sorted({row[1] for row in rows})
    save_digits(asked.out / "clerk_digits.npz", digits, agencies)
    print(len(digits), "single digits")
    np.savez_compressed(asked.out / "strips.npz", strips=np.stack(strips), rows=np.array(rows))
    print(len(rows), "slots,", sum(row[5] == "0" for row in rows), "not found")


if __name__ == "__main__":
    main()
