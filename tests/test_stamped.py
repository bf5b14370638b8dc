"""Names in a running hand: what may be a name, lines of stamps, and what is read of them."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import agreement, naming, render, rings, signer_look, stamped
from pipeline.clean import CleanImage, clean
from pipeline.fields import signer
from pipeline.lexicon import load_lexicon
from pipeline.naming import LETTERS, likely_names
from pipeline.page import Affine, BBox, Line, Page, Word, Zone
from pipeline.record import Place
from pipeline.resolve import FLOOR
from pipeline.settings import Settings
from pipeline.stamp_lines import find_lines
from pipeline.truth import read_truth
from tests.factories import MOTTO_MIDDLE, letter, line, region

REAL = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))
DPI = 200.0
POINT = DPI / 72
RED, BLACK, BLUE = (215, 40, 60), (25, 25, 25), (40, 60, 200)


def scores_of(text: str, **doubts: str) -> np.ndarray:
    """Scores of a network that sees `text`; where a letter has doubts it sees those as well."""
    columns = []
    for sign in text:
        column = np.zeros(len(LETTERS) + 1, np.float32)
        for one in (sign, *doubts.get(sign, "")):
            column[LETTERS.index(one) + 1] = 9.0
        nothing = np.zeros(len(LETTERS) + 1, np.float32)
        nothing[0] = 9.0
        columns += [column, nothing]
    return np.array(columns)


def best(text: str, **doubts: str) -> naming.Named | None:
    return next(iter(likely_names([scores_of(text, **doubts)], 1.0, 0.7)), None)


@pytest.mark.parametrize("text", ["nguyễn", "quỳnh", "quốc", "gìn", "giếng", "khoa", "y", "ưng"])
def test_a_syllable_is_spelled_as_vietnamese_is(text: str) -> None:
    assert text in naming.syllables()


@pytest.mark.parametrize("text", ["ka", "cê", "ngi", "trầnn", "qan", "hoạtt", "luàn h", "bác̀"])
def test_what_nobody_spells_is_no_syllable(text: str) -> None:
    assert text not in naming.syllables()


def test_clear_letters_are_a_name_without_its_degree() -> None:
    for text in ("trần công thành", "gs.ts.trần công thành", "ths. trần công thành"):
        named = best(text)
        assert named is not None
        assert named.text == "Trần Công Thành"
        assert named.probability > 0.95


@pytest.mark.parametrize("before", ["trung tá", "đại úy", "ts.thượng tá", "pgs.ts. đại tá"])
def test_a_rank_in_words_is_no_part_of_the_name(before: str) -> None:
    named = best(f"{before} ngô văn cường")
    assert named is not None
    assert named.text == "Ngô Văn Cường"
    assert named.probability > 0.95
    nobody = best(before)
    assert nobody is None or nobody.probability < 0.5


def test_the_older_place_of_a_tone_stays_as_it_is_stamped() -> None:
    named = best("lê thị thuý")
    assert named is not None
    assert named.text == "Lê Thị Thuý"


def test_a_doubtful_letter_is_settled_by_what_people_are_called() -> None:
    named = best("nguyễn thị hồng hạnh", ỗ="ỏ", ạ="ă")
    assert named is not None
    assert named.text == "Nguyễn Thị Hồng Hạnh"


def test_two_names_that_are_as_likely_are_both_doubtful() -> None:
    named = best("lê văn tâm", m="mn")
    assert named is not None
    assert named.probability < 0.9


@pytest.mark.parametrize("text", ["hiệu trưởng", "phó giám đốc", "trần", "sở y tế", "kiên giang"])
def test_what_begins_with_no_family_name_is_no_name(text: str) -> None:
    named = best(text)
    assert named is None or named.probability < 0.5


def stamp(
    text: str,
    colour: tuple[int, int, int],
    *,
    slope: float = 0.0,
    ring: tuple[int, int] | None = None,
) -> np.ndarray:
    """The foot of a page, 200 dpi: a name in fat Times, turned, and a seal that may cross it."""
    data = (resources.files("models") / "names" / "serif-bold.ttf").read_bytes()
    font = ImageFont.truetype(io.BytesIO(data), round(14 * POINT))
    picture = Image.new("RGB", (800, 500), "white")
    ImageDraw.Draw(picture).text((260, 330), text, font=font, fill=colour, anchor="ls")
    turned = picture.rotate(slope, center=(400, 320), fillcolor="white", resample=3)
    pen = ImageDraw.Draw(turned)
    x, y = ring or (160, 140)
    for radius in (105, 112):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=RED, width=4)
    return cv2.GaussianBlur(np.asarray(turned, np.uint8), (0, 0), 0.8)


@pytest.mark.parametrize("colour", [RED, BLACK, BLUE])
@pytest.mark.parametrize("slope", [0.0, 6.0, -6.0])
def test_a_line_is_cut_out_level_in_its_own_ink(colour: tuple[int, int, int], slope: float) -> None:
    found = list(find_lines(stamp("Trần Hồng Hà", colour, slope=slope), DPI))
    assert len(found) == 1
    height, width = found[0].inks[0].shape
    assert 4 < width / height < 7
    assert found[0].whole
    assert 250 < found[0].box.left < 275


def test_a_line_that_runs_into_a_seal_of_its_ink_is_seen_with_the_seal() -> None:
    found = list(find_lines(stamp("Trần Hồng Hà", RED, ring=(160, 260)), DPI))
    assert found
    assert not any(one.whole for one in found)
    apart = next(find_lines(stamp("Trần Hồng Hà", RED), DPI))
    assert all(one.crossed[0].shape[1] > apart.inks[0].shape[1] for one in found)


@pytest.mark.parametrize("ring", [None, (150, 290), (170, 265), (200, 240), (240, 230)])
def test_a_name_is_read_whole_through_a_seal_or_not_at_all(ring: tuple[int, int] | None) -> None:
    read = stamped.read_name(stamp("Lê Hoàng Oanh", RED, ring=ring), DPI, stamped.load_reader())
    assert read is None or read.text == "Lê Hoàng Oanh"


@pytest.mark.parametrize("colour", [RED, BLACK, BLUE])
@pytest.mark.parametrize("slope", [0.0, 5.0])
def test_a_stamped_name_is_read(colour: tuple[int, int, int], slope: float) -> None:
    read = stamped.read_name(
        stamp("Nguyễn Thị Hồng Hạnh", colour, slope=slope), DPI, stamped.load_reader()
    )
    assert read is not None
    assert read.text == "Nguyễn Thị Hồng Hạnh"
    assert read.stamped and read.whole
    assert read.bbox.left * POINT == pytest.approx(262, abs=12)


@pytest.mark.parametrize("text", ["PHÓ GIÁM ĐỐC", "TỈNH KIÊN GIANG", "Nơi nhận: Lưu VT"])
def test_what_is_no_name_is_not_read_as_one(text: str) -> None:
    assert stamped.read_name(stamp(text, BLACK), DPI, stamped.load_reader()) is None


def test_nothing_is_read_inside_of_a_seal() -> None:
    crop, reader = stamp("Trần Hồng Hà", RED), stamped.load_reader()
    assert stamped.read_name(crop, DPI, reader) is not None
    around = BBox(240 / POINT, 180 / POINT, 560 / POINT, 500 / POINT)
    assert stamped.read_name(crop, DPI, reader, [around]) is None


def test_a_ring_is_taken_off_and_the_letters_that_cross_it_stay() -> None:
    apart = stamp("Lê Hoàng Oanh", RED, ring=(160, 140))
    crossed = stamp("Lê Hoàng Oanh", RED, ring=(240, 230))
    bare_paper = stamp("", RED, ring=(240, 230))

    def ink(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dark = np.asarray(255 - pixels.min(axis=2), np.uint8)
        return dark, np.asarray(dark > 90, np.uint8)

    dark, solid = ink(bare_paper)
    circle = rings.find_circle(solid, DPI)
    assert circle is not None
    assert abs(circle.x - 240) < 2 and abs(circle.y - 230) < 2
    assert 103 < circle.radius < 114
    left = rings.without_rings(dark, solid, DPI)
    assert np.count_nonzero(left > 90) < 0.06 * np.count_nonzero(solid)

    letters = ink(apart)[1][280:350, 250:650].sum()
    dark, solid = ink(crossed)
    left = rings.without_rings(dark, solid, DPI)[280:350, 250:650] > 90
    assert 0.85 * letters < np.count_nonzero(left) < 1.1 * letters


def test_lines_of_print_are_no_ring() -> None:
    name = stamp("Lê Hoàng Oanh", BLACK, ring=(-900, -900))
    dark = np.asarray(255 - name.min(axis=2), np.uint8)
    solid = np.asarray(dark > 90, np.uint8)
    assert rings.find_circle(solid, DPI) is None
    assert np.array_equal(rings.without_rings(dark, solid, DPI), dark)


def test_a_name_over_the_edge_of_a_seal_of_its_ink_is_read() -> None:
    name = stamp("Trần Hồng Hà", RED, ring=(245, 235))
    read = stamped.read_name(name, DPI, stamped.load_reader())
    assert read is not None
    assert read.text == "Trần Hồng Hà"


def signed(name: Line | None = None) -> tuple[Page, CleanImage]:
    """A last page with a rector's title, his stamp, and `name` as the engine read it, if it did."""
    pixels = np.full((2339, 1654, 3), 255, np.uint8)
    pixels[1150:1650, 700:1500] = stamp("Trần Hồng Hà", RED, slope=3)
    lines = [
        line("Nơi nhận:", top=390),
        line("- Như trên;", top=402),
        line("- Lưu: VT.", top=414),
        line("HIỆU TRƯỞNG", middle=MOTTO_MIDDLE, top=390),
    ]
    page = Page(1, 595.0, 842.0, tuple([*lines, name] if name else lines))
    grey = np.full(pixels.shape[:2], 255, np.uint8)
    image = CleanImage(1, grey, pixels, DPI, 595, 842, 595, 842, 0, 0.0, Affine())
    return page, image


