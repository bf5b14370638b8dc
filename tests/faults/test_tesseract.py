"""A page whose Tesseract hangs, crashes, stops, eats memory or writes junk, beside a good one."""

from __future__ import annotations

import csv
import os
import shutil
import stat
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pdf2image import convert_from_path

from pipeline import batch, clean, ocr, page_reader, render
from pipeline.errors import OcrError
from pipeline.settings import CleanSettings, OcrSettings, RenderSettings, Settings

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD = SAMPLES / "06_ubnd_huyen_giay_moi.pdf"
MARK = "98765"
#: A page segmentation mode that nothing is read in.
NO_LAYOUT = 2


@pytest.fixture(scope="module")
def letters(tmp_path_factory) -> Path:
    """A good letter, and a scan that the fake Tesseract knows by its width."""
    folder = tmp_path_factory.mktemp("letters")
    shutil.copy(GOOD, folder / "good.pdf")
    (page,) = convert_from_path(GOOD, dpi=150)
    page.crop((60, 40, page.width - 20, page.height // 3)).save(
        folder / "marked.png", dpi=(150, 150)
    )
    return folder


def width_for_tesseract(path: Path, folder: Path) -> int:
    image = clean.clean(render.render_page(path, path.name, 1, RenderSettings()), CleanSettings())
    header = ocr._write_pgm(folder, 0, image).read_bytes()[:64].split()
    return int(header[1])


@pytest.fixture
def fake(letters, tmp_path, monkeypatch):
    """Puts the fake Tesseract first on PATH: fake("hang")."""
    place = tmp_path / "bin"
    place.mkdir()
    width = width_for_tesseract(letters / "marked.png", tmp_path)
    assert width != width_for_tesseract(letters / "good.pdf", tmp_path)
    program = place / "tesseract"
    path = os.environ["PATH"]
    real = str(shutil.which("tesseract"))  # before the fake stands on PATH
    script = Path(__file__).with_name("fake_tesseract.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {script} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def put(fault: str, layout: int | None = None) -> None:
        monkeypatch.setenv("REAL_TESSERACT", real)
        monkeypatch.setenv("FAULT", fault)
        monkeypatch.setenv("FAULT_WIDTH", str(width))
        if layout is not None:
            monkeypatch.setenv("FAULT_LAYOUT", str(layout))
        monkeypatch.setenv("PATH", f"{place}{os.pathsep}{path}")

    return put


def cleaned(path: Path, number: int) -> clean.CleanImage:
    """The file's first page, under another number."""
    page = render.render_page(path, path.name, 1, RenderSettings())
    return replace(clean.clean(page, CleanSettings()), number=number)


def left_over(mark: str) -> list[str]:
    """Command lines of processes that belong to the run marked so."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            mine = mark.encode() in (folder / "environ").read_bytes()
        except OSError:
            continue
        if mine and int(folder.name) != os.getpid():
            found.append(line)
    return found


@pytest.mark.parametrize(
    ("fault", "code", "page_seconds"),
    [
        ("hang", "ocr_timeout", None),
        pytest.param("crash", "ocr", None, marks=pytest.mark.slow),
        pytest.param("junk", "ocr", None, marks=pytest.mark.slow),
        pytest.param("eat", "ocr", None, marks=pytest.mark.slow),
        pytest.param("stop", "ocr_timeout", None, marks=pytest.mark.slow),
        pytest.param("hang", "timeout", 25.0, marks=pytest.mark.slow),
    ],
)
def test_a_page_on_which_tesseract_fails_fails_alone(
    letters, tmp_path, fake, monkeypatch, fault, code, page_seconds
):
    fake(fault)
    monkeypatch.setenv("SOHOA_TEST_MARK", str(tmp_path))
    # With a hard limit of its own, the page's Tesseract is left to it.
    settings = Settings(ocr=OcrSettings(timeout_seconds=600 if page_seconds else 20))
    began = time.monotonic()
    summary = batch.run(
        [letters],
        tmp_path / "out",
        settings,
        workers=2,
        limits=batch.Limits(page_seconds=page_seconds, memory_bytes=1 << 30),
    )
    assert (2, 1, 1) == (summary.files, summary.failed, summary.letters)
    with (tmp_path / "out" / "problems.csv").open(encoding="utf-8-sig", newline="") as stream:
        (problem,) = csv.DictReader(stream)
    assert ("marked.png", code) == (problem["source_path"], problem["code"])
    assert time.monotonic() - began < 180
    assert [] == left_over(str(tmp_path))


@pytest.mark.parametrize(
    ("fault", "layout"),
    [
        ("crash", 11),
        pytest.param("hang", 11, marks=pytest.mark.slow),
        pytest.param("junk", 11, marks=pytest.mark.slow),
    ],
)
def test_a_second_look_that_fails_leaves_the_page_as_it_was_read(
    letters, tmp_path, fake, fault, layout
):
    fake(fault, layout)
    settings = Settings(ocr=OcrSettings(timeout_seconds=30))
    summary = batch.run([letters / "good.pdf"], tmp_path / "out", settings, workers=1)
    assert (1, 0, 1) == (summary.files, summary.failed, summary.letters)
    with (tmp_path / "out" / "problems.csv").open(encoding="utf-8-sig", newline="") as stream:
        (problem,) = csv.DictReader(stream)
    assert ("good.pdf", "look_failed") == (problem["source_path"], problem["code"])
    with (tmp_path / "out" / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        (document,) = csv.DictReader(stream)
    assert "partial" == document["status"]
    assert document["document_number"] and document["issue_date"]
    fake(fault, NO_LAYOUT)
    again = batch.run([letters / "good.pdf"], tmp_path / "out", settings, workers=1, retry=True)
    assert (1, 0, 1) == (again.files, again.failed, again.letters)
    with (tmp_path / "out" / "problems.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [] == list(csv.DictReader(stream))


def test_a_second_look_that_fails_on_one_page_is_taken_on_the_others(letters, monkeypatch):
    settings = Settings(ocr=OcrSettings(network=False))
    (page,) = page_reader.read_pages(letters / "good.pdf", "good.pdf", [1], settings).pages
    pages = [replace(page, number=number, lines=page.lines[:1]) for number in (1, 2)]
    images = [cleaned(letters / "good.pdf", number) for number in (1, 2)]
    read_crops = ocr.read_crops

    def failing(crops, source, settings, *, layout):
        if any(crop.number == 2 for crop in crops):
            raise OcrError(source, 2, "it crashed")
        return read_crops(crops, source, settings, layout=layout)

    monkeypatch.setattr(ocr, "read_crops", failing)
    problems = []
    first, second = page_reader._looked_twice(pages, images, "good.pdf", settings, problems)
    assert len(first.lines) > 1
    assert second == pages[1]
    assert [("look_failed", 2)] == [(problem.code, problem.page) for problem in problems]
