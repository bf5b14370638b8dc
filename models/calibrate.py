"""Measure how often values are right, by field and kind of evidence.

Usage: python models/calibrate.py OUT TRUTH_DIR [OUT TRUTH_DIR ...]

Each OUT is a run of `sohoa extract` over the files that TRUTH_DIR describes. Writes
models/calibration.toml: for each field and kind of evidence (see `pipeline/trust.py`)
how many values there were and how many were right at the soft grade. A kind of evidence
is `sure` for a field where there were at least `MIN_COUNT` such values, none of them wrong,
and where at least `POOLED_FLOOR` of such values of all fields were right.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

from pipeline import evaluate, fields

MIN_COUNT = 10
KINDS = ("agreed", "clear", "fair", "weak", "doubt")
#: Share of right values over all fields from which a kind of evidence may be `sure`.
POOLED_FLOOR = 0.9


def main() -> None:
    """Count, decide, write."""
    counts: dict[str, dict[str, list[int]]] = collections.defaultdict(
        lambda: {kind: [0, 0] for kind in KINDS}
    )
    arguments = [Path(argument) for argument in sys.argv[1:]]
    for out, truth in zip(arguments[::2], arguments[1::2], strict=True):
        _count(out, truth, counts)
    pooled = {
        kind: [sum(counts[name][kind][at] for name in counts) for at in (0, 1)] for kind in KINDS
    }
    lines = [
        "# Right values of all values, by field and kind of evidence; made by models/calibrate.py.",
        f"# Sets: {', '.join(path.name for path in arguments[1::2])}.",
        "",
    ]
    for kind in KINDS:
        right, count = pooled[kind]
        lines += [f"[pooled.{kind}]", f"right = {right}", f"count = {count}", ""]
    lines.append("[sure]")
    for name in sorted(counts):
        sure = []
        for kind in KINDS:
            right, count = counts[name][kind]
            if right < count:
                break  # weaker evidence is never trusted where stronger was wrong
            if _is_sure(counts[name][kind], pooled[kind]):
                sure.append(kind)
        lines.append(f"{name} = {json.dumps(sure)}")
    lines.append("")
    for name in sorted(counts):
        for kind in KINDS:
            right, count = counts[name][kind]
            if count:
                lines += [f"[field.{name}.{kind}]", f"right = {right}", f"count = {count}", ""]
    Path(__file__).with_name("calibration.toml").write_text("\n".join(lines), encoding="utf-8")


def _is_sure(own: list[int], pooled: list[int]) -> bool:
    right, count = own
    return count >= MIN_COUNT and right == count and pooled[0] >= POOLED_FLOOR * pooled[1]


def _count(out: Path, truth: Path, counts: dict[str, dict[str, list[int]]]) -> None:
    evaluation = evaluate.evaluate(out, truth)
    kinds = _kinds(out)
    for outcome in evaluation.outcomes:
        name = outcome.field
        if outcome.value is None or name == "references_dated":
            continue
        key = (
            outcome.source,
            outcome.first_page,
            name,
            outcome.value if name not in fields.NAMES else "",
        )
        kind = kinds.get(key)
        if kind is None:
            continue
        good = outcome.grade in ("strict", "soft")
        row = counts[name if name in fields.NAMES else _list_of(name)][kind]
        row[0] += good
        row[1] += 1


def _list_of(name: str) -> str:
    return "references" if name.startswith("references") else "recipients"


def _kinds(out: Path) -> dict[tuple[str, int, str, str], str]:
    """Kind of evidence by (file, first page, field, value of a list item)."""
    found: dict[tuple[str, int, str, str], str] = {}
    for path in sorted((out / "records").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        source = Path(record["source"]["path"]).name
        first = record["first_page"]
        for name, field in record["fields"].items():
            kind = next(
                (fact[9:] for fact in field["evidence"] if fact.startswith("evidence:")), None
            )
            if kind is not None:
                found[source, first, name, ""] = kind
        for name, key in (("references", "number"), ("recipients", "name")):
            for one in record[name]:
                value = one[key] or one.get("title") or ""
                role = "addressees" if one.get("role") == "addressee" else name
                kind = one.get("evidence")
                if kind:
                    found[source, first, role, value] = kind
    return found


if __name__ == "__main__":
    main()
