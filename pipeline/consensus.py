"""Two readings of one citing text, made one.

The second reading of a line holds the words that were not taken for it, or the same ones (see
`choice`). A number that both have alike is agreed; where they differ, the letter's other
mentions decide, then the ink. A date or a law that only one of them has whole is taken from
it. Knows nothing of the letter's fields.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.citation import Mention, find_references
from pipeline.citation.lexicons import law_names
from pipeline.page import BBox, Line, Page, Region, Word
from pipeline.textview import TextView
from pipeline.tones import Heard, restore
from pipeline.vietnamese import fold

#: What the other reading says of a mention: the same, something else, or it did not read there.
Said = Literal["same", "other", "silent"]

#: The second reading of a number is taken where its ink was that much clearer.
CLEARER = 0.3
#: Below this word confidence a mention that the other reading does not confirm is left out.
FAINT = 0.35
#: A single letter at a line's end below this word confidence is a speck.
UNSURE = 0.5
#: Points that the second reading of a cell's line may begin before the first or end behind it.
EDGE = 4.0
#: A mention that only the second reading has counts from this word confidence on.
LEGIBLE = 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    """A view with its mentions and what stands behind each.

    Attributes:
        view: the first reading's text; offsets of all mentions are in it.
        said: what the second reading says of each mention.
        clearness: lowest word confidence of each mention's figures, 0..1, as the model
            that read it gave it.
        annex_start: where the annexes begin in the view; `None` where there are none.
    """

    view: TextView
    mentions: tuple[Mention, ...]
    said: tuple[Said, ...]
    clearness: tuple[float, ...]
    annex_start: int | None = None

    def contested(self) -> tuple[int, ...]:
        """Positions of mentions that the other reading denies, or whose ink is poor."""
        pairs = enumerate(zip(self.said, self.clearness, strict=True))
        return tuple(i for i, (said, clear) in pairs if said == "other" or clear < LEGIBLE)

    def without(self, positions: Iterable[int]) -> Reading:
        """The reading without the mentions at these positions."""
        left_out = set(positions)
        kept = [i for i in range(len(self.mentions)) if i not in left_out]
        return Reading(
            self.view,
            tuple(self.mentions[i] for i in kept),
            tuple(self.said[i] for i in kept),
            tuple(self.clearness[i] for i in kept),
            self.annex_start,
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A mention of one reading: its span in the first view, its clearness."""

    mention: Mention
    start: int
    end: int
    clearness: float
    heard: bool


def without_specks(regions: Sequence[Region]) -> list[Region]:
    """The regions without specks read as a sign or a letter at a line's ends, or as a line.

    `… ngày 03 tháng 4 năm |` would part a date from its year.
    """
    out = []
    for region in regions:
        lines = [kept for line in region.lines if (kept := _without_specks(line)) is not None]
        if lines:
            out.append(replace(region, lines=tuple(lines)))
    return out


def _without_specks(line: Line) -> Line | None:
    words = list(line.words)
    while words and _is_speck(words[-1]):
        words.pop()
    while words and _is_speck(words[0]):
        words.pop(0)
    if not words or (len(words) == 1 and re.fullmatch(r"[^\d\w]|[^\W\d]", words[0].text)):
        return None
    return line if len(words) == len(line.words) else replace(line, words=tuple(words))


def _is_speck(word: Word) -> bool:
    """A lone stroke, or a single letter that the engine was not sure of."""
    if re.fullmatch(r"[|¦_~^`'‘’°¬—\\]{1,2}", word.text):
        return True
    return len(word.text) == 1 and word.text.isalpha() and word.confidence < UNSURE


def read_both(regions: Sequence[Region], pages: Sequence[Page], heard: Heard | None) -> Reading:
    """The directives named in `regions`, as both readings together tell them."""
    first = _restored(TextView.over(regions), heard)
    again, read = _second_regions(regions, pages)
    second = _restored(TextView.over(again), heard)
    lines = _line_of_word(regions)
    mine = [
        _Found(
            one, one.start, one.end, _figures(first, one),
            any(lines[i] in read for i in first.indices(one.start, one.end)),
        )
        for one in _found_in(first)
    ]  # fmt: skip
    if not read:
        return _reading(first, [(one, "silent") for one in mine])
    spans = _Spans(first, lines, second, _line_of_word(again))
    theirs = [spans.moved(one, _figures(second, one)) for one in _found_in(second)]
    return _reading(first, _settled(mine, theirs))


