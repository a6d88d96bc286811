"""Votes: what is open in a group or in all of hers, voting with her PIN, trying first, and what was decided.

A choice takes one number and the PIN. Of a secret vote the choice is kept sealed between the two, and no screen repeats it.
"""

from __future__ import annotations

from uuid import UUID

from core.daos.groups import find_group
from core.daos.people import participants_of, require_participant, takes_part
from core.daos.welfare.claims import reason_of
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import whom
from core.dialogue.screens import Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.governance.candidates import MOST_CANDIDATES, decline, nominate, stand
from core.governance.counting import ABSTAIN, NO, YES
from core.governance.foresight import Foresee, foresee
from core.governance.matters import WelfareClaim
from core.governance.objecting import may_object, object_to
from core.governance.proposals import UNDECIDED, Listed, Proposal, proposals_for, results_of, see_proposal
from core.governance.proposing import cancel, has_ballots, is_voter, names_behind, second, seconders_of
from core.governance.results import arithmetic, in_full, option_lines, outcome, what_follows
from core.governance.sealing import open_choice, seal_choice
from core.governance.voting import Ballot, cast, own_ballot
from core.identity.members import find
from core.kernel.ids import MemberId
from core.kernel.texts import Text, catalogue, text
from core.treasury.foresight import foresee_payment

# Who knows of another consequence of a decision adds the function that reckons it, in one line.
FORESIGHTS: tuple[Foresee, ...] = (foresee_payment,)
# More than a group has open at a time; a small screen shows them in pages.
MOST_LISTED = 40
WORDS = {YES: text("votes-yes"), NO: text("votes-no"), ABSTAIN: text("votes-abstain")}


async def the_proposal(turn: Turn) -> Proposal:
    """The proposal that this is about, if she may see it."""
    return await see_proposal(turn.uow, viewer=turn.me.id, proposal=turn.id("proposal"))


def label(one: Listed) -> Text:
    """A line of the list: what it is about, and what is to be done."""
    state = one.proposal.state
    state_word = ("done" if one.has_voted else "todo") if state == "open" and one.may_vote else state
    return Text(f"votes-item-{state_word}", {"number": one.proposal.number, "what": one.proposal.what})


DOORS = {"new": go("votes.new"), "results": go("votes.results"), "proxy": go("votes.proxy")}


