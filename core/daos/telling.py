"""Tell the people of a group what happened: in the chat of whoever has one, else by SMS, each in her language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.daos.groups import Role
from core.daos.people import Person, people_of
from core.identity.members import Member, find
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text
from core.notifications.service import queue_chat, queue_sms


async def tell(uow: UnitOfWork, person: Person, what: Text, *, template: str) -> None:
    """Tell one person; the message leaves when the unit commits. `template` names its kind in the delivery log."""
    if person.chat is not None:
        await queue_chat(uow, chat=person.chat, what=what, language=person.language, fallback=person.phone, member=person.id)
        return
    await queue_sms(uow, to=person.phone, what=what, language=person.language, template=template, member=person.id)


async def tell_member(uow: UnitOfWork, member: Member | MemberId, what: Text, *, template: str) -> None:
    """Tell somebody who may not belong to the group (yet, or any more)."""
    who = member if isinstance(member, Member) else await find(uow, member)
    if who is None:
        return
    if who.chat is not None:
        await queue_chat(uow, chat=who.chat, what=what, language=who.language, fallback=who.phone, member=who.id)
        return
    await queue_sms(uow, to=who.phone, what=what, language=who.language, template=template, member=who.id)


async def tell_group(
    uow: UnitOfWork,
    *,
    group: DaoId,
    what: Text,
    template: str,
    roles: Sequence[Role] = (),
    but: Collection[MemberId] = (),
) -> None:
    """Tell every active member, or those with one of `roles`; not those in `but`."""
    for person in await people_of(uow, group=group, roles=roles):
        if person.id not in but:
            await tell(uow, person, what, template=template)
