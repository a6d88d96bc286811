"""A contact's word: this is really her, or it isn't. Given with the contact's own PIN, once for each recovery.

Who counts was settled when the recovery was asked for: contacts who had accepted before, and haven't been removed since. With
the last word that is needed the waiting time begins; when so many say no that it can't be reached any more, it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from core.identity.events import record_security_event
from core.identity.models import MemberRow
from core.identity.recovery import OPEN_FOR, WAIT_FOR_MORE, RecoveryOver, cancel_recovery, pending_row
from core.identity.recovery_contacts import counting, requests_to
from core.identity.recovery_finish import LOOK_AGAIN, OPEN_RECOVERY, opens_at
from core.identity.recovery_models import AccountRecovery, RecoveryConfirmation, RecoveryContact
from core.identity.recovery_news import tell_of_recovery
from core.identity.signing import may_sign, require_may_sign
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given

Word = Literal["confirmed", "refused"]


@dataclass
class NotAContact(CoreError):
    """He is no contact of hers, or wasn't one yet when the recovery was asked for."""

    code = "not-a-contact"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Asked:
    """A recovery that waits for this contact's word.

    `phone` is where she can be called; `new_number` if it is new; `app_lost`: her authenticator goes off.
    """

    id: UUID
    name: str
    phone: Phone
    new_number: bool
    app_lost: bool


_ANSWERED = select(RecoveryConfirmation.recovery_id).where(RecoveryConfirmation.contact_id == given("contact"))
TO_VOUCH_FOR = Selected(
    select(AccountRecovery.id, MemberRow.name, MemberRow.phone, AccountRecovery.new_phone, AccountRecovery.app_lost)
    .join(MemberRow, MemberRow.id == AccountRecovery.user_id)
    .join(RecoveryContact, RecoveryContact.user_id == AccountRecovery.user_id)
    .where(RecoveryContact.contact_id == given("contact"), counting(AccountRecovery.created_at, given("now")))
    .where(AccountRecovery.id.not_in(_ANSWERED))
    .where(AccountRecovery.status == "pending", AccountRecovery.expires_at > given("now"))
    .where(AccountRecovery.confirmed_at.is_(None))
    .order_by(AccountRecovery.created_at)
)


async def to_vouch_for(uow: UnitOfWork, *, contact: MemberId) -> list[Asked]:
    """What waits for this person's word, the oldest first."""
    rows = await uow.rows(TO_VOUCH_FOR, contact=contact, now=uow.clock.now())
    return [Asked(row[0], row[1], Phone(row[3] or row[2]), row[3] is not None, row[4]) for row in rows]


@foreseeable
async def is_asked(uow: UnitOfWork, *, contact: MemberId) -> bool:
    """Whether anything waits for this person's answer: a recovery, or to become somebody's contact."""
    return bool(await to_vouch_for(uow, contact=contact)) or bool(await requests_to(uow, contact=contact))


async def vouch(uow: UnitOfWork, *, recovery: UUID, contact: MemberId, word: Word, channel: str) -> None:
    """Take his word; his first one counts. Whoever calls has seen his PIN.

    Raises RecoveryOver, NotAContact, and SignsLater for a yes from an account that was recovered or whose SIM was swapped
    lately: with one stolen account nobody shall vouch for the theft of the next. A no gives nobody anything.
    """
    row = await pending_row(uow, recovery)
    if await uow.session.scalar(_eligible(uow, row).where(RecoveryContact.contact_id == contact)) is None:
        raise NotAContact
    if word == "confirmed":
        await require_may_sign(uow, member=contact)
    said = insert(RecoveryConfirmation).values(
        id=uow.ids.new(), recovery_id=row.id, contact_id=contact, verdict=word, channel=channel, created_at=uow.clock.now()
    )
    if await uow.session.scalar(said.on_conflict_do_nothing().returning(RecoveryConfirmation.id)) is None:
        return
    await record_security_event(
        uow,
        event_type=f"recovery_{word}",
        severity="medium" if word == "confirmed" else "high",
        member=MemberId(row.user_id),
        address=channel,
        details={"recovery": str(row.id), "contact": str(contact)},
    )
    await _weigh(uow, row)


async def _weigh(uow: UnitOfWork, row: AccountRecovery) -> None:
    """Begin the waiting time, or end it all, when that is decided."""
    if row.confirmed_at is not None:
        return
    eligible = set(await uow.session.scalars(_eligible(uow, row)))
    said = select(RecoveryConfirmation.contact_id, RecoveryConfirmation.verdict).where(
        RecoveryConfirmation.recovery_id == row.id, RecoveryConfirmation.contact_id.in_(eligible)
    )
    words = [word for who, word in await uow.session.execute(said) if word == "refused" or await _still_counts(uow, who)]
    if words.count("confirmed") >= row.needed:
        await _begin_waiting(uow, row)
    elif len(eligible) - words.count("refused") < row.needed:
        await cancel_recovery(uow, recovery=row.id, by="contacts")


async def _still_counts(uow: UnitOfWork, contact: UUID) -> bool:
    """Whether a yes that was said is still worth it: his account may have changed hands since."""
    return await may_sign(uow, member=MemberId(contact))


async def _begin_waiting(uow: UnitOfWork, row: AccountRecovery) -> None:
    now = uow.clock.now()
    row.confirmed_at = now
    row.expires_at = now + WAIT_FOR_MORE + OPEN_FOR
    opens = await opens_at(uow, row)
    if opens is None:
        raise RecoveryOver
    await tell_of_recovery(uow, row, "confirmed", opens=opens)
    await uow.enqueue(OPEN_RECOVERY, {"id": str(row.id)}, after=max(opens - now - LOOK_AGAIN, LOOK_AGAIN))


def _eligible(uow: UnitOfWork, row: AccountRecovery) -> Select[UUID]:
    """Contacts whose word counts for this recovery."""
    mine = RecoveryContact.user_id == row.user_id
    return select(RecoveryContact.contact_id).where(mine, counting(row.created_at, uow.clock.now()))
