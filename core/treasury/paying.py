"""Paying what was approved: a state of its own, entered once, after everything has been looked at again.

A member is paid in the books, in the unit that decides it. To an M-PESA number the machinery of withdrawals pays from the same
hold; what M-Pesa hasn't proven isn't an end. What failed may be tried again without new approvals while its time lasts.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.ending import is_ending
from core.daos.people import NotYourRole, people_of
from core.identity.members import find
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.accounts import Bucket, member_account, treasury
from core.ledger.service import hold, release, settle
from core.payments.group_payouts import GroupPayout, find_group_payout, parts_of, quote_group_payout, start_group_payout
from core.payments.payout_models import Payout
from core.payments.withdrawal_quotes import WithdrawalQuote
from core.treasury.allocating import allocate
from core.treasury.approving import OwnRequest, has_approvals
from core.treasury.asking import AccountCooling
from core.treasury.limits import TreasuryLimit, TreasuryShort, check_balance, check_limits
from core.treasury.mandate import Mandate, cannot_speak, mandate_of
from core.treasury.models import TreasuryPayout, TreasuryRequest
from core.treasury.padlock import is_ordinary
from core.treasury.requests import (
    RELEASE,
    Request,
    RequestClosed,
    RequestVoid,
    as_request,
    close,
    digest_again,
    have_told,
    lock_request,
    move,
)
from core.treasury.words import objections

PAYMENT = "treasury_payment"
# What was set aside as a whole is set aside in parts, as M-Pesa sends it.
IN_PARTS, PART = "treasury_in_parts", "treasury_part_hold"
log = logging.getLogger(__name__)


async def pay(uow: UnitOfWork, *, request: UUID) -> Request:
    """Pay it if it is due and everything still holds; else end it, or leave it waiting for its limit. Harmless to repeat.

    Raises UnknownRequest.
    """
    row = await lock_request(uow, request)
    if row.status != "waiting" or row.due_at is None or row.due_at > uow.clock.now():
        return as_request(row)
    if uow.clock.now() >= row.expires_at:
        await close(uow, row, "expired")
        return as_request(row)
    mandate = await mandate_of(uow, group=DaoId(row.dao_id), keep=True)
    reason = await what_voids(uow, row, mandate)
    if reason is not None:
        await close(uow, row, "stopped" if reason == "objections" else "void", because=reason)
    elif await _has_room(uow, row, mandate):
        await (_pay_member(uow, row) if row.payee_id else _start_payout(uow, row))
    return as_request(row)


async def what_voids(uow: UnitOfWork, row: TreasuryRequest, mandate: Mandate) -> str | None:  # noqa: PLR0911 - one line a reason
    """Why it may not be paid any more; None when nothing stands against it but perhaps limits and time."""
    if await is_ending(uow, group=mandate.group):
        return "ends"
    if mandate.version != row.mandate:
        return "signers"
    if digest_again(row) != row.digest:
        return "digest"
    if not await is_ordinary(uow, group=mandate.group, members=[MemberId(one) for one in row.padlocks]):
        return "padlock"
    if await cannot_speak(uow, [MemberId(row.proposer)], since=row.created_at) or (
        row.status != "open" and not await has_approvals(uow, row)
    ):
        return "approvals"
    if await objections(uow, row) >= row.objectors:
        return "objections"
    return None if await _payee_is_there(uow, row) else "payee"


async def try_again(uow: UnitOfWork, *, request: IntentId, member: MemberId) -> Request:
    """Have a payment that failed made again, as any official may: same payee, same amount, so no new approvals.

    Raises UnknownRequest, NotYourRole, OwnRequest (who is paid), AccountCooling, RequestClosed, RequestVoid, TreasuryLimit,
    TreasuryShort.
    """
    row = await lock_request(uow, request)
    mandate = await mandate_of(uow, group=DaoId(row.dao_id), keep=True)
    official = mandate.official(member)
    if official is None:
        raise NotYourRole(text("role-treasurer"))
    if member == row.payee_id or official.phone == row.payee_phone:
        raise OwnRequest
    if await cannot_speak(uow, [member]):
        raise AccountCooling
    if row.status in ("waiting", "paying", "paid") and row.attempts > 1:
        return as_request(row)
    if row.status != "failed" or uow.clock.now() >= row.expires_at or await _was_paid_late(uow, row):
        raise RequestClosed(row.number, row.status)
    if await what_voids(uow, row, mandate) is not None:
        raise RequestVoid(row.number)
    await allocate(uow, row, mandate.rules, delay=timedelta(0))
    return as_request(row)


async def payout_ended(uow: UnitOfWork, *, payout: UUID) -> None:
    """Write down how the payment to an M-PESA number has ended, and have the group told; once, whoever comes first.

    payout: one of its parts, of this attempt or of an earlier one.
    """
    asked = await request_of_payout(uow, payout=payout)
    if asked is None:
        return
    row, ended = await lock_request(uow, asked), await find_group_payout(uow, payout=payout)
    if ended is not None and ended.books == "paid-after-release" and row.status != "paying":
        await _close_late(uow, row)
        return
    found = await find_group_payout(uow, payout=row.payout_id) if row.payout_id else None
    if found is None or row.status != "paying":
        return
    match found.books:
        case "paid" | "part":
            await _paid(uow, row, found)
        case "released" | "paid-after-release":
            await move(uow, row, "failed", because=found.reason)
            await have_told(uow, row.id, f"failed {row.attempts}")
    if await _was_paid_late(uow, row):
        await _close_late(uow, row)


async def request_of_payout(uow: UnitOfWork, *, payout: UUID) -> UUID | None:
    """The request for which a payment was made, in whichever attempt; None when it was no treasury's."""
    return await uow.session.scalar(select(TreasuryPayout.request_id).where(TreasuryPayout.payout_id == payout))


