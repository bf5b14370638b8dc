"""Reads what clerks wrote by hand into a letter's head: number, day, month.

The blanks are found from the printed words (`slots`), cut out of the page before any ink
was taken off, and read by a small network of our own (models/handwriting/README.md) that
OpenCV runs on the CPU. It says what it saw and how sure it is; which reading is true is
not its business: it knows nothing of dates, registers or other evidence.
"""

from __future__ import annotations

import functools
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ink import Pixels
from pipeline.page import Line, Slot, SlotReading
from pipeline.slots import Opening, find_openings

Floats = npt.NDArray[np.float32]

#: A strip reaches this far above and below the printed baseline, points at 13-point type.
ABOVE_BASELINE = 19.0
BELOW_BASELINE = 10.0
#: The network's input, pixels.
STRIP_HEIGHT = 56
NET_WIDTH = 272
#: What the network can write; `/` is the printed slash or dash after a number.
ALPHABET = "0123456789abc/"

#: A strip is read at these shifts (points) and type sizes, since lines are uneven.
VIEWS = ((0.0, 1.0), (-1.5, 1.0), (1.5, 1.0), (0.0, 0.9), (0.0, 1.1))
_BEAM = 12
_MOST_READINGS = 6
_LEAST_PROBABILITY = 0.01


@dataclass(frozen=True, slots=True)
class Reader:
    """The network, and how far its own certainty is to be believed.

    Attributes:
        temperature: scores are divided by it; above 1 the network is too sure of itself.
        power, ceiling: a best reading of probability p is right in `ceiling * p ** power` of
            cases; measured on letters of agencies that the network never saw.
    """

    network: cv2.dnn.Net
    temperature: float = 1.0
    power: float = 1.0
    ceiling: float = 1.0

    def scores(self, strip: Pixels) -> Floats:
        """Scores (columns, classes) of a strip; class 0 is `nothing here`."""
        padded = np.zeros((1, 1, STRIP_HEIGHT, NET_WIDTH), np.float32)
        padded[0, 0, :, : strip.shape[1]] = strip[:, :NET_WIDTH] / np.float32(255)
        self.network.setInput(padded)
        return np.asarray(self.network.forward()[0, :, 0, :].T, np.float32)


@functools.lru_cache(maxsize=1)
def load_reader() -> Reader:
    """The reader of the installed `models` package, loaded once a process."""
    folder = resources.files("models") / "handwriting"
    weights = np.frombuffer((folder / "reader.onnx").read_bytes(), np.uint8)
    calibration = tomllib.loads((folder / "calibration.toml").read_text(encoding="utf-8"))
    return Reader(
        cv2.dnn.readNetFromONNX(weights),
        temperature=float(calibration["temperature"]),
        power=float(calibration["power"]),
        ceiling=float(calibration["ceiling"]),
    )


def read_slots(
    lines: Sequence[Line], colour: Pixels, dpi: float, reader: Reader
) -> tuple[Slot, ...]:
    """The blanks of a letter's first page and what is written in each.

    Args:
        lines: printed lines, points of the straightened page.
        colour: the straightened page, RGB or grey, with all its ink.
        dpi: of `colour`.
        reader: see `load_reader`.
    """
    grey = ink_grey(colour)
    openings = find_openings(lines, colour.shape[1] * 72 / dpi)
    slots = ((opening, _read_slot(opening, grey, dpi, reader)) for opening in openings)
    return tuple(
        slot for opening, slot in slots if opening.sure_left or opening.sure_right or _plain(slot)
    )


def _plain(slot: Slot) -> bool:
    """Whether so much was read that a slot stands there, though no printed word says so."""
    return bool(slot.readings) and slot.readings[0].probability > 0.6


def ink_grey(colour: Pixels) -> Pixels:
    """Grey levels in which red seals are as paper and blue pens as dark as print."""
    return colour if colour.ndim == 2 else np.ascontiguousarray(colour[:, :, 0])


