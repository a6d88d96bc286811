"""Who may call the web process, how much they may send, and what an error looks like from outside."""

from __future__ import annotations

import ipaddress
import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.web import phone
from core.web.server import belongs, build_server
from ussd.events import end_events

TOKEN = "a-token-that-nobody-guesses"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
ELSEWHERE = (ipaddress.ip_network("164.177.141.82/32"),)


async def ask(settings: Settings, path: str, **request: object) -> int:
    """The status of a POST to a server with these settings."""

    async def ok(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    server = build_server(settings, [web.post("/ussd/{token}", ok), web.post("/pay/{token}/x", ok)])
    async with TestClient(TestServer(server)) as client:
        answer = await client.post(path, **request)  # type: ignore[arg-type]
        return answer.status


async def test_only_the_right_token_finds_something() -> None:
    settings = Settings(callback_token=TOKEN)

    assert await ask(settings, f"/ussd/{TOKEN}") == 200
    for wrong in ("wrong", TOKEN[:-1], TOKEN + "x", "%00", "é"):
        assert await ask(settings, f"/ussd/{wrong}") == 404


async def test_callers_outside_the_networks_find_nothing() -> None:
    settings = Settings(callback_token=TOKEN, at_allowed_ips=ELSEWHERE)

    assert await ask(settings, f"/ussd/{TOKEN}") == 404
    assert await ask(settings, f"/pay/{TOKEN}/x") == 200


async def test_a_forwarded_address_counts_only_behind_a_proxy_of_ours() -> None:
    forwarded = {"X-Forwarded-For": "6.6.6.6, 164.177.141.82"}
    behind = Settings(callback_token=TOKEN, at_allowed_ips=ELSEWHERE, trusted_proxies=LOOPBACK)
    alone = Settings(callback_token=TOKEN, at_allowed_ips=ELSEWHERE)

    assert await ask(behind, f"/ussd/{TOKEN}", headers=forwarded) == 200
    assert await ask(behind, f"/ussd/{TOKEN}", headers={"X-Forwarded-For": "164.177.141.82, 6.6.6.6"}) == 404
    assert await ask(alone, f"/ussd/{TOKEN}", headers=forwarded) == 404


async def test_what_proxies_add_in_lines_of_their_own_counts_after_what_the_caller_wrote() -> None:
    # HAProxy's `option forwardfor` adds a second header instead of writing behind the caller's own.
    settings = Settings(callback_token=TOKEN, at_allowed_ips=ELSEWHERE, trusted_proxies=LOOPBACK)
    forged = [("X-Forwarded-For", "164.177.141.82"), ("X-Forwarded-For", "6.6.6.6")]

    assert await ask(settings, f"/ussd/{TOKEN}", headers=forged) == 404
    assert await ask(settings, f"/ussd/{TOKEN}", headers=forged[::-1]) == 200


def test_an_ipv4_address_written_as_ipv6_counts_as_ipv4() -> None:
    assert belongs("::ffff:164.177.141.82", ELSEWHERE)
    assert not belongs("not an address", ELSEWHERE)


async def test_a_body_over_64_kib_is_refused() -> None:
    assert await ask(Settings(callback_token=TOKEN), f"/ussd/{TOKEN}", data=b"x" * 65_537) == 413


async def test_an_exception_does_not_leave_the_process() -> None:
    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("password=hunter2")

    async with TestClient(TestServer(build_server(Settings(), [web.get("/x", broken)]))) as client:
        answer = await client.get("/x")

        assert answer.status == 500
        assert "hunter2" not in await answer.text()


class Nowhere:
    """A conversation that takes ends of sessions and keeps them."""

    def __init__(self) -> None:
        self.noted: list[object] = []

    async def note_end(self, ended: object, **_: object) -> None:
        self.noted.append(ended)


async def test_an_end_event_is_noted_without_what_was_typed(caplog: pytest.LogCaptureFixture, vault: Vault) -> None:
    caplog.set_level(logging.INFO)
    noted = Nowhere()
    form = {
        "phoneNumber": "+254712000001",
        "sessionId": "ATUid_1",
        "status": "Success",
        "cost": "KES 1.2500",
        "hopsCount": "4",
        "durationInMillis": "8123",
        "input": "1*248163",
        "lastAppResponse": "END Your balance: KES 487.50",
        "errorMessage": "248163",
    }
    async with TestClient(TestServer(build_server(Settings(), [web.post("/e", end_events(noted, vault))]))) as client:
        for sent in (form, form | {"status": "248163", "hopsCount": "248163 forged\n"}):
            assert (await client.post("/e", data=sent)).status == 200

    assert "Success" in caplog.text
    assert "1.2500" in caplog.text
    assert "248163" not in caplog.text
    assert "487" not in caplog.text
    assert len(noted.noted) == 2
    assert not [secret for secret in ("248163", "487", "ATUid_1", "712000001") if secret in str(noted.noted)]


def test_the_phone_page_does_not_exist_in_production() -> None:
    assert phone.routes(Settings(environment="production", sandbox_url="http://127.0.0.1:8105")) == []
    assert phone.routes(Settings(sandbox_url="")) == []
    assert phone.routes(Settings(sandbox_url="http://127.0.0.1:8105"))
