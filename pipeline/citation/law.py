"""Laws, codes, ordinances and constitutions cited by name.

The name ends where a known name ends, or where a number or date follows, or before a
word that no name goes on with. `Luật sửa đổi, bổ sung một số điều của Luật A và Luật B`
is one act. Knows nothing of relations or issuers.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.citation.lexicons import alternation, doc_types, law_names, words
from pipeline.citation.shadow import Views, shadow_text
from pipeline.vietnamese import fold_tone_placement

LONGEST = 24  # words of a name that a number or date closes
TAUGHT = 400  # characters of a list of subjects before one of them
GUESSED = 6  # words of a name that nothing closes

#: Acts whose name is their title, `Luật Đất đai`, by the bare word before it.
KINDS = {
    "luat": "Luật", "bo luat": "Bộ luật", "phap lenh": "Pháp lệnh", "hien phap": "Hiến pháp",
}  # fmt: skip
KIND = re.compile(
    r"(?<![^\W_])(?:bo[ ]{1,3})?luat(?![\w])"
    r"|(?<![^\W_])(?:phap[ ]{1,3}lenh|hien[ ]{1,3}phap)(?![\w])"
)
_AMENDS = re.compile(r"[ ]{1,3}(?:sua[ ]{1,2}doi|bo[ ]{1,2}sung)(?![\w])")
_OF = re.compile(
    r"[ ]{1,3}(?:sua doi|bo sung)(?:[ ,]{1,3}(?:bo {1,2}sung|sua {1,2}doi))?[ ]{1,2}(?:[^;.:()]{0,160}?"
    r"(?<![a-z])cua(?:[ ]{1,2}cac)?|(?:dieu|khoan) \d{1,3}"
    r"|mot so dieu)[ ]{1,3}(?=(?:bo )?luat |phap lenh )"
)
_AND = re.compile(r"[ ]{0,2}(?:,|va|,[ ]?va)[ ]{1,3}(?=(?:bo )?luat |phap lenh )")
_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ ]{0,2},?[ ]{1,3}|[ ]?-[ ]?")
#: what closes a name of any length: its number, its date, its year
_CLOSED = re.compile(
    r"[ ]{0,3}\(?(?:so[ ]{0,2}:?[ ]{0,2}(?=\d{1,4}[a-z]?[ ]?[/-])"
    r"|(?=\d{1,3}/\d{4}/(?:qh|ubtvqh|pl|l))"
    r"|ngay[ ]{1,3}(?=\d)|(?:cac[ ]{1,3})?nam[ ]{1,3}(?=(?:19|20)\d\d(?!\d))|cong bo ngay[ ]{1,3}(?=\d))"
)
#: a date that cannot be read closes a name too: no name holds one
_DAMAGED_DATE = re.compile(r"ngay[ ]{1,3}[^ ]{1,4}(?:[ ][^ ]{1,2})?[ ]{1,2}thang(?![\w])")
_ABOUT = re.compile(r"[ ]{1,3}ve(?=[ ])")  # `Pháp lệnh về thuế nhà, đất`
_SPACE = re.compile(r"[ ]{1,3}")
_PREVENT = re.compile(r"(?<=phong),[ ]{1,3}(?=chong )")  # `Luật Phòng, chống …`
_TAUGHT = re.compile(
    r"(?<![a-z])(?:nganh|chuong trinh dao tao|ctdt|mon|mon hoc|hoc phan)[ ][^.;:()]*"
    r"(?:,|(?<![a-z])va|(?<![a-z])hoac)[ ]{1,2}$"
)
#: the year of a class behind a subject: `Luật kinh tế 16`, `Luật Kinh tế 11A`; as II it was misread
_CLASS = re.compile(r"[ ]{1,2}(?:khoa[ ]{1,2})?k?\d{1,2}[a-z]?(?![\w/-]|[.,]\d|[ ]nam )")
_CLASS_READ = re.compile(r"[ ][\dil|]{2}[a-d]?$")
#: who passes laws is told behind a name, and no part of it
_PASSER = re.compile(r"[ ]cua[ ](?:uy ban thuong vu )?quoc hoi$")
_PASSED = re.compile(
    r"[ ]{0,2},?[ ]{0,2}(?:da[ ])?duoc[ ](?:quoc hoi|uy ban thuong vu)[^.;]{0,110}?"
    r"thong qua[ ]{1,2}"
)
_CONSTITUTION = re.compile(
    r"[ ]{1,3}(?:nuoc )?(?:cong hoa xa hoi chu nghia viet nam|viet nam dan chu cong hoa"
    r"|viet nam)(?![\w])"
)


@dataclass(frozen=True, slots=True)
class LawName:
    """A law's type and name; `end` is where the name ends, half-open."""

    doc_type: str
    title: str | None
    start: int
    end: int
    certain: bool


