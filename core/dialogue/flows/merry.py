"""The merry-go-round: where it stands, paying one's turn or somebody else's, the order, who has paid, and the draw's proof."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS, require_participant
from core.daos.rotation.order import proof_of
from core.daos.rotation.paying import MoreThanOwed, owed_by, pay
from core.daos.rotation.reading import (
    RoundView,
    collection,
    goes_to_phone,
    my_turns,
    order_of,
    owner_of_hand,
    round_of,
    whose_hands,
)
from core.daos.rotation.rounds import NoRound
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.notifications.service import queue_sms

# A closing USSD screen shows about this many lines; longer lists come by SMS as well.
LINES_ON_A_SCREEN = 4
# What each option of the menu leads to; paying looks first at what is owed.
DOORS = {
    "start": go("merry.amount"),
    "take": go("merry.take"),
    "half": go("merry.half"),
    "back": go("merry.give_back"),
    "close": go("merry.close"),
    "cancel": go("merry.cancel"),
    "number": go("merry.number"),
    "agree": go("merry.agree"),
    "type": go("merry.type"),
    "mine": go("merry.mine"),
    "order": go("merry.order"),
    "paid": go("merry.paid"),
    "swap": go("merry.swaps"),
    "join": go("merry.join"),
    "help": go("merry.whose"),
    "proof": go("merry.proof"),
    "turns": go("votes.turns", kind="turns"),
    "hands": go("merry.hands"),
}
# With the whole round.
TO_ROUND = {"pay": go("merry.pay")} | {one: DOORS[one] for one in ("swap", "join", "take", "half", "close", "proof")}
LABELS = {
    "start": text("merry-start"),
    "take": text("merry-take"),
    "half": text("merry-half"),
    "back": text("merry-give-back"),
    "close": text("merry-close"),
    "cancel": text("merry-cancel"),
    "number": text("merry-add-number"),
    "agree": text("merry-see-order"),
    "type": text("merry-type-order"),
    "pay": text("merry-pay"),
    "mine": text("merry-my-turn"),
    "order": text("merry-order"),
    "paid": text("merry-paid"),
    "swap": text("merry-swap"),
    "join": text("merry-join"),
    "help": text("merry-help"),
    "proof": text("merry-proof"),
    "turns": text("merry-propose-order"),
    "hands": text("merry-whose-hands"),
}


async def the_round(turn: Turn) -> RoundView:
    """The group's round. Raises NoRound when there has been none, NotAMember."""
    found = await round_of(turn.uow, viewer=turn.me.id, group=turn.group)
    if found is None:
        raise NoRound
    return found


def listed(numbers: Sequence[int]) -> str:
    """Numbers of hands as they are read and typed: "3 1 2"."""
    return " ".join(str(number) for number in numbers)


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to the merry of this group."""
    return Approval(
        "merry", turn.intent, turn.money("amount"), payee=str(turn.values["group_name"]), payee_id=str(turn.id("rotation"))
    )


@screen("merry.menu", leads=TO_ROUND)
async def ask_menu(turn: Turn) -> Screen:
    """Where the round stands and what can be done now. No names: they are behind the PIN."""
    found = await round_of(turn.uow, viewer=turn.me.id, group=turn.group)
    group = await find_group(turn.uow, group=turn.group)
    if found is None:
        role = (await require_member(turn.uow, member=turn.me.id, group=group.id)).role
        return Screen(
            text("merry-none", group=group.name), choices=(option("start", LABELS["start"]),) if role in OFFICIALS else ()
        )
    return Screen(_stands(found), choices=tuple(Choice(one, LABELS[one]) for one in _possible(found)))


def _stands(found: RoundView) -> Text:
    match found.status:
        case "open":
            mine = listed(found.mine) or text("merry-mine-none")
            return text("merry-open", number=found.number, amount=found.amount, hands=len(found.hands), mine_hands=mine)
        case "drawing":
            return text("merry-drawing", at=found.draw_at)
        case "agreeing":
            return text("merry-agreeing", has=2 if found.agreed else int(bool(found.proposed)))
        case "voting":
            return text("merry-voting")
        case "running":
            about = {"number": found.number, "turn": found.turn, "turns": found.turns}
            return text("merry-running", **about, day=found.day, amount=found.amount)
        case _:
            return text("merry-finished", number=found.number, turns=found.turns)


def _possible(found: RoundView) -> tuple[str, ...]:  # noqa: PLR0911 - one line a state
    """The options of the menu, in their order; at most seven."""
    inside = bool(found.mine)
    proof = ("proof",) if found.draw_at else ()
    official = ("cancel",) if found.official else ()
    match found.status:
        case "open":
            return ("take", "half", *(("back",) if inside else ()), *(("close", *official) if found.official else ()))
        case "drawing":
            return (*(("number",) if inside else ()), *proof, *official)
        case "agreeing":
            agree = ("agree",) if inside and found.proposed and not found.agreed else ()
            return (*agree, *(("type", *official) if found.official else ()), "hands")
        case "voting":
            return (*official, "turns", "hands")
        case "running" if inside:
            return ("pay", "mine", "order", "paid", "swap", "help", *proof)
        case "running":
            return ("join", "order", "paid", "help", *proof)
        case _:
            return ("order", *proof, *(("start",) if found.official else ()))


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose, with the round."""
    if chosen in ("take", "half", "join"):
        # An observer hears it before she has typed anything.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    found = await round_of(turn.uow, viewer=turn.me.id, group=turn.group)
    if found is None or chosen == "start":
        return DOORS["start"]
    if chosen == "pay":
        return await _to_pay(turn, found, turn.me.id)
    return Go(DOORS[chosen].to, {**DOORS[chosen].values, "rotation": found.id})


