"""Plays about saving and lending: kinds of dues, refunds, standing payments, the merry-go-round, shares, welfare and loans."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from core.daos.calendar import Schedule, day_of
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind, end_kind
from core.daos.dues.opening import open_charges
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.rotation.jobs import look_at_turns
from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.ledger.accounts import treasury
from tests.screen_plays.cast import Cast, Person

SAVED = Money(20_000_00)
WHY = "=Mazishi ya mama kijijini"


async def a_kind_of_dues(cast: Cast) -> None:
    """Question by question."""
    chair = cast.people["chair"]
    await chair.group(
        "savings", "kinds", "new", f"={'Mazishi' * 2}", "treasury", "weekly", "3", "fixed", f"={cast.values.amount}"
    )


async def other_days(cast: Cast) -> None:
    """Of a kind of dues with as many dates as there can be: each week, each second one, each month, and again on dates."""
    chair, group = cast.people["chair"], cast.groups["main"]
    first = day_of(cast.clock.now()) + timedelta(days=20)
    days = tuple(first + timedelta(days=place) for place in range(24))
    async with cast.database.unit() as uow:
        wanted = {"name": "Mazishi ya wanakijiji"[:20], "purpose": "project", "schedule": Schedule("dates", dates=days)}
        amount = Money(int(cast.values.amount) * 100)
        intent = IntentId(uow.ids.new())
        kind = await create_kind(uow, intent=intent, official=chair.member, group=group, amount=amount, **wanted)
    one = "savings", "kinds", str(kind.id), "days"
    await chair.group(*one, "monthly", "=31")
    await chair.group(*one, "biweekly", "3", "#2")
    later = ", ".join(f"{day.day}/{day.month}" for day in days[1:])
    await chair.group(*one, "dates", f"={later}", "yes", "PIN")
    await chair.group("savings", "kinds", str(kind.id))
    async with cast.database.unit() as uow:
        await end_kind(uow, official=chair.member, group=group, kind=kind.id)


async def a_refund(cast: Cast) -> None:
    """What was paid of a charge is asked back for by one official and decided by another."""
    chair, bahati, group = cast.people["chair"], cast.people["bahati"], cast.groups["main"]
    async with cast.database.unit() as uow:
        wanted = {"purpose": "treasury", "schedule": Schedule("weekly", 3), "amount": Money(int(cast.values.amount) * 100)}
        await create_kind(
            uow,
            intent=IntentId(uow.ids.new()),
            official=chair.member,
            group=group,
            name="Mazishi ya pamoja"[:20],
            **wanted,
        )
    cast.clock.advance(days=7)
    async with cast.database.unit() as uow:
        await open_charges(uow, group=group)
    await _contribute(cast, bahati, Money(int(cast.values.amount) * 100))
    await chair.group("savings", "kinds", "refund", "ask", str(bahati.member), "#1", WHY, "yes", "PIN")
    await cast.people["treasurer"].group("savings", "kinds", "refund", "#1")


async def a_fine(cast: Cast) -> None:
    """Who is fined reads why, and may object."""
    amina = cast.people["amina"]
    await cast.people["chair"].group("savings", "kinds", "fine", "other", WHY, str(amina.member), "=50", "yes", "PIN")
    await amina.group("savings", "mine", "#2", "PIN")


async def _contribute(cast: Cast, who: Person, amount: Money) -> None:
    async with cast.database.unit() as uow:
        await contribute(uow, intent=IntentId(uow.ids.new()), member=who.member, group=cast.groups["main"], amount=amount)


async def paying_for_another(cast: Cast) -> None:
    """What somebody else owes is paid for her."""
    bahati = cast.people["bahati"]
    await cast.people["amina"].group("contribute", "someone", str(bahati.member), f"={cast.values.amount}", "yes")


async def a_standing_payment(cast: Cast) -> None:
    """Begun, then seen, paused and ended."""
    amina = cast.people["amina"]
    asked = "savings", "recurring", "new", f"={cast.values.amount}", "monthly", "tomorrow", "wallet", "=499", "yes", "PIN"
    await amina.group(*asked)
    await amina.group("savings", "recurring", "#1", "pause")
    await amina.group("savings", "recurring", "#1", "end")


async def _turns(cast: Cast) -> None:
    await look_at_turns(SimpleNamespace(database=cast.database), {})  # type: ignore[arg-type]


async def a_drawn_merry(cast: Cast) -> None:
    """Hands are taken, the list is closed, lots are drawn, turns are paid and exchanged, somebody joins late."""
    chair, amina, bahati = (cast.people[name] for name in ("chair", "amina", "bahati"))
    await chair.group("savings", "merry", "start", f"={cast.values.amount}", "yes", "PIN")
    for one in (chair, amina):
        await one.group("savings", "merry", "take", "yes", "PIN")
    await amina.group("savings", "merry", "half", "new")
    await chair.group("savings", "merry", "cancel")
    await chair.group("savings", "merry", "close", "yes", "PIN")
    await chair.group("savings", "merry", "number")
    await chair.group("savings", "merry", "proof")
    cast.clock.advance(hours=25)
    await _turns(cast)
    await chair.group("savings", "merry", "proof")
    await chair.group("savings", "merry", "pay", "other")
    await chair.group("savings", "merry", "help", "=2")
    await chair.group("savings", "merry", "swap", "ask", "#1", "#1", "yes", "PIN")
    await amina.group("savings", "merry", "swap", "#1")
    await bahati.group("savings", "merry", "join")


async def _merry_of_two(cast: Cast, name: str, *, order: str) -> None:
    """A group of the chair and Amina, whose list of hands is closed; only the order is missing."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await cast.found(name, by=chair, rotation_order=order)
    await cast.admit(amina, name)
    await chair.group("savings", "merry", "start", f"={cast.values.amount}", "yes", "PIN", name=name)
    for one in (chair, amina):
        await one.group("savings", "merry", "take", "yes", "PIN", name=name)
    await chair.group("savings", "merry", "close", "yes", "PIN", name=name)


