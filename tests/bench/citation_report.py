"""Citation figures over the corpora: spans, numbers, the text's own number, speed.

Run `python tests/bench/citation_report.py [--errors]`; the corpora are found through
`SOHOA_REAL_DATA` (default `../shared/real` beside the repository).
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import csv
import gzip
import io
import json
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rapidfuzz import fuzz  # noqa: E402

from pipeline.citation import find_references, parse_number  # noqa: E402
from pipeline.describe import describe_text  # noqa: E402
from pipeline.lexicon import load_lexicon  # noqa: E402
from pipeline.vietnamese import fold, nfc  # noqa: E402
from tests.bench.benchmark_page import machine  # noqa: E402

TYPES = {fold(name) for name in load_lexicon().doc_types}
REAL = ROOT / Path(os.environ.get("SOHOA_REAL_DATA", "../shared/real"))
KINDS = {
    "Nghị định": "NĐ", "Luật": "L", "Thông tư": "TT", "Quyết định": "QĐ", "Pháp lệnh": "PL",
    "Nghị quyết": "NQ", "Thông tư liên tịch": "TTLT", "Thông tư liên bộ": "TTLT",
    "Bộ luật": "BL", "Hiến pháp": "HP",
}  # fmt: skip


@dataclass(frozen=True)
class Annotated:
    """A sentence of the corpus with its mentions as (type, start, end).

    `cut`: starts of mentions that hold markup of an inner law; the corpus ends such a
    mention where the inner one's name ends and loses the date or number after it.
    """

    text: str
    spans: tuple[tuple[str, int, int], ...]
    cut: frozenset[int]


def read_conll(path: Path) -> list[Annotated]:
    """The sentences: `_` joins syllables, markup left in the tokens is dropped."""
    sentences = []
    for block in gzip.decompress(path.read_bytes()).decode().split("\n\n"):
        pieces: list[str] = []
        position = 0
        spans: list[list[object]] = []
        open_span: list[object] | None = None
        cut: set[int] = set()
        for line in block.splitlines():
            if " " not in line:
                continue
            token, label = line.rsplit(" ", 1)
            if token.startswith("<"):
                if open_span is not None and not token.startswith("</"):
                    cut.add(int(str(open_span[1])))
                continue
            if token.startswith("rel="):
                continue
            word = nfc(token.replace("_", " "))
            if pieces and word not in ",.;:)" and pieces[-1] != "(":
                pieces.append(" ")
                position += 1
            if label.startswith("B-"):
                open_span = [label[2:], position, position + len(word)]
                spans.append(open_span)
            elif label.startswith("I-") and open_span is not None:
                open_span[2] = position + len(word)
            else:
                open_span = None
            pieces.append(word)
            position += len(word)
        text = "".join(pieces)
        if text:
            sentences.append(
                Annotated(
                    text,
                    tuple((str(k), int(str(s)), int(str(e))) for k, s, e in spans),
                    frozenset(cut),
                )
            )
    return sentences


def scored(gold: int, found: int, right: int) -> str:
    """Precision, recall and F1 as one row."""
    precision = right / found if found else 0.0
    recall = right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return f"{gold:6d} {found:6d} {right:6d}  {precision:.4f}  {recall:.4f}  {f1:.4f}"


def report_spans(*, errors: bool) -> None:
    """Strict and overlap scores of mention spans on VNLegalText, by type."""
    sentences = read_conll(REAL / "corpora/vnlegaltext_val.conll.gz")
    names = {s.text[start:end].casefold() for s in sentences for _, start, end in s.spans}
    strict: collections.Counter[tuple[str, str]] = collections.Counter()
    overlap: collections.Counter[str] = collections.Counter()
    others = 0
    follows: collections.Counter[str] = collections.Counter()
    classes: collections.Counter[str] = collections.Counter()
    for sentence in sentences:
        gold = set(sentence.spans)
        found = set()
        for mention in find_references(sentence.text):
            kind = KINDS.get(mention.doc_type or "")
            if kind is None:
                others += 1
                continue
            found.add((kind, mention.start, mention.end))
        classes.update(_classes(sentence, gold, found, names=names, errors=errors))
        for name, spans in (("gold", gold), ("found", found), ("right", gold & found)):
            for kind, _, _ in spans:
                strict[name, kind] += 1
        marked = as_corpus_marks(sentence.text, found)
        follows.update(gold=len(gold), found=len(marked), right=len(gold & marked))
        overlap["gold"] += len(gold)
        overlap["found"] += len(found)
        overlap["right_gold"] += sum(any(_touch(g, f) for f in found) for g in gold)
        overlap["right_found"] += sum(any(_touch(g, f) for g in gold) for f in found)
    print(f"\nVNLegalText, {len(sentences)} sentences, strict spans with type")
    print("type    gold  found  right  precision recall   F1")
    total = collections.Counter()
    for kind in KINDS.values():
        if strict["gold", kind] or strict["found", kind]:
            row = [strict[name, kind] for name in ("gold", "found", "right")]
            if kind not in total:
                print(f"{kind:5s}", scored(*row))
            for name in ("gold", "found", "right"):
                total[name] += strict[name, kind] if kind not in total else 0
            total[kind] = 1
    print("all  ", scored(total["gold"], total["found"], total["right"]))
    precision = overlap["right_found"] / max(overlap["found"], 1)
    recall = overlap["right_gold"] / max(overlap["gold"], 1)
    print(
        "all, the corpus' two habits followed:",
        scored(follows["gold"], follows["found"], follows["right"]),
    )
    print(
        f"overlap, any type: precision {precision:.4f} recall {recall:.4f} "
        f"F1 {2 * precision * recall / max(precision + recall, 1e-9):.4f}"
    )
    print("every disagreement by class (gold spans missed, spans found beside gold):")
    for name, count in classes.most_common():
        print(f"  {count:5d}  {name}")
    slips_missed = sum(n for name, n in classes.items() if name.startswith("slip, missed"))
    slips_found = sum(n for name, n in classes.items() if name.startswith("slip, extra"))
    kept = total["right"] + slips_missed
    print(
        "all, slips of the corpus set right:",
        scored(total["gold"], total["found"] - slips_found, kept),
    )
    print(f"mentions of types that the corpus does not annotate: {others}")


def as_corpus_marks(text: str, found: set[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    """The spans by two habits of the corpus that are told from the text alone.

    It annotates nothing in the text's own title, and ends an amending law's span with the
    name of the law that it amends (92 of 103 times its number or date is left outside).
    """
    out = set()
    for kind, start, end in found:
        if _own_title(text, start):
            continue
        tail = _AMENDING_TAIL.match(text, start, end)
        out.add((kind, start, tail.end("name") if tail else end))
    return out


_AMENDING_TAIL = re.compile(
    r"(?P<name>(?:Bộ luật|Luật|Pháp lệnh) (?:sửa đổi|bổ sung).*?),? (?:số|ngày|năm) \d.*",
    re.IGNORECASE,
)
_DATE = re.compile(r"\s*,?\s*(?:ngày|tháng|năm)\s*[\d/.-]+(?:\s*tháng\s*\d+)?(?:\s*năm\s*\d+)?\s*$")


def _classes(
    sentence: Annotated,
    gold: set[tuple[str, int, int]],
    found: set[tuple[str, int, int]],
    *,
    names: set[str],
    errors: bool,
) -> collections.Counter[str]:
    """Each disagreement in one class; `slip` where the corpus contradicts its own rule."""
    out: collections.Counter[str] = collections.Counter()
    missed, extra = gold - found, found - gold
    explained: set[tuple[str, int, int]] = set()
    for kind, start, end in sorted(missed):
        twin = next((f for f in extra if f[1] == start and f[2] > end), None)
        if twin and start in sentence.cut:
            name = "slip, missed: an amending law's number or date lost with its inner markup"
        elif twin and _DATE.fullmatch(sentence.text[end : twin[2]]):
            name = "slip, missed: the date that follows left out (as a rule it is inside)"
        elif twin and twin[0] == kind and re.fullmatch(r".{0,40}\d", sentence.text[end : twin[2]]):
            name = "slip, missed: number or date left out"
        elif same := next((f for f in extra if f[1:] == (start, end)), None):
            name = "slip, missed: the type is not the one printed"
            twin = same
        else:
            name = _missed_class(sentence, start, end)
            if name.startswith("slip"):
                # what was found inside such a span belongs to the same slip
                explained |= {f for f in extra if _touch(f, (kind, start, end))}
        if twin:
            explained.add(twin)
        out[name] += 1
        if errors:
            _show(name, sentence, (kind, start, end))
    for span in sorted(extra - explained):
        kind, start, end = span
        raw = sentence.text[start:end]
        if any(_touch(span, g) for g in missed):
            name = "extra: other ends than gold"
        elif _own_title(sentence.text, start):
            name = "slip, extra: named in the title of the text itself, which is not annotated"
        elif re.search(r"\d+/\d{4}/[A-ZĐ]|\d/[A-ZĐ]{2,}", raw):
            name = "slip, extra: a numbered document that is not annotated"
        elif re.search(r"\d{4}$", raw):
            name = "slip, extra: a dated law that is not annotated"
        else:
            elsewhere = raw.casefold() in names
            name = (
                "slip, extra: a law by name that is annotated elsewhere in the corpus"
                if elsewhere
                else "extra: law by name that is not annotated"
            )
        out[name] += 1
        if errors:
            _show(name, sentence, span)
    return out


_TITLE = re.compile(
    r"\s*(?:Thông tư|Nghị định|Quyết định|Pháp lệnh|Luật|Nghị quyết)(?: liên tịch)?"
    r" (?:sửa|hướng|về|quy định|ban hành|bãi|bổ)",
    re.IGNORECASE,
)


def _own_title(text: str, start: int) -> bool:
    """Whether the span stands in the text's own title (`Thông tư Sửa đổi … của Thông tư …`)."""
    before = text[:start]
    opened = _TITLE.match(text)
    return bool(opened and before.strip() and "Căn cứ" not in before and "Điều" not in before[:20])


