"""What was seen on a page: boxes, words, lines, regions.

One coordinate frame: points (1/72 inch), origin at the top left of the *straightened*
page, so that printed lines are level. `Page.to_viewer` takes a box to the page as a
viewer shows it (after /Rotate); tables and records hold only such boxes. Text is NFC
and is what the engine saw: nothing here is ever corrected. This module knows nothing
of letters, fields or files.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class BBox:
    """A box in points: left < right grows rightward, top < bottom grows downward."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.bottom - self.top

    @property
    def center_x(self) -> float:
        """Horizontal middle."""
        return (self.left + self.right) / 2

    @property
    def center_y(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        """Square points; 0 for a degenerate box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def overlap(self, other: BBox) -> float:
        """Area shared with `other`, in square points."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0

    def expand(self, x: float, y: float) -> BBox:
        """The box grown by `x` points on the left and right, `y` at top and bottom."""
        return BBox(self.left - x, self.top - y, self.right + x, self.bottom + y)

    def rounded(self) -> BBox:
        """The box to a hundredth of a point, as tables and records write it."""
        return BBox(*(round(value, 2) for value in dataclasses.astuple(self)))

    @staticmethod
    def around(boxes: Iterable[BBox]) -> BBox:
        """The smallest box that covers all of `boxes`, which must not be empty."""
        listed = list(boxes)
        return BBox(
            min(box.left for box in listed),
            min(box.top for box in listed),
            max(box.right for box in listed),
            max(box.bottom for box in listed),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the engine or the text layer gave it; `confidence` is 0..1."""

    text: str
    bbox: BBox
    confidence: float

    def __post_init__(self) -> None:
        """Refuse text that is not NFC: accents that come apart break every rule."""
        if not unicodedata.is_normalized("NFC", self.text):
            message = f"word text must be NFC: {self.text!r}"
            raise ValueError(message)


@dataclass(frozen=True)
class Line:
    """Words of one printed line, left to right; never empty.

    `block` and `paragraph` number the engine's own grouping on the page, top down; `whole`
    says of a name that the ink before it was searched for more of it, `stamped` that it was
    read from a rubber stamp by a network made for such names. `cell` numbers the cells of the
    page's ruled tables in reading order, from 1 on; 0 outside of tables.
    """

    words: tuple[Word, ...]
    block: int = 0
    paragraph: int = 0
    whole: bool = False
    stamped: bool = False
    cell: int = 0

    @functools.cached_property
    def bbox(self) -> BBox:
        """The smallest box over the words."""
        return BBox.around(word.bbox for word in self.words)

    @property
    def text(self) -> str:
        """Words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    def moved(self, shift: Affine) -> Line:
        """The line with every word's box mapped by `shift`."""
        words = (dataclasses.replace(word, bbox=shift.apply(word.bbox)) for word in self.words)
        return dataclasses.replace(self, words=tuple(words))

    @property
    def height(self) -> float:
        """Median word height in points: steadier than the box where a stamp intrudes."""
        heights = sorted(word.bbox.height for word in self.words)
        return heights[len(heights) // 2]

    @property
    def confidence(self) -> float:
        """Mean word confidence weighted by length, 0..1."""
        weights = [max(len(word.text), 1) for word in self.words]
        pairs = zip(self.words, weights, strict=True)
        return sum(word.confidence * weight for word, weight in pairs) / sum(weights)


class Zone(enum.StrEnum):
    """Parts of a letter: the numbered cells (ô) of Decree 30/2020, Appendix I."""

    ISSUER = "issuer"  # ô 2: both lines, parent first
    MOTTO = "motto"  # ô 1: quốc hiệu and tiêu ngữ, or the Party's name
    NUMBER = "number"  # ô 3
    PLACE_DATE = "place_date"  # ô 4
    TITLE = "title"  # ô 5a: the type's name
    SUBJECT = "subject"  # ô 5a below the type, or ô 5b (V/v ...)
    ADDRESSEES = "addressees"  # ô 9a: Kính gửi
    BODY = "body"  # ô 6
    RECIPIENTS = "recipients"  # ô 9b: Nơi nhận
    SIGNATURE = "signature"  # ô 7a, 7b
    STAMP = "stamp"  # ĐẾN stamp, urgency, secrecy, digital signature
    PAGE_NUMBER = "page_number"
    FURNITURE = "furniture"  # running header, footer, address at the foot
    ANNEX = "annex"
    NOISE = "noise"  # margin notes, specks, letters of a seal


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of one zone in the order a person reads them."""

    zone: Zone
    page: int
    lines: tuple[Line, ...]

    @property
    def bbox(self) -> BBox:
        """The smallest box over the lines."""
        return BBox.around(line.bbox for line in self.lines)

    @property
    def text(self) -> str:
        """Lines joined by newlines."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Mark:
    """Ink that is not print: kept as evidence after it left the text image."""

    kind: Literal["seal", "stamp", "blue_ink", "rule"]
    bbox: BBox


@dataclass(frozen=True, slots=True)
class Overlay:
    """Text that a signing program laid over an image page ("Ký bởi ..."), where a viewer shows it."""

    text: str
    bbox: BBox


@dataclass(frozen=True, slots=True)
class SlotReading:
    """One string that the handwriting reader saw, with its probability 0..1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A blank that a clerk fills by hand: the number, the day or the month.

    Attributes:
        bbox: where the blank is.
        blank: nothing is written in it.
        readings: best first; empty when blank or not legible.
    """

    kind: Literal["number", "day", "month"]
    bbox: BBox
    blank: bool
    readings: tuple[SlotReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Affine:
    """The map x' = a x + b y + c, y' = d x + e y + f between two frames in points."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def apply(self, bbox: BBox) -> BBox:
        """The smallest upright box over the mapped corners of `bbox`."""
        corners = [(x, y) for x in (bbox.left, bbox.right) for y in (bbox.top, bbox.bottom)]
        xs = [self.a * x + self.b * y + self.c for x, y in corners]
        ys = [self.d * x + self.e * y + self.f for x, y in corners]
        return BBox(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Page:
    """One page after reading: words in lines, and what was done to see them.

    Attributes:
        number: 1-based page of the file.
        width, height: points, of the straightened page.
        to_viewer: from the straightened page to the page as a viewer shows it.
        viewer_width, viewer_height: points, of the page as a viewer shows it.
        rotation: quarter turn that made it upright, degrees clockwise, 0/90/180/270.
        skew_degrees: counter-clockwise skew of the text that was taken out.
        text_source: `ocr` or `text_layer`.
        blank: nothing printed on it (a fact, not a fault).
        unreadable: too small or too blurred to be read; `lines` is then empty.
        second: the lines as the other reading has them, see `choice`: where both read the same,
            the same; empty where there is none.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    rotation: int = 0
    skew_degrees: float = 0.0
    text_source: Literal["ocr", "text_layer"] = "ocr"
    blank: bool = False
    unreadable: bool = False
    marks: tuple[Mark, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    slots: tuple[Slot, ...] = ()
    second: tuple[Line, ...] = ()
    to_viewer: Affine = Affine()
    viewer_width: float = 0.0
    viewer_height: float = 0.0

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in line order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def mean_confidence(self) -> float | None:
        """Mean word confidence, 0..1; `None` on a page without words."""
        words = self.words
        if not words:
            return None
        return sum(word.confidence for word in words) / len(words)
