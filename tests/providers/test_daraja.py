"""The adapter alone: exactly what goes over the wire, and what each of Daraja's answers is taken for."""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from core.kernel.ids import IntentId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.settings import DarajaSettings
from core.payments.outcomes import Accepted, Failed, Pending, Succeeded, Unknown
from core.payments.ports import CollectRequest
from core.payments.tokens import ProcessTokens
from core.providers.daraja.client import PUSH_PATH, QUERY_PATH, Daraja
from core.providers.daraja.exchange import DarajaUnavailable

from .companies import played_daraja, serving
from .scripted import SETTINGS, Scripted, envelope

ACCEPTED = {"MerchantRequestID": "29115-1", "CheckoutRequestID": "ws_CO_1", "ResponseCode": "0", "ResponseDescription": "ok"}


def request() -> CollectRequest:
    return CollectRequest(
        intent=IntentId(TimeOrderedIds().new()),
        phone=Phone("+254712345678"),
        amount=Money(500_00),
        reference="7K3M9QFX",
        description="Deposit",
        callback_url="https://mtaa.example/pay/secret/stk/1",
    )


async def test_push_sends_what_safaricom_documents(daraja: Daraja, daraja_says: Scripted, clock: Any) -> None:
    clock.moment = datetime(2026, 11, 23, 22, 30, 5, tzinfo=UTC)
    daraja_says.answers[PUSH_PATH] = (200, ACCEPTED)

    assert await daraja.collect(request()) == Accepted("ws_CO_1", "29115-1")

    (_, oauth, _), (_, headers, content) = daraja_says.requests
    assert oauth["Authorization"] == "Basic " + base64.b64encode(b"the-key:the-secret").decode()
    assert headers["Authorization"] == "Bearer token-1"
    assert content == {
        "BusinessShortCode": 174379,
        # Half past one at night in Nairobi, the next day.
        "Timestamp": "20261124013005",
        "Password": base64.b64encode(b"174379the-passkey20261124013005").decode(),
        "TransactionType": "CustomerPayBillOnline",
        "Amount": 500,
        "PartyA": 254712345678,
        "PartyB": 174379,
        "PhoneNumber": 254712345678,
        "CallBackURL": "https://mtaa.example/pay/secret/stk/1",
        "AccountReference": "7K3M9QFX",
        "TransactionDesc": "Deposit",
    }


async def test_push_with_cents_is_a_bug_of_the_caller(daraja: Daraja) -> None:
    import dataclasses

    with pytest.raises(ValueError, match="whole"):
        await daraja.collect(dataclasses.replace(request(), amount=Money(500_50)))


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (400, envelope("400.002.02", "Bad Request - Invalid Amount"), "400.002.02"),
        (200, envelope("400.002.02", "Bad Request - Invalid Amount"), "400.002.02"),
        (404, envelope("404.001.01", "Resource not found"), "404.001.01"),
        (405, envelope("405.001", "Method Not Allowed"), "405.001"),
        (500, envelope("500.001.1001", "Wrong credentials"), "500.001.1001"),
        (500, envelope("500.001.1001", "Merchant does not exist"), "500.001.1001"),
        (500, envelope("500.001.1001", "Unable to lock subscriber, a transaction is already in process"), "busy"),
        (429, envelope("500.003.02", "Error Occurred: Spike Arrest Violation"), "busy"),
        (500, envelope("500.003.03", "Quota Violation"), "busy"),
        (200, {"ResponseCode": "1", "ResponseDescription": "Rejected"}, "1"),
    ],
)
async def test_push_when_the_envelope_proves_a_refusal_is_rejected(
    daraja: Daraja, daraja_says: Scripted, status: int, content: Any, code: str
) -> None:
    daraja_says.answers[PUSH_PATH] = (status, content)

    outcome = await daraja.collect(request())

    assert isinstance(outcome, Failed)
    assert outcome.code == code
    assert daraja_says.seen[PUSH_PATH] == 1


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, envelope("500.003.1001", "Internal Server Error")),
        (500, envelope("500.003.02", "System is busy. Please try again in few minutes.")),
        (500, envelope("500.001.1001", "The transaction is being processed")),
        (503, b"<html><h1>Service Unavailable</h1></html>"),
        (502, b""),
        (200, b"OK"),
        (200, b"null"),
        (200, b"[" * 50_000),
        (200, {"ResponseCode": "0"}),
        (200, {"CheckoutRequestID": "ws_CO_1"}),
        (200, {"ResponseCode": "0", "CheckoutRequestID": None}),
        (200, {"ResponseCode": "0", "CheckoutRequestID": ["ws_CO_1"]}),
        (200, {**ACCEPTED, "errorCode": "500.003.1001"}),
        (307, b""),
        (200, b'{"ResponseCode": "0", "CheckoutRequestID": "' + b"x" * 200_000 + b'"}'),
    ],
)
async def test_push_when_the_answer_proves_nothing_is_unknown_and_sent_once(
    daraja: Daraja, daraja_says: Scripted, status: int, content: Any
) -> None:
    daraja_says.answers[PUSH_PATH] = (status, content)

    assert isinstance(await daraja.collect(request()), Unknown)
    assert daraja_says.seen[PUSH_PATH] == 1