def law_at(seen: Views, start: int, kind_end: int) -> LawName | None:
    """The law whose type word stands at `start`; `None` where it is none.

    Args:
        seen: the text.
        start: first character of `Luật`, `Bộ luật`, `Pháp lệnh`, `Hiến pháp`.
        kind_end: end of that word.
    """
    if _follows_other_word(seen, start):
        return None
    kind = KINDS[" ".join(seen.shadow[start:kind_end].split())]
    if not seen.plain[start].isupper():
        # `căn cứ luật Tổ chức Chính phủ`: the capital stands in the name
        end = _known_end(seen, kind_end) if seen.plain[kind_end + 1 : kind_end + 2].isupper() else 0
        return LawName(kind, _title(seen, kind_end, end), start, end, certain=True) if end else None
    if kind == "Hiến pháp":
        whole = _CONSTITUTION.match(seen.shadow, kind_end)
        end = whole.end() if whole else kind_end
        return LawName(kind, None, start, end, bool(whole) or bool(_CLOSED.match(seen.shadow, end)))
    if _CLOSED.match(seen.shadow, kind_end):
        return LawName(kind, None, start, kind_end, certain=False)
    if _AMENDS.match(seen.shadow, kind_end):
        return _amending(seen, kind, start, kind_end)
    name_end, certain = _name_end(seen, kind_end)
    if name_end is None or (not certain and _is_taught(seen, start, kind_end, name_end)):
        return None
    return LawName(kind, _title(seen, kind_end, name_end), start, name_end, certain)


def _follows_other_word(seen: Views, start: int) -> bool:
    """`Đại học Luật`, `Pháp luật`: the word before makes it something else."""
    before = seen.shadow[max(0, start - 12) : start]
    return bool(_not_before().search(before))


def _is_taught(seen: Views, start: int, kind_end: int, end: int) -> bool:
    """Whether a name in no list is a subject that is taught, or a class of it, no act.

    `04 chương trình đào tạo ngành Quản trị kinh doanh, Ngôn ngữ Anh, Luật kinh tế`; a figure
    or two behind a name are the year of a class: `Kế toán 16, Luật kinh tế 16`.
    """
    if _CLASS.match(seen.shadow, end) or _CLASS_READ.search(seen.shadow, kind_end, end):
        return True
    name = seen.plain[kind_end + 1 : kind_end + 2]
    return name.islower() and bool(_TAUGHT.search(seen.shadow, max(0, start - TAUGHT), start))


@functools.cache
def _not_before() -> re.Pattern[str]:
    return re.compile("(?<![a-z])(?:" + "|".join(words("law", "not_before")) + r")[ ]{1,3}$")


def _title(seen: Views, start: int, end: int) -> str | None:
    name = " ".join(seen.text[start:end].split())
    shadow = shadow_text(name)
    if passer := _PASSER.search(shadow):
        name, shadow = name[: passer.start()], shadow[: passer.start()]
    known = _known_by_shadow().get(shadow)
    if known and known.casefold() != fold_tone_placement(name).casefold():
        return known  # only tone marks differ: they were misread
    for meant, pattern in _phrases():
        for match in pattern.finditer(shadow):
            printed = name[match.start() : match.end()]
            if printed.casefold() != meant:
                whole = meant if printed[0].islower() else meant[0].upper() + meant[1:]
                name = name[: match.start()] + whole + name[match.end() :]
    return name or None


@functools.cache
def _known_by_shadow() -> dict[str, str]:
    return {shadow_text(name): fold_tone_placement(name) for name in law_names()}


@functools.cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What every amending act's name holds, to put right misread marks (`sửa đối`)."""
    phrases = ("sửa đổi", "bổ sung", "một số điều của")
    return tuple((one, re.compile(rf"(?<![a-z]){shadow_text(one)}(?![a-z])")) for one in phrases)


def _amending(seen: Views, kind: str, start: int, kind_end: int) -> LawName | None:
    """An amending act: its name holds the names of the laws that it amends."""
    of = _OF.match(seen.shadow, kind_end)
    if of is None:
        if known := _known_end(seen, kind_end):
            return LawName(kind, _title(seen, kind_end, known), start, known, certain=True)
        end = _closed_end(seen, kind_end)
        return LawName(kind, _title(seen, kind_end, end), start, end, True) if end else None
    position = of.end()
    end = None
    while True:
        inner = KIND.match(seen.shadow, position)
        if inner is None:
            break
        inner_end, _ = _name_end(seen, inner.end())
        if inner_end is None:
            break
        end = inner_end
        more = _AND.match(seen.shadow, end)
        # another amending law is another act
        if more is None or not (kind_next := KIND.match(seen.shadow, more.end())):
            break
        if _AMENDS.match(seen.shadow, kind_next.end()):
            break
        if not _whole_list(seen, of, more):
            break
        position = more.end()
    if end is None:
        return None
    return LawName(kind, _title(seen, kind_end, end), start, end, certain=True)


def _whole_list(seen: Views, of: re.Match[str], more: re.Match[str]) -> bool:
    """Whether a further law is still amended by the same act.

    So with `các luật`, and where a date or number closes the list.
    """
    if "cac" in of[0][-12:]:
        return True
    ahead = seen.shadow[more.end() : more.end() + 160]
    inner = KIND.match(seen.shadow, more.end())
    if inner is None:
        return False
    end, _ = _name_end(seen, inner.end())
    return end is not None and bool(_CLOSED.match(seen.shadow, end)) and bool(ahead)


