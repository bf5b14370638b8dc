"""The cited part of a directive: `khoản 2 Điều 5` is `Đ5.k2`.

Vietnamese names the smallest part first; the normal form starts with the largest.
Knows nothing of what is cited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.citation.shadow import Views

REACH = 200  # characters before a mention in which its pin may start

_VALUE = {
    "diem": r"(?:[a-z]{1,2}|\d{1,3}(?:\.\d{1,2}){0,3})",
    "khoan": r"\d{1,3}[a-z]?",
    "dieu": r"\d{1,3}[a-z]?",
    "muc": r"(?:[ivxl]{1,6}|\d{1,3}(?:\.\d{1,2}){0,3}|[a-h])",
    "chuong": r"[ivxl]{1,6}",
    "phu luc": r"(?:[ivxl]{1,6}|\d{1,3}|[a-h])",
    "tiet": r"(?:[a-z]|\d{1,3})",
}
_PART = re.compile(
    "|".join(
        rf"(?P<{unit.replace(' ', '_')}>(?<![a-z]){unit}[ ]{{1,2}}(?:so[ ])?{value}(?![\w])"
        rf"(?:[ ]{{0,2}}(?:,[ ]{{0,2}}|va[ ]{{1,2}}|den[ ]{{1,2}}|hoac[ ]{{1,2}}){value}(?![\w]))*)"
        for unit, value in _VALUE.items()
    )
)
_GAP = re.compile(r"[ ]{0,3}(?:,|va|hoac|cua|cac|tai|thuoc)?[ ]{0,3}(?:cac)?[ ]{0,3}")
_LINK = re.compile(
    r"[ ]{0,3}(?:,|cua|tai|thuoc|ban hanh kem theo|kem theo|trong)?[ ]{0,3}(?:cac)?[ ]{0,3}"
)
_MARK = {
    "diem": "",
    "khoan": "k",
    "dieu": "Đ",
    "muc": "M.",
    "chuong": "Ch.",
    "phu_luc": "PL.",
    "tiet": "",
}
_LEVEL = {
    "tiet": 0,
    "diem": 1,
    "khoan": 2,
    "dieu": 3,
    "muc": 4,
    "chuong": 5,
    "phu_luc": 6,
}


@dataclass(frozen=True, slots=True)
class Pin:
    """A cited part in normal form, and where its words start."""

    value: str
    start: int


def pin_before(seen: Views, start: int, floor: int) -> Pin | None:
    """The pin that ends right before `start`, not reaching before `floor`."""
    low = max(floor, start - REACH)
    window = seen.shadow[low:start]
    parts = list(_PART.finditer(window))
    if not parts or not _LINK.fullmatch(window, parts[-1].end()):
        return None
    first = len(parts) - 1
    while first > 0 and _GAP.fullmatch(window, parts[first - 1].end(), parts[first].start()):
        first -= 1
    chosen = parts[first:]
    units = [(match.lastgroup or "", _values(seen, low, match)) for match in chosen]
    value = _normal(units)
    return Pin(value, low + chosen[0].start()) if value else None


def _values(seen: Views, low: int, match: re.Match[str]) -> list[str]:
    """The values of one unit: `khoản 1, 2 và 3` has three; `5 đến 8` is one range."""
    unit = (match.lastgroup or "").replace("_", " ")
    printed = seen.plain[low + match.start() + len(unit) : low + match.end()]
    printed = re.sub(r"^\s*[Ss]ố ", " ", printed)
    listed = re.split(r"\s*,\s*|\s+và\s+|\s+hoặc\s+|\s+va\s+", printed.strip())
    folded = [re.sub(r"\s+đến\s+", "-", value.strip()) for value in listed]
    folded = [re.sub(r"(?<!\d)0+(?=\d)", "", value) for value in folded]
    return [value.upper() if unit in {"phu luc", "chuong"} else value.lower() for value in folded]


def _normal(units: list[tuple[str, list[str]]]) -> str:
    """Leaf parts from the largest unit down, in printed order, joined by `; `."""
    out: list[str] = []
    context: dict[int, str] = {}
    for unit, values in reversed(units):
        level = _LEVEL[unit]
        for below in [key for key in context if key <= level]:
            context.pop(below)
        stem = ".".join(context[key] for key in sorted(context, reverse=True) if key > level)
        for value in reversed(values):
            mark = _MARK[unit] + value
            out.append(f"{stem}.{mark}" if stem else mark)
        context[level] = _MARK[unit] + values[-1]
    leaves = [pin for pin in out if not any(other.startswith(pin + ".") for other in out)]
    return "; ".join(dict.fromkeys(reversed(leaves)))
