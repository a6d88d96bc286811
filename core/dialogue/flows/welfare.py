"""The welfare kitty: paying in, asking for help, what it pays for, and the officials' word on claims."""

from __future__ import annotations

from typing import cast

from core.daos.constitutions import rules_of
from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS, require_participant, takes_part
from core.daos.welfare.claims import LONGEST_REASON, her_claims, open_claims
from core.daos.welfare.deciding import decide
from core.daos.welfare.errors import BadReason, NoClaim, NotABenefit
from core.daos.welfare.kitty import benefits_of, kitty_of, pay_welfare
from core.daos.welfare.models import Benefit
from core.dialogue.definitions import action, screen
from core.dialogue.flows.merry import also_by_sms
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.governance.welfare import ask_for_help
from core.identity.approvals import Approval
from core.kernel.money import Money
from core.kernel.texts import Text, text

BENEFIT_NAMES = {
    "bereavement": text("welfare-bereavement"),
    "hospital": text("welfare-hospital"),
    "birth": text("welfare-birth"),
    "wedding": text("welfare-wedding"),
}


DOORS = {
    "pay": go("welfare.amount"),
    "claim": go("welfare.for_what"),
    "table": go("welfare.table"),
    "fund": go("welfare.fund"),
    "decide": go("welfare.which"),
}


