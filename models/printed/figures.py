"""Numbers, dates, amounts and document numbers as official letters write them."""

from __future__ import annotations

from models.printed.draw import Draw

#: Bodies and units, as symbols name them.
BODIES = (
    "UBND", "HĐND", "SYT", "SGDĐT", "BYT", "BGDĐT", "BTC", "BNV", "TTg", "CP", "VPCP", "TU", "TW",
    "BTGTW", "TTYT", "BVĐK", "KCB", "QLD", "QLCL", "NVY", "TCCB", "KHTC", "VP", "VX", "KT", "NC",
    "TH", "KGVX", "ĐHQG", "ĐHH", "CTSV", "QLKH", "KTĐBCL", "ATTP", "DP", "BHXH", "TCKH", "TTCP",
    "BCĐ", "BTP", "BCT", "BXD", "BTNMT",
)  # fmt: skip
_KINDS = ("QĐ", "NĐ", "TT", "KH", "TB", "BC", "CT", "NQ", "TTr", "CV", "HD", "QĐ")


def figures(draw: Draw) -> str:
    """A number, date, amount, time or telephone number."""
    count = draw.count
    way = count(0, 8)
    if way == 0:
        return f"{count(1, 31):02d}/{count(1, 12):02d}/{count(1990, 2026)}"
    if way == 1:
        return f"{count(1, 999)}.{count(0, 999):03d}.{count(0, 999):03d}"
    if way == 2:
        return f"{count(0, 100)}%"
    if way == 3:
        return f"{count(0, 23)}h{count(0, 59):02d}"
    if way == 4:
        return f"0{count(2, 9)}{count(10, 99)}.{count(100, 999)}.{count(100, 9999)}"
    if way == 5:
        return f"{count(1, 99)},{count(0, 99)}"
    if way == 6:
        return f"{count(1, 31)}/{count(1, 12)}"
    return str(count(0, 10 ** count(1, 5)))


def document_number(draw: Draw, types: tuple[str, ...]) -> str:
    """A document's number and symbol, `123/QĐ-UBND`; `types` are abbreviations of types."""
    number = str(draw.count(1, 9999)) if draw.chance(0.85) else f"{draw.count(1, 99):02d}"
    if draw.chance(0.02):
        number += draw.pick("abc")
    kind = draw.pick((*_KINDS, draw.pick(types)))
    body, other = draw.pick(BODIES), draw.pick(BODIES)
    if draw.chance(0.2):  # a symbol of a body that nobody listed
        body = "".join(draw.pick("ABCDĐGHIKLMNOPQRSTUVXY") for _ in range(draw.count(1, 5)))
    year = f"/{draw.count(1995, 2026)}" if draw.chance(0.4) else ""
    forms = (
        f"{number}{year}/{kind}-{body}", f"{number}{year}/{kind}-{body}", f"{number}/{kind}-{body}",
        f"{number}/{body}-{other}", f"{number}-{kind}/{body}", f"{number}/{body}",
    )  # fmt: skip
    return draw.pick(forms)


def date(draw: Draw) -> str:
    """A date in words."""
    day, month, year = draw.count(1, 31), draw.count(1, 12), draw.count(1990, 2026)
    days, months = (draw.pick((f"{one}", f"{one:02d}")) for one in (day, month))
    return f"ngày {days} tháng {months} năm {year}"
