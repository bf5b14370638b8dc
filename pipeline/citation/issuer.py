"""Who issued a cited directive, as printed behind it.

A printed name is kept as printed, old names too; only a minister is named by the
ministry. Knows nothing of numbers.
"""

from __future__ import annotations

import functools
import re

from pipeline.citation.lexicons import alternation, doc_types, read_table, words
from pipeline.citation.shadow import Views, shadow_text

LONGEST = 16  # words of a body's name

_LINK = re.compile(r"[ ]{0,3},?[ ]{0,3}(?:\([^()]{0,40}\)[ ]{0,2})?(?:cua|do)[ ]{1,3}")
#: a sign with a blank on both sides is none of print where the name goes on with its place
_GAP = re.compile(
    r"[ ]{1,2}[:.,'`][ ]{1,2}(?=(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|thi tran)(?![\w]))"
    r"|[ ]{0,3}(?:-[ ]{0,3})?"
)
_STRAY = re.compile(r"\s[:.,'`](?=\s)")
_ABOUT = re.compile(r"[ ]{1,3}(?:ve viec|ve|v/v)(?![\w])")
_YEAR = re.compile(r"nam[ ]{1,3}(?:19|20)\d\d(?!\d)")
_MORE = re.compile(r"[ ]{0,2}(?:,|-|va)[ ]{1,2}")
_DOUBLE = re.compile(r"bo truong, chu nhiem (?=\w)")  # two offices of one person
_WORD = re.compile(r"[^\W_]+\.?(?:&[^\W_]+)?")
#: bodies that stand under another, whose name may follow behind a dash: `Cục … - Bộ Y tế`
_PLACED_UNDER = re.compile(r"(?:cuc|vu|chi cuc|tong cuc|ban|phong|vien|trung tam)(?![\w])")
_OVER = re.compile(
    r",[ ]{1,3}(?P<more>(?:[^\W_]+[ ]{1,2}){1,5}?[^\W_]+)[ ]{1,2}-[ ]{1,2}(?=(?:bo|so|ubnd|uy ban|tong cuc|cuc)[ ])"
)
#: first halves of verbs (`thông qua`, `ban hành`), alone where the rest was not read: no name
#: ends with them but for `… an toàn giao thông`, `Viễn thông`, `Ủy ban`
_HALVES = re.compile(
    r"[ ](?:quy|qui|phe|huong)$|(?<!giao)(?<!vien)(?<!truyen)(?<!pho)[ ]thong$"
    r"|(?<!uy)(?<!truong)(?<!pho)[ ]ban$"
)
#: what is left of a minister whose ministry was not read: nobody's name
_NOBODY = re.compile(r"bo(?: truong(?: bo)?)?")
_JOINT = re.compile(
    r"(?:lien bo|lien tich|lien nganh)[ :]+(?=(?:bo|tong|ngan hang|toa|vien|uy ban)[ ])"
)


def issuer_after(seen: Views, position: int, *, joint: bool) -> tuple[str, int] | None:
    """The body named right after `position`, and where its name ends.

    Args:
        seen: the text.
        position: the end of number and date.
        joint: whether several bodies may have issued it together.
    """
    link = _LINK.match(seen.shadow, position)
    return issuer_at(seen, link.end(), joint=joint) if link else None


def issuer_untold(seen: Views, position: int) -> tuple[str, int] | None:
    """The body named right after a date without `của`, where the subject follows its name.

    `ngày 14/4/2017 Bộ Y tế về việc …`; not `ngày 14/4/2017, Sở Y tế đề nghị …`, whose body
    acts on the document.
    """
    start = position + 1
    if seen.text[position:start] not in {" ", "\n"} or not seen.plain[start : start + 1].isupper():
        return None
    found = issuer_at(seen, start, joint=False)
    return found if found and _ABOUT.match(seen.shadow, found[1]) else None


def issuer_at(seen: Views, start: int, *, joint: bool) -> tuple[str, int] | None:
    """The body whose name starts exactly at `start`, and where the name ends.

    The name is empty where only `Bộ trưởng Bộ` was printed or read.
    """
    if not _head().match(seen.shadow, start):
        return None
    if _is_kind(seen, start) or _opens_title(seen, start, start):
        return None  # `Quy định` holds the letters of `Quỹ`, `Ban hành` is no `Ban`
    if not seen.plain[start].isupper() and not joint:
        return None
    end = _name_end(seen, start, joint=joint)
    if end <= start:
        return None
    printed = " ".join(_STRAY.sub("", seen.text[start:end]).split())
    if _NOBODY.fullmatch(shadow_text(printed)):
        return "", end
    if joint and (opened := _JOINT.match(shadow_text(printed))):
        printed = printed[opened.end() :]
    bodies = _split_bodies(printed) if joint else [printed]
    return "; ".join(_snapped(_without_person(body)) for body in bodies), end


