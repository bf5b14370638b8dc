from __future__ import annotations

import pytest

from pipeline.citation import find_references

HEAD = "Công văn số 12/SYT-NVY ngày 01/02/2018 của Sở Y tế"


@pytest.mark.parametrize(
    ("after", "title"),
    [
        # the letter's own sentence goes on behind a comma
        (" về việc đào tạo năm 2017,\nĐể đảm bảo việc học", "về việc đào tạo năm 2017"),
        (" về việc đào tạo, Trên cơ sở kế hoạch", "về việc đào tạo"),
        (" về việc đào tạo, nhằm góp phần", "về việc đào tạo"),
        (" về việc đào tạo, tuy nhiên đến nay chưa có", "về việc đào tạo"),
        (" về việc đào tạo, thời gian báo cáo trước ngày 25/10/2017", "về việc đào tạo"),
        (" về việc đào tạo, Giám đốc Sở Y tế yêu cầu các đơn vị", "về việc đào tạo"),
        (" về việc giao việc cho Chi nhánh, Trung tâm Y tế", "về việc giao việc cho Chi nhánh, Trung tâm Y tế"),
        (" quy định trình tự, thời gian giải quyết", "quy định trình tự, thời gian giải quyết"),
        # a colon that opens a table or a list, not a name
        (" về số liệu năm 2017:\nSTT Nội dung", "về số liệu năm 2017"),
        (" về số liệu, có căn cứ ban hành như sau:\n“Căn cứ Luật", "về số liệu"),
        (" về thi đua: Thực hiện Hướng dẫn", "về thi đua"),
        (" phê duyệt Dự án:\nXây dựng cầu qua sông", "phê duyệt Dự án: Xây dựng cầu qua sông"),
        (" về các bệnh: sởi, cúm", "về các bệnh: sởi, cúm"),
        # a full stop without a blank
        (" về dược cổ truyền.(trước ngày 30/6/2004)", "về dược cổ truyền"),
        (" về dược cổ truyền.Căn cứ vào đó", "về dược cổ truyền"),
        (" về khu phố TP.Huế và tx.Hương Trà", "về khu phố TP.Huế và tx.Hương Trà"),
        # the verb of the clause that the document is the subject of
        (" quy định về kinh doanh dược liệu hết hiệu lực.", "quy định về kinh doanh dược liệu"),
        (" về mức phụ cấp, có hiệu lực kể từ ngày 15/02/2020", "về mức phụ cấp"),
        (" về mức phụ cấp Được thay thế bởi Công văn khác", "về mức phụ cấp"),
        (" về danh mục văn bản hết hiệu lực từ ngày 01/3/2018", "về danh mục văn bản"),
        # what expires in the title itself
        (" công bố Danh mục văn bản hết hiệu lực.", "công bố Danh mục văn bản hết hiệu lực"),
        (" về cấp lại giấy phép hết hiệu lực;", "về cấp lại giấy phép hết hiệu lực"),
        (" công bố thủ tục được thay thế, bãi bỏ;", "công bố thủ tục được thay thế, bãi bỏ"),
        (" về thời điểm có hiệu lực của giá mới;", "về thời điểm có hiệu lực của giá mới"),
        # remarks in brackets
        (" về đề án (dự thảo đề án được đăng tải trên trang tin, mục góp ý);", "về đề án"),
        (" về ngày hội (27/02/1955 - 27/02/2018);", "về ngày hội (27/02/1955 - 27/02/2018)"),
        (" về đề án (đính kèm đề án), Giám đốc", "về đề án"),
        (" về đề án (gửi kèm) và", "về đề án"),
        (" về tự đánh giá (TĐG) chất lượng", "về tự đánh giá (TĐG) chất lượng"),
        # a semicolon for a comma
        ("; Quy định về kê đơn thuốc.", "Quy định về kê đơn thuốc"),
        ("; Quy định số 15-QĐ/TU", None),
        ("; hướng dẫn các đơn vị", None),
    ],
)  # fmt: skip
def test_where_a_title_ends(after: str, title: str | None) -> None:
    assert find_references(HEAD + after)[0].title == title


@pytest.mark.parametrize(
    ("outer", "inner", "nested"),
    [
        ("Thông tư số 20/2017/TT-BYT", "Nghị định số 54/2017/NĐ-CP", True),
        # of the same or a lower rank it is the next of the list
        ("Nghị định số 54/2017/NĐ-CP", "Thông tư số 20/2017/TT-BYT", False),
        ("Thông tư số 20/2017/TT-BYT", "Thông tư số 21/2017/TT-BYT", False),
        ("Nghị định số 54/2017/NĐ-CP", "Nghị định số 55/2017/NĐ-CP", False),
    ],
)
def test_a_decree_beside_the_law_that_a_circular_carries_out_is_inside_its_title(
    outer: str, inner: str, nested: bool
) -> None:
    text = (
        f"Căn cứ {outer} ngày 10/5/2017 của Bộ Y tế quy định chi tiết một số điều của Luật Dược "
        f"và {inner} ngày 08/5/2017 của Chính phủ về thuốc;"
    )
    first, law, second = find_references(text)
    assert (law.nested, second.nested) == (True, nested)
    assert ("về thuốc" in (first.title or "")) == nested


@pytest.mark.parametrize(
    ("text", "title", "nested"),
    [
        ("Kế hoạch số 9/KH-UBND ngày 19/01/2017 của UBND tỉnh thực hiện Nghị quyết số 1/NQ-CP về x;",
         "thực hiện Nghị quyết số 1/NQ-CP về x", True),
        ("Chương trình số 45-CTr/TU ngày 25/02/2020 thực hiện Chuyên đề “A” theo Nghị quyết số "
         "43-NQ/TW.", "thực hiện Chuyên đề “A” theo Nghị quyết số 43-NQ/TW", True),
        # the clause's own verb, and a letter's
        ("căn cứ Kế hoạch số 9/KH-UBND ngày 19/01/2017 thực hiện nghiêm Nghị quyết số 1/NQ-CP;",
         None, False),
        ("Theo Kế hoạch số 9/KH-UBND của UBND tỉnh, thực hiện Nghị quyết số 1/NQ-CP;", None, False),
        ("Theo Tờ trình số 9/TTr-SYT của Sở Y tế thực hiện Nghị quyết số 1/NQ-CP;", None, False),
    ],
)  # fmt: skip
def test_a_plan_is_told_by_what_it_carries_out(text: str, title: str | None, nested: bool) -> None:
    plan, inner = find_references(text)
    assert (plan.title, inner.nested) == (title, nested)
