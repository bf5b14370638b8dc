"""Reads the letters of `samples/texts/*.toml` and states what is true about them.

Knows what a letter says; knows nothing of how it looks on paper.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"

_PURPOSE = re.compile(r"^(?P<name>.*?)\s*\((?P<purpose>để [^()]*)\)$")


class TextError(Exception):
    """A letter's TOML file does not hold what a letter needs."""


@dataclass(frozen=True)
class Signer:
    """One signature block: the title lines above the signature, and the name below it."""

    titles: tuple[str, ...]
    name: str
    printed_name: str = ""
    note: str = ""

    @property
    def position(self) -> str:
        """The last title line, the signer's own."""
        return self.titles[-1]

    @property
    def authority(self) -> str | None:
        """The title lines before the last, for whom the signer signs."""
        return " / ".join(self.titles[:-1]) or None


@dataclass(frozen=True)
class Letter:
    """One letter as it is worded.

    `number_style` and `day_style` are `printed`, `handwritten` or `blank`; `{n}` in `number_line`
    and `{d}` in `date_line` are where number and day go. `body` and `annex` are paragraphs in the
    small markup that `typeset` reads.
    """

    layout: str
    parent_issuer: tuple[str, ...]
    issuer: tuple[str, ...]
    number: str
    symbol: str
    document_number: str
    number_line: str
    number_style: str
    place: str
    issue_date: str
    day: str
    date_line: str
    day_style: str
    doc_type: str
    heading: str
    subject: str
    subject_lead: str
    addressees: tuple[str, ...]
    body: tuple[str, ...]
    annex: tuple[str, ...]
    recipients: tuple[str, ...]
    archive: str
    archive_lead: str
    recipients_label: str
    signers: tuple[Signer, ...]
    references: tuple[dict[str, Any], ...]
    urgency: str | None = None
    secrecy: str | None = None
    received_stamp: dict[str, str] | None = None
    seal: dict[str, Any] = field(default_factory=dict)
    footer: str = ""
    drafter: str = ""
    digital_signature: tuple[str, ...] = ()

    def truth(self, *, first_page: int, last_page: int) -> dict[str, Any]:
        """The letter's entry in a truth file: what is on the paper, null where nothing is."""
        entry: dict[str, Any] = {
            "first_page": first_page,
            "last_page": last_page,
            "parent_issuer": " ".join(self.parent_issuer) or None,
            "issuer": " ".join(self.issuer),
            "number": self.number or None,
            "number_style": self.number_style if self.number else None,
            "symbol": self.symbol,
            "document_number": self.document_number or None,
            "doc_type": self.doc_type,
            "place": self.place,
            "issue_date": self.issue_date,
            "subject": self.subject,
            "signer_name": " / ".join(signer.name for signer in self.signers),
            "signer_position": " / ".join(signer.position for signer in self.signers),
            "signing_authority": " / ".join(
                signer.authority for signer in self.signers if signer.authority
            )
            or None,
            "urgency": self.urgency,
            "secrecy": self.secrecy,
            "addressees": list(self.addressees),
            "recipients": [_recipient(printed) for printed in self.recipients],
            "archive": self.archive or None,
            "references": [_reference(reference) for reference in self.references],
            "received_stamp": _stamp_truth(self.received_stamp),
        }
        if entry["number_style"] is None:
            del entry["number_style"]
        printed = " / ".join(signer.printed_name or signer.name for signer in self.signers)
        if printed != entry["signer_name"]:
            entry["signer_name_printed"] = printed
        return entry


@dataclass(frozen=True)
class Sample:
    """One file to make: its letters, and the scanner recipe that damages their pages."""

    name: str
    letters: tuple[Letter, ...]
    scan: dict[str, Any]


@lru_cache(maxsize=4)
def load_samples(folder: Path = TEXTS) -> tuple[Sample, ...]:
    """Every sample of the folder, ordered by file name.

    Raises:
        TextError: a file lacks a key, or its text is not in Unicode form NFC.
    """
    return tuple(load_sample(path) for path in sorted(folder.glob("*.toml")))


def load_sample(path: Path) -> Sample:
    """The sample of one TOML file, named after the file.

    Raises:
        TextError: the file lacks a key, or its text is not in Unicode form NFC.
    """
    text = path.read_text(encoding="utf-8")
    if not unicodedata.is_normalized("NFC", text):
        raise TextError(f"{path.name} is not in Unicode form NFC")
    content = tomllib.loads(text)
    try:
        letters = tuple(_letter(entry) for entry in content["letter"])
        return Sample(name=path.stem, letters=letters, scan=content["scan"])
    except KeyError as error:
        raise TextError(f"{path.name} has no key {error}") from error


def _letter(entry: dict[str, Any]) -> Letter:
    number_style = entry.get("number_style", "printed")
    return Letter(
        layout=entry.get("layout", "state"),
        parent_issuer=tuple(entry.get("parent_issuer", ())),
        issuer=tuple(entry["issuer"]),
        number=entry["number"],
        symbol=entry["symbol"],
        document_number=entry["document_number"],
        number_line=entry["number_line"],
        number_style=number_style,
        place=entry["place"],
        issue_date=entry["issue_date"],
        day=entry["day"],
        date_line=entry["date_line"],
        day_style=entry.get("day_style", "printed"),
        doc_type=entry["doc_type"],
        heading=entry.get("heading", ""),
        subject=entry["subject"],
        subject_lead=entry.get("subject_lead", ""),
        addressees=tuple(entry.get("addressees", ())),
        body=_paragraphs(entry["body"]),
        annex=_paragraphs(entry.get("annex", "")),
        recipients=tuple(entry["recipients"]),
        archive=entry.get("archive", ""),
        archive_lead=entry.get("archive_lead", "Lưu: "),
        recipients_label=entry.get("recipients_label", "Nơi nhận:"),
        signers=tuple(
            Signer(
                titles=tuple(signer["titles"]),
                name=signer["name"],
                printed_name=signer.get("printed_name", ""),
                note=signer.get("note", ""),
            )
            for signer in entry["signers"]
        ),
        references=tuple(entry.get("references", ())),
        urgency=entry.get("urgency"),
        secrecy=entry.get("secrecy"),
        received_stamp=entry.get("received_stamp"),
        seal=entry.get("seal", {}),
        footer=entry.get("footer", ""),
        drafter=entry.get("drafter", ""),
        digital_signature=tuple(entry.get("digital_signature", ())),
    )


def _paragraphs(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.strip().splitlines() if line.strip())


def _recipient(printed: str) -> str | dict[str, str]:
    """A recipient as the contract writes it: `Như trên`, or name and purpose apart."""
    match = _PURPOSE.match(printed)
    return match.groupdict() if match else printed


def _reference(reference: dict[str, Any]) -> dict[str, Any]:
    keys = ("doc_type", "number", "issue_date", "issuer", "title")
    entry = {key: reference.get(key) for key in keys}
    if reference.get("nested"):
        entry["nested"] = True
    return entry


def _stamp_truth(stamp: dict[str, str] | None) -> dict[str, str | None] | None:
    if stamp is None:
        return None
    return {"number": stamp.get("number"), "date": stamp.get("date")}
