"""Whole screens, as the conversation itself shows them: every menu is walked through, and each screen is kept with its options.

The way to each screen is found once; then it is gone again with every kind of values. Where a PIN is asked for the way ends:
nothing is done to the people of the walk, so that they look the same from every way. What can't be reached so is played by
several people (tests/screen_plays).
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from core.daos.calendar import Schedule
from core.daos.dues.changing import create_kind
from core.daos.dues.opening import open_charges
from core.daos.groups import create_group, join
from core.dialogue.engine import Conversation
from core.dialogue.screens import SECRET, Asks, numbered
from core.dialogue.session import Session, load
from core.dialogue.turn import USSD, Incoming, Input, Kind, Reply
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.texts import LANGUAGES, Text, catalogue
from core.ledger.accounts import MPESA_UTILITY, member_account, treasury
from core.ledger.service import Leg, transfer
from core.providers.redis_store import RedisStore
from core.reports.own.chart import as_chart
from core.reports.own.figures import own_statement
from tests.conftest import FakeClock
from tests.conversing import conversation_on
from tests.extremes import LONGEST_NAME
from tests.members import enrol
from ussd.render import UssdRenderer

PIN = "248163"
DEEPEST, MOST_WAYS = 8, 1_200
# Choices that would change the people of the walk, so that later screens weren't what they say.
LEFT_ALONE = frozenset({"en", "sw", "continue"})
# Too little, too much, too exact, or nothing of the sort that is asked for. No code is guessed: those are counted.
BAD_ANSWERS = {
    Asks.AMOUNT: ("0", "x", "0.50", "2.005", "1", "999999999"),
    Asks.TEXT: ("x", "1", "W" * 161),
    Asks.DIGITS: ("x", "0", "99", "9" * 13),
    Asks.CODE: ("x", "1234"),
}
Way = tuple[str, ...]


@dataclass(frozen=True)
class Values:
    """What the people of one walk are called, and how large their amounts are."""

    name: str
    group: str
    other: str
    amount: str
    holds: Money


VALUES = {
    "ordinary": Values("Wanjiru Kamau", "Umoja", "Harambee", "200", Money(12_500_00)),
    "longest": Values(LONGEST_NAME, "W" * 40, "M" * 20, "50000", Money(99_999_999_99)),
    # Who comes from elsewhere may be called so; her groups may not.
    "another script": Values("ወንጂሩ ካማው", "Umoja", "Harambee", "200", Money(12_500_00)),
}


@dataclass(frozen=True)
class Whole:
    """A screen by its name, with everything that stands on it, and what the conversation holds for it."""

    name: str
    language: str
    values: str
    way: Way
    reply: Reply = field(repr=False)
    channel: str = USSD.name
    held: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def variant(self) -> str:
        """The screen and what it says: the same screen says another thing for another task."""
        said = self.reply.screen.text
        return " ".join([self.name, said.key, *(one.key for one in said.args.values() if isinstance(one, Text))])

    def pages(self, budget: int) -> list[str]:
        """As a network with room for so many septets shows it."""
        return UssdRenderer(catalogue(), budget)(self.reply)


def name_of(session: Session, way: Sequence[str]) -> str:
    """What is shown, by its screen; a question for the PIN by what waits for it, an end by the way that led to it."""
    return f"{session.pending}:pin" if session.pending else session.screen or f"{' '.join(way) or 'dial'}: the end"


class Walker:
    """Somebody who dials, in one language and with one kind of values. Each answer is given where the way before it led."""

    def __init__(self, conversation: Conversation, store: RedisStore, phone: str, language: str, values: str) -> None:
        self.conversation, self.store = conversation, store
        self.phone, self.language, self.values = phone, language, values
        self.code = ""
        self._events = itertools.count()
        self._talks: dict[Way, str] = {}
        self._reply: Reply | None = None

    async def go(self, way: Way) -> Whole:
        """Dial, or give the last answer of this way at the screen that the rest of it led to."""
        if way:
            await self._back_to(way[:-1])
            await self._hop(Input(Kind.TYPED, self._said(way[-1])))
        else:
            await self._hop(Input(Kind.START))
        talk = await self.store.peek(self._key)
        assert talk is not None
        self._talks[way] = talk
        assert self._reply is not None
        session = load(talk)
        return Whole(name_of(session, way), self.language, self.values, way, self._reply, held=session.values)

    @property
    def known(self) -> AbstractSet[Way]:
        """The ways that were gone."""
        return self._talks.keys()

    @property
    def _key(self) -> str:
        return f"{USSD.name}:{self.phone}"

    async def _back_to(self, way: Way) -> None:
        """Have the talk go on from where this way led."""
        claimed, _ = await self.store.open(self._key, claim="walk")
        assert claimed
        await self.store.close(self._key, claim="walk", session=self._talks[way], seconds=USSD.session_seconds)
        # What the conversation remembers of it is another talk by now: each hop would be worked on twice.
        self.conversation._sessions._remembered.pop(self._key, None)

    async def chart(self, database: Database) -> bytes:
        """The picture of her savings, as her chat shows it."""
        async with database.unit() as uow:
            member = await find_by_phone(uow, Phone(self.phone))
            assert member is not None
            found = await own_statement(uow, member=member.id)
        return as_chart(found, language=self.language)

    def _said(self, answer: str) -> str:
        values = VALUES[self.values]
        words = {
            "AMOUNT": values.amount,
            "NAME": values.other,
            "HERS": LONGEST_NAME if self.values == "longest" else "Wanjiru Kamau",
            "CODE": self.code,
            "PHONE": "0733000003",
            "SMALL": "5",
        }
        return words.get(answer, answer)

    async def _hop(self, one: Input) -> None:
        incoming = Incoming(
            channel=USSD,
            key=self.phone,
            event=f"{self.phone} {next(self._events)}",
            read=lambda _memory: [one],
            phone=Phone(self.phone),
            language=self.language,
        )
        await self.conversation.handle(incoming, self._render)

    def _render(self, reply: Reply) -> list[str]:
        self._reply = reply
        return ["seen"]


def answers(reply: Reply) -> Iterator[str]:
    """What leads on from here: every option, or something of the sort that is asked for."""
    screen = reply.screen
    if screen.ends or screen.asks in SECRET:
        return
    by_sort = {Asks.AMOUNT: ["AMOUNT"], Asks.TEXT: ["NAME"], Asks.DIGITS: ["CODE", "PHONE", "SMALL"]}
    yield from by_sort.get(screen.asks, [])
    if screen.asks in (Asks.CHOICE, Asks.CODE):
        yield from (str(number) for number, one in numbered(screen.choices) if one.id not in LEFT_ALONE)


async def find_ways(walker: Walker) -> dict[str, Whole]:
    """Every screen that can be reached without a PIN, with each thing that it says; the shorter ways first.

    What leads on is followed from the first way to each screen only.
    """
    found: dict[str, Whole] = {}
    names: set[str] = set()
    waiting, walked = deque[Way]([()]), 0
    while waiting and walked < MOST_WAYS:
        way, walked = waiting.popleft(), walked + 1
        seen = await walker.go(way)
        refused = seen.reply.note is not None
        if seen.variant in found or (refused and way):
            continue
        found[seen.variant] = seen
        if len(way) < DEEPEST and seen.name not in names:
            names.add(seen.name)
            waiting.extend((*way, answer) for answer in answers(seen.reply))
    return found


async def refusals(walker: Walker, found: Iterable[Whole]) -> list[Whole]:
    """What stands on each of these screens after an answer that doesn't do, where one is typed there."""
    refused = []
    for one in found:
        for bad in BAD_ANSWERS.get(one.reply.screen.asks, ()):
            seen = await walker.go((*one.way, bad))
            if seen.reply.note is not None and seen.name == one.name:
                refused.append(seen)
    return refused