def test_a_stamp_below_an_office_becomes_a_line_of_the_page() -> None:
    page = signer_look.with_stamped_name(*signed())
    (found,) = (one for one in page.lines if one.stamped)
    assert found.text == "Trần Hồng Hà"
    assert 345 < found.bbox.left < 360
    assert 525 < found.bbox.center_y < 545


def test_a_name_that_was_read_is_not_sought_again() -> None:
    name = line("Nguyễn Văn Hiền", middle=MOTTO_MIDDLE, top=500)
    page = signer_look.with_stamped_name(*signed(name))
    assert not any(one.stamped for one in page.lines)


def test_a_doubtful_stamp_takes_nothing_off_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    read = line("Hồng Ha", middle=395, top=522, confidence=0.5)
    for least, kept in ((0.5, False), (1.1, True)):
        reader = replace(stamped.load_reader(), least=least)
        monkeypatch.setattr(stamped, "load_reader", lambda reader=reader: reader)
        lines = signer_look.with_stamped_name(*signed(read)).lines
        assert any(one.stamped for one in lines)
        assert any("Ha" in one.text.split() for one in lines) is kept


def test_a_name_in_one_row_with_another_was_read() -> None:
    clerk = line("Lê Thị Mai", left=90, top=528)
    name = line("Trần Hồng Hà", middle=390, top=528)
    both = replace(clerk, words=(*clerk.words, *name.words))
    page = signer_look.with_stamped_name(*signed(both))
    assert not any(one.stamped for one in page.lines)


