"""What printer, pen, seal and scanner make of the ink of a line."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

#: Rows and columns of the noise that grain is taken from: drawn once, it costs little.
_NOISE = (256, 2048)
_Ink = np.ndarray


class Damage:
    """Endless damage; the same for the same generator."""

    def __init__(self, random: np.random.Generator, other_line: Callable[[], _Ink]) -> None:
        """Draws from `random`, which may be replaced; `other_line` gives ink 0..1 of a line."""
        self.random = random
        self._other_line = other_line
        self._field = np.random.default_rng(5).normal(0, 1, _NOISE).astype(np.float32)

    def scanned(self, ink: _Ink) -> _Ink:
        """Grey ink 0..255 of a scan of `ink` (0..1), of another size: 20 to 64 pixels high."""
        random = self.random
        ink = self._inked(self._shaped(ink))
        height, width = ink.shape
        draw = random.random(5)
        if draw[0] < 0.45:
            ink = np.maximum(ink, self.strange(height, width))
        blur = random.uniform(0, 0.028) * height
        if blur > 0.35:
            ink = cv2.GaussianBlur(ink, (0, 0), blur)
        if draw[1] < 0.15:
            ink = np.where(self._grain(ink, random.uniform(0, 0.03)), np.float32(0.9), ink)
        if draw[2] < 0.3:  # a threshold, soft or hard
            cut = np.float32(random.uniform(0.2, 0.65))
            ink = np.clip((ink - cut) * np.float32((2.5, 60.0)[random.integers(2)]) + 0.5, 0, 1)
        if draw[3] < 0.5:
            ink = ink + self._noise(height, width) * np.float32(random.uniform(0, 0.1))
        grey = np.clip(255 * ink * random.uniform(0.3, 1.0), 0, 255).astype(np.uint8)
        if draw[4] < 0.3:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 80))]
            grey = cv2.imdecode(cv2.imencode(".jpg", grey, quality)[1], cv2.IMREAD_GRAYSCALE)
        return grey

    def _shaped(self, ink: _Ink) -> _Ink:
        """The ink at a scan's size, stretched and a little sloped, some paper around it."""
        random = self.random
        height, width = ink.shape
        wanted = random.uniform(20, 64)
        scale = wanted / height
        across = scale * float(np.exp(random.normal(0, 0.08)))
        margins = wanted * random.uniform(-0.03, 0.12, 2)
        if random.random() < 0.12:
            margins = wanted * random.uniform(0.0, 0.4, 2)
        slope = np.tan(np.deg2rad(random.normal(0, 0.25)))
        slant = random.normal(0, 0.03)
        rise = abs(slope) * width * across
        size = (max(8, round(width * across)), max(12, round(wanted + margins.sum() + rise)))
        lift = margins[0] + (rise if slope < 0 else 0)
        matrix = np.array(
            [[across, -slant * scale, slant * wanted / 2], [slope * across, scale, lift]]
        )
        if scale < 0.6:  # made half as large first, so that no stroke is lost
            ink = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            matrix[:, :2] *= 2
        return cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR)

    def _inked(self, ink: _Ink) -> _Ink:
        """The ink fatter or thinner, pale in places, grained, or with gaps."""
        random = self.random
        height, width = ink.shape
        draw = random.random(4)
        if draw[0] < 0.3:
            kernel = np.ones(((2, 2), (2, 1), (1, 2))[random.integers(3)], np.uint8)
            other = cv2.dilate(ink, kernel) if random.random() < 0.5 else cv2.erode(ink, kernel)
            ink = ink + (other - ink) * np.float32(random.uniform(0.3, 1.0))
        if draw[1] < 0.25:  # pale patches, breaks where they are palest
            field = random.normal(0, 1, (3, max(3, width // 20))).astype(np.float32)
            field = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
            pale = np.float32(random.uniform(0, 0.7)) * np.maximum(field, 0)
            ink = ink * np.clip(1 - pale, 0.1, 1)
        if draw[2] < 0.25:
            ink = np.where(self._grain(ink, random.uniform(0, 0.1)), ink * np.float32(0.3), ink)
        if draw[3] < 0.3:
            ink = ink * self._gaps(height, width)
        return ink

    def _noise(self, height: int, width: int) -> np.ndarray:
        rows, columns = _NOISE
        top = int(self.random.integers(rows - height))
        left = int(self.random.integers(max(1, columns - width)))
        piece = self._field[top : top + height, left : left + width]
        return np.pad(piece, ((0, 0), (0, width - piece.shape[1])))

    def _grain(self, ink: _Ink, share: float) -> np.ndarray:
        return np.asarray(self._noise(*ink.shape) > 2.05 - 6 * share)

    def _gaps(self, height: int, width: int) -> np.ndarray:
        """What is left (0..1) where a seal, a rule or a pen's stroke was taken off."""
        random = self.random
        thick = max(1, round(height * random.uniform(0.02, 0.1)))
        cover = np.zeros((height, width), np.uint8)
        way = random.random()
        if way < 0.35:
            row, left = int(random.integers(height)), int(random.integers(width))
            cover[row : row + thick, left : left + int(width * random.uniform(0.1, 1))] = 255
        elif way < 0.75:
            self._ring(cover, thick)
        else:
            self._stroke(cover, thick, 255)
        left_of_it = np.float32(random.choice([0.0, 0.0, 0.4]))
        return np.where(cover > 0, left_of_it, np.float32(1))

    def strange(self, height: int, width: int) -> _Ink:
        """Ink 0..1 that is not the line's: rule, seal, pen, specks, neighbours, other print."""
        random = self.random
        out = np.zeros((height, width), np.uint8)
        thick = max(1, round(height * random.uniform(0.02, 0.08)))
        draw = random.random(6)
        if draw[0] < 0.2:
            self._ring(out, thick)
        if draw[1] < 0.25:
            for _ in range(int(random.integers(1, 3))):
                self._stroke(out, thick, int(random.integers(90, 256)))
        if draw[2] < 0.2:
            self._rule(out, thick)
        if draw[3] < 0.45:
            for _ in range(random.poisson(3)):
                place = (int(random.integers(width)), int(random.integers(height)))
                size, dark = int(random.integers(0, 3)), int(random.integers(80, 256))
                cv2.circle(out, place, size, dark, -1)
        if draw[4] < 0.3:
            self._neighbour(out)
        if draw[5] < 0.1:
            self._print_over(out)
        return out.astype(np.float32) / 255

    def _ring(self, out: np.ndarray, thick: int) -> None:
        """One to three rings of a seal."""
        random = self.random
        height, width = out.shape
        x = random.uniform(-0.2, 1.2) * width
        radius = height * random.uniform(1.5, 5)
        y = height / 2 + float(random.choice([-1, 1])) * radius * random.uniform(0.3, 1.05)
        for gap in (0, thick * 2 + 2, thick * 5 + 4)[: int(random.integers(1, 4))]:
            inner = max(1, round(radius - gap))
            cv2.circle(out, (round(x), round(y)), inner, 255, thick, cv2.LINE_AA)

    def _stroke(self, out: np.ndarray, thick: int, dark: int) -> None:
        """A stroke of a pen."""
        random = self.random
        height, width = out.shape
        start = np.array([random.uniform(0, width), random.uniform(-0.3, 1.3) * height])
        steps = random.normal(0, 1, (4, 2)) * np.array([2.0 * height, 0.6 * height])
        points = np.vstack([start, start + np.cumsum(steps, axis=0)])
        curve = cv2.resize(points.astype(np.float32), (2, 40), interpolation=cv2.INTER_CUBIC)
        cv2.polylines(out, [np.round(curve).astype(np.int32)], False, dark, thick, cv2.LINE_AA)

    def _rule(self, out: np.ndarray, thick: int) -> None:
        """An underline or the rules of a table."""
        random = self.random
        height, width = out.shape
        lowest = random.random() < 0.6
        row = int(height * random.uniform(0.75 if lowest else 0, 1))
        left = int(random.uniform(-0.5, 0.9) * width)
        right = left + int(width * random.uniform(0.1, 1.2))
        cv2.line(out, (left, row), (right, row), 255, thick)
        if random.random() < 0.3:
            column = int(random.integers(width))
            cv2.line(out, (column, 0), (column, height), 255, thick)

    def _neighbour(self, out: np.ndarray) -> None:
        """Feet or heads of another line, or a line that shows through from the back."""
        random = self.random
        height, width = out.shape
        other = _as_high(self._other_line(), height)[:, :width]
        if random.random() < 0.7:
            part = max(1, round(height * random.uniform(0.03, 0.16)))
            if random.random() < 0.5:
                out[:part, : other.shape[1]] |= (255 * other[-part:]).astype(np.uint8)
            else:
                out[-part:, : other.shape[1]] |= (255 * other[:part]).astype(np.uint8)
            return
        pale = random.uniform(20, 110)
        shift = round(height * random.uniform(-0.5, 0.5))
        other = np.roll(other[:, ::-1], shift, axis=0)
        out[:, : other.shape[1]] |= (pale * other).astype(np.uint8)

    def _print_over(self, out: np.ndarray) -> None:
        """Another line, larger or smaller, over this one, as a stamp is."""
        random = self.random
        height, width = out.shape
        other = _as_high(self._other_line(), round(height * random.uniform(0.8, 2.2)))
        top = int(random.integers(max(1, other.shape[0] - height // 2)))
        piece = other[top : top + height, :width]
        left = int(random.integers(max(1, width - piece.shape[1] + 1)))
        dark = random.uniform(60, 200)
        rows, columns = piece.shape
        out[:rows, left : left + columns] |= (dark * piece).astype(np.uint8)


def _as_high(ink: _Ink, height: int) -> _Ink:
    width = max(1, round(ink.shape[1] * height / ink.shape[0]))
    return cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
