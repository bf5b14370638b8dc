"""Count syllables and their pairs in Vietnamese legal texts, for putting tone marks right.

Usage: python models/syllables/train.py CORPUS... --out models/syllables/counts.json

A corpus is `.jsonl.gz` (each line an object; its longest text value is read), `.csv` (its
column `subject`) or `.conll.gz` (the first column, `_` for a blank in a word). Only counts
are kept (pairs seen at least twice), no text: the table says how often `thẩm` stands before
`quyền`, and nothing of who wrote it.
"""

from __future__ import annotations

import argparse
import collections
import csv
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.vietnamese import fold_tone_placement, nfc

MIN_PAIR = 2
MIN_SINGLE = 4


def main() -> None:
    """Read the corpora and write the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    singles: collections.Counter[str] = collections.Counter()
    pairs: collections.Counter[tuple[str, str]] = collections.Counter()
    for path in options.corpora:
        for text in read_texts(path):
            for clause in re.split(r"[.,;:()\d\n/“”\"]+", fold_tone_placement(nfc(text)).lower()):
                words = re.findall(r"[^\W\d_]+", clause)
                singles.update(words)
                pairs.update(zip(words, words[1:], strict=False))
    kept = sorted(word for word, count in singles.items() if count >= MIN_SINGLE)
    index = {word: number for number, word in enumerate(kept)}
    grouped: dict[int, list[int]] = {}
    for (left, right), count in sorted(pairs.items()):
        if count >= MIN_PAIR and left in index and right in index:
            grouped.setdefault(index[left], []).extend((index[right], count))
    table = {
        "words": kept,
        "counts": [singles[word] for word in kept],
        "pairs": [grouped.get(number, []) for number in range(len(kept))],
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    options.out.write_text(text + "\n", encoding="utf-8")
    print(len(kept), "syllables", sum(len(row) // 2 for row in table["pairs"]), "pairs")


def read_texts(path: Path) -> Iterator[str]:
    """The texts of a corpus."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            yield from (row["subject"] for row in csv.DictReader(stream))
        return
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        if ".conll" in path.name:
            for sentence in stream.read().split("\n\n"):
                yield " ".join(line.split()[0] for line in sentence.splitlines()).replace("_", " ")
            return
        for line in stream:
            yield max((one for one in json.loads(line).values() if isinstance(one, str)), key=len)


if __name__ == "__main__":
    main()
