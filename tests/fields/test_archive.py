"""Who keeps the file copy: slips in what is no word, told by what such a line can hold."""

from __future__ import annotations

import pytest

from pipeline.fields.archive import kept_by


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("VT, beluan.", "VT, bcluan"),
        ("VT, Idlue", "VT, ldluc"),
        ("VT, ntphung (02Ù)..", "VT, ntphung (02b)"),
        ("VỊ, KCB (02b)", "VT, KCB (02b)"),
        ("V'T,ntphung.:-", "VT,ntphung"),
        ("VI,", "VT"),
        ("VT, NN (3)go", "VT, NN (3)"),
        ("VT, ntphung./", "VT, ntphung"),
        ("VT: KHTC", "VT; KHTC"),
        ("VT, TCCB. ntphung", "VT, TCCB, ntphung"),
        ("VT, KCB (02b). YDCT (02b), PC(02b)", "VT, KCB (02b), YDCT (02b), PC(02b)"),
        ("Văn thư, TCCV (2b), LHN( 6b)", "Văn thư, TCCV (2b), LHN (6b)"),
        ("VT.PM. [lu", "VT.PM"),
    ],
)
def test_a_slip_is_mended(seen: str, meant: str) -> None:
    assert kept_by(seen) == meant


@pytest.mark.parametrize(
    "text",
    [
        "VT, ttloc", "VT, csthien, “HT”", "VT, nphoa", "VT, btnghiem", "VT, vmthang (2b)", "VT, Lman", "VT. “HT”", "VT.PM", "VT, PC(02b)", "VT, VPUBND tỉnh. (Hg)",
        "VP.UB", "VTLT, TH", "Tổ DA và VT", "VT; KSTTHC (MN,07)", "VP Tỉnh Hội", "TTra. LTP", "VT, hcth",
    ],
)  # fmt: skip
def test_what_may_be_printed_so_stays(text: str) -> None:
    assert kept_by(text) == text
