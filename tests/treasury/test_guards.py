"""What the database itself refuses, whoever writes; and what it shows in the view that others read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.constitutions import rules_of
from core.daos.groups import open_group
from core.daos.rules import DEFAULTS
from core.kernel.money import Money
from core.ledger.accounts import treasury
from core.monitoring.audit import audit, examine
from core.monitoring.treasury_invariants import SENTENCES
from tests.payments.desk import new_id

from .chama import Chama, shillings

REFUSED = {
    "another amount": "UPDATE treasury_requests SET amount = amount + 1",
    "another payee": "UPDATE treasury_requests SET payee_name = 'Somebody'",
    "another digest": "UPDATE treasury_requests SET digest = repeat('0', 64)",
    "fewer approvals needed": "UPDATE treasury_requests SET needed = 1",
    "waiting without approvals": (
        "UPDATE treasury_requests SET status = 'waiting', approved_at = now(), due_at = now(), hold_transfer = gen_random_uuid()"
    ),
    "paid without waiting": "UPDATE treasury_requests SET status = 'paid', paid_at = now()",
    "forgotten": "DELETE FROM treasury_requests",
    "approved by who asked": "{approval} SELECT gen_random_uuid(), id, proposer, 'approved', 'official', digest, now() {of}",
    "approved by who is paid": "{approval} SELECT gen_random_uuid(), id, payee_id, 'approved', 'official', digest, now() {of}",
    "another digest approved": (
        "{approval} SELECT gen_random_uuid(), id, signers[1], 'approved', 'official', repeat('0', 64), now() {of}"
    ),
    "an official as padlock holder": (
        "{approval} SELECT gen_random_uuid(), id, signers[1], 'approved', 'padlock', digest, now() {of}"
    ),
}
APPROVAL = "INSERT INTO treasury_approvals (id, request_id, user_id, verdict, capacity, digest, created_at)"
OF = "FROM treasury_requests"


async def refused(chama: Chama, statement: str) -> bool:
    """Whether the database refuses it."""
    try:
        async with chama.database.unit() as uow:
            await uow.session.execute(text(statement.format(approval=APPROVAL, of=OF)))
    except IntegrityError:
        return True
    return False


async def test_database_refuses_every_way_around_the_rules(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask()
    found = {name: await refused(chama, statement) for name, statement in REFUSED.items()}
    assert found == dict.fromkeys(REFUSED, True)

    await chama.approve(request, chama.chair)
    twice = "{approval} SELECT gen_random_uuid(), request_id, user_id, verdict, capacity, digest, now() FROM treasury_approvals"
    assert await refused(chama, twice)
    for statement in (
        "UPDATE treasury_approvals SET verdict = 'rejected'",
        "DELETE FROM treasury_approvals",
        "UPDATE padlock_draws SET holder = candidates[1], number = 9",
        "DELETE FROM treasury_steps",
    ):
        assert await refused(chama, statement), statement

    await chama.withdraw(request, chama.treasurer)
    late = "{approval} SELECT gen_random_uuid(), id, signers[2], 'approved', 'official', digest, now() {of}"
    objection = "INSERT INTO treasury_objections SELECT gen_random_uuid(), id, signers[1], now() FROM treasury_requests"
    back = "UPDATE treasury_requests SET status = 'open'"
    assert [await refused(chama, one) for one in (late, objection, back)] == [True, True, True]


DAMAGE = {
    "an amount changed": ("UPDATE treasury_requests SET amount = amount + 1 WHERE number = 1", {0, 2, 4}),
    "a reason changed": ("UPDATE treasury_requests SET reason = 'beer' WHERE number = 1", {0}),
    "a digest made to fit": (
        "UPDATE treasury_requests SET digest = repeat('0', 64) WHERE number = 1",
        {0, 1},
    ),
    "an approval gone": ("DELETE FROM treasury_approvals WHERE capacity = 'padlock'", {1}),
    "an approval by who asked": (
        "UPDATE treasury_approvals a SET user_id = r.proposer FROM treasury_requests r WHERE capacity = 'padlock' AND r.id = a.request_id",
        {1},
    ),
    "a paid request gone": ("DELETE FROM treasury_requests WHERE number = 1", {2, 4}),
    "a waiting request called void": ("UPDATE treasury_requests SET status = 'void' WHERE number = 2", {2}),
    "another payee": ("UPDATE treasury_requests SET payee_id = proposer WHERE number = 1", {0, 4}),
    "another holder": (
        "UPDATE padlock_draws SET holder = candidates[1 + array_position(candidates, holder) % cardinality(candidates)]",
        {5},
    ),
}


async def test_audit_finds_whatever_is_wrong_with_a_treasury(chama: Chama) -> None:
    await chama.found(pay_delay_hours=0)
    await chama.approved(shillings(700))
    await chama.work()
    await chama.enact(pay_delay_hours=24)
    await chama.approved(shillings(800), to=await chama.outside(name='Duka "Bora" é'))
    await chama.ask(shillings(900), path="petty", to=chama.members[1])
    await chama.work()
    names = [name for _, name, _ in SENTENCES]
    findings = {finding.name: finding for finding in await audit(chama.database)}
    assert [one.examined for one in findings.values() if one.name in names] == [3, 3, 3, 0, 2, findings[names[5]].examined]
    assert findings[names[5]].examined >= 1

    found = {name: await wrong_after(chama, damage) for name, (damage, _) in DAMAGE.items()}

    expected = {name: {names[one] for one in wrong} for name, (_, wrong) in DAMAGE.items()}
    assert {name: one & set(names) for name, one in found.items()} == expected


async def wrong_after(chama: Chama, damage: str) -> set[str]:
    async with chama.database.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("ALTER TABLE treasury_requests DROP CONSTRAINT ck_treasury_requests_petty_to_others"))
        await connection.execute(text(damage))
        findings = await examine(connection)
        await connection.rollback()
    return {finding.name for finding in findings if not finding.ok}


async def view(chama: Chama) -> Any:
    [row] = await chama.rows("SELECT * FROM dao_treasuries WHERE dao_id = :dao AND currency = 'KES'", dao=chama.group)
    return row


async def test_the_view_shows_the_rules_the_signers_and_what_is_allocated(chama: Chama) -> None:
    await chama.found(reserve=shillings(5_000))
    await chama.approved(shillings(20_000))
    shown = await view(chama)
    holder = (await chama.rows("SELECT holder FROM padlock_draws ORDER BY number LIMIT 1"))[0].holder
    await chama.enact(approvals=5)
    more = await view(chama)

    assert [str(one) for one in (shown.total_balance, shown.available_balance, shown.allocated_balance)] == [
        "100000.00",
        "80000.00",
        "20000.00",
    ]
    assert shown.total_balance == shown.available_balance + shown.allocated_balance + shown.reserve_balance
    assert [str(one) for one in (shown.minimum_reserve, shown.daily_spending_limit, shown.proposal_threshold)] == [
        "5000.00",
        "50000.00",
        "20000.00",
    ]
    signing = {chama.chair.id, chama.secretary.id, chama.treasurer.id, holder}
    assert (shown.required_signatures, {str(one) for one in signing}) == (3, set(shown.signers))
    assert more.required_signatures is None, "nobody could gather five of them"


@pytest.mark.parametrize("kind", [kind for kind in DEFAULTS if kind != "practice"])
async def test_a_group_without_a_constitution_of_its_own_shows_its_kinds_rules(chama: Chama, kind: Any) -> None:
    founder = await chama.person()
    async with chama.database.unit() as uow:
        chama.group = await open_group(uow, name="Umoja", kind=kind, founder=founder.id, intent=new_id())  # type: ignore[arg-type]
        rules = await rules_of(uow, group=chama.group)
    for role in ("chair", "secretary", "treasurer"):
        person = await chama.person()
        await chama.rows(
            "INSERT INTO dao_memberships (id, dao_id, user_id, role, status, joined_at)"
            " VALUES (gen_random_uuid(), :dao, :member, :role, 'active', now()) RETURNING id",
            dao=chama.group,
            member=person.id,
            role=role,
        )
    await chama.fund(treasury(chama.group), Money(1_00))

    shown = await view(chama)

    assert (shown.minimum_reserve, shown.daily_spending_limit, shown.proposal_threshold, shown.required_signatures) == (
        rules.reserve.as_decimal(),
        rules.daily_limit.as_decimal(),
        rules.vote_above.as_decimal(),
        rules.approvals,
    )


async def test_the_view_keeps_to_the_constitution_that_is_in_force(chama: Chama) -> None:
    await chama.found()
    chama.clock.moment = datetime.now(UTC).replace(microsecond=0)
    await chama.enact(daily_limit=shillings(10_000))
    chama.clock.advance(days=30)
    await chama.enact(daily_limit=shillings(20_000))

    assert str((await view(chama)).daily_spending_limit) == "10000.00"
    assert replace(chama.rules).daily_limit == shillings(20_000)


async def test_payees_name_is_forgotten_with_her_and_never_changed_otherwise(chama: Chama) -> None:
    await chama.found()
    await chama.ask()
    forgotten = "UPDATE treasury_requests SET payee_name = 'Former member'"

    assert await refused(chama, "UPDATE treasury_requests SET payee_name = 'Former friend'")
    assert not await refused(chama, forgotten)
    await chama.ask(to=await chama.outside())
    assert await refused(chama, forgotten)
    await chama.audit_is_clean()
