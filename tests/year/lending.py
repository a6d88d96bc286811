"""Loans: funded by officials, vouched for, refused, repaid early, late or by somebody else, taken from savings, forgiven by a vote."""

from __future__ import annotations

from typing import Any

from core.daos.loans.asking import ask_for_loan, offer
from core.daos.loans.deciding import decide_loan, withdraw_request
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.loans.reading import find_loan, loans_of_group, standing_of, today
from core.daos.loans.repaying import decide_recovery, repay
from core.daos.loans.vouching import answer_pledge
from core.governance.matters import WriteOff
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import Money

from .chama import Chama, shillings

# Sixty days late is when officials may take it from savings.
RECOVERABLE = 60
# From when on one borrower of the group, by her place among the ordinary members, gets a loan of a month that she never repays:
# the first ends well before the summer, the second before the year does.
SILENT, SILENT_FROM = 4, (14, 170)


async def day(chama: Chama) -> None:
    """What happens with loans on this day of the group."""
    if chama.due(30, 9):
        await _fund(chama, "in", 2_000)
    if chama.due(90, 80):
        await _fund(chama, "out", 100)
    if chama.on(25):
        # What was collected for a project is spent through the treasury, and the reserve for turns is filled from it.
        await _fund(chama, "out", 50, fund="project")
        await _fund(chama, "in", 50, fund="reserve")
    await _lend_to_the_silent(chama)
    if chama.due(9, 2) and chama.day > 9:
        turn = chama.turn("loans", first=1)
        await _lend(chama, chama.ordinary[turn % len(chama.ordinary)], months=1 + turn % 3)
    if chama.on(10):
        await _refused(chama)
    if chama.day % 5 == 0 or not chama.is_daily:
        await _repay(chama, chama.turn("repayments", first=1))


async def _fund(chama: Chama, direction: str, amount: int, *, fund: str = "loans") -> None:
    first, *others = chama.officials()
    given = {"group": chama.id, "official": first, "amount": shillings(amount), "direction": direction, "fund": fund}
    made = await chama.act(f"propose to move money {direction}", propose_funding, intent=chama.intent(), **given)
    for official in others if made else ():
        if not made.done:
            given = {"funding": made.id, "official": official, "agrees": True}
            made = await chama.act(f"move money {direction}", decide_funding, **given) or made


async def _lend_to_the_silent(chama: Chama) -> None:
    """As soon as the pot lends her anything: to somebody who then pays nothing until her loan is over."""
    lent = chama.keep.setdefault("bad loans", [])
    if len(lent) == len(SILENT_FROM) or chama.day < SILENT_FROM[len(lent)] or len(chama.ordinary) <= SILENT + 1:
        return
    borrower = chama.keep.setdefault("silent borrower", chama.ordinary[SILENT])
    if borrower in chama.members and (loan := await _lend(chama, borrower, months=1)):
        lent.append(loan)
        chama.silent.add(borrower)


