"""Vietnamese official citations in plain text: documents, numbers, dates.

`find_references` over any text, `parse_number` and `parse_date` for one value, and
`merge_mentions` for the table of distinct directives. Plain text only: this package
knows nothing of pages, fields or files.
"""

from pipeline.citation.date import DateSpan, find_dates, parse_date
from pipeline.citation.find import find_references
from pipeline.citation.mention import Mention, Merged, merge_mentions
from pipeline.citation.number import ParsedNumber, normalize_symbol, parse_number
from pipeline.record import DateValue

__all__ = [
    "DateSpan",
    "DateValue",
    "Mention",
    "Merged",
    "ParsedNumber",
    "find_dates",
    "find_references",
    "merge_mentions",
    "normalize_symbol",
    "parse_date",
    "parse_number",
]
