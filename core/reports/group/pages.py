"""The statement as a PDF that a secretary can print and a bank can read."""

from __future__ import annotations

import re
from decimal import Decimal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from core.reports.group.figures import GroupStatement
from core.reports.group.table import rows

MARGIN, LINE = 18, 8
SMALL, SMALLEST = 10, 7
WIDTHS = (94, 40, 40)
# Fonts that every reader has know Latin 1; what a phone can write beyond it (some Greek) becomes a question mark.
FONT = "helvetica"
FIGURE = re.compile(r"-?[0-9]+\.[0-9]{2}")


def as_pdf(statement: GroupStatement, *, language: str) -> bytes:
    """A4, one line for each row of the table; rows of one cell are headings."""
    pdf = Pages(format="A4")
    pdf.set_title(statement.name)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.add_page()
    for number, row in enumerate(rows(statement, language)):
        _write(pdf, [latin(grouped(cell)) for cell in row], number)
    return bytes(pdf.output())


class Pages(FPDF):
    """A4 with the number of each page at its foot."""

    def footer(self) -> None:
        """Which page of how many."""
        self.set_y(-MARGIN)
        self.set_font(FONT, "", SMALL)
        self.cell(0, LINE, f"{self.page_no()} / {{nb}}", align="R")


def fitted(pdf: FPDF, cell: str, width: float) -> str:
    """The cell in a font that fits this width (millimetres), down to SMALLEST; then its beginning and three dots."""
    room = width - 2 * pdf.c_margin
    while pdf.get_string_width(cell) > room and pdf.font_size_pt > SMALLEST:
        pdf.set_font_size(pdf.font_size_pt - 0.5)
    if pdf.get_string_width(cell) <= room:
        return cell
    while cell and pdf.get_string_width(f"{cell}...") > room:
        cell = cell[:-1]
    return f"{cell}..."


def _write(pdf: FPDF, cells: list[str], number: int) -> None:
    is_heading = len(cells) == 1
    if is_heading and number > 1:
        pdf.ln(LINE / 2)
    for place, cell in enumerate(cells):
        last = place == len(cells) - 1
        pdf.set_font(FONT, "B" if is_heading else "", 16 if number == 0 else 11)
        width = sum(WIDTHS) if is_heading else WIDTHS[place]
        pdf.cell(
            width,
            LINE,
            fitted(pdf, cell, width),
            align="R" if place else "L",
            border=0 if is_heading else "B",
            new_x=XPos.LMARGIN if last else XPos.RIGHT,
            new_y=YPos.NEXT if last else YPos.TOP,
        )


def latin(cell: str) -> str:
    """The cell in letters that every reader's fonts have."""
    return cell.encode("latin-1", "replace").decode("latin-1")


def grouped(cell: str) -> str:
    """An amount as people read it: 12,345.50."""
    return f"{Decimal(cell):,.2f}" if FIGURE.fullmatch(cell) else cell
