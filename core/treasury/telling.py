"""Tells the group what happens with its money: every member when it is asked for, when it is approved, and when it is paid.

The worker writes the messages, all of one occasion in one unit, and the request remembers that they were written.
"""

from __future__ import annotations

from uuid import UUID

from core.daos.dialling import dial_to
from core.daos.group_chats import tell_chat
from core.daos.groups import find_group
from core.daos.people import OFFICIALS, people_of, short_name
from core.daos.telling import tell, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text, text
from core.ledger.accounts import treasury
from core.ledger.service import balance
from core.payments.group_payouts import amount_of_part
from core.treasury.limits import spent
from core.treasury.mandate import mandate_of
from core.treasury.models import PadlockDraw, TreasuryRequest
from core.treasury.padlock import last_month
from core.treasury.reading import Standing, standing_of
from core.treasury.requests import SHORT_NAME

TEMPLATE = "treasury"
# What waits for a decision, or is only news of one; an emergency waits for nothing.
ASKED = "treasury_asked"
AT_ONCE = ("paid", "failed", "came-back", "recovered", "waiting", "late")
# An SMS with everything in it stays one SMS.
GROUP, REASON, APPROVERS = 20, 24, 24
# What is also said in the group's chat.
FOR_THE_CHAT = ("asked", "paid")
# What concerns those who act; everything else is told to every member.
FOR_OFFICIALS = ("failed", "expired", "postponed", "late", "came-back", "recovered")
# What happened to one payment of M-Pesa: to this part of the amount, and not to more.
OF_ONE_PART = ("came-back", "recovered")


async def tell_request(uow: UnitOfWork, *, request: UUID, what: str) -> None:
    """Tell what happened to a request, once. what: the state it came into, or asked, postponed, late, report."""
    # Only its own row: a large group's messages take a while, and the treasury's other requests needn't wait for them.
    row = await uow.session.get_one(TreasuryRequest, request, with_for_update=True, populate_existing=True)
    if what in row.told:
        return
    row.told = [*row.told, what]
    await uow.session.flush()
    occasion, _, about = what.partition(" ")
    group = DaoId(row.dao_id)
    said = await _said(uow, row, occasion)
    if occasion in OF_ONE_PART:
        said = Text(said.key, {**said.args, "amount": await amount_of_part(uow, payout=UUID(about))})
    template = TEMPLATE if row.path == "emergency" or occasion in AT_ONCE else ASKED
    if occasion == "asked":
        await _ask_approvers(uow, row, said, template=template)
    but = [MemberId(one) for one in (*row.signers, *row.padlocks)] if occasion == "asked" else []
    roles = OFFICIALS if occasion in FOR_OFFICIALS else ()
    await tell_group(uow, group=group, what=said, template=template, roles=roles, but=but)
    if occasion in FOR_THE_CHAT:
        await tell_chat(uow, group=group, what=said, template=template)


async def tell_padlock(uow: UnitOfWork, *, draw: UUID) -> None:
    """Tell every member who was drawn to hold the padlock."""
    row = await uow.session.get_one(PadlockDraw, draw)
    group = DaoId(row.dao_id)
    holder = next((one for one in await people_of(uow, group=group) if one.id == row.holder), None)
    if holder is None:
        return
    what = text(
        "sms-treasury-padlock",
        in_group=(await find_group(uow, group=group)).name[:GROUP],
        by_short=short_name(holder.name)[:SHORT_NAME],
        count=len(row.candidates),
        lock_until=last_month(row.quarter),
    )
    await tell_group(uow, group=group, what=what, template=ASKED)


async def _ask_approvers(uow: UnitOfWork, row: TreasuryRequest, said: Text, *, template: str) -> None:
    """Those who decide get the way to where they do."""
    asked = {*row.signers, *row.padlocks}
    group = await find_group(uow, group=DaoId(row.dao_id))
    decide = Text("sms-treasury-decide", {**said.args, "dialled": dial_to(uow, group.code, "approve")})
    for person in await people_of(uow, group=DaoId(row.dao_id)):
        if person.id in asked:
            await tell(uow, person, decide, template=template, until=row.expires_at)


async def _said(uow: UnitOfWork, row: TreasuryRequest, occasion: str) -> Text:
    standing, group = await standing_of(uow, row), DaoId(row.dao_id)
    request = standing.request
    money = await balance(uow, treasury(group))
    mandate, named = await mandate_of(uow, group=group), await find_group(uow, group=group)
    key = "petty" if (occasion, request.path) == ("paid", "petty") else occasion
    return Text(
        f"sms-treasury-{key}",
        {
            "in_group": named.name[:GROUP],
            "dialled": dial_to(uow, named.code, "treasury"),
            "number": request.number,
            "amount": request.amount,
            "payee_short": request.payee_short,
            "why_short": request.reason[:REASON],
            "by_short": standing.by[:SHORT_NAME],
            "approvers": _names(standing),
            "path": request.path,
            "because": standing.request.because or "none",
            "at": request.due_at or request.expires_at,
            "until": request.expires_at,
            "count": standing.objections,
            "receipt": f" {standing.receipt}" if standing.receipt else "",
            "paid": standing.arrived,
            "total": money.total,
            "petty_used": (await spent(uow, group=group)).petty,
            "limit": mandate.rules.petty_cash,
            "report_words": request.report or "",
        },
    )


def _names(standing: Standing) -> str:
    """Who approved; those whose names don't fit are counted."""
    names = list(standing.approved)
    for kept in range(len(names), 0, -1):
        left = len(names) - kept
        said = ", ".join(names[:kept]) + (f" +{left}" if left else "")
        if len(said) <= APPROVERS:
            return said
    return names[0][:APPROVERS] if names else "-"
