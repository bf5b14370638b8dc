"""The heading: the type's name in capitals and the subject below it (ô 5a)."""

from __future__ import annotations

import dataclasses
import re

from rapidfuzz import fuzz

from pipeline.layout.anchors import is_upper
from pipeline.layout.lines import is_prose, typical_height
from pipeline.page import Line, Page, Region, Zone
from pipeline.vietnamese import bare

_TITLES = (
    "nghi quyet", "quyet dinh", "chi thi", "quy che", "quy dinh", "thong cao", "thong bao",
    "huong dan", "chuong trinh", "ke hoach", "phuong an", "de an", "du an", "bao cao", "bien ban",
    "to trinh", "hop dong", "cong dien", "ban ghi nho", "ban thoa thuan", "giay uy quyen",
    "giay moi", "thu moi", "giay gioi thieu", "giay nghi phep", "phieu gui", "phieu chuyen",
    "phieu bao", "thu cong", "nghi dinh", "thong tu", "thong tu lien tich", "phap lenh", "luat",
    "bo luat", "ket luan", "thong tri", "thong bao ket luan", "lenh", "sac lenh", "quyet dinh lien tich",
    "don de nghi", "giay phep", "giay chung nhan", "ket luan thanh tra", "cong van", "giay xac nhan",
    "ban cam ket", "quy trinh", "tuyen bo", "loi keu goi", "lich cong tac", "nghi quyet lien tich",
    "dieu le", "noi quy", "the le", "phieu trinh", "van ban hop nhat", "thu ngo",
)  # fmt: skip
#: How the first paragraph of a body begins, where no blank parts it from the subject.
_BODY_OPENS = re.compile(
    r"^(?:thuc hien|can cu|thi hanh|theo |nham |de |ngay |trong |ngay sau|sau khi|xet |tiep theo)"
)


def title_block(page: Page, rest: list[Line]) -> tuple[list[Region], list[Line]]:
    """Ô 5a: the type's name in capitals, centred, and the subject lines below it."""
    title = next(
        (line for line in rest[:14] if _is_title(line, page)),
        None,
    )
    if title is None:
        return [], rest
    printed = title
    title = _type_alone(title)
    subject: list[Line] = []
    size = max(title.height, typical_height(page))
    for line in rest:
        if line.bbox.top <= title.bbox.top + 2:
            continue
        line = _centred_part(line, title, page)
        if not is_prose(line) or any(_is_shard(line, other) for other in rest):
            continue  # a rule, a speck, a letter of a seal
        last = (subject[-1] if subject else title).bbox
        gap = line.bbox.top - last.bottom
        centred = abs(line.bbox.center_x - title.bbox.center_x) < 0.07 * page.width
        if gap > (1.2 if subject else 2.4) * size or not centred:
            narrow = line.bbox.width < 0.25 * page.width or line.confidence < 0.7
            if narrow and line.bbox.right < title.bbox.center_x - 40:
                continue  # a stamp beside the subject
            break
        if bare(line.text).startswith(("kinh gui", "can cu")):
            break
        widest = max((one.bbox.width for one in subject), default=line.bbox.width)
        if line.bbox.width > 1.02 * widest and _BODY_OPENS.match(bare(line.text).lstrip("_ ")):
            break
        if is_upper(line.text) and not (subject and is_upper(subject[0].text)) and _is_office(line):
            break  # the authority's name before the legal grounds: `CHỦ TỊCH ỦY BAN …`
        subject.append(line)
        if len(subject) >= 9:
            break
    taken = {word.bbox for line in (printed, *subject) for word in line.words}
    regions = [Region(Zone.TITLE, page.number, (title,))]
    if subject:
        regions.append(Region(Zone.SUBJECT, page.number, tuple(subject)))
    return regions, [line for line in rest if not any(word.bbox in taken for word in line.words)]


def _is_shard(line: Line, other: Line) -> bool:
    """Whether the line is the upper or lower half of a part of `other`, read as a line.

    The engine does so where a stamp stands in the row.
    """
    flat = line.height < 0.75 * other.height and line.bbox.width < other.bbox.width
    return flat and line.bbox.overlap(other.bbox) > 0.3 * line.bbox.area


def _type_alone(title: Line) -> Line:
    """The heading without the signs that a stamp or a rule beside it was read as."""
    words = [word for word in title.words if sum(char.isalpha() for char in word.text) > 1]
    return dataclasses.replace(title, words=tuple(words)) if words else title


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


def _is_title(line: Line, page: Page) -> bool:
    """A short line in capitals that is a document type, near the page's middle."""
    text = line.text.strip(" .:-*_")
    key = bare(text)
    centred = abs(line.bbox.center_x - page.width / 2) < 0.16 * page.width
    if not centred or not is_upper(text) or len(key) > 40:
        return False
    return any(
        fuzz.ratio(key, title) >= 82 or (key.startswith(title + " ") and len(title) > 6)
        for title in _TITLES
    )
