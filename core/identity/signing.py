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

from sqlalchemy import ARRAY, Uuid, any_, func, select

from core.identity.models import MemberRow
from core.identity.signing_models import RenewedWord
from core.identity.sim_swap import RECENT, newest_swap
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.questions import Selected, given

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
    return (await signing_holds(uow, said={member: uow.clock.now()})).get(member)


async def signing_holds(uow: UnitOfWork, *, said: Mapping[MemberId, datetime]) -> dict[MemberId, SigningHold]:
    """Whose words don't count now, and why. `said`: when each said hers, which a recovery since then puts in doubt too."""
    accounts = await _accounts(uow, members=set(said))
    if len(accounts) < len(said):
        raise LookupError("whoever spoke is nobody's account")
    found = {one.member: _hold(one, said[one.member], now=uow.clock.now()) for one in accounts}
    return {member: hold for member, hold in found.items() if hold is not None}


def _hold(account: _Account, said: datetime, *, now: datetime) -> SigningHold | None:
    if account.disabled_at is not None:
        return SigningHold("closed")
    if account.recovered_at is not None and account.recovered_at + SIGNS_AGAIN_AFTER > min(said, now):
        return SigningHold("recovered", account.recovered_at + SIGNS_AGAIN_AFTER)
    if account.swapped_at is not None and account.swapped_at + RECENT > now:
        return SigningHold("sim_swapped", account.swapped_at + RECENT)
    return None


async def may_sign(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Whether her approval counts now: ask when it is given and when approvals are counted."""
    return await signing_hold(uow, member=member) is None


async def words_that_count(uow: UnitOfWork, *, about: UUID, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Of those who agreed to this at these moments, whose word counts now: who may sign, and needn't say it again."""
    now = uow.clock.now()
    held = await signing_holds(uow, said=dict.fromkeys(said, now))
    return set(said) - set(held) - await words_to_renew(uow, about=about, said=said)


async def words_to_renew(uow: UnitOfWork, *, about: UUID, said: Mapping[MemberId, datetime]) -> set[MemberId]:
    """Whose account was recovered after she agreed to this, and hasn't agreed again since: she may say it again.

    An account that was recovered later may have been somebody else's when it agreed.
    """
    found = {one.member: one.recovered_at for one in await _accounts(uow, members=set(said)) if one.recovered_at}
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


@dataclass(frozen=True)
class _Account:
    """What an account's word depends on. `swapped_at`: the newest swap of its SIM that the network told of."""

    member: MemberId
    disabled_at: datetime | None
    recovered_at: datetime | None
    swapped_at: datetime | None


@foreseeable
async def _accounts(uow: UnitOfWork, *, members: set[MemberId]) -> list[_Account]:
    if not members:
        return []
    return [_Account(MemberId(one), *about) for one, *about in await uow.rows(ACCOUNTS, members=sorted(members))]


async def lay_accounts(uow: UnitOfWork, *, members: Collection[MemberId]) -> None:
    """Lay at hand what the word of each of these depends on, where only is read: for verbs that ask of one after another."""
    if uow.only_reads:
        for one in await _accounts(uow, members=set(members)):
            _accounts.foresee(uow, [one], members={one.member})


ACCOUNTS = Selected(
    select(MemberRow.id, MemberRow.disabled_at, MemberRow.recovered_at, newest_swap(MemberRow.phone)).where(
        MemberRow.id == any_(given("members", ARRAY(Uuid())))
    )
)
