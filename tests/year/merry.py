"""The merry-go-round: hands whole and halved, an order by draw or agreement, swaps, late payers, coming late and giving up."""

from __future__ import annotations

from typing import Any

from core.daos.rotation.belonging import buy_in, buy_in_price, withdraw_hands
from core.daos.rotation.order import add_number, agree, close_hands, propose_order
from core.daos.rotation.paying import owed_by, pay
from core.daos.rotation.plan import turns_of
from core.daos.rotation.reading import order_of, round_of
from core.daos.rotation.rounds import (
    cancel_round,
    free_halves,
    give_back_hands,
    live_round,
    open_round,
    take_hand,
    take_other_half,
)
from core.daos.rotation.swaps import answer_swap, ask_swap, swappable, swaps_for

from .chama import Chama, shillings

HAND = shillings(200)


async def day(chama: Chama) -> None:
    """What happens in the round on this day of the group; when one is over, the next is opened."""
    if chama.is_daily and chama.day % 2 and chama.day % 20 not in (13, 15):
        return
    live = await chama.ask(live_round, group=chama.id)
    if live is None:
        if chama.day >= 2:
            await _open(chama)
        return
    match live.status:
        case "agreeing":
            await _agree(chama, live.id)
        case "running":
            await _run(chama, live.id, chama.turn("round"))


async def _open(chama: Chama) -> None:
    """Everybody takes a hand, two share one, one gives hers back and takes another; then no more hands."""
    given = {"official": chama.chair, "group": chama.id, "amount": HAND}
    if "first round" not in chama.keep:
        chama.keep["first round"] = True
        made = await chama.act("open a round", open_round, intent=chama.intent(), **given)
        await chama.act("cancel a round", cancel_round, official=chama.chair, rotation=made)
    rotation = await chama.act("open a round", open_round, intent=chama.intent(), **given)
    half, other, *whole = chama.members[: 6 if chama.size > 8 else 5]
    await chama.act("take a half hand", take_hand, member=half, rotation=rotation, half=True)
    for one in await chama.ask(free_halves, member=other, rotation=rotation):
        await chama.act("take the other half", take_other_half, member=other, hand=one.id)
    for member in whole:
        await chama.act("take a hand", take_hand, member=member, rotation=rotation)
    await chama.act("give hands back", give_back_hands, member=whole[-1], rotation=rotation)
    await chama.act("take a hand", take_hand, member=whole[-1], rotation=rotation)
    await chama.act("close the hands", close_hands, official=chama.chair, rotation=rotation)
    if chama.rules.rotation_order == "draw":
        await _draw(chama, rotation)


async def _draw(chama: Chama, rotation: Any) -> None:
    """Some add their numbers, a day later the draw is made without the rest."""
    for place, member in enumerate(chama.members[:6]):
        if place % 3 != 2:
            number = f"{chama.random.randrange(10**6)}"
            await chama.act("add a number to the draw", add_number, member=member, rotation=rotation, number=number)


async def _agree(chama: Chama, rotation: Any) -> None:
    view = await chama.ask(round_of, viewer=chama.chair, group=chama.id)
    order = list(view.proposed) or chama.random.sample(list(view.hands), len(view.hands))
    if not view.proposed:
        await chama.act("propose an order", propose_order, official=chama.chair, rotation=rotation, order=order)
    for member in chama.members[:6]:
        await chama.act("agree to the order", agree, member=member, rotation=rotation, order=order)


async def _run(chama: Chama, rotation: Any, turn: int) -> None:
    """Pay what is owed by today (one of them late), swap, come in late, give up."""
    for place, member in enumerate(chama.members):
        owed = await chama.ask(owed_by, rotation=rotation, member=member)
        if owed and (place % 5 != 4 or turn % 2 == 0):
            payer = chama.chair if place % 5 == 3 and turn % 3 == 0 else member
            given = {"payer": payer, "member": member, "rotation": rotation, "amount": owed}
            if await chama.act("pay into the round", pay, intent=chama.intent(), **given) is None:
                await chama.deposit(payer, shillings(2_000))
    if chama.due(6, 2):
        await _swap(chama, rotation, agrees=chama.turn("swaps") % 2 == 1)
    if chama.due(20, 13):
        await _come_late(chama, rotation)
    if chama.due(20, 15):
        for member in chama.members[4:5]:
            await chama.act("give a hand up", withdraw_hands, member=member, group=chama.id)


async def _swap(chama: Chama, rotation: Any, *, agrees: bool) -> None:
    if len(await chama.ask(swappable, rotation=rotation)) < 2:
        return
    *_, first, last = await chama.ask(swappable, rotation=rotation)
    given = {"member": first.hand.user_id, "rotation": rotation, "mine": first.row.id, "other": last.row.id}
    if await chama.act("ask to swap turns", ask_swap, intent=chama.intent(), **given) is None:
        return
    for member in chama.members:
        for swap in await chama.ask(swaps_for, member=member, rotation=rotation):
            answer = await chama.act("answer a swap", answer_swap, member=member, swap=swap.id, agrees=agrees)
            chama.world.counts[f"a swap is {answer}"] += 1


async def _come_late(chama: Chama, rotation: Any) -> None:
    owners = {one for turn in await chama.ask(turns_of, rotation=rotation) for one in (turn.hand.user_id, turn.hand.partner_id)}
    for member in [one for one in chama.members if one not in owners][:1]:
        price = await chama.ask(buy_in_price, rotation=rotation)
        given = {"member": member, "rotation": rotation, "expects": price.missed}
        await chama.act("join a running round", buy_in, intent=chama.intent(), **given)
    await chama.act("read the order of turns", order_of, viewer=chama.chair, rotation=rotation)
