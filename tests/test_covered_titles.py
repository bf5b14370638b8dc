"""Titles under seals and stamps: they are drawn as clerks put them, and asked for."""

from __future__ import annotations

import io
from importlib import resources

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import covered_titles
from pipeline.covered_titles import hidden_titles
from pipeline.lexicon import load_lexicon
from pipeline.page import BBox, Line, Word

DPI = 200.0
POINT = DPI / 72
LEXICON = load_lexicon()
Pixels = npt.NDArray[np.uint8]
#: Where the titles of these pages have their middle and their base, pixels.
MIDDLE, BASE = 450, 200
NAME = BBox(400 / POINT, 350 / POINT, 500 / POINT, 380 / POINT)


def paper(
    head: str = "",
    under: str = "",
    *,
    leading: float = 8.0,
    degrees: float = 0.0,
    left: float = 12.0,
    size: float = 13.0,
) -> Pixels:
    """A page with a printed title, and a larger one stamped under it, `leading` points lower."""
    page = Image.new("L", (900, 500), 255)
    ImageDraw.Draw(page).text((MIDDLE, BASE), head, font=bold(size), fill=0, anchor="ms")
    stamp = Image.new("L", page.size, 255)
    at = (MIDDLE - left, BASE + round(leading * POINT))
    ImageDraw.Draw(stamp).text(at, under, font=bold(13.5), fill=0, anchor="ms")
    stamp = stamp.rotate(degrees, center=at, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return np.asarray(np.minimum(np.asarray(page), np.asarray(stamp)), np.uint8)


def bold(size: float) -> ImageFont.FreeTypeFont:
    data = (resources.files("models") / "names" / "serif-bold.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), round(size * POINT))


def ringed(page: Pixels, x: int, y: int) -> Pixels:
    """The page with the rings of a seal about (x, y)."""
    ring = Image.fromarray(page)
    pen = ImageDraw.Draw(ring)
    for radius in (112, 118, 82):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), width=4)
    return np.asarray(ring)


def read(text: str, *, down: float = 0.0, confidence: float = 0.9) -> Line:
    """A title as the engine read it, its base `down` points below the printed one."""
    font = bold(13.0)
    left, words = MIDDLE - font.getlength(text) / 2, []
    top, bottom = (BASE - 26) / POINT + down, (BASE + 3) / POINT + down
    for word in text.split():
        right = left + font.getlength(word)
        words.append(Word(word, BBox(left / POINT, top, right / POINT, bottom), confidence))
        left = right + font.getlength(" ")
    return Line(tuple(words))


def seen(page: Pixels, *lines: Line, name: BBox | None = NAME) -> list[str]:
    return [line.text for line in hidden_titles(lines, name, page, DPI, LEXICON)]


@pytest.mark.parametrize("degrees", [0.0, 2.0, -3.0])
@pytest.mark.parametrize("leading", [8.0, 14.0])
def test_a_deputy_stamped_askew_under_his_head_is_seen(degrees: float, leading: float) -> None:
    page = paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", degrees=degrees, leading=leading)
    assert seen(page, read("GIÁM ĐỐC")) == ["PHÓ GIÁM ĐỐC"]


def test_both_titles_are_seen_where_neither_was_read() -> None:
    page = ringed(paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", degrees=1.0), 330, 260)
    assert seen(page, read("GẠN bỐC")) == ["GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]


def test_the_heads_title_over_a_deputy_that_was_read_is_seen() -> None:
    page = paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", leading=14.0)
    deputy = read("PHÓ GIÁM ĐỐC", down=14.0)
    assert seen(page, deputy) == ["GIÁM ĐỐC"]
    assert seen(page, read("KT.GIÁM ĐỐC"), deputy) == []
    assert seen(paper("", "PHÓ GIÁM ĐỐC", leading=14.0), deputy) == []


def test_a_deputy_that_was_hardly_read_is_read_by_his_ink() -> None:
    page = paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", leading=14.0)
    hardly = read("PHÔ GIẦM ĐÓC", down=14.0, confidence=0.2)
    assert seen(page, read("GIÁM ĐỐC"), hardly) == ["PHÓ GIÁM ĐỐC"]


@pytest.mark.parametrize("under", ["", "SỞ Y TẾ", "CHỦ TỊCH", "GIÁM ĐỐC"])
def test_a_head_who_signs_himself_has_no_deputy(under: str) -> None:
    assert "PHÓ GIÁM ĐỐC" not in seen(paper("GIÁM ĐỐC", under), read("GIÁM ĐỐC"))


@pytest.mark.parametrize("printed", ["KT. GIÁM ĐỐC", "TL. GIÁM ĐỐC", "TỔNG GIÁM ĐỐC"])
def test_what_stands_before_a_heads_title_is_no_deputy(printed: str) -> None:
    assert "PHÓ GIÁM ĐỐC" not in seen(paper(printed), read("GIÁM ĐỐC"))


def test_who_signs_by_order_is_no_deputy() -> None:
    page = paper("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", leading=15.0)
    assert seen(page, read("TL. GIÁM ĐỐC"), read("CHÁNH VĂN PHÒNG", down=15.0)) == []


@pytest.mark.parametrize(
    "title", ["HIỆU TRƯỞNG", "GIÁM ĐỐC", "CHỦ TỊCH", "VỤ TRƯỞNG", "CHÁNH THANH TRA"]
)
@pytest.mark.parametrize("size", [12.0, 13.0, 14.5])
def test_a_title_is_seen_under_a_seal(title: str, size: float) -> None:
    assert seen(ringed(paper(title, size=size), 380, 240)) == [title]


def test_a_title_that_may_be_his_deputys_is_not_given() -> None:
    page = paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC").copy()
    page[218:226, 380:460] = 255
    assert seen(page) != ["GIÁM ĐỐC"]


@pytest.mark.parametrize("office", ["PHÓ TRƯỞNG PHÒNG PHỤ TRÁCH", "TRƯỞNG PHÒNG PHỤ TRÁCH"])
def test_a_known_title_within_another_office_is_not_given(office: str) -> None:
    assert seen(paper(office), read(office)) == []
    assert "TRƯỞNG PHÒNG" not in seen(paper(office))


def test_no_title_is_seen_on_white_paper() -> None:
    assert seen(paper()) == []
    assert seen(paper(), name=None) == []


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("Q. GIÁM ĐỐC", "Q. GIÁM ĐỐC"),
        ("KT. GIÁM ĐÓC", "KT. GIÁM ĐỐC"),
        ("KT.GIÁM ĐỐC", "KT.GIÁM ĐỐC"),
        ("NI GIÁM ĐỐC", "GIÁM ĐỐC"),  # letters of a seal
    ],
)
def test_a_title_that_is_doubted_keeps_what_is_printed_before_it(row: str, kept: str) -> None:
    doubted = covered_titles._doubted(read(row), LEXICON)
    assert doubted.text == kept
    assert max(word.confidence for word in doubted.words[-2:]) <= 0.55
