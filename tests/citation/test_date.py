from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.citation import find_dates, parse_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("ngày 05 tháng 3 năm 2020", "2020-03-05"),
        ("05/3/2020", "2020-03-05"),
        ("5-3-2020", "2020-03-05"),
        ("05.3.2020", "2020-03-05"),
        ("ngảy 05 thảng 3 nãm 202O", "2020-03-05"),
        ("ngày I5/8/2Ol9", "2019-08-15"),
        ("ngày 14\n/5/2025", "2025-05-14"),
        ("ngày 12 tháng 12năm 1997", "1997-12-12"),
        ("ngày 10/5/97", "1997-05-10"),
        ("ngày … tháng 4 năm 2013", "2013-04"),
        ("ngày...tháng 4 năm 2013", "2013-04"),
        ("ngày     tháng 11 năm 2017", "2017-11"),
        ("tháng 4/2013", "2013-04"),
        ("ngày 4 tháng chạp năm 1978", "1978-12"),
        ("ngày 7 tháng tư năm 1978", "1978-04-07"),
        ("năm 2019", "2019"),
    ],
)
def test_parse_date(text: str, iso: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.iso == iso
    assert found.precision == {4: "year", 7: "month", 10: "day"}[len(iso)]


@pytest.mark.parametrize(
    "text",
    ["31/02/2020", "32/1/2020", "1/13/2020", "21/0/1973", "5/3/1899", "1/500", "2021-2025",
     "0236.3822345", "1.250.000", "10/5/97", "12/3/2020/QĐ", "192.168.1.2020.5",
     "12/10/2017-3", "30-31/02/2018", "2012-2013/01/2018", "21712/2017-TTYT"],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert find_dates(text) == ()


def test_dates_of_a_sentence_in_order() -> None:
    text = "Từ ngày 01/01/2021 đến ngày 31 tháng 12 năm 2025, giai đoạn 2021-2025"
    found = find_dates(text)
    assert [span.value.iso for span in found] == ["2021-01-01", "2025-12-31"]
    assert [span.raw for span in found] == ["ngày 01/01/2021", "ngày 31 tháng 12 năm 2025"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("ngày 18-19/01/2018", {"ngày 18": "2018-01-18", "19/01/2018": "2018-01-19"}),
        ("(14-15/12/ 2017)", {"14": "2017-12-14", "15/12/ 2017": "2017-12-15"}),
        ("25-26-27 tháng 12 năm 2017",
         {"25": "2017-12-25", "26": "2017-12-26", "27 tháng 12 năm 2017": "2017-12-27"}),
        ("Ngày 14, 15 và 16/11/2012",
         {"Ngày 14": "2012-11-14", "15": "2012-11-15", "16/11/2012": "2012-11-16"}),
        ("từ ngày 13 đến ngày 15/12/2017", {"ngày 13": "2017-12-13", "15/12/2017": "2017-12-15"}),
        # a number beside a date, falling days, whole dates
        ("số 12, 16/11/2012", {"16/11/2012": "2012-11-16"}),
        ("ngày 20, 16/11/2012", {"16/11/2012": "2012-11-16"}),
        ("22/01/2018 - 28/04/2018", {"22/01/2018": "2018-01-22", "28/04/2018": "2018-04-28"}),
        # the next cell of a row
        ("Chiều 13/12/2017-TTPC", {"13/12/2017": "2017-12-13"}),
    ],
)  # fmt: skip
def test_days_before_one_month(text: str, days: dict[str, str]) -> None:
    assert {span.raw: span.value.iso for span in find_dates(text)} == days


@given(st.one_of(st.text(), st.text("ngàythágnăm 0123459/.-Ol…\n")))
def test_any_text_gives_dates_inside_it(text: str) -> None:
    for span in find_dates(text):
        assert text[span.start : span.end] == span.raw
    parse_date(text)
