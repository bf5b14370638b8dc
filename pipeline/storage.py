"""Files behind a URL: the one door to fsspec, which knows `s3://`, `gs://`, `file://` and more.

Whatever a driver raises comes out of here as an `OSError` that says what the storage
answered, so that a storage in trouble is to a run what a disk in trouble is. This module
knows nothing of letters, runs or the ledger.

Source of the names used: https://filesystem-spec.readthedocs.io (fsspec's API reference).
"""

from __future__ import annotations

import contextlib
import errno
import functools
import posixpath
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import MissingToolError

_T = TypeVar("_T")

#: `s3://…`, and chains such as `zip://*::s3://…`; a drive letter is no protocol.
_URL = re.compile(r"[a-z][a-z0-9+.-]+(://|::)", re.IGNORECASE)

_ANCHOR = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*|/", re.IGNORECASE)

#: What drivers call the mark of a file's content or, failing that, its time, whatever case
#: and joints they write it with; the first that is there counts, since a listing and a
#: single look may write the same time differently.
_STAMPS = (
    "etag", "md5hash", "md5", "contentmd5", "digest", "checksum", "generation",
    "lastmodified", "mtime", "modificationtime", "modified", "updated", "created",
)  # fmt: skip

#: Seconds before the second and the third try of what a storage refused.
_PAUSES = (1.0, 4.0)

#: With these this machine's own disk is at fault.
_OWN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder behind a URL.

    Attributes:
        path: as the storage calls it, without a slash at its end.
        kind: `file`, `directory`, or what else the driver says.
        size: bytes; `None` where the storage does not tell.
        stamp: differs when the content does; empty where the storage tells nothing.
    """

    path: str
    kind: str
    size: int | None
    stamp: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return posixpath.basename(self.path)


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage, opened at one URL.

    Attributes:
        url: as the user gave it.
        root: the URL's path, as the storage calls it.
        identity: the same for all URLs of the same storage.
        parallel: whether several transfers may run at the same time.
    """

    url: str
    root: str
    identity: str
    parallel: bool
    _files: Any

    @property
    def anchor(self) -> str:
        """What all its paths begin with and no folder could be named: `/`, `http://HOST`."""
        found = _ANCHOR.match(self.root)
        return found[0] if found is not None else ""

    def look_at(self, path: str) -> Entry:
        """What is there now.

        Raises:
            FileNotFoundError: nothing is.
        """
        with _answers():
            return _entry(self._files.info(path))

    def list_folder(self, path: str) -> list[Entry]:
        """What lies directly in a folder, by name."""
        with _answers():
            found = [_entry(one) for one in self._files.ls(path, detail=True)]
        inside = [one for one in found if one.path != path.rstrip("/")]
        return sorted(inside, key=lambda one: one.name)

    def head(self, path: str, size: int) -> bytes:
        """The first bytes of a file."""
        with _answers():
            return bytes(self._files.cat_file(path, start=0, end=size))

    def get(self, path: str, target: Path) -> None:
        """Copy a file to this machine."""
        with _answers():
            self._files.get_file(path, str(target))

    def make_folder(self, path: str) -> None:
        """Make the folder and those above it where they are not there."""
        with _answers():
            self._files.makedirs(path, exist_ok=True)

    def put(self, source: Path, path: str) -> None:
        """Copy a file of this machine into a folder that is there."""
        with _answers():
            self._files.put_file(str(source), path)

    def write(self, path: str, content: bytes) -> None:
        """Write a small file into a folder that is there."""
        with _answers():
            self._files.pipe_file(path, content)

    def remove(self, path: str) -> None:
        """Remove a file; nothing happens where there is none."""
        with contextlib.suppress(FileNotFoundError), _answers():
            self._files.rm_file(path)

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BufferedIOBase]:
        """The file's bytes, read as they come."""
        with _answers(), self._files.open(path, "rb") as stream:
            yield stream


def is_url(text: object) -> bool:
    """Whether `text` names something behind a URL rather than a path."""
    return isinstance(text, str) and _URL.match(text) is not None


def shown_url(url: str) -> str:
    """The URL as it may be told: without a password or a signature."""
    return re.sub(r"//[^/@]*@", "//", url.partition("?")[0])


@functools.lru_cache(maxsize=64)
def open_storage(url: str) -> Storage:
    """The storage of `url`; most drivers do not ask it anything yet.

    Raises:
        MissingToolError: fsspec or the driver is not installed, or nobody knows such URLs.
        OSError: the storage cannot be reached.
    """
    try:
        import fsspec
    except ImportError as error:
        message = f"{shown_url(url)}: URLs need fsspec: pip install 'sohoa[cluster]'"
        raise MissingToolError(message) from error
    try:
        with _answers():
            # A listing kept from before would hide what has changed.
            files, root = fsspec.url_to_fs(url, use_listings_cache=False)
    except OSError as error:
        cause = error.__cause__
        if isinstance(cause, ImportError):
            raise MissingToolError(_missing_driver(url, cause)) from error
        if isinstance(cause, ValueError) and "rotocol" in str(cause):
            message = (
                f"{shown_url(url)}: no driver of fsspec is known for such URLs; install its package"
            )
            raise MissingToolError(message) from error
        raise
    return Storage(
        url=url,
        root=str(root).rstrip("/") or str(root)[:1],
        identity=f"{type(files).__qualname__} {sorted(files.storage_options.items())}",
        parallel=bool(getattr(files, "async_impl", False)),
        _files=files,
    )


def persist(call: Callable[[], _T], sleep: Callable[[float], None] = time.sleep) -> _T:
    """The value of `call`, tried three times while the storage refuses.

    Raises:
        OSError: it refused each time, nothing is there, or this machine's disk is at fault.
    """
    for pause in _PAUSES:
        try:
            return call()
        except FileNotFoundError:
            raise
        except OSError as error:
            if is_own_fault(error):
                raise
            sleep(pause)
    return call()


def is_own_fault(error: OSError) -> bool:
    """Whether this machine is out of order, not the storage: another try cannot help."""
    return error.errno in _OWN


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    """What drivers raise, each in its way, as one kind of error."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and is_own_fault(error):
            raise
        reason = " ".join(str(error).split())[:300]
        raise OSError(errno.EREMOTEIO, reason or type(error).__name__) from error


def _entry(info: dict[str, Any]) -> Entry:
    size = info.get("size")
    told = {re.sub("[-_]", "", key).lower(): value for key, value in info.items()}
    marks = [f"{key} {told[key]}" for key in _STAMPS if told.get(key) not in (None, "")]
    return Entry(
        path=str(info["name"]).rstrip("/"),
        kind=str(info.get("type", "file")),
        size=int(size) if size is not None else None,
        stamp=marks[0] if marks else "",
    )


def _missing_driver(url: str, error: ImportError) -> str:
    """What to install: the package whose class fsspec would load."""
    from fsspec.registry import known_implementations

    protocols = re.findall(r"([a-z][a-z0-9+.-]*)(?=://|::)", url, re.IGNORECASE)
    known = [known_implementations.get(name.lower(), {}).get("class", "") for name in protocols]
    packages = {name.partition(".")[0] for name in known} - {"", "fsspec"}
    cure = f"pip install {' '.join(sorted(packages))}" if packages else str(error)
    return f"{shown_url(url)}: the driver for such URLs is missing: {cure}"
