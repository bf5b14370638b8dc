"""What Vietnamese people are called, and the likeliest name that scores of letters allow.

A name is a family name, none to three more syllables, and a given name; each syllable is
one that Vietnamese has. The search is a beam over prefixes (CTC; Graves and others 2006)
whose weight is what the columns say times how common the syllables are in their place.
"""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.lexicon import load_lexicon, read_table
from pipeline.vietnamese import bare, fold_tone_placement

Floats = npt.NDArray[np.float32]

_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = "aăâeêioôơuưy"
#: Middle names that no name ends with: where one stands last, the given name was lost.
NEVER_LAST = frozenset({"Thị", "Văn"})
#: What the network can write: small letters also for capitals, a blank, the dot of a degree.
LETTERS = (
    "bcdđghklmnpqrstvx"
    + "".join(
        unicodedata.normalize("NFC", v + tone) for v, tone in itertools.product(_VOWELS, _TONES)
    )
    + " ."
)


@dataclass(frozen=True)
class _Made:
    """What models/stamped/names.toml holds; `begun` is how degrees and ranks begin."""

    onsets: tuple[str, ...]
    rhymes: tuple[str, ...]
    degrees: frozenset[str]
    ranks: tuple[str, ...]
    begun: frozenset[str]
    lengths: dict[int, float]


@functools.lru_cache(maxsize=1)
def _made_of() -> _Made:
    text = (resources.files("models") / "stamped" / "names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    degrees = frozenset(table["degrees"].split())
    return _Made(
        tuple(table["onsets"].split()),
        tuple(table["rhymes"].split()),
        degrees,
        tuple(table["ranks"]),
        frozenset(one[:end] for one in (*degrees, *table["ranks"]) for end in range(len(one) + 1)),
        {int(count): float(share) for count, share in table["lengths"].items()},
    )


def ranks() -> tuple[str, ...]:
    """Ranks of officers, small letters, as they stand in words before a name."""
    return _made_of().ranks


@functools.lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """All that can be one syllable, small letters, tone on the first vowel of oa, oe, uy."""
    found = set()
    parts = _made_of()
    for onset, rhyme in itertools.product([*parts.onsets, ""], parts.rhymes):
        body = rhyme
        front = rhyme[0] in "iyeê"
        if onset in ("c", "g", "ng") and front and not (onset == "g" and rhyme[0] == "i"):
            continue
        if onset in ("k", "gh", "ngh") and not front:
            continue
        if onset == "qu" and rhyme[0] in "uưoôơ" and rhyme not in ("ơ", "ôc"):
            continue
        if rhyme in ("ynh", "yt", "ych") and onset != "qu":
            continue
        if onset == "gi" and rhyme[0] in "iy":
            body = rhyme[1:]
            if not body:
                continue
        if rhyme[0] == "y" and onset not in ("", "qu", "h", "k", "l", "m", "s", "t", "v"):
            continue
        if rhyme[0] == "y" and len(rhyme) > 1 and onset not in ("", "qu"):
            continue
        stopped = body.endswith(("c", "ch", "p", "t"))
        for tone in ("\u0301", "\u0323") if stopped else _TONES:
            found.add(_toned(onset + body, tone, len(onset)))
    found |= {_toned("gi", tone, 1) for tone in _TONES}
    return frozenset(found)


def _toned(letters: str, tone: str, start: int) -> str:
    """The syllable with its tone where it is written."""
    vowels = [i for i in range(start, len(letters)) if letters[i] in _VOWELS] or [start - 1]  # gìn
    marked = [i for i in vowels if letters[i] in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) == 1:
        at = vowels[0]
    elif vowels[-1] == len(letters) - 1 and len(vowels) == 2:
        at = vowels[0]  # hòa, của, úy
    else:
        at = vowels[1]  # hoàn, oái, uyu
    return unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])


@functools.lru_cache(maxsize=1)
def given_names() -> dict[str, float]:
    """Given names with the percentage of people called so, from models/stamped."""
    table = resources.files("models") / "stamped" / "given_names.tsv"
    rows = read_table(table, ("name", "share", "source"))
    return {row["name"]: float(row["share"] or 0.1) for row in rows}


#: Prefixes that are followed at once, and the share of a column below which a letter is not tried.
_BEAM, _SEEN = 40, 1e-3
#: Share that a view gives a text at least: one that misled the search rules nothing out.
_UNSEEN = 1e-4


_Place = Literal["family", "middle", "given"]
#: Log share of a syllable that no list has in its place.
_RARE = math.log(2e-6)


@dataclass(frozen=True)
class _Prior:
    """Log shares of syllables by their place in a name; all that are known, and how these begin."""

    shares: Mapping[_Place, Mapping[str, float]]
    known: frozenset[str]
    begun: frozenset[str]


@functools.lru_cache(maxsize=1)
def _load_prior() -> _Prior:
    lexicon = load_lexicon()
    family = _logs((1.0, lexicon.surnames))
    middle = _logs((0.75, lexicon.middle_names), (0.25, given_names()))
    given = _logs((0.9, given_names()), (0.1, lexicon.middle_names))
    known = {*syllables(), *family, *given}
    known |= {old_place(one) for one in known}
    return _Prior(
        {"family": family, "middle": middle, "given": given},
        frozenset(known),
        frozenset(one[:end] for one in known for end in range(1, len(one) + 1)),
    )


