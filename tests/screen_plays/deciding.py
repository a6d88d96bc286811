"""Plays about a group's people and what they decide: rules, offices, invitations, meetings, votes and the treasury."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

from core.governance.jobs import close_vote
from core.kernel.money import Money
from core.ledger.accounts import treasury
from core.treasury.jobs import look_after
from tests.screen_plays.cast import Cast

WORDS = "=Hema mbili na viti hamsini"
_DAYS = timedelta(days=3)


async def the_rules(cast: Cast) -> None:
    """The founder answers them while she is alone."""
    await cast.people["chair"].group("more", "rules", "belonging", "answer", "#1", "=50", "#1", name="alone")


async def invitations(cast: Cast) -> None:
    """Somebody is invited, and finds it when she dials."""
    chair, asked = cast.people["chair"], await cast.enrolled("asked")
    await chair.group("more", "people", "invite", "member", f"=0{asked.phone[4:]}", "yes", "PIN")
    await asked.dial("groups", "waiting", "i:")


async def offices(cast: Cast) -> None:
    """One is offered, taken, and given back."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await chair.group("more", "people", "offer", "auditor", str(amina.member), "yes", "PIN")
    await amina.dial("groups", "waiting", "o:", "yes", "PIN")
    await amina.group("more", "people", "resign", "yes", "PIN")


async def asking_to_join(cast: Cast) -> None:
    """By the group's code, where officials let people in."""
    [(code,)] = await cast.sql("SELECT code FROM daos WHERE id = :group", group=cast.groups["main"])
    asking = await cast.enrolled("asking")
    await asking.dial("groups", "join", f"={code}", "costs", "more", "yes")
    await cast.people["chair"].group("more", "people", "requests", "#1")


