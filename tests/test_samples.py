"""The committed sample scans: each has its truth, in the contract's shape, and holds no text."""

import json
import shutil
import subprocess
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SCANS = sorted(SAMPLES.glob("*.pdf"))
TRUTHS = sorted((SAMPLES / "truth").glob("*.json"))
MOST_BYTES = 12 * 1024 * 1024

TEXT_KEYS = {
    "parent_issuer",
    "issuer",
    "number",
    "symbol",
    "document_number",
    "doc_type",
    "place",
    "issue_date",
    "subject",
    "signer_name",
    "signer_position",
    "signing_authority",
    "urgency",
    "secrecy",
    "archive",
}
REQUIRED_KEYS = TEXT_KEYS | {
    "first_page",
    "last_page",
    "addressees",
    "recipients",
    "references",
}
OPTIONAL_KEYS = {"number_style", "received_stamp", "signer_name_printed", "unsure"}
REFERENCE_KEYS = {"doc_type", "number", "issue_date", "issuer", "title"}


def letters_of(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["letters"]


def all_letters() -> list[Any]:
    return [
        pytest.param(letter, id=f"{path.stem}-{number}")
        for path in TRUTHS
        for number, letter in enumerate(letters_of(path), start=1)
    ]


def page_count(path: Path) -> int:
    return path.read_bytes().count(b"/Type /Page ")


def test_there_are_at_least_fourteen_scans():
    assert len(SCANS) >= 14


def test_every_scan_has_a_truth_file_and_every_truth_file_its_scan():
    assert [path.stem for path in SCANS] == [path.stem for path in TRUTHS]
    for path in TRUTHS:
        assert (SAMPLES / json.loads(path.read_text(encoding="utf-8"))["source"]).is_file()


def test_scans_stay_small_enough_to_commit():
    assert sum(path.stat().st_size for path in SCANS) < MOST_BYTES


@pytest.mark.parametrize("path", SCANS, ids=lambda path: path.stem)
def test_scan_holds_images_and_no_text(path: Path):
    content = path.read_bytes()

    assert b"/Font" not in content
    assert content.count(b"/Subtype /Image") == page_count(path) > 0
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
        assert text.decode().strip() == ""


@pytest.mark.parametrize("path", SCANS, ids=lambda path: path.stem)
def test_scan_carries_no_clock(path: Path):
    content = path.read_bytes()

    assert b"CreationDate" not in content
    assert b"ModDate" not in content


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_letters_cover_the_pages_of_the_scan_once(path: Path):
    covered = [
        page
        for letter in letters_of(path)
        for page in range(letter["first_page"], letter["last_page"] + 1)
    ]

    assert covered == list(range(1, page_count(SAMPLES / f"{path.stem}.pdf") + 1))


@pytest.mark.parametrize("letter", all_letters())
def test_truth_has_the_keys_of_the_contract(letter: dict[str, Any]):
    assert set(letter) >= REQUIRED_KEYS
    assert set(letter) <= REQUIRED_KEYS | OPTIONAL_KEYS
    for key in TEXT_KEYS:
        assert letter[key] is None or (isinstance(letter[key], str) and letter[key].strip())
    date.fromisoformat(letter["issue_date"])
    for recipient in letter["recipients"]:
        assert isinstance(recipient, str) or set(recipient) == {"name", "purpose"}


@pytest.mark.parametrize("letter", all_letters())
def test_document_number_is_made_of_number_and_symbol(letter: dict[str, Any]):
    number, symbol, whole = letter["number"], letter["symbol"], letter["document_number"]

    if number is None:
        assert whole is None
        assert symbol
    else:
        assert whole.startswith(number)
        assert whole.endswith(symbol)
        assert whole[len(number) : -len(symbol)] in ("/", "-", f"/{letter['issue_date'][:4]}/")


@pytest.mark.parametrize("letter", all_letters())
def test_references_name_a_number_or_a_law(letter: dict[str, Any]):
    seen = set()
    for reference in letter["references"]:
        assert set(reference) - {"nested"} == REFERENCE_KEYS
        assert reference["number"] or reference["title"]
        assert reference["number"] is None or reference["number"] != letter["document_number"]
        key = (reference["number"], reference["title"], reference["issue_date"])
        assert key not in seen
        seen.add(key)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_truth_is_in_unicode_form_nfc(path: Path):
    assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8"))


def test_first_sample_cites_nine_numbered_directives_and_has_no_number():
    (letter,) = letters_of(SAMPLES / "truth" / "01_skhcn_quang_ngai.json")

    cited = [reference["number"] for reference in letter["references"] if reference["number"]]
    assert letter["number"] is None
    assert letter["symbol"] == "SKHCN-HCTH"
    assert len(cited) == 9
    assert {"03/CT-UBND", "09-CT/TW", "1905/KH-BCĐ138", "2149/KH-BCĐ138"} <= set(cited)


def test_every_cited_directive_stands_in_the_text_that_was_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SAMPLES.parent))
    from samples import texts

    for sample in texts.load_samples():
        for letter in sample.letters:
            body = " ".join(letter.body + letter.annex)
            for reference in letter.references:
                wanted = reference.get("number") or reference["title"]
                printed = f"{body} {letter.subject}"
                assert wanted in printed, f"{sample.name}: {wanted}"


def test_making_a_sample_twice_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("cv2")
    monkeypatch.syspath_prepend(str(SAMPLES.parent))
    from samples import fonts, make_samples, texts

    if fonts.missing_packages():
        pytest.skip(f"Debian fonts missing: {', '.join(fonts.missing_packages())}")
    sample = texts.load_sample(texts.TEXTS / "06_ubnd_huyen_giay_moi.toml")
    first = make_samples.make_sample(sample, out=tmp_path).read_bytes()

    assert make_samples.make_sample(sample, out=tmp_path).read_bytes() == first
