"""Sending a turn on to its member's M-PESA: once, of the turn's money alone, or kept in her account with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from core.daos.rotation import sending
from core.daos.rotation.jobs import JOBS, TURNS
from core.daos.rotation.sending import SEND_TURN, due_sendings, send_turn
from core.daos.rules import Rules
from core.identity.members import find
from core.kernel.db import Database
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.payments.tariff_models import WithdrawalLimit
from core.payments.withdrawal_limits import set_tier
from tests.conftest import FakeClock
from tests.daos.people import new_id, shillings
from tests.daos.rotation.chama import WEEKLY, Chama
from tests.identity.people import swapped
from tests.payments.counter import Counter
from tests.payments.desk import Person
from tests.payments.fake_payouts import FakePayouts

# The second of three members has the first turn.
TURN = shillings(1_500)


@pytest.fixture
def counter(db: Database, clock: FakeClock) -> Counter:
    return Counter(db, FakePayouts(clock), clock)


async def paid_out(db: Database, clock: FakeClock, *, members: int = 3, rules: Rules = WEEKLY) -> Chama:
    """A round whose first turn was just paid to the second member."""
    chama = await Chama.found(db, clock, members=members, rules=rules)
    await chama.start(2, 1, *range(3, members + 1))
    for member in range(members):
        await chama.pay(member)
    await chama.until(1)
    assert await chama.work() == 1
    return chama


async def look(counter: Counter) -> None:
    """The worker looks at what is due, then at what that made due."""
    await JOBS[TURNS](counter, {})
    await counter.work()


async def sendings(counter: Counter) -> list[tuple[str, str | None]]:
    rows = await counter.rows("SELECT status, reason FROM rotation_sendings ORDER BY created_at, id")
    return [(row.status, row.reason) for row in rows]


async def withdrawn(counter: Counter) -> list[Money]:
    return [Money.from_decimal(row.amount) for row in await counter.rows("SELECT amount FROM withdrawals ORDER BY created_at")]


async def person_of(db: Database, chama: Chama, member: int) -> Person:
    async with db.unit() as uow:
        found = await find(uow, chama.members[member])
    assert found is not None
    return Person(found.id, found.phone)


async def end(counter: Counter, code: str = "0") -> None:
    """M-Pesa ends all that it was asked for."""
    for name in list(counter.mpesa.sent):
        row = (await counter.rows("SELECT id FROM mpesa_transactions WHERE originator_conversation_id = :name", name=name))[0]
        await counter.hear(row.id, counter.mpesa.finish(name, code))


async def test_a_turn_goes_on_to_her_phone_once_with_the_price_taken_from_it(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    chama = await paid_out(db, clock)
    for _ in range(3):
        await look(counter)
        clock.advance(minutes=2)
    await end(counter)

    [request] = counter.mpesa.requests
    her = await person_of(db, chama, 1)
    assert (request.phone, request.amount) == (her.phone, (await withdrawn(counter))[0])
    row = (await counter.rows("SELECT amount + fee_amount + charge_amount AS total FROM withdrawals"))[0]
    total = Money.from_decimal(row.total)
    assert shillings(1_400) < request.amount < total <= TURN
    # What is left is less than the shilling that M-Pesa can't send, or what the next shilling would have cost.
    assert TURN - total < shillings(5)
    assert await chama.money(1) == shillings(19_500) + TURN - total
    assert await sendings(counter) == [("sent", None)]
    assert any(f"{request.amount.minor // 100:,} paid to WANJIRU KAMAU" in said for said in await counter.sms(her))
    await counter.books_agree()
    await counter.audit_is_clean()


async def test_a_turn_that_mpesa_refuses_stays_in_her_account_and_she_is_told(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    chama = await paid_out(db, clock)
    await look(counter)
    await end(counter, "2040")
    await look(counter)

    assert await chama.money(1) == shillings(21_000)
    assert len(counter.mpesa.requests) == 1
    assert any("The money is back in your balance" in said for said in await counter.sms(await person_of(db, chama, 1)))
    await counter.audit_is_clean()


async def test_a_turn_when_the_rule_says_so_stays_in_the_account(db: Database, clock: FakeClock, counter: Counter) -> None:
    await paid_out(db, clock, rules=replace(WEEKLY, rotation_payout="account"))
    await look(counter)
    assert await sendings(counter) == []
    assert await withdrawn(counter) == []


async def test_a_turn_when_many_workers_look_at_once_goes_once(db: Database, clock: FakeClock, counter: Counter) -> None:
    await paid_out(db, clock)
    async with db.unit() as uow:
        [one] = await due_sendings(uow)

    async def look_once() -> bool:
        async with db.unit() as uow:
            return await send_turn(uow, sending=one)

    assert sum(await asyncio.gather(*(look_once() for _ in range(10)))) == 1
    assert len(await withdrawn(counter)) == 1


class Died(Exception):
    """The process ended here."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool) -> Iterator[None]:
    real = getattr(sending, step)

    async def die(*args: Any, **named: Any) -> Any:
        if after:
            await real(*args, **named)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(sending, step, die)
        yield


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["balance", "most_withdrawable", "withdrawal_hold", "start_withdrawal"])
async def test_a_turn_when_the_process_dies_anywhere_goes_once(
    db: Database, clock: FakeClock, counter: Counter, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    await paid_out(db, clock)
    with dying(monkeypatch, step, after=after), pytest.raises(Died):
        await JOBS[TURNS](counter, {})
    assert await withdrawn(counter) == []
    # The queue is lost with it; the look every minute finds what waits.
    async with db.unit() as uow:
        await uow.session.execute(text("DELETE FROM pgqueuer"))
    await look(counter)
    await look(counter)
    assert len(await withdrawn(counter)) == 1


async def test_the_job_of_a_turn_sends_it_without_waiting_for_the_look_every_minute(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    await paid_out(db, clock)
    [job] = await counter.rows(
        "SELECT convert_from(payload, 'UTF8')::json ->> 'sending' AS sending FROM pgqueuer WHERE entrypoint = 'send-turn'"
    )
    await JOBS[SEND_TURN](counter, {"sending": job.sending})
    assert len(await withdrawn(counter)) == 1


async def test_a_larger_turn_waits_for_what_the_network_says_of_her_sim(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    await paid_out(db, clock, members=6)
    await look(counter)
    assert await sendings(counter) == [("waiting", None)]
    async with db.unit() as uow:
        await uow.session.execute(
            text(
                "UPDATE sim_swap_checks SET status = 'answered', verdict = 'not_swapped', request_id = 'x', answered_at = :now"
            ),
            {"now": clock.now()},
        )
    clock.advance(minutes=1)
    await look(counter)
    assert await sendings(counter) == [("sent", None)]


async def test_a_larger_turn_when_the_network_never_answers_stays_with_her(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    chama = await paid_out(db, clock, members=6)
    for _ in range(3):
        await look(counter)
        clock.advance(minutes=31)
    assert await sendings(counter) == [("kept", "unchecked")]
    her = await person_of(db, chama, 1)
    kept = "Umoja: KES 3,000 of your turn is in your account here. We could not check your line with your network, so it waits."
    told = [said for said in await counter.sms(her) if "of your turn" in said]
    assert told == [f"{kept} Withdraw it later."], "nobody has said that her line was changed"


async def test_a_turn_of_a_member_whose_line_was_changed_stays_with_her(
    db: Database, clock: FakeClock, counter: Counter
) -> None:
    chama = await paid_out(db, clock, members=6)
    await swapped(db, chama.members[1], ago=timedelta(hours=2))
    await look(counter)
    assert await sendings(counter) == [("kept", "sim")]
    her = await person_of(db, chama, 1)
    assert any("Your line was changed lately" in said for said in await counter.sms(her))


async def test_a_member_is_told_of_no_more_than_is_still_there(db: Database, clock: FakeClock, counter: Counter) -> None:
    """She had 22,500 after her turn of 3,000, and spent 20,000 while the network was asked."""
    chama = await paid_out(db, clock, members=6)
    await look(counter)
    spent = shillings(20_000)
    async with db.unit() as uow:
        legs = [Leg(member_account(chama.members[1]), -spent), Leg(MPESA_UTILITY, spent)]
        await transfer(uow, key=new_id(), kind="test_spending", legs=legs)
    left = await chama.money(1)
    assert shillings(2_000) < left < shillings(3_000)
    clock.advance(minutes=61)
    await look(counter)
    assert await sendings(counter) == [("kept", "unchecked")]
    her = await person_of(db, chama, 1)
    assert [said for said in await counter.sms(her) if f"KES {left.minor // 100:,} of your turn" in said]


async def test_one_that_fails_keeps_no_other_waiting(
    db: Database, clock: FakeClock, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    chama = await paid_out(db, clock)
    rows = await chama.sql("SELECT id FROM rotation_turns WHERE status = 'waiting' ORDER BY position LIMIT 1")
    async with db.unit() as uow:
        await sending.send_on(uow, turn=rows[0][0], brought={chama.members[0]: shillings(1_500)})
    real = sending.withdrawal_hold

    async def fail_for_one(uow: Any, *, member: Any, **about: Any) -> Any:
        if member == chama.members[1]:
            raise Died
        return await real(uow, member=member, **about)

    with monkeypatch.context() as patched:
        patched.setattr(sending, "withdrawal_hold", fail_for_one)
        with pytest.raises(Died):
            await JOBS[TURNS](counter, {})
    assert sorted(await sendings(counter)) == [("sent", None), ("waiting", None)]


async def test_a_turn_above_her_limit_stays_with_her(db: Database, clock: FakeClock, counter: Counter) -> None:
    chama = await paid_out(db, clock)
    async with db.unit() as uow:
        low = WithdrawalLimit(id=new_id(), tier="low", currency="KES", valid_from=clock.now(), source="a test")
        low.minimum, low.at_once, low.per_day, low.per_month = Decimal(10), Decimal(1_000), Decimal(1_000), Decimal(1_000)
        uow.session.add(low)
        await uow.session.flush()
        await set_tier(uow, member=chama.members[1], tier="low", reason="a test")
    await look(counter)
    assert await sendings(counter) == [("kept", "limit")]
    assert await chama.money(1) == shillings(21_000)


async def test_a_turn_of_a_closed_account_stays_there(db: Database, clock: FakeClock, counter: Counter) -> None:
    chama = await paid_out(db, clock)
    async with db.unit() as uow:
        await uow.session.execute(
            text("UPDATE members SET disabled_at = now(), disabled_reason = 'lost' WHERE id = :id"), {"id": chama.members[1]}
        )
    await look(counter)
    assert await sendings(counter) == [("kept", "closed")]


@pytest.mark.parametrize(("left", "ends"), [(500, "sent"), (0, "kept")])
async def test_nothing_but_what_is_left_of_the_turn_goes(
    db: Database, clock: FakeClock, counter: Counter, left: int, ends: str
) -> None:
    """She had 21,000 after it and was quick to spend nearly all."""
    chama = await paid_out(db, clock)
    spent = shillings(21_000 - left)
    async with db.unit() as uow:
        legs = [Leg(member_account(chama.members[1]), -spent), Leg(MPESA_UTILITY, spent)]
        await transfer(uow, key=new_id(), kind="test_spending", legs=legs)
    await look(counter)
    [(status, reason)] = await sendings(counter)
    assert (status, reason) == (ends, None if ends == "sent" else "spent")
    assert all(amount < shillings(left) for amount in await withdrawn(counter))


async def test_what_she_spends_while_it_is_sent_is_looked_at_again(
    db: Database, clock: FakeClock, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    chama = await paid_out(db, clock)
    real = sending.withdrawal_hold

    async def spend_first(uow: Any, **about: Any) -> Any:
        async with db.unit() as other:
            legs = [Leg(member_account(chama.members[1]), -shillings(20_000)), Leg(MPESA_UTILITY, shillings(20_000))]
            await transfer(other, key=new_id(), kind="test_spending", legs=legs)
        return await real(uow, **about)

    with monkeypatch.context() as patched:
        patched.setattr(sending, "withdrawal_hold", spend_first)
        await look(counter)
    assert await sendings(counter) == [("waiting", None)]
    assert await withdrawn(counter) == []
    clock.advance(minutes=1)
    await look(counter)
    assert await sendings(counter) == [("sent", None)]
    assert shillings(900) < (await withdrawn(counter))[0] < shillings(1_000)


async def test_a_shared_turn_sends_each_her_half(db: Database, clock: FakeClock, counter: Counter) -> None:
    chama = await paid_out(db, clock)
    rows = await chama.sql("SELECT id FROM rotation_turns WHERE status = 'waiting' ORDER BY position LIMIT 1")
    brought = {chama.members[0]: shillings(750), chama.members[2]: shillings(750), chama.members[1]: None}
    async with db.unit() as uow:
        await sending.send_on(uow, turn=rows[0][0], brought=brought)
    await look(counter)
    assert await sendings(counter) == [("sent", None)] * 3
    assert len(set(await withdrawn(counter))) == 2


async def test_what_was_decided_about_a_turn_stays(db: Database, clock: FakeClock, counter: Counter) -> None:
    await paid_out(db, clock)
    await look(counter)
    with pytest.raises(Exception, match="what was decided about a turn stays"):
        async with db.unit() as uow:
            await uow.session.execute(
                text("UPDATE rotation_sendings SET status = 'waiting', look_at = :now, ended_at = NULL"),
                {"now": clock.now() + timedelta(days=1)},
            )
