"""Input files: which ones a run is asked to read, and the names they go by.

A file is taken for what its first bytes say it is, not for its suffix, since scanners
and mail systems name files as they please. This module opens no document, knows no
ledger and writes nothing.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Suffixes that archives give to scans; a file with one is taken whatever it holds, so
#: that a damaged scan gets its row instead of being passed over.
SCAN_SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})

#: First bytes of what can be read: PDF, JPEG, PNG, TIFF and BigTIFF in both byte orders.
_MAGIC = (
    b"%PDF-",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
)

#: Written by Windows and macOS into every folder; nobody wants to read of them.
_FURNITURE = frozenset({"thumbs.db", "desktop.ini"})

#: Kinds that lie beside scans and cannot hold a letter: counted, not complained of.
_NO_LETTERS = frozenset(
    [
        ".bat",
        ".cfg",
        ".css",
        ".csv",
        ".db",
        ".dll",
        ".exe",
        ".htm",
        ".html",
        ".ini",
        ".js",
        ".json",
        ".lnk",
        ".log",
        ".md",
        ".md5",
        ".py",
        ".pyc",
        ".sh",
        ".sha256",
        ".sqlite",
        ".toml",
        ".tsv",
        ".txt",
        ".url",
        ".xml",
        ".yaml",
        ".yml",
    ]
)

FindingState = Literal["found", "missing", "unreadable", "unsupported", "passed_over"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A path that the run was given or met on its way.

    Attributes:
        path: absolute; symbolic links are kept as they are.
        name: what tables call it: relative to the folder given, `/` between parts, NFC.
        state: `found`, or why it cannot be read; `passed_over` is what nobody would
            take for a letter.
        size: bytes; 0 unless found.
        modified_ns, changed_ns: the file system's times; with `size` they tell whether
            the bytes may have changed.
        message: what is wrong and what to do; empty when found.
    """

    path: Path
    name: str
    state: FindingState = "found"
    size: int = 0
    modified_ns: int = 0
    changed_ns: int = 0
    message: str = ""


def find(inputs: Sequence[Path], *, skip: Path | None = None) -> Iterator[Finding]:
    """The files under `inputs`, each once, folders in the order of their entries' names.

    Memory is bounded by the largest folder, not by the archive. Hidden files are passed
    over. A link to a folder is followed, unless it leads back to a folder already seen.
    With several inputs, names that would clash get their input's name in front.

    Args:
        inputs: files and folders.
        skip: a folder never to be read: the output, when it lies within an input.
    """
    seen: set[tuple[int, int]] = set()
    prefixes = _prefixes(inputs)
    skipped = _identity(skip) if skip is not None else None
    if skipped is not None:
        seen.add(skipped)
    for given, prefix in zip(inputs, prefixes, strict=True):
        path = plain_path(given)
        if path.is_dir():
            yield from _walk(path, prefix, seen)
        else:
            name = shown_name(prefix + path.name)
            yield _finding(path, name, asked_for=True)


def look_at(path: Path, name: str) -> Finding:
    """One file that is known by `name`, as it is now."""
    return _finding(path, name, asked_for=True)


def plain_path(given: Path) -> Path:
    """The path absolute and without `..`, so that one file has one path from wherever it is named.

    Symbolic links are kept as they are; where one makes `..` mean another place, so is the `..`.
    """
    plain = Path(os.path.abspath(given))  # noqa: PTH100 - `Path.absolute` keeps the `..`
    try:
        same = plain.samefile(given)
    except OSError:
        same = not given.exists()
    return plain if same else given.absolute()


def shown_name(text: str) -> str:
    """`text` as tables can hold it: NFC, bytes that are not UTF-8 in hexadecimal."""
    readable = os.fsencode(text).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", readable)


def _prefixes(inputs: Sequence[Path]) -> list[str]:
    """What stands before each input's names: nothing for one input or single files."""
    folders = [plain_path(given) for given in inputs if given.is_dir()]
    files = [plain_path(given) for given in inputs if not given.is_dir()]
    names = [path.name for path in files]
    clash = len(folders) > 1 or len(set(names)) < len(names) or bool(folders and files)
    if not clash:
        return [""] * len(inputs)
    taken: dict[str, Path] = {}
    prefixes = []
    for given in inputs:
        path = plain_path(given)
        folder = path if given.is_dir() else path.parent
        prefixes.append(f"{_free_name(folder, taken)}/")
    return prefixes


def _free_name(folder: Path, taken: dict[str, Path]) -> str:
    """The shortest tail of `folder` that no other folder of the run goes by."""
    parts = [part for part in folder.parts if part != folder.anchor] or ["root"]
    for length in range(1, len(parts) + 1):
        name = "/".join(parts[-length:])
        if taken.setdefault(name, folder) == folder:
            return name
    return "/".join(parts)


def _walk(folder: Path, prefix: str, seen: set[tuple[int, int]]) -> Iterator[Finding]:
    identity = _identity(folder)
    if identity is None or identity in seen:
        return
    seen.add(identity)
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, _is_folder(entry)) for entry in entries)
    except OSError as error:
        yield _refused(folder, shown_name(prefix) or ".", error)
        return
    for name, is_folder in listed:
        if is_furniture(name):
            continue
        if is_folder:
            yield from _walk(folder / name, f"{prefix}{name}/", seen)
        else:
            yield _finding(folder / name, shown_name(prefix + name), asked_for=False)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _finding(path: Path, name: str, *, asked_for: bool) -> Finding:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            message = "not an ordinary file (a device, pipe or socket); leave it out"
            return Finding(path, name, "unsupported", message=message)
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        return _refused(path, name, error)
    if not (asked_for or path.suffix.lower() in SCAN_SUFFIXES or is_scan(head)):
        return no_scan(path, name)
    return Finding(path, name, "found", status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def is_furniture(name: str) -> bool:
    """Whether a file or folder met on the way is hidden, or the system's own."""
    return name.startswith(".") or name.lower() in _FURNITURE


def no_scan(path: Path, name: str) -> Finding:
    """A file met on the way whose bytes are not those of a scan."""
    if path.suffix.lower() in _NO_LETTERS:
        return Finding(path, name, "passed_over")
    message = "neither a PDF nor a TIFF, JPEG or PNG image; leave it out or convert it"
    return Finding(path, name, "unsupported", message=message)


def is_scan(head: bytes) -> bool:
    """Whether the first kilobyte of a file is that of a PDF or a supported image."""
    # Acrobat accepts a PDF header anywhere in the first 1024 bytes (ISO 32000-1, H.3).
    return head.startswith(_MAGIC[1:]) or _MAGIC[0] in head


def _refused(path: Path, name: str, error: OSError) -> Finding:
    reason = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        dangling = path.is_symlink()
        what = "the link leads nowhere" if dangling else "there is no such file or folder"
        return Finding(path, name, "missing", message=f"{what}; check the path")
    message = f"cannot be read: {reason}; check its permissions, then run again"
    return Finding(path, name, "unreadable", message=message)
