"""Văn bản viện dẫn in the running text, with their places on paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.citation import Mention, merge_mentions
from pipeline.citation.law import KINDS
from pipeline.consensus import Reading, read_both, without_specks
from pipeline.page import Line, Zone
from pipeline.record import Letter, Reference
from pipeline.vietnamese import fold

PROSE = 8  # words of a line of running text
WIDE_GAP = 1.5  # heights of a line between two words: they stand in two cells
_READ = (Zone.SUBJECT, Zone.BODY)
_DATED = re.compile(r"\W{0,4}ng[àaảạá]y\b", re.IGNORECASE)
_DAY = re.compile(r"\bng[àaảạá]y\s*\S", re.IGNORECASE)


def read_citing_text(letter: Letter) -> Reading:
    """Subject and body of the letter with every mention of a directive, unmerged."""
    body = without_specks([region for region in letter.regions if region.zone in _READ])
    annex = without_specks([region for region in letter.regions if region.zone is Zone.ANNEX])
    citing = read_both([*body, *annex], letter.pages, letter.heard)
    words = sum(len(line.words) for region in body for line in region.lines)
    if words == len(citing.view.starts):
        return citing
    start = citing.view.starts[words]
    prose = [_is_prose(line) for region in annex for line in region.lines for _ in line.words]

    def is_cited(mention: Mention) -> bool:
        indices = citing.view.indices(mention.start, mention.end)
        return _cited_in_annex(mention, in_prose=any(prose[i - words] for i in indices))

    return replace(citing, annex_start=start).without(
        i for i, one in enumerate(citing.mentions) if one.start >= start and not is_cited(one)
    )


def _is_prose(line: Line) -> bool:
    """Whether a line is one of running text: many words, no gap between them as wide as cells'."""
    if len(line.words) < PROSE:
        return False
    gaps = (b.bbox.left - a.bbox.right for a, b in itertools.pairwise(line.words))
    return max(gaps) < WIDE_GAP * (line.bbox.bottom - line.bbox.top)


def _cited_in_annex(mention: Mention, *, in_prose: bool) -> bool:
    """Whether a mention in an annex is a citation of a directive there.

    Tables of an annex hold numbers of many kinds: only the whole number of a normative act,
    or a type with number and date, counts; in a sentence also type and number alone.
    `(Kèm theo Quyết định số 15/QĐ-SNV …)` names the letter itself, `kèm theo Thông tư số
    43/2013/TT-BYT` another.
    """
    if mention.number is None or mention.doc_type is None:
        return False
    if re.match(r"\d+[a-z]?/\d{4}/", mention.number):
        return True
    typed = not mention.raw[:1].isdigit() and mention.relation != "kem_theo"
    whole = re.search(r"[-/][^\W\d_]{2,}\d*[-/][^\W\d_]{2,}", mention.number) is not None
    return typed and (mention.issue_date is not None or (in_prose and whole))


def extract(citing: Reading, own_number: str | None) -> Iterator[Reference]:
    """Directives that the letter cites, in order of first mention; not the letter itself."""
    for merged in merge_mentions(citing.mentions, contested=citing.contested()):
        mention = merged.mention
        if own_number and mention.number and fold(mention.number) == fold(own_number):
            continue
        if mention.number is None and mention.title is None:
            continue
        if own_number and _is_own_misread(mention, own_number, citing):
            continue
        yield _reference(mention, merged.indices, citing)


def _is_own_misread(mention: Mention, own_number: str, citing: Reading) -> bool:
    """Whether an undated number on an annex has the letter's own symbol.

    The line under an annex's heading names the letter, its figures as often as not misread.
    """
    own, number = (re.sub(r"^\w+", "", one) for one in (own_number, mention.number or ""))
    on_annex = citing.annex_start is not None and mention.start >= citing.annex_start
    return on_annex and mention.issue_date is None and fold(own) == fold(number)


def _reference(mention: Mention, indices: Sequence[int], citing: Reading) -> Reference:
    # a law's name alone, however well read, vouches for no number
    vouching = [i for i in indices if mention.number is None or citing.mentions[i].number]
    said = {citing.said[i] for i in vouching}
    facts = {
        "agree:second": "same" in said,
        "differs:second": "other" in said and "same" not in said,
        "date:unread": _has_unread_date(mention, citing),
        "against:issuer": mention.mended,  # as printed the number contradicts its issuer
        "against:year": mention.issue_date is None and mention.odd_date is not None,
    }
    return Reference(
        doc_type=mention.doc_type,
        number=_mended(mention.number),
        issue_date=mention.issue_date or mention.odd_date,
        issuer=mention.issuer,
        title=_title(mention),
        pin=mention.pin,
        relation=mention.relation,
        nested=mention.nested,
        mentions=len(indices),
        raw=mention.raw,
        place=citing.view.place(mention.start, mention.end),
        # The clearest mention vouches for the number: one good print of it is enough.
        confidence=max(citing.clearness[i] for i in vouching),
        trust="review",
        facts=tuple(fact for fact, holds in facts.items() if holds),
    )


def _has_unread_date(mention: Mention, citing: Reading) -> bool:
    """Whether the paper may print a date that was not read: after `ngày`, in a table's cell.

    Or a day of which only month and year were read: `ngày T1 tháng 11 năm 2011`.
    """
    date = mention.issue_date
    if date is not None and date.precision != "day":
        return _DAY.search(citing.view.text[mention.start : mention.full_end]) is not None
    if mention.number is None or mention.issue_date is not None:
        return False
    if citing.annex_start is not None and mention.start >= citing.annex_start:
        return True
    return _DATED.match(citing.view.text, mention.end) is not None


def _mended(number: str | None) -> str | None:
    """The key without the engine's doubled Đ: no symbol of the State or Party has one."""
    return number.replace("QĐĐ", "QĐ") if number else number


def _title(mention: Mention) -> str | None:
    """The title; that of a law is its name with the type, `Luật Đất đai`."""
    if mention.title is None or mention.doc_type is None:
        return mention.title
    if mention.number is not None and mention.doc_type not in KINDS.values():
        return mention.title
    if fold(mention.title).startswith(fold(mention.doc_type)):
        return mention.title
    return f"{mention.doc_type} {mention.title}"
