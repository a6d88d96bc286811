"""Approving a request, and refusing to: each approver once, of exactly what she read, never who asked and never who is paid.

With the last approval that is needed the money is set aside and its wait begins; when too many refuse, the request is dead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.daos.ending import is_ending
from core.daos.people import people_of
from core.identity.signing import renew_word, renewed_at, signing_holds, words_to_renew
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.treasury.allocating import allocate
from core.treasury.asking import AccountCooling
from core.treasury.cooling import require_seasoned
from core.treasury.mandate import Mandate, cannot_speak, mandate_of
from core.treasury.models import TreasuryApproval, TreasuryRequest
from core.treasury.requests import (
    Request,
    RequestClosed,
    RequestVoid,
    UnknownRequest,
    as_request,
    close,
    digest_again,
    lock_request,
)
from core.treasury.words import Capacity, Verdict, said_about


@dataclass
class OwnRequest(CoreError):
    """She asked for it or is paid by it, so others decide."""

    code = "own-treasury-request"
    kind = Kind.FORBIDDEN


@dataclass
class NotAnApprover(CoreError):
    """Only the officials and this request's padlock holders decide about it."""

    code = "not-an-approver"
    kind = Kind.FORBIDDEN


@dataclass
class AlreadyDecided(CoreError):
    """She has said the other thing about it before, and that stands."""

    code = "treasury-already-decided"
    kind = Kind.CONFLICT


async def approve(uow: UnitOfWork, *, request: IntentId, member: MemberId, digest: str) -> Request:
    """Approve exactly what has this digest; a repeat changes nothing. The last approval needed sets the money aside.

    Raises UnknownRequest, RequestClosed, RequestVoid, OwnRequest, NotAnApprover, AlreadyDecided, AccountCooling, SignerCooling,
    and with the last approval TreasuryLimit, TreasuryShort: then it hasn't been given.
    """
    row = await _decide(uow, request, member, digest, "approved")
    if row is not None:
        await proceed(uow, row)
    return await _now(uow, request)


async def reject(uow: UnitOfWork, *, request: IntentId, member: MemberId, digest: str) -> Request:
    """Refuse it; a repeat changes nothing. It is dead once those who are left can't be enough. Raises as `approve` does."""
    row = await _decide(uow, request, member, digest, "rejected")
    if row is not None:
        refused = [one.capacity for one in await said_about(uow, row) if one.verdict == "rejected"]
        if refused.count("official") > len(row.signers) - row.needed or "padlock" in refused:
            await close(uow, row, "rejected")
    return await _now(uow, request)


async def proceed(uow: UnitOfWork, row: TreasuryRequest) -> bool:
    """Set the money aside when nothing is missing any more; whether that has happened. Expects the row locked.

    Raises TreasuryLimit, TreasuryShort.
    """
    lacks_vote = row.needs_vote and row.proposal_id is None
    if row.status != "open" or lacks_vote or not await has_approvals(uow, row):
        return False
    rules = (await mandate_of(uow, group=DaoId(row.dao_id))).rules
    await allocate(uow, row, rules, delay=timedelta(minutes=row.delay_minutes))
    return True


async def has_approvals(uow: UnitOfWork, row: TreasuryRequest) -> bool:
    """Whether enough of those who may have approved it, by people whose word counts now."""
    said = [one for one in await said_about(uow, row) if one.verdict == "approved"]
    doubtful = await _doubtful(uow, row, {one.member: one.at for one in said})
    counted = [one.capacity for one in said if one.member not in doubtful]
    return counted.count("official") >= row.needed and counted.count("padlock") >= len(row.padlocks)


async def _doubtful(uow: UnitOfWork, row: TreasuryRequest, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Whose approval doesn't count now: each is asked about as of when she gave it, or gave it again after a recovery."""
    given = {**said, **await renewed_at(uow, about=row.id, members=said)}
    return set(await signing_holds(uow, said=given))


async def may_approve_again(uow: UnitOfWork, row: TreasuryRequest, member: MemberId) -> bool:
    """Whether approving again changes something: hers doesn't count since a recovery, or somebody's was in doubt.

    In doubt it was when enough have approved and yet the request is open.
    """
    said = {one.member: one for one in await said_about(uow, row) if one.verdict == "approved"}
    if row.status != "open" or member not in said:
        return False
    capacities = [one.capacity for one in said.values()]
    was_held = capacities.count("official") >= row.needed and capacities.count("padlock") >= len(row.padlocks)
    return was_held or bool(await words_to_renew(uow, about=row.id, said={member: said[member].at}))


async def require_open(uow: UnitOfWork, row: TreasuryRequest, *, digest: str) -> Mandate:
    """The mandate under which it was asked for, which still holds. Raises RequestClosed, RequestVoid."""
    if row.status != "open" or uow.clock.now() >= row.expires_at:
        raise RequestClosed(row.number, row.status if row.status != "open" else "expired")
    mandate = await mandate_of(uow, group=DaoId(row.dao_id), keep=True)
    if (
        await is_ending(uow, group=mandate.group)
        or mandate.version != row.mandate
        or not digest == row.digest == digest_again(row)
    ):
        raise RequestVoid(row.number)
    return mandate


async def _decide(
    uow: UnitOfWork, request: IntentId, member: MemberId, digest: str, verdict: Verdict
) -> TreasuryRequest | None:
    """Write down what she says; None when she said so before and that counts. The row stays locked."""
    row = await lock_request(uow, request)
    before = await _said_before(uow, row, member, verdict)
    if before is not None and not (verdict == "approved" and await may_approve_again(uow, row, member)):
        return None
    mandate = await require_open(uow, row, digest=digest)
    capacity = await capacity_of(uow, row, member, mandate)
    if await cannot_speak(uow, [member]):
        raise AccountCooling
    if verdict == "approved" and capacity == "official":
        await require_seasoned(uow, group=mandate.group, rules=mandate.rules, member=member)
    if before is not None:
        await renew_word(uow, about=row.id, member=member, said_at=before)
        return row
    said = TreasuryApproval(id=uow.ids.new(), request_id=row.id, user_id=member, verdict=verdict, capacity=capacity)
    said.digest, said.created_at = digest, uow.clock.now()
    uow.session.add(said)
    await uow.session.flush()
    return row


async def _said_before(uow: UnitOfWork, row: TreasuryRequest, member: MemberId, verdict: Verdict) -> datetime | None:
    """When she said this before, if she did."""
    hers = TreasuryApproval.request_id == row.id, TreasuryApproval.user_id == member
    before = await uow.session.scalar(select(TreasuryApproval).where(*hers))
    if before is not None and before.verdict != verdict:
        raise AlreadyDecided
    return before.created_at if before is not None else None


async def capacity_of(uow: UnitOfWork, row: TreasuryRequest, member: MemberId, mandate: Mandate) -> Capacity:
    """As what she decides about it. Raises OwnRequest, NotAnApprover; UnknownRequest to whoever isn't in the group."""
    people = {one.id: one for one in await people_of(uow, group=DaoId(row.dao_id))}
    if member not in people:
        raise UnknownRequest
    if member in (row.proposer, row.payee_id) or people[member].phone == row.payee_phone:
        raise OwnRequest
    if member in row.signers and mandate.official(member):
        return "official"
    if member in row.padlocks and people[member].role == "member":
        return "padlock"
    raise NotAnApprover


async def _now(uow: UnitOfWork, request: IntentId) -> Request:
    return as_request(await uow.session.get_one(TreasuryRequest, request))
