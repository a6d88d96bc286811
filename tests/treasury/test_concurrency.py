"""Many hands at once on one treasury: what may happen once happens once, and no limit is passed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import pytest

from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account, treasury
from core.payments.inbox import CALLBACK_JOB, store_callback
from core.payments.payout_reports import RESULT
from core.treasury.jobs import look_after
from core.treasury.limits import TreasuryLimit, TreasuryShort
from core.treasury.padlock import padlock_holder
from core.treasury.requests import Request, RequestClosed, RequestVoid

from .chama import Chama, shillings


async def at_once(doings: Iterable[Awaitable[Any]]) -> tuple[list[Any], list[BaseException]]:
    """What came of each, all begun together: those that worked, and why the others didn't."""
    answers = await asyncio.gather(*doings, return_exceptions=True)
    failed = [one for one in answers if isinstance(one, BaseException)]
    # On a busy machine some give up waiting for their turn, which is a refusal too.
    return [one for one in answers if not isinstance(one, BaseException)], [
        one for one in failed if "lock timeout" not in str(one) and "QueuePool" not in str(one)
    ]


async def money_is_whole(chama: Chama, at_first: Money) -> None:
    """All of the group's money is in its treasury, with its members, or came to M-Pesa."""
    total = (await chama.money()).total
    for person in chama.persons:
        total += (await chama.holds(member_account(person.id))).total
    assert total == at_first == -(await chama.holds(MPESA_UTILITY)).available
    await chama.audit_is_clean()


async def test_fifty_withdrawals_of_four_fifths_at_once_one_succeeds(chama: Chama) -> None:
    unlimited = dict.fromkeys(("daily_limit", "weekly_limit", "vote_above"), shillings(1_000_000))
    await chama.found(ordinary=1, approvals=1, padlock=False, pay_delay_hours=0, **unlimited)
    requests = await chama.ask_many(50, shillings(80_000))

    worked, refused = await at_once(chama.approve(one, chama.chair) for one in requests)
    # The news of fifty requests is not what this is about.
    await chama.forget_jobs()
    await chama.minute()

    assert [one.status for one in worked] == ["waiting"]
    assert {type(one) for one in refused} == {TreasuryShort}
    assert await chama.own(chama.members[0]) == shillings(80_000)
    money = await chama.money()
    assert (money.available, money.pending) == (shillings(20_000), Money(0))
    await money_is_whole(chama, shillings(100_000))


async def test_twenty_executions_at_once_make_one_payment(chama: Chama) -> None:
    await chama.found(pay_delay_hours=0)
    request = await chama.approved(shillings(10_000))

    worked, refused = await at_once(chama.pay(request) for _ in range(20))

    assert refused == []
    assert {one.status for one in worked} == {"paid"}
    assert await chama.own(chama.members[0]) == shillings(10_000)
    payments = await chama.rows("SELECT 1 FROM ledger_transfers WHERE kind = 'treasury_payment'")
    assert len(payments) == 1
    await chama.work()
    assert [said for said in await chama.sms(chama.chair) if "paid" in said] == [(await chama.sms(chama.chair))[-1]]
    await money_is_whole(chama, shillings(100_000))


async def test_twenty_executions_at_once_start_one_payout(chama: Chama) -> None:
    await chama.found(pay_delay_hours=0)
    request = await chama.approved(shillings(10_000), to=await chama.outside())

    await at_once(chama.pay(request) for _ in range(20))
    await chama.work()

    assert len(chama.mpesa.requests) == 1
    assert len(await chama.rows("SELECT 1 FROM payouts")) == 1


async def test_signer_who_is_removed_between_approval_and_execution_stops_it(chama: Chama) -> None:
    await chama.found()
    request, other = await chama.approved(), await chama.approved(shillings(500), to=chama.members[1])

    await chama.role(chama.secretary, "member")
    await chama.wait(hours=25)

    assert {(await chama.find(one)).status for one in (request, other)} == {"void"}
    assert await chama.own(chama.members[0]) == Money(0)
    await money_is_whole(chama, shillings(100_000))


@pytest.mark.parametrize("status", ["suspended", "left"])
async def test_payment_to_a_member_who_is_gone_is_not_made(chama: Chama, status: str) -> None:
    await chama.found()
    request = await chama.approved()

    await chama.role(chama.members[0], "member", status)
    await chama.wait(hours=25)

    assert ((await chama.find(request)).status, (await chama.find(request)).because) == ("void", "payee")


async def test_removing_a_signer_and_paying_at_once_never_pays_without_her(chama: Chama) -> None:
    await chama.found(pay_delay_hours=0, signer_wait_hours=0)
    for _ in range(5):
        request = await chama.approved(shillings(100))
        await at_once([chama.pay(request), chama.role(chama.secretary, "auditor"), chama.pay(request)])
        await chama.pay(request)
        [row] = await chama.rows("SELECT status FROM treasury_requests WHERE id = :id", id=request.id)
        assert row.status in ("paid", "void")
        await chama.role(chama.secretary, "secretary")
    paid = await chama.rows("SELECT 1 FROM treasury_requests WHERE status = 'paid'")
    assert await chama.own(chama.members[0]) == shillings(100) * len(paid)
    await money_is_whole(chama, shillings(100_000))


