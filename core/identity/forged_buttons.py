"""Buttons that nobody was shown: refused by the conversation, and written down for whoever looks after safety."""

from __future__ import annotations

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

FORGED = "button_forged"


async def note_forged_button(uow: UnitOfWork, *, member: MemberId | None, channel: str, screen: str = "") -> None:
    """Somebody sent what no button of hers says. What it said isn't kept: it may be anything."""
    details = {"channel": channel} | ({"screen": screen} if screen else {})
    await record_security_event(uow, event_type=FORGED, severity="medium", member=member, details=details)
