"""A phone or chat of hers that nobody has proven with her PIN for 90 days has to be proven again, by more than the PIN.

Networks give a number that is silent for long to somebody else, and a forgotten chat account may be in other hands. What proves
it is her authenticator, or a code to her number while nothing says that the number's SIM changed since she last used it; if it
did, only a recovery by her contacts lets her in (threat U9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.identity.approvals import Approval
from core.identity.device_list import is_idle, phone_fingerprint
from core.identity.models import MemberRow, UserDevice
from core.identity.sim_swap import swapped_since
from core.identity.step_up import Missing, still_to_prove
from core.identity.two_factor import has_two_factor
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import IntentId, MemberId
from core.kernel.phone import Phone


@dataclass(frozen=True)
class Idle:
    """What an idle device must prove. `by_recovery`: no code is worth anything, because the SIM is another one now."""

    approval: Approval
    by_recovery: bool


@foreseeable
async def idle(uow: UnitOfWork, *, member: MemberId, device: str) -> Idle | None:
    """What this phone or chat account must prove before a PIN is asked there; None when it was used lately, or proved it."""
    row = await _device(uow, member, device)
    if row is None or not is_idle(row[1], uow.clock.now()):
        return None
    identifier, used = row
    # The same for one idle time: a code that was sent can be typed after dialling again, and never after the next such time.
    approval = Approval("wake", IntentId(identifier), payee_id=used.isoformat())
    if not await has_two_factor(uow, member=member) and await _another_sim(uow, member):
        return Idle(approval, by_recovery=True)
    if await still_to_prove(uow, member=member, approval=approval) is Missing.NOTHING:
        return None
    return Idle(approval, by_recovery=False)


async def number_is_idle(uow: UnitOfWork, row: MemberRow) -> bool:
    """Whether her number wasn't proven for so long that a code sent there says nothing of her."""
    device = await _device(uow, MemberId(row.id), phone_fingerprint(Phone(row.phone)))
    return device is not None and is_idle(device[1], uow.clock.now())


async def code_proves_nobody(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Whether a code to her number is worth nothing: she hasn't proven it for so long, and its SIM is another one since."""
    row = await uow.session.get_one(MemberRow, member)
    return await number_is_idle(uow, row) and await _another_sim(uow, member)


async def _another_sim(uow: UnitOfWork, member: MemberId) -> bool:
    """Whether her number's SIM was swapped after she last typed her PIN on it."""
    phone = Phone((await uow.session.get_one(MemberRow, member)).phone)
    device = await _device(uow, member, phone_fingerprint(phone))
    return device is not None and await swapped_since(uow, phone=phone, moment=device[1])


async def _device(uow: UnitOfWork, member: MemberId, fingerprint: str) -> tuple[UUID, datetime] | None:
    mine = UserDevice.user_id == member, UserDevice.device_fingerprint == fingerprint, UserDevice.revoked_at.is_(None)
    found = (
        await uow.session.execute(select(UserDevice.id, UserDevice.last_used_at, UserDevice.created_at).where(*mine))
    ).first()
    return (found[0], found[1] or found[2]) if found else None
