"""Writes PDFs whose pages are one image each, with no text, no metadata and no clock.

JPEG for grey and colour, CCITT group 4 for black and white; the same pages give the same bytes.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

_WHOLE_IMAGE_IN_ONE_STRIP = 1 << 20


@dataclass(frozen=True)
class ScanPage:
    """A scanned page: its RGB pixels, its resolution, and how the scanner stores it.

    `storage` is `colour` or `grey` (JPEG at `quality`) or `bilevel` (CCITT group 4).
    """

    image: np.ndarray
    dpi: int
    storage: str
    quality: int = 60


def write(pages: Sequence[ScanPage], path: Path) -> None:
    """Writes the pages to `path` as an image-only PDF."""
    path.write_bytes(pdf_bytes(pages))


def pdf_bytes(pages: Sequence[ScanPage]) -> bytes:
    """The PDF of the pages; object 1 is the catalogue, 2 the page tree, then three per page."""
    kids = " ".join(f"{3 + 3 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
    ]
    for index, page in enumerate(pages):
        objects += _page_objects(page, first=3 + 3 * index)
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    identity = hashlib.sha256(bytes(out[:start])).hexdigest()[:32]
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /ID [<{identity}> <{identity}>] >>"
    out += f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _page_objects(page: ScanPage, *, first: int) -> list[bytes]:
    height, width = page.image.shape[:2]
    box = f"{width * 72 / page.dpi:.2f} {height * 72 / page.dpi:.2f}"
    content = f"q {box.split()[0]} 0 0 {box.split()[1]} 0 0 cm /Scan Do Q".encode()
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height}"
    if page.storage == "bilevel":
        data = _group4(page.image)
        head += " /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
        head += f" /DecodeParms << /K -1 /BlackIs1 false /Columns {width} /Rows {height} >>"
    else:
        data = _jpeg(page)
        space = "/DeviceGray" if page.storage == "grey" else "/DeviceRGB"
        head += f" /ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode"
    return [
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {box}] /Contents {first + 1} 0 R"
            f" /Resources << /XObject << /Scan {first + 2} 0 R >> >> >>"
        ).encode(),
        _stream("", content),
        _stream(head, data),
    ]


def _stream(head: str, data: bytes) -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _jpeg(page: ScanPage) -> bytes:
    image = Image.fromarray(page.image)
    buffer = io.BytesIO()
    stored = image.convert("L") if page.storage == "grey" else image
    stored.save(buffer, "JPEG", quality=page.quality, dpi=(page.dpi, page.dpi), optimize=True)
    return buffer.getvalue()


def _group4(image: np.ndarray) -> bytes:
    """The one strip of a group 4 TIFF, black as 0."""
    buffer = io.BytesIO()
    black_and_white = Image.fromarray(image).convert("L").point(lambda value: 255 * (value > 127))
    black_and_white.convert("1", dither=Image.Dither.NONE).save(
        buffer,
        "TIFF",
        compression="group4",
        tiffinfo={278: _WHOLE_IMAGE_IN_ONE_STRIP, 262: 0},
    )
    tiff = Image.open(buffer)
    (offset,), (count,) = tiff.tag_v2[273], tiff.tag_v2[279]
    return buffer.getvalue()[offset : offset + count]