def _missed_class(sentence: Annotated, start: int, end: int) -> str:
    """Why a span of the corpus was not found as it stands."""
    raw, before = sentence.text[start:end], sentence.text[max(0, start - 40) : start]
    if re.search(r"(?:viết|gọi)(?: \w+){0,3} (?:là|:) ?$", before):
        return "slip, missed: a short name being defined (as a rule it is not annotated)"
    if re.match(r"Nghị định thư", raw):
        return "slip, missed: a protocol (nghị định thư), no document of these types"
    if re.search(r"số ?(?:/|…)|/\d{3}(?:/|\b)|/0/|năm \d{3}$|năm tháng|ngày tháng", raw):
        return "slip, missed: figures lost from the number or the date"
    if len(re.findall(r"\d+/(?:\d{4}/)?[A-ZĐ]", raw)) > 1:
        return "slip, missed: two documents in one span"
    if not re.search(r"\d", raw) and not re.match(r"(?:Bộ )?[Ll]uật|Pháp lệnh|Hiến pháp", raw):
        return "missed: a document told by its subject only, without number"
    own = [m for m in find_references(sentence.text) if m.start == start and m.end < end]
    if own and not re.match(r"\s*,?\s*(?:ngày|năm|số|tháng)", sentence.text[own[0].end : end]):
        return "slip, missed: the span runs on into the words after number or name"
    return "missed: other"


