"""Settings of a run: one TOML file, then the command line, then nothing else.

Unknown keys are refused with the nearest known one, so that a typing slip cannot
silently leave a default in place. This module knows nothing of what the stages do.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import SettingsError

_T = typing.TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Limits and resolution of drawing pages.

    Attributes:
        dpi: resolution that pages are drawn at when the scan's own is unknown.
        max_pages, max_megabytes, max_megapixels: a file beyond one is refused.
        timeout_seconds: for Poppler, for each page.
        text_layer: `auto` reads sound text layers, `never` reads every page by OCR.
    """

    dpi: int = 300
    max_pages: int = 2000
    max_megabytes: int = 2000
    max_megapixels: int = 150
    timeout_seconds: int = 120
    text_layer: Literal["auto", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """Which marks are taken off the page before it is read."""

    max_skew_degrees: float = 15.0
    remove_colour: bool = True
    remove_rules: bool = True


@dataclass(frozen=True, slots=True)
class OcrSettings:
    """How lines are read.

    Attributes:
        language: Tesseract's models, joined by `+`.
        network: whether our own network reads every line too (models/printed), so that the
            likelier reading is taken and agreement can be told from luck.
        timeout_seconds: for each page; then Tesseract is killed.
    """

    language: str = "vie"
    network: bool = True
    timeout_seconds: int = 180


@dataclass(frozen=True, slots=True)
class FieldSettings:
    """What is read out of a letter.

    Attributes:
        secret: `refuse` writes nothing of a letter marked MẬT, TỐI MẬT or TUYỆT MẬT;
            `process` treats it as any other.
    """

    secret: Literal["refuse", "process"] = "refuse"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run, one nested value a stage."""

    render: RenderSettings = field(default_factory=RenderSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    ocr: OcrSettings = field(default_factory=OcrSettings)
    fields: FieldSettings = field(default_factory=FieldSettings)

    def digest(self) -> str:
        """16 hex digits that differ when any setting differs."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_settings(
    path: Path | None = None, overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """The settings of a TOML file, with `overrides` (stage, key, value) on top.

    Raises:
        SettingsError: the file cannot be read, a key is unknown or a value has the
            wrong type.
    """
    table: dict[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            message = f"{path}: cannot read the settings: {error}"
            raise SettingsError(message) from error
    for stage, values in (overrides or {}).items():
        section = table.setdefault(stage, {})
        if isinstance(section, dict):
            section.update({key: value for key, value in values.items() if value is not None})
    where = str(path) if path is not None else "settings"
    return _build(Settings, table, where)


def _build(kind: type[_T], table: Mapping[str, Any], where: str) -> _T:
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1)
            advice = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(hints)}"
            message = f"{where}: unknown setting {key!r}{advice}"
            raise SettingsError(message)
        values[key] = _checked(hints[key], value, f"{where}: {key}")
    return kind(**values)


def _checked(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            message = f"{where} must be a table"
            raise SettingsError(message)
        return _build(typing.cast("type[Any]", hint), value, where)
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            message = f"{where} must be one of {', '.join(map(str, choices))}, not {value!r}"
            raise SettingsError(message)
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        message = f"{where} must be {hint.__name__}, not {value!r}"
        raise SettingsError(message)
    if hint in (int, float) and value <= 0:
        message = f"{where} must be above 0, not {value!r}"
        raise SettingsError(message)
    return value
