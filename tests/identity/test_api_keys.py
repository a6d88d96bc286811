"""Keys that read: shown once, limited, from where they may come, and never good for more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.identity.api_keys import (
    MOST_KEYS,
    ApiKey,
    BadKey,
    TooManyKeys,
    UnknownKey,
    api_keys_of,
    change_api_key,
    create_api_key,
    is_from,
    revoke_api_key,
    use_api_key,
)
from core.identity.members import Member
from core.identity.sessions import NotSignedIn
from core.kernel.db import Database
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.notifications.post_office import PostOffice

from .people import WANJIRU, People


async def make(db: Database, clock: FakeClock, member: Member, **changed: Any) -> tuple[ApiKey, str]:
    wanted = {"name": "Books", "permissions": ["balances:read"], "rate_limit": 100, "networks": []} | changed
    wanted.setdefault("expires_at", clock.now() + timedelta(days=30))
    async with db.unit() as uow:
        return await create_api_key(uow, member=member.id, **wanted)


async def use(db: Database, secret: str, address: str = "10.0.0.1") -> ApiKey:
    async with db.unit() as uow:
        return await use_api_key(uow, secret=secret, address=address)


async def test_create_when_made_then_only_prefix_and_digest_are_kept_and_she_is_told(
    db: Database, people: People, clock: FakeClock
) -> None:
    member = await people.register()
    key, secret = await make(db, clock, member)
    assert secret.startswith(key.prefix)
    assert len(secret) == 48
    everything = await people.everything()
    assert secret.removeprefix("mtaa_") not in everything
    office = PostOffice(db)
    await office.work()
    (told,) = office.sms.to(WANJIRU)
    assert "Books" in told
    assert secret not in told
    assert (await use(db, secret)).permissions == ("balances:read",)
    (row,) = await people.rows("api_keys")
    assert row["last_used_ip"] == "10.0.0.1"


async def test_use_when_expired_revoked_resting_or_wrong_then_not_signed_in(
    db: Database, people: People, clock: FakeClock
) -> None:
    member = await people.register()
    (expiring, first), (resting, second), (revoked, third) = [await make(db, clock, member) for _ in range(3)]
    async with db.unit() as uow:
        await change_api_key(uow, member=member.id, key=resting.id, enabled=False)
        await revoke_api_key(uow, member=member.id, key=revoked.id)
    for secret in (second, third, first[:-1], first + "x", first.replace("mtaa_", "MTAA_"), "", "é"):
        with pytest.raises(NotSignedIn):
            await use(db, secret)
    assert (await use(db, first)).id == expiring.id
    clock.advance(days=30)
    with pytest.raises(NotSignedIn):
        await use(db, first)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("11.1.2.3", False), ("2001:db8::7", True), ("2001:db9::7", False),
     ("", False), ("10.1.2.3, 6.6.6.6", False), ("010.001.002.003", False)],
)  # fmt: skip
async def test_use_when_addresses_are_limited_then_parsed_networks_decide(
    db: Database, people: People, clock: FakeClock, address: str, allowed: bool
) -> None:
    _, secret = await make(db, clock, await people.register(), networks=["10.1.0.0/16", "2001:db8::/32"])
    assert is_from(address, ["10.1.0.0/16", "2001:db8::/32"]) is allowed
    if allowed:
        await use(db, secret, address)
    else:
        with pytest.raises(NotSignedIn):
            await use(db, secret, address)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"), ({"permissions": []}, "permissions"), ({"permissions": ["money:send"]}, "permissions"),
        ({"rate_limit": 0}, "rate_limit"), ({"rate_limit": 10_001}, "rate_limit"), ({"networks": ["10.0.0.0/99"]}, "ip_whitelist"),
        ({"networks": ["10.0.0.1"] * 21}, "ip_whitelist"),
    ],
)  # fmt: skip
async def test_create_when_it_asks_for_what_a_key_cannot_have_then_refused(
    db: Database, people: People, clock: FakeClock, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadKey) as refusal:
        await make(db, clock, await people.register(), **changed)
    assert refusal.value.field == field


async def test_create_when_it_would_live_longer_than_a_year_or_be_over_already_then_refused(
    db: Database, people: People, clock: FakeClock
) -> None:
    member = await people.register()
    for days in (0, -1, 366):
        with pytest.raises(BadKey):
            await make(db, clock, member, expires_at=clock.now() + timedelta(days=days))


async def test_create_when_she_has_ten_then_refused(db: Database, people: People, clock: FakeClock) -> None:
    member = await people.register()
    for _ in range(MOST_KEYS):
        await make(db, clock, member)
    with pytest.raises(TooManyKeys):
        await make(db, clock, member)


async def test_database_when_a_key_is_given_a_permission_that_moves_money_then_refused(
    db: Database, people: People, clock: FakeClock
) -> None:
    await make(db, clock, await people.register())
    for permissions in ('["spending:approve"]', '"balances:read"', '["balances:read", "pin:change"]'):
        with pytest.raises(IntegrityError, match="ck_api_keys_permissions"):
            async with db.unit() as uow:
                await uow.session.execute(text("UPDATE api_keys SET permissions = CAST(:to AS jsonb)"), {"to": permissions})


async def test_change_when_the_key_is_anothers_then_it_does_not_exist(db: Database, people: People, clock: FakeClock) -> None:
    wanjiru, otieno = await people.register(), await people.register(Phone("+254722000002"))
    key, secret = await make(db, clock, wanjiru)
    async with db.unit() as uow:
        with pytest.raises(UnknownKey):
            await change_api_key(uow, member=otieno.id, key=key.id, enabled=False)
        with pytest.raises(UnknownKey):
            await revoke_api_key(uow, member=otieno.id, key=key.id)
        assert await api_keys_of(uow, member=otieno.id) == []
    assert (await use(db, secret)).id == key.id
