r"""sohoa: scanned Vietnamese official letters in, tables that can be trusted out.

```python
from pipeline import digitize, find_references, load_tables

for record in digitize("letter.pdf"):
    print(record.fields["document_number"].value)
find_references("Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ")
describe_text("Số: 01/KH-UBND\nKẾ HOẠCH\nVề việc lưu trữ").subject
tables = load_tables("output")
```

The names are loaded when first used, so that `import pipeline` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.citation import find_references as find_references
    from pipeline.describe import describe_text as describe_text
    from pipeline.digitizer import digitize as digitize
    from pipeline.export.frames import load_tables as load_tables

_HOMES = {
    "describe_text": "pipeline.describe",
    "digitize": "pipeline.digitizer",
    "find_references": "pipeline.citation",
    "load_tables": "pipeline.export.frames",
}

__all__ = ["describe_text", "digitize", "find_references", "load_tables"]


def __getattr__(name: str) -> Any:
    """The public function `name`, loaded from its module."""
    if name not in _HOMES:
        message = f"module 'pipeline' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), name)
