"""A sheet of A4 in the looks of a business: its typefaces, its colour, its foot. Lengths in millimetres."""

import logging
import unicodedata
from functools import lru_cache

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from app.config import ROOT

# It names the letters that a typeface lacks, which are a customer's.
logging.getLogger("fpdf").setLevel(logging.CRITICAL)

FONTS = ROOT / "fonts"
MARGIN, WIDTH = 20.0, 170.0
INK, MUTED, LINE = (30, 41, 51), (88, 99, 110), (213, 219, 224)
#: Least contrast of text on white (WCAG 2.2, 1.4.3); a paler colour of a business only draws lines.
READABLE = 4.5
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}

Colour = tuple[int, int, int]


class Sheet(FPDF):
    """The pages of one document. `foot` stands at the foot of each with its number."""

    def __init__(self, accent: str, foot: str) -> None:
        super().__init__("portrait", "mm", "A4")
        self.accent, self.foot = _colour(accent), printable(foot)
        self.accent_ink = self.accent if _contrast(self.accent) >= READABLE else INK
        self.add_font("Inter", "", FONTS / "inter-400.ttf")
        self.add_font("Inter", "B", FONTS / "inter-600.ttf")
        self.set_margins(MARGIN, 18, MARGIN)
        self.set_auto_page_break(True, 24)
        self.set_lang("en-GB")
        self.alias_nb_pages()
        self._has_fallback = False

    def footer(self) -> None:
        """The line at the foot of a page (called by FPDF)."""
        self.set_y(-16)
        self.write_line(f"{self.foot}  ·  page {self.page_no()} of {{nb}}", 8, MUTED, align="C")

    def letters_for(self, text: str) -> None:
        """Have a typeface with more letters at hand when `text` needs it; without need it costs nothing."""
        if not self._has_fallback and not set(map(ord, text)) <= _latin():
            self.add_font("More", "", FONTS / "dejavu-sans.ttf")
            self.set_fallback_fonts(["More"], exact_match=False)
            self._has_fallback = True

    def finished(self) -> bytes:
        """The document; the files of its typefaces are closed again."""
        try:
            return bytes(self.output())
        finally:
            for font in self.fonts.values():
                if isinstance(font, TTFFont):
                    font.close()

    def style(self, size: float, colour: Colour = INK, *, bold: bool = False) -> None:
        """Write like this from here on; the size in points."""
        self.set_font("Inter", "B" if bold else "", size)
        self.set_text_color(*colour)

    def write_line(
        self, text: str, size: float = 10, colour: Colour = INK, *, bold: bool = False, align: str = "L",
        width: float = 0, height: float | None = None,
    ) -> None:  # fmt: skip
        """Write `text` in as many lines as it takes, and go on under it."""
        self.letters_for(text)
        self.style(size, colour, bold=bold)
        self.multi_cell(
            width, height or size * 0.52, printable(text), align=Align.coerce(align), new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )  # fmt: skip

    def write_link(self, link: str, size: float, width: float) -> None:
        """An address that can be followed, on one line, for whoever types it off: the longer, the smaller."""
        self.style(size, self.accent_ink)
        self.style(min(size, size * (width - 2 * self.c_margin) / self.get_string_width(link)), self.accent_ink)
        self.cell(width, 5, link, link=link)

    def row(self, cells: list[tuple[str, float, str, bool]], size: float = 10, colour: Colour = INK) -> None:
        """A row of a table with a hairline under it: (text, width, align, bold). It stays on one page."""
        height, pad = size * 0.52, 2.1
        wrapped = []
        for text, width, _, bold in cells:
            self.letters_for(text)
            self.style(size, bold=bold)
            wrapped.append(
                self.multi_cell(width, height, printable(text), dry_run=True, output=MethodReturnValue.LINES,
                                wrapmode=WrapMode.WORD)
            )  # fmt: skip
        tall = max(map(len, wrapped)) * height + 2 * pad
        if self.will_page_break(min(tall, 100)):
            self.add_page()
        top, left = self.get_y(), self.l_margin
        for (_, width, align, bold), lines in zip(cells, wrapped, strict=True):
            self.style(size, colour, bold=bold)
            for number, line in enumerate(lines):
                self.set_xy(left, top + pad + number * height)
                self.cell(width, height, line, align=Align.coerce(align))
            left += width
        self.set_y(top + tall)
        self.rule()

    def rule(self, colour: Colour = LINE, thickness: float = 0.2) -> None:
        """A line across the page."""
        self.set_draw_color(*colour)
        self.set_line_width(thickness)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())


def printable(text: str) -> str:
    """`text` without marks that show nothing but could change how the rest reads (direction, controls)."""
    return "".join(mark for mark in text if mark == "\n" or unicodedata.category(mark) not in _HIDDEN)


@lru_cache(maxsize=1)
def _latin() -> frozenset[int]:
    """The characters that Inter has here, and white space."""
    with TTFont(FONTS / "inter-400.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap()) | {10, 13, 32, 0xA0}


def _colour(accent: str) -> Colour:
    return (int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16))


def _contrast(colour: Colour) -> float:
    """Against white (WCAG 2.2, relative luminance)."""
    parts = [value / 255 for value in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
