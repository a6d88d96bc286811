"""A8: a key that is limited to networks, used through proxies: only what a proxy of ours wrote counts."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.identity.api_keys import create_api_key
from core.identity.members import Member
from core.identity.session_models import PERMISSIONS
from core.kernel.db import Database
from core.kernel.settings import Settings
from core.web.api import routes as api
from core.web.api.document import BASE
from core.web.api.operations import Access
from core.web.api.problems import problem_answers
from core.web.server import build_server
from tests.conftest import FakeClock
from tests.identity.people import new_id
from tests.web.api.conftest import Program, Services

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


async def key(db: Database, member: Member, clock: FakeClock, *networks: str) -> str:
    async with db.unit() as uow:
        about = {"permissions": sorted(PERMISSIONS), "rate_limit": 100, "expires_at": clock.now() + timedelta(days=1)}
        _, secret = await create_api_key(uow, member=member.id, name="key", networks=networks, **about)
    return secret


@pytest.mark.parametrize(
    ("forwarded", "comes_in"),
    [
        (["41.90.1.1"], True),
        (["6.6.6.6, 41.90.1.1"], True),
        (["41.90.1.1, 127.0.0.1"], True),
        (["::ffff:41.90.1.1"], True),
        ([], False),
        (["41.90.1.1, 6.6.6.6"], False),
        (["41.90.1.1", "6.6.6.6"], False),
        (["41.90.1.1, 6.6.6.6, 127.0.0.1"], False),
        (["041.90.1.1"], False),
        (["0x295a0101"], False),
        (["41.90.1.1:443"], False),
    ],
)
async def test_a8_key_when_used_through_a_proxy_then_the_nearest_address_that_is_not_ours_decides(
    services: Services, db: Database, wanjiru: Member, clock: FakeClock, forwarded: list[str], comes_in: bool
) -> None:
    settings = Settings(trusted_proxies=LOOPBACK)
    known = replace(services, settings=settings)
    secret = await key(db, wanjiru, clock, "41.90.0.0/16")
    headers = [("Authorization", f"Bearer {secret}"), *(("X-Forwarded-For", one) for one in forwarded)]
    server = build_server(settings, api.routes(known), outermost=[problem_answers(services.texts)])
    async with TestClient(TestServer(server)) as client, client.get(f"{BASE}/me/balances", headers=headers) as answer:
        assert answer.status == (200 if comes_in else 401)


async def test_key_when_it_tries_all_that_changes_something_then_it_may_nothing(
    program: Program, db: Database, wanjiru: Member, clock: FakeClock
) -> None:
    secret = await key(db, wanjiru, clock)
    tried = [one for one in api.operations() if one.method != "GET" and one.access is not Access.ANYONE]
    for one in tried:
        path = one.path.replace("{provider}", "google").replace("{id}", str(new_id())).replace("{number}", "1")
        assert (await program.call(one.method, path, {}, token=secret)).code == "not-permitted", one.path
    assert len(tried) > 8
