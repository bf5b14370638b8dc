"""Files that cannot be read as letters, each broken in one way."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from pathlib import Path

import pikepdf

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
GOOD = SAMPLES / "06_ubnd_huyen_giay_moi.pdf"


def write_all(folder: Path) -> None:
    """One good letter under a Vietnamese name, and bad files named after what is wrong."""
    folder.mkdir(parents=True)
    shutil.copyfile(GOOD, folder / "Giấy mời của huyện (bản chính).pdf")
    (folder / "text.pdf").write_text("Đây không phải là PDF.\n", encoding="utf-8")
    (folder / "truncated.pdf").write_bytes(GOOD.read_bytes()[:900])
    (folder / "empty.pdf").write_bytes(b"")
    with pikepdf.new() as pdf:
        pdf.save(folder / "no_pages.pdf")
    with pikepdf.open(GOOD) as pdf:
        pdf.save(folder / "encrypted.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    write_huge_png(folder / "huge.png", 30_000)
    (folder / "loop").symlink_to(folder)
    if os.geteuid() != 0:
        locked = folder / "locked.pdf"
        locked.write_bytes(GOOD.read_bytes())
        locked.chmod(0)


def write_huge_png(path: Path, side: int) -> None:
    """A white one-bit PNG of `side` x `side` pixels in about 100 kB."""
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(piece)) + kind + piece + struct.pack(">I", zlib.crc32(kind + piece))
        for kind, piece in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