async def test_push_when_the_connection_breaks_is_unknown_and_sent_once(daraja: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers[PUSH_PATH] = ConnectionError()

    assert isinstance(await daraja.collect(request()), Unknown)
    assert daraja_says.seen[PUSH_PATH] == 1


async def test_push_when_a_redirect_is_offered_follows_nobody(daraja: Daraja, daraja_says: Scripted, clock: Any) -> None:
    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(location="/elsewhere")

    app = web.Application()
    app.router.add_route("*", "/oauth/v1/generate", daraja_says.handle)
    app.router.add_post(PUSH_PATH, redirect)
    app.router.add_route("*", "/elsewhere", daraja_says.handle)
    async with serving(app) as url:
        adapter = Daraja(DarajaSettings(base_url=url, **SETTINGS), clock=clock)
        assert isinstance(await adapter.collect(request()), Unknown)
        await adapter.aclose()

    assert daraja_says.seen["/elsewhere"] == 0


@pytest.mark.parametrize(
    "oauth", [web.Response(status=400), web.Response(text="<html>"), web.json_response({"access_token": ""})]
)
async def test_push_when_no_token_can_be_had_never_left_us(daraja: Daraja, daraja_says: Scripted, oauth: web.Response) -> None:
    daraja_says.oauth = oauth

    outcome = await daraja.collect(request())

    assert isinstance(outcome, Failed)
    assert outcome.code == "unreachable"
    assert daraja_says.seen[PUSH_PATH] == 0
    assert "the-secret" not in outcome.reason


@pytest.mark.parametrize("code", ["404.001.03", "400.003.01", "401.002.01", "401.003.01"])
async def test_token_when_refused_is_renewed_once_and_the_request_repeated(
    daraja: Daraja, daraja_says: Scripted, code: str
) -> None:
    refusal = (404, envelope(code, "Invalid Access Token"))
    daraja_says.answers[PUSH_PATH] = [refusal, (200, ACCEPTED)]

    assert await daraja.collect(request()) == Accepted("ws_CO_1", "29115-1")
    assert (daraja_says.tokens, daraja_says.seen[PUSH_PATH]) == (2, 2)


async def test_token_when_refused_again_gives_up(daraja: Daraja, daraja_says: Scripted) -> None:
    refusal = (404, envelope("404.001.03", "Invalid Access Token"))
    daraja_says.answers[PUSH_PATH] = [refusal, refusal, (200, ACCEPTED)]

    assert isinstance(await daraja.collect(request()), Failed)
    assert (daraja_says.tokens, daraja_says.seen[PUSH_PATH]) == (2, 2)


async def test_token_when_many_need_one_at_once_is_fetched_once(daraja: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers[PUSH_PATH] = (200, ACCEPTED)

    await asyncio.gather(*(daraja.collect(request()) for _ in range(10)))

    assert (daraja_says.tokens, daraja_says.seen[PUSH_PATH]) == (1, 10)


async def test_token_when_many_are_refused_at_once_is_renewed_once(daraja: Daraja, daraja_says: Scripted) -> None:
    refusal = (404, envelope("404.001.03", "Invalid Access Token"))
    daraja_says.answers[PUSH_PATH] = [*[refusal] * 10, *[(200, ACCEPTED)] * 10]

    outcomes = await asyncio.gather(*(daraja.collect(request()) for _ in range(10)))

    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert daraja_says.tokens == 2


@pytest.mark.parametrize(
    ("expires_in", "kept_minutes"), [("3599", 58), (3600, 58), ("soon", 3), (None, 3), ("0", 0), ("9" * 30, 3)]
)
async def test_token_is_kept_until_shortly_before_it_expires(
    daraja: Daraja, daraja_says: Scripted, clock: Any, expires_in: Any, kept_minutes: int
) -> None:
    daraja_says.answers[QUERY_PATH] = (500, envelope("500.001.1001", "The transaction is being processed"))
    daraja_says.expires_in = expires_in
    await daraja.query_collection(reference="ws_CO_1")
    clock.advance(minutes=kept_minutes)
    await daraja.query_collection(reference="ws_CO_1")
    assert daraja_says.tokens == 1

    clock.advance(minutes=1)
    await daraja.query_collection(reference="ws_CO_1")
    assert daraja_says.tokens == 2


def answer(code: Any, **changed: Any) -> dict[str, Any]:
    said = {"ResponseCode": "0", "CheckoutRequestID": "ws_CO_1", "ResultCode": code, "ResultDesc": "said"}
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (200, answer("0"), Succeeded()),
        (200, answer("1032"), Failed("1032", "said", "cancelled")),
        (200, answer(1032), Failed("1032", "said", "cancelled")),
        (200, answer("SFC_IC0003"), Failed("SFC_IC0003", "said", "refused")),
        (200, answer("4999"), Pending()),
        (500, envelope("500.001.1001", "The transaction is being processed"), Pending()),
        (400, envelope("400.002.02", "Bad Request - Invalid CheckoutRequestID"), Pending()),
        # The phone was not reached, which proves nothing.
        (200, answer("1037"), Unknown("said", "1037")),
        # "Your question was taken" is no answer: an unpaid deposit would be completed by it.
        (200, answer(None), Unknown("HTTP 200 without a result")),
        (200, answer("0", ResponseCode="1"), Unknown("HTTP 200 without a result")),
        (200, answer("0", CheckoutRequestID="ws_CO_2"), Unknown("an answer about another prompt")),
        (200, answer("0", CheckoutRequestID=None), Unknown("an answer about another prompt")),
        (200, answer(False), Unknown("HTTP 200 without a result")),
        (429, envelope("500.003.02", "Spike Arrest Violation"), Unknown("HTTP 429 500.003.02 Spike Arrest Violation")),
        (500, envelope("500.001.1001", "Wrong credentials"), Unknown("HTTP 500 500.001.1001 Wrong credentials")),
        (503, b"<html>", Unknown("HTTP 503 without a result")),
    ],
)
async def test_query_reads_the_end_of_the_payment_and_nothing_else(
    daraja: Daraja, daraja_says: Scripted, status: int, content: Any, outcome: Any
) -> None:
    daraja_says.answers[QUERY_PATH] = (status, content)

    assert await daraja.query_collection(reference="ws_CO_1") == outcome


