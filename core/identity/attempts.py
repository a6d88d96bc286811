"""Attempts to get in by anything but a PIN, written down where all attempts are: codes, and accounts elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.models import LoginAttempt, MemberRow, OtpChallenge
from core.identity.strangers import NOBODY, hidden_identifier
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

# What a right code lets in by, and on which channel; codes for other ends are no attempts to get in.
OPENS = {"telegram-link": "telegram", "login": "api"}
RESULTS = {"right": "success", "locked": "account_locked"}


@dataclass(frozen=True)
class Origin:
    """Where an attempt comes from; without an address the channel stands for it. `device` is a fingerprint."""

    channel: str
    address: str = ""
    agent: str = ""
    device: str | None = None


async def note_attempt(
    uow: UnitOfWork, *, member: MemberId | None, claimed: str, way: str, verdict: str, event_id: str, origin: Origin
) -> None:
    """Write one down, the same event once. The unit has to be committed, whatever becomes of the caller.

    `claimed` is what it was tried with, kept as a digest unless it is the member's own number; `way` and `verdict` are words
    for the record ("totp", "wrong").
    """
    # Asked for nobody as well: it must cost as much.
    phone = await uow.session.scalar(select(MemberRow.phone).where(MemberRow.id == (member or NOBODY)))
    now = uow.clock.now()
    row = insert(LoginAttempt).values(
        id=uow.ids.new(),
        identifier=phone or hidden_identifier(uow.vault, claimed),
        user_id=member,
        ip_address=origin.address or origin.channel,
        user_agent=origin.agent or None,
        device_fingerprint=origin.device,
        attempt_result=RESULTS.get(verdict, "failed_password" if member else "failed_not_found"),
        failure_reason=None if verdict == "right" else f"{way}_{verdict}",
        channel=origin.channel,
        event_id=f"{way} {event_id}",
        created_at=now,
        finished_at=now,
    )
    await uow.session.execute(row.on_conflict_do_nothing())


async def note_code_attempt(
    uow: UnitOfWork,
    *,
    purpose: str,
    challenge: OtpChallenge | None,
    verdict: str,
    event_id: str,
    address: str = "",
    agent: str = "",
) -> None:
    """Write the guess of a code by SMS down, whoever has the number. Codes that open nothing are left out."""
    channel = OPENS.get(purpose)
    if channel is None or challenge is None:
        return
    member = await uow.session.scalar(select(MemberRow.id).where(MemberRow.phone == challenge.phone))
    await note_attempt(
        uow,
        member=MemberId(member) if member else None,
        claimed=challenge.phone,
        way="code",
        verdict=verdict,
        event_id=event_id,
        origin=Origin(channel, address, agent, challenge.requester),
    )
