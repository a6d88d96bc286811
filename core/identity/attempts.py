"""Guesses of a code that would open an account, written down where all attempts to get in are."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.models import LoginAttempt, MemberRow, OtpChallenge
from core.identity.strangers import hidden_identifier
from core.kernel.db import UnitOfWork

# What a right code lets in by, and on which channel; codes for other ends are no attempts to get in.
OPENS = {"telegram-link": "telegram", "login": "api"}
RESULTS = {"right": "success", "locked": "account_locked"}


async def note_code_attempt(
    uow: UnitOfWork, *, purpose: str, challenge: OtpChallenge | None, verdict: str, event_id: str
) -> None:
    """Write the guess down, whoever has the number; the same event once. Codes that open nothing are left out."""
    channel = OPENS.get(purpose)
    if channel is None or challenge is None:
        return
    member = await uow.session.scalar(select(MemberRow.id).where(MemberRow.phone == challenge.phone))
    now = uow.clock.now()
    row = insert(LoginAttempt).values(
        id=uow.ids.new(),
        identifier=challenge.phone if member else hidden_identifier(uow.vault, challenge.phone),
        user_id=member,
        ip_address=channel,
        device_fingerprint=challenge.requester,
        attempt_result=RESULTS.get(verdict, "failed_password" if member else "failed_not_found"),
        failure_reason=None if verdict == "right" else f"code_{verdict}",
        channel=channel,
        event_id=f"code {event_id}",
        created_at=now,
        finished_at=now,
    )
    await uow.session.execute(row.on_conflict_do_nothing())