def _logs(*tables: tuple[float, Mapping[str, float]]) -> dict[str, float]:
    """Log shares of what stands in tables of shares, each with its weight."""
    out: defaultdict[str, float] = defaultdict(float)
    for weight, table in tables:
        whole = sum(table.values())
        for name, share in table.items():
            out[fold_tone_placement(name.lower())] += weight * share / whole
    return {name: math.log(share) for name, share in out.items()}


def old_place(syllable: str) -> str:
    """The syllable with its tone where older spelling has it: `hoà`, `thuý`."""
    marks = unicodedata.normalize("NFD", syllable)
    for first, second in ("oa", "oe", "uy"):
        for tone in _TONES[1:]:
            if marks.endswith(first + tone + second) and not marks.startswith("q"):
                return unicodedata.normalize("NFC", marks[:-3] + first + second + tone)
    return syllable


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it may be written, and its share of all that the scores allow, 0..1."""

    text: str
    probability: float


def likely_names(views: Sequence[Floats], temperature: float, trust: float) -> list[Named]:
    """Names that the scores of all views of one line allow, likeliest first.

    Args:
        views: scores (columns, classes) of letters, class 0 nothing.
        temperature: scores are divided by it.
        trust: weight of how common a name is against what the columns say.

    Returns:
        Names without degree or rank, capitals put in, that begin with a known family name and hold no
        office; probabilities are geometric means over the views and sum to 1 with what is no name.
    """
    seen = [_search(scores / np.float32(temperature), trust) for scores in views]
    totals = {
        text: math.exp(sum(math.log(max(one.get(text, 0.0), _UNSEEN)) for one in seen) / len(seen))
        for text in {text for one in seen for text in one}
    }
    whole = sum(totals.values())
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [Named(text.title(), share / whole) for text, share in ranked if _is_name(text)]


def _is_name(text: str) -> bool:
    """Whether a text begins with a family name, is no place and holds no office.

    `Phó` is a family name, and `Kiên Giang` might be a person.
    """
    if fold_tone_placement(text.split(" ")[0]) not in _load_prior().shares["family"]:
        return False
    plain = f" {bare(text)} "
    lexicon = load_lexicon()
    if any(bare(place) == plain.strip() for place in lexicon.places):
        return False
    return not any(f" {bare(title)} " in plain for title in lexicon.titles)


def _search(scores: Floats, trust: float) -> dict[str, float]:
    """Names with their shares; the empty one stands for all that is none."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    # Per prefix, the mass that ends in nothing and in a letter; apart, how common it is.
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    weights: dict[str, float] = {"": 1.0}
    for column in shares:
        nothing = float(column[0])
        codes = np.flatnonzero(column[1:] > _SEEN).tolist()
        likely = [(LETTERS[code], float(column[code + 1])) for code in codes]
        grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (after_nothing, after_letter) in beam.items():
            grown[text][0] += (after_nothing + after_letter) * nothing
            for letter, share in likely:
                before = after_nothing + after_letter
                if text[-1:] == letter:
                    grown[text][1] += after_letter * share
                    before = after_nothing
                longer = text + letter
                if longer not in weights:
                    weights[longer] = _weight(longer, trust)
                if weights[longer] > 0:
                    grown[longer][1] += before * share
        best = sorted(grown.items(), key=lambda one: -sum(one[1]) * weights[one[0]])[:_BEAM]
        whole = sum(sum(mass) for _, mass in best) or 1.0
        beam = {text: (mass[0] / whole, mass[1] / whole) for text, mass in best}
    out: defaultdict[str, float] = defaultdict(float)
    for text, mass in beam.items():
        name, factor = _ended(text, trust)
        out[name] += sum(mass) * weights[text] * factor
    whole = sum(out.values()) or 1.0
    return {text: share / whole for text, share in out.items()}


def _weight(text: str, trust: float) -> float:
    """How likely names are that begin with `text`; 0 if none does.

    A word counts from the space after it on; words of a rank do not count.
    """
    made, prior = _made_of(), _load_prior()
    *degrees, name = text.split(".")
    if not made.degrees.issuperset(degrees):
        return 0.0
    if degrees:
        name = name.removeprefix(" ")
    if name in made.begun:
        return 1.0
    *words, begun = _words(name)
    if len(words) >= max(made.lengths) or not prior.known.issuperset(words):
        return 0.0
    if begun and begun not in prior.begun:
        return 0.0
    shares = (_share(word, "middle" if i else "family") for i, word in enumerate(words))
    return math.exp(trust * sum(shares))


def _words(name: str) -> list[str]:
    """The words of a name without those of the rank before it."""
    words = name.split(" ")
    return words[2:] if len(words) > 2 and " ".join(words[:2]) in _made_of().ranks else words


def _ended(text: str, trust: float) -> tuple[str, float]:
    """The name in a whole text, and the factor of its end; no name where it has no two words."""
    name, made = text.rpartition(".")[2].strip(), _made_of()
    parts = _words(name)
    length = made.lengths.get(len(parts), 0.0)
    if not length or parts[-1] not in _load_prior().known or name in made.ranks:
        return "", math.exp(trust * _RARE)
    return " ".join(parts), math.exp(trust * (_share(parts[-1], "given") + math.log(length)))


@functools.lru_cache(maxsize=20_000)
def _share(syllable: str, place: _Place) -> float:
    """The log share of a syllable in its place."""
    return _load_prior().shares[place].get(fold_tone_placement(syllable), _RARE)
