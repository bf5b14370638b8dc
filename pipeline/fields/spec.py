"""What a field is: its column, its name in both languages, how it is described."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One scalar field of a letter.

    Attributes:
        name: column in `documents.csv`.
        label: the Vietnamese term of the trade.
        description: what the value holds, in English; `description_vi` in Vietnamese.
    """

    name: str
    label: str
    description: str
    description_vi: str
