"""Shares: bought once at each meeting, shared out once, to the last shilling, by officials who see the same digest."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.daos.calendar import Schedule
from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.jobs import CREDIT_JOB, TEND_JOB
from core.daos.dues.jobs import JOBS as DUES
from core.daos.dues.standing import dues_of
from core.daos.groups import Group, create_group, join
from core.daos.loans.asking import ask_for_loan
from core.daos.loans.deciding import decide_loan
from core.daos.loans.funding import propose_funding
from core.daos.loans.repaying import repay, write_off
from core.daos.rules import Rules
from core.daos.shares import reckoning, sources
from core.daos.shares.belonging import if_she_left_today, may_not_leave_because
from core.daos.shares.cycles import (
    BadShareCount,
    BoughtAlready,
    CycleRuns,
    ShareOutIsOpen,
    buy_shares,
    pay_back,
    start_cycle,
)
from core.daos.shares.reckoning import Reckoning, reckon
from core.daos.shares.share_out import (
    NoShareOut,
    NothingToShare,
    approve_share_out,
    propose_share_out,
    waiting_share_out,
)
from core.identity.signing import SignsLater
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account, pot
from core.ledger.service import InsufficientFunds, Leg, balances, transfer
from core.monitoring.audit import audit
from core.reports.obligations import what_keeps
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.identity.people import recovered, swapped

WEEKLY = replace(Rules(), meeting_frequency="weekly", approvals=2)


@dataclass
class Savers:
    """A group whose first three are chair, secretary and treasurer."""

    db: Database
    group: Group
    members: list[MemberId]
    clock: FakeClock

    @staticmethod
    async def found(db: Database, clock: FakeClock, count: int = 4, rules: Rules = WEEKLY) -> Savers:
        people = [await someone(db, f"Member {'ABCDEFGH'[n]}", money=shillings(5_000)) for n in range(count)]
        async with db.unit() as uow:
            group = await create_group(uow, intent=new_intent(), founder=people[0], name="Umoja")
            for member in people[1:]:
                clock.advance(minutes=1)
                await join(uow, member=member, group=group.id)
            await enact(uow, group=group.id, rules=rules, in_force_from=clock.now(), because="the test")
            for role, member in zip(("secretary", "treasurer"), people[1:], strict=False):
                await uow.session.execute(
                    text("UPDATE dao_memberships SET role = :role WHERE user_id = :member"), {"role": role, "member": member}
                )
            await start_cycle(uow, intent=new_intent(), group=group.id, official=people[0])
        return Savers(db, group, people, clock)

    @property
    def database(self) -> Database:
        return self.db

    async def buy(self, member: int, shares: int, intent: Any = None) -> Any:
        async with self.db.unit() as uow:
            return await buy_shares(
                uow, intent=intent or new_intent(), member=self.members[member], group=self.group.id, shares=shares
            )

    async def reckoning(self) -> Reckoning:
        async with self.db.unit() as uow:
            return await reckon(uow, group=self.group.id)

    async def propose(self, official: int = 0, digest: str = "", intent: Any = None) -> Any:
        digest = digest or (await self.reckoning()).digest
        async with self.db.unit() as uow:
            return await propose_share_out(
                uow,
                intent=intent or new_intent(),
                official=self.members[official],
                group=self.group.id,
                digest=digest,
            )

    async def approve(self, official: int) -> Any:
        async with self.db.unit() as uow:
            waiting = await waiting_share_out(uow, viewer=self.members[official], group=self.group.id)
        assert waiting is not None
        async with self.db.unit() as uow:
            return await approve_share_out(
                uow,
                official=self.members[official],
                group=self.group.id,
                share_out=waiting.id,
                digest=waiting.digest,
            )

    async def give(self, account: Any, amount: Money) -> None:
        async with self.db.unit() as uow:
            await transfer(uow, key=new_id(), kind="gift", legs=[Leg(MPESA_UTILITY, -amount), Leg(account, amount)])

    async def money(self, *members: int) -> list[Money]:
        async with self.db.unit() as uow:
            accounts = [member_account(self.members[member]) for member in members]
            held = await balances(uow, accounts)
            return [held[account].available for account in accounts]

    async def held(self, account: Any) -> Money:
        async with self.db.unit() as uow:
            return (await balances(uow, [account]))[account].total

    async def sql(self, query: str, **values: Any) -> list[Any]:
        async with self.db.unit() as uow:
            result = await uow.session.execute(text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]


async def test_shares_are_bought_once_at_each_meeting_at_one_price(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    intent = new_intent()
    bought = await savers.buy(3, 3, intent)
    assert await savers.buy(3, 3, intent) == replace(bought, repeated=True)
    assert (bought.amount, bought.owned, bought.balance) == (shillings(300), 3, shillings(4_700))
    with pytest.raises(BoughtAlready) as refused:
        await savers.buy(3, 1)
    assert refused.value.day == "30/11/26"
    with pytest.raises(BadShareCount):
        await savers.buy(2, 6)
    async with db.unit() as uow:
        await enact(
            uow,
            group=savers.group.id,
            rules=replace(WEEKLY, share_price=shillings(200)),
            in_force_from=clock.now(),
            because="vote",
        )
    clock.advance(days=7)
    assert (await savers.buy(3, 5)).amount == shillings(500)
    async with db.unit() as uow:
        with pytest.raises(CycleRuns):
            await start_cycle(uow, intent=new_intent(), group=savers.group.id, official=savers.members[0])


async def test_shares_when_bought_ten_times_at_once_are_bought_once(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)

    answers = await asyncio.gather(*(savers.buy(3, 2) for _ in range(10)), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["Bought"] + ["BoughtAlready"] * 9
    assert await savers.held(pot(savers.group.id, "shares")) == shillings(200)


async def test_a_share_out_gives_each_her_part_to_the_last_shilling_and_begins_the_next_cycle(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock)
    for member, shares in enumerate((1, 1, 1, 4)):
        await savers.buy(member, shares)
    await savers.give(pot(savers.group.id, "shares"), Money(150_50))
    await savers.give(pot(savers.group.id, "welfare"), shillings(77))

    assert await savers.propose(0) == "waiting"
    with pytest.raises(ShareOutIsOpen):
        await savers.buy(3, 1)
    assert await savers.approve(0) == "waiting"
    assert await savers.approve(1) == "done"

    # 850 shillings over 7 shares are 121 3/7 each: 121, 121, 121 and 485; of the two left one goes to the largest remainder,
    # 5/7, and one to the first of the equal ones. The half shilling stays for the next cycle.
    assert await savers.money(0, 1, 2, 3) == [shillings(5_022), shillings(5_021), shillings(5_021), shillings(5_086)]
    assert await savers.held(pot(savers.group.id, "shares")) == Money(50)
    assert await savers.sql("SELECT number, closed_at IS NULL FROM share_cycles ORDER BY number") == [(1, False), (2, True)]
    told = await savers.sql("SELECT DISTINCT message FROM sms_delivery_log WHERE template = 'share_out'")
    assert told == [
        (
            (
                "Umoja: cycle 1 shared out: KES 850 for 7 shares, KES 121.42 each. Closing balances: welfare KES 77,"
                " loan pot KES 0, treasury KES 0. Remember them."
            ),
        )
    ]
    mine = "SELECT message FROM sms_delivery_log WHERE template = 'share_out_mine' AND user_id = :member"
    hers = "Umoja: your 4 shares came to KES 486, debts KES 0. On your balance now: KES 486."
    assert await savers.sql(mine, member=savers.members[3]) == [(hers,)]
    with pytest.raises(NothingToShare):
        await savers.propose(0)


async def earning(savers: Savers, kind: str = "treasury") -> UUID:
    """A weekly contribution with fines, and a loan of 600 to the third member, paid out of 5,000 of the treasury."""
    group, chair = savers.group.id, savers.members[0]
    rules = replace(
        WEEKLY, fine=shillings(40), grace_days=0, loan_waiting_days=0, loan_guarantors=0, loan_reserve=0, approvals=1
    )
    async with savers.db.unit() as uow:
        await enact(uow, group=group, rules=rules, in_force_from=savers.clock.now(), because="vote")
    for member in savers.members:
        async with savers.db.unit() as uow:
            await contribute(uow, intent=new_intent(), member=member, group=group, amount=shillings(1_000))
    async with savers.db.unit() as uow:
        about: dict[str, Any] = {"group": group, "official": chair, "amount": shillings(3_000), "direction": "in"}
        await propose_funding(uow, intent=new_intent(), **about)
        asked: dict[str, Any] = {"member": savers.members[2], "amount": shillings(600), "months": 1, "guarantors": []}
        loan = (await ask_for_loan(uow, intent=new_intent(), group=group, **asked)).id
    async with savers.db.unit() as uow:
        await decide_loan(uow, loan=loan, official=chair, agrees=True)
        schedule = Schedule("weekly", 7)
        named: dict[str, Any] = {"name": "Weekly", "purpose": kind, "schedule": schedule, "amount": shillings(100)}
        await create_kind(uow, intent=new_intent(), group=group, official=chair, **named)
    return loan


async def tended(savers: Savers, days: int) -> None:
    """So many days pass, and each day what is due is done."""
    for _ in range(days):
        savers.clock.advance(days=1)
        await DUES[TEND_JOB](savers, {"group": str(savers.group.id)})


async def test_interest_and_fines_are_shared_out_once_and_debts_are_paid_from_her_own_part(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock)
    loan = await earning(savers)
    for member, shares in ((0, 1), (2, 3)):
        await savers.buy(member, shares)
    await tended(savers, 10)
    # The chair paid late, with a fine; the borrower owes her contributions, a fine and, within the week, nothing of the loan.
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=savers.members[0], group=savers.group.id, amount=shillings(140))
        await repay(uow, intent=new_intent(), loan=loan, payer=savers.members[2], amount=shillings(206))
        owed = (await dues_of(uow, group=savers.group.id, member=savers.members[2])).total
    found = await savers.reckoning()

    assert [(one.name, one.amount) for one in found.returns] == [("loan_interest", shillings(6)), ("fines", shillings(40))]
    assert found.distributable == shillings(446)
    assert owed == shillings(240), "two contributions and a fine"
    line = found.line_of(savers.members[2])
    assert line is not None
    assert (line.amount, line.owed) == (shillings(334), shillings(240))

    before = await savers.money(2)
    assert await savers.propose(0) == "done"
    assert await savers.money(2) == [before[0] + shillings(94)]
    assert await savers.sql("SELECT name, amount FROM share_out_returns ORDER BY name") == [("fines", 40), ("loan_interest", 6)]
    await worked(savers)
    async with db.unit() as uow:
        dues = await dues_of(uow, group=savers.group.id, member=savers.members[2])
        assert (dues.total, dues.credit) == (shillings(0), shillings(0))
    # Her own fine came in through it: the next share-out brings that, and nothing of what was shared.
    assert [(one.name, one.amount) for one in (await savers.reckoning()).returns] == [("fines", shillings(40))]
    # Roles were given by hand.
    assert [one.name for one in await audit(db) if not one.ok] == ["roles are what was written down"]


async def worked(savers: Savers) -> None:
    """What was queued for credit is done, as the worker would."""
    for (payload,) in await savers.sql("DELETE FROM pgqueuer WHERE entrypoint = 'use-credit' RETURNING payload"):
        await DUES[CREDIT_JOB](savers, json.loads(payload))


async def test_losses_come_off_the_interest_and_only_what_is_there_is_shared(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    loan = await earning(savers)
    await savers.buy(0, 1)
    async with db.unit() as uow:
        await repay(uow, intent=new_intent(), loan=loan, payer=savers.members[2], amount=shillings(597))
    assert [one.amount for one in (await savers.reckoning()).returns] == [shillings(6)]
    async with db.unit() as uow:
        await write_off(uow, loan=loan, because="gone")

    assert (await savers.reckoning()).returns == (), "nine shillings were lost, six earned"


async def test_savings_in_the_pot_of_the_shares_are_nobody_elses(db: Database, clock: FakeClock) -> None:
    """Contributions for shares are each one's own savings: they come back to her when she leaves, not to who bought shares."""
    savers = await Savers.found(db, clock)
    await earning(savers, kind="shares")
    await savers.buy(3, 1)
    await tended(savers, 7)
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=savers.members[1], group=savers.group.id, amount=shillings(200))
    found = await savers.reckoning()

    assert [(one.name, one.amount) for one in found.liabilities] == [("savings", shillings(160))], "the rest was a fine"
    assert (found.cash, found.distributable) == (shillings(260), shillings(140)), "her fine is shared out, her savings aren't"


