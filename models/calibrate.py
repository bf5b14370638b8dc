"""Measure how often values are right, by field and kind of evidence.

Usage: python -m models.calibrate RUN TRUTH [RUN TRUTH ...] [--judged models/judged.tsv]
    [--report docs/trust.md]; with --keep see `models/judged.py`

Each RUN is the output folder of `sohoa extract` over the files that TRUTH describes: a
folder of truth files, or a TSV of numbers and dates (`headers.tsv`). Writes
models/calibration.toml: for each field and kind of evidence (see `pipeline/trust.py`)
how many values there were and how many were right at the soft grade; a reference with
another date than the paper's is wrong. A kind of evidence is `sure` for a field where
`trust.may_be_sure` says so: at least 10 such values, and at most 1 in 200 expected wrong.

The shipped reader of handwriting was trained on slots of these letters. So what it read is
judged by what a network that never saw the letter's agency read there, and by its certainty
(models/handwriting/out_of_fold.tsv).

The report says how that does on offices it was not measured on: the letters of one office
at a time are left out, the counts made from all others, and the left-out values judged.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.judged import Judged, read, write
from pipeline import evaluate, fields
from pipeline.record import Candidate
from pipeline.scoring import wilson
from pipeline.trust import KINDS, Evidence, evidence_of, may_be_sure, weaker
from pipeline.vietnamese import bare

Counts = Mapping[str, Mapping[str, list[int]]]


_DATE = re.compile(r" \d{4}(?:-\d\d){0,2}$")


@dataclass(frozen=True)
class KindOf:
    """A value's kind of evidence, and whether the reader of handwriting gave or backed it."""

    kind: Evidence
    by_hand: bool = False
    agrees_with_hand: bool = False


@dataclass(frozen=True)
class Unseen:
    """What a network that never saw a slot's agency read in it, and how sure it was."""

    read: str
    right: bool
    probability: float

    @property
    def kind(self) -> Evidence:
        """The kind of evidence that such a reading alone is."""
        hand = Candidate("number", self.read, "", self.probability, "handwriting", None, None)
        return evidence_of(hand, ())


#: Fields that `headers.tsv` has.
_OF_HEADERS = frozenset({"document_number", "issue_date"})
#: Fields that a clerk fills, and the slots of each.
SLOTS = {"number": ("number",), "document_number": ("number",), "issue_date": ("day", "month")}


