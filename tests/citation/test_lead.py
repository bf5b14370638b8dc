from __future__ import annotations

import pytest

from pipeline.citation import find_references


@pytest.mark.parametrize(
    ("text", "date", "issuer", "title"),
    [
        ("Ngày 11/12/2017 Sở Y tế ban hành Công văn số 43/PVXQ-NV về việc báo cáo.",
         "2017-12-11", "Sở Y tế", "về việc báo cáo"),
        ("Hồi 09 giờ ngày 31/10/2017, Bộ Y tế đã ban hành\nCông văn số 43/PVXQ-NV về mưa lũ.",
         "2017-10-31", "Bộ Y tế", "về mưa lũ"),
        ("Ngày 11/12/2017, Sở Y tế có Công văn số 43/PVXQ-NV gửi các đơn vị",
         "2017-12-11", "Sở Y tế", None),
        ("Ngày 25/12/2008, UBND tỉnh đã phê duyệt Kế hoạch số 70/KH-UBND về viễn thông.",
         "2008-12-25", "UBND tỉnh", "về viễn thông"),
        ("Ngày 08/10/2012 Hội đồng định giá có văn bản Báo cáo số 08/BC-HĐ và trình",
         "2012-10-08", "Hội đồng định giá", None),
        # what one body passes may be another's, of another day
        ("Ngày 25/12/2008, UBND tỉnh đã phê duyệt Đề án số 12/ĐA-PVXQ về viễn thông.", None, None,
         None),
        # what was received, has its own date, or stands in another sentence
        ("Ngày 11/12/2017, Sở Y tế nhận được Công văn số 43/PVXQ-NV về việc x", None, None, None),
        ("Ngày 11/12/2017 Sở Y tế ban hành Công văn số 43/PVXQ-NV ngày 05/12/2017 về việc x",
         "2017-12-05", None, "về việc x"),
        ("Ngày 11/12/2017 họp. Sở Y tế ban hành Công văn số 43/PVXQ-NV về việc x", None, None, None),
        ("Ngày 11/12/2017 Sở Y tế họp với các đơn vị ban hành Công văn số 43/PVXQ-NV", None, None,
         None),
    ],
)  # fmt: skip
def test_date_and_issuer_of_the_sentence(
    text: str, date: str | None, issuer: str | None, title: str | None
) -> None:
    (mention,) = find_references(text)
    assert (mention.issue_date and mention.issue_date.iso, mention.issuer, mention.title) == (
        date, issuer, title,
    )  # fmt: skip


def test_a_list_has_the_issuer_that_stands_before_its_colon() -> None:
    text = (
        "các chương trình của Thành ủy: Chương trình số 35-CTr/TU về nhà ở và Chương trình số "
        "45-CTr/TU ngày 25/02/2020; Chương trình số 46-CTr/TU"
    )
    assert [one.issuer for one in find_references(text)] == ["Thành ủy", "Thành ủy", None]
    other = "các kế hoạch của Thành ủy: Chương trình số 35-CTr/TU"
    assert [one.issuer for one in find_references(other)] == [None]
