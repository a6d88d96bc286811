"""A request as it stands: its value, its row under lock, its digest, and its end without a payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.people import short_name
from core.daos.spending import Payee, digest_of, one_at_a_time
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.ledger.service import release
from core.payments.withdrawal_quotes import MOST_PART
from core.treasury.models import TreasuryRequest

Path = Literal["usual", "emergency", "petty"]
Status = Literal["open", "waiting", "paying", "paid", "failed", "rejected", "expired", "withdrawn", "void", "stopped"]
RELEASE = "treasury_release"
# As much of a name as leaves the rest of a line, or of an SMS, readable.
SHORT_NAME = 18
TELL_JOB, PAY_JOB = "tell-of-treasury-request", "pay-treasury-request"


@dataclass
class UnknownRequest(CoreError):
    """No such request in a group of hers."""

    code = "unknown-treasury-request"
    kind = Kind.NOT_FOUND


@dataclass
class RequestClosed(CoreError):
    """It is too late for this; `status` is how it stands."""

    code = "treasury-request-closed"
    kind = Kind.CONFLICT

    number: int
    status: str


@dataclass
class RequestVoid(CoreError):
    """Signers, rules or what was shown have changed since it was made, so nothing may happen with it any more."""

    code = "treasury-request-void"
    kind = Kind.CONFLICT

    number: int


@dataclass(frozen=True)
class Request:
    """A request as anybody in the group may know it. `total`: what leaves the treasury, fees included."""

    id: IntentId
    group: DaoId
    number: int
    proposer: MemberId
    path: Path
    amount: Money
    fee: Money
    charge: Money
    payee: Payee
    reason: str
    category: str
    digest: str
    mandate: str
    signers: tuple[MemberId, ...]
    needed: int
    padlocks: tuple[MemberId, ...]
    objectors: int
    needs_vote: bool
    proposal: UUID | None
    status: Status
    because: str | None
    payout: UUID | None
    created_at: datetime
    expires_at: datetime
    due_at: datetime | None
    paid_at: datetime | None
    report: str | None

    @property
    def total(self) -> Money:
        """What leaves the treasury."""
        return self.amount + self.fee + self.charge

    @property
    def payee_short(self) -> str:
        """Who is paid, on a line with other things: "J. MWANGI", or an outside name as it was given."""
        return (self.payee.name if self.payee.phone else short_name(self.payee.name))[:SHORT_NAME]

    @property
    def code(self) -> str:
        """The first six characters of the digest, for reading aloud: who sees the same approves the same."""
        return f"{self.digest[:3]}-{self.digest[3:6]}".upper()


def request_digest(
    *, group: DaoId, amount: Money, payee: Payee, reason: str, mandate: str, fees: tuple[Money, Money] | None = None
) -> str:
    """What an approval is of, as SHA-256 in hex: exactly amount, currency, payee, reason, group and version of the mandate.

    fees: of all parts together, ours and M-Pesa's, for what M-Pesa sends in parts.
    """
    said = [amount.minor, amount.currency.code, payee.spelled(), reason, str(group), mandate]
    in_parts = payee.phone is not None and amount > MOST_PART
    return digest_of([*said, *(fee.minor for fee in (fees or ()) if in_parts)])


def digest_again(row: TreasuryRequest) -> str:
    """The digest of what stands in the row now."""
    request = as_request(row)
    return request_digest(
        group=request.group,
        amount=request.amount,
        payee=request.payee,
        reason=request.reason,
        mandate=request.mandate,
        fees=(request.fee, request.charge),
    )


async def find_request(uow: UnitOfWork, *, request: UUID) -> Request:
    """The request. Raises UnknownRequest."""
    row = await uow.session.get(TreasuryRequest, request, populate_existing=True)
    if row is None:
        raise UnknownRequest
    return as_request(row)


async def lock_request(uow: UnitOfWork, request: UUID) -> TreasuryRequest:
    """Its row, ours until the unit ends, with its treasury before it. Raises UnknownRequest."""
    group = await uow.session.scalar(select(TreasuryRequest.dao_id).where(TreasuryRequest.id == request))
    if group is None:
        raise UnknownRequest
    await one_at_a_time(uow, DaoId(group))
    return await uow.session.get_one(TreasuryRequest, request, with_for_update=True, populate_existing=True)


async def move(uow: UnitOfWork, row: TreasuryRequest, status: Status, *, because: str | None = None) -> None:
    """Bring it into another state; the database refuses a step that isn't one, and keeps each."""
    row.status, row.because, row.updated_at = status, because, uow.clock.now()
    await uow.session.flush()


async def close(uow: UnitOfWork, row: TreasuryRequest, status: Status, *, because: str | None = None) -> None:
    """End it without a payment, give back what was set aside, and have the group told. The unit's one ledger call."""
    held = TransferId(row.hold_transfer) if row.status == "waiting" and row.hold_transfer else None
    await move(uow, row, status, because=because)
    await have_told(uow, row.id, status)
    if held is not None:
        await release(uow, key=uuid5(held, "release"), hold=held, kind=RELEASE, details={"request": str(row.id)})


async def have_told(uow: UnitOfWork, request: UUID, what: str) -> None:
    """Have the group told of this, once; the messages are written by the worker, not in somebody's turn."""
    await uow.enqueue(TELL_JOB, {"request": str(request), "what": what}, key=f"{TELL_JOB} {request} {what}")


def as_request(row: TreasuryRequest) -> Request:
    """The row as a value."""
    payee = Payee(
        row.payee_name,
        member=MemberId(row.payee_id) if row.payee_id else None,
        phone=Phone(row.payee_phone) if row.payee_phone else None,
    )
    return Request(
        id=IntentId(row.id),
        group=DaoId(row.dao_id),
        number=row.number,
        proposer=MemberId(row.proposer),
        path=row.path,  # type: ignore[arg-type]
        amount=Money.from_decimal(row.amount),
        fee=Money.from_decimal(row.fee_amount),
        charge=Money.from_decimal(row.charge_amount),
        payee=payee,
        reason=row.reason,
        category=row.category,
        digest=row.digest,
        mandate=row.mandate,
        signers=tuple(MemberId(one) for one in row.signers),
        needed=row.needed,
        padlocks=tuple(MemberId(one) for one in row.padlocks),
        objectors=row.objectors,
        needs_vote=row.needs_vote,
        proposal=row.proposal_id,
        status=row.status,  # type: ignore[arg-type]
        because=row.because,
        payout=row.payout_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        due_at=row.due_at,
        paid_at=row.paid_at,
        report=row.report,
    )
