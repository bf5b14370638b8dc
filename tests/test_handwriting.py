"""The slots of a letter's head: found, told blank from filled, and read."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.handwriting import ALPHABET, load_reader, read_slots, readings
from pipeline.page import BBox, Line, Slot, Word
from pipeline.slots import find_openings, text_width

DPI = 200.0
SIZE = 13.0
ROMAN = "LiberationSerif-Regular.ttf"
ITALIC = "LiberationSerif-Italic.ttf"


def words_of(text: str, x: float, baseline: float) -> list[Word]:
    """Printed words with the boxes that their letters have in Times."""
    font = ImageFont.truetype(ROMAN, 130)
    found = []
    for part in text.split():
        left, top, right, bottom = (edge * SIZE / 130 for edge in font.getbbox(part, anchor="ls"))
        found.append(Word(part, BBox(x + left, baseline + top, x + right, baseline + bottom), 0.9))
        x += right + 4
    return found


def head(number_line: list[Word], date_line: list[Word]) -> list[Line]:
    return [
        Line(tuple(words_of("SỞ Y TẾ", 130, 90))),
        Line(tuple(words_of("Độc lập - Tự do - Hạnh phúc", 330, 90))),
        Line(tuple(number_line + date_line)),
    ]


def date_words(day_gap: float = 20) -> list[Word]:
    place = words_of("Kiên Giang, ngày", 320, 120)
    rest = words_of("tháng 11 năm 2017", place[-1].bbox.right + day_gap, 120)
    return place + rest


@pytest.mark.parametrize(
    ("texts", "slash_at"),
    [
        (("Số:", "/SYT-NVY"), 140.0),
        (("Số:", "4Zj2", "/SYT-NVY"), 160.0),
        (("Só:", "232", "/QĐ-UBND"), 160.0),
    ],
)
def test_number_lies_between_label_and_symbol(texts: tuple[str, ...], slash_at: float) -> None:
    label = words_of(texts[0], 100, 120)
    symbol = words_of(texts[-1], slash_at, 120)
    ink = [Word(t, BBox(122, 108, slash_at - 3, 122), 0.2) for t in texts[1:-1]]
    number = find_openings(head(label + ink + symbol, date_words()), 595)[0]
    assert number.kind == "number"
    assert abs(number.bbox.left - label[0].bbox.right) < 4
    assert abs(number.bbox.right - slash_at) < 4


@pytest.mark.parametrize(
    "text", ["Số:4$6/SYT-NVY", "Só:3020/SYT-NVY", "Số:1⁄⁄SYT-NVY", "Sóz2|/SYT-NVY"]
)
def test_slash_is_measured_back_from_the_symbol_when_ink_was_read_as_letters(text: str) -> None:
    end = 125 + 40 + text_width("/SYT-NVY", SIZE)
    swallowed = [Word(text, BBox(100, 108, end, 122), 0.3)]
    number = find_openings(head(swallowed, date_words()), 595)[0]
    assert abs(number.bbox.right - 165) < 5
    assert number.strip_left < 100 < number.bbox.left < 130


def test_number_line_that_was_not_read_is_looked_for_below_the_issuer() -> None:
    number = find_openings(head([], date_words()), 595)[0]
    assert (number.kind, number.sure_left, number.sure_right) == ("number", False, False)
    assert abs(number.baseline - 120) < 2


@pytest.mark.parametrize("ink", ["ngàyc?O", "ngày»", "ngày"])
def test_day_and_month_lie_around_the_printed_words(ink: str) -> None:
    words = date_words(day_gap=24)
    ngay = next(i for i, word in enumerate(words) if word.text == "ngày")
    left = words[ngay].bbox
    words[ngay] = Word(ink, BBox(left.left, left.top, left.right + 20 * (ink != "ngày"), 122), 0.4)
    found = {o.kind: o for o in find_openings(head(words_of("Số: /SYT-NVY", 100, 120), words), 595)}
    assert abs(found["day"].bbox.left - left.right) < 6
    assert abs(found["day"].bbox.right - words[ngay + 1].bbox.left) < 2
    assert abs(found["month"].bbox.left - words[ngay + 1].bbox.right) < 2


def test_a_number_in_the_body_is_no_slot() -> None:
    body = Line(tuple(words_of("Căn cứ Công văn số 1054/MT-YT ngày 04 tháng 10 năm 2017", 90, 300)))
    assert find_openings([body], 595) == ()


def test_beam_gives_strings_with_their_probabilities() -> None:
    def column(**shares: float) -> list[float]:
        row = dict.fromkeys(["", *ALPHABET], 1e-6) | {k.strip("_"): v for k, v in shares.items()}
        return [math.log(row[key]) for key in ["", *ALPHABET]]

    scores = np.array(
        [column(_4=0.7, _9=0.3), column(**{"": 1.0}), column(_1=0.9, _7=0.1), column(**{"/": 1.0})],
        np.float32,
    )
    seen = readings(scores, 1.0)
    assert max(seen, key=lambda text: seen[text]) == "41"
    assert seen["41"] == pytest.approx(0.63, abs=0.01)
    assert seen["97"] == pytest.approx(0.03, abs=0.01)
    assert sum(seen.values()) == pytest.approx(1.0, abs=0.01)


def test_a_month_is_read_as_a_month() -> None:
    rows = np.full((3, 1 + len(ALPHABET)), -9.0, np.float32)
    for column, shares in enumerate(({"9": 0.8, "": 0.2}, {"": 1.0}, {"2": 1.0})):
        for letter, share in shares.items():
            rows[column, ["", *ALPHABET].index(letter)] = math.log(share)
    assert max(readings(rows, 1.0).items(), key=lambda item: item[1])[0] == "92"
    for kind in ("day", "month"):
        seen = readings(rows, 1.0, kind)
        assert "92" not in seen
        assert sum(seen.values()) == pytest.approx(1.0)
        assert max(seen, key=lambda text: seen[text]) == "2"


def printed_head(number: str, day: str, *, leaders: bool = False) -> tuple[list[Line], np.ndarray]:
    """A head in print with what the clerk filled in as typed figures, and its words."""
    page = Image.new("L", (round(595 * DPI / 72), round(420 * DPI / 72)), 255)
    draw = ImageDraw.Draw(page)
    lines = []

    def put(text: str, x: float, face: str, words: list[Word] | None) -> float:
        font = ImageFont.truetype(face, round(SIZE * DPI / 72))
        left, top, right, bottom = font.getbbox(text, anchor="ls")
        at = (x * DPI / 72, 120 * DPI / 72)
        draw.text(at, text, 0, font=font, anchor="ls")
        box = BBox(
            x + left * 72 / DPI, 120 + top * 72 / DPI, x + right * 72 / DPI, 120 + bottom * 72 / DPI
        )
        if words is not None:
            words.append(Word(text, box, 0.95))
        return box.right

    row: list[Word] = []
    end = put("Số:", 100, ROMAN, row)
    if number:
        put(number, end + 4, ROMAN, None)
    if leaders:
        for x in np.arange(end + 2, end + 36, 3):
            spot = (x * DPI / 72, 119.5 * DPI / 72)
            draw.ellipse((*spot, spot[0] + 2, spot[1] + 2), fill=0)
    put("/SYT-NVY", end + 38, ROMAN, row)
    end = put("ngày", 330, ITALIC, row)
    if day:
        put(day, end + 4, ITALIC, None)
    end = put("tháng", end + 24, ITALIC, row)
    put("11", end + 4, ITALIC, row)
    end = put("năm", end + 20, ITALIC, row)
    put("2017", end + 4, ITALIC, row)
    lines = [Line(tuple(words_of("SỞ Y TẾ", 130, 90))), Line(tuple(row))]
    return lines, np.asarray(page)


def slots_by_kind(lines: list[Line], pixels: np.ndarray) -> dict[str, Slot]:
    return {slot.kind: slot for slot in read_slots(lines, pixels, DPI, load_reader())}


@pytest.mark.parametrize("leaders", [False, True])
def test_blank_slots_are_blank_and_nothing_is_invented(leaders: bool) -> None:
    found = slots_by_kind(*printed_head("", "", leaders=leaders))
    for kind in ("number", "day"):
        assert found[kind].blank, found[kind]
        assert found[kind].readings == ()
    assert not found["month"].blank


@pytest.mark.parametrize(
    ("number", "day"),
    [("2107", "09"), ("513", "24"), ("86", "17")],
)
def test_figures_in_the_slots_are_read(number: str, day: str) -> None:
    found = slots_by_kind(*printed_head(number, day))
    assert found["number"].readings[0].text == number
    assert found["day"].readings[0].text == day
    assert found["month"].readings[0].text == "11"
    total = sum(reading.probability for reading in found["number"].readings)
    assert 0 < total <= 1.0 + 1e-6


def test_red_seal_over_the_slot_is_not_ink() -> None:
    lines, grey = printed_head("", "12")
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    cv2.circle(colour, (360, 333), 40, (225, 40, 50), 4)
    assert slots_by_kind(lines, colour)["number"].blank


def test_model_files_stay_small() -> None:
    folder = Path(__file__).parents[1] / "models" / "handwriting"
    assert (folder / "reader.onnx").stat().st_size < 3_000_000
