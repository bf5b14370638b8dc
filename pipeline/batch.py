"""A folder's run: every file gets its letters, its row or its problem, and none twice.

Files go in by name, are looked at (SHA-256, pages), read in chunks of pages by workers,
and finished one document at a time; the ledger knows each step as soon as its files are
on disk, so that the run can be killed anywhere and goes on from there. It does not know
how a page is read, nor what a file is to the ledger.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from pipeline import fetched, intake, publish, recovery
from pipeline.course import Run
from pipeline.errors import OutputError
from pipeline.executors import Executor, Task
from pipeline.intake import Finding
from pipeline.ledger import Ledger
from pipeline.lock import Lock, folder
from pipeline.pagestore import PageStore
from pipeline.progress import Event, Notice, RunSummary
from pipeline.reading import Limits
from pipeline.settings import Settings, load_settings
from pipeline.storage import is_url, open_storage, shown_url
from pipeline.tally import PASSING, Tally
from pipeline.work import Steps
from pipeline.workers import LocalWorkers, Recruit

__all__ = ["Limits", "retry", "run", "run_findings"]


def run(
    inputs: Sequence[Path | str],
    out: Path | str,
    settings: Settings,
    *,
    work_dir: Path | None = None,
    workers: int | None = None,
    retry: bool = False,
    max_failures: float | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    first: Recruit | None = None,
    clock: Callable[[], float] = time.time,
) -> RunSummary:
    """Read all letters in `inputs` into `out`, going on where an earlier run stopped.

    The first SIGINT or SIGTERM lets the running tasks end and writes the tables, a
    second one ends at once; both can be resumed.

    Args:
        inputs: files and folders; URLs such as `s3://BUCKET/FOLDER` as text.
        out: a folder; or a URL as text, to which the outputs are put when all is read.
        work_dir: the folder that a run works in whose `out` is a URL; see
            `publish.work_folder` for the one taken by default.
        workers: processes at the same time; as many as there are cores by default.
        retry: try failed files and pages again.
        max_failures: share of failed files, 0..1, above which the run stops.
        on_event: called in this process for everything that happens.
        executor: runs the tasks; processes of this machine by default.
        cluster: address of a Dask scheduler, `tcp://HOST:8786`, whose workers run the
            tasks; they must see inputs and `out` under the same paths.
        first: becomes the first of this machine's workers; dismissed where a cluster reads.
        clock: seconds since 1970, for the times in the ledger only.

    Raises:
        OutputError: `out` cannot be written, or another run is writing it.
        LedgerError: the ledger of `out` is damaged and could not be rebuilt.
        MissingToolError: Tesseract, a language model, the cluster or the driver for a
            URL is missing.
        LexiconError: a file in `models/` is damaged.
    """
    out, url = local_folder(out, work_dir)
    urls = [str(one) for one in inputs if is_url(one)]
    paths = [Path(one) for one in inputs if not is_url(one)]
    for one in urls:
        _open_early(one)
    found = [intake.find(paths, skip=out)] + [
        fetched.find(one, out, whole_names=len(inputs) > 1, skip=url) for one in urls
    ]
    return run_findings(
        itertools.chain.from_iterable(found),
        out,
        settings,
        workers=workers,
        retry=retry,
        max_failures=max_failures,
        on_event=on_event,
        steps=steps,
        limits=limits,
        executor=executor,
        cluster=cluster,
        shared=tuple(path.absolute() for path in paths if path.exists()),
        destination=url,
        first=first,
        clock=clock,
        listing=True,
    )


def retry(
    out: Path,
    settings: Settings | None = None,
    *,
    codes: Iterable[str] = (),
    workers: int | None = None,
    cluster: str | None = None,
    first: Recruit | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
) -> RunSummary:
    """Try again what failed in `out`, files and pages, wherever it was read from.

    Args:
        settings: those of the newest run by default, so that the rest of `out` stays
            as it is.
        codes: only documents and paths with one of these problem codes.
        first: becomes the first of this machine's workers; dismissed where a cluster reads.

    Raises:
        LedgerError: no run has written `out`.
        OutputError: another run is writing it.
    """
    wanted = frozenset(codes)
    out = out.absolute()
    ledger = Ledger(out, read_only=True)
    try:
        findings = list(_to_retry(ledger, wanted))
        if settings is None:
            settings = load_settings(None, json.loads(ledger.note("settings") or "{}"))
    finally:
        ledger.close()
    return run_findings(
        findings,
        out,
        settings,
        workers=workers,
        cluster=cluster,
        first=first,
        retry=True,
        anew=bool(wanted),
        on_event=on_event,
        steps=steps,
        limits=limits,
    )


def local_folder(out: Path | str, work_dir: Path | None = None) -> tuple[Path, str | None]:
    """The folder on this machine that `out` means, and the URL that it is put to, if any.

    Raises:
        OutputError: a work folder was named for an `out` that is no URL.
    """
    if isinstance(out, str) and is_url(out):
        return (work_dir or publish.work_folder(out)).absolute(), out.rstrip("/")
    if work_dir is not None:
        message = "--work-dir is for an --output that is a URL; leave it out"
        raise OutputError(message)
    return Path(out).absolute(), None


def _open_early(url: str) -> None:
    """Refuse a URL whose driver is missing before anything is begun; other trouble is a row."""
    with contextlib.suppress(OSError):
        open_storage(url)


def _look_at(path: Path, name: str) -> Finding:
    look = fetched.look_at if fetched.is_fetched(path) else intake.look_at
    return look(path, name)


def _to_retry(ledger: Ledger, codes: frozenset[str]) -> Iterator[Finding]:
    for document in ledger.documents("open", "partial", "failed"):
        found = {problem.code for problem in document.problems}
        if not codes or codes & found:
            yield _look_at(document.path, document.name)
    for source in ledger.problem_sources(ledger.listing_run()):
        if source.state in codes or (not codes and source.state in PASSING):
            yield _look_at(source.path, source.name)


def run_findings(
    findings: Iterable[Finding],
    out: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    retry: bool = False,
    max_failures: float | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    steps: Steps | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    shared: tuple[Path, ...] = (),
    destination: str | None = None,
    first: Recruit | None = None,
    clock: Callable[[], float] = time.time,
    listing: bool = False,
    anew: bool = False,
) -> RunSummary:
    """As `run`, with the files already found.

    Args:
        findings: the files, in any order.
        shared: inputs that all workers of the cluster must see.
        destination: URL that the outputs are put to; by default that of the last run
            of `out`, if it had one.
        first: becomes the first of this machine's workers; dismissed where a cluster reads.
        listing: these are all files of the inputs, so that what is missing is known.
        anew: finish each document again, even where nothing has changed.
    """
    limits = limits or Limits()
    count = workers or len(os.sched_getaffinity(0))
    lock = Lock(out)
    with contextlib.ExitStack() as stack:
        stack.callback(lock.release)
        publisher = publish.publisher(out, destination)
        if publisher is not None:
            stack.callback(publisher.close)
            publisher.claim()
        ledger = recovery.open_ledger(out, on_event)
        stack.callback(ledger.close)
        store = PageStore(out)
        stack.callback(store.close)
        if cluster is not None and first is not None:
            first.dismiss()
        if executor is None and cluster is not None:
            executor = _cluster_workers(cluster, out, shared, settings, steps or Steps(), on_event)
        elif executor is None:
            executor = _local_workers(out, count, limits, first)
        stack.callback(executor.close)
        going = Run(
            out=out,
            settings=settings,
            steps=steps or Steps(),
            limits=limits,
            on_event=on_event,
            clock=clock,
            lock=lock,
            ledger=ledger,
            store=store,
            executor=executor,
            tally=Tally(on_event, max_failures, limits.min_files_for_share),
        )
        with _signals(going.stop, executor.wake):
            summary = going.all_of(findings, listing=listing, retry=retry, anew=anew)
            if publisher is None:
                return summary
            if not going.interrupted:
                on_event(Notice("publishing", f"putting the outputs to {shown_url(publisher.url)}"))
            whole = publisher.publish(ledger, lambda: going.interrupted)
            return summary if whole else dataclasses.replace(summary, interrupted=True)


def _local_workers(out: Path, count: int, limits: Limits, first: Recruit | None) -> LocalWorkers:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = limits.memory_bytes or max(2 << 30, machine * 9 // 10 // count)
    log = folder(out) / "workers.log"
    with contextlib.suppress(OSError):
        log.unlink(missing_ok=True)
    return LocalWorkers(
        count, memory_bytes=memory, recycle_after=limits.recycle_after, log=log, first=first
    )


def _cluster_workers(
    address: str,
    out: Path,
    shared: tuple[Path, ...],
    settings: Settings,
    steps: Steps,
    on_event: Callable[[Event], None],
) -> Executor:
    from pipeline.cluster import ClusterWorkers

    identify = Task(0, "pipeline.work:identify", (steps, settings), 300.0, steps.modules("finish"))
    return ClusterWorkers(address, identify, out, shared, on_event=on_event)


@contextlib.contextmanager
def _signals(stop: Callable[[], None], wake: Callable[[], None]) -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP stops cleanly, the next one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = 0

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal came
        came += 1
        if came > 1:
            raise KeyboardInterrupt
        stop()
        wake()

    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in caught}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
