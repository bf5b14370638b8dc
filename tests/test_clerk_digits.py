"""Single digits cut out of filled slots, to train on."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.handwriting.clerk_digits import cut_digits
from pipeline.handwriting import ABOVE_BASELINE, BELOW_BASELINE
from pipeline.slots.opening import Opening, make_opening

DPI = 144.0
LEFT, RIGHT = 30.0, 90.0


def strip(digits: str, gap: float) -> tuple[np.ndarray, Opening]:
    """A strip with `digits` from x = 34 points on, and the opening around them."""
    height = round((ABOVE_BASELINE + BELOW_BASELINE) * 2)
    image = Image.new("L", (240, height), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("LiberationSans-Regular.ttf", 24)
    foot = ABOVE_BASELINE * 2
    draw.text((4, foot), "Số:", 0, font=font, anchor="ls")
    draw.text((184, foot), "/SYT", 0, font=font, anchor="ls")
    x = 68.0
    for digit in digits:
        draw.text((x, foot), digit, 0, font=font, anchor="ls")
        x += font.getlength(digit) + gap
    opening = make_opening(
        "number", LEFT, RIGHT, 100, 13, strip_left=0, strip_right=120, sure=(True, True)
    )
    return np.asarray(image), opening


def test_digits_that_stand_apart_are_cut_in_order_with_their_feet_on_the_line() -> None:
    part, opening = strip("472", gap=3)
    found = list(cut_digits(part, opening, DPI, "472"))
    assert [one.digit for one in found] == [4, 7, 2]
    for one in found:
        assert abs(one.foot - one.ink.shape[0]) < 4
        assert 15 < one.ink.shape[0] < 24


def test_joined_digits_and_foreign_strokes_give_nothing() -> None:
    part, opening = strip("888", gap=-4)
    assert not list(cut_digits(part, opening, DPI, "888"))
    part, opening = strip("472", gap=3)
    assert not list(cut_digits(part, opening, DPI, "47"))
