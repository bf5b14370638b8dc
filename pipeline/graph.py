"""The citation graph of a run: which letter names which document, as GraphML and a picture.

A document that two letters name is one node where that is certain: by a number that holds
its year (30/2020/NĐ-CP), else by number, date and issuer alike; a law by its name and
date. What differs in one of these stays apart, since a wrong link is worse than none.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.export.frames import read_rows
from pipeline.vietnamese import fold, plain_signs

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_YEAR_INSIDE = re.compile(r"/(?:19|20)\d\d/")
_NODE_KEYS = (
    ("label", "string"), ("in_run", "boolean"), ("doc_type", "string"), ("issue_date", "string"),
    ("issuer", "string"), ("title", "string"), ("source_path", "string"),
)  # fmt: skip
_EDGE_KEYS = (
    ("relation", "string"),
    ("mentions", "int"),
    ("page", "int"),
    ("confidence", "double"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A letter of the run, or a document that letters name.

    Attributes:
        key: `document_id` of a letter; of others `cited:` and what identifies them.
        label: number as printed, else type and name, else the file's name.
        in_run: whether it is a letter of the run.
    """

    key: str
    label: str
    in_run: bool
    doc_type: str | None = None
    issue_date: str | None = None
    issuer: str | None = None
    title: str | None = None
    source_path: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One row of references.csv: `citing` names `cited`."""

    citing: str
    cited: str
    relation: str | None
    mentions: int
    page: int | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Graph:
    """Documents by key, in the order of the tables, and the citations among them."""

    documents: Mapping[str, Document]
    citations: tuple[Citation, ...]


def read_graph(out: Path) -> Graph:
    """The graph of the run in `out`; citations nested in another's name are part of it.

    Raises:
        OutputError: `out` holds no tables.
    """
    tables = read_rows(out)
    documents: dict[str, Document] = {}
    for one in tables["documents"]:
        if one["status"] == "failed":
            continue
        label = one["document_number"] or Path(str(one["source_path"])).name
        documents[one["document_id"]] = Document(
            one["document_id"], label, True, one["doc_type"], one["issue_date"], one["issuer"],
            one["subject"], one["source_path"],
        )  # fmt: skip
    citations = []
    for one in tables["references"]:
        if one["document_id"] not in documents:
            continue
        key = one["resolved_document_id"]
        if key not in documents:
            key = _identity(one)
            known = documents.get(key)
            documents[key] = _richer(known, one) if known else _cited(key, one)
        citations.append(
            Citation(
                one["document_id"], key, one["relation"], int(one["mentions"] or 1),
                int(one["page"]) if one["page"] else None,
                float(one["confidence"]) if one["confidence"] else None,
            )
        )  # fmt: skip
    return Graph(documents, tuple(citations))


def write_graphml(graph: Graph, path: Path) -> None:
    """Write GraphML 1.0 (graphml.graphdrawing.org), as Gephi, yEd and networkx read it."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(f"{{{_NAMESPACE}}}graphml")
    for owner, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in keys:
            about = {"id": f"{owner}_{name}", "for": owner, "attr.name": name, "attr.type": kind}
            ET.SubElement(root, f"{{{_NAMESPACE}}}key", about)
    body = ET.SubElement(root, f"{{{_NAMESPACE}}}graph", edgedefault="directed", id="citations")
    for one in graph.documents.values():
        node = ET.SubElement(body, f"{{{_NAMESPACE}}}node", id=one.key)
        _data(node, "node", [(name, getattr(one, name)) for name, _ in _NODE_KEYS])
    for number, edge in enumerate(graph.citations):
        about = {"id": f"e{number}", "source": edge.citing, "target": edge.cited}
        element = ET.SubElement(body, f"{{{_NAMESPACE}}}edge", about)
        _data(element, "edge", [(name, getattr(edge, name)) for name, _ in _EDGE_KEYS])
    ET.indent(root, " ")
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _data(parent: ET.Element, owner: str, values: list[tuple[str, Any]]) -> None:
    for name, value in values:
        if value is not None:
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            data = ET.SubElement(parent, f"{{{_NAMESPACE}}}data", key=f"{owner}_{name}")
            # XML 1.0 has no room for most control characters.
            data.text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", shown)


def _identity(row: Mapping[str, Any]) -> str:
    number = plain_signs(row["number"]).upper().replace(" ", "") if row["number"] else ""
    if number and _YEAR_INSIDE.search(number):
        parts = [number]
    elif number:
        parts = [number, row["issue_date"] or "", fold(row["issuer"] or "")]
    else:
        parts = [fold(row["doc_type"] or ""), fold(row["title"] or ""), row["issue_date"] or ""]
    return "cited:" + "|".join(part for part in parts if part)


def _cited(key: str, row: Mapping[str, Any]) -> Document:
    kind, title = row["doc_type"] or "", row["title"] or ""
    named = title if fold(title).startswith(fold(kind)) else f"{kind} {title}".strip()
    label = row["number"] or named or row["raw"] or key
    return Document(
        key, label, False, row["doc_type"], row["issue_date"], row["issuer"], row["title"]
    )


def _richer(known: Document, row: Mapping[str, Any]) -> Document:
    return replace(
        known,
        **{
            name: row[name]
            for name in ("doc_type", "issue_date", "issuer", "title")
            if getattr(known, name) is None and row[name] is not None
        },
    )
