"""Files to page images: PDF by Poppler, TIFF, JPEG and PNG by Pillow.

What a file is comes from its first bytes, never from its name. Every limit is checked
before pixels exist. A page that is one scanned picture is drawn pixel for pixel at the
scan's own resolution; a page that was born digital is handed on as words. Colours,
skew and dirt are left as they are: this package knows nothing of cleaning or reading.
"""

from __future__ import annotations

from pipeline.render.page_image import PageImage as PageImage
from pipeline.render.pages import count_pages as count_pages
from pipeline.render.pages import read_text_layer as read_text_layer
from pipeline.render.pages import render_page as render_page
