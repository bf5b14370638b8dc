"""What a letter does with the directive it cites: the relation codes.

Cues are token patterns (`models/rules/references.jsonl`); here is how far a cue
reaches. Knows nothing of numbers or dates.
"""

from __future__ import annotations

import functools
import re

from pipeline.citation.grammar import match_tokens
from pipeline.citation.lexicons import token_rules, words
from pipeline.citation.shadow import Views

DEFAULT = "dan_chieu"
#: what is done to a document; done by one it is no relation of ours
_DONE_TO = frozenset({"sua_doi_bo_sung", "thay_the", "bai_bo"})
_PASSIVE = frozenset({"duoc", "bi"})
_DIRECT = frozenset({"theo", "boi"})
REACH = 220  # characters before a mention in which a cue may stand

_ENDS = re.compile(
    r",?[ ]{1,2}(?:(?:se|deu|cung)[ ])?(?:het[ ]hieu[ ]luc|bi[ ](?:bai|huy)[ ]bo)(?P<part>[ ]mot[ ]phan)?(?![a-z])"
)
_ASIDE = re.compile(r"(?<![a-z])(?:theo|boi|bang|den[ ]khi|truoc[ ]khi|neu)[ ]")
_OWN_FORCE = re.compile(r"(?<![a-z])nay[ ](?:co|bat dau co)[ ]hieu[ ]luc")

#: where a clause starts: after `;`, a full stop, a blank line, a bullet or a new `Căn cứ`
_CLAUSE = re.compile(
    r";|\.(?= )|  +(?=[-+*•])|(?<= )(?=Căn cứ |Xét |Theo đề nghị|Thực hiện |Trả lời |Phúc đáp )"
)


def relation_before(seen: Views, start: int, floor: int, *, has_pin: bool) -> str:
    """The relation that the words before a mention state.

    Args:
        seen: the text.
        start: where the mention starts, its pin included.
        floor: no cue counts before this position (the end of the mention before).
        has_pin: whether a part of the document is cited.
    """
    low = max(floor, start - REACH)
    window = seen.plain[low:start]
    clause = 0
    for boundary in _CLAUSE.finditer(window):
        clause = boundary.end()
    blank = seen.text.rfind("\n\n", low, start)
    clause = max(clause, blank + 2 - low if blank >= 0 else 0)
    window = window[clause:]
    if not _may_hold_cue().search(seen.shadow[low + clause : start]):
        return DEFAULT
    code = _cue(window)
    if code == "thuc_hien" and has_pin:
        return DEFAULT  # `thực hiện các nội dung quy định tại Điều 54 Luật Thanh tra`
    if code == "bai_bo" and has_pin:
        return "bai_bo_mot_phan"
    if code == "kem_theo" and has_pin:
        return DEFAULT  # `Phụ lục III ban hành kèm theo Nghị định` cites a part of it
    return code


def relation_after(seen: Views, start: int, end: int, *, has_pin: bool) -> str:
    """The relation that the verb right behind a mention states, where the text's own act ends it.

    `Thông tư này có hiệu lực … và Điều 11 của Thông tư A quy định … hết hiệu lực`: the sentence
    speaks of `này`. `Thông tư A đã hết hiệu lực` only tells what is so, and in `sửa đổi theo
    Luật B hết hiệu lực` or `đến khi Luật C hết hiệu lực` no act is ended that stands there.
    """
    verb = _ENDS.match(seen.shadow, end)
    if verb is None:
        return DEFAULT
    low = max(0, end - 2 * REACH)
    own = seen.shadow[max(low, seen.shadow.rfind(". ", low, end)) : end + REACH]
    clause = max(low, seen.shadow.rfind(";", low, start), seen.shadow.rfind(". ", low, start))
    if not _OWN_FORCE.search(own) or _ASIDE.search(seen.shadow, clause, start):
        return DEFAULT
    return "bai_bo_mot_phan" if has_pin or verb["part"] else "bai_bo"


def _cue(window: str) -> str:
    """The code of the cue that reaches the end of the window, the last one first."""
    matches, norms = match_tokens(window)
    norms = tuple(norm.strip() for norm in norms)
    fillers = _fillers()
    for match in sorted(matches, key=lambda m: (m.last, m.last - m.first), reverse=True):
        between = norms[match.last :]
        label = match.rule.label
        if label in _DONE_TO and _PASSIVE & set(norms[max(0, match.first - 4) : match.first]):
            return DEFAULT  # `được sửa đổi, bổ sung theo Luật số 46/2014/QH13`
        if label == "sua_doi_bo_sung" and re.search(
            r"(?:doi|sung) tai ", " ".join(norms[match.first :])
        ):
            continue  # `(sửa đổi, bổ sung tại Nghị định số 71/2023/NĐ-CP)`
        if label in {*_DONE_TO, "thuc_hien"} and not _DIRECT.isdisjoint(between):
            continue  # `thực hiện theo quy định tại khoản 4 Điều 18 Nghị định`
        if match.rule.reach == "clause":
            return match.rule.label
        if match.rule.reach == "start":
            before = [norm for norm in norms[: match.first] if norm.strip(' -+*•.,:()0123456789"“')]
            if before in ([], ["de"], ["nham"]):
                return match.rule.label
        elif not {".", ";"} & set(between) and all(
            norm in fillers or not norm.isalpha() or len(norm) == 1 for norm in between
        ):
            return match.rule.label
    return DEFAULT


@functools.cache
def _fillers() -> frozenset[str]:
    return frozenset(words("relation", "fillers"))


@functools.cache
def _may_hold_cue() -> re.Pattern[str]:
    """A cheap look for the first two words of any cue, before spaCy is asked."""
    heads = set()
    for rule in token_rules():
        norms = [token.get("NORM") for token in rule.pattern[:2]]
        heads.add(" ".join(norm for norm in norms if isinstance(norm, str)))
    return re.compile("|".join(re.escape(head).replace(r"\ ", "[ ]+") for head in sorted(heads)))
