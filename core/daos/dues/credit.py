"""Credit: what a member paid beyond what she owed. It stays hers, inside the group, and pays her next charge."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.daos.dues.paying import Wanted, mark_posted, posting_of, preview_lines, write_plan
from core.daos.dues.sources import owing_in
from core.daos.dues_locks import hold_dues
from core.daos.ending import is_ending
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import member_account
from core.ledger.service import balances, held_in, transfer

CREDIT_JOB = "use-credit"


async def credit_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Money:
    """What she has in the group beyond what she owed."""
    own = member_account(member, group)
    return (await balances(uow, [own]))[own].available


async def credits_of(uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> dict[MemberId, Money]:
    """The same of each of these members."""
    if uow.only_reads:
        inside = await held_in(uow, group)
        return {member: inside[member].available if member in inside else Money(0) for member in members}
    accounts = {member: member_account(member, group) for member in members}
    held = await balances(uow, list(accounts.values()))
    return {member: held[account].available for member, account in accounts.items()}


async def members_with_credit(uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> list[MemberId]:
    """Which of these members have credit in the group."""
    held = await credits_of(uow, group=group, members=members)
    return [member for member, credit in held.items() if credit.minor > 0]


async def use_credit(uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> Money:
    """Pay what she owes out of her credit, as of `at`; returns how much was used. Safe to repeat."""
    await hold_dues(uow, group=group, members=[member])
    if await is_ending(uow, group=group):
        # It comes back to her whole.
        return Money(0)
    credit = await credit_of(uow, group=group, member=member)
    if credit.minor <= 0:
        return Money(0)
    wanted = Wanted(IntentId(uow.ids.new()), group, member, member, credit, "credit", completed_at=at)
    lines = await preview_lines(uow, wanted)
    used = Money(sum(line.amount.minor for line in lines))
    if not used:
        return used
    payment = await write_plan(uow, Wanted(wanted.intent, group, member, member, used, "credit", at), lines)
    posting = posting_of(payment)
    posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
    await mark_posted(uow, payment, posted.transfer)
    return used


async def queue_credit(uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> None:
    """Have her credit used once this unit has committed."""
    payload = {"group": str(group), "member": str(member), "at": at.isoformat()}
    await uow.enqueue(CREDIT_JOB, payload, key=f"{CREDIT_JOB} {group} {member}")


async def queue_credit_in(uow: UnitOfWork, *, group: DaoId) -> None:
    """Have everybody's credit used who owes something: what is new, and what was forgotten."""
    owing = await owing_in(uow, group=group)
    if owing:
        for member in await members_with_credit(uow, group=group, members=sorted(owing)):
            await queue_credit(uow, group=group, member=member, at=uow.clock.now())
