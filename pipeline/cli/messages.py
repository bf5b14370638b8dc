"""What the command says, in English and in Vietnamese."""

from __future__ import annotations

import locale
import os
from typing import Literal

Language = Literal["en", "vi"]

_TEXTS: dict[str, tuple[str, str]] = {
    "reading": ("Reading pages", "Đang đọc trang"),
    "pages_per_second": ("pages/s", "trang/s"),
    "summary": ("Result", "Kết quả"),
    "files": ("files", "tệp"),
    "letters": ("letters", "văn bản"),
    "pages": ("pages read", "trang đã đọc"),
    "fields": ("fields found", "trường tìm thấy"),
    "to_review": ("letters to review", "văn bản cần soát"),
    "failed": ("files failed", "tệp lỗi"),
    "skipped": ("files needing no work", "tệp không phải làm lại"),
    "problems": ("problems", "sự cố"),
    "seconds": ("seconds", "giây"),
    "output": ("output", "kết quả ở"),
    "interrupted": (
        "Interrupted; run the same command again to go on.",
        "Đã dừng; chạy lại đúng lệnh này để làm tiếp.",
    ),
    "see_problems": (
        "What went wrong, and what to do, stands in problems.csv.",
        "Sự cố và cách xử lý nằm trong problems.csv.",
    ),
    "field": ("field", "trường"),
    "value": ("value", "giá trị"),
    "raw": ("as read", "như đọc được"),
    "confidence": ("confidence", "độ tin cậy"),
    "trust": ("trust", "tin"),
    "page": ("page", "trang"),
    "sure": ("sure", "chắc"),
    "review": ("review", "cần soát"),
    "letter": ("Letter", "Văn bản"),
    "references": ("References", "Văn bản viện dẫn"),
    "recipients": ("Recipients", "Nơi nhận"),
    "status": ("status", "trạng thái"),
    "ok": ("ok", "tốt"),
    "missing": ("missing", "thiếu"),
    "tool": ("what", "thành phần"),
    "found": ("found", "thấy"),
    "do": ("what to do", "cần làm"),
    "all_well": ("Everything that sohoa needs is here.", "Đủ mọi thứ sohoa cần."),
    "verified": ("files compared, all as they were", "tệp đã đối chiếu, tất cả nguyên vẹn"),
    "deviations": ("files differ", "tệp sai khác"),
    "cited": ("documents named beside them", "văn bản khác được viện dẫn"),
    "citations": ("citations", "lượt viện dẫn"),
    "boxes_in": ("Pictures written to", "Ảnh đã ghi vào"),
}


def choose_language(option: str | None) -> Language:
    """`vi` or `en`: the option, else the locale's language, else English."""
    named = (
        option
        or os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
    )
    named = named or (locale.getlocale()[0] or "")
    return "vi" if named.lower().startswith("vi") else "en"


def say(key: str, language: Language) -> str:
    """The text of `key` in the language."""
    return _TEXTS[key][language == "vi"]
