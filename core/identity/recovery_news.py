"""What is told of a recovery, to whom: the member at every address, old and new, and the contacts who are to vouch for her."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.identity.addresses import TEMPLATE, tell_everywhere
from core.identity.models import MemberRow
from core.identity.recovery_models import AccountRecovery
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone, national
from core.kernel.texts import Text, text
from core.notifications.service import queue_sms


async def tell_of_recovery(uow: UnitOfWork, row: AccountRecovery, step: str, *, opens: datetime | None = None) -> None:
    """Tell her at every address, and the number that is to be hers. `step` is started, confirmed, open, cancelled or done."""
    what = _news(step, opens, "lost" if row.app_lost else "kept")
    await tell_everywhere(uow, member=MemberId(row.user_id), what=what)
    if row.new_phone is not None:
        member = await uow.session.get_one(MemberRow, row.user_id)
        if member.phone != row.new_phone:
            to, spoken = Phone(row.new_phone), member.language
            await queue_sms(uow, to=to, what=what, language=spoken, template=TEMPLATE, member=MemberId(row.user_id))


async def tell_contacts(uow: UnitOfWork, row: AccountRecovery, contacts: Sequence[MemberId], *, name: str) -> None:
    """Ask each of them to speak with her and then to say whether it is her."""
    member = await uow.session.get_one(MemberRow, row.user_id)
    number = national(Phone(row.new_phone or member.phone))
    what = text("sms-recovery-vouch", name=name, phone=number, app="lost" if row.app_lost else "kept")
    for contact in contacts:
        await tell_everywhere(uow, member=contact, what=what)


def _news(step: str, opens: datetime | None, app: str) -> Text:
    match step:
        case "started":
            return text("sms-recovery-started", app=app)
        case "confirmed":
            return text("sms-recovery-confirmed", at=opens, app=app)
        case "open":
            return text("sms-recovery-open", app=app)
        case "cancelled":
            return text("sms-recovery-cancelled")
        case "done":
            return text("sms-recovery-done")
        case _:
            raise ValueError(step)
