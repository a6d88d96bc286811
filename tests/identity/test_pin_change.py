"""A new PIN: none of her last four, every count starts anew, everybody at her addresses is told; and new keys need no PIN."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from core.dialogue.checks import IdentityChecks
from core.identity.api_keys import create_api_key, use_api_key
from core.identity.approvals import Approval
from core.identity.codes import CodeGate
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.new_pins import WeakPin, check_new_pin
from core.identity.oauth import Account, link_account
from core.identity.pin_change import REMEMBERED_PINS, change_pin, previous_pins
from core.identity.pins import LOCKS_AT, PinGate, PinOutcome
from core.identity.rotation import rewrap_all
from core.identity.step_up import StepUpGate
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from core.kernel.ids import IntentId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.secrets import CannotOpen, PinHasher, Vault

from .people import PIN, People, new_id

OLD_KEY, NEW_KEY = "an-old-key-that-is-long-enough-0123456789", "a-new-key-that-is-long-enough-9876543210"


async def change(db: Database, hasher: PinHasher, member: Member, pin: str) -> None:
    sealed = await hasher.hash(pin, owner=str(member.id))
    async with db.unit() as uow:
        await change_pin(uow, member=member.id, sealed_pin=sealed, channel="ussd")


async def enter(gate: PinGate, member: Member, pin: str) -> PinOutcome:
    return await gate.check(member=member.id, pin=pin, channel="ussd", event_id=str(new_id()))


async def test_pin_when_changed_then_only_the_new_one_opens_and_every_address_is_told(
    db: Database, hasher: PinHasher, people: People
) -> None:
    member, gate = await people.register(), PinGate(db, hasher)
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    await enter(gate, member, "604718")
    await change(db, hasher, member, "815203")

    assert await enter(gate, member, PIN) == PinOutcome("wrong", tries_left=LOCKS_AT - 1), "the count starts anew"
    assert (await enter(gate, member, "815203")).verdict == "right"
    told = await people.rows("sms_delivery_log", where="message LIKE '%PIN was changed%'")
    assert [row["to_phone"] for row in told] == [member.phone]
    assert len(await people.rows("chat_delivery_log")) == 1
    assert await people.rows("security_events", where="event_type = 'pin_changed'")


async def test_pin_when_chosen_before_then_known_for_the_last_four(db: Database, hasher: PinHasher, people: People) -> None:
    member, checks = await people.register(), IdentityChecks(hasher, CodeGate(db), PinGate(db, hasher))
    pins = [PIN, "815203", "942617", "306984", "571820"]
    for pin in pins[1:]:
        await change(db, hasher, member, pin)
    async with db.unit() as uow:
        earlier = await previous_pins(uow, member=member.id)
    assert len(earlier) == REMEMBERED_PINS
    found = [await checks.is_any_pin(pin, earlier, owner=member.id) for pin in pins]
    assert found == [False, True, True, True, True]


@pytest.mark.parametrize("pin", ["071200", "712000", "120000"])
def test_pin_when_it_is_in_her_own_number_then_refused_in_either_spelling(pin: str) -> None:
    with pytest.raises(WeakPin) as refusal:
        check_new_pin(pin, phone=Phone("+254712000013"))
    assert refusal.value.reason in ("phone", "date", "repeat")


async def test_keys_when_rotated_then_pins_open_under_the_new_key_alone(
    empty_database: str, clock: Any, people: People, db: Database
) -> None:
    """Old key, then both, then the new one alone: the same PIN, never typed in between, opens each time."""

    def under(*keys: str) -> tuple[Database, PinHasher]:
        vault = Vault(keys)
        return Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=vault, pool_size=2), PinHasher(vault)

    before, hasher = under(OLD_KEY)
    old_people = People(before, hasher)
    members = [await old_people.register(Phone(f"+25472200000{n}")) for n in range(3)]
    both, _ = under(NEW_KEY, OLD_KEY)
    done = await rewrap_all(both, batch=2)
    again = await rewrap_all(both, batch=2)
    after, hasher = under(NEW_KEY)

    assert (done.renewed, done.current, done.lost) == (6, 0, [])
    assert (again.renewed, again.current) == (0, 6)
    assert (await enter(PinGate(after, hasher), members[2], PIN)).verdict == "right"
    with pytest.raises(CannotOpen):
        await enter(PinGate(before, PinHasher(Vault([OLD_KEY]))), members[0], PIN)
    for database in (before, both, after):
        await database.close()


async def test_keys_when_rotated_then_everything_that_is_kept_sealed_opens_under_the_new_key_alone(
    empty_database: str, clock: Any, people: People, db: Database
) -> None:
    """Her authenticator, the tokens of her Google account and a key of hers outlive the old key, used in between or not."""
    her = await people.register()
    async with db.unit() as uow:
        app = pyotp.TOTP((await begin_enrolment(uow, member=her.id)).key)
        await confirm_enrolment(uow, member=her.id, code=app.at(clock.now()))
        await enable(uow, member=her.id)
        await link_account(uow, member=her.id, account=Account("google", "4711", access_token="a-1", refresh_token="r-1"))
        limits = {
            "permissions": ["profile:read"],
            "rate_limit": 9,
            "networks": [],
            "expires_at": clock.now() + timedelta(days=9),
        }
        _, secret = await create_api_key(uow, member=her.id, name="Book", **limits)
    clock.advance(minutes=1)
    new, old = Vault([NEW_KEY]), "test-key-that-is-long-enough-0123456789"
    both = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=Vault([NEW_KEY, old]), pool_size=2)
    done = await rewrap_all(both)
    async with both.unit() as uow:
        await use_api_key(uow, secret=secret, address="")
    await both.close()

    assert (done.renewed, done.lost) == (5, [])
    after = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=new, pool_size=2)
    approval = Approval("two-factor-off", IntentId(new_id()))
    outcome = await StepUpGate(after).check(member=her.id, approval=approval, code=app.at(clock.now()), event_id="e")
    assert outcome.verdict == "right"
    async with after.unit() as uow:
        assert (await use_api_key(uow, secret=secret, address="")).member == her.id
    await after.close()
    row = await people.row("oauth_connections")
    tokens = [new.open(row[f"{kind}_token"], context=f"oauth {row['id']} {kind}") for kind in ("access", "refresh")]
    assert tokens == [b"a-1", b"r-1"]


async def test_keys_when_none_opens_a_secret_then_it_is_named_and_left_alone(db: Database, people: People) -> None:
    first, second = await people.register(), await people.register(Phone("+254722000002"))
    async with db.unit() as uow:
        # Another member's seal in her row: the member's id is bound into it, so it opens for nobody.
        moved = "UPDATE members SET sealed_pin = (SELECT sealed_pin FROM members WHERE id = :other) WHERE id = :id"
        await uow.session.execute(text(moved), {"other": first.id, "id": second.id})
    done = await rewrap_all(db)
    assert done.lost == [f"members {second.id}"]
    assert done.current == 3
