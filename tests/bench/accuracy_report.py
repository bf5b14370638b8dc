"""Score the pipeline on real letters and write docs/accuracy.md.

Usage: python tests/bench/accuracy_report.py REAL_DATA [--out OUT] [--report docs/accuracy.md]

REAL_DATA holds `letters/`, `truth/` and `page_text/`. OUT keeps the run, so that a second
call after a change of rules reads no page again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline import evaluate  # noqa: E402
from pipeline.evaluate_text import evaluate_text, report_text  # noqa: E402
from tests.bench import handwriting_report  # noqa: E402

_HEAD = """# Accuracy

Measured on 28 real scans (54 pages) of published letters of health departments,
universities, ministries, provinces and the Party, 2012-2025, whose every field was read by
eye. The layout and field rules were tuned while looking at these letters, so expect less on
letters of other offices. The handwriting reader that is shipped was trained on the number lines
of these letters too, so the rows of number and document_number say what it does on hands it knows;
what it does on agencies that it never saw stands in the last section. The reader of printed lines
never saw a line of these letters, but lines of 89 other files, many of them of one health
department whose letters are among these.

Command: `make eval` (needs the letters in `SOHOA_REAL_DATA`). Trust is calibrated on these
letters and others, so the rows under "Trust" are optimistic; [trust.md](trust.md) has the
figures on offices left out of the calibration.
"""


def main() -> None:
    """Extract, score, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("real", type=Path)
    parser.add_argument("--out", type=Path, default=Path("output/accuracy"))
    parser.add_argument("--report", type=Path, default=Path("docs/accuracy.md"))
    options = parser.parse_args()
    if not (options.real / "letters").is_dir():
        sys.exit(
            f"{options.real}: no letters here; set SOHOA_REAL_DATA to the folder that has them"
        )
    command = ["extract", str(options.real / "letters"), "--output", str(options.out)]
    subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *command], check=False
    )
    evaluation = evaluate.evaluate(options.out, options.real / "truth")
    parts = [
        _HEAD,
        evaluate.report(evaluation)
        .replace("# Evaluation", "## Letters")
        .replace("\n## ", "\n### "),
    ]
    if (options.real / "page_text").is_dir():
        text = report_text(evaluate_text(options.out, options.real / "page_text"))
        parts.append(text.replace("\n## ", "\n### "))
    parts.append(_misses(evaluation))
    parts.append(handwriting_report.section(options.report.with_name("reliability.svg")))
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    print(options.report.read_text(encoding="utf-8"))


def _misses(evaluation: evaluate.Evaluation) -> str:
    """How many values of each field are wrong, and in which files; no text of the letters."""
    rows: dict[str, list[str]] = {}
    for outcome in evaluate.errors(evaluation):
        if outcome.verdict() != "right":
            rows.setdefault(outcome.field, []).append(
                f"{Path(outcome.source).stem} {outcome.verdict()}"
            )
    lines = ["## Every miss", "", "| field | file and what became of the value |", "| --- | --- |"]
    lines += [f"| {field} | {'; '.join(found)} |" for field, found in sorted(rows.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
