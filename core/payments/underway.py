"""Whose payments are on their way: nobody is called late while M-Pesa still has to say what became of hers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, or_, select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.payments.deposits import STK_PUSH
from core.payments.models import MpesaTransaction, PaymentClaim
from core.payments.settlement import OPEN

_PROMPT = and_(MpesaTransaction.transaction_type == STK_PUSH, MpesaTransaction.status.in_(OPEN))
_ON_ITS_WAY = and_(
    MpesaTransaction.for_dao == given("group"),
    MpesaTransaction.status == "completed",
    MpesaTransaction.passed_on_at.is_(None),
)
_PAYING = select(MpesaTransaction.user_id).where(or_(_PROMPT, _ON_ITS_WAY))
_ASKING = select(PaymentClaim.user_id).where(PaymentClaim.outcome == "asking")


async def members_paying(uow: UnitOfWork, *, members: Collection[MemberId], group: DaoId) -> set[MemberId]:
    """Which of them have a prompt without an end, a payment that is still to reach the group, or a claim being asked about."""
    paying, asking = _PAYING.where(MpesaTransaction.user_id.in_(members)), _ASKING.where(PaymentClaim.user_id.in_(members))
    found = await uow.session.scalars(paying.union(asking), {"group": group})
    return {MemberId(one) for one in found}


async def is_paying(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> bool:
    """Whether this one has."""
    return await uow.scalar(PAYING, group=group, member=member) or False


PAYING = Selected(
    select(
        or_(
            _PAYING.where(MpesaTransaction.user_id == given("member")).exists(),
            _ASKING.where(PaymentClaim.user_id == given("member")).exists(),
        )
    )
)
