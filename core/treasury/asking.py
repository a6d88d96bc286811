"""Asking for a payment: by an official, by the treasurer alone from petty cash, or by the members' vote.

What can't be paid is refused here already, so that nobody approves in vain; everything is looked at again when it is paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.daos.ending import refuse_while_ending
from core.daos.groups import require_member
from core.daos.people import NotYourRole, participants_of, people_of
from core.daos.rules import Rules
from core.daos.spending import Payee, one_at_a_time, spend_digest
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import KES, Money
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.ledger.service import KeyReused
from core.payments.group_payouts import quote_group_payout
from core.payments.withdrawals import QUOTE_LIFE
from core.treasury.allocating import allocate
from core.treasury.cooling import require_seasoned
from core.treasury.limits import check_balance, check_limits
from core.treasury.mandate import Mandate, cannot_speak, mandate_of
from core.treasury.models import TreasuryRequest
from core.treasury.padlock import padlocks_for
from core.treasury.reasons import Category, clean_reason
from core.treasury.requests import Path, Request, as_request, have_told, request_digest
from core.treasury.votes import lengths_of_reason, needs_vote

SMALLEST = Money(100, KES)
# To collect approvals (TON's and Safe's orders expire too; product notes, 3.6). A vote takes its own time on top.
APPROVABLE_FOR = timedelta(hours=72)
# An emergency is paid after an hour at most, and takes one more of the ordinary members than usual.
EMERGENCY_DELAY = timedelta(hours=1)


@dataclass
class TreasuryAmountTooSmall(CoreError):
    """A payment is at least `low`."""

    code = "treasury-amount-too-small"
    kind = Kind.INVALID

    low: Money


@dataclass
class UnknownPayee(CoreError):
    """The payee is no active member of the group."""

    code = "unknown-treasury-payee"
    kind = Kind.NOT_FOUND


@dataclass
class TooFewApprovers(CoreError):
    """So many approvals are needed, and only `count` officials may give one: who asked and who is paid can't."""

    code = "too-few-approvers"
    kind = Kind.CONFLICT

    needed: int
    count: int


@dataclass
class NoEmergency(CoreError):
    """The group has nobody who could approve more strictly than usual."""

    code = "no-treasury-emergency"
    kind = Kind.CONFLICT


@dataclass
class ReportDue(CoreError):
    """The last emergency payment must be reported to the group before the next."""

    code = "treasury-report-due"
    kind = Kind.CONFLICT

    number: int


@dataclass
class PettyToOneself(CoreError):
    """Petty cash is paid to others."""

    code = "petty-cash-to-oneself"
    kind = Kind.FORBIDDEN


@dataclass
class TreasuryQuoteExpired(CoreError):
    """The fees were shown too long ago to be taken unseen."""

    code = "treasury-quote-expired"
    kind = Kind.CONFLICT


@dataclass
class AccountCooling(CoreError):
    """Her account was recovered lately, so it doesn't speak for the group's money yet."""

    code = "account-cooling"
    kind = Kind.FORBIDDEN


async def ask_payment(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    member: MemberId,
    group: DaoId,
    amount: Money,
    payee: Payee,
    reason: str,
    category: Category = "other",
    path: Path = "usual",
    quoted_at: datetime | None = None,
) -> Request:
    """Ask the treasury to pay, once per intent; the group is told. Petty cash is set aside at once and paid by the worker.

    payee: `payee_of` finds it. quoted_at: when the fees were shown, if not just now. Raises NotAMember, GroupEnds,
    NotYourRole, AccountCooling, SignerCooling (petty cash), BadReason, UnknownPayee, PettyToOneself, TreasuryAmountTooSmall,
    what quote_group_payout raises, TooFewApprovers, NoEmergency, ReportDue, TreasuryLimit, TreasuryShort; KeyReused for another
    request's intent.
    """
    wanted = Wanted(member, group, amount, payee, clean_reason(reason), category, path, quoted_at or uow.clock.now())
    await one_at_a_time(uow, group)
    if (before := await same_request(uow, intent, wanted)) is not None:
        return before
    mandate = await mandate_of(uow, group=group)
    low, high = lengths_of_reason(mandate.rules, amount, path=path)
    clean_reason(reason, low=low, high=high)
    await _may_ask(uow, mandate, wanted)
    return await write_request(uow, intent, mandate, wanted)


