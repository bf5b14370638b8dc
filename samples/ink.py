"""What people put on a printed sheet: handwriting, signatures, round seals, rubber stamps.

Inks are `Ink` values (how much ink lies where, and its colour) that `press` lays over an image as
a transparent layer, so black print stays black under a seal. Coordinates are pixels at 300 dpi.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from samples import fonts
from samples.flow import mm

Array = np.ndarray
Rng = np.random.Generator

BLUE_PEN = (38, 52, 150)
BLACK_PEN = (35, 35, 45)
SEAL_RED = (205, 30, 45)
STAMP_BLUE = (45, 60, 165)


@dataclass(frozen=True)
class Ink:
    """Coverage 0..1 per pixel (`float32`, height x width) and the ink's colour."""

    coverage: Array
    colour: tuple[int, int, int]


def press(image: Array, ink: Ink, *, x: float, y: float) -> Array:
    """The RGB image with the ink laid over it, its middle at `x`, `y`; what lies outside is cut."""
    height, width = ink.coverage.shape
    left, top = round(x - width / 2), round(y - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return image
    coverage = ink.coverage[y0 - top : y1 - top, x0 - left : x1 - left, None]
    tint = np.array(ink.colour, np.float32) / 255
    result = image.copy()
    paper = result[y0:y1, x0:x1].astype(np.float32)
    result[y0:y1, x0:x1] = (paper * (1 - coverage * (1 - tint))).round().astype(np.uint8)
    return result


def rotated(ink: Ink, degrees: float) -> Ink:
    """The ink turned counter-clockwise, on a canvas that holds all of it."""
    image = Image.fromarray((ink.coverage * 255).astype(np.uint8))
    turned = image.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True)
    return Ink(np.asarray(turned, np.float32) / 255, ink.colour)


