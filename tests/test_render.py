"""Pages come out as a viewer shows them, and bad files are refused before they cost."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen import canvas

from pipeline.errors import EncryptedPdfError, LimitError, UnreadableFileError
from pipeline.render import count_pages, read_text_layer, render_page
from pipeline.settings import RenderSettings
from pipeline.textlayer import is_syllable

SETTINGS = RenderSettings()
REAL = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="real documents are not here")


def scan(path: Path, pages: int = 1, dpi: int = 100) -> Path:
    """A PDF of A4 pictures with a black bar in the upper left corner."""
    images = []
    for number in range(pages):
        image = Image.new("L", (827, 1169), 255)
        ImageDraw.Draw(image).rectangle((100, 100, 300, 140 + number), fill=0)
        images.append(image)
    images[0].save(path, save_all=True, append_images=images[1:], resolution=dpi)
    return path


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"", UnreadableFileError, "empty"),
        (b"S\xe1\xbb\x9f Y t\xe1\xba\xbf", UnreadableFileError, "not a PDF"),
        (b"%PDF-1.4\nnothing else", UnreadableFileError, "damaged"),
        (b"\x89PNG\r\n\x1a\nnothing else", UnreadableFileError, "damaged"),
    ],
)
def test_bad_files_are_refused_with_advice(
    tmp_path: Path, content: bytes, error: type[Exception], said: str
) -> None:
    path = tmp_path / "công văn số 1.pdf"
    path.write_bytes(content)
    with pytest.raises(error, match=said) as caught:
        count_pages(path, "công văn số 1.pdf", SETTINGS)
    assert "công văn số 1.pdf" in str(caught.value)


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        count_pages(tmp_path / "gone.pdf", "gone.pdf", SETTINGS)


def test_a_symlink_loop_is_unreadable(tmp_path: Path) -> None:
    loop = tmp_path / "loop.pdf"
    loop.symlink_to(loop)
    with pytest.raises(UnreadableFileError):
        count_pages(loop, "loop.pdf", SETTINGS)


def test_a_pdf_with_a_password_is_named_encrypted(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf")
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="x", user="y"))
    with pytest.raises(EncryptedPdfError, match="password"):
        count_pages(tmp_path / "b.pdf", "b.pdf", SETTINGS)


def test_a_pdf_without_pages_is_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.save(tmp_path / "none.pdf")
    with pytest.raises(UnreadableFileError, match="without pages"):
        count_pages(tmp_path / "none.pdf", "none.pdf", SETTINGS)


def test_a_huge_image_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    header = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT")
    with pytest.raises(LimitError, match="megapixels"):
        count_pages(path, "huge.png", SETTINGS)


def test_a_huge_pdf_page_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(14_400, 14_400))
        pdf.save(tmp_path / "huge.pdf")
    with pytest.raises(LimitError, match="megapixels"):
        render_page(tmp_path / "huge.pdf", "huge.pdf", 1, SETTINGS)


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", pages=3)
    with pytest.raises(LimitError, match="3 pages"):
        count_pages(path, "a.pdf", RenderSettings(max_pages=2))


def test_a_scan_is_drawn_pixel_for_pixel(tmp_path: Path) -> None:
    image = render_page(scan(tmp_path / "a.pdf"), "a.pdf", 1, SETTINGS)
    assert image.pixels.shape[:2] == (1169, 827)
    assert image.dpi == pytest.approx(100, abs=0.5)


def test_a_turned_page_is_drawn_as_a_viewer_shows_it(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf")
    with pikepdf.open(path) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.save(tmp_path / "b.pdf")
    image = render_page(tmp_path / "b.pdf", "b.pdf", 1, SETTINGS)
    assert image.width > image.height
    assert image.pixels.shape[:2] == (827, 1169)
    # The bar of the top left corner is at the top right after a turn clockwise.
    dark = np.argwhere(image.pixels.reshape(827, 1169, -1)[..., 0] < 128)
    assert dark[:, 1].min() > 1169 / 2


def test_every_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    path = scan(tmp_path / "named.pdf", pages=1)
    frames = [Image.new("1", (827, 1169), 1) for _ in range(3)]
    path = tmp_path / "a.pdf"  # what a file is comes from its bytes
    frames[0].save(
        path, format="TIFF", save_all=True, append_images=frames[1:], dpi=(100, 100),
        compression="group4",
    )  # fmt: skip
    assert count_pages(path, "a.pdf", SETTINGS) == 3
    image = render_page(path, "a.pdf", 3, SETTINGS)
    assert (image.pixels.shape, image.dpi) == ((1169, 827), 100)


def test_a_truncated_pdf_gives_the_pages_it_has(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", pages=2)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 200])
    assert count_pages(path, "a.pdf", SETTINGS) >= 1
    assert render_page(path, "a.pdf", 1, SETTINGS).pixels.size


def test_text_of_another_language_is_left_to_ocr(tmp_path: Path) -> None:
    path = tmp_path / "english.pdf"
    page = canvas.Canvas(str(path))
    for row in range(30):
        page.drawString(72, 720 - 18 * row, "The quick brown fox jumps over the lazy dog again")
    page.save()
    assert read_text_layer(path, "english.pdf", 1, SETTINGS) is None


@pytest.mark.parametrize("word", ["nghiêng", "Uỷ", "khuyến", "ỦY", "gì", "quốc", "Đắk"])
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["närn", "cüa", "tlSnh", "QUYETDJNH", "nghÜa", "thcing"])
def test_debris_of_wrong_engines_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@needs_real
def test_a_sound_layer_gives_the_words_of_pdftotext() -> None:
    path = REAL / "text_layer" / "t01.pdf"
    page = read_text_layer(path, "t01.pdf", 1, SETTINGS)
    assert page is not None
    assert page.text_source == "text_layer"
    assert page.second == page.lines  # nobody misread it
    texts = [line.text for line in page.lines]
    assert texts[:2] == ["UBND TỈNH BÌNH THUẬN", "SỞ NỘI VỤ"]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in texts
    assert read_text_layer(path, "t01.pdf", 1, RenderSettings(text_layer="never")) is None


@needs_real
@pytest.mark.parametrize("name", ["d10", "d13", "d16", "d19", "d20"])
def test_hidden_layers_of_scanning_software_are_not_believed(name: str) -> None:
    assert read_text_layer(REAL / "letters" / f"{name}.pdf", name, 1, SETTINGS) is None


@needs_real
def test_a_signature_over_a_scan_is_kept_as_an_overlay() -> None:
    image = render_page(REAL / "letters" / "d15.pdf", "d15.pdf", 1, SETTINGS)
    assert [overlay.text for overlay in image.overlays] == [
        "SAO Y; ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ; Thời gian ký: 01/11/2023 14:22:35 +07:00"
    ]