async def _to_pay(turn: Turn, found: RoundView, member: MemberId) -> Step:
    """What she owes up to the turn that comes next is what is offered; anything else can be typed."""
    owed = await owed_by(turn.uow, rotation=found.id, member=member)
    if not owed:
        return End(text("merry-all-paid"))
    return go("merry.pay", rotation=found.id, amount=owed, for_member=member, intent=turn.uow.ids.new())


@screen("merry.pay", leads={"yes": go("merry.send")})
async def ask_pay(turn: Turn) -> Screen:
    """Amount and payee, before anything happens."""
    found = await the_round(turn)
    group = await find_group(turn.uow, group=turn.group)
    turn.values["group_name"] = group.name
    amount = turn.money("amount")
    what = text("merry-pay-confirm", amount=amount, group=group.name, turn=found.turn, who=found.who)
    if turn.id("for_member") != turn.me.id:
        what = text("merry-pay-for-confirm", amount=amount, person=str(turn.values["person"]), group=group.name)
    return Screen(what, choices=(YES, option("other", text("merry-other-amount")), NO))


@ask_pay.answered
async def take_pay(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    if chosen == "other":
        return go("merry.how_much")
    return go("merry.send") if chosen == "yes" else End(text("contribute-cancelled"))


@screen("merry.how_much")
async def ask_how_much(turn: Turn) -> Screen:
    """Another amount: a part, or ahead for later turns."""
    member = MemberId(turn.id("for_member"))
    owed = await owed_by(turn.uow, rotation=turn.id("rotation"), member=member, until_today=False)
    return Screen(text("merry-how-much", high=owed), asks=Asks.AMOUNT)


@ask_how_much.answered
async def take_how_much(turn: Turn, amount: Money) -> Step:
    """Another amount is another payment; more than is owed in the whole round is said to be so before the PIN."""
    member = MemberId(turn.id("for_member"))
    owed = await owed_by(turn.uow, rotation=turn.id("rotation"), member=member, until_today=False)
    if amount > owed:
        raise MoreThanOwed(owed)
    return go("merry.pay", amount=amount, intent=turn.uow.ids.new())


@screen("merry.whose")
async def ask_whose(_turn: Turn) -> Screen:
    """For whom, by the number of the hand; the name is on the next screen."""
    return Screen(text("merry-whose"), asks=Asks.DIGITS)


@ask_whose.answered
async def take_whose(turn: Turn, typed: str) -> Step:
    """Who has this hand; of two who share it, the one that still owes."""
    found = await the_round(turn)
    member, name = await owner_of_hand(turn.uow, rotation=found.id, number=int(typed))
    step = await _to_pay(turn, found, member)
    return go(step.to, **{**step.values, "person": name}) if isinstance(step, Go) else End(text("merry-they-paid"))


@action("merry.send", needs=Assurance.PIN, why="pin-why-merry-pay", approves=approval, final=True)
async def send(turn: Turn) -> Step:
    """Move the money and say what is still owed."""
    made = await pay(
        turn.uow,
        intent=turn.intent,
        payer=turn.me.id,
        member=MemberId(turn.id("for_member")),
        rotation=turn.id("rotation"),
        amount=turn.money("amount"),
    )
    done = text(
        "merry-pay-done",
        reference=made.reference,
        amount=made.amount,
        group=str(turn.values["group_name"]),
        owed=made.owed,
        balance=made.balance,
    )
    if not made.repeated:
        await also_by_sms(turn, done, template="merry_receipt")
    return End(done)


async def also_by_sms(turn: Turn, what: Text, *, template: str) -> None:
    """A session may drop on its last screen, and a long list doesn't fit it: the same as a message that stays."""
    if not turn.channel.can_push:
        await queue_sms(turn.uow, to=turn.me.phone, what=what, language=turn.language, template=template, member=turn.me.id)


@action("merry.mine", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_mine(turn: Turn) -> Step:
    """Her turns, what she is to get, and what she owes."""
    group = await find_group(turn.uow, group=turn.group)
    turns, owed = await my_turns(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    rows = [
        text("merry-mine-had", turn=one.position, day=one.day)
        if one.paid
        else text("merry-mine-line", turn=one.position, day=one.day, amount=one.expected)
        for one in turns
    ]
    # What was paid out has gone, or stays in her account and she was told why.
    if not all(one.paid for one in turns) and await goes_to_phone(turn.uow, rotation=turn.id("rotation")):
        rows.append(text("merry-mine-phone"))
    return End(text("merry-mine", group=group.name, owed=owed), rows=tuple(rows or [text("merry-no-hand")]))


@action("merry.order", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_order(turn: Turn) -> Step:
    """Every turn with its day and its name."""
    group = await find_group(turn.uow, group=turn.group)
    lines = await order_of(turn.uow, viewer=turn.me.id, rotation=turn.id("rotation"))
    if len(lines) > LINES_ON_A_SCREEN:
        order = ", ".join(f"{one.position} {one.day} {one.who}" for one in lines)
        await also_by_sms(turn, text("sms-merry-order", group=group.name, order=order), template="merry_order")
    rows = [
        text("merry-order-line", turn=one.position, day=one.day, who=one.who, hand=one.hand, has=int(one.paid)) for one in lines
    ]
    return End(text("merry-order-head", group=group.name), rows=tuple(rows), sent=len(lines) > LINES_ON_A_SCREEN)


@action("merry.hands", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_hands(turn: Turn) -> Step:
    """Which number is whose, for whoever puts them into an order or agrees to one."""
    group = await find_group(turn.uow, group=turn.group)
    hands = await whose_hands(turn.uow, viewer=turn.me.id, rotation=turn.id("rotation"))
    if len(hands) > LINES_ON_A_SCREEN:
        every = ", ".join(f"{number} {who}" for number, who in hands)
        await also_by_sms(turn, text("sms-merry-hands", group=group.name, order=every), template="merry_order")
    rows = [text("merry-hand-line", hand=number, who=who) for number, who in hands]
    return End(text("merry-hands-head", group=group.name), rows=tuple(rows), sent=len(hands) > LINES_ON_A_SCREEN)


@action("merry.paid", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_paid(turn: Turn) -> Step:
    """Who has paid the coming turn, those who haven't first."""
    found = await collection(turn.uow, viewer=turn.me.id, rotation=turn.id("rotation"))
    if found is None:
        return End(text("merry-nothing-waits"))
    rows = [text("merry-missing-line", who=one.name, amount=one.amount, has=int(one.received)) for one in found.missing] + [
        text("merry-paid-line", who=name) for name in found.paid
    ]
    sums = {"turn": found.turn, "who": found.who, "received": found.received, "expected": found.expected}
    if len(rows) > LINES_ON_A_SCREEN and found.missing:
        group = await find_group(turn.uow, group=turn.group)
        names = ", ".join(one.name for one in found.missing)
        long = text("sms-merry-collection", group=group.name, **sums, missing=names)
        await also_by_sms(turn, long, template="merry_collection")
    return End(text("merry-paid-head", day=found.day, **sums), rows=tuple(rows))


@screen("merry.proof", leads={"menu": go("merry.menu")})
async def ask_proof(turn: Turn) -> Screen:
    """All that was published of the draw, as it's typed into the checker. It names hands, not people."""
    proof = await proof_of(turn.uow, rotation=turn.id("rotation"))
    if proof is None:
        raise NoRound
    numbers = [text("merry-proof-number", label=label, number=number) for label, number in proof.numbers.items()]
    code = text("merry-proof-code", commitment=proof.commitment)
    if proof.seed is None:
        rows: tuple[Text, ...] = (code, text("merry-proof-later", at=proof.draw_at))
    else:
        order = text("merry-proof-order", order=listed(proof.order))
        rows = (code, text("merry-proof-seed", seed=proof.seed), *numbers, order, text("merry-proof-how"))
    return Screen(text("merry-proof-head", round=proof.round_name), rows=rows, choices=(option("menu", text("merry-back")),))


@ask_proof.answered
async def take_proof(_turn: Turn, _chosen: str) -> Step:
    """Back to the round."""
    return go("merry.menu")
