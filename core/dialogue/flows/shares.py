"""Shares: buying at a meeting, what sharing out today would bring, and the share-out that officials approve by its code."""

from __future__ import annotations

from core.daos.constitutions import rules_of
from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS, require_participant, require_role
from core.daos.shares.cycles import BadShareCount, NoCycle, buy_shares, open_cycle, owned_in, start_cycle
from core.daos.shares.reckoning import Reckoning, reckon
from core.daos.shares.share_out import (
    CODE_LENGTH,
    Outcome,
    approve_share_out,
    propose_share_out,
    waiting_share_out,
)
from core.dialogue.definitions import action, screen
from core.dialogue.flows.merry import also_by_sms
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.money import Money
from core.kernel.texts import Text, text

LONGEST_COUNT = 3


@screen("shares.menu", leads={"out": go("shares.out")})
async def ask_menu(turn: Turn) -> Screen:
    """The cycle with its price, and what can be done."""
    group = await find_group(turn.uow, group=turn.group)
    membership = await require_member(turn.uow, member=turn.me.id, group=group.id)
    cycle = await open_cycle(turn.uow, group=group.id)
    if cycle is None:
        begin = (option("begin", text("shares-begin"), 5),) if membership.role in OFFICIALS else ()
        return Screen(text("shares-none", group=group.name), choices=begin)
    price = Money.from_decimal(cycle.price)
    out = (option("out", text("shares-out"), 4),) if membership.role in OFFICIALS else ()
    return Screen(
        text("shares-menu", group=group.name, number=cycle.number, price=price, most=cycle.most),
        choices=(
            option("buy", text("shares-buy"), 1),
            option("mine", text("shares-mine"), 2),
            option("today", text("shares-today"), 3),
            *out,
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen == "buy":
        # An observer hears it before she has typed anything.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    doors = {
        "begin": go("shares.begin"),
        "buy": go("shares.how_many"),
        "mine": go("shares.mine"),
        "today": go("shares.today"),
        "out": go("shares.out"),
    }
    return doors[chosen]


@screen("shares.begin")
async def ask_begin(turn: Turn) -> Screen:
    """The price by the rules, before anything begins; for officials."""
    group = turn.group
    await require_role(turn.uow, member=turn.me.id, group=group)
    rules = await rules_of(turn.uow, group=group)
    turn.values.setdefault("intent", turn.uow.ids.new())
    return Screen(text("shares-begin-confirm", price=rules.share_price, most=rules.most_shares), choices=(YES, NO))


@ask_begin.answered
async def take_begin(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("shares.begun") if chosen == "yes" else End(text("shares-cancelled"))


@action("shares.begun", needs=Assurance.PIN, why="pin-why-shares-begin")
async def begin(turn: Turn) -> Step:
    """The cycle runs, and all are told."""
    await start_cycle(turn.uow, intent=turn.intent, group=turn.group, official=turn.me.id)
    return End(text("shares-begun"))


@screen("shares.how_many")
async def ask_how_many(turn: Turn) -> Screen:
    """How many, at which price."""
    cycle = await open_cycle(turn.uow, group=turn.group)
    if cycle is None:
        raise NoCycle
    return Screen(text("shares-how-many", most=cycle.most, price=Money.from_decimal(cycle.price)), asks=Asks.DIGITS)


@ask_how_many.answered
async def take_how_many(turn: Turn, typed: str) -> Step:
    """Another number is another purchase."""
    cycle = await open_cycle(turn.uow, group=turn.group)
    if cycle is None:
        raise NoCycle
    if len(typed) > LONGEST_COUNT or not 1 <= int(typed) <= cycle.most:
        raise BadShareCount(cycle.most)
    amount = Money.from_decimal(cycle.price) * int(typed)
    return go("shares.confirm", shares=int(typed), amount=amount, intent=turn.uow.ids.new())


@screen("shares.confirm", leads={"yes": go("shares.bought")})
async def ask_confirm(turn: Turn) -> Screen:
    """Amount and group, before anything happens."""
    group = await find_group(turn.uow, group=turn.group)
    turn.values["group_name"] = group.name
    amount, shares = turn.money("amount"), int(turn.values["shares"])
    price = amount.split([1] * shares)[0]
    return Screen(text("shares-confirm", amount=amount, group=group.name, shares=shares, price=price), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("shares.bought") if chosen == "yes" else End(text("shares-cancelled"))


def buying(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN."""
    return Approval(
        "shares", turn.intent, turn.money("amount"), payee=str(turn.values["group_name"]), payee_id=str(turn.id("group"))
    )


@action("shares.bought", needs=Assurance.PIN, why="pin-why-shares-buy", approves=buying, final=True)
async def buy(turn: Turn) -> Step:
    """Move the money and say how many she has."""
    made = await buy_shares(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        group=turn.group,
        shares=int(turn.values["shares"]),
    )
    done = text(
        "shares-bought",
        reference=made.reference,
        shares=made.shares,
        amount=made.amount,
        group=str(turn.values["group_name"]),
        owned=made.owned,
        balance=made.balance,
    )
    if not made.repeated:
        await also_by_sms(turn, done, template="shares_receipt")
    return End(done)


@action("shares.mine", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_mine(turn: Turn) -> Step:
    """Her shares, and what she paid for them."""
    group = await find_group(turn.uow, group=turn.group)
    await require_member(turn.uow, member=turn.me.id, group=group.id)
    cycle = await open_cycle(turn.uow, group=group.id)
    if cycle is None:
        raise NoCycle
    shares, paid = await owned_in(turn.uow, cycle=cycle.id, member=turn.me.id)
    return End(text("shares-own", shares=shares, group=group.name, amount=paid))


@action("shares.today", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_today(turn: Turn) -> Step:
    """What everybody would get for a share, and, itemised, she herself; nobody else's part."""
    group = await find_group(turn.uow, group=turn.group)
    await require_member(turn.uow, member=turn.me.id, group=group.id)
    found = await reckon(turn.uow, group=group.id)
    head = text("shares-today-head", group=group.name, amount=found.distributable, shares=found.shares, price=found.value)
    return End(head, rows=(*_hers(turn, found), *_sums(found)))


def _hers(turn: Turn, found: Reckoning) -> list[Text]:
    line = found.line_of(turn.me.id)
    if line is None:
        return [text("shares-today-none")]
    debts = [text("shares-today-debt", amount=line.owed)] if line.owed else []
    mine = text("shares-today-mine", shares=line.shares, amount=line.amount)
    return [mine, *debts, text("shares-today-net", amount=line.net)]


def _sums(found: Reckoning) -> list[Text]:
    returns = [text("shares-today-return", what=one.name, amount=one.amount) for one in found.returns]
    kept = [text("shares-today-liability", what=one.name, amount=one.amount) for one in found.liabilities]
    return [text("shares-today-cash", amount=found.cash), *returns, *kept]


@screen("shares.out")
async def ask_out(turn: Turn) -> Screen:
    """For officials: what waits for approval with its code, or what there is to propose."""
    group = turn.group
    await require_role(turn.uow, member=turn.me.id, group=group)
    by_role = (await rules_of(turn.uow, group=group)).officials_two_factor
    turn.values.update(group_name=(await find_group(turn.uow, group=group)).name, by_role=by_role)
    turn.values.setdefault("intent", turn.uow.ids.new())
    waiting = await waiting_share_out(turn.uow, viewer=turn.me.id, group=group)
    back = option("menu", text("shares-back"))
    if waiting is None:
        found = await reckon(turn.uow, group=group)
        if not found.lines or not found.distributable:
            return Screen(text("shares-out-nothing"), choices=(back,))
        turn.values.update(amount=found.distributable, digest=found.digest, code=found.digest[:CODE_LENGTH].upper())
        sums = {"amount": found.distributable, "shares": found.shares, "price": found.value}
        choices = (option("propose", text("shares-out-propose")), back)
        return Screen(text("shares-out-none", **sums), rows=tuple(_sums(found)), choices=choices)
    turn.values.update(amount=waiting.distributable, digest=waiting.digest, code=waiting.code, share_out=waiting.id)
    approve = () if waiting.approved_by_her else (option("approve", text("shares-out-approve")),)
    return Screen(
        text(
            "shares-out-waits",
            number=waiting.number,
            amount=waiting.distributable,
            shares=waiting.shares,
            code=waiting.code,
            count=waiting.approved,
            needed_approvals=waiting.needed,
        ),
        choices=(*approve, back),
    )


@ask_out.answered
async def take_out(_turn: Turn, chosen: str) -> Step:
    """Both need her PIN."""
    doors = {"propose": go("shares.propose"), "approve": go("shares.approve"), "menu": go("shares.menu")}
    return doors[chosen]


def sharing(turn: Turn) -> Approval:
    """What an official approves: so much to all, exactly as the digest says."""
    return Approval(
        "share-out",
        turn.intent,
        turn.money("amount"),
        payee=str(turn.values["group_name"]),
        payee_id=str(turn.values["digest"]),
        by_role=bool(turn.values["by_role"]),
    )


@action("shares.propose", needs=Assurance.PIN, why="pin-why-shares-out", approves=sharing)
async def propose(turn: Turn) -> Step:
    """Propose what she has read, which is her own approval of it."""
    outcome = await propose_share_out(
        turn.uow,
        intent=turn.intent,
        official=turn.me.id,
        group=turn.group,
        digest=str(turn.values["digest"]),
    )
    return _told(turn, outcome)


@action("shares.approve", needs=Assurance.PIN, why="pin-why-shares-out", approves=sharing, final=True)
async def approve(turn: Turn) -> Step:
    """Approve what she has read; the last approval shares out."""
    outcome = await approve_share_out(
        turn.uow,
        official=turn.me.id,
        group=turn.group,
        share_out=turn.id("share_out"),
        digest=str(turn.values["digest"]),
    )
    return _told(turn, outcome)


def _told(turn: Turn, outcome: Outcome) -> Step:
    match outcome:
        case "waiting":
            return End(text("shares-out-waiting", code=turn.values["code"]))
        case "void":
            return End(text("shares-out-void"))
        case _:
            return End(text("shares-out-done"))
