"""The flows, each to its end: what the screen book plays already, and what is left to do after it stops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from core.daos.calendar import Schedule
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.opening import open_charges
from core.governance.jobs import close_vote
from core.identity.step_up import set_limit
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.ledger.accounts import pot, treasury
from core.treasury.jobs import look_after
from tests.drops.village import Village, Villager
from tests.screen_plays import deciding, own, saving

WHY = saving.WHY


def worker(village: Village) -> Any:
    return SimpleNamespace(database=village.database)


@dataclass
class Group:
    """A group of people who are in no other one."""

    village: Village
    name: str
    chair: Villager
    treasurer: Villager
    secretary: Villager
    amina: Villager
    bahati: Villager

    @property
    def id(self) -> DaoId:
        return self.village.groups[self.name]

    @property
    def home(self) -> tuple[str, str]:
        """The steps that lead to it."""
        return "groups", str(self.id)

    async def by(self, who: Villager, *steps: str) -> None:
        """One of them takes these steps from the group's screen."""
        await who.group(*steps, name=self.name)


ROLES = ("chair", "treasurer", "secretary", "amina", "bahati")


async def a_group(village: Village, name: str, **rules: Any) -> Group:
    """A chair, a treasurer, a secretary, Amina and Bahati."""
    chair, *others = [await village.enrolled(f"{name}: {role}") for role in ROLES]
    await village.found(name, by=chair, **rules)
    for one, role in zip(others, ROLES[1:], strict=True):
        await village.admit(one, name, role if role in ("treasurer", "secretary") else "member")
    return Group(village, name, chair, *others)


async def a_kind(group: Group, amount: int = 200) -> None:
    """Something is due in this group since a week."""
    village = group.village
    async with village.database.unit() as uow:
        await create_kind(
            uow,
            intent=IntentId(uow.ids.new()),
            official=group.chair.member,
            group=group.id,
            name="Akiba",
            purpose="treasury",
            schedule=Schedule("weekly", 3),
            amount=Money(amount * 100),
        )
    village.clock.advance(days=7)
    async with village.database.unit() as uow:
        await open_charges(uow, group=group.id)


async def saved(group: Group, who: Villager, amount: int) -> None:
    async with group.village.database.unit() as uow:
        await contribute(uow, intent=IntentId(uow.ids.new()), member=who.member, group=group.id, amount=Money(amount * 100))


async def contributing(village: Village) -> None:
    """What is due, another amount, and for somebody else."""
    g = await a_group(village, "dues")
    await a_kind(g)
    to = "contribute"
    await g.amina.dial(to, "exact", "yes", "PIN")
    await g.amina.dial(to, "other", "=350", "yes", "PIN")
    await g.amina.dial(to, "someone", str(g.bahati.member), "=150", "yes", "PIN")
    await g.amina.dial("groups", str(g.id), "contribute", "other", "=70", "yes", "PIN")


async def her_own_money(village: Village) -> None:
    """In, out, for another by M-Pesa, and a receipt that she claims."""
    wendo, halima = [await village.enrolled(name) for name in ("wendo", "halima")]
    await wendo.dial("deposit", "=500", "yes", "PIN")
    await wendo.dial("withdraw", "=300", "yes", "PIN")
    await halima.dial("account", "paybill", "other", f"=0{wendo.phone[4:]}", "=200", "yes", "PIN")
    await halima.dial("account", "paybill", "claim", "=SGH7ABCD1E", "PIN")


async def above_her_limit(village: Village) -> None:
    """More than her PIN: a code of her authenticator, or one by SMS in a chat; the code comes before the PIN."""
    njeri = await village.enrolled("njeri")
    async with village.database.unit() as uow:
        await set_limit(uow, member=njeri.member, limit=Money(100_00))
    await njeri.dial("deposit", "=500", "yes", "PIN")


async def kinds_of_dues(village: Village) -> None:
    """Begun, changed for all and for one, ended; and what the rules ask for."""
    g = await a_group(village, "kinds")
    await g.by(g.chair, "savings", "kinds", "new", "=Mazishi", "treasury", "weekly", "3", "fixed", "=200", "yes", "PIN")
    [(kind,)] = await village.sql("SELECT id FROM contribution_kinds WHERE name = 'Mazishi' AND dao_id = :group", group=g.id)
    one = "savings", "kinds", str(kind)
    await g.by(g.chair, *one, "change", "=250", "PIN")
    await g.by(g.chair, *one, "own", str(g.amina.member), "=150", "PIN")
    await g.by(g.chair, *one, "end", "yes", "PIN")
    await g.by(g.chair, "savings", "kinds", "contribution", "yes", "PIN")


