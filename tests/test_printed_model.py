"""What the reader of printed lines is trained on: composed lines, and lines cut from real pages."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from models.printed import labels, real_cuts, true_lines
from models.printed.compose import WIDEST, Composer
from models.printed.measure import right_words, score
from models.printed.samples import LONGEST, RealLine, Samples, load_lines, save_lines, spans
from models.printed.text import Writer
from pipeline.line_strips import page_ink, rows_of
from pipeline.page import BBox, Line, Word
from pipeline.printed import ALPHABET, PLAIN, STRIP_HEIGHT, Seen, load_reader, words_of
from pipeline.text_scores import TrueLine
from tests.factories import line

FONTS = Path("/usr/share/fonts")
SIGNS = frozenset(ALPHABET)
DPI = 300.0
POINT = DPI / 72


@pytest.fixture(scope="module")
def composer() -> Composer:
    try:
        return Composer(FONTS, 3)
    except FileNotFoundError as error:
        pytest.skip(str(error))


def test_text_is_of_signs_that_the_network_can_write_and_the_same_for_a_seed() -> None:
    one, other = (Writer(np.random.default_rng(5)) for _ in range(2))
    lines = [one.line() for _ in range(300)]
    assert lines == [other.line() for _ in range(300)]
    assert len(set(lines)) > 270
    for text in lines:
        assert SIGNS.issuperset(text.translate(PLAIN))
        assert text == " ".join(text.split())
        assert unicodedata.is_normalized("NFC", text)


def test_every_kind_of_line_is_written_and_every_sign_is_met() -> None:
    writer = Writer(np.random.default_rng(5))
    assert len({kind() for kind, _ in writer.kinds}) == len(writer.kinds)
    assert writer.shares[-1] == pytest.approx(1)
    met = set("".join(writer.strange() for _ in range(3000)).translate(PLAIN))
    assert SIGNS <= met


def test_a_seed_composes_the_same_lines_again(composer: Composer) -> None:
    composer.reseed(7)
    first = [composer.sample() for _ in range(30)]
    composer.reseed(7)
    again = [composer.sample() for _ in range(30)]
    composer.reseed(8)
    other = [composer.sample() for _ in range(30)]
    assert [one.text for one in first] == [one.text for one in again]
    assert all(np.array_equal(a.strip, b.strip) for a, b in zip(first, again, strict=True))
    assert [one.text for one in first] != [one.text for one in other]


def test_signs_stand_inside_of_their_strip_from_left_to_right(composer: Composer) -> None:
    composer.reseed(9)
    for sample in (composer.sample() for _ in range(60)):
        assert sample.strip.shape[0] == STRIP_HEIGHT
        assert len(sample.places) == len(sample.text)
        assert SIGNS.issuperset(sample.text)
        assert (np.diff(sample.places) > 0).all()
        if sample.text:
            assert sample.places[0] >= 0
            assert sample.places[-1] <= sample.strip.shape[1]


def test_the_shipped_network_reads_composed_lines_where_they_stand(composer: Composer) -> None:
    composer.reseed(10)
    samples, reader = [composer.sample() for _ in range(40)], load_reader()
    seen = [words_of(reader.scores(one.strip)) for one in samples]
    read = score([" ".join(w.text for w in words) for words in seen], [s.text for s in samples])
    assert read.exact > 28
    for words, sample in zip(seen, samples, strict=True):
        if " ".join(word.text for word in words) == sample.text and words:
            assert words[0].left <= sample.places[0] <= words[0].right
            assert words[-1].left <= sample.places[-1] <= words[-1].right


def test_what_is_too_wide_or_too_long_is_no_sample() -> None:
    samples = Samples.empty(1)
    strip = np.full((STRIP_HEIGHT, 100), 9, np.uint8)
    assert not samples.put(0, np.zeros((STRIP_HEIGHT, WIDEST + 1), np.uint8), "a", None)
    assert not samples.put(0, strip, "a" * (LONGEST + 1), None)
    assert samples.put(0, strip, "ab", np.array([3.0, 9.0]))
    assert [ALPHABET[code - 1] for code in samples.codes[0] if code] == ["a", "b"]
    assert samples.strips[0].sum() == 9 * strip.size
    assert samples.places[0, :2].tolist() == [3.0, 9.0]


def real_line(width: int = 1000) -> RealLine:
    """Ten words of two signs, each on ink as dark as its place says."""
    edges = np.linspace(0, width, 11)
    strip = np.zeros((STRIP_HEIGHT, width), np.uint8)
    for at in range(10):
        strip[:, round(edges[at]) : round(edges[at + 1])] = 20 * at + 10
    boxes = np.stack([edges[:-1] + 5, edges[1:] - 5], axis=1)
    text = " ".join(f"{at}{at}" for at in range(10))
    return RealLine(strip, text, boxes, "m001.pdf 1", "seen")


def test_lines_are_kept_and_loaded_as_they_were(tmp_path: Path) -> None:
    lines = [real_line(1000), real_line(700)]
    save_lines(tmp_path / "lines.npz", lines)
    loaded = load_lines(tmp_path / "lines.npz")
    assert len(loaded) == 2
    for line_, kept in zip(lines, loaded, strict=True):
        assert np.array_equal(line_.strip, kept.strip)
        assert (line_.text, line_.source, line_.seen) == (kept.text, kept.source, kept.seen)
        assert np.allclose(line_.words, kept.words)


def test_a_span_has_the_ink_of_its_words() -> None:
    samples = spans([real_line()], 40, np.random.default_rng(1))
    firsts = set()
    for strip, codes in zip(samples.strips, samples.codes, strict=True):
        words = "".join(ALPHABET[code - 1] for code in codes if code).split()
        darks = [int(word[0]) * 20 + 10 for word in words]
        assert np.unique(strip[strip > 0]).tolist() == darks
        firsts.add(words[0])
    assert len(firsts) > 5


@pytest.mark.parametrize(
    ("first", "second", "confidence", "is_taken"),
    [
        ("Căn cứ Quyết định số 12/QĐ-UBND", "Căn cứ Quyết định số 12/QĐ-UBND", 0.9, True),
        ("Thực hiện “Kế hoạch” – số", 'Thực hiện "Kế hoạch" - số', 0.9, True),
        ("của Sở Y tế, các đơn vị", "của Sở Y tế. các đơn vị", 0.85, True),  # its ink will tell
        ("Thực hiện kế hoạch số", "Thực hiên kế hoạch số", 0.9, True),  # nobody spells `hiên kế`
        ("Thực hiện kế hoạch số", "Thực hiện kế hoạch khác", 0.95, False),
        ("ngày 12 tháng 8 năm", "ngày 13 tháng 8 năm", 0.95, False),
        ("Thực hiện kế hoạch số", "", 0.95, False),
    ],
)
def test_a_line_is_labelled_where_two_readings_agree(
    first: str, second: str, confidence: float, is_taken: bool
) -> None:
    read = line(first, confidence=confidence)
    assert labels.may_be_right(read)
    wanted = first.replace("“", '"').replace("”", '"').replace("–", "-") if is_taken else None
    assert labels.agreed(read, second) == wanted


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Căn cứ Quyết định số 12/QĐ-UBND", 0.6),  # doubtful
        ("Căn cứ Quyết định số 12/QĐ-UBND", 0.8),  # doubtful digits
        ("Thực hiện ké hoạch sô", 0.95),  # neighbours say other marks
        ("Điều 0] Nghị định", 0.95),
        ("các đơn vị | Sở Y tế", 0.95),
        ("phòng OLCL của Sở", 0.95),
        ("thực hiệnx kế hoạch", 0.8),
        ("ab", 0.95),
    ],
)
def test_a_line_that_may_be_misread_is_not_asked_about(text: str, confidence: float) -> None:
    assert not labels.may_be_right(line(text, confidence=confidence))


def printed(text: str, *, stray: bool = False) -> tuple[np.ndarray, Line]:
    """A page with one line of print, and the line as an engine sees it."""
    font = ImageFont.truetype("LiberationSerif-Regular.ttf", round(13 * POINT))
    page = Image.new("L", (1800, 400), 255)
    draw = ImageDraw.Draw(page)
    x, found = 200.0, []
    for word in text.split():
        draw.text((x, 200), word, 0, font=font, anchor="ls")
        left, top, right, bottom = draw.textbbox((x, 200), word, font=font, anchor="ls")
        box = BBox(left / POINT, top / POINT, right / POINT, bottom / POINT)
        found.append(Word(word, box, 0.9))
        x += font.getlength(word + " ")
    if stray:
        draw.rectangle((x, 176, x + 20, 200), fill=0)
    return np.asarray(page), Line(tuple(found))


def test_a_strip_holds_the_line_and_its_words() -> None:
    pixels, seen = printed("Sở Y tế tỉnh, các đơn vị.")
    ink = page_ink(pixels, DPI)
    strip = real_cuts.cut_whole(ink, seen, [rows_of(ink, seen)], seen.text)
    assert strip is not None
    assert strip.ink.shape[0] == STRIP_HEIGHT
    read = words_of(load_reader().scores(strip.ink))
    assert " ".join(word.text for word in read) == seen.text
    for word, (left, right) in zip(read, strip.words, strict=True):
        assert left - 6 < word.left < word.right < right + 6


@pytest.mark.parametrize("misread", ["Sở Y tế tỉnh. các đơn vị.", "Sở Y tế tỉnh, các đơn vị,"])
def test_a_last_sign_that_its_ink_denies_is_not_learned(misread: str) -> None:
    pixels, seen = printed("Sở Y tế tỉnh, các đơn vị.")
    ink = page_ink(pixels, DPI)
    assert real_cuts.cut_whole(ink, seen, [rows_of(ink, seen)], misread) is None


def test_ink_that_no_word_has_makes_a_line_unfit_and_a_measured_one_longer() -> None:
    pixels, seen = printed("Sở Y tế tỉnh", stray=True)
    ink = page_ink(pixels, DPI)
    assert real_cuts.cut_whole(ink, seen, [rows_of(ink, seen)], seen.text) is None
    longer = real_cuts.grown(ink, seen, [seen])
    assert longer.text == seen.text
    assert longer.bbox.right > seen.bbox.right + 4
    assert longer.bbox.left == pytest.approx(seen.bbox.left, abs=0.5)


def test_true_lines_are_found_among_the_words_seen() -> None:
    truth = [
        TrueLine("Căn cứ Quyết định số 5"),
        TrueLine("Số: \0/QĐ-UBND"),
        TrueLine("Nơi nhận: Như trên – Lưu"),
        TrueLine("Điều này không ai thấy"),
        TrueLine("các sở, ban, ngành trong tỉnh"),
    ]
    seen = [
        line("Nơi nhận: Nhu trên - Lưu KT. GIÁM ĐỐC"),
        line("Căn cứ Quyết đinh số 5"),
        line("các sở, ban, ngành"),
    ]
    found = {one.text: one.line.text for one in true_lines.find(truth, seen)}
    assert found == {
        "Nơi nhận: Như trên - Lưu": "Nơi nhận: Nhu trên - Lưu",
        "Căn cứ Quyết định số 5": "Căn cứ Quyết đinh số 5",
    }


def test_words_are_right_where_they_stand_in_the_text() -> None:
    seen = [Seen(text, 0, 1, 0.9) for text in ("Sở", "Y", "té", "tỉnh", "tỉnh")]
    assert right_words(seen, "Sở Y tế tỉnh") in (
        [True, True, False, True, False],
        [True, True, False, False, True],
    )
    assert score(["Sở Y té", "a"], ["Sở Y tế", "a"]).edits == 1
