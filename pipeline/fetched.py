"""Input files behind a URL: listed, fetched one by one when they are read, then let go.

A run knows such a file by the place in OUT where it lies while it is being read,
`OUT/.sohoa/fetched/<storage's digest>/<path in it>`, whichever URL led to it; the file
`.origin` there says which storage that is, so that any process that sees OUT can fetch it.
How many files lie there is bounded by how far a run looks ahead. What the storage says of a
file's content stands in the place of a local file's times: unchanged files are known
without fetching.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import posixpath
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from pipeline.intake import (
    SCAN_SUFFIXES,
    Finding,
    is_furniture,
    is_scan,
    no_scan,
    shown_name,
)
from pipeline.lock import folder
from pipeline.storage import Entry, Storage, open_storage, persist, shown_url

_FOLDER = "fetched"
_ORIGIN = ".origin"
_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a folder of fetched files stands for: a URL's storage, and where its paths begin."""

    url: str
    anchor: str


def find(
    url: str, out: Path, *, whole_names: bool = False, skip: str | None = None
) -> Iterator[Finding]:
    """The files behind `url`, folders in the order of their entries' names.

    Args:
        url: a file, or a folder; one that ends in `/` is a folder.
        out: the run's local folder, which the files will pass through.
        whole_names: files go by their whole URL, which no other input does.
        skip: a URL within it that is not read: the run's own output.

    Raises:
        MissingToolError: the driver for such URLs is missing.
    """
    shown = shown_url(url)
    try:
        storage = open_storage(url)
        top = persist(lambda: storage.look_at(storage.root))
    except OSError as error:
        yield _refused(_folder_of(out, url), shown_name(shown), error)
        return
    base = _folder_of(out, f"{storage.identity} {storage.anchor}")
    _write_origin(base, _Origin(url, storage.anchor))
    if top.kind == "directory" or url.endswith("/"):
        skipped = skip.rstrip("/") if skip is not None else None
        prefix = f"{shown.rstrip('/')}/" if whole_names else ""
        yield from _walk(storage, storage.root, base, "", prefix, skipped)
        return
    # What follows `?` in a web address is often a signature, which tables must not tell.
    last = top.name.partition("?")[0] if "://" in storage.anchor else top.name
    name = shown_name(shown if whole_names else last)
    yield _finding(storage, top, base, name, asked_for=True)


def look_at(path: Path, name: str) -> Finding:
    """One file that is known by `name`, as the storage has it now."""
    storage, remote = _behind(path)
    try:
        entry = persist(lambda: storage.look_at(remote))
    except OSError as error:
        return _refused(path, name, error)
    return _finding(storage, entry, _base(path) or path.parent, name, asked_for=True)


def is_fetched(path: Path) -> bool:
    """Whether `path` is where a file behind a URL lies while it is being read."""
    return _base(path) is not None


def exists(path: Path) -> bool:
    """Whether the file is there: on this machine, or behind its URL.

    Raises:
        OSError: the storage does not say.
    """
    if not is_fetched(path):
        return path.exists()
    try:
        storage, remote = _behind(path)
        persist(lambda: storage.look_at(remote))
    except FileNotFoundError:
        return False
    return True


def bring(path: Path, size: int, modified_ns: int, most_bytes: int) -> None:
    """Fetch the file that is to lie at `path`; nothing happens where it does, or for others.

    Args:
        size: what the listing told; another one means that the file is not whole.
        modified_ns: the time that it is given.
        most_bytes: a larger file is not fetched.

    Raises:
        FileNotFoundError: it is gone from the storage.
        MissingToolError: the driver for its URL is missing on this machine.
        OSError: it cannot be fetched.
    """
    if not is_fetched(path) or path.exists():
        return
    storage, remote = _behind(path)
    if size > most_bytes:
        reason = f"it has {size / 1e6:.0f} MB, more than render.max_megabytes allows"
        raise OSError(errno.EFBIG, reason)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        persist(lambda: _get_whole(storage, remote, part, size))
        os.utime(part, ns=(modified_ns, modified_ns))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def let_go(path: Path) -> None:
    """Remove the fetched copy of a file that has been read; others stay."""
    if is_fetched(path):
        path.unlink(missing_ok=True)


def sweep(out: Path) -> None:
    """Remove all fetched copies: no run is reading them."""
    for base in (folder(out) / _FOLDER).glob("*"):
        for path in base.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _ORIGIN:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def open_original(path: Path) -> Iterator[BufferedIOBase]:
    """The bytes of an input file, wherever it is.

    Raises:
        FileNotFoundError: it is not there.
        OSError: it cannot be read.
    """
    if not is_fetched(path):
        with path.open("rb") as stream:
            yield stream
        return
    storage, remote = _behind(path)
    with storage.open(remote) as stream:
        yield stream


