"""What a scanner, an office and the years do to a page image.

Every function takes an RGB image (`uint8`, height x width x 3) and a random generator, and gives a
new image; the same generator state gives the same pixels. Angles are in degrees, counter-clockwise
positive, of the text on the page. Knows nothing of letters.
"""

import io
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

Array = np.ndarray
Rng = np.random.Generator

BED = (38, 38, 40)
OLD_PAPER = (233, 216, 176)


def resample(image: Array, *, from_dpi: float, to_dpi: float) -> Array:
    """The image at another resolution, area-averaged as a sensor does."""
    if from_dpi == to_dpi:
        return image
    scale = to_dpi / from_dpi
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def grey(image: Array) -> Array:
    """The image as a scanner without colour sees it, still in three channels."""
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def skew(
    image: Array, rng: Rng, *, degrees: float, background: tuple[int, int, int] | None = None
) -> Array:
    """The sheet turned on the glass; what was outside it shows `background`, or paper if None."""
    del rng
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    fill = background or tuple(int(value) for value in np.median(image[::50, ::50], axis=(0, 1)))
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=fill)


def dark_edges(image: Array, rng: Rng, *, share: float = 0.02) -> Array:
    """Shadow along one long and one short edge, where the lid does not lie flat."""
    height, width = image.shape[:2]
    depth = max(4.0, share * width)
    shade = np.ones((height, width), np.float32)
    along = np.arange(width, dtype=np.float32)
    down = np.arange(height, dtype=np.float32)
    left = along if rng.random() < 0.5 else along[::-1]
    top = down if rng.random() < 0.5 else down[::-1]
    waver = depth * (1 + 0.25 * np.sin(down / height * rng.uniform(3, 9) + rng.uniform(0, 6)))
    shade *= 1 - 0.85 * np.exp(-((left[None, :] / waver[:, None]) ** 2))
    shade *= (1 - 0.7 * np.exp(-((top / (depth * 0.6)) ** 2)))[:, None]
    return _multiply(image, shade[:, :, None])


def bed_frame(image: Array, rng: Rng, *, share: float = 0.012) -> Array:
    """Uneven black margins of the glass that the sheet did not cover."""
    result = image.copy()
    height, width = image.shape[:2]
    for side in rng.permutation(4)[: int(rng.integers(1, 4))]:
        depth = int(width * share * rng.uniform(0.4, 1.4))
        slope = int(width * share * rng.uniform(-0.8, 0.8))
        ends = (max(depth, 1), max(depth + slope, 1))
        corners = {
            0: [(0, 0), (ends[0], 0), (ends[1], height), (0, height)],
            1: [(width, 0), (width - ends[0], 0), (width - ends[1], height), (width, height)],
            2: [(0, 0), (width, 0), (width, ends[0]), (0, ends[1])],
            3: [(0, height), (width, height), (width, height - ends[0]), (0, height - ends[1])],
        }[int(side)]
        cv2.fillPoly(result, [np.array(corners, np.int32)], BED)
    return result


def skew_dark_edges(image: Array, rng: Rng, *, degrees: float) -> Array:
    """The sheet askew on a dark glass: black wedges at the edges and a shadow."""
    turned = skew(image, rng, degrees=degrees, background=BED)
    return dark_edges(turned, rng)


def speckle(image: Array, rng: Rng, *, amount: float = 1.0) -> Array:
    """Dust and toner: `amount` 1 is 900 black specks and 40 clots on a page."""
    result = image.copy()
    height, width = image.shape[:2]
    scale = width / 1654
    count = int(900 * amount)
    ys, xs = rng.integers(0, height - 2, count), rng.integers(0, width - 2, count)
    tone = rng.integers(0, 110, count).astype(np.uint8)
    result[ys, xs] = tone[:, None]
    pairs = rng.random(count) < 0.4
    result[ys[pairs] + 1, xs[pairs]] = tone[pairs][:, None]
    result[ys[pairs], xs[pairs] + 1] = tone[pairs][:, None]
    for _ in range(int(40 * amount)):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        axes = tuple(int(max(1, value)) for value in rng.uniform(0.8, 2.6, 2) * scale)
        shade = int(rng.integers(0, 90))
        cv2.ellipse(result, centre, axes, float(rng.uniform(0, 180)), 0, 360, (shade,) * 3, -1)
    return result


def faint(image: Array, rng: Rng, *, amount: float = 0.5) -> Array:
    """Print of an empty cartridge or a worn ribbon: pale, paler in bands, with bare grains."""
    height, width = image.shape[:2]
    bands = _cloud(rng, (height, width), cells=(9, 4))
    strength = (1 - amount) + amount * 0.45 * (bands - 0.5)
    grains = cv2.GaussianBlur(rng.random((height, width)).astype(np.float32), (0, 0), 0.9)
    strength = strength * np.clip(0.65 + 3.5 * (grains - 0.44), 0.25, 1.1)
    paper = image.astype(np.float32)
    return (255 - (255 - paper) * np.clip(strength, 0.05, 1)[:, :, None]).round().astype(np.uint8)


