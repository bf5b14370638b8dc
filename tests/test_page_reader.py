"""Pages from bytes to words: what a page cannot give is said, and the rest goes on."""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import ocr, rotation
from pipeline.clean import find_upright
from pipeline.colour import all_ink
from pipeline.ocr import find_rotation
from pipeline.page_reader import read_pages
from pipeline.render import render_page
from pipeline.settings import OcrSettings, Settings

SAMPLES = Path(__file__).parents[1] / "samples"
SETTINGS = Settings(ocr=OcrSettings(network=False))


@pytest.mark.tesseract
@pytest.mark.parametrize(("blur", "codes"), [(0.0, []), (7.0, ["page_doubtful"])])
def test_a_page_that_is_too_blurred_to_read_says_so(
    tmp_path: Path, blur: float, codes: list[str]
) -> None:
    source = sorted(SAMPLES.glob("01*.pdf"))[0]
    page = render_page(source, source.name, 1, SETTINGS.render)
    pixels = cv2.GaussianBlur(page.pixels, (0, 0), blur) if blur else page.pixels
    path = tmp_path / "page.png"
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, dpi=(page.dpi, page.dpi))
    batch = read_pages(path, "page.png", [1], SETTINGS)
    assert [problem.code for problem in batch.problems] == codes
    assert all("page.png, page 1" in problem.message for problem in batch.problems)
    assert len(batch.pages) == 1


@pytest.mark.tesseract
@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_the_engine_tells_which_way_up_a_page_lies(quarter: int) -> None:
    source = sorted(SAMPLES.glob("01*.pdf"))[0]
    page = render_page(source, source.name, 1, SETTINGS.render)
    turned = np.ascontiguousarray(np.rot90(all_ink(page.pixels), quarter))
    assert find_rotation(turned, page.dpi) == 90 * quarter


@pytest.mark.tesseract
def test_of_a_page_without_letters_the_engine_says_nothing() -> None:
    assert find_rotation(np.full((800, 600), 255, np.uint8), 150.0) is None


@pytest.mark.tesseract
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_its_lines_and_script_do_not_tell_is_read_each_way_up(
    turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "find_rotation", lambda *_: None)
    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype("DejaVuSerif.ttf", 40)
    for at, text in enumerate(("Trình", "Huyện", "Bệnh", "viện")):  # the cells of a table
        ImageDraw.Draw(page).text((350 + 120 * at, 300 + 90 * at), text, font=font, fill=0)
    turned = np.ascontiguousarray(np.rot90(np.asarray(page, np.uint8), turn // 90))
    ask = functools.partial(rotation.decide, settings=SETTINGS.ocr)
    assert find_upright(turned, 150.0, 15.0, ask).rotation == turn


@pytest.mark.tesseract
def test_a_page_with_a_seal_alone_stays_as_it_came() -> None:
    page = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(page)
    for radius in (130, 100):
        box = (400 - radius, 600 - radius, 400 + radius, 600 + radius)
        draw.ellipse(box, outline=30, width=5)
    for at in range(12):
        angle = np.deg2rad(30 * at)
        place = (400 + 112 * np.cos(angle), 600 + 112 * np.sin(angle))
        draw.text(place, "ỦYBANNHÂNDÂN"[at], font=ImageFont.truetype("DejaVuSerif.ttf", 22), fill=0)
    ask = functools.partial(rotation.decide, settings=SETTINGS.ocr)
    found = find_upright(np.asarray(page, np.uint8), 150.0, 15.0, ask)
    assert (found.rotation, found.sure) == (0, False)


def test_the_engine_is_asked_only_where_the_lines_do_not_tell() -> None:
    asked = []

    def ask(pixels: np.ndarray, piece: np.ndarray, dpi: float) -> int:
        asked.append((pixels.shape, dpi))
        assert piece.shape == (600, 600)
        assert np.count_nonzero(piece < 128) > 0.4 * np.count_nonzero(pixels < 128)
        return 180

    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype("DejaVuSerif.ttf", 26)
    for row in range(3):  # too few lines to judge by
        text = "Căn cứ Quyết định của Ủy ban nhân dân tỉnh Quảng Ngãi"
        ImageDraw.Draw(page).text((150, 200 + 50 * row), text, font=font, fill=0)
    few = np.asarray(page, np.uint8)
    assert find_upright(few, 150.0, 15.0, ask).rotation == 180
    assert asked == [((1754, 1240), 150.0)]
    for row in range(3, 26):
        ImageDraw.Draw(page).text((150, 200 + 50 * row), text, font=font, fill=0)
    assert find_upright(np.asarray(page, np.uint8), 150.0, 15.0, ask).rotation == 0
    assert len(asked) == 1
