"""The set pieces of an official letter: header, number and date, heading, recipients, signatures.

Each function gives blocks for `typeset` to place from the top of the text area down.
"""

from samples import fonts
from samples.flow import Block, Line, Rule, Span, Typeface, mm, pt, set_line, wrap, wrap_plain
from samples.texts import Letter, Signer

LEFT_CENTRE, RIGHT_CENTRE = mm(57), mm(144)
_PAGE_CENTRE = mm(111.5)
_LEFT_WIDTH = mm(72)
_TEXT_LEFT = mm(30)
_SIGNATURE_ROOM = mm(29)

_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_MOTTO_1990 = ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"


def head_blocks(letter: Letter, typeface: Typeface) -> list[Block]:
    """The two columns at the top of page 1, down to the number and date lines."""
    left, left_rules, left_y = _issuer_column(letter, typeface)
    right, right_rules, right_y = _right_column(letter, typeface)
    size = pt(12 if typeface.worn else 13)
    y = max(left_y, right_y) + size * 1.75
    number = set_line(
        _filled(letter.number_line, "n", letter.number, letter.number_style),
        face=typeface.face(),
        size=size,
        y=y,
        centre=LEFT_CENTRE,
        slots={"n": (_slot_name("number", letter.number_style), mm(14))},
    )
    date = set_line(
        _filled(letter.date_line, "d", letter.day, letter.day_style),
        face=typeface.face(italic=True),
        size=size,
        y=y,
        centre=RIGHT_CENTRE,
        slots={"d": (_slot_name("day", letter.day_style), mm(9))},
    )
    lines = (*left, *right, number, date)
    return [Block(lines, y + size * 0.5, (*left_rules, *right_rules))]


def _slot_name(name: str, style: str) -> str:
    return name if style == "handwritten" else f"{name}-blank"


def _filled(template: str, key: str, value: str, style: str) -> str:
    return template.replace("{" + key + "}", value) if style == "printed" else template


def _issuer_column(letter: Letter, typeface: Typeface) -> tuple[list[Line], list[Rule], float]:
    size = pt(12 if typeface.worn else 13)
    rows = [(text, False) for text in letter.parent_issuer]
    rows += [(text, True) for text in letter.issuer]
    lines, y, width = [], 0.0, 0.0
    for text, bold in rows:
        face = typeface.face(bold=bold)
        row_size = size
        while fonts.width(text, face, row_size) > _LEFT_WIDTH:
            row_size *= 0.98
        y += size * 1.18
        lines.append(set_line(text, face=face, size=row_size, y=y, centre=LEFT_CENTRE))
        width = fonts.width(text, face, row_size)
    if letter.layout == "party":
        y += size
        lines.append(set_line("*", face=typeface.face(), size=size, y=y, centre=LEFT_CENTRE))
        return lines, [], y
    half = width * 0.2
    rule = Rule((LEFT_CENTRE - half, y + size * 0.33), (LEFT_CENTRE + half, y + size * 0.33), 3)
    return lines, [rule], y


def _right_column(letter: Letter, typeface: Typeface) -> tuple[list[Line], list[Rule], float]:
    if letter.layout == "party":
        size = pt(15)
        face = typeface.face(bold=True)
        line = set_line(_PARTY, face=face, size=size, y=size * 1.1, centre=RIGHT_CENTRE)
        half = fonts.width(_PARTY, face, size) / 2
        y = size * 1.45
        return [line], [Rule((RIGHT_CENTRE - half, y), (RIGHT_CENTRE + half, y), 3)], y
    motto = _MOTTO_1990 if typeface.worn else _MOTTO
    sizes = (pt(12), pt(12)) if typeface.worn else (pt(12.5), pt(13.5))
    lines, y, half = [], 0.0, 0.0
    for text, size in zip(motto, sizes, strict=True):
        face = typeface.face(bold=True)
        y += size * 1.2
        lines.append(set_line(text, face=face, size=size, y=y, centre=RIGHT_CENTRE))
        half = fonts.width(text, face, size) / 2
    y_rule = y + sizes[1] * 0.36
    return lines, [Rule((RIGHT_CENTRE - half, y_rule), (RIGHT_CENTRE + half, y_rule), 3)], y


def heading_blocks(letter: Letter, typeface: Typeface) -> list[Block]:
    """The type and subject in the middle, or a subject under the number; then the addressees."""
    blocks = [_heading(letter, typeface) if letter.heading else _subject_at_left(letter, typeface)]
    if letter.addressees:
        blocks.append(_addressees(letter, typeface))
    return blocks


def _subject_at_left(letter: Letter, typeface: Typeface) -> Block:
    size = pt(12)
    face = typeface.face(italic=letter.layout == "party")
    rows = wrap(letter.subject_lead + letter.subject, face=face, size=size, width=mm(64))
    lines = tuple(
        set_line(text, face=face, size=size, y=size * (1.1 + 1.18 * index), centre=LEFT_CENTRE)
        for index, text in enumerate(rows)
    )
    return Block(lines, size * (1.2 * len(rows) + 2.2))


def _heading(letter: Letter, typeface: Typeface) -> Block:
    size = pt(12 if typeface.worn else 14)
    face = typeface.face(bold=True)
    y = size * 1.9
    lines = [set_line(letter.heading, face=face, size=size, y=y, centre=_PAGE_CENTRE)]
    rules: list[Rule] = []
    if typeface.worn:
        half = fonts.width(letter.heading, face, size) / 2
        rules.append(_rule_about_centre(y + size * 0.3, half))
    subject = letter.subject_lead + letter.subject
    for text in wrap(subject, face=face, size=size, width=mm(140)):
        y += size * 1.25
        lines.append(set_line(text, face=face, size=size, y=y, centre=_PAGE_CENTRE))
    if letter.layout == "party":
        y += size * 0.8
        lines.append(set_line("-----", face=typeface.face(), size=size, y=y, centre=_PAGE_CENTRE))
        lines[-1] = Line(lines[-1].spans, lines[-1].y, "")
    else:
        rules.append(_rule_about_centre(y + size * 0.4, mm(19)))
    return Block(tuple(lines), y + size * 1.5, tuple(rules))