async def a_suspension(cast: Cast) -> None:
    """She reads why, may reply, and is let in again."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await chair.group("more", "people", "suspend", str(amina.member), WORDS, "yes", "PIN")
    await amina.dial("groups", "s:", "reply")
    await chair.group("more", "people", "suspended", str(amina.member), "yes", "PIN")


async def a_meeting(cast: Cast) -> None:
    """Called, with an agenda, opened, attended; its minutes frozen, confirmed, read and corrected."""
    chair, secretary, amina = (cast.people[name] for name in ("chair", "secretary", "amina"))
    day = (cast.clock.now() + _DAYS).strftime("=%d/%m 17:00")
    await secretary.group("decisions", "meetings", "more", "call", day, "=Shule ya msingi, darasa la nne", "yes")
    await secretary.group("decisions", "meetings", "more", "item", WORDS)
    await secretary.group("decisions", "meetings", "more", "cancel")
    cast.clock.moment = (cast.clock.moment + _DAYS).replace(hour=14, minute=5)
    said = await secretary.group("decisions", "meetings", "more", "open", "PIN")
    code = re.findall(r"(?<!\d)\d{4}(?!\d)", said)[0]
    await amina.group("decisions", "meetings", "here", f"={code}")
    await secretary.group("decisions", "meetings", "freeze", "yes", "PIN")
    await chair.group("decisions", "meetings", "confirm", "yes", "PIN")
    await chair.group("decisions", "meetings", "minutes", "#1", "correct")


async def _newest_proposal(cast: Cast) -> str:
    newest = "SELECT id FROM proposals WHERE dao_id = :group ORDER BY number DESC LIMIT 1"
    [(found,)] = await cast.sql(newest, group=cast.groups["main"])
    return str(found)


async def a_poll(cast: Cast) -> None:
    """Options in her own words; everybody sees it in the group and, in a chat, among all of hers."""
    chair, amina = cast.people["chair"], cast.people["amina"]
    await chair.group("decisions", "votes", "new", "poll", WORDS, "=Jumamosi, Jumapili, Jumatatu", "yes", "PIN")
    await chair.group("decisions", "votes", "#1", "more")
    await amina.link()
    await amina.command("votes.mine", "#1")


async def a_spend(cast: Cast) -> None:
    """Amount, payee, reason."""
    chair, bahati = cast.people["chair"], cast.people["bahati"]
    amount = f"={cast.values.amount}"
    await chair.group("decisions", "votes", "new", "spend", amount, f"=0{bahati.phone[4:]}", WORDS, "yes", "PIN")
    await chair.group("decisions", "votes", "new", "spend", amount, "=0799000001", WORDS)


async def an_election(cast: Cast) -> None:
    """Members put others forward."""
    await cast.people["chair"].group("decisions", "votes", "new", "election", "auditor", "yes", "PIN")
    newest = await _newest_proposal(cast)
    await cast.people["chair"].group("decisions", "votes", newest, "nominate")


async def a_rule(cast: Cast) -> None:
    """What a contribution covers first is typed as digits."""
    await cast.people["chair"].group("decisions", "votes", "new", "rule", "contributions", "allocation")


async def a_result(cast: Cast) -> None:
    """What became of a motion."""
    people = [cast.people[name] for name in ("chair", "secretary", "treasurer", "amina", "bahati")]
    await people[1].group("decisions", "votes", "new", "motion", WORDS, "yes", "PIN")
    newest = await _newest_proposal(cast)
    for one in people:
        await one.group("decisions", "votes", newest, "vote yes", "PIN")
    cast.clock.advance(days=8)
    await close_vote(SimpleNamespace(database=cast.database), {"proposal": newest})  # type: ignore[arg-type]
    await people[0].group("decisions", "votes", "results", "#1", "more")


async def a_payment_of_the_treasury(cast: Cast) -> None:
    """Asked for in a large group, in an emergency; approved, paid, reported."""
    chair, treasurer, secretary = (cast.people[name] for name in ("chair", "treasurer", "secretary"))
    await cast.give(treasury(cast.groups["main"]), cast.values.holds)
    for number in range(4):
        await cast.enrolled(f"member {number}", role="member")
    asked = (
        "decisions",
        "treasury",
        "ask",
        "=4000",
        "member",
        f"={cast.values.name[:4]}",
        "#5",
        "#1",
        WORDS,
        "urgent",
        "yes",
        "PIN",
    )
    await treasurer.group(*asked)
    await chair.group("decisions", "treasury", "requests", "#1", "details")
    [(padlocks,)] = await cast.sql("SELECT padlocks FROM treasury_requests WHERE dao_id = :group", group=cast.groups["main"])
    holders = [one for one in cast.people.values() if one.member in padlocks]
    for one in (chair, secretary, *holders):
        await one.group("decisions", "to_approve", "#1", "approve", "PIN")
    cast.clock.advance(hours=30)
    await look_after(SimpleNamespace(database=cast.database), {})  # type: ignore[arg-type]
    await treasurer.group("decisions", "treasury", "requests", "#1", "report")
    await cast.give(treasury(cast.groups["main"]), Money(40_000_00))
    outside = ("phone", "=0799000001", f"={cast.values.group[:20]}", "#1")
    await treasurer.group("decisions", "treasury", "ask", "=25000", *outside, WORDS, "yes", "PIN")
    await secretary.group("decisions", "treasury", "requests", "#1", "vote", "yes", "PIN")


async def a_move_between_pots(cast: Cast) -> None:
    """One official proposes it, another says yes."""
    await cast.give(treasury(cast.groups["main"]), Money(10_000_00))
    chair, secretary = cast.people["chair"], cast.people["secretary"]
    await chair.group("decisions", "treasury", "move", "#1", "PIN", "in", "=1000", "yes", "PIN")
    await secretary.group("decisions", "treasury", "move", "yes", "PIN")


PLAYS = (
    the_rules,
    invitations,
    offices,
    asking_to_join,
    a_suspension,
    a_meeting,
    a_poll,
    a_spend,
    an_election,
    a_rule,
    a_result,
    a_payment_of_the_treasury,
    a_move_between_pots,
)
