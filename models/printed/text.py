"""What lines of official letters say: endless text drawn from the lexicons of `models`."""

from __future__ import annotations

from importlib import resources

import numpy as np

from models.printed.chain import Chain
from models.printed.draw import Draw
from models.printed.figures import BODIES, date, document_number, figures
from pipeline.lexicon import load_lexicon, read_table
from pipeline.naming import given_names, old_place, syllables
from pipeline.printed import ALPHABET, PLAIN

#: Signs that are drawn; some are read as another.
_KNOWN = frozenset(ALPHABET) | set(map(chr, PLAIN))
#: Lines of heads, feet and stamps that stand in letter after letter.
_FIXED = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc", "Độc lập – Tự do – Hạnh phúc", "ĐẢNG CỘNG SẢN VIỆT NAM",
    "Kính gửi:", "Nơi nhận:", "QUYẾT ĐỊNH:", "QUYẾT ĐỊNH", "THÔNG BÁO", "KẾ HOẠCH", "BÁO CÁO",
    "TỜ TRÌNH", "GIẤY MỜI", "CÔNG ĐIỆN", "Trân trọng./.", "Trân trọng cảm ơn./.", "HỎA TỐC", "KHẨN",
    "Kính gửi: Các đơn vị trực thuộc", "- Như trên;", "- Lưu: VT.", "- Như Điều 3;", "ĐẾN",
    "(Đã ký)",
)  # fmt: skip
#: What stands among syllables and is none.
_AMONG = (
    "COVID-19", "Covid-19", "TNHH", "PCCC", "BHYT", "HIV/AIDS", "CNTT", "và", "II", "III", "IV",
    "XIII", "WHO", "email", "website",
)  # fmt: skip
_UNITS = ("Sở", "Bộ", "UBND", "Văn phòng", "Phòng", "Ban", "Vụ", "Cục", "TT", "Như")
_SITES = ("gmail.com", "yahoo.com", "hue.gov.vn", "moh.gov.vn")


