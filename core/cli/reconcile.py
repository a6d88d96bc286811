"""`mtaa reconcile`: M-Pesa's own statement against our books, from the file that its portal or its nightly mail gives."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from core.cli.audit import open_books
from core.kernel.clock import local_time
from core.kernel.settings import Settings
from core.payments.statements.coverage import Unstated, unstated
from core.payments.statements.reconciling import Difference, Imported, Sum, differences, import_statement, sums
from core.payments.statements.rows import BadStatement, StatementFile
from core.providers.daraja.statement_file import read_statement

HOUR = 3600


async def reconcile(settings: Settings, *, file: str, shortcode: str) -> int:
    """Import a statement and print what it came to; 1 when something differs, 2 when the file can't be believed."""
    try:
        path = Path(file)
        read = read_statement(await asyncio.to_thread(path.read_bytes), name=path.name)
        return await _reconcile(settings, read, name=path.name, said=shortcode)
    except (OSError, BadStatement) as problem:
        print(f"{file}: {problem}. Nothing was changed.", file=sys.stderr)
        return 2


async def _reconcile(settings: Settings, read: StatementFile, *, name: str, said: str) -> int:
    async with open_books(settings) as database:
        imported = await import_statement(
            database, read, name=name, shortcode=settings.daraja.shortcode, said=said, progress=_say
        )
        async with database.unit() as uow:
            found = await sums(uow, file=imported.file)
            different, missing = await differences(uow), await unstated(uow)
    print("\n".join(_told(read, imported, found, different, missing)))
    return 1 if different or missing else 0


def _told(
    read: StatementFile, imported: Imported, found: list[Sum], different: list[Difference], missing: list[Unstated]
) -> list[str]:
    again = ", imported before: nothing was changed" if imported.again else ""
    since, until = (local_time(each(row.at for row in read.rows)) for each in (min, max))
    return [
        f"{read.variant} statement, {since} to {until}: {imported.rows:,} rows, {imported.new:,} new{again}",
        *(f"{account}: {kept.opening} before, {kept.closing} after" for account, kept in read.accounts.items()),
        *(f"{one.kind:9} {one.state:9} {one.rows:6,}  {one.amount}" for one in found),
        *([f"{imported.released:,} payments out were not made: their money went back"] if imported.released else []),
        *(_difference(one) for one in different),
        *(f"DIFFERENT {one.kind} {one.receipt} {one.amount}: in our books, not in M-Pesa's statement" for one in missing),
        f"{len(different) + len(missing):,} differences",
    ]


def _difference(one: Difference) -> str:
    hours = int(one.age.total_seconds() // HOUR)
    return f"DIFFERENT {one.kind} {one.receipt} {one.amount} {hours} h: {one.why} (row {one.row})"


def _say(word: str) -> None:
    """Progress goes beside the result, so that the result can be kept."""
    print(word, file=sys.stderr, flush=True)
