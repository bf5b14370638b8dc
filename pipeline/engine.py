"""The installed Tesseract: its version, its models and what they can read.

The one place that loads pytesseract; `ocr` alone reads with it.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipeline.errors import MissingToolError
from pipeline.vietnamese import nfc


def _load_pytesseract() -> Any:
    """The module, without pandas: it loads that for a kind of answer not asked for here.

    More than a second of every start on a slow machine.
    """
    absent = "pandas" not in sys.modules
    if absent:
        sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        import pytesseract
    finally:
        if absent:
            del sys.modules["pandas"]
    return pytesseract


pytesseract = _load_pytesseract()


@functools.lru_cache(maxsize=1)
def engine_version() -> str:
    """Tesseract's version, `5.3.0`.

    Raises:
        MissingToolError: Tesseract is not installed.
    """
    try:
        return str(pytesseract.get_tesseract_version())
    except pytesseract.TesseractNotFoundError as error:
        message = "tesseract is not installed; run: sudo apt-get install tesseract-ocr"
        raise MissingToolError(message) from error


@functools.lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Names of the installed models, sorted; empty when Tesseract is missing."""
    # Not pytesseract.get_languages: it drops names with capitals, `Vietnamese` among them.
    try:
        return tuple(sorted(_list_languages()[1:]))
    except MissingToolError:
        return ()


@functools.lru_cache(maxsize=4)
def alphabet(language: str) -> frozenset[str]:
    """Every character that a model can emit, read from the model itself, NFC.

    A network can only give what stands in its character set; some engines' Vietnamese
    models lack half of the alphabet and nobody notices.

    Raises:
        MissingToolError: the model's tools or the model are not installed.
    """
    folder = tessdata_folder()
    with tempfile.TemporaryDirectory(prefix="sohoa-") as work:
        command = ["combine_tessdata", "-u", str(folder / f"{language}.traineddata"), f"{work}/m."]
        try:
            subprocess.run(command, capture_output=True, timeout=60, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            message = f"the model {language} cannot be read: {error}"
            raise MissingToolError(message) from error
        listed = Path(work, "m.lstm-unicharset").read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(nfc(line.split(" ", 1)[0]) for line in listed if line)


def tessdata_folder() -> Path:
    """The folder of Tesseract's models.

    Raises:
        MissingToolError: Tesseract is not installed.
    """
    return Path(_list_languages()[0].split('"')[1])


def _list_languages() -> list[str]:
    """Tesseract's own listing: a heading with the folder, then a model a line."""
    try:
        done = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = "tesseract is not installed; run: sudo apt-get install tesseract-ocr"
        raise MissingToolError(message) from error
    return (done.stdout or done.stderr).splitlines()
