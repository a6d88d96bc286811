"""What happens to the group in its year, month by month, and what still waits for the visitor on the last day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime, timedelta

from core.daos.amendments import answer
from core.daos.calendar import at_hour, day_of
from core.daos.contributions import contribute
from core.daos.dues.by_rule import start_from_constitution
from core.daos.dues.charges import open_charges_of
from core.daos.loans.asking import ask_for_loan
from core.daos.loans.deciding import decide_loan
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.loans.reading import loans_of_group, standing_of
from core.daos.loans.repaying import repay
from core.daos.loans.vouching import answer_pledge
from core.daos.meetings import add_item, attend, call_meeting, open_attendance
from core.daos.minutes import confirm_minutes, freeze_minutes
from core.daos.rotation.order import agree, close_hands, propose_order
from core.daos.rotation.paying import owed_by, pay
from core.daos.rotation.reading import round_of
from core.daos.rotation.rounds import live_round, open_round, take_hand
from core.daos.spending import Payee
from core.daos.welfare.claims import claim
from core.daos.welfare.deciding import decide
from core.daos.welfare.kitty import pay_welfare
from core.dialogue.flows.minutes_sources import MINUTES_SOURCES
from core.governance.matters import Matter, Motion, RuleChange
from core.governance.proposing import propose, second
from core.governance.voting import cast
from core.jobs.past.cast import ACHIENG, BARAKA, CAST, FATUMA, HALIMA, MUTUA, NJERI, OTIENO, WANJIRU
from core.jobs.past.chama import Chama, shillings
from core.treasury.approving import approve
from core.treasury.asking import ask_payment
from core.treasury.requests import Request

MONTHS = 12
# Every month on its due day, when the late have been fined, and when what was approved has been paid.
LATER = (3, 6)
ACTING, SEALING = 10, 20
RULES = {
    "loan_waiting_days": 0,
    "welfare_waiting_days": 0,
    "rotation_order": "agreed",
    # Nothing was sent out by M-Pesa in this year: turns stay in the members' accounts.
    "rotation_payout": "account",
    "petty_cash": 300_00,
    "meeting_frequency": "monthly",
}
HAND = shillings(300)
Say = Callable[[str], None]


def due_days(today: date) -> list[date]:
    """The due days of the year that ends today: the last one was four to six days ago, so that somebody is late by now."""
    last = today - timedelta(days=4)
    day = min(last.day, 28)
    months = [divmod(last.year * 12 + last.month - 1 - back, 12) for back in range(MONTHS, -1, -1)]
    return [date(year, month + 1, day) for year, month in months]


async def live(chama: Chama, until: datetime, say: Say) -> None:
    """The whole year up to `until`; the clock stands at the first day and the group has only its founder."""
    days = due_days(day_of(until))
    await _begin(chama, days[0].day)
    for number, day in enumerate(days):
        say(f"{day:%b}")
        await _month(chama, number, day, until)
    await chama.until(until)
    await _today(chama)
    await chama.await_visitor()
    await chama.work()


async def _begin(chama: Chama, due_day: int) -> None:
    answers = {**RULES, "due_day": due_day}
    await chama.act(answer, group=chama.id, member=chama.ids[WANJIRU], answers=answers)
    await chama.fill()
    for rule in ("contribution", "welfare"):
        begun = {"official": chama.ids[NJERI], "group": chama.id, "rule": rule}
        await chama.act(start_from_constitution, intent=await chama.intent(), **begun)
    await chama.work()


async def _month(chama: Chama, number: int, day: date, until: datetime) -> None:
    await chama.until(at_hour(day, ACTING))
    if number % 3 == 0:
        for place in range(len(CAST)):
            await chama.deposit(place, 4_000)
        await chama.work()
    # Baraka's turn to be late is every third month, the last one among them.
    await _contribute(chama, late=number % 3 == 0)
    await _rounds(chama, number)
    if number in EVENTS:
        await EVENTS[number](chama)
    await chama.work()
    await chama.until(at_hour(day, SEALING))
    for after in LATER:
        if (moment := at_hour(day + timedelta(days=after), ACTING)) < until:
            await chama.until(moment)
            await _catch_up(chama, number, after)
            await chama.until(moment.replace(hour=SEALING)) if moment.replace(hour=SEALING) < until else None


async def _contribute(chama: Chama, *, late: bool) -> None:
    for place, one in enumerate(CAST):
        if not (late and one.late):
            await _pay_all(chama, place)


async def _pay_all(chama: Chama, place: int) -> None:
    owed = [one.missing for one in await chama.act(open_charges_of, group=chama.id, member=chama.ids[place])]
    if owed:
        amount = sum(owed[1:], start=owed[0])
        paid = {"member": chama.ids[place], "group": chama.id, "amount": amount}
        await chama.act(contribute, intent=await chama.intent(), **paid)


async def _rounds(chama: Chama, number: int) -> None:
    """From the second month on: a hand each, a turn each month."""
    running = await chama.act(live_round, group=chama.id)
    if running is None and number >= 1:
        await _open_round(chama)
    elif running is not None:
        for member in chama.ids:
            if owed := await chama.act(owed_by, rotation=running.id, member=member):
                given = {"payer": member, "member": member, "rotation": running.id, "amount": owed}
                await chama.act(pay, intent=await chama.intent(), **given)


async def _open_round(chama: Chama) -> None:
    chair = chama.ids[WANJIRU]
    opened = {"official": chair, "group": chama.id, "amount": HAND}
    rotation = await chama.act(open_round, intent=await chama.intent(), **opened)
    for member in chama.ids:
        await chama.act(take_hand, member=member, rotation=rotation)
    await chama.act(close_hands, official=chair, rotation=rotation)
    order = list((await chama.act(round_of, viewer=chair, group=chama.id)).hands)
    await chama.act(propose_order, official=chair, rotation=rotation, order=order)
    for member in chama.ids:
        await chama.act(agree, member=member, rotation=rotation, order=order)


async def _catch_up(chama: Chama, number: int, after: int) -> None:
    """Who was late pays with the fine (not in the last month); loans are repaid; what was held is written down."""
    if after == LATER[1] and number < MONTHS:
        await _pay_all(chama, BARAKA)
        for loan in await chama.act(loans_of_group, group=chama.id, statuses=("running",)):
            part = shillings(400 if loan.borrower == chama.ids[MUTUA] else 550)
            left = (await chama.act(standing_of, loan=loan)).payoff
            await chama.act(repay, intent=await chama.intent(), loan=loan.id, payer=loan.borrower, amount=min(part, left))
    if after == LATER[1] and number == MEETS:
        await _hold_meeting(chama)


async def _fund_loans(chama: Chama, amount: int) -> None:
    given = {"group": chama.id, "official": chama.ids[NJERI], "amount": shillings(amount), "direction": "in"}
    made = await chama.act(propose_funding, intent=await chama.intent(), **given)
    if not made.done:
        await chama.act(decide_funding, funding=made.id, official=chama.ids[WANJIRU], agrees=True)


async def _lend(chama: Chama, borrower: int, amount: int, *, months: int) -> None:
    """Vouched for by two, decided by the officials."""
    guarantors = [chama.ids[place] for place in (FATUMA, HALIMA)]
    asked = {"group": chama.id, "member": chama.ids[borrower], "amount": shillings(amount), "months": months}
    loan = await chama.act(ask_for_loan, intent=await chama.intent(), guarantors=guarantors, **asked)
    for guarantor in guarantors:
        await chama.try_to(answer_pledge, loan=loan.id, guarantor=guarantor, accepts=True)
    for official in (WANJIRU, ACHIENG, NJERI):
        await chama.try_to(decide_loan, loan=loan.id, official=chama.ids[official], agrees=True)


async def _spend(chama: Chama, amount: int, reason: str, payee: int, *, waits_for: Collection[int] = ()) -> None:
    """The secretary asks the treasury to pay a member back; those who have to approve it do, except who is waited for."""
    about = {"payee": Payee(CAST[payee].name, member=chama.ids[payee]), "reason": reason, "category": "supplies"}
    asked = {"member": chama.ids[ACHIENG], "group": chama.id, "amount": shillings(amount), **about}
    request: Request = await chama.act(ask_payment, intent=await chama.intent(), **asked)
    silent = {chama.ids[place] for place in waits_for}
    for member in [one for one in (*request.padlocks, *request.signers) if one not in silent]:
        await chama.try_to(approve, request=request.id, member=member, digest=request.digest)


async def _vote(chama: Chama, matter: Matter, words: str, *, yes: int, voters: int = len(CAST)) -> None:
    """Njeri proposes; the first `voters` of the others' last ones vote, `yes` of them for it."""
    asked = {"group": chama.id, "proposer": chama.ids[NJERI], "matter": matter, "words": words}
    made = await chama.act(propose, intent=await chama.intent(), **asked)
    if made.state == "waiting":
        await chama.act(second, proposal=made.id, seconder=chama.ids[ACHIENG])
    # From the back of the cast, so that an open vote still waits for those who own the visible phones.
    for place, voter in enumerate(reversed(chama.ids[-voters:])):
        ballot = {"voter": voter, "choice": "yes" if place < yes else "no", "channel": "ussd"}
        await chama.try_to(cast, intent=await chama.intent(), proposal=made.id, **ballot)


