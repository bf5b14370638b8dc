"""The tables of a run as pandas frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import OutputError
from pipeline.export.tables import GUARD, TABLES

_INTEGERS = ("first_page", "last_page", "page_count", "ordinal", "mentions", "page")
_FLOATS = (
    "mean_word_confidence",
    "skew_max_degrees",
    "left",
    "top",
    "right",
    "bottom",
    "confidence",
)
_CATEGORIES = (
    "status",
    "issue_date_precision",
    "precision",
    "text_source",
    "role",
    "relation",
    "trust",
    "stage",
    "code",
)


def load_tables(out: Path | str) -> dict[str, pd.DataFrame]:
    """The five tables of a run as DataFrames with proper types.

    Dates with day precision are `datetime64`; `issue_date` of coarser precision is NaT
    there and stands as text in `issue_date_text`. `nested` is boolean; trust, status,
    role, relation and precision are categories; absent text is `None`.

    Raises:
        OutputError: `out` holds no tables.
    """
    return {name: _typed(frame) for name, frame in _texts(out).items()}


def read_rows(out: Path | str) -> dict[str, list[dict[str, Any]]]:
    """The five tables as they are written: rows of texts, `None` for an empty cell.

    Raises:
        OutputError: `out` holds no tables.
    """
    return {
        name: [
            {str(column): value for column, value in row.items()}
            for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
        ]
        for name, frame in _texts(out).items()
    }


def _texts(out: Path | str) -> dict[str, pd.DataFrame]:
    folder = Path(out)
    frames: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if not path.is_file():
            message = f"{path}: no such table; run sohoa extract first"
            raise OutputError(message)
        frame = pd.read_csv(
            path, dtype="string", encoding="utf-8-sig", keep_default_na=False, na_values=[""]
        )
        frames[name] = frame.apply(_unguarded)
    return frames


def _unguarded(column: pd.Series[str]) -> pd.Series[str]:
    """The cells without the sign that keeps spreadsheets from computing them."""
    return column.str.replace(rf"^{GUARD}(?=[=@+\t'-])", "", regex=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    convert: dict[str, Callable[[Any], Any]] = {}
    for column in frame.columns:
        name = str(column)
        if name in _INTEGERS:
            convert[name] = lambda series: pd.to_numeric(series).astype("Int64")
        elif name in _FLOATS or name.endswith("_confidence"):
            convert[name] = lambda series: pd.to_numeric(series).astype("Float64")
        elif name in _CATEGORIES or name.endswith("_trust"):
            convert[name] = lambda series: series.astype("category")
        elif name == "nested":
            convert[name] = lambda series: (series == "true").astype("boolean")
        elif name in ("issue_date", "date"):
            frame[f"{name}_text"] = frame[name]
            convert[name] = lambda series: pd.to_datetime(
                series, format="%Y-%m-%d", errors="coerce"
            )
    for name, function in convert.items():
        frame[name] = function(frame[name])
    return frame
