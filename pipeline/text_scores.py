"""How well the text of a page was read: error rates over true and seen lines.

Rates are over grapheme clusters of NFC text, with white space folded to single spaces
and every dash to `-`: people who transcribe do not tell its lengths apart.
The order of reading does not touch the error rates; it has figures of its own. Seen
text that fits no true line is `extra` and stands beside the character error rate.
This module knows nothing of files or of who read the page.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.line_alignment import HOLE, Alignment, Covered, align
from pipeline.scoring import distance, edits
from pipeline.vietnamese import nfc, plain_signs, strip_tones

#: A line of which less than this share was seen is dropped.
DROPPED_BELOW = 0.5

#: Zones whose text is no part of the letter's print.
_UNSCORED_ZONES = frozenset({"stamps", "page_number"})


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A printed line; `HOLE` stands for handwriting or an illegible spot in it."""

    text: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class TextScore:
    """Counts over one page or many; add them up with `total`.

    Attributes:
        graphemes, words, lines: of the truth.
        edits: graphemes wrong, lacking or too many in what was seen of the lines.
        edits_without_tones: the same with the five tone marks taken off both sides.
        extra: graphemes seen that fit no line.
        word_edits: words wrong, lacking or too many.
        tone_marks: graphemes of the truth that carry a tone mark.
        tone_errors: graphemes that differ in nothing but the tone mark.
        numbers, numbers_right: words with a digit (numbers, dates, symbols), and those
            of them that were seen exactly.
        dropped: lines of which less than `DROPPED_BELOW` was seen.
        zone_pairs, zone_pairs_ordered: pairs of zones, and those seen in true order.
        line_steps, line_steps_kept: neighbouring lines of one zone, and those seen with
            no other line of the truth between them, in true order.
    """

    graphemes: int = 0
    edits: int = 0
    edits_without_tones: int = 0
    extra: int = 0
    words: int = 0
    word_edits: int = 0
    tone_marks: int = 0
    tone_errors: int = 0
    numbers: int = 0
    numbers_right: int = 0
    lines: int = 0
    dropped: int = 0
    zone_pairs: int = 0
    zone_pairs_ordered: int = 0
    line_steps: int = 0
    line_steps_kept: int = 0

    def without_extra(self) -> TextScore:
        """The same counts with no say on text that fits no line."""
        return dataclasses.replace(self, extra=0)

    @property
    def cer(self) -> float:
        """Character error rate of the true lines; extra text aside."""
        return self.edits / max(self.graphemes, 1)

    @property
    def cer_with_extra(self) -> float:
        """Character error rate with the seen text that fits nowhere."""
        return (self.edits + self.extra) / max(self.graphemes, 1)

    @property
    def cer_without_tones(self) -> float:
        """Character error rate as if there were no tone marks."""
        return self.edits_without_tones / max(self.graphemes, 1)

    @property
    def wer(self) -> float:
        """Word error rate of the true lines; extra text aside."""
        return self.word_edits / max(self.words, 1)

    @property
    def tone_error_rate(self) -> float:
        """Graphemes with nothing but the tone mark wrong, over marks in the truth."""
        return self.tone_errors / max(self.tone_marks, 1)

    @property
    def numbers_exact(self) -> float:
        """Share of the words with a digit that were seen exactly."""
        return self.numbers_right / max(self.numbers, 1)

    @property
    def zone_order(self) -> float:
        """Share of zone pairs seen in true order."""
        return self.zone_pairs_ordered / max(self.zone_pairs, 1)

    @property
    def line_order(self) -> float:
        """Share of neighbouring lines of a zone that were seen as neighbours."""
        return self.line_steps_kept / max(self.line_steps, 1)


@dataclass(frozen=True, slots=True)
class PageText:
    """The score of one page, with the lines that were not seen or not seen rightly."""

    score: TextScore
    dropped: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    unmatched: tuple[str, ...]


