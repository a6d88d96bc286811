"""Money from the group's treasury into one of its pots, and back: officials decide together, as many as the rules say.

The loan pot is lent from, the reserve fills up turns of the merry-go-round that are short, and what was collected for a project
comes back into the treasury to be paid out like all else. Welfare and shares are left out: they have ways of their own.
What the rules always keep in the treasury stays there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID, uuid5

from sqlalchemy import func, select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.loans.asking import TEMPLATE
from core.daos.loans.models import LoanFundingDecisionRow, LoanFundingRow
from core.daos.loans.refusals import NotDecidable, UnknownLoan
from core.daos.people import OFFICIALS, people_of, require_role
from core.daos.spending import one_at_a_time
from core.daos.telling import tell_each, tell_group
from core.identity.signing import renew_word, require_may_sign, words_that_count
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question, Selected, given
from core.kernel.texts import Text, text
from core.ledger.accounts import pot, treasury
from core.ledger.service import KeyReused, Leg, balance, transfer

Direction = Literal["in", "out"]
Fund = Literal["loans", "reserve", "project"]
FUNDS: tuple[Fund, ...] = get_args(Fund)
MOVED = "loan pot moved"
# As long as a loan that was asked for waits.
OPEN_FOR = timedelta(days=14)


@dataclass
class FundingOpen(CoreError):
    """Another move between the treasury and a pot waits for the officials."""

    code = "loan-funding-open"
    kind = Kind.CONFLICT


@dataclass
class TreasuryKeeps(CoreError):
    """The treasury has `available`; by the rules `reserve` always stays there."""

    code = "treasury-keeps"
    kind = Kind.CONFLICT

    available: Money
    reserve: Money


@dataclass(frozen=True)
class Funding:
    """A move that officials decide about: `agreed` of `needed` so far; `done` when it has moved, `rejected` when it won't.

    `decided`: whose word stands, so that she isn't asked for it again.
    """

    id: UUID
    fund: Fund
    amount: Money
    direction: Direction
    agreed: int
    needed: int
    done: bool
    rejected: bool
    decided: frozenset[MemberId]


async def open_funding(uow: UnitOfWork, *, group: DaoId) -> Funding | None:
    """The move that waits, if one does."""
    row = await _asked(uow, group)
    return await _as_funding(uow, row) if row and not _is_over(row, uow.clock.now()) else None


async def propose_funding(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    group: DaoId,
    official: MemberId,
    amount: Money,
    direction: Direction,
    fund: Fund = "loans",
) -> Funding:
    """Propose a move, once per intent; whoever proposes agrees. After 14 days it is over.

    Raises NotAMember, NotYourRole, GroupEnds, FundingOpen, KeyReused.
    """
    await require_role(uow, member=official, group=group, roles=OFFICIALS)
    before = await uow.session.scalar(select(LoanFundingRow).where(LoanFundingRow.intent == intent))
    if before is not None:
        if (before.dao_id, before.user_id, before.pot, Money.from_decimal(before.amount)) != (group, official, fund, amount):
            raise KeyReused
        return await _as_funding(uow, before)
    await refuse_while_ending(uow, group=group)
    await _end_the_last(uow, group)
    row = LoanFundingRow(
        id=uow.ids.new(),
        dao_id=group,
        amount=amount.as_decimal(),
        direction=direction,
        pot=fund,
        status="asked",
        user_id=official,
        intent=intent,
        asked_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    await _tell_officials(uow, row, official, "pot-sms-asked")
    return await decide_funding(uow, funding=row.id, official=official, agrees=True)


async def _end_the_last(uow: UnitOfWork, group: DaoId) -> None:
    """One move waits at a time. Raises FundingOpen."""
    found = await _asked(uow, group)
    if found is None:
        return
    row = await uow.session.get_one(LoanFundingRow, found.id, with_for_update=True, populate_existing=True)
    if row.status != "asked":
        return
    if not await end_if_over(uow, row):
        raise FundingOpen


async def end_if_over(uow: UnitOfWork, row: LoanFundingRow) -> bool:
    """Whether its days are over; then it ends, and whoever proposed it or said yes is told, once. The row is locked."""
    if row.status != "asked" or not _is_over(row, uow.clock.now()):
        return False
    row.status = "expired"
    await uow.session.flush()
    yes = LoanFundingDecisionRow.funding_id == row.id, LoanFundingDecisionRow.agrees.is_(True)
    waiting = {row.user_id, *await uow.session.scalars(select(LoanFundingDecisionRow.user_id).where(*yes))}
    people = await people_of(uow, group=DaoId(row.dao_id))
    what = await _about(uow, row, "pot-sms-expired")
    await tell_each(uow, [(person, what) for person in people if person.id in waiting], template="pot_asked")
    return True


async def _asked(uow: UnitOfWork, group: DaoId) -> LoanFundingRow | None:
    return await uow.scalar(MOVE, group=group)


MOVE = Selected(select(LoanFundingRow).where(LoanFundingRow.dao_id == given("group"), LoanFundingRow.status == "asked"))


# The same by its id, what was said about it, and which officials agree, in the order in which they are asked for.
MOVING = Question("SELECT id FROM loan_fundings WHERE dao_id = :group AND status = 'asked'")
WORDS = Selected(select(LoanFundingDecisionRow).where(LoanFundingDecisionRow.funding_id == given("funding")))
AGREEING = Question("""
    SELECT ARRAY(SELECT d.user_id FROM loan_funding_decisions d JOIN loan_fundings f ON f.id = d.funding_id
      JOIN dao_memberships s ON s.dao_id = f.dao_id AND s.user_id = d.user_id
      WHERE d.funding_id = :funding AND d.agrees AND s.status = 'active' AND s.role IN ('chair', 'secretary', 'treasurer')
      ORDER BY d.user_id) AS members
