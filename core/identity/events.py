"""What safety should see: one row for each event, and the life of each sign-in. Never anything secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, select

from core.identity.models import SecurityEvent, SessionAudit
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

SEVERITIES = ("low", "medium", "high", "critical")


async def record_security_event(
    uow: UnitOfWork,
    *,
    event_type: str,
    severity: str,
    member: MemberId | None = None,
    address: str = "",
    details: Mapping[str, Any] | None = None,
) -> UUID:
    """Write an event down; `severity` is low, medium, high or critical. `details` go as they are: nothing secret."""
    row = SecurityEvent(
        id=uow.ids.new(),
        user_id=member,
        event_type=event_type,
        severity=severity,
        ip_address=address,
        details=dict(details or {}),
        resolved=False,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.id


async def open_events(uow: UnitOfWork, *, severities: Sequence[str], limit: int) -> Sequence[SecurityEvent]:
    """What nobody has resolved yet: the gravest first, and of these the newest."""
    gravest = case({name: place for place, name in enumerate(SEVERITIES)}, value=SecurityEvent.severity)
    found = select(SecurityEvent).where(SecurityEvent.resolved.is_(False), SecurityEvent.severity.in_(severities))
    newest = found.order_by(gravest.desc(), SecurityEvent.created_at.desc(), SecurityEvent.id.desc())
    return (await uow.session.scalars(newest.limit(limit))).all()


async def resolve_event(uow: UnitOfWork, *, event: UUID, by: MemberId, note: str) -> bool:
    """Say that somebody has looked at it and what came of it; False when it is unknown or resolved already."""
    row = await uow.session.get(SecurityEvent, event, with_for_update=True)
    if row is None or row.resolved:
        return False
    row.resolved, row.resolved_by, row.resolved_at, row.notes = True, by, uow.clock.now(), note
    await uow.session.flush()
    return True


async def record_session(
    uow: UnitOfWork,
    *,
    member: MemberId,
    action: str,
    address: str,
    device: UUID | None = None,
    session: UUID | None = None,
    agent: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down that a sign-in began, went on or ended: session_created, session_renewed, session_terminated."""
    row = SessionAudit(
        id=uow.ids.new(),
        session_id=session,
        user_id=member,
        action=action,
        ip_address=address,
        user_agent=agent or None,
        device_id=device,
        facts=dict(details or {}),
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
