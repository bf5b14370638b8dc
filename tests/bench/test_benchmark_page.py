"""The page of measurements and the table of readings, without running any engine."""

from __future__ import annotations

from pathlib import Path

from pipeline.text_scores import score_page
from tests.bench.benchmark_page import put_section
from tests.bench.ocr_report import Reading, report


def test_a_script_replaces_its_own_section_only(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "benchmarks.md"
    put_section(page, "reading", "## Reading\n\nold")
    put_section(page, "citations", "## Citations\n\nkept")
    put_section(page, "reading", r"## Reading\n\n\1 new")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks")
    assert "old" not in text
    assert text.index("new") < text.index("## Citations") < text.index("kept")
    put_section(page, "reading", r"## Reading\n\n\1 new")
    assert page.read_text(encoding="utf-8") == text


def test_each_damage_and_all_have_a_row_for_each_engine() -> None:
    good = score_page(["Số: 12/QĐ-UBND", "Nơi nhận:"], ["Số: 12/QĐ-UBND", "Nơi nhận:"]).score
    bad = score_page(["Số: 12/QĐ-UBND", "Nơi nhận:"], ["Số: 72/QĐ-UBND"]).score
    readings = [
        Reading("sohoa", "faint_yellowed", "a", good, 1.0),
        Reading("Tesseract", "faint_yellowed", "a", bad, 3.0),
        Reading("sohoa", "clean_300", "b", good, 2.0),
        Reading("Tesseract", "clean_300", "b", good, 3.0),
    ]
    text = report(readings, "python tests/bench/ocr_report.py")
    assert text.count("| sohoa |") == text.count("| Tesseract |") == 3
    row = "| faint yellowed | Tesseract | 43.48 % [43.48, 43.48] | 43.48 % | 75.00 % "
    assert row + "| 0.00 % | 0.0 % | 1 of 2 | 0.00 % | 3.0 |" in text
    assert "| all | sohoa | 0.00 % [0.00, 0.00] |" in text
    assert "2 pages, 1 of each damage" in text
    assert "OCRmyPDF was not installed for this run." in text
