"""What a company needs so that the contract can be held against its adapter: its customers' hands and its own book."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.outcomes import Accepted
from core.payments.ports import CollectRequest, MobileMoney
from core.payments.reports import Report, Topic
from tests.payments.desk import new_id

from .companies import PlayedDaraja, played_daraja
from .jirani import JiraniMoney

WANJIRU = Phone("+254712000001")
# A lost answer is waited for as long as the adapter under test waits.
FLOAT = Money(50_000_00)


class Rail(Protocol):
    """A company as the contract sees it. `url`: where its reports go, by topic."""

    port: MobileMoney
    url: str

    async def payment(self, amount: Money) -> str:
        """Somebody pays us by a prompt; returns the receipt."""
        ...

    async def report(self, topic: Topic) -> Report:
        """The next report that came to the address of this topic, read by the adapter."""
        ...

    async def raw(self, topic: Topic) -> bytes:
        """The same as it came."""
        ...

    def held(self) -> Money:
        """What the company really holds for us."""
        ...

    def sent(self) -> list[tuple[str, Money]]:
        """Receipt and amount of every payout that really was made."""
        ...

    def lose_answers(self) -> None:
        """From now on payouts are taken, but nobody hears so."""
        ...

    def go_away(self) -> None:
        """From now on nobody can be reached."""
        ...


class DarajaRail:
    """Daraja, played over real HTTP."""

    def __init__(self, played: PlayedDaraja) -> None:
        assert played.mpesa is not None
        self.port, self.url = played.port, played.url
        self._played, self._mpesa = played, played.mpesa
        # What came to other addresses meanwhile.
        self._kept: list[tuple[str, bytes]] = []

    async def payment(self, amount: Money) -> str:
        await collect(self, amount, f"{self.url}/collection/result")
        await self._played.pay(WANJIRU)
        return str(self._mpesa.express.checkouts[-1].receipt)

    async def report(self, topic: Topic) -> Report:
        return self.port.read_report(topic, await self.raw(topic))

    async def raw(self, topic: Topic) -> bytes:
        for place, (path, body) in enumerate(self._kept):
            if f"/{topic}/" in path:
                del self._kept[place]
                return body
        while True:
            path, body = await asyncio.wait_for(self._played.paths.get(), 10)
            if f"/{topic}/" in path:
                return body
            self._kept.append((path, body))

    def held(self) -> Money:
        return Money(self._mpesa.book.balance * 100)

    def sent(self) -> list[tuple[str, Money]]:
        return [(entry.receipt, Money(entry.amount * 100)) for entry in self._mpesa.book.entries if entry.kind == "payout"]

    def lose_answers(self) -> None:
        self._played.goes_wrong("daraja.payout", "hang", seconds=30, times=None)

    def go_away(self) -> None:
        self._played.go_away()


class JiraniRail:
    """The company that isn't like Daraja."""

    url = "https://mtaa.example/pay"

    def __init__(self) -> None:
        self.port = JiraniMoney(held=FLOAT)

    async def payment(self, amount: Money) -> str:
        reference = await collect(self, amount, f"{self.url}/collection/result")
        self.port.pay(WANJIRU)
        return self.port.moved[reference].receipt

    async def report(self, topic: Topic) -> Report:
        return self.port.read_report(topic, await self.raw(topic))

    async def raw(self, topic: Topic) -> bytes:
        found = next(place for place, (url, _) in enumerate(self.port.said) if f"/{topic}/" in url)
        return self.port.said.pop(found)[1]

    def held(self) -> Money:
        return self.port.held

    def sent(self) -> list[tuple[str, Money]]:
        return [(one.receipt, one.amount) for one in self.port.moved.values() if one.kind == "out" and one.state == "TS"]

    def lose_answers(self) -> None:
        self.port.loses_answers = True

    def go_away(self) -> None:
        self.port.is_away = True


@asynccontextmanager
async def daraja(home: Path) -> AsyncIterator[Rail]:
    async with played_daraja(home) as played:
        assert played.mpesa is not None
        await played.mpesa.bring_float(FLOAT.minor // 100)
        await played.port.register_statement(nominated_phone=WANJIRU, callback_url=f"{played.url}/pull")
        played._world.behaviour.change({"pull_page": 2})
        yield DarajaRail(played)


@asynccontextmanager
async def jirani(home: Path) -> AsyncIterator[Rail]:
    yield JiraniRail()


# One line for each company that there is an adapter for.
RAILS: dict[str, Any] = {"daraja": daraja, "jirani": jirani}


async def collect(rail: Rail, amount: Money, url: str) -> str:
    """Ask Wanjiru to pay; returns the reference of the acceptance."""
    request = CollectRequest(IntentId(new_id()), WANJIRU, amount, "7K3M9QFX", "Deposit", url)
    taken = await rail.port.collect(request)
    assert isinstance(taken, Accepted)
    return taken.reference