def yellowed(
    image: Array, rng: Rng, *, paper: tuple[int, int, int] = OLD_PAPER, stains: int = 3
) -> Array:
    """Old acid paper: a brown tint, darker toward the edges, with fibres and a few stains."""
    height, width = image.shape[:2]
    cloud = _cloud(rng, (height, width), cells=(7, 5))
    ys = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None]
    xs = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :]
    edge = np.maximum(ys**10, xs**8)
    age = 0.85 + 0.25 * (cloud - 0.5) + 0.55 * edge
    for _ in range(stains):
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        radius = rng.uniform(0.03, 0.09) * width
        grid_y = (np.arange(height, dtype=np.float32) - cy)[:, None] ** 2
        grid_x = (np.arange(width, dtype=np.float32) - cx)[None, :] ** 2
        far = np.sqrt(grid_y + grid_x)
        age += 0.22 * np.exp(-((far / radius) ** 4)) + 0.2 * np.exp(-(((far - radius) / 5) ** 2))
    fibres = cv2.GaussianBlur(rng.random((height, width)).astype(np.float32), (0, 0), 1.2) - 0.5
    loss = 1 - np.array(paper, np.float32) / 255
    tint = 1 - loss[None, None, :] * age[:, :, None] + 0.12 * fibres[:, :, None]
    return _multiply(image, tint)


def off_white(image: Array, rng: Rng, *, level: int = 244) -> Array:
    """Office paper as a colour scanner sees it: a shade below white, faintly uneven."""
    height, width = image.shape[:2]
    cloud = _cloud(rng, (height, width), cells=(5, 4)) - 0.5
    tint = np.array([level, level, level + 3], np.float32) / 255
    return _multiply(image, tint[None, None, :] * (1 + 0.02 * cloud[:, :, None]))


def show_through(image: Array, rng: Rng, *, back: Array, amount: float = 0.12) -> Array:
    """The page printed on the other side, mirrored, blurred and pale."""
    del rng
    mirrored = cv2.GaussianBlur(back[:, ::-1], (0, 0), 2.2).astype(np.float32)
    return _multiply(image, 1 - amount * (1 - mirrored / 255))


def streaks(image: Array, rng: Rng, *, count: int = 2) -> Array:
    """Thin vertical lines that dirt on the glass of a sheet feeder draws."""
    result = image.astype(np.float32)
    for _ in range(count):
        x = int(rng.integers(20, image.shape[1] - 20))
        shade = float(rng.uniform(0.55, 0.85))
        result[:, x : x + int(rng.integers(1, 3))] *= shade
    return result.round().astype(np.uint8)


def punched(image: Array, rng: Rng) -> Array:
    """Two holes of a file punch at the left edge, with the dark glass behind."""
    result = image.copy()
    height, width = image.shape[:2]
    x = int(width * rng.uniform(0.035, 0.05))
    radius = int(width * 0.0135)
    for share in (0.365, 0.635):
        centre = (x + int(rng.integers(-3, 4)), int(height * share))
        cv2.circle(result, centre, radius, (70, 68, 66), -1, cv2.LINE_AA)
        cv2.circle(result, centre, radius, (150, 148, 145), 2, cv2.LINE_AA)
    return result


def folded(image: Array, rng: Rng) -> Array:
    """A crease across the sheet at about half its height: a dark and a light line, unsharp."""
    height = image.shape[0]
    y = height * rng.uniform(0.47, 0.53)
    tilt = rng.uniform(-0.006, 0.006)
    down = np.arange(height, dtype=np.float32)[:, None]
    across = np.arange(image.shape[1], dtype=np.float32)[None, :]
    distance = down - (y + tilt * across)
    shade = 1 - 0.13 * np.exp(-((distance / 3) ** 2)) + 0.05 * np.exp(-(((distance - 7) / 4) ** 2))
    shade -= 0.04 * np.exp(-((distance / 60) ** 2))
    return _multiply(image, shade[:, :, None])


def sensor(image: Array, rng: Rng, *, blur: float = 0.6, noise: float = 2.0) -> Array:
    """Optics and electronics: a slight blur, then grain of standard deviation `noise`."""
    soft = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    grain = rng.standard_normal(image.shape[:2], dtype=np.float32)[:, :, None] * noise
    return np.clip(soft.astype(np.float32) + grain, 0, 255).round().astype(np.uint8)


def bilevel(image: Array, rng: Rng, *, threshold: int = 168) -> Array:
    """Black and white alone, still in three channels; a little grain makes edges ragged."""
    seen = sensor(image, rng, blur=0.5, noise=9)
    tone = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)
    return np.repeat(np.where(tone < threshold, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def jpeg(image: Array, rng: Rng, *, quality: int) -> Array:
    """The image after one round of JPEG at `quality`."""
    del rng
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def _cloud(rng: Rng, shape: tuple[int, int], *, cells: tuple[int, int]) -> Array:
    """Smooth random values 0..1 over the page."""
    coarse = rng.random(cells).astype(np.float32)
    size = (shape[1], shape[0])
    return np.clip(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), 0, 1)


def _multiply(image: Array, factor: Array) -> Array:
    return np.clip(image.astype(np.float32) * factor, 0, 255).round().astype(np.uint8)


Effect = Callable[..., Array]
EFFECTS: dict[str, Effect] = {
    "dark_edges": dark_edges,
    "bed_frame": bed_frame,
    "speckle": speckle,
    "faint": faint,
    "yellowed": yellowed,
    "off_white": off_white,
    "streaks": streaks,
    "punched": punched,
    "folded": folded,
    "sensor": sensor,
    "bilevel": bilevel,
}
