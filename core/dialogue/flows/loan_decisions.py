"""Loans, where others wait for her: vouching with her savings, and deciding as an official."""

from __future__ import annotations

from uuid import UUID

from core.daos.groups import find_group
from core.daos.loans.deciding import decide_loan, deciders_of, votes_needed
from core.daos.loans.models import Question
from core.daos.loans.reading import Loan, agreeing, find_loan, loans_of_group, pledges_of, standing_of, standings_of, today
from core.daos.loans.repaying import decide_recovery
from core.daos.loans.savings import ZERO
from core.daos.loans.vouching import answer_pledge
from core.daos.people import short_name
from core.dialogue.definitions import action, screen
from core.dialogue.flows.loan_words import pledges_waiting, to_decide
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import Text, text
from core.ledger.accounts import pot
from core.ledger.service import balance


@screen("loans.vouching")
async def ask_vouching(turn: Turn) -> Screen:
    """Who asks her."""
    waiting = await pledges_waiting(turn)
    if not waiting:
        return Screen(text("loan-vouch-none"), choices=(option("menu", text("loans-menu")),))
    choices = (
        Choice(str(loan.id), text("loan-vouch-option", whom=short_name(loan.name), amount=pledge.amount))
        for pledge, loan in waiting
    )
    return Screen(text("loan-vouch-list"), choices=tuple(choices))


@ask_vouching.answered
async def take_vouching(turn: Turn, chosen: str) -> Step:
    """Remember whom, and for how much, so that what she read is what she answers."""
    for pledge, loan in await pledges_waiting(turn):
        if str(loan.id) == chosen:
            return go("loans.vouch", loan=loan.id, whom=short_name(loan.name), amount=pledge.amount, total=loan.terms.principal)
    return go("loans.menu")


@screen("loans.vouch")
async def ask_vouch(turn: Turn) -> Screen:
    """What vouching means, in shillings."""
    values = turn.values
    return Screen(
        text("loan-vouch", amount=turn.money("amount"), whom=values["whom"], total=turn.money("total")),
        choices=(
            option("yes", text("loan-vouch-yes")),
            option("no", text("loan-vouch-no")),
            option("later", text("loan-vouch-later")),
        ),
    )


@ask_vouch.answered
async def take_vouch(turn: Turn, chosen: str) -> Step:
    """Saying no needs no PIN."""
    if chosen == "yes":
        return go("loans.vouch_yes")
    if chosen == "later":
        return End(text("loan-vouch-wait"))
    await answer_pledge(turn.uow, loan=turn.id("loan"), guarantor=turn.me.id, accepts=False)
    return End(text("loan-not-vouched", whom=turn.values["whom"]))


@action("loans.vouch_yes", needs=Assurance.PIN, why="pin-why-vouch-loan")
async def vouch_yes(turn: Turn) -> Step:
    """Her savings answer for it from now on."""
    pledge = await answer_pledge(turn.uow, loan=turn.id("loan"), guarantor=turn.me.id, accepts=True)
    return End(text("loan-vouched", whom=turn.values["whom"], amount=pledge.amount))


@screen("loans.deciding", leads={"menu": go("loans.menu")}, each=(go("loans.decide"), "loan"))
async def ask_deciding(turn: Turn) -> Screen:
    """What waits for her as an official."""
    loans = await to_decide(turn)
    if not loans:
        return Screen(text("loan-decide-none"), choices=(option("menu", text("loans-menu")),))
    return Screen(text("loan-decide-list"), choices=tuple(Choice(str(loan.id), _option(loan)) for loan in loans))


@ask_deciding.answered
async def take_deciding(turn: Turn, chosen: str) -> Step:
    """Remember which, and how much."""
    if chosen == "menu":
        return go("loans.menu")
    loan = await find_loan(turn.uow, loan=UUID(chosen))
    remembered = {"loan": loan.id, "whom": short_name(loan.name), "amount": loan.terms.principal}
    return go("loans.decide", **remembered) if loan.status == "asked" else go("loans.recover", **remembered)


