"""`python -m core.jobs.past`: live the practice group's year, once; what it left goes to a file for the sandbox.

Started by `mtaa run --year` before the other processes, in development only. A year that was cut off isn't begun again: a
second one on top of it would be neither.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.app import EXECUTIONS, addresses
from core.daos.calendar import at_hour, day_of
from core.identity.members import find_by_phone
from core.jobs.past.cast import CAST, GROUP, PIN
from core.jobs.past.chama import Chama
from core.jobs.past.mpesa import Carrier, Silent
from core.jobs.past.story import due_days, live
from core.jobs.turned import TurnedClock, TurnedWorker
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings, environ, read_settings
from core.kernel.texts import Texts, catalogue
from core.ledger.batcher import Batcher, connector

KEPT = "year.json"


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


@dataclass
class PastServices:
    """What the handlers get."""

    settings: Settings
    clock: TurnedClock
    vault: Vault
    texts: Texts
    database: Database
    database_url: str
    sms: Any
    email: Any
    chat: Any
    sim_swap: Any
    mobile_money: Any
    batcher: Any
    executions: Any


async def main() -> int:
    """Live it unless it was lived; 1 when it can't be."""
    settings = read_settings(environ())
    kept = settings.home / KEPT
    if kept.exists():
        return 0
    logging.disable(logging.WARNING)
    began = time.monotonic()
    async with addresses(settings) as where, _opened(settings, where.database_url) as (chama, hasher):
        if any([await chama.act(find_by_phone, phone=one.phone) for one in CAST]):
            _say("The practice year was cut off, or its phones are in use: it is lived only in a new data folder.\n")
            return 1
        _say(f"Living a year of the practice group {GROUP}:")
        now = SystemClock().now()
        chama.clock.moment = at_hour(due_days(day_of(now))[0] - timedelta(days=2), 9)
        await chama.found(hasher)
        await live(chama, now, lambda month: _say(f" {month}"))
    first, second = (one.name.split()[0] for one in CAST[:2])
    words = f"{first} and {second} belong to {GROUP}, a group that has lived for a year; the PIN of all its members is {PIN}."
    left = {"year": GROUP, "year_pin": PIN, "words": words}
    past = [payment.entry() for payment in chama.payments]
    kept.write_text(json.dumps({"practice": left, "payments": past}), encoding="utf-8")
    _say(f" ({time.monotonic() - began:.0f} s)\n")
    return 0


@asynccontextmanager
async def _opened(settings: Settings, url: str) -> AsyncIterator[tuple[Chama, PinHasher]]:
    clock, ids, vault = TurnedClock(SystemClock().now()), TimeOrderedIds(), Vault(settings.secret_keys)
    dial = settings.africastalking.ussd_code
    database = Database(url, clock=clock, ids=ids, vault=vault, pool_size=3, dial=dial)
    carrier, silent = Carrier(), Silent()
    async with Batcher(connector(url), clock=clock, ids=ids) as batcher:
        around = {"sms": carrier, "email": carrier, "chat": carrier, "sim_swap": carrier, "mobile_money": silent}
        services = PastServices(
            settings, clock, vault, catalogue(), database, url, **around, batcher=batcher, executions=EXECUTIONS
        )
        worker = TurnedWorker(database, services)
        yield Chama(database, clock, worker, settings.daraja.shortcode), PinHasher(vault)
    await database.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
