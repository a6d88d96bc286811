"""Plays a story of tests/conversations and says how it differs from what really happened.

A story is what one person does, and under each step what she then sees, behind ">":

    dial *384*77#            dial; a line of its own is what she types next
    mpesa 1234               answer the M-PESA request with this PIN ("mpesa cancel" refuses it)
    paybill 500 {account}    pay so much to the paybill from her own M-PESA, typing this account
    sms                      read the next SMS
    chat /start              write in the Telegram chat
    tap Balance              press the button with this label
    contact                  share her own number
    code                     type the six-digit code of the last SMS
    reply code               the same on USSD
    app                      type the code that her authenticator app shows for the key she saw last
    backup                   type the next of the backup codes she saw last
    rest                     wait until another code may be sent to her number
    pin 248163               press these digits on the keypad
    wait                     wait until the shown message changes by itself
    card                     look at the next receipt, which comes as a picture when it is drawn

In a step, {account} and {receipt} stand for the last ones that were shown.
What differs each time (account numbers, receipts, references, codes, keys, times) is written as {receipt}, {reference}, {code},
{backup code}, {key}, {time}.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp

from tests.e2e.product import World, until

STORIES = Path(__file__).parents[1] / "conversations"
KEY = re.compile(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b")
BACKUP_CODE = re.compile(r"^\d{4} \d{4}$", re.MULTILINE)
# A little more than the product's own pause between two codes to a number.
REST_SECONDS = 61
APP_SECONDS = 30
SAFETY_NEWS = "Mtaa DAO: "
VARYING = (
    (KEY, "{key}"),
    (BACKUP_CODE, "{backup code}"),
    (re.compile(r"\b\d{1,2}/\d{1,2}/\d{2} (?:\d{2}:\d{2}\b|at \d{1,2}:\d{2} [AP]M)"), "{time}"),
    (re.compile(r"\b\d{3} \d{4}\b"), "{account}"),
    (re.compile(r"\b(?=\d*[A-Z])[A-Z0-9]{10}\b"), "{receipt}"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{8}\b"), "{reference}"),
    (re.compile(r"\b\d{6}\b"), "{code}"),
)


KEYPAD_ROW = re.compile(r"> (?:\[[0-9⌫]\] ?)+")


@dataclass
class Story:
    """One file of tests/conversations."""

    path: Path
    comments: list[str] = field(default_factory=list)
    steps: list[tuple[str, list[str]]] = field(default_factory=list)

    @classmethod
    def read(cls, name: str) -> Story:
        story = cls(STORIES / name)
        for line in story.path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                story.comments.append(line)
            elif line.startswith(">"):
                story.steps[-1][1].append(line)
            elif line.strip():
                story.steps.append((line.rstrip(), []))
        return story

    def with_screens(self, seen: list[list[str]]) -> str:
        parts = [*self.comments, ""]
        for (step, _), lines in zip(self.steps, seen, strict=True):
            parts += [step, *lines, ""]
        return "\n".join(parts).rstrip() + "\n"


def plain(shown: str) -> list[str]:
    """What was seen, with everything that differs each time replaced by its name."""
    for pattern, name in VARYING:
        shown = pattern.sub(name, shown)
    lines = [f"> {line}".rstrip() for line in shown.splitlines()]
    keypad = [place for place, line in enumerate(lines) if KEYPAD_ROW.fullmatch(line)]
    # The digits are shuffled each time, so only that there is a keypad can be said.
    return [line if place not in keypad else "> [keypad]" for place, line in enumerate(lines) if place not in keypad[1:]]


def _is_card(message: dict[str, Any]) -> bool:
    return bool(message.get("photo")) and not message.get("buttons")


class Player:
    """One person with her phone and her chat."""

    def __init__(self, world: World, phone: str, values: dict[str, str]) -> None:
        self._world, self._phone, self._values = world, phone, values
        self._read_sms: set[str] = set()
        self._seen_cards: set[str] = set()
        self._last_sms = ""
        self._key = ""
        self._backup_codes: list[str] = []

    async def play(self, story: Story) -> None:
        """Do every step; the transcript must be the story's own. With MTAA_UPDATE_STORIES set the file is rewritten."""
        self._read_sms = {str(sms["id"]) for sms in (await self._me())["sms"]}
        self._seen_cards = {str(card["id"]) for card in await self._cards()}
        seen: list[list[str]] = []
        for step, _ in story.steps:
            try:
                seen.append(plain(self._noticed(await self._lived(step))))
            except (AssertionError, LookupError) as problem:
                raise AssertionError(f"{story.path.name} at {step!r} after {seen[-3:]}") from problem
        if os.environ.get("MTAA_UPDATE_STORIES"):
            story.path.write_text(story.with_screens(seen), encoding="utf-8")
        written, lived = story.path.read_text(encoding="utf-8"), story.with_screens(seen)
        difference = "\n".join(difflib.unified_diff(written.splitlines(), lived.splitlines(), "story", "lived", lineterm=""))
        assert written == lived, difference

    async def _lived(self, step: str) -> str:
        """Do a step, and remember the last account number and receipt that it showed."""
        shown = await self._do(step.format(**self._values))
        for pattern, name in VARYING:
            if name in ("{account}", "{receipt}") and (found := pattern.findall(shown)):
                self._values[name.strip("{}")] = found[-1]
        return shown

    async def screens(self, *steps: str) -> str:
        """Do these steps; what the last one shows."""
        return [await self._do(step) for step in steps][-1]

    def _noticed(self, shown: str) -> str:
        """She copies the key into her app and writes the backup codes down."""
        if (found := KEY.search(shown)) is not None:
            self._key = found.group().replace(" ", "")
        self._backup_codes = BACKUP_CODE.findall(shown) or self._backup_codes
        return shown

    async def _rest(self) -> str:
        codes = [sms for sms in (await self._me())["sms"] if re.search(r"\b\d{6}\b", sms["text"])]
        if codes:
            last = max(datetime.fromisoformat(sms["at"]) for sms in codes)
            await asyncio.sleep(max(0.0, REST_SECONDS - (datetime.now(UTC) - last).total_seconds()))
        return ""

    async def _me(self) -> dict[str, Any]:
        return await self._world.person(self._phone)

    async def _post(self, action: str, /, **body: object) -> dict[str, Any]:
        return await self._world.post(f"people/{self._phone}/{action}", **body)

    async def _do(self, step: str) -> str:  # noqa: PLR0911, PLR0912 - one line a kind of step
        word, _, rest = step.partition(" ")
        match word:
            case "dial":
                return self._screen(await self._post("dial", code=rest))
            case "mpesa":
                return await self._mpesa(rest)
            case "paybill":
                amount, _, account = rest.partition(" ")
                await self._post("paybill", amount=int(amount), account=account, pin="1234")
                return f"Paid Ksh {amount} to account {account}"
            case "sms":
                return await self._next_sms()
            case "chat":
                return await self._chat("telegram/text", text=rest)
            case "contact":
                return await self._chat("telegram/contact")
            case "code":
                return await self._chat("telegram/text", text=self._code())
            case "reply" if rest == "code":
                return self._screen(await self._post("reply", text=self._code()))
            case "app":
                return await self._chat("telegram/text", text=pyotp.TOTP(self._key, interval=APP_SECONDS).now())
            case "backup":
                return await self._chat("telegram/text", text=self._backup_codes.pop(0))
            case "rest":
                return await self._rest()
            case "tap":
                return await self._tap(rest)
            case "pin":
                return await self._keypad(rest)
            case "wait":
                return await self._changed()
            case "card":
                return await self._next_card()
            case _:
                return self._screen(await self._post("reply", text=step))

    @staticmethod
    def _screen(person: dict[str, Any]) -> str:
        return str(person["ussd"]["screen"])

    async def _mpesa(self, answer: str) -> str:
        async def prompt() -> Any:
            return (await self._me())["mpesa"]["prompt"]

        asked = await until(prompt)
        if answer == "cancel":
            await self._post("mpesa", prompt=asked["id"], action="cancel")
        else:
            await self._post("mpesa", prompt=asked["id"], action="pay", pin=answer)
        return f"Pay Ksh {asked['amount']} to {asked['business']}"

    async def _next_sms(self) -> str:
        async def unread() -> Any:
            return [sms for sms in (await self._me())["sms"] if str(sms["id"]) not in self._read_sms]

        sms = min(await until(unread), key=lambda one: one["at"])
        self._read_sms.add(str(sms["id"]))
        self._last_sms = sms["text"]
        return str(sms["text"])

    def _code(self) -> str:
        return str(re.findall(r"\b\d{6}\b", self._last_sms)[0])

    async def _messages(self) -> list[dict[str, Any]]:
        return [message for message in (await self._me())["telegram"]["messages"] if not message["out"]]

    async def _cards(self) -> list[dict[str, Any]]:
        return [message for message in await self._messages() if _is_card(message)]

    async def _next_card(self) -> str:
        async def unseen() -> Any:
            return [card for card in await self._cards() if str(card["id"]) not in self._seen_cards]

        card = (await until(unseen))[0]
        self._seen_cards.add(str(card["id"]))
        return f"[picture]\n{card['text']}"

    async def _last(self) -> str:
        """The newest message of the bot with its buttons."""
        # A receipt's card comes when it is drawn; it has a step of its own.
        messages = [message for message in await self._messages() if not _is_card(message)]
        # News of her account's safety comes when it comes; she reads the same by SMS.
        messages = [message for message in messages if not message["text"].startswith(SAFETY_NEWS)]
        if not messages:
            return ""
        newest = messages[-1]
        rows = [" ".join(f"[{button['text']}]" for button in row) for row in newest.get("buttons") or []]
        picture = ["[picture]"] if newest.get("photo") else []
        return "\n".join([*picture, newest["text"], *rows])

    async def _settled(self, before: str) -> str:
        """The newest message once it has changed and stays the same for a moment."""

        async def changed() -> str:
            now = await self._last()
            return now if now != before else ""

        now = await until(changed)
        while True:
            await asyncio.sleep(0.4)
            later = await self._last()
            if later == now:
                return str(now)
            now = later

    async def _chat(self, action: str, /, **body: object) -> str:
        before = await self._last()
        await self._post(action, **body)
        return await self._settled(before)

    async def _button(self, label: str) -> dict[str, Any]:
        for message in reversed(await self._messages()):
            for row in message.get("buttons") or []:
                for button in row:
                    if button["text"] == label:
                        return {"message": message["id"], "data": button["data"]}
        raise AssertionError(f"no button {label!r}")

    async def _tap(self, label: str) -> str:
        before = await self._last()
        await self._post("telegram/tap", **await self._button(label))
        return await self._settled(before)

    async def _keypad(self, pin: str) -> str:
        for digit in pin[:-1]:
            before = await self._last()
            await self._post("telegram/tap", **await self._button(digit))
            await self._settled(before)
        return await self._tap(pin[-1])

    async def _changed(self) -> str:
        return await self._settled(await self._last())