async def an_agreed_merry(cast: Cast) -> None:
    """Somebody types the order, and everybody is asked."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await _merry_of_two(cast, "agreed", order="agreed")
    await chair.group("savings", "merry", "type", "=2 1", "yes", "PIN", name="agreed")
    await amina.group("savings", "merry", "agree", name="agreed")


async def a_merry_by_vote(cast: Cast) -> None:
    """The order is proposed to all."""
    chair = cast.people["chair"]
    await _merry_of_two(cast, "voting", order="vote")
    await chair.group("savings", "merry", "turns", "=2 1", name="voting")


async def shares(cast: Cast) -> None:
    """A cycle is begun, shares are bought, and an official sees what sharing out would be."""
    chair = cast.people["chair"]
    await chair.group("savings", "shares", "begin", "yes", "PIN")
    await chair.group("savings", "shares", "buy", "=5", "yes", "PIN")
    await chair.group("savings", "shares", "out")


async def welfare(cast: Cast) -> None:
    """The fund is paid into, somebody asks for help, an official decides."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await chair.group("savings", "welfare", "pay", "=5000", "yes", "PIN")
    await amina.group("savings", "welfare", "claim", "bereavement", "=2000", WHY, "yes", "PIN")
    await chair.group("savings", "welfare", "decide", "#1")


async def a_loan(cast: Cast) -> None:
    """Asked for, vouched for, decided, paid back in part, and late at the end."""
    chair, treasurer, amina, bahati = (cast.people[name] for name in ("chair", "treasurer", "amina", "bahati"))
    for one in (chair, treasurer, amina, bahati):
        await _contribute(cast, one, SAVED)
    await _fund(cast, chair, treasurer)
    await amina.group("savings", "loans", "ask", "=30000", "=12", str(bahati.member), "yes", "PIN")
    await bahati.group("savings", "loans", "vouch", "#1", "yes", "PIN")
    for one in (chair, treasurer):
        await one.group("savings", "loans", "decide", "#1", "yes", "PIN")
    await amina.group("savings", "loans", "mine", "PIN", "plan")
    await amina.group("savings", "loans", "mine", "PIN", "pay", "=100")


async def moving_money(cast: Cast) -> None:
    """What a pot holds is behind the PIN; then how much, and once more."""
    await cast.people["chair"].group("savings", "loans", "pot", "PIN", "in", f"={cast.values.amount}")


async def a_late_loan(cast: Cast) -> None:
    """So late that officials may take it from savings; so long that everybody's phone was idle, too."""
    cast.clock.advance(days=31 + 62)
    await cast.people["chair"].group("savings", "loans", "decide", "#1")


async def _fund(cast: Cast, chair: Person, treasurer: Person) -> None:
    group, amount = cast.groups["main"], Money(50_000_00)
    await cast.give(treasury(group), amount)
    async with cast.database.unit() as uow:
        intent = IntentId(uow.ids.new())
        moved = await propose_funding(uow, intent=intent, group=group, official=chair.member, amount=amount, direction="in")
    if not moved.done:
        async with cast.database.unit() as uow:
            await decide_funding(uow, funding=moved.id, official=treasurer.member, agrees=True)


# The loan comes first: what is contributed before anything is due is saved.
PLAYS = (
    a_loan,
    moving_money,
    a_kind_of_dues,
    other_days,
    a_refund,
    a_fine,
    paying_for_another,
    a_standing_payment,
    a_drawn_merry,
    an_agreed_merry,
    a_merry_by_vote,
    shares,
    welfare,
)
