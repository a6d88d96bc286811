"""What programs and keys may read, the document, and what nonsense gets."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from core.daos.contributions import contribute
from core.daos.groups import create_group
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.ids import IntentId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.settings import Settings
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.web.api import routes as api
from core.web.api.document import BASE, document
from core.web.api.problems import language_of, problem_answers
from core.web.server import build_server
from tests.conftest import FakeClock
from tests.identity.people import PIN, People
from tests.web.api.conftest import Program, Services, check_answer

new_id = TimeOrderedIds().new
WANTED = {"name": "Books", "permissions": ["balances:read", "statement:read"]}


async def give(db: Database, member: Member, shillings: int) -> None:
    amount = Money(shillings * 100)
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -amount), Leg(member_account(member.id), amount)]
        await transfer(uow, key=new_id(), kind="mpesa_deposit", legs=legs)


async def a_key(program: Program, **changed: Any) -> Any:
    await program.step_up()
    got = await program.call("POST", "/api-keys", WANTED | changed)
    assert got.status == 201, got
    return got.body


async def test_balances_and_statement_when_money_moved_then_exact_and_paged(
    signed_in: Program, wanjiru: Member, db: Database
) -> None:
    for shillings in (500, 200, 7):
        await give(db, wanjiru, shillings)
    (kes,) = (await signed_in.call("GET", "/me/balances")).body["balances"]
    assert (kes["currency"], kes["available"], kes["total"]) == ("KES", "707.00", "707.00")
    seen, before = [], ""
    while True:
        page = (await signed_in.call("GET", f"/me/statement?limit=2{before}")).body
        seen += [(line["number"], line["amount"], line["balance_after"]) for line in page["lines"]]
        if page["older"] is None:
            break
        before = f"&before={page['older']}"
        await give(db, wanjiru, 1)
    assert seen == [(3, "7.00", "707.00"), (2, "200.00", "700.00"), (1, "500.00", "500.00")]
    assert (await signed_in.call("GET", "/me/statement?currency=cUSD")).body["lines"] == []


async def test_groups_when_she_belongs_then_what_they_hold(signed_in: Program, wanjiru: Member, db: Database) -> None:
    await give(db, wanjiru, 500)
    async with db.unit() as uow:
        group = await create_group(uow, intent=IntentId(new_id()), founder=wanjiru.id, name="Umoja")
        await contribute(uow, intent=IntentId(new_id()), member=wanjiru.id, group=group.id, amount=Money(150_00))
    (shown,) = (await signed_in.call("GET", "/me/groups")).body["groups"]
    assert (shown["name"], shown["role"], shown["members"]) == ("Umoja", "chair", 1)
    assert shown["total"] == shown["contributed"] == {"amount": "150.00", "currency": "KES"}


async def test_devices_when_removed_after_a_step_up_then_the_program_is_out(signed_in: Program, clock: FakeClock) -> None:
    other = signed_in.another()
    await other.login(device_name="Old tablet")
    shown = (await signed_in.call("GET", "/me/devices")).body["devices"]
    assert [(device["number"], device["kind"], device["this_one"]) for device in shown] == [
        (1, "mobile", False), (2, "program", True), (3, "program", False)
    ]  # fmt: skip
    clock.advance(minutes=6)
    assert (await signed_in.call("DELETE", "/me/devices/3")).code == "prove-again"
    await signed_in.step_up()
    assert (await signed_in.call("DELETE", "/me/devices/3")).status == 204
    assert (await other.call("GET", "/me")).status == 401
    assert (await signed_in.call("DELETE", "/me/devices/3")).code == "prove-again"
    # Three codes to a number in a quarter of an hour, and no more.
    assert (await signed_in.step_up()).code == "too-many-codes"
    clock.advance(minutes=16)
    await signed_in.login()
    assert (await signed_in.call("DELETE", "/me/devices/3")).code == "unknown-device"
    assert (await signed_in.call("DELETE", "/me/devices/1")).code == "phone-stays"


async def test_key_when_made_then_it_reads_what_it_may_and_nothing_else(
    signed_in: Program, wanjiru: Member, db: Database
) -> None:
    await give(db, wanjiru, 500)
    key = (await a_key(signed_in))["key"]
    assert (await signed_in.call("GET", "/me/balances", token=key)).body["balances"][0]["available"] == "500.00"
    refused = [("GET", "/me"), ("GET", "/me/groups"), ("GET", "/me/devices"), ("GET", "/api-keys"), ("POST", "/auth/logout"),
               ("DELETE", "/me/devices/2"), ("DELETE", f"/api-keys/{new_id()}")]  # fmt: skip
    for method, path in refused:
        assert (await signed_in.call(method, path, token=key)).code == "not-permitted", path
    assert (await signed_in.call("POST", "/api-keys", WANTED, token=key)).code == "not-permitted"
    assert (await signed_in.call("POST", "/auth/step-up", {"pin": PIN}, token=key)).code == "not-permitted"


def test_no_permission_opens_anything_but_reading() -> None:
    """Keys can neither move money nor change how anybody proves herself: every operation that they may use only reads."""
    opened = [operation for operation in api.operations() if operation.permission]
    assert {operation.method for operation in opened} == {"GET"}
    assert len(opened) == 5


async def test_key_when_asked_for_without_a_fresh_proof_then_refused(signed_in: Program, clock: FakeClock) -> None:
    await a_key(signed_in)
    assert (await signed_in.call("POST", "/api-keys", WANTED)).code == "prove-again"
    await signed_in.step_up()
    clock.advance(minutes=6)
    assert (await signed_in.call("POST", "/api-keys", WANTED)).code == "prove-again"


async def test_key_when_the_request_is_repeated_then_made_once_and_answered_the_same(
    signed_in: Program, people: People
) -> None:
    await signed_in.step_up()
    answers = await asyncio.gather(*(signed_in.call("POST", "/api-keys", WANTED, Idempotency_Key="make-1") for _ in range(8)))
    assert {got.status for got in answers} == {201}
    assert len({got.body["key"] for got in answers}) == 1
    assert len(await people.rows("api_keys")) == 1
    secret = answers[0].body["key"]
    assert secret.removeprefix("mtaa_") not in await people.everything()
    other = await signed_in.call("POST", "/api-keys", WANTED | {"name": "Other"}, Idempotency_Key="make-1")
    assert (other.status, other.code) == (409, "request-differs")


async def test_key_when_its_hour_is_used_up_then_429_until_the_next(signed_in: Program, clock: FakeClock) -> None:
    key = (await a_key(signed_in, rate_limit=3))["key"]
    got = await asyncio.gather(*(signed_in.call("GET", "/me/balances", token=key) for _ in range(9)))
    assert sorted(one.status for one in got) == [200] * 3 + [429] * 6
    clock.advance(hours=1)
    assert (await signed_in.call("GET", "/me/balances", token=key)).status == 200


async def test_key_when_rested_or_revoked_then_refused_and_anothers_key_does_not_exist(
    signed_in: Program, people: People
) -> None:
    made = await a_key(signed_in)
    path, key = f"/api-keys/{made['id']}", made["key"]
    assert (await signed_in.call("PATCH", path, {"enabled": False})).body["enabled"] is False
    assert (await signed_in.call("GET", "/me/balances", token=key)).status == 401
    assert (await signed_in.call("PATCH", path, {"enabled": True})).code == "prove-again"
    await signed_in.step_up()
    assert (await signed_in.call("PATCH", path, {"enabled": True, "name": "Ledger"})).body["name"] == "Ledger"
    assert (await signed_in.call("GET", "/me/balances", token=key)).status == 200
    from core.kernel.phone import Phone

    other = signed_in.another()
    await people.register(Phone("+254722000002"))
    await other.login("+254722000002")
    for method, body in (("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)):
        assert (await other.call(method, path, body)).code == "unknown-key"
    assert (await signed_in.call("DELETE", path)).status == 204
    assert (await signed_in.call("GET", "/me/balances", token=key)).status == 401
    assert (await signed_in.call("GET", "/api-keys")).body == {"api_keys": []}


async def test_key_when_addresses_are_limited_then_the_trusted_chain_decides(
    signed_in: Program, services: Services, db: Database
) -> None:
    key = (await a_key(signed_in, ip_whitelist=["41.90.0.0/16"]))["key"]
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    behind = replace(services, settings=Settings(trusted_proxies=loopback))
    cases = [("41.90.1.2", 200), ("::ffff:41.90.1.2", 200), ("41.90.1.2, 6.6.6.6", 401), ("6.6.6.6, 41.90.1.2", 200),
             ("", 401), ("nonsense", 401)]  # fmt: skip
    server = build_server(behind.settings, api.routes(behind), outermost=[problem_answers(services.texts)])
    async with TestClient(TestServer(server)) as client:
        proxied = Program(client, signed_in.office, signed_in.clock)
        for chain, status in cases:
            got = await proxied.call("GET", "/me/balances", token=key, X_Forwarded_For=chain)
            assert got.status == status, chain
    alone = await signed_in.call("GET", "/me/balances", token=key, X_Forwarded_For="41.90.1.2")
    assert alone.status == 401


async def test_document_when_read_then_valid_and_exactly_what_is_served(program: Program, services: Services) -> None:
    shown = (await program.call("GET", "/openapi.json")).body
    validate(shown)
    assert shown == document(api.operations())
    served = {(route.method.lower(), route.path) for route in api.routes(services)}
    described = {(method, path) for path, methods in shown["paths"].items() for method in methods}
    assert served == described


async def test_refusals_when_asked_in_swahili_then_said_in_swahili(program: Program) -> None:
    got = await program.call("GET", "/me", Accept_Language="sw-KE,en;q=0.5")
    assert got.body["detail"].startswith("Hujaingia")
    assert got.headers["Content-Language"] == "sw"
    assert (await program.call("GET", "/nothing", Accept_Language="sw")).body["detail"] == "Hakuna kitu hapa."
    assert (await program.call("PUT", "/me")).status == 405


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("sw", "sw"), ("fr, sw;q=0.3, en;q=0.2", "sw"), ("en;q=0.1,sw;q=0", "en"), ("sw;q=x,en", "en"),
     ("*;q=nan", "en"), ("," * 5000, "en"), ("SW-ke", "sw")],
)  # fmt: skip
def test_language_of_a_header(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400), (b"{", "application/json", 400), (b"[" * 30_000, "application/json", 400),
        (b'{"phone": NaN}', "application/json", 400), (b'{"pin": "1", "pin": "2"}', "application/json", 400),
        (b'{"phone": "\\u0000", "pin": "248163"}', "application/json", 400), (b"\xff\xfe", "application/json", 400),
        (b'{"phone": "+254712000001", "pin": "248163\\n"}', "application/json", 400), (b"9" * 5000, "application/json", 400),
        (b'{"phone": "\\ud800+254712000", "pin": "248163"}', "application/json", 400),
        (b"phone=1", "application/x-www-form-urlencoded", 415), (b"{}", "text/plain", 415),
        (b" " * 65_537, "application/json", 413),
    ],
)  # fmt: skip
async def test_bodies_that_are_none_are_refused(program: Program, body: bytes, kind: str, status: int) -> None:
    async with program.client.post(BASE + "/auth/login", data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"


async def test_a_chunked_body_over_64_kib_is_refused(program: Program) -> None:
    async def chunks() -> Any:
        for _ in range(70):
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    async with program.client.post(BASE + "/auth/refresh", data=chunks(), headers=headers) as answer:
        assert answer.status == 413


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["phone", "pin", "code", "device_token", "name", "permissions", "rate_limit", "ip_whitelist", "days",
                         "enabled", "refresh_token", "everywhere"])  # fmt: skip
PLAUSIBLE = st.dictionaries(NAMES, JSON | st.sampled_from([PIN, "+254712000001", ["balances:read"], ["10.0.0.0/8"], "Books"]))
WRITES = [("POST", operation.path) for operation in api.operations() if operation.method == "POST"] + [
    ("PATCH", "/api-keys/00000000-0000-7000-8000-000000000000"),
    ("GET", "/me/statement?limit=0"),
    ("DELETE", "/me/devices/999999"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | PLAUSIBLE, call=st.sampled_from([one for one in WRITES if one[1] != "/auth/logout"]))
async def test_any_json_to_any_operation_is_answered_and_never_with_5xx(
    signed_in: Program, clock: FakeClock, body: Any, call: tuple[str, str]
) -> None:
    clock.advance(seconds=20)
    method, path = call
    if clock.now() - FakeClock().now() > timedelta(minutes=9):
        signed_in.keep(await signed_in.call("POST", "/auth/refresh", {"refresh_token": signed_in.refresh_token}))
        clock.moment = FakeClock().now()
    got = await signed_in.call(method, path, body)
    assert got.status < 500
    check_answer(method, path, got)
