"""Two readings of a line: word by word the likelier is taken, the other stays beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.choice import choose
from pipeline.page import BBox, Line, Word
from tests.factories import line, page


def both(engine: Line, network: Line) -> tuple[str, str]:
    """The text that is taken and the text that stays beside it."""
    found = choose(page(engine), [network.words])
    return (
        " ".join(one.text for one in found.lines),
        " ".join(one.text for one in found.second),
    )


@pytest.mark.parametrize(
    ("engine", "network", "taken"),
    [
        (("thâm", 0.70), ("thẩm", 0.97), "thẩm"),  # the network errs less
        (("thẩm", 0.97), ("thâm", 0.60), "thẩm"),  # and knows when it may err
        (("phổ", 0.75), ("phỗ", 0.95), "phổ"),  # what is no syllable is doubted
        (("§26/QĐ-UBND", 0.9), ("826/QĐ-UBND", 0.85), "826/QĐ-UBND"),
        (("24/2009/TT-BTTTT", 0.5), ("24/2009/TT-BTTT", 0.9), "24/2009/TT-BTTTT"),  # run together
        (("CNTTT", 0.75), ("CNTT", 0.99), "CNTT"),  # and the engine sees one too many
        (("VII.", 0.75), ("VI.", 0.99), "VII."),
        (("35/2024/NĐ-CP.", 0.96), ("35/2024/NĐ-CP,", 0.35), "35/2024/NĐ-CP."),
    ],
)
def test_the_likelier_word_is_taken_and_the_other_kept(
    engine: tuple[str, float], network: tuple[str, float], taken: str
) -> None:
    mine = line(engine[0], top=100, confidence=engine[1])
    theirs = line(network[0], top=100, confidence=network[1])
    found, rest = both(mine, theirs)
    assert taken == found
    assert {engine[0], network[0]} == {found, rest}


def test_a_word_that_both_read_is_as_sure_as_the_surer_of_them() -> None:
    mine, theirs = (line("Quyết định", 100, confidence=share) for share in (0.6, 0.98))
    found = choose(page(mine), [theirs.words])
    assert [0.98, 0.98] == [word.confidence for word in found.lines[0].words]
    assert "Quyết định" == found.second[0].text


def test_a_word_that_is_denied_is_never_as_sure_as_one_that_is_not() -> None:
    for engine, network in ((0.99, 0.3), (0.3, 1.0)):
        mine = line("Giám", 100, confidence=engine)
        theirs = line("Giảm", 100, confidence=network)
        (word,) = choose(page(mine), [theirs.words]).lines[0].words
        assert word.confidence < 0.97


def test_figures_that_a_hand_wrote_say_nothing_against_the_print_beside_them() -> None:
    engine = Line((Word("mm", BBox(100, 100, 170, 113), 0.84),))
    words = line("ngày 3 tháng", top=100, left=100, confidence=0.99).words
    network = Line((words[0], replace(words[1], confidence=0.4), words[2]))
    assert both(engine, network) == ("ngày 3 tháng", "mm")
    figures = Line((Word("12", BBox(100, 100, 170, 113), 0.84),))
    assert both(figures, network) == ("12", "ngày 3 tháng")


def test_specks_that_the_engine_took_for_signs_go_and_words_stay() -> None:
    engine = line("_ Giám đốc", top=100, left=90, confidence=0.6)
    words = engine.words
    network = Line(words[1:])
    assert ("Giám đốc", "Giám đốc") == both(engine, network)
    assert (
        "Sở Giám đốc"
        == both(
            line("Sở Giám đốc", top=100, confidence=0.6),
            Line(line("Sở Giám đốc", top=100, confidence=0.6).words[1:]),
        )[0]
    )


def test_a_line_that_the_network_did_not_read_stays_and_nothing_vouches_for_it() -> None:
    first, other = line("Sở Y tế", top=100), line("Phòng Y tế", top=130)
    found = choose(page(first, other), [first.words, None])
    assert (first, other) == found.lines
    assert [first.text] == [one.text for one in found.second]


def test_words_of_one_place_are_chosen_each_by_itself() -> None:
    mine = line("THÔNG TIN", top=100, confidence=0.9)
    words = line("THỒNG TN", top=100).words
    theirs = (replace(words[0], confidence=0.3), replace(words[1], confidence=0.97))
    wide = tuple(replace(word, bbox=word.bbox.expand(4, 0)) for word in theirs)
    (found,) = choose(page(mine), [wide]).lines
    assert "THÔNG TN" == found.text


def test_a_box_that_a_seal_made_tall_is_not_the_words_height() -> None:
    low = Word("Điều", BBox(100, 312, 130, 322), 0.6)
    tall = Word("3,", BBox(132, 300, 140, 330), 0.6)
    said = (Word("Điều3;", BBox(101, 300, 139, 330), 0.99),)
    (found,) = choose(page(Line((low, tall))), [said]).lines
    assert (312, 322) == (found.bbox.top, found.bbox.bottom)


def test_a_network_that_saw_a_part_of_the_ink_is_not_believed() -> None:
    mine = line("-SYT", top=100, confidence=0.93)
    box = mine.words[0].bbox
    said = (Word("-", BBox(box.left, box.top, box.left + 5, box.bottom), 0.99),)
    (found,) = choose(page(mine), [said]).lines
    assert "-SYT" == found.text
