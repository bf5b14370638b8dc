"""Events of a run as a progress bar on a terminal, as plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipeline.cli.messages import Language, say
from pipeline.progress import Event, Notice, PageDone, PagesExpected, ProblemSeen, RunSummary

#: Seconds between two plain lines where there is no terminal.
_LINE_SECONDS = 10.0


class RunDisplay:
    """Shows the events of one run on stderr; use as a context."""

    def __init__(self, console: Console, language: Language) -> None:
        """Draw a bar when the console is a terminal, else a line now and then."""
        self._console = console
        self._language = language
        self._bar = Progress(
            TextColumn(say("reading", language)),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, speed="")
        self._pages = 0
        self._expected = 0
        self._started = time.monotonic()
        self._said = self._started

    def __enter__(self) -> RunDisplay:
        """Start drawing."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop drawing and leave the terminal as it was."""
        self._bar.stop()

    def show(self, event: Event) -> None:
        """Take one event in."""
        if isinstance(event, PagesExpected):
            self._expected = event.pages
            self._bar.update(self._task, total=event.pages)
        elif isinstance(event, PageDone):
            self._pages += 1
            speed = self._pages / max(time.monotonic() - self._started, 0.001)
            unit = say("pages_per_second", self._language)
            self._bar.update(self._task, advance=1, speed=f"{speed:.2f} {unit}")
            if not self._console.is_terminal and time.monotonic() - self._said > _LINE_SECONDS:
                self._said = time.monotonic()
                left = max(self._expected - self._pages, 0) / speed
                self._console.print(
                    f"{self._pages}/{self._expected}  {speed:.2f} {unit}  {left:.0f} s",
                    highlight=False,
                )
        elif isinstance(event, ProblemSeen):
            message = event.problem.message
            named = message if event.source in message else f"{event.source}: {message}"
            self._console.print(f"! {named}", style="yellow", highlight=False, markup=False)
        elif isinstance(event, Notice):
            self._console.print(f"- {event.message}", highlight=False, markup=False)


def closing_table(summary: RunSummary, fields_found: int, out: str, language: Language) -> Table:
    """The counts of a run, for stderr."""
    table = Table(title=say("summary", language), show_header=False)
    rows = (
        ("files", summary.files),
        ("letters", summary.letters),
        ("pages", summary.pages),
        ("fields", fields_found),
        ("to_review", summary.to_review),
        ("failed", summary.failed),
        ("skipped", summary.skipped),
        ("problems", summary.problems),
        ("seconds", f"{summary.seconds:.1f}"),
        ("output", out),
    )
    for key, value in rows:
        table.add_row(say(key, language), str(value))
    return table
