"""Paybill: her account numbers, "I paid" with the M-PESA code, and paying for somebody else.

Account numbers are only good for paying in, so they are shown without a PIN. What a claim finds is private.
"""

from __future__ import annotations

from core.daos.groups import Group, find_group, groups_of
from core.daos.people import require_participant, takes_part
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.members import find
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.payments.account_numbers import account_number, require_destination, spaced
from core.payments.claims import claim_payment, read_code
from core.payments.deposits import HIGHEST_DEPOSIT, LOWEST_DEPOSIT, quote_deposit, start_deposit
from core.payments.telling import short_name


@screen("paybill.menu")
async def ask_menu(_turn: Turn) -> Screen:
    """What can be done without a prompt, or for somebody else."""
    return Screen(
        text("paybill-menu"),
        choices=(
            option("numbers", text("paybill-numbers")),
            option("claim", text("paybill-i-paid")),
            option("other", text("paybill-for-other")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    doors = {"numbers": go("paybill.numbers"), "claim": go("paybill.code"), "other": go("paybill.other")}
    return doors[chosen]


@action("paybill.numbers", needs=Assurance.MEMBER, why="pin-why-private")
async def show_numbers(turn: Turn) -> Step:
    """Where to pay for her own balance, and for each of her groups."""
    own = spaced(await account_number(turn.uow, member=turn.me.id))
    rows = [await _group_row(turn, group.id, group.name) for group in await _payable(turn)]
    return End(text("paybill-mine", paybill=turn.paybill, account=own), rows=tuple(rows))


async def _payable(turn: Turn) -> list[Group]:
    """Her groups but for those that she only observes: what came for those would stay in her own balance."""
    groups = await groups_of(turn.uow, member=turn.me.id)
    return [one for one in groups if await takes_part(turn.uow, member=turn.me.id, group=one.id)]


async def _group_row(turn: Turn, group: DaoId, name: str) -> Text:
    number = await account_number(turn.uow, member=turn.me.id, group=group)
    return text("paybill-group-line", name=name, account=spaced(number))


@action("paybill.group", needs=Assurance.MEMBER, why="pin-why-private")
async def show_group_number(turn: Turn) -> Step:
    """Where to pay straight to one group, for whoever may have money in it."""
    await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    group = await find_group(turn.uow, group=turn.group)
    number = await account_number(turn.uow, member=turn.me.id, group=group.id)
    return End(text("paybill-group", group=group.name, paybill=turn.paybill, account=spaced(number)))


@screen("paybill.code")
async def ask_code(_turn: Turn) -> Screen:
    """The code that M-PESA's own message begins with."""
    return Screen(text("claim-code"), asks=Asks.TEXT)


@ask_code.answered
async def take_code(_turn: Turn, typed: str) -> Step:
    """A code that can be one."""
    return go("paybill.claim", receipt=read_code(typed))


@action("paybill.claim", needs=Assurance.PIN, why="pin-why-claim")
async def claim(turn: Turn) -> Step:
    """Look for the payment, and say where it is."""
    claimed = await claim_payment(turn.uow, member=turn.me.id, typed=str(turn.values["receipt"]))
    said = {
        "credited": text("claim-credited", receipt=claimed.receipt, amount=claimed.amount),
        "yours": text("claim-yours", receipt=claimed.receipt, amount=claimed.amount),
        "elsewhere": text("claim-elsewhere", receipt=claimed.receipt, whose=claimed.whose),
        "refused": text("claim-refused", receipt=claimed.receipt),
        "asking": text("claim-asking", receipt=claimed.receipt),
        "unknown": text("claim-unknown", receipt=claimed.receipt),
    }
    return End(said[claimed.outcome])


@screen("paybill.other")
async def ask_whom(_turn: Turn) -> Screen:
    """Whom she pays for: an account number, or a whole phone number."""
    return Screen(text("other-whom"), asks=Asks.TEXT)


@ask_whom.answered
async def take_whom(turn: Turn, typed: str) -> Step:
    """An account that leads somewhere."""
    whose = await require_destination(turn.uow, typed)
    owner = await find(turn.uow, whose.member)
    values = {"owner": whose.member, "name": short_name(owner)}
    if whose.group is not None:
        values["group"] = whose.group
    return go("paybill.other_amount", **values)


@screen("paybill.other_amount")
async def ask_amount(turn: Turn) -> Screen:
    """How many shillings."""
    return Screen(text("other-amount", name=turn.values["name"], low=LOWEST_DEPOSIT, high=HIGHEST_DEPOSIT), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """An amount that M-Pesa takes; another amount is another payment."""
    now = turn.uow.clock.now()
    await quote_deposit(turn.uow, amount=amount, at=now)
    return go("paybill.other_confirm", amount=amount, intent=turn.uow.ids.new(), quoted_at=now.isoformat())


@screen("paybill.other_confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """For whom, how much, the fee and what arrives."""
    quote = await quote_deposit(turn.uow, amount=turn.money("amount"), at=turn.quoted_at)
    said = text("other-confirm", name=turn.values["name"], amount=quote.amount, fee=quote.fee, credited=quote.credited)
    return Screen(said, choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("paybill.other_send") if chosen == "yes" else End(text("deposit-cancelled"))


@action("paybill.other_send", needs=Assurance.PIN, why="pin-why-other", final=True)
async def send(turn: Turn) -> Step:
    """Write the intent down; the prompt comes to her own phone."""
    owner = MemberId(turn.id("owner"))
    await start_deposit(
        turn.uow,
        intent=turn.intent,
        member=owner,
        phone=turn.me.phone,
        amount=turn.money("amount"),
        language=turn.language,
        channel=turn.channel.name,
        chat=turn.incoming.chat,
        quoted_at=turn.quoted_at,
        paid_by=turn.me.id,
        group=turn.group if "group" in turn.values else None,
    )
    if turn.channel.can_push:
        return End(text("deposit-prompted-here", amount=turn.money("amount")), live=turn.intent)
    return End(text("deposit-prompted", amount=turn.money("amount")))
