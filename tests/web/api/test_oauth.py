"""Accounts elsewhere, end to end over real HTTP: ways that are good once and for one, and nothing private without the PIN."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.mini_app import BadMiniApp, read_mini_app
from core.identity.oauth import OAuthStale, use_once
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.secrets import Vault
from core.kernel.settings import OpenIdSettings, Settings, TelegramSettings
from core.providers.openid import OpenIdProvider
from core.web.api import routes as api
from core.web.api.problems import problem_answers
from core.web.server import build_server
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People
from tests.notifications.post_office import PostOffice
from tests.providers.openid_company import CLIENT, SECRET, Company
from tests.web.api.conftest import Got, Program, Services

OTIENO = Phone("+254722000002")
VECTORS = Path(__file__).with_name("mini_app_vectors.json")
BOT = "700000001:a-token-for-tests-only"


@pytest.fixture
async def company(clock: FakeClock) -> AsyncIterator[Company]:
    company = Company(clock)
    server = await company.start()
    yield company
    await server.close()


@pytest.fixture
async def program(company: Company, services: Services, office: PostOffice, clock: FakeClock) -> AsyncIterator[Program]:
    ours = OpenIdSettings(company.issuer, "openid profile", CLIENT, SECRET)
    provider = OpenIdProvider(ours, redirect_url="https://app.example/back", clock=clock)
    settings = Settings(telegram=TelegramSettings(token=BOT))
    known = replace(services, settings=settings, openid={"google": provider, "telegram": provider})
    server = build_server(settings, api.routes(known), outermost=[problem_answers(services.texts)])
    async with TestClient(TestServer(server)) as client:
        yield Program(client, office, clock)


async def link(program: Program, company: Company, provider: str = "google") -> Got:
    """Link whoever is logged in at the company to the member who is signed in here."""
    begun = await program.call("POST", f"/me/connections/{provider}")
    if begun.status != 200:
        return begun
    back = company.consent(begun.body["authorization_url"]) | {"flow": begun.body["flow"]}
    return await program.call("POST", f"/me/connections/{provider}/finish", back)


async def enter(program: Program, company: Company, provider: str = "google", **changed: str) -> Got:
    """Sign in with whoever is logged in at the company."""
    begun = await program.call("POST", f"/auth/oauth/{provider}", token="")
    back = company.consent(begun.body["authorization_url"]) | {"flow": begun.body["flow"]}
    got = await program.call("POST", f"/auth/oauth/{provider}/finish", back | changed, token="")
    if got.status == 200:
        program.keep(got)
    return got


async def test_login_when_linked_then_signed_in_but_nothing_private_until_the_pin(
    program: Program, wanjiru: Member, company: Company, people: People
) -> None:
    await program.login()
    linked = await link(program, company)
    assert (linked.status, linked.body["email"]) == (201, "w@example.com")
    await program.office.work()
    assert "Google" in program.office.sms.to(WANJIRU)[-1]

    other = program.another()
    got = await enter(other, company)
    assert got.body["session"]["methods"] == ["google"]
    assert (await other.call("GET", "/me")).body["name"] == wanjiru.name
    private = [("GET", "/me/balances"), ("GET", "/me/statement"), ("GET", "/me/groups"), ("GET", "/me/devices"),
               ("GET", "/api-keys"), ("GET", "/me/connections"), ("POST", "/me/connections/telegram"),
               ("DELETE", "/me/connections/google")]  # fmt: skip
    for method, path in private:
        assert (await other.call(method, path)).code == "pin-needed-here", path
    wanted = {"name": "K", "permissions": ["profile:read"]}
    assert (await other.call("POST", "/api-keys", wanted)).code == "pin-needed-here"
    proven = await other.call("POST", "/auth/step-up", {"pin": PIN})
    assert proven.body["methods"] == ["google", "pin"]
    assert (await other.call("GET", "/me/balances")).status == 200


async def test_connection_when_stored_then_tokens_are_sealed(
    program: Program, wanjiru: Member, company: Company, people: People, db: Database
) -> None:
    await program.login()
    await link(program, company)
    (row,) = await people.rows("oauth_connections")
    assert (row["provider_user_id"], row["scope"]) == ("google-7", "openid profile")
    everything = await people.everything()
    assert "rt-secret" not in everything
    async with db.unit() as uow:
        assert uow.vault.open(row["refresh_token"], context=f"oauth {row['id']} refresh") == b"rt-secret"
    assert (await program.step_up()).status == 200
    assert (await program.call("DELETE", "/me/connections/google")).status == 204
    (row,) = await people.rows("oauth_connections")
    assert (row["refresh_token"], row["access_token"]) == (None, None)
    assert (await enter(program.another(), company)).code == "not-signed-in"


async def test_link_when_nothing_was_just_proven_then_refused(
    program: Program, wanjiru: Member, company: Company, clock: FakeClock
) -> None:
    await program.login()
    clock.advance(minutes=6)
    assert (await link(program, company)).code == "prove-again"


async def test_link_when_the_account_speaks_for_another_then_refused_also_at_once(
    program: Program, wanjiru: Member, company: Company, people: People
) -> None:
    await people.register(OTIENO)
    otieno = program.another()
    await program.login()
    await otieno.login(OTIENO)
    both = await asyncio.gather(link(program, company), link(otieno, company))
    assert sorted(got.status for got in both) == [201, 409]
    assert next(got for got in both if got.status == 409).code == "account-taken"
    assert len(await people.rows("oauth_connections")) == 1


async def test_login_when_nobody_linked_the_account_then_not_even_by_the_same_email(
    program: Program, wanjiru: Member, company: Company
) -> None:
    await program.login()
    await link(program, company)
    company.person = {"sub": "google-8", "email": "w@example.com", "email_verified": True}
    assert (await enter(program.another(), company)).code == "not-signed-in"


@pytest.mark.parametrize("part", ["state", "flow"])
async def test_way_when_state_or_flow_are_another_ones_then_refused_and_the_provider_is_not_asked(
    program: Program, wanjiru: Member, company: Company, part: str
) -> None:
    begun = await program.call("POST", "/auth/oauth/google")
    other = {"state": begun.body["flow"], "flow": begun.body["flow"][::-1]}[part]
    assert (await enter(program, company, **{part: other})).code == "oauth-stale"
    assert "token" not in company.asked


async def test_way_when_used_by_many_at_once_or_too_late_then_good_once(
    program: Program, wanjiru: Member, company: Company, clock: FakeClock
) -> None:
    await program.login()
    await link(program, company)
    begun = await program.call("POST", "/auth/oauth/google", token="")
    back = company.consent(begun.body["authorization_url"]) | {"flow": begun.body["flow"]}
    finish = "/auth/oauth/google/finish"
    got = await asyncio.gather(*(program.call("POST", finish, back, token="") for _ in range(12)))
    assert sorted(one.status for one in got) == [200] + [409] * 11
    late = await program.call("POST", "/auth/oauth/google", token="")
    clock.advance(minutes=11)
    back = company.consent(late.body["authorization_url"]) | {"flow": late.body["flow"]}
    assert (await program.call("POST", finish, back, token="")).code == "oauth-stale"


async def test_way_when_begun_to_link_then_it_signs_nobody_in_and_works_in_its_session_only(
    program: Program, wanjiru: Member, company: Company, people: People
) -> None:
    await people.register(OTIENO)
    otieno = program.another()
    await otieno.login(OTIENO)
    await program.login()
    begun = (await program.call("POST", "/me/connections/google")).body
    back = company.consent(begun["authorization_url"]) | {"flow": begun["flow"]}
    assert (await program.call("POST", "/auth/oauth/google/finish", back, token="")).code == "oauth-stale"
    assert (await otieno.call("POST", "/me/connections/google/finish", back)).code == "oauth-stale"
    assert (await program.call("POST", "/me/connections/google/finish", back)).status == 201


async def test_login_when_the_provider_vouches_for_nobody_or_is_away_then_said_so(
    program: Program, wanjiru: Member, company: Company
) -> None:
    company.claims = {"nonce": "another"}
    assert (await enter(program, company)).code == "provider-says-no"
    company.claims = {}
    assert (await enter(program, company, code="made-up")).code == "provider-says-no"


async def test_login_when_telegram_then_its_own_number_of_the_person_counts(
    program: Program, wanjiru: Member, company: Company, people: People
) -> None:
    company.person = {"sub": "opaque", "id": 7001, "preferred_username": "wanjiru_k", "name": "Wanjiru"}
    await program.login()
    assert (await link(program, company, "telegram")).body["username"] == "wanjiru_k"
    (row,) = await people.rows("oauth_connections")
    assert row["provider_user_id"] == "7001"
    assert (await enter(program.another(), company, "telegram")).status == 200
    company.person = {"sub": "7001"}
    assert (await enter(program.another(), company, "telegram")).code == "provider-says-no"


async def test_provider_when_not_configured_then_not_offered(services: Services, office: PostOffice, clock: FakeClock) -> None:
    server = build_server(services.settings, api.routes(services), outermost=[problem_answers(services.texts)])
    async with TestClient(TestServer(server)) as client:
        assert (await Program(client, office, clock).call("POST", "/auth/oauth/google")).code == "unknown-provider"


async def test_sign_out_everywhere_when_done_then_accounts_elsewhere_open_nothing(
    program: Program, wanjiru: Member, company: Company
) -> None:
    await program.login()
    await link(program, company)
    await program.call("POST", "/auth/logout", {"everywhere": True})
    assert (await enter(program.another(), company)).code == "not-signed-in"


async def test_step_up_when_guessed_from_a_session_without_a_pin_then_her_own_door_stays_open(
    program: Program, wanjiru: Member, company: Company, people: People
) -> None:
    await program.login()
    await link(program, company)
    thief = program.another()
    await enter(thief, company)
    for _ in range(6):
        await thief.call("POST", "/auth/step-up", {"pin": "999111"})
    (row,) = await people.rows("members")
    assert (row["pin_failures"], row["disabled_at"]) == (0, None)
    assert (await thief.call("GET", "/me/balances")).code == "pin-needed-here"


def signed(clock: FakeClock, *, bot: str = BOT, age: int = 5, **changed: Any) -> str:
    """initData as Telegram makes it for this bot."""
    fields = {
        "query_id": "AAH",
        "user": json.dumps({"id": 7001, "first_name": "W", "username": "w&=k"}),
        "auth_date": str(int(clock.now().timestamp()) - age),
        "signature": "third-party",
    }
    fields |= {name: str(value) for name, value in changed.items() if value is not None}
    checked = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.new(b"WebAppData", bot.encode(), hashlib.sha256).digest()
    return urlencode(fields | {"hash": hmac.new(key, checked.encode(), hashlib.sha256).hexdigest()})


def test_mini_app_when_signed_for_our_bot_just_now_then_its_user(clock: FakeClock) -> None:
    assert read_mini_app(signed(clock), bot_token=BOT, now=clock.now()).telegram_id == 7001


def test_mini_app_when_anything_is_wrong_then_refused(clock: FakeClock) -> None:
    good = signed(clock)
    wrong = [
        signed(clock, bot="700000002:another-bot"), signed(clock, age=301), signed(clock, age=-31), signed(clock, auth_date="x"),
        signed(clock, user="{}"), signed(clock, user='{"id": "7001"}'), signed(clock, user='{"id": true}'), signed(clock, user="["),
        signed(clock, user='{"id": -5}'), good.replace("7001", "7002"), good + "&extra=1", good + "&user=%7B%7D",
        good[:-1] + ("0" if good[-1] != "0" else "1"), good.rpartition("&hash=")[0], "", "hash=", "%ff=1", "a" * 9_000, "&&&",
    ]  # fmt: skip
    for data in wrong:
        with pytest.raises(BadMiniApp):
            read_mini_app(data, bot_token=BOT, now=clock.now())
    with pytest.raises(BadMiniApp):
        read_mini_app(signed(clock, bot=""), bot_token="", now=clock.now())


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text(encoding="utf-8")), ids=lambda one: str(one["what"]))
def test_mini_app_is_judged_as_foreign_libraries_judge_it(vector: dict[str, Any], clock: FakeClock) -> None:
    """Made and judged by telegram-init-data, telegram-webapp-auth and init-data-py; at least two of them agree on each."""
    is_good = len(vector["accepted_by"]) >= 2
    assert is_good or len(vector["refused_by"]) >= 2
    if is_good:
        assert read_mini_app(vector["data"], bot_token=BOT, now=clock.now()).telegram_id == 7001
        return
    with pytest.raises(BadMiniApp):
        read_mini_app(vector["data"], bot_token=BOT, now=clock.now())


async def test_mini_app_when_linked_then_signed_in_once_and_nothing_private(
    program: Program, wanjiru: Member, db: Database, clock: FakeClock
) -> None:
    data = signed(clock)
    assert (await program.call("POST", "/auth/telegram-mini-app", {"init_data": data})).code == "bad-mini-app"
    async with db.unit() as uow:
        await link_telegram(uow, member=wanjiru.id, telegram_id=7001, chat=7001, name="W")
    got = await asyncio.gather(*(program.call("POST", "/auth/telegram-mini-app", {"init_data": data}) for _ in range(6)))
    assert sorted(one.status for one in got) == [200] + [409] * 5
    program.keep(next(one for one in got if one.status == 200))
    assert (await program.call("GET", "/me")).status == 200
    assert (await program.call("GET", "/me/balances")).code == "pin-needed-here"


async def test_mini_app_when_shown_again_after_the_keys_were_rotated_then_refused(
    empty_database: str, clock: FakeClock
) -> None:
    data = read_mini_app(signed(clock), bot_token=BOT, now=clock.now())
    old, new = "an-older-key-that-is-long-enough-01", "a-newer-key-that-is-long-enough-01"
    for keys, again in (([old], False), ([new, old], True)):
        database = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=Vault(keys), pool_size=1)
        async with database.unit() as uow:
            if again:
                with pytest.raises(OAuthStale):
                    await use_once(uow, provider="telegram", proof=data.proof)
            else:
                await use_once(uow, provider="telegram", proof=data.proof)
        await database.close()
