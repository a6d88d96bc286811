"""A group that its members end: nothing new, everything open ends, and all that it holds is shared out once, to the cent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from core.app import EXECUTIONS
from core.daos import sharing_out
from core.daos.contributions import contribute
from core.daos.dissolving import closed_for
from core.daos.dissolving_jobs import end_all, end_group
from core.daos.ending import GroupEnds
from core.daos.groups import groups_of, join
from core.daos.loans.asking import ask_for_loan
from core.daos.loans.deciding import decide_loan
from core.daos.loans.models import LoanRow
from core.daos.loans.reading import find_loan, standing_of
from core.daos.loans.repaying import decide_recovery, repay
from core.daos.recurring.plans import WantedRecurring, begin_recurring
from core.daos.rotation.rounds import open_round
from core.daos.shares.cycles import buy_shares, start_cycle
from core.daos.sharing_out import Part, Stake, accounts_of, split, what_waits
from core.daos.welfare.kitty import pay_welfare
from core.governance.errors import UnknownProposal
from core.governance.foresight import foresee
from core.governance.matters import Dissolution, Motion, WriteOff
from core.governance.proposals import Proposal
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import catalogue
from core.ledger.accounts import MPESA_UTILITY, member_account, pot, treasury
from core.ledger.service import Leg, balances, transfer
from core.monitoring.audit import audit
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.governance.chama import Chama


async def village(db: Database, clock: FakeClock, *saved: int, **rules: Any) -> Chama:
    """The chair, who saved nothing, and a member for each sum, who has 1,000 and put so much of it in."""
    chama = await Chama.of(db, 1, welfare_waiting_days=0, loan_waiting_days=0, loan_guarantors=0, **rules)
    chama.executions = EXECUTIONS
    for number, amount in enumerate(saved):
        clock.advance(minutes=1)
        member = await someone(db, f"Saver {'ABCDEFGH'[number]}", money=shillings(1_000))
        chama.members.append(member)
        async with db.unit() as uow:
            await join(uow, member=member, group=chama.group)
        if amount:
            async with db.unit() as uow:
                await contribute(uow, intent=new_intent(), member=member, group=chama.group, amount=shillings(amount))
    return chama


async def ended(chama: Chama, clock: FakeClock) -> Proposal:
    """The vote has passed and its hours are over: the group takes nothing new."""
    proposal = await chama.propose(Dissolution(), "")
    await chama.votes(proposal, ["yes"] * len(chama.members))
    await chama.work()
    assert (await chama.now(proposal)).state == "passed"
    assert await chama.sql("SELECT count(*) FROM dissolutions") == [(0,)], "passed isn't executed"
    clock.advance(hours=24)
    await chama.work()
    assert (await chama.now(proposal)).state == "executed"
    return proposal


async def tend(chama: Chama) -> None:
    await end_group(chama, {"group": str(chama.group)})


async def held(chama: Chama, *members: MemberId) -> list[int]:
    """What these have on their own accounts, in cents."""
    accounts = [member_account(member) for member in members]
    async with chama.database.unit() as uow:
        found = await balances(uow, accounts)
    return [found[account].total.minor for account in accounts]


async def left(chama: Chama) -> int:
    """What the group holds, in cents."""
    async with chama.database.unit() as uow:
        return sum(one.total.minor for one in (await balances(uow, accounts_of(chama.group))).values())


async def status(chama: Chama) -> str:
    [(found,)] = await chama.sql("SELECT status FROM daos WHERE id = :g", g=chama.group)
    return str(found)


async def give(chama: Chama, account: Any, cents: int) -> None:
    async with chama.database.unit() as uow:
        await transfer(uow, key=new_id(), kind="test", legs=[Leg(MPESA_UTILITY, Money(-cents)), Leg(account, Money(cents))])


async def told(chama: Chama) -> list[str]:
    found = await chama.sql("SELECT message FROM sms_delivery_log WHERE template = 'group_ends' ORDER BY id")
    return [message for (message,) in found]


async def test_all_that_it_holds_is_shared_by_what_each_has_put_in(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200, 100)
    _, anna, ben, carol = chama.members
    async with db.unit() as uow:
        await pay_welfare(uow, intent=new_intent(), member=anna, group=chama.group, amount=shillings(70))
    await give(chama, pot(chama.group, "reserve"), 1)
    await ended(chama, clock)
    assert await status(chama) == "active"
    await tend(chama)

    # 670.01 by 300 : 200 : 100, the odd cent to the largest remainder.
    assert await held(chama, anna, ben, carol) == [630_00 + 335_00, 800_00 + 223_34, 900_00 + 111_67]
    assert (await left(chama), await status(chama)) == (0, "closed")
    begun, *own = [message for message in await told(chama) if "ended by" in message][:1] + [
        message for message in await told(chama) if "shared out" in message and "Paid to you" in message
    ]
    assert "Nothing new is taken" in begun
    assert own[1] == (
        "Umoja: shared out KES 670.01. You had put in KES 300 of KES 600: KES 335. Paid to you: KES 335. The group is closed."
    )
    assert len(own) == 4
    async with db.unit() as uow:
        assert await groups_of(uow, member=anna) == []
        [closed] = await closed_for(uow, member=anna)
    assert (closed.name, closed.because, closed.amount) == ("Umoja", "vote 1", Money(335_00))
    assert await chama.sql("SELECT DISTINCT status, role FROM dao_memberships") == [("left", "member")]


async def test_nothing_new_is_taken(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200)
    chair, anna, _ = chama.members
    await ended(chama, clock)
    late = await someone(db, "Late Comer")

    async def refused(verb: Any, **given: Any) -> None:
        with pytest.raises(GroupEnds):
            async with db.unit() as uow:
                await verb(uow, group=chama.group, **given)

    intent = new_intent()
    await refused(contribute, intent=intent, member=anna, amount=shillings(10))
    await refused(pay_welfare, intent=intent, member=anna, amount=shillings(10))
    await refused(ask_for_loan, intent=intent, member=anna, amount=shillings(100), months=1)
    await refused(open_round, intent=intent, official=chair, amount=shillings(100))
    await refused(start_cycle, intent=intent, official=chair)
    await refused(join, member=late)
    wanted = WantedRecurring(shillings(10), "monthly", clock.now().date() + timedelta(days=2), "wallet")
    await refused(begin_recurring, intent=intent, member=anna, wanted=wanted)
    with pytest.raises(GroupEnds):
        await chama.propose(Motion(), "One more thing")
    with pytest.raises(DBAPIError, match="the group ends"):
        await chama.sql(
            "INSERT INTO dao_memberships (id, dao_id, user_id, role, status, joined_at)"
            " VALUES (gen_random_uuid(), :g, :m, 'member', 'active', now()) RETURNING 1",
            g=chama.group,
            m=late,
        )


async def test_what_passed_before_is_not_carried_out_any_more(db: Database, clock: FakeClock) -> None:
    from core.governance.matters import RuleChange

    chama = await village(db, clock, 300, 200, execution_hours=24)
    rule = await chama.propose(RuleChange("fine", None, 100_00), "")
    ending = await chama.propose(Dissolution(), "")
    for proposal in (ending, rule):
        await chama.votes(proposal, ["yes"] * 3)
        await chama.work()
    clock.advance(hours=24)
    async with db.unit() as uow:
        from core.governance.executing import execute_if_due

        assert await execute_if_due(uow, proposal=ending.id, executions=EXECUTIONS)
    await chama.work()

    found = await chama.now(rule)
    assert (found.state, found.refusal) == ("refused", "group-ends")


async def test_twenty_workers_share_it_out_once(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200, 100)
    await ended(chama, clock)

    await asyncio.gather(*(tend(chama) for _ in range(20)))

    assert await held(chama, *chama.members[1:]) == [1_000_00] * 3
    assert await chama.sql("SELECT count(*) FROM ledger_transfers WHERE kind = 'group_shared_out'") == [(1,)]
    assert await chama.sql("SELECT sharings FROM dissolutions") == [(1,)]


async def test_members_who_pay_at_the_same_moment_lose_nothing(db: Database, clock: FakeClock) -> None:
    """Contributions race with the end and with the sharing: whatever was taken is shared out, sooner or later."""
    chama = await village(db, clock, 300, 200, 100)
    proposal = await chama.propose(Dissolution(), "")
    await chama.votes(proposal, ["yes"] * 4)
    await chama.work()
    clock.advance(hours=24)

    async def pay(member: MemberId) -> None:
        for _ in range(4):
            try:
                async with db.unit() as uow:
                    await contribute(uow, intent=new_intent(), member=member, group=chama.group, amount=shillings(10))
            except GroupEnds:
                return

    async def end() -> None:
        await chama.work()
        await tend(chama)

    await asyncio.gather(end(), *(pay(member) for member in chama.members[1:]))
    await tend(chama)

    assert await left(chama) == 0
    assert sum(await held(chama, *chama.members)) == 3_000_00
    wrong = [finding.name for finding in await audit(db) if not finding.ok]
    assert wrong == []


async def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(
    db: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chama = await village(db, clock, 300, 200)
    await ended(chama, clock)

    async def dying(*_: object, **__: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(sharing_out, "transfer", dying)
        with pytest.raises(ConnectionResetError):
            await tend(chama)
    assert await status(chama) == "active"
    assert not [message for message in await told(chama) if "Paid to you" in message]
    await end_all(chama, {})

    assert await held(chama, *chama.members[1:]) == [1_000_00] * 2
    assert await status(chama) == "closed"


async def test_a_loan_is_repaid_first(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200)
    _, anna, ben = chama.members
    await give(chama, pot(chama.group, "loans"), 500_00)
    async with db.unit() as uow:
        loan = await ask_for_loan(uow, intent=new_intent(), group=chama.group, member=anna, amount=shillings(200), months=1)
        await decide_loan(uow, loan=loan.id, official=chama.members[0], agrees=True)
        another = await ask_for_loan(uow, intent=new_intent(), group=chama.group, member=ben, amount=shillings(150), months=1)
    await ended(chama, clock)
    await tend(chama)
    async with db.unit() as uow:
        assert (await uow.session.get_one(LoanRow, another.id)).status == "expired"
        waits = await what_waits(uow, group=chama.group)
    assert waits is not None
    assert catalogue().say("en", waits) == "This group ends. It is shared out when one loan has ended."
    async with db.unit() as uow:
        owed = (await standing_of(uow, await find_loan(uow, loan=loan.id))).payoff
        await repay(uow, intent=new_intent(), loan=loan.id, payer=anna, amount=owed)
    await tend(chama)

    # 500 saved, 500 given to the pot, and the interest of the loan, by 300 : 200.
    pool = 1_000_00 + (owed.minor - 200_00)
    parts = [part.minor for part in Money(pool).split([300, 200])]
    assert await held(chama, anna, ben) == [900_00 - owed.minor + parts[0], 800_00 + parts[1]]
    assert await status(chama) == "closed"


async def test_savings_that_were_taken_for_a_loan_have_no_part(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200, loan_interest=0)
    chair, anna, ben = chama.members
    await give(chama, pot(chama.group, "loans"), 500_00)
    async with db.unit() as uow:
        loan = await ask_for_loan(uow, intent=new_intent(), group=chama.group, member=anna, amount=shillings(300), months=1)
        await decide_loan(uow, loan=loan.id, official=chair, agrees=True)
    clock.advance(days=125)
    async with db.unit() as uow:
        assert (await decide_recovery(uow, loan=loan.id, official=chair, agrees=True)).taken
    await ended(chama, clock)
    await tend(chama)

    # She has had what she saved, as the loan: all that is left is his.
    assert await held(chama, anna, ben) == [1_000_00, 800_00 + 700_00]


async def test_a_lost_loan_can_be_forgiven_so_that_the_group_can_close(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200)
    chair, anna, _ = chama.members
    await give(chama, pot(chama.group, "loans"), 500_00)
    async with db.unit() as uow:
        loan = await ask_for_loan(uow, intent=new_intent(), group=chama.group, member=anna, amount=shillings(200), months=1)
        await decide_loan(uow, loan=loan.id, official=chair, agrees=True)
    await ended(chama, clock)
    forgiven = await chama.propose(WriteOff(shillings(200), anna, "A. SAVER", loan.id), "")
    for voter in (chair, chama.members[2]):
        await chama.vote(forgiven, voter, "yes")
    await chama.work()
    clock.advance(hours=24)
    await chama.work()
    await tend(chama)

    assert await status(chama) == "closed"
    assert await left(chama) == 0


async def test_dues_are_taken_from_ones_part_and_credit_comes_back_whole(db: Database, clock: FakeClock) -> None:
    people = [MemberId(new_id()) for _ in range(3)]
    hers = [
        Stake(people[0], Money(300), Money(50), Money(7)),
        Stake(people[1], Money(200), Money(0), Money(0)),
        Stake(people[2], Money(0), Money(80), Money(0)),
    ]

    parts = split(Money(1_000), hers)

    assert [part.part.minor for part in parts] == [600, 400, 0]
    assert [part.owed.minor for part in parts] == [50, 0, 0], "nobody pays more than her part"
    assert [part.back.minor for part in parts] == [30, 20, 0]
    assert [part.amount.minor for part in parts] == [587, 420, 0]


@given(
    st.integers(0, 10**9),
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30),
)
def test_the_parts_are_all_there_is(pool: int, people: list[tuple[int, int, int]]) -> None:
    hers = [Stake(MemberId(new_id()), Money(put_in), Money(owes), Money(credit)) for put_in, owes, credit in people]

    parts: list[Part] = split(Money(pool), hers)

    assert sum(part.amount.minor for part in parts) == pool + sum(credit for _, _, credit in people)
    assert all(part.amount.minor >= 0 and part.owed <= part.part for part in parts)


async def test_who_put_in_nothing_shares_equally_where_nobody_did(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 0, 0)
    await give(chama, treasury(chama.group), 100_00)
    await ended(chama, clock)
    await tend(chama)

    assert await held(chama, *chama.members) == [33_34, 1_000_00 + 33_33, 1_000_00 + 33_33]
    assert any("to each the same: KES 33.34" in message for message in await told(chama))


async def test_shares_count_like_savings(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 100, 0, share_price=100_00)
    chair, anna, ben = chama.members
    async with db.unit() as uow:
        await start_cycle(uow, intent=new_id(), group=chama.group, official=chair)
    async with db.unit() as uow:
        await buy_shares(uow, intent=new_intent(), member=ben, group=chama.group, shares=3)
    await give(chama, pot(chama.group, "welfare"), 40_00)
    await ended(chama, clock)
    await tend(chama)

    assert await held(chama, anna, ben) == [900_00 + 110_00, 700_00 + 330_00]


async def test_what_comes_late_is_shared_again_by_the_same_weights(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 100)
    _, anna, ben = chama.members
    await ended(chama, clock)
    await tend(chama)
    # A payment to M-PESA that came back.
    await give(chama, treasury(chama.group), 40_01)
    clock.advance(days=3)
    await end_all(chama, {})
    await end_all(chama, {})

    assert await held(chama, anna, ben) == [1_000_00 + 30_01, 1_000_00 + 10_00]
    assert await left(chama) == 0
    async with db.unit() as uow:
        [closed] = await closed_for(uow, member=anna)
    assert closed.amount == Money(330_01)


async def test_a_second_vote_to_end_it_is_refused(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 100)
    second = await chama.propose(Dissolution(), "")
    await ended(chama, clock)
    await chama.votes(second, ["yes"] * 2)
    await chama.work()
    clock.advance(hours=24)
    await chama.work()

    assert (await chama.now(second)).state == "refused"


async def test_a_closed_group_takes_no_proposal(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 100)
    await ended(chama, clock)
    await tend(chama)

    with pytest.raises(UnknownProposal):
        await chama.propose(Motion(), "Too late")


async def test_trying_first_shows_what_there_is_and_what_waits(db: Database, clock: FakeClock) -> None:
    chama = await village(db, clock, 300, 200)
    proposal = await chama.propose(Dissolution(), "")

    async with db.unit() as uow:
        [line] = [catalogue().say("en", one) for one in await foresee(uow, proposal)]
    assert line == "Nothing new would be taken. KES 500 would be shared out among 3 members, by what each has put in."
