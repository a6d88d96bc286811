"""The people who own the phones: a number, a name, a network and a Telegram account each.

Their M-PESA money, their SMS and their chats belong to the servers that keep them; here is only who they are.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any

from core.sandbox.networks import NETWORKS, likely_network

_PHONE = re.compile(r"\+254[17]\d{8}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LONGEST_NAME = 64
MOST_PEOPLE = 500


class BadPerson(Exception):
    """Somebody can't be added or changed as asked; the message says why."""


@dataclass(frozen=True)
class TelegramUser:
    """A Telegram account as its messages show it."""

    id: int
    first_name: str
    username: str
    language_code: str


@dataclass
class Person:
    """One owner of a phone. `phone` is E.164 (+2547…), `network` a key of NETWORKS."""

    phone: str
    name: str
    network: str
    telegram: TelegramUser

    @property
    def digits(self) -> str:
        return self.phone[1:]


class People:
    """Everybody in the sandbox, in the order they came."""

    def __init__(self, remembered: list[dict[str, Any]] | None) -> None:
        self._by_phone: dict[str, Person] = {}
        if remembered is None:
            self.add(name="Wanjiru", phone="+254712000001")
            self.add(name="Otieno", phone="+254722000002")
        for item in remembered or []:
            person = Person(item["phone"], item["name"], item["network"], TelegramUser(**item["telegram"]))
            self._by_phone[person.phone] = person

    def __iter__(self) -> Any:
        return iter(list(self._by_phone.values()))

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(person) for person in self._by_phone.values()]

    def by_phone(self, phone: str) -> Person | None:
        """Find by number, with or without the plus sign."""
        return self._by_phone.get(phone if phone.startswith("+") else f"+{phone}")

    def by_telegram(self, user_id: int) -> Person | None:
        return next((person for person in self._by_phone.values() if person.telegram.id == user_id), None)

    def add(self, *, name: object, phone: object = None, network: object = None, language_code: object = None) -> Person:
        """Bring somebody in; without a phone the next free number is theirs. Raises BadPerson."""
        if len(self._by_phone) >= MOST_PEOPLE:
            raise BadPerson(f"{MOST_PEOPLE} people are enough for one sandbox")
        name, number = _checked_name(name), self._checked_phone(phone)
        language = "en" if language_code is None else _checked_language(language_code)
        chosen = likely_network(number) if network is None else _checked_network(network)
        person = Person(number, name, chosen, _telegram_account(number, name, language))
        self._by_phone[number] = person
        return person

    def move(self, person: Person, network: object) -> None:
        """Put somebody's SIM on another network. Raises BadPerson."""
        person.network = _checked_network(network)

    def _checked_phone(self, phone: object) -> str:
        if phone is None:
            free = (f"+254712{number:06d}" for number in range(1, 1_000_000))
            return next(number for number in free if number not in self._by_phone)
        number = f"+{phone.lstrip('+')}" if isinstance(phone, str) else ""
        if not number.isascii() or not _PHONE.fullmatch(number):
            raise BadPerson("phone must be a Kenyan mobile number such as +254712000003")
        if number in self._by_phone:
            raise BadPerson(f"{number} belongs to {self._by_phone[number].name}")
        return number


def _checked_name(name: object) -> str:
    cleaned = name.strip() if isinstance(name, str) else ""
    if not cleaned or len(cleaned) > _LONGEST_NAME or not cleaned.isprintable():
        raise BadPerson(f"name must be a text of 1 to {_LONGEST_NAME} printable characters")
    return cleaned


def _checked_network(network: object) -> str:
    """A network by its key or by its code at Africa's Talking."""
    network = next((known.key for known in NETWORKS.values() if known.code == network), network)
    if not isinstance(network, str) or network not in NETWORKS:
        raise BadPerson(f"network is one of {', '.join(NETWORKS)}")
    return network


def _checked_language(language: object) -> str:
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise BadPerson("language_code is two small letters, such as sw")
    return language


def _telegram_account(phone: str, name: str, language_code: str) -> TelegramUser:
    """An account that follows from the number, so that it is the same whenever this person is added."""
    word = re.sub(r"[^a-z0-9]", "", name.split(maxsplit=1)[0].lower()) or "member"
    user_id = 1_000_000_000 + int(phone[4:])
    return TelegramUser(user_id, name.split(maxsplit=1)[0], f"{word}_{phone[-4:]}", language_code)
