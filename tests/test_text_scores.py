"""Error rates of lines whose faults were put in by hand."""

from __future__ import annotations

import os
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text_scores import TrueLine, graphemes, read_page_truth, score_page

REAL = Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))

HEADER = [
    TrueLine("UBND TỈNH KIÊN GIANG", "issuer"),
    TrueLine("SỞ Y TẾ", "issuer"),
    TrueLine("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "motto"),
    TrueLine("Độc lập - Tự do - Hạnh phúc", "motto"),
    TrueLine("Sở Y tế đề nghị các đơn vị quan tâm thực hiện.", "body"),
]
PLAIN = [line.text for line in HEADER]


def test_a_page_against_itself_has_no_errors() -> None:
    page = score_page(HEADER, PLAIN)
    score = page.score
    assert (score.edits, score.extra, score.word_edits, score.dropped) == (0, 0, 0, 0)
    assert (score.zone_order, score.line_order) == (1, 1)
    assert page.wrong == page.dropped == page.unmatched == ()


def test_order_of_reading_does_not_touch_the_error_rate() -> None:
    score = score_page(HEADER, PLAIN[::-1]).score
    assert score.cer_with_extra == 0
    assert (score.zone_order, score.line_order) == (0, 0)


def test_lines_of_two_columns_read_as_one_cost_order_and_not_letters() -> None:
    merged = [f"{PLAIN[0]} {PLAIN[2]}", f"{PLAIN[1]} {PLAIN[3]}", PLAIN[4]]
    score = score_page(HEADER, merged).score
    assert (score.edits, score.extra, score.dropped) == (0, 0, 0)
    assert score.zone_order == 1
    assert (score.line_steps, score.line_steps_kept) == (2, 0)


def test_a_line_broken_at_a_gap_is_one_line() -> None:
    seen = [*PLAIN[:4], "Sở Y tế đề nghị các đơn vị", "quan tâm thực hiện."]
    assert score_page(HEADER, seen).score.cer_with_extra == 0


def test_a_dropped_line_is_lost_whole_and_a_short_one_is_not_found_in_the_body() -> None:
    page = score_page(HEADER, [PLAIN[0], *PLAIN[2:]])
    assert page.dropped == ("SỞ Y TẾ",)
    assert page.score.edits == len("SỞ Y TẾ")
    assert page.score.word_edits == 3


def test_text_that_is_not_on_the_page_stands_beside_the_error_rate() -> None:
    page = score_page(HEADER, [*PLAIN, "~ ¬ xx"])
    assert page.score.cer == 0
    assert page.score.extra == 6
    assert page.unmatched == ("~ ¬ xx",)


def test_tone_marks_have_a_rate_of_their_own() -> None:
    score = score_page(["Độc lập - Tự do - Hạnh phúc"], ["Độc lâp - Tự đo - Hanh phúc"]).score
    assert (score.edits, score.tone_errors, score.edits_without_tones) == (3, 2, 1)
    assert score.tone_marks == 5


def test_numbers_count_only_when_exact() -> None:
    truth = ["Thực hiện Công văn số 15/PAS-KSDB ngày 03/01/2018"]
    score = score_page(truth, ["Thực hiện Công văn số 15/PAS-KSDB ngày 08/01/2018"]).score
    assert (score.numbers, score.numbers_right) == (2, 1)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Số: {2107} /SYT-NVY", "Số: 2À0+ /SYT-NVY"),
        ("Số:{1979}/SYT-TCCB", "Số: /SYT-TCCB"),
        ("Kiên Giang, ngày {16} tháng {10} năm 2017", "Kiên Giang, ngày ⁄6 tháng 4© năm 2017"),
        ("{KT.} GIÁM ĐỐC", "kí GIÁM ĐỐC"),
        ("quan tâm thực hiện./. {?}", "quan tâm thực hiện./. 9Z"),
    ],
)
def test_writing_by_hand_in_a_printed_line_is_free(line: str, seen: str) -> None:
    score = score_page(read_page_truth(f"[body]\n{line}\n"), [seen]).score
    assert (score.edits, score.extra, score.dropped) == (0, 0, 0)


def test_print_around_a_hole_is_scored() -> None:
    truth = read_page_truth("[number]\nSố: {2107} /SYT-NVY\n")
    assert score_page(truth, ["Só: 21 /SYT-NVV"]).score.edits == 2


def test_stamps_and_pure_handwriting_are_no_part_of_the_truth() -> None:
    text = "[signature]\n{?}\nTạ Văn Phước\n[stamps]\nĐẾN\nSố {931}\n[page_number]\n1\n"
    assert read_page_truth(text) == [TrueLine("Tạ Văn Phước", "signature")]


def test_clusters_without_a_composed_form_count_once() -> None:
    cluster = "x\u0301"  # x with an acute accent has no NFC character of its own
    assert graphemes("a" + cluster) == ["a", cluster]
    page = score_page([f"dài {cluster} và rộng"], ["dài x và rộng"])
    assert page.score.edits == 1
    assert page.wrong == ((f"dài {cluster} và rộng", "dài x và rộng"),)


words = st.sampled_from(unicodedata.normalize("NFC", " ".join(PLAIN)).split() + ["12/QĐ-UBND"])
lines = st.lists(st.lists(words, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(lines, st.randoms(use_true_random=False))
def test_shuffled_lines_are_the_same_text(truth: list[str], rng: random.Random) -> None:
    seen = list(truth)
    rng.shuffle(seen)
    assert score_page(truth, seen).score.cer_with_extra == 0


@settings(max_examples=40, deadline=None)
@given(lines, lines)
def test_each_grapheme_is_used_once(truth: list[str], seen: list[str]) -> None:
    score = score_page(truth, seen).score
    surplus = sum(map(len, seen)) - sum(map(len, truth))
    # What was seen and is not in the truth must show up as an error or as extra text;
    # spaces where a piece was cut off are the only signs that go without a trace.
    assert score.edits + score.extra >= surplus - 2 * sum(line.count(" ") for line in seen)
    assert score.edits <= score.graphemes + sum(map(len, seen))


@pytest.mark.skipif(not REAL.is_dir(), reason="no real pages here (SOHOA_REAL_DATA)")
def test_transcribed_pages_are_found_whole_whatever_the_order() -> None:
    for path in sorted((REAL / "page_text").glob("*.txt")):
        truth = read_page_truth(path.read_text(encoding="utf-8"))
        assert truth, path.name
        seen = [line.text.replace("\0", " 47 ") for line in truth]
        score = score_page(truth, seen[::-1]).score
        assert (score.edits, score.extra, score.dropped) == (0, 0, 0), path.name
        assert score_page(truth, seen).score.zone_order == 1, path.name