def _name_end(seen: Views, kind_end: int) -> tuple[int | None, bool]:
    """Where the name after a type word ends, and whether that is certain."""
    known = _known_end(seen, kind_end)
    if known is not None and _CLOSED.match(seen.shadow, known):
        return known, True
    closed = _closed_end(seen, kind_end)
    if closed is not None:
        return closed, True
    if known is not None:
        return known, True
    # a name in no list is read only where the word before it is printed well
    printed = fold_tone_placement(seen.text[kind_end - 4 : kind_end].lower())
    if printed.strip() not in {"luật", "lệnh"}:
        return None, False
    return _guessed_end(seen, kind_end), False


@functools.cache
def _names() -> dict[str, object]:
    """Known names as a tree over words; `""` marks where a name may end."""
    root: dict[str, object] = {}
    for name in law_names():
        node = root
        for word in _WORD.findall(shadow_text(name)):
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[""] = True
    return root


def _known_end(seen: Views, position: int) -> int | None:
    """End of the longest known name that starts after `position`."""
    node: dict[str, object] | None = _names()
    end = None
    first = True
    if about := _ABOUT.match(seen.shadow, position):
        position = about.end()
    while node is not None:
        gap = _GAP.match(seen.shadow, position)
        word = _WORD.match(seen.shadow, gap.end()) if gap else None
        if word is None or (first and gap is not None and "," in gap[0]):
            break
        following = node.get(word[0])
        node = following if isinstance(following, dict) else None
        if node is None:
            break
        position = word.end()
        first = False
        if "" in node:
            end = position
    return end


def _closed_end(seen: Views, position: int) -> int | None:
    """End of a name that its number or date closes, without a verb in between."""
    low = position
    end = None
    for count in range(LONGEST):
        gap = _GAP.match(seen.shadow, position)
        word = _WORD.match(seen.shadow, gap.end()) if gap else None
        if word is None or gap is None or (count == 0 and "," in gap[0]):
            return None
        if count and _CLOSED.match(seen.shadow, position):
            return end
        if count and _DAMAGED_DATE.match(seen.shadow, word.start()):
            return end
        if (
            _is_document(seen, word.start())
            or _breaks().match(seen.shadow, word.start())
            or KIND.match(seen.shadow, word.start())
        ):
            return None
        position = end = word.end()
    return end if end and end > low and _CLOSED.match(seen.shadow, end) else None


def _is_document(seen: Views, position: int) -> bool:
    """Whether another document's type word stands there, with its capital."""
    return seen.plain[position].isupper() and bool(_other().match(seen.shadow, position))


@functools.cache
def _other() -> re.Pattern[str]:
    kinds = [name for name in doc_types() if name not in {"quy hoach", "hop dong"}]
    return re.compile("(?:" + alternation(kinds) + r")[ ]{1,3}(?:so[ ]|\d)")


@functools.cache
def _breaks() -> re.Pattern[str]:
    """Words inside a span that show it is no name: verbs, other documents."""
    verbs = (
        "co hieu luc",
        "duoc",
        "nay",
        "quy dinh tai",
        "theo",
        "thi",
        "da",
        "tu ngay",
        "ke tu",
        "la",
        "khi",
        "hoac",
        "de",
    )
    return re.compile(
        "(?:"
        + alternation(
            (
                *verbs,
                *(
                    n
                    for n in doc_types()
                    if n
                    not in {
                        "hop dong",
                        "quy hoach",
                        "quyet dinh",
                        "quy dinh",
                        "bao cao",
                        "thong bao",
                        "du an",
                        "chuong trinh",
                        "chien luoc",
                    }
                ),
            )
        )
        + r")(?![\w])"
    )


def _guessed_end(seen: Views, position: int) -> int | None:
    """End of a name in no list: up to a sign or a word that no name goes on with."""
    end = None
    count = 0
    for count in range(GUESSED):  # noqa: B007
        gap = _PREVENT.match(seen.shadow, position) or _SPACE.match(seen.shadow, position)
        word = _WORD.match(seen.shadow, gap.end()) if gap else None
        if word is None or word[0].isdigit():
            break
        if _stop().match(seen.shadow, word.start()):
            break
        position = end = word.end()
    if count == 1 and end is not None:
        return None  # one syllable is a name cut off, or no name
    if end is not None and seen.shadow.startswith("    ", end):
        return None  # a column ends here, not the name
    return end


@functools.cache
def _stop() -> re.Pattern[str]:
    return re.compile("(?:" + alternation((*words("law", "stops"), *doc_types())) + r")(?![\w])")


def passed_date_start(seen: Views, end: int) -> int | None:
    """Where the date starts of `… được Quốc hội … thông qua ngày 21/11/2007`, if it is so."""
    match = _PASSED.match(seen.shadow, end)
    return match.end() if match and seen.shadow.startswith("ngay", match.end()) else None
