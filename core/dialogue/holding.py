"""Who has a session in hand: one turn that may write, by a claim; or a turn that only reads, by what this process remembers.

A turn that may write claims the session first and saves it last: two round trips to the store. A turn that only reads changes
nothing but the session itself, so it needn't keep others out: it works on the session as this process saved it last, and its
one round trip saves the next one if that is still what the store has, and nobody has claimed it. Otherwise nothing happened:
it is done again on the session that is stored by now, or else with a claim (docs/decisions/0026).
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from core.dialogue.session import Became, Session, SessionStore, dump, load
from core.dialogue.turn import Incoming
from core.kernel.errors import StoreUnavailable
from core.kernel.secrets import random_token

log = logging.getLogger(__name__)

CLAIM_WAIT_SECONDS = 1.5
CLAIM_POLL_SECONDS = 0.04
# A claim lasts for ten seconds.
RENEW_SECONDS = 3.0
# Each is a few kilobytes.
MOST_REMEMBERED = 4_000


class Overloaded(Exception):
    """This person's previous message is still being worked on, or sessions can't be reached: say "busy, try again"."""


class AnsweredMeanwhile(Exception):
    """While this message waited for the session, another copy of it was answered here."""


class Sessions:
    """The live conversations that this process works on."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._remembered: OrderedDict[str, str] = OrderedDict()

    async def recall(self, incoming: Incoming) -> str | None:
        """The session's text as this process saved it last; else as it is stored. Raises Overloaded.

        The first message of a talk is taken to be from somebody who has none yet: `swap` finds out when that is wrong.
        """
        text = self._remembered.get(key_of(incoming))
        if text is not None or incoming.opens:
            return text
        try:
            return await self._store.peek(key_of(incoming))
        except StoreUnavailable as problem:
            raise Overloaded from problem

    async def swap(self, incoming: Incoming, *, before: str | None, session: Session) -> tuple[Became, str | None]:
        """Save what a reading turn made of the session; nothing is saved when it isn't `before` any more. Raises Overloaded.

        With "another" comes what is stored now.
        """
        key, after, became = key_of(incoming), dump(session), ""
        try:
            became, now = await self._store.swap(key, before=before, session=after, seconds=incoming.channel.session_seconds)
        except StoreUnavailable as problem:
            raise Overloaded from problem
        finally:
            if became == "saved":
                self._remember(key, after)
            elif self._remembered.get(key) == before:
                self._remembered.pop(key, None)
        return became, now

    @asynccontextmanager
    async def hold(self, incoming: Incoming) -> AsyncIterator[Session]:
        """The session, nobody else's until the block ends; then it is saved, if it is still ours.

        Raises Overloaded, AnsweredMeanwhile.
        """
        claim, key = random_token(), key_of(incoming)
        try:
            session = load(await self._claim(key, claim, incoming.event))
        except StoreUnavailable as problem:
            raise Overloaded from problem
        renewing = asyncio.create_task(self._renew(key, claim))
        try:
            yield session
        except BaseException:
            await self._give_back(key, claim)
            raise
        finally:
            renewing.cancel()
        await self._save(key, claim, session, incoming.channel.session_seconds)

    async def look(self, channel: str, key: str) -> Session:
        """The session as it was last saved, whoever has it; a fresh one when it can't be reached."""
        try:
            return load(await self._store.peek(f"{channel}:{key}"))
        except StoreUnavailable:
            return Session()

    async def _claim(self, key: str, claim: str, event: str) -> str | None:
        deadline = asyncio.get_running_loop().time() + CLAIM_WAIT_SECONDS
        while True:
            claimed, stored = await self._store.open(key, claim=claim)
            if claimed:
                self._remembered.pop(key, None)
                return stored
            if asyncio.get_running_loop().time() > deadline:
                raise Overloaded
            await asyncio.sleep(CLAIM_POLL_SECONDS)
            if f'"{event}":' in self._remembered.get(key, ""):
                raise AnsweredMeanwhile

    async def _renew(self, key: str, claim: str) -> None:
        """Keep others out for as long as the turn takes: what it does may be done, and isn't to be begun once more."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(StoreUnavailable):
                await self._store.renew(key, claim=claim)

    async def _save(self, key: str, claim: str, session: Session, seconds: int) -> None:
        """What the turn did is committed already; a lost session only shows a screen again."""
        text = dump(session)
        try:
            saved = await self._store.close(key, claim=claim, session=text, seconds=seconds)
        except StoreUnavailable:
            saved = False
        if saved:
            self._remember(key, text)
        else:
            log.warning("a session was not saved")

    async def _give_back(self, key: str, claim: str) -> None:
        try:
            await self._store.release(key, claim=claim)
        except StoreUnavailable:
            log.warning("a claim could not be given back; it expires on its own")

    def _remember(self, key: str, text: str) -> None:
        self._remembered[key] = text
        self._remembered.move_to_end(key)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def key_of(incoming: Incoming) -> str:
    """What a session is called in the store."""
    return f"{incoming.channel.name}:{incoming.key}"
