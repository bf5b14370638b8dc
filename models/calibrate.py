"""Measure how often values are right, by field and kind of evidence.

Usage: python models/calibrate.py RUN TRUTH [RUN TRUTH ...] [--report docs/trust.md]

Each RUN is the output folder of `sohoa extract` over the files that TRUTH describes: a
folder of truth files, or a TSV of numbers and dates (`headers.tsv`). Writes
models/calibration.toml: for each field and kind of evidence (see `pipeline/trust.py`)
how many values there were and how many were right at the soft grade. A kind of evidence
is `sure` for a field where there were at least `MIN_COUNT` such values, none of them wrong,
where no stronger kind was wrong, and where at least `POOLED_FLOOR` of such values of all
fields were right.

The report says how that does on offices it was not measured on: the letters of one office
at a time are left out, the counts made from all others, and the left-out values judged.
"""

from __future__ import annotations

import argparse
import collections
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import evaluate, fields
from pipeline.scoring import wilson
from pipeline.vietnamese import bare

MIN_COUNT = 10
KINDS = ("agreed", "clear", "fair", "weak", "doubt")
#: Share of right values over all fields from which a kind of evidence may be `sure`.
POOLED_FLOOR = 0.9

Counts = Mapping[str, Mapping[str, list[int]]]


@dataclass(frozen=True)
class Judged:
    """One value: whose letter it stands in, its kind of evidence, whether it is right."""

    office: str
    field: str
    kind: str
    right: bool


