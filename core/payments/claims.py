"""A member says that she paid and names the receipt: find out why it isn't on her balance, and put it there if it is hers.

A receipt alone proves nothing, since people pass such messages on. It is hers when M-Pesa's own mark of the payer fits her
number as well; a mark alone is never enough either. What nobody has told us of is asked about at M-Pesa. Whatever can't be
decided so is left to two operators, with her claim beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select

from core.identity.members import Member, find
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.claim_questions import CLAIM_QUESTIONS
from core.payments.evidence import is_payer
from core.payments.inbox import hold_name
from core.payments.loose_json import read_receipt
from core.payments.models import MpesaTransaction, PaymentClaim, PaymentReceived
from core.payments.received import find_received
from core.payments.receiving import assign_to_payer, lock_unpaid_prompts
from core.payments.telling import tell_member

CODES_A_DAY = 5
DAY = timedelta(days=1)

Outcome = Literal["credited", "yours", "elsewhere", "refused", "asking", "unknown"]


@dataclass
class NotAReceipt(CoreError):
    """What was typed can't be an M-PESA code."""

    code = "not-a-receipt"
    kind = Kind.INVALID


@dataclass
class TooManyClaims(CoreError):
    """She has tried as many codes as one may in a day."""

    code = "too-many-claims"
    kind = Kind.LIMITED

    most: int


@dataclass(frozen=True)
class Claimed:
    """What a claim came to.

    credited: just now, to her. yours: it was before. elsewhere: it is somebody else's, `whose` masked. refused: it is here,
    but not provably hers. asking: nobody told us yet, so M-Pesa is asked. unknown: M-Pesa doesn't know it.
    `amount` is there for what is hers.
    """

    outcome: Outcome
    receipt: str
    amount: Money | None = None
    whose: str = ""


async def claim_payment(uow: UnitOfWork, *, member: MemberId, typed: str) -> Claimed:
    """Look for the payment with this receipt, and credit it when it is hers. A repeat looks again.

    Raises NotAReceipt, TooManyClaims.
    """
    receipt = read_code(typed)
    claimant = await find(uow, member)
    if claimant is None:
        raise LookupError("only members claim payments")
    await _refuse_too_many(uow, member, receipt)
    claim = await _claim_of(uow, member, receipt)
    prompts = await lock_unpaid_prompts(uow, claimant.phone)
    await hold_name(uow, f"receipt {receipt}")

    received = await find_received(uow, receipt)
    if received is None:
        return await _ask(uow, claim)
    return await _decide(uow, claim, claimant, received, prompts)


def read_code(typed: str) -> str:
    """The receipt that was typed, in capitals, spaces forgiven. Raises NotAReceipt."""
    receipt = read_receipt(typed.replace(" ", ""))
    if receipt is None:
        raise NotAReceipt
    return receipt


async def settle_claims(uow: UnitOfWork, *, receipt: str) -> None:
    """Decide the claims that waited for this receipt, which has been reported meanwhile, and tell whom it disappoints.

    One at most is credited, and whoever is hears of it as of any deposit.
    """
    waiting = await _waiting(uow, receipt)
    claimants = [await find(uow, MemberId(claim.user_id)) for claim in waiting]
    prompts = {one.id: await lock_unpaid_prompts(uow, one.phone) for one in claimants if one is not None}
    await hold_name(uow, f"receipt {receipt}")
    received = await find_received(uow, receipt)
    if received is None:
        return
    for claim, claimant in zip(waiting, claimants, strict=True):
        if claimant is not None:
            claimed = await _decide(uow, claim, claimant, received, prompts[claimant.id])
            await tell_claimed(uow, claimant.id, claimed)


