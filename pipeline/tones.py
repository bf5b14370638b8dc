"""Tone marks put right by context: `sô` to `số`, `thâm quyền` to `thẩm quyền`.

Most of the engine's slips on good print are marks, not letters: at 200 dpi the acute over
a circumflex is three pixels. A word may change only into one with the same bare letters
(but for f, which Vietnamese does not have and italic t is read as),
and only where the counts of neighbouring syllables (models/syllables, from legal texts)
speak for it far louder than the slip is rare: a noisy-channel decoder (Kernighan, Church
and Gale 1990) over pairs, by Viterbi's algorithm. Raw text is never touched; the result
is a value beside it. This module knows nothing of fields.
"""

from __future__ import annotations

import collections
import functools
import itertools
import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from pipeline.errors import LexiconError
from pipeline.lexicon import read_table
from pipeline.vietnamese import bare, fold_tone_placement, strip_tones

#: Chance that the engine changes the marks of a word; names are trusted more, since
#: the counts come from texts that do not know them.
SLIP = 0.02
SLIP_OF_KNOWN = 0.006
SLIP_IN_NAME = 0.004
#: By how much a slip is rarer where another reading has the word too, and where it is written
#: as names are: on 86 letters 16 names that both readings had right were changed else, and 4
#: slips of both mended that are not now.
SLIP_OF_BOTH, SLIP_OF_NAME_OF_BOTH = 0.4, 0.003
#: By how much rarer it is still where that is not the usual slip of both, a tone lost over a
#: vowel's own mark (`kê` for `kế`): so both misread most words that they misread alike.
OTHER_SLIP_OF_BOTH = 0.25
#: Where the other reading has other marks: the chance of the word seen, of its word, and of a
#: third. The word seen was chosen as the likelier of the two (see `choice`).
DIFFERING = (0.85, 0.12, 0.02)
#: The same where it read the word now so, now so.
WAVERING = (0.7, 0.18, 0.004)

#: By how much each further mark in which two words differ makes the slip rarer.
FURTHER = 0.2

#: From this count on a syllable is known: seen as it is, it is likelier right.
_KNOWN = 30

_WORD = re.compile(r"[^\W\d_]+")
#: Share of a word's chance that its neighbour decides; the more, the better the neighbour is known.
_PAIR_WEIGHT = 0.8
_MOST_PAIR_WEIGHT = 0.86
#: What may be a province's or a city's name, after the word that says so.
_OF_PLACE = re.compile(
    r"(?P<kind>\b(?:[Tt]ỉnh|TỈNH|[Tt]hành phố|THÀNH PHỐ|TP\.?) )(?P<name>[^\W\d_]+ [^\W\d_]+(?: [^\W\d_]+)?)"
)
#: Letters that Vietnamese does not have, alone in a word: the numerals I and II, `Y tế`.
_FOREIGN = re.compile(r"\b(?:[Ÿÿ]|[Ïï]{1,3}|[ÏïI]{2,3})\b|(?<= )Í(?![\w-])")
_PLAIN = str.maketrans("ÏŸïÿÍ", "IYiyI")


@dataclass(frozen=True)
class Syllables:
    """Counts of syllables and pairs, lower case, one tone placement.

    Attributes:
        followers: how often a word was seen, by the word before it and itself.
        phrases: what can only be meant by words that make no phrase, as long: `Công TTĐT`.
        places: provinces and cities by their letters without marks.
    """

    counts: dict[str, int]
    followers: dict[str, dict[str, int]]
    by_letters: dict[str, tuple[str, ...]]
    total: int
    phrases: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def spells(self, letters: str) -> bool:
        """Whether these letters, marks aside, are those of a known syllable."""
        return bare(letters) in self.by_letters

    @functools.cached_property
    def company(self) -> dict[str, float]:
        """For each word the share of all pairs that it ends: `dung` ends few but `nội dung`."""
        ends = collections.Counter(itertools.chain.from_iterable(self.followers.values()))
        pairs = ends.total()
        return {word: count / pairs for word, count in ends.items()}

    def probability(self, word: str, before: str | None) -> float:
        """Chance of `word` after `before`, never 0.

        A word after one that it was never seen after is as likely as it is frequent, and as
        it is found in various company (Kneser and Ney 1995), half each.
        """
        single = (self.counts.get(word, 0) + 0.02) / self.total
        if before is None or before not in self.counts:
            return single
        alone = (single + self.company.get(word, 0.0)) / 2
        after = self.followers.get(before, {})
        pair = after.get(word, 0) / self.counts[before]
        # After a word whose company is known, a word never seen in it is less likely (Witten and
        # Bell 1991): `thành phó` is seen nowhere after 18,575 times of `thành`.
        others = (2 * len(after) + 5) / self.counts[before]
        weight = max(_PAIR_WEIGHT, min(_MOST_PAIR_WEIGHT, 1 - others))
        return weight * pair + (1 - weight) * alone