""")


def _is_over(row: LoanFundingRow, now: datetime) -> bool:
    return now >= row.asked_at + OPEN_FOR


async def decide_funding(uow: UnitOfWork, *, funding: UUID, official: MemberId, agrees: bool) -> Funding:
    """An official's own word; the last one needed moves the money. Locks the move until the unit ends.

    Raises UnknownLoan (there's no such move), NotDecidable, NotAMember, NotYourRole, TreasuryKeeps, InsufficientFunds,
    SignsLater for a yes.
    """
    row = await uow.session.get(LoanFundingRow, funding, with_for_update=True)
    if row is None:
        raise UnknownLoan
    await require_role(uow, member=official, group=DaoId(row.dao_id), roles=OFFICIALS)
    if agrees:
        await require_may_sign(uow, member=official)
    given = await uow.session.get(LoanFundingDecisionRow, (funding, official))
    # Enough have said yes and yet it waits: somebody's word was in doubt, and a second yes counts all anew.
    again = given is not None and given.agrees and agrees and (await _renewed(uow, row, given) or await _was_held(uow, row))
    if row.status != "asked" or _is_over(row, uow.clock.now()) or (given is not None and not again):
        raise NotDecidable
    if not again:
        word = LoanFundingDecisionRow(funding_id=funding, user_id=official, agrees=agrees, decided_at=uow.clock.now())
        uow.session.add(word)
    await uow.session.flush()
    found = await _as_funding(uow, row)
    if found.agreed >= found.needed:
        await _move(uow, row)
    elif await _against(uow, row) > len(await _officials(uow, row)) - found.needed:
        row.status = "rejected"
        await uow.session.flush()
        await _tell_officials(uow, row, official, "pot-sms-rejected")
    return await _as_funding(uow, row)


async def _move(uow: UnitOfWork, row: LoanFundingRow) -> None:
    group, amount = DaoId(row.dao_id), Money.from_decimal(row.amount)
    signed = amount if row.direction == "in" else -amount
    await one_at_a_time(uow, group)
    if row.direction == "in":
        await _keep_reserve(uow, group, amount)
    what = "pot-sms-in" if row.direction == "in" else "pot-sms-out"
    about = {"group": (await find_group(uow, group=group)).name, "amount": amount, "fund": row.pot}
    await tell_group(uow, group=group, what=text(what, **about), template=TEMPLATE)
    accounts = (treasury(group), pot(group, row.pot))
    legs = [Leg(accounts[0], -signed), Leg(accounts[1], signed)]
    posted = await transfer(uow, key=uuid5(row.id, MOVED), kind="loan_funding", legs=legs)
    row.status, row.transfer_id = "done", posted.transfer
    await uow.session.flush()


async def _keep_reserve(uow: UnitOfWork, group: DaoId, amount: Money) -> None:
    reserve = (await rules_of(uow, group=group)).reserve
    available = (await balance(uow, treasury(group))).available
    if reserve and available - amount < reserve:
        raise TreasuryKeeps(available, reserve)


async def _as_funding(uow: UnitOfWork, row: LoanFundingRow) -> Funding:
    rules, officials = await rules_of(uow, group=DaoId(row.dao_id)), await _officials(uow, row)
    words = await uow.scalars(WORDS, funding=row.id)
    agreed, needed = await _agreed(uow, row, officials, words), min(rules.approvals, max(1, len(officials)))
    # Enough have said yes and yet it waits: all of them are asked anew.
    held = row.status == "asked" and sum(word.agrees for word in words) >= needed
    against = {MemberId(word.user_id) for word in words if not word.agrees}
    return Funding(
        id=row.id,
        fund=row.pot,
        amount=Money.from_decimal(row.amount),
        direction=row.direction,
        agreed=len(agreed),
        needed=needed,
        done=row.status == "done",
        rejected=row.status == "rejected",
        decided=frozenset(against if held else against | agreed),
    )


async def _officials(uow: UnitOfWork, row: LoanFundingRow) -> list[MemberId]:
    return [person.id for person in await people_of(uow, group=DaoId(row.dao_id), roles=OFFICIALS)]


async def _agreed(
    uow: UnitOfWork, row: LoanFundingRow, officials: list[MemberId], words: list[LoanFundingDecisionRow]
) -> set[MemberId]:
    """Which of them have said yes, with a word that counts now."""
    said = {MemberId(word.user_id): word.decided_at for word in words if word.agrees and word.user_id in officials}
    return await words_that_count(uow, about=row.id, said=said)


async def _renewed(uow: UnitOfWork, row: LoanFundingRow, given: LoanFundingDecisionRow) -> bool:
    """Whether her yes didn't count any more because her account was recovered since, and counts again now."""
    if row.status != "asked":
        return False
    return await renew_word(uow, about=row.id, member=MemberId(given.user_id), said_at=given.decided_at)


async def _was_held(uow: UnitOfWork, row: LoanFundingRow) -> bool:
    yes = LoanFundingDecisionRow.funding_id == row.id, LoanFundingDecisionRow.agrees.is_(True)
    said = await uow.session.scalar(select(func.count()).select_from(LoanFundingDecisionRow).where(*yes)) or 0
    return said >= (await _as_funding(uow, row)).needed


async def _against(uow: UnitOfWork, row: LoanFundingRow) -> int:
    against = LoanFundingDecisionRow.funding_id == row.id, LoanFundingDecisionRow.agrees.is_(False)
    return await uow.session.scalar(select(func.count()).select_from(LoanFundingDecisionRow).where(*against)) or 0


async def _tell_officials(uow: UnitOfWork, row: LoanFundingRow, but: MemberId, key: str) -> None:
    what = await _about(uow, row, key)
    await tell_group(uow, group=DaoId(row.dao_id), what=what, template="pot_asked", roles=OFFICIALS, but=(but,))


async def _about(uow: UnitOfWork, row: LoanFundingRow, key: str) -> Text:
    group = await find_group(uow, group=DaoId(row.dao_id))
    about = {"group": group.name, "amount": Money.from_decimal(row.amount), "direction": row.direction, "fund": row.pot}
    return Text(key, {**about, "dialled": dial_to(uow, group.code, "treasury")})
