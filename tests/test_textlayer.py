"""Words that a program printed over others are in a text layer once."""

from __future__ import annotations

from dataclasses import replace

from pipeline.page import Word
from pipeline.textlayer import Flow, without_covered
from tests.factories import words


def flow(*lines: tuple[Word, ...]) -> Flow:
    return Flow(lines)


def text(*flows: Flow) -> list[str]:
    return sorted(word.text for one in flows for line in one.lines for word in line)


def shifted(row: tuple[Word, ...], x: float, y: float) -> tuple[Word, ...]:
    def moved(word: Word) -> Word:
        box = word.bbox
        return replace(
            word,
            bbox=replace(
                box, left=box.left + x, right=box.right + x, top=box.top + y, bottom=box.bottom + y
            ),
        )

    return tuple(map(moved, row))


def test_a_number_put_in_by_a_program_hides_the_blank_under_it() -> None:
    blank = words("Số:     /QĐ-SNV", left=92)
    filled = shifted(words("Số: 5880/QĐ-SNV", left=92), -3.0, -2.0)
    assert text(*without_covered((flow(filled), flow(blank)))) == ["5880/QĐ-SNV", "Số:"]
    assert text(*without_covered((flow(blank), flow(filled)))) == ["5880/QĐ-SNV", "Số:"]


def test_the_same_word_elsewhere_and_other_words_in_one_place_stay() -> None:
    row = words("Hà Nội, Hà Nội,", left=92)
    below = shifted(row, 0.0, 11.0)
    other = words("MẬT", left=92)
    assert len(text(*without_covered((flow(row), flow(below), flow(other))))) == 9
