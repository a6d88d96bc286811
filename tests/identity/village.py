"""A member with contacts who vouch for her, and what it takes to recover her account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.identity.members import Member
from core.identity.pins import PinGate, PinOutcome
from core.identity.recovery import Recovery, start_recovery
from core.identity.recovery_contacts import answer_request, ask_contact, requests_to
from core.identity.recovery_finish import finish_recovery
from core.identity.vouching import vouch
from core.kernel.db import Database
from core.kernel.phone import Phone

from .people import PIN, People, new_id

HER_PHONE = "phone:+254712000001"
NEW_PIN = "815203"


async def let_count(database: Database) -> None:
    """Contacts who were chosen in this test count as those do who were chosen long ago."""
    async with database.unit() as uow:
        await uow.session.execute(text("UPDATE recovery_contacts SET counts_from = created_at"))
        await uow.session.execute(text("DELETE FROM pgqueuer WHERE entrypoint = 'look-at-changes'"))


@dataclass
class Village:
    people: People
    clock: Any
    her: Member = field(init=False)
    contacts: list[Member] = field(default_factory=list)

    async def settle(self, contacts: int = 3) -> None:
        """Register her and so many contacts who have accepted."""
        self.her = await self.people.register()
        for number in range(contacts):
            contact = await self.people.register(Phone(f"+25472200000{number}"), name=f"Contact {'ABCDEF'[number]}")
            self.contacts.append(contact)
            await self.befriend(contact)

    async def befriend(self, contact: Member) -> None:
        """He accepts, and the waiting time of a change by phone and PIN (`waiting_time`) is over."""
        async with self.people.database.unit() as uow:
            await ask_contact(uow, member=self.her.id, contact=contact.id)
        await let_count(self.people.database)
        async with self.people.database.unit() as uow:
            (request,) = await requests_to(uow, contact=contact.id)
            await answer_request(uow, contact=contact.id, request=request.id, accepts=True)

    async def start(self, *, device: str = HER_PHONE, **given: Any) -> Recovery:
        async with self.people.database.unit() as uow:
            return await start_recovery(uow, member=self.her.id, device=device, channel="ussd", **given)

    async def say(self, recovery: Recovery, contact: Member, word: Any = "confirmed") -> None:
        async with self.people.database.unit() as uow:
            await vouch(uow, recovery=recovery.id, contact=contact.id, word=word, channel="ussd")

    async def confirmed(self, **given: Any) -> Recovery:
        """A recovery with all the confirmations that it takes."""
        recovery = await self.start(**given)
        for contact in self.contacts[: recovery.needed]:
            await self.say(recovery, contact)
        return recovery

    async def finish(self, recovery: Recovery, *, device: str = HER_PHONE, pin: str = NEW_PIN, calm: bool = True) -> None:
        """Choose the new PIN; unless told otherwise the network says just before that no SIM was swapped."""
        if calm:
            await self.people.calm(recovery.new_phone or self.her.phone)
        sealed = await self.people.hasher.hash(pin, owner=str(self.her.id))
        async with self.people.database.unit() as uow:
            await finish_recovery(uow, recovery=recovery.id, device=device, sealed_pin=sealed, channel="ussd")

    async def recovered(self, **given: Any) -> None:
        recovery = await self.confirmed(**given)
        self.clock.moment += timedelta(hours=72 if given.get("new_phone") or given.get("app_lost") else 24)
        await self.finish(recovery, device=given.get("device", HER_PHONE))

    async def enter(self, pin: str = PIN, *, device: str = "") -> PinOutcome:
        gate = PinGate(self.people.database, self.people.hasher)
        return await gate.check(member=self.her.id, pin=pin, channel="ussd", event_id=str(new_id()), device=device)

    async def told(self, words: str, phone: Phone | None = None) -> int:
        """How many SMS with these words went to this number, hers unless another is named."""
        sent = await self.people.rows("sms_delivery_log", where=f"to_phone = '{phone or self.her.phone}'")
        return sum(words in row["message"] for row in sent)
