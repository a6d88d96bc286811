"""`mtaa dial`: the practice phone in a terminal, in plain text that a screen reader speaks and a script can drive.

It is the same handset that the phone page shows: the sandbox plays the network, M-PESA and the SMS, and this only reads lines
and prints what the phone shows. What is typed where the screen asks for a PIN is not echoed by a terminal.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from core.kernel.settings import Settings

Ask = Callable[[str], Awaitable[str | None]]
# How long an M-PESA prompt or an SMS may take after the last screen.
PATIENCE_SECONDS = 15.0
LOOK_EVERY_SECONDS = 0.3
TIMEOUT = aiohttp.ClientTimeout(total=60)


class NotThere(Exception):
    """The phone can't be reached or can't do that; the message says why."""


async def dial(settings: Settings, code: str | None, phone: str | None) -> int:
    """Play a session of `phone` (the first practice person) with `code` (the service code); 1 when there is no phone."""
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            handset = await Handset.find(http, f"{settings.callback_url}/phone/api", phone)
            await play(handset, code or settings.africastalking.ussd_code, ask=ask_terminal)
    except (NotThere, aiohttp.ClientError) as problem:
        print(f"no practice phone answers: {problem or type(problem).__name__}. Is `make run` running?", file=sys.stderr)
        return 1
    return 0


@dataclass
class Handset:
    """One person's phone, by the sandbox's API. `shown` is how many of her SMS have been read out."""

    http: aiohttp.ClientSession
    api: str
    phone: str
    name: str
    shown: int = 0
    prompts: set[str] = field(default_factory=set)

    @classmethod
    async def find(cls, http: aiohttp.ClientSession, api: str, phone: str | None) -> Handset:
        """Her phone, or that of the first person there is. Raises NotThere."""
        async with http.get(f"{api}/state") as response:
            if not response.ok:
                raise NotThere(f"{api} answers {response.status}")
            people = (await response.json())["people"]
        wanted = (phone or "").lstrip("+")
        person = next((person for person in people if not wanted or person["phone"] == wanted), None)
        if person is None:
            raise NotThere("nobody has that phone number")
        return cls(http, api, person["phone"], person["name"], shown=len(person["sms"]))

    async def look(self) -> Any:
        async with self.http.get(f"{self.api}/people/{self.phone}") as response:
            return await response.json()

    async def act(self, what: str, **content: object) -> Any:
        """Do something with the phone; how it looks afterwards. Raises NotThere when it can't be done now."""
        async with self.http.post(f"{self.api}/people/{self.phone}/{what}", json=content) as response:
            if not response.ok:
                raise NotThere(await response.text())
            return await response.json()

    def new_sms(self, person: Any) -> Iterator[str]:
        """The SMS that were not read out yet."""
        fresh, self.shown = person["sms"][self.shown :], len(person["sms"])
        return (f"SMS from {sms['from']}: {sms['text']}" for sms in fresh)


async def play(
    handset: Handset, code: str, *, ask: Ask, say: Callable[[str], None] = print, patience: float = PATIENCE_SECONDS
) -> None:
    """Dial, answer each screen with a line, then wait `patience` seconds for M-PESA and SMS. No more lines hangs up."""
    say(f"{handset.name}, +{handset.phone}, dials {code}")
    person = await handset.act("dial", code=code)
    while (screen := person["ussd"]) and screen["open"]:
        say(screen["screen"])
        typed = await ask(screen["screen"])
        if typed is None:
            await handset.act("hangup")
            return
        person = await handset.act("reply", text=typed)
    if person["ussd"]:
        say(person["ussd"]["screen"])
    await wait_for_news(handset, ask=ask, say=say, patience=patience)


async def wait_for_news(handset: Handset, *, ask: Ask, say: Callable[[str], None], patience: float) -> None:
    """Read out what comes after the session, and let an M-PESA prompt be answered, until an SMS came or it is too late."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while loop.time() < end:
        person = await handset.look()
        if texts := list(handset.new_sms(person)):
            say("\n".join(texts))
            return
        if await _answered(handset, person["mpesa"]["prompt"], ask=ask, say=say):
            end = loop.time() + patience
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _answered(handset: Handset, prompt: Any, *, ask: Ask, say: Callable[[str], None]) -> bool:
    if prompt is None or prompt["id"] in handset.prompts:
        return False
    handset.prompts.add(prompt["id"])
    asks = f"M-PESA: pay Ksh{prompt['amount']} to {prompt['business']}, account {prompt['account']}? M-PESA PIN, or 0 to cancel"
    say(asks)
    pin = await ask(asks)
    if pin in (None, "0"):
        await handset.act("mpesa", prompt=prompt["id"], action="cancel")
    else:
        await handset.act("mpesa", prompt=prompt["id"], action="pay", pin=pin)
    return True


async def ask_terminal(screen: str) -> str | None:
    """A line from the terminal or the script; None at its end."""
    read = getpass.getpass if "PIN" in screen and sys.stdin.isatty() else input
    try:
        return await asyncio.to_thread(read, "> ")
    except EOFError:
        return None
