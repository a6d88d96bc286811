"""Many who dial at the same moment: few of their turns are under way at a time, and each gets her own screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.dialogue.engine import READING_AT_ONCE, Conversation
from tests.dialogue.conftest import Client, Handset

PHONES = 5 * READING_AT_ONCE


@pytest.fixture
def under_way(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many turns were being read whenever one more began."""
    read, seen, now = Conversation._read, [], 0

    async def counting(self: Conversation, *args: Any) -> Any:
        nonlocal now
        now += 1
        seen.append(now)
        try:
            return await read(self, *args)
        finally:
            now -= 1

    monkeypatch.setattr(Conversation, "_read", counting)
    return seen


async def test_of_many_at_once_few_are_under_way_and_each_gets_her_screen(client: Client, under_way: list[int]) -> None:
    phones = [Handset(client, f"+2547130{number:05d}") for number in range(PHONES)]
    screens = await asyncio.gather(*(phone.dial() for phone in phones))

    assert all(screen.startswith("CON ") for screen in screens)
    assert len(under_way) >= PHONES
    assert 1 < max(under_way) <= READING_AT_ONCE


async def test_one_that_fails_leaves_its_place_to_the_next(
    client: Client, under_way: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: Any) -> None:
        raise RuntimeError("gone")

    phones = [Handset(client, f"+2547131{number:05d}") for number in range(PHONES)]
    with monkeypatch.context() as patched:
        patched.setattr(Conversation, "_read", failing)
        screens = await asyncio.gather(*(phone.dial() for phone in phones))
        assert all(screen.startswith("END ") for screen in screens)
    assert (await phones[0].dial()).startswith("CON ")
    assert under_way