@functools.lru_cache(maxsize=1)
def load_syllables() -> Syllables:
    """The counts of the installed `models` package.

    Raises:
        LexiconError: the file is missing or damaged.
    """
    folder = resources.files("models") / "syllables"
    path = folder / "counts.json"
    rows = read_table(folder / "phrases.tsv", ("seen", "meant", "source"))
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        words: list[str] = table["words"]
        counts = dict(zip(words, table["counts"], strict=True))
        followers = {
            word: dict(zip((words[place] for place in row[::2]), row[1::2], strict=True))
            for word, row in zip(words, table["pairs"], strict=True)
        }
    except (OSError, ValueError, KeyError, IndexError) as error:
        message = f"{path}: cannot be read ({error}); reinstall sohoa"
        raise LexiconError(message) from error
    letters: dict[str, list[str]] = {}
    # All at once: word by word it takes longer than all else here.
    for word, key in zip(words, bare(" ".join(words)).split(), strict=True):
        letters.setdefault(key, []).append(word)
    return Syllables(
        counts,
        followers,
        {key: tuple(found) for key, found in letters.items()},
        sum(counts.values()),
        {row["seen"]: row["meant"] for row in rows},
        _places(
            read_table(resources.files("models") / "lexicons" / "places.tsv", ("name", "kind"))
        ),
    )


