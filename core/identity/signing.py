"""Whether a member's word counts for others now: an official's approval of spending, a contact's word for somebody.

Whoever took an account over would first of all approve something with it. So after a recovery an account signs nothing for
three days (the waiting time of a new signer in the security notes, G6, and of a SIM that was swapped), however it was proven.
Asked in the very unit that takes the word, and again when all words are counted: one given before doesn't count meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from core.identity.models import MemberRow
from core.identity.sim_swap import sim_swap_verdict
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone

SIGNS_AGAIN_AFTER = timedelta(hours=72)


@dataclass(frozen=True)
class SigningHold:
    """Why her word doesn't count now; `until` is None for an account that is closed."""

    reason: Literal["closed", "recovered", "sim_swapped"]
    until: datetime | None = None


@dataclass
class SignsLater(CoreError):
    """Her word doesn't count for others yet. `reason` is closed, recovered or sim_swapped; `at` is when it does again."""

    code = "signs-later"
    kind = Kind.FORBIDDEN
    reason: str
    at: datetime | None


async def signing_hold(uow: UnitOfWork, *, member: MemberId) -> SigningHold | None:
    """What keeps her word from counting; None when it counts. A SIM that nobody has asked about holds nothing here."""
    row = await uow.session.get_one(MemberRow, member)
    if row.disabled_at is not None:
        return SigningHold("closed")
    now = uow.clock.now()
    if row.recovered_at is not None and row.recovered_at + SIGNS_AGAIN_AFTER > now:
        return SigningHold("recovered", row.recovered_at + SIGNS_AGAIN_AFTER)
    found = await sim_swap_verdict(uow, phone=Phone(row.phone))
    return SigningHold("sim_swapped", found.until) if found.verdict == "swapped" else None


async def may_sign(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Whether her approval counts now: ask when it is given and when approvals are counted."""
    return await signing_hold(uow, member=member) is None


async def words_that_count(uow: UnitOfWork, *, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Of those who agreed at these moments, whose word counts now: who may sign, and whose account wasn't recovered since.

    An account that was recovered later may have been somebody else's when it agreed.
    """
    recovered = select(MemberRow.id, MemberRow.recovered_at).where(MemberRow.id.in_(said), MemberRow.recovered_at.is_not(None))
    since = {MemberId(one) for one, at in (await uow.session.execute(recovered)).all() if at and at > said[MemberId(one)]}
    return {one for one in said if one not in since and await may_sign(uow, member=one)}


async def require_may_sign(uow: UnitOfWork, *, member: MemberId) -> None:
    """Raises SignsLater."""
    held = await signing_hold(uow, member=member)
    if held is not None:
        raise SignsLater(held.reason, held.until)
