"""The statement as a table for a spreadsheet, in the reader's language. No cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from core.reports.group.figures import GroupStatement

# What spreadsheets begin a formula with, in wide letters too, and what some strip before they look (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(statement: GroupStatement, *, language: str) -> bytes:
    """UTF-8 with the mark that makes spreadsheets read it as such."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([[safe(cell) for cell in row] for row in rows(statement, language)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def safe(cell: str) -> str:
    """The cell as text: what begins like a formula gets an apostrophe in front, which spreadsheets don't show."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def rows(statement: GroupStatement, language: str) -> Iterator[tuple[str, ...]]:
    """Heading, what came in, what went out, what is there, who owes; amounts in plain figures."""

    def say(key: str, **given: object) -> str:
        return catalogue().say(language, text(key, **given))

    period = statement.period
    yield (say("group-statement-title", group=statement.name),)
    yield (say("group-statement-days", first=written_day(period.first), last=written_day(period.last)),)
    yield (say("group-statement-opening"), figures(statement.opening))
    for title, moved in (("income", statement.income), ("expenses", statement.expenses)):
        yield (say(f"group-statement-{title}"),)
        for kind, amount in moved.items():
            yield (say("group-movement", movement=kind), figures(amount))
    yield (say("group-statement-holds"),)
    yield (say("group-statement-closing"), figures(statement.closing))
    for name, amount in statement.held.items():
        yield (say("group-account", name=name), figures(amount))
    if statement.debts:
        yield (say("group-statement-owes"),)
        yield (say("group-statement-name"), say("group-statement-owed"), say("group-statement-late"))
    for debt in statement.debts:
        yield (debt.name, figures(debt.owed), figures(debt.late))
    if statement.seal:
        yield (say("group-statement-seal"), statement.seal)


def figures(amount: Money) -> str:
    """As spreadsheets read a number: 12345.50."""
    return f"{amount.as_decimal():.2f}"


def written_day(when: date) -> str:
    """As people write it: 5/11/2026."""
    return f"{when.day}/{when.month}/{when.year}"