async def fines_and_waivers(village: Village) -> None:
    """Given by an official, objected to, paid; and waived."""
    g = await a_group(village, "fines")
    fine = "savings", "kinds", "fine", "other", WHY
    for one in (g.amina, g.bahati):
        await g.by(g.chair, *fine, str(one.member), "=50", "yes", "PIN")
    await g.amina.dial("contribute", "exact", "yes", "PIN")
    await g.by(g.chair, "savings", "kinds", "waive", str(g.bahati.member), "#1", WHY, "yes", "PIN")


async def refunds(village: Village) -> None:
    """Of two charges that were paid, one is given back."""
    g = await a_group(village, "refunds")
    await a_kind(g)
    for one in (g.amina, g.bahati):
        await saved(g, one, 200)
        await g.by(g.chair, "savings", "kinds", "refund", "ask", str(one.member), "#1", WHY, "yes", "PIN")
    await g.by(g.treasurer, "savings", "kinds", "refund", "#1", "agree", "PIN")
    await g.by(g.treasurer, "savings", "kinds", "refund", "#1", "refuse", "PIN")


async def standing_payments(village: Village) -> None:
    """Begun, paused, resumed, ended."""
    g = await a_group(village, "recurring")
    await g.by(g.amina, "savings", "recurring", "new", "=100", "monthly", "tomorrow", "wallet", "=5", "yes", "PIN")
    await g.by(g.amina, "savings", "recurring", "#1", "pause", "travel", "PIN")
    await g.by(g.amina, "savings", "recurring", "#1", "resume", "PIN")
    await g.by(g.amina, "savings", "recurring", "#1", "end", "yes", "PIN")


async def a_merry(village: Village) -> None:
    """From the first hand to the exchange of turns and somebody who joins late."""
    g = await a_group(village, "merry", rotation_payout="account", rotation_order="agreed")
    merry = "savings", "merry"

    async def does(who: Villager, *steps: str) -> None:
        await g.by(who, *merry, *steps)

    await does(g.chair, "start", "=100", "yes", "PIN")
    for one in (g.chair, g.amina):
        await does(one, "take", "yes", "PIN")
    await does(g.treasurer, "half", "new", "yes", "PIN")
    await does(g.secretary, "half", "#1", "yes", "PIN")
    await does(g.bahati, "take", "yes", "PIN")
    await does(g.bahati, "back", "PIN")
    await does(g.chair, "close", "yes", "PIN")
    await does(g.chair, "type", "=1 2 3", "yes", "PIN")
    for one in (g.chair, g.amina, g.treasurer, g.secretary):
        await does(one, "agree", "yes", "PIN")
    await does(g.chair, "pay", "yes", "PIN")
    await does(g.amina, "pay", "other", "=30", "yes", "PIN")
    await does(g.chair, "help", "=3", "other", "=20", "yes", "PIN")
    await does(g.amina, "swap", "ask", "#1", "#1", "yes", "PIN")
    await does(g.chair, "swap", "#1", "yes", "PIN")
    await does(g.bahati, "join", "yes", "PIN")


async def a_draw(village: Village) -> None:
    """Everybody adds a number."""
    g = await a_group(village, "draw")
    await g.by(g.chair, "savings", "merry", "start", "=100", "yes", "PIN")
    for one in (g.chair, g.amina):
        await g.by(one, "savings", "merry", "take", "yes", "PIN")
    await g.by(g.chair, "savings", "merry", "close", "yes", "PIN")
    for one, number in ((g.chair, "=123"), (g.amina, "=321")):
        await g.by(one, "savings", "merry", "number", number, "PIN")


async def a_merry_called_off(village: Village) -> None:
    """Before it has begun."""
    g = await a_group(village, "called off")
    await g.by(g.chair, "savings", "merry", "start", "=100", "yes", "PIN")
    await g.by(g.chair, "savings", "merry", "cancel", "yes", "PIN")


async def a_share_out(village: Village) -> None:
    """Shares of two, then shared out by two officials."""
    g = await a_group(village, "shares")
    await g.by(g.chair, "savings", "shares", "begin", "yes", "PIN")
    for one in (g.chair, g.amina):
        await g.by(one, "savings", "shares", "buy", "=5", "yes", "PIN")
    await g.by(g.chair, "savings", "shares", "out", "propose", "PIN")
    await g.by(g.treasurer, "savings", "shares", "out", "approve", "PIN")


