"""Requests to Daraja take turns: a few at once, then one each step; who would wait too long isn't sent, and that is certain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from core.kernel.settings import DarajaSettings
from core.payments.outcomes import Accepted, Failed
from core.providers.daraja.client import PUSH_PATH, Daraja
from core.providers.daraja.turns import LONGEST_WAIT, Turns

from .companies import serving
from .scripted import SETTINGS, Scripted
from .test_daraja import ACCEPTED, request


class Time:
    """Stands still while nobody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))

    def turns(self, per_minute: int) -> Turns:
        return Turns(per_minute, now=lambda: self.now, sleep=self.sleep)


async def test_a_second_of_turns_goes_at_once_and_then_one_each_step() -> None:
    time = Time()
    turns = time.turns(240)

    assert [await turns.take() for _ in range(7)] == [True] * 7
    assert time.slept == [0.25, 0.5, 0.75]


async def test_after_a_rest_as_many_go_at_once_as_before_and_no_more() -> None:
    time = Time()
    turns = time.turns(240)
    for _ in range(4):
        await turns.take()
    time.now += 3_600

    assert [await turns.take() for _ in range(5)] == [True] * 5
    assert time.slept == [0.25]


async def test_in_any_minute_there_are_no_more_than_were_promised_beside_those_at_once() -> None:
    time = Time()
    turns = time.turns(120)
    sent: list[float] = []
    for _ in range(400):
        before = len(time.slept)
        if await turns.take():
            sent.append(time.now + (time.slept[-1] if len(time.slept) > before else 0))
        time.now += 0.1

    assert max(sum(start <= one < start + 60 for one in sent) for start in sent) <= 120 + 2


async def test_who_would_wait_too_long_is_told_at_once_and_takes_nobodys_turn() -> None:
    time = Time()
    turns = time.turns(60)
    taken = [await turns.take() for _ in range(20)]

    assert taken == [True] * (1 + int(LONGEST_WAIT)) + [False] * (19 - int(LONGEST_WAIT))
    time.now += 1
    assert await turns.take()
    assert not await turns.take()


async def test_without_a_pace_nobody_waits() -> None:
    time = Time()
    turns = time.turns(0)

    assert all([await turns.take() for _ in range(1_000)])
    assert time.slept == []


@asynccontextmanager
async def paced(says: Scripted, clock: Any, per_minute: int) -> AsyncIterator[Daraja]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", says.handle)
    async with serving(app) as url:
        daraja = Daraja(DarajaSettings(base_url=url, requests_per_minute=per_minute, **SETTINGS), clock=clock)
        yield daraja
        await daraja.aclose()


async def test_a_prompt_that_found_no_turn_was_never_sent(daraja_says: Scripted, clock: Any) -> None:
    daraja_says.answers[PUSH_PATH] = (200, ACCEPTED)
    # One to ask for access, and there is no other turn for a minute.
    async with paced(daraja_says, clock, 1) as daraja:
        outcome = await daraja.collect(request())

    assert isinstance(outcome, Failed)
    assert outcome.reason == "not-sent"
    assert daraja_says.seen[PUSH_PATH] == 0


async def test_a_rush_is_sent_whole(daraja_says: Scripted, clock: Any) -> None:
    daraja_says.answers[PUSH_PATH] = (200, ACCEPTED)
    async with paced(daraja_says, clock, 3_000) as daraja:
        outcomes = await asyncio.gather(*(daraja.collect(request()) for _ in range(60)))

    assert [outcome for outcome in outcomes if not isinstance(outcome, Accepted)] == []
    assert daraja_says.seen[PUSH_PATH] == 60
