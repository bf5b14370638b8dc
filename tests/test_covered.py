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
    [("Trần Hồng Hà", 2), ("Huỳnh Thanh Nhã", 2), ("Lê Văn Phượng", 1), ("Nguyễn Anh Quyền", 1)],
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
    page, line = stamped("Võ Phiên", 2, ring=False)
    found = covered.completed(line, page, DPI, LEXICON)
    assert found is not None
    assert found.whole
    assert found.text == "Võ Phiên"


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


def test_a_deputy_is_seen_under_his_heads_stamp() -> None:
    page, line = titled("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    found = covered.deputy_under(line, page, DPI, LEXICON)
    assert found is not None
    assert found.text == "PHÓ GIÁM ĐỐC"
    assert found.bbox.top > line.bbox.top


@pytest.mark.parametrize("under", ["", "SỞ Y TẾ", "CHỦ TỊCH"])
def test_a_head_who_signs_himself_has_no_deputy(under: str) -> None:
    page, line = titled("GIÁM ĐỐC", under)
    assert covered.deputy_under(line, page, DPI, LEXICON) is None


def titled(head: str, under: str) -> tuple[Pixels, Line]:
    """A page with a title half over another that stands 8 points lower, and the first's line."""
    data = (resources.files("models") / "names" / "serif-bold.ttf").read_bytes()
    font = ImageFont.truetype(io.BytesIO(data), round(13 * POINT))
    picture = Image.new("L", (900, 400), 255)
    pen = ImageDraw.Draw(picture)
    middle = 450
    pen.text((middle, 200), head, font=font, fill=0, anchor="ms")
    pen.text((middle - 12, 200 + round(8 * POINT)), under, font=font, fill=0, anchor="ms")
    left, words = middle - font.getlength(head) / 2, []
    for word in head.split():
        right = left + font.getlength(word)
        words.append(Word(word, BBox(left / POINT, 174 / POINT, right / POINT, 203 / POINT), 0.9))
        left = right + font.getlength(" ")
    return np.asarray(picture), Line(tuple(words))


@pytest.mark.parametrize("title", ["HIỆU TRƯỞNG", "GIÁM ĐỐC", "CHỦ TỊCH"])
def test_a_title_is_seen_under_a_seal(title: str) -> None:
    page, line = titled(title, "")
    ring = Image.fromarray(page)
    pen = ImageDraw.Draw(ring)
    for radius in (112, 118, 82):
        pen.ellipse((380 - radius, 240 - radius, 380 + radius, 240 + radius), width=4)
    name = BBox(line.bbox.left, 350 / POINT, line.bbox.right, 380 / POINT)
    found = covered.office_over(name, np.asarray(ring), DPI, LEXICON)
    assert found is not None
    assert found.text == title


def test_a_title_that_may_be_his_deputys_is_not_given() -> None:
    page, line = titled("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    page = page.copy()
    page[218:226, 380:460] = 255
    name = BBox(line.bbox.left, 350 / POINT, line.bbox.right, 380 / POINT)
    found = covered.office_over(name, page, DPI, LEXICON)
    assert found is None or found.text != "GIÁM ĐỐC"


def test_no_title_is_seen_on_white_paper() -> None:
    page, line = stamped("Trần Hồng Hà", 3, ring=False)
    assert covered.office_over(line.bbox, page, DPI, LEXICON) is None
