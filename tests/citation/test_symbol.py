from __future__ import annotations

import pytest

from pipeline.citation import find_references, merge_mentions


@pytest.mark.parametrize(
    ("text", "number", "mended"),
    [
        ("Quyết định số 17/QĐ-BGTT ngày 31/12/2024 của Bộ trưởng Bộ Giao thông vận tải",
         "17/QĐ-BGTVT", True),
        ("Quyết định số 17/QĐ-BGTVTT ngày 31/12/2024 của Bộ Giao thông vận tải",
         "17/QĐ-BGTVT", True),
        ("Thông tư số 24/2009/TT-BTTT", "24/2009/TT-BTTTT", True),
        # whole, known, with no witness, or more than a letter away
        ("Quyết định số 17/QĐ-BGTVT ngày 31/12/2024 của Bộ Giao thông vận tải",
         "17/QĐ-BGTVT", False),
        ("Quyết định số 17/QĐ-BGTT ngày 31/12/2024", "17/QĐ-BGTT", False),
        ("Quyết định số 17/QĐ-BGTT ngày 31/12/2024 của Bộ Y tế", "17/QĐ-BGTT", False),
        ("Quyết định số 17/QĐ-BGT ngày 31/12/2024 của Bộ Giao thông vận tải", "17/QĐ-BGT", False),
        ("Thông tư số 24/2009/TT-BXYZ", "24/2009/TT-BXYZ", False),
        ("Công văn số 17/SGDĐTT-VP của Sở Giáo dục và Đào tạo", "17/SGDĐTT-VP", False),
    ],
)  # fmt: skip
def test_symbol_of_the_issuer(text: str, number: str, mended: bool) -> None:
    (mention,) = find_references(text)
    assert (mention.number, mention.mended, mention.raw) == (number, mended, text)
    assert mention.repaired == mended


def test_a_mention_with_the_whole_symbol_vouches_for_the_mended_one() -> None:
    text = (
        "Quyết định số 17/QĐ-BGTT ngày 31/12/2024 của Bộ Giao thông vận tải. "
        "Theo Quyết định số 17/QĐ-BGTVT"
    )
    (merged,) = merge_mentions(find_references(text))
    assert (merged.count, merged.mention.mended) == (2, False)
