"""`mtaa prices`: what fees, tariffs, taxes and limits are valid, and new ones from a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from core.cli.audit import open_books
from core.identity.events import record_security_event
from core.identity.members import find_by_phone
from core.kernel.clock import local_time
from core.kernel.phone import NotAPhone, parse_phone
from core.kernel.settings import Settings
from core.payments.prices import BadPrices, add_prices, list_prices


async def prices(settings: Settings, *, action: str, file: str, by: str) -> int:
    """List every row, or add those of a file; 2 when the file or the name can't be used, and then nothing was added."""
    if action == "list":
        async with open_books(settings) as database, database.unit() as uow:
            for one in await list_prices(uow):
                print(f"{one.state:5} {one.what}: {one.price}, from {local_time(one.since)}")
        return 0
    try:
        content = await asyncio.to_thread(Path(file).read_text, encoding="utf-8")
        return await _add(settings, content, by=by)
    except (OSError, UnicodeDecodeError, NotAPhone, BadPrices) as problem:
        said = "--by must be the phone number of somebody with an account" if isinstance(problem, NotAPhone) else problem
        print(f"{said}. Nothing was added.", file=sys.stderr)
        return 2


async def _add(settings: Settings, content: str, *, by: str) -> int:
    async with open_books(settings) as database, database.unit() as uow:
        operator = await find_by_phone(uow, parse_phone(by))
        if operator is None:
            raise NotAPhone
        added = await add_prices(uow, content=content)
        details = {"rows": added}
        await record_security_event(uow, event_type="prices_added", severity="low", member=operator.id, details=details)
    print("\n".join(added))
    return 0
