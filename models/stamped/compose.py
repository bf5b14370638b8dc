"""Lines with signers' names as rubber stamps print them, and what is written on each."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np

from models.stamped.roundhand import HEIGHT, write_capital
from models.stamped.seals import Ring, put_seal
from models.stamped.strike import struck
from models.stamped.type import EM, Face, Glyph
from models.stamped.wear import worn
from pipeline.lexicon import load_lexicon
from pipeline.naming import LETTERS, given_names, old_place, ranks, syllables
from pipeline.stamped import fit_strip

DEGREES = (
    "GS.TS.", "PGS.TS.", "TS.", "TS.BS.", "ThS.", "ThS.BS.", "BS.", "BS.CKI.", "BS.CKII.", "KS.",
    "CN.", "DS.", "DS.CKII.", "NGƯT.", "NGND.", "LS.", "Ths.", "GS.",
)  # fmt: skip
#: Faces in the manner of English roundhand, as most stamps have it.
_ROUNDHAND = (
    "ecolier", "pinyon", "petit-formal", "imperial", "mrs-saint", "luxurious", "rouge", "euphoria",
    "lovers", "monsieur", "mea-culpa", "great-vibes", "bilbo",
)  # fmt: skip
#: Hands that write capitals of roundhand.toml: those to learn from, and those held out.
HANDS, HANDS_HELD_OUT = range(150), range(150, 200)
#: Share of lines that are upright.
_UPRIGHT = 0.33
#: Capitals of roundhand that resemble one another, and the share of lines with more of them.
_ALIKE, _MORE_ALIKE = ("l", "qu", "l", "qu", "c", "t", "s", "g"), 0.2


@dataclass(frozen=True)
class Sample:
    """A strip of ink 0..255, its letters (small, from LETTERS) and the column of each."""

    strip: np.ndarray
    text: str
    places: np.ndarray


class Composer:
    """Endless composed lines; the same for the same seed."""

    def __init__(self, faces: list[Face], seed: int, hands: range = HANDS) -> None:
        """Sets lines in `faces`, with capitals of them and of `hands`."""
        self.hands = hands
        self.random = np.random.default_rng(seed)
        self.scripts = [face for face in faces if not face.upright]
        self.uprights = [face for face in faces if face.upright]
        self.roundhand = [
            face for face in self.scripts if any(name in face.name for name in _ROUNDHAND)
        ] or self.scripts
        lexicon = load_lexicon()
        self.families = _weighed(lexicon.surnames)
        self.middles = _weighed(lexicon.middle_names)
        self.given = _weighed(given_names())
        self.all = sorted(syllables())
        self.alike = {
            begun: [one.capitalize() for one in self.all if one.startswith(begun)]
            for begun in _ALIKE
        }

    def sample(self) -> Sample:
        """One line."""
        random = self.random
        if random.random() < 0.04:
            blank = worn(np.zeros((40, 240), np.uint8), random)
            return Sample(fit_strip(blank)[0], "", np.empty(0))
        upright = bool(self.uprights) and (not self.scripts or random.random() < _UPRIGHT)
        faces = self.uprights if upright else self.scripts
        face = faces[random.integers(len(faces))]
        words = self._name()
        if upright and random.random() < 0.3:
            words = [word.upper() for word in words]
        degree, rank = "", ""
        if random.random() < 0.17:
            degree = DEGREES[random.integers(len(DEGREES))]
        elif random.random() < 0.1:
            rank = str(random.choice(ranks())).title()
        ink, pens, text = self._set(face, words, degree, rank)
        return self._stamped(ink, pens, text)

    def called_line(self) -> tuple[np.ndarray, list[str]]:
        """A name that begins with a family name: its ink at EM pixels, undamaged, and its words."""
        random = self.random
        faces = self.uprights if random.random() < 0.5 else self.scripts
        words = [str(random.choice(self.families[0])), *self._called()[1:]]
        ink, _, _ = self._set(faces[random.integers(len(faces))], words, "", "")
        x, y, width, height = cv2.boundingRect((ink > 60).astype(np.uint8))
        return ink[y : y + height, x : x + width], words

    def _name(self) -> list[str]:
        """Two to five syllables, mostly as people are called; old places of tones among them."""
        words = self._called()
        if self.random.random() < _MORE_ALIKE:
            alike = self.alike[_ALIKE[self.random.integers(len(_ALIKE))]]
            at = self.random.integers(1, len(words))
            words[at] = alike[self.random.integers(len(alike))]
        return [old_place(word) for word in words] if self.random.random() < 0.4 else words

    def _called(self) -> list[str]:
        random = self.random
        count = int(random.choice([2, 3, 4, 5], p=[0.1, 0.6, 0.27, 0.03]))
        if random.random() < 0.25:
            # Marks and letters that names have seldom must be learned too.
            return [self.all[random.integers(len(self.all))].capitalize() for _ in range(count)]
        tables = [self.families, *[self.middles] * (count - 2), self.given]
        tables = [self.given if i and random.random() < 0.25 else t for i, t in enumerate(tables)]
        flat = random.random() < 0.5  # families alike often, so that Nguyễn is not learned alone
        return [
            names[random.integers(len(names)) if flat else random.choice(len(names), p=shares)]
            for names, shares in tables
        ]

    def _set(
        self, face: Face, words: list[str], degree: str, rank: str
    ) -> tuple[np.ndarray, list[float], str]:
        """Ink at EM pixels, the middle of each letter's ink, and the letters."""
        random = self.random
        drawn = not face.native or random.random() < 0.3
        script = face in self.scripts
        capitals, hand = face, None
        if script and random.random() < 0.5:
            # Capitals of stamps have forms that free faces seldom have: any other's will do.
            few = self.roundhand if random.random() < 0.4 else self.scripts
            capitals = few[random.integers(len(few))]
            hand = int(random.choice(self.hands)) if random.random() < 0.5 else None
        way = int(random.integers(4))
        tracking = EM * random.uniform(-0.015, 0.03)
        space = EM * random.uniform(0.16, 0.42)
        placed: list[tuple[str, Glyph | None, float, float]] = []
        pen = 0.0
        if degree:
            other = (
                self.uprights[random.integers(len(self.uprights))]
                if self.uprights and random.random() < 0.7
                else face
            )
            scale = random.uniform(0.6, 1.1)
            for sign in degree:
                glyph = other.glyph(sign, False, 0)
                placed.append((sign, glyph, pen, scale))
                pen += glyph.advance * scale
            pen += space * random.uniform(0, 1)
        words = [*rank.split(), *words]
        for index, word in enumerate(words):
            if index:
                placed.append((" ", None, pen + space / 2, 1.0))
                pen += space
            # A rank is often set smaller, and in upright letters.
            small = index < len(rank.split()) and random.random() < 0.5
            plain = self.uprights[random.integers(len(self.uprights))] if self.uprights else face
            for place, sign in enumerate(word):
                if small:
                    glyph, scale = plain.glyph(sign, False, 0), 0.8
                elif place == 0 and script:
                    glyph, scale = self._capital(sign, face, capitals, hand, drawn, way)
                else:
                    glyph, scale = face.glyph(sign, drawn, way), 1.0
                placed.append((sign, glyph, pen, scale))
                pen += glyph.advance * scale + tracking
        canvas, middles, text = _inked(placed, pen)
        return struck(canvas, _stem(face), not script, random), middles, text

    def _capital(
        self, sign: str, face: Face, capitals: Face, hand: int | None, drawn: bool, way: int
    ) -> tuple[Glyph, float]:
        """A capital and the scale that makes it as tall as those of `face`."""
        written = write_capital(sign, hand) if hand is not None else None
        if written is not None:
            return _bent(written, self.random), _height(face) / HEIGHT
        glyph = capitals.glyph(sign, drawn, way)
        if self.random.random() < 0.4:
            glyph = _bent(glyph, self.random)
        scale = 1.0 if capitals is face else _height(face) / _height(capitals)
        return glyph, float(np.clip(scale, 0.5, 1.6))

    def _stamped(self, ink: np.ndarray, middles: list[float], text: str) -> Sample:
        random = self.random
        rows = np.flatnonzero(ink.any(axis=1))
        columns = np.flatnonzero(ink.any(axis=0))
        tall = rows[-1] - rows[0] + 1
        height = random.uniform(20, 52)
        scale = height / tall
        stretch = float(np.exp(random.normal(-0.05, 0.18)))
        slant = random.normal(0, 0.12)
        angle = np.deg2rad(random.normal(0, 1.6))
        matrix = np.array([[scale * stretch, -slant * scale], [0, scale]])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = turn @ matrix
        corners = matrix @ np.array([[columns[0], columns[-1]] * 2, [rows[0]] * 2 + [rows[-1]] * 2])
        low, high = corners.min(axis=1), corners.max(axis=1)
        margin = height * random.uniform(-0.04, 0.22, 4)
        margin[[0, 2]] = height * random.uniform(0.0, 0.6, 2)
        seal = random.random() < 0.17
        if seal:
            margin[0] += height * random.uniform(0.3, 3.2)
            margin[1] += height * max(0.0, random.uniform(-0.8, 1.1))
        shift = -low + margin[:2]
        size = np.ceil(high - low + margin[:2] + margin[2:]).astype(int)
        size = np.maximum(size, 12)
        small = (
            cv2.warpAffine(
                ink,
                np.hstack([matrix, shift[:, None]]),
                tuple(map(int, size)),
                flags=cv2.INTER_AREA if scale > 0.7 else cv2.INTER_LINEAR,
            )
            if scale > 0.5
            else self._halved(ink, matrix, shift, size)
        )
        rings: list[Ring] = []
        if seal:
            face = self.uprights[random.integers(len(self.uprights))] if self.uprights else None
            rings = put_seal(small, float(margin[0]), float(margin[1]), height, face, random)
        middle_row = (rows[0] + rows[-1]) / 2
        places = np.array([(matrix @ (x, middle_row))[0] + shift[0] for x in middles])
        strip, factor = fit_strip(worn(small, random, rings))
        return Sample(strip, text, places * factor)

    @staticmethod
    def _halved(
        ink: np.ndarray, matrix: np.ndarray, shift: np.ndarray, size: np.ndarray
    ) -> np.ndarray:
        """The warp of ink made half as large first, so that no stroke is lost."""
        half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return cv2.warpAffine(half, np.hstack([2 * matrix, shift[:, None]]), tuple(map(int, size)))


