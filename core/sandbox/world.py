"""What all servers of the sandbox share: people, time, faults, memory, and news of every change.

A server tells the world whose phone looks different now; whoever draws the phones is told once, however many changes came
together.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

from core.sandbox.behaviour import Behaviour
from core.sandbox.clock import Clock
from core.sandbox.errands import Errands
from core.sandbox.faults import Faults
from core.sandbox.people import People, Person
from core.sandbox.settings import SandboxSettings
from core.sandbox.store import Store


class Watcher:
    """Somebody who looks at the phones. Changes of one phone melt into one until they are fetched."""

    def __init__(self) -> None:
        self._phones: dict[str, None] = {}
        self._everything = False
        self._news = asyncio.Event()

    def notice(self, phone: str) -> None:
        self._phones[phone] = None
        self._news.set()

    def notice_everything(self) -> None:
        self._everything = True
        self._news.set()

    async def news(self) -> list[str] | None:
        """Wait for news, then say whose phones changed. None: look at everything again."""
        await self._news.wait()
        self._news.clear()
        phones, everything = list(self._phones), self._everything
        self._phones, self._everything = {}, False
        return None if everything else phones


class World:
    """The shared surroundings of the played gateways."""

    def __init__(self, settings: SandboxSettings, http: aiohttp.ClientSession) -> None:
        self.settings = settings
        self.http = http
        self.clock = Clock()
        self.faults = Faults()
        self.behaviour = Behaviour()
        self.errands = Errands()
        self.store = Store(settings.home / "sandbox")
        remembered = self.store.load("people") or {}
        self.people = People(remembered.get("people"))
        self.practice: dict[str, Any] = remembered.get("practice", {})
        self._section = self.store.section("people", self._dump)
        self._watchers: set[Watcher] = set()

    def _dump(self) -> dict[str, Any]:
        return {"people": self.people.dump(), "practice": self.practice}

    def add_person(self, **known: object) -> Person:
        """Bring somebody in and show it. Raises BadPerson."""
        person = self.people.add(**known)
        self._section.changed()
        self.changed(person.phone)
        return person

    def move_person(self, person: Person, network: object) -> None:
        """Put somebody on another network. Raises BadPerson."""
        self.people.move(person, network)
        self._section.changed()
        self.changed(person.phone)

    def remember_practice(self, practice: dict[str, Any]) -> None:
        """Keep what a newcomer is shown to try things with, such as the practice group's code."""
        self.practice = practice
        self._section.changed()
        for watcher in self._watchers:
            watcher.notice_everything()

    def changed(self, phone: str) -> None:
        """This phone looks different now. Unknown phones concern nobody."""
        if self.people.by_phone(phone) is None:
            return
        for watcher in self._watchers:
            watcher.notice(phone)

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def close(self) -> None:
        await self.errands.stop()
        await self.store.close()