def test_without_an_office_no_stamp_is_read() -> None:
    page, image = signed()
    clerk = line("NGƯỜI LẬP BẢNG", middle=MOTTO_MIDDLE, top=390)
    page = replace(page, lines=(*page.lines[:3], clerk))
    assert not any(one.stamped for one in signer_look.with_stamped_name(page, image).lines)


def test_a_stamped_name_says_how_it_was_read_and_goes_to_review() -> None:
    words = tuple(
        Word(text, BBox(350 + 30 * i, 530, 376 + 30 * i, 550), stamped.CONFIDENCE)
        for i, text in enumerate(("Trần", "Hồng", "Hà"))
    )
    name = Line(words, whole=True, stamped=True)
    office = line("HIỆU TRƯỞNG", middle=MOTTO_MIDDLE, top=390)
    block = letter(region(Zone.SIGNATURE, office, name))
    found = [one for one in signer.extract(block, load_lexicon()) if one.field == "signer_name"]
    assert [one.value for one in found] == ["Trần Hồng Hà"]
    assert found[0].rule == "name_stamp"
    assert found[0].place == Place(1, name.bbox)
    assert found[0].word_confidence is not None and found[0].word_confidence < 0.75
    assert agreement.vouched(found[0], [Page(1, 595, 842, (name,))]) == found[0]


def test_a_doubtful_stamp_is_an_alternative_and_no_value() -> None:
    box = BBox(350, 530, 376, 550)
    words = tuple(Word(text, box, stamped.DOUBT) for text in ("Trần", "Hồng", "Hà"))
    name = Line(words, whole=True, stamped=True)
    office = line("HIỆU TRƯỞNG", middle=MOTTO_MIDDLE, top=390)
    block = letter(region(Zone.SIGNATURE, office, name))
    found = [one for one in signer.extract(block, load_lexicon()) if one.field == "signer_name"]
    assert [one.value for one in found] == ["Trần Hồng Hà"]
    assert found[0].score < FLOOR


def test_below_its_least_share_a_name_is_read_with_doubt() -> None:
    reader = stamped.load_reader()
    crop = stamp("Trần Hồng Hà", RED)
    for least, confidence in ((0.5, stamped.CONFIDENCE), (1.1, stamped.DOUBT)):
        read = stamped.read_name(crop, DPI, replace(reader, least=least))
        assert read is not None
        assert {word.confidence for word in read.words} == {confidence}
    assert stamped.read_name(crop, DPI, replace(reader, least=1.1, doubtful=1.1)) is None


def test_model_files_stay_small() -> None:
    folder = Path(__file__).parents[1] / "models" / "stamped"
    assert (folder / "reader.onnx").stat().st_size < 6_000_000


@pytest.mark.skipif(not REAL.is_dir(), reason="no real letters here (SOHOA_REAL_DATA)")
def test_a_real_stamp_in_a_running_hand_is_not_read_as_another_name() -> None:
    settings = Settings()
    drawn = render.render_page(REAL / "letters" / "d20.pdf", "d20", 2, settings.render)
    image = clean(drawn, settings.clean, ask_rotation=lambda *_: None)
    point = image.dpi / 72
    crop = image.colour[round(350 * point) : round(540 * point), round(333 * point) :]
    read = stamped.read_name(crop, image.dpi, stamped.load_reader())
    truth = next(one for one in read_truth(REAL / "truth") if one.source == "d20.pdf")
    assert read is None or read.text == truth.scalars["signer_name"]
