"""Trying another fine on the payments of the last months: what would have been, next to what is, and nothing is written."""

from __future__ import annotations

from datetime import date, timedelta

from core.daos.calendar import Schedule
from core.daos.constitutions import rules_of
from core.daos.dues.replay import Replay, replay_fines
from core.governance.foresight import foresee
from core.governance.matters import RuleChange
from core.governance.proposals import find_proposal
from core.governance.proposing import propose
from core.kernel.texts import catalogue
from tests.daos.people import new_intent, shillings

from .village import Village

SUNDAY = Schedule("weekly", 7)


async def a_month(village: Village) -> None:
    """Two members owe 500 on two Sundays: the one pays nothing, the other pays the first a day and a half late."""
    await village.settle(2, fine=50_00, grace_days=1, contribution=500_00)
    await village.kind(SUNDAY, 500)
    await village.tend()
    _, juma = village.members
    await village.until(village.at(date(2026, 12, 1), 12), timedelta(hours=12))
    await village.pay(juma, 550)
    await village.until(village.at(date(2026, 12, 8), 12), timedelta(days=1))
    await village.pay(juma, 500)


async def replayed(village: Village, **changed: object) -> Replay:
    async with village.db.unit() as uow:
        rules = await rules_of(uow, group=village.group)
        found = await replay_fines(uow, group=village.group, before=rules, after=rules.changed(changed))
        assert not uow.session.new
        assert not uow.session.dirty
    return found


async def test_what_is_now_is_what_was_really_charged(village: Village) -> None:
    await a_month(village)
    [(charged,)] = await village.rows("SELECT sum(amount) FROM contribution_charges WHERE sort = 'fine'")

    same = await replayed(village)
    assert same.before == same.after == shillings(int(charged)) == shillings(200)
    assert (same.late, same.members) == (4, 2)


async def test_another_amount_a_percentage_and_more_days_of_grace(village: Village) -> None:
    await a_month(village)

    assert await replayed(village, fine=100_00) == Replay(4, 2, shillings(200), shillings(400))
    assert (await replayed(village, fine_percent=2_000)).after == shillings(400)
    assert (await replayed(village, grace_days=14)).after == shillings(0)
    # 29 November: 7 days for who never paid, part of a day for who did; the cap of KES 500 holds for each.
    assert (await replayed(village, fine_every="day", fine=20_00)).after > shillings(200)


async def test_the_vote_says_it_in_one_sentence(village: Village) -> None:
    await a_month(village)
    async with village.db.unit() as uow:
        made = await propose(
            uow,
            intent=new_intent(),
            group=village.group,
            proposer=village.members[0],
            matter=RuleChange("fine", None, 100_00),
        )
    async with village.db.unit() as uow:
        lines = [catalogue().say("en", one) for one in await foresee(uow, await find_proposal(uow, proposal=made.id))]

    assert lines[1] == "4 payments of 2 members were late in the last 6 months: fines now KES 200, then KES 400."


async def test_where_nobody_was_late_it_says_so(village: Village) -> None:
    await village.settle(2)
    found = await replayed(village, fine=100_00)

    assert found == Replay(0, 0, shillings(0), shillings(0))