def main() -> None:
    """Judge, count, decide, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", help="RUN TRUTH pairs")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    pairs = list(zip(options.sets[::2], options.sets[1::2], strict=True))
    values = [value for run, truth in pairs for value in judge(run, truth)]
    names = ", ".join(f"{truth.parent.name}/{truth.name}" for _, truth in pairs)
    Path(__file__).with_name("calibration.toml").write_text(
        as_toml(count(values), names), encoding="utf-8"
    )
    if options.report:
        options.report.write_text(report(values), encoding="utf-8")


def judge(run: Path, truth: Path) -> list[Judged]:
    """Every value that the run puts forward and the truth speaks of."""
    if truth.suffix == ".tsv":
        evaluation = evaluate.evaluate_headers(run, truth)
    else:
        evaluation = evaluate.evaluate(run, truth)
    kinds, offices = _read_records(run)
    found = []
    for outcome in evaluation.outcomes:
        name = outcome.field
        if outcome.value is None or name == "references_dated":
            continue
        item = "" if name in fields.NAMES else outcome.value
        kind = kinds.get((outcome.source, outcome.first_page, name, item))
        if kind is not None:
            office = offices[outcome.source, outcome.first_page]
            right = outcome.grade in ("strict", "soft")
            found.append(Judged(office, _table_of(name), kind, right))
    return found


def count(values: Iterable[Judged]) -> dict[str, dict[str, list[int]]]:
    """Right values and all values, by field and kind."""
    counts: dict[str, dict[str, list[int]]] = collections.defaultdict(
        lambda: {kind: [0, 0] for kind in KINDS}
    )
    for value in values:
        row = counts[value.field][value.kind]
        row[0] += value.right
        row[1] += 1
    return counts


def sure_kinds(counts: Counts) -> dict[str, list[str]]:
    """The kinds of evidence that are `sure`, by field."""
    pooled = _pooled(counts)
    out = {}
    for name in sorted(counts):
        sure = []
        for kind in KINDS:
            right, total = counts[name][kind]
            if right < total:
                break  # weaker evidence is never trusted where stronger was wrong
            if total >= MIN_COUNT and pooled[kind][0] >= POOLED_FLOOR * pooled[kind][1]:
                sure.append(kind)
        out[name] = sure
    return out


def as_toml(counts: Counts, names: str) -> str:
    """The text of calibration.toml."""
    lines = [
        "# Right values of all values, by field and kind of evidence; made by models/calibrate.py.",
        f"# Sets: {names}.",
        "",
    ]
    for kind, (right, total) in _pooled(counts).items():
        lines += [f"[pooled.{kind}]", f"right = {right}", f"count = {total}", ""]
    lines.append("[sure]")
    lines += [f"{name} = {json.dumps(kinds)}" for name, kinds in sure_kinds(counts).items()]
    lines.append("")
    for name in sorted(counts):
        for kind in KINDS:
            right, total = counts[name][kind]
            if total:
                lines += [f"[field.{name}.{kind}]", f"right = {right}", f"count = {total}", ""]
    return "\n".join(lines)


def report(values: list[Judged]) -> str:
    """How `sure` does on offices left out of its measuring, as Markdown."""
    own = _judged_sure(values, lambda office: sure_kinds(count(values)))
    held = _judged_sure(
        values, lambda office: sure_kinds(count(v for v in values if v.office != office))
    )
    offices = {value.office for value in values}
    lines = [
        "# Trust",
        "",
        f"{len(values)} values of {len(offices)} offices. `sure` on the values that it was",
        "measured on (own), and on the values of each office with that office left out of the",
        "measuring (held out). Wrong: not what stands on the paper (soft grade); Wilson 95 %.",
        "",
        "Command: `make calibrate`.",
        "",
        "| field | values | right | own: sure | wrong | held out: sure | wrong when sure |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    scalar = [v for v in values if v.field in fields.NAMES]
    rows: list[tuple[str, list[Judged]]] = [("all", values), ("single-value fields", scalar)]
    rows += [
        (name, [v for v in values if v.field == name]) for name in sorted({v.field for v in values})
    ]
    for name, chosen in rows:
        marked = {id(v) for v in chosen}
        mine = [v for v in own if id(v) in marked]
        theirs = [v for v in held if id(v) in marked]
        wrong = sum(not v.right for v in theirs)
        low, high = wilson(wrong, len(theirs))
        told = f"{wrong} of {len(theirs)} [{100 * low:.1f}, {100 * high:.1f}]" if theirs else "-"
        lines.append(
            f"| {name} | {len(chosen)} | {_share(sum(v.right for v in chosen), len(chosen))} "
            f"| {_share(len(mine), len(chosen))} | {sum(not v.right for v in mine)} "
            f"| {_share(len(theirs), len(chosen))} | {told} |"
        )
    return "\n".join(lines) + "\n"


def _judged_sure(values: list[Judged], sure_for: Any) -> list[Judged]:
    tables = {office: sure_for(office) for office in {value.office for value in values}}
    return [v for v in values if v.kind in tables[v.office].get(v.field, ())]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _pooled(counts: Counts) -> dict[str, list[int]]:
    return {
        kind: [sum(counts[name][kind][at] for name in counts) for at in (0, 1)] for kind in KINDS
    }


def _table_of(name: str) -> str:
    if name in fields.NAMES:
        return name
    return "references" if name.startswith("references") else "recipients"


def _read_records(
    run: Path,
) -> tuple[dict[tuple[str, int, str, str], str], dict[tuple[str, int], str]]:
    """Kind of evidence by (file, first page, field, list item), and the office of each letter."""
    kinds: dict[tuple[str, int, str, str], str] = {}
    offices: dict[tuple[str, int], str] = {}
    for path in sorted((run / "records").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        source = Path(record["source"]["path"]).name
        first = record["first_page"]
        heads = [record["fields"][name]["value"] for name in ("parent_issuer", "issuer")]
        offices[source, first] = bare(" ".join(filter(None, heads)))
        for name, field in record["fields"].items():
            kind = next(
                (fact[9:] for fact in field["evidence"] if fact.startswith("evidence:")), None
            )
            if kind is not None:
                kinds[source, first, name, ""] = kind
        for name, key in (("references", "number"), ("recipients", "name")):
            for one in record[name]:
                value = one[key] or one.get("title") or ""
                role = "addressees" if one.get("role") == "addressee" else name
                if one.get("evidence"):
                    kinds[source, first, role, value] = one["evidence"]
    return kinds, offices


if __name__ == "__main__":
    main()
