"""Which files are found, and what they are called."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from pipeline.intake import Finding, find

PDF = b"%PDF-1.4 a letter"


def names(*inputs: Path, skip: Path | None = None) -> list[str]:
    return [finding.name for finding in find(inputs, skip=skip)]


def states(folder: Path) -> dict[str, str]:
    return {finding.name: finding.state for finding in find([folder])}


def put(path: Path, body: bytes = PDF) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_a_file_has_one_path_from_wherever_it_is_named(tmp_path, monkeypatch):
    put(tmp_path / "in" / "a.pdf")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (found,) = find([Path("../in")])
    assert found.path == tmp_path / "in" / "a.pdf"
    (tmp_path / "link").symlink_to(tmp_path / "in")
    (linked,) = find([tmp_path / "link"])
    assert linked.path == tmp_path / "link" / "a.pdf"


def test_files_go_by_their_first_bytes_not_by_their_suffix(tmp_path):
    put(tmp_path / "a.PDF")
    put(tmp_path / "no suffix")
    put(tmp_path / "signed.pdf.p7s", b"\x30\x82")
    put(tmp_path / "late.bin", b"\0" * 100 + PDF)
    put(tmp_path / "scan.dat", b"II*\x00....")
    put(tmp_path / "notes.docx", b"PK\x03\x04")
    put(tmp_path / "broken.tif", b"")
    put(tmp_path / "checksums.md5", b"0 a.PDF")
    put(tmp_path / "scan.txt", PDF)
    put(tmp_path / ".hidden" / "x.pdf")
    put(tmp_path / "Thumbs.db")
    assert {
        "a.PDF": "found",
        "broken.tif": "found",
        "checksums.md5": "passed_over",
        "late.bin": "found",
        "no suffix": "found",
        "notes.docx": "unsupported",
        "scan.dat": "found",
        "scan.txt": "found",
        "signed.pdf.p7s": "unsupported",
    } == states(tmp_path)


def test_a_file_asked_for_is_taken_whatever_it_holds(tmp_path):
    path = put(tmp_path / "letter.docx", b"PK")
    assert [("letter.docx", "found")] == [(one.name, one.state) for one in find([path])]


def test_links_that_lead_back_are_walked_once(tmp_path):
    put(tmp_path / "year" / "a.pdf")
    (tmp_path / "year" / "loop").symlink_to(tmp_path)
    (tmp_path / "year" / "self").symlink_to(tmp_path / "year" / "self")
    (tmp_path / "again").symlink_to(tmp_path / "year")
    # `again` comes first by name and leads to the same folder, which is read once.
    assert ["again/a.pdf", "again/self"] == names(tmp_path)


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "dangling.pdf").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.pdf")
    found = {one.name: one for one in find([tmp_path, tmp_path / "no such folder"])}
    assert {"missing", "unsupported"} == {one.state for one in found.values()}
    assert "the link leads nowhere" in found[f"{tmp_path.name}/dangling.pdf"].message
    assert "not an ordinary file" in found[f"{tmp_path.name}/pipe.pdf"].message
    (missing,) = [one for one in found.values() if one.name.endswith("no such folder")]
    assert "check the path" in missing.message


def test_an_output_within_the_input_is_not_read(tmp_path):
    put(tmp_path / "a.pdf")
    put(tmp_path / "out" / "archive" / "a.pdf")
    assert ["a.pdf"] == names(tmp_path, skip=tmp_path / "out")


def test_names_are_nfc_and_can_be_written_as_utf8(tmp_path):
    put(tmp_path / unicodedata.normalize("NFD", "Quyết định.pdf"))
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/c\xf4ng v\xe3n.pdf")))
    found = names(tmp_path)
    assert sorted(["Quyết định.pdf", r"c\xf4ng v\xe3n.pdf"]) == sorted(found)
    "".join(found).encode("utf-8")


def test_names_of_several_inputs_do_not_clash(tmp_path):
    put(tmp_path / "a" / "2020" / "x.pdf")
    put(tmp_path / "b" / "2020" / "x.pdf")
    single = put(tmp_path / "c" / "x.pdf")
    found = names(tmp_path / "a" / "2020", tmp_path / "b" / "2020", single)
    assert ["2020/x.pdf", "b/2020/x.pdf", "c/x.pdf"] == found
    assert ["x.pdf"] == names(single)
    other = put(tmp_path / "c" / "y.pdf")
    assert ["x.pdf", "y.pdf"] == names(single, other)


def test_the_order_is_that_of_names_and_stays(tmp_path):
    for name in ("b.pdf", "a/z.pdf", "c/1.pdf", "a/10.pdf", "a/9.pdf"):
        put(tmp_path / name)
    assert ["a/10.pdf", "a/9.pdf", "a/z.pdf", "b.pdf", "c/1.pdf"] == names(tmp_path)


def test_times_and_size_tell_a_change(tmp_path):
    path = put(tmp_path / "a.pdf")
    (before,) = find([path])
    status = path.stat()
    path.write_bytes(PDF.replace(b"letter", b"lettre"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    (after,) = find([path])
    assert (before.size, before.modified_ns) == (after.size, after.modified_ns)
    assert before.changed_ns != after.changed_ns
    assert isinstance(after, Finding)