def _show(name: str, sentence: Annotated, span: tuple[str, int, int]) -> None:
    kind, start, end = span
    before, after = (
        sentence.text[max(0, start - 40) : start],
        sentence.text[end : end + 40],
    )
    print(f"{name} | {kind} | {before}[[{sentence.text[start:end]}]]{after}")


def _touch(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[1] < other[2] and other[1] < one[2]


def report_numbers() -> None:
    """Share of registry numbers that the grammar parses whole."""
    path = REAL / "corpora/document_numbers.dev.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row["document_number"] for row in csv.DictReader(file)]
    numbers = [row for row in rows if re.match(r"\s*\d", row)]
    failed = [row for row in numbers if parse_number(nfc(row)) is None]
    print(
        f"\ndocument_numbers.dev.csv: {len(numbers)} numbers "
        f"({len(rows) - len(numbers)} rows hold other text), parsed whole "
        f"{1 - len(failed) / len(numbers):.4f}; not parsed: {failed}"
    )


def report_described(*, errors: bool) -> None:
    """Number, type and subject of a document from its text alone, against the page's metadata.

    A value is asked for only where the text holds it; what the text lacks is counted apart.
    """
    print("\na document's own values from its text alone")
    print("corpus            value     asked  right   share   near    not in the text")
    for corpus, keys in (
        ("vbpl_toanvan", {"number": "so_ky_hieu", "doc_type": "loai", "subject": "trich_yeu"}),
        ("congbao_fulltext", {"number": "so_hieu", "doc_type": "loai"}),
    ):
        path = REAL / f"corpora/{corpus}.dev.jsonl.gz"
        rows = [
            json.loads(line)
            for line in gzip.decompress(path.read_bytes()).decode().split("\n")
            if line
        ]
        told = [describe_text(row["text"]) for row in rows]
        for name, key in keys.items():
            asked = right = near = absent = 0
            for row, one in zip(rows, told, strict=True):
                truth, text = fold(nfc(row[key] or "")), fold(nfc(row["text"][:12_000]))
                if not truth:
                    continue
                if truth not in text or (name == "doc_type" and truth not in TYPES):
                    absent += 1
                    continue
                asked += 1
                value = getattr(one, name)
                good = value is not None and (
                    fold(value) == truth or (name == "subject" and truth in fold(value))
                )
                right += good
                # Blanks lost and letters changed where the text repeats the page's words.
                near += good or (value is not None and fuzz.ratio(fold(value), truth) >= 95)
                if errors and not good:
                    print(f"  {corpus} {name}: {row[key]!r} != {value!r}")
            share, alike = (count / asked if asked else 0.0 for count in (right, near))
            print(
                f"{corpus:17s} {name:9s} {asked:5d} {right:6d}  {share:.4f}  {alike:.4f}  {absent}"
            )


ENGLISH = (
    "In Bush v. Gore, 531 U.S. 98, 99-100 (2000), the Court relied on Roe v. Wade, 410 U.S. 113 "
    "(1973). Id. at 115. The statute, 42 U.S.C. § 1983, was read together with Mass. Gen. Laws ch. 1, "
    "§ 2, and the court below agreed that nothing in the record, which runs to some hundred pages of "
    "testimony and exhibits, could be said to support the opposite view. See also Lissner v. Test, 1 "
    "F.3d 1 (1st Cir. 1999) (holding that the claim was barred).\n"
)


HOSTILE = (
    "1", "1/A-", "1/2020/", "Luật", "Luật ", "số 1/2020/", "(", "điểm a, ", "ngày 1 tháng ", " \n",
    "Nghị định số 1/NĐ-CP và ", "Luật sửa đổi, bổ sung một số điều của ",
)  # fmt: skip


def report_speed(*, megabytes: float = 10) -> None:
    """Characters per second on one core, and growth with ten times the text."""
    path = REAL / "corpora/vbpl_toanvan.dev.jsonl.gz"
    size = int(megabytes * 1_000_000)
    parts: list[str] = []
    total = 0
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        parts.append(json.loads(line)["text"])
        total += len(parts[-1])
        if total >= size:
            break
    text = nfc("\n".join(parts))[:size]
    find_references(text[:10_000])
    print("\nspeed of find_references, one core, processor seconds")
    for length in (size // 10, size):
        started = time.process_time()
        found = find_references(text[:length])
        seconds = time.process_time() - started
        print(
            f"{length:9d} characters {len(found):7d} mentions {seconds:7.2f} s "
            f"{length / seconds:10.0f} characters/s"
        )
    try:
        import eyecite
    except ImportError:
        print("eyecite is not installed: no yardstick")
    else:
        english = (ENGLISH * (size // 20 // len(ENGLISH) + 1))[: size // 20]
        started = time.process_time()
        citations = eyecite.get_citations(english)
        seconds = time.process_time() - started
        print(
            f"eyecite {getattr(eyecite, '__version__', '')}, {len(english)} characters of English "
            f"(one paragraph again and again), {len(citations)} citations: {seconds:.2f} s "
            f"{len(english) / seconds:.0f} characters/s"
        )
    print("hostile lines, seconds: one unit again and again, 100 kB and 1 MB")
    for unit in HOSTILE:
        took = []
        for length in (100_000, 1_000_000):
            hostile = (unit * (length // len(unit) + 1))[:length]
            started = time.process_time()
            find_references(hostile)
            took.append(time.process_time() - started)
        print(f"  {unit!r:20s} {took[0]:.2f} {took[1]:.2f}")


HEAD = """# Citations in plain text

Command: `python tests/bench/citation_report.py --write docs/citations.md` (needs the corpora in
`SOHOA_REAL_DATA`). All figures are of one run. The 69 worked examples of citations are tests
(`tests/citation/examples.jsonl`); those that do not parse as stated are marked there with the reason.

"The corpus' two habits followed" scores the same spans after a rule on the text alone: what
stands in the text's own title is not counted (of 172 such mentions the corpus annotates 13), and
an amending law ends with its name (its number or date is left outside 92 times of 103).

A disagreement with VNLegalText is called a *slip* where the corpus contradicts its own rule; the
classes are told by `tests/bench/citation_report.py`, each by a pattern, and `--errors` prints all.

*Near*: at least 95 % alike. Subjects that are near and not right are as the text prints them: it
loses blanks (`các cơquan`) or spells words otherwise than the page that tells of it.
"""


def main() -> None:
    """Print all tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="print each differing span")
    parser.add_argument("--only", choices=["spans", "numbers", "described", "speed"])
    parser.add_argument("--write", type=Path, help="write what would be printed to this page")
    arguments = parser.parse_args()
    told = io.StringIO()
    with contextlib.redirect_stdout(told) if arguments.write else contextlib.nullcontext():
        if arguments.only in (None, "spans"):
            report_spans(errors=arguments.errors)
        if arguments.only in (None, "numbers"):
            report_numbers()
        if arguments.only in (None, "described"):
            report_described(errors=arguments.errors)
        if arguments.only in (None, "speed"):
            report_speed()
    if arguments.write:
        body = f"{HEAD}\n{machine()}.\n\n```text\n{told.getvalue().strip()}\n```\n"
        arguments.write.write_text(body, encoding="utf-8")


if __name__ == "__main__":
    main()