async def payee_of(uow: UnitOfWork, *, group: DaoId, phone: Phone, name: str) -> Payee:
    """Who is paid at this number: the member of the group whose number it is, or somebody outside."""
    for person in await people_of(uow, group=group):
        if person.phone == phone:
            return Payee(person.name, member=person.id)
    return Payee(name, phone=phone)


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    member: MemberId
    group: DaoId
    amount: Money
    payee: Payee
    reason: str
    category: str
    path: Path
    at: datetime
    proposal: UUID | None = None

    @property
    def spend(self) -> str:
        """What a vote about it is about."""
        return spend_digest(group=self.group, amount=self.amount, payee=self.payee, reason=self.reason)


async def same_request(uow: UnitOfWork, intent: IntentId, wanted: Wanted) -> Request | None:
    """What was asked for under this intent before. Raises KeyReused when it was something else."""
    row = await uow.session.get(TreasuryRequest, intent, populate_existing=True)
    if row is None:
        return None
    if (row.proposer, row.spend, row.path, row.category) != (wanted.member, wanted.spend, wanted.path, wanted.category):
        raise KeyReused
    return as_request(row)


async def _may_ask(uow: UnitOfWork, mandate: Mandate, wanted: Wanted) -> None:
    await require_member(uow, member=wanted.member, group=wanted.group)
    await refuse_while_ending(uow, group=wanted.group)
    official = mandate.official(wanted.member)
    if official is None or (wanted.path == "petty" and official.role != "treasurer"):
        raise NotYourRole(text("role-treasurer"))
    if await cannot_speak(uow, [wanted.member]):
        raise AccountCooling
    if wanted.path == "petty":
        # Nobody else approves it, so it is an approval of her own.
        await require_seasoned(uow, group=wanted.group, rules=mandate.rules, member=wanted.member)
        if wanted.member in await _paid(uow, wanted):
            raise PettyToOneself
    if wanted.path == "emergency":
        await _has_reported(uow, wanted.group)


async def _has_reported(uow: UnitOfWork, group: DaoId) -> None:
    due = select(TreasuryRequest.number).where(
        TreasuryRequest.dao_id == group,
        TreasuryRequest.path == "emergency",
        TreasuryRequest.status == "paid",
        TreasuryRequest.report.is_(None),
    )
    number = await uow.session.scalar(due.order_by(TreasuryRequest.number).limit(1))
    if number is not None:
        raise ReportDue(number)


async def _paid(uow: UnitOfWork, wanted: Wanted) -> set[MemberId]:
    """The members of the group who would get the money, whether by account or by number. Raises UnknownPayee."""
    people = await people_of(uow, group=wanted.group)
    paid = {one.id for one in people if wanted.payee.member == one.id or wanted.payee.phone == one.phone}
    if wanted.payee.member is not None and not paid:
        raise UnknownPayee
    return paid


async def write_request(uow: UnitOfWork, intent: IntentId, mandate: Mandate, wanted: Wanted) -> Request:
    """Write it down, when it can be paid and approved. The treasury is locked; who may ask was decided before."""
    fee, charge = await _fees(uow, wanted)
    total, petty = wanted.amount + fee + charge, wanted.path == "petty"
    await check_limits(uow, group=wanted.group, rules=mandate.rules, total=total, petty=petty)
    await check_balance(uow, group=wanted.group, rules=mandate.rules, total=total)
    row = _row(uow, intent, mandate, wanted, fees=(fee, charge))
    row.fee_amount, row.charge_amount = fee.as_decimal(), charge.as_decimal()
    row.number = await _next_number(uow, wanted.group)
    await _choose_approvers(uow, row, mandate, wanted)
    uow.session.add(row)
    await uow.session.flush()
    if petty:
        # Nobody has to approve it, so it is set aside at once; the group hears of it when it is paid.
        await allocate(uow, row, mandate.rules, delay=timedelta(0))
    else:
        await have_told(uow, row.id, "asked")
    return as_request(row)


