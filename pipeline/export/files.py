"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import OutputError


def write_atomic(path: Path, content: bytes) -> None:
    """Write the file so that it is there whole or not at all, also after power loss.

    Raises:
        OutputError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        message = (
            f"{path}: cannot be written ({error.strerror or error}); check space and permissions"
        )
        raise OutputError(message) from error
