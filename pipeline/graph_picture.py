"""The citation graph drawn: letters on the left, what they name on the right, as SVG."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from html import escape

from pipeline.graph import Citation, Document, Graph

#: More rows than this cannot be read on one page.
MOST_CITED, MOST_CITING = 40, 60
_ROW, _TOP, _WIDTH = 22, 56, 980
_LEFT, _RIGHT = 300, 680
_COLOURS = {
    "can_cu": "#1f5fa8", "thuc_hien": "#2b8a3e", "tra_loi": "#b35c00", "theo_de_nghi": "#7a4fa3",
    "sua_doi_bo_sung": "#c2255c", "thay_the": "#c2255c", "bai_bo": "#c2255c",
}  # fmt: skip
_OTHER = "#8a8f98"
_RELATIONS = {
    "can_cu": ("legal basis", "căn cứ"), "thuc_hien": ("carries out", "thực hiện"),
    "tra_loi": ("answers", "trả lời"), "theo_de_nghi": ("as proposed in", "theo đề nghị"),
    "sua_doi_bo_sung": ("amends or ends", "sửa đổi, bãi bỏ"), "": ("other", "khác"),
}  # fmt: skip
_TEXTS = {
    "en": ("Letters of the run", "Documents they name", "Shown: {} of {} documents named, {} of {} letters that name any"),
    "vi": ("Văn bản của lần chạy", "Văn bản được viện dẫn", "Hiện {} trên {} văn bản được viện dẫn, {} trên {} văn bản có viện dẫn"),
}  # fmt: skip


def draw(graph: Graph, language: str = "en") -> str:
    """An SVG of the most named documents and the letters that name them.

    Rows on the right are ordered by how many letters name them, on the left by date; a
    line's colour is the relation, its width the mentions. A letter of the run that another
    names stands on the right too, filled.
    """
    named: collections.Counter[str] = collections.Counter()
    for key in {(one.citing, one.cited) for one in graph.citations}:
        named[key[1]] += 1
    order = sorted(named, key=lambda key: (-named[key], graph.documents[key].label))
    right = [graph.documents[key] for key in order[:MOST_CITED]]
    shown = {one.key for one in right}
    citing = {one.citing for one in graph.citations if one.cited in shown}
    left = sorted(
        (graph.documents[key] for key in citing), key=lambda one: (one.issue_date or "9", one.label)
    )[:MOST_CITING]
    edges = [
        one
        for one in graph.citations
        if one.cited in shown and one.citing in {document.key for document in left}
    ]
    every_citing = {one.citing for one in graph.citations}
    return _svg(left, right, edges, named, (len(named), len(every_citing)), language)


def _svg(
    left: Sequence[Document], right: Sequence[Document], edges: Sequence[Citation],
    named: collections.Counter[str], totals: tuple[int, int], language: str,
) -> str:  # fmt: skip
    titles = _TEXTS.get(language, _TEXTS["en"])
    rows = max(len(left), len(right), 1)
    height = _TOP + rows * _ROW + 64
    heights = [_places(len(left), rows), _places(len(right), rows)]
    at_left = {one.key: y for one, y in zip(left, heights[0], strict=True)}
    at_right = {one.key: y for one, y in zip(right, heights[1], strict=True)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(_LEFT - 12, 28, titles[0], "end", bold=True),
        _text(_RIGHT + 12, 28, titles[1], "start", bold=True),
    ]
    for edge in edges:
        start, end = at_left[edge.citing], at_right[edge.cited]
        colour = _COLOURS.get(edge.relation or "", _OTHER)
        middle = (_LEFT + _RIGHT) // 2
        parts.append(
            f'<path d="M{_LEFT} {start:.0f} C{middle} {start:.0f} {middle} {end:.0f} {_RIGHT} {end:.0f}" '
            f'fill="none" stroke="{colour}" stroke-opacity="0.6" '
            f'stroke-width="{min(1.0 + 0.5 * edge.mentions, 4.0):.1f}"/>'
        )
    for one in left:
        parts.append(_dot(_LEFT, at_left[one.key], filled=True))
        parts.append(_text(_LEFT - 12, at_left[one.key] + 4, _short(one), "end"))
    for one in right:
        parts.append(_dot(_RIGHT, at_right[one.key], filled=one.in_run))
        label = f"{_short(one)} ({named[one.key]})"
        parts.append(_text(_RIGHT + 12, at_right[one.key] + 4, label, "start"))
    count = titles[2].format(len(right), totals[0], len(left), totals[1])
    parts += [
        *_legend(height - 36, language),
        _text(_WIDTH // 2, height - 12, count, "middle"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(y: int, language: str) -> Iterator[str]:
    step = _WIDTH // len(_RELATIONS)
    for index, (code, names) in enumerate(_RELATIONS.items()):
        x = index * step + 24
        colour = _COLOURS.get(code, _OTHER)
        yield f'<path d="M{x} {y - 4} h24" stroke="{colour}" stroke-width="2"/>'
        yield _text(x + 30, y, names[1 if language == "vi" else 0], "start")


def _places(count: int, rows: int) -> list[float]:
    """Middles of `count` rows spread over the height of `rows`."""
    return [_TOP + (index + 0.5) * rows * _ROW / max(count, 1) for index in range(count)]


def _dot(x: int, y: float, *, filled: bool) -> str:
    fill = "#223" if filled else "#ffffff"
    return f'<circle cx="{x}" cy="{y:.0f}" r="4.5" fill="{fill}" stroke="#223"/>'


def _text(x: int, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y:.0f}" text-anchor="{anchor}" fill="#223"{weight}>{escape(text)}</text>'


def _short(one: Document) -> str:
    year = (
        f", {one.issue_date[:4]}" if one.issue_date and one.issue_date[:4] not in one.label else ""
    )
    return (one.label if len(one.label) <= 34 else one.label[:33] + "…") + year
