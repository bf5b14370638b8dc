"""Runs on a Dask cluster whose parts are killed, frozen, or unlike the run's machine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import fakes
import pytest
from cluster_places import Cluster

from pipeline import batch, lock, status
from pipeline.cluster import ClusterWorkers, Patience
from pipeline.errors import MissingToolError
from pipeline.executors import Task
from pipeline.progress import Notice, PageDone
from pipeline.settings import Settings
from pipeline.work import TABLES

pytest.importorskip("distributed", reason="the cluster extra is not installed")


def outputs(out: Path) -> dict[str, bytes]:
    paths = [*(out / name for name in TABLES), *out.glob("records/*"), *out.glob("text/*")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """60 pages in 13 files."""
    folder = tmp_path_factory.mktemp("archive") / "in"
    fakes.write_file(folder / "long.pdf", *(f"@slow 0.05 dài {n}" for n in range(30)))
    for number in range(10):
        lines = [f"@slow 0.05 thư {number} trang {page}" for page in range(2)]
        fakes.write_file(folder / f"{number}.pdf", *lines)
    fakes.write_file(folder / "noisy.pdf", *["@noisy"] * 7)
    fakes.write_file(folder / "raises.pdf", "một", "@raise", "ba")
    return folder


@pytest.fixture(scope="module")
def expected(archive, tmp_path_factory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("alone") / "out"
    batch.run([archive], out, Settings(), workers=2, steps=fakes.steps())
    return outputs(out)


def run_on(cluster: Cluster, archive: Path, out: Path, on_event, fit_seconds=20.0) -> object:
    """A run on the cluster that takes a worker for lost after four seconds."""
    steps, settings = fakes.steps(), Settings()
    lock.folder(out).mkdir(parents=True, exist_ok=True)
    identify = Task(0, "pipeline.work:identify", (steps, settings), 60.0)
    executor = ClusterWorkers(
        cluster.address,
        identify,
        out,
        (archive,),
        on_event=on_event,
        patience=Patience(silent_seconds=4.0, workers_seconds=20.0, fit_seconds=fit_seconds),
    )
    return batch.run([archive], out, settings, steps=steps, executor=executor, on_event=on_event)


def test_inputs_and_outputs_behind_urls_need_only_the_work_folder(archive, expected, tmp_path):
    there, work = tmp_path / "there", tmp_path / "work"
    lock.folder(work).mkdir(parents=True)
    steps, settings = fakes.steps(), Settings()
    with Cluster(tmp_path) as cluster:
        cluster.start_scheduler()
        for name in ("one", "two"):
            cluster.start_worker(name)
        identify = Task(0, "pipeline.work:identify", (steps, settings), 60.0)
        batch.run(
            [f"troubled://{archive}"],
            f"troubled://{there}",
            settings,
            work_dir=work,
            steps=steps,
            executor=ClusterWorkers(cluster.address, identify, work),
        )
    assert outputs(there) == outputs(work) == expected


def codes(events) -> list[str]:
    return [event.code for event in events if isinstance(event, Notice)]


def test_a_cluster_that_loses_workers_writes_the_same_tables(archive, expected, tmp_path):
    with Cluster(tmp_path) as cluster:
        cluster.start_scheduler()
        workers = {name: cluster.start_worker(name) for name in ("one", "two", "three")}
        cluster.start_worker("other", FAKE_LEXICON="other")
        events: list[object] = []

        def on_event(event):
            events.append(event)
            pages = sum(isinstance(one, PageDone) for one in events)
            if isinstance(event, PageDone) and pages == 8:
                os.killpg(workers["one"].pid, signal.SIGKILL)
            if isinstance(event, PageDone) and pages == 16:
                os.killpg(workers["two"].pid, signal.SIGSTOP)

        summary = run_on(cluster, archive, tmp_path / "out", on_event)

    assert (13, 60, 0) == (summary.files, summary.pages, summary.failed)
    assert outputs(tmp_path / "out") == expected
    refused = [
        one.message for one in events if isinstance(one, Notice) and one.code == "worker_refused"
    ]
    # A worker that was lost may be told of too, as one that could not begin; the unlike one once.
    assert [("its lexicon is other, this run's x" in one) for one in refused].count(True) == 1, (
        refused
    )
    lost = [one.message for one in events if isinstance(one, Notice) and one.code == "worker_lost"]
    assert any("has gone" in message for message in lost)
    assert any("has fallen silent" in message for message in lost)


def test_a_scheduler_that_dies_ends_the_run_which_goes_on_with_the_next(
    archive, expected, tmp_path
):
    with Cluster(tmp_path) as cluster:
        scheduler = cluster.start_scheduler()
        cluster.start_worker("one")
        events: list[object] = []

        def on_event(event):
            events.append(event)
            if isinstance(event, PageDone) and sum(isinstance(e, PageDone) for e in events) == 12:
                os.killpg(scheduler.pid, signal.SIGKILL)

        with pytest.raises(MissingToolError, match="the scheduler of the cluster is gone"):
            run_on(cluster, archive, tmp_path / "out", on_event)
        assert "killed" == status.read_status(tmp_path / "out").state
        cluster.start_scheduler()
        cluster.start_worker("again")
        summary = run_on(cluster, archive, tmp_path / "out", lambda event: None)
    assert 0 < summary.pages <= 48
    assert outputs(tmp_path / "out") == expected


def test_without_a_fit_worker_or_a_scheduler_the_run_says_so(archive, tmp_path):
    with Cluster(tmp_path) as cluster:
        with pytest.raises(MissingToolError, match="no Dask scheduler answers"):
            batch.run([archive], tmp_path / "o", Settings(), cluster="tcp://127.0.0.1:1")
        cluster.start_scheduler()
        cluster.start_worker("other", FAKE_LEXICON="other")
        events: list[object] = []
        with pytest.raises(MissingToolError, match="no worker that can be used"):
            run_on(cluster, archive, tmp_path / "out", events.append, fit_seconds=1.0)
        assert "worker_refused" in codes(events)
