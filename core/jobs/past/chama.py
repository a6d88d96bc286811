"""The group of the year as its story needs it: people by their place in the cast, verbs in units of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from core.daos.constitutions import version_of
from core.daos.groups import Group, create_group
from core.daos.invitations import accept_invitation, invitations_for, invite
from core.daos.offices import answer_offer, offer_role, offers_to
from core.identity.device_list import phone_was_proven
from core.identity.devices import link_telegram
from core.identity.members import Member as Account
from core.identity.members import find
from core.identity.registration import CONSENT_VERSION, register
from core.jobs.past.cast import CAST, GROUP, OTIENO, PIN, WANJIRU, Member
from core.jobs.past.mpesa import PastPayment
from core.jobs.turned import TurnedClock, TurnedWorker
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.secrets import PinHasher
from core.payments.account_numbers import account_number
from core.payments.inbox import store_callback

Verb = Callable[..., Awaitable[Any]]
# A played account of Telegram follows from the number, as the sandbox makes it.
TELEGRAM_BASE = 1_000_000_000
# What the scheduler would have run: everything by which a group's days pass.
TICKS = (
    *("look-at-dues", "look-at-loans", "merry-turns", "sweep-proposals", "look-after-treasuries"),
    *("look-at-recurring", "seal-the-books", "seal-groups"),
)
# Where Safaricom reports from.
SAFARICOM = "196.201.214.200"


def shillings(whole: int) -> Money:
    """Whole shillings."""
    return Money(whole * 100)


class Chama:
    """One group on a turned clock. `ids` has its members by their place in the cast."""

    def __init__(self, database: Database, clock: TurnedClock, worker: TurnedWorker, shortcode: str) -> None:
        self._database, self.clock, self._worker, self._shortcode = database, clock, worker, shortcode
        self.group: Group = None  # type: ignore[assignment]
        self.ids: list[MemberId] = []
        self.payments: list[PastPayment] = []

    @property
    def id(self) -> DaoId:
        """The group's."""
        return self.group.id

    async def act(self, verb: Verb, **given: Any) -> Any:
        """Do something. Raises what the verb raises: a story that is refused is wrong."""
        async with self._database.unit() as uow:
            return await verb(uow, **given)

    async def try_to(self, verb: Verb, **given: Any) -> Any:
        """Do something that may be refused, since people try it, too; None then."""
        try:
            return await self.act(verb, **given)
        except CoreError:
            return None

    async def intent(self) -> IntentId:
        """A new one."""
        return IntentId(await self.act(_new_id))

    async def until(self, moment: datetime) -> None:
        """Turn the clock and do all that has come due."""
        self.clock.moment = moment
        await self._worker.start(TICKS)
        await self.work()

    async def work(self) -> None:
        """What is due, and what that makes due. Raises RuntimeError when a job fails: nothing is out of order in a story."""
        while await self._worker.once():
            pass
        if self._worker.failed:
            job, error = self._worker.failed[0]
            raise RuntimeError(f"{job} failed in the practice year") from error

    async def found(self, hasher: PinHasher) -> None:
        """Everybody registers; the chair founds the group and invites the others; offices are taken."""
        self.ids = [await self._register(one, hasher) for one in CAST]
        given = {"intent": await self.intent(), "founder": self.ids[WANJIRU], "name": GROUP, "kind": "chama"}
        self.group = await self.act(create_group, **given)

    async def fill(self) -> None:
        """The others come by invitation and take their offices."""
        for place in range(1, len(CAST)):
            await self._enter(place)
        for place, one in enumerate(CAST):
            if one.office and place != WANJIRU:
                await self.act(offer_role, group=self.id, by=self.ids[WANJIRU], member=self.ids[place], role=one.office)
                for offer in await self.act(offers_to, member=self.ids[place]):
                    await self.act(answer_offer, offer=offer.id, member=self.ids[place], accepts=True)
        await self.work()

    async def await_visitor(self) -> None:
        """All have used their phones lately, as members do; those whose phones are shown have their chats, too."""
        for place, one in enumerate(CAST):
            await self.act(phone_was_proven, member=self.ids[place], phone=one.phone)
        for place in (WANJIRU, OTIENO):
            account = TELEGRAM_BASE + int(CAST[place].phone[4:])
            linked = {"telegram_id": account, "chat": account, "name": CAST[place].name}
            await self.act(link_telegram, member=self.ids[place], **linked)

    async def _register(self, one: Member, hasher: PinHasher) -> MemberId:
        member = MemberId(await self.act(_new_id))
        sealed = await hasher.hash(PIN, owner=str(member))
        told = {"consent_version": CONSENT_VERSION, "channel": "ussd", "language": one.language}
        await self.act(register, member=member, phone=one.phone, name=one.name, sealed_pin=sealed, **told)
        return member

    async def _enter(self, place: int) -> None:
        one, who = CAST[place], await self.account(place)
        asked = {"phone": one.phone, "role": "member", "language": one.language}
        await self.act(invite, group=self.id, by=self.ids[WANJIRU], **asked)
        read = await self.act(version_of, group=self.id)
        for found in await self.act(invitations_for, member=who):
            accepted = {"member": self.ids[place], "rules_version": read}
            await self.act(accept_invitation, invitation=found.id, **accepted)

    async def account(self, place: int) -> Account:
        """A member as she is on record. Raises LookupError."""
        found = await self.act(find, member=self.ids[place])
        if found is None:
            raise LookupError(CAST[place].name)
        return found  # type: ignore[no-any-return]

    async def deposit(self, place: int, amount: int) -> None:
        """She pays whole shillings to her own number at the paybill."""
        number = await self.act(account_number, member=self.ids[place])
        receipt = f"SY{place:02d}{len(self.payments):06d}"
        paid = PastPayment(receipt, CAST[place].phone, amount, number, self.clock.now())
        body = paid.confirmation(self._shortcode, CAST[place].name)
        await self.act(store_callback, kind="c2b", intent=self._shortcode, body=body, remote=SAFARICOM)
        self.payments.append(paid)


async def _new_id(uow: UnitOfWork) -> UUID:
    return uow.ids.new()