def _found_in(view: TextView) -> list[Mention]:
    """The directives that the text names, none out of two zones or two cells of a table."""
    return [
        one for one in find_references(view.text) if "\n\n" not in view.text[one.start : one.end]
    ]


def _reading(view: TextView, settled: Sequence[tuple[_Found, Said]]) -> Reading:
    ordered = sorted(settled, key=lambda pair: pair[0].start)
    return Reading(
        view,
        tuple(one.mention for one, _ in ordered),
        tuple(said for _, said in ordered),
        tuple(one.clearness for one, _ in ordered),
    )


def _settled(mine: Sequence[_Found], theirs: Sequence[_Found]) -> list[tuple[_Found, Said]]:
    """Every mention of the first reading beside that of the second, one of each pair."""
    votes = Counter(_key(one.mention) for one in (*mine, *theirs))
    left = list(theirs)
    out: list[tuple[_Found, Said]] = []
    for one in mine:
        other = max(left, key=lambda their: _overlap(one, their), default=None)
        if other is None or _overlap(one, other) <= 0:
            out.append((one, "other" if one.heard else "silent"))
            continue
        left.remove(other)
        if not one.heard:
            out.append((one, "silent"))
        elif _key(one.mention) == _key(other.mention):
            out.append((_completed(one, other), _said_of_dates(one, other)))
        elif (one.mention.number is None) != (other.mention.number is None):
            # `Luật … số 40/2009/OHI]` is the same law: the number is not denied
            out.append((one if one.mention.number is not None else _at(other, one), "silent"))
        else:
            out.append((_better(one, other, votes), "other"))
    out += [(one, "other") for one in left if _stands_alone(one)]
    return [(one, said) for one, said in out if said != "other" or one.clearness >= FAINT]


def _better(one: _Found, other: _Found, votes: Counter[str]) -> _Found:
    """The likelier of two different readings of one place."""
    if one.mention.number is None:
        return max(one, other, key=lambda found: (_is_law(found.mention), found.end - found.start))
    mine, theirs = votes[_key(one.mention)], votes[_key(other.mention)]
    if mine != theirs:
        chosen = one if mine > theirs else other
    else:
        chosen = other if other.clearness > one.clearness + CLEARER else one
    return _at(chosen, one)


def _completed(one: _Found, other: _Found) -> _Found:
    """The first reading with the date, issuer or title that only the second read."""
    mine, theirs = one.mention, other.mention
    date = mine.issue_date
    if date is None or (theirs.issue_date and theirs.issue_date.iso.startswith(date.iso)):
        date = theirs.issue_date
    mended = replace(mine, issue_date=date, issuer=mine.issuer or theirs.issuer)
    return replace(one, mention=mended, clearness=max(one.clearness, other.clearness))


def _said_of_dates(one: _Found, other: _Found) -> Said:
    mine, theirs = one.mention.issue_date, other.mention.issue_date
    return "other" if mine and theirs and mine.iso != theirs.iso else "same"


def _stands_alone(one: _Found) -> bool:
    """Whether a mention that the first model did not see is more than a misreading."""
    mention = one.mention
    if one.clearness < LEGIBLE:
        return False
    if mention.number is not None:
        return mention.doc_type is not None and mention.issue_date is not None
    return _is_law(mention)


def _is_law(mention: Mention) -> bool:
    """Whether the name is a law's in the list, or that of an act amending one."""
    name = fold(mention.title or "")
    return name in _laws() or name.startswith((fold("sửa đổi"), fold("bổ sung")))


@functools.cache
def _laws() -> frozenset[str]:
    return frozenset(fold(name) for name in law_names())


def _at(one: _Found, place: _Found) -> _Found:
    """The mention at the offsets of another, with its own words as `raw`."""
    mention = replace(
        one.mention,
        start=place.mention.start,
        end=place.mention.end,
        full_end=place.mention.full_end,
    )
    return replace(one, mention=mention, start=place.start, end=place.end)


