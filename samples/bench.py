"""Pages for measuring character error rates: print whose exact text is known, in six damages.

Each page is set from the letters of `texts`, their paragraphs shuffled together so that pages
differ, and every number printed. Beside `NAME.pdf` stand `NAME.txt`, the printed lines in reading
order, and, for all of them, `manifest.json`, which gives the damage, the skew put in (degrees,
counter-clockwise positive) and the words of stamps, which the `.txt` leaves out.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from samples import image_pdf, scan_recipe, scanner
from samples.flow import DPI
from samples.image_pdf import ScanPage
from samples.texts import Letter, load_samples
from samples.typeset import typeset

_PARAGRAPHS = 9
_LONGEST_SKEW = 4.0


@dataclass(frozen=True)
class BenchPage:
    """One benchmark page: the scan, its printed lines, its skew, and words in stamps."""

    scan: ScanPage
    lines: tuple[str, ...]
    skew_degrees: float
    stamp_words: tuple[str, ...]


def clean_300(image: np.ndarray, rng: np.random.Generator) -> ScanPage:
    """A good scan: 300 dpi grey, JPEG 75, quite straight."""
    return ScanPage(scanner.sensor(image, rng, blur=0.7, noise=1.5), 300, "grey", 75)


def bilevel_200_speckle(image: np.ndarray, rng: np.random.Generator) -> ScanPage:
    """A fax-like archive scan: 200 dpi black and white with dust."""
    small = scanner.resample(image, from_dpi=DPI, to_dpi=200)
    return ScanPage(scanner.bilevel(scanner.speckle(small, rng), rng), 200, "bilevel")


def skew_dark_edges(image: np.ndarray, rng: np.random.Generator, *, degrees: float) -> ScanPage:
    """A sheet askew on dark glass: 200 dpi colour, JPEG 60."""
    small = scanner.resample(image, from_dpi=DPI, to_dpi=200)
    turned = scanner.skew_dark_edges(scanner.off_white(small, rng), rng, degrees=degrees)
    return ScanPage(scanner.sensor(turned, rng), 200, "colour", 60)


def seal_and_den_stamp(image: np.ndarray, rng: np.random.Generator) -> ScanPage:
    """A signed, sealed and received letter: 200 dpi colour, JPEG 60; the ink is on it already."""
    small = scanner.resample(image, from_dpi=DPI, to_dpi=200)
    return ScanPage(scanner.sensor(scanner.off_white(small, rng), rng), 200, "colour", 60)


def faint_yellowed(image: np.ndarray, rng: np.random.Generator) -> ScanPage:
    """Pale print on old paper: 200 dpi colour, JPEG 60."""
    small = scanner.resample(image, from_dpi=DPI, to_dpi=200)
    aged = scanner.yellowed(scanner.faint(small, rng, amount=0.45), rng)
    return ScanPage(scanner.sensor(aged, rng), 200, "colour", 60)


def jpeg40_150(image: np.ndarray, rng: np.random.Generator) -> ScanPage:
    """A scan made small for e-mail: 150 dpi grey, JPEG 40."""
    small = scanner.resample(image, from_dpi=DPI, to_dpi=150)
    return ScanPage(scanner.sensor(small, rng, blur=0.5), 150, "grey", 40)


KINDS: dict[str, Callable[..., ScanPage]] = {
    "clean_300": clean_300,
    "bilevel_200_speckle": bilevel_200_speckle,
    "skew_dark_edges": skew_dark_edges,
    "seal_and_den_stamp": seal_and_den_stamp,
    "faint_yellowed": faint_yellowed,
    "jpeg40_150": jpeg40_150,
}


def write_pages(folder: Path, *, pages_per_kind: int = 12) -> int:
    """Writes `pages_per_kind` pages of each kind to `folder`; gives how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest: list[dict[str, Any]] = []
    for kind in KINDS:
        for number in range(1, pages_per_kind + 1):
            page = make_page(kind, number)
            name = f"{kind}_{number:02d}"
            image_pdf.write([page.scan], folder / f"{name}.pdf")
            text = "\n".join(page.lines) + "\n"
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
            manifest.append(
                {
                    "name": name,
                    "kind": kind,
                    "skew_degrees": page.skew_degrees,
                    "stamp_words": list(page.stamp_words),
                }
            )
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return len(manifest)