async def _fees(uow: UnitOfWork, wanted: Wanted) -> tuple[Money, Money]:
    if wanted.payee.phone is None:
        if wanted.amount < SMALLEST:
            raise TreasuryAmountTooSmall(SMALLEST)
        return Money(0), Money(0)
    if uow.clock.now() - wanted.at > QUOTE_LIFE:
        raise TreasuryQuoteExpired
    quote = await quote_group_payout(uow, amount=wanted.amount, at=wanted.at)
    return quote.fee, quote.charge


async def _choose_approvers(uow: UnitOfWork, row: TreasuryRequest, mandate: Mandate, wanted: Wanted) -> None:
    """Who may approve, and how many have to: never who asks nor who is paid."""
    but = {wanted.member, *await _paid(uow, wanted)}
    rules, row.signers = mandate.rules, [one.id for one in mandate.officials if one.id not in but]
    people = await participants_of(uow, group=wanted.group)
    row.objectors = max(1, min(rules.objectors, len(people) - len(but)))
    row.needed, row.padlocks, row.delay_minutes = 0, [], 0
    if wanted.path == "petty":
        return
    row.needed, row.delay_minutes = rules.approvals, rules.pay_delay_hours * 60
    if len(row.signers) < row.needed:
        raise TooFewApprovers(row.needed, len(row.signers))
    emergency = wanted.path == "emergency"
    wanted_padlocks = int(rules.padlock) + int(emergency)
    holders = await padlocks_for(uow, group=wanted.group, request=row.id, count=wanted_padlocks, but=but)
    row.padlocks = [one.id for one in holders]
    if emergency:
        _be_stricter(row, rules)


def _be_stricter(row: TreasuryRequest, rules: Rules) -> None:
    """Every official who may, and one more ordinary member; for that the wait is short."""
    usual = rules.approvals + min(int(rules.padlock), len(row.padlocks))
    row.needed = len(row.signers)
    row.delay_minutes = min(row.delay_minutes, int(EMERGENCY_DELAY.total_seconds()) // 60)
    if row.needed + len(row.padlocks) <= usual:
        raise NoEmergency


async def _next_number(uow: UnitOfWork, group: DaoId) -> int:
    return (await uow.session.scalar(select(func.max(TreasuryRequest.number)).where(TreasuryRequest.dao_id == group)) or 0) + 1


def _row(uow: UnitOfWork, intent: IntentId, mandate: Mandate, wanted: Wanted, *, fees: tuple[Money, Money]) -> TreasuryRequest:
    now, rules, payee = wanted.at, mandate.rules, wanted.payee
    # Petty cash is the treasurer's own by a rule of its own (article 20), also where votes begin at less.
    votes = needs_vote(rules, wanted.amount) and wanted.proposal is None and wanted.path != "petty"
    time = APPROVABLE_FOR + (timedelta(days=rules.voting_days, hours=rules.execution_hours) if votes else timedelta(0))
    digest = request_digest(
        group=wanted.group, amount=wanted.amount, payee=payee, reason=wanted.reason, mandate=mandate.version, fees=fees
    )
    return TreasuryRequest(
        id=intent,
        dao_id=wanted.group,
        proposer=wanted.member,
        path=wanted.path,
        amount=wanted.amount.as_decimal(),
        currency=wanted.amount.currency.code,
        payee_id=payee.member,
        payee_phone=payee.phone,
        payee_name=payee.name,
        reason=wanted.reason,
        category=wanted.category,
        mandate=mandate.version,
        digest=digest,
        spend=wanted.spend,
        needs_vote=votes,
        proposal_id=wanted.proposal,
        status="open",
        attempts=0,
        told=[],
        created_at=now,
        expires_at=uow.clock.now() + time,
        updated_at=uow.clock.now(),
    )
