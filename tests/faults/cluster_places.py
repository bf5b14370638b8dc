"""A Dask scheduler and workers as processes, each with folders of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Starts and harms the processes of a cluster; leaving the block ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._all: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *why: object) -> None:
        for process in self._all:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        scheduler = self._start(
            "scheduler", {}, "scheduler", "--host", "127.0.0.1", "--port", str(self.port),
            "--no-dashboard", "--no-show",
        )  # fmt: skip
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return scheduler
            time.sleep(0.1)
        raise TimeoutError("the scheduler does not answer")

    def start_worker(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        return self._start(
            name, environment, "worker", self.address, "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--name", name, "--death-timeout", "60",
        )  # fmt: skip

    def said(self, name: str) -> str:
        return (self.folder / name / "log").read_text()

    def _start(
        self, name: str, environment: dict[str, str], kind: str, *options: str
    ) -> subprocess.Popen[bytes]:
        place = self.folder / name
        (place / "tmp").mkdir(parents=True, exist_ok=True)
        with (place / "log").open("ab") as log:
            process = subprocess.Popen(
                [
                    "nice",
                    "-n",
                    "10",
                    sys.executable,
                    "-m",
                    f"distributed.cli.dask_{kind}",
                    *options,
                ],
                cwd=place,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={
                    **os.environ,
                    "TMPDIR": str(place / "tmp"),
                    "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)]),
                    **environment,
                },
            )
        self._all.append(process)
        return process
