"""Pages to zones: where the parts of a letter stand, after Decree 30/2020, Appendix I.

Zones are found by anchor phrases first (the national motto, `Số:`, `ngày … tháng`,
`Kính gửi`, `Nơi nhận`), then by position against them; the printed page varies too much
between offices for fixed windows. Party papers (Guide 36-HD/VPTW and successors) carry
the Party's name where State papers carry the motto. This package knows nothing of
field values.
"""

from __future__ import annotations

from pipeline.layout.anchors import is_copies_to as is_copies_to
from pipeline.layout.anchors import is_motto as is_motto
from pipeline.layout.anchors import is_number_line as is_number_line
from pipeline.layout.anchors import is_place_date as is_place_date
from pipeline.layout.closing import tail_band as tail_band
from pipeline.layout.header import Header as Header
from pipeline.layout.header import find_header as find_header
from pipeline.layout.header import header_box as header_box
from pipeline.layout.letters import opens_letter as opens_letter
from pipeline.layout.letters import split_letters as split_letters
from pipeline.layout.regions import find_regions as find_regions
from pipeline.layout.regions import name_band as name_band
