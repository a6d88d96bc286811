"""No member is lost or charged wrongly, whatever the network does: every flow to its end, in every way that things can go wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

import ussd.callback
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.providers.redis_store import RedisStore
from tests.drops.faults import FAULTS, Book, Calm, Fault
from tests.drops.plays import PLAYS, TOGETHER
from tests.drops.village import Village, gather, watch_phones

WANTED = os.environ.get("DROPS_PLAYS", "").split()


async def played(db: Database, store: RedisStore, vault: Vault, redis_url: str, fault: Fault, monkeypatch: Any) -> Village:
    village = await gather(db, store, vault, redis_url, fault, "en")
    monkeypatch.setattr(ussd.callback, "UssdRenderer", watch_phones(village))
    await fault.meet(village)
    try:
        began = village.clock.moment
        for place, play in enumerate(PLAYS):
            # Each on a day of its own, so that what one took longer for is no other's affair.
            village.clock.moment = began + (timedelta(days=120 * place) if place > TOGETHER else timedelta(days=6 * place))
            if WANTED and play.__name__ not in WANTED:
                continue
            village.play_name = play.__name__
            if os.environ.get("DROPS_ALL"):
                try:
                    await play(village)
                except Exception as problem:
                    import traceback

                    frames = [
                        f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}"
                        for f in traceback.extract_tb(problem.__traceback__)
                        if "/tests/" in f.filename
                    ]
                    print("FAILED", play.__name__, type(problem).__name__, frames[:4], str(problem)[:600])
            else:
                await play(village)
    finally:
        await village.close()
    return village


BOOK = Book()


@pytest.mark.parametrize("fault", [Calm, *FAULTS], ids=lambda one: one.name)
async def test_drops(db, store, vault, redis_url, fault, monkeypatch):
    await played(db, store, vault, redis_url, fault(BOOK), monkeypatch)
    print()
    for one in BOOK.problems:
        print("PROBLEM", one[:1500])
    n = len(BOOK.problems)
    BOOK.problems.clear()
    print(fault.name, sum(v for (p, f), v in BOOK.disturbed.items() if f == fault.name), "hops")
    assert not n
    if fault is Calm:
        from core.dialogue.screens import Assurance

        acted = {a for a, f in BOOK.acted}
        import core.app
        from core.kernel.texts import catalogue

        book = core.app.check_book(catalogue())
        print("NOT", [n for n, a in book.actions.items() if a.needs is Assurance.PIN and n not in acted])
