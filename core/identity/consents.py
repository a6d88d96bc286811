"""To which version of the terms she agreed, when, in which language and where; a new version asks again."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from core.identity.members import Member, locked
from core.identity.models import Consent
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId

# The version of the consent screen's text; raise it when what is kept, or why, changes.
CONSENT_VERSION = "2026-11"


def has_agreed(member: Member) -> bool:
    """Whether she agreed to the terms as they are now."""
    return member.consent == CONSENT_VERSION


async def agree(uow: UnitOfWork, *, member: MemberId, version: str, language: str, channel: str) -> None:
    """Write down that she agreed; agreeing again changes nothing."""
    now = uow.clock.now()
    row = await locked(uow, member)
    fresh = insert(Consent).values(
        id=uow.ids.new(), user_id=member, version=version, language=language, channel=channel, accepted_at=now
    )
    await uow.session.execute(fresh.on_conflict_do_nothing())
    row.consent_version = version
    await uow.session.flush()
