"""A member is told when too many wrong PINs closed a door of hers: by the worker, so that an attempt takes as long for nobody.

A number of nobody gets the same job, with nobody to tell: otherwise the work would say who is a member.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.identity.addresses import tell_everywhere
from core.identity.doors import DISABLES_AT, LOCKS_AT, PinOutcome
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import Text, text

TELL_OF_PINS = "tell-of-wrong-pins"


async def queue_pin_news(uow: UnitOfWork, *, member: MemberId | None, outcome: PinOutcome, hers: bool) -> None:
    """Have her told of this lock; `hers` when the wrong PINs came from her own phone or account."""
    until = outcome.locked_until.isoformat() if outcome.locked_until else ""
    payload = {"member": str(member or ""), "verdict": outcome.verdict, "until": until, "hers": hers}
    await uow.enqueue(TELL_OF_PINS, payload)


async def tell_pin_news(uow: UnitOfWork, payload: dict[str, Any]) -> None:
    """Tell her at every address."""
    if payload["member"]:
        await tell_everywhere(uow, member=MemberId(UUID(payload["member"])), what=_news(payload))


def _news(payload: dict[str, Any]) -> Text:
    disabled = payload["verdict"] == "disabled"
    if not payload["hers"]:
        return text("sms-foreign-pins", times=DISABLES_AT if disabled else LOCKS_AT)
    return text("sms-pin-disabled") if disabled else text("sms-pin-locked", until=datetime.fromisoformat(payload["until"]))