async def welfare(village: Village) -> None:
    """One claim is paid, another refused."""
    g = await a_group(village, "welfare")
    fund = "savings", "welfare"
    await g.by(g.chair, *fund, "pay", "=8000", "yes", "PIN")
    await g.by(g.amina, *fund, "claim", "hospital", "=1500", WHY, "yes", "PIN")
    for one in (g.chair, g.treasurer):
        await g.by(one, *fund, "decide", "#1", "approve", "PIN")
    await g.by(g.bahati, *fund, "claim", "birth", "=500", WHY, "yes", "PIN")
    for one in (g.chair, g.secretary):
        await g.by(one, *fund, "decide", "#1", "refuse", "PIN")


async def loans(village: Village) -> None:
    """Asked for, vouched for, paid out, paid back; refused; and taken from savings when it is late."""
    g = await a_group(village, "loans")
    for one in (g.chair, g.treasurer, g.amina, g.bahati):
        await saved(g, one, 20_000)
    await village.give(pot(g.id, "loans"), Money(50_000_00))
    lending = "savings", "loans"
    ask = (*lending, "ask", "=30000", "=3", str(g.bahati.member), "yes", "PIN")
    await g.by(g.amina, *ask)
    await g.by(g.bahati, *lending, "vouch", "#1", "yes", "PIN")
    for one in (g.chair, g.treasurer):
        await g.by(one, *lending, "decide", "#1", "no", "PIN")
    await g.by(g.amina, *ask)
    await g.by(g.bahati, *lending, "vouch", "#1", "yes", "PIN")
    for one in (g.chair, g.treasurer):
        await g.by(one, *lending, "decide", "#1", "yes", "PIN")
    await g.by(g.amina, *lending, "mine", "PIN", "pay", "=1000", "yes", "PIN")
    # A phone that is used isn't idle.
    for days in (50, 45):
        for one in (g.chair, g.treasurer):
            await g.by(one, *lending, "group", "PIN")
        village.clock.advance(days=days)
    for one in (g.chair, g.treasurer):
        await g.by(one, *lending, "decide", "#1", "yes", "PIN")


async def a_treasury(village: Village) -> None:
    """Asked, approved, stopped, taken back, refused, paid from petty cash."""
    g = await a_group(village, "treasury")
    await village.give(treasury(g.id), Money(60_000_00))
    asked = "decisions", "treasury", "ask", "=4000", "member", str(g.amina.member), "#1", deciding.WORDS

    async def does(who: Villager, *steps: str) -> None:
        await g.by(who, *steps)

    await does(g.treasurer, *asked, "yes", "PIN")
    for one in (g.chair, g.secretary):
        await does(one, "decisions", "to_approve", "#1", "approve", "PIN")
    await does(g.bahati, "decisions", "treasury", "requests", "#1", "object", "PIN")
    village.clock.advance(hours=30)
    await look_after(worker(village), {})
    await does(g.treasurer, *asked, "yes", "PIN")
    await does(g.treasurer, "decisions", "treasury", "requests", "#1", "withdraw", "PIN")
    await does(g.treasurer, *asked, "yes", "PIN")
    await does(g.chair, "decisions", "to_approve", "#1", "reject", "PIN")
    await does(
        g.treasurer,
        "decisions",
        "treasury",
        "petty",
        "=300",
        "member",
        str(g.bahati.member),
        "#1",
        deciding.WORDS,
        "yes",
        "PIN",
    )
    await does(g.treasurer, *asked, "urgent", "yes", "PIN")
    holders = await village.sql("SELECT padlocks FROM treasury_requests WHERE dao_id = :group AND status = 'open'", group=g.id)
    for one in (g.chair, g.secretary, *(one for one in village.people.values() if one.member in holders[0][0])):
        await does(one, "decisions", "to_approve", "#1", "approve", "PIN")
    village.clock.advance(hours=30)
    await look_after(worker(village), {})
    await does(g.treasurer, "decisions", "treasury", "requests", "#1", "report", "=Hema tano zilikodishwa", "PIN")


async def pots(village: Village) -> None:
    """One move is made, one refused."""
    g = await a_group(village, "pots")
    await village.give(treasury(g.id), Money(10_000_00))
    move = "decisions", "treasury", "move"
    for word in ("yes", "no"):
        await g.by(g.chair, *move, "#1", "PIN", "in", "=1000", "yes", "PIN")
        await g.by(g.secretary, *move, word, "PIN")