def _rule_about_centre(y: float, half: float) -> Rule:
    return Rule((_PAGE_CENTRE - half, y), (_PAGE_CENTRE + half, y), 3)


def _addressees(letter: Letter, typeface: Typeface) -> Block:
    size = pt(12 if typeface.worn else 14)
    label_face, face = typeface.face(), typeface.face()
    if len(letter.addressees) == 1:
        text = f"Kính gửi: {letter.addressees[0]}"
        rows = wrap_plain(text, face=face, size=size, width=mm(125))
        left = mm(30) + max(mm(12), (mm(163) - fonts.width(rows[0], face, size)) / 2)
        lines = tuple(
            set_line(row, face=face, size=size, y=size * (1.2 + 1.25 * index), left=left)
            for index, row in enumerate(rows)
        )
        return Block(lines, size * (1.25 * len(rows) + 1.2))
    left = mm(62)
    y = size * 1.2
    found = [set_line("Kính gửi:", face=label_face, size=size, y=y, left=left)]
    indent = left + fonts.width("Kính gửi: ", face, size)
    for index, name in enumerate(letter.addressees):
        mark = "." if index == len(letter.addressees) - 1 else ";"
        for text in wrap_plain(f"- {name}{mark}", face=face, size=size, width=mm(193) - indent):
            y += size * 1.25
            found.append(set_line(text, face=face, size=size, y=y, left=indent))
    return Block(tuple(found), y + size * 1.2)


def closing_blocks(letter: Letter, typeface: Typeface) -> list[Block]:
    """Recipients at left beside one signature at right; below the signatures when there are two."""
    recipients, recipient_rules, recipients_height = _recipients(letter, typeface)
    gap = pt(6)
    if len(letter.signers) == 1:
        signature, height = _signature(letter, letter.signers[0], typeface, mm(147), 1)
        lines = tuple(_moved(line, gap) for line in (*recipients, *signature))
        rules = tuple(_rule_moved(rule, gap) for rule in recipient_rules)
        return [Block(lines, gap + max(height, recipients_height), rules)]
    centres = (mm(65), mm(151))
    both: list[Line] = []
    height = 0.0
    for order, (signer, centre) in enumerate(zip(letter.signers, centres, strict=True), start=1):
        lines_here, height_here = _signature(letter, signer, typeface, centre, order)
        both += [_moved(line, gap) for line in lines_here]
        height = max(height, height_here)
    signatures = Block(tuple(both), gap + height + mm(4))
    return [signatures, Block(tuple(recipients), recipients_height, tuple(recipient_rules))]


def _moved(line: Line, dy: float) -> Line:
    return Line(line.spans, line.y + dy, line.text)


def _rule_moved(rule: Rule, dy: float) -> Rule:
    (x0, y0), (x1, y1) = rule.start, rule.end
    return Rule((x0, y0 + dy), (x1, y1 + dy), rule.weight)


def _recipients(letter: Letter, typeface: Typeface) -> tuple[list[Line], list[Rule], float]:
    party = letter.layout == "party"
    label_size, size = pt(12), pt(12 if typeface.worn else 11)
    label_face = typeface.face(bold=not party, italic=not party)
    face = typeface.face()
    y = label_size
    label = letter.recipients_label
    lines = [set_line(label, face=label_face, size=label_size, y=y, left=_TEXT_LEFT)]
    rules = []
    if party or typeface.worn:
        end = _TEXT_LEFT + fonts.width(label, label_face, label_size)
        rules.append(Rule((_TEXT_LEFT, y + size * 0.25), (end, y + size * 0.25)))
    rows = [f"- {name};" for name in letter.recipients]
    if letter.archive:
        rows.append(f"- {letter.archive_lead}{letter.archive}.")
    for row in rows:
        for text in wrap_plain(row, face=face, size=size, width=mm(74)):
            y += size * 1.2
            lines.append(set_line(text, face=face, size=size, y=y, left=_TEXT_LEFT))
    if letter.drafter:
        y += size * 1.5
        lines.append(set_line(letter.drafter, face=face, size=size, y=y, left=_TEXT_LEFT))
    return lines, rules, y + size


def _signature(
    letter: Letter, signer: Signer, typeface: Typeface, centre: float, order: int
) -> tuple[list[Line], float]:
    size = pt(12 if typeface.worn else 13.5)
    lines, y = [], 0.0
    for index, title in enumerate(signer.titles):
        last = index == len(signer.titles) - 1
        face = typeface.face(bold=letter.layout != "party" or not last)
        row_size = size
        while fonts.width(title, face, row_size) > mm(82):
            row_size *= 0.98
        y += size * 1.2
        lines.append(set_line(title, face=face, size=row_size, y=y, centre=centre))
    middle = y + _SIGNATURE_ROOM * 0.5
    slot = Span(centre, "", typeface.face(), size, slot=f"signature-{order}", width=mm(50))
    lines.append(Line((slot,), middle, ""))
    y += _SIGNATURE_ROOM
    name = signer.printed_name or signer.name
    face = typeface.face(bold=True)
    lines.append(
        set_line(name, face=face, size=pt(12 if typeface.worn else 14), y=y, centre=centre)
    )
    return lines, y + size
