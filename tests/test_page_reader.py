"""Pages from bytes to words: what a page cannot give is said, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.page_reader import read_pages
from pipeline.render import render_page
from pipeline.settings import OcrSettings, Settings

SAMPLES = Path(__file__).parents[1] / "samples"
SETTINGS = Settings(ocr=OcrSettings(language="vie", second_language=""))


@pytest.mark.tesseract
@pytest.mark.parametrize(("blur", "codes"), [(0.0, []), (7.0, ["page_doubtful"])])
def test_a_page_that_is_too_blurred_to_read_says_so(
    tmp_path: Path, blur: float, codes: list[str]
) -> None:
    source = sorted(SAMPLES.glob("01*.pdf"))[0]
    page = render_page(source, source.name, 1, SETTINGS.render)
    pixels = cv2.GaussianBlur(page.pixels, (0, 0), blur) if blur else page.pixels
    path = tmp_path / "page.png"
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, dpi=(page.dpi, page.dpi))
    batch = read_pages(path, "page.png", [1], SETTINGS)
    assert [problem.code for problem in batch.problems] == codes
    assert all("page.png, page 1" in problem.message for problem in batch.problems)
    assert len(batch.pages) == 1
