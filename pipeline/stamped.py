"""Reads a signer's name that is stamped in a running hand, which the engine cannot read.

A small network of our own (models/stamped/README.md), run by OpenCV on the CPU, gives
scores for every letter of a line; `naming` finds the name that they allow. What is no
name is left unsaid: a family name that is known, and a certainty that was measured.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ink import Pixels
from pipeline.naming import LETTERS, Named, likely_names
from pipeline.page import BBox, Line, Word
from pipeline.stamp_lines import StampLine, find_lines

Floats = npt.NDArray[np.float32]

#: The network's input, pixels.
STRIP_HEIGHT, STRIP_WIDTH = 40, 320
#: Pixels of the strip for each column of scores.
STRIDE = 4
#: What a word of a stamp is said to have been read with: such names go to review; one that is
#: likelier than all else, but not sure, is an alternative and no value.
CONFIDENCE, DOUBT = 0.55, 0.3
#: A line is read with so much of its height put around it, or cut off, and so much wider.
_VIEWS = ((0.0, 1.0), (0.12, 1.0), (0.05, 1.25))
#: Letters that the columns must show before a name is sought, and their mean share.
_LETTERS, _SHOWN = 6, 0.5


@dataclass(frozen=True, slots=True)
class Reader:
    """The network, and how its scores are to be taken.

    Attributes:
        temperature: scores are divided by it; above 1 the network is too sure of itself.
        trust: weight of how common a name is against what the columns say.
        least: share of all readings below which a name is doubtful.
        doubtful: share below which nothing is said.
    """

    network: cv2.dnn.Net
    temperature: float = 1.0
    trust: float = 1.0
    least: float = 0.9
    doubtful: float = 0.5

    def scores(self, strip: Pixels) -> Floats:
        """Scores (columns, classes) of a strip; class 0 is `nothing here`."""
        padded = np.zeros((1, 1, STRIP_HEIGHT, STRIP_WIDTH), np.float32)
        padded[0, 0, :, : strip.shape[1]] = strip / np.float32(255)
        self.network.setInput(padded)
        columns = -(-strip.shape[1] // STRIDE) + 1
        return np.asarray(self.network.forward()[0, :, 0, :columns].T, np.float32)


@functools.lru_cache(maxsize=1)
def load_reader() -> Reader:
    """The reader of the installed `models` package, loaded once a process."""
    folder = resources.files("models") / "stamped"
    weights = np.frombuffer((folder / "reader.onnx").read_bytes(), np.uint8)
    numbers = tomllib.loads((folder / "calibration.toml").read_text(encoding="utf-8"))
    return Reader(
        cv2.dnn.readNetFromONNX(weights),
        temperature=float(numbers["temperature"]),
        trust=float(numbers["trust"]),
        least=float(numbers["least"]),
        doubtful=float(numbers["doubtful"]),
    )


def read_name(crop: Pixels, dpi: float, reader: Reader, seals: Sequence[BBox] = ()) -> Line | None:
    """The stamped name in a crop (RGB or grey), in points of the crop; `None` if none is likely.

    Its words have `CONFIDENCE`, or `DOUBT` where the name is likely and not sure.

    Args:
        crop: the page below the signer's office, with all its ink.
        dpi: of `crop`.
        reader: see `load_reader`.
        seals: boxes of round seals, points of the crop: what stands within is not read.

    A name that is sure goes before one that is not; two that are alike in this say nothing.
    """
    point = 72 / dpi
    found: dict[bool, dict[str, BBox]] = {True: {}, False: {}}
    for line in find_lines(crop, dpi):
        box = BBox(*(edge * point for edge in dataclasses.astuple(line.box)))
        if any(_is_within(box, seal) for seal in seals):
            continue
        named = name_of(line, reader)
        if named is None or named.probability < reader.doubtful:
            continue
        sure = named.probability >= reader.least and _holds(line, named.text, reader)
        found[sure][named.text] = box
    for sure, confidence in ((True, CONFIDENCE), (False, DOUBT)):
        if len(found[sure]) == 1:
            return _line(*next(iter(found[sure].items())), confidence)
        if found[sure]:
            return None
    return None


def _is_within(box: BBox, seal: BBox) -> bool:
    """Whether the middle of a line lies well inside of a seal's ring."""
    across = (box.center_x - seal.center_x) / (0.4 * seal.width)
    down = (box.center_y - seal.center_y) / (0.4 * seal.height)
    return across * across + down * down < 1


