"""The commands: what they take, what they print, how they end."""

from __future__ import annotations

import csv
import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.main import get_command

from pipeline.cli.help_texts import translate
from pipeline.cli.messages import Language, choose_language, say
from pipeline.errors import INTERRUPTED, SOME_FAILED, DigitizeError, OutputError
from pipeline.settings import load_settings
from pipeline.storage import is_url
from pipeline.workers import Recruit

app = typer.Typer(
    name="sohoa",
    help="Digitize scanned Vietnamese official letters into tables that can be trusted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Lang = Annotated[str | None, typer.Option("--lang", help="Language of messages: en or vi.")]
_SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file, e.g. with [ocr] timeout_seconds = 60.")
]


def _local(text: str) -> Path:
    """The folder of an earlier run, also where its URL is given."""
    from pipeline.batch import local_folder

    return local_folder(text)[0] if is_url(text) else Path(text)


def _here(text: str) -> Path:
    """A folder of this machine: a URL would become a path of odd name."""
    if is_url(text):
        message = "a URL cannot be watched; run `sohoa extract` on it now and then"
        raise typer.BadParameter(message)
    return Path(text)


_Out = Annotated[
    Path, typer.Argument(help="Output folder of an earlier run, or its URL.", parser=_local)
]
_Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes at a time; all cores by default.")
]
_Secret = Annotated[
    str | None,
    typer.Option(
        "--secret", help="refuse (default): write nothing of letters marked MẬT; process."
    ),
]
_Cluster = Annotated[
    str | None,
    typer.Option("--cluster", help="Dask scheduler whose workers read, e.g. tcp://HOST:8786."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]


def run_command(first: Recruit | None) -> None:
    """Run the command; every foreseen error becomes its exit code and one line.

    Args:
        first: becomes the first worker of a run.
    """
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s"
    )
    arguments = sys.argv[1:]
    command = get_command(app)
    if choose_language(_named_language(arguments)) == "vi":
        translate(command)
    # `sohoa --lang vi --help`: the commands have the option, the list of them has not.
    if arguments[:1] == ["--lang"]:
        arguments = arguments[2:] or ["--help"]
    try:
        command.main(arguments, prog_name="sohoa", obj=first)
    except DigitizeError as error:
        Console(stderr=True).print(f"sohoa: {error}", style="red", highlight=False, markup=False)
        raise SystemExit(error.exit_code) from error
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None