async def test_liabilities_stay_in_the_pot(db: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 3)

    async def liabilities(_uow: Any, _group: Any) -> list[sources.Liability]:
        return [sources.Liability("savings", shillings(20))]

    monkeypatch.setattr(reckoning, "LIABILITIES", (liabilities,))
    await savers.propose(0)
    await savers.approve(1)

    assert await savers.held(pot(savers.group.id, "shares")) == shillings(20)


async def test_a_share_out_when_the_figures_change_before_the_last_approval_is_void(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 2)
    await savers.propose(0)
    await savers.give(pot(savers.group.id, "shares"), shillings(10))

    assert await savers.approve(1) == "void"
    assert await savers.money(3) == [shillings(4_800)]
    with pytest.raises(NoShareOut):
        await savers.propose(0, digest="0" * 64)
    assert await savers.propose(1) == "waiting"
    clock.advance(hours=73)
    await savers.buy(2, 1)
    assert await savers.propose(0) == "waiting"
    assert await savers.approve(2) == "done"


async def test_u10_an_official_whose_sim_was_swapped_approves_no_share_out(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 2)
    await savers.propose(0)
    await swapped(db, savers.members[1], ago=timedelta(hours=2))
    with pytest.raises(SignsLater):
        await savers.approve(1)
    with pytest.raises(SignsLater):
        await savers.propose(1)