def _snapped(name: str) -> str:
    """A name of the gazetteer where only tone marks differ (`Chỉnh phủ`), else as printed."""
    shadow = shadow_text(name)
    known = _by_shadow().get(shadow)
    if known is None and not shadow.isascii() and len(name) > 8:
        # `Thủ tướng Œhính phủ`: one sign that is no letter of the language
        known = _one_sign_off(shadow)
    return known if known and known.casefold() != name.casefold() else name


@functools.lru_cache(maxsize=1024)
def _one_sign_off(shadow: str) -> str | None:
    """The one name of the gazetteer that agrees but for signs outside the alphabet."""
    pattern = re.compile("".join(re.escape(c) if c.isascii() else "[a-z]" for c in shadow))
    found = {name for known, name in _by_shadow().items() if pattern.fullmatch(known)}
    return found.pop() if len(found) == 1 else None


@functools.cache
def _by_shadow() -> dict[str, str]:
    rows = read_table("lexicons/agencies.tsv")
    return {
        shadow_text(row["name"]): row["name"]
        for row in rows
        if not row["level"].startswith("province")
    }


@functools.cache
def _head() -> re.Pattern[str]:
    return re.compile(alternation(words("issuer", "heads")) + r"(?![\w])")


@functools.cache
def _stop() -> re.Pattern[str]:
    kinds = tuple(doc_types())
    stops = (*words("issuer", "stops"), *words("title", "openers"))
    return re.compile("(?:" + alternation((*stops, *kinds)) + r")(?![\w])")


@functools.cache
def _torn() -> dict[str, re.Pattern[str]]:
    """Stops of two words that a speck parts, by the first: `HĐND tỉnh thông.` + `qua`, `quy 4 định`."""
    halves: dict[str, set[str]] = {}
    for phrase in (*words("issuer", "stops"), *words("title", "openers")):
        first, _, second = phrase.partition(" ")
        if second and " " not in second:
            halves.setdefault(first, set()).add(second)
    return {
        first: re.compile(
            rf"{first}(?:[^\w ]{{1,2}}[ ]{{1,2}}|[ ]{{1,2}}[^ ]{{1,2}}[ ]{{1,2}})"
            rf"(?:{alternation(tuple(seconds))})(?![\w])"
        )
        for first, seconds in halves.items()
    }


@functools.cache
def _opener() -> re.Pattern[str]:
    return re.compile(alternation(words("title", "openers")) + r"(?![\w])")


@functools.cache
def _inner() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{alternation(words('issuer', 'inner'))})(?![a-z])")


@functools.cache
def _inner_comma() -> re.Pattern[str]:
    """A comma with the blank after it that parts no names: `Phòng, chống`."""
    pairs = (pair.split(", ") for pair in words("issuer", "pairs"))
    return re.compile("|".join(rf"(?<=(?<![a-z]){a}),[ ]{{1,3}}(?={b}(?![a-z]))" for a, b in pairs))


@functools.cache
def _named() -> re.Pattern[str]:
    """Bodies whose name holds a comma or a stop word, which would cut it."""
    names = {
        shadow_text(row["name"])
        for row in read_table("lexicons/agencies.tsv")
        if not row["level"].startswith("province") and len(row["name"].split()) > 1
    }
    names = {
        name
        for name in names
        if "(" not in name and not name.startswith("ban chap hanh trung uong,")
    }
    return re.compile(r"(?:bo truong |thong doc )?" + alternation(tuple(names)) + r"(?![\w])")


def _name_end(seen: Views, start: int, *, joint: bool) -> int:
    """Where the name ends that starts at `start`."""
    double = _DOUBLE.match(seen.shadow, start)
    position = double.end() if double else start
    known = _named().match(seen.shadow, position)
    if known:
        position = known.end()
    end = position
    left = LONGEST
    while left:
        left -= 1
        gap = _GAP.match(seen.shadow, position)
        after = gap.end() if gap else position
        more = _MORE.match(seen.shadow, position) if joint else None
        comma = _inner_comma().match(seen.shadow, position)
        if (whole := _under(seen, start, position)) is not None:
            position = end = whole
            left = LONGEST
            continue
        if more and _head().match(seen.shadow, more.end()) and seen.plain[more.end()].isupper():
            after = more.end()
        elif comma:
            after, left = comma.end(), LONGEST
        word = _WORD.match(seen.plain, after)
        if "\n\n" in seen.text[position:after]:
            break  # what follows a blank line is another part of the letter
        joins = comma is not None  # `chữa` of `Khám, chữa bệnh` is no `chưa`
        if word is None or (
            end > start and not joins and _stops_at(seen, start, word, joint=joint)
        ):
            break
        if word[0] == "và" and seen.plain[word.end() + 1 : word.end() + 2].islower():
            left = LONGEST  # a known part follows, `và xây dựng phong trào …`
        position = end = word.end()
        if word[0].endswith(".") and not re.fullmatch(r"(?:TP|Tp|TX|P|Q)\.", word[0]):
            return end - 1
    if seen.plain[start:end].endswith(" và"):
        end -= 3
    half = _HALVES.search(seen.shadow, start, end)
    return half.start() if half and seen.plain[half.start() + 1].islower() else end


