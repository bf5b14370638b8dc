"""What the long tests measure goes into files that the report is made from."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIGURES = Path(os.environ.get("SOHOA_FIGURES", "build/figures"))


@pytest.fixture
def note(request) -> Callable[..., None]:
    """Writes figures of this test: note(pages=60, kills=30)."""

    def write(**figures: Any) -> None:
        figures |= {
            "test": request.node.nodeid.replace(str(Path.cwd()) + "/", ""),
            "on": time.strftime("%Y-%m-%d", time.gmtime()),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        }
        print(f"\n{figures}")
        FIGURES.mkdir(parents=True, exist_ok=True)
        path = FIGURES / f"{request.node.originalname}.json"
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    return write
