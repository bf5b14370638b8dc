"""Slips that no print can hold: lost blanks (`Điều1`, `WebsiteSYT`), `tnành` for `thành`.

Where marks are in doubt, `tones` asks which word is likelier; here nothing is weighed: a
word is changed only where it is none as it stands and is one after a single step. This
module knows nothing of fields.
"""

from __future__ import annotations

import re

from pipeline.tones import Syllables, load_syllables
from pipeline.vietnamese import bare, fold_tone_placement

#: From this count on a syllable without marks is surely one: no `web`, no `km`.
_COMMON = 2000
_KNOWN = 30

_WORD_AND_NUMBER = re.compile(r"\b([^\W\d_]{3,})(?=\d+\b)")
_NUMBER_AND_WORD = re.compile(r"(?<=\d)(?=([^\W\d_]{3,})\b)")
_WORD_AND_INITIALS = re.compile(r"\b([^\W\d_]{2,}?)(?=[A-ZĐ]{2,}\b)")
#: `Sở Ytế`: no word of Vietnamese begins so.
_Y_TE = re.compile(r"\bY(?=t[eêếềểễẽ]\b)")
#: One letter that was seen as two: `Nghiệp vụ ŸY Sở Y tế`.
_TWO_Y = re.compile(r"\b(?:ŸY|YŸ)\b")
#: `Trợ lý TTạ`: the Prime Minister's abbreviation, TTg; no other ends in a small letter but TTr.
_TTG = re.compile(r"\bTT[ạọẹợ]\b")
#: h of a digraph read as n, c read as e: no word begins with these.
_ONSET = re.compile(r"\b(?:([tcpkg])n|e(?=[huươôâă]))(?=[^\W\d_])", re.IGNORECASE)
#: A symbol broken over two lines at its hyphen: `886/STTTT- BCVT`.
_BROKEN = re.compile(r"(/[A-ZĐ&]{2,}-) (?=[A-ZĐ]{2})")
#: Words of every day that are no syllables.
_LOANS = frozenset({"website"})


def mend(text: str) -> str:
    """The text with blanks put back, and letters that no word has put right."""
    known = load_syllables()

    def parted(match: re.Match[str]) -> str:
        return f"{match[1]} " if _is_word(match[1], known) else match[1]

    text = _BROKEN.sub(r"\1", text)
    text = _WORD_AND_NUMBER.sub(parted, text)
    text = _NUMBER_AND_WORD.sub(lambda match: " " if _is_word(match[1], known) else "", text)
    text = _WORD_AND_INITIALS.sub(parted, text)
    text = _TTG.sub("TTg", _Y_TE.sub("Y ", _TWO_Y.sub("Y", text)))
    return re.sub(r"[^\W\d_]{2,}", lambda match: _with_onset(match[0], known), text)


def _is_word(text: str, known: Syllables) -> bool:
    """Whether it is a small-lettered syllable that nothing else is spelled like."""
    key = fold_tone_placement(text).lower()
    if key in _LOANS:
        return True
    if not text[1:].islower():
        return False
    count = known.counts.get(key, 0)
    return count >= (_COMMON if bare(key) == key else _KNOWN)


def _with_onset(word: str, known: Syllables) -> str:
    if _ONSET.match(word) is None or fold_tone_placement(word).lower() in known.counts:
        return word
    mended = _ONSET.sub(lambda match: f"{match[1]}h" if match[1] else "c", word)
    mended = mended.upper() if word.isupper() else mended
    return mended if known.counts.get(fold_tone_placement(mended).lower(), 0) >= _KNOWN else word
