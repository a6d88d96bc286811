"""What the members do: ten thousand times something with money, drawn from a seed, while everything around them dies.

Each thing that is done has chances of its own, so that a seed draws the same things however fast anything is. When the database
is away a member asks again under the same intent, as a channel would.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from core.daos.contributions import contribute
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.ledger.accounts import member_account
from core.ledger.service import InsufficientFunds, balance
from core.payments.claims import claim_payment
from core.payments.deposits import start_deposit
from core.payments.withdrawals import start_withdrawal
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.express import NoPrompt
from core.sandbox.daraja.paybill import NotPayable
from tests.simulation.people import PIN, People, Person, new_id
from tests.simulation.town import LOST, TOKEN, Town

# How often each is drawn, and what it is.
KINDS = {
    "prompt": 30,
    "prompt for another": 6,
    "prompt for a group": 7,
    "paybill": 14,
    "paybill by phone number": 3,
    "paybill for another": 4,
    "paybill to a group": 8,
    "paybill mistyped": 4,
    "claim": 4,
    "withdrawal": 12,
    "contribution": 5,
    "large paybill": 1,
    "large withdrawal": 1,
    "dialled": 1,
}
HANDS = {"pay": 80, "cancel": 7, "mistype": 4, "ignore": 9}
AT_ONCE = 12
# A withdrawal is made by the first of so many members who has enough for the least that M-Pesa sends.
TRIED, LEAST = 6, 10
# So many of them have saved before.
SAVERS = 40
# More than so many due jobs and the members wait: a prompt that is sent too late isn't sent at all.
MOST_WAITING = 150
# Seconds of played time to a second of the machine's.
SPEED = 8
HOPS = ("", "2", "2*{amount}", "2*{amount}*1", "2*{amount}*1*{pin}")


@dataclass
class Wish:
    """Something that was accepted: what it was, whose money it concerns, and how much."""

    kind: str
    person: Person
    amount: Money
    group: DaoId | None = None


@dataclass
class Notebook:
    """What everybody was told. `accepted`: by intent. `paid`: what went into the paybill, by receipt."""

    accepted: dict[UUID, Wish] = field(default_factory=dict)
    paid: dict[str, Wish] = field(default_factory=dict)
    mistyped: list[tuple[Person, Entry]] = field(default_factory=list)
    hands: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)


@dataclass
class Play:
    """All that is done in a town."""

    town: Town
    people: People
    seed: str
    notebook: Notebook = field(default_factory=Notebook)
    http: aiohttp.ClientSession | None = None

    async def save_up(self) -> None:
        """Some have money here before it begins, so that there is something to withdraw."""
        chance = random.Random(f"{self.seed} savings")
        for person in self.people.others[:SAVERS]:
            amount = Money(chance.randint(500, 5_000) * 100)
            await self.pay_in("savings", person, person, amount, person.numbers[None], None)

    async def act(self, number: int) -> None:
        """The thing of this number, to the point where it is accepted or refused."""
        chance = random.Random(f"{self.seed} {number}")
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        self.notebook.seen[kind] += 1
        verb: Callable[..., Awaitable[None]] = getattr(self, "_" + kind.partition(" ")[0])
        try:
            await verb(kind, chance)
        except (CoreError, NotPayable, InsufficientFunds):
            self.notebook.seen["refused"] += 1

    async def _prompt(self, kind: str, chance: random.Random) -> None:
        person = chance.choice(self.people.others)
        owner = chance.choice(self.people.others) if kind.endswith("another") else person
        group = chance.choice(person.groups) if kind.endswith("group") else None
        amount, intent = _some(chance), IntentId(new_id())
        self.notebook.hands[person.phone] = chance.choices(list(HANDS), list(HANDS.values()))[0]
        wanted = {"member": owner.id, "phone": person.phone, "amount": amount, "language": "en", "channel": "ussd"}
        await self.insist(
            lambda uow: start_deposit(uow, intent=intent, paid_by=person.id, group=group, **wanted)  # type: ignore[arg-type]
        )
        self.notebook.accepted[intent] = Wish(kind, owner, amount, group)

    async def _paybill(self, kind: str, chance: random.Random) -> None:
        payer = chance.choice(self.people.others)
        owner = chance.choice(self.people.others) if kind.endswith("another") else payer
        group = chance.choice(owner.groups) if kind.endswith("group") else None
        account = owner.numbers[group]
        if kind.endswith("number"):
            account = owner.phone.removeprefix("+") if chance.random() < 0.5 else f"0{owner.phone[4:]}"
        if kind.endswith("mistyped"):
            account = chance.choice([f"JOHN {chance.randint(1, 99)}", account[:-1] + str((int(account[-1]) + 1) % 10)])
        await self.pay_in(kind, payer, owner, _some(chance), account, group)

    async def _large(self, kind: str, chance: random.Random) -> None:
        person = chance.choice(self.people.rich)
        if kind.endswith("paybill"):
            amount = Money(chance.randint(90_000, 200_000) * 100)
            await self.pay_in(kind, person, person, amount, person.numbers[None], None)
            return
        have = await self.has(person)
        most = min(have.minor // 100 * 98 // 100, 400_000)
        if most >= 100:
            await self.withdraw(kind, person, Money(max(most, 100) * 100))

    async def pay_in(self, kind: str, payer: Person, owner: Person, amount: Money, account: str, group: DaoId | None) -> None:
        """Pay at the paybill; nobody of ours is asked."""
        entry = await self.town.mpesa.paybill.pay(payer.phone, amount=amount.minor // 100, account=account, pin=None)
        if kind.endswith("mistyped"):
            self.notebook.mistyped.append((payer, entry))
        else:
            self.notebook.paid[entry.receipt] = Wish(kind, owner, amount, group)

    async def _claim(self, _kind: str, chance: random.Random) -> None:
        """She types the receipt of what she paid to a wrong account; now and then somebody else does."""
        if not self.notebook.mistyped:
            return
        payer, entry = chance.choice(self.notebook.mistyped)
        claimant = payer if chance.random() < 0.85 else chance.choice(self.people.others)
        claimed = await self.insist(lambda uow: claim_payment(uow, member=claimant.id, typed=entry.receipt))
        self.notebook.seen[f"claim {claimed.outcome}"] += 1

    async def _withdrawal(self, kind: str, chance: random.Random) -> None:
        for person in chance.sample(self.people.others, TRIED):
            most = (await self.has(person)).minor // 100 - 120
            if most >= LEAST:
                return await self.withdraw(kind, person, Money(chance.randint(LEAST, most) * 100))
        return await self._paybill("paybill", chance)

    async def withdraw(self, kind: str, person: Person, amount: Money) -> None:
        intent = IntentId(new_id())
        wanted = {"member": person.id, "phone": person.phone, "amount": amount, "language": "en", "channel": "ussd"}
        await self.insist(lambda uow: start_withdrawal(uow, intent=intent, **wanted))  # type: ignore[arg-type]
        self.notebook.accepted[intent] = Wish(kind, person, amount)

    async def _contribution(self, kind: str, chance: random.Random) -> None:
        person = chance.choice(self.people.others)
        have, group, intent = await self.has(person), chance.choice(person.groups), IntentId(new_id())
        if have.minor < 100:
            return
        amount = Money(chance.randint(1, have.minor // 200 + 1) * 100)
        await self.insist(lambda uow: contribute(uow, intent=intent, member=person.id, group=group, amount=amount))
        self.notebook.accepted[intent] = Wish(kind, person, amount, group)

    async def _dialled(self, _kind: str, chance: random.Random) -> None:
        """A deposit by dialling: the conversation, Redis and the PIN take part. A hop without an answer is sent again."""
        person, amount = chance.choice(self.people.diallers), chance.randint(10, 2_000)
        self.notebook.hands[person.phone] = "pay"
        session, screen = f"ATUid_{uuid4().hex}", ""
        for hop in HOPS:
            screen = await self._hop(person, session, hop.format(amount=amount, pin=PIN))
            if not screen.startswith("CON"):
                break
        self.notebook.seen["dialled to its end" if "M-PESA" in screen else f"dialled in vain: {screen[:60]!r}"] += 1

    async def _hop(self, person: Person, session: str, typed: str) -> str:
        assert self.http is not None
        form = {
            "sessionId": session,
            "phoneNumber": person.phone,
            "networkCode": "63902",
            "serviceCode": "*384*77#",
            "text": typed,
        }
        for _ in range(40):
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with self.http.post(f"{self.town.web}/ussd/{TOKEN}", data=form) as answer:
                    if answer.status == 200:
                        return await answer.text()
            await asyncio.sleep(0.5)
        return ""

    async def has(self, person: Person) -> Money:
        """What she can spend."""

        async def look(uow: UnitOfWork) -> Money:
            return (await balance(uow, member_account(person.id))).available

        found: Money = await self.insist(look)
        return found

    async def insist(self, verb: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        """Ask until there is an answer: an intent may be repeated."""
        while True:
            try:
                async with self.town.database.unit() as uow:
                    return await verb(uow)
            except LOST:
                self.notebook.seen["asked again"] += 1
                await asyncio.sleep(0.3)

    async def hands(self) -> None:
        """People look at their phones, and do what they had in mind."""
        express = self.town.mpesa.express
        while True:
            await asyncio.sleep(0.05)
            for person in self.people.everybody:
                prompt = express.prompt(person.phone)
                if prompt is None or (wish := self.notebook.hands.get(person.phone, "pay")) == "ignore":
                    continue
                with suppress(NoPrompt):
                    if wish == "cancel":
                        await express.cancel(person.phone, prompt.id)
                    else:
                        await express.pay(person.phone, prompt.id, "9999" if wish == "mistype" else "1234")

    async def time(self) -> None:
        """Time goes by faster than the machine's, and what is run by the clock is run."""
        while True:
            began = monotonic()
            await asyncio.sleep(1)
            await self.town.turn((monotonic() - began) * (SPEED - 1))
            with suppress(*LOST):
                await self.town.regular_jobs()

    async def forgers(self) -> None:
        """Strangers post made-up callbacks to every address."""
        chance = random.Random(f"{self.seed} forgers")
        while True:
            await asyncio.sleep(0.5)
            await self._forge(chance)

    async def _forge(self, chance: random.Random) -> None:
        assert self.http is not None
        phone, receipt = chance.choice(self.people.everybody).phone, f"FORGED{chance.randint(1000, 9999)}"
        items = [{"Name": "Amount", "Value": 7_777_777}, {"Name": "MpesaReceiptNumber", "Value": receipt}]
        stk = {
            "MerchantRequestID": "1",
            "CheckoutRequestID": "ws_CO_1",
            "ResultCode": 0,
            "ResultDesc": "",
            "CallbackMetadata": {"Item": items},
        }
        paybill = {
            "TransID": receipt,
            "TransAmount": "5000.00",
            "BillRefNumber": phone[1:],
            "BusinessShortCode": "174379",
            "MSISDN": "2547 ***** 126",
        }
        known = chance.choice(list(self.notebook.accepted) or [uuid4()])
        path, body = chance.choice(
            [
                (f"/pay/wrong-token/stk/{known}", {"Body": {"stkCallback": stk}}),
                (f"/pay/{TOKEN}/stk/{uuid4()}", {"Body": {"stkCallback": stk}}),
                (f"/pay/{TOKEN}/stk/{known}", {"Body": {"stkCallback": stk}}),
                ("/pay/wrong-token/c2b/confirmation", paybill),
                (f"/pay/{TOKEN}/c2b/confirmation", {**paybill, "BusinessShortCode": "999999"}),
                (
                    f"/pay/{TOKEN}/b2c/{known}/result",
                    {"Result": {"ResultCode": 1, "OriginatorConversationID": "guess", "ConversationID": "AG"}},
                ),
                (f"/pay/{TOKEN}/status/{known}/result", {"Result": {"ResultCode": 0}}),
            ]
        )
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self.http.post(self.town.web + path, json=body) as answer:
                assert answer.status < 500 or answer.status == 503, path
                self.notebook.seen["forged calls"] += 1


def _some(chance: random.Random) -> Money:
    """An amount as people pay it, in whole shillings."""
    return Money(chance.choice([1, 50, 100, 101, 250, 333, 500, 999, 1_000, 1_500, 2_500, chance.randint(1, 9_000)]) * 100)
