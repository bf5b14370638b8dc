"""Which way up a page lies, asked of Tesseract where its lines do not tell.

First its model of orientation, which knows scripts and not words. Where that one is not sure,
a piece of the page is read each way up: Vietnamese syllables are read one way only. This
module knows nothing of the shapes of lines.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from pipeline import ocr, tones
from pipeline.errors import OcrError
from pipeline.page import Line, Word
from pipeline.settings import OcrSettings

#: Quarter turns, degrees clockwise, the likeliest first.
_TURNS = (0, 180, 90, 270)
#: Syllables that settle the matter without reading the other ways up, the fewest that count,
#: and how many times those of any other way up they must be. In squares of 12 pages of real scans
#: read all four ways: upright 4 to 88, any other way 5 at most, 0 each way for two sheets with the
#: mark of a seal alone. Of 31 turns that nothing else told 22 were told, all rightly.
_SETTLED, _FEWEST, _TIMES = 12, 4, 4
#: A word counts from this confidence and this many letters on.
_CLEAR, _LONG = 0.6, 3


def decide(
    pixels: npt.NDArray[np.uint8],
    piece: npt.NDArray[np.uint8],
    dpi: float,
    *,
    settings: OcrSettings,
) -> int | None:
    """The quarter turn, degrees clockwise, that makes a grey page upright; `None` if untold.

    Args:
        pixels: the page.
        piece: the part of it that is read if need be, in the page's frame.
        dpi: of both.
        settings: the first of its languages reads.

    Raises:
        MissingToolError: Tesseract is not installed.
    """
    told = ocr.find_rotation(pixels, dpi)
    return told if told is not None else _by_reading(piece, dpi, settings)


def _by_reading(piece: npt.NDArray[np.uint8], dpi: float, settings: OcrSettings) -> int | None:
    """The turn in which the piece reads as Vietnamese, `None` where none stands out."""
    one_model = dataclasses.replace(settings, language=settings.language.split("+")[0])
    found: list[tuple[int, int]] = []
    for turn in _TURNS:
        turned = np.ascontiguousarray(np.rot90(piece, -(turn // 90)))
        try:
            (lines,) = ocr.read_crops(
                [ocr.Crop(1, turned, dpi)], "piece", one_model, layout="--psm 6"
            )
        except OcrError:
            return None  # the page is left as it came, and its own reading will say what is wrong
        syllables = sum(map(_syllables, lines))
        if syllables >= _SETTLED:
            return turn
        found.append((syllables, turn))
    (most, turn), (next_most, _) = sorted(found, reverse=True)[:2]
    return turn if most >= max(_FEWEST, _TIMES * next_most) else None


def _syllables(line: Line) -> int:
    return sum(map(_is_syllable, line.words))


def _is_syllable(word: Word) -> bool:
    """Whether a word was read surely and is a Vietnamese syllable, marks aside."""
    letters = "".join(char for char in word.text if char.isalpha())
    return (
        word.confidence >= _CLEAR
        and len(letters) >= _LONG
        and tones.load_syllables().spells(letters)
    )