def _inked(
    placed: list[tuple[str, Glyph | None, float, float]], end: float
) -> tuple[np.ndarray, list[float], str]:
    """The letters on one canvas: its ink, the middle of each letter that is read, and these."""
    canvas = np.zeros((4 * EM, round(end) + 4 * EM), np.uint8)
    base, edge = round(2.3 * EM), 2 * EM
    middles, text = [], ""
    for sign, glyph, x, scale in placed:
        small = unicodedata.normalize("NFC", sign.lower())
        if small not in LETTERS:
            continue
        text += small
        if glyph is None:
            middles.append(edge + x)
            continue
        ink = glyph.ink
        if scale != 1.0:
            size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
            ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
        left, top = round(edge + x + glyph.left * scale), round(base + glyph.top * scale)
        rows = slice(max(top, 0), max(top + ink.shape[0], 0))
        columns = slice(max(left, 0), max(left + ink.shape[1], 0))
        part = canvas[rows, columns]
        np.maximum(part, ink[ink.shape[0] - part.shape[0] :, : part.shape[1]], out=part)
        # Capitals of scripts have wide swashes: the letter is read before its end.
        middles.append(edge + x + min(glyph.advance * scale / 2, 0.5 * EM))
    return canvas, middles, text


def _bent(glyph: Glyph, random: np.random.Generator) -> Glyph:
    """The letter with its parts moved a little: no two cutters give it one form."""
    height, width = glyph.ink.shape
    if min(height, width) < 8:
        return glyph
    moves = random.normal(0, 0.06 * min(height, width), (2, 3, 3)).astype(np.float32)
    x, y = (
        cv2.resize(move, (width, height), interpolation=cv2.INTER_CUBIC)
        + np.arange(size, dtype=np.float32).reshape(shape)
        for move, size, shape in zip(moves, (width, height), ((1, -1), (-1, 1)), strict=True)
    )
    ink = cv2.remap(glyph.ink, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return Glyph(ink, glyph.left, glyph.top, glyph.advance)


@functools.lru_cache(maxsize=200)
def _height(face: Face) -> int:
    """Pixels that a capital of a face is high."""
    return face.glyph("H", False, 0).ink.shape[0]


@functools.lru_cache(maxsize=200)
def _stem(face: Face) -> int:
    """Pixels that the stem of a small letter is wide."""
    solid = (face.glyph("n", False, 0).ink > 127).astype(np.uint8)
    return round(2 * float(cv2.distanceTransform(solid, cv2.DIST_L2, 3).max()))


def _weighed(names: dict[str, float]) -> tuple[list[str], np.ndarray]:
    shares = np.array(list(names.values()))
    return list(names), shares / shares.sum()