async def _help(chama: Chama, member: int, benefit: str, amount: int) -> None:
    """The kitty helps somebody."""
    await chama.act(pay_welfare, intent=await chama.intent(), member=chama.ids[NJERI], group=chama.id, amount=shillings(500))
    asked = {"member": chama.ids[member], "group": chama.id, "benefit": benefit, "reason": "a week in hospital"}
    made = await chama.act(claim, intent=await chama.intent(), amount=shillings(amount), **asked)
    for official in (WANJIRU, NJERI):
        word = {"official": chama.ids[official], "group": chama.id, "claim": made.id, "approves": True}
        await chama.try_to(decide, **word)


async def _meet(chama: Chama) -> None:
    starts = chama.clock.now() + timedelta(days=LATER[1])
    called = {"group": chama.id, "by": chama.ids[ACHIENG], "starts_at": starts, "place": "At the school"}
    await chama.act(call_meeting, **called)
    for words in ("The harvest", "Loans of this year"):
        await chama.act(add_item, group=chama.id, by=chama.ids[ACHIENG], words=words)


async def _hold_meeting(chama: Chama) -> None:
    secretary = chama.ids[ACHIENG]
    code = await chama.act(open_attendance, group=chama.id, by=secretary)
    for member in chama.ids[:-1]:
        await chama.act(attend, group=chama.id, member=member, code=code)
    made = await chama.act(freeze_minutes, group=chama.id, by=secretary, sources=MINUTES_SOURCES)
    await chama.act(confirm_minutes, meeting=made.meeting, group=chama.id, by=chama.ids[WANJIRU])


