"""Steps that read letters made of plain text, for runs in which OCR would only cost time.

A file is `%PDF-fake`, then one line a page: the page's words, or an order such as
`@kill`, `@hang`, `@stop`, `@raise`, `@raise-until FLAG`, `@eat`, `@crash-once FLAG`,
`@child 1000`, `@slow 0.2`, `@noisy`, `@count-kill`, `@assemble-bug`, `@secret`.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import fsspec

from pipeline.errors import OcrError, UnreadableFileError
from pipeline.page import BBox, Line, Page, Word
from pipeline.record import Field, MadeBy, Problem, Record
from pipeline.work import Steps

HEAD = "%PDF-fake"

# Every process of a run imports these steps, and so knows `troubled://`.
fsspec.register_implementation("troubled", "troubled_storage.TroubledFiles", clobber=True)
NAMES = ("subject",)


@dataclasses.dataclass(frozen=True)
class PageBatch:
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


def made_by(settings):
    return MadeBy("0.1.0", settings.digest(), os.environ.get("FAKE_LEXICON", "x"), "fake", "vie")


def steps() -> Steps:
    """These functions in the place of the real ones."""
    names: tuple[str, ...] = ("count_pages", "read_pages", "assemble", "made_by", "NAMES")
    names += ("write_record", "write_tables", "prepare")
    return Steps(*(f"fakes:{name}" for name in names))


def prepare() -> None:
    """Nothing is needed later."""


_loaded: list[str] = []


def load_later() -> None:
    _loaded.append("while it waited")


def work_then_wait() -> tuple[str, str]:
    """When `load_later` was called."""
    end = time.monotonic() + 1.6
    while time.monotonic() < end:
        pass
    early = _loaded[0] if _loaded else "not while it worked"
    while not _loaded and time.monotonic() < end + 10:
        time.sleep(0.05)
    return early, "".join(_loaded)


def write_file(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def _lines(path: Path, source: str) -> list[str]:
    head, *lines = path.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    if head != HEAD:
        raise UnreadableFileError(source, "not a fake PDF")
    return lines


def count_pages(path, source, settings):
    lines = _lines(path, source)
    for line in lines:
        if line.startswith("@count"):
            _obey(line.removeprefix("@count-"), source, 0)
    return len(lines)


def read_pages(path, source, numbers, settings):
    lines = _lines(path, source)
    pages, problems = [], []
    for number in numbers:
        log = os.environ.get("FAKE_LOG")
        if log:
            with Path(log).open("a", encoding="utf-8") as stream:
                stream.write(f"{source} {number}\n")
        line = lines[number - 1]
        if line.startswith("@"):
            if line == "@noisy":
                problems.append(Problem("ocr", "faint", "faint print", number))
            elif not line.startswith("@count"):
                _obey(line[1:], source, number)
        words = tuple(
            Word(word, BBox(10.0 * at, 10.0, 10.0 * at + 9.1, 20.0), 0.1 * (at % 9) + 0.1)
            for at, word in enumerate(line.split(), 1)
        )
        pages.append(Page(number, 595.0, 842.0, (Line(words),) if words else ()))
    return PageBatch(tuple(pages), tuple(problems))


def _obey(order: str, source: str, number: int) -> None:
    name, _, value = order.partition(" ")
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "hang":
        subprocess.run(["sleep", "1000"])
    elif name == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif name == "raise":
        raise OcrError(source, number, "Tesseract failed: as it was told to")
    elif name == "raise-until" and not Path(value).exists():
        raise OcrError(source, number, "Tesseract failed: until it is mended")
    elif name == "bug":
        raise KeyError("no such thing")
    elif name == "eat":
        hoard = [bytearray(64 << 20) for _ in range(1000)]
        raise RuntimeError(str(len(hoard)))
    elif name == "crash-once":
        flag = Path(value)
        if not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif name == "child":
        subprocess.run(["sleep", value or "1000"])
    elif name == "slow":
        time.sleep(float(value.split()[0]))


def assemble(source, pages, problems, settings):
    """Letters of two pages each."""
    records = []
    for start in range(0, len(pages), 2):
        part = tuple(pages[start : start + 2])
        numbers = {page.number for page in part}
        mine = tuple(item for item in problems if item.page in numbers or item.page is None)
        text = "\n".join(line.text for page in part for line in page.lines)
        if "@assemble-bug" in text:
            raise ValueError("cannot assemble this")
        if "@secret" in text:
            mine = (*mine, Problem("fields", "secret_marking", "is secret", part[0].number))
            text = ""
        trust = "review" if "doubt" in text else "sure"
        field = Field("subject", text, text, 0.5, trust, None, "fake")
        records.append(
            Record(
                document_id=f"{source.sha256[:16]}-{part[0].number}",
                source=source,
                first_page=part[0].number,
                last_page=part[-1].number,
                status="partial" if mine else "done",
                fields={"subject": field},
                references=(),
                recipients=(),
                dates=(),
                problems=mine,
                pages=part,
                text=text,
                made_by=made_by(settings),
            )
        )
    return tuple(records)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with scratch.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(path)
    return path


def write_record(out, record):
    _write(out / "text" / f"{record.document_id}.txt", record.text)
    body = json.dumps(dataclasses.asdict(record), ensure_ascii=False, sort_keys=True)
    return _write(out / "records" / f"{record.document_id}.json", body)


def write_tables(out, record_files, problems):
    letters, rows = io.StringIO(), io.StringIO()
    letter_table, problem_table = csv.writer(letters), csv.writer(rows)
    for path in record_files:
        record = json.loads(path.read_text(encoding="utf-8"))
        subject = record["fields"]["subject"]["value"]
        letter_table.writerow(
            [record["document_id"], record["source"]["path"], record["status"], subject]
        )
        for item in record["problems"]:
            problem_table.writerow([record["source"]["path"], *item.values()])
    for path, document_id, problem in problems:
        problem_table.writerow([path, document_id, *dataclasses.asdict(problem).values()])
    for name in ("references.csv", "recipients.csv", "dates.csv"):
        _write(out / name, "")
    _write(out / "documents.csv", letters.getvalue())
    _write(out / "problems.csv", rows.getvalue())