def _named_language(arguments: list[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


@app.command()
def extract(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files (PDF, TIFF, JPEG, PNG), folders and URLs (s3://…)."),
    ],
    output: Annotated[
        str, typer.Option("--output", help="Folder or URL (s3://…) for tables and records.")
    ],
    workers: _Workers = None,
    settings: _SettingsFile = None,
    secret: _Secret = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try failed files again.")] = False,
    max_failures: Annotated[
        str | None, typer.Option("--max-failures", help="Stop when more files fail, e.g. 5%.")
    ] = None,
    cluster: _Cluster = None,
    work_dir: Annotated[
        Path | None,
        typer.Option(
            "--work-dir",
            help="Local folder to work in when --output is a URL; one of the user's by default.",
        ),
    ] = None,
    lang: _Lang = None,
) -> None:
    """Read letters into tables; the same OUTPUT goes on where it stopped.

    Example: sohoa extract scans/ --output out
    """
    from pipeline import batch

    language = choose_language(lang)
    chosen = load_settings(settings, {"fields": {"secret": secret}})
    _run(
        lambda on_event: batch.run(
            inputs, output, chosen, work_dir=work_dir, workers=workers, retry=retry,
            max_failures=_share(max_failures), on_event=on_event, cluster=cluster,
            first=context.obj,
        ),
        batch.local_folder(output, work_dir)[0],
        language,
        shown=output,
    )  # fmt: skip


@app.command()
def retry(
    context: typer.Context,
    out: _Out,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", help="Only what failed with this problem code; may be repeated."),
    ] = None,
    workers: _Workers = None,
    settings: _SettingsFile = None,
    secret: _Secret = None,
    cluster: _Cluster = None,
    lang: _Lang = None,
) -> None:
    """Try failed files and pages of OUT again, with the settings of its newest run.

    Example: sohoa retry out --code ocr_timeout
    """
    from pipeline import batch

    chosen = None
    if settings is not None or secret is not None:
        chosen = load_settings(settings, {"fields": {"secret": secret}})
    _run(
        lambda on_event: batch.retry(
            out,
            chosen,
            codes=code or (),
            workers=workers,
            cluster=cluster,
            on_event=on_event,
            first=context.obj,
        ),
        out,
        choose_language(lang),
    )


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="Folder that scans arrive in.", parser=_here)],
    output: Annotated[
        str, typer.Option("--output", help="Folder or URL (s3://…) for tables and records.")
    ],
    poll: Annotated[float, typer.Option("--poll", min=0.1, help="Seconds between looks.")] = 10.0,
    settle: Annotated[
        float, typer.Option("--settle", min=0.0, help="Seconds a file must have stopped growing.")
    ] = 30.0,
    workers: _Workers = None,
    settings: _SettingsFile = None,
    secret: _Secret = None,
    lang: _Lang = None,
) -> None:
    """Take in files as they arrive, until interrupted.

    Example: sohoa watch /mnt/scanner --output out
    """
    from pipeline import watch as watching
    from pipeline.batch import local_folder
    from pipeline.cli.progress import RunDisplay

    console = Console(stderr=True)
    out, url = local_folder(output)
    chosen = load_settings(settings, {"fields": {"secret": secret}})
    with RunDisplay(console, choose_language(lang)) as display:
        watching.watch(
            folder, out, chosen, workers=workers, destination=url,
            poll_seconds=poll, settle_seconds=settle, on_event=display.show,
        )  # fmt: skip


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="One scan.")],
    as_json: _Json = False,
    boxes: Annotated[
        Path | None, typer.Option("--boxes", help="Write page pictures with boxes here.")
    ] = None,
    stages: Annotated[
        Path | None, typer.Option("--stages", help="Write the page after each cleaning step here.")
    ] = None,
    settings: _SettingsFile = None,
    secret: _Secret = None,
    lang: _Lang = None,
) -> None:
    """Read one file and show what was found.

    Example: sohoa show letter.pdf --boxes pictures
    """
    from pipeline import digitizer, export
    from pipeline.cli import picture
    from pipeline.cli.record_tables import list_tables, record_table

    language = choose_language(lang)
    chosen = load_settings(settings, {"fields": {"secret": secret}})
    records = digitizer.digitize(file, chosen)
    if boxes is not None:
        picture.draw_boxes(file, records, boxes, chosen.render)
        Console(stderr=True).print(say("boxes_in", language), str(boxes), highlight=False)
    if stages is not None:
        picture.write_stages(file, stages, chosen)
        Console(stderr=True).print(say("boxes_in", language), str(stages), highlight=False)
    if as_json:
        data = [export.record_as_json(record) for record in records]
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return
    console = Console()
    for record in records:
        console.print(record_table(export.record_as_json(record), language))
        for title, table in list_tables(export.record_as_json(record), language):
            console.print(title, table)
    for problem in (problem for record in records for problem in record.problems):
        Console(stderr=True).print(
            f"! {problem.message}", style="yellow", highlight=False, markup=False
        )


@app.command()
def evaluate(
    out: _Out,
    truth_dir: Annotated[Path | None, typer.Argument(help="Folder of truth files (JSON).")] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="JSON of an earlier evaluation.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List every wrong value.")] = False,
    text: Annotated[
        Path | None,
        typer.Option("--text", help="Folder of transcribed pages: character error rate."),
    ] = None,
    headers: Annotated[
        Path | None, typer.Option("--headers", help="TSV of numbers and dates read by eye.")
    ] = None,
    save: Annotated[Path | None, typer.Option("--json", help="Write the scores here.")] = None,
) -> None:
    """Score a run against truth files.

    Example: sohoa evaluate out truth --errors
    """
    from pipeline import evaluate as scoring
    from pipeline import evaluate_text as text_scoring
    from pipeline.evaluation_report import report_comparison, report_errors

    if truth_dir is None and text is None and headers is None:
        message = "give a folder of truth files, --text or --headers"
        raise OutputError(message)
    for evaluation in (
        *((scoring.evaluate(out, truth_dir),) if truth_dir else ()),
        *((scoring.evaluate_headers(out, headers),) if headers else ()),
    ):
        print(scoring.report(evaluation))
        if errors:
            print(report_errors(scoring.errors(evaluation)))
        if compare is not None:
            print(report_comparison(scoring.compare(evaluation, compare)))
        if save is not None:
            save.write_text(evaluation.to_json(), encoding="utf-8")
    if text is not None:
        print(text_scoring.report_text(text_scoring.evaluate_text(out, text)))


