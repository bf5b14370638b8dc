"""Makes the sample scans and their truth files: `python samples/make_samples.py`.

Needed only to change the samples; what it makes is committed. `--bench DIR` writes benchmark pages
with the exact text of each beside it instead. Both need Pillow, NumPy, OpenCV and a few Debian font
packages, which it names if they are missing. The same texts give the same bytes.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from samples import bench, fonts, image_pdf, scan_recipe, texts  # noqa: E402


def make_sample(sample: texts.Sample, *, out: Path) -> Path:
    """Writes `NAME.pdf` and `truth/NAME.json` under `out`; gives the PDF's path."""
    pages, letters = scan_recipe.scan(sample)
    path = out / f"{sample.name}.pdf"
    image_pdf.write(pages, path)
    truth = {"source": path.name, "letters": letters}
    truth_path = out / "truth" / f"{sample.name}.json"
    truth_path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    truth_path.write_text(text + "\n", encoding="utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes what the command line asks for; exit code 4 when fonts are missing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="only samples whose name starts with one of these")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    parser.add_argument("--bench", type=Path, metavar="DIR", help="write benchmark pages to DIR")
    parser.add_argument("--pages", type=int, default=12, help="benchmark pages of each kind")
    options = parser.parse_args(arguments)
    try:
        fonts.check_installed()
    except fonts.MissingFontsError as error:
        print(error, file=sys.stderr)
        return 4
    if options.bench:
        count = bench.write_pages(options.bench, pages_per_kind=options.pages)
        print(f"{count} pages in {options.bench}")
        return 0
    for sample in texts.load_samples():
        if not options.names or sample.name.startswith(tuple(options.names)):
            path = make_sample(sample, out=options.out)
            print(f"{path.name}  {path.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
