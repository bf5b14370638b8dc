"""Records to JSON, text and the CSV tables of a run.

The tables are rebuilt from `records/*.json` in one atomic step, sorted, with a fixed
header: the same records give the same bytes. CSV is UTF-8 with BOM so that Excel shows
Vietnamese, RFC 4180. This room knows nothing of how values are found.
"""

from __future__ import annotations

from pipeline.export.files import write_atomic as write_atomic
from pipeline.export.records import record_as_json as record_as_json
from pipeline.export.records import write_record as write_record
from pipeline.export.tables import TABLES as TABLES
from pipeline.export.tables import write_tables as write_tables
