"""Being forgotten: asked for, waited for, cancellable until then, and done by pseudonyms, because the books stay.

The Data Protection (General) Regulations, 2021 give fourteen days; seven of them are hers to think again, and to
notice when it was somebody else. What keeps an account open (money, payments, offices) is looked up by whoever calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, text

from core.identity.addresses import tell_everywhere
from core.identity.devices import unlink_telegram
from core.identity.erasure_models import ErasureRequest
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.sessions import end_sessions
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import text as sentence

WAITS = timedelta(days=7)
ERASED = "erased"
NOBODYS_NAME = "Former member"
# What is left of her in each table. The books, M-Pesa's receipts and her consents stay: law and other people's money need them.
_FORGET = """
UPDATE user_devices SET device_name = NULL, device_fingerprint = 'erased:' || id, last_ip_address = NULL, last_location = NULL,
  trusted = false, revoked_at = coalesce(revoked_at, :now) WHERE user_id = :member;
UPDATE login_attempts SET identifier = :pseudonym, ip_address = channel, user_agent = NULL, location = NULL,
  device_fingerprint = NULL WHERE user_id = :member;
UPDATE session_audits SET user_agent = NULL, location = NULL WHERE user_id = :member;
UPDATE security_events SET user_agent = NULL, location = NULL WHERE user_id = :member;
UPDATE sms_delivery_log SET to_phone = :pseudonym, message = '', sealed_message = NULL,
  status = CASE WHEN status IN ('pending', 'sending') THEN 'failed' ELSE status END
  WHERE user_id = :member OR to_phone = :phone;
UPDATE email_delivery_log SET to_email = :pseudonym, subject = '', sealed_body = NULL,
  status = CASE WHEN status IN ('pending', 'sending') THEN 'failed' ELSE status END WHERE user_id = :member;
UPDATE chat_delivery_log SET chat = 0, message = '', fallback_phone = NULL, fallback_message = NULL,
  status = CASE WHEN status IN ('pending', 'sending') THEN 'superseded' ELSE status END WHERE user_id = :member;
UPDATE member_sessions SET ip_address = '', user_agent = NULL WHERE user_id = :member;
UPDATE refresh_tokens SET ip_address = '', user_agent = NULL WHERE user_id = :member;
UPDATE api_keys SET enabled = false, revoked_at = coalesce(revoked_at, :now), name = 'erased', ip_whitelist = '[]',
  last_used_ip = NULL WHERE user_id = :member;
UPDATE account_recovery SET status = 'cancelled', cancelled_at = :now, cancelled_by = 'erasure'
  WHERE user_id = :member AND status = 'pending';
UPDATE recovery_contacts SET status = 'removed', ended_at = :now
  WHERE (user_id = :member OR contact_id = :member) AND status IN ('asked', 'accepted');
DELETE FROM sim_swap_checks WHERE phone = :phone;
DELETE FROM foreign_pins WHERE subject = :subject;
DELETE FROM otp_attempts WHERE challenge_id IN (SELECT id FROM otp_challenges WHERE phone = :phone);
DELETE FROM otp_challenges WHERE phone = :phone;
DELETE FROM email_addresses WHERE user_id = :member;
DELETE FROM password_history WHERE user_id = :member;
DELETE FROM two_factor_auth WHERE user_id = :member;
UPDATE recurring_payments SET is_active = false, cancelled_at = coalesce(cancelled_at, :now), look_at = NULL,
  cancelled_reason = coalesce(cancelled_reason, 'erased'), description = NULL, payment_method_details = NULL, metadata = NULL
  WHERE user_id = :member;
DELETE FROM notification_preferences WHERE user_id = :member;
UPDATE dao_membership_changes SET reason = '' WHERE user_id = :member;
UPDATE dao_role_changes SET because = '' WHERE user_id = :member;
UPDATE dao_invitations SET phone_shown = '' WHERE used_by = :member;
INSERT INTO dao_role_changes (id, dao_id, user_id, from_role, to_role, way, because, by, created_at)
  SELECT gen_random_uuid(), dao_id, user_id, role, 'member', 'left', '', NULL, :now FROM dao_memberships
  WHERE user_id = :member AND status = 'active' AND role <> 'member';
UPDATE dao_memberships SET status = 'left', role = 'member', leaves_at = NULL WHERE user_id = :member
"""


async def request_erasure(uow: UnitOfWork, *, member: MemberId) -> datetime:
    """Ask to be forgotten; returns when it will be done. All her addresses are told. Asking again changes nothing."""
    await locked(uow, member)
    waiting = await open_request(uow, member=member)
    if waiting is not None:
        return waiting.due_at
    now = uow.clock.now()
    uow.session.add(ErasureRequest(id=uow.ids.new(), user_id=member, requested_at=now, due_at=now + WAITS))
    await uow.session.flush()
    await tell_everywhere(uow, member=member, what=sentence("erasure-notice", at=now + WAITS))
    await record_security_event(uow, event_type="erasure_requested", severity="medium", member=member)
    return now + WAITS


async def cancel_erasure(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Stay after all; False when nothing was asked for. All her addresses are told."""
    await locked(uow, member)
    waiting = await open_request(uow, member=member)
    if waiting is None:
        return False
    waiting.cancelled_at = uow.clock.now()
    await uow.session.flush()
    await tell_everywhere(uow, member=member, what=sentence("erasure-cancelled-notice"))
    await record_security_event(uow, event_type="erasure_cancelled", severity="low", member=member)
    return True


async def postpone_erasure(uow: UnitOfWork, *, member: MemberId, reason: str) -> None:
    """Something of hers is still open: tell her what, and look again after another wait."""
    waiting = await open_request(uow, member=member)
    if waiting is not None:
        waiting.due_at = uow.clock.now() + WAITS
        await tell_everywhere(uow, member=member, what=sentence("erasure-postponed", reason=reason, at=waiting.due_at))


async def open_request(uow: UnitOfWork, *, member: MemberId) -> ErasureRequest | None:
    """The wish that waits."""
    return await uow.session.scalar(select(ErasureRequest).where(ErasureRequest.user_id == member, *_is_open()))


async def due_erasures(uow: UnitOfWork, *, limit: int) -> list[MemberId]:
    """Whose waiting time is over, the longest first."""
    due = select(ErasureRequest.user_id).where(*_is_open(), ErasureRequest.due_at <= uow.clock.now())
    return [MemberId(one) for one in await uow.session.scalars(due.order_by(ErasureRequest.due_at).limit(limit))]


async def erase(uow: UnitOfWork, *, member: MemberId) -> None:
    """Put pseudonyms in the place of everything that names her. Her number is free for whoever has it next."""
    waiting = await open_request(uow, member=member)
    if waiting is None or waiting.due_at > uow.clock.now():
        return
    await unlink_telegram(uow, member=member)
    await end_sessions(uow, member=member, reason="security")
    row = await locked(uow, member)
    now, phone, pseudonym = uow.clock.now(), row.phone, f"{ERASED}:{member}"
    waiting.done_at = now
    await uow.session.flush()
    for statement in _FORGET.split(";"):
        values = {"member": member, "phone": phone, "pseudonym": pseudonym, "now": now, "subject": str(member)}
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        await uow.session.execute(text(statement), named)
    row.erased_at = row.disabled_at = row.updated_at = now
    row.disabled_reason, row.name, row.phone, row.sealed_pin = ERASED, NOBODYS_NAME, pseudonym, ERASED
    await uow.session.flush()
    await record_security_event(uow, event_type="member_erased", severity="medium", member=member)


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return ErasureRequest.cancelled_at.is_(None), ErasureRequest.done_at.is_(None)
