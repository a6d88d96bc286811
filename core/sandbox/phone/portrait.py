"""One picture of everything: each person with her feature phone, her M-PESA, her SMS and her Telegram chat."""

from dataclasses import asdict
from typing import Any

from core.sandbox.africastalking.gateway import Gateway
from core.sandbox.daraja.express import Express
from core.sandbox.inbox import Inboxes
from core.sandbox.networks import NETWORKS
from core.sandbox.people import Person
from core.sandbox.telegram.bot import Bot
from core.sandbox.world import World


class Portrait:
    """Draws people from what each server knows of them."""

    def __init__(self, world: World, *, gateway: Gateway, express: Express, inboxes: Inboxes, bot: Bot) -> None:
        self._world = world
        self._gateway = gateway
        self._express = express
        self._inboxes = inboxes
        self._bot = bot

    def everything(self) -> dict[str, Any]:
        settings = self._world.settings
        return {
            "ussd_code": settings.ussd_code,
            "paybill": {"number": settings.shortcode, "name": settings.business_name},
            "bot": {"username": settings.telegram_username, "name": self._bot.profile.name},
            "networks": [asdict(network) for network in NETWORKS.values()],
            "practice": self._world.practice,
            "people": [self.person(person) for person in self._world.people],
        }

    def person(self, person: Person) -> dict[str, Any]:
        return {
            "phone": person.digits,
            "name": person.name,
            "network": person.network,
            "mpesa": self._mpesa(person),
            "ussd": self._ussd(person),
            "sms": [message.shown() for message in self._inboxes.of(person.phone)],
            "telegram": self._telegram(person),
        }

    def _mpesa(self, person: Person) -> dict[str, Any]:
        account, asked = self._express.book.account(person.phone), self._express.prompt(person.phone)
        prompt = None
        if asked is not None:
            prompt = {
                "id": asked.id,
                "business": self._world.settings.business_name,
                "amount": asked.amount,
                "account": asked.account,
                "expires_in": self._express.seconds_left(asked),
            }
        return {"balance": account.balance, "pin": account.pin, "prompt": prompt}

    def _ussd(self, person: Person) -> dict[str, Any] | None:
        handset = self._gateway.handset(person.phone)
        if handset is None:
            return None
        screen = handset.screen
        return {
            "open": handset.is_open,
            "screen": screen.text,
            "septets": screen.units,
            "limit": screen.limit,
            "encoding": screen.encoding,
            "page": screen.page,
            "pages": screen.pages,
            "error": handset.error,
            "waiting": handset.waiting,
        }

    def _telegram(self, person: Person) -> dict[str, Any]:
        profile = self._bot.profile
        return {
            **self._bot.chats.shown(person),
            "commands": profile.commands_for(person),
            "description": profile.description_for(person),
        }
