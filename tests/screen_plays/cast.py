"""Who plays for the screen book where a walk of one member alone can't come: a chair, officials, members, and somebody new.

Each goes by the ids of the options, so that a play reads the same in every language and whatever number an option has. Every
screen on the way is kept, once by its name, as the person saw it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy import text as sql_text

from core.daos.changes import set_role
from core.daos.constitutions import enact
from core.daos.groups import create_group, join
from core.daos.models import MembershipRow
from core.daos.rules import Rules
from core.dialogue.engine import Conversation
from core.dialogue.screens import numbered
from core.dialogue.session import load
from core.dialogue.turn import TELEGRAM, USSD, Channel, Incoming, Input, Kind, Reply
from core.identity.devices import link_telegram
from core.identity.step_up import set_limit
from core.identity.strangers import NOBODY
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.texts import catalogue
from core.ledger.accounts import MPESA_UTILITY, Account, member_account
from core.ledger.service import Leg, transfer
from core.providers.redis_store import RedisStore
from tests.conftest import FakeClock
from tests.conversing import conversation_on
from tests.dialogue.stories import code_of
from tests.members import enrol
from tests.screen_walk import PIN, VALUES, Values, Whole, name_of

TEXTS = catalogue()
NEW_PIN = "604718"
PLENTY = Money(2_000_000_00)
# Nothing is large enough to need more than a PIN, but where a play is about that.
LIMIT = Money(15_000_000_00)
RULES = replace(
    Rules(),
    frequency="weekly",
    due_day=7,
    welfare_waiting_days=0,
    loan_waiting_days=0,
    loan_reserve=0,
    loan_guarantors=1,
    meeting_frequency="weekly",
    approvals=2,
    padlock=False,
    signer_wait_hours=0,
)


@dataclass
class Cast:
    """The people of one language and one kind of values, their groups, and what they have seen by its name and what it says."""

    database: Database
    store: RedisStore
    vault: Vault
    conversation: Conversation
    language: str
    kind: str
    place: int
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, DaoId] = field(default_factory=dict)
    seen: dict[str, Whole] = field(default_factory=dict)

    @property
    def values(self) -> Values:
        """What the people are called, and how large their amounts are."""
        return VALUES[self.kind]

    @property
    def clock(self) -> FakeClock:
        """The clock that they all live by."""
        clock = self.database._clock
        assert isinstance(clock, FakeClock)
        return clock

    async def sql(self, query: str, **values: Any) -> list[Any]:
        """The rows of a query, as tuples."""
        async with self.database.unit() as uow:
            result = await uow.session.execute(sql_text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]

    def somebody(self, name: str) -> Person:
        """A phone that nobody knows yet."""
        person = Person(self, f"+25472{self.place}00{len(self.people):04d}", telegram=self.place * 1_000 + len(self.people) + 1)
        self.people[name] = person
        return person

    async def enrolled(self, name: str, *, role: str = "", sealed_pin: str = "") -> Person:
        """Somebody with an account and money; with a role, in the main group."""
        person = self.somebody(name)
        async with self.database.unit() as uow:
            person.member = MemberId(uow.ids.new())
            sealed = sealed_pin or await PinHasher(self.vault).hash(PIN, owner=str(person.member))
            told = {"name": self.values.name, "language": self.language, "sealed_pin": sealed}
            await enrol(uow, person.phone, member=person.member, **told)
            await set_limit(uow, member=person.member, limit=LIMIT)
        await self.give(member_account(person.member), PLENTY)
        if role:
            await self.admit(person, "main", role)
        return person

    async def admit(self, person: Person, group: str, role: str = "member") -> None:
        """Have her join this group, with this office."""
        hers = select(MembershipRow).where(MembershipRow.dao_id == self.groups[group], MembershipRow.user_id == person.member)
        async with self.database.unit() as uow:
            await join(uow, member=person.member, group=self.groups[group])
            await set_role(uow, (await uow.session.scalars(hers)).one(), role, way="appointed")

    async def found(self, name: str, *, by: Person, **rules: Any) -> DaoId:
        """A group of hers with these rules."""
        async with self.database.unit() as uow:
            intent = IntentId(uow.ids.new())
            made = await create_group(uow, intent=intent, founder=by.member, name=self.values.group)
            in_force_from = uow.clock.now()
            await enact(uow, group=made.id, rules=replace(RULES, **rules), in_force_from=in_force_from, because="the members")
        self.groups[name] = made.id
        return made.id

    async def give(self, account: Account, money: Money) -> None:
        """Money that came from outside."""
        async with self.database.unit() as uow:
            legs = [Leg(MPESA_UTILITY, -money), Leg(account, money)]
            await transfer(uow, key=uow.ids.new(), kind="deposit", legs=legs)


@dataclass
class Person:
    """Somebody with a phone, and perhaps a chat."""

    cast: Cast
    phone: str
    telegram: int
    member: MemberId = NOBODY
    reply: Reply = field(init=False)
    way: list[str] = field(default_factory=list)
    before: str = ""
    hops: int = 0

    async def dial(self, *steps: str, channel: Channel = USSD, refused: bool = False) -> str:
        """Begin anew and take these steps; what the last screen says.

        A step is the id of an option (or what it begins with, up to ":"), "#2" the second that is offered, "=200" what is typed,
        "PIN" her PIN. refused: the last step is.
        """
        self.way, self.before = [], ""
        await self._hop(channel, Input(Kind.START))
        return await self.go(*steps, channel=channel, refused=refused)

    async def group(self, *steps: str, name: str = "main", channel: Channel = USSD, refused: bool = False) -> str:
        """The same, from the screen of one of her groups."""
        return await self.dial("groups", str(self.cast.groups[name]), *steps, channel=channel, refused=refused)

    async def command(self, screen: str, *steps: str) -> str:
        """Begin with a command in her chat."""
        self.way = [f"/{screen}"]
        await self._hop(TELEGRAM, Input(Kind.COMMAND, screen))
        return await self.go(*steps, channel=TELEGRAM)

    async def contact(self) -> str:
        """Share her own number in her chat."""
        await self._hop(TELEGRAM, Input(Kind.CONTACT, self.phone))
        return self.said()

    async def go(self, *steps: str, channel: Channel = USSD, refused: bool = False) -> str:
        """Go on from where she is."""
        for number, step in enumerate(steps, 1):
            typed = self._typed(step)
            # Numbers are what a reader may dial; what is typed besides is other words each time.
            self.way.append(step if step == "PIN" else "..." if step.startswith("=") else typed)
            await self._hop(channel, Input(Kind.TYPED, typed))
            was_refused = self.reply.note is not None or self.reply.screen.text.key.startswith("error-")
            assert was_refused == (refused and number == len(steps)), f"{self.before} {step}: {self.said()}"
        return self.said()

    async def link(self) -> None:
        """Have her chat speak for her."""
        async with self.cast.database.unit() as uow:
            told = {"telegram_id": self.telegram, "chat": self.telegram, "name": self.cast.values.name}
            await link_telegram(uow, member=self.member, **told)

    async def code(self) -> str:
        """The step that types the code of her last SMS."""
        return f"={await code_of(self.cast.sql, self.cast.vault, self.phone)}"

    def said(self) -> str:
        """What she sees, in words."""
        whole = [self.reply.note, self.reply.screen.text, *self.reply.screen.rows]
        return "\n".join(TEXTS.say(self.reply.language, one) for one in whole if one)

    def _typed(self, step: str) -> str:
        if step == "PIN" or step.startswith("="):
            return PIN if step == "PIN" else step[1:]
        offered = numbered(self.reply.screen.choices)
        if step.startswith("#"):
            return str(offered[int(step[1:]) - 1][0])
        found = [number for number, one in offered if one.id == step or (step.endswith(":") and one.id.startswith(step))]
        assert found, f"no {step} at {self.before}: {[one.id for _, one in offered]}: {self.said()}"
        return str(found[0])

    async def _hop(self, channel: Channel, one: Input) -> None:
        self.hops += 1
        chats = channel is TELEGRAM
        incoming = Incoming(
            channel=channel,
            key=str(self.telegram) if chats else self.phone,
            event=f"{channel.name} {self.phone} {self.hops}",
            read=lambda _memory: [one],
            phone=None if chats else Phone(self.phone),
            telegram=self.telegram if chats else None,
            chat=self.telegram if chats else None,
            language=self.cast.language,
        )
        await self.cast.conversation.handle(incoming, self._render)
        stored = await self.cast.store.peek(f"{channel.name}:{incoming.key}")
        assert stored is not None
        session = load(stored)
        name = name_of(session, [self.before, *self.way[-1:]])
        if self.reply.note is None:
            self.before = name
            whole = Whole(
                name, self.cast.language, self.cast.kind, tuple(self.way), self.reply, channel.name, held=session.values
            )
            known = self.cast.seen.get(whole.variant)
            if known is None or (known.channel, channel) == (TELEGRAM.name, USSD):
                self.cast.seen[whole.variant] = whole

    def _render(self, reply: Reply) -> list[str]:
        self.reply = reply
        return ["seen"]


Played = TypeVar("Played", bound=Cast)


async def assemble(
    database: Database, store: RedisStore, vault: Vault, language: str, kind: str, place: int, into: type[Played] = Cast
) -> Played:
    """The chair with her group, its officials and some members; and another group where she is alone."""
    conversation = conversation_on(database, store, PinHasher(vault), paybill="4082451")
    cast = into(database, store, vault, conversation, language, kind, place)
    chair = await cast.enrolled("chair")
    await cast.found("main", by=chair)
    await cast.found("alone", by=chair)
    for name, role in (("secretary", "secretary"), ("treasurer", "treasurer"), ("amina", "member"), ("bahati", "member")):
        await cast.enrolled(name, role=role)
    return cast