def worn(ink: Ink, rng: Rng, *, patchiness: float = 0.35, grain: float = 0.25) -> Ink:
    """The ink as a rubber stamp leaves it: thin in patches, with grains of bare paper."""
    height, width = ink.coverage.shape
    coarse = rng.random((max(height // 90, 2), max(width // 90, 2))).astype(np.float32)
    patches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.random((height, width)).astype(np.float32), (0, 0), 1.4)
    fine = np.clip((fine - 0.5) * 6 + 0.75, 0, 1)
    kept = (1 - patchiness * np.clip(patches, 0, 1)) * (1 - grain * (1 - fine))
    soft = cv2.GaussianBlur(ink.coverage, (0, 0), 0.8)
    return Ink(np.clip(soft * kept, 0, 1).astype(np.float32), ink.colour)


def _canvas(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (round(width), round(height)), 0)
    return image, ImageDraw.Draw(image)


def _ink(image: Image.Image, colour: tuple[int, int, int], strength: float = 1.0) -> Ink:
    return Ink(np.asarray(image, np.float32) / 255 * strength, colour)


def handwriting(
    text: str, rng: Rng, *, face: str, size: float, colour: tuple[int, int, int] = BLUE_PEN
) -> Ink:
    """A few figures or Latin letters in pen, each a little turned, raised and resized."""
    width = sum(fonts.width(letter, face, size) for letter in text) * 1.15 + size
    image, _ = _canvas(width, size * 2.4)
    x = size * 0.4
    for letter in text:
        letter_size = size * float(rng.uniform(0.93, 1.08))
        font = fonts.load(face, round(letter_size, 1))
        advance = font.getlength(letter)
        tile, draw = _canvas(advance + size, size * 2.4)
        y = size * 1.55 + float(rng.normal(0, size * 0.025))
        draw.text((size / 2, y), letter, fill=255, font=font, anchor="ls", stroke_width=1)
        turned = tile.rotate(float(rng.normal(0, 3)), resample=Image.Resampling.BICUBIC)
        place = (round(x - size / 2), 0)
        image.paste(255, (*place, place[0] + turned.width, turned.height), turned)
        x += advance + size * float(rng.uniform(-0.03, 0.05))
    ink = _ink(image.crop((0, 0, round(x + size * 0.4), image.height)), colour, 0.9)
    return worn(ink, rng, patchiness=0.25, grain=0.1)


def signature(rng: Rng, *, width: float = mm(46), colour: tuple[int, int, int] = BLUE_PEN) -> Ink:
    """A pen signature: a tall opening loop, a run of small waves, a long closing stroke."""
    height = width * 0.62
    points: list[tuple[float, float]] = []
    x, base = 0.12, 0.58
    tall = float(rng.uniform(0.34, 0.52))
    points += [(x, base), (x + 0.05, base - tall * 0.7), (x + 0.12, base - tall)]
    points += [(x + 0.10, base - tall * 0.2), (x + 0.03, base + 0.22), (x - 0.05, base + 0.12)]
    points += [(x + 0.07, base - 0.04)]
    x += 0.14
    for wave in range(int(rng.integers(4, 8))):
        rise = float(rng.uniform(0.06, 0.26)) * (1 - wave * 0.07)
        step = float(rng.uniform(0.028, 0.055))
        points += [(x, base + float(rng.normal(0, 0.02))), (x + step, base - rise)]
        if rng.random() < 0.35:
            points += [(x + step * 0.3, base - rise * 0.6)]
        x += step * 1.5
    loop = float(rng.uniform(0.1, 0.25))
    points += [(x + 0.05, base + loop), (x - 0.10, base + loop * 1.2), (x - 0.16, base + 0.05)]
    points += [(x + 0.06, base - 0.10), (min(x + 0.34, 0.97), base - float(rng.uniform(0.1, 0.3)))]
    lean, squash = float(rng.uniform(-0.35, 0.15)), float(rng.uniform(0.75, 1.0))
    shape = np.array(points) + rng.normal(0, 0.012, (len(points), 2))
    shape = np.column_stack(
        [shape[:, 0] + lean * (shape[:, 1] - base) + 0.06, base + (shape[:, 1] - base) * squash]
    )
    curve = _spline(shape * (2 * width, 2 * height))
    image, draw = _canvas(2 * width, 2 * height)
    speed = np.hypot(*np.diff(curve, axis=0).T)
    weights = np.clip(11.2 - 0.28 * speed, 4.4, 10.4)
    for (ax, ay), (bx, by), weight in zip(curve[:-1], curve[1:], weights, strict=True):
        draw.line((ax, ay, bx, by), fill=255, width=round(weight))
        half = weight / 2
        draw.ellipse((bx - half, by - half, bx + half, by + half), fill=255)
    if rng.random() < 0.6:
        y = height * float(rng.uniform(0.78, 0.9))
        sweep = [(0.2, y / height), (0.55, y / height - 0.04), (0.93, y / height - 0.16)]
        stroke = _spline(np.array(sweep) * (2 * width, 2 * height))
        draw.line([tuple(point) for point in stroke], fill=255, width=8)
    image = image.resize((round(width), round(height)), Image.Resampling.LANCZOS)
    return worn(_ink(image, colour, 0.92), rng, patchiness=0.2, grain=0.12)


def _spline(points: Array) -> Array:
    """Catmull-Rom curve through the points."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.vstack([*pieces, points[-1:]])


def seal(
    rng: Rng,
    *,
    top: str,
    bottom: str,
    centre: Sequence[str] = (),
    emblem: str = "",
    diameter: float = mm(36),
    colour: tuple[int, int, int] = SEAL_RED,
) -> Ink:
    """A round seal: double ring, text around, and an agency's name or an emblem in the middle.

    Args:
        rng: drives wear and the few degrees by which the hand turned the seal.
        top: text over the upper arc.
        bottom: text along the lower arc, read from inside.
        centre: lines in the middle.
        emblem: `star` or `party` instead of, or above, the lines.
        diameter: of the outer ring, in pixels.
        colour: of the ink pad.
    """
    scale = 2
    size = diameter * scale * 1.06
    image, draw = _canvas(size, size)
    middle = size / 2
    radius = diameter * scale / 2
    for share, weight in ((1.0, 0.028), (0.945, 0.010), (0.66, 0.012)):
        r = radius * share
        draw.ellipse(
            (middle - r, middle - r, middle + r, middle + r),
            outline=255,
            width=max(2, round(radius * weight * 1.4)),
        )
    _arc_text(image, top, radius * 0.80, radius * 0.165, upper=True)
    _arc_text(image, bottom, radius * 0.80, radius * 0.165, upper=False)
    for side in (-1, 1):
        angle = np.radians(90 + side * 68)
        x, y = middle + radius * 0.80 * np.cos(angle), middle + radius * 0.80 * np.sin(angle)
        _star(draw, x, y, radius * 0.075)
    if emblem == "star":
        _state_emblem(draw, middle, radius)
    elif emblem == "party":
        _party_emblem(draw, middle, radius)
    _centre_text(draw, centre, middle, radius)
    image = image.resize((round(size / scale),) * 2, Image.Resampling.LANCZOS)
    ink = worn(_ink(image, colour, 0.88), rng, patchiness=0.5, grain=0.35)
    return rotated(ink, float(rng.normal(0, 5)))


def _arc_text(image: Image.Image, text: str, radius: float, size: float, *, upper: bool) -> None:
    """Letters along a ring, each turned by its place, squeezed to leave room for the stars."""
    limit = np.radians(206 if upper else 104)
    font = fonts.load("sans-bold", round(size, 1))
    widths = [font.getlength(letter) + size * 0.09 for letter in text]
    total = sum(widths) / radius
    squeeze = min(1.0, limit / total)
    angle = -total * squeeze / 2
    middle = image.width / 2
    for letter, advance in zip(text, widths, strict=True):
        step = advance / radius * squeeze
        angle += step / 2
        tile, draw = _canvas(size * 3, size * 3)
        draw.text((size * 1.5, size * 1.5), letter, fill=255, font=font, anchor="mm")
        if squeeze < 1:
            narrow = tile.resize((max(1, round(tile.width * squeeze)), tile.height))
            tile, _ = _canvas(size * 3, size * 3)
            tile.paste(narrow, ((tile.width - narrow.width) // 2, 0))
        turn = -angle if upper else angle
        turned = tile.rotate(np.degrees(turn), resample=Image.Resampling.BICUBIC)
        x = middle + radius * np.sin(angle)
        y = middle - radius * np.cos(angle) * (1 if upper else -1)
        box = (round(x - size * 1.5), round(y - size * 1.5))
        image.paste(255, (*box, box[0] + turned.width, box[1] + turned.height), turned)
        angle += step / 2


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    corners = []
    for index in range(10):
        angle = np.pi * index / 5 - np.pi / 2
        r = radius if index % 2 == 0 else radius * 0.42
        corners.append((x + r * np.cos(angle), y + r * np.sin(angle)))
    draw.polygon(corners, fill=255)


def _state_emblem(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    """A star within two sheaves over a half cog, as small seals show the state emblem."""
    _star(draw, middle, middle - radius * 0.12, radius * 0.2)
    for side in (-1, 1):
        for index in range(11):
            angle = np.radians(90 + side * (28 + index * 12))
            x, y = middle + radius * 0.45 * np.cos(angle), middle + radius * 0.45 * np.sin(angle)
            length, lean = radius * 0.09, angle - side * np.radians(60)
            dx, dy = length * np.cos(lean), length * np.sin(lean)
            draw.line((x - dx, y - dy, x + dx, y + dy), fill=255, width=round(radius * 0.035))
    box = (middle - radius * 0.17, middle + radius * 0.16, middle + radius * 0.17)
    draw.arc((*box, middle + radius * 0.5), 180, 360, fill=255, width=round(radius * 0.05))
    for index in range(7):
        angle = np.radians(180 + index * 30)
        x, y = middle + radius * 0.2 * np.cos(angle), middle + radius * (0.33 + 0.2 * np.sin(angle))
        r = radius * 0.025
        draw.rectangle((x - r, y - r, x + r, y + r), fill=255)
    draw.line(
        (
            middle - radius * 0.3,
            middle + radius * 0.42,
            middle + radius * 0.3,
            middle + radius * 0.42,
        ),
        fill=255,
        width=round(radius * 0.05),
    )


def _party_emblem(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    """Hammer and sickle in outline strokes."""
    weight = round(radius * 0.09)
    box = (middle - radius * 0.36, middle - radius * 0.40, middle + radius * 0.36)
    draw.arc((*box, middle + radius * 0.32), -80, 118, fill=255, width=weight)
    draw.line(
        (
            middle - radius * 0.16,
            middle + radius * 0.24,
            middle - radius * 0.36,
            middle + radius * 0.44,
        ),
        fill=255,
        width=weight,
    )
    draw.line(
        (
            middle - radius * 0.22,
            middle - radius * 0.22,
            middle + radius * 0.38,
            middle + radius * 0.42,
        ),
        fill=255,
        width=weight,
    )
    head = [(-0.36, -0.16), (-0.14, -0.38), (-0.05, -0.29), (-0.27, -0.07)]
    draw.polygon([(middle + radius * x, middle + radius * y) for x, y in head], fill=255)


def _centre_text(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], middle: float, radius: float
) -> None:
    if not lines:
        return
    longest = max(lines, key=len)
    size = min(radius * 0.22, radius * 1.02 / max(len(longest), 1) * 1.55)
    font = fonts.load("sans-bold", round(size, 1))
    y = middle - size * 1.25 * (len(lines) - 1) / 2
    for line in lines:
        draw.text((middle, y), line, fill=255, font=font, anchor="mm")
        y += size * 1.25


def boxed_stamp(text: str, rng: Rng, *, width: float, height: float) -> Ink:
    """A red stamp of bold capitals in a double frame: HỎA TỐC, KHẨN, MẬT."""
    image, draw = _canvas(width, height)
    draw.rectangle((1, 1, width - 3, height - 3), outline=255, width=5)
    draw.rectangle((11, 11, width - 13, height - 13), outline=255, width=2)
    size = height * 0.55
    while fonts.width(text, "times-bold", size) > width * 0.86:
        size *= 0.97
    font = fonts.load("times-bold", round(size, 1))
    draw.text((width / 2, height / 2), text, fill=255, font=font, anchor="mm")
    ink = worn(_ink(image, SEAL_RED, 0.9), rng, patchiness=0.45, grain=0.3)
    return rotated(ink, float(rng.normal(0, 1.5)))


def signing_note(lines: Sequence[str]) -> Ink:
    """The small print that signing software puts into the top corner of an electronic original."""
    size = mm(2.5)
    font = fonts.load("sans", round(size, 1))
    image, draw = _canvas(max(font.getlength(line) for line in lines) + 4, size * 1.3 * len(lines))
    for index, line in enumerate(lines):
        draw.text((2, size * (1 + 1.25 * index)), line, fill=255, font=font, anchor="ls")
    return _ink(image, (20, 20, 20))


def received_stamp(
    rng: Rng, *, agency: str, number: str, date: str, colour: tuple[int, int, int] = SEAL_RED
) -> tuple[Ink, Ink]:
    """The box of an incoming-mail desk, and what the clerk wrote into it, on one canvas each.

    Args:
        rng: drives the stamp's wear and the clerk's hand.
        agency: the receiver, over the box.
        number: the number the clerk wrote.
        date: the date the clerk wrote, as written.
        colour: of the stamp's ink.
    """
    width, height = mm(46), mm(26)
    image, draw = _canvas(width, height)
    draw.rectangle((2, 2, width - 4, height - 4), outline=255, width=4)
    band = height * 0.2
    draw.line((2, band, width - 4, band), fill=255, width=3)
    size = band * 0.62
    while fonts.width(agency, "sans-bold", size) > width * 0.92:
        size *= 0.97
    head = fonts.load("sans-bold", round(size, 1))
    draw.text((width / 2, band / 2 + 2), agency, fill=255, font=head, anchor="mm")
    bold = fonts.load("times-bold", round(height * 0.23, 1))
    draw.text((width * 0.03, height * 0.51), "ĐẾN", fill=255, font=bold, anchor="ls")
    small = fonts.load("times", round(height * 0.125, 1))
    rows = ((0.36, 0.40, "Số:"), (0.36, 0.61, "Ngày:"), (0.03, 0.78, "Chuyển:"))
    rows += ((0.03, 0.94, "Số và ký hiệu HS:"),)
    written = Image.new("L", image.size, 0)
    for (x, y, label), text in zip(rows, (number, date, "", ""), strict=True):
        draw.text((width * x, height * y), label, fill=255, font=small, anchor="ls")
        start = width * x + small.getlength(label) + 6
        while start < width * 0.95:
            draw.ellipse((start, height * y - 3, start + 3, height * y), fill=255)
            start += 10
        if text:
            hand = handwriting(text, rng, face="hand-upright", size=height * 0.145)
            place = (round(width * x + small.getlength(label)), round(height * y - height * 0.29))
            tile = Image.fromarray((hand.coverage * 255).astype(np.uint8))
            written.paste(255, (*place, place[0] + tile.width, place[1] + tile.height), tile)
    stamp = worn(_ink(image, colour, 0.9), rng, patchiness=0.4, grain=0.3)
    return stamp, _ink(written, BLUE_PEN)
