"""Bad input, each kind once, beside one good letter in the same batch."""

import csv
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf

SAMPLE = Path(__file__).parents[1] / "samples" / "06_ubnd_huyen_giay_moi.pdf"
COMMAND = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def huge_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_bad_input_is_named_and_the_good_letter_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "thư mục").mkdir(parents=True)
    (folder / "text.pdf").write_text("hello")
    (folder / "cut.pdf").write_bytes(SAMPLE.read_bytes()[:20000])
    (folder / "empty.pdf").touch()
    (folder / "huge.png").write_bytes(huge_png())
    with pikepdf.open(SAMPLE) as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    with pikepdf.new() as pdf:
        pdf.save(folder / "pageless.pdf")
    shutil.copy(SAMPLE, folder / "thư mục" / "Giấy mời số 1.pdf")
    (folder / "thư mục" / "vòng").symlink_to(folder)

    done = subprocess.run(
        [
            *COMMAND,
            "extract",
            str(folder),
            str(tmp_path / "nowhere"),
            "--output",
            str(tmp_path / "out"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 8, done.stderr
    assert done.stdout == ""
    bad = ("text.pdf", "cut.pdf", "empty.pdf", "huge.png", "locked.pdf", "pageless.pdf", "nowhere")
    for name in bad:
        assert name in done.stderr, name
    with (tmp_path / "out" / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {Path(row["source_path"]).name: row for row in csv.DictReader(stream)}
    assert rows["Giấy mời số 1.pdf"]["status"] == "done"
    assert rows["Giấy mời số 1.pdf"]["symbol"] == "GM-UBND"
    assert {name for name, row in rows.items() if row["status"] == "failed"} == {*bad} - {"nowhere"}


def test_an_unknown_setting_names_the_nearest(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[ocr]\ntimeout_second = 5\n")
    done = subprocess.run(
        [
            *COMMAND,
            "extract",
            str(SAMPLE),
            "--output",
            str(tmp_path / "o"),
            "--settings",
            str(settings),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "timeout_seconds" in done.stderr