def cut_strip(
    grey: Pixels, opening: Opening, dpi: float, *, shift: float = 0.0, zoom: float = 1.0
) -> Pixels:
    """The part of the page that the network looks at, as it stands on the page.

    Args:
        shift: points by which the strip is moved down.
        zoom: above 1 the strip shows more of the page, and smaller.
    """
    scale = dpi / 72
    size = opening.size / 13 * zoom
    top = round((opening.baseline + shift - ABOVE_BASELINE * size) * scale)
    bottom = round((opening.baseline + shift + BELOW_BASELINE * size) * scale)
    left, right = round(opening.strip_left * scale), round(opening.strip_right * scale)
    height, width = grey.shape
    edges = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    part = grey[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
    if part.size == 0:
        return np.full((4, 4), 255, np.uint8)
    if any(edges):
        return np.asarray(
            cv2.copyMakeBorder(part, *edges, borderType=cv2.BORDER_CONSTANT, value=(255.0,)),
            np.uint8,
        )
    return part


def fit_strip(grey: Pixels) -> Pixels:
    """The network's view of a strip: STRIP_HEIGHT high, ink 255 on paper 0, contrast stretched."""
    height, width = grey.shape
    fitted = int(np.clip(round(width * STRIP_HEIGHT / height), 16, NET_WIDTH))
    levels = np.cumsum(np.bincount(grey.ravel(), minlength=256)) / grey.size
    paper = float(np.searchsorted(levels, 0.8))
    dark = min(float(np.searchsorted(levels, 0.01)), paper - 60)
    ink = np.clip((paper - 8 - grey.astype(np.float32)) / max(paper - 8 - dark, 1), 0, 1)
    way = cv2.INTER_AREA if height > STRIP_HEIGHT else cv2.INTER_LINEAR
    small = cv2.resize(ink, (fitted, STRIP_HEIGHT), interpolation=way)
    return np.asarray(np.round(255 * small), np.uint8)


def _read_slot(opening: Opening, grey: Pixels, dpi: float, reader: Reader) -> Slot:
    strips = [
        fit_strip(cut_strip(grey, opening, dpi, shift=shift, zoom=zoom)) for shift, zoom in VIEWS
    ]
    totals = mean_readings(
        [reader.scores(strip) for strip in strips], reader.temperature, opening.kind
    )
    empty = totals.pop("", 0.0)
    box = opening.bbox
    inked = has_ink(opening, grey, dpi)
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    if empty > 0.5 or (not inked and (not ranked or ranked[0][1] < 0.5)):
        return Slot(opening.kind, box, not inked)
    return Slot(opening.kind, box, False, _calibrated(ranked, reader))


def _calibrated(ranked: Sequence[tuple[str, float]], reader: Reader) -> tuple[SlotReading, ...]:
    """The best reading as sure as it proved to be; the others share what is left."""
    if not ranked:
        return ()
    best = ranked[0][1]
    sure = reader.ceiling * best**reader.power
    rest = (1 - sure) / max(1 - best, 1e-9)
    return tuple(
        SlotReading(text, round(min(sure if index == 0 else rest * probability, sure), 4))
        for index, (text, probability) in enumerate(ranked[:_MOST_READINGS])
        if probability >= _LEAST_PROBABILITY
    )


#: What a slot of each kind can hold; a number of a register may be any.
_POSSIBLE = {
    kind: frozenset({"", *map(str, range(1, last + 1)), *(f"{n:02d}" for n in range(1, last + 1))})
    for kind, last in (("day", 31), ("month", 12))
}
_BEGUN = {
    kind: frozenset(text[:end] for text in possible for end in range(3))
    for kind, possible in _POSSIBLE.items()
}


def mean_readings(
    views: Sequence[Floats], temperature: float, kind: str = "number"
) -> dict[str, float]:
    """Mean probability of each string over the scores of all views of one slot.

    Of a `day` or a `month` only what a calendar has is weighed: 92 is no month, so that
    the ink is a 2 with a stroke before it.
    """
    totals: defaultdict[str, float] = defaultdict(float)
    for scores in views:
        for text, probability in readings(scores, temperature, kind).items():
            totals[text] += probability / len(views)
    return dict(totals)


def readings(scores: Floats, temperature: float, kind: str = "number") -> dict[str, float]:
    """Strings that the scores allow, each with its probability; up to the first slash.

    The empty string stands for a slot in which nothing was seen. Of a day or a month the
    probabilities are those among the days or months there are.
    """
    begun, possible = _BEGUN.get(kind), _POSSIBLE.get(kind)
    scaled = scores / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    shares = np.exp(scaled)
    shares /= shares.sum(axis=1, keepdims=True)
    # CTC prefix beam search: per prefix, the mass that ends in a blank and in a letter.
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for column in shares:
        grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        likely = [int(code) for code in np.flatnonzero(column > 1e-3) if code > 0]
        for prefix, (after_blank, after_letter) in beam.items():
            grown[prefix][0] += (after_blank + after_letter) * float(column[0])
            for code in likely:
                letter, share = ALPHABET[code - 1], float(column[code])
                if prefix.endswith(letter):
                    grown[prefix][1] += after_letter * share
                    grown[prefix + letter][1] += after_blank * share
                else:
                    grown[prefix + letter][1] += (after_blank + after_letter) * share
        if begun is not None:
            for prefix in [p for p in grown if p.split("/", 1)[0] not in begun]:
                del grown[prefix]
        best = sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM]
        beam = {prefix: (mass[0], mass[1]) for prefix, mass in best}
    out: defaultdict[str, float] = defaultdict(float)
    for text, mass in beam.items():
        out[text.split("/", 1)[0]] += sum(mass)
    if possible is None:
        return dict(out)
    whole = sum(out[text] for text in out if text in possible)
    return {text: mass / whole for text, mass in out.items() if text in possible and whole > 0}


def has_ink(opening: Opening, grey: Pixels, dpi: float) -> bool:
    """Whether more than leaders, rules and specks lies between the printed words."""
    scale = dpi / 72
    box = opening.bbox
    top, bottom = round(box.top * scale), round((opening.baseline + 0.5) * scale)
    left, right = round((box.left + 1.5) * scale), round((box.right - 1.5) * scale)
    part = grey[max(top, 0) : bottom, max(left, 0) : max(right, 0)]
    if part.shape[0] < 4 or part.shape[1] < 3:
        return False
    paper = float(np.percentile(part, 85))
    mask = (part < paper - 60).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    # A digit is at least half as high as the type's capitals; leaders and rules are low.
    tall = stats[1:, cv2.CC_STAT_HEIGHT] > 0.33 * opening.size * scale
    return bool(tall.any())
