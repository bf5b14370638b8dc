"""Pages of a file from bytes to words: draw, clean, read, and look twice where it counts.

Pages go through the stages in small runs, so that a long file needs no more memory than
a short one.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pipeline import (
    choice,
    clean,
    layout,
    leveling,
    line_strips,
    ocr,
    printed,
    render,
    rotation,
    second_look,
    signer_look,
)
from pipeline.errors import PageError
from pipeline.page import Line, Page
from pipeline.record import LOOK_FAILED, Problem
from pipeline.settings import Settings

_Read = TypeVar("_Read")
#: Begins a look at a page with its image.
_StartLook = Callable[[Page, clean.CleanImage], second_look.Look]

#: Mean word confidence below which a page is said to be doubtful. Of 568 pages of real scans
#: three are: two tables on a dithered ground, the back of a sheet with a seal on it. A page
#: blurred by 6 pixels at 200 dpi, which no person reads, has 0.39; at 4 it has 0.72.
_DOUBTFUL = 0.5
#: Fewer words than this tell nothing of a page.
_TELLING_WORDS = 10

#: Pages that one Tesseract reads: starting it costs 0.1 s. A page held costs 20 to 60 MB, so
#: that a large one (bytes of its colours) waits for no other.
_TOGETHER, _LARGE = 2, 20_000_000


@dataclass(frozen=True, slots=True)
class PageBatch:
    """Pages that were read, and what went wrong with others of the batch."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


def count_pages(path: Path, source: str, settings: Settings) -> int:
    """Pages of the file, after its limits and its kind were checked.

    Raises:
        LetterError: the file cannot be read, is encrypted or beyond a limit.
    """
    return render.count_pages(path, source, settings.render)


def read_pages(path: Path, source: str, numbers: Sequence[int], settings: Settings) -> PageBatch:
    """The pages of `numbers` (1-based), read; a page that fails becomes a problem."""
    pages: list[Page] = []
    problems: list[Problem] = []
    images: list[clean.CleanImage] = []
    for number in numbers:
        try:
            page = render.read_text_layer(path, source, number, settings.render)
            if page is not None:
                pages.append(page)
                continue
            images.append(
                clean.clean(
                    # Given away unnamed, so that `clean` can let go of it.
                    render.render_page(path, source, number, settings.render),
                    settings.clean,
                    ask_rotation=functools.partial(rotation.decide, settings=settings.ocr),
                )
            )
        except PageError as error:
            problems.append(_problem(error))
            continue
        if len(images) >= _TOGETHER or images[-1].colour.nbytes > _LARGE:
            pages.extend(_read(images, source, settings, problems))
            images = []
    pages.extend(_read(images, source, settings, problems))
    problems.extend(
        Problem(
            "clean",
            "page_unreadable",
            f"{source}, page {page.number}: too small or too blurred to be read; scan it again at 200 dpi or more",
            page.number,
        )
        for page in pages
        if page.unreadable
    )
    problems.extend(
        Problem(
            "ocr",
            "page_doubtful",
            f"{source}, page {page.number}: hardly a word was read surely (mean confidence "
            f"{confidence:.2f}); compare with the paper, or scan it again, sharp and at 300 dpi",
            page.number,
        )
        for page in pages
        if len(page.words) >= _TELLING_WORDS
        and (confidence := page.mean_confidence) is not None
        and confidence < _DOUBTFUL
    )
    return PageBatch(tuple(sorted(pages, key=lambda page: page.number)), tuple(problems))


def _read(
    images: Sequence[clean.CleanImage], source: str, settings: Settings, problems: list[Problem]
) -> Iterable[Page]:
    if not images:
        return ()
    try:
        read = ocr.read(images, source, settings.ocr)
    except PageError as error:
        if len(images) == 1:
            problems.append(_problem(error))
            return ()
        return [page for image in images for page in _read([image], source, settings, problems)]
    looked = _looked_twice(read, images, source, settings, problems)
    pages = [replace(page, lines=leveling.level(page.lines)) for page in looked]
    if settings.ocr.network:
        pages = [_with_network(page, image) for page, image in zip(pages, images, strict=True)]
    return [
        _with_slots(signer_look.with_stamped_name(page, image), image)
        for page, image in zip(pages, images, strict=True)
    ]


