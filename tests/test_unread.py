"""Lines that no word covers are found, and read by themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import clean, ocr, render, second_look, unread
from pipeline.page import BBox
from pipeline.settings import OcrSettings, Settings
from tests import factories

SAMPLES = Path(__file__).parents[1] / "samples"
SETTINGS = Settings(ocr=OcrSettings(network=False))
DPI = 200.0
POINTS = 72 / DPI


def drawn(*lines: tuple[int, int, str]) -> np.ndarray:
    image = Image.new("L", (1654, 900), 255)
    font = ImageFont.truetype("DejaVuSerif.ttf", 34)
    for x, y, text in lines:
        ImageDraw.Draw(image).text((x, y), text, font=font, fill=0)
    return np.asarray(image, np.uint8)


def test_only_ink_outside_of_all_words_is_found() -> None:
    page = drawn((200, 200, "Căn cứ Quyết định"), (200, 500, "GIÁM ĐỐC"), (1200, 700, "ab"))
    covered = [BBox(190 * POINTS, 195 * POINTS, 700 * POINTS, 250 * POINTS)]
    (row,) = unread.find_unread(page, DPI, covered)
    assert row.left == pytest.approx(200 * POINTS, abs=2)
    assert 495 * POINTS - 5 < row.top < row.bottom < 555 * POINTS
    assert len(unread.find_unread(page, DPI, [])) == 2
    rest = unread.without(page, DPI, covered)
    assert not (rest[:300] < 128).any()
    assert (rest[400:] == page[400:]).all()


def test_two_lines_that_touch_are_parted() -> None:
    page = drawn((300, 500, "GIÁM ĐỐC SỞ"), (300, 528, "PHÓ GIÁM ĐỐC"))
    joined = page.copy()
    for x in range(310, 540, 40):
        joined[515:550, x : x + 4] = 0
    for lines in (page, joined):
        upper, lower = unread.find_unread(lines, DPI, [])
        assert upper.top < lower.top < upper.bottom < lower.bottom
        assert 525 * POINTS < upper.bottom < 545 * POINTS


@pytest.mark.tesseract
def test_a_line_that_was_lost_is_read_again_and_words_of_no_confidence_go() -> None:
    source = sorted(SAMPLES.glob("01*.pdf"))[0]
    image = clean.clean(render.render_page(source, source.name, 1, SETTINGS.render), SETTINGS.clean)
    (page,) = ocr.read([image], source.name, SETTINGS.ocr)
    lost = next(
        line
        for line in page.lines
        if line.bbox.top > 0.4 * page.height and len(line.words) > 10 and line.confidence > 0.9
    )
    garbage = replace(lost.words[2], text="X#", confidence=0.2)
    others = [line for line in page.lines if line is not lost]
    gap = replace(page, lines=(*others, replace(lost, words=(garbage,))))
    look = second_look.unread_lines(gap, image)
    crops = [ocr.Crop(1, pixels, image.dpi) for pixels in next(look)]
    with pytest.raises(StopIteration) as end:
        look.send(ocr.read_crops(crops, source.name, SETTINGS.ocr, layout="--psm 7"))
    mended = end.value.value
    assert mended.lines[-1].text == lost.text
    assert not any(word.text == "X#" for word in mended.words)
    assert len(mended.lines) == len(page.lines)


@pytest.mark.parametrize(
    ("text", "makes_sense"),
    [
        ("Số:).†5 /SYT-NVY", True),
        ("Số: 12/QĐ-UBND.", True),
        ("Số điện thoại: 0297/ABC", False),
        ("Số: 12 34", False),
        ("(xyz) †† /-", False),
    ],
)
def test_a_number_line_makes_sense_whatever_a_hand_wrote_into_it(
    text: str, makes_sense: bool
) -> None:
    line = factories.line(text, confidence=0.3)
    assert bool(second_look._sense(line)) is makes_sense