async def _today(chama: Chama) -> None:
    """What the visitor finds waiting: a vote, a payment to approve, somebody who asks for a voucher."""
    await _vote(chama, Motion(), "Buy a water tank", yes=2, voters=3)
    await _spend(chama, 500, "tea for the meeting", FATUMA, waits_for=(WANJIRU, OTIENO))
    asked = {"group": chama.id, "member": chama.ids[HALIMA], "amount": shillings(2_000), "months": 4}
    guarantors = [chama.ids[OTIENO], chama.ids[FATUMA]]
    await chama.try_to(ask_for_loan, intent=await chama.intent(), guarantors=guarantors, **asked)


# What each month is remembered for; in the others nothing but the usual happens.
MEETS = 3
EVENTS: dict[int, Callable[[Chama], Awaitable[object]]] = {
    1: lambda chama: _fund_loans(chama, 4_000),
    2: lambda chama: _lend(chama, MUTUA, 1_000, months=3),
    MEETS: _meet,
    4: lambda chama: _spend(chama, 800, "chairs for meetings", MUTUA),
    5: lambda chama: _vote(chama, Motion(), "Meet at the school", yes=7),
    6: lambda chama: _help(chama, HALIMA, "hospital", 1_500),
    7: lambda chama: _vote(chama, RuleChange("fine", None, 100_00), "", yes=7),
    8: lambda chama: _lend(chama, OTIENO, 3_000, months=6),
    9: lambda chama: _spend(chama, 600, "a cash box and books", FATUMA),
    10: lambda chama: _vote(chama, Motion(), "A picnic in March", yes=3),
    11: lambda chama: _fund_loans(chama, 3_000),
}
