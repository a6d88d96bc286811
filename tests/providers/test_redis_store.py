"""A session that is kept in Redis comes back as it was, whatever stands in it, and only to who may have it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dialogue import holding
from core.dialogue.holding import Overloaded, Sessions
from core.dialogue.turn import Incoming
from core.providers import redis_store
from core.providers.redis_store import RedisStore


@given(key=st.text(min_size=1, max_size=40), words=st.text(max_size=400))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_comes_back_as_it_was(store: RedisStore, key: str, words: str) -> None:
    session = f"a session of {words}"
    claimed, _ = await store.open(key, claim="one")
    assert claimed
    assert await store.close(key, claim="one", session=session, seconds=60)
    assert await store.peek(key) == session
    assert await store.swap(key, before=session, session=session + "é\r\n€🙂", seconds=60) == ("saved", None)
    assert await store.swap(key, before=session, session="x", seconds=60) == ("another", session + "é\r\n€🙂")


async def test_a_session_of_a_megabyte_comes_back(store: RedisStore) -> None:
    large = "ñ" * 500_000
    assert (await store.swap("large", before=None, session=large, seconds=60))[0] == "saved"
    assert await store.open("large", claim="one") == (True, large)
    assert await store.swap("large", before=large, session="x", seconds=60) == ("claimed", None)
    await store.release("large", claim="another's")
    assert (await store.swap("large", before=large, session="x", seconds=60))[0] == "claimed"
    await store.release("large", claim="one")
    assert (await store.swap("large", before=large, session="x", seconds=60))[0] == "saved"


async def test_a_claim_is_renewed_by_who_has_it_and_by_nobody_else(store: RedisStore) -> None:
    await store.open("hers", claim="one")

    assert await store.renew("hers", claim="one")
    assert not await store.renew("hers", claim="another's")
    assert not await store.renew("nobody's", claim="one")


async def test_a_turn_that_takes_longer_than_a_claim_lasts_keeps_others_out(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_store, "CLAIM_MILLISECONDS", 400)
    monkeypatch.setattr(holding, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(holding, "CLAIM_WAIT_SECONDS", 0.1)
    channel = SimpleNamespace(name="ussd", session_seconds=60)
    incoming = Incoming(cast("Any", channel), key="+254712000001", event="a hop", read=lambda _: [])
    sessions, others = Sessions(store), Sessions(store)

    async with sessions.hold(incoming) as session:
        await asyncio.sleep(1)
        with pytest.raises(Overloaded):
            async with others.hold(incoming):
                pass
        session.turn = 7

    async with others.hold(incoming) as session:
        assert session.turn == 7
