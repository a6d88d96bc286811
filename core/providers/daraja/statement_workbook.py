"""An old Excel workbook (.xls, BIFF) as rows of text, as the portal of the years before 2015 exported statements.

Numbers and times are written as a CSV of the same statement has them. A formula counts by the value that was stored with it.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from core.payments.statements.rows import BadStatement

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
HALF_SECOND = timedelta(milliseconds=500)
# What a float can miss of a number with two decimals.
NEARLY = 1e-6


def workbook_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet that has any, with their numbers. Raises BadStatement for what can't be read."""
    import xlrd  # only for those who have such a file

    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True)
        sheets = (book.sheet_by_index(number) for number in range(book.nsheets))
        sheet = next((one for one in sheets if one.nrows), None)
        if sheet is None:
            return []
        return [(number + 1, [_text(cell, book.datemode) for cell in sheet.row(number)]) for number in range(sheet.nrows)]
    except Exception as problem:
        raise BadStatement(f"the workbook can't be read ({type(problem).__name__}): save it as CSV first") from problem


def _text(cell: Any, datemode: int) -> str:
    """A cell as a CSV of the same statement has it."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate.xldate_as_datetime(cell.value, datemode) + HALF_SECOND
        return f"{moment:%d-%m-%Y %H:%M:%S}"
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        whole, cents = f"{cell.value:.0f}", f"{cell.value:.2f}"
        shown = whole if abs(cell.value - float(whole)) < NEARLY else cents
        # More than two decimals are no amount of money: say them, so that the row is refused.
        return shown if abs(cell.value - float(shown)) < NEARLY else repr(cell.value)
    return str(cell.value).strip() if cell.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_EMPTY) else "#"
