"""Contribute from her balance to a group: what is due, or another amount, or for another member; confirm, PIN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from core.daos.contributions import Contribution, contribute
from core.daos.dues.kinds import kinds_of
from core.daos.dues.paying import Line, preview
from core.daos.dues.standing import Dues, dues_of, owes_in
from core.daos.groups import find_group
from core.daos.people import Person, participants_of, require_participant
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import whom
from core.dialogue.flows.receipts import keep_receipt
from core.dialogue.flows.which_group import of_hers
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, catalogue, text
from core.notifications.service import Receipt
from core.payments.outages import open_outage


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to this group, for herself or another."""
    whom = f" {turn.id('whom')}" if turn.values.get("whom_name") else ""
    return Approval(
        "contribute",
        turn.intent,
        turn.money("amount"),
        payee=str(turn.values["group_name"]),
        payee_id=f"{turn.id('group')}{whom}",
    )


@screen("contribute.start", leads={"groups": go("groups.menu")}, each=(go("contribute.due"), "group"))
async def ask_group(turn: Turn) -> Screen:
    """Which of her groups; with none yet, the way to one."""
    return await of_hers(turn, text("contribute-which"))


@ask_group.answered
async def take_group(_turn: Turn, chosen: str) -> Step:
    """Remember the group."""
    return go("groups.menu") if chosen == "groups" else go("contribute.begin", group=UUID(chosen))


@action("contribute.begin", needs=Assurance.MEMBER, why="contribute-amount")
async def begin(turn: Turn) -> Step:
    """What is due first, where the group asks for something or has lent her; else how much she likes to give."""
    # An observer hears it before she has typed anything.
    await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    asked_for = await kinds_of(turn.uow, group=turn.group)
    owes = asked_for or await owes_in(turn.uow, group=turn.group, member=turn.me.id)
    return go("contribute.due", whom_name="") if owes else go("contribute.amount", whom_name="")


@screen("contribute.due", leads={"someone": go("contribute.someone")})
async def ask_due(turn: Turn) -> Screen:
    """What she owes the group, and the ways to pay: exactly that, another amount, or for another member."""
    group = await find_group(turn.uow, group=turn.group)
    dues = await dues_of(turn.uow, group=group.id, member=turn.me.id)
    exact = (option("exact", text("contribute-exact", owes=dues.total)),) if dues.total else ()
    said = text("contribute-due", group=group.name, owes=dues.total)
    return Screen(
        said if dues.total else text("contribute-nothing-due", group=group.name),
        rows=await due_rows(turn, dues),
        choices=(*exact, option("other", text("contribute-other")), option("someone", text("contribute-someone"))),
    )


async def due_rows(turn: Turn, dues: Dues) -> tuple[Text, ...]:
    """Each thing that is due, what credit she has, and that M-Pesa is out while it is."""
    owed = [(one.label, one.missing) for one in dues.charges] + [(one.label, one.missing) for one in dues.debts]
    rows = [text("charge-line", item=label, due_sum=missing) for label, missing in owed]
    if dues.credit:
        rows.append(text("credit-line", credit=dues.credit))
    outage = await open_outage(turn.uow)
    if outage is not None:
        rows.append(text("outage-line", at=outage.began_at))
    return tuple(rows)


@ask_due.answered
async def take_due(turn: Turn, chosen: str) -> Step:
    """Exactly what is due now is a payment of its own, however often she comes back."""
    if chosen == "someone":
        return go("contribute.someone")
    if chosen == "other":
        return go("contribute.amount", whom_name="")
    owed = (await dues_of(turn.uow, group=turn.group, member=turn.me.id)).total
    if not owed:
        return go("contribute.amount", whom_name="")
    return go("contribute.confirm", amount=owed, intent=turn.uow.ids.new(), whom_name="")


@screen("contribute.someone")
async def ask_someone(turn: Turn) -> Screen:
    """For whom she pays."""
    return whom(text("contribute-whom"), await _others(turn))