async def test_query_when_the_connection_breaks_is_unknown(daraja: Daraja, daraja_says: Scripted) -> None:
    daraja_says.answers[QUERY_PATH] = ConnectionError()

    assert isinstance(await daraja.query_collection(reference="ws_CO_1"), Unknown)


async def test_ping_when_the_secret_is_wrong_says_so_without_it(tmp_path: Path, clock: Any) -> None:
    async with played_daraja(tmp_path) as played:
        await played.port.ping()
        wrong = Daraja(DarajaSettings(base_url=played.port._settings.base_url, consumer_secret="not-it"), clock=clock)
        with pytest.raises(DarajaUnavailable) as problem:
            await wrong.ping()
        await wrong.aclose()

    assert str(problem.value) == "HTTP 400"


async def test_token_when_another_process_took_a_new_one_is_renewed_by_the_first(tmp_path: Path) -> None:
    async with played_daraja(tmp_path) as played:
        await played.port.ping()
        other = Daraja(played.port._settings, clock=played.port._clock)
        await other.ping()
        await other.aclose()

        assert await played.port.query_collection(reference="ws_CO_never") == Pending()


async def test_log_of_an_exchange_has_one_line_without_anything_secret(
    daraja: Daraja, daraja_says: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    daraja_says.answers[PUSH_PATH] = (200, ACCEPTED)
    wanted = request()

    with caplog.at_level(logging.DEBUG, logger="core"):
        await daraja.collect(wanted)

    oauth, push = caplog.messages
    assert re.fullmatch(r"daraja GET /oauth/v1/generate oauth: HTTP 200 in \d+ ms", oauth)
    assert re.fullmatch(rf"daraja POST {PUSH_PATH} intent {wanted.intent} phone \+2547XX\*\*\*678: HTTP 200 in \d+ ms", push)
    for secret in ("712345678", "token-1", "the-secret", "the-passkey", "the-key", "/pay/secret"):
        assert secret not in caplog.text


async def test_session_when_handed_in_is_left_open(clock: Any) -> None:
    async with aiohttp.ClientSession() as session:
        await Daraja(DarajaSettings(**SETTINGS), clock=clock, session=session, tokens=ProcessTokens()).aclose()

        assert not session.closed
