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
        ("Công văn số 49/B1111-PVXQ ngày 25/02/2010 của Bộ TT&TT", "49/BTTTT-PVXQ", True),
        ("Công văn số 49/BTIT1-PVXQ của Bộ Thông tin và Truyền thông", "49/BTTTT-PVXQ", True),
        ("Công văn số 49/B1112-PVXQ ngày 25/02/2010 của Bộ TT&TT", "49/B1112-PVXQ", False),
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


@pytest.mark.parametrize(
    ("symbols", "numbers"),
    [
        (("BTTTT-ƯDCNX", "BTTTT-UDCNX"), ["1/BTTTT-ƯDCNX", "2/BTTTT-ƯDCNX"]),
        # two units, by letters too few; two other marks
        (("UBND-TĐ", "UBND-TD"), ["1/UBND-TĐ", "2/UBND-TD"]),
        (("BTTTT-ƯDCNX", "BTTTT-UĐCNX"), ["1/BTTTT-ƯDCNX", "2/BTTTT-UĐCNX"]),
    ],
)
def test_a_mark_that_a_sister_has_is_put_back(symbols: tuple[str, str], numbers: list[str]) -> None:
    first, second = symbols
    found = find_references(f"Công văn số 1/{first} và Công văn số 2/{second} của Bộ")
    assert [one.number for one in found] == numbers
    assert [one.mended for one in found] == [False, numbers[1] != f"2/{second}"]
