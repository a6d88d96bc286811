"""Leaving a group that keeps its savings in several pots: each gives what it holds of hers, and what she owes comes first."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from core.daos.departure_jobs import settle_open
from core.daos.leaving import MayNotLeave, give_notice, if_left_today
from core.kernel.texts import text
from tests.daos.dues.test_dues import SUNDAY
from tests.daos.dues.village import Village
from tests.daos.people import shillings


async def test_a_leaver_pays_what_she_owes_and_is_paid_out_of_the_pots_that_hold_her_savings(village: Village) -> None:
    await village.settle(2, fine=0, exit_notice_days=0)
    await village.kind(SUNDAY, 500)
    await village.kind(SUNDAY, 300, name="Loan fund", purpose="loans")
    await village.kind(SUNDAY, 100, name="Welfare", purpose="welfare")
    leaver = village.members[1]
    await village.until(village.at(date(2026, 11, 30)), timedelta(days=1))

    with pytest.raises(MayNotLeave) as refused:
        async with village.db.unit() as uow:
            await give_notice(uow, group=village.group, member=leaver)
    assert refused.value.reason == text("parting-dues", amount=shillings(900))

    await village.pay(leaver, 900)
    async with village.db.unit() as uow:
        assert (await if_left_today(uow, group=village.group, member=leaver)).net == shillings(800)
        await give_notice(uow, group=village.group, member=leaver)
    await settle_open(SimpleNamespace(database=village.db), {})

    # Welfare was spent on welfare and stays.
    assert await village.held() == {"welfare": shillings(100)}
    await village.audit_is_clean()
