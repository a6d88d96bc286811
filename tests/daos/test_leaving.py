"""Going: the account that is shown is the money that moves; once; and never while something keeps her."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from core.daos import leaving
from core.daos.changes import role_changes
from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.departure_jobs import end_notices, settle, settle_open
from core.daos.groups import NotAMember, StillLeaving, UnknownGroup, create_group, find_by_code, join, require_member
from core.daos.leaving import (
    GroupNotEmpty,
    MayNotLeave,
    close_group,
    expel,
    give_notice,
    if_left_today,
    open_departures,
    settle_departure,
    stay,
)
from core.daos.offices import appoint, officials
from core.daos.parting import Line
from core.daos.rules import DEFAULTS
from core.daos.standing import reinstate, suspend
from core.identity.erasure import erase, request_erasure
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import text as sentence
from core.ledger.accounts import MPESA_UTILITY, member_account, treasury
from core.ledger.service import Leg, balance, transfer
from core.reports.obligations import what_keeps
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone

Chama = tuple[DaoId, MemberId, MemberId]


@pytest.fixture
async def chama(db: Database) -> Chama:
    """A group with a chair and Juma, who put in 300 of his 1,000 shillings; leaving takes no notice."""
    chair, juma = await someone(db, "Amina"), await someone(db, "Juma", money=shillings(1_000))
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=chair, name="Umoja")).id
        rules = replace(DEFAULTS["chama"], exit_notice_days=0)
        await enact(uow, group=group, rules=rules, in_force_from=uow.clock.now(), because="test")
        await join(uow, member=juma, group=group)
        await contribute(uow, intent=new_intent(), member=juma, group=group, amount=shillings(300))
    return group, chair, juma


async def notice(db: Database, group: DaoId, days: int) -> None:
    async with db.unit() as uow:
        rules = replace(DEFAULTS["chama"], exit_notice_days=days)
        await enact(uow, group=group, rules=rules, in_force_from=uow.clock.now(), because="test")


async def has(db: Database, member: MemberId) -> Money:
    async with db.unit() as uow:
        return (await balance(uow, member_account(member))).total


async def leave(db: Database, group: DaoId, member: MemberId) -> None:
    async with db.unit() as uow:
        await give_notice(uow, group=group, member=member)


async def departures(db: Database) -> list:
    async with db.unit() as uow:
        return await open_departures(uow, limit=10)


async def test_what_is_shown_is_what_is_paid_once(db: Database, chama: Chama) -> None:
    group, founder, juma = chama
    async with db.unit() as uow:
        shown = await if_left_today(uow, group=group, member=juma)
    assert (shown.net, shown.obstacles) == (shillings(300), ())
    await leave(db, group, juma)
    [departure] = await departures(db)

    await asyncio.gather(*(settle(SimpleNamespace(database=db), {"id": str(departure)}) for _ in range(5)))

    assert await has(db, juma) == shillings(1_000)
    async with db.unit() as uow:
        told = text("SELECT user_id, message FROM sms_delivery_log WHERE template = 'departure_paid'")
        rows = {row.user_id: row.message for row in await uow.session.execute(told)}
    assert rows == {founder: "Umoja: KES 300 of the group's money was paid to JUMA, who has left."}
    assert await departures(db) == []
    async with db.unit() as uow:
        assert (await balance(uow, treasury(group))).total == Money(0)
        with pytest.raises(NotAMember):
            await require_member(uow, member=juma, group=group)
        with pytest.raises(NotAMember):
            await if_left_today(uow, group=group, member=juma)


async def test_what_the_group_lacks_is_paid_when_it_has_it(db: Database, chama: Chama) -> None:
    group, _, juma = chama
    async with db.unit() as uow:
        legs = [Leg(treasury(group), -shillings(100)), Leg(MPESA_UTILITY, shillings(100))]
        await transfer(uow, key=new_id(), kind="spend", legs=legs)
    await leave(db, group, juma)
    [departure] = await departures(db)
    services = SimpleNamespace(database=db)
    await settle(services, {"id": str(departure)})
    assert await departures(db) == [departure]
    async with db.unit() as uow:
        with pytest.raises(StillLeaving):
            await join(uow, member=juma, group=group)
        legs = [Leg(MPESA_UTILITY, -shillings(100)), Leg(treasury(group), shillings(100))]
        await transfer(uow, key=new_id(), kind="deposit", legs=legs)

    await settle_open(services, {})

    assert await has(db, juma) == shillings(1_000)
    async with db.unit() as uow:
        await join(uow, member=juma, group=group)
        assert (await if_left_today(uow, group=group, member=juma)).net == Money(0)


async def test_leaving_again_after_coming_back_pays_only_what_is_new(db: Database, chama: Chama, clock: FakeClock) -> None:
    group, _, juma = chama
    services = SimpleNamespace(database=db)
    await leave(db, group, juma)
    await settle_open(services, {})
    clock.advance(days=1)
    async with db.unit() as uow:
        await join(uow, member=juma, group=group)
        await contribute(uow, intent=new_intent(), member=juma, group=group, amount=shillings(50))
        assert (await if_left_today(uow, group=group, member=juma)).net == shillings(50)
    await leave(db, group, juma)
    await settle_open(services, {})
    assert await has(db, juma) == shillings(1_000)


class Debt:
    """Somebody who keeps a debt of hers, as loans and fines do."""

    name = "debt"

    def __init__(self, amount: Money) -> None:
        self.amount, self.closed = amount, 0

    async def lines(self, uow, *, group, member):
        legs = (Leg(member_account(member), -self.amount), Leg(treasury(group), self.amount))
        return () if self.closed else (Line(sentence("parting-savings"), -self.amount, legs),)

    async def obstacles(self, uow, *, group, member):
        return ()

    async def waits(self, uow, *, group, member):
        return False

    async def settled(self, uow, *, group, member):
        self.closed += 1


async def test_debts_are_taken_off_and_keep_whoever_owes_more(
    db: Database, chama: Chama, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, _, juma = chama
    debt = Debt(shillings(400))
    monkeypatch.setattr(leaving, "PARTINGS", (*leaving.PARTINGS, debt))
    with pytest.raises(MayNotLeave) as refused:
        await leave(db, group, juma)
    assert refused.value.reason == sentence("parting-debt", amount=shillings(100))

    debt.amount = shillings(120)
    await leave(db, group, juma)
    await settle_open(SimpleNamespace(database=db), {})
    assert (await has(db, juma), debt.closed) == (shillings(880), 1)


async def test_notice_runs_its_days_can_be_taken_back_and_is_held_up_by_an_office(
    db: Database, chama: Chama, clock: FakeClock
) -> None:
    group, chair, juma = chama
    await notice(db, group, 30)
    services = SimpleNamespace(database=db)
    await leave(db, group, juma)
    async with db.unit() as uow:
        await stay(uow, group=group, member=juma)
    clock.advance(days=31)
    await end_notices(services, {})
    async with db.unit() as uow:
        assert await require_member(uow, member=juma, group=group)

    await leave(db, group, juma)
    clock.advance(days=29)
    await end_notices(services, {})
    async with db.unit() as uow:
        await appoint(uow, group=group, member=juma, role="chair", way="appointed")
    clock.advance(days=1)
    await end_notices(services, {})
    async with db.unit() as uow:
        assert await require_member(uow, member=juma, group=group)
        await appoint(uow, group=group, member=chair, role="chair", way="appointed")
    clock.advance(days=7)
    await end_notices(services, {})
    async with db.unit() as uow:
        with pytest.raises(NotAMember):
            await require_member(uow, member=juma, group=group)


async def test_the_chair_hands_over_before_leaving(db: Database, chama: Chama) -> None:
    group, chair, _ = chama
    with pytest.raises(MayNotLeave) as refused:
        await leave(db, group, chair)
    assert refused.value.reason == sentence("parting-chair")


async def test_whoever_is_expelled_is_paid_and_comes_back_only_by_invitation(db: Database, chama: Chama) -> None:
    from core.daos.groups import Expelled

    group, _, juma = chama
    async with db.unit() as uow:
        await expel(uow, group=group, member=juma, because="vote 9")
    await settle_open(SimpleNamespace(database=db), {})
    assert await has(db, juma) == shillings(1_000)
    async with db.unit() as uow:
        with pytest.raises(Expelled):
            await join(uow, member=juma, group=group)
        await join(uow, member=juma, group=group, invited=True)


async def test_leaving_and_joining_at_once_end_in_one_state(db: Database, chama: Chama) -> None:
    """Whatever order the locks decide: a member or not, one open departure at most, all money accounted for."""
    group, _, juma = chama

    async def back() -> None:
        async with db.unit() as uow:
            await join(uow, member=juma, group=group)

    await asyncio.gather(*(leave(db, group, juma) for _ in range(4)), *(back() for _ in range(4)), return_exceptions=True)

    waiting = await departures(db)
    async with db.unit() as uow:
        status = await uow.session.scalar(text("SELECT status FROM dao_memberships WHERE user_id = :j"), {"j": juma})
        assert (status, len(waiting)) == ("left", 1)
        await settle_departure(uow, departure=waiting[0])
    assert await has(db, juma) == shillings(1_000)


async def test_a_group_is_closed_only_when_it_is_empty(db: Database, chama: Chama) -> None:
    group, chair, juma = chama
    for step in ("members", "paid", "money"):
        with pytest.raises(GroupNotEmpty) as refused:
            async with db.unit() as uow:
                await close_group(uow, group=group, member=chair)
        assert refused.value.reason == ("money" if step == "money" else "members")
        if step == "members":
            await leave(db, group, juma)
        elif step == "paid":
            await settle_open(SimpleNamespace(database=db), {})
            async with db.unit() as uow:
                legs = [Leg(MPESA_UTILITY, -shillings(1)), Leg(treasury(group), shillings(1))]
                await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    async with db.unit() as uow:
        legs = [Leg(treasury(group), -shillings(1)), Leg(MPESA_UTILITY, shillings(1))]
        await transfer(uow, key=new_id(), kind="spend", legs=legs)
    async with db.unit() as uow:
        code = await uow.session.scalar(text("SELECT code FROM daos"))
        await close_group(uow, group=group, member=chair)
        with pytest.raises(UnknownGroup):
            await find_by_code(uow, typed=str(code))


async def test_savings_keep_an_account_until_they_are_paid_back(db: Database, chama: Chama, clock: FakeClock) -> None:
    group, _, juma = chama
    async with db.unit() as uow:
        legs = [Leg(member_account(juma), -shillings(700)), Leg(MPESA_UTILITY, shillings(700))]
        await transfer(uow, key=new_id(), kind="withdrawal", legs=legs)
        assert await what_keeps(uow, member=juma) == "savings"
    await leave(db, group, juma)
    async with db.unit() as uow:
        assert await what_keeps(uow, member=juma) == "savings"
    await settle_open(SimpleNamespace(database=db), {})
    async with db.unit() as uow:
        assert await what_keeps(uow, member=juma) == "balance"


async def test_an_official_who_is_forgotten_has_lost_her_office_on_record(db: Database, chama: Chama, clock: FakeClock) -> None:
    group, chair, _ = chama
    aunt = await someone(db, "Aunt")
    async with db.unit() as uow:
        await join(uow, member=aunt, group=group)
        await appoint(uow, group=group, member=aunt, role="treasurer", way="appointed")
        await suspend(uow, group=group, member=aunt, by=chair, reason="Moved to Kisumu")
        await reinstate(uow, group=group, member=aunt, by=chair)
        await appoint(uow, group=group, member=aunt, role="auditor", way="appointed")
        await request_erasure(uow, member=aunt)
    signed_at = clock.now()
    clock.advance(days=8)
    async with db.unit() as uow:
        await erase(uow, member=aunt)
    async with db.unit() as uow:
        [lost] = await role_changes(uow, group=group, since=signed_at)
        assert (lost.member, lost.to_role) == (aunt, "member")
        assert "auditor" not in await officials(uow, group=group)
        said = text("SELECT string_agg(reason, '') FROM dao_membership_changes WHERE user_id = :a")
        assert await uow.session.scalar(said, {"a": aunt}) == ""
