"""M-Pesa's callbacks over HTTP: kept and answered 200 whatever they say; everything else is turned away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.settings import Settings
from core.payments.account_numbers import account_number
from core.payments.reading import process_callback
from core.providers.daraja import reports
from core.web import callbacks, payouts
from core.web.intruders import Intruders
from core.web.server import build_server
from tests.daos.people import someone
from tests.payments.desk import Desk
from tests.payments.fake_mobile_money import FakeMobileMoney

SAFARICOM = "196.201.214.200"
LIMITED = Settings(
    public_url="https://mtaa.example",
    callback_token="a-token",
    daraja_allowed_ips=(ip_network("196.201.212.0/22"),),
    trusted_proxies=(ip_network("127.0.0.0/8"),),
)
INTENT = "019a0000-0000-7000-8000-00000000beef"
ADDRESS = f"/pay/a-token/stk/{INTENT}"


@dataclass
class Services:
    database: Database
    settings: Settings
    read_report: Any = field(default=reports.read_report)


@pytest.fixture
def services(db: Database) -> Services:
    return Services(db, Settings(callback_token="a-token"))


@pytest.fixture
async def client(services: Services) -> AsyncIterator[TestClient[Any, Any]]:
    routes = [*callbacks.routes(services), *payouts.routes(services)]
    server = build_server(services.settings, routes, watch=Intruders(services.database))
    async with TestClient(TestServer(server)) as client:
        yield client


async def kept(db: Database) -> list[tuple[str, bytes, str, int]]:
    async with db.unit() as uow:
        rows = await uow.session.execute(text("SELECT intent, body, remote, times_received FROM payment_callbacks ORDER BY id"))
        return [tuple(row) for row in rows.all()]


async def queued(db: Database) -> int:
    async with db.unit() as uow:
        return await uow.session.scalar(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'read-payment-callback'"))


async def accepted(response: ClientResponse) -> bool:
    return (response.status, await response.json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})


async def test_callback_is_stored_with_its_job_before_the_answer(client: TestClient[Any, Any], db: Database) -> None:
    response = await client.post(ADDRESS, data=b'{"Body": 1}')

    assert await accepted(response)
    assert await kept(db) == [(INTENT, b'{"Body": 1}', "127.0.0.1", 1)]
    assert await queued(db) == 1


async def test_callback_when_repeated_is_accepted_and_kept_once(client: TestClient[Any, Any], db: Database) -> None:
    for _ in range(3):
        assert await accepted(await client.post(ADDRESS, data=b"{}"))

    assert await kept(db) == [(INTENT, b"{}", "127.0.0.1", 3)]
    assert await queued(db) == 1


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html>", b"[" * 60_000, b'{"a": 1'])
async def test_callback_when_garbage_is_accepted_and_kept(client: TestClient[Any, Any], db: Database, body: bytes) -> None:
    assert await accepted(await client.post(ADDRESS, data=body))

    assert [row[1] for row in await kept(db)] == [body]


@pytest.mark.parametrize("intent", ["nobody", "%00", "%F0%9F%92%B8", "%FF", "a%2Fb", "x" * 3000, "019a'--"])
async def test_callback_when_the_intent_is_strange_is_accepted_and_kept(
    client: TestClient[Any, Any], db: Database, intent: str
) -> None:
    from yarl import URL

    url = URL(f"/pay/a-token/stk/{intent}", encoded=True)
    assert await accepted(await client.post(url, data=b"{}"))

    assert len(await kept(db)) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/pay/wrong/stk/{INTENT}", 404),
        ("POST", f"/pay//stk/{INTENT}", 404),
        ("POST", f"/pay/stk/{INTENT}", 404),
        ("GET", ADDRESS, 405),
        ("PUT", ADDRESS, 405),
        ("GET", "/pay/a-token/c2b/confirmation", 405),
        ("POST", "/pay/wrong/c2b/confirmation", 404),
        ("POST", "/pay/wrong/c2b/validation", 404),
        ("POST", f"/pay/a-token/b2c/{INTENT}/other", 404),
        ("POST", f"{ADDRESS}/more", 404),
    ],
)
async def test_request_when_not_ours_is_turned_away_and_leaves_nothing(
    client: TestClient[Any, Any], db: Database, method: str, path: str, status: int
) -> None:
    assert (await client.request(method, path, data=b"{}")).status == status
    assert await kept(db) == []


async def refused(db: Database) -> list[tuple[str, str, str]]:
    """Who was turned away, why, and how grave that is."""
    async with db.unit() as uow:
        rows = await uow.session.execute(text("SELECT ip_address, details->>'why', severity FROM security_events ORDER BY id"))
        return [tuple(row) for row in rows.all()]


async def test_caller_when_the_token_is_wrong_is_written_down_once_and_the_token_never(
    client: TestClient[Any, Any], db: Database, clock: Any
) -> None:
    for path in ("/pay/guess-1/stk/x", "/pay/guess-2/c2b/confirmation", "/pay/guess-3/c2b/validation"):
        assert (await client.post(path, data=b"{}")).status == 404
    clock.advance(minutes=11)
    assert (await client.post("/pay/guess-4/c2b/confirmation", data=b"{}")).status == 404
    assert (await client.post("/elsewhere/guess", data=b"{}")).status == 404

    assert await refused(db) == [("127.0.0.1", "wrong-token", "medium")] * 2
    async with db.unit() as uow:
        assert "guess" not in str((await uow.session.execute(text("SELECT * FROM security_events"))).all())


async def test_callers_when_they_are_very_many_fill_no_table(db: Database) -> None:
    intruders = Intruders(db)
    for number in range(100):
        await intruders.note(address=f"10.0.0.{number}", why="wrong-token")

    assert len(await refused(db)) == 60


async def test_callback_when_too_large_is_refused(client: TestClient[Any, Any], db: Database) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 16_384

    assert (await client.post(ADDRESS, data=b"x" * 65_537)).status == 413
    assert (await client.post(ADDRESS, data=stream())).status == 413
    assert await kept(db) == []


async def test_callback_when_networks_are_limited_lets_only_those_in(db: Database) -> None:
    limited = Settings(
        callback_token="a-token",
        daraja_allowed_ips=(ip_network("196.201.212.0/22"),),
        trusted_proxies=(ip_network("127.0.0.0/8"),),
    )
    server = build_server(limited, callbacks.routes(Services(db, limited)), watch=Intruders(db))
    async with TestClient(TestServer(server)) as client:
        stranger = await client.post(ADDRESS, data=b"1")
        safaricom = await client.post(ADDRESS, data=b"2", headers={"X-Forwarded-For": "1.2.3.4, 196.201.214.200"})
        pretender = await client.post(ADDRESS, data=b"3", headers={"X-Forwarded-For": "196.201.214.200, 1.2.3.4"})

    assert (stranger.status, safaricom.status, pretender.status) == (404, 200, 404)
    assert await refused(db) == [("127.0.0.1", "wrong-network", "high"), ("1.2.3.4", "wrong-network", "high")]
    assert await kept(db) == [(INTENT, b"2", "196.201.214.200", 1)]


async def test_callback_when_the_database_stumbles_once_is_kept_at_the_second_try(
    client: TestClient[Any, Any], services: Services, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "PAUSES_SECONDS", (0.0, 0.0))
    services.database = Stumbling(db, failures=2)  # type: ignore[assignment]

    assert await accepted(await client.post(ADDRESS, data=b"{}"))
    assert len(await kept(db)) == 1


async def test_callback_when_the_database_is_away_is_not_said_to_be_kept(
    client: TestClient[Any, Any], services: Services, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "PAUSES_SECONDS", (0.0, 0.0))
    services.database = Stumbling(db, failures=3)  # type: ignore[assignment]

    assert (await client.post(ADDRESS, data=b"{}")).status == 503
    assert await kept(db) == []


@dataclass
class Stumbling:
    """A database whose connection fails some times."""

    real: Database
    failures: int

    def unit(self) -> Any:
        self.failures -= 1
        if self.failures >= 0:
            raise ConnectionRefusedError
        return self.real.unit()


C2B = "/pay/a-token/c2b"
ASKED = {
    "TransID": "SGC2B00001",
    "TransAmount": "500.00",
    "BillRefNumber": "",
    "BusinessShortCode": "174379",
    "MSISDN": "2547 ***** 126",
}


async def test_confirmation_is_stored_with_its_job_before_the_answer(client: TestClient[Any, Any], db: Database) -> None:
    for _ in range(2):
        assert await accepted(await client.post(f"{C2B}/confirmation", data=b'{"TransID": "SGC2B00001"}'))

    assert await kept(db) == [("174379", b'{"TransID": "SGC2B00001"}', "127.0.0.1", 2)]
    assert await queued(db) == 1


async def test_validation_refuses_only_what_leads_nowhere(client: TestClient[Any, Any], db: Database) -> None:
    wanjiru = await someone(db)
    async with db.unit() as uow:
        number = await account_number(uow, member=wanjiru)

    async def answer(**changed: object) -> str:
        response = await client.post(f"{C2B}/validation", json={**ASKED, "BillRefNumber": number, **changed})
        assert response.status == 200
        return str((await response.json())["ResultCode"])

    assert [await answer(), await answer(TransAmount="0.50"), await answer(TransAmount=250_001)] == [
        "0",
        "C2B00013",
        "C2B00013",
    ]
    assert [await answer(BillRefNumber=wrong) for wrong in ("", "7654321", None, [], number + "1")] == ["C2B00012"] * 5
    assert await kept(db) == []


async def test_validation_when_the_database_is_away_lets_the_payment_pass(
    client: TestClient[Any, Any], services: Services, db: Database
) -> None:
    services.database = Stumbling(db, failures=1)  # type: ignore[assignment]

    response = await client.post(f"{C2B}/validation", json=ASKED)

    assert (response.status, await response.json()) == (200, {"ResultCode": "0", "ResultDesc": "Accepted"})


FORGED = {**ASKED, "TransAmount": "150000.00", "BillRefNumber": "NUMBER"}
SHORTCODE = {**FORGED, "BusinessShortCode": "999999"}
PAID = {"Body": {"stkCallback": {"ResultCode": 0, "CheckoutRequestID": "ws_CO_1", "CallbackMetadata": {"Item": [
    {"Name": "Amount", "Value": 150000}, {"Name": "MpesaReceiptNumber", "Value": "SGFORGED01"}]}}}}  # fmt: skip
PAID_OUT = {"Result": {"ResultCode": 1, "OriginatorConversationID": "guess", "ConversationID": "AG_1"}}


@pytest.mark.parametrize(
    ("path", "content", "address", "event"),
    [
        ("/pay/guess/c2b/confirmation", FORGED, SAFARICOM, ("payment_callback_refused", "wrong-token")),
        (f"{C2B}/confirmation", FORGED, "1.2.3.4", ("payment_callback_refused", "wrong-network")),
        (f"{C2B}/confirmation", SHORTCODE, SAFARICOM, ("payment_callback_doubted", "other-shortcode")),
        (f"{C2B}/confirmation", FORGED, SAFARICOM, ("payment_unproven", "never-confirmed")),
        (f"{C2B}/confirmation", {}, SAFARICOM, ("payment_callback_doubted", "no-receipt")),
        (ADDRESS, PAID, SAFARICOM, ("payment_callback_doubted", "unknown-intent")),
        ("/pay/guess/stk/x", PAID, SAFARICOM, ("payment_callback_refused", "wrong-token")),
        (f"/pay/a-token/b2c/{INTENT}/result", PAID_OUT, SAFARICOM, ("payment_callback_doubted", "unknown-intent")),
        (f"/pay/a-token/status/{INTENT}/result", PAID_OUT, SAFARICOM, ("payment_callback_doubted", "unknown-intent")),
    ],
)
async def test_forged_callback_credits_nothing_and_leaves_a_security_event(
    db: Database, clock: Any, path: str, content: dict[str, Any], address: str, event: tuple[str, str]
) -> None:
    desk = Desk(db, FakeMobileMoney(clock), clock, settings=LIMITED)
    number = await desk.number(await desk.person())
    body = json.dumps(content).replace("NUMBER", number)
    services = Services(db, LIMITED)
    server = build_server(LIMITED, [*callbacks.routes(services), *payouts.routes(services)], watch=Intruders(db))
    async with TestClient(TestServer(server)) as client:
        await client.post(path, data=body, headers={"X-Forwarded-For": address})

    await desk.wait(days=4)

    moved = await desk.rows("SELECT (SELECT count(*) FROM ledger_transfers) + (SELECT count(*) FROM payments_received) AS n")
    left = await desk.rows("SELECT event_type, details->>'why' AS why FROM security_events ORDER BY id")
    assert (moved[0].n, [tuple(row) for row in left]) == (0, [event])
    await desk.audit_is_clean()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ASKED, "Body", ""]), inner, max_size=6),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=JSON, path=st.sampled_from([ADDRESS, f"{C2B}/validation", f"{C2B}/confirmation"]))
async def test_no_body_at_all_makes_an_address_fail(
    client: TestClient[Any, Any], db: Database, content: Any, path: str
) -> None:
    response = await client.post(path, data=json.dumps(content).encode("utf-8", "surrogatepass"))

    assert response.status == 200
    async with db.unit() as uow:
        for (callback,) in (await uow.session.execute(text("SELECT id FROM payment_callbacks WHERE outcome IS NULL"))).all():
            assert await process_callback(uow, callback=callback, read_report=reports.read_report) is not None


@pytest.mark.parametrize("path", ["b2c/{}/result", "b2c/{}/timeout", "status/{}/result", "status/{}/timeout"])
async def test_reports_about_payouts_are_kept_by_their_kind_and_only_with_the_token(
    client: TestClient[Any, Any], db: Database, path: str
) -> None:
    assert await accepted(await client.post(f"/pay/a-token/{path.format(INTENT)}", data=b'{"Result": []}'))
    assert (await client.post(f"/pay/another-token/{path.format(INTENT)}", data=b"{}")).status == 404

    async with db.unit() as uow:
        [(kind, callback)] = (await uow.session.execute(text("SELECT kind, id FROM payment_callbacks"))).all()
        assert await process_callback(uow, callback=callback, read_report=reports.read_report) == "quarantined: unknown-intent"
    assert [why for _, why, _ in await refused(db)] == ["wrong-token", "unknown-intent"]
    assert kind == path.format("").replace("//", "-")
