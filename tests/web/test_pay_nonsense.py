"""Whatever is posted to any payment address is answered without a 5xx, read without an exception, and leaves books that add up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.settings import Settings
from core.payments.reading import process_callback
from core.providers.daraja import reports
from core.web import callbacks, payouts
from core.web.server import build_server
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts
from tests.providers.documented import VALUES, nearly_right
from ussd.__main__ import application

pytestmark = pytest.mark.usefixtures("db")


@dataclass
class Services:
    database: Database
    settings: Settings
    read_report: Any = field(default=reports.read_report)


@dataclass
class Target:
    """The web server, with a deposit and a withdrawal under way that the nonsense may be about."""

    client: TestClient[Any, Any]
    counter: Counter
    paths: list[str]
    names: dict[str, str]


def payment_routes(services: Services) -> list[Any]:
    return [*callbacks.routes(services), *payouts.routes(services)]


def addresses(services: Services, intents: list[str]) -> list[str]:
    """Every address that takes posts about payments, for each of the intents."""
    found = {route.path for route in payment_routes(services) if route.method == "POST"}
    assert len(found) >= 7
    token = {path.replace("{token}", "a-token") for path in found}
    return sorted({path.format(intent=intent, payout=intent) for path in token for intent in intents})


@pytest.fixture
async def target(db: Database, clock: Any) -> AsyncIterator[Target]:
    services = Services(db, Settings(callback_token="a-token"))
    counter = Counter(db, FakePayouts(clock), clock)
    payer, payee = await counter.rich(), await counter.rich()
    deposit, withdrawal = await counter.prompted(payer), await counter.sent(payee)
    [name] = await counter.names(withdrawal)
    row = await counter.row(deposit)
    # What a documented body is about is replaced by what is really under way, so that it gets past the first doubts.
    names = {"ws_CO_1": row.checkout_request_id or "", "p-1": name, "AG_20261123_1": counter.mpesa.sent[name].conversation}
    intents = [str(deposit.intent), str(withdrawal.payouts[0].id), "not-an-intent", "\u0000💥"]
    async with TestClient(TestServer(build_server(services.settings, payment_routes(services)))) as client:
        yield Target(client, counter, addresses(services, intents), names)


def about(body: Any, names: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: about(value, names) for key, value in body.items()}
    if isinstance(body, list):
        return [about(value, names) for value in body]
    return names.get(body, body) if isinstance(body, str) else body


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=nearly_right() | VALUES, data=st.data())
async def test_no_body_at_all_fails_an_address_or_a_reader(target: Target, body: Any, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(target.paths))
    written = json.dumps(about(body, target.names)).encode("utf-8", "surrogatepass")

    response = await target.client.post(path, data=written)

    assert response.status == 200, path
    database = target.counter.database
    async with database.unit() as uow:
        unread = await uow.session.scalars(text("SELECT id FROM payment_callbacks WHERE outcome IS NULL"))
        for callback in unread.all():
            assert await process_callback(uow, callback=callback, read_report=reports.read_report) is not None
    await target.counter.books_add_up()


def test_every_payment_address_of_the_web_process_is_thrown_at() -> None:
    ours = {route.path for route in payment_routes(cast("Any", MagicMock())) if route.method == "POST"}
    served = application(cast("Any", MagicMock(settings=Settings())), cast("Any", MagicMock(hop=AsyncMock()))).router.routes()

    paths = {route.resource.canonical for route in served if route.method == "POST" and route.resource}

    assert {path for path in paths if path.startswith("/pay/")} == ours


KINDS = [
    *(
        "application/json",
        "text/xml",
        "text/plain; charset=klingon",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ),
    *("multipart/form-data; boundary=x", "nonsense", "application/json; charset=utf-16", "\xff/\xfe", ""),
]
ENCODINGS = [None, None, "identity", "gzip", "deflate", "br", "zstd", "nonsense"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), kind=st.sampled_from(KINDS), encoding=st.sampled_from(ENCODINGS), data=st.data())
async def test_no_bytes_of_any_kind_fail_an_address(
    target: Target, body: bytes, kind: str, encoding: str | None, data: st.DataObject
) -> None:
    """What can't even be unpacked is the caller's mistake; everything else is kept."""
    headers = {"Content-Type": kind} | ({} if encoding is None else {"Content-Encoding": encoding})

    response = await target.client.post(data.draw(st.sampled_from(target.paths)), data=body, headers=headers)

    assert response.status == 200 if encoding in (None, "identity", "nonsense") else response.status in (200, 400)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
async def test_no_other_method_fails_an_address(target: Target, method: str) -> None:
    for path in target.paths:
        assert (await target.client.request(method, path, data=b"{}")).status in (400, 404, 405), path
