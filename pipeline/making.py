"""What a run reads letters with, as digests that tell when something must be done again.

Two of them: of all that decides how a page is read (settings and code of the first
stages, Tesseract, its models, the handwriting reader), and of all that decides what a record
says. A changed rule or lexicon changes only the second, so no page is read again.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import platform
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import lexicon
from pipeline.record import MadeBy
from pipeline.settings import Settings

#: Modules whose code, with all that they import, decides how a page is read, and what a
#: record says. A checkout that is updated keeps its version, so the version is not enough.
_PAGE_MODULES = ("page_reader", "handwriting")
_RECORD_MODULES = (*_PAGE_MODULES, "digitizer", "export")

#: Libraries that decide how a page is drawn, cleaned and read, or what a rule finds.
_LIBRARIES = (
    "numpy",
    "opencv-python-headless",
    "pdf2image",
    "pikepdf",
    "pillow",
    "pytesseract",
    "rapidfuzz",
    "spacy",
)

#: Read by the later stages only: pages do not depend on them.
_OF_LETTERS = frozenset(
    {
        "lexicons",
        "rules",
        "calibration.toml",
        "calibrate.py",
        "judged.py",
        "judged.tsv",
        "problems.tsv",
        "README.md",
        "__init__.py",
    }
)


@dataclass(frozen=True, slots=True)
class Making:
    """What a run reads with.

    Attributes:
        pages_digest: of all that decides how a page is read; kept pages go by it.
        digest: of all that decides what a record says.
    """

    made_by: MadeBy
    pages_digest: str
    digest: str


def making(made_by: MadeBy, settings: Settings) -> Making:
    """What this machine reads with under `settings`."""
    pages = {
        "render": dataclasses.asdict(settings.render),
        "clean": dataclasses.asdict(settings.clean),
        "ocr": dataclasses.asdict(settings.ocr),
        "engine": made_by.engine,
        "code": _code_digest(_PAGE_MODULES),
        "models": _models_digest(),
        "traineddata": _traineddata_digests(settings.ocr.language),
    }
    pages_digest = _digest(pages)
    rest = _digest([pages_digest, _code_digest(_RECORD_MODULES)])
    return Making(made_by, pages_digest, f"{record_digest(made_by)}-{rest}")


def made_by(settings: Settings) -> MadeBy:
    """What records made now would name as their origin.

    Raises:
        MissingToolError: Tesseract is not installed.
        LexiconError: a file in `models/` is damaged.
    """
    from pipeline import engine

    return MadeBy(
        version=metadata.version("sohoa"),
        settings_digest=settings.digest(),
        lexicon_digest=lexicon.load_lexicon().digest,
        engine=f"tesseract {engine.engine_version()}",
        language_model=settings.ocr.language,
    )


def ingredients(made_by: MadeBy, settings: Settings) -> dict[str, str]:
    """All that two machines must have alike to read alike: name -> version or digest.

    More than the digests above: libraries are not in them, since a security fix of one
    must not have an archive read again, but within one run all must be the same.
    `processor` is for the reader only: Tesseract and OpenCV take other paths on other
    processors, which can show in the last digits of a confidence.
    """
    found = {
        "sohoa": made_by.version,
        "engine": made_by.engine,
        "settings": made_by.settings_digest,
        "lexicon": made_by.lexicon_digest,
        "code": _code_digest(_RECORD_MODULES),
        "models": _models_digest(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "poppler": _poppler_version(),
        "processor": _processor(),
    }
    for name, sha256 in _traineddata_digests(settings.ocr.language).items():
        found[f"model {name}"] = sha256[:16]
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def _poppler_version() -> str:
    try:
        told = subprocess.run(
            ["pdftoppm", "-v"], capture_output=True, text=True, timeout=30, check=False
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return "missing"
    return told.partition("\n")[0].strip()


def _processor() -> str:
    """The instruction sets that Tesseract has found here: `AVX512F AVX2 FMA SSE4.1`."""
    try:
        told = subprocess.run(
            ["tesseract", "--version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(re.findall(r"Found (\S*(?:AVX|FMA|SSE|NEON)\S*)", told))


def record_digest(made_by: MadeBy | dict[str, Any]) -> str:
    """The half of `Making.digest` that a record's `made_by` tells."""
    plain = made_by if isinstance(made_by, dict) else dataclasses.asdict(made_by)
    return _digest(plain)


def is_current(known: str, now: str) -> bool:
    """Whether records with digest `known` need not be made again.

    A digest rebuilt from a record ends at the dash: it cannot tell how pages were read.
    """
    return known == now or (known.endswith("-") and now.startswith(known))


def _code_digest(modules: tuple[str, ...]) -> str:
    """Of the source of these modules of this package and of all those that they import."""
    root = Path(__file__).parent
    seen: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        path = root / Path(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if not path.is_file():
            continue
        seen[name], imports = _source(path)
        waiting.extend(imports)
    return _digest(seen)


@functools.cache
def _source(path: Path) -> tuple[str, tuple[str, ...]]:
    """The SHA-256 of a module's source and the modules that it imports.

    Kept: both digests ask, and it must tell of the code that this process runs.
    """
    body = path.read_bytes()
    return hashlib.sha256(body).hexdigest(), tuple(_imports(body.decode("utf-8")))


#: `from pipeline import a, b`, `from pipeline.a import (\n b,\n c)`, `import pipeline.a`.
_IMPORT = re.compile(
    r"^[ \t]*(?:from pipeline(?:\.([\w.]+))? import (?:\(([^)]*)\)|(.*))|import pipeline\.([\w.]+))",
    re.M,
)


def _imports(source: str) -> Iterator[str]:
    """Names of this package's modules that may be imported in `source`.

    Too many do no harm. Not parsed: that would be a fifth of a short run's start.
    """
    for room, many, one, whole in _IMPORT.findall(source):
        if whole or room:
            yield whole or room
        for name in re.findall(r"\w+", many or one):
            yield f"{room}.{name}".lstrip(".")


def _models_digest() -> str:
    digests = lexicon.file_digests().items()
    return _digest([item for item in digests if item[0].partition("/")[0] not in _OF_LETTERS])


def _traineddata_digests(languages: str) -> dict[str, str]:
    """SHA-256 of Tesseract's models by name; a model that is not there has none.

    The version of Tesseract says nothing of its models, which are installed apart.
    """
    try:
        listing = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    # The first line: List of available languages in "/usr/share/.../tessdata/" (4):
    folder = re.search(r'"([^"]+)"', listing)
    found = {}
    for name in sorted({name for name in languages.split("+") if name}):
        path = Path(folder[1] if folder else "") / f"{name}.traineddata"
        if path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
