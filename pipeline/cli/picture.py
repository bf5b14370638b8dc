"""Pages with the boxes of what was read from them, one colour a field."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from pipeline import clean, render, rotation
from pipeline.page import BBox
from pipeline.record import Record
from pipeline.settings import RenderSettings, Settings

#: Colours that differ also for colour-blind eyes (Okabe and Ito 2008), then shades.
COLOURS = (
    "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8B4513", "#6A3D9A",
    "#B2182B", "#1B7837", "#4D4D4D", "#C51B7D", "#5E4FA2", "#A6761D",
)  # fmt: skip


def draw_boxes(
    path: Path, records: Sequence[Record], folder: Path, settings: RenderSettings
) -> tuple[Path, ...]:
    """Write a PNG for each page that has a box; the paths, in page order.

    Raises:
        RenderError: a page cannot be drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record in records:
        boxes = list(_boxes(record))
        for page in record.pages:
            here = [
                (name, colour, box) for number, name, colour, box in boxes if number == page.number
            ]
            if not here:
                continue
            image = render.render_page(path, path.name, page.number, settings)
            picture = Image.fromarray(image.pixels).convert("RGB")
            _draw(picture, here, picture.width / page.viewer_width)
            target = folder / f"{path.stem}-page-{page.number:03d}.png"
            picture.save(target)
            written.append(target)
    return tuple(written)


def _boxes(record: Record) -> Iterator[tuple[int, str, str, BBox]]:
    for index, (name, field) in enumerate(record.fields.items()):
        if field.place is not None and field.value is not None:
            yield field.place.page, name, COLOURS[index % len(COLOURS)], field.place.bbox
    for reference in record.references:
        if reference.place is not None:
            yield (
                reference.place.page,
                reference.number or "reference",
                "#0072B2",
                reference.place.bbox,
            )
    for recipient in record.recipients:
        if recipient.place is not None:
            yield recipient.place.page, recipient.role, "#009E73", recipient.place.bbox
    for page in record.pages:
        for slot in page.slots:
            yield page.number, f"slot {slot.kind}", "#CC79A7", page.to_viewer.apply(slot.bbox)


def _draw(picture: Image.Image, boxes: Sequence[tuple[str, str, BBox]], scale: float) -> None:
    pen = ImageDraw.Draw(picture)
    width = max(2, round(scale))
    for name, colour, box in boxes:
        corners = [
            value * scale for value in (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2)
        ]
        pen.rectangle(corners, outline=colour, width=width)
        pen.text((corners[0] + 2, corners[1] - 5.5 * scale), name, fill=colour, font_size=5 * scale)


def write_stages(path: Path, folder: Path, settings: Settings) -> tuple[Path, ...]:
    """Write each page after each cleaning step as PNG; the paths, in order.

    Raises:
        LetterError: the file or a page cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for number in range(1, render.count_pages(path, path.name, settings.render) + 1):

        def keep(step: str, pixels: np.ndarray, number: int = number) -> None:
            target = folder / f"{path.stem}-{number:03d}-{len(written):02d}-{step}.png"
            Image.fromarray(pixels).save(target)
            written.append(target)

        clean.clean(
            render.render_page(path, path.name, number, settings.render),
            settings.clean,
            trace=keep,
            ask_rotation=functools.partial(rotation.decide, settings=settings.ocr),
        )
    return tuple(written)