def _looked_twice(
    pages: Sequence[Page],
    images: Sequence[clean.CleanImage],
    source: str,
    settings: Settings,
    problems: list[Problem],
) -> list[Page]:
    """The pages after all second looks, one image a page.

    A page on which a look fails stays as it was read until then, is not looked at again, and
    is named among the problems.
    """
    failed: dict[int, PageError] = {}
    looks: tuple[tuple[_StartLook, str], ...] = (
        (second_look.columns_and_stamps, "--psm 6"),
        (second_look.unread_lines, "--psm 7"),
        (signer_look.signer, "--psm 11"),
    )
    seen = list(pages)
    for start, layout_mode in looks:
        whole = [index for index, page in enumerate(seen) if page.number not in failed]
        begun = [(index, start(seen[index], images[index])) for index in whole]
        for index, page in _looked(begun, images, source, settings, failed, layout_mode).items():
            seen[index] = page
    problems.extend(_look_failed(error) for error in failed.values())
    return seen


def _looked(
    looks: Iterable[tuple[int, second_look.Look]],
    images: Sequence[clean.CleanImage],
    source: str,
    settings: Settings,
    failed: dict[int, PageError],
    layout_mode: str,
) -> dict[int, Page]:
    """The pages that the looks come to, by the position of their image.

    One Tesseract reads the crops of all of them: starting it costs as much as several lines.
    """
    seen: dict[int, Page] = {}
    waiting: list[tuple[int, second_look.Look, list[ocr.Crop]]] = []
    for index, look in looks:
        image = images[index]
        try:
            pieces = next(look)
        except StopIteration as end:
            seen[index] = end.value
        else:
            crops = [ocr.Crop(image.number, pixels, image.dpi) for pixels in pieces]
            waiting.append((index, look, crops))

    def read(at: Sequence[int]) -> list[list[tuple[Line, ...]]]:
        crops = itertools.chain.from_iterable(waiting[one][2] for one in at)
        lines = iter(ocr.read_crops(list(crops), source, settings.ocr, layout=layout_mode))
        return [list(itertools.islice(lines, len(waiting[one][2]))) for one in at]

    for at, lines in _one_by_one(range(len(waiting)), read, failed).items():
        index, look, _ = waiting[at]
        try:
            look.send(lines)
        except StopIteration as end:
            seen[index] = end.value
    return seen


def _one_by_one(
    positions: Sequence[int],
    read: Callable[[Sequence[int]], list[_Read]],
    failed: dict[int, PageError],
) -> dict[int, _Read]:
    """What `read` says of each position: of all at once, or one by one where that fails.

    A page on which it fails alone goes to `failed`, by its number.
    """
    try:
        return dict(zip(positions, read(positions), strict=True))
    except PageError as error:
        if len(positions) == 1:
            failed[error.page] = error
            return {}
    found: dict[int, _Read] = {}
    for position in positions:
        found |= _one_by_one([position], read, failed)
    return found


def _with_network(page: Page, image: clean.CleanImage) -> Page:
    """The page with each word as the likelier of engine and network reads it."""
    if not page.lines:
        return page
    pixels = image.pixels if image.soft is None else image.soft
    ink = line_strips.page_ink(pixels, image.dpi)
    return choice.choose(page, printed.read_lines(page.lines, ink, printed.load_reader()))


def _with_slots(page: Page, image: clean.CleanImage) -> Page:
    """The page with its handwritten blanks read, where it opens a letter."""
    if not page.lines or layout.header_box(page) is None:
        return page
    from pipeline import handwriting

    slots = handwriting.read_slots(page.lines, image.colour, image.dpi, handwriting.load_reader())
    return replace(page, slots=slots)


def _problem(error: PageError) -> Problem:
    return Problem(error.stage, error.code, str(error), error.page)


def _look_failed(error: PageError) -> Problem:
    message = f"{error}; the page is kept as it was read before: compare its recipients, signer and stamps"
    return Problem(error.stage, LOOK_FAILED, message, error.page)
