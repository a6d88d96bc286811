"""What keeps an account open: money that is hers, payments on their way, loans, and a group that would lack a chair."""

from __future__ import annotations

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

_OPEN = {
    "balance": "SELECT EXISTS (SELECT FROM user_balances WHERE user_id = :member AND total_balance <> 0)",
    "payments": (
        "SELECT EXISTS (SELECT FROM mpesa_transactions WHERE user_id = :member AND (status IN ('pending', 'processing')"
        " OR attention IS NOT NULL))"
    ),
    "loans": (
        "SELECT EXISTS (SELECT FROM loans WHERE user_id = :member AND status IN ('asked', 'running')) OR EXISTS (SELECT FROM"
        " loan_pledges p JOIN loans l ON l.id = p.loan_id WHERE p.user_id = :member AND p.status = 'accepted'"
        " AND l.status IN ('asked', 'running'))"
    ),
    "chair": """
        SELECT EXISTS (SELECT FROM dao_memberships m WHERE m.user_id = :member AND m.status = 'active' AND m.role = 'chair'
          AND EXISTS (SELECT FROM dao_memberships o WHERE o.dao_id = m.dao_id AND o.user_id <> :member AND o.status = 'active')
          AND NOT EXISTS (SELECT FROM dao_memberships c WHERE c.dao_id = m.dao_id AND c.user_id <> :member
            AND c.status = 'active' AND c.role = 'chair'))""",
}


async def what_keeps(uow: UnitOfWork, *, member: MemberId) -> str | None:
    """The first thing that has to be settled before she can be forgotten: balance, payments, loans or chair."""
    for reason, question in _OPEN.items():
        if await uow.session.scalar(text(question), {"member": member}):
            return reason
    return None
