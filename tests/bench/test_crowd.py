"""Two hundred phones at once and hops that arrive twice: no wrong screen, for a few seconds. How fast is a bench's question.

Two processes answer, so that a hop may reach another than the one before, and both at once where it arrives twice.
"""

from __future__ import annotations

from tests.bench.crowd import PHONES, dial, settle
from tests.bench.ussd import our_web


async def test_two_hundred_phones_at_once_see_no_wrong_screen(empty_database: str, redis_url: str) -> None:
    callers = await settle(empty_database, PHONES)
    async with our_web(empty_database, redis_url, processes=2) as web:
        seen = await dial(callers, web.port, seconds=3)

    assert seen.wrong == []
    assert seen.counts["hops"] >= PHONES
    assert seen.counts["twice"] > 0


async def test_a_wrong_screen_would_be_seen(empty_database: str, redis_url: str) -> None:
    [one, other] = await settle(empty_database, 2)
    mixed = [type(one)(one.number, other.account, one.amount), other]
    async with our_web(empty_database, redis_url) as web:
        seen = await dial(mixed, web.port, seconds=1.5)

    assert any(other.account in wrong for wrong in seen.wrong)
