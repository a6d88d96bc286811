"""Before a merry-go-round runs: starting one, taking hands, closing the list, and finding the order of turns."""

from __future__ import annotations

from uuid import UUID

from core.daos.groups import find_group
from core.daos.people import require_role
from core.daos.rotation.belonging import buy_in, buy_in_price
from core.daos.rotation.order import add_number, agree, close_hands, propose_order, read_order
from core.daos.rotation.rounds import (
    LARGEST,
    SMALLEST,
    cancel_round,
    free_halves,
    give_back_hands,
    open_round,
    take_hand,
    take_other_half,
)
from core.dialogue.definitions import action, screen
from core.dialogue.flows.merry import approval, listed, the_round
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.money import Money
from core.kernel.texts import text

# So many free halves are offered; a group has few.
MOST_HALVES = 5


@screen("merry.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much each hand pays at each turn; for officials."""
    await require_role(turn.uow, member=turn.me.id, group=turn.group)
    return Screen(text("merry-amount", low=SMALLEST, high=LARGEST), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Another amount is another round."""
    return go("merry.start", amount=amount, intent=turn.uow.ids.new())


@screen("merry.start")
async def ask_start(turn: Turn) -> Screen:
    """What will be, before all members are told."""
    group = await find_group(turn.uow, group=turn.group)
    return Screen(text("merry-start-confirm", amount=turn.money("amount"), group=group.name), choices=(YES, NO))


@ask_start.answered
async def take_start(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.open") if chosen == "yes" else End(text("merry-kept"))


@action("merry.open", needs=Assurance.PIN, why="pin-why-merry-start")
async def open_it(turn: Turn) -> Step:
    """The round is open for hands."""
    group = turn.group
    await open_round(turn.uow, intent=turn.intent, official=turn.me.id, group=group, amount=turn.money("amount"))
    return End(text("merry-started"))


@screen("merry.take")
async def ask_take(turn: Turn) -> Screen:
    """What a hand costs and brings."""
    found, group = await the_round(turn), await find_group(turn.uow, group=turn.group)
    return Screen(text("merry-take-confirm", amount=found.amount, group=group.name), choices=(YES, NO))


@ask_take.answered
async def take_take(_turn: Turn, chosen: str) -> Step:
    """It binds her to pay at every turn, so it takes her PIN."""
    return go("merry.mine_now") if chosen == "yes" else End(text("merry-kept"))


@action("merry.mine_now", needs=Assurance.PIN, why="pin-why-merry-take")
async def take_it(turn: Turn) -> Step:
    """A hand is hers."""
    hand = await take_hand(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    return End(text("merry-taken", number=hand.number))


@screen("merry.half")
async def ask_half(turn: Turn) -> Screen:
    """Halves that are free, and a new one."""
    free = await free_halves(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    choices = [Choice(str(one.id), text("merry-half-of", number=one.number)) for one in free[:MOST_HALVES]]
    return Screen(text("merry-half-which"), choices=(*choices, option("new", text("merry-half-new"))))


@ask_half.answered
async def take_half(turn: Turn, chosen: str) -> Step:
    """Remember which."""
    free = await free_halves(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    other = chosen_of(free, chosen)
    if other is None:
        return go("merry.half_confirm", hand=None, owner="")
    return go("merry.half_confirm", hand=UUID(chosen), owner=other.owner)


@screen("merry.half_confirm")
async def ask_half_confirm(turn: Turn) -> Screen:
    """What half a hand costs, and with whom."""
    found, owner = await the_round(turn), str(turn.values["owner"])
    shared = text("merry-half-with", who=owner) if owner else text("merry-half-alone")
    group, half = await find_group(turn.uow, group=turn.group), found.amount.split([1, 1])[0]
    return Screen(text("merry-half-confirm", amount=half, group=group.name, owner=shared), choices=(YES, NO))


@ask_half_confirm.answered
async def take_half_confirm(_turn: Turn, chosen: str) -> Step:
    """It takes her PIN, like a whole one."""
    return go("merry.half_now") if chosen == "yes" else End(text("merry-kept"))


@action("merry.half_now", needs=Assurance.PIN, why="pin-why-merry-take")
async def take_the_half(turn: Turn) -> Step:
    """Half of a hand is hers."""
    chosen = turn.values["hand"]
    if chosen is None:
        hand = await take_hand(turn.uow, member=turn.me.id, rotation=turn.id("rotation"), half=True)
    else:
        hand = await take_other_half(turn.uow, member=turn.me.id, hand=turn.id("hand"))
    return End(text("merry-taken-half", number=hand.number))


@action("merry.give_back", needs=Assurance.PIN, why="pin-why-merry-back")
async def give_back(turn: Turn) -> Step:
    """Her hands are free again."""
    count = await give_back_hands(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    return End(text("merry-given-back", count=count))


@screen("merry.close")
async def ask_close(turn: Turn) -> Screen:
    """How many hands there are, and how the order is found then."""
    found = await the_round(turn)
    ways = {"draw": text("merry-how-draw"), "agreed": text("merry-how-agreed"), "vote": text("merry-how-vote")}
    return Screen(text("merry-close-confirm", hands=len(found.hands), how=ways[found.order_by]), choices=(YES, NO))


@ask_close.answered
async def take_close(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.closed") if chosen == "yes" else End(text("merry-kept"))


@action("merry.closed", needs=Assurance.PIN, why="pin-why-merry-close", final=True)
async def close_it(turn: Turn) -> Step:
    """No more hands; the order is found next."""
    row = await close_hands(turn.uow, official=turn.me.id, rotation=turn.id("rotation"))
    if row.draw_at is not None:
        return End(text("merry-closed-draw", at=row.draw_at))
    return End(text("merry-closed-agreed") if row.status == "agreeing" else text("merry-closed-vote"))


@screen("merry.cancel")
async def ask_cancel(_turn: Turn) -> Screen:
    """Whether she means it."""
    return Screen(text("merry-cancel-confirm"), choices=(YES, NO))


@ask_cancel.answered
async def take_cancel(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.cancelled") if chosen == "yes" else End(text("merry-kept"))


@action("merry.cancelled", needs=Assurance.PIN, why="pin-why-merry-cancel")
async def cancel_it(turn: Turn) -> Step:
    """It is called off, and all are told."""
    await cancel_round(turn.uow, official=turn.me.id, rotation=turn.id("rotation"))
    return End(text("merry-cancelled"))


@screen("merry.number")
async def ask_number(_turn: Turn) -> Screen:
    """Any number of hers."""
    return Screen(text("merry-number"), asks=Asks.DIGITS)


@ask_number.answered
async def take_number(_turn: Turn, typed: str) -> Step:
    """It stands once it's in, so it takes her PIN."""
    return go("merry.number_in", number=typed)


@action("merry.number_in", needs=Assurance.PIN, why="pin-why-merry-number")
async def put_number(turn: Turn) -> Step:
    """Into the draw with it."""
    number = str(turn.values["number"])
    last = await add_number(turn.uow, member=turn.me.id, rotation=turn.id("rotation"), number=number)
    return End(text("merry-number-last", number=number) if last else text("merry-number-added", number=number))


@screen("merry.type")
async def ask_type(turn: Turn) -> Screen:
    """The agreed order, as numbers of hands."""
    found = await the_round(turn)
    return Screen(text("merry-order-typed", hand_list=listed(found.hands)), asks=Asks.TEXT)


@ask_type.answered
async def take_type(turn: Turn, typed: str) -> Step:
    """Every hand once, by its number."""
    return go("merry.type_confirm", order=listed(read_order(typed, (await the_round(turn)).hands)))


@screen("merry.type_confirm")
async def ask_type_confirm(turn: Turn) -> Screen:
    """The order once more."""
    return Screen(text("merry-order-confirm", order=turn.values["order"]), choices=(YES, NO))


@ask_type_confirm.answered
async def take_type_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.propose") if chosen == "yes" else End(text("merry-kept"))


@action("merry.propose", needs=Assurance.PIN, why="pin-why-merry-order")
async def propose(turn: Turn) -> Step:
    """All who have hands are asked."""
    order = [int(number) for number in str(turn.values["order"]).split()]
    await propose_order(turn.uow, official=turn.me.id, rotation=turn.id("rotation"), order=order)
    return End(text("merry-order-proposed"))


@screen("merry.agree")
async def ask_agree(turn: Turn) -> Screen:
    """The whole order as numbers of hands, and which are hers."""
    found = await the_round(turn)
    turn.values["order"] = listed(found.proposed)
    return Screen(text("merry-agree", order=listed(found.proposed), mine_hands=listed(found.mine)), choices=(YES, NO))


@ask_agree.answered
async def take_agree(_turn: Turn, chosen: str) -> Step:
    """Her word needs her PIN."""
    return go("merry.agreed") if chosen == "yes" else End(text("merry-kept"))


@action("merry.agreed", needs=Assurance.PIN, why="pin-why-merry-agree")
async def agree_to_it(turn: Turn) -> Step:
    """She agrees to what she read."""
    order = [int(number) for number in str(turn.values["order"]).split()]
    last = await agree(turn.uow, member=turn.me.id, rotation=turn.id("rotation"), order=order)
    return End(text("merry-agreed-all") if last else text("merry-agreed"))


@screen("merry.join")
async def ask_join(turn: Turn) -> Screen:
    """What joining now takes."""
    group = await find_group(turn.uow, group=turn.group)
    price = await buy_in_price(turn.uow, rotation=turn.id("rotation"))
    turn.values.update(amount=price.missed, group_name=group.name)
    turn.values.setdefault("intent", turn.uow.ids.new())
    said = text("merry-join-confirm", amount=price.missed, count=price.turns, day=price.day, group=group.name)
    return Screen(said, choices=(YES, NO))


@ask_join.answered
async def take_join(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.joined") if chosen == "yes" else End(text("merry-kept"))


@action("merry.joined", needs=Assurance.PIN, why="pin-why-merry-join", approves=approval, final=True)
async def join_it(turn: Turn) -> Step:
    """She is in, and has paid what she missed."""
    price = await buy_in(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        rotation=turn.id("rotation"),
        expects=turn.money("amount"),
    )
    return End(text("merry-joined", day=price.day))
