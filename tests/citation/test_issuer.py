from __future__ import annotations

import pytest

from pipeline.citation import find_references


def issuer_of(text: str) -> str | None:
    (mention,) = find_references(text)
    return mention.issuer


@pytest.mark.parametrize(
    ("after", "issuer"),
    [
        # a comma inside a name
        ("của Cục Quản lý Khám, chữa bệnh - Bộ Y tế về việc báo cáo",
         "Cục Quản lý Khám, chữa bệnh - Bộ Y tế"),
        ("của Ban Chỉ đạo Phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào toàn dân "
         "bảo vệ an ninh Tổ quốc tỉnh về việc x",
         "Ban Chỉ đạo Phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào toàn dân "
         "bảo vệ an ninh Tổ quốc tỉnh"),
        ("của Hội đồng Thi đua, khen thưởng tỉnh", "Hội đồng Thi đua, khen thưởng tỉnh"),
        ("của Ban Chỉ huy Phòng chống thiên tai và tìm kiếm cứu nạn tỉnh",
         "Ban Chỉ huy Phòng chống thiên tai và tìm kiếm cứu nạn tỉnh"),
        ("của Cục Quản lý Y, Dược cổ truyền về việc x", "Cục Quản lý Y, Dược cổ truyền"),
        # what stands over a body tells where its name ends
        ("của Cục Giám sát Hàng, Phế liệu\nnhập khẩu - Bộ Công Thương về việc x",
         "Cục Giám sát Hàng, Phế liệu nhập khẩu - Bộ Công Thương"),
        ("của Phòng Hành chính, Sở Y tế - Bộ phận một cửa về việc x", "Phòng Hành chính"),
        ("của Cục Thú y, Đề nghị các đơn vị - Sở Y tế triển khai", "Cục Thú y"),
        ("của Bộ Y tế, Cơ quan thường trực - Sở Y tế về việc x", "Bộ Y tế"),
        # `các` inside a name
        ("của Ban Quản lý các KCN tỉnh về việc x", "Ban Quản lý các KCN tỉnh"),
        ("của Sở Y tế các tỉnh", "Sở Y tế"),
        # specks: a sign before the name's place, a verb torn in two
        ("của Chủ tịch UBND :\ntỉnh về việc x", "Chủ tịch UBND tỉnh"),
        ("của Sở Y tế : các đơn vị", "Sở Y tế"),
        ("của HĐND tỉnh thông.\nqua Quy hoạch", "HĐND tỉnh"),
        ("của Chính phủ quy 4 định chức năng", "Chính phủ"),
        ("của Sở Xây dựng phê", "Sở Xây dựng"),
        ("của HĐND tỉnh thông", "HĐND tỉnh"),
        ("của Sở Xây dựng ban", "Sở Xây dựng"),
        ("của Ban An toàn giao thông tỉnh", "Ban An toàn giao thông tỉnh"),
        ("của Cục Viễn thông", "Cục Viễn thông"),
        ("của Ban Bí thư mới ban hành", "Ban Bí thư"),
        # a minister whose ministry was not read is nobody
        ("của Bộ trưởng Bộ về việc x", None),
        # a comma after a name
        ("của Sở Y tế, chống dịch cho tốt", "Sở Y tế"),
        ("của Phòng Y tế về khám, chữa bệnh", "Phòng Y tế"),
        ("của Sở Văn hóa, đề nghị các đơn vị", "Sở Văn hóa"),
        # a title that starts with a capital
        ("của Bộ Nội vụ Ban hành quy chế thi tuyển", "Bộ Nội vụ"),
        ("của UBND Tỉnh V/v phê duyệt kế hoạch", "UBND Tỉnh"),
        ("của Bộ Y tế qui định về tổ chức", "Bộ Y tế"),
        ("CỦA BỘ TÀI NGUYÊN VÀ MÔI TRƯỜNG BAN HÀNH ĐỊNH MỨC", "BỘ TÀI NGUYÊN VÀ MÔI TRƯỜNG"),
        ("CỦA SỞ GIAO THÔNG VẬN TẢI VỀ VIỆC X", "SỞ GIAO THÔNG VẬN TẢI"),
        # names made of the same words
        ("của Ban Tổ chức Tỉnh ủy", "Ban Tổ chức Tỉnh ủy"),
        ("của Ban Chỉ đạo 389 tỉnh", "Ban Chỉ đạo 389 tỉnh"),
        # a year that is the document's, words that only look like a stop
        ("của Trường Đại học Sư phạm Hải An năm 2017", "Trường Đại học Sư phạm Hải An"),
        ("của Bệnh viện đa khoa tỉnh đã gửi", "Bệnh viện đa khoa tỉnh"),
        ("của Sở Kế hoạch và đầu tư từ nay", "Sở Kế hoạch và đầu tư"),
        ("của Phòng Tổ chức cán bộ cần", "Phòng Tổ chức cán bộ"),
        ("của Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ quy định", "Văn phòng Chính phủ"),
        ("của Chủ tịch UBND tỉnh An Hải về việc x", "Chủ tịch UBND tỉnh An Hải"),
    ],
)  # fmt: skip
def test_issuer_behind_a_date(after: str, issuer: str | None) -> None:
    assert issuer_of(f"Văn bản số 12/KH-PVXQ ngày 01/02/2018 {after}") == issuer


