"""How wide and how high print stands, from Times letters, the face of the decrees."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from pipeline.page import Word
from pipeline.vietnamese import strip_marks

#: Widths in ems of Times letters, the face of the decrees; others count as 0.5.
_WIDTHS = {
    **dict.fromkeys("ijlt:;.,'|!", 0.28),
    **dict.fromkeys("/⁄I()[]r-f", 0.33),
    **dict.fromkeys("acezsy", 0.44),
    **dict.fromkeys("m", 0.78),
    **dict.fromkeys("w", 0.72),
    **dict.fromkeys("SPF", 0.56),
    **dict.fromkeys("ELTZ", 0.61),
    **dict.fromkeys("BCRVXY", 0.67),
    **dict.fromkeys("ADĐGHKNOQU&", 0.72),
    **dict.fromkeys("MW", 0.9),
}
_DESCENDERS = frozenset("gjpqyQ,;")


def text_width(text: str, size: float) -> float:
    """Points that printed `text` takes in Times of `size` points, roughly."""
    return sum(_WIDTHS.get(letter, 0.5) for letter in strip_marks(text)) * size


def type_size(words: Sequence[Word]) -> float | None:
    """Median type size over words whose letters say how high they stand."""
    sizes = []
    for word in words:
        rise, drop = _extent(word.text)
        if word.confidence > 0.5 and word.text.isalpha() and len(word.text) > 1:
            sizes.append(word.bbox.height / (rise + drop))
    return statistics.median(sizes) if len(sizes) >= 2 else None


def baseline_of(words: Sequence[Word], size: float) -> float | None:
    """Median y of the words' printed line; `None` where no word says."""
    feet = [
        word.bbox.bottom - _extent(word.text)[1] * size
        for word in words
        if word.confidence > 0.4 and len(word.text) > 1 and word.text.strip(".,:").isalpha()
    ]
    return statistics.median(feet) if feet else None


def _extent(text: str) -> tuple[float, float]:
    """Ems that the letters of `text` stand above and below the baseline."""
    rise = 0.46
    for letter in text:
        bare = strip_marks(letter)
        marked = bare != letter and letter not in "đĐ"
        if bare.isupper():
            rise = max(rise, 0.9 if marked else 0.67)
        elif bare in "bdfhklđ" or letter.isdigit():
            rise = max(rise, 0.69)
        elif marked or bare in "ij":
            rise = max(rise, 0.68)
        elif bare == "t":
            rise = max(rise, 0.58)
    return rise, 0.21 if any(letter in _DESCENDERS for letter in text) else 0.01
