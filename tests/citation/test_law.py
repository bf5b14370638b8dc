from __future__ import annotations

import pytest

from pipeline.citation import find_references


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # as letters write the names of the list
        ("theo Luật khám chữa\nbệnh.", ["khám chữa bệnh"]),
        ("theo Luật Khám, chữa bệnh hiện hành", ["Khám, chữa bệnh"]),
        ("Luật Hôn nhân gia đình và Luật PCCC", ["Hôn nhân gia đình", "PCCC"]),
        # a subject taught
        ("04 CTĐT ngành Kế toán, Ngôn ngữ Anh, Luật kinh tế trình độ đại học", []),
        ("chương trình đào tạo Kế toán và Luật kinh tế;", []),
        # an act beside the name of a branch
        ("của ngành Y tế, Luật khám bệnh, chữa bệnh", ["khám bệnh, chữa bệnh"]),
        ("của ngành Y tế, Luật Hòa giải thương mại", ["Hòa giải thương mại"]),
        ("ngành Kế toán. Theo quy định, Luật kinh tế biển", ["kinh tế biển"]),
    ],
)
def test_laws_by_name(text: str, names: list[str]) -> None:
    assert [mention.title for mention in find_references(text)] == names
