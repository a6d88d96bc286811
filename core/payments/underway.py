"""Whose payments are on their way: nobody is called late while M-Pesa still has to say what became of hers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, or_, select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.payments.deposits import STK_PUSH
from core.payments.models import MpesaTransaction, PaymentClaim
from core.payments.settlement import OPEN


async def members_paying(uow: UnitOfWork, *, members: Collection[MemberId], group: DaoId) -> set[MemberId]:
    """Which of them have a prompt without an end, a payment that is still to reach the group, or a claim being asked about."""
    prompt = and_(MpesaTransaction.transaction_type == STK_PUSH, MpesaTransaction.status.in_(OPEN))
    on_its_way = and_(
        MpesaTransaction.for_dao == group, MpesaTransaction.status == "completed", MpesaTransaction.passed_on_at.is_(None)
    )
    paying = select(MpesaTransaction.user_id).where(MpesaTransaction.user_id.in_(members), or_(prompt, on_its_way))
    asking = select(PaymentClaim.user_id).where(PaymentClaim.user_id.in_(members), PaymentClaim.outcome == "asking")
    return {MemberId(one) for one in await uow.session.scalars(paying.union(asking))}