def _under(seen: Views, start: int, position: int) -> int | None:
    """Where a name ends that goes on behind a comma up to the body over it.

    `Cục Quản lý Y, Dược cổ truyền - Bộ Y tế`: a dash and a higher body follow only the whole
    name. Not `Cục Quản lý dược, Sở Y tế - …`, where another body starts behind the comma.
    """
    over = _OVER.match(seen.shadow, position)
    if over is None or not _PLACED_UNDER.match(seen.shadow, start):
        return None
    part = over.start("more")
    if not seen.plain[part].isupper() or _head().match(seen.shadow, part):
        return None
    found = _WORD.finditer(seen.shadow, part, over.end("more"))
    stops = (_stop().match(seen.shadow, word.start()) for word in found)
    if "\n\n" in seen.text[position : over.end()] or _is_kind(seen, part) or any(stops):
        return None
    return over.end("more")


def _stops_at(seen: Views, start: int, word: re.Match[str], *, joint: bool) -> bool:
    """Whether the name from `start` ends before a word.

    A verb ends it, another document, an `và` outside it.
    """
    if seen.shadow.startswith("va ", word.start()):
        return not _joins(seen, word.start() + 3, joint=joint)
    if _YEAR.match(seen.shadow, word.start()):
        return True
    torn = _torn().get(seen.shadow[word.start() : word.end()].rstrip("."))
    if torn and word[0][0].islower() and torn.match(seen.shadow, word.start()):
        return True
    if not _stop().match(seen.shadow, word.start()):
        return False
    if word[0][0].isupper():
        return _is_kind(seen, word.start()) or _opens_title(seen, start, word.start())
    return not _is_inner(seen, word.start())


def _is_inner(seen: Views, position: int) -> bool:
    """Whether the word is part of one that names are made of: `vệ` of `bảo vệ` is no `về`."""
    around = _inner().finditer(seen.shadow, max(0, position - 16), position + 16)
    return any(match.start() <= position < match.end() for match in around)


def _opens_title(seen: Views, start: int, position: int) -> bool:
    """Whether a title starts with a capital at `position`, behind a name from `start` on.

    The next word of its phrase is small, as in `Bộ Nội vụ Ban hành quy chế` and `UBND tỉnh V/v
    phê duyệt`, or all of both is in capitals: `CHÍNH PHỦ VỀ CHẾ ĐỘ`. Not `SỞ GIAO THÔNG`: of
    one word only `VỀ` is a phrase that starts no part of a name.
    """
    opener = _opener().match(seen.shadow, position)
    if opener is None:
        return False
    printed = seen.plain[position : opener.end()].split()
    if "/" in printed[0] or printed[-1][0].islower():
        return True
    shouted = position > start and seen.plain[start : opener.end()].isupper()
    phrase = len(printed) > 1 or opener[0] == "ve"
    return shouted and phrase and not _is_inner(seen, position)


def _joins(seen: Views, after: int, *, joint: bool) -> bool:
    """Whether `và` goes on inside the name (`Giáo dục và Đào tạo`)."""
    if after >= len(seen.plain) or not seen.plain[after].isupper():
        # `Lao động - Thương binh và xã hội`
        return seen.shadow.startswith(words("issuer", "joined"), after)
    return joint or not (_head().match(seen.shadow, after) or _is_kind(seen, after))


def _is_kind(seen: Views, position: int) -> bool:
    return bool(_kind().match(seen.shadow, position)) and seen.plain[position].isupper()


@functools.cache
def _kind() -> re.Pattern[str]:
    return re.compile(alternation((*doc_types(), "can cu", "dieu", "khoan")) + r"(?![\w])")


def _split_bodies(printed: str) -> list[str]:
    """The bodies of a joint act: split where a new body's name starts."""
    pieces = re.split(r"(?:,\s*|\s+và\s+|\s+-\s+|-)(?=[A-ZĐỦÂÔƠƯ])", printed)
    bodies: list[str] = []
    for piece in pieces:
        if bodies and not _head().match(shadow_text(piece)):
            bodies[-1] = printed[printed.index(bodies[-1]) : printed.index(piece) + len(piece)]
        else:
            bodies.append(piece)
    return bodies


def _without_person(name: str) -> str:
    """`Bộ trưởng Bộ Nội vụ` is Bộ Nội vụ; a chairman's own acts keep the chairman."""
    shadow = shadow_text(name)
    for person in words("issuer", "persons"):
        rest = name[len(person) + 1 :]
        if shadow.startswith(person + " ") and rest[:1].isupper():
            return rest
    return name
