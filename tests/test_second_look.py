"""The look at the signer: what more readings of one name come to, and titles put in their place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline import layout, signer_look
from pipeline.clean import CleanImage
from pipeline.page import Affine, Line, Page
from pipeline.second_look import window_of
from tests.factories import MOTTO_MIDDLE, line
from tests.test_covered_titles import DPI, paper

#: Where names stand, points from the top of the page.
NAMED = 520.0


def block(*lines: Line) -> Page:
    """A last page with recipients, and the lines of a signature beside them."""
    list_of_copies = [
        line("Nơi nhận:", top=390),
        line("- Như trên;", top=402),
        line("- Lưu: VT.", top=414),
    ]
    return Page(1, 595.0, 842.0, (*list_of_copies, *lines))


def looked(page: Page, *more: Line, ink: np.ndarray | None = None) -> list[str]:
    """The texts of the page after the look, where the engine reads `more` in the crop of the name."""
    pixels = np.full((2339, 1654), 255, np.uint8) if ink is None else ink
    image = CleanImage(1, pixels, pixels, DPI, 595, 842, 595, 842, 0, 0.0, Affine())
    look = signer_look.signer(page, image)
    crops = next(look)
    window = window_of(layout.name_band(page), DPI)[1]
    into_crop = Affine(c=-window.c, f=-window.f)
    with pytest.raises(StopIteration) as end:
        look.send([tuple(one.moved(into_crop) for one in more), *(() for _ in crops[1:])])
    return [one.text for one in end.value.value.lines[3:]]


TITLE = line("GIÁM ĐỐC", middle=MOTTO_MIDDLE, top=390)


def name(text: str, confidence: float = 0.9, *, middle: float = MOTTO_MIDDLE) -> Line:
    return line(text, middle=middle, top=NAMED, confidence=confidence)


def test_of_two_readings_of_a_name_the_surer_stays() -> None:
    page = block(TITLE, name("Trần Văn Phúe", 0.75))
    assert looked(page, name("Trần Văn Phúc", 0.96)) == ["GIÁM ĐỐC", "Trần Văn Phúc"]


def test_the_end_of_a_name_goes_where_all_of_it_was_read() -> None:
    whole = name("Trần Văn Phúc", 0.96)
    end = Line(whole.words[1:])
    assert looked(block(TITLE, end), whole) == ["GIÁM ĐỐC", "Trần Văn Phúc"]


def test_marks_are_those_that_two_other_readings_have() -> None:
    once = name("Trần Hoằng Oanh", 0.86)
    end = Line(tuple(replace(w, confidence=0.7) for w in name("Trần Hoàng Oanh").words[1:]))
    speck = replace(end.words[0], text="ˆ", bbox=end.words[0].bbox.expand(8, 0))
    again = Line((speck, *end.words))
    assert looked(block(TITLE, end), once, again)[:2] == ["GIÁM ĐỐC", "Trần Hoàng Oanh"]
    assert "Trần Hoằng Oanh" in looked(block(TITLE, end), once)


def test_a_bare_reading_that_is_surer_takes_no_marks_away() -> None:
    page = block(TITLE, name("Nguyễn Thị Hạnh", 0.93))
    assert looked(page, name("Nguyen Thị Hạnh", 0.97)) == ["GIÁM ĐỐC", "Nguyễn Thị Hạnh"]


def test_a_name_read_alike_twice_is_as_sure_as_the_surer_reading() -> None:
    page = block(TITLE, name("Lê Văn Hậu", 0.46))
    texts = looked(page, name("Lê Văn Hậu", 0.96))
    assert texts == ["GIÁM ĐỐC", "Lê Văn Hậu"]


def test_names_that_stand_apart_both_stay() -> None:
    page = block(TITLE, name("Trần Văn Phúc", middle=MOTTO_MIDDLE - 30))
    below = line("Lê Thị Mai", middle=MOTTO_MIDDLE - 30, top=NAMED + 40)
    assert {"Trần Văn Phúc", "Lê Thị Mai"} <= set(looked(page, below))


def test_a_stamped_deputy_takes_the_place_of_what_was_read_there() -> None:
    ink = np.full((2339, 1654), 255, np.uint8)
    titles = paper("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", degrees=2.0, leading=12.0)
    ink[1000:1400, 700:1500] = titles[:400, :800]
    top, middle = (1000 + 174) * 72 / DPI, (700 + 450) * 72 / DPI
    head = line("GIÁM ĐỐC", middle=middle, top=top)
    smudge = line("pHố ND", middle=middle, top=top + 9, confidence=0.4)
    texts = looked(block(head, smudge), name("Trần Văn Phúc", 0.96, middle=middle), ink=ink)
    assert "PHÓ GIÁM ĐỐC" in texts
    assert "pHố ND" not in texts