@screen("votes.menu", leads=DOORS, each=(go("votes.one"), "proposal"))
async def ask_menu(turn: Turn) -> Screen:
    """What is to be decided in this group, what she hasn't voted on first; and what else can be done, by numbers that stay."""
    group = await find_group(turn.uow, group=turn.group)
    listed = await proposals_for(turn.uow, viewer=turn.me.id, group=group.id)
    return Screen(
        text("votes-menu", name=group.name),
        choices=(
            *(Choice(str(one.proposal.id), label(one)) for one in listed[:MOST_LISTED]),
            option("new", text("votes-new"), 7),
            option("results", text("votes-results"), 8),
            option("proxy", text("votes-proxy"), 9),
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen in ("new", "proxy"):
        # An observer hears it before she has typed anything.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    return DOORS.get(chosen) or go("votes.one", proposal=UUID(chosen))


@screen("votes.mine", leads={"groups": go("groups.menu")}, each=(go("votes.one"), "proposal"))
async def ask_mine(turn: Turn) -> Screen:
    """What is to be decided in all of her groups."""
    listed = (await proposals_for(turn.uow, viewer=turn.me.id))[:MOST_LISTED]
    items = [(one, text("votes-in-group", group=one.proposal.group_name, item=label(one))) for one in listed]
    return Screen(
        text("votes-mine", count=len(listed)),
        choices=(
            *(Choice(str(one.proposal.id), said) for one, said in items),
            option("groups", text("home-groups"), 9),
        ),
    )


@ask_mine.answered
async def take_mine(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return go("groups.menu") if chosen == "groups" else go("votes.one", proposal=UUID(chosen))


@screen("votes.one", leads={"more": go("votes.more"), "nominate": go("votes.nominee")})
async def ask_one(turn: Turn) -> Screen:
    """One proposal, with what can be done now."""
    proposal = await the_proposal(turn)
    match proposal.state:
        case "open":
            return await _open(turn, proposal)
        case "waiting":
            return await _waiting(turn, proposal)
        case "gathering":
            return await _gathering(turn, proposal)
        case "passed" if await may_object(turn.uow, proposal=proposal.id, voter=turn.me.id):
            rows = tuple(row for row in (what_follows(proposal),) if row)
            head = text("votes-passed", number=proposal.number, what=proposal.what)
            return Screen(head, rows=rows, choices=(option("object", text("votes-object")), *_always()))
    follows = what_follows(proposal)
    head = text("votes-over", number=proposal.number, what=proposal.what)
    return Screen(head, rows=(follows,) if follows else (), choices=_always())


@ask_one.answered
async def take_one(turn: Turn, chosen: str) -> Step:
    """A choice is kept until the PIN is right; anything else leads on."""
    proposal = await the_proposal(turn)
    said = catalogue().say(turn.language, proposal.what, short=True)
    about = {"group": proposal.group, "number": proposal.number, "about": said, "intent": turn.uow.ids.new()}
    if chosen.startswith("vote "):
        return _to_cast(turn, proposal, chosen.removeprefix("vote "), about)
    if chosen not in ("try", "more"):
        # An observer hears it before she is asked for her PIN.
        await require_participant(turn.uow, member=turn.me.id, group=proposal.group)
    doors = {
        "try": go("votes.try"),
        "more": go("votes.more"),
        "second": go("votes.second"),
        "stand": go("votes.stand"),
        "withdraw": go("votes.withdraw"),
        "nominate": go("votes.nominee"),
        "object": go("votes.object"),
    }
    return Go(doors[chosen].to, about)


def _to_cast(turn: Turn, proposal: Proposal, choice: str, about: dict[str, object]) -> Step:
    if proposal.secret:
        sealed = seal_choice(turn.uow, choice, ballot=UUID(str(about["intent"])))
        return Go("votes.cast", {**about, "sealed": sealed, "answer": "secret"})
    return Go("votes.cast", {**about, "choice": choice, "answer": proposal.label_of(choice) or choice})


@action("votes.cast", needs=Assurance.PIN, why="pin-why-vote")
async def do_cast(turn: Turn) -> Step:
    """The ballot, under her own PIN each time."""
    sealed = turn.values.get("sealed")
    choice = open_choice(turn.uow, str(sealed), ballot=turn.id("intent")) if sealed else str(turn.values["choice"])
    ballot = await cast(
        turn.uow,
        intent=turn.intent,
        proposal=turn.id("proposal"),
        voter=turn.me.id,
        choice=choice,
        channel=turn.channel.name,
    )
    said = {"number": ballot.proposal.number, "until": ballot.proposal.closes_at}
    if ballot.proposal.secret:
        return End(Text("votes-cast-secret", said))
    return End(Text("votes-cast", {**said, "answer": turn.values["answer"]}))


@action("votes.try", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def do_try(turn: Turn) -> Step:
    """What would follow, sentence by sentence."""
    proposal = await the_proposal(turn)
    lines = await foresee(turn.uow, proposal, others=FORESIGHTS)
    return End(text("try-title", number=proposal.number), rows=tuple(lines))


@action("votes.second", needs=Assurance.PIN, why="pin-why-second")
async def do_second(turn: Turn) -> Step:
    """It is open from now on, or others have to stand behind it too."""
    opened = await second(turn.uow, proposal=turn.id("proposal"), seconder=turn.me.id)
    if opened.state == "waiting":
        still = opened.seconds_needed - len(await seconders_of(turn.uow, proposal=opened.id))
        return End(text("votes-seconded-still", number=opened.number, still=still, until=opened.waits_until))
    return End(text("votes-now-seconded", number=opened.number, until=opened.closes_at or turn.uow.clock.now()))


@action("votes.stand", needs=Assurance.PIN, why="pin-why-stand")
async def do_stand(turn: Turn) -> Step:
    """Her own word that she stands."""
    await stand(turn.uow, proposal=turn.id("proposal"), member=turn.me.id)
    return End(text("votes-now-standing", number=turn.values["number"]))


@action("votes.withdraw", needs=Assurance.PIN, why="pin-why-not-standing")
async def do_withdraw(turn: Turn) -> Step:
    """Her own word that she doesn't."""
    await decline(turn.uow, proposal=turn.id("proposal"), member=turn.me.id)
    return End(text("votes-now-withdrawn", number=turn.values["number"]))


@screen("votes.nominee")
async def ask_nominee(turn: Turn) -> Screen:
    """Whom to put forward."""
    proposal = await the_proposal(turn)
    asked = {one.member for one in proposal.options} | {turn.me.id}
    people = [person for person in await participants_of(turn.uow, group=proposal.group) if person.id not in asked]
    return whom(text("votes-who"), people)


@ask_nominee.answered
async def take_nominee(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    found = await find(turn.uow, MemberId(UUID(chosen)))
    return go("votes.nominate", member=UUID(chosen), nominee=found.name if found else "")


@action("votes.nominate", needs=Assurance.PIN, why="pin-why-nominate")
async def do_nominate(turn: Turn) -> Step:
    """She is asked."""
    await nominate(turn.uow, proposal=turn.id("proposal"), by=turn.me.id, member=MemberId(turn.id("member")))
    return End(text("votes-now-asked", nominee=turn.values["nominee"]))


@action("votes.object", needs=Assurance.PIN, why="pin-why-object")
async def do_object(turn: Turn) -> Step:
    """Before it takes effect."""
    still = await object_to(turn.uow, proposal=turn.id("proposal"), voter=turn.me.id)
    return End(text("votes-now-objected", still=still))


@screen("votes.more")
async def ask_more(turn: Turn) -> Screen:
    """Who brought it, how it is decided, and the rarer things."""
    proposal = await the_proposal(turn)
    choices = []
    if proposal.state in UNDECIDED and not proposal.secret and proposal.matter.kind != "election":
        choices.append(option("represent", text("votes-represent")))
    hers = proposal.proposer == turn.me.id and proposal.state in UNDECIDED
    if hers and not await has_ballots(turn.uow, proposal=proposal.id):
        choices.append(option("cancel", text("votes-cancel")))
    head = text("votes-details", number=proposal.number)
    return Screen(head, rows=await _details(turn, proposal), choices=(*choices, option("list", text("votes-door"))))


@ask_more.answered
async def take_more(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    group = (await the_proposal(turn)).group
    if chosen == "represent":
        await require_participant(turn.uow, member=turn.me.id, group=group)
    doors = {"represent": go("votes.proxy_days"), "cancel": go("votes.cancel"), "list": go("votes.menu")}
    return Go(doors[chosen].to, {"group": group, "scope": "proposal"})


@action("votes.cancel", needs=Assurance.PIN, why="pin-why-cancel")
async def do_cancel(turn: Turn) -> Step:
    """Before anybody has voted."""
    gone = await cancel(turn.uow, proposal=turn.id("proposal"), proposer=turn.me.id)
    return End(text("votes-now-cancelled", number=gone.number))


@screen("votes.results", leads={"list": go("votes.menu")}, each=(go("votes.result"), "proposal"))
async def ask_results(turn: Turn) -> Screen:
    """What the group has decided lately."""
    found = (await results_of(turn.uow, viewer=turn.me.id, group=turn.group))[:MOST_LISTED]
    head = text("votes-results") if found else text("votes-none-yet")
    return Screen(
        head,
        choices=(
            *(Choice(str(one.id), text("votes-item-open", number=one.number, what=one.what)) for one in found),
            option("list", text("votes-door"), 9),
        ),
    )


@ask_results.answered
async def take_results(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return go("votes.menu") if chosen == "list" else go("votes.result", proposal=UUID(chosen))


@screen("votes.result", leads={"more": go("votes.more")})
async def ask_result(turn: Turn) -> Screen:
    """The result with its arithmetic, and what followed."""
    proposal = await the_proposal(turn)
    if proposal.counts is None:
        return Screen(text("votes-over", number=proposal.number, what=proposal.what), choices=_always())
    follows = what_follows(proposal)
    return Screen(
        text("votes-result", number=proposal.number, what=proposal.what, outcome=outcome(proposal)),
        rows=(text("votes-result-sum", sum=arithmetic(proposal)), *option_lines(proposal), *((follows,) if follows else ())),
        choices=(option("more", text("votes-more")),),
    )


@ask_result.answered
async def take_result(_turn: Turn, _chosen: str) -> Step:
    """Who brought it."""
    return go("votes.more")


def _always() -> tuple[Choice, ...]:
    return (option("more", text("votes-more")),)


async def _open(turn: Turn, proposal: Proposal) -> Screen:
    """What can be chosen first, with the same number each time."""
    said = {"number": proposal.number, "what": proposal.what, "until": proposal.closes_at}
    head = Text("votes-open-secret" if proposal.secret else "votes-open", said)
    tries = option("try", text("votes-try"))
    if not await is_voter(turn.uow, proposal=proposal.id, member=turn.me.id):
        involved = await takes_part(turn.uow, member=turn.me.id, group=proposal.group)
        why = text("votes-no-list" if involved else "votes-observer")
        return Screen(head, rows=(*await _besides(turn, proposal), why), choices=(tries, *_always()))
    mine = await own_ballot(turn.uow, proposal=proposal, voter=turn.me.id)
    rows = (*await _besides(turn, proposal), *((_yours(proposal, mine),) if mine else ()))
    return Screen(head, rows=rows, choices=(*_choices(proposal), tries, *_always()))


async def _besides(turn: Turn, proposal: Proposal) -> tuple[Text, ...]:
    """What belongs to the matter and doesn't fit its line: a whole order of turns, why somebody asks for help."""
    if isinstance(proposal.matter, WelfareClaim):
        return (text("votes-claim-reason", reason=await reason_of(turn.uow, claim=proposal.matter.claim)),)
    return in_full(proposal.matter)


def _choices(proposal: Proposal) -> tuple[Choice, ...]:
    if not proposal.question.plural:
        return tuple(Choice(f"vote {choice}", WORDS[choice]) for choice in (YES, NO, ABSTAIN))
    named = [Choice(f"vote {one.number}", text("votes-option", option=one.label)) for one in proposal.standing]
    nobody = [Choice(f"vote {NO}", text("votes-nobody"))] if NO in proposal.question.choices else []
    return (*named, *nobody, Choice(f"vote {ABSTAIN}", WORDS[ABSTAIN]))


def _yours(proposal: Proposal, mine: Ballot) -> Text:
    if mine.choice is None:
        return text("votes-you-voted-secret")
    chosen = proposal.label_of(mine.choice)
    return text("votes-you-voted", answer=chosen or WORDS[mine.choice])


async def _waiting(turn: Turn, proposal: Proposal) -> Screen:
    until = proposal.waits_until or turn.uow.clock.now()
    behind = await seconders_of(turn.uow, proposal=proposal.id)
    still = proposal.seconds_needed - len(behind)
    head = text("votes-waiting", number=proposal.number, what=proposal.what, until=until, still=still)
    may = (
        turn.me.id not in behind
        and proposal.proposer != turn.me.id
        and await is_voter(turn.uow, proposal=proposal.id, member=turn.me.id)
    )
    seconds = (option("second", text("votes-second")),) if may else ()
    return Screen(head, rows=await _besides(turn, proposal), choices=(*seconds, option("try", text("votes-try")), *_always()))


async def _gathering(turn: Turn, proposal: Proposal) -> Screen:
    rows = tuple(Text(f"votes-candidate-{one.status}", {"option": one.label}) for one in proposal.options)
    mine = next((one for one in proposal.options if one.member == turn.me.id), None)
    choices = []
    if mine is None or mine.status != "accepted":
        choices.append(option("stand", text("votes-stand")))
    if mine is not None and mine.status != "declined":
        choices.append(option("withdraw", text("votes-withdraw")))
    if len(proposal.options) < MOST_CANDIDATES:
        choices.append(option("nominate", text("votes-nominate")))
    until = proposal.waits_until or turn.uow.clock.now()
    head = text("votes-gathering", what=proposal.what, until=until)
    return Screen(head, rows=rows, choices=(*choices, *_always()))


async def _details(turn: Turn, proposal: Proposal) -> tuple[Text, ...]:
    mover, *seconders = await names_behind(turn.uow, proposal=proposal.id)
    brought = [text("votes-by", mover=mover)]
    backed = [text("votes-seconded", seconder=one) for one in seconders]
    rule = text("votes-rule-of", eligible=proposal.eligible, quorum=proposal.quorum)
    early = [text("votes-end-early")] if proposal.state == "open" else []
    return (*brought, *backed, rule, *early)
