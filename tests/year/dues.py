"""What members owe by the calendar: paid in time, late, in parts, too much, for others, automatically; fined, waived, changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.daos.calendar import Schedule, at_hour, next_due_day
from core.daos.contributions import contribute
from core.daos.dues.by_rule import start_from_constitution
from core.daos.dues.changing import change_kind, create_kind, end_kind, set_member_amount
from core.daos.dues.fining import give_fine
from core.daos.dues.kinds import earliest_change, kinds_of
from core.daos.dues.waivers import waive
from core.daos.recurring.plans import (
    WantedRecurring,
    begin_recurring,
    end_recurring,
    pause_recurring,
    recurring_of,
    resume_recurring,
)
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.account_numbers import account_number

from .chama import ALL, Chama, shillings

# Whoever pays early, in time, late, only in parts, or more than she owes, by her place in the group.
HABITS = ("in time", "in time", "in time", "early", "late", "in parts", "too much", "in time", "forgets")
OWED = """
SELECT user_id, sum(amount - paid - waived) AS missing, min(due_at) AS due_at
FROM contribution_charges WHERE dao_id = :group AND paid + waived < amount AND due_at <= :by GROUP BY user_id ORDER BY user_id
"""
A_CHARGE = """
SELECT id, user_id FROM contribution_charges
WHERE dao_id = :group AND sort = :sort AND paid + waived < amount ORDER BY due_at, id LIMIT 1
"""
A_PAID_FINE = (
    "SELECT id, user_id FROM contribution_charges WHERE dao_id = :group AND sort = 'fine' AND paid > 0 AND waived = 0 LIMIT 1"
)


async def begin(chama: Chama) -> None:
    """The group asks for its contributions: the rules' own, and of every other sort one."""
    today, official = chama.world.today, {"official": chama.officer("treasurer"), "group": chama.id}
    for rule in ("contribution", "welfare"):
        await chama.act(f"start the {rule} of the rules", start_from_constitution, intent=chama.intent(), rule=rule, **official)
    days = tuple(today + timedelta(days=after) for after in (12, 33, 95, 186, 277))
    wanted: dict[str, tuple[Schedule, str, str, int]] = {
        "Chairs": (Schedule("weekly", 3), "project", "fixed", 50),
        "Funerals": (Schedule("biweekly", 2, anchor=next_due_day(Schedule("weekly", 2), today)), "welfare", "minimum", 30),
        "Own savings": (Schedule("monthly", 31), "treasury", "per_member", 300),
        "Feasts": (Schedule("dates", dates=days), "treasury", "fixed", 100),
    }
    if not chama.is_daily:
        # One that begins, changes and ends, and one of the others: of groups of one kind each has another.
        kept = ("Chairs", ("Funerals", "Own savings", "Feasts")[(chama.number + chama.number // len(ALL)) % 3])
        wanted = {name: one for name, one in wanted.items() if name in kept}
    for name, (schedule, purpose, mode, amount) in wanted.items():
        given = {"name": name, "schedule": schedule, "purpose": purpose, "mode": mode, "amount": shillings(amount)}
        made = await chama.act(
            f"ask for a contribution, {schedule.frequency}, {mode}", create_kind, intent=chama.intent(), **given, **official
        )
        chama.keep[name] = made.id
    for place, member in enumerate(chama.ordinary[:3] if "Own savings" in wanted else ()):
        await chama.act(
            "set a member's own amount",
            set_member_amount,
            kind=chama.keep["Own savings"],
            member=member,
            amount=shillings(400 + 50 * place),
            from_day=await chama.ask(earliest_change, kind=chama.keep["Own savings"]),
            **official,
        )


async def day(chama: Chama) -> None:
    """Everybody pays by her habit; officials fine, waive and change."""
    await _pay(chama)
    if chama.due(7, 3):
        await _for_another(chama)
    if chama.due(9, 4):
        await _straight_to_the_paybill(chama)
    if chama.due(21, 8):
        await chama.act(
            "fine a member by hand",
            give_fine,
            intent=chama.intent(),
            official=chama.officer("chair"),
            group=chama.id,
            member=chama.ordinary[-1],
            amount=shillings(50),
            cause="noise",
        )
    if chama.due(16, 9):
        await _waive(chama, A_CHARGE, "fine")
        await _waive(chama, A_CHARGE, "contribution")
    if chama.due(16, 10):
        await _waive(chama, A_PAID_FINE, "paid fine")
    if chama.on(20):
        await _change(chama)
    if chama.on(30):
        official = {"official": chama.officer("treasurer"), "group": chama.id}
        await chama.act("end a contribution", end_kind, kind=chama.keep["Chairs"], **official)
    await _recurring(chama)


async def _pay(chama: Chama) -> None:
    now = chama.world.clock.now()
    places = {member: place for place, member in enumerate(chama.members) if member not in chama.silent}
    for row in await chama.world.rows(OWED, group=chama.id, by=now + timedelta(days=2)):
        if row.user_id not in places:
            continue
        habit = HABITS[places[row.user_id] % len(HABITS)]
        missing, late = Money.from_decimal(row.missing), now - row.due_at
        if (amount := _amount(habit, missing, late)) is not None:
            await pay(chama, row.user_id, amount, habit)


def _amount(habit: str, missing: Money, late: timedelta) -> Money | None:
    """What she pays of it today, if anything."""
    waits = {"early": timedelta(days=-9), "late": timedelta(days=3, hours=12), "forgets": timedelta(days=20)}
    if late <= waits.get(habit, timedelta(hours=-24)):
        return None
    match habit:
        case "in parts" if missing >= Money(20_00):
            return max(Money(10_00), Money(missing.minor // 200 * 100))
        case "too much":
            return missing + shillings(70)
    return missing


async def pay(chama: Chama, member: MemberId, amount: Money, how: str, **given: Any) -> None:
    """Contribute; whoever hasn't enough asks M-PESA for more and pays another day."""
    done = await chama.act(
        f"contribute {how}", contribute, intent=chama.intent(), member=member, group=chama.id, amount=amount, **given
    )
    if done is None:
        await chama.deposit(given.get("paid_by") or member, shillings(5_000))


async def _for_another(chama: Chama) -> None:
    payer, other = chama.random.sample(chama.paying, 2)
    await pay(chama, other, shillings(60), "for another", paid_by=payer)


async def _straight_to_the_paybill(chama: Chama) -> None:
    """To the group's own number, from M-PESA's menu."""
    from tests.payments.desk import paybill_body

    member = chama.random.choice(chama.paying)
    number = await chama.ask(account_number, member=member, group=chama.id)
    bank, shortcode = chama.world.mobile_money, chama.world.settings.daraja.shortcode
    receipt = f"SB{chama.number:03d}{len(bank.book):05d}"
    body = paybill_body(chama.world, account=number, receipt=receipt, amount="150.00")  # type: ignore[arg-type]
    bank.book.append((receipt, shillings(150)))
    await chama.world.hear("c2b", shortcode, body)
    chama.world.counts["pay to the group's number at the paybill"] += 1


async def _waive(chama: Chama, query: str, sort: str) -> None:
    values = {"sort": sort} if ":sort" in query else {}
    for row in await chama.world.rows(query, group=chama.id, **values):
        official = chama.officials(row.user_id)[0]
        given = {"charge": row.id, "reason": "was in hospital", "paid_too": sort == "paid fine"}
        await chama.act(f"waive a {sort}", waive, intent=chama.intent(), official=official, group=chama.id, **given)


async def _change(chama: Chama) -> None:
    kind = chama.keep["Chairs"]
    await chama.act(
        "change a contribution",
        change_kind,
        official=chama.officer("treasurer"),
        group=chama.id,
        kind=kind,
        amount=shillings(80),
        schedule=Schedule("weekly", 5),
        from_day=await chama.ask(earliest_change, kind=kind),
    )
    assert len(await chama.ask(kinds_of, group=chama.id)) >= 1


async def _recurring(chama: Chama) -> None:
    """Standing payments of four members: one goes on, one is counted, one is paused and ended, one fails by the prompt."""
    tomorrow, until = chama.world.today + timedelta(days=1), {"first_day": chama.world.today + timedelta(days=1)}
    assert at_hour(tomorrow, 9) > chama.world.clock.now()
    if chama.on(3):
        wallet, counted, paused, failing = chama.ordinary[-4:]
        plans = {
            wallet: WantedRecurring(shillings(100), "monthly", method="wallet", **until),
            counted: WantedRecurring(shillings(50), "weekly", method="mpesa", most=3, **until),
            paused: WantedRecurring(shillings(40), "daily", method="wallet", interval=3, **until),
            failing: WantedRecurring(shillings(30), "weekly", method="mpesa", **until),
        }
        for member, wanted in plans.items():
            given = {"member": member, "group": chama.id, "wanted": wanted}
            await chama.act(
                f"begin a recurring payment, {wanted.method}, {wanted.cadence}",
                begin_recurring,
                intent=chama.intent(),
                **given,
            )
        chama.keep["recurring"] = (wallet, paused, failing)
    for at, what, verb in ((10, "pause", pause_recurring), (14, "resume", resume_recurring), (30, "end", end_recurring)):
        if chama.on(at):
            await _turn_off(chama, what, verb)
    if chama.on(9):
        chama.world.mobile_money.unwilling |= await _phone(chama, chama.keep["recurring"][2])
    if chama.on(60):
        chama.world.mobile_money.unwilling -= await _phone(chama, chama.keep["recurring"][2])


async def _phone(chama: Chama, member: MemberId) -> set[str]:
    return {row.phone for row in await chama.world.rows("SELECT phone FROM members WHERE id = :id", id=member)}


async def _turn_off(chama: Chama, what: str, verb: Any) -> None:
    member = chama.keep["recurring"][1]
    reason = {} if what == "resume" else {"reason": "harvest"}
    for plan in await chama.ask(recurring_of, member=member, group=chama.id):
        await chama.act(f"{what} a recurring payment", verb, member=member, recurring=plan.id, **reason)
