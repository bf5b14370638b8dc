"""What the machine has of what sohoa needs, and the command that brings the rest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata

from pipeline import engine
from pipeline.vietnamese import ALPHABET, nfc

#: Letters that no version of the models can emit (measured, Tesseract 5.3, Debian 12):
#: `kỵ binh` comes out as `ky binh`. Any other gap is a damaged or foreign model.
_RARE = frozenset("Ỵỵ")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked for: `found` says what is there, `cure` what to run if not."""

    name: str
    found: str | None
    cure: str


def examine() -> tuple[Check, ...]:
    """Programs, language models and packages, in the order they are needed."""
    checks = [
        Check(
            "python",
            sys.version.split()[0] if sys.version_info >= (3, 11) else None,
            "install Python 3.11 or newer",
        ),
        Check(
            "tesseract", _version("tesseract", "--version"), "sudo apt-get install tesseract-ocr"
        ),
    ]
    installed = engine.languages() if shutil.which("tesseract") else ()
    for name, package in (
        ("vie", "tesseract-ocr-vie"),
        ("osd", "tesseract-ocr-osd"),
    ):
        checks.append(
            Check(
                f"tesseract: {name}",
                name if name in installed else None,
                f"sudo apt-get install {package}",
            )
        )
    checks.append(_alphabet(installed))
    for program in ("pdftoppm", "pdfinfo", "pdftotext"):
        checks.append(Check(program, _version(program, "-v"), "sudo apt-get install poppler-utils"))
    for package in ("pytesseract", "pdf2image", "opencv-python-headless", "spacy", "pandas"):
        checks.append(Check(package, _package(package), "make setup"))
    return tuple(checks)


def _alphabet(installed: tuple[str, ...]) -> Check:
    """Whether the models can emit every Vietnamese letter: some engines cannot."""
    cure = "sudo apt-get install --reinstall tesseract-ocr-vie"
    name = "Vietnamese alphabet (134 letters)"
    if "vie" not in installed:
        return Check(name, None, cure)
    missing = ALPHABET - engine.alphabet("vie")
    found = f"{len(ALPHABET) - len(missing)} of {len(ALPHABET)}"
    if missing:
        found += f", never {' '.join(sorted(missing))}"
    return Check(name, found if missing <= _RARE else None, cure)


def _version(program: str, option: str) -> str | None:
    if shutil.which(program) is None:
        return None
    done = subprocess.run(
        [program, option], capture_output=True, text=True, timeout=20, check=False
    )
    lines = (done.stdout or done.stderr).splitlines()
    return nfc(lines[0].strip()) if lines else program


def _package(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
