"""Names under seals: print is drawn with a ring over it, and its beginning is asked for."""

from __future__ import annotations

import io
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import covered
from pipeline.lexicon import load_lexicon
from pipeline.page import BBox, Line, Word

DPI = 200.0
POINT = DPI / 72
LEXICON = load_lexicon()
Pixels = npt.NDArray[np.uint8]


def stamped(name: str, known: int, *, ring: bool = True) -> tuple[Pixels, Line]:
    """A page with a name in 14-point print, and the line of its last words, as read.

    The ring of a seal, with its letters, lies over the words before them.
    """
    data = (resources.files("models") / "names" / "serif-bold.ttf").read_bytes()
    font = ImageFont.truetype(io.BytesIO(data), round(14 * POINT))
    picture = Image.new("L", (900, 400), 255)
    pen = ImageDraw.Draw(picture)
    pen.text((300, 250), name, font=font, fill=0, anchor="ls")
    words = name.split()
    before = font.getlength(" ".join(words[:-known]) + " ") if known < len(words) else 0.0
    read, left = [], 300 + before
    for word in words[-known:]:
        width = font.getlength(word)
        box = BBox(left / POINT, 222 / POINT, (left + width) / POINT, 252 / POINT)
        read.append(Word(word, box, 0.95))
        left += width + font.getlength(" ")
    if ring:
        for radius in (112, 118, 82):
            pen.ellipse((205 - radius, 170 - radius, 205 + radius, 170 + radius), width=4)
        pen.text((262, 240), "★ G N A", font=font, fill=0, anchor="ls")
        pen.line((150, 262, 420, 215), fill=0, width=4)
    pixels = np.asarray(picture)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    return np.asarray(np.where(blurred < 140, 0, 255), np.uint8), Line(tuple(read))


@pytest.mark.parametrize(
    ("name", "known"),
    [("Trần Hồng Hà", 2), ("Huỳnh Thanh Trí", 2), ("Lê Văn Phượng", 1), ("Nguyễn Anh Quyền", 1)],
)
def test_the_beginning_of_a_name_is_seen_under_a_seal(name: str, known: int) -> None:
    page, line = stamped(name, known)
    found = covered.completed(line, page, DPI, LEXICON)
    assert found is not None
    assert found.text == name


def test_a_completed_name_goes_to_review() -> None:
    page, line = stamped("Trần Hồng Hà", 2)
    found = covered.completed(line, page, DPI, LEXICON)
    assert found is not None
    assert min(word.confidence for word in found.words) < 0.75


def test_a_name_of_two_words_is_whole_where_nothing_stands_before_it() -> None:
    page, line = stamped("Võ Kiên", 2, ring=False)
    found = covered.completed(line, page, DPI, LEXICON)
    assert found is not None
    assert found.whole
    assert found.text == "Võ Kiên"


def test_a_blot_is_no_family_name() -> None:
    page, line = stamped("Hồng Hà", 2)
    page = page.copy()
    page[190:270, 230:295] = 0
    assert covered.completed(line, page, DPI, LEXICON) is None


def test_other_type_than_times_is_left_alone() -> None:
    page, line = stamped("Trần Hồng Hà", 2)
    slanted = cv2.warpAffine(
        page, np.array([[1, 0.6, -150], [0, 0.6, 100]]), page.shape[::-1], borderValue=(255.0,)
    )
    assert covered.completed(line, np.asarray(slanted, np.uint8), DPI, LEXICON) is None


@pytest.mark.parametrize("text", ["Trần Hồng Hà", "Ký bởi", "SỞ Y TẾ", "Hà", "sở thông tin"])
def test_only_the_end_of_a_name_is_completed(text: str) -> None:
    words = tuple(
        Word(one, BBox(100 + 30 * i, 80, 125 + 30 * i, 92), 0.95)
        for i, one in enumerate(text.split())
    )
    blank = np.full((400, 900), 255, np.uint8)
    assert covered.completed(Line(words), blank, DPI, LEXICON) is None
