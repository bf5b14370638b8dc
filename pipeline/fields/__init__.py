"""One module a field: SPECS and `extract(letter, lexicon)`.

A new scalar field is one file here and one line in `MODULES`; columns, records, schema
and docs follow from its SPECS. The list is written out on purpose: it can be searched
for and pickled, and a test fails when a file of this folder is missing from it.
"""

from __future__ import annotations

from pipeline.fields import doc_type, issuer, number, place_date, signer, stamps, subject
from pipeline.fields.spec import FieldSpec

MODULES = (number, doc_type, place_date, issuer, subject, signer, stamps)

#: Scalar fields in the order of the columns of `documents.csv`.
SPECS: tuple[FieldSpec, ...] = tuple(spec for module in MODULES for spec in module.SPECS)

#: Names of the scalar fields that carry `_confidence` and `_trust` columns.
NAMES: tuple[str, ...] = (
    "number",
    "symbol",
    "document_number",
    "doc_type",
    "issue_date",
    "place",
    "parent_issuer",
    "issuer",
    "subject",
    "signer_name",
    "signer_position",
    "signing_authority",
    "urgency",
    "secrecy",
)
