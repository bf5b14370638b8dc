"""Measure the text of a run against pages that people transcribed.

A transcription is named after its file and page, `d01p1.txt` for page 1 of `d01.pdf`.
This module knows the output folder and nothing of how lines are compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.evaluation_report import table
from pipeline.seen import SeenLetter, read_output
from pipeline.text_scores import PageText, TextScore, read_page_truth, score_page, total
from pipeline.truth import TruthError


@dataclass(frozen=True, slots=True)
class TextEvaluation:
    """The scores of the transcribed pages, by name.

    Attributes:
        lacking: transcribed pages of which the output has no text; they count as pages
            of which nothing was seen.
        shared: pages whose letter has further pages. The output has the text of whole
            letters, so text that fits no line cannot be told from the other pages',
            and is not counted.
    """

    pages: Mapping[str, PageText]
    lacking: tuple[str, ...]
    shared: tuple[str, ...]

    @property
    def score(self) -> TextScore:
        """The counts of all pages."""
        return total(page.score for page in self.pages.values())


def evaluate_text(out: Path, page_text_dir: Path) -> TextEvaluation:
    """The text of `out` against the transcriptions in `page_text_dir`.

    Raises:
        OutputError: a table of the output is missing or cannot be read.
        TruthError: there are no transcriptions, or one cannot be read.
    """
    paths = sorted(page_text_dir.glob("*p[0-9]*.txt"))
    if not paths:
        message = f"{page_text_dir}: no transcriptions (d01p1.txt) here"
        raise TruthError(message)
    letters = read_output(out)
    pages: dict[str, PageText] = {}
    lacking, shared = [], []
    for path in paths:
        try:
            truth = read_page_truth(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            message = f"{path}: cannot read this transcription: {error}"
            raise TruthError(message) from error
        letter = _letter_of(path.stem, letters)
        text = _text_of(out, letter)
        page = score_page(truth, text.splitlines())
        if not text:
            lacking.append(path.stem)
        elif letter is not None and letter.first_page != letter.last_page:
            shared.append(path.stem)
            page = PageText(page.score.without_extra(), page.dropped, page.wrong, ())
        pages[path.stem] = page
    return TextEvaluation(pages, tuple(lacking), tuple(shared))


def report_text(evaluation: TextEvaluation) -> str:
    """A Markdown table with a row for each page and one for all."""
    rows = [_row(name, page.score) for name, page in evaluation.pages.items()]
    rows.append(_row("all", evaluation.score))
    header = (
        "page", "lines", "CER", "CER, no tones", "WER", "tone marks wrong", "numbers exact",
        "lines dropped", "zone order", "line order",
    )  # fmt: skip
    lines = [
        "## Text",
        "Errors over the printed lines by best alignment, reading order aside; a line is "
        "dropped if less than half of it was seen. Zone order: pairs of zones in true order; "
        "line order: neighbouring lines of a zone that were read as neighbours.",
        table(header, rows),
    ]
    if evaluation.lacking:
        lines.append("No text in the output: " + ", ".join(evaluation.lacking) + ".")
    return "\n\n".join(lines) + "\n"


def _row(name: str, score: TextScore) -> tuple[str, ...]:
    return (
        name,
        str(score.lines),
        *(f"{100 * rate:.2f} %" for rate in (score.cer, score.cer_without_tones, score.wer)),
        f"{100 * score.tone_error_rate:.2f} %",
        f"{100 * score.numbers_exact:.1f} %",
        str(score.dropped),
        f"{score.zone_order:.2f}",
        f"{score.line_order:.2f}",
    )


def _letter_of(name: str, letters: list[SeenLetter]) -> SeenLetter | None:
    """The letter on the page that a transcription is named after."""
    match = re.fullmatch(r"(?P<stem>.+)p(?P<page>\d+)", name)
    if match is None:
        return None
    page = int(match["page"])
    for letter in letters:
        same = PurePosixPath(letter.row["source_path"]).stem == match["stem"]
        if same and letter.first_page <= page <= letter.last_page:
            return letter
    return None


def _text_of(out: Path, letter: SeenLetter | None) -> str:
    if letter is None:
        return ""
    try:
        return (out / "text" / f"{letter.row['document_id']}.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
