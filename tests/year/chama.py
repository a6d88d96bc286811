"""A group as the year knows it: who belongs today, who holds which office, and how anything is done in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from core.daos.amendments import answer
from core.daos.constitutions import rules_of, version_of
from core.daos.groups import create_group
from core.daos.invitations import accept_invitation, invitations_for, invite
from core.daos.offices import answer_offer, offer_role, offers_to, officials
from core.daos.people import Person, people_of
from core.daos.rules import GroupKind, Rules
from core.identity.registration import CONSENT_VERSION, register
from core.kernel.db import NotJustReading
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.ledger.accounts import Account
from core.ledger.service import balance
from core.payments.deposits import start_deposit

from .world import World

Verb = Callable[..., Awaitable[Any]]
ALL = ("chama", "savings", "merry_go_round", "investment", "community", "harambee")
# What every group of the year answers differently, so that a quarter shows what otherwise takes longer.
ANSWERS = {
    "loan_waiting_days": 0,
    "welfare_waiting_days": 0,
    "exit_notice_days": 7,
    "voting_days": 2,
    "partial_payments": True,
    "welfare_floor": 500_00,
    "petty_cash": 500_00,
    "vote_above": 1_000_00,
    "daily_limit": 2_000_00,
    "weekly_limit": 4_000_00,
    "objectors": 3,
    "absence_fine": 20_00,
    "lateness_fine": 10_00,
    "voter_missed": 12,
    "loan_reserve": 500,
    # Elections come often here, and payments every few days.
    "signer_wait_hours": 1,
}


# Every how many days the people of a group of this kind meet and deal, and on which days after that they go on.
PACES: dict[GroupKind, int] = {
    "merry_go_round": 7,
    "savings": 7,
    "chama": 14,
    "investment": 28,
    "community": 28,
    "harambee": 28,
}
GOES_ON = {1: (0,), 7: (0, 2), 14: (0, 2), 28: (0, 1, 3)}
# Groups that don't act daily do by so much more seldom what a plot repeats, as real groups do.
SELDOM = 4


def shillings(whole: int) -> Money:
    return Money(whole * 100)


@dataclass
class Chama:
    """One group. `people` and `offices` are as of the last `look`; `keep` holds what a plot wants to find again."""

    world: World
    number: int
    kind: GroupKind
    size: int
    random: Random
    # 1: something happens every day, so that a month shows all; otherwise the days between two meetings.
    pace: int = 1
    # Today as a day of the year, and the last day before it on which the group acted.
    day: int = 0
    since: int = 0
    id: DaoId = None  # type: ignore[assignment]
    founder: MemberId = None  # type: ignore[assignment]
    people: list[Person] = field(default_factory=list)
    offices: dict[str, MemberId] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    keep: dict[str, Any] = field(default_factory=dict)
    # Who has a loan and pays the group nothing, and for whom nobody pays, until it is over.
    silent: set[MemberId] = field(default_factory=set)

    @property
    def is_daily(self) -> bool:
        return self.pace == 1

    def acts_on(self, day: int) -> bool:
        """Whether its people deal with each other on this day; all do on the first."""
        return day == 1 or (day + self.number) % self.pace in GOES_ON[self.pace]

    def due(self, every: int, at: int) -> bool:
        """Whether what happens on each `every`-th day (from `at` on) has become due since the group last acted."""
        often = every if self.is_daily else every * SELDOM
        return any(day % often == at for day in range(self.since + 1, self.day + 1))

    def on(self, day: int) -> bool:
        """Whether this day of the year has come since the group last acted."""
        return self.since < day <= self.day

    def turn(self, plot: str, first: int = 0) -> int:
        """How often this was asked for the plot before, counted from `first`."""
        self.keep[f"turn of {plot}"] = self.keep.get(f"turn of {plot}", first - 1) + 1
        return int(self.keep[f"turn of {plot}"])

    @property
    def name(self) -> str:
        return f"Umoja {self.number:02d}"

    @property
    def members(self) -> list[MemberId]:
        return [person.id for person in self.people if person.role != "observer"]

    @property
    def paying(self) -> list[MemberId]:
        """Everybody who pays the group what she owes, sooner or later."""
        return [member for member in self.members if member not in self.silent]

    @property
    def ordinary(self) -> list[MemberId]:
        return [person.id for person in self.people if person.role == "member"]

    @property
    def chair(self) -> MemberId:
        return self.offices["chair"]

    def officer(self, role: str) -> MemberId:
        """Who holds the office, or the chair where nobody does."""
        return self.offices.get(role, self.offices.get("chair", self.founder))

    def officials(self, *but: MemberId) -> list[MemberId]:
        held = [self.offices[role] for role in ("chair", "secretary", "treasurer") if role in self.offices]
        return [one for one in held if one not in but]

    async def look(self) -> None:
        """Read who belongs, who holds which office and which rules are in force."""
        async with self.world.database.reading() as uow:
            self.people = await people_of(uow, group=self.id)
            self.offices = await officials(uow, group=self.id)
            self.rules = await rules_of(uow, group=self.id)

    async def act(self, what: str, verb: Verb, **given: Any) -> Any:
        """Do it in a unit of its own and count it by name; a refusal is counted by its code and gives None."""
        counts = self.world.counts
        try:
            async with self.world.unit() as uow:
                done = await verb(uow, **given)
        except CoreError as refused:
            counts[f"{what}: refused, {refused.code}"] += 1
            return None
        counts[what] += 1
        return True if done is None else done

    async def ask(self, verb: Verb, **given: Any) -> Any:
        """Read something, as the conversation does; what locks or writes on its way gets a unit that may."""
        if verb not in self.world.not_just_reading:
            try:
                async with self.world.database.reading() as uow:
                    return await verb(uow, **given)
            except NotJustReading:
                self.world.not_just_reading.add(verb)
        async with self.world.unit() as uow:
            return await verb(uow, **given)

    def intent(self) -> Any:
        return self.world.intent()

    async def person(self, name: str, phone: Phone) -> MemberId:
        """Register somebody."""
        member = MemberId(self.world.ids.new())
        await self.act(
            "register",
            register,
            member=member,
            phone=phone,
            name=name,
            language=self.random.choice(["en", "sw"]),
            sealed_pin="sealed elsewhere",
            consent_version=CONSENT_VERSION,
            channel="ussd",
        )
        return member

    def phone(self, place: int) -> Phone:
        return Phone(f"+2547{self.number:03d}{place:05d}")

    async def money(self, account: Account) -> Money:
        async with self.world.database.reading() as uow:
            return (await balance(uow, account)).available

    async def deposit(self, member: MemberId, amount: Money) -> None:
        """By the prompt on her phone."""
        who = await self.world.member(member)
        await self.act(
            "deposit by prompt",
            start_deposit,
            intent=self.intent(),
            member=member,
            phone=who.phone,
            amount=amount,
            language=who.language,
            channel="ussd",
        )

    async def found(self) -> None:
        """Begin it: the founder answers the rules while she is alone, the others come by invitation, offices are taken."""
        self.founder = self.keep.pop("founder", None) or await self.person(f"Chair {self.name}", self.phone(0))
        made = await self.act(
            f"found a {self.kind}",
            create_group,
            intent=self.intent(),
            founder=self.founder,
            name=self.name,
            kind=self.kind,
        )
        self.id = made.id
        frequency = self._frequency()
        order = {"rotation_order": ["draw", "agreed"][self.number // 2 % 2]}
        # Half of the groups ask whoever joins for something.
        joining = {"joining_fee": self.number % 2 * 50_00}
        late = {"fine_every": ["once", "day", "week"][self.number % 3], "loan_multiple": 3}
        more = {
            "loan_method": ["reducing", "flat"][self.number % 2],
            "meeting_frequency": "weekly",
            **order,
            **joining,
            **late,
            # Half of the groups have turns sent on to M-PESA; half tell whoever has missed three contributions.
            "rotation_payout": ["phone", "account"][self.number // 2 % 2],
            "missed_until_suspended": [3, 12][self.number % 2],
            **frequency,
        }
        await self.act("answer the rules", answer, group=self.id, member=self.founder, answers={**ANSWERS, **more})
        for place in range(1, self.size):
            await self.enter(place)
        await self.look()
        for role, member in zip(("secretary", "treasurer", "auditor"), self.ordinary, strict=False):
            await self.appoint(role, member)
        await self.look()
        for member in self.members:
            await self.deposit(member, shillings(20_000))
        await self.world.work()

    def _frequency(self) -> dict[str, Any]:
        match self.pace:
            case 1:
                return {"frequency": "weekly", "due_day": 6} if self.number % 2 else {}
            case 7:
                return {"frequency": "weekly", "due_day": 1 + self.number % 7}
            case 14:
                return {"frequency": "biweekly", "due_day": 1 + self.number % 7}
            case _:
                return {"frequency": "monthly", "due_day": 1 + self.number % 28}

    async def enter(self, place: int, role: str = "member") -> MemberId:
        """Somebody is invited by an official, reads the rules, and joins."""
        phone, known = self.phone(place), self.keep.pop(f"person {place}", None)
        member = known or await self.person(f"Member {self.number:02d} {place:02d}", phone)
        official = self.officials()[0] if self.offices else self.founder
        who = await self.world.member(member)
        await self.act("invite", invite, group=self.id, by=official, phone=who.phone, role=role, language=who.language)
        for found in await self.ask(invitations_for, member=who):
            if found.group.id == self.id:
                read = await self.ask(version_of, group=self.id)
                accept = {"invitation": found.id, "member": member, "rules_version": read}
                await self.act("accept an invitation", accept_invitation, **accept)
        return member

    async def appoint(self, role: str, member: MemberId) -> None:
        """The chair offers an office, which is taken."""
        by = self.offices.get("chair", self.founder)
        await self.act("offer an office", offer_role, group=self.id, by=by, member=member, role=role)
        for offer in await self.ask(offers_to, member=member):
            await self.act("take an office", answer_offer, offer=offer.id, member=member, accepts=True)