def _key(mention: Mention) -> str:
    """What two readings of one mention must have alike: the number, or the name."""
    if mention.number is not None:
        return re.sub(r"(?<!\d)0+(?=\d)", "", mention.number).casefold()
    return fold(mention.title or mention.bare_number or mention.raw)


def _overlap(one: _Found, other: _Found) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _figures(view: TextView, mention: Mention) -> float:
    """Lowest confidence of the mention's words that hold figures; of all, if none does."""
    words = [view.words[i] for i in view.indices(mention.start, mention.end) if i < len(view.words)]
    told = [word for word in words if any(char.isdigit() for char in word.text)]
    return min((word.confidence for word in told or words), default=0.0)


# --- the second reading's lines in place of the first's ------------------------------


def _second_regions(
    regions: Sequence[Region], pages: Sequence[Page]
) -> tuple[list[Region], frozenset[int]]:
    """The regions as the second reading has them, and the lines that it has.

    A line that it did not read stays as the first model read it.
    """
    by_number = {page.number: page.second for page in pages}
    out, read = [], set()
    position = 0
    for region in regions:
        lines = []
        for line in region.lines:
            other = _same_line(line, by_number.get(region.page, ()))
            if other is not None:
                read.add(position)
            kept = other and _without_specks(other)
            lines.append(replace(kept, cell=line.cell) if kept else line)
            position += 1
        out.append(replace(region, lines=tuple(lines)))
    return out, frozenset(read)


def _same_line(line: Line, second: Sequence[Line]) -> Line | None:
    """The second reading's reading of a line: as high up, and over most of its width."""
    box = line.bbox
    if line.cell:
        second = [own for other in second if (own := _of_cell(other, box))]
    beside = [
        (min(box.right, other.bbox.right) - max(box.left, other.bbox.left), other)
        for other in second
        if box.top <= other.bbox.center_y <= box.bottom
    ]
    wide, best = max(beside, key=lambda pair: pair[0], default=(0.0, None))
    return best if wide > 0.6 * (box.right - box.left) else None


def _of_cell(other: Line, box: BBox) -> Line | None:
    """What a line that runs across a table's columns has in the cell of a line there."""
    words = [
        word for word in other.words if box.left - EDGE <= word.bbox.center_x <= box.right + EDGE
    ]
    return replace(other, words=tuple(words)) if words else None


def _line_of_word(regions: Sequence[Region]) -> list[int]:
    """For every word of a view over `regions` the number of its line."""
    lines = [line for region in regions for line in region.lines]
    return [number for number, line in enumerate(lines) for _ in line.words]


@dataclass(frozen=True, slots=True)
class _Spans:
    """The way from offsets of the second view to those of the first, by line and place."""

    first: TextView
    first_lines: Sequence[int]
    second: TextView
    second_lines: Sequence[int]

    def moved(self, mention: Mention, clearness: float) -> _Found:
        """A mention of the second view at the place of the first view where it stands."""
        indices = self.second.indices(mention.start, mention.end)
        start = self._offset(indices[0], last=False)
        end = max(self._offset(indices[-1], last=True), start + 1)
        at_place = replace(mention, start=start, end=end, full_end=end)
        return _Found(at_place, start, end, clearness, heard=True)

    def _offset(self, index: int, *, last: bool) -> int:
        number, box = self.second_lines[index], self.second.words[index].bbox
        on_line = [i for i, line in enumerate(self.first_lines) if line == number]
        reached = [i for i in on_line if self.first.words[i].bbox.left < box.right]
        passed = [i for i in reached if self.first.words[i].bbox.right > box.left]
        found = passed or reached[-1:] or on_line[:1]
        chosen = found[-1] if last else found[0]
        start = self.first.starts[chosen]
        return start + len(self.first.words[chosen].text) if last else start


def _restored(view: TextView, heard: Heard | None) -> TextView:
    # Marks put right keep every offset: a word changes only into one as long.
    return replace(view, text=restore(view.text, heard))
