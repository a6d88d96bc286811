"""One access token for all processes: shared, sealed, renewed by one at a time, and free again when that one dies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.settings import DarajaSettings
from core.payments.outcomes import Failed, Pending
from core.payments.shared_tokens import LEASE, SharedTokens
from core.payments.tokens import Token, TokensUnavailable
from core.providers.daraja.client import QUERY_PATH, Daraja
from tests.providers.companies import serving
from tests.providers.scripted import SETTINGS, Scripted, envelope

PENDING = (500, envelope("500.001.1001", "The transaction is being processed"))


@pytest.fixture
def store(db: Database) -> SharedTokens:
    return SharedTokens(db, account="daraja 174379")


async def test_token_when_saved_is_the_same_for_everybody_and_unreadable_in_the_table(
    db: Database, store: SharedTokens, clock: Any
) -> None:
    token = Token("bearer-of-money", clock.now() + timedelta(hours=1))
    assert await store.load() is None

    await store.save(token)

    assert await SharedTokens(db, account="daraja 174379").load() == token
    assert await SharedTokens(db, account="daraja 600000").load() is None
    async with db.unit() as uow:
        connection = await uow.session.connection()
        (row,) = (await connection.exec_driver_sql("SELECT * FROM provider_tokens")).all()
    assert "bearer-of-money" not in str(row)


async def test_token_when_the_keys_are_others_is_as_good_as_none(
    db: Database, store: SharedTokens, clock: Any, database_url: str
) -> None:
    await store.save(Token("bearer-of-money", clock.now()))
    stranger = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=Vault(["another key"]))

    assert await SharedTokens(stranger, account="daraja 174379").load() is None
    await stranger.close()


async def test_lease_when_its_holder_died_is_free_after_its_time(db: Database, store: SharedTokens, clock: Any) -> None:
    assert await store._claim("who dies")
    assert not await store._claim("who waits")

    clock.advance(seconds=LEASE.total_seconds())

    async with asyncio.timeout(5), store.held():
        # What comes back late from the dead frees nobody else's lease.
        await store._release("who dies")
        assert not await store._claim("who waits")
    assert await store._claim("who waits")


async def test_token_when_processes_need_one_together_is_fetched_once(db: Database, clock: Any) -> None:
    said = Scripted(answers={QUERY_PATH: PENDING})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", said.handle)
    async with serving(app) as url:
        processes = [
            Daraja(DarajaSettings(base_url=url, **SETTINGS), clock=clock, tokens=SharedTokens(db, account="daraja"))
            for _ in range(5)
        ]
        first = await asyncio.gather(*(process.query_collection(reference="ws_CO_1") for process in processes))
        fetched = said.tokens
        # One of them meets a refusal: the others find the new token instead of taking yet another.
        said.answers[QUERY_PATH] = [(404, envelope("404.001.03", "Invalid Access Token"))] * 5 + [PENDING] * 5
        second = await asyncio.gather(*(process.query_collection(reference="ws_CO_1") for process in processes))
        for process in processes:
            await process.aclose()

    assert (fetched, said.tokens) == (1, 2)
    assert first == second == [Pending()] * 5


async def test_payment_when_the_store_does_not_answer_is_never_sent(clock: Any) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:9/none", clock=clock, ids=TimeOrderedIds(), vault=Vault(["k"]))
    tokens = SharedTokens(nowhere, account="daraja")
    with pytest.raises(TokensUnavailable):
        await tokens.load()

    daraja = Daraja(DarajaSettings(base_url="http://127.0.0.1:9", **SETTINGS), clock=clock, tokens=tokens)
    outcome = await daraja.register_paybill(validation_url="https://a.example/v", confirmation_url="https://a.example/c")
    await daraja.aclose()
    await nowhere.close()

    assert isinstance(outcome, Failed)
    assert outcome.reason == "not-sent"