@pytest.mark.parametrize(
    ("after", "issuer", "title"),
    [
        (" Bộ Y tế về việc giám sát", "Bộ Y tế", "về việc giám sát"),
        ("\nBộ Y tế về việc giám sát", "Bộ Y tế", "về việc giám sát"),
        # a body that acts on the document, a new paragraph, a title
        (" Bộ Y tế đề nghị", None, None),
        (", Sở Y tế về việc giám sát", None, None),
        ("\n\nSở Y tế về việc giám sát", None, None),
        (" Quy định về giám sát", None, "Quy định về giám sát"),
    ],
)
def test_issuer_without_the_word_for_of(after: str, issuer: str | None, title: str | None) -> None:
    (mention,) = find_references(f"Công văn số 12/PVXQ-GS ngày 14/4/2017{after}")
    assert (mention.issuer, mention.title) == (issuer, title)


def test_a_year_behind_the_issuer_does_not_part_a_list() -> None:
    text = (
        "Thực hiện Thông báo số 3/TB-TĐHSP ngày 09/10/2017 của Trường Đại học Sư phạm năm 2017; "
        "Kế hoạch số 16/KH-SYT ngày 25/10/2016 của Sở Y tế"
    )
    assert [mention.relation for mention in find_references(text)] == ["thuc_hien", "thuc_hien"]


def test_an_issuer_ends_before_a_blank_line_and_goes_on_over_a_line_end() -> None:
    ended, _ = find_references(
        "Văn bản số 8/STC-NS của Sở Tài chính\n\nPhúc đáp Văn bản số 8/STC-NS"
    )
    assert ended.issuer == "Sở Tài chính"
    (one,) = find_references("Công văn số 8/STTTT-BC của Sở Thông tin\nvà Truyền thông")
    assert one.issuer == "Sở Thông tin và Truyền thông"


def test_a_list_of_whole_citations_has_its_issuer_behind_the_last() -> None:
    text = (
        "Quyết định số 303/QĐ-UBND ngày 24/9/2012; Quyết định số 304/QĐ-UBND ngày 24/9/2012 và "
        "Quyết định số 305/QĐ-UBND ngày 25/9/2012 của UBND tỉnh về x"
    )
    assert [one.issuer for one in find_references(text)] == ["UBND tỉnh"] * 3
    # of another body by its symbol, in another sentence, or told already
    mixed = "Quyết định số 3/QĐ-PVXQ ngày 24/9/2012; Quyết định số 4/QĐ-UBND của UBND tỉnh"
    assert [one.issuer for one in find_references(mixed)] == [None, "UBND tỉnh"]
    apart = "Quyết định số 3/QĐ-PVXQ. Nay có Quyết định số 4/QĐ-PVXQ của Ban Quản lý"
    assert [one.issuer for one in find_references(apart)] == [None, "Ban Quản lý"]


def test_a_joint_act_is_of_the_ministries_named() -> None:
    text = "Thông tư liên tịch số 37/2015/TTLT-BYT-BTC ngày 29/10/2015 của liên bộ Bộ Y tế-Bộ Tài chính quy định"
    assert issuer_of(text) == "Bộ Y tế; Bộ Tài chính"
