"""Whether a member's word counts for others now: an official's approval of spending, a contact's word for somebody.

Whoever took an account over would first of all approve something with it. So after a recovery an account signs nothing for
three days (the waiting time of a new signer in the security notes, G6, and of a SIM that was swapped), however it was proven.
Asked in the very unit that takes the word, and again when all words are counted: one given before doesn't count meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from core.identity.models import MemberRow
from core.identity.signing_models import RenewedWord
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


async def words_that_count(uow: UnitOfWork, *, about: UUID, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Of those who agreed to this at these moments, whose word counts now: who may sign, and needn't say it again."""
    outdated = await words_to_renew(uow, about=about, said=said)
    return {one for one in said if one not in outdated and await may_sign(uow, member=one)}


async def words_to_renew(uow: UnitOfWork, *, about: UUID, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Whose account was recovered after she agreed to this, and hasn't agreed again since: she may say it again.

    An account that was recovered later may have been somebody else's when it agreed.
    """
    recovered = select(MemberRow.id, MemberRow.recovered_at).where(MemberRow.id.in_(said), MemberRow.recovered_at.is_not(None))
    found = {MemberId(one): at for one, at in (await uow.session.execute(recovered)).all() if at}
    again = await renewed_at(uow, about=about, members=found)
    return {one for one, at in found.items() if at > again.get(one, said[one])}


async def renewed_at(uow: UnitOfWork, *, about: UUID, members: Collection[MemberId]) -> dict[MemberId, datetime]:
    """When those who said it again said it last."""
    if not members:
        return {}
    theirs = RenewedWord.about == about, RenewedWord.user_id.in_(members)
    newest = select(RenewedWord.user_id, func.max(RenewedWord.said_at)).where(*theirs).group_by(RenewedWord.user_id)
    return {MemberId(one): at for one, at in (await uow.session.execute(newest)).all()}


async def renew_word(uow: UnitOfWork, *, about: UUID, member: MemberId, said_at: datetime) -> bool:
    """Take her yes again if her first one, of this moment, doesn't count any more; whether it was taken.

    Whoever calls holds what it is about, and has asked `require_may_sign`. It never counts beside the first: both are hers.
    """
    if not await words_to_renew(uow, about=about, said={member: said_at}):
        return False
    uow.session.add(RenewedWord(about=about, user_id=member, said_at=uow.clock.now()))
    await uow.session.flush()
    return True


async def require_may_sign(uow: UnitOfWork, *, member: MemberId) -> None:
    """Raises SignsLater."""
    held = await signing_hold(uow, member=member)
    if held is not None:
        raise SignsLater(held.reason, held.until)
