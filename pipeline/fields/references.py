"""Văn bản viện dẫn and dates in the running text, with their places on paper."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.citation import Mention, find_dates, find_references, merge_mentions
from pipeline.page import Region, Zone
from pipeline.record import DateMention, DateRole, Letter, Reference
from pipeline.textview import TextView
from pipeline.tones import Heard, restore
from pipeline.vietnamese import fold

_READ = (Zone.SUBJECT, Zone.BODY)
_DEADLINE = re.compile(
    r"(?:tr[ưu][ớo]c|h[ạa]n cu[ốo]i|ch[ậâ]m nh[ấâ]t|th[ờo]i h[ạa]n)[^.;\n]{0,40}$", re.IGNORECASE
)
_EFFECTIVE = re.compile(r"hi[ệê]u l[ựư]c[^.;\n]{0,40}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CitingText:
    """The text in which directives are looked for, and the mentions found in it."""

    view: TextView
    mentions: tuple[Mention, ...]


def read_citing_text(letter: Letter) -> CitingText:
    """Subject and body of the letter with every mention of a directive, unmerged."""
    view = body_view(letter.regions, letter.heard)
    return CitingText(view, find_references(view.text))


def extract(citing: CitingText, own_number: str | None) -> Iterator[Reference]:
    """Directives that the letter cites, in order of first mention; not the letter itself."""
    view, mentions = citing.view, citing.mentions
    for merged in merge_mentions(mentions):
        mention = merged.mention
        if own_number and mention.number and fold(mention.number) == fold(own_number):
            continue
        if mention.number is None and mention.title is None:
            continue
        yield _reference(mention, len(merged.indices), [mentions[i] for i in merged.indices], view)


def body_view(regions: Sequence[Region], heard: Heard | None = None) -> TextView:
    """The text in which directives are looked for: subject and body."""
    view = TextView.over([region for region in regions if region.zone in _READ])
    # Marks put right keep every offset: a word changes only into one as long.
    return dataclasses.replace(view, text=restore(view.text, heard))


def find_mentioned_dates(citing: CitingText) -> Iterator[DateMention]:
    """Dates of the running text with their role; dates inside citations are `reference`."""
    view, references = citing.view, citing.mentions
    for span in find_dates(view.text):
        before = view.text[max(0, span.start - 60) : span.start]
        role: DateRole = "other"
        if any(one.start <= span.start < one.full_end for one in references):
            role = "reference"
        elif _EFFECTIVE.search(before):
            role = "effective"
        elif _DEADLINE.search(before):
            role = "deadline"
        yield DateMention(
            span.value,
            role,
            span.raw,
            view.place(span.start, span.end),
            view.confidence(span.start, span.end),
        )


def _reference(
    mention: Mention, count: int, mentions: Sequence[Mention], view: TextView
) -> Reference:
    # The clearest mention vouches for the number: one good print of it is enough.
    confidence = max(view.confidence(one.start, one.end) for one in mentions)
    return Reference(
        doc_type=mention.doc_type,
        number=_mended(mention.number),
        issue_date=mention.issue_date,
        issuer=mention.issuer,
        title=_title(mention),
        pin=mention.pin,
        relation=mention.relation,
        nested=mention.nested,
        mentions=count,
        raw=mention.raw,
        place=view.place(mention.start, mention.end),
        confidence=confidence,
        trust="review",
    )


def _mended(number: str | None) -> str | None:
    """The key without the engine's doubled Đ: no symbol of the State or Party has one."""
    return number.replace("QĐĐ", "QĐ") if number else number


def _title(mention: Mention) -> str | None:
    """The title; a law cited by name keeps its type, `Luật Đất đai`."""
    if mention.title is None or mention.number is not None or mention.doc_type is None:
        return mention.title
    if fold(mention.title).startswith(fold(mention.doc_type)):
        return mention.title
    return f"{mention.doc_type} {mention.title}"