async def _others(turn: Turn) -> list[Person]:
    """Whoever has money in the group, but herself."""
    return [one for one in await participants_of(turn.uow, group=turn.group) if one.id != turn.me.id]


@ask_someone.answered
async def take_someone(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    whom = chosen_of(await _others(turn), chosen)
    return go("contribute.someone") if whom is None else go("contribute.amount", whom=whom.id, whom_name=whom.name)


@screen("contribute.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much; her balance is private and stays behind the PIN."""
    group = await find_group(turn.uow, group=turn.group)
    if whom := turn.values.get("whom_name"):
        return Screen(text("contribute-amount-for", group=group.name, whom=whom), asks=Asks.AMOUNT)
    return Screen(text("contribute-amount", group=group.name), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Remember the amount; another amount is another contribution."""
    return go("contribute.confirm", amount=amount, intent=turn.uow.ids.new())


@screen("contribute.confirm", leads={"yes": go("contribute.pay")})
async def ask_confirm(turn: Turn) -> Screen:
    """Amount, group and what it will pay, before anything happens. What another owes isn't shown."""
    group = await find_group(turn.uow, group=turn.group)
    turn.values["group_name"] = group.name
    amount, whom = turn.money("amount"), turn.values.get("whom_name")
    if whom:
        return Screen(text("contribute-confirm-for", amount=amount, group=group.name, whom=whom), choices=(YES, NO))
    lines = await preview(turn.uow, group=group.id, member=turn.me.id, amount=amount)
    return Screen(text("contribute-confirm", amount=amount, group=group.name), rows=shares(lines), choices=(YES, NO))


def shares(lines: Sequence[Line]) -> tuple[Text, ...]:
    """What a payment pays, in words: so much for fines, for contributions, kept as credit. Nothing where it is all a gift."""
    parts: Counter[str] = Counter()
    for line in lines:
        parts[line.category if line.sort != "gift" else ""] += line.amount.minor
    return tuple(text("contribute-share", category=name, due_sum=Money(minor)) for name, minor in parts.items() if name)


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("contribute.pay") if chosen == "yes" else End(text("contribute-cancelled"))


@action("contribute.pay", needs=Assurance.PIN, why="pin-why-contribute", approves=approval, final=True)
async def pay(turn: Turn) -> Step:
    """Move the money and say what it paid and what both balances are now."""
    whom = turn.values.get("whom_name")
    made = await contribute(
        turn.uow,
        intent=turn.intent,
        member=MemberId(turn.id("whom")) if whom else turn.me.id,
        paid_by=turn.me.id,
        group=turn.group,
        amount=turn.money("amount"),
    )
    done = _done(made, str(whom or ""))
    if not made.repeated:
        kept = done if whom else _with_parts(turn, done, shares(made.lines))
        await keep_receipt(turn, kept, _receipt(turn, made), template="contribution_receipt")
    return End(done, rows=() if whom else shares(made.lines))


def _with_parts(turn: Turn, done: Text, parts: Sequence[Text]) -> Text:
    """The sentence that she keeps, with what it paid where that's more than one thing."""
    if len(parts) < 2:  # noqa: PLR2004 - one part is the payment itself
        return done
    said = ", ".join(catalogue().say(turn.language, part, short=True) for part in parts)
    return text("contribute-kept", done=done, parts=said)


def _receipt(turn: Turn, made: Contribution) -> Receipt:
    now = turn.uow.clock.now()
    return Receipt("contribution", made.amount, made.group_name, now, reference=made.reference, balance=made.balance)


def _done(made: Contribution, whom: str) -> Text:
    facts = {"reference": made.reference, "amount": made.amount, "group": made.group_name, "balance": made.balance}
    if whom:
        return text("contribute-done-for", whom=whom, **facts)
    if shares(made.lines):
        return text("contribute-done-owes", owes=made.owes, **facts)
    return text("contribute-done", total=made.group_total, **facts)
