"""The command `sohoa`: arguments in, exit codes out. Nothing but data on stdout."""

import atexit
import gc
import sys

from pipeline.workers import recruit

__all__ = ["main"]

#: What the first worker of a run will need: loading it takes as long as loading the command.
_FOR_READING = ("pipeline.work", "pipeline.page_reader")


def main() -> None:
    """Run the command; where it is about to read, a worker gets ready beside it."""
    reads = sys.argv[1:2] in (["extract"], ["retry"])
    first = recruit(_FOR_READING) if reads else None
    # The collector's last rounds over all that was loaded are most of the time that ending takes.
    atexit.register(gc.freeze)
    try:
        from pipeline.cli.app import run_command

        run_command(first)
    finally:
        if first is not None:
            first.dismiss()
