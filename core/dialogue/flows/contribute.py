"""Contribute from her balance to a group: which group, how much, confirm, PIN."""

from __future__ import annotations

from uuid import UUID

from core.daos.contributions import contribute
from core.daos.groups import find_group, groups_of
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.texts import text
from core.notifications.service import queue_sms


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to this group."""
    return Approval(
        "contribute",
        turn.intent,
        turn.money("amount"),
        payee=str(turn.values["group_name"]),
        payee_id=str(turn.id("group")),
    )


@screen("contribute.start")
async def ask_group(turn: Turn) -> Screen:
    """Which of her groups; with none yet, the way to one."""
    groups = await groups_of(turn.uow, member=turn.me.id)
    if not groups:
        return Screen(text("contribute-no-group"), choices=(option("groups", text("home-groups")),))
    return Screen(
        text("contribute-which"), choices=tuple(Choice(str(group.id), text("group-name", name=group.name)) for group in groups)
    )


@ask_group.answered
async def take_group(_turn: Turn, chosen: str) -> Step:
    """Remember the group."""
    return go("groups.menu") if chosen == "groups" else go("contribute.amount", group=UUID(chosen))


@screen("contribute.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much; her balance is private and stays behind the PIN."""
    group = await find_group(turn.uow, group=DaoId(turn.id("group")))
    return Screen(text("contribute-amount", group=group.name), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Remember the amount; another amount is another contribution."""
    return go("contribute.confirm", amount=amount, intent=turn.uow.ids.new())


@screen("contribute.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """Amount and group, before anything happens."""
    group = await find_group(turn.uow, group=DaoId(turn.id("group")))
    turn.values["group_name"] = group.name
    return Screen(text("contribute-confirm", amount=turn.money("amount"), group=group.name), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("contribute.pay") if chosen == "yes" else End(text("contribute-cancelled"))


@action("contribute.pay", needs=Assurance.PIN, why="pin-why-contribute", approves=approval)
async def pay(turn: Turn) -> Step:
    """Move the money and say what both balances are now."""
    made = await contribute(
        turn.uow, intent=turn.intent, member=turn.me.id, group=DaoId(turn.id("group")), amount=turn.money("amount")
    )
    done = text(
        "contribute-done",
        reference=made.reference,
        amount=made.amount,
        group=made.group_name,
        balance=made.balance,
        total=made.group_total,
    )
    if not made.repeated and not turn.channel.can_push:
        # The session may drop on this very screen, so the receipt also comes as a message that stays.
        await queue_sms(
            turn.uow, to=turn.me.phone, what=done, language=turn.language, template="contribution_receipt", member=turn.me.id
        )
    return End(done)
