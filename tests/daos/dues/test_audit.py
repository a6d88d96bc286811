"""The audit finds what somebody with the keys to the database could do to dues and recurring payments, past every guard."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from core.daos.calendar import Schedule
from core.daos.dues.waivers import waive
from core.daos.recurring.jobs import tend
from core.daos.recurring.plans import WantedRecurring, begin_recurring
from core.monitoring.audit import examine
from tests.daos.people import new_intent, shillings

from .village import Village

DAMAGE = {
    "a part made larger": (
        "UPDATE contribution_lines SET amount = amount + 1 WHERE sort = 'credit'",
        {"shared payments equal their transfers", "the parts of each payment add up to it"},
    ),
    "a part moved to another purpose": (
        "UPDATE contribution_lines SET purpose = 'welfare' WHERE category = 'fines'",
        {"shared payments equal their transfers"},
    ),
    "a payment made smaller": (
        "UPDATE contribution_payments SET amount = amount - 1 WHERE origin = 'balance'",
        {"the parts of each payment add up to it"},
    ),
    "a charge called paid": (
        "UPDATE contribution_charges SET paid = amount WHERE paid = 0 AND waived = 0",
        {"what is owed knows what was paid and waived"},
    ),
    "a waiver taken away": (
        "UPDATE contribution_charges SET waived = 0 WHERE waived > 0",
        {"what is owed knows what was paid and waived"},
    ),
    "a fine beyond its cap": (
        "UPDATE contribution_charges SET terms = jsonb_set(terms, '{fine_cap}', '100') WHERE sort = 'fine'",
        {"fines keep to their cap"},
    ),
    "a due date called paid": (
        "UPDATE recurring_runs SET payment_id = gen_random_uuid() WHERE state = 'paid'",
        {"each due date of a recurring payment is paid once"},
    ),
    "a counter moved on": (
        "UPDATE recurring_payments SET successful_payments = successful_payments + 1, total_payments = total_payments + 1",
        {"recurring payments count what they paid"},
    ),
}


async def test_every_damage_is_found_and_nothing_else(village: Village) -> None:
    """One group with a fine, a waiver, credit and a recurring payment; each damage is undone before the next."""
    await village.settle(2, fine=50_00, grace_days=0)
    await village.kind(Schedule("weekly", 7), 500)
    chair, member = village.members
    await village.until(village.at(village.today + timedelta(days=8), 12), timedelta(days=2))
    async with village.db.unit() as uow:
        (fine,) = await village.rows("SELECT id FROM contribution_charges WHERE sort = 'fine' AND user_id = :m", m=member)
        await waive(uow, intent=new_intent(), official=chair, group=village.group, charge=fine.id, reason="late bus")
    await village.pay(chair, 1_200)
    wanted = WantedRecurring(shillings(100), "weekly", village.today + timedelta(days=1), "wallet")
    async with village.db.unit() as uow:
        plan = await begin_recurring(uow, intent=new_intent(), member=chair, group=village.group, wanted=wanted)
    village.clock.advance(days=1)
    await tend(village, {"recurring": str(plan.id)})
    await village.audit_is_clean()

    for name, (damage, expected) in DAMAGE.items():
        async with village.db.engine.connect() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            changed = await connection.execute(text(damage))
            assert changed.rowcount, name
            found = {finding.name for finding in await examine(connection) if not finding.ok}
            await connection.rollback()
        assert found == expected, name
