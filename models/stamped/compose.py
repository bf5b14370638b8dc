"""Lines with signers' names as rubber stamps print them, and what is written on each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np

from models.stamped.type import EM, Face
from pipeline.lexicon import load_lexicon
from pipeline.naming import LETTERS, given_names, old_place, syllables
from pipeline.stamped import fit_strip

DEGREES = (
    "GS.TS.", "PGS.TS.", "TS.", "TS.BS.", "ThS.", "ThS.BS.", "BS.", "BS.CKI.", "BS.CKII.", "KS.",
    "CN.", "DS.", "DS.CKII.", "NGƯT.", "NGND.", "LS.", "Ths.", "GS.",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A strip of ink 0..255, its letters (small, from LETTERS) and the column of each."""

    strip: np.ndarray
    text: str
    places: np.ndarray


class Composer:
    """Endless composed lines; the same for the same seed."""

    def __init__(self, faces: list[Face], seed: int) -> None:
        """Sets lines in `faces`."""
        self.random = np.random.default_rng(seed)
        self.scripts = [face for face in faces if face.kind != "upright"]
        self.uprights = [face for face in faces if face.kind == "upright"]
        self.schools = [face for face in self.scripts if "ecolier" in face.name] or self.scripts
        lexicon = load_lexicon()
        self.families = _weighed(lexicon.surnames)
        self.middles = _weighed(lexicon.middle_names)
        self.given = _weighed(given_names())
        self.all = sorted(syllables())

    def sample(self) -> Sample:
        """One line."""
        random = self.random
        if random.random() < 0.04:
            return Sample(self._damaged(np.zeros((40, 240), np.uint8))[0], "", np.empty(0))
        upright = bool(self.uprights) and random.random() < 0.2
        faces = self.uprights if upright else self.scripts
        face = faces[random.integers(len(faces))]
        words = self._name()
        if upright and random.random() < 0.3:
            words = [word.upper() for word in words]
        degree = DEGREES[random.integers(len(DEGREES))] if random.random() < 0.15 else ""
        ink, pens, text = self._set(face, words, degree)
        return self._stamped(ink, pens, text)

    def _name(self) -> list[str]:
        """Two to five syllables, mostly as people are called; old places of tones among them."""
        words = self._called()
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
        self, face: Face, words: list[str], degree: str
    ) -> tuple[np.ndarray, list[float], str]:
        """Ink at EM pixels, the middle of each letter's ink, and the letters."""
        random = self.random
        drawn = not face.native or random.random() < 0.3
        capitals = face
        if face in self.scripts and random.random() < 0.35:
            # Capitals of stamps have forms that free faces seldom have: any other's will do.
            few = self.schools if random.random() < 0.3 else self.scripts
            capitals = few[random.integers(len(few))]
        way = int(random.random() < 0.3)
        tracking = EM * random.uniform(-0.015, 0.03)
        space = EM * random.uniform(0.16, 0.42)
        placed, pen = [], 0.0
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
        for index, word in enumerate(words):
            if index:
                placed.append((" ", None, pen + space / 2, 1.0))
                pen += space
            for place, sign in enumerate(word):
                glyph = (capitals if place == 0 else face).glyph(sign, drawn, way)
                scale = _alike(capitals, face) if place == 0 and capitals is not face else 1.0
                placed.append((sign, glyph, pen, scale))
                pen += glyph.advance * scale + tracking
        canvas = np.zeros((4 * EM, round(pen) + 4 * EM), np.uint8)
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
            rows, columns = (
                slice(max(top, 0), top + ink.shape[0]),
                slice(max(left, 0), left + ink.shape[1]),
            )
            part = canvas[rows, columns]
            np.maximum(part, ink[-part.shape[0] :, : part.shape[1]], out=part)
            # Capitals of scripts have wide swashes: the letter is read before its end.
            middles.append(edge + x + min(glyph.advance * scale / 2, 0.5 * EM))
        if face in self.scripts and random.random() < 0.5:
            fat = int(random.integers(2, 6))
            canvas = cv2.dilate(canvas, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (fat, fat)))
        return canvas, middles, text

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
        middle_row = (rows[0] + rows[-1]) / 2
        places = np.array([(matrix @ (x, middle_row))[0] + shift[0] for x in middles])
        strip, factor = self._damaged(small)
        return Sample(strip, text, places * factor)

    @staticmethod
    def _halved(
        ink: np.ndarray, matrix: np.ndarray, shift: np.ndarray, size: np.ndarray
    ) -> np.ndarray:
        """The warp of ink made half as large first, so that no stroke is lost."""
        half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return cv2.warpAffine(half, np.hstack([2 * matrix, shift[:, None]]), tuple(map(int, size)))

    def _damaged(self, ink: np.ndarray) -> tuple[np.ndarray, float]:
        """What stamp, pen, seal and scanner make of the ink; and its scale after."""
        random = self.random
        height, width = ink.shape
        ink = ink.astype(np.float32) / 255
        if random.random() < 0.35:
            thick = random.random() < 0.6
            kernel = np.ones((2, 2) if random.random() < 0.5 else (2, 1), np.uint8)
            other = cv2.dilate(ink, kernel) if thick else cv2.erode(ink, kernel)
            ink += (other - ink) * random.uniform(0.3, 1.0)
        if random.random() < 0.5:
            # Uneven inking: pale patches, breaks where they are palest.
            field = random.normal(0, 1, (3, max(3, width // 12))).astype(np.float32)
            field = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
            ink = ink * np.clip(1 - random.uniform(0, 0.6) * np.maximum(field, 0), 0.15, 1)
        if random.random() < 0.4:
            grain = random.random((height, width), np.float32) < random.uniform(0, 0.12)
            ink = np.where(grain, ink * random.uniform(0, 0.6), ink).astype(np.float32)
        ink = np.maximum(ink, self._strange(height, width))
        blur = random.uniform(0, 0.022) * height
        if blur > 0.3:
            ink = cv2.GaussianBlur(ink, (0, 0), blur)
        if random.random() < 0.3:
            cut = random.uniform(0.25, 0.6)
            ink = np.clip((ink - cut) * random.choice([2.0, 50.0]) + 0.5, 0, 1)
        if random.random() < 0.5:
            ink = ink + random.normal(0, random.uniform(0, 0.08), ink.shape).astype(np.float32)
        grey = np.clip(255 * ink * random.uniform(0.45, 1.0), 0, 255).astype(np.uint8)
        if random.random() < 0.3:
            packed = cv2.imencode(
                ".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 80))]
            )[1]
            grey = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        return fit_strip(grey)

    def _strange(self, height: int, width: int) -> np.ndarray:
        """Ink that is no letter of the name: seal, signature, specks, neighbouring lines."""
        random = self.random
        out = np.zeros((height, width), np.uint8)
        thick = max(1, round(height * random.uniform(0.02, 0.09)))
        if random.random() < 0.2:  # the seal's rings
            x, y = random.uniform(-0.2, 1.0) * width, -random.uniform(0.9, 2.4) * height
            radius = abs(y) + height * random.uniform(-0.1, 0.6)
            for gap in (0, thick * 2 + 2):
                cv2.circle(out, (round(x), round(y)), round(radius - gap), 255, thick, cv2.LINE_AA)
        for _ in range(int(random.random() < 0.25) + int(random.random() < 0.1)):  # a pen
            start = np.array([random.uniform(0, width), random.uniform(-0.3, 1.3) * height])
            steps = random.normal(0, 1, (4, 2)) * np.array([0.3 * width, 0.5 * height])
            points = np.vstack([start, start + np.cumsum(steps, axis=0)])
            curve = cv2.resize(points.astype(np.float32), (2, 40), interpolation=cv2.INTER_CUBIC)
            cv2.polylines(
                out,
                [np.round(curve).astype(np.int32)],
                False,
                int(random.integers(120, 256)),
                thick,
                cv2.LINE_AA,
            )
        for _ in range(random.poisson(0.8)):  # specks
            place = (int(random.integers(width)), int(random.integers(height)))
            cv2.circle(out, place, int(random.integers(0, 3)), int(random.integers(80, 256)), -1)
        if random.random() < 0.15:  # feet or heads of another line
            x = 0
            while x < width:
                step = int(random.integers(3, 12))
                if random.random() < 0.6:
                    deep = int(height * random.uniform(0.02, 0.1))
                    if random.random() < 0.5:
                        out[:deep, x : x + max(1, step // 3)] = 200
                    else:
                        out[height - deep :, x : x + max(1, step // 3)] = 200
                x += step
        return out.astype(np.float32) / 255


def _alike(capitals: Face, face: Face) -> float:
    """By how much `capitals` are set larger, so that they are as tall as those of `face`."""
    other = capitals.glyph("H", False, 0).ink.shape[0]
    return float(np.clip(face.glyph("H", False, 0).ink.shape[0] / other, 0.5, 1.6))


def _weighed(names: dict[str, float]) -> tuple[list[str], np.ndarray]:
    shares = np.array(list(names.values()))
    return list(names), shares / shares.sum()
