"""Composes slots as a clerk fills them: printed words, hand digits, ink, paper, scanner.

The recipe of the training data (README.md): every sample is one strip of the size that
`pipeline.handwriting` cuts out of a page, with the printed words at its ends, digits
between them and the faults of paper, pen and scanner over all. It knows nothing of the
network. Lengths are in points of a 13-point letter unless a name says pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.handwriting.pen import ClerkDigits, Drawing, Pen
from pipeline.handwriting import ABOVE_BASELINE, BELOW_BASELINE, fit_strip

#: What symbols begin with, as far as a strip shows them.
SYMBOLS = (
    "QĐ-UB", "KH-UB", "TB-SY", "SYT-N", "UBND-", "BC-SY", "QĐ-BY", "TTr-S", "GM-SY", "CT-UB",
    "HD-SX", "CV-ĐH", "VP-TH", "LĐTBX", "STC-Q", "BNV-T", "NQ-HĐ", "PA-CA", "ĐHCT", "KCN-V",
    "XMXD", "TCT-K", "CAX-Đ", "MTTQ-", "PGDĐT", "ĐA-UB", "GP-SX", "BB-TT", "TTg-K", "YDCT",
)  # fmt: skip
LABELS = ("Số:", "Số:", "Số:", "Số:", "Số :", "Số", "SỐ:", "Sô:", "Số.", "Só:")


@dataclass(frozen=True)
class Sample:
    """A composed strip.

    Attributes:
        strip: as the network sees it.
        truth: what is written on it.
        places: x of each sign, pixels; fewer than signs where a printed year ends the strip.
        group: number of the agency whose clerks' digits are on it; -1 for none.
    """

    strip: np.ndarray
    truth: str
    places: list[float]
    group: int


class Composer(Drawing):
    """Makes samples from one random generator; the same seed gives the same samples."""

    def __init__(self, digits: Path, seed: int, clerks: ClerkDigits | None = None) -> None:
        """Reads the digit images of `digits` and the fonts of fonts.tsv."""
        super().__init__(np.random.default_rng(seed))
        self.grain = self.random.normal(0, 1, (160, 4000)).astype(np.float32)
        self.pen = Pen(self.random, digits, clerks)

    def sample(self) -> Sample:
        """A strip for the network, what is written on it, and where."""
        number = self._chance(0.62)
        if self._chance(0.08):
            digits = ""
        elif number:
            digits = self._number()
        else:
            digits = self._day()
        strip, places, tail = self._strip(digits, number=number)
        fitted = fit_strip(self._scan(strip))
        scale = fitted.shape[1] / strip.shape[1]
        return Sample(fitted, digits + tail, [x * scale for x in places], self.pen.group)

    def _number(self) -> str:
        length = int(self.random.choice([1, 2, 3, 4, 5], p=[0.05, 0.24, 0.31, 0.37, 0.03]))
        text = "".join(str(d) for d in self.random.integers(0, 10, length))
        if length == 1:
            text = str(self.random.integers(1, 10))
        if length == 2 and self._chance(0.3):
            text = "0" + text[1]
        return text + (self._pick("aabbbc") if self._chance(0.02) else "")

    def _day(self) -> str:
        if self._chance(0.2):
            return "".join(str(d) for d in self.random.integers(0, 10, 2))
        value = int(self.random.integers(1, 32))
        return f"{value:02d}" if self._chance(0.75) else str(value)

    def _strip(self, digits: str, *, number: bool) -> tuple[np.ndarray, list[float], str]:
        # Pixels a point of the scan: 150-300 dpi.
        scale = float(
            self.random.choice([1.7, 2.08, 2.5, 2.8, 3.4], p=[0.1, 0.25, 0.25, 0.25, 0.15])
        )
        size = self._uniform(0.85, 1.15) * 13
        height = round((ABOVE_BASELINE + BELOW_BASELINE) * scale)
        canvas = np.zeros((height, round(220 * scale)), np.float32)
        baseline = (ABOVE_BASELINE + self._uniform(-3, 3)) * scale
        face = str(self._pick(self.fonts["print"]))
        italic = [p for p in self.fonts["print"] if "Italic" in p.name or "italic" in p.name]
        upright = [p for p in self.fonts["print"] if p not in italic]
        face = str(self._pick(upright if number or self._chance(0.12) else italic))
        shade = self._uniform(0.7, 1)
        x = self._uniform(1, 9) * scale
        year = ""
        if number:
            left = self._pick(LABELS)
            right = ("/ " if self._chance(0.25) else "/") + self._pick(SYMBOLS)
            if self._chance(0.05):
                right = self._pick(("-", "- ")) + right[1:].strip()
            elif self._chance(0.06):
                # Normative acts carry the year: the strip goes on to the symbol's slash.
                year = f"/{int(self.random.integers(1995, 2030))}"
                right = year + right
        else:
            left = self._pick(("ngày", "ngày", "tháng"))
            right = "tháng" if left == "ngày" else self._pick(("năm", "năm 20"))
            if left == "ngày" and self._chance(0.5):
                place_end = self._print(
                    canvas,
                    self._pick(("ng,", "ội,", "m,", "ơ,", "h,")),
                    face,
                    size,
                    scale,
                    x,
                    baseline,
                    shade,
                )
                x = place_end + self._uniform(2, 4) * scale
        end = self._print(canvas, left, face, size, scale, x, baseline, shade)
        drawn, ink_start, ink_end, centres = self.pen.write(digits, scale)
        slot = (ink_end - ink_start) / scale
        natural = self._uniform(8, 45) if number else self._uniform(8, 24)
        width = max(natural, slot * self._uniform(0.85, 1.1) if digits else natural)
        free = max(0.0, width - slot)
        # A full slot pushes its first digit into the colon.
        near = self._uniform(-4.5, 0) if self._chance(0.15) else self._uniform(-1.5, 2)
        start = end + (near + self.random.beta(1.2, 1.5) * free) * scale
        ink = np.zeros_like(canvas)
        if digits:
            foot = drawn.shape[0] * 2 // 3
            self._paste(ink, drawn[:, ink_start:ink_end], round(start), round(baseline) - foot)
        canvas = np.maximum(canvas, ink)
        places = [x - ink_start + start for x in centres]
        edge = end + width * scale + self._uniform(-1, 2.5) * scale
        self._leaders(canvas, end, edge, baseline, scale)
        if self._chance(0.93):
            stop = self._print(canvas, right, face, size, scale, edge, baseline, shade)
            tail = "/" if number else ""
        else:
            stop, tail = edge + 10 * scale, ""
        if year and tail:
            tail = year + "/"
            stop = edge + (1.05 * 2.3 * size + self._uniform(4, 20)) * scale
        elif tail:
            stop = edge + self._uniform(4, 26) * scale
        self._noise(canvas, scale, baseline, shade, face, size)
        right_cut = round(min(stop + self._uniform(0, 6) * scale, canvas.shape[1]))
        if tail == "/":
            places.append(edge + 2 * scale)
        return canvas[:, :right_cut], places, tail

    def _leaders(
        self, canvas: np.ndarray, start: float, end: float, baseline: float, scale: float
    ) -> None:
        kind = self.random.random()
        y = round(baseline + self._uniform(-0.5, 2) * scale)
        if kind < 0.15:
            step = self._uniform(2.2, 4) * scale
            for x in np.arange(start, end - step / 2, step):
                cv2.circle(canvas, (round(x), y), max(0, round(0.45 * scale)), 0.8, -1)
        elif kind < 0.20:
            cv2.line(canvas, (round(start), y), (round(end), y), 0.8, max(1, round(0.5 * scale)))

    def _noise(
        self,
        canvas: np.ndarray,
        scale: float,
        baseline: float,
        shade: float,
        face: str,
        size: float,
    ) -> None:
        height, width = canvas.shape
        if self._chance(0.35):
            words = self._pick(
                (
                    "V/v báo cáo kết quả thực hiện Quyết định",
                    "GIẤY MỜI Hội nghị",
                    "V/v triển khai kế hoạch công tác",
                    "1. Các đơn vị",
                )
            )
            drop = self._uniform(13, 22) * scale
            self._print(
                canvas,
                words,
                face,
                size,
                scale,
                -self._uniform(0, 60) * scale,
                baseline + drop,
                shade,
            )
        if self._chance(0.15):
            words = self._pick(
                (
                    "SỞ Y TẾ TỈNH KIÊN",
                    "TRƯỜNG ĐẠI HỌC",
                    "Độc lập - Tự do - Hạnh phúc",
                    "ỦY BAN NHÂN DÂN",
                )
            )
            self._print(
                canvas,
                words,
                face,
                size,
                scale,
                self._uniform(-60, 20) * scale,
                baseline - self._uniform(15, 24) * scale,
                shade,
            )
        if self._chance(0.12):
            y = round(baseline - self._uniform(12, 20) * scale)
            x = round(self._uniform(0, 60) * scale)
            cv2.line(canvas, (x, y), (x + round(40 * scale), y), shade, max(1, round(0.7 * scale)))
        if self._chance(0.12):
            ends = self.random.uniform(0, 1, (2, 2)) * (min(width, 150 * scale), height)
            ends[1] = ends[0] + self.random.normal(0, 7 * scale, 2)
            cv2.line(
                canvas, *(tuple(int(v) for v in p) for p in ends), 0.7, max(1, round(0.6 * scale))
            )
        if self._chance(0.06):
            # Dust on the scanner's glass draws a line down the page.
            x = int(self.random.integers(min(width, round(150 * scale))))
            cv2.line(canvas, (x, 0), (x, height), self._uniform(0.2, 0.8), 1)
        if self._chance(0.35):
            for _ in range(int(self.random.integers(1, 18))):
                x, y = int(self.random.integers(width)), int(self.random.integers(height))
                radius = int(self.random.integers(0, max(1, round(0.5 * scale)) + 1))
                cv2.circle(canvas, (x, y), radius, self._uniform(0.3, 1), -1)

    def _scan(self, ink: np.ndarray) -> np.ndarray:
        """Paper, lens, threshold and JPEG over `ink`; grey levels, ink dark."""
        random = self.random
        if self._chance(0.5):
            ink = self._rotated(ink, random.normal(0, 0.8))
        paper = self._uniform(0.75, 1)
        dark = self._uniform(0.0, 0.35)
        image = paper - (paper - dark) * ink
        if self._chance(0.12):
            ghost = np.flip(cv2.GaussianBlur(ink, (0, 0), 2), 1)
            image = image - 0.12 * ghost
        blur = self._uniform(0.3, 1.3) if self._chance(0.8) else self._uniform(1, 2)
        image = cv2.GaussianBlur(image, (0, 0), blur)
        left = int(random.integers(0, self.grain.shape[1] - image.shape[1]))
        grain = self.grain[: image.shape[0], left : left + image.shape[1]]
        image = image + self._uniform(0.0, 0.04) * grain
        grey = np.clip(image * 255, 0, 255).astype(np.uint8)
        if self._chance(0.4):
            level = dark + (paper - dark) * self._uniform(0.5, 0.85)
            grey = np.where(grey > level * 255, 255, 0).astype(np.uint8)
        elif self._chance(0.6):
            quality = int(random.integers(25, 85))
            grey = cv2.imdecode(
                cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0
            )
        return grey

    @staticmethod
    def _rotated(ink: np.ndarray, degrees: float) -> np.ndarray:
        height, width = ink.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return cv2.warpAffine(ink, matrix, (width, height))