async def test_u10_an_approval_does_not_count_while_the_sim_of_whoever_gave_it_was_swapped_since(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 2)
    await savers.propose(0)
    await swapped(db, savers.members[0], ago=timedelta(hours=2))

    assert await savers.approve(1) == "waiting"
    async with db.unit() as uow:
        waits = await waiting_share_out(uow, viewer=savers.members[1], group=savers.group.id)
    assert waits is not None
    assert not waits.approved_by_her
    clock.advance(hours=71)
    assert await savers.approve(1) == "done"


async def test_an_official_whose_account_was_recovered_since_approves_the_next_proposal_after_the_hold(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 2)
    await savers.propose(0)
    clock.advance(minutes=1)
    await recovered(db, savers.members[0])

    assert await savers.approve(1) == "waiting"
    clock.advance(hours=72)
    async with db.unit() as uow:
        assert await waiting_share_out(uow, viewer=savers.members[0], group=savers.group.id) is None
    await savers.propose(0)
    assert await savers.approve(1) == "done"


async def test_share_outs_when_many_are_approved_at_once_pay_once(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 2)
    digest = (await savers.reckoning()).digest
    proposed = await asyncio.gather(*(savers.propose(official, digest) for official in (0, 1, 2, 0)), return_exceptions=True)
    assert sorted(str(one) for one in proposed if isinstance(one, str)) == ["waiting"]

    approved = await asyncio.gather(*(savers.approve(n % 3) for n in range(12)), return_exceptions=True)

    assert "done" in approved
    assert await savers.money(3) == [shillings(5_000)]
    assert await savers.sql("SELECT count(*) FROM ledger_transfers WHERE kind = 'share_out'") == [(1,)]
    with pytest.raises(DBAPIError, match="stays"):
        await savers.sql("UPDATE share_outs SET digest = repeat('0', 64)")


