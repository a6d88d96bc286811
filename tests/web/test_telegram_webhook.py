"""POST /telegram over real HTTP: who may, what is stored, and what Telegram is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.settings import Settings, TelegramSettings
from core.web.server import build_server
from core.web.telegram import SECRET_HEADER, routes
from core.web.telegram_inbox import lane_of, take_update

SECRET = "a-webhook-secret"
BOT = 7000000001
Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database


def settings(**telegram: str) -> Settings:
    return Settings(telegram=TelegramSettings(**{"token": f"{BOT}:token", "webhook_secret": SECRET, **telegram}))


@pytest.fixture
async def serve(db: Database) -> AsyncIterator[Callable[..., Any]]:
    clients: list[Client] = []

    async def start(app_settings: Settings | None = None, database: Database = db) -> Client:
        chosen = app_settings or settings()
        client = TestClient(TestServer(build_server(chosen, routes(Services(chosen, database)))))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


def update(number: int = 1, said: str = "hello") -> dict[str, Any]:
    return {"update_id": number, "message": {"from": {"id": 42}, "chat": {"id": 42}, "text": said}}


async def post(client: Client, body: Any, secret: str | None = SECRET) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {SECRET_HEADER: secret}
    response = await client.post("/telegram", data=content, headers={**headers, "Content-Type": "application/json"})
    return response.status


async def rows(db: Database) -> list[tuple[Any, ...]]:
    async with db.unit() as uow:
        found = await uow.session.execute(text("SELECT bot_id, update_id, lane FROM telegram_updates ORDER BY 2"))
        return [tuple(row) for row in found]


async def test_update_when_the_secret_is_right_is_stored_and_repeats_change_nothing(
    serve: Callable[..., Any], db: Database
) -> None:
    client = await serve()
    for _ in range(3):
        assert await post(client, update()) == 200

    assert await rows(db) == [(BOT, 1, 42)]
    async with db.unit() as uow:
        taken = await take_update(uow, bot_id=BOT, lane=42)
    assert taken is not None
    assert taken.payload == update()


async def test_caller_without_the_secret_is_refused(serve: Callable[..., Any], db: Database) -> None:
    client = await serve()
    for secret in (None, "", "wrong", SECRET + "x", SECRET[:-1], "ümlaut"):
        assert await post(client, update(), secret=secret) == 401

    assert await rows(db) == []


async def test_everybody_is_refused_when_we_have_no_secret_or_no_bot(serve: Callable[..., Any], db: Database) -> None:
    for app_settings in (settings(webhook_secret=""), settings(token="")):
        client = await serve(app_settings)
        for secret in (None, "", SECRET, "undefined"):
            assert await post(client, update(), secret=secret) == 401

    assert await rows(db) == []


async def test_body_when_it_is_no_update_is_refused_and_nothing_breaks(serve: Callable[..., Any], db: Database) -> None:
    client = await serve()
    bodies: list[Any] = [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"update_id": "1"}',
        b'{"update_id": 1.5}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b"[" * 50_000,
    ]
    for body in bodies:
        assert await post(client, body) == 400, body[:40]

    assert await rows(db) == []


async def test_body_when_oversized_is_refused(serve: Callable[..., Any], db: Database) -> None:
    client = await serve()
    assert await post(client, update(said="a" * 70_000)) == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1024

    response = await client.post("/telegram", data=chunks(), headers={SECRET_HEADER: SECRET})
    assert response.status == 413
    assert await post(client, update(said="a" * 60_000)) == 200


async def test_update_when_of_an_unknown_kind_or_odd_is_stored(serve: Callable[..., Any], db: Database) -> None:
    client = await serve()
    odd: list[Any] = [
        {"update_id": 1, "something_new": {}},
        {"update_id": 2, "message": None},
        {"update_id": 3, "message": {"from": {"id": "x"}, "text": "\ud800\u0000"}},
        {"update_id": 4, "message": {"from": {"id": 10**30}}},
    ]
    for one in odd:
        assert await post(client, one) == 200

    assert [row[1] for row in await rows(db)] == [1, 2, 3, 4]


async def test_other_methods_are_refused(serve: Callable[..., Any]) -> None:
    client = await serve()

    assert (await client.get("/telegram")).status == 405


async def test_update_when_the_database_is_away_is_asked_for_again(serve: Callable[..., Any], vault: Vault) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none", clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    client = await serve(database=nowhere)
    response = await client.post("/telegram", json=update(), headers={SECRET_HEADER: SECRET})

    assert response.status == 503
    assert response.headers["Retry-After"] == "5"
    await nowhere.close()


async def test_nothing_of_an_update_is_logged(serve: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client = await serve()
    await post(client, update(said="my pin is 248163"))
    await post(client, b'{"text": "248163"')

    assert "248163" not in caplog.text


def test_lane_is_the_person_or_else_the_chat() -> None:
    query = {"callback_query": {"from": {"id": 42}, "message": {"chat": {"id": -1}}}}

    assert lane_of(query) == lane_of({"message": {"from": {"id": 42}, "chat": {"id": -1}}}) == 42
    assert lane_of({"message": {"chat": {"id": -1}}}) == -1
    assert lane_of({"poll": {"id": 5}}) == 0