def _line(text: str, box: BBox, confidence: float) -> Line:
    """The name's words side by side in its box, each as wide as it has letters."""
    words, left = [], box.left
    letter = box.width / len(text)
    for word in text.split():
        place = BBox(left, box.top, left + letter * len(word), box.bottom)
        words.append(Word(word, place, confidence))
        left += letter * (len(word) + 1)
    return Line(tuple(words), whole=True, stamped=True)


def name_of(line: StampLine, reader: Reader) -> Named | None:
    """The likeliest name that a line may be; `None` where it shows no letters."""
    inks = line.crossed or line.inks
    views = [scores for ink in inks for scores in scores_of(ink, reader)]
    return next(iter(likely_names(views, reader.temperature, reader.trust)), None)


def _holds(line: StampLine, name: str, reader: Reader) -> bool:
    """Whether a name is all that stands on its line, and no more than that.

    A seal that hides the family name may leave what is a short name too, `Hoàng Oanh`; and its
    letters may be read as a family name that is not there. So a line that runs into larger
    strokes must show as many words without them, and more than two.
    """
    if line.whole:
        return True
    counts = {_words(reader.scores(fit_strip(ink)[0])) for ink in line.inks}
    return counts == {name.count(" ") + 1} and name.count(" ") > 1


def _words(scores: Floats) -> int:
    """How many words the columns show."""
    best = scores.argmax(axis=1)
    begins = best[np.concatenate(([True], best[1:] != best[:-1]))]
    letters = "".join(LETTERS[code - 1] for code in begins.tolist() if code)
    return len(letters.rpartition(".")[2].split())


def scores_of(ink: Pixels, reader: Reader) -> list[Floats]:
    """Scores (columns, classes) of all views of a line; none where it shows no letters."""
    views: list[Floats] = []
    for margin, wider in _VIEWS:
        views.append(reader.scores(fit_strip(_around(ink, margin), wider)[0]))
        if not _shows_letters(views[0]):
            return []
    return views


def _around(ink: Pixels, margin: float) -> Pixels:
    """The ink with so much of its height of paper above and below, or less of it."""
    edge = round(margin * ink.shape[0])
    if edge < 0:
        return ink[-edge:edge]
    return np.pad(ink, ((edge, edge), (0, 0)))


def _shows_letters(scores: Floats) -> bool:
    """Whether enough columns show letters, and show them plainly."""
    best = scores.argmax(axis=1)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    top = 1 / shares.sum(axis=1)
    begins = (best > 0) & np.concatenate(([True], best[1:] != best[:-1]))
    letters = begins & (best <= len(LETTERS))
    return int(letters.sum()) >= _LETTERS and float(top[best > 0].mean()) >= _SHOWN


def fit_strip(ink: Pixels, wider: float = 1.0) -> tuple[Pixels, float]:
    """The network's view of a line, ink 255 on paper 0, and the scale its width was brought to.

    STRIP_HEIGHT high and at most STRIP_WIDTH wide, contrast stretched; `wider` than it stands.
    """
    height, width = ink.shape
    factor = STRIP_HEIGHT / height
    size = (int(np.clip(round(width * factor * wider), 8, STRIP_WIDTH)), STRIP_HEIGHT)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, size, interpolation=way).astype(np.float32)
    paper, dark = float(np.percentile(small, 20)), float(np.percentile(small, 98.5))
    stretched = np.clip((small - paper) * (255 / max(dark - paper, 40)), 0, 255)
    return np.asarray(np.round(stretched), np.uint8), size[0] / width