async def test_ten_spends_just_below_the_limit_are_stopped_at_the_rolling_limit(chama: Chama) -> None:
    await chama.found(money=shillings(500_000), approvals=1, padlock=False, pay_delay_hours=0)
    await chama.enact(daily_limit=shillings(50_000), weekly_limit=shillings(150_000))
    paid: list[Request] = []
    refused: list[TreasuryLimit] = []
    for _ in range(10):
        # Each a little below what needs a vote, two a day, over five days.
        try:
            request = await chama.ask(shillings(19_999))
        except TreasuryLimit as limit:
            refused.append(limit)
        else:
            await chama.approve(request, chama.chair)
            await chama.work()
            paid.append(await chama.find(request))
        chama.clock.advance(hours=12)

    assert len(paid) == 7
    assert {one.status for one in paid} == {"paid"}
    assert {one.period for one in refused} == {"week"}
    assert sum((one.amount for one in paid), Money(0)) <= shillings(150_000)
    await chama.wait(days=3)
    await chama.ask(shillings(19_999))
    await money_is_whole(chama, shillings(500_000))


async def test_ten_approvals_at_once_pass_no_limit_of_the_day(chama: Chama) -> None:
    await chama.found(money=shillings(500_000), approvals=1, padlock=False)
    requests = [await chama.ask(shillings(19_000)) for _ in range(10)]

    worked, refused = await at_once(chama.approve(one, chama.chair) for one in requests)

    assert len(worked) == 2
    assert {type(one) for one in refused} == {TreasuryLimit}
    assert (await chama.money()).pending == shillings(38_000)


async def test_limit_is_counted_again_when_it_is_paid(chama: Chama) -> None:
    """What was approved yesterday and what is paid at once today share one day's limit; the later waits for tomorrow."""
    await chama.found(money=shillings(500_000), petty_cash=shillings(20_000))
    waiting = await chama.approved(shillings(20_000))
    more = await chama.approved(shillings(20_000), to=chama.members[1])
    # From Monday noon to Tuesday noon.
    await chama.wait(hours=23)
    await chama.ask(shillings(15_000), path="petty", to=chama.members[2])
    await chama.wait(hours=1)
    await chama.work()
    first = {(await chama.find(one)).status for one in (waiting, more)}
    for _ in range(13):
        await chama.wait(hours=1)
        await chama.minute()

    assert first == {"paid", "waiting"}
    assert {(await chama.find(one)).status for one in (waiting, more)} == {"paid"}
    told = [said for said in await chama.sms(chama.chair) if "waits: a spending limit is reached" in said]
    assert len(told) == 1


async def test_objecting_and_paying_at_once_do_one_of_the_two(chama: Chama) -> None:
    await chama.found(objectors=1, pay_delay_hours=0)
    for number in range(6):
        request = await chama.approved(shillings(100))
        doings = [chama.pay(request), chama.object(request, chama.members[1])]
        _, refused = await at_once(doings if number % 2 else reversed(doings))
        status = (await chama.find(request)).status
        assert status in ("paid", "stopped")
        assert [type(one) for one in refused] == ([RequestClosed] if status == "paid" else [])
    await money_is_whole(chama, shillings(100_000))


async def test_all_approvals_and_refusals_at_once_leave_one_state(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask()
    chair, secretary, padlock = chama.approvers(request)

    await at_once(
        [
            *(chama.approve(request, one) for one in (chair, secretary, padlock) for _ in range(3)),
            *(chama.reject(request, one) for one in (chair, secretary)),
            chama.withdraw(request, chama.treasurer),
        ]
    )

    said = await chama.rows("SELECT user_id, count(*) AS times FROM treasury_approvals GROUP BY user_id")
    assert {row.times for row in said} <= {1}
    await money_is_whole(chama, shillings(100_000))


async def test_first_ask_of_a_quarter_by_many_draws_the_padlock_once(chama: Chama) -> None:
    await chama.found()

    async def holder() -> object:
        async with chama.database.unit() as uow:
            person = await padlock_holder(uow, group=chama.group)
            return person.id if person else None

    worked, refused = await at_once(holder() for _ in range(10))

    assert refused == []
    assert len(set(worked)) == 1
    assert len(await chama.rows("SELECT 1 FROM padlock_draws")) == 1


async def test_a_crash_anywhere_is_healed_by_the_next_look(chama: Chama) -> None:
    """Every job is lost each time; the look of the minute alone brings the requests to their end."""
    await chama.found(approvals=1, padlock=False)
    request, outside = await chama.ask(), await chama.ask(to=await chama.outside())
    for one in (request, outside):
        await chama.approve(one, chama.chair)
    await chama.forget_jobs()
    chama.clock.advance(hours=25)

    await look_after(chama, {})
    await chama.forget_jobs()
    await chama.sweep()
    await chama.rows("UPDATE mpesa_transactions SET next_check_at = next_check_at - interval '1 hour' RETURNING id")
    await chama.sweep()
    await chama.work()
    [sent] = chama.mpesa.sent
    [payout] = await chama.rows("SELECT id FROM payouts")
    async with chama.database.unit() as uow:
        await store_callback(uow, kind=RESULT, intent=str(payout.id), body=chama.mpesa.finish(sent), remote="196.201.214.200")
    for job in await chama.jobs():
        if job.entrypoint == CALLBACK_JOB:
            await chama.take(job)
    await chama.forget_jobs()
    assert (await chama.find(outside)).status == "paying"
    await look_after(chama, {})

    assert ((await chama.find(request)).status, (await chama.find(outside)).status) == ("paid", "paid")
    await chama.audit_is_clean()


async def test_void_is_what_a_late_approver_hears(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask()
    await chama.role(chama.secretary, "member")

    with pytest.raises(RequestVoid):
        await chama.approve(request, chama.chair)
    assert (await chama.holds(treasury(chama.group))).pending == Money(0)