@screen("loans.decide")
async def ask_decide(turn: Turn) -> Screen:
    """Amount and borrower first; who vouches, and how many have agreed."""
    loan = await find_loan(turn.uow, loan=turn.id("loan"))
    agreed, needed = await _so_far(turn, loan, "payout")
    return Screen(
        text(
            "loan-decide",
            amount=loan.terms.principal,
            whom=short_name(loan.name),
            months=loan.terms.months,
            count=len(await pledges_of(turn.uow, loan=loan.id)),
            agreed=agreed,
            quota=needed,
        ),
        choices=(option("yes", text("loan-agree")), option("no", text("loan-refuse"))),
    )


@ask_decide.answered
async def take_decide(_turn: Turn, chosen: str) -> Step:
    """Either word needs her PIN: it is her signature."""
    return go("loans.agree") if chosen == "yes" else go("loans.refuse")


@action("loans.agree", needs=Assurance.PIN, why="pin-why-decide-loan", final=True)
async def agree(turn: Turn) -> Step:
    """Her word; the last one needed pays out."""
    decided = await decide_loan(turn.uow, loan=turn.id("loan"), official=turn.me.id, agrees=True)
    if decided.taken:
        return End(text("loan-now-paid", amount=turn.money("amount"), whom=turn.values["whom"]))
    return End(text("loan-word-given", agreed=decided.agreed, quota=decided.needed))


@action("loans.refuse", needs=Assurance.PIN, why="pin-why-refuse-loan")
async def refuse(turn: Turn) -> Step:
    """Her word against it."""
    decided = await decide_loan(turn.uow, loan=turn.id("loan"), official=turn.me.id, agrees=False)
    return End(text("loan-word-given", agreed=decided.agreed, quota=decided.needed))


@screen("loans.recover")
async def ask_recover(turn: Turn) -> Screen:
    """How much and how late, before savings are set against it."""
    loan = await find_loan(turn.uow, loan=turn.id("loan"))
    stands = await standing_of(turn.uow, loan)
    agreed, needed = await _so_far(turn, loan, "recovery")
    late = {"payoff": stands.payoff, "days": stands.days_late(today(turn.uow))}
    return Screen(text("loan-recover", whom=short_name(loan.name), agreed=agreed, quota=needed, **late), choices=(YES, NO))


@ask_recover.answered
async def take_recover(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("loans.take_savings") if chosen == "yes" else go("loans.deciding")


@action("loans.take_savings", needs=Assurance.PIN, why="pin-why-recover-loan", final=True)
async def take_savings(turn: Turn) -> Step:
    """Her word; the last one needed takes it."""
    decided = await decide_recovery(turn.uow, loan=turn.id("loan"), official=turn.me.id, agrees=True)
    if decided.taken:
        return End(text("loan-now-taken"))
    return End(text("loan-word-given", agreed=decided.agreed, quota=decided.needed))


@action("loans.group", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_group(turn: Turn) -> Step:
    """What the group has lent, what is late, and what it can still lend. Whose debts they are stays with the officials."""
    group = await find_group(turn.uow, group=turn.group)
    stands = await standings_of(turn.uow, await loans_of_group(turn.uow, group=group.id, statuses=("running",)))
    held = (await balance(turn.uow, pot(group.id, "loans"))).available
    out = sum((one.principal for one in stands), start=ZERO)
    late = sum((one.arrears for one in stands), start=ZERO)
    return End(text("loan-group-list", group=group.name, out=out, count=len(stands), late=late, held=held))


async def _so_far(turn: Turn, loan: Loan, question: Question) -> tuple[int, int]:
    deciders = await deciders_of(turn.uow, loan)
    needed = await votes_needed(turn.uow, loan.group, len(deciders))
    return await agreeing(turn.uow, loan=loan.id, question=question), needed


def _option(loan: Loan) -> Text:
    if loan.status == "asked":
        return text("loan-decide-option", whom=short_name(loan.name), amount=loan.terms.principal)
    return text("loan-recover-option", whom=short_name(loan.name))
