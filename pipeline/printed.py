"""Reads printed lines a second time with a small network of our own, beside the engine.

The network (models/printed/README.md) is run by OpenCV on the CPU. It was trained on the
damage that official letters have: strokes of pens and seals, specks, bilevel scans.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ink import Pixels
from pipeline.line_strips import Cut, PageInk, cut_line, rows_of
from pipeline.page import BBox, Line, Word
from pipeline.vietnamese import PLAIN_QUOTES

Floats = npt.NDArray[np.float32]

#: The network's input: pixels of height, and the step in which widths are filled up.
STRIP_HEIGHT, WIDTH_STEP = 40, 64
#: Pixels of the strip for each column of scores.
STRIDE = 4
#: Half a letter's width in a strip, pixels.
_HALF_LETTER = 5.0
#: Heights of a line that part it where nothing stands between.
_GAP = 2.2

_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_SMALL = "bcdđfghjklmnpqrstvwxz" + "".join(
    unicodedata.normalize("NFC", vowel + tone)
    for vowel, tone in itertools.product("aăâeêioôơuưy", _TONES)
)
#: What the network can write.
ALPHABET = _SMALL + _SMALL.upper() + "0123456789" + " .,:;/-()\"'[]%&+*…=<>?!@#°•|_"
#: Signs that it writes in one way only.
PLAIN = PLAIN_QUOTES | str.maketrans("—–", "--")


def fit_strip(ink: Pixels) -> tuple[Pixels, float]:
    """The network's view of a line, ink 255 on paper 0, and the scale that it was brought to.

    STRIP_HEIGHT high, contrast stretched.
    """
    height, width = ink.shape
    scale = STRIP_HEIGHT / height
    size = (max(8, round(width * scale)), STRIP_HEIGHT)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(ink, size, interpolation=way), np.uint8)
    return stretched(small), size[0] / width


def stretched(ink: Pixels) -> Pixels:
    """The ink with its paper at 0 and its darkest parts at 255, as far as it has any."""
    small = ink.astype(np.float32)
    paper, dark = np.percentile(small, (20, 98.5))
    return np.asarray(
        np.round(np.clip((small - paper) * (255 / max(dark - paper, 40)), 0, 255)), np.uint8
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A word that the network sees: its columns of the strip, pixels, and its least sure sign."""

    text: str
    left: float
    right: float
    share: float


@dataclass(frozen=True, slots=True)
class Reader:
    """The network."""

    network: cv2.dnn.Net

    def scores(self, strip: Pixels) -> Floats:
        """Scores (columns, classes) of a strip; class 0 is `nothing here`."""
        width = -(-strip.shape[1] // WIDTH_STEP) * WIDTH_STEP
        padded = np.zeros((1, 1, STRIP_HEIGHT, width), np.float32)
        padded[0, 0, :, : strip.shape[1]] = strip / np.float32(255)
        self.network.setInput(padded)
        columns = -(-strip.shape[1] // STRIDE)
        return np.asarray(self.network.forward()[0, :, 0, :columns].T, np.float32)


@functools.lru_cache(maxsize=1)
def load_reader() -> Reader:
    """The reader of the installed `models` package, loaded once a process."""
    path = resources.files("models") / "printed" / "reader.onnx"
    return Reader(cv2.dnn.readNetFromONNX(np.frombuffer(path.read_bytes(), np.uint8)))


def words_of(scores: Floats) -> tuple[Seen, ...]:
    """The words that scores (columns, classes) say, best sign column by column.

    A sign is said at its middle alone, so that words are taken to reach half a letter further.
    """
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    best = chances.argmax(axis=1)
    words: list[Seen] = []
    text, left, right, share = "", 0.0, 0.0, 1.0
    for code, run in itertools.groupby(range(len(best)), key=lambda at: int(best[at])):
        if code == 0:
            continue
        columns = list(run)
        sign = ALPHABET[code - 1]
        if sign == " ":
            if text:
                words.append(Seen(text, left, right, share))
            text, share = "", 1.0
            continue
        if not text:
            left = max(0.0, columns[0] * STRIDE - _HALF_LETTER)
        right = (columns[-1] + 1) * STRIDE + _HALF_LETTER
        text, share = text + sign, min(share, float(chances[columns, code].max()))
    if text:
        words.append(Seen(text, left, right, share))
    return tuple(words)


def read_lines(
    lines: Sequence[Line], page: PageInk, reader: Reader
) -> list[tuple[Word, ...] | None]:
    """What the network reads at each of the lines of a page, in points of the page.

    `None` where a line has no ink of its own or is not to be read: names drawn or stamped.
    A line is read in pieces where gaps part it, since a strip holds letters of one size.

    Args:
        lines: all lines of the page, as the engine found them.
        page: see `line_strips.page_ink`.
        reader: see `load_reader`.
    """
    pieces = [list(pieces_of(line)) for line in lines]
    rows = [[rows_of(page, piece) for piece in line] for line in pieces]
    others = list(itertools.chain.from_iterable(rows))
    read: list[tuple[Word, ...] | None] = []
    for line, parts, own in zip(lines, pieces, rows, strict=True):
        if line.whole or line.stamped:
            read.append(None)
            continue
        cuts = [
            (part, cut_line(page, part, at, others)) for part, at in zip(parts, own, strict=True)
        ]
        found = [(part, cut) for part, cut in cuts if cut is not None]
        words = (word for part, cut in found for word in _read_piece(part, cut, page, reader))
        read.append(tuple(words) if found else None)
    return read


def pieces_of(line: Line) -> Iterator[Line]:
    """The line parted where a gap is too wide for one strip of letters of one size."""
    words = sorted(line.words, key=lambda word: word.bbox.left)
    gaps = (
        right.bbox.left - left.bbox.right > _GAP * line.height
        for left, right in itertools.pairwise(words)
    )
    starts = [0, *(at for at, wide in enumerate(gaps, 1) if wide), len(words)]
    for first, end in itertools.pairwise(starts):
        yield replace(line, words=tuple(words[first:end]))


def _read_piece(piece: Line, cut: Cut, page: PageInk, reader: Reader) -> Iterator[Word]:
    strip, scale = fit_strip(cut.ink)
    points = 72 / page.dpi
    box = piece.bbox
    for seen in words_of(reader.scores(strip)):
        left, right = ((cut.left + column / scale) * points for column in (seen.left, seen.right))
        yield Word(seen.text, BBox(left, box.top, right, box.bottom), seen.share)