async def leaving(village: Village) -> None:
    """She says that she goes; and the chair closes a group that is empty."""
    g = await a_group(village, "leaving")
    leave = "more", "leave"
    await g.by(g.amina, *leave, "leave", "yes", "PIN")
    alone = await village.enrolled("alone")
    await village.found("empty", by=alone)
    await alone.group(*leave, "close", "yes", "PIN", name="empty")


async def a_rule_of_the_founder(village: Village) -> None:
    """While she is alone."""
    founder = await village.enrolled("founder")
    await village.found("rules", by=founder)
    await founder.group("more", "rules", "belonging", "answer", "#1", "=50", "#1", "yes", "PIN", name="rules")


async def letting_in(village: Village) -> None:
    """Whoever asked."""
    await village.people["chair"].group("more", "people", "requests", "#1", "yes", "PIN")


async def votes(village: Village) -> None:
    """Seconded, objected to, taken back; stood for and not; and somebody who votes for her."""
    g = await a_group(village, "votes")
    voting = "decisions", "votes"

    async def does(who: Villager, *steps: str) -> None:
        await g.by(who, *voting, *steps)

    async def newest() -> str:
        newest = "SELECT id FROM proposals WHERE dao_id = :group ORDER BY number DESC LIMIT 1"
        [(found,)] = await village.sql(newest, group=g.id)
        return str(found)

    await does(g.amina, "new", "motion", deciding.WORDS, "yes", "PIN")
    await does(g.bahati, await newest(), "second", "PIN")
    await does(g.amina, "new", "motion", deciding.WORDS, "yes", "PIN")
    await does(g.amina, await newest(), "more", "cancel", "PIN")
    await does(g.chair, "new", "election", "auditor", "yes", "PIN")
    election = await newest()
    await does(g.chair, election, "nominate", str(g.amina.member), "PIN")
    await does(g.amina, election, "stand", "PIN")
    await does(g.amina, election, "withdraw", "PIN")
    await does(g.bahati, "proxy", "give", "all", "30", str(g.amina.member), "PIN")
    await does(g.bahati, "proxy", "#2", "PIN")
    await does(g.secretary, "new", "motion", deciding.WORDS, "yes", "PIN")
    passing = await newest()
    for one in (g.chair, g.secretary, g.amina, g.bahati):
        await does(one, passing, "vote yes", "PIN")
    await does(g.chair, "new", "spend", "=500", f"=0{g.bahati.phone[4:]}", deciding.WORDS, "yes", "PIN")
    spend = await newest()
    for one in (g.chair, g.treasurer, g.secretary, g.amina, g.bahati):
        await does(one, spend, "vote yes", "PIN")
    village.clock.advance(days=4)
    await close_vote(worker(village), {"proposal": spend})
    await does(g.amina, spend, "object", "PIN")


async def a_forgotten_pin(village: Village) -> None:
    """As for the screen book, with people of its own."""
    for name in ("bahati", "secretary", "treasurer"):
        village.people[name] = await village.enrolled(f"{name}, forgetful")
    await own.a_forgotten_pin(village)


async def a_refused_recovery(village: Village) -> None:
    """A contact says that it isn't her."""
    zuri, contact, other = [await village.enrolled(name) for name in ("zuri", "contact of zuri", "other contact of zuri")]
    await own._befriended(village, zuri, (contact, other))
    await zuri.dial("account", "forgot", "yes")
    await zuri.dial("account", "forgot", await zuri.code())
    await contact.dial("account", "vouch", "r:", "no", "PIN")


async def friends(village: Village) -> None:
    """Asked to be a recovery contact, and taken off again."""
    g = await a_group(village, "friends")
    amina, bahati = g.amina, g.bahati
    await amina.dial("account", "contacts", "number", f"=0{bahati.phone[4:]}", "PIN")
    await bahati.dial("account", "vouch", "c:", "yes", "PIN")
    village.clock.advance(hours=73)
    await amina.dial("account", "contacts", "remove", f"=0{bahati.phone[4:]}", "PIN")


Piece = tuple[Callable[[Village], Awaitable[None]], ...]
# What belongs together is about the same people; every other play has its own.
PIECES: tuple[Piece, ...] = (
    (*deciding.PLAYS, letting_in),
    (a_forgotten_pin, a_refused_recovery),
    (contributing,),
    (her_own_money, above_her_limit),
    (kinds_of_dues,),
    (fines_and_waivers,),
    (refunds,),
    (standing_payments,),
    (a_merry,),
    (a_draw, a_merry_called_off),
    (a_share_out,),
    (welfare,),
    (loans,),
    (a_treasury,),
    (pots,),
    (leaving, a_rule_of_the_founder),
    (votes,),
    (friends,),
)
