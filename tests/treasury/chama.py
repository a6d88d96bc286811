"""A group with its officials, its members and its money, at the payments desk: a worker by hand, M-Pesa in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.daos.changes import set_role
from core.daos.constitutions import enact
from core.daos.groups import create_group
from core.daos.models import MembershipRow
from core.daos.rules import DEFAULTS, Rules
from core.daos.spending import Payee
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, member_account, treasury
from core.ledger.service import Balance, Leg, transfer
from core.treasury.approving import approve, reject
from core.treasury.asking import ask_payment, payee_of
from core.treasury.jobs import look_after
from core.treasury.objecting import object_to, withdraw_request
from core.treasury.paying import pay, try_again
from core.treasury.reading import Standing, see_request
from core.treasury.requests import Request, find_request
from tests.payments.counter import Counter
from tests.payments.desk import Person, new_id

NAMES = (
    "Amina Chair",
    "Bahati Secretary",
    "Chebet Treasurer",
    "Daudi Mwangi",
    "Esther Wairimu",
    "Farida Otieno",
    "Gitau Kamau",
)


NOBODYS = DaoId(UUID(int=0))
TEN_THOUSAND, PLENTY = Money(10_000_00), Money(100_000_00)


def shillings(whole: int) -> Money:
    return Money(whole * 100)


@dataclass
class Chama(Counter):
    """One group: its chair, secretary and treasurer, and ordinary members."""

    group: DaoId = NOBODYS
    persons: list[Person] = field(default_factory=list)
    rules: Rules = DEFAULTS["chama"]

    @property
    def chair(self) -> Person:
        return self.persons[0]

    @property
    def secretary(self) -> Person:
        return self.persons[1]

    @property
    def treasurer(self) -> Person:
        return self.persons[2]

    @property
    def members(self) -> list[Person]:
        return self.persons[3:]

    async def found(self, *, money: Money = PLENTY, ordinary: int = 4, **rules: Any) -> Chama:
        """The group with its people and its money, and these rules where they differ from a chama's own."""
        self.persons = [await self.person() for _ in range(3 + ordinary)]
        for person, name in zip(self.persons, NAMES, strict=False):
            await self.rows("UPDATE members SET name = :name WHERE id = :id RETURNING id", name=name, id=person.id)
        async with self.database.unit() as uow:
            founded = await create_group(uow, intent=IntentId(new_id()), founder=self.chair.id, name="Umoja")
            self.group = founded.id
            roles = ["secretary", "treasurer", *["member"] * ordinary]
            for person, role in zip(self.persons[1:], roles, strict=True):
                row = MembershipRow(id=new_id(), dao_id=self.group, user_id=person.id, role="member", status="active")
                row.joined_at = self.clock.now()
                uow.session.add(row)
                await uow.session.flush()
                await set_role(uow, row, role, way="appointed")
        # Its officials are no longer new (core/treasury/cooling.py).
        self.clock.advance(hours=72)
        await self.fund(treasury(self.group), money)
        if rules:
            await self.enact(**rules)
        return self

    async def fund(self, account: Account, money: Money) -> None:
        async with self.database.unit() as uow:
            legs = [Leg(MPESA_UTILITY, -money), Leg(account, money)]
            await transfer(uow, key=uow.ids.new(), kind="test_funding", legs=legs)

    async def enact(self, **rules: Any) -> None:
        """The next version of the constitution, in force at once."""
        self.rules = replace(self.rules, **rules)
        async with self.database.unit() as uow:
            await enact(uow, group=self.group, rules=self.rules, in_force_from=self.clock.now(), because="a test")

    async def ask(
        self, amount: Money = TEN_THOUSAND, *, by: Person | None = None, to: Person | Payee | None = None, **given: Any
    ) -> Request:
        payee = self.payee(to or self.members[0])
        wanted = {"intent": IntentId(new_id()), "reason": "hospital", "category": "welfare", **given}
        async with self.database.unit() as uow:
            return await ask_payment(
                uow, member=(by or self.treasurer).id, group=self.group, amount=amount, payee=payee, **wanted
            )

    async def ask_many(self, count: int, amount: Money) -> list[Request]:
        """The same request so many times, asked in one unit."""
        wanted = {"member": self.treasurer.id, "group": self.group, "payee": self.payee(self.members[0]), "reason": "hospital"}
        async with self.database.unit() as uow:
            return [await ask_payment(uow, intent=IntentId(new_id()), amount=amount, **wanted) for _ in range(count)]

    def payee(self, to: Person | Payee) -> Payee:
        return to if isinstance(to, Payee) else Payee("D. MWANGI", member=to.id)

    async def outside(self, phone: str = "+254799000001", name: str = "Duka la Vitabu") -> Payee:
        async with self.database.unit() as uow:
            return await payee_of(uow, group=self.group, phone=phone, name=name)  # type: ignore[arg-type]

    async def approve(self, request: Request, by: Person) -> Request:
        async with self.database.unit() as uow:
            return await approve(uow, request=request.id, member=by.id, digest=request.digest)

    async def reject(self, request: Request, by: Person) -> Request:
        async with self.database.unit() as uow:
            return await reject(uow, request=request.id, member=by.id, digest=request.digest)

    async def object(self, request: Request, by: Person) -> Request:
        async with self.database.unit() as uow:
            return await object_to(uow, request=request.id, member=by.id)

    async def withdraw(self, request: Request, by: Person) -> Request:
        async with self.database.unit() as uow:
            return await withdraw_request(uow, request=request.id, member=by.id)

    async def pay(self, request: Request) -> Request:
        async with self.database.unit() as uow:
            return await pay(uow, request=request.id)

    async def again(self, request: Request, by: Person) -> Request:
        async with self.database.unit() as uow:
            return await try_again(uow, request=request.id, member=by.id)

    async def find(self, request: Request) -> Request:  # type: ignore[override]
        async with self.database.unit() as uow:
            return await find_request(uow, request=request.id)

    async def found_request(self, request: UUID) -> Request:
        async with self.database.unit() as uow:
            return await find_request(uow, request=request)

    async def standing(self, request: Request, viewer: Person | None = None) -> Standing:
        async with self.database.unit() as uow:
            return await see_request(uow, viewer=(viewer or self.chair).id, request=request.id)

    def approvers(self, request: Request) -> list[Person]:
        """Everybody whose approval is needed, the officials first."""
        wanted = [*request.signers[: request.needed], *request.padlocks]
        people = {person.id: person for person in self.persons}
        return [people[one] for one in wanted]

    async def approved(self, amount: Money = TEN_THOUSAND, **given: Any) -> Request:
        """A request that everybody needed has approved."""
        request = await self.ask(amount, **given)
        for person in self.approvers(request):
            await self.approve(request, person)
        return await self.find(request)

    async def sms(self, person: Person) -> list[str]:
        """What she was told, but for who holds the padlock."""
        return [said for said in await super().sms(person) if "hold the padlock" not in said]

    async def role(self, person: Person, role: str, status: str = "active") -> None:
        hers = MembershipRow.dao_id == self.group, MembershipRow.user_id == person.id
        async with self.database.unit() as uow:
            row = (await uow.session.scalars(select(MembershipRow).where(*hers).with_for_update())).one()
            row.status = status
            await set_role(uow, row, role, way="appointed")

    async def minute(self) -> None:
        """The worker's look at everything, and what follows."""
        await look_after(self, {})
        await self.work()

    async def money(self) -> Balance:
        return await self.holds(treasury(self.group))

    async def own(self, person: Person) -> Money:
        return (await self.holds(member_account(person.id))).available