async def test_a_leaver_gets_her_own_money_back_without_profit_once(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock)
    await savers.buy(3, 4)
    await savers.buy(2, 1)
    await savers.give(pot(savers.group.id, "shares"), shillings(100))
    async with db.unit() as uow:
        [(_, back)] = await if_she_left_today(uow, member=savers.members[3], group=savers.group.id)
        assert back == shillings(400)
        assert await may_not_leave_because(uow, member=savers.members[3], group=savers.group.id) is None
    for expected in (shillings(400), shillings(0)):
        async with db.unit() as uow:
            assert await pay_back(uow, member=savers.members[3], group=savers.group.id) == expected

    found = await savers.reckoning()
    assert (found.distributable, found.shares, len(found.lines)) == (shillings(200), 1, 1)
    # Having come back she buys at the same meeting, as if it were her first.
    assert (await savers.buy(3, 1)).owned == 1


async def test_shares_without_money_are_refused(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=replace(WEEKLY, share_price=shillings(3_000)))

    with pytest.raises(InsufficientFunds):
        await savers.buy(3, 2)


@given(
    st.integers(0, 10_000_000),
    st.lists(st.integers(1, 250), min_size=1, max_size=30),
)
def test_parts_of_any_pot_add_up_and_nobody_is_a_shilling_from_her_share(shillings_in: int, shares: list[int]) -> None:
    parts = [part.minor for part in Money(shillings_in).split(shares)]

    assert sum(parts) == shillings_in
    for part, owned in zip(parts, shares, strict=True):
        assert abs(part * sum(shares) - shillings_in * owned) < sum(shares)


async def test_shares_and_turns_keep_an_account_from_being_erased(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, count=5)
    member = savers.members[4]
    async with db.unit() as uow:
        legs = [Leg(member_account(member), -shillings(4_900)), Leg(MPESA_UTILITY, shillings(4_900))]
        await transfer(uow, key=new_id(), kind="withdrawal", legs=legs)
    await savers.buy(4, 1)
    async with db.unit() as uow:
        assert await what_keeps(uow, member=member) == "shares"
        await pay_back(uow, member=member, group=savers.group.id)
    async with db.unit() as uow:
        assert await what_keeps(uow, member=member) == "balance"
