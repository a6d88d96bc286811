"""Everything that we know about a member, for herself: as a document, and in a few words for a small screen.

Left out: what would let somebody in (seals, digests), and what belongs to others (the other side of a movement).
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

# The newest of each; nobody has done more than this by hand.
MOST_ROWS = 10_000
_SECTIONS = {
    "account": "SELECT id, name, phone, language, telegram_id, created_at, updated_at FROM members WHERE id = :member",
    "consents": "SELECT version, language, channel, accepted_at FROM consents WHERE user_id = :member"
    " ORDER BY accepted_at DESC",
    "emails": "SELECT address, verified_at, ended_at, created_at FROM email_addresses WHERE user_id = :member"
    " ORDER BY created_at DESC",
    "devices": "SELECT device_name, device_type, trusted, last_used_at, created_at, revoked_at FROM user_devices"
    " WHERE user_id = :member ORDER BY created_at DESC",
    "groups": "SELECT d.name, m.role, m.status, m.joined_at FROM dao_memberships m JOIN daos d ON d.id = m.dao_id"
    " WHERE m.user_id = :member ORDER BY m.joined_at DESC",
    "group_changes": "SELECT d.name AS group, c.change, c.reason, c.rules_version, c.created_at FROM dao_membership_changes c"
    " JOIN daos d ON d.id = c.dao_id WHERE c.user_id = :member ORDER BY c.created_at DESC",
    "offices": "SELECT d.name AS group, c.from_role, c.to_role, c.way, c.created_at FROM dao_role_changes c"
    " JOIN daos d ON d.id = c.dao_id WHERE c.user_id = :member ORDER BY c.created_at DESC",
    "join_requests": "SELECT d.name AS group, r.status, r.created_at, r.answered_at FROM dao_join_requests r"
    " JOIN daos d ON d.id = r.dao_id WHERE r.user_id = :member ORDER BY r.created_at DESC",
    "meetings": "SELECT d.name AS group, m.number, m.starts_at, a.present_at, a.apology_at FROM dao_attendance a"
    " JOIN dao_meetings m ON m.id = a.meeting_id JOIN daos d ON d.id = m.dao_id WHERE a.user_id = :member"
    " ORDER BY m.starts_at DESC",
    "departures": "SELECT d.name AS group, p.way, p.amount, p.created_at, p.settled_at FROM dao_departures p"
    " JOIN daos d ON d.id = p.dao_id WHERE p.user_id = :member ORDER BY p.created_at DESC",
    "contributions": "SELECT d.name AS group, c.amount, c.currency, c.created_at FROM contributions c"
    " JOIN daos d ON d.id = c.dao_id WHERE c.user_id = :member ORDER BY c.created_at DESC",
    "owed": "SELECT d.name AS group, c.sort, c.period, c.amount, c.paid, c.waived, c.why FROM contribution_charges c"
    " JOIN daos d ON d.id = c.dao_id WHERE c.user_id = :member ORDER BY c.due_at DESC",
    "paid_for_others": "SELECT d.name AS group, p.amount, p.completed_at FROM contribution_payments p"
    " JOIN daos d ON d.id = p.dao_id WHERE p.paid_by = :member AND p.user_id <> :member AND p.state = 'posted'"
    " ORDER BY p.completed_at DESC",
    "recurring": "SELECT d.name AS group, r.amount, r.frequency, r.next_payment_date, r.is_active, r.is_paused, r.created_at"
    " FROM recurring_payments r JOIN daos d ON d.id = r.dao_id WHERE r.user_id = :member ORDER BY r.created_at DESC",
    "merry": "SELECT d.name AS group, r.number, h.number AS hand, t.due_on, t.status, t.amount, t.paid_at FROM rotation_hands h"
    " JOIN rotations r ON r.id = h.rotation_id JOIN daos d ON d.id = r.dao_id"
    " LEFT JOIN rotation_turns t ON t.hand_id = h.id WHERE :member IN (h.user_id, h.partner_id) ORDER BY h.created_at DESC",
    "merry_payments": "SELECT amount, created_at FROM rotation_payments WHERE payer_id = :member ORDER BY created_at DESC",
    "merry_sent": "SELECT amount, status, reason, created_at, ended_at FROM rotation_sendings WHERE user_id = :member"
    " ORDER BY created_at DESC",
    "merry_draws": "SELECT number, created_at FROM rotation_numbers WHERE user_id = :member ORDER BY created_at DESC",
    "shares": "SELECT d.name AS group, c.number, p.meeting_on, p.shares, p.amount, p.created_at FROM share_purchases p"
    " JOIN share_cycles c ON c.id = p.cycle_id JOIN daos d ON d.id = c.dao_id WHERE p.user_id = :member"
    " ORDER BY p.created_at DESC",
    "share_outs": "SELECT l.shares, l.amount, l.debts, o.ended_at FROM share_out_lines l"
    " JOIN share_outs o ON o.id = l.share_out_id WHERE l.user_id = :member ORDER BY o.ended_at DESC",
    "welfare_payments": "SELECT d.name AS group, w.amount, w.created_at FROM welfare_payments w JOIN daos d ON d.id = w.dao_id"
    " WHERE w.user_id = :member ORDER BY w.created_at DESC",
    "welfare_claims": "SELECT d.name AS group, w.number, w.kind, w.amount, w.reason, w.status, w.because, w.created_at,"
    " w.ended_at FROM welfare_claims w JOIN daos d ON d.id = w.dao_id WHERE w.user_id = :member ORDER BY w.created_at DESC",
    "loans": "SELECT d.name AS group, l.principal, l.rate, l.method, l.months, l.status, l.asked_at, l.started_on, l.ended_at"
    " FROM loans l JOIN daos d ON d.id = l.dao_id WHERE l.user_id = :member ORDER BY l.asked_at DESC",
    "repayments": "SELECT r.amount, r.interest, r.principal, r.source, r.paid_on FROM loan_repayments r"
    " WHERE r.user_id = :member ORDER BY r.created_at DESC",
    "vouching": "SELECT p.amount, p.status, p.asked_at, p.answered_at FROM loan_pledges p WHERE p.user_id = :member"
    " ORDER BY p.asked_at DESC",
    "balances": "SELECT currency, available_balance, pending_balance, locked_balance, total_balance FROM user_balances"
    " WHERE user_id = :member ORDER BY currency",
    "movements": "SELECT h.posted_at, h.bucket, h.amount, h.after, h.currency, t.kind FROM ledger_history h"
    " JOIN ledger_balances b ON b.id = h.balance_id JOIN ledger_transfers t ON t.id = h.transfer_id"
    " WHERE b.user_id = :member ORDER BY h.posted_at DESC, h.seq DESC",
    # What she asked a treasury to pay is among its requests; whose number that went to is not about her.
    "mpesa": "SELECT transaction_type, phone_number, amount, fee_amount, status, mpesa_receipt_number, created_at"
    " FROM mpesa_transactions m WHERE user_id = :member AND NOT EXISTS (SELECT FROM payouts p JOIN withdrawals w"
    " ON w.id = p.withdrawal_id AND w.dao_id IS NOT NULL WHERE p.id = m.id) ORDER BY created_at DESC",
    "withdrawals": "SELECT phone_number, amount, fee_amount, charge_amount, currency, created_at, ended_at FROM withdrawals"
    " WHERE user_id = :member AND dao_id IS NULL ORDER BY created_at DESC",
    "claims": "SELECT receipt, outcome, created_at FROM payment_claims WHERE user_id = :member ORDER BY created_at DESC",
    "paybill_numbers": "SELECT p.number, d.name AS group, p.created_at FROM payment_accounts p"
    " LEFT JOIN daos d ON d.id = p.dao_id WHERE p.user_id = :member ORDER BY p.created_at",
    "contacts": "SELECT m.name, c.status, c.created_at, c.answered_at FROM recovery_contacts c"
    " JOIN members m ON m.id = c.contact_id WHERE c.user_id = :member ORDER BY c.created_at DESC",
    "recoveries": "SELECT recovery_type, status, new_phone, app_lost, created_at, used_at, cancelled_at FROM account_recovery"
    " WHERE user_id = :member ORDER BY created_at DESC",
    "programs": "SELECT d.device_name, s.methods, s.ip_address, s.user_agent, s.created_at, s.ended_at FROM member_sessions s"
    " JOIN user_devices d ON d.id = s.device_id WHERE s.user_id = :member ORDER BY s.created_at DESC",
    "api_keys": "SELECT name, key_prefix, permissions, ip_whitelist,"  # pragma: allowlist secret - a query
    " last_used_at, last_used_ip, expires_at, revoked_at FROM api_keys WHERE user_id = :member ORDER BY created_at DESC",
    "connections": "SELECT provider, provider_email, provider_username, connected_at, disconnected_at FROM oauth_connections"
    " WHERE user_id = :member ORDER BY connected_at DESC",
    "second_factor": "SELECT method, enabled, enabled_at, disabled_at, last_used_at FROM two_factor_auth"
    " WHERE user_id = :member",
    "limits": "SELECT amount, currency, set_at FROM step_up_limits WHERE user_id = :member ORDER BY set_at DESC",
    "sign_in_attempts": "SELECT channel, attempt_result, created_at FROM login_attempts WHERE user_id = :member"
    " ORDER BY created_at DESC",
    "security": "SELECT event_type, severity, created_at FROM security_events WHERE user_id = :member ORDER BY created_at DESC",
    "treasury_requests": "SELECT d.name AS group, r.number, r.amount, r.reason, r.status, r.created_at, r.paid_at,"
    " r.proposer = :member AS asked, r.payee_id IS NOT DISTINCT FROM :member AS paid_to_me FROM treasury_requests r"
    " JOIN daos d ON d.id = r.dao_id WHERE r.proposer = :member OR r.payee_id = :member ORDER BY r.created_at DESC",
    "treasury_approvals": "SELECT d.name AS group, r.number, a.verdict, a.capacity, a.created_at FROM treasury_approvals a"
    " JOIN treasury_requests r ON r.id = a.request_id JOIN daos d ON d.id = r.dao_id WHERE a.user_id = :member"
    " UNION ALL SELECT d.name, r.number, 'objected', 'member', o.created_at FROM treasury_objections o"
    " JOIN treasury_requests r ON r.id = o.request_id JOIN daos d ON d.id = r.dao_id WHERE o.user_id = :member"
    " ORDER BY created_at DESC",
    "padlocks": "SELECT d.name AS group, p.quarter, p.created_at FROM padlock_draws p JOIN daos d ON d.id = p.dao_id"
    " WHERE p.holder = :member ORDER BY p.created_at DESC",
    "preferences": "SELECT topic, way, changed_at FROM notification_preferences WHERE user_id = :member ORDER BY topic",
    "messages": "SELECT 'sms' AS by, template, status, created_at FROM sms_delivery_log WHERE user_id = :member"
    " UNION ALL SELECT 'email', template, status, created_at FROM email_delivery_log WHERE user_id = :member"
    " ORDER BY created_at DESC",
    # What she chose in a secret vote is not known to us once it is closed, and not opened before.
    "votes": "SELECT d.name AS group, p.number, p.kind, p.secret, b.choice, b.channel, b.cast_at, b.replaced_at FROM ballots b"
    " JOIN proposals p ON p.id = b.proposal_id JOIN daos d ON d.id = p.dao_id WHERE b.voter_id = :member"
    " ORDER BY b.cast_at DESC",
    "proposals": "SELECT d.name AS group, p.number, p.kind, p.words, p.details, p.state, p.created_at FROM proposals p"
    " JOIN daos d ON d.id = p.dao_id WHERE p.proposer_id = :member ORDER BY p.created_at DESC",
    "representatives": "SELECT d.name AS group, v.scope, v.category, v.starts_at, v.ends_at, v.revoked_at"
    " FROM vote_delegations v JOIN daos d ON d.id = v.dao_id WHERE v.giver_id = :member ORDER BY v.starts_at DESC",
    "erasure": "SELECT requested_at, due_at, cancelled_at, done_at FROM erasure_requests WHERE user_id = :member"
    " ORDER BY requested_at DESC",
}


async def collect(uow: UnitOfWork, *, member: MemberId) -> dict[str, Any]:
    """Every section with its rows; amounts are exact decimals in whole units, moments are in UTC."""
    found: dict[str, Any] = {"collected_at": uow.clock.now()}
    for name, question in _SECTIONS.items():
        rows = await uow.session.execute(text(f"{question} LIMIT {MOST_ROWS}"), {"member": member})
        found[name] = [dict(row) for row in rows.mappings()]
    return found


def as_document(found: dict[str, Any]) -> str:
    """The data as JSON that people can read too."""
    return json.dumps(found, default=str, ensure_ascii=False, indent=2)