def _places(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Provinces and cities of several words by their bare letters, which no two of them share."""
    names = {row["name"] for row in rows if row["kind"] in ("province", "city")}
    found: dict[str, set[str]] = {}
    for name in names:
        found.setdefault(bare(name), set()).add(name)
    return {key: one.pop() for key, one in found.items() if len(one) == 1 and " " in key}


#: What another reading has where this word was read: see `agreement.heard_words`.
Heard = Mapping[str, frozenset[str]]


def restore(text: str, heard: Heard | None = None, syllables: Syllables | None = None) -> str:
    """The text with unlikely marks replaced by likely ones; same letters, same length in words.

    Args:
        text: as the engine read it.
        heard: readings of the same words as another reading has them. Where it read the same, a slip
            is far less likely; where it read other marks, its word is as likely as the
            first, and the neighbours decide.
        syllables: the counts; by default those of `models`.
    """
    known = syllables or load_syllables()
    text = _FOREIGN.sub(_without_foreign, text)
    matches = list(_WORD.finditer(text))
    out = list(text)
    shift = 0
    for run in _runs(text, matches):
        seen = [match[0] for match in run]
        for match, word in zip(run, _decode(seen, known, heard or {}), strict=True):
            if word != match[0]:
                out[match.start() + shift : match.end() + shift] = word
                shift += len(word) - len(match[0])
    mended = "".join(out)
    for phrase, meant in known.phrases.items():
        # Not within a symbol: `LĐTBXH-BGD` is no word of the letter's.
        mended = re.sub(rf"(?<![\w/-]){re.escape(phrase)}(?![\w/-])", meant, mended)
    return _OF_PLACE.sub(lambda match: _named_rightly(match, known.places), mended)


def _named_rightly(match: re.Match[str], places: Mapping[str, str]) -> str:
    """`tỉnh Đông Tháp` as `tỉnh Đồng Tháp`: no province has the name with other marks."""
    for words in (match["name"], " ".join(match["name"].split()[:2])):
        name = places.get(bare(words))
        if name is not None and len(name) == len(words) and words[:1].isupper():
            if fold_tone_placement(words).lower() == fold_tone_placement(name).lower():
                return match[0]
            right = name.upper() if words.isupper() else name
            return match["kind"] + right + match["name"][len(words) :]
    return match[0]


def _without_foreign(match: re.Match[str]) -> str:
    plain = match[0].translate(_PLAIN)
    return plain.upper() if len(plain) > 1 else plain


def _runs(text: str, matches: Sequence[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Words with nothing but spaces between them: context does not cross signs or digits."""
    runs: list[list[re.Match[str]]] = []
    for match in matches:
        if runs and not text[runs[-1][-1].end() : match.start()].strip():
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _decode(seen: Sequence[str], known: Syllables, heard: Heard) -> list[str]:
    """The likeliest words behind the seen ones."""
    columns: list[list[tuple[str, float]]] = [
        [(fold_tone_placement(word).lower(), 0.0)]
        if heard.get(word) == frozenset({word})
        and known.spells(word)
        and _is_part_of_name(seen, index)
        else _candidates(word, known, index == 0, heard.get(word, frozenset()))
        for index, word in enumerate(seen)
    ]
    best: list[dict[str, tuple[float, str | None]]] = []
    for index, column in enumerate(columns):
        row: dict[str, tuple[float, str | None]] = {}
        for word, channel in column:
            if index == 0:
                row[word] = (channel + math.log(known.probability(word, None)), None)
                continue
            row[word] = max(
                (score + channel + math.log(known.probability(word, before)), before)
                for before, (score, _) in best[index - 1].items()
            )
        best.append(row)
    chosen: list[str] = []
    last: str | None = max(best[-1], key=lambda one: best[-1][one][0])
    for row in reversed(best):
        if last is not None:
            chosen.append(last)
            last = row[last][1]
    chosen.reverse()
    return [_like(original, value) for original, value in zip(seen, chosen, strict=True)]


def _is_part_of_name(seen: Sequence[str], index: int) -> bool:
    """Whether a word is written as names are, and one beside it too: `Giồng Riềng`.

    What both readings have there stays: the counts do not know what people and places are called.
    Only a hook over an i may be its dot, for both of them.
    """
    if "ỉ" in seen[index]:
        return False
    beside = seen[max(0, index - 1) : index + 2]
    return seen[index].istitle() and sum(len(word) > 1 and word.istitle() for word in beside) > 1


def _candidates(
    word: str, known: Syllables, first: bool, heard: frozenset[str]
) -> list[tuple[str, float]]:
    """(word, log chance that the engines would have given what was seen)."""
    key = fold_tone_placement(word).lower()
    others = {fold_tone_placement(one).lower() for one in heard} - {key}
    wavering = len(others) < len(heard)
    if not wavering:
        others = {one for one in others if not _lost_hook(key, one)}
    # A bar that one reading of many has is no bar: `Dược`, read `Được` once in ten times.
    others = {one for one in others if not _gained_bar(key, one)}
    upper = len(word) > 1 and word.isupper()
    if upper and key not in known.counts:
        # The bar of Đ is lost oftener than it is seen where there is none: `GĐ`, read `GD`.
        others = {one for one in others if one != key.replace("đ", "d")}
    named = word[:1].isupper() and not upper and not first
    count = known.counts.get(key, 0)
    slip = SLIP_OF_KNOWN if count >= _KNOWN else SLIP
    if named and count >= 5:
        slip = SLIP_IN_NAME
    if heard:
        slip *= SLIP_OF_NAME_OF_BOTH if word.istitle() else SLIP_OF_BOTH
    itself, second, third = 1 - slip, 0.0, slip / 6
    if others:
        itself, second, third = WAVERING if wavering else DIFFERING
    out = [(key, math.log(itself))]
    for other in sorted(others):
        out.append((other, math.log(second / len(others))))
    # Capitals in a row are abbreviations (`CVHT`), which no count knows.
    if (
        len(word) < 2
        or (upper and len(word) < 3)
        or (upper and key not in known.counts and bare(word) not in known.by_letters)
    ):
        return out
    letters = bare(word)
    if count == 0 and word.islower() and "f" in letters:
        letters = letters.replace("f", "t")  # an italic t: Vietnamese has no f
    for other in known.by_letters.get(letters, ()):
        if other == key or other in others:
            continue
        chance = third * FURTHER ** (_marks_apart(key, other) - 1)
        if heard and not others:
            chance *= _of_both(key, other)
        if chance > 0:
            out.append((other, math.log(chance)))
    return out


def _of_both(word: str, other: str) -> float:
    """How much rarer a slip is that both readings made alike."""
    if _lost_tone(word, other):
        return 1.0
    if bare(word) != word and _marks_apart(word, other) > 1:
        return 0.0  # `bệnh đái tháo đường`, though rabies (`dại`) is named oftener
    return OTHER_SLIP_OF_BOTH


@functools.lru_cache(maxsize=65536)
def _lost_tone(word: str, other: str) -> bool:
    """Whether `word` is `other` without its tone, over a vowel that has a mark of its own."""
    return word == strip_tones(other) and any(
        seen != meant and seen in "ăâêôơư" for seen, meant in zip(word, other, strict=True)
    )


@functools.lru_cache(maxsize=65536)
def _marks_apart(word: str, other: str) -> int:
    """In how many marks two words of the same letters differ, bars of đ too; at least 1."""
    apart = 0
    for one, two in zip(word, other, strict=False):
        if one != two:
            ones = set(unicodedata.normalize("NFD", one.replace("đ", "d-")))
            twos = set(unicodedata.normalize("NFD", two.replace("đ", "d-")))
            apart += max(len(ones - twos), len(twos - ones), 1)
    return max(apart, 1)


def _lost_hook(word: str, other: str) -> bool:
    """Whether `other` is `word` with a grave for its hook, `tình` for `tỉnh`.

    That is a slip of the second reading's own: where it read such a word so each time (three
    words seen), the first was right.
    """
    hooked = unicodedata.normalize("NFD", word)
    return "\u0309" in hooked and hooked.replace("\u0309", "\u0300") == unicodedata.normalize(
        "NFD", other
    )


def _gained_bar(word: str, other: str) -> bool:
    """Whether `other` is `word` but for a bar more: `được` for `dược`."""
    return other.count("đ") > word.count("đ") and other.replace("đ", "d") == word.replace("đ", "d")


def _like(original: str, value: str) -> str:
    """The value in the letter case of the original; the original where only case differs."""
    if fold_tone_placement(original).lower() == value:
        return original
    if original.isupper() and len(original) > 1:
        return value.upper()
    return value[:1].upper() + value[1:] if original[:1].isupper() else value
