"""The phrases that parts of a letter are known by: motto, `Số:`, `ngày … tháng`, `Nơi nhận`.

They are matched with the engine's slips allowed for. This module sees text, never boxes.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from pipeline.vietnamese import bare, plain_signs

_MOTTO = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc", "dang cong san viet nam")
_NUMBER_LINE = re.compile(
    r"^\W*(?:Lu[aậâ]t\s+)?(?:[S5$][ốôóòõoổồọø6ðỗó]{1,2}\s*[:;.]?|s[ốôóòõổồø]\s*:)|/\s*[A-ZĐ]{2}|\d\s*-\s*[A-ZĐ]{2,4}\s*/\s*[A-ZĐ]",
    re.UNICODE,
)
SYMBOL_TAIL = re.compile(
    r"[/⁄][A-ZĐ][\w&ĐÐ.]*\s*[-–—]?|-\s*[A-ZĐ]{2,4}\s*/\s*[A-ZĐ]|[A-ZĐ]{2,}\s*-\s*[A-ZĐ]{2,}"
)
ABOUT = re.compile(
    r"^[\W_]{0,2}(?:[VW]\s*[/⁄ilI1|]\s*[vV]\b|V\s*[/⁄]\s*\w?\s+(?=[^\W\d])|Vv:|v/v|Về việc)",
    re.UNICODE,
)
ANNEX = re.compile(r"^(?:phu luc|danh sach kem theo|bieu mau|mau so)\b")
#: A line under an annex's heading, on the bare text: `(Kèm theo Công văn số … của Sở Y tế)`.
BELONGS_TO = re.compile(r"^(?:ban hanh )?kem theo (?!de )")


def is_motto(text: str) -> bool:
    """Whether a line is quốc hiệu, tiêu ngữ or the Party's name, OCR slips allowed."""
    key = bare(text)
    if len(key) >= 12 and any(fuzz.ratio(key, motto) >= 80 for motto in _MOTTO):
        return True
    # The end of the line may lie under a stamp or a digital signature.
    return len(key) >= 18 and any(fuzz.ratio(key, motto[: len(key)]) >= 90 for motto in _MOTTO)


#: `Số và`: what a hand wrote into a stamp, read as words.
_WORDS_ALONE = re.compile(r"\W*[Ss]ố\s+[a-zà-ỹđ]{2,}[\sa-zà-ỹđ.]*")


def is_number_line(text: str) -> bool:
    """Whether a line can be ô 3: `Số: 15/QĐ-SNV`, `Số 29-CT/TU`, also with ink in it."""
    return (
        len(text) <= 60
        and bool(_NUMBER_LINE.search(plain_signs(text)))
        and _WORDS_ALONE.fullmatch(text) is None
    )


def is_place_date(text: str) -> bool:
    """Whether a line can be ô 4: `Hà Nội, ngày 05 tháng 3 năm 2020`, blanks allowed."""
    key = bare(text)
    words = key.split()
    hits = sum(
        anchor in key or any(fuzz.ratio(word, anchor) >= 75 for word in words)
        for anchor in ("ngay", "thang", "nam")
    )
    return (
        hits >= 2 and len(words) <= 16 and bool(re.search(r"\bngay|[,.]\s*n\w*g|nam \d|thang", key))
    )


def is_copies_to(text: str) -> bool:
    """Whether a line opens ô 9b, `Nơi nhận:`, OCR slips allowed."""
    key = bare(text)[:9].strip()
    return fuzz.ratio(key, "noi nhan") >= 78 and len(bare(text)) < 16


def is_upper(text: str) -> bool:
    """Whether a line is in capitals, a slip here and there allowed."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 2:
        return False
    return sum(char.isupper() for char in letters) >= 0.7 * len(letters)