class Writer:
    """Lines as letters have them; the same for the same generator."""

    def __init__(self, random: np.random.Generator) -> None:
        """Draws from `random`."""
        self.draw = Draw(random)
        self.chain = Chain()
        lexicon = load_lexicon()
        self.families, self.middles = tuple(lexicon.surnames), tuple(lexicon.middle_names)
        self.given, self.all = tuple(given_names()), tuple(sorted(syllables()))
        self.types, self.full_types = tuple(lexicon.type_of_abbreviation), lexicon.doc_types
        self.titles, self.ranks, self.places = lexicon.titles, lexicon.ranks, lexicon.places
        self.headers = tuple(lexicon.header_phrases)
        self.agencies, self.recipients, self.laws = (
            _names(table) for table in ("agencies.tsv", "recipients.tsv", "law_names.tsv")
        )
        self.kinds = (
            (self.running, 0.36), (self.citation, 0.12), (self.head, 0.09), (self.recipient, 0.1),
            (self.person, 0.07), (self.number_line, 0.06), (self.strange, 0.06),
            (self.place_date, 0.05), (self.subject, 0.05), (self.office, 0.04),
        )  # fmt: skip
        self.shares = np.cumsum([share for _, share in self.kinds])

    def line(self) -> str:
        """One line, NFC, of signs of ALPHABET and PLAIN, single blanks."""
        text = self.kinds[min(self.draw.at(self.shares), len(self.kinds) - 1)][0]()
        if self.draw.chance(0.4):
            text = " ".join(old_place(word) for word in text.split())
        return " ".join("".join(sign for sign in text if sign in _KNOWN).split()) or "-"

    def running(self) -> str:
        """A line of a paragraph."""
        draw = self.draw
        words = self.chain.run(draw, draw.count(2, 13))
        if draw.chance(0.5):
            words[0] = words[0].capitalize()
        text = " ".join(self._dressed(word) for word in words)
        if draw.chance(0.15):
            text = self._mark() + text
        return text + draw.pick(("", "", "", ".", ";", ":", ",", "./."))

    def _dressed(self, word: str) -> str:
        """A word of a paragraph; one in six has a sign, capitals, or is no syllable."""
        draw = self.draw
        forms = (
            (0.05, lambda: word + draw.pick(",.;,:.")),
            (0.03, lambda: self._figures()),
            (0.03, word.capitalize),
            (0.015, word.upper),
            (0.015, lambda: f"({word})"),
            (0.01, lambda: draw.pick((f'"{word}"', f"“{word}”"))),
            (0.01, lambda: draw.pick(_AMONG)),
            (0.01, lambda: f"- {word}"),
        )
        at = draw.random.random()
        for share, form in forms:
            if at < share:
                return form()
            at -= share
        return word

    def _mark(self) -> str:
        """What begins a paragraph or an item of a list."""
        draw = self.draw
        marks = (
            "- ", "+ ", "* ", f"{draw.count(1, 19)}. ", f"{draw.pick('abcdđe')}) ",
            f"{draw.count(1, 9)}.{draw.count(1, 9)}. ", f"Điều {draw.count(1, 60)}. ",
            f"{draw.pick(('I', 'II', 'III', 'IV', 'V', 'VI'))}. ",
        )  # fmt: skip
        return draw.pick(marks)

    def _figures(self) -> str:
        return self._number() if self.draw.chance(0.1) else figures(self.draw)

    def _number(self) -> str:
        return document_number(self.draw, self.types)

    def citation(self) -> str:
        """A line, or a part of one, that names a directive."""
        draw = self.draw
        kind, by, number = draw.pick(self.full_types), draw.pick(self.agencies), self._number()
        when = draw.pick((date(draw), f"ngày {figures(draw)}", ""))
        forms = (
            f"Căn cứ {kind} số {number} {when} của {by}", f"số {number} {when}",
            f"Căn cứ Luật {draw.pick(self.laws)} {when};", f"thực hiện {kind} số {number}",
            f"tại {kind} số {number} {when}", f"Theo {kind} {number} {when} của {by} về",
            f"điểm {draw.pick('abcdđe')} khoản {draw.count(1, 12)} Điều {draw.count(1, 90)} {kind}",
        )  # fmt: skip
        words = draw.pick(forms).split()
        start = draw.count(0, max(0, len(words) - 9)) if draw.chance(0.3) else 0
        return " ".join(words[start : start + draw.count(3, 14)])

    def head(self) -> str:
        """A line of a letter's head, in capitals."""
        draw = self.draw
        if draw.chance(0.25):
            return draw.pick(_FIXED)
        if draw.chance(0.5):
            return draw.pick(self.agencies).upper()
        place = draw.pick(self.places).upper()
        if draw.chance(0.5):
            place = " ".join(self.chain.run(draw, draw.count(1, 3)))
        return f"{draw.pick(self.headers)} {place}"

    def number_line(self) -> str:
        """The number as it stands in the head; it is often filled in by hand."""
        number = self._number()
        if self.draw.chance(0.3):
            number = number.lstrip("0123456789")
        return f"{self.draw.pick(('Số:', 'Số', 'Số :'))} {number}"

    def place_date(self) -> str:
        """Place and date; the day is often filled in by hand."""
        draw = self.draw
        place = draw.pick(self.places)
        if draw.chance(0.2):
            place = " ".join(self.chain.run(draw, 2)).title()
        if draw.chance(0.25):
            return f"{place}, ngày tháng {draw.count(1, 12)} năm {draw.count(1995, 2026)}"
        return f"{place}, {date(draw)}"

    def recipient(self) -> str:
        """A line of `Nơi nhận` or `Kính gửi`."""
        draw = self.draw
        if draw.chance(0.25):
            return self._kept()
        name = draw.pick(self.recipients).replace("#", str(draw.count(1, 5)))
        if draw.chance(0.4):
            words = self.chain.run(draw, draw.count(2, 3))
            name = draw.pick((" ".join(words).title(), " ".join(words), draw.pick(BODIES)))
            name = f"{draw.pick(_UNITS)} {name}"
        end = draw.pick((";", ".", ";", "", " (để b/c);", " (b/c);", " (để t/h);", "(để biết);"))
        return f"{draw.pick(('- ', '- ', '-', '+ ', '', '– '))}{name}{end}"

    def _kept(self) -> str:
        """Who keeps the letter, and how many copies."""
        draw = self.draw
        units = ", ".join(draw.pick(BODIES) for _ in range(draw.count(1, 3)))
        copies = draw.count(2, 90)
        ends = ("", f" ({copies})", f" ({copies}b)", f".{copies}", f", {self.person()}")
        return f"- Lưu: {draw.pick(('VT', 'VT', 'VP'))}, {units}{draw.pick(ends)}."

    def person(self) -> str:
        """A name, with a degree or in capitals at times."""
        draw = self.draw
        words = [draw.pick(self.families)]
        for _ in range(draw.count(0, 2)):
            words.append(draw.pick(self.middles if draw.chance(0.7) else self.given))
        rare = draw.pick(self.all).capitalize()
        words.append(draw.pick(self.given) if draw.chance(0.85) else rare)
        name = " ".join(words)
        if draw.chance(0.15):
            name = name.upper()
        return f"{draw.pick(self.ranks)} {name}" if draw.chance(0.15) else name

    def subject(self) -> str:
        """A line of the subject."""
        start = self.draw.pick(("V/v ", "V/v: ", "Về việc ", "Vv ", "về việc "))
        return start + " ".join(self.chain.run(self.draw, self.draw.count(3, 9)))

    def office(self) -> str:
        """A signer's office."""
        prefix = self.draw.pick(("", "", "KT. ", "TM. ", "TL. ", "TUQ. ", "Q. "))
        return f"{prefix}{self.draw.pick(self.titles)}"

    def strange(self) -> str:
        """Syllables and signs that are seen seldom must be learned too."""
        draw = self.draw
        way = draw.count(0, 3)
        if way == 0:
            return " ".join(self._rare() for _ in range(draw.count(2, 8)))
        if way == 1:
            return " ".join(self._figures() for _ in range(draw.count(1, 5)))
        if way == 2:
            signs = ALPHABET.replace(" ", "")
            return " ".join(self._spelled(signs, 1, 6) for _ in range(draw.count(1, 5)))
        word = self._spelled("abcdefghijklmnopqrstuvwxyz", 3, 9)
        forms = (
            f"{word}@{draw.pick(_SITES)}", f"http://{word}.gov.vn/{word[:3]}",
            f"www.{word}.edu.vn", f"{word.capitalize()} {word[::-1]}",
        )  # fmt: skip
        return draw.pick(forms)

    def _rare(self) -> str:
        word = self.draw.pick(self.all)
        if self.draw.chance(0.15):
            return word.upper()
        return word.capitalize() if self.draw.chance(0.2) else word

    def _spelled(self, signs: str, least: int, most: int) -> str:
        return "".join(self.draw.pick(signs) for _ in range(self.draw.count(least, most)))


def _names(table: str) -> tuple[str, ...]:
    path = resources.files("models") / "lexicons" / table
    return tuple(row["name"] for row in read_table(path, ("name",)) if row["name"])
