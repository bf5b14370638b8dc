"""`troubled:///FOLDER`: a storage on this disk that refuses, cuts short or dies when told to.

`REFUSE` in the environment names a file that is not taken, `CUT` one that comes by half,
`DIE_AT` the number of the put that the process does not survive; `STORAGE_LOG` is a file
that is told each transfer. With `SILENT` it tells no times.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem


class TroubledFiles(LocalFileSystem):
    protocol = "troubled"

    puts = 0

    def info(self, path, **kwargs):
        told = super().info(path, **kwargs)
        if "SILENT" in os.environ:
            told = {key: told[key] for key in ("name", "size", "type")}
        return told

    def get_file(self, path1, path2, callback=None, **kwargs):
        note(f"get {Path(path1).name}")
        super().get_file(path1, path2, callback, **kwargs)
        if Path(path1).name == os.environ.get("CUT"):
            with Path(path2).open("r+b") as stream:
                stream.truncate(Path(path2).stat().st_size // 2)

    def put_file(self, path1, path2, callback=None, **kwargs):
        TroubledFiles.puts += 1
        if str(TroubledFiles.puts) == os.environ.get("DIE_AT"):
            os.kill(os.getpid(), signal.SIGKILL)
        if Path(path2).name == os.environ.get("REFUSE"):
            note(f"refuse {Path(path2).name}")
            raise RuntimeError("slow down")
        note(f"put {Path(path2).name}")
        super().put_file(path1, path2, callback, **kwargs)

    @classmethod
    def _strip_protocol(cls, path):
        return LocalFileSystem._strip_protocol(str(path).removeprefix("troubled://"))


def note(line: str) -> None:
    if log := os.environ.get("STORAGE_LOG"):
        with Path(log).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
