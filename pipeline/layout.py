"""Pages to zones: where the parts of a letter stand, after Decree 30/2020, Appendix I.

Zones are found by anchor phrases first (the national motto, `Số:`, `ngày … tháng`,
`Kính gửi`, `Nơi nhận`), then by position against them; the printed page varies too much
between offices for fixed windows. Party papers (Guide 36-HD/VPTW and successors) carry
the Party's name where State papers carry the motto. This module knows nothing of
field values.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.page import BBox, Line, Page, Region, Word, Zone
from pipeline.vietnamese import bare, plain_signs

_MOTTO = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc", "dang cong san viet nam")
_MOTTO_STARTS = (
    ("cong", "hoa", "xa"),
    ("doc", "lap", "tu"),
    ("dang", "cong", "san"),
    ("viet", "nam", "dan"),
)
_NUMBER_LINE = re.compile(
    r"^\W*(?:Lu[aậâ]t\s+)?[S5$][ốôóòõoổồọ6ðỗó]{1,2}\s*[:;.]?|/\s*[A-ZĐ]{2}|\d\s*-\s*[A-ZĐ]{2,4}\s*/\s*[A-ZĐ]",
    re.UNICODE,
)
_SYMBOL_TAIL = re.compile(
    r"[/⁄][A-ZĐ][\w&ĐÐ.]*\s*[-–—]?|-\s*[A-ZĐ]{2,4}\s*/\s*[A-ZĐ]|[A-ZĐ]{2,}\s*-\s*[A-ZĐ]{2,}"
)
_ABOUT = re.compile(r"^\W{0,2}(?:[VW]\s*[/⁄ilI1|]\s*[vV]\b|Vv:|v/v|Về việc)", re.UNICODE)
#: A number line has its label or a digit; `BVĐK/TTYT…` on a form to fill in has neither.
_LABELLED = re.compile(r"\d|^\W*[S5$]\w{1,2}\s*[:;.,]")
_FORM = re.compile(
    r"^(?:danh sach|bieu mau|mau so|phieu (?:dang ky|khao sat|cung cap|thu thap)|bang ke|bang tong hop|don dang ky)\b"
)
#: How the first paragraph of a body begins, where no blank parts it from the subject.
_BODY_OPENS = re.compile(
    r"^(?:thuc hien|can cu|thi hanh|theo |nham |de |ngay |trong |ngay sau|sau khi|xet |tiep theo)"
)
_ANNEX = re.compile(r"^(?:phu luc|danh sach kem theo|bieu mau|mau so)\b")


@dataclass(frozen=True, slots=True)
class Header:
    """Evidence that a page opens a letter.

    Attributes:
        split: x in points that parts the two columns.
        bottom: y in points below the header's last line.
        score: 0..1; from 0.5 up the page starts a letter.
    """

    split: float
    bottom: float
    score: float


def find_regions(pages: Sequence[Page]) -> tuple[Region, ...]:
    """The regions of one letter's pages in the order a person reads them."""
    regions: list[Region] = []
    annex = False
    tail_from = _tail_start(pages)
    for index, page in enumerate(pages):
        segments = _segments(page)
        if index == 0:
            header, segments = _header_regions(page, segments)
            regions.extend(header)
        else:
            numbers, segments = _page_furniture(page, segments)
            regions.extend(numbers)
            annex = annex or _opens_annex(segments)
        if annex and (tail_from is None or index > tail_from[0]):
            _append(regions, Zone.ANNEX, page, segments)
        elif tail_from is not None and index == tail_from[0]:
            regions.extend(_tail_regions(page, segments, tail_from[1]))
        elif tail_from is not None and index > tail_from[0]:
            regions.extend(_after_tail(page, segments, regions))
        else:
            _append(regions, Zone.BODY, page, segments)
    return tuple(regions)


def split_letters(pages: Sequence[Page]) -> tuple[tuple[Page, ...], ...]:
    """The pages of a file parted into letters, in file order.

    A page opens a letter when its head shows an issuer beside the motto and a number
    line or a place-date line; forms inside an annex that show the motto alone do not.
    """
    letters: list[list[Page]] = []
    for page in pages:
        if letters and not opens_letter(page):
            letters[-1].append(page)
        else:
            letters.append([page])
    return tuple(tuple(letter) for letter in letters)


