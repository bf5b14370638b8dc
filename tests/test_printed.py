"""The network reads drawn lines; their own ink is cut out of a page that holds more."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.line_strips import Cut, cut_line, page_ink, rows_of
from pipeline.page import BBox, Line, Word
from pipeline.printed import (
    ALPHABET,
    STRIDE,
    STRIP_HEIGHT,
    Reader,
    fit_strip,
    load_reader,
    read_lines,
    words_of,
)

#: Pixels in a point at 300 dpi.
POINT = 300 / 72
TEXTS = (
    "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020",
    "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI",
    "- Lưu: VT, KGVX (3b).",
)


def drawn(*texts: str, size: int = 13, leading: float = 18.0) -> tuple[np.ndarray, list[Line]]:
    """A page with lines of print 72 points from its left edge, and the words of each."""
    font = ImageFont.truetype("DejaVuSerif.ttf", round(size * POINT))
    picture = Image.new("L", (round(595 * POINT), round(200 * POINT)), 255)
    draw = ImageDraw.Draw(picture)
    lines = []
    for index, text in enumerate(texts):
        x, base = 72.0 * POINT, (60 + leading * index) * POINT
        words = []
        for word in text.split():
            draw.text((x, base), word, 0, font, anchor="ls")
            box = np.array(draw.textbbox((x, base), word, font, anchor="ls")) / POINT
            words.append(Word(word, BBox(*map(float, box)), 0.9))
            x += font.getlength(word + " ")
        lines.append(Line(tuple(words), paragraph=index))
    return np.asarray(picture), lines


def read(pixels: np.ndarray, lines: list[Line], dpi: float = 300.0) -> list[str | None]:
    found = read_lines(lines, page_ink(pixels, dpi), load_reader())
    return [None if one is None else " ".join(word.text for word in one) for one in found]


def cut(pixels: np.ndarray, line: Line) -> Cut | None:
    ink = page_ink(pixels, 300.0)
    rows = rows_of(ink, line)
    return cut_line(ink, line, rows, [rows])


@pytest.mark.parametrize("text", TEXTS)
def test_print_is_read_as_it_stands(text: str) -> None:
    pixels, lines = drawn(text)
    (found,) = read_lines(lines, page_ink(pixels, 300.0), load_reader())
    assert found is not None
    assert text == " ".join(word.text for word in found)
    assert min(word.confidence for word in found) > 0.5
    for seen, word in zip(found, lines[0].words, strict=True):
        assert word.bbox.left < seen.bbox.center_x < word.bbox.right


def test_lines_are_read_each_by_itself_however_close_they_stand() -> None:
    pixels, lines = drawn(*TEXTS, leading=15.5)
    assert list(TEXTS) == read(pixels, lines)


def test_a_coarse_scan_is_read_too() -> None:
    pixels, lines = drawn(TEXTS[0])
    small = Image.fromarray(pixels).resize((pixels.shape[1] // 2, pixels.shape[0] // 2))
    assert [TEXTS[0]] == read(np.asarray(small), lines, dpi=150.0)


def test_marks_that_the_engine_left_out_of_its_boxes_are_cut_out_with_their_letters() -> None:
    pixels, (line,) = drawn("Để kịp thời")
    low = Line(
        tuple(
            Word(
                word.text,
                BBox(word.bbox.left, word.bbox.top + 3, word.bbox.right, word.bbox.bottom),
                0.9,
            )
            for word in line.words
        )
    )
    found = cut(pixels, low)
    assert found is not None
    rows = np.flatnonzero((pixels < 128).any(axis=1))
    assert found.top <= rows[0]
    assert found.top + found.ink.shape[0] > rows[-1]


def test_where_no_ink_is_nothing_is_read() -> None:
    pixels, lines = drawn(TEXTS[0])
    assert [None] == read(np.full_like(pixels, 255), lines)


def test_strips_have_one_height_and_scores_a_column_for_every_stride() -> None:
    pixels, lines = drawn(TEXTS[2])
    found = cut(pixels, lines[0])
    assert found is not None
    strip, scale = fit_strip(found.ink)
    assert STRIP_HEIGHT == strip.shape[0]
    assert strip.shape[1] == pytest.approx(found.ink.shape[1] * scale, abs=1)
    scores = load_reader().scores(strip)
    assert (-(-strip.shape[1] // STRIDE), len(ALPHABET) + 1) == scores.shape


def test_the_same_letter_twice_needs_a_gap_and_the_least_sure_sign_counts() -> None:
    scores = np.full((8, len(ALPHABET) + 1), -20.0, np.float32)
    signs = ("l", "l", None, "l", " ", " ", "a", None)
    for column, sign in enumerate(signs):
        scores[column, ALPHABET.index(sign) + 1 if sign else 0] = 0.0
    scores[6, ALPHABET.index("o") + 1] = -1.0
    first, second = words_of(scores)
    assert ("ll", "a") == (first.text, second.text)
    assert first.share > 0.99
    assert second.share == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-3)


def test_the_reader_is_loaded_once() -> None:
    assert isinstance(load_reader(), Reader)
    assert load_reader() is load_reader()
