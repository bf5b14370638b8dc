"""What stands behind `Lưu:` as it was meant: `VT, ntphung (02b)`.

The file copy is kept by the clerks (văn thư, `VT`), the drafting unit, and often by the
drafter, whom the initials before his given name tell (`ntphung`: Nguyễn Thanh Phùng).
Neither is a word, so that no dictionary helps: only what such a line can hold.
"""

from __future__ import annotations

import re

from pipeline.tones import load_syllables

#: The clerks come first; nothing else begins so.
_CLERKS = re.compile(r"^V['’`.]?[TIỊÌÍ1l]\b'?")
#: `(02Ù)`: copies are counted by bản, b, and no letter with marks stands for anything.
_COPIES = re.compile(r"\((\d{1,2})[^\W\d_a-zA-Z]\)")
_TYPIST = re.compile(r"(?<![^\s,;.])I?[a-z]{4,12}(?![^\s,;.])")
#: Nothing is printed behind the number of copies: `(3)go` holds a stroke of a pen.
_BEHIND_COPIES = re.compile(r"(\(\d{1,3}\s?b?\))[a-z]{1,3}$")
#: A list's commas that were read as other points: `VT: KHTC`, `KCB (02b). YDCT (02b)`.
_COLON, _STOP = (
    re.compile(r"(?<=[A-ZĐ]{2})\s?: (?=[A-ZĐ]{2,}\b)"),
    re.compile(r"(?<=b\))\. (?=[A-ZĐ]{2})"),
)
_BEFORE_TYPIST = re.compile(r"(?<=[A-ZĐ]{2})\. ([a-z]{4,12})$")
#: Behind the line's last point, what begins with a sign is a stroke of a pen: `VT. [lu`.
_BEHIND_STOP = re.compile(r"(?<=[.;])\s?[^\w\s(“\"'][^\W_]{0,3}$")
#: Letters that a name can begin with: no name begins with e, f, i, j, w or z.
_FIRST = "abcdghklmnopqrstuvxy"


def kept_by(text: str) -> str:
    """Who keeps the file copy, from the text behind `Lưu`."""
    text = re.sub(r"\s+", " ", text).strip(" .;,_'`*:-–|~/")
    text = re.sub(r"\(\s+", " (", re.sub(r"\s+\)", ")", text)).replace("  (", " (")
    text = _BEHIND_STOP.sub("", text).rstrip(" .;,")
    text = _STOP.sub(", ", _COLON.sub("; ", text))
    text = _CLERKS.sub("VT", text)
    text = _BEFORE_TYPIST.sub(
        lambda match: f", {match[1]}" if _is_typist(match[1]) else match[0], text
    )
    text = _COPIES.sub(r"(\1b)", text)
    text = _BEHIND_COPIES.sub(r"\1", text)
    return _TYPIST.sub(lambda match: _typist(match[0]), text)


def _typist(seen: str) -> str:
    """Initials and given name with e put right to c, I to l, where only so they are any."""
    start = "l" + seen[1:] if seen[0] == "I" else seen
    if _is_typist(start):
        return start
    meant = {
        start[:index] + "c" + start[index + 1 :] for index, char in enumerate(start) if char == "e"
    }
    meant = {one for one in meant if _is_typist(one)}
    return meant.pop() if len(meant) == 1 else seen


def _is_typist(text: str) -> bool:
    """Whether it is a given name after up to three initials: `luan`, `bcluan`, `ttloc`."""
    known = load_syllables().by_letters
    for size in range(4):
        initials, given = text[:size], text[size:]
        consonant = given[:1] not in tuple("aeiouy")
        if (
            given in known
            and all(char in _FIRST for char in initials)
            and (consonant or size < 3)
            and given[:1] in _FIRST
        ):
            return True
    return False