async def _paid(uow: UnitOfWork, row: TreasuryRequest, found: GroupPayout) -> None:
    """All of it has arrived, or a part: what of it came back is the treasury's again and can be asked for anew."""
    row.paid_at = uow.clock.now()
    await move(uow, row, "paid", because="part" if found.books == "part" else None)
    await have_told(uow, row.id, found.books)


async def _was_paid_late(uow: UnitOfWork, row: TreasuryRequest) -> bool:
    """Whether M-Pesa has paid anything for this request, in any attempt, after it had denied it."""
    late = (
        select(TreasuryPayout.payout_id)
        .join(Payout, Payout.id == TreasuryPayout.payout_id)
        .where(TreasuryPayout.request_id == row.id, Payout.books == "paid-after-release")
    )
    return await uow.session.scalar(late.limit(1)) is not None


async def _close_late(uow: UnitOfWork, row: TreasuryRequest) -> None:
    """M-Pesa has paid after it had denied it: it must not be paid once more; a person looks into it."""
    waits = row.status == "waiting"
    if row.status in ("waiting", "failed"):
        await move(uow, row, "expired", because="paid-after-release")
    await have_told(uow, row.id, "late")
    if waits:
        held = _held(row)
        await release(uow, key=uuid5(held, "release"), hold=held, kind=RELEASE, details={"request": str(row.id)})


async def _has_room(uow: UnitOfWork, row: TreasuryRequest, mandate: Mandate) -> bool:
    """Whether today's and the week's limits and the reserve let it go now; if not it is tried again, and says why it waits."""
    request = as_request(row)
    try:
        await check_limits(
            uow,
            group=request.group,
            rules=mandate.rules,
            total=request.total,
            petty=request.path == "petty",
            but=request.id,
            sent=True,
        )
        # Its own money is set aside already.
        await check_balance(uow, group=request.group, rules=mandate.rules, total=Money(0))
    except (TreasuryLimit, TreasuryShort) as why:
        if row.because is None:
            await have_told(uow, row.id, "postponed")
        row.because, row.updated_at = "limit" if isinstance(why, TreasuryLimit) else "reserve", uow.clock.now()
        await uow.session.flush()
        log.info("treasury request %s waits: %s", row.id, row.because)
        return False
    return True


async def _pay_member(uow: UnitOfWork, row: TreasuryRequest) -> None:
    request = as_request(row)
    assert request.payee.member is not None  # noqa: S101 - the caller's branch
    row.sent_at = row.paid_at = uow.clock.now()
    await move(uow, row, "paid")
    await have_told(uow, row.id, "paid")
    await settle(
        uow,
        key=row.id,
        hold=_held(row),
        to=[(member_account(request.payee.member), request.amount)],
        kind=PAYMENT,
        details={"request": str(row.id), "digest": row.digest},
    )


async def _start_payout(uow: UnitOfWork, row: TreasuryRequest) -> None:
    request = as_request(row)
    assert request.payee.phone is not None  # noqa: S101 - the caller's branch
    asked_by = await find(uow, request.proposer)
    assert asked_by is not None  # noqa: S101 - a foreign key
    row.payout_id, row.sent_at = uuid5(row.id, f"payout {row.attempts}"), uow.clock.now()
    await move(uow, row, "paying")
    quote = await quote_group_payout(uow, amount=request.amount, at=row.created_at)
    await start_group_payout(
        uow,
        payout=row.payout_id,
        group=request.group,
        asked_by=request.proposer,
        language=asked_by.language,
        phone=request.payee.phone,
        quote=quote,
        quoted_at=row.created_at,
        held=[_held(row)] if len(quote.parts) == 1 else await _hold_parts(uow, row, quote),
    )
    for number, payout in enumerate(parts_of(row.payout_id, len(quote.parts)), 1):
        uow.session.add(TreasuryPayout(payout_id=payout, request_id=row.id, attempt=row.attempts, part=number))
    await uow.session.flush()


async def _hold_parts(uow: UnitOfWork, row: TreasuryRequest, quote: WithdrawalQuote) -> list[TransferId]:
    """What is set aside for all of it, set aside for each part: one treasury's money, so no other account is waited for."""
    account, whole = treasury(DaoId(row.dao_id)), _held(row)
    details = {"request": str(row.id)}
    await release(uow, key=uuid5(whole, "in parts"), hold=whole, kind=IN_PARTS, details=details)
    holds = []
    for number, part in enumerate(quote.parts, 1):
        about = {**details, "part": str(number)}
        intent = uuid5(whole, f"part {number}")
        held = await hold(
            uow, intent=intent, kind=PART, account=account, amount=part.total, bucket=Bucket.PENDING, details=about
        )
        holds.append(held.transfer)
    return holds


def _held(row: TreasuryRequest) -> TransferId:
    assert row.hold_transfer is not None  # noqa: S101 - a check of the table
    return TransferId(row.hold_transfer)


async def _payee_is_there(uow: UnitOfWork, row: TreasuryRequest) -> bool:
    """Whether a member who is to be paid is still in the group, and her account isn't closed."""
    if row.payee_id is None:
        return True
    return any(one.id == row.payee_id for one in await people_of(uow, group=DaoId(row.dao_id)))
