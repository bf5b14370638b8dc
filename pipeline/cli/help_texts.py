"""The commands' help in Vietnamese: the English texts are the keys of `help.vi.tsv`."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

from pipeline.lexicon import read_table


@functools.lru_cache(maxsize=1)
def vietnamese_help() -> dict[str, str]:
    """English help texts, white space folded, and the same in Vietnamese."""
    rows = read_table(resources.files("pipeline.cli") / "help.vi.tsv", ("en", "vi"))
    return {row["en"]: row["vi"] for row in rows}


def help_texts(command: Any) -> list[str]:
    """Every help text of the command and of those below it, white space folded."""
    texts = [command.help, *(getattr(one, "help", None) for one in command.params)]
    for below in getattr(command, "commands", {}).values():
        texts += help_texts(below)
    return [" ".join(text.split()) for text in texts if text]


def translate(command: Any) -> Any:
    """The same command with Vietnamese help; what has no translation stays as it is."""
    words = vietnamese_help()
    for one in (command, *command.params):
        text = getattr(one, "help", None)
        if text:
            one.help = words.get(" ".join(text.split()), text)
    for below in getattr(command, "commands", {}).values():
        translate(below)
    return command