def make_page(kind: str, number: int) -> BenchPage:
    """The page of that kind and number; the same two give the same page, text and all.

    Numbers share their text across kinds: page 3 of every kind says the same, so that kinds differ
    by damage alone. Only `seal_and_den_stamp` shows a letter's end, where signature and seal are.
    """
    rng = np.random.default_rng([list(KINDS).index(kind), number])
    sealed = kind == "seal_and_den_stamp"
    letter = variant(number, paragraphs=3 if sealed else _PARAGRAPHS, received=sealed)
    pages = typeset(letter, np.random.default_rng(number))
    while sealed and len(pages) > 1:
        letter = replace(letter, body=letter.body[:-1])
        pages = typeset(letter, np.random.default_rng(number))
    page = pages[0]
    degrees = 0.0
    words: tuple[str, ...] = ()
    if sealed:
        image = scan_recipe.ink_page(page, letter, 0, {"received_at": (27, 14)}, rng)
        words = _stamp_words(letter)
    else:
        image = np.repeat(np.asarray(page.image)[:, :, None], 3, axis=2)
    if kind == "skew_dark_edges":
        sign = 1 if number % 2 else -1
        degrees = round(sign * float(rng.uniform(0.5, _LONGEST_SKEW)), 2)
        return BenchPage(skew_dark_edges(image, rng, degrees=degrees), page.lines, degrees, words)
    return BenchPage(KINDS[kind](image, rng), page.lines, degrees, words)


def variant(number: int, *, paragraphs: int, received: bool) -> Letter:
    """A letter of the sample texts whose body is drawn from the paragraphs of all of them.

    Args:
        number: picks the letter that gives header and ending, and drives the draw.
        paragraphs: how many are drawn; fewer leave room for the signature on the first page.
        received: whether it bears a ĐẾN stamp.
    """
    letters = [letter for sample in load_samples() for letter in sample.letters]
    states = [letter for letter in letters if letter.layout == "state" and len(letter.signers) == 1]
    rng = np.random.default_rng([2020, number])
    letter = states[number % len(states)]
    stock = [text for other in letters if other.layout != "typewriter" for text in _prose(other)]
    picked = [stock[index] for index in rng.permutation(len(stock))[:paragraphs]]
    return replace(
        letter,
        number=letter.number or "1205",
        number_style="printed",
        day_style="printed",
        body=tuple(picked),
        annex=(),
        footer="",
        urgency=None,
        digital_signature=(),
        received_stamp=_receipt(rng) if received else None,
    )


def _prose(letter: Letter) -> list[str]:
    """Paragraphs that fill at least two lines; no tables, no centred lines, no breaks."""
    return [text for text in letter.body if len(text) > 120 and text[0] not in "|=<~"]


def _receipt(rng: np.random.Generator) -> dict[str, str]:
    day, month = int(rng.integers(1, 28)), int(rng.integers(1, 12))
    return {
        "agency": "VĂN PHÒNG HĐND VÀ UBND",
        "number": str(int(rng.integers(100, 5000))),
        "date": f"2022-{month:02d}-{day:02d}",
        "printed_date": f"{day:02d}/{month:02d}/22",
    }


def _stamp_words(letter: Letter) -> tuple[str, ...]:
    stamp = letter.received_stamp or {}
    box = ("ĐẾN", "Số:", "Ngày:", "Chuyển:", "Số và ký hiệu HS:")
    seal = (letter.seal.get("top", ""), letter.seal.get("bottom", ""))
    return (stamp["agency"], *box, stamp["number"], stamp["printed_date"], *seal)
