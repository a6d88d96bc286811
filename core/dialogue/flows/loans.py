"""Loans: ask for one, vouch for others, decide as an official, repay, and what the group has lent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.daos.calendar import day_of
from core.daos.groups import find_group, require_member
from core.daos.loans.asking import SMALLEST, ask_for_loan, may_vouch, offer
from core.daos.loans.deciding import withdraw_request
from core.daos.loans.reading import Loan, agreeing, find_loan, live_loan, pledges_of, standing_of
from core.daos.loans.refusals import GuarantorsNeeded, LoanTooLarge, LoanTooSmall, MoreThanOwed, WrongTerm
from core.daos.loans.repaying import repay
from core.daos.loans.schedule import instalments, total_to_repay
from core.daos.people import OFFICIALS, require_participant
from core.dialogue.definitions import action, screen
from core.dialogue.flows.loan_words import day, percent, pledges_waiting, to_decide
from core.dialogue.flows.receipts import keep_receipt
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import text
from core.notifications.service import Receipt

DOORS = {
    "vouch": go("loans.vouching"),
    "decide": go("loans.deciding"),
    "mine": go("loans.mine"),
    "group": go("loans.group"),
}


@screen("loans.menu", leads={**DOORS, "ask": go("loans.amount")})
async def ask_menu(turn: Turn) -> Screen:
    """What she can do, each by its number for ever: what is only there at times doesn't change the others'."""
    membership = await require_member(turn.uow, member=turn.me.id, group=turn.group)
    deciding, vouching = await to_decide(turn), await pledges_waiting(turn)
    mine = await live_loan(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(
        text("loans-menu"),
        choices=(
            option("mine", text("loans-mine"), 1) if mine else option("ask", text("loans-ask"), 2),
            option("group", text("loans-group"), 3),
            *((option("pot", text("loans-pot"), 4),) if membership.role in OFFICIALS else ()),
            *((option("vouch", text("loans-vouch", count=len(vouching)), 5),) if vouching else ()),
            *((option("decide", text("loans-decide", count=len(deciding)), 6),) if deciding else ()),
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen == "ask":
        # An observer isn't told of a waiting time or a limit, which would sound as if they were all that is in her way.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
        await offer(turn.uow, group=turn.group, member=turn.me.id)
        return go("loans.amount")
    return DOORS.get(chosen) or go("pots.one", fund="loans")


@screen("loans.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much she may borrow, and at what price. Her savings themselves stay behind the PIN."""
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(text("loan-amount", most=found.most, rate=percent(found.rate)), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """An amount that she may borrow."""
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    if amount < SMALLEST:
        raise LoanTooSmall(SMALLEST)
    if amount > found.most or (found.to_vouch_for(amount) and not found.guarantors):
        raise LoanTooLarge(found.most if found.guarantors else min(found.most, found.free))
    return go("loans.months", amount=amount, chosen=[])


@screen("loans.months")
async def ask_months(turn: Turn) -> Screen:
    """For how long."""
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(text("loan-months", high=found.months), asks=Asks.DIGITS)


@ask_months.answered
async def take_months(turn: Turn, typed: str) -> Step:
    """So many months as the rules allow."""
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    if len(typed) > len(str(found.months)) or not 1 <= int(typed) <= found.months:
        raise WrongTerm(found.months)
    needed = found.guarantors if found.to_vouch_for(turn.money("amount")) else 0
    if not needed:
        return go("loans.confirm", months=int(typed), intent=turn.uow.ids.new())
    if len(await may_vouch(turn.uow, group=turn.group, member=turn.me.id)) < needed:
        raise GuarantorsNeeded(needed)
    return go("loans.guarantor", months=int(typed), needed=needed)


@screen("loans.guarantor")
async def ask_guarantor(turn: Turn) -> Screen:
    """Who vouches, one after another; nobody twice."""
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    chosen = set(turn.values["chosen"])
    people = [one for one in await may_vouch(turn.uow, group=turn.group, member=turn.me.id) if str(one.id) not in chosen]
    return Screen(
        text(
            "loan-guarantor",
            missing=found.to_vouch_for(turn.money("amount")),
            number=len(chosen) + 1,
            count=turn.values["needed"],
        ),
        choices=tuple(Choice(str(one.id), text("loan-guarantor-name", name=one.name)) for one in people),
    )


@ask_guarantor.answered
async def take_guarantor(turn: Turn, chosen: str) -> Step:
    """One more, until there are enough."""
    everybody = [*turn.values["chosen"], chosen]
    if len(everybody) < turn.values["needed"]:
        return go("loans.guarantor", chosen=everybody)
    return go("loans.confirm", chosen=everybody, intent=turn.uow.ids.new())


@screen("loans.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """The whole price in shillings, before anything is asked for."""
    group = await find_group(turn.uow, group=turn.group)
    found = await offer(turn.uow, group=turn.group, member=turn.me.id)
    terms = found.terms(turn.money("amount"), turn.values["months"])
    start = day_of(turn.uow.clock.now())
    first = instalments(terms, start=start)[0]
    said = {"amount": terms.principal, "months": terms.months, "total": total_to_repay(terms, start=start)}
    return Screen(
        text("loan-confirm", first=first.total, group=group.name, **said),
        rows=(text("loan-confirm-vouched", count=len(turn.values["chosen"])),),
        choices=(YES, NO),
    )


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("loans.send") if chosen == "yes" else End(text("loan-cancelled"))


@action("loans.send", needs=Assurance.PIN, why="pin-why-loan")
async def send(turn: Turn) -> Step:
    """Ask; everybody whose word is needed is told."""
    guarantors = [MemberId(UUID(one)) for one in turn.values["chosen"]]
    await ask_for_loan(
        turn.uow,
        intent=turn.intent,
        group=turn.group,
        member=turn.me.id,
        amount=turn.money("amount"),
        months=turn.values["months"],
        guarantors=guarantors,
    )
    asked = text("loan-asked", amount=turn.money("amount"), count=len(guarantors))
    return End(asked, undo=go("loans.take_back", group=turn.group))


@action("loans.take_back", needs=Assurance.MEMBER, why="pin-why-loan")
async def take_back(turn: Turn) -> Step:
    """She doesn't want it after all; that gives nobody anything."""
    loan = await live_loan(turn.uow, group=turn.group, member=turn.me.id)
    if loan is None:
        return go("loans.menu")
    await withdraw_request(turn.uow, loan=loan.id, member=turn.me.id)
    return End(text("loan-withdrawn"))


@screen("loans.mine", needs=Assurance.RECENT_PIN)
async def ask_mine(turn: Turn) -> Screen:
    """Where her loan is: what she owes, or who hasn't agreed yet."""
    loan = await live_loan(turn.uow, group=turn.group, member=turn.me.id)
    if loan is None:
        return Screen(text("loan-none"), choices=(option("menu", text("loans-menu")),))
    if loan.status == "asked":
        return await _waiting(turn, loan)
    stands = await standing_of(turn.uow, loan)
    return Screen(
        text(
            "loan-stands",
            payoff=stands.payoff,
            instalment=stands.instalment,
            day=day(stands.due),
        ),
        rows=(text("loan-late", arrears=stands.arrears),) if stands.arrears else (),
        choices=(option("pay", text("loan-pay")), option("plan", text("loan-plan"))),
    )


@ask_mine.answered
async def take_mine(turn: Turn, chosen: str) -> Step:
    """Repay, read the plan, or withdraw what isn't decided yet."""
    loan = await live_loan(turn.uow, group=turn.group, member=turn.me.id)
    if loan is None or chosen == "menu":
        return go("loans.menu")
    if chosen == "withdraw":
        await withdraw_request(turn.uow, loan=loan.id, member=turn.me.id)
        return End(text("loan-withdrawn"))
    return go("loans.plan", loan=loan.id) if chosen == "plan" else go("loans.pay_amount", loan=loan.id)


@screen("loans.plan")
async def ask_plan(turn: Turn) -> Screen:
    """Every instalment, as it was agreed."""
    loan = await find_loan(turn.uow, loan=turn.id("loan"))
    start = loan.started_on or day_of(turn.uow.clock.now())
    rows = (
        text("loan-plan-line", day=day(one.due), total=one.total, interest=one.interest)
        for one in instalments(loan.terms, start=start)
    )
    title = text("loan-plan-title", amount=loan.terms.principal, rate=percent(loan.terms.rate))
    return Screen(title, rows=tuple(rows), choices=(option("mine", text("loans-mine")),))


@ask_plan.answered
async def take_plan(_turn: Turn, _chosen: str) -> Step:
    """Back to where it stands."""
    return go("loans.mine")


@screen("loans.pay_amount")
async def ask_pay_amount(turn: Turn) -> Screen:
    """How much; what is due now and what would settle it."""
    stands = await standing_of(turn.uow, await find_loan(turn.uow, loan=turn.id("loan")))
    return Screen(text("loan-pay-amount", payoff=stands.payoff, instalment=stands.instalment), asks=Asks.AMOUNT)


@ask_pay_amount.answered
async def take_pay_amount(turn: Turn, amount: Money) -> Step:
    """No more than is owed; another amount is another repayment."""
    stands = await standing_of(turn.uow, await find_loan(turn.uow, loan=turn.id("loan")))
    if amount > stands.payoff:
        raise MoreThanOwed(stands.payoff)
    group = await find_group(turn.uow, group=turn.group)
    return go("loans.pay_confirm", amount=amount, group_name=group.name, intent=turn.uow.ids.new())


@screen("loans.pay_confirm", leads={"yes": go("loans.pay")})
async def ask_pay_confirm(turn: Turn) -> Screen:
    """Amount and group, before anything happens."""
    return Screen(text("loan-pay-confirm", amount=turn.money("amount"), group=turn.values["group_name"]), choices=(YES, NO))


@ask_pay_confirm.answered
async def take_pay_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("loans.pay") if chosen == "yes" else End(text("contribute-cancelled"))


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to this group."""
    name = str(turn.values["group_name"])
    return Approval("repay", turn.intent, turn.money("amount"), payee=name, payee_id=str(turn.id("loan")))


@action("loans.pay", needs=Assurance.PIN, why="pin-why-repay", approves=approval, final=True)
async def pay(turn: Turn) -> Step:
    """Move the money and say what is still owed."""
    made = await repay(turn.uow, intent=turn.intent, loan=turn.id("loan"), payer=turn.me.id, amount=turn.money("amount"))
    said: dict[str, Any] = {"reference": made.reference, "amount": made.amount, "interest": made.interest}
    done = text("loan-paid", group=turn.values["group_name"], left=made.left, **said)
    if not made.repeated:
        party, now = str(turn.values["group_name"]), turn.uow.clock.now()
        receipt = Receipt("repayment", made.amount, party, now, reference=made.reference, balance=made.balance)
        await keep_receipt(turn, done, receipt, template="loan_receipt")
    return End(done)


async def _waiting(turn: Turn, loan: Loan) -> Screen:
    pledges = await pledges_of(turn.uow, loan=loan.id)
    return Screen(
        text(
            "loan-waits",
            amount=loan.terms.principal,
            vouched=sum(one.status == "accepted" for one in pledges),
            count=len(pledges),
            agreed=await agreeing(turn.uow, loan=loan.id, question="payout"),
        ),
        choices=(option("withdraw", text("loan-withdraw")),),
    )
