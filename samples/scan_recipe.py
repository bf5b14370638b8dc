"""From the letters of a sample to scanned pages: print, sign and stamp, then scan.

The recipe is the `[scan]` table of the sample's TOML file. Each page draws its randomness from the
file's seed and the page number, so one page's change does not move the others.
"""

from typing import Any

import numpy as np

from samples import ink, scanner
from samples.flow import DPI, mm
from samples.image_pdf import ScanPage
from samples.texts import Letter, Sample
from samples.typeset import Mark, TypesetPage, typeset

_HANDS = ("hand-round", "hand-slanted", "hand-tall", "hand-light", "hand-upright")


def scan(sample: Sample) -> tuple[list[ScanPage], list[dict[str, Any]]]:
    """The sample's scanned pages, and the truth of each of its letters."""
    recipe = sample.scan
    sheets: list[np.ndarray] = []
    letters = []
    for letter in sample.letters:
        rng = np.random.default_rng([recipe["seed"], 1000 + len(letters)])
        pages = typeset(letter, rng)
        first = len(sheets) + 1
        sheets += [ink_page(page, letter, number, recipe, rng) for number, page in enumerate(pages)]
        letters.append(letter.truth(first_page=first, last_page=len(sheets)))
    return [_scan_page(sheets, number, recipe) for number in range(len(sheets))], letters


def ink_page(
    page: TypesetPage,
    letter: Letter,
    index: int,
    recipe: dict[str, Any],
    rng: np.random.Generator,
) -> np.ndarray:
    """The printed sheet (RGB, 300 dpi) with all that people write and stamp on it.

    Args:
        page: the printed sheet.
        letter: what it says, for number, day, seal and stamps.
        index: 0 for the letter's first page.
        recipe: `pen` (blue or black), `hand` (0..4), `signed` and `sealed` (default true).
        rng: drives every hand and stamp.
    """
    image = np.repeat(np.asarray(page.image)[:, :, None], 3, axis=2)
    pen = ink.BLACK_PEN if recipe.get("pen") == "black" else ink.BLUE_PEN
    face = _HANDS[recipe.get("hand", 0)]
    for mark in page.marks:
        if mark.name in ("number", "day"):
            text = letter.number if mark.name == "number" else letter.day
            image = _write(image, text, mark, rng, face=face, pen=pen)
        elif mark.name.startswith("signature"):
            image = _sign(image, mark, letter, recipe, rng, pen)
    if index == 0:
        image = _stamp(image, letter, recipe, rng)
    return image


def _write(
    image: np.ndarray,
    text: str,
    mark: Mark,
    rng: np.random.Generator,
    *,
    face: str,
    pen: tuple[int, int, int],
) -> np.ndarray:
    size = mm(6.4)
    written = ink.handwriting(text, rng, face=face, size=size, colour=pen)
    while written.coverage.shape[1] > mark.width * 1.3 + mm(3):
        size *= 0.94
        written = ink.handwriting(text, rng, face=face, size=size, colour=pen)
    rise = mm(float(rng.uniform(0.2, 1.0)))
    y = mark.y - rise - size * 1.55 + written.coverage.shape[0] / 2
    return ink.press(image, written, x=mark.x + mark.width / 2, y=y)


def _sign(
    image: np.ndarray,
    mark: Mark,
    letter: Letter,
    recipe: dict[str, Any],
    rng: np.random.Generator,
    pen: tuple[int, int, int],
) -> np.ndarray:
    if recipe.get("signed", True):
        signature = ink.signature(rng, width=mm(float(rng.uniform(40, 52))), colour=pen)
        image = ink.press(image, signature, x=mark.x + mm(4), y=mark.y + mm(1))
    second = mark.name.endswith("2")
    seals = letter.seal.get("both", [letter.seal, letter.seal]) if letter.seal else []
    if seals and recipe.get("sealed", True):
        stamped = ink.seal(
            rng,
            top=seals[second]["top"],
            bottom=seals[second]["bottom"],
            centre=seals[second].get("centre", ()),
            emblem=seals[second].get("emblem", ""),
        )
        x = mark.x - mm(float(rng.uniform(14, 19)))
        image = ink.press(image, stamped, x=x, y=mark.y + mm(float(rng.uniform(-2, 3))))
    return image


def _stamp(
    image: np.ndarray, letter: Letter, recipe: dict[str, Any], rng: np.random.Generator
) -> np.ndarray:
    """Receiving stamp and urgency stamp on the first page, where a clerk finds room for them."""
    if letter.urgency:
        words = {1: 22, 2: 34}.get(len(letter.urgency.split()), 40)
        stamp = ink.boxed_stamp(letter.urgency, rng, width=mm(words), height=mm(9))
        x, y = recipe.get("urgency_at", (57, 62))
        image = ink.press(image, stamp, x=mm(x), y=mm(y))
    if letter.digital_signature:
        image = ink.press(image, ink.signing_note(letter.digital_signature), x=mm(174), y=mm(11))
    if letter.received_stamp:
        blue = recipe.get("received_colour") == "blue"
        stamp, written = ink.received_stamp(
            rng,
            agency=letter.received_stamp["agency"],
            number=letter.received_stamp["number"],
            date=letter.received_stamp["printed_date"],
            colour=ink.STAMP_BLUE if blue else ink.SEAL_RED,
        )
        x, y = recipe.get("received_at", (33, 22))
        turn = float(rng.normal(0, 2))
        for layer in (stamp, written):
            image = ink.press(image, ink.rotated(layer, turn), x=mm(x), y=mm(y))
    return image


def _scan_page(sheets: list[np.ndarray], number: int, recipe: dict[str, Any]) -> ScanPage:
    rng = np.random.default_rng([recipe["seed"], number])
    dpi = recipe["dpi"]
    image = sheets[number]
    if "show_through" in recipe:
        back = sheets[number + 1 if number + 1 < len(sheets) else number - 1]
        image = scanner.show_through(image, rng, back=back, amount=recipe["show_through"])
    early = ("faint", "yellowed", "off_white", "folded", "punched")
    late = ("bed_frame", "dark_edges", "streaks", "speckle")
    image = scanner.resample(image, from_dpi=DPI, to_dpi=dpi)
    image = _apply(image, early, recipe, rng)
    angles = recipe.get("skew", [0.0])
    background = scanner.BED if recipe.get("bed") else None
    angle = angles[number % len(angles)]
    image = scanner.skew(image, rng, degrees=angle, background=background)
    image = _apply(image, late, recipe, rng)
    storage = recipe["colour"]
    if storage == "bilevel":
        image = scanner.bilevel(image, rng, threshold=recipe.get("threshold", 168))
    else:
        image = scanner.sensor(image, rng, blur=recipe.get("blur", 0.55), noise=2.0)
    if storage == "grey":
        image = scanner.grey(image)
    return ScanPage(image, dpi, storage, recipe.get("quality", 60))


def _apply(
    image: np.ndarray, names: tuple[str, ...], recipe: dict[str, Any], rng: np.random.Generator
) -> np.ndarray:
    for name in names:
        if name in recipe:
            image = scanner.EFFECTS[name](image, rng, **recipe[name])
    return image