async def as_a_stranger(walker: Walker) -> list[Whole]:
    """What somebody sees who never dialled before, up to the PIN that she chooses."""
    given = walker.language, walker.values
    stranger = Walker(walker.conversation, walker.store, f"{walker.phone[:-1]}9", *given)
    language = str(LANGUAGES.index(walker.language) + 1)
    return [await stranger.go(way) for way in ((), (language,), (language, "1"), (language, "1", "HERS"))]


async def settle(database: Database, store: RedisStore, vault: Vault, language: str, values: str, place: int) -> Walker:
    """A member with money, a group in which something is due, another that she doesn't know, and a stranger's ways."""
    given, hasher = VALUES[values], PinHasher(vault)
    people = [await _enrol(database, vault, f"+25471{place}00000{number}", given.name, language) for number in range(3)]
    async with database.unit() as uow:
        group = await create_group(uow, intent=IntentId(uow.ids.new()), founder=people[0], name=given.group)
        await join(uow, member=people[1], group=group.id)
        other = await create_group(uow, intent=IntentId(uow.ids.new()), founder=people[2], name=given.other, kind="harambee")
        # With two groups of hers she is asked for which.
        await create_group(uow, intent=IntentId(uow.ids.new()), founder=people[0], name=given.other, kind="harambee")
        legs = [Leg(MPESA_UTILITY, -given.holds), Leg(member_account(people[0]), given.holds)]
        await transfer(uow, key=uow.ids.new(), kind="mpesa_deposit", legs=legs)
        legs = [Leg(MPESA_UTILITY, -given.holds), Leg(treasury(group.id), given.holds)]
        await transfer(uow, key=uow.ids.new(), kind="mpesa_deposit", legs=legs)
    await _let_fall_due(database, group.id, people[0])
    conversation = conversation_on(database, store, hasher, paybill="4082451")
    walker = Walker(conversation, store, f"+25471{place}000000", language, values)
    walker.code = other.code
    return walker


async def _enrol(database: Database, vault: Vault, phone: str, name: str, language: str) -> MemberId:
    async with database.unit() as uow:
        member = MemberId(uow.ids.new())
        sealed = await PinHasher(vault).hash(PIN, owner=str(member))
        return await enrol(uow, phone, member=member, name=name, language=language, sealed_pin=sealed)


async def _let_fall_due(database: Database, group: DaoId, chair: MemberId) -> None:
    async with database.unit() as uow:
        await create_kind(
            uow,
            intent=IntentId(uow.ids.new()),
            official=chair,
            group=group,
            name="Savings",
            purpose="treasury",
            schedule=Schedule("weekly", 3),
            amount=Money(250_00),
        )
    clock = database._clock
    assert isinstance(clock, FakeClock)
    clock.advance(days=7)
    async with database.unit() as uow:
        await open_charges(uow, group=group)