def score_page(truth: Sequence[TrueLine | str], seen: Iterable[str]) -> PageText:
    """The score of one page's lines; lines of plain text have no holes and no zone."""
    listed = [TrueLine(line) if isinstance(line, str) else line for line in truth]
    signs: dict[str, str] = {}
    left = [_one_sign_each(line.text, signs) for line in listed]
    right = [_one_sign_each(line.replace(HOLE, ""), signs) for line in seen]
    kept = [at for at, text in enumerate(left) if text.strip(HOLE + " ")]
    alignment = align([left[at] for at in kept], [line for line in right if line])
    zones = [listed[at].zone for at in kept]
    back = {sign: cluster for cluster, sign in signs.items()}
    scores = [_score_line(line, back) for line in alignment.lines]
    scores.append(_score_order(alignment, zones))
    scores.append(TextScore(extra=sum(map(len, alignment.unmatched))))

    def shown(text: str) -> str:
        return "".join(back.get(char, char) for char in text)

    return PageText(
        score=total(scores),
        dropped=tuple(shown(line.text) for line in alignment.lines if _is_dropped(line)),
        wrong=tuple(
            (shown(line.text), shown(line.seen))
            for line in alignment.lines
            if line.text != line.seen and not _is_dropped(line)
        ),
        unmatched=tuple(map(shown, alignment.unmatched)),
    )


def total(scores: Iterable[TextScore]) -> TextScore:
    """The counts of many pages added up."""
    listed = list(scores)
    names = [field.name for field in dataclasses.fields(TextScore)]
    return TextScore(**{name: sum(getattr(one, name) for one in listed) for name in names})


def read_page_truth(text: str) -> list[TrueLine]:
    """The printed lines of a transcription with `[zone]` lines above each zone.

    `{written by hand}` and `{?}` become holes; stamps and page numbers are left out.
    """
    zone, lines = "", []
    for line in text.splitlines():
        mark = re.fullmatch(r"\[([a-z_]+)\]", line.strip())
        if mark:
            zone = mark[1]
        elif line.strip() and zone not in _UNSCORED_ZONES:
            printed = re.sub(r"\s*\{[^{}]*\}\s*", HOLE, nfc(line.strip()))
            if printed.strip(HOLE):
                lines.append(TrueLine(printed, zone))
    return lines


def graphemes(text: str) -> list[str]:
    """The grapheme clusters of NFC text: a sign with the marks that have no NFC form."""
    clusters: list[str] = []
    for char in nfc(text):
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _one_sign_each(text: str, signs: dict[str, str]) -> str:
    """The text with each cluster as one character; new ones get a private-use sign."""
    out = []
    for cluster in graphemes(" ".join(plain_signs(text).split())):
        if len(cluster) > 1:
            cluster = signs.setdefault(cluster, chr(0xE000 + len(signs)))
        out.append(cluster)
    return "".join(out)


def _is_dropped(line: Covered) -> bool:
    return distance(line.text, line.seen) > (1 - DROPPED_BELOW) * len(line.text)


def _score_line(line: Covered, back: Mapping[str, str]) -> TextScore:
    words, seen_words = line.text.split(), line.seen.split()
    numbers = Counter(word for word in words if re.search(r"\d", word))
    changed = edits(line.text, line.seen)
    return TextScore(
        graphemes=len(line.text),
        edits=len(changed),
        edits_without_tones=distance(strip_tones(line.text), strip_tones(line.seen)),
        words=len(words),
        word_edits=distance(words, seen_words),
        tone_marks=sum(strip_tones(back.get(sign, sign)) != sign for sign in line.text),
        tone_errors=sum(
            tag == "replace" and strip_tones(line.text[a]) == strip_tones(line.seen[b])
            for tag, a, b in changed
        ),
        numbers=numbers.total(),
        numbers_right=(numbers & Counter(seen_words)).total(),
        lines=1,
        dropped=_is_dropped(line),
    )


def _score_order(alignment: Alignment, zones: Sequence[str]) -> TextScore:
    found = [
        (line.position, zone)
        for line, zone in zip(alignment.lines, zones, strict=True)
        if line.position is not None
    ]
    first: dict[str, list[tuple[int, int]]] = {}
    for position, zone in found:
        first.setdefault(zone, []).append(position)
    # The median line stands for its zone: one stray match must not turn the order.
    middles = [sorted(positions)[len(positions) // 2] for positions in first.values()]
    pairs = list(itertools.combinations(middles, 2))
    order = {position: at for at, position in enumerate(sorted(one for one, _ in found))}
    steps = [(order[a], order[b]) for (a, za), (b, zb) in itertools.pairwise(found) if za == zb]
    return TextScore(
        zone_pairs=len(pairs),
        zone_pairs_ordered=sum(left < right for left, right in pairs),
        line_steps=len(steps),
        line_steps_kept=sum(right == left + 1 for left, right in steps),
    )
