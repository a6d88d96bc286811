"""Votes of every kind: with representatives, minds that change, quorums that aren't reached, objections, and what follows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.governance.candidates import decline, nominate, stand
from core.governance.delegating import Scope, Wish, delegate, given_by, revoke
from core.governance.foresight import foresee
from core.governance.matters import Dissolution, Election, Expulsion, Matter, Motion, Poll, RuleChange, Spend
from core.governance.objecting import may_object, object_to
from core.governance.proposals import Proposal, find_proposal, results_of
from core.governance.proposing import cancel, propose, second
from core.governance.results import arithmetic, outcome
from core.governance.voting import cast
from core.kernel.ids import MemberId

from .chama import Chama

UNDECIDED = (
    "SELECT id, state FROM proposals WHERE dao_id = :group AND state IN ('gathering', 'waiting', 'open') ORDER BY number"
)
# Of all groups: what can be stood for, voted on, or objected to.
WAITING = (
    "SELECT dao_id, id, state FROM proposals WHERE state IN ('gathering', 'open')"
    " OR (state = 'passed' AND kind IN ('rule', 'spend')) ORDER BY number"
)
PASSED = "SELECT id FROM proposals WHERE dao_id = :group AND state = 'passed' AND kind IN ('rule', 'spend') ORDER BY number DESC LIMIT 1"
OFFICES = ("secretary", "treasurer", "auditor", "chair")


def matters(chama: Chama, turn: int) -> list[Matter]:
    """What is proposed in this turn; each has a week of its own."""
    member = chama.ordinary[-1]
    name = next(person.name for person in chama.people if person.id == member)[:18]
    fine = 60_00 + turn * 100
    listed: list[Matter] = [
        Motion(),
        Poll(("Church", "School", "Market")),
        RuleChange("fine", None, fine),
        Spend(chama.rules.vote_above + chama.rules.petty_cash.__class__(100_00), name, member=member),
        Election(OFFICES[turn % len(OFFICES)]),  # type: ignore[arg-type]
        RuleChange("contribution", None, 550_00 if turn % 2 else 500_00),
        Dissolution(),
        Motion(),
    ]
    return [listed[turn % len(listed)]]


async def day(chama: Chama) -> None:
    """Propose every fourth day, vote on what is open, and look at what came out."""
    if chama.on(4):
        await _represent(chama)
    if chama.due(4, 3):
        waiting, chama.keep["matters"] = chama.keep.get("matters", []), []
        for matter in [*waiting, *matters(chama, chama.turn("matters"))]:
            await put(chama, matter, "The water tank" if isinstance(matter, Spend) else "Shall we do it?")
    if chama.due(24, 21):
        await put(chama, Motion(), "Shall we meet at night?")
    if chama.due(35, 17):
        await _expel(chama)
    if chama.due(25, 13):
        made = await put(chama, Motion(), "On second thought")
        if made is not None:
            await chama.act("take a proposal back", cancel, proposal=made.id, proposer=made.proposer)
    await go_on(chama, chama.day)
    for proposal in (await chama.ask(results_of, viewer=chama.chair, group=chama.id))[:1]:
        assert outcome(proposal)
        assert arithmetic(proposal)


async def put(chama: Chama, matter: Matter, words: str) -> Proposal | None:
    """Propose it, by an official or, every third time, an ordinary member, and have it seconded where it must be."""
    proposer = chama.random.choice(chama.ordinary) if chama.random.randrange(3) == 0 else chama.officer("secretary")
    if getattr(matter, "member", None) == proposer:
        proposer = chama.chair
    given = {"group": chama.id, "proposer": proposer, "matter": matter, "words": words}
    made = await chama.act(f"propose, {matter.kind}", propose, intent=chama.intent(), **given)
    if made is not None and made.state == "waiting":
        # Who may vote may second.
        for member in [one for one in chama.members if one not in (proposer, getattr(matter, "member", None))][:2]:
            if await chama.act("second a proposal", second, proposal=made.id, seconder=member):
                break
    return made  # type: ignore[no-any-return]


async def _represent(chama: Chama) -> None:
    """Three let another vote for them; one of them takes it back. Nobody may pass it on."""
    first, *givers = chama.ordinary[:4]
    scopes = (Scope(), Scope(category="motion"), Scope(category="spend"))
    for giver, scope in zip(givers, scopes, strict=False):
        holder = first if scope.category != "spend" else chama.chair
        wish = Wish(chama.id, giver, holder, scope, days=300)
        await chama.act(f"be represented, {scope.name}", delegate, intent=chama.intent(), wish=wish)
    circle = Wish(chama.id, first, givers[0], Scope(), days=30)
    await chama.act("be represented in a circle", delegate, intent=chama.intent(), wish=circle)
    for found in await chama.ask(given_by, group=chama.id, giver=givers[-1]):
        await chama.act("vote for oneself again", revoke, giver=givers[-1], delegation=found.id)


async def _expel(chama: Chama) -> None:
    """Somebody is to go, who came last and has no phone in this."""
    member = [one for one in chama.ordinary if one not in chama.keep.get("with phones", {}).values()][-1]
    name = next(person.name for person in chama.people if person.id == member)
    await put(chama, Expulsion(member, name[:18]), "")


def is_new(chama: Chama, waiting: list[Any]) -> bool:
    """Whether any of these `WAITING` proposals hasn't had its people's words yet."""
    done = {"gathering": "stood", "open": "voted", "passed": "looked at"}
    return any(row.id not in chama.keep.get(done[row.state], set()) for row in waiting)


async def go_on(chama: Chama, number: int) -> None:
    """Stand for what is to be elected, vote on what is open, and object, once in a while, to what was passed."""
    for row in await chama.world.rows(UNDECIDED, group=chama.id):
        found = await chama.ask(find_proposal, proposal=row.id)
        if row.state == "gathering":
            await _stand(chama, row.id, found)
        if row.state == "open" and row.id not in chama.keep.setdefault("voted", set()):
            chama.keep["voted"].add(row.id)
            await chama.act("foresee what follows", foresee, proposal=found)
            await _cast(chama, found)
    await _object(chama, number)


async def _stand(chama: Chama, proposal: UUID, found: Proposal) -> None:
    """Two who hold no office stand; a third is named and declines."""
    if proposal in chama.keep.setdefault("stood", set()) or not isinstance(found.matter, Election):
        return
    chama.keep["stood"].add(proposal)
    free = chama.ordinary
    for member in free[:2]:
        await chama.act("stand for an office", stand, proposal=proposal, member=member)
    await chama.act("name somebody for an office", nominate, proposal=proposal, by=free[0], member=free[2])
    await chama.act("decline to stand", decline, proposal=proposal, member=free[2])


async def _cast(chama: Chama, found: Proposal) -> None:
    """Who is represented keeps silent, some abstain, one changes her mind; every second motion is left to those with phones."""
    silent = {
        row.giver_id for row in await chama.world.rows("SELECT giver_id FROM vote_delegations WHERE dao_id = :g", g=chama.id)
    }
    if found.matter.kind not in ("motion", "spend"):
        silent = set()
    voters = [one for one in chama.members if one not in silent and one != getattr(found.matter, "member", None)]
    if found.matter.kind == "motion" and chama.turn("motions") % 2 == 1:
        voters = []  # They are too few for a quorum.
    for place, member in enumerate(voters):
        choice = "yes" if found.matter.kind in ("expulsion", "write_off") else _choice(found, place)
        await _ballot(chama, found, member, choice)
        if place == 1 and found.matter.kind not in ("expulsion", "write_off"):
            await _ballot(chama, found, member, "no" if choice == "yes" else choice)


def _choice(found: Proposal, place: int) -> str:
    choices = [one for one in found.question.choices if one != "abstain"]
    if found.matter.kind == "dissolution":
        return "no"
    if found.matter.kind in ("election", "poll"):
        return choices[0 if place % 4 else place % len(choices)]
    return "abstain" if place == 3 else "yes"


async def _ballot(chama: Chama, found: Proposal, voter: MemberId, choice: str) -> Any:
    given = {"proposal": found.id, "voter": voter, "choice": choice, "channel": "ussd"}
    return await chama.act(f"vote on a {found.matter.kind}", cast, intent=chama.intent(), **given)


async def _object(chama: Chama, number: int) -> None:
    """Once in a while those who may ask for another vote."""
    objects = number >= chama.keep.setdefault("objects from", 12)
    for row in await chama.world.rows(PASSED, group=chama.id):
        chama.keep.setdefault("looked at", set()).add(row.id)
        for member in chama.members if objects else ():
            if await chama.ask(may_object, proposal=row.id, voter=member):
                await chama.act("object to what was passed", object_to, proposal=row.id, voter=member)
                chama.keep["objects from"] = number + 30