def opens_letter(page: Page) -> bool:
    """Whether the page shows the head of a letter: motto, number line and date line."""
    segments = _segments(page)
    top = [line for line in segments if line.bbox.top < 0.33 * page.height]
    motto = [line for line in top if is_motto(line.text)]
    if any(_FORM.match(bare(line.text)) and _is_upper(line.text) for line in top):
        return False
    if not motto or any(_ANNEX.match(bare(line.text)) for line in top[:4]):
        return False
    below = min(line.bbox.top for line in motto)
    numbered = [
        line
        for line in top
        if line.bbox.top >= below
        and line.bbox.left < 0.5 * page.width
        and is_number_line(line.text)
        and _SYMBOL_TAIL.search(plain_signs(line.text))
        and _LABELLED.search(line.text)
    ]
    dated = [line for line in top if line.bbox.top > below and is_place_date(line.text)]
    return bool(numbered) and bool(dated)


def is_motto(text: str) -> bool:
    """Whether a line is quốc hiệu, tiêu ngữ or the Party's name, OCR slips allowed."""
    key = bare(text)
    return len(key) >= 12 and any(fuzz.ratio(key, motto) >= 80 for motto in _MOTTO)


def is_number_line(text: str) -> bool:
    """Whether a line can be ô 3: `Số: 15/QĐ-SNV`, `Số 29-CT/TU`, also with ink in it."""
    return len(text) <= 60 and bool(_NUMBER_LINE.search(plain_signs(text)))


def is_place_date(text: str) -> bool:
    """Whether a line can be ô 4: `Hà Nội, ngày 05 tháng 3 năm 2020`, blanks allowed."""
    key = bare(text)
    words = key.split()
    hits = sum(
        anchor in key or any(fuzz.ratio(word, anchor) >= 75 for word in words)
        for anchor in ("ngay", "thang", "nam")
    )
    return (
        hits >= 2 and len(words) <= 16 and bool(re.search(r"\bngay|[,.]\s*n\w*g|nam \d|thang", key))
    )


# --- lines -------------------------------------------------------------------------


def _segments(page: Page) -> list[Line]:
    """Tesseract's lines without noise, parted at column gaps, top down."""
    typical = _typical_height(page)
    out: list[Line] = []
    for line in page.lines:
        words = [word for word in line.words if not _is_noise(word, typical)]
        if words:
            out.extend(_split_columns(dataclasses.replace(line, words=tuple(words)), page, typical))
    out.sort(key=lambda line: (round(line.bbox.center_y / (typical * 0.6)), line.bbox.left))
    return out


