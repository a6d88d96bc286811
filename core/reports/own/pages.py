"""Her own statement as a PDF: a table with a receipt's code for every line, and a QR code that leads to one's check."""

from __future__ import annotations

import io

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from core.daos.calendar import day_of
from core.kernel.texts import catalogue, text
from core.reports.group.pages import FONT, LINE, MARGIN, SMALL, Pages, fitted, grouped, latin
from core.reports.group.table import figures, written_day
from core.reports.own.figures import Line, OwnStatement

WIDTHS = (24, 64, 26, 30, 30)
COLUMNS = ("day", "movement", "code", "amount", "after")
QR_MILLIMETRES = 34


def as_pdf(statement: OwnStatement, *, language: str, link: str = "") -> bytes:
    """The document. `link`: where the newest receipt is checked; without one the QR code holds its code alone."""

    def say(key: str, **given: object) -> str:
        return latin(catalogue().say(language, text(key, **given)))

    pdf = Pages(format="A4")
    pdf.set_title(say("own-statement-title", name=statement.name))
    pdf.set_margins(MARGIN, MARGIN)
    pdf.add_page()
    _qr(pdf, statement, link)
    _heading(pdf, say("own-statement-title", name=statement.name), 16)
    _heading(pdf, say("own-statement-days", first=written_day(statement.first), last=written_day(statement.last)), 11)
    _heading(pdf, say("own-statement-check"), SMALL)
    pdf.ln(LINE * 2)
    columns = tuple(say("own-statement-column", column=name) for name in COLUMNS)
    _row(pdf, columns, bold=True)
    _row(pdf, ("", say("own-statement-opening"), "", "", grouped(figures(statement.opening))))
    for line in statement.lines:
        if pdf.will_page_break(LINE):
            pdf.add_page()
            _row(pdf, columns, bold=True)
        _row(pdf, _cells(line, say("own-movement", movement=line.kind)))
    _row(pdf, ("", say("own-statement-closing"), "", "", grouped(figures(statement.closing))), bold=True)
    return bytes(pdf.output())


def _cells(line: Line, what: str) -> tuple[str, ...]:
    day = written_day(day_of(line.at))
    return day, what, line.code, grouped(figures(line.amount)), grouped(figures(line.after))


def _heading(pdf: FPDF, said: str, size: int) -> None:
    width = pdf.epw - QR_MILLIMETRES - LINE
    pdf.set_font(FONT, "B" if size > SMALL else "", size)
    pdf.cell(width, LINE, fitted(pdf, said, width), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _row(pdf: FPDF, cells: tuple[str, ...], *, bold: bool = False) -> None:
    for place, cell in enumerate(cells):
        last = place == len(cells) - 1
        pdf.set_font(FONT, "B" if bold else "", SMALL)
        pdf.cell(
            WIDTHS[place],
            LINE,
            fitted(pdf, cell, WIDTHS[place]),
            border="B",
            align="R" if place >= len(cells) - 2 else "L",
            new_x=XPos.LMARGIN if last else XPos.RIGHT,
            new_y=YPos.NEXT if last else YPos.TOP,
        )


def _qr(pdf: FPDF, statement: OwnStatement, link: str) -> None:
    if not statement.lines:
        return
    out = io.BytesIO()
    segno.make(link or statement.lines[-1].code, micro=False).save(out, kind="png", scale=6, border=4)
    out.seek(0)
    pdf.image(out, x=pdf.w - MARGIN - QR_MILLIMETRES, y=MARGIN, w=QR_MILLIMETRES)
