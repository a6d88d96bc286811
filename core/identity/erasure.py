"""Being forgotten: asked for, waited for, cancellable until then, and done by pseudonyms, because the books stay.

The Data Protection (General) Regulations, 2021 give fourteen days; seven of them are hers to think again, and to
notice when it was somebody else. What keeps an account open (money, payments, offices) is looked up by whoever calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, text

from core.identity.addresses import tell_everywhere
from core.identity.devices import unlink_telegram
from core.identity.erasure_models import ErasureRequest
from core.identity.events import record_security_event
from core.identity.forgetting import FORGET
from core.identity.members import locked
from core.identity.models import MemberRow, UserDevice
from core.identity.recovery_models import AccountRecovery
from core.identity.sessions import end_sessions
from core.identity.strangers import INVITED_NUMBER, hidden_identifier
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone, national
from core.kernel.questions import Selected, given
from core.kernel.texts import text as sentence

WAITS = timedelta(days=7)
ERASED = "erased"
PHONE, TELEGRAM = "phone:", "telegram:"
NOBODYS_NAME = "Former member"


async def request_erasure(uow: UnitOfWork, *, member: MemberId) -> datetime:
    """Ask to be forgotten; returns when it will be done. All her addresses are told. Asking again changes nothing."""
    await locked(uow, member)
    waiting = await open_request(uow, member=member)
    if waiting is not None:
        return waiting.due_at
    now = uow.clock.now()
    uow.session.add(ErasureRequest(id=uow.ids.new(), user_id=member, requested_at=now, due_at=now + WAITS))
    await uow.session.flush()
    await tell_everywhere(uow, member=member, what=sentence("erasure-notice", at=now + WAITS))
    await record_security_event(uow, event_type="erasure_requested", severity="medium", member=member)
    return now + WAITS


async def cancel_erasure(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Stay after all; False when nothing was asked for. All her addresses are told."""
    await locked(uow, member)
    waiting = await open_request(uow, member=member)
    if waiting is None:
        return False
    waiting.cancelled_at = uow.clock.now()
    await uow.session.flush()
    await tell_everywhere(uow, member=member, what=sentence("erasure-cancelled-notice"))
    await record_security_event(uow, event_type="erasure_cancelled", severity="low", member=member)
    return True


async def postpone_erasure(uow: UnitOfWork, *, member: MemberId, reason: str) -> None:
    """Something of hers is still open: tell her what, and look again after another wait."""
    waiting = await open_request(uow, member=member)
    if waiting is not None:
        waiting.due_at = uow.clock.now() + WAITS
        await tell_everywhere(uow, member=member, what=sentence("erasure-postponed", reason=reason, at=waiting.due_at))


async def open_request(uow: UnitOfWork, *, member: MemberId) -> ErasureRequest | None:
    """The wish that waits."""
    return await uow.scalar(OPEN_REQUEST, member=member)


async def due_erasures(uow: UnitOfWork, *, limit: int) -> list[MemberId]:
    """Whose waiting time is over, the longest first."""
    due = select(ErasureRequest.user_id).where(*_is_open(), ErasureRequest.due_at <= uow.clock.now())
    return [MemberId(one) for one in await uow.session.scalars(due.order_by(ErasureRequest.due_at).limit(limit))]


async def erase(uow: UnitOfWork, *, member: MemberId) -> None:
    """Put pseudonyms in the place of everything that names her. Her number is free for whoever has it next."""
    waiting = await open_request(uow, member=member)
    if waiting is None or waiting.due_at > uow.clock.now():
        return
    await unlink_telegram(uow, member=member)
    await end_sessions(uow, member=member, reason="security")
    row = await locked(uow, member)
    now, pseudonym = uow.clock.now(), f"{ERASED}:{member}"
    waiting.done_at = now
    await uow.session.flush()
    marks = await _marks(uow, row)
    known = {"member": member, "subject": str(member), "pseudonym": pseudonym, "now": now, **marks}
    for statement in FORGET:
        named = {name: value for name, value in known.items() if f":{name}" in statement}
        await uow.session.execute(text(statement), named)
    row.erased_at = row.disabled_at = row.updated_at = now
    row.disabled_reason, row.name, row.phone, row.sealed_pin = ERASED, NOBODYS_NAME, pseudonym, ERASED
    await uow.session.flush()
    await record_security_event(uow, event_type="member_erased", severity="medium", member=member)


async def _marks(uow: UnitOfWork, row: MemberRow) -> dict[str, list[Any]]:
    """Everything that she was known by: numbers, chat accounts, and both as they are written elsewhere."""
    mine = UserDevice.user_id == row.id
    prints = set(await uow.session.scalars(select(UserDevice.device_fingerprint).where(mine)))
    wanted = select(AccountRecovery.new_phone).where(AccountRecovery.user_id == row.id, AccountRecovery.new_phone.is_not(None))
    phones = {row.phone, *(one.removeprefix(PHONE) for one in prints if one.startswith(PHONE))}
    phones |= {number for number in await uow.session.scalars(wanted) if number and not number.startswith(ERASED)}
    telegrams = [int(one.removeprefix(TELEGRAM)) for one in prints if one.startswith(TELEGRAM)]
    prints |= {f"{PHONE}{number}" for number in phones}
    claimed = [*phones, *(f"telegram:{one}" for one in telegrams)]
    return {
        "phones": sorted(phones),
        "telegrams": telegrams,
        # A private chat has the number of its person (core.telegram.org/bots/api#chat).
        "chats": telegrams,
        "prints": sorted(prints),
        # As they stand in what a code proves: "7001:+254712000001", "number +254712000001 phone:+254712000001".
        "marks": [*sorted(phones), *(f"telegram:{one}" for one in telegrams)],
        "spoken": [row.name, *(national(Phone(one)) for one in phones)],
        "invited": [one for number in sorted(phones) for one in uow.vault.digests(number, context=INVITED_NUMBER)],
        "hidden": [hidden_identifier(uow.vault, one) for one in claimed],
    }


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return ErasureRequest.cancelled_at.is_(None), ErasureRequest.done_at.is_(None)


OPEN_REQUEST = Selected(select(ErasureRequest).where(ErasureRequest.user_id == given("member"), *_is_open()))