@app.command()
def status(out: _Out, as_json: _Json = False) -> None:
    """How the newest run of OUT stands, also while it runs.

    Example: sohoa status out
    """
    from pipeline.status import read_status

    data = read_status(out).as_json()
    if as_json:
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return
    table = Table(show_header=False)
    for key, value in data.items():
        shown = (
            "; ".join(f"{name} {count}" for name, count in value.items())
            if isinstance(value, dict)
            else value
        )
        table.add_row(key.replace("_", " "), "" if shown is None else str(shown))
    Console().print(table)


@app.command()
def verify(out: _Out, as_json: _Json = False, lang: _Lang = None) -> None:
    """Compare originals and outputs with their SHA-256; exit code 8 when any differs.

    Example: sohoa verify out
    """
    from pipeline.fixity import verify as compare_files

    language = choose_language(lang)
    report = compare_files(out)
    if as_json:
        rows = [
            {"what": one.what, "path": one.path, "state": one.state} for one in report.deviations
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for one in report.deviations:
            print(f"{one.state}\t{one.what}\t{one.path}")
        key = "verified" if report.is_clean else "deviations"
        count = report.originals + report.outputs if report.is_clean else len(report.deviations)
        Console(stderr=True).print(f"{count} {say(key, language)}", highlight=False)
    if not report.is_clean:
        raise typer.Exit(SOME_FAILED)


@app.command()
def graph(out: _Out, lang: _Lang = None) -> None:
    """Write the citation graph of OUT: citations.graphml and the picture citations.svg.

    Example: sohoa graph out
    """
    from pipeline import graph as citations
    from pipeline import graph_picture

    language = choose_language(lang)
    read = citations.read_graph(out)
    citations.write_graphml(read, out / "citations.graphml")
    (out / "citations.svg").write_text(graph_picture.draw(read, language), encoding="utf-8")
    counts = (
        (sum(one.in_run for one in read.documents.values()), "letters"),
        (sum(not one.in_run for one in read.documents.values()), "cited"),
        (len(read.citations), "citations"),
    )
    told = ", ".join(f"{count} {say(key, language)}" for count, key in counts)
    Console(stderr=True).print(
        f"{told}: {out / 'citations.graphml'}", highlight=False, soft_wrap=True
    )


@app.command()
def doctor(lang: _Lang = None) -> None:
    """Check programs, models and packages; says what to install.

    Example: sohoa doctor
    """
    from pipeline.cli.doctor import examine

    language = choose_language(lang)
    checks = examine()
    table = Table()
    for key in ("tool", "found", "do"):
        table.add_column(say(key, language))
    for check in checks:
        found = check.found or f"[red]{say('missing', language)}[/red]"
        table.add_row(check.name, found, "" if check.found else check.cure)
    Console().print(table)
    if any(check.found is None for check in checks):
        raise typer.Exit(4)
    Console(stderr=True).print(say("all_well", language))


def _run(start: Any, out: Path, language: Language, shown: str | None = None) -> None:
    from pipeline.cli.progress import RunDisplay, closing_table

    console = Console(stderr=True)
    with RunDisplay(console, language) as display:
        summary = start(display.show)
    console.print(closing_table(summary, _fields_found(out), shown or str(out), language))
    if summary.problems:
        console.print(say("see_problems", language), highlight=False)
    if summary.stopped:
        console.print(summary.stopped, style="red", highlight=False, markup=False)
    if summary.interrupted:
        console.print(say("interrupted", language), style="yellow", highlight=False)
        raise typer.Exit(INTERRUPTED)
    if summary.failed or summary.stopped:
        raise typer.Exit(SOME_FAILED)


def _fields_found(out: Path) -> int:
    """Values in the columns of `documents.csv` that a confidence stands beside."""
    path = out / "documents.csv"
    if not path.is_file():
        return 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        names = [
            name.removesuffix("_confidence")
            for name in rows.fieldnames or ()
            if name.endswith("_confidence") and name != "mean_word_confidence"
        ]
        return sum(bool(row.get(name)) for row in rows for name in names)


def _share(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        message = f"{text!r} is no share; write 5% or 0.05"
        raise typer.BadParameter(message)
    return value
