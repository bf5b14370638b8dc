"""Where a letter's head leaves blanks for the clerk: number, day and month.

Found from the printed words around them (`Số:` ... `/SYT-NVY`, `ngày` ... `tháng` ...
`năm 2017`), also where the engine read ink and print as one garbage word. A part of
`handwriting`: it sees words and boxes, never pixels. Lengths are in points.
"""

from __future__ import annotations

from pipeline.slots.find import find_openings as find_openings
from pipeline.slots.opening import Opening as Opening
from pipeline.slots.typeface import text_width as text_width
