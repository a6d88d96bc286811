"""The SMS inbox of each phone, whoever sent the message."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from core.sandbox import gsm7, identifiers
from core.sandbox.world import World

# A handset of this kind keeps about so many; older ones are dropped.
MOST_MESSAGES = 200


@dataclass(frozen=True)
class Received:
    """One SMS on a phone. `at` is ISO 8601 in UTC, `parts` what the network counted."""

    id: str
    sender: str
    text: str
    at: str
    parts: int

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "from": self.sender, "text": self.text, "at": self.at, "parts": self.parts}


class Inboxes:
    """All inboxes, newest message last."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_phone: dict[str, list[Received]] = defaultdict(list)
        for phone, messages in (world.store.load("inboxes") or {}).items():
            self._by_phone[phone] = [Received(**message) for message in messages]
        self._section = world.store.section("inboxes", self._dump)

    def _dump(self) -> dict[str, Any]:
        return {phone: [asdict(message) for message in messages] for phone, messages in self._by_phone.items()}

    def of(self, phone: str) -> list[Received]:
        return list(self._by_phone.get(phone, []))

    def put(self, *, phone: str, sender: str, text: str) -> Received:
        at = self._world.clock.now().isoformat(timespec="seconds")
        message = Received(identifiers.short_id(), sender, text, at, gsm7.sms_parts(text))
        kept = self._by_phone[phone]
        kept.append(message)
        del kept[:-MOST_MESSAGES]
        self._section.changed()
        self._world.changed(phone)
        return message
