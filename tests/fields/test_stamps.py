"""Urgency and secrecy stamps: found wherever the engine joined them, never in prose."""

from __future__ import annotations

import pytest

from pipeline.fields import stamps
from pipeline.lexicon import load_lexicon
from tests.factories import best, letter, line


def marks(*texts: str, top: float = 130.0) -> dict[str, str | None]:
    lines = [line(text, top=top + 20 * index) for index, text in enumerate(texts)]
    found = best(stamps.extract(letter(lines=lines), load_lexicon()))
    return {field: one.value for field, one in found.items()}


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("HỎA TỐC", "urgency", "HỎA TỐC"),
        ("| HÓA rốc| KẾ HOẠCH", "urgency", "HỎA TỐC"),
        ("KHẨN", "urgency", "KHẨN"),
        ("THƯỢNG KHẨN", "urgency", "THƯỢNG KHẨN"),
        ("MẬT", "secrecy", "MẬT"),
        ("TUYỆT MẬT", "secrecy", "TUYỆT MẬT"),
        ("MẤT", "secrecy", "MẬT"),
        ("| MẬT | Kính gửi: Sở Nội vụ", "secrecy", "MẬT"),
    ],
)
def test_a_stamp_is_read(text: str, field: str, value: str) -> None:
    assert marks(text)[field] == value


@pytest.mark.parametrize(
    "text",
    [
        "yêu cầu các đơn vị khẩn trương báo cáo",
        "Bí mật nhà nước được bảo vệ theo luật",
        "Hỏa tốc gửi về Sở Y tế trước ngày 05/8",
        "SỞ NỘI VỤ",
        "BỆNH VIỆN RĂNG HÀM MẶT",
        "VỀ VIỆC BẢO VỆ BÍ MẬT",
        "MẬT ĐỘ XÂY DỰNG",
        "Bề mặt đường MẶT",
    ],
)
def test_prose_and_heads_are_no_stamps(text: str) -> None:
    assert marks(text) == {}


def test_the_lower_half_of_a_page_has_no_stamps() -> None:
    assert marks("KHẨN", top=700.0) == {}
