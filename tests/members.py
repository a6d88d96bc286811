"""A member with an account, wherever a test, a bench or a played town needs one."""

from __future__ import annotations

from core.identity.registration import CONSENT_VERSION, register
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone


async def enrol(
    uow: UnitOfWork,
    phone: str,
    *,
    member: MemberId | None = None,
    name: str = "Wanjiru Kamau",
    language: str = "en",
    sealed_pin: str = "sealed elsewhere",
) -> MemberId:
    """Give somebody an account as if she had registered on USSD; without a sealed PIN nobody can sign in to it."""
    whose = member or MemberId(uow.ids.new())
    await register(
        uow,
        member=whose,
        phone=Phone(phone),
        name=name,
        language=language,
        sealed_pin=sealed_pin,
        consent_version=CONSENT_VERSION,
        channel="ussd",
    )
    return whose
