"""Who plays: members with phones and account numbers, their groups, and a few who are rich, or who dial."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.daos.groups import create_group, join
from core.kernel.ids import DaoId, IntentId, MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.payments.account_numbers import account_number
from tests.members import enrol
from tests.simulation.town import KEY, Town

PIN = "248163"
NAMES = ("Wanjiru", "Otieno", "Achieng", "Mwangi", "Njeri", "Kiprop", "Fatuma", "Mutua", "Chebet", "Baraka")
GROUP_SIZE = 40
DIALLERS, RICH = 4, 3
# What M-Pesa holds for a member at the beginning, in shillings.
POCKET, RICH_POCKET = 60_000, 450_000
new_id = TimeOrderedIds().new


@dataclass
class Person:
    """A member. `numbers`: where she is paid at the paybill, by group, None for her own balance."""

    id: MemberId
    phone: Phone
    name: str
    numbers: dict[DaoId | None, str] = field(default_factory=dict)
    groups: list[DaoId] = field(default_factory=list)


@dataclass
class People:
    """All of them. The first ones are rich, the next ones dial."""

    everybody: list[Person]

    @property
    def rich(self) -> list[Person]:
        return self.everybody[:RICH]

    @property
    def diallers(self) -> list[Person]:
        return self.everybody[RICH : RICH + DIALLERS]

    @property
    def others(self) -> list[Person]:
        return self.everybody[RICH + DIALLERS :]

    def by_phone(self, phone: str) -> Person:
        return next(person for person in self.everybody if person.phone == phone)


async def settle_in(town: Town, many: int) -> People:
    """So many members with their groups, and phones with money at M-Pesa."""
    people = People([await _member(town, number) for number in range(many)])
    for first in range(0, many, GROUP_SIZE):
        await _found(town, people.everybody[first : first + GROUP_SIZE])
    for person in people.everybody:
        town.world.people.add(name=person.name, phone=person.phone)
        town.mpesa.book.account(person.phone).balance = RICH_POCKET if person in people.rich else POCKET
    hasher = PinHasher(Vault([KEY]))
    for person in people.diallers:
        sealed = await hasher.hash(PIN, owner=str(person.id))
        await town.command("UPDATE members SET sealed_pin = $1 WHERE id = $2", sealed, person.id)
    return people


async def _member(town: Town, number: int) -> Person:
    person = Person(MemberId(new_id()), Phone(f"+2547{number:08}"), f"{NAMES[number % len(NAMES)]} {number}")
    async with town.database.unit() as uow:
        await enrol(uow, person.phone, member=person.id, name=person.name, language=("en", "sw")[number % 2])
        person.numbers[None] = await account_number(uow, member=person.id)
    return person


async def _found(town: Town, members: list[Person]) -> None:
    founder = members[0]
    async with town.database.unit() as uow:
        group = await create_group(uow, intent=IntentId(new_id()), founder=founder.id, name=f"Umoja {founder.name}")
    async with town.database.unit() as uow:
        for person in members:
            if person is not founder:
                await join(uow, member=person.id, group=group.id)
            person.groups.append(group.id)
            person.numbers[group.id] = await account_number(uow, member=person.id, group=group.id)
