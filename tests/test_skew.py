"""Skew comes back to a tenth of a degree, and which way up is not mistaken."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.orientation import find_orientation
from pipeline.skew import find_skew

TEXT = "Căn cứ Quyết định của Ủy ban nhân dân tỉnh về việc phê duyệt kế hoạch"


def printed(lines: int = 30) -> npt.NDArray[np.uint8]:
    """A white A4 page of 100 dpi with paragraphs of Vietnamese text."""
    image = Image.new("L", (827, 1169), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSerif.ttf", 16)
    for row in range(lines):
        draw.text((110, 110 + 30 * row), TEXT[row % 7 :], font=font, fill=0)
    return np.array(image, np.uint8)


def turned(page: npt.NDArray[np.uint8], degrees: float) -> npt.NDArray[np.bool_]:
    """Its ink, turned counter-clockwise."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(page, matrix, (width, height), borderValue=(255.0,)) < 128


@pytest.mark.parametrize("degrees", [-14.2, -7.03, -1.37, -0.3, 0.0, 0.12, 0.85, 4.44, 13.9])
def test_known_angles_come_back(degrees: float) -> None:
    found = find_skew(turned(printed(), degrees), 15.0)
    assert found.degrees == pytest.approx(degrees, abs=0.1)
    assert found.score > 1.5


def test_noise_has_no_direction() -> None:
    noise = np.random.default_rng(7).random((1169, 827)) < 0.02
    assert find_skew(noise, 15.0).score < 1.5


def test_an_empty_page_is_straight() -> None:
    assert find_skew(np.zeros((1169, 827), np.bool_), 15.0).degrees == 0.0


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("degrees", [0.0, 3.3])
def test_quarter_turns_are_seen(rotation: int, degrees: float) -> None:
    ink = np.rot90(turned(printed(), degrees), rotation // 90)
    found = find_orientation(ink, 15.0)
    assert found.rotation == rotation
    assert found.skew.degrees == pytest.approx(degrees, abs=0.1)


def test_a_few_lines_are_not_enough_to_turn_a_page_over() -> None:
    upside_down = np.rot90(turned(printed(lines=4), 0.0), 2)
    found = find_orientation(upside_down, 15.0)
    assert (found.rotation, found.sure) == (0, False)
