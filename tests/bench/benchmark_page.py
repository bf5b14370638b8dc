"""The page of measurements, `docs/benchmarks.md`, one section a report script.

Each script replaces its own section and leaves the others as they are.
"""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

HEAD = """# Benchmarks

Every figure on this page was written by the command above it, in one run. Measure again
before you compare: times depend on the machine and its load.
"""


def put_section(page: Path, name: str, text: str) -> None:
    """Put `text` (Markdown, from a `##` heading on) in place of the section `name`.

    A section that is not there yet is added at the end.
    """
    start, end = f"<!-- {name}: written by a script -->", f"<!-- end of {name} -->"
    section = f"{start}\n{text.strip()}\n{end}\n"
    old = page.read_text(encoding="utf-8") if page.exists() else HEAD
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end) + r"\n?", re.DOTALL)
    if pattern.search(old):
        new = pattern.sub(lambda _: section, old)
    else:
        new = old.rstrip("\n") + "\n\n" + section
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(new, encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns after the first hold figures and are set to the right."""
    rule = ["---", *(["---:"] * (len(header) - 1))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def cpu_seconds() -> float:
    """User and system seconds of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def machine() -> str:
    """The processor and the versions of the engines, in one line."""
    model = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        match = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE)
        model = match[1].strip() if match else model
    versions = [_version("tesseract", "--version"), _version("ocrmypdf", "--version")]
    named = ", ".join(version for version in versions if version)
    return f"{model}, {os.cpu_count()} cores; {named}; Python {platform.python_version()}"


def _version(program: str, option: str) -> str:
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    line = (done.stdout or done.stderr).splitlines()[0].strip()
    return line if program in line else f"{program} {line}"
