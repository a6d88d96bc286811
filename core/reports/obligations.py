"""What keeps an account open: money that is hers, also in a group, payments on their way, loans, a group without a chair."""

from __future__ import annotations

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

_OPEN = {
    "balance": "SELECT EXISTS (SELECT FROM user_balances WHERE user_id = :member AND total_balance <> 0)",
    "payments": (
        # What a treasury pays isn't hers, whoever asked for it.
        "SELECT EXISTS (SELECT FROM mpesa_transactions m WHERE user_id = :member AND (status IN ('pending', 'processing')"
        " OR attention IS NOT NULL) AND NOT EXISTS (SELECT FROM payouts p JOIN withdrawals w ON w.id = p.withdrawal_id"
        " AND w.dao_id IS NOT NULL WHERE p.id = m.id))"
    ),
    "shares": """
        SELECT EXISTS (SELECT FROM rotation_hands h JOIN rotations r ON r.id = h.rotation_id
          WHERE :member IN (h.user_id, h.partner_id) AND h.withdrawn_at IS NULL AND r.status NOT IN ('finished', 'cancelled'))
        OR EXISTS (SELECT FROM rotation_dues d JOIN rotation_turns t ON t.id = d.turn_id AND t.status = 'paid'
          WHERE d.user_id = :member AND d.paid < d.amount)
        OR EXISTS (SELECT FROM share_purchases p JOIN share_cycles c ON c.id = p.cycle_id AND c.closed_at IS NULL
          WHERE p.user_id = :member AND p.exit_id IS NULL)""",
    "loans": (
        "SELECT EXISTS (SELECT FROM loans WHERE user_id = :member AND status IN ('asked', 'running')) OR EXISTS (SELECT FROM"
        " loan_pledges p JOIN loans l ON l.id = p.loan_id WHERE p.user_id = :member AND p.status = 'accepted'"
        " AND l.status IN ('asked', 'running'))"
    ),
    # Leaving a group pays it back; being forgotten doesn't, since the group may not have it at that moment.
    "savings": """
        SELECT EXISTS (SELECT FROM dao_departures WHERE user_id = :member AND settled_at IS NULL) OR EXISTS (
          SELECT FROM contributions c JOIN daos d ON d.id = c.dao_id AND d.kind IN ('chama', 'savings', 'investment')
          WHERE c.user_id = :member AND d.status = 'active' AND c.created_at > coalesce((
            SELECT max(p.settled_at) FROM dao_departures p WHERE p.dao_id = c.dao_id AND p.user_id = :member), '-infinity'))""",
    "chair": """
        SELECT EXISTS (SELECT FROM dao_memberships m WHERE m.user_id = :member AND m.status = 'active' AND m.role = 'chair'
          AND EXISTS (SELECT FROM dao_memberships o WHERE o.dao_id = m.dao_id AND o.user_id <> :member AND o.status = 'active')
          AND NOT EXISTS (SELECT FROM dao_memberships c WHERE c.dao_id = m.dao_id AND c.user_id <> :member
            AND c.status = 'active' AND c.role = 'chair'))""",
}


async def what_keeps(uow: UnitOfWork, *, member: MemberId) -> str | None:
    """What has to be settled first before she can be forgotten: balance, payments, shares, loans, savings or chair."""
    for reason, question in _OPEN.items():
        if await uow.session.scalar(text(question), {"member": member}):
            return reason
    return None
