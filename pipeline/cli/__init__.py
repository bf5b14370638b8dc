"""The command `sohoa`: arguments in, exit codes out. Nothing but data on stdout."""

from pipeline.cli.app import app, main

__all__ = ["app", "main"]
