"""Page images made fit to read: upright, straight, evenly lit, print only.

What is taken off the page is kept as marks with their boxes, and `CleanImage.colour`
keeps every drop of ink in the same frame, for reading handwriting. Each step can be
watched through `trace`. This module knows nothing of files, words or letters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.colour import Blot, take_colour_out
from pipeline.ink import (
    Pixels,
    coarsened,
    even_light,
    find_rules,
    find_specks,
    is_bilevel,
    strengthen,
    to_grey,
    whiten_edges,
)
from pipeline.orientation import Orientation, find_orientation
from pipeline.page import Affine, BBox, Mark, Overlay
from pipeline.settings import CleanSettings
from pipeline.skew import Skew, find_skew

Trace = Callable[[str, Pixels], None]
#: Says for a grey page, its piece with the most letters, and the dpi of both, which quarter turn
#: makes it upright; `None` if it cannot.
AskRotation = Callable[[Pixels, Pixels, float], int | None]

# Below this skew a page is left alone: turning costs sharpness and gains nothing.
_STRAIGHT_DEGREES = 0.1
# A direction counts only where it stands out: pictures and blank pages have none.
_SKEW_SCORE = 1.5
_MASK_DPI = 100.0
# A page goes to be asked about at this resolution; below this many pixels of ink at 100 dpi
# there is no text to tell by.
_ASKING_DPI, _LEAST_INK = 150.0, 500
# Inches: side of the piece that is read to tell.
_PIECE = 4.0
# Coarser pages are drawn larger while they are straightened: Tesseract wants letters
# of 20 to 40 pixels.
_COARSE_DPI, _READING_DPI = 190.0, 300.0
# Grey above which is paper, for telling specks, and their area in pixels of 200 dpi. Dust on a
# black and white page that was drawn smoothly, known by its pure white, has a rim besides.
_PALE, _TINY, _TINY_WITH_RIM, _PURE = 200, 3.0, 6.0, 0.8
# Short side of a page in pixels: 50 dpi on A4, at which no mark of a vowel survives.
_MIN_PIXELS = 430


class ViewedPage(Protocol):
    """What cleaning needs of a rendered page: see `render.PageImage`."""

    @property
    def number(self) -> int:
        """1-based page of the file."""

    @property
    def width(self) -> float:
        """Points."""

    @property
    def height(self) -> float:
        """Points."""

    @property
    def dpi(self) -> float:
        """Pixels an inch."""

    @property
    def pixels(self) -> Pixels:
        """RGB or grey, as a viewer shows the page."""

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """Signing texts over the page."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """One page ready to be read, in the straightened frame.

    Attributes:
        pixels: uint8 grey, print only, straightened; faint print made dark.
        soft: the same print in its own greys, where it was faint: Tesseract reads it better.
        colour: uint8 RGB or grey, straightened, nothing taken off.
        dpi: of both images.
        width, height: points, of the straightened page.
        rotation: quarter turn that made it upright, degrees clockwise.
        skew_degrees: counter-clockwise skew of the text that was taken out.
        to_viewer: points of the straightened page to points as a viewer shows it.
        marks: ink that is not print, boxes in points of the straightened page.
        orientation_sure: the evidence for `rotation` was clear.
    """

    number: int
    pixels: Pixels
    colour: Pixels
    dpi: float
    width: float
    height: float
    viewer_width: float
    viewer_height: float
    rotation: int
    skew_degrees: float
    to_viewer: Affine
    marks: tuple[Mark, ...] = ()
    blank: bool = False
    unreadable: bool = False
    overlays: tuple[Overlay, ...] = ()
    orientation_sure: bool = True
    soft: Pixels | None = None


def clean(
    image: ViewedPage,
    settings: CleanSettings,
    *,
    trace: Trace | None = None,
    ask_rotation: AskRotation | None = None,
) -> CleanImage:
    """The page straightened and freed of all that is not print.

    Args:
        image: the page as a viewer shows it.
        settings: which marks are taken off.
        trace: called with a step's name and its picture, for a person to look at.
        ask_rotation: asked which way up the page lies where its lines do not tell.
    """
    show = trace or _no_trace
    show("0-viewer", image.pixels)
    orientation = find_upright(image.pixels, image.dpi, settings.max_skew_degrees, ask_rotation)
    degrees = taken_out(orientation.skew)
    scale = _READING_DPI / image.dpi if image.dpi < _COARSE_DPI else 1.0
    upright = np.ascontiguousarray(np.rot90(image.pixels, -(orientation.rotation // 90)))
    # The edges are sought before the page is turned: white corners would part them from its rim.
    edge = whiten_edges(to_grey(upright), image.dpi)
    colour, matrix = _straighten(upright, degrees, scale)
    del upright
    turned, _ = _straighten(edge, degrees, scale)
    edge = np.asarray(cv2.threshold(turned, 0, 255, cv2.THRESH_BINARY)[1], np.uint8)
    del turned
    dpi = image.dpi * scale
    show("1-straight", colour)
    bilevel = is_bilevel(to_grey(image.pixels))
    straight = CleanImage(
        number=image.number,
        pixels=colour,
        colour=colour,
        dpi=dpi,
        width=colour.shape[1] * 72 / dpi,
        height=colour.shape[0] * 72 / dpi,
        viewer_width=image.width,
        viewer_height=image.height,
        rotation=orientation.rotation,
        skew_degrees=degrees,
        to_viewer=_to_viewer(image, orientation.rotation, matrix, dpi),
        unreadable=min(image.pixels.shape[:2]) < _MIN_PIXELS,
        overlays=image.overlays,
        orientation_sure=orientation.sure,
    )
    del image  # 30 MB of a page in colour, where nobody else holds it
    black, blots = _black(colour, edge, dpi, bilevel, settings, show)
    del edge
    text, soft, rules = _print_only(black, colour, dpi, bilevel, settings, show)
    marks = [Mark(blot.kind, _points(blot.box, dpi)) for blot in blots]
    marks += [Mark("rule", _points(box, dpi)) for box in rules]
    return replace(
        straight,
        pixels=text,
        soft=soft,
        marks=tuple(marks),
        blank=not straight.unreadable and _is_blank(text, dpi) and not blots,
    )


def find_upright(
    pixels: Pixels, dpi: float, max_skew_degrees: float, ask_rotation: AskRotation | None = None
) -> Orientation:
    """The turn that makes the page upright; `ask_rotation` decides where lines are unclear."""
    ink = letter_mask(pixels, dpi)
    found = find_orientation(ink, max_skew_degrees)
    if found.sure or ask_rotation is None or np.count_nonzero(ink) < _LEAST_INK:
        return found
    page, asking_dpi = coarsened(to_grey(pixels), dpi, _ASKING_DPI)
    rotation = ask_rotation(page, _fullest(page, ink, round(_PIECE * asking_dpi)), asking_dpi)
    if rotation is None:
        return found
    skew = found.skew
    if rotation != found.rotation:
        skew = find_skew(np.rot90(ink, -(rotation // 90)), max_skew_degrees)
    return replace(found, rotation=rotation, skew=skew, sure=True)


def _fullest(page: Pixels, ink: npt.NDArray[np.bool_], side: int) -> Pixels:
    """The square of `side` pixels of the page, or what fits, that holds most of `ink`.

    `ink` is a mask of the page, coarser or as fine.
    """
    factor = ink.shape[0] / page.shape[0]
    reach = max(1, round(side * factor))
    amount = cv2.boxFilter(
        ink.astype(np.float32), -1, (reach, reach), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    y, x = (int(at / factor) for at in np.unravel_index(int(np.argmax(amount)), amount.shape))
    top = max(0, min(y - side // 2, page.shape[0] - side))
    left = max(0, min(x - side // 2, page.shape[1] - side))
    return page[top : top + side, left : left + side]


def taken_out(skew: Skew) -> float:
    """The degrees that a page is turned back by: none for a small or a doubtful skew."""
    clear = abs(skew.degrees) >= _STRAIGHT_DEGREES and skew.score >= _SKEW_SCORE
    return skew.degrees if clear else 0.0


def _no_trace(_step: str, _pixels: Pixels) -> None:
    """Nobody watches."""


def letter_mask(pixels: Pixels, dpi: float) -> npt.NDArray[np.bool_]:
    """Printed ink at about 100 dpi, without edges, rules, pictures and specks."""
    small, coarse = coarsened(to_grey(pixels), dpi, _MASK_DPI)
    edge = whiten_edges(small, coarse)
    small = np.where(edge > 0, 255, small).astype(np.uint8)
    ink = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 18
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    # Letters and joined words, not specks, rules, seals or pictures.
    keep = (np.maximum(width, height) >= 3) & (np.minimum(width, height) <= 40)
    keep &= np.maximum(width, height) <= 120
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def _straighten(
    pixels: Pixels, degrees: float, scale: float
) -> tuple[Pixels, npt.NDArray[np.float64]]:
    """The upright page turned clockwise by `degrees`, scaled, nothing cut off.

    Returns the pixels and the 2 x 3 map from upright to straightened pixels.
    """
    height, width = pixels.shape[:2]
    if degrees == 0.0 and scale == 1.0:
        return pixels, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, scale)
    cos, sin = (
        abs(math.cos(math.radians(degrees))),
        abs(math.sin(math.radians(degrees))),
    )
    new_width = round((width * cos + height * sin) * scale)
    new_height = round((width * sin + height * cos) * scale)
    matrix[0, 2] += new_width / 2 - width / 2
    matrix[1, 2] += new_height / 2 - height / 2
    white = (255.0, 255.0, 255.0, 255.0)
    turned = cv2.warpAffine(
        pixels,
        matrix,
        (new_width, new_height),
        flags=cv2.INTER_CUBIC,
        borderValue=white,
    )
    return np.asarray(turned, np.uint8), np.asarray(matrix, np.float64)


def _black(
    colour: Pixels, edge: Pixels, dpi: float, bilevel: bool, settings: CleanSettings, show: Trace
) -> tuple[Pixels, tuple[Blot, ...]]:
    """Grey pixels of black ink on white paper, black edges whitened, and the coloured ink."""
    lit = colour if bilevel else even_light(colour, dpi, edge)
    show("2-light", lit)
    blots: tuple[Blot, ...] = ()
    if settings.remove_colour:
        text, blots = take_colour_out(lit, dpi)
    else:
        text = to_grey(lit)
    del lit  # as large as the page in colour, three times its grey
    show("3-colour", text)
    text = np.asarray(cv2.bitwise_or(text, edge), np.uint8)
    show("4-edges", text)
    return text, blots


def _print_only(
    text: Pixels, colour: Pixels, dpi: float, bilevel: bool, settings: CleanSettings, show: Trace
) -> tuple[Pixels, Pixels | None, tuple[tuple[int, int, int, int], ...]]:
    """Grey pixels of the print alone, those of faint print in its own greys, rules."""
    soft: Pixels | None = None
    if not bilevel:
        strong = strengthen(text)
        soft = None if strong is text else text
        text = strong
    ink = np.asarray(cv2.threshold(text, 150, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    rules: tuple[tuple[int, int, int, int], ...] = ()
    gone = np.zeros_like(ink)
    if settings.remove_rules:
        gone, rules = find_rules(ink, dpi)
        text = _whitened(text, ink, gone)
        soft = None if soft is None else _whitened(soft, ink, gone)
        ink = np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(gone)), np.uint8)
        show("5-rules", text)
    tiny = _TINY
    if not bilevel:
        if np.count_nonzero(colour[::4, ::4] == 255) > _PURE * colour[::4, ::4].size:
            tiny = _TINY_WITH_RIM
        # A faint mark over a letter is a few dark pixels in a pale spot: its size is the spot's.
        # What is left along a rule is judged by its dark pixels alone.
        along = cv2.dilate(gone, np.ones((5, round(0.4 * dpi) | 1), np.uint8))
        pale = cv2.threshold(text, _PALE, 255, cv2.THRESH_BINARY_INV)[1]
        ink = np.asarray(cv2.copyTo(ink, along, pale), np.uint8)
        del along, pale
    del gone
    specks = find_specks(ink, dpi, tiny)
    text = _whitened(text, ink, specks)
    soft = None if soft is None else _whitened(soft, ink, specks)
    show("6-specks", text)
    return text, soft, rules


def _whitened(text: Pixels, ink: Pixels, gone: Pixels) -> Pixels:
    """The page without the ink in `gone` and its grey fringe; other ink untouched."""
    kept = cv2.bitwise_and(ink, cv2.bitwise_not(gone))
    fringe = cv2.bitwise_and(cv2.dilate(gone, np.ones((3, 3), np.uint8)), cv2.bitwise_not(kept))
    return np.asarray(cv2.bitwise_or(text, fringe), np.uint8)


def _is_blank(text: Pixels, dpi: float) -> bool:
    """Whether fewer than a word's worth of letter-sized ink is left."""
    small, _ = coarsened(text, dpi, 150.0)
    ink = cv2.threshold(small, 140, 255, cv2.THRESH_BINARY_INV)[1]
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    height = stats[1:, cv2.CC_STAT_HEIGHT] / 150.0
    letters = np.count_nonzero((height > 0.05) & (height < 0.6))
    return int(letters) < 4


def _points(box: tuple[int, int, int, int], dpi: float) -> BBox:
    left, top, right, bottom = (value * 72 / dpi for value in box)
    return BBox(left, top, right, bottom)


def _to_viewer(
    image: ViewedPage, rotation: int, matrix: npt.NDArray[np.float64], dpi: float
) -> Affine:
    """From points of the straightened page to points of the page as shown."""
    height, width = image.pixels.shape[:2]
    back = cv2.invertAffineTransform(matrix)
    # From upright pixels to those of the image as it came.
    quarter = {
        0: np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]),
        90: np.array([[0.0, 1, 0], [-1, 0, height], [0, 0, 1]]),
        180: np.array([[-1.0, 0, width], [0, -1, height], [0, 0, 1]]),
        270: np.array([[0.0, -1, width], [1, 0, 0], [0, 0, 1]]),
    }[rotation]
    to_pixels = np.diag([dpi / 72, dpi / 72, 1.0])
    # The page's size over its pixels, each axis its own: page boxes are rounded.
    to_points = np.diag([image.width / width, image.height / height, 1.0])
    whole = to_points @ quarter @ np.vstack([back, [0, 0, 1]]) @ to_pixels
    return Affine(*(float(value) for value in whole[:2].ravel()))