@screen("welfare.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """What can be done; what the fund has is behind the PIN."""
    group = await find_group(turn.uow, group=turn.group)
    membership = await require_member(turn.uow, member=turn.me.id, group=group.id)
    rules = await rules_of(turn.uow, group=group.id)
    decides = (option("decide", text("welfare-decide")),) if membership.role in OFFICIALS else ()
    return Screen(
        text("welfare-menu", group=group.name, regular=rules.welfare),
        choices=(
            option("pay", text("welfare-pay")),
            option("claim", text("welfare-claim")),
            option("table", text("welfare-table")),
            option("fund", text("welfare-fund")),
            *decides,
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen in ("pay", "claim"):
        # An observer hears it before she has typed anything.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    return DOORS[chosen]


@screen("welfare.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much."""
    rules = await rules_of(turn.uow, group=turn.group)
    return Screen(text("welfare-amount", regular=rules.welfare), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Another amount is another payment."""
    return go("welfare.confirm", amount=amount, intent=turn.uow.ids.new())


@screen("welfare.confirm", leads={"yes": go("welfare.paid")})
async def ask_confirm(turn: Turn) -> Screen:
    """Amount and fund, before anything happens."""
    group = await find_group(turn.uow, group=turn.group)
    turn.values["group_name"] = group.name
    return Screen(text("welfare-confirm", amount=turn.money("amount"), group=group.name), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("welfare.paid") if chosen == "yes" else End(text("welfare-cancelled"))


def paying(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN."""
    return Approval(
        "welfare", turn.intent, turn.money("amount"), payee=str(turn.values["group_name"]), payee_id=str(turn.id("group"))
    )


@action("welfare.paid", needs=Assurance.PIN, why="pin-why-welfare-pay", approves=paying, final=True)
async def pay(turn: Turn) -> Step:
    """Move the money and say what the fund has."""
    group = turn.group
    made = await pay_welfare(turn.uow, intent=turn.intent, member=turn.me.id, group=group, amount=turn.money("amount"))
    done = text(
        "welfare-paid",
        reference=made.reference,
        amount=made.amount,
        group=str(turn.values["group_name"]),
        total=made.total,
        balance=made.balance,
    )
    if not made.repeated:
        await also_by_sms(turn, done, template="welfare_receipt")
    return End(done)


@screen("welfare.table")
async def ask_table(turn: Turn) -> Screen:
    """What the rules of the group let it pay for."""
    group = await find_group(turn.uow, group=turn.group)
    rules = await rules_of(turn.uow, group=group.id)
    rows = [
        text("welfare-benefit-line", benefit=BENEFIT_NAMES[benefit], high=most) for benefit, most in benefits_of(rules).items()
    ]
    back = (option("menu", text("welfare-back")),)
    if not rows:
        return Screen(text("welfare-table-none", group=group.name), choices=back)
    limits = text("welfare-table-rules", year=rules.welfare_yearly, days_waiting=rules.welfare_waiting_days)
    return Screen(text("welfare-table-head", group=group.name), rows=(*rows, limits), choices=back)


@ask_table.answered
async def take_table(_turn: Turn, _chosen: str) -> Step:
    """Back to the fund."""
    return go("welfare.menu")


@screen("welfare.for_what")
async def ask_for_what(turn: Turn) -> Screen:
    """The benefits of the group's table."""
    group = await find_group(turn.uow, group=turn.group)
    benefits = benefits_of(await rules_of(turn.uow, group=group.id))
    if not benefits:
        return Screen(text("welfare-table-none", group=group.name), choices=(option("menu", text("welfare-back")),))
    return Screen(text("welfare-for-what"), choices=tuple(Choice(one, BENEFIT_NAMES[one]) for one in benefits))


@ask_for_what.answered
async def take_for_what(_turn: Turn, chosen: str) -> Step:
    """Remember for what."""
    return go("welfare.menu") if chosen == "menu" else go("welfare.how_much", benefit=chosen)


async def _most(turn: Turn) -> Money:
    benefits = benefits_of(await rules_of(turn.uow, group=turn.group))
    return benefits.get(cast("Benefit", turn.values["benefit"]), Money(0))


@screen("welfare.how_much")
async def ask_how_much(turn: Turn) -> Screen:
    """How much, within the table."""
    benefit = BENEFIT_NAMES[str(turn.values["benefit"])]
    return Screen(text("welfare-how-much", benefit=benefit, high=await _most(turn)), asks=Asks.AMOUNT)


@ask_how_much.answered
async def take_how_much(turn: Turn, amount: Money) -> Step:
    """An amount that the table allows."""
    most = await _most(turn)
    if amount > most:
        raise NotABenefit(most)
    return go("welfare.why", amount=amount)


@screen("welfare.why")
async def ask_why(_turn: Turn) -> Screen:
    """In a few words."""
    return Screen(text("welfare-why"), asks=Asks.TEXT)


@ask_why.answered
async def take_why(turn: Turn, typed: str) -> Step:
    """Few enough for a small screen; another reason is another claim."""
    said = " ".join(typed.split())
    if not 2 <= len(said) <= LONGEST_REASON:  # noqa: PLR2004 - a word
        raise BadReason(LONGEST_REASON)
    return go("welfare.claim_confirm", reason=said, intent=turn.uow.ids.new())


@screen("welfare.claim_confirm")
async def ask_claim(turn: Turn) -> Screen:
    """What is asked of whom."""
    group = await find_group(turn.uow, group=turn.group)
    what = text(
        "welfare-claim-confirm",
        amount=turn.money("amount"),
        benefit=BENEFIT_NAMES[str(turn.values["benefit"])],
        group=group.name,
        reason=turn.values["reason"],
    )
    return Screen(what, choices=(YES, NO))


@ask_claim.answered
async def take_claim(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("welfare.claimed") if chosen == "yes" else End(text("welfare-cancelled"))


@action("welfare.claimed", needs=Assurance.PIN, why="pin-why-welfare-claim")
async def make_claim(turn: Turn) -> Step:
    """The officials are asked, or all members."""
    made, vote = await ask_for_help(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        group=turn.group,
        benefit=cast("Benefit", turn.values["benefit"]),
        amount=turn.money("amount"),
        reason=str(turn.values["reason"]),
    )
    if vote is not None and vote.closes_at is not None:
        return End(text("welfare-put-to-vote", number=made.number, vote=vote.number, until=vote.closes_at))
    return End(text("welfare-claimed", number=made.number))


@action("welfare.fund", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_fund(turn: Turn) -> Step:
    """What the fund has, what is hers in it, and what became of her claims."""
    group = await find_group(turn.uow, group=turn.group)
    kitty = await kitty_of(turn.uow, viewer=turn.me.id, group=group.id)
    waits = (text("welfare-fund-waits", at=kitty.waits_until),) if kitty.waits_until else ()
    claims = [
        text("welfare-claim-line", number=number, amount=amount, state=state)
        for number, amount, state in await her_claims(turn.uow, member=turn.me.id, group=group.id)
    ]
    head = text("welfare-fund-head", group=group.name, total=kitty.total, mine=kitty.mine)
    if not await takes_part(turn.uow, member=turn.me.id, group=group.id):
        return End(head, rows=(text("welfare-fund-observer"), *claims))
    return End(head, rows=(*waits, text("welfare-fund-left", left=kitty.left), *claims))


@screen("welfare.which", leads={"menu": go("welfare.menu")}, each=(go("welfare.one"), "claim"))
async def ask_which(turn: Turn) -> Screen:
    """The claims that wait for an official's word."""
    waiting = await open_claims(turn.uow, official=turn.me.id, group=turn.group)
    if not waiting:
        return Screen(text("welfare-none-waits"), choices=(option("menu", text("welfare-back")),))
    lines = [Choice(str(one.id), text("welfare-which-line", number=one.number, amount=one.amount)) for one in waiting]
    return Screen(text("welfare-which"), choices=tuple(lines))


@ask_which.answered
async def take_which(turn: Turn, chosen: str) -> Step:
    """Remember it."""
    if chosen == "menu":
        return go("welfare.menu")
    waiting = await open_claims(turn.uow, official=turn.me.id, group=turn.group)
    one = chosen_of(waiting, chosen)
    if one is None:
        return go("welfare.menu")
    return go("welfare.one", claim=one.id, amount=one.amount, person=one.who)


@screen("welfare.one")
async def ask_one(turn: Turn) -> Screen:
    """To whom, how much, for what, and who has approved."""
    waiting = await open_claims(turn.uow, official=turn.me.id, group=turn.group)
    one = next((one for one in waiting if one.id == turn.id("claim")), None)
    if one is None:
        raise NoClaim
    what = text(
        "welfare-one",
        amount=one.amount,
        person=one.who,
        benefit=BENEFIT_NAMES[one.kind],
        reason=one.reason,
        count=one.approved,
        needed_approvals=one.needed,
    )
    return Screen(what, choices=(option("approve", text("welfare-approve")), option("refuse", text("welfare-refuse")), NO))


@ask_one.answered
async def take_one(_turn: Turn, chosen: str) -> Step:
    """Either word needs her PIN."""
    doors: dict[str, Step] = {"approve": go("welfare.approve"), "refuse": go("welfare.refuse")}
    return doors.get(chosen, End(text("welfare-cancelled")))


@action("welfare.approve", needs=Assurance.PIN, why="pin-why-welfare-approve", final=True)
async def approve(turn: Turn) -> Step:
    """Her yes; the last one pays."""
    return await _decided(turn, approves=True)


@action("welfare.refuse", needs=Assurance.PIN, why="pin-why-welfare-refuse")
async def refuse(turn: Turn) -> Step:
    """Her no."""
    return await _decided(turn, approves=False)


async def _decided(turn: Turn, *, approves: bool) -> Step:
    group = turn.group
    outcome = await decide(turn.uow, official=turn.me.id, group=group, claim=turn.id("claim"), approves=approves)
    person = str(turn.values["person"])
    ends: dict[str, Text] = {
        "waiting": text("welfare-decided-waiting"),
        "paid": text("welfare-decided-paid", amount=turn.money("amount"), person=person),
        "refused": text("welfare-decided-refused", person=person),
    }
    return End(ends[outcome])