async def tell_claimed(uow: UnitOfWork, member: MemberId, claimed: Claimed) -> None:
    """News of a claim that was decided when she had gone; what was credited is told as a deposit."""
    match claimed.outcome:
        case "elsewhere":
            await tell_member(uow, member, "claim-elsewhere", receipt=claimed.receipt, whose=claimed.whose)
        case "refused" | "unknown":
            await tell_member(uow, member, f"claim-{claimed.outcome}", receipt=claimed.receipt)
        case _:
            pass


async def _decide(
    uow: UnitOfWork,
    claim: PaymentClaim,
    claimant: Member,
    received: PaymentReceived,
    prompts: Sequence[MpesaTransaction],
) -> Claimed:
    """What a claim comes to, now that the payment is known. The caller holds prompts and receipt, in this order."""
    amount = Money.from_decimal(received.amount)
    if received.transaction_id is not None:
        return await _credited_before(uow, claim, received, amount)
    if received.reversed_at is not None or not is_payer(claimant, received):
        end_claim(uow, claim, "refused")
        return Claimed("refused", received.receipt)
    end_claim(uow, claim, "credited")
    await assign_to_payer(uow, received, claimant.id, prompts)
    return Claimed("credited", received.receipt, amount)


async def _waiting(uow: UnitOfWork, receipt: str) -> list[PaymentClaim]:
    """Claims of a receipt that nobody had told us of, the first one in front; each held until the unit ends."""
    waiting = (
        select(PaymentClaim)
        .where(PaymentClaim.receipt == receipt, PaymentClaim.outcome == "asking")
        .order_by(PaymentClaim.created_at, PaymentClaim.id)
        .with_for_update()
    )
    return list(await uow.session.scalars(waiting))


async def _credited_before(uow: UnitOfWork, claim: PaymentClaim, received: PaymentReceived, amount: Money) -> Claimed:
    row = await uow.session.get_one(MpesaTransaction, received.transaction_id)
    if row.user_id == claim.user_id:
        end_claim(uow, claim, "credited")
        return Claimed("yours", received.receipt, amount)
    end_claim(uow, claim, "elsewhere")
    owner = await find(uow, MemberId(row.user_id))
    return Claimed("elsewhere", received.receipt, whose=f"{owner.name[:1]}***" if owner else "***")


async def _ask(uow: UnitOfWork, claim: PaymentClaim) -> Claimed:
    """Nobody has told us: M-Pesa is asked as soon as this unit has committed."""
    if claim.outcome == "unknown":
        return Claimed("unknown", claim.receipt)
    await CLAIM_QUESTIONS.ask_later(uow, claim, after=timedelta(0))
    return Claimed("asking", claim.receipt)


def end_claim(uow: UnitOfWork, claim: PaymentClaim, outcome: str) -> None:
    """Nothing more is asked about this claim."""
    claim.outcome, claim.next_check_at, claim.updated_at = outcome, None, uow.clock.now()


async def _refuse_too_many(uow: UnitOfWork, member: MemberId, receipt: str) -> None:
    """Codes that turned out not to be hers are guesses; so many a day and no more."""
    await hold_name(uow, f"claims {member}")
    guesses = (
        select(func.count())
        .select_from(PaymentClaim)
        .where(PaymentClaim.user_id == member, PaymentClaim.outcome != "credited", PaymentClaim.receipt != receipt)
        .where(PaymentClaim.created_at > uow.clock.now() - DAY)
    )
    if (await uow.session.scalar(guesses) or 0) >= CODES_A_DAY:
        raise TooManyClaims(CODES_A_DAY)


async def _claim_of(uow: UnitOfWork, member: MemberId, receipt: str) -> PaymentClaim:
    known = select(PaymentClaim).where(PaymentClaim.user_id == member, PaymentClaim.receipt == receipt).with_for_update()
    found = await uow.session.scalar(known)
    if found is not None:
        return found
    now = uow.clock.now()
    claim = PaymentClaim(
        id=uow.ids.new(),
        user_id=member,
        receipt=receipt,
        outcome="asking",
        asked=0,
        next_check_at=now,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(claim)
    await uow.session.flush()
    return claim
