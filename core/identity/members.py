"""Members as everybody else sees them: who they are and where they can be reached. Nothing of how they prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.identity.events import record_security_event
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Question, Selected, given


@dataclass(frozen=True)
class Member:
    """A registered person. `telegram` is the id of her linked Telegram account, `chat` the chat to reach it.

    `signed_out_at`: when she last signed out everywhere; what was proven before that counts no more.
    `consent` is the newest version of the terms that she agreed to.
    """

    id: MemberId
    name: str
    phone: Phone
    language: str
    telegram: int | None
    chat: int | None
    created_at: datetime
    signed_out_at: datetime | None = None
    consent: str | None = None


# Each turn asks one of these: built once, since that is dearer than asking.
_BY_ID = Selected(select(MemberRow).where(MemberRow.id == given("it")))
BY_PHONE = Selected(select(MemberRow).where(MemberRow.phone == given("it")))
_BY_TELEGRAM = Selected(select(MemberRow).where(MemberRow.telegram_id == given("it")))
PHONE = Question("SELECT phone FROM members WHERE id = :member")


@foreseeable
async def find(uow: UnitOfWork, member: MemberId) -> Member | None:
    """The member with this id."""
    return await _find(uow, _BY_ID, member)


async def find_all(uow: UnitOfWork, members: Iterable[MemberId]) -> dict[MemberId, Member]:
    """Those of these members that there are."""
    rows = await uow.session.scalars(select(MemberRow).where(MemberRow.id.in_(set(members))))
    return {MemberId(row.id): as_member(row) for row in rows}


@foreseeable
async def find_by_phone(uow: UnitOfWork, phone: Phone) -> Member | None:
    """The member with this number."""
    member = await _find(uow, BY_PHONE, phone)
    if member is not None:
        find.foresee(uow, member, member.id)
    return member


@foreseeable
async def find_by_telegram(uow: UnitOfWork, telegram_id: int) -> Member | None:
    """The member who linked this Telegram account."""
    return await _find(uow, _BY_TELEGRAM, telegram_id)


async def set_language(uow: UnitOfWork, *, member: MemberId, language: str) -> None:
    """Speak this language to her from now on, on every channel."""
    row = await locked(uow, member)
    row.language, row.updated_at = language, uow.clock.now()
    await uow.session.flush()


async def rename(uow: UnitOfWork, *, member: MemberId, name: str) -> None:
    """Call her by this name from now on. `name` has been cleaned."""
    row = await locked(uow, member)
    row.name, row.updated_at = name, uow.clock.now()
    await uow.session.flush()
    await record_security_event(uow, event_type="name_changed", severity="low", member=member)


async def locked(uow: UnitOfWork, member: MemberId) -> MemberRow:
    """The member's own row as it is now, ours until the unit ends. Raises NoResultFound: callers know the member."""
    # Read anew: one that was read before the lock may say what was true before somebody else's unit.
    return await uow.session.get_one(MemberRow, member, with_for_update=True, populate_existing=True)


def as_member(row: MemberRow) -> Member:
    """What others may know of the row."""
    return Member(
        id=MemberId(row.id),
        name=row.name,
        phone=Phone(row.phone),
        language=row.language,
        telegram=row.telegram_id,
        chat=row.telegram_chat,
        created_at=row.created_at,
        signed_out_at=row.signed_out_at,
        consent=row.consent_version,
    )


async def _find(uow: UnitOfWork, asked: Selected[MemberRow], it: object) -> Member | None:
    row = await uow.scalar(asked, it=it)
    return None if row is None else as_member(row)
