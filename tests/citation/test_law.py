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
        ("ngành Kế toán, " + "Quản trị kinh doanh, " * 15 + "Luật kinh tế", []),
        # a class and its year
        ("Kế toán 16, Ngôn ngữ Anh 16 và\nLuật kinh tế 16.", []),
        ("cao học: Kế toán 11, Luật Kinh\ntế 11A, Tài chính 11", []),
        ("cao học: Kế toán 11, Luật Kinh tế II, Tài chính 11", []),
        # `của` left out: one act still
        (
            "Luật sửa đổi, bổ sung một số điều Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền "
            "địa phương ngày 22/11/2019",
            [
                "sửa đổi, bổ sung một số điều Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền địa phương"
            ],
        ),
        # an act beside the name of a branch
        ("của ngành Y tế, Luật khám bệnh, chữa bệnh", ["khám bệnh, chữa bệnh"]),
        ("của ngành Y tế, Luật Hòa giải thương mại", ["Hòa giải thương mại"]),
        ("ngành Kế toán. Theo quy định, Luật kinh tế biển", ["kinh tế biển"]),
    ],
)
def test_laws_by_name(text: str, names: list[str]) -> None:
    assert [mention.title for mention in find_references(text)] == names


def test_who_passes_a_law_is_no_part_of_its_name() -> None:
    text = "Pháp lệnh Trò chơi dân gian của Uỷ ban Thường vụ Quốc hội số 2/2020/UBTVQH14"
    assert [mention.title for mention in find_references(text)] == ["Trò chơi dân gian"]
