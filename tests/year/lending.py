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
SECOND = 2


async def day(chama: Chama) -> None:
    """What happens with loans on this day of the group."""
    if chama.due(30, 9):
        await _fund(chama, "in", 2_000)
    if chama.due(90, 80):
        await _fund(chama, "out", 100)
    if chama.due(9, 2) and chama.day > 9:
        await _lend(chama, chama.turn("loans", first=1))
    if chama.on(10):
        await _refused(chama)
    if chama.day % 5 == 0 or not chama.is_daily:
        await _repay(chama, chama.turn("repayments", first=1))


async def _fund(chama: Chama, direction: str, amount: int) -> None:
    first, second, *_ = chama.officials()
    given = {"group": chama.id, "official": first, "amount": shillings(amount), "direction": direction}
    made = await chama.act(f"propose to move money {direction}", propose_funding, intent=chama.intent(), **given)
    if made is not None and not made.done:
        await chama.act(f"move money {direction}", decide_funding, funding=made.id, official=second, agrees=True)


async def _lend(chama: Chama, turn: int) -> None:
    """To the next member, so much that others have to vouch; some never pay (`keep`)."""
    borrower = chama.ordinary[turn % len(chama.ordinary)]
    found = await chama.act("read what one may borrow", offer, group=chama.id, member=borrower)
    if found is None or found.most < shillings(200):
        return
    wanted = min(found.most, max(found.free, shillings(300)) + shillings(150))
    amount = Money(max(wanted.minor // 100 * 100, 100_00))
    others = [one for one in chama.members if one != borrower][: max(found.guarantors, 2)]
    guarantors = others if found.to_vouch_for(amount) else []
    bad = _goes_bad(chama, turn)
    loan = await _ask(chama, borrower, amount, guarantors, months=1 if bad else 1 + turn % 3)
    if loan is None:
        return
    for guarantor in guarantors:
        await chama.act("vouch for a loan", answer_pledge, loan=loan.id, guarantor=guarantor, accepts=True)
    for official in chama.officials(borrower):
        if (await chama.ask(find_loan, loan=loan.id)).status == "asked":
            await chama.act("decide a loan", decide_loan, loan=loan.id, official=official, agrees=True)
    chama.keep.setdefault("bad loans", [])
    if bad:
        chama.keep["bad loans"].append(loan.id)


def _goes_bad(chama: Chama, turn: int) -> bool:
    """Every third is never repaid; where loans are rare the first two, so that their end comes within the year."""
    return turn % 3 == 0 if chama.is_daily else turn % 3 == 1 or turn == SECOND


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
    """Good borrowers pay what is due, in the end all; somebody else helps; the others are recovered or forgiven."""
    for loan in await chama.ask(loans_of_group, group=chama.id, statuses=("running",)):
        stands, late = await chama.ask(_standing, loan=loan)
        if loan.id in chama.keep.get("bad loans", []):
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
    """Recovered from savings once it may be; what is left after that is proposed to be forgiven."""
    if late < RECOVERABLE:
        return
    if loan.id not in chama.keep.setdefault("recovered", []):
        chama.keep["recovered"].append(loan.id)
        forgives = len(chama.keep["recovered"]) % 2 == 0
        for official in () if forgives else chama.officials(loan.borrower):
            if (await chama.ask(find_loan, loan=loan.id)).status == "running":
                await chama.act("take a loan from savings", decide_recovery, loan=loan.id, official=official, agrees=True)
        chama.world.counts["a loan is taken from savings"] += not forgives
        return
    if loan.id not in chama.keep.setdefault("to forgive", []) and loan.borrower in chama.members:
        chama.keep["to forgive"].append(loan.id)
        name = next(person.name for person in chama.people if person.id == loan.borrower)
        chama.keep.setdefault("matters", []).append(WriteOff(stands.payoff, loan.borrower, name[:18], loan.id))
