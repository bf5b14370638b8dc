"""What is not print leaves the page, print stays, and boxes lead back to the paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.clean import clean
from pipeline.gutter import from_gap
from pipeline.page import BBox, Overlay
from pipeline.settings import CleanSettings

SETTINGS = CleanSettings()
TEXT = "Căn cứ Quyết định của Ủy ban nhân dân tỉnh"
DPI = 200.0


@dataclass
class Viewed:
    """A rendered page made by hand."""

    pixels: npt.NDArray[np.uint8]
    number: int = 1
    dpi: float = DPI
    overlays: tuple[Overlay, ...] = ()

    @property
    def width(self) -> float:
        return self.pixels.shape[1] * 72 / self.dpi

    @property
    def height(self) -> float:
        return self.pixels.shape[0] * 72 / self.dpi


def printed(lines: int = 24) -> Image.Image:
    image = Image.new("RGB", (1654, 2339), "white")
    font = ImageFont.truetype("DejaVuSerif.ttf", 34)
    for row in range(lines):
        ImageDraw.Draw(image).text(
            (220, 220 + 62 * row), TEXT[row % 7 :], font=font, fill=(20, 20, 20)
        )
    return image


def seen(image: Image.Image) -> Viewed:
    return Viewed(np.array(image, np.uint8))


def test_a_straight_page_is_not_turned() -> None:
    page = clean(seen(printed()), SETTINGS)
    assert (page.rotation, page.skew_degrees, page.blank, page.unreadable) == (0, 0, False, False)
    assert page.pixels.shape == (2339, 1654)


@pytest.mark.parametrize(("rotation", "degrees"), [(0, 2.5), (90, -1.2), (180, 0.0), (270, 0.6)])
def test_boxes_lead_back_to_the_page_as_shown(rotation: int, degrees: float) -> None:
    page = np.array(printed(), np.uint8)
    matrix = cv2.getRotationMatrix2D((1654 / 2, 2339 / 2), degrees, 1.0)
    page = cv2.warpAffine(page, matrix, (1654, 2339), borderValue=(255.0, 255.0, 255.0))
    image = Viewed(np.ascontiguousarray(np.rot90(page, rotation // 90)))
    done = clean(image, SETTINGS)
    assert done.rotation == rotation
    assert done.skew_degrees == pytest.approx(degrees, abs=0.1)
    rows, columns = np.nonzero(done.pixels < 100)
    box = BBox(columns.min(), rows.min(), columns.max(), rows.max())
    scale = 72 / done.dpi
    shown = done.to_viewer.apply(BBox(*(edge * scale for edge in
                                       (box.left, box.top, box.right, box.bottom))))  # fmt: skip
    rows, columns = np.nonzero(image.pixels[..., 0] < 100)
    truth = BBox(*(edge * 72 / DPI for edge in
                   (columns.min(), rows.min(), columns.max(), rows.max())))  # fmt: skip
    slack = 3 + 500 * abs(np.sin(np.deg2rad(degrees)))
    assert shown.left == pytest.approx(truth.left, abs=slack)
    assert shown.bottom == pytest.approx(truth.bottom, abs=slack)


def test_a_red_seal_leaves_and_print_beneath_it_stays() -> None:
    image = printed()
    draw = ImageDraw.Draw(image)
    for radius in (140, 110):
        box = (900 - radius, 1400 - radius, 900 + radius, 1400 + radius)
        draw.ellipse(box, outline=(215, 40, 50), width=6)
    ImageDraw.Draw(image).text(
        (220, 220 + 62 * 19),
        TEXT[5:],
        font=ImageFont.truetype("DejaVuSerif.ttf", 34),
        fill=(20, 20, 20),
    )
    done = clean(seen(image), SETTINGS)
    assert [mark.kind for mark in done.marks if mark.kind != "rule"] == ["seal"]
    clear, dirty = clean(seen(printed()), SETTINGS).pixels, done.pixels
    assert np.count_nonzero(dirty < 128) == pytest.approx(np.count_nonzero(clear < 128), rel=0.01)
    assert (done.colour[..., 0].astype(int) - done.colour[..., 1] > 100).any()


def test_names_stamped_in_red_stay_readable() -> None:
    image = printed(lines=12)
    font = ImageFont.truetype("DejaVuSerif.ttf", 36)
    ImageDraw.Draw(image).text((900, 1500), "Nguyễn Văn Hiền", font=font, fill=(220, 30, 40))
    done = clean(seen(image), SETTINGS)
    assert np.count_nonzero(done.pixels[1490:1560, 890:1250] < 128) > 1500


def test_an_underline_leaves_and_dots_below_stay() -> None:
    image = printed(lines=12)
    ImageDraw.Draw(image).line((220, 1400, 900, 1400), fill=(0, 0, 0), width=4)
    done = clean(seen(image), SETTINGS)
    assert not (done.pixels[1395:1406, 230:890] < 200).any()
    assert [mark.kind for mark in done.marks] == ["rule"]
    assert not (clean(seen(printed(lines=12)), SETTINGS).marks)


def test_feet_of_fat_type_are_no_rule() -> None:
    image = printed(lines=12)
    font = ImageFont.truetype("DejaVuSerif.ttf", 34)
    ImageDraw.Draw(image).text(
        (220, 1400), "những nghiên", font=font, fill=(0, 0, 0), stroke_width=1,
        stroke_fill=(0, 0, 0),
    )  # fmt: skip
    done = clean(seen(image), SETTINGS)
    assert not done.marks
    shown = np.asarray(image.convert("L"))[1390:1460] < 128
    assert np.count_nonzero(done.pixels[1390:1460] < 128) > 0.98 * np.count_nonzero(shown)


def test_black_edges_are_whitened() -> None:
    image = printed()
    ImageDraw.Draw(image).rectangle((0, 0, 60, 2339), fill=(0, 0, 0))
    assert (clean(seen(image), SETTINGS).pixels[:, :60] > 200).all()


def test_a_page_with_a_few_specks_is_blank() -> None:
    image = printed(lines=0)
    for spot in (300, 700, 1200):
        ImageDraw.Draw(image).ellipse((spot, spot, spot + 4, spot + 4), fill=(0, 0, 0))
    assert clean(seen(image), SETTINGS).blank


def test_a_thumbnail_is_called_unreadable() -> None:
    small = printed().resize((194, 274))
    done = clean(Viewed(np.array(small, np.uint8), dpi=72.0), SETTINGS)
    assert (done.unreadable, done.blank) == (True, False)


def test_black_edges_leave_a_page_askew_whole_and_its_shade_with_them() -> None:
    page = np.array(printed(), np.uint8)
    shade = 1 - 0.7 * np.exp(-((np.arange(page.shape[1]) / 34) ** 2))
    page = np.asarray(page * shade[None, :, None], np.uint8)
    matrix = cv2.getRotationMatrix2D((1654 / 2, 2339 / 2), 3.0, 1.0)
    page = cv2.warpAffine(page, matrix, (1654, 2339), borderValue=(38.0, 38.0, 40.0))
    done = clean(Viewed(np.asarray(page, np.uint8)), SETTINGS)
    assert done.skew_degrees == pytest.approx(3.0, abs=0.1)
    rows, columns = np.nonzero(done.pixels < 128)
    text = clean(seen(printed()), SETTINGS)
    left = np.nonzero(text.pixels < 128)[1].min()
    assert columns.min() >= left  # nothing beside the print
    assert len(rows) == pytest.approx(np.count_nonzero(text.pixels < 128), rel=0.05)


def test_a_faint_mark_over_a_letter_is_no_speck() -> None:
    image = printed()
    draw = ImageDraw.Draw(image)
    draw.rectangle((400, 1902, 405, 1907), fill=(185, 185, 185))  # over the last line
    draw.point((402, 1904), fill=(120, 120, 120))
    done = clean(seen(image), SETTINGS)
    assert np.count_nonzero(done.pixels[1900:1909, 398:408] < 200) >= 30


def test_a_piece_that_cuts_a_line_begins_over_it() -> None:
    page = clean(seen(printed()), SETTINGS)
    piece = BBox(0.0, 86.0, 595.0, 200.0)  # through the first line, 220 pixels down
    rows = np.nonzero((page.pixels[:280] < 140).any(axis=1))[0]
    assert rows.min() * 72 / DPI < piece.top < rows.max() * 72 / DPI
    begun = from_gap(page.pixels, DPI, piece)
    assert piece.top - 12 <= begun.top <= rows.min() * 72 / DPI
    assert begun.bottom == piece.bottom


def test_faint_print_is_read_in_its_own_greys_without_its_specks() -> None:
    assert clean(seen(printed()), SETTINGS).soft is None
    pixels = (255 - (255 - np.array(printed(), np.float32)) * 0.55).astype(np.uint8)
    pixels[1900:1902, 300:302] = 115
    page = clean(Viewed(pixels), SETTINGS)
    assert page.soft is not None
    print_rows = slice(200, 1700)
    assert page.pixels[print_rows].min() < 60 < 90 < page.soft[print_rows].min()
    assert page.soft[1895:1907, 295:307].min() > 200