def main() -> None:
    """Judge, count, decide, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", help="RUN TRUTH pairs")
    parser.add_argument("--judged", type=Path, help="counts of other letters, added")
    parser.add_argument("--keep", type=Path, help="write such counts of these sets, and stop")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    pairs = list(zip(options.sets[::2], options.sets[1::2], strict=True))
    values = [value for run, truth in pairs for value in judge(run, truth)]
    if options.keep:
        # The letters' own numbers and dates are judged by `headers.tsv`.
        write(options.keep, [one for one in values if one.field not in _OF_HEADERS])
        return
    names = ", ".join(f"{truth.parent.name}/{truth.name}" for _, truth in pairs)
    counted: list[Judged] = []
    if options.judged:
        counted = list(read(options.judged))
        names += f", {options.judged.name}"
    values += counted
    Path(__file__).with_name("calibration.toml").write_text(
        as_toml(count(values), names), encoding="utf-8"
    )
    if options.report:
        options.report.write_text(report(values, len(counted)), encoding="utf-8")


def judge(run: Path, truth: Path) -> list[Judged]:
    """Every value that the run puts forward and the truth speaks of."""
    if truth.suffix == ".tsv":
        evaluation = evaluate.evaluate_headers(run, truth)
    else:
        evaluation = evaluate.evaluate(run, truth)
    kinds, offices = _read_records(run)
    hands = read_unseen(Path(__file__).parent / "handwriting")
    misdated = {
        (one.source, one.first_page, _DATE.sub("", one.value))
        for one in evaluation.outcomes
        if one.field == "references_dated"
        and one.value is not None
        and _DATE.search(one.value)
        and one.grade not in ("strict", "soft")
    }
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
            if name == "references":
                right = right and (outcome.source, outcome.first_page, item) not in misdated
            for slot in SLOTS.get(name, ()):
                unseen = hands.get((Path(outcome.source).stem, slot))
                if unseen is not None and kind.by_hand:
                    kind = KindOf(weaker(kind.kind, unseen.kind), True)
                    right = right and unseen.right
                elif unseen is not None and kind.agrees_with_hand and not unseen.right:
                    kind = KindOf("doubt", False)
            found.append(Judged(office, _table_of(name), kind.kind, right))
    return found


def read_unseen(folder: Path) -> dict[tuple[str, str], Unseen]:
    """Readings of handwritten slots of agencies left out of training, by file and slot."""
    measured = tomllib.loads((folder / "calibration.toml").read_text(encoding="utf-8"))
    found = {}
    with (folder / "out_of_fold.tsv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if row["style"] != "handwritten":
                continue
            read = row["read"] if row["kind"] == "number" else row["read"].lstrip("0")
            probability = measured["ceiling"] * float(row["probability"]) ** measured["power"]
            found[row["file"], row["kind"]] = Unseen(read, read == row["truth"], probability)
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


def tables(counts: Counts) -> dict[str, Any]:
    """The counts as `calibration.toml` holds them, `sure` included."""
    items = sorted(set(counts) - set(fields.NAMES))
    out: dict[str, Any] = {
        "items": items,
        "pooled": {
            "single": _pooled(counts, [name for name in counts if name not in items]),
            "items": _pooled(counts, items),
        },
        "field": {
            name: {kind: _row(counts[name][kind]) for kind in KINDS if counts[name][kind][1]}
            for name in sorted(counts)
        },
    }
    out["sure"] = {
        name: [kind for kind in KINDS if may_be_sure(name, kind, out)] for name in sorted(counts)
    }
    return out


def as_toml(counts: Counts, names: str) -> str:
    """The text of calibration.toml."""
    held = tables(counts)
    lines = [
        "# Right values of all values, by field and kind of evidence; made by models/calibrate.py.",
        f"# Sets: {names}.",
        "",
        f"items = {json.dumps(held['items'])}",
        "",
        "[sure]",
        *(f"{name} = {json.dumps(kinds)}" for name, kinds in held["sure"].items()),
        "",
    ]
    for section in ("pooled", "field"):
        for name, kinds in held[section].items():
            for kind, row in kinds.items():
                lines += [
                    f"[{section}.{name}.{kind}]",
                    f"right = {row['right']}",
                    f"count = {row['count']}",
                    "",
                ]
    return "\n".join(lines)


def report(values: list[Judged], counted: int = 0) -> str:
    """How `sure` does on offices left out of its measuring, as Markdown.

    Args:
        values: all that were judged.
        counted: how many of them are known by the counts of `judged.tsv` alone.
    """
    own = _judged_sure(values, lambda office: values)
    held = _judged_sure(values, lambda office: [v for v in values if v.office != office])
    offices = {value.office for value in values}
    lines = [
        "# Trust",
        "",
        f"{len(values)} values of {len(offices)} offices ({counted} of them are kept as counts alone,",
        "models/judged.py, of the rules that read them then). `sure` on the values that it was",
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


def _judged_sure(values: list[Judged], measured_on: Callable[[str], list[Judged]]) -> list[Judged]:
    """The values that are `sure` by what is measured for their office."""
    sure = {
        office: tables(count(measured_on(office)))["sure"]
        for office in {value.office for value in values}
    }
    return [v for v in values if v.kind in sure[v.office].get(v.field, ())]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _pooled(counts: Counts, names: Iterable[str]) -> dict[str, dict[str, int]]:
    names = list(names)
    sums = {
        kind: [sum(counts[name][kind][at] for name in names) for at in (0, 1)] for kind in KINDS
    }
    return {kind: _row(pair) for kind, pair in sums.items()}


def _row(pair: list[int]) -> dict[str, int]:
    return {"right": pair[0], "count": pair[1]}


def _table_of(name: str) -> str:
    if name in fields.NAMES:
        return name
    return "references" if name.startswith("references") else "recipients"


def _read_records(
    run: Path,
) -> tuple[dict[tuple[str, int, str, str], KindOf], dict[tuple[str, int], str]]:
    """Kind of evidence by (file, first page, field, list item), and the office of each letter."""
    kinds: dict[tuple[str, int, str, str], KindOf] = {}
    offices: dict[tuple[str, int], str] = {}
    for path in sorted((run / "records").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        source = Path(record["source"]["path"]).name
        first = record["first_page"]
        heads = [record["fields"][name]["value"] for name in ("parent_issuer", "issuer")]
        name = bare(" ".join(filter(None, heads)))
        offices[source, first] = hashlib.sha256(name.encode()).hexdigest()[:12]
        for name, field in record["fields"].items():
            kind = next(
                (fact[9:] for fact in field["evidence"] if fact.startswith("evidence:")), None
            )
            if kind is not None:
                kinds[source, first, name, ""] = KindOf(
                    kind,
                    by_hand=field["rule"] == "handwriting",
                    agrees_with_hand=any(
                        fact in ("agree:slot", "agree:day", "agree:month")
                        for fact in field["evidence"]
                    ),
                )
        for name, key in (("references", "number"), ("recipients", "name")):
            for one in record[name]:
                value = one[key] or one.get("title") or ""
                role = "addressees" if one.get("role") == "addressee" else name
                if one.get("evidence"):
                    kinds[source, first, role, value] = KindOf(one["evidence"])
    return kinds, offices


if __name__ == "__main__":
    main()
