"""A session that is kept in Redis comes back as it was, whatever stands in it, and only to who may have it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