def _typical_height(page: Page) -> float:
    heights = sorted(word.bbox.height for word in page.words if len(word.text) >= 3)
    return heights[len(heights) // 2] if heights else 10.0


def _is_noise(word: Word, typical: float) -> bool:
    if word.bbox.height > 3.2 * typical and len(word.text) <= 3:
        return True
    letters = sum(char.isalnum() for char in word.text)
    if letters == 0 and word.confidence < 0.5 and word.text not in {"-", "–", "/", "*"}:
        return True
    return word.confidence < 0.15 and letters <= 2


def _split_columns(line: Line, page: Page, typical: float) -> list[Line]:
    words = list(line.words)
    cuts: set[int] = set()
    for index in range(1, len(words)):
        gap = words[index].bbox.left - words[index - 1].bbox.right
        if gap > 2.6 * typical:
            cuts.add(index)
    keys = [bare(word.text) for word in words]
    for index in range(1, len(words) - 2):
        if any(_starts(keys[index : index + 3], start) for start in _MOTTO_STARTS):
            cuts.add(index)
            break
    cut = _place_date_cut(words, keys, typical)
    if cut is not None:
        cuts.add(cut)
    bounds = [0, *sorted(cuts), len(words)]
    return [
        dataclasses.replace(line, words=tuple(words[left:right]))
        for left, right in zip(bounds, bounds[1:], strict=False)
        if words[left:right]
    ]


def _starts(keys: Sequence[str], start: Sequence[str]) -> bool:
    joined = " ".join(keys)
    return fuzz.ratio(joined, " ".join(start)) >= 82


def _place_date_cut(words: Sequence[Word], keys: Sequence[str], typical: float) -> int | None:
    """Where `Số: …` ends and `<place>, ngày …` begins on one printed line."""
    day = next((i for i, key in enumerate(keys) if i > 1 and fuzz.ratio(key, "ngay") >= 75), None)
    if day is None or not any(
        fuzz.ratio(key, "nam") >= 75 or fuzz.ratio(key, "thang") >= 75 for key in keys[day:]
    ):
        return None
    before = " ".join(word.text for word in words[:day])
    if not is_number_line(before) and not _ABOUT.match(before):
        return None
    gaps = [(words[i].bbox.left - words[i - 1].bbox.right, i) for i in range(1, day) if i <= day]
    # The blank for the number may be the wider gap: look behind the symbol first.
    symbol = max(
        (i for i in range(day) if _SYMBOL_TAIL.search(plain_signs(words[i].text))), default=-1
    )
    wide = [pair for pair in gaps if pair[0] > 0.9 * typical]
    behind = [pair for pair in wide if pair[1] > symbol]
    if behind:
        return max(behind)[1]
    return max(wide)[1] if wide else None


# --- first page ----------------------------------------------------------------------


def _header_regions(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    header = find_header(page, segments)
    if header is None:
        return _bare_head(page, segments)
    used: set[int] = set()
    zones: dict[Zone, list[Line]] = {}

    def take(zone: Zone, line: Line) -> None:
        zones.setdefault(zone, []).append(line)
        used.add(id(line))

    mottos = _mottos(page, segments)
    for line in mottos:
        take(Zone.MOTTO, line)
    motto_top = min(line.bbox.top for line in mottos)
    place = next(
        (
            line
            for line in segments
            if line.bbox.top > motto_top
            and line.bbox.bottom < header.bottom + 8
            and line.bbox.center_x > header.split
            and is_place_date(line.text)
        ),
        None,
    )
    if place is not None:
        take(Zone.PLACE_DATE, place)
    number = _number_line(page, segments, header, used, motto_top, place)
    if number is not None:
        row = [number] + [
            line
            for line in segments
            if id(line) not in used
            and line is not number
            and line.bbox.center_x < header.split
            and abs(line.bbox.center_y - number.bbox.center_y) < 0.6 * number.height
        ]
        used.update(id(line) for line in row)
        number = _joined(row)
        zones[Zone.NUMBER] = [number]
    limit = number.bbox.top + 0.3 * number.bbox.height if number is not None else header.bottom
    for line in segments:
        if id(line) in used:
            continue
        left_side = line.bbox.center_x < header.split and line.bbox.right < header.split + 30
        box = line.bbox
        if left_side and box.center_y < limit and box.top > motto_top - 14 and _is_upper(line.text):
            take(Zone.ISSUER, line)
        elif box.bottom < motto_top - 2 or (box.center_y < limit and box.bottom < header.bottom):
            take(Zone.STAMP, line)
    rest = [line for line in segments if id(line) not in used]
    titled, untitled = _title_block(page, rest)
    subject, unsubjected = ([], rest) if titled else _about_block(page, rest, header, number)
    regions = [
        Region(zone, page.number, tuple(zones[zone]))
        for zone in (Zone.ISSUER, Zone.MOTTO, Zone.NUMBER, Zone.PLACE_DATE)
        if zone in zones
    ]
    if Zone.STAMP in zones:
        regions.insert(0, Region(Zone.STAMP, page.number, tuple(zones[Zone.STAMP])))
    if subject:
        regions.append(Region(Zone.SUBJECT, page.number, tuple(subject)))
        rest = unsubjected
    elif titled:
        regions.extend(titled)
        rest = untitled
    addressees, rest = _addressees(page, rest)
    if addressees:
        regions.append(Region(Zone.ADDRESSEES, page.number, tuple(addressees)))
    return regions, rest


def _joined(lines: Sequence[Line]) -> Line:
    """One line of the words of `lines`, left to right."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: word.bbox.left)
    return dataclasses.replace(lines[0], words=tuple(words))


def _mottos(page: Page, segments: Sequence[Line]) -> list[Line]:
    """The lines of ô 1: the first motto and what stands right below it."""
    found = [
        line
        for line in segments
        if line.bbox.top < 0.4 * page.height
        and line.bbox.center_x > 0.4 * page.width
        and is_motto(line.text)
    ]
    if not found:
        return []
    top = min(line.bbox.top for line in found)
    return [line for line in found if line.bbox.top < top + 45]


def find_header(page: Page, segments: Sequence[Line]) -> Header | None:
    """The two-column head of a page, or `None` where there is no motto to anchor it."""
    mottos = _mottos(page, segments)
    if not mottos:
        return None
    left = min(line.bbox.left for line in mottos)
    top = min(line.bbox.top for line in mottos)
    beside = [
        line.bbox.right
        for line in segments
        if abs(line.bbox.center_y - top) < 40 and line.bbox.right < left + 6 and line not in mottos
    ]
    split = (max(beside) + left) / 2 if beside else left - 8
    marks = [
        line.bbox.bottom
        for line in segments
        if line.bbox.top > top
        and line.bbox.top < top + 0.16 * page.height
        and (
            (is_place_date(line.text) and line.bbox.center_x > split)
            or (
                is_number_line(line.text)
                and line.bbox.center_x < split
                and not _ABOUT.match(line.text)
            )
        )
    ]
    bottom = min(marks) if marks else max(line.bbox.bottom for line in mottos) + 6
    if marks:
        bottom = max(mark for mark in marks if mark < bottom + 30)
    return Header(split, bottom, 1.0 if marks else 0.6)


def _number_line(
    page: Page,
    segments: Sequence[Line],
    header: Header,
    used: set[int],
    motto_top: float,
    place: Line | None,
) -> Line | None:
    """Ô 3: the left line level with the date line, or the first with a number's shape."""
    left = [
        line
        for line in segments
        if id(line) not in used
        and line.bbox.center_x < header.split
        and motto_top - 5 < line.bbox.top < motto_top + 0.17 * page.height
    ]
    shaped = [line for line in left if is_number_line(line.text) and not _ABOUT.match(line.text)]
    if place is not None:
        level = [line for line in shaped if abs(line.bbox.center_y - place.bbox.center_y) < 22]
        shaped = level or shaped
    if shaped:
        return max(
            shaped,
            key=lambda line: (
                bool(_SYMBOL_TAIL.search(plain_signs(line.text))),
                bare(line.text).startswith("so"),
                -line.bbox.top,
            ),
        )
    return None


def _is_upper(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 2:
        return False
    return sum(char.isupper() for char in letters) >= 0.7 * len(letters)


def _bare_head(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    """Zones of a first page whose motto was not found: anchors only, no positions."""
    regions: list[Region] = []
    used: set[int] = set()
    for zone, test in ((Zone.NUMBER, is_number_line), (Zone.PLACE_DATE, is_place_date)):
        line = _first(segments, page, used, test)
        if line is not None:
            used.add(id(line))
            regions.append(Region(zone, page.number, (line,)))
    rest = [line for line in segments if id(line) not in used]
    titled, rest = _title_block(page, rest)
    regions.extend(titled)
    addressees, rest = _addressees(page, rest)
    if addressees:
        regions.append(Region(Zone.ADDRESSEES, page.number, tuple(addressees)))
    return regions, rest


def _first(
    segments: Sequence[Line], page: Page, used: set[int], test: Callable[[str], bool]
) -> Line | None:
    for line in segments:
        if id(line) not in used and line.bbox.top < 0.35 * page.height and test(line.text):
            if test is is_number_line and not _SYMBOL_TAIL.search(plain_signs(line.text)):
                continue
            return line
    return None


def _about_block(
    page: Page, rest: list[Line], header: Header, number: Line | None
) -> tuple[list[Line], list[Line]]:
    """Ô 5b: `V/v …` and the lines under it in the left column."""
    rest = [piece for line in rest for piece in _cut_at(line, header, page)]
    below = [
        line
        for line in rest
        if line.bbox.center_x < header.split + 25
        and line.bbox.right < header.split + 60
        and (
            header.bottom - 4 < line.bbox.center_y < header.bottom + 0.12 * page.height
            # Beside a date line that stands low, `V/v` stands above the header's end.
            or (_ABOUT.match(line.text) and line.bbox.center_y > header.bottom - 40)
        )
    ]
    start = next((line for line in below if _ABOUT.match(line.text)), None)
    if start is None and number is not None and below:
        # Some offices print ô 5b without V/v: then it stands right under the number.
        first = below[0]
        near = first.bbox.top - number.bbox.bottom < 2.2 * number.height
        prose = len(first.words) >= 3 and not _is_upper(first.text) and first.confidence > 0.7
        if near and prose and not bare(first.text).startswith(("kinh gui", "can cu")):
            start = first
    if start is None:
        return [], rest
    block = [start]
    for line in rest:
        last = block[-1].bbox
        if line is start or line.bbox.top <= start.bbox.top + 2:
            continue
        gap = line.bbox.top - last.bottom
        if line.bbox.center_x > header.split + 25 or line.bbox.right > header.split + 60:
            continue
        if not _is_prose(line) and not bare(line.text).startswith("kinh g"):
            continue
        if gap > 1.15 * max(start.height, _typical_height(page)) or bare(line.text).startswith(
            ("kinh gui", "kinh gi")
        ):
            break
        if _is_upper(line.text) and len(line.text) < 14:
            continue
        block.append(line)
    taken = {id(line) for line in block}
    return block, [line for line in rest if id(line) not in taken]


def _cut_at(line: Line, header: Header, page: Page) -> list[Line]:
    """The line parted at the column gap, where one row of ink holds ô 5b and a margin note."""
    box = line.bbox
    band = header.bottom - 6 < box.center_y < header.bottom + 0.12 * page.height
    if not band or box.left > header.split - 30 or box.right < header.split + 45:
        return [line]
    gaps = [
        (word.bbox.left - before.bbox.right, index)
        for index, (before, word) in enumerate(zip(line.words, line.words[1:], strict=False), 1)
        if header.split - 40 < word.bbox.left < header.split + 40
    ]
    widest, index = max(gaps, default=(0.0, 0))
    others = sorted(
        word.bbox.left - before.bbox.right
        for before, word in zip(line.words, line.words[1:], strict=False)
    )
    usual = others[len(others) // 2]
    if widest < 0.6 * line.height or widest < 1.8 * usual:
        return [line]
    return [
        dataclasses.replace(line, words=line.words[:index]),
        dataclasses.replace(line, words=line.words[index:]),
    ]


def _title_block(page: Page, rest: list[Line]) -> tuple[list[Region], list[Line]]:
    """Ô 5a: the type's name in capitals, centred, and the subject lines below it."""
    title = next(
        (line for line in rest[:14] if _is_title(line, page)),
        None,
    )
    if title is None:
        return [], rest
    subject: list[Line] = []
    size = max(title.height, _typical_height(page))
    for line in rest:
        if line.bbox.top <= title.bbox.top + 2:
            continue
        line = _centred_part(line, title, page)
        if not _is_prose(line):
            continue  # a rule, a speck, a letter of a seal
        last = (subject[-1] if subject else title).bbox
        gap = line.bbox.top - last.bottom
        centred = abs(line.bbox.center_x - title.bbox.center_x) < 0.07 * page.width
        if gap > (1.2 if subject else 2.4) * size or not centred:
            if line.bbox.right < title.bbox.center_x - 40 and line.bbox.width < 0.25 * page.width:
                continue  # a stamp beside the subject
            break
        if bare(line.text).startswith(("kinh gui", "can cu")):
            break
        widest = max((one.bbox.width for one in subject), default=line.bbox.width)
        if line.bbox.width > 1.02 * widest and _BODY_OPENS.match(bare(line.text).lstrip("_ ")):
            break
        if (
            _is_upper(line.text)
            and not (subject and _is_upper(subject[0].text))
            and _is_office(line)
        ):
            break  # the authority's name before the legal grounds: `CHỦ TỊCH ỦY BAN …`
        subject.append(line)
        if len(subject) >= 9:
            break
    taken = {word.bbox for line in (title, *subject) for word in line.words}
    regions = [Region(Zone.TITLE, page.number, (title,))]
    if subject:
        regions.append(Region(Zone.SUBJECT, page.number, tuple(subject)))
    return regions, [line for line in rest if not any(word.bbox in taken for word in line.words)]


def _centred_part(line: Line, title: Line, page: Page) -> Line:
    """The line without what a stamp beside it put into its row, where that centres it.

    An ĐẾN stamp often stands at the left margin beside the subject; the engine joins
    its letters to the line of print.
    """
    middle = title.bbox.center_x
    within = 0.07 * page.width
    if abs(line.bbox.center_x - middle) < within:
        return line
    for index in range(1, min(len(line.words), 7)):
        kept = line.words[index:]
        gap = kept[0].bbox.left - line.words[index - 1].bbox.right
        dropped = line.words[:index]
        doubtful = sum(word.confidence for word in dropped) < 0.75 * len(dropped)
        if len(kept) < 2 or not (gap > 0.6 * line.height or doubtful):
            continue
        part = dataclasses.replace(line, words=kept)
        if abs(part.bbox.center_x - middle) < 0.6 * within:
            return part
    return line


def _is_prose(line: Line) -> bool:
    """Whether the line is words, not specks: letters, and most of them read surely."""
    signs = sum(char.isalnum() for char in line.text)
    return signs >= 4 and (line.confidence >= 0.6 or signs >= 20)


def _is_office(line: Line) -> bool:
    """Whether the line is an office in capitals, `CHỦ TỊCH ỦY BAN NHÂN DÂN`, not a subject."""
    return (
        re.match(
            r"(?:chu tich|giam doc|thu tuong|bo truong|hieu truong|chanh an|truong ban|uy ban nhan dan|hoi dong"
            r"|tong cuc truong|cuc truong|vien truong|chi cuc truong|truong phong|thong doc|tong giam doc)\b",
            bare(line.text),
        )
        is not None
    )


_TITLES = (
    "nghi quyet", "quyet dinh", "chi thi", "quy che", "quy dinh", "thong cao", "thong bao",
    "huong dan", "chuong trinh", "ke hoach", "phuong an", "de an", "du an", "bao cao", "bien ban",
    "to trinh", "hop dong", "cong dien", "ban ghi nho", "ban thoa thuan", "giay uy quyen",
    "giay moi", "thu moi", "giay gioi thieu", "giay nghi phep", "phieu gui", "phieu chuyen",
    "phieu bao", "thu cong", "nghi dinh", "thong tu", "thong tu lien tich", "phap lenh", "luat",
    "bo luat", "ket luan", "thong tri", "thong bao ket luan", "lenh", "sac lenh", "quyet dinh lien tich",
    "don de nghi", "giay phep", "giay chung nhan", "ket luan thanh tra", "cong van", "giay xac nhan",
    "ban cam ket", "quy trinh", "tuyen bo", "loi keu goi", "lich cong tac", "nghi quyet lien tich",
)  # fmt: skip


def _is_title(line: Line, page: Page) -> bool:
    """A short line in capitals that is a document type, near the page's middle."""
    text = line.text.strip(" .:-*_")
    key = bare(text)
    centred = abs(line.bbox.center_x - page.width / 2) < 0.16 * page.width
    if not centred or not _is_upper(text) or len(key) > 40:
        return False
    return any(
        fuzz.ratio(key, title) >= 82 or (key.startswith(title + " ") and len(title) > 6)
        for title in _TITLES
    )


_URGENCY = re.compile(r"[^a-z]*(?:thuong khan|hoa toc(?: hen gio)?|khan)[^a-z]*")


def _addressees(page: Page, rest: list[Line]) -> tuple[list[Line], list[Line]]:
    """Ô 9a: `Kính gửi` and the entries to its right or below, before the body."""
    start = next(
        (
            index
            for index, line in enumerate(rest)
            if re.match(r"[^a-z]{0,8}(?:kinh|kinb|klnh) g[ui]", bare(line.text))
            or fuzz.ratio(bare(line.text)[:8], "kinh gui") >= 80
        ),
        None,
    )
    if start is None or rest[start].bbox.top > 0.6 * page.height:
        return [], rest
    anchor = rest[start]
    block = [anchor]
    margin = _left_margin(rest[start + 1 :], page)
    size = max(anchor.height, _typical_height(page))
    entries = [word for word in anchor.words[2:] if any(char.isalnum() for char in word.text)]
    entry_left: float | None = entries[0].bbox.left if entries else None
    for line in rest[start + 1 :]:
        line = _from_bullet(line, anchor)
        last = block[-1]
        gap = line.bbox.top - last.bbox.bottom
        if bare(line.text).lstrip("-– ").startswith("can cu "):
            break
        if _URGENCY.fullmatch(bare(line.text)) and _is_upper(line.text):
            continue  # a stamp beside the entries; it stays among the other lines
        if (
            abs(line.bbox.center_y - anchor.bbox.center_y) < 0.7 * size
            and line.bbox.left > anchor.bbox.right - 4
        ):
            block.append(line)
            entry_left = entry_left or line.bbox.left
            continue
        bulleted = re.match(r"^\s*[-–—_•*+~ˆ]\s?\w", line.text) is not None
        limit = 1.9 if bulleted else 1.0
        if (
            gap > limit * anchor.height
            or line.bbox.left < margin + 12
            and line.bbox.right > 0.8 * page.width
        ):
            break
        if entry_left is not None and line.bbox.left < entry_left - 45 and not bulleted:
            break
        if (
            not bulleted
            and re.search(r"[.]\s*$", last.text)
            and line.bbox.left < (entry_left or 0) + 60
            and not line.text.startswith("(")
        ):
            break
        if (
            not bulleted
            and line.bbox.left <= margin + 40
            and (entry_left is None or line.bbox.left < entry_left - 8)
        ):
            break
        entry_left = min(entry_left or line.bbox.left, line.bbox.left) if bulleted else entry_left
        entry_left = entry_left or line.bbox.left
        block.append(line)
    taken = {word.bbox for line in block for word in line.words}
    return block, [line for line in rest if not any(word.bbox in taken for word in line.words)]


def _from_bullet(line: Line, anchor: Line) -> Line:
    """The line from its bullet on, where a stamp's letters stand before it in its row."""
    for index, word in enumerate(line.words[:8]):
        if index and word.text in {"-", "–", "—"} and word.bbox.left > anchor.bbox.left - 10:
            before = line.words[:index]
            if sum(one.confidence for one in before) < 0.8 * len(before):
                return dataclasses.replace(line, words=line.words[index:])
    return line


def _left_margin(lines: Sequence[Line], page: Page) -> float:
    wide = sorted(line.bbox.left for line in lines if line.bbox.width > 0.55 * page.width)
    return wide[len(wide) // 4] if wide else 0.12 * page.width


# --- later pages and the letter's tail -------------------------------------------------


def _page_furniture(page: Page, segments: list[Line]) -> tuple[list[Region], list[Line]]:
    """The page number at the top or foot (digits alone), and the rest."""
    numbers = [
        line
        for line in segments
        if re.fullmatch(r"\W*\d{1,3}\W*", line.text)
        and (line.bbox.bottom < 0.1 * page.height or line.bbox.top > 0.92 * page.height)
    ]
    if not numbers:
        return [], segments
    taken = {id(line) for line in numbers}
    return (
        [Region(Zone.PAGE_NUMBER, page.number, tuple(numbers))],
        [line for line in segments if id(line) not in taken],
    )


def _opens_annex(segments: Sequence[Line]) -> bool:
    return any(_ANNEX.match(bare(line.text)) and len(line.text) < 60 for line in segments[:5])


def is_copies_to(text: str) -> bool:
    """Whether a line opens ô 9b, `Nơi nhận:`, OCR slips allowed."""
    key = bare(text)[:9].strip()
    return fuzz.ratio(key, "noi nhan") >= 78 and len(bare(text)) < 16


_FILE_COPY = re.compile(r"^\W*L[ưuữừ]+u?\s*[:;.,]?\s*(?:V[TPF]|VPTU|HC|TC|[A-ZĐ]{2,})")


def _tail_start(pages: Sequence[Page]) -> tuple[int, Line] | None:
    """The page index and first line of ô 9b: `Nơi nhận`, else the list that ends in `Lưu:`."""
    lines_of = [_segments(page) for page in pages]
    for index, (page, lines) in enumerate(zip(pages, lines_of, strict=True)):
        for line in lines:
            if line.bbox.left < 0.45 * page.width and is_copies_to(line.text):
                return index, line
    for index, (page, lines) in enumerate(zip(pages, lines_of, strict=True)):
        left = [line for line in lines if line.bbox.left < 0.35 * page.width]
        last = next((line for line in left if _FILE_COPY.match(line.text)), None)
        if last is not None:
            return index, _list_head(left, last)
    return None


def tail_band(page: Page) -> BBox | None:
    """The rows of ô 9b on a page, full width: from above `Nơi nhận` to below `Lưu`.

    `None` where the page shows neither; points.
    """
    lines = [line for line in _segments(page) if line.bbox.left < 0.45 * page.width]
    last = next((line for line in lines if _FILE_COPY.match(line.text)), None)
    anchor = next((line for line in lines if is_copies_to(line.text)), None)
    if last is None and anchor is None:
        return None
    if last is None or (anchor is not None and last.bbox.top < anchor.bbox.top):
        last = anchor
    if last is None:
        return None
    head = anchor or last
    if anchor is None:
        for line in sorted(lines, key=lambda one: -one.bbox.top):
            if line.bbox.top < head.bbox.top and head.bbox.top - line.bbox.bottom < 9:
                head = line
    below = [
        line.bbox.bottom
        for line in lines
        if 0 <= line.bbox.top - last.bbox.bottom < 8 and line.bbox.left < last.bbox.left + 60
    ]
    bottom = max([last.bbox.bottom, *below])
    top = head.bbox.top - (4 if anchor is not None else 18)
    return BBox(0.0, max(top, 0.0), page.width, min(bottom + 6, page.height))


def _list_head(left: Sequence[Line], last: Line) -> Line:
    """The first bullet of the list that `last` ends."""
    head = last
    for line in reversed([one for one in left if one.bbox.top < last.bbox.top]):
        near = head.bbox.top - line.bbox.bottom < 1.5 * last.height
        if near and re.match(r"^\s*[-–—_•*~]", line.text) and line.bbox.width < 260:
            head = line
        elif not near:
            break
    return head


def _tail_regions(page: Page, segments: list[Line], anchor: Line) -> list[Region]:
    """Body, recipients at the left and signature at the right of `Nơi nhận`."""
    top = anchor.bbox.top
    split = _tail_split(page, segments, anchor)
    body: list[Line] = []
    copies: list[Line] = []
    signature: list[Line] = []
    for line in segments:
        box = line.bbox
        if box.left >= split - 6 and box.center_y > top - 62 and _in_signature(line, top, page):
            signature.append(line)
        elif box.center_y < top - 2 and not (abs(box.center_y - anchor.bbox.center_y) < 5):
            body.append(line)
        elif box.left < split - 6 and box.center_x < 0.53 * page.width:
            copies.append(line)
        else:
            signature.append(line)
    out: list[Region] = []
    _append(out, Zone.BODY, page, body)
    _append(out, Zone.RECIPIENTS, page, copies)
    _append(out, Zone.SIGNATURE, page, signature)
    return out


def _in_signature(line: Line, top: float, page: Page) -> bool:
    if line.bbox.center_y >= top - 4:
        return True
    return _is_upper(line.text) and len(line.words) <= 8 and line.bbox.left > 0.38 * page.width


def _tail_split(page: Page, segments: Sequence[Line], anchor: Line) -> float:
    """X that parts recipients from the signature: the left edge of the right block."""
    right = [
        line.bbox.left
        for line in segments
        if line.bbox.center_y > anchor.bbox.top - 62
        and line.bbox.left > anchor.bbox.left + 0.22 * page.width
        and _is_upper(line.text)
        and len(line.text) > 5
    ]
    return min(right) if right else 0.5 * page.width


def _after_tail(page: Page, segments: list[Line], regions: Sequence[Region]) -> list[Region]:
    """Pages after the signature: the recipients' list may run on, else an annex."""
    out: list[Region] = []
    _append(out, Zone.ANNEX, page, segments)
    return out


def _append(regions: list[Region], zone: Zone, page: Page, lines: Sequence[Line]) -> None:
    if lines:
        regions.append(Region(zone, page.number, tuple(lines)))


def name_band(page: Page) -> BBox | None:
    """Where the signer's name may stand: below his office; `None` without a signature."""
    region = next((one for one in find_regions((page,)) if one.zone is Zone.SIGNATURE), None)
    if region is None:
        return None
    offices = [
        line
        for line in region.lines[:8]
        if _is_upper(line.text) and line.confidence > 0.6 and len(line.text) >= 7
    ]
    if not offices:
        return None
    box = BBox.around(line.bbox for line in offices)
    return BBox(
        max(0.0, box.left - 60),
        offices[-1].bbox.bottom,
        min(page.width, box.right + 60),
        min(page.height, offices[-1].bbox.bottom + 190),
    )


def header_box(page: Page) -> BBox | None:
    """Where the head of a first page stands, points; `None` without a motto."""
    header = find_header(page, _segments(page))
    return BBox(0.0, 0.0, page.width, header.bottom + 20) if header else None
