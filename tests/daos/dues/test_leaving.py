"""Who leaves gets her savings and her credit, less what is due; nothing stays open, and a payment on its way is waited for."""

from __future__ import annotations

from datetime import date, timedelta

from core.daos.calendar import Schedule
from core.daos.dues.paying import Wanted, plan, void
from core.daos.leaving import give_notice, if_left_today, settle_departure
from core.kernel.money import Money
from core.ledger.accounts import member_account, treasury
from core.ledger.service import balances
from tests.daos.people import new_intent, shillings

from .village import Village


async def test_who_leaves_is_settled_with_to_the_cent(village: Village) -> None:
    await village.settle(2, fine=50_00, grace_days=0, partial_payments=False, exit_notice_days=0)
    await village.kind(Schedule("dates", dates=(date(2026, 11, 26), date(2026, 11, 29), date(2026, 12, 6))), 500)
    _, juma = village.members
    await village.tend()
    await village.pay(juma, 500)
    # One more is late with its fine, one isn't due yet, and 200 don't reach for the next whole one.
    await village.until(village.at(date(2026, 11, 30), 12), timedelta(days=2))
    await village.pay(juma, 250)
    await village.work()
    assert await village.held() == {"treasury": shillings(550), "credit": shillings(200)}

    async with village.db.unit() as uow:
        seen = await if_left_today(uow, group=village.group, member=juma)
        waiting = await plan(uow, Wanted(new_intent(), village.group, juma, juma, shillings(500), "mpesa", village.clock.now()))
    assert seen.net == shillings(500 + 200 - 500)
    async with village.db.unit() as uow:
        assert [one.key for one in (await if_left_today(uow, group=village.group, member=juma)).obstacles] == [
            "parting-payment"
        ]
        await void(uow, waiting)
    async with village.db.unit() as uow:
        await give_notice(uow, group=village.group, member=juma)
    (departure,) = await village.rows("SELECT id FROM dao_departures")
    for _ in range(2):
        async with village.db.unit() as uow:
            await settle_departure(uow, departure=departure.id)

    async with village.db.unit() as uow:
        held = await balances(uow, [member_account(juma), member_account(juma, village.group), treasury(village.group)])
    assert [one.total for one in held.values()] == [shillings(100_000 - 750 + 200), Money(0), shillings(550)]
    assert (await village.dues(juma)).charges == ()
    await village.audit_is_clean()
