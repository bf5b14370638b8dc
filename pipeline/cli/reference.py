"""The command's reference as Markdown, made from the commands themselves."""

from __future__ import annotations

from typer.main import get_command

from pipeline.cli.app import app


def reference() -> str:
    """`docs/cli.md`: every command with its help, arguments and options."""
    root = get_command(app)
    parts = ["# The command `sohoa`", "", "Made by `make docs`; a test checks it.", ""]
    for name, command in sorted(getattr(root, "commands", {}).items()):
        parts += [f"## sohoa {name}", "", " ".join((command.help or "").split()), ""]
        for parameter in command.params:
            names = (
                ", ".join(parameter.opts)
                if parameter.param_type_name == "option"
                else parameter.name
            )
            parts.append(f"- `{names}`: {getattr(parameter, 'help', '') or ''}".rstrip())
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    print(reference(), end="")