def _walk(
    storage: Storage, where: str, base: Path, inside: str, prefix: str, skip: str | None
) -> Iterator[Finding]:
    """The files of the folder `where`, which lies `inside` the URL's own."""
    try:
        entries = persist(lambda: storage.list_folder(where))
    except OSError as error:
        yield _refused(_place(storage, base, where), shown_name(prefix + inside) or ".", error)
        return
    for entry in entries:
        if is_furniture(entry.name):
            continue
        below = f"{inside}{entry.name}"
        if entry.kind != "directory":
            name = shown_name(prefix + below)
            yield _finding(storage, entry, base, name, asked_for=False)
        elif f"{storage.url.rstrip('/')}/{below}" != skip:
            yield from _walk(storage, entry.path, base, f"{below}/", prefix, skip)


def _finding(storage: Storage, entry: Entry, base: Path, name: str, *, asked_for: bool) -> Finding:
    path = _place(storage, base, entry.path)
    try:
        if entry.kind != "file" or entry.size is None or not entry.stamp:
            entry = persist(lambda: storage.look_at(entry.path))
        if entry.kind != "file":
            message = "not an ordinary file; leave it out"
            return Finding(path, name, "unsupported", message=message)
        if entry.size is None:
            message = "the storage does not tell its size; copy it to a disk and read it there"
            return Finding(path, name, "unreadable", message=message)
        if not asked_for and path.suffix.lower() not in SCAN_SUFFIXES:
            head = persist(lambda: storage.head(entry.path, _HEAD_BYTES)) if entry.size else b""
            if not is_scan(head):
                return no_scan(path, name)
    except OSError as error:
        return _refused(path, name, error)
    stamp = _number(entry.stamp)
    # Whole seconds that every file system can hold; `changed_ns` has the rest of the stamp.
    return Finding(path, name, "found", entry.size, stamp % 2**31 * 10**9, stamp)


def _number(stamp: str) -> int:
    """The stamp as the ledger holds a time; without one, never the same again."""
    if not stamp:
        return time.time_ns()
    return int.from_bytes(hashlib.sha256(stamp.encode()).digest()[:7])


def _refused(path: Path, name: str, error: OSError) -> Finding:
    if isinstance(error, FileNotFoundError):
        message = "there is no such file or folder; check the URL"
        return Finding(path, name, "missing", message=message)
    message = f"cannot be read: {error.strerror}; check the URL and the right to read it"
    return Finding(path, name, "unreadable", message=message)


def _get_whole(storage: Storage, remote: str, part: Path, size: int) -> None:
    storage.get(remote, part)
    came = part.stat().st_size
    if came != size:
        reason = f"{came} bytes came where {size} were listed; it has changed or was cut short"
        raise OSError(errno.EREMOTEIO, reason)


def _folder_of(out: Path, what: str) -> Path:
    return folder(out) / _FOLDER / hashlib.sha256(what.encode()).hexdigest()[:16]


def _place(storage: Storage, base: Path, remote: str) -> Path:
    """Where the file that the storage calls `remote` lies while it is read."""
    return base / remote.removeprefix(storage.anchor).lstrip("/")


def _base(path: Path) -> Path | None:
    """The folder of fetched files that `path` lies in."""
    for above in path.parents:
        if above.parent.name == _FOLDER and above.parent.parent.name == ".sohoa":
            return above
    return None


def _behind(path: Path) -> tuple[Storage, str]:
    """The storage of a fetched file, and what the storage calls it."""
    base = _base(path)
    if base is None:
        message = "not a fetched file"
        raise FileNotFoundError(errno.ENOENT, message, str(path))
    origin = _read_origin(base)
    inside = path.relative_to(base).as_posix()
    return open_storage(origin.url), posixpath.join(origin.anchor, inside)


def _write_origin(base: Path, origin: _Origin) -> None:
    base.mkdir(parents=True, exist_ok=True)
    part = base / f".{secrets.token_hex(8)}.part"
    part.write_text(json.dumps({"url": origin.url, "anchor": origin.anchor}), encoding="utf-8")
    part.replace(base / _ORIGIN)


def _read_origin(base: Path) -> _Origin:
    told = json.loads((base / _ORIGIN).read_text(encoding="utf-8"))
    return _Origin(told["url"], told["anchor"])