async def _lend(chama: Chama, borrower: MemberId, *, months: int) -> Any:
    """So much that others have to vouch; the loan, when she got one."""
    found = await chama.act("read what one may borrow", offer, group=chama.id, member=borrower)
    if found is None or found.most < shillings(200):
        return None
    wanted = min(found.most, max(found.free, shillings(300)) + shillings(150))
    amount = Money(max(wanted.minor // 100 * 100, 100_00))
    others = [one for one in chama.members if one != borrower][: max(found.guarantors, 2)]
    guarantors = others if found.to_vouch_for(amount) else []
    loan = await _ask(chama, borrower, amount, guarantors, months=months)
    if loan is None:
        return None
    for guarantor in guarantors:
        await chama.act("vouch for a loan", answer_pledge, loan=loan.id, guarantor=guarantor, accepts=True)
    for official in chama.officials(borrower):
        if (await chama.ask(find_loan, loan=loan.id)).status == "asked":
            await chama.act("decide a loan", decide_loan, loan=loan.id, official=official, agrees=True)
    return loan.id


async def _ask(chama: Chama, borrower: MemberId, amount: Money, guarantors: list[MemberId], months: int) -> Any:
    given = {"group": chama.id, "member": borrower, "amount": amount, "months": months, "guarantors": guarantors}
    what = "ask for a loan, vouched for" if guarantors else "ask for a loan"
    return await chama.act(what, ask_for_loan, intent=chama.intent(), **given)


async def _refused(chama: Chama) -> None:
    """Too much, taken back, declined by who should vouch, and refused by officials."""
    member = chama.ordinary[-1]
    await _ask(chama, member, shillings(900_000), [], months=1)
    for ending in ("withdraw", "decline", "reject"):
        found = await chama.ask(offer, group=chama.id, member=member)
        amount = Money(min(found.most, found.free + shillings(100)).minor // 100 * 100)
        others = [one for one in chama.members if one != member][: max(found.guarantors, 2)]
        loan = await _ask(chama, member, amount, others if found.to_vouch_for(amount) else [], months=1)
        if loan is None:
            continue
        if ending == "withdraw":
            await chama.act("take a loan request back", withdraw_request, loan=loan.id, member=member)
        elif ending == "decline":
            for guarantor in others[:1]:
                await chama.act("decline to vouch", answer_pledge, loan=loan.id, guarantor=guarantor, accepts=False)
            if (await chama.ask(find_loan, loan=loan.id)).status == "asked":
                await chama.act("take a loan request back", withdraw_request, loan=loan.id, member=member)
        else:
            for guarantor in others:
                await chama.act("vouch for a loan", answer_pledge, loan=loan.id, guarantor=guarantor, accepts=True)
            for official in chama.officials(member):
                await chama.act("refuse a loan", decide_loan, loan=loan.id, official=official, agrees=False)


async def _repay(chama: Chama, turn: int) -> None:
    """Good borrowers pay what is due, in the end all; somebody else helps; the silent one's are recovered or forgiven."""
    running = await chama.ask(loans_of_group, group=chama.id, statuses=("running",))
    chama.silent &= {loan.borrower for loan in running}
    for loan in running:
        stands, late = await chama.ask(_standing, loan=loan)
        if loan.borrower in chama.silent:
            await _bad(chama, loan, stands, late)
        elif stands.payoff:
            part = stands.payoff if late > 0 or turn % 4 == 0 else Money(max(stands.payoff.minor // 3, 100))
            payer = loan.borrower if turn % 4 or loan.borrower not in chama.members else chama.chair
            what = "repay a loan" if payer == loan.borrower else "repay a loan for another"
            if await chama.act(what, repay, intent=chama.intent(), loan=loan.id, payer=payer, amount=part) is None:
                await chama.deposit(payer, part)


async def _standing(uow: UnitOfWork, *, loan: Any) -> Any:
    stands = await standing_of(uow, loan)
    return stands, stands.days_late(today(uow))


async def _bad(chama: Chama, loan: Any, stands: Any, late: int) -> None:
    """Once it may be, one is recovered from savings and the next one forgiven; what no savings answer for is forgiven too."""
    if late < RECOVERABLE:
        return
    seen: list[Any] = chama.keep.setdefault("long overdue", [])
    if loan.id not in seen:
        seen.append(loan.id)
    forgives = (chama.number + seen.index(loan.id)) % 2 == 0
    if loan.id not in chama.keep.setdefault("recovered", []) and not forgives:
        chama.keep["recovered"].append(loan.id)
        await _recover(chama, loan)
    elif loan.id not in chama.keep.setdefault("to forgive", []):
        chama.keep["to forgive"].append(loan.id)
        matter = WriteOff(stands.payoff, loan.borrower, loan.name[:18], loan.id)
        chama.keep.setdefault("matters", []).append(matter)


async def _recover(chama: Chama, loan: Any) -> None:
    for official in chama.officials(loan.borrower):
        if (await chama.ask(find_loan, loan=loan.id)).status == "running":
            given = {"loan": loan.id, "official": official, "agrees": True}
            decided = await chama.act("decide to take a loan from savings", decide_recovery, **given)
            if decided is not None and decided.taken:
                chama.world.counts["a loan is taken from savings"] += 1
