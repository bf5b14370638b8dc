"""What a letter's text file holds."""

from __future__ import annotations

from pipeline.digitizer import reading_text
from pipeline.page import Zone
from tests.factories import region


def test_specks_are_no_lines_of_the_text() -> None:
    regions = [
        region(Zone.ISSUER, "ỦY BAN NHÂN DÂN", "*"),
        region(Zone.STAMP, "-", ";"),
        region(Zone.BODY, "Thực hiện Kế hoạch", "'", "của Ủy ban.", "./."),
        region(Zone.PAGE_NUMBER, "2"),
    ]
    assert reading_text(regions) == ("ỦY BAN NHÂN DÂN\n*\n\nThực hiện Kế hoạch\ncủa Ủy ban.\n./.\n")
