"""Tell the people of a group what happened: in the chat of whoever has one, else by SMS, each in her language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from core.daos.groups import Role
from core.daos.people import Person, people_of
from core.identity.members import Member, find
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text
from core.notifications import service
from core.notifications.service import Reach, Receipt

# So much of a group's name, where a message with everything in it would be two.
SHORT_GROUP = 20


async def tell(
    uow: UnitOfWork,
    person: Person,
    what: Text,
    *,
    template: str,
    receipt: Receipt | None = None,
    until: datetime | None = None,
) -> None:
    """Tell one person, as she wants to be told; `template` names the message's kind, which says what it is about.

    until: when what it is about is over; it isn't told any more then.
    """
    await service.tell(uow, reach_of(person), what, template=template, receipt=receipt, until=until)


async def tell_each(
    uow: UnitOfWork, news: Sequence[tuple[Person, Text]], *, template: str, until: datetime | None = None
) -> None:
    """Tell many people of a group, each what is for her."""
    await service.tell_all(uow, [(reach_of(person), what) for person, what in news], template=template, until=until)


def reach_of(person: Person) -> Reach:
    """Where she can be told."""
    return Reach(person.id, person.phone, person.chat, person.language)


async def tell_member(uow: UnitOfWork, member: Member | MemberId, what: Text, *, template: str) -> None:
    """Tell somebody who may not belong to the group (yet, or any more)."""
    who = member if isinstance(member, Member) else await find(uow, member)
    if who is not None:
        await service.tell(uow, Reach(who.id, who.phone, who.chat, who.language), what, template=template)


async def tell_group(
    uow: UnitOfWork,
    *,
    group: DaoId,
    what: Text,
    template: str,
    roles: Sequence[Role] = (),
    but: Collection[MemberId] = (),
    until: datetime | None = None,
) -> None:
    """Tell every active member, or those with one of `roles`; not those in `but`."""
    people = await people_of(uow, group=group, roles=roles)
    await tell_each(uow, [(person, what) for person in people if person.id not in but], template=template, until=until)
