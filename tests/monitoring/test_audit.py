"""The audit finds books in order when they are, and every single thing that can be wrong with them when it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from core.daos.contributions import contribute
from core.daos.groups import create_group
from core.identity.erasure import erase, request_erasure
from core.kernel.db import SERVER_SETTINGS, Database
from core.kernel.ids import IntentId, MemberId, TimeOrderedIds
from core.kernel.money import CUSD, Money
from core.kernel.phone import Phone
from core.ledger.accounts import MPESA_UTILITY, MPESA_WORKING, SUSPENSE, Account, member_account
from core.ledger.service import Leg, expire_due, hold, release, reverse, settle, transfer
from core.monitoring.audit import audit, examine
from core.monitoring.invariants import BOOKS, INVARIANTS, SEALED
from core.monitoring.places import MOST, PLACES
from core.payments.deposits import start_deposit
from core.payments.models import MpesaTransaction
from core.payments.receiving import take_in
from core.payments.settlement import lock_deposit
from core.payments.sources import Payment
from tests.members import enrol

new_id = TimeOrderedIds().new

(
    TRANSFER_SUMS,
    WHOLE_TRANSFERS,
    CURRENCY_SUMS,
    BALANCE_SUMS,
    LAST_ENTRIES,
    RUNNING,
    GAPLESS,
    OVERDRAWN,
    CURRENCIES,
    KEYS,
    ANSWERS,
    ENDS,
    HELD,
    REVERSALS,
    OWNERS,
    FORGOTTEN,
    VIEWS,
    DEPOSITS,
    RECEIPTS,
    WAITING,
    UNSEEN,
    UNPROVEN,
    PAYOUTS,
    PAYOUT_HOLDS,
    CHARGES,
    FEES,
    CONTRIBUTIONS,
    CLOSINGS,
    STANDING,
    PAST_SEALS,
    CHAIN,
    BLOCKS,
) = OF_THE_BOOKS = (*(invariant.name for check in BOOKS for invariant in check.invariants), SEALED.name)

# Nothing of these books is sealed or archived, nothing was paid out or held back and no statement was imported; test_proof.py,
# test_payout_audit.py, test_waiting.py and test_reconciliation_audit.py have such.
ELSEWHERE = {CLOSINGS, CHAIN, BLOCKS, PAYOUTS, PAYOUT_HOLDS, CHARGES, UNPROVEN}

AMINA_ROW = "(SELECT id FROM ledger_balances WHERE kind = 'member' AND currency = 'KES' ORDER BY id LIMIT 1)"
A_DEPOSIT = "(SELECT id FROM ledger_transfers WHERE kind = 'mpesa_deposit' ORDER BY id LIMIT 1)"
A_CONTRIBUTION = "(SELECT id FROM ledger_transfers WHERE kind = 'contribution')"

# What somebody with the keys to the database might do, past every guard, and which findings must turn.
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a balance raised": (
        f"UPDATE ledger_balances SET available = available + 1000 WHERE id = {AMINA_ROW}",
        {BALANCE_SUMS, LAST_ENTRIES, VIEWS},
    ),
    "money moved between buckets": (
        f"UPDATE ledger_balances SET available = available - 1, locked = locked + 1 WHERE id = {AMINA_ROW}",
        {BALANCE_SUMS, LAST_ENTRIES, HELD, VIEWS},
    ),
    "a cent taken from one entry": (
        f"UPDATE ledger_entries SET amount = amount - 0.01 WHERE transfer_id = {A_DEPOSIT} AND balance_id = {AMINA_ROW}",
        {TRANSFER_SUMS, CURRENCY_SUMS, BALANCE_SUMS, RUNNING, VIEWS, DEPOSITS},
    ),
    "a cent moved from one entry to another": (
        (
            f"UPDATE ledger_entries SET amount = amount + CASE leg WHEN 1 THEN 0.01 ELSE -0.01 END "
            f"WHERE transfer_id = {A_CONTRIBUTION}"
        ),
        {BALANCE_SUMS, RUNNING, VIEWS, CONTRIBUTIONS},
    ),
    "the balance after an entry rewritten": (
        f"UPDATE ledger_entries SET after = after + 1 WHERE balance_id = {AMINA_ROW} AND seq = 1",
        {RUNNING},
    ),
    "the last balance rewritten": (
        (
            f"UPDATE ledger_entries SET after = after + 1 WHERE (balance_id, seq) IN "
            f"(SELECT balance_id, max(seq) FROM ledger_entries WHERE balance_id = {AMINA_ROW} AND bucket = 'available' GROUP BY 1)"
        ),
        {LAST_ENTRIES, RUNNING},
    ),
    "a transfer deleted with its entries": (
        (
            f"WITH gone AS (DELETE FROM ledger_entries WHERE transfer_id = {A_DEPOSIT}) "
            f"DELETE FROM ledger_transfers WHERE id = {A_DEPOSIT}"
        ),
        {BALANCE_SUMS, LAST_ENTRIES, RUNNING, GAPLESS, OVERDRAWN, VIEWS, DEPOSITS, FEES},
    ),
    "a transfer deleted without its entries": (
        f"DELETE FROM ledger_transfers WHERE id = {A_CONTRIBUTION}",
        {WHOLE_TRANSFERS, CONTRIBUTIONS},
    ),
    "an entry renumbered": (
        f"UPDATE ledger_entries SET seq = 99 WHERE balance_id = {AMINA_ROW} AND seq = 1",
        {LAST_ENTRIES, RUNNING, GAPLESS, OVERDRAWN},
    ),
    "a sequence moved on": (f"UPDATE ledger_balances SET seq = seq + 1 WHERE id = {AMINA_ROW}", {GAPLESS}),
    "an entry in another currency": (
        f"UPDATE ledger_entries SET currency = 'MTAA' WHERE balance_id = {AMINA_ROW} AND seq = 1",
        {TRANSFER_SUMS, CURRENCY_SUMS, CURRENCIES},
    ),
    "entries of a tenth of a cent": (
        (
            f"UPDATE ledger_entries SET amount = amount + CASE leg WHEN 1 THEN 0.001 ELSE -0.001 END "
            f"WHERE transfer_id = {A_CONTRIBUTION}"
        ),
        {BALANCE_SUMS, RUNNING, VIEWS, CONTRIBUTIONS, CURRENCIES},
    ),
    "an entry of nothing": (
        (
            f"INSERT INTO ledger_entries SELECT {A_DEPOSIT}, id, seq + 1, now(), 'available', 9, 'KES', 0, available "
            f"FROM ledger_balances WHERE id = {AMINA_ROW}"
        ),
        {WHOLE_TRANSFERS, GAPLESS, CURRENCIES},
    ),
    "a balance row deleted": (
        f"DELETE FROM ledger_balances WHERE id = {AMINA_ROW}",
        {BALANCE_SUMS, GAPLESS, CURRENCIES, DEPOSITS, CONTRIBUTIONS},
    ),
    "a key given to two transfers": (
        (
            "UPDATE ledger_transfers SET key = (SELECT key FROM ledger_transfers WHERE kind = 'hold') "
            "WHERE id = (SELECT id FROM ledger_transfers WHERE kind = 'token')"
        ),
        {KEYS, ANSWERS, STANDING},
    ),
    "a key that moved money called refused": (
        (
            "INSERT INTO ledger_rejections (key, fingerprint, kind, reason, event_at, rejected_at) "
            "SELECT key, fingerprint, kind, 'resolved', now(), now() FROM ledger_transfers WHERE kind = 'contribution'"
        ),
        {ANSWERS},
    ),
    "the end of a hold forgotten": ("DELETE FROM ledger_resolutions WHERE outcome = 'void'", {ENDS, HELD}),
    "a settled hold called let go": ("UPDATE ledger_resolutions SET outcome = 'void' WHERE outcome = 'post'", {ENDS}),
    "a hold that was let go called a transfer on its own": (
        "UPDATE ledger_transfers SET step = 'single', expires_at = NULL WHERE id IN (SELECT pending_transfer FROM ledger_resolutions)",
        {ENDS},
    ),
    "an open hold called ended": (
        (
            "INSERT INTO ledger_resolutions SELECT id, gen_random_uuid(), 'post', now() FROM ledger_transfers "
            "WHERE step = 'pending' AND id NOT IN (SELECT pending_transfer FROM ledger_resolutions)"
        ),
        {ENDS, HELD},
    ),
    "a hold that ended before its time": (
        "UPDATE ledger_transfers SET expires_at = expires_at + interval '1 day' WHERE expires_at IS NOT NULL",
        {ENDS},
    ),
    "a reversal of something else": (
        f"UPDATE ledger_transfers SET ref_transfer = {A_DEPOSIT} WHERE step = 'reverse'",
        {REVERSALS},
    ),
    "a reversal of a hold": (
        (
            "UPDATE ledger_transfers SET step = 'pending' WHERE id = "
            "(SELECT ref_transfer FROM ledger_transfers WHERE step = 'reverse')"
        ),
        {REVERSALS},
    ),
    "a reversal written twice": (
        (
            "INSERT INTO ledger_transfers (id, key, event_at, posted_at, legs, fingerprint, kind, step, ref_transfer) "
            "SELECT gen_random_uuid(), gen_random_uuid(), now(), now(), 2, fingerprint, kind, step, ref_transfer "
            "FROM ledger_transfers WHERE step = 'reverse'"
        ),
        {REVERSALS, WHOLE_TRANSFERS, STANDING},
    ),
    "a second balance for one owner": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('system', 'mpesa_utility', 'KES', now())",
        {OWNERS, STANDING},
    ),
    "a deposit that was never credited": (
        "UPDATE mpesa_transactions SET status = 'completed', mpesa_receipt_number = 'SGLNEVER01' WHERE status = 'pending'",
        {DEPOSITS, RECEIPTS},
    ),
    "a deposit credited and then called failed": (
        "UPDATE mpesa_transactions SET status = 'failed' WHERE status = 'completed'",
        {DEPOSITS, RECEIPTS},
    ),
    "a deposit of another amount than was credited": (
        "UPDATE mpesa_transactions SET amount = amount + 1 WHERE status = 'completed'",
        {DEPOSITS, RECEIPTS},
    ),
    "a deposit of somebody else": (
        "UPDATE mpesa_transactions SET user_id = (SELECT id FROM members WHERE name = 'Juma') WHERE status = 'completed'",
        {DEPOSITS},
    ),
    "the account of somebody who was forgotten opened again": ("DELETE FROM ledger_closed_owners", {FORGOTTEN}),
    "a receipt forgotten": ("DELETE FROM payments_received WHERE transaction_id IS NOT NULL", {RECEIPTS}),
    "a payment in suspense forgotten": ("DELETE FROM payments_received WHERE transaction_id IS NULL", {WAITING}),
    "a deposit that nobody looks at": (
        "UPDATE mpesa_transactions SET next_check_at = NULL WHERE status = 'pending'",
        {UNSEEN},
    ),
    "a fee that was not booked": (
        "UPDATE transaction_fees SET fee_amount = fee_amount + 1, platform_revenue = platform_revenue + 1",
        {FEES},
    ),
    "a fee that was booked and not written down": ("DELETE FROM transaction_fees", {FEES}),
    "a contribution of another amount": ("UPDATE contributions SET amount = amount + 1", {CONTRIBUTIONS}),
    "a contribution of another member": (
        "UPDATE contributions SET user_id = (SELECT id FROM members WHERE name = 'Juma')",
        {CONTRIBUTIONS},
    ),
    "a contribution deleted": ("DELETE FROM contributions", {CONTRIBUTIONS}),
    "a contribution with words in it that can't be read": (
        f"""UPDATE ledger_transfers SET details = '{{"deposit": "x"}}' WHERE id = {A_CONTRIBUTION}""",
        {CONTRIBUTIONS},
    ),
    "a view that shows nothing as set aside": (
        """DO $$ BEGIN
          EXECUTE 'CREATE OR REPLACE VIEW user_balances AS '
            || regexp_replace(pg_get_viewdef('user_balances'::regclass), 'round.(b.)?locked, 2.', 'round(pending, 2)');
        END $$""",
        {VIEWS},
    ),
    "a transfer under a number before all others": (
        f"UPDATE ledger_transfers SET xact = -1 WHERE id = {A_DEPOSIT}",
        {PAST_SEALS},
    ),
    "a transfer under a number that nobody had": (
        f"UPDATE ledger_transfers SET xact = xact + 1000000000 WHERE id = {A_DEPOSIT}",
        {PAST_SEALS},
    ),
    "a refusal under a number that nobody had": (
        (
            "INSERT INTO ledger_rejections (key, fingerprint, kind, reason, event_at, rejected_at, xact) "
            "VALUES (gen_random_uuid(), sha256('x'), 'gift', 'resolved', now(), now(), 1000000000)"
        ),
        {PAST_SEALS},
    ),
    "a guard taken away": ("DROP TRIGGER entries_agree ON ledger_entries", {STANDING}),
    "a guard switched off": ("ALTER TABLE ledger_transfers DISABLE TRIGGER transfers_are_final", {STANDING}),
    "a guard for replicas only": ("ALTER TABLE ledger_seals ENABLE REPLICA TRIGGER seals_are_final", {STANDING}),
    "a guard that looks away": (
        "CREATE OR REPLACE FUNCTION ledger_guard_balances() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        {STANDING},
    ),
    "a constraint taken away": ("ALTER TABLE ledger_entries DROP CONSTRAINT uq_ledger_entries_balance_id_seq", {STANDING}),
    "a guard with its owner's rights": ("ALTER FUNCTION ledger_guard_owners() SECURITY DEFINER", {STANDING}),
}
# Only a constraint that somebody dropped first lets these in.
DROPPED = {
    "a deposit that nobody looks at": (
        "ALTER TABLE mpesa_transactions DROP CONSTRAINT ck_mpesa_transactions_ck_mpesa_transactions_next_check_at"
    ),
    "a reversal written twice": "DROP INDEX uq_ledger_transfers_reversed",
    "a key given to two transfers": "ALTER TABLE ledger_transfers DROP CONSTRAINT uq_ledger_transfers_key",
    "a second balance for one owner": (
        "ALTER TABLE ledger_balances DROP CONSTRAINT uq_ledger_balances_kind_user_id_dao_id_name_currency"
    ),
}


@pytest.fixture
async def lived_in(db: Database, clock) -> Database:
    """Two members and one who was forgotten; nobody's 30 is in suspense; one deposits 500 by M-Pesa, founds a group, contributes 200, sets 50 aside and has a token.

    What the other one set aside and moved has all ended.
    """
    await forgotten(db, clock, Phone("+254712000003"))
    amina, juma, paid, waiting = (new_id() for _ in range(4))
    await registered(db, MemberId(amina), "Amina", Phone("+254712000001"))
    await registered(db, MemberId(juma), "Juma", Phone("+254712000002"))
    await deposit(db, MemberId(amina), IntentId(paid), Phone("+254712000001"), receipt="SGL0000001")
    await deposit(db, MemberId(juma), IntentId(waiting), Phone("+254712000002"), receipt=None)
    own = member_account(MemberId(amina))
    async with db.unit() as uow:
        await take_in(uow, Payment(receipt="SGL0000002", amount=Money(30_00), source="c2b", account="umoja"))
    async with db.unit() as uow:
        group = await create_group(uow, intent=IntentId(new_id()), founder=MemberId(amina), name="Umoja")
    async with db.unit() as uow:
        await contribute(uow, intent=IntentId(new_id()), member=MemberId(amina), group=group.id, amount=Money(200_00))
    async with db.unit() as uow:
        await hold(uow, intent=new_id(), kind="hold", account=own, amount=Money(50_00))
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, Money(-1, CUSD)), Leg(own, Money(1, CUSD))]
        await transfer(uow, key=new_id(), kind="token", legs=legs)
    await ended(db, clock, member_account(MemberId(juma)))
    return db


async def forgotten(db: Database, clock, phone: Phone) -> None:
    """Somebody who was here once."""
    async with db.unit() as uow:
        member = await enrol(uow, phone, name="Neema")
        due = await request_erasure(uow, member=member)
    clock.advance(seconds=(due - clock.now()).total_seconds())
    async with db.unit() as uow:
        await erase(uow, member=member)


async def ended(db: Database, clock, own: Account) -> None:
    """One hold settled in part, one let go, one expired; and a transfer taken back."""
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="start", legs=[Leg(MPESA_WORKING, Money(-100_00)), Leg(own, Money(100_00))])
    held = []
    for _ in range(3):
        async with db.unit() as uow:
            until = clock.now() + timedelta(minutes=5)
            held.append(
                await hold(uow, intent=new_id(), kind="for a while", account=own, amount=Money(10_00), expires_at=until)
            )
    async with db.unit() as uow:
        await settle(uow, key=new_id(), hold=held[0].transfer, to=[(SUSPENSE, Money(9_00))], kind="paid")
    async with db.unit() as uow:
        await release(uow, key=new_id(), hold=held[1].transfer, kind="let go")
    clock.advance(minutes=5)
    async with db.unit() as uow:
        assert await expire_due(uow) == [held[2].transfer]
    async with db.unit() as uow:
        wrong = await transfer(uow, key=new_id(), kind="wrong", legs=[Leg(own, Money(-5_00)), Leg(SUSPENSE, Money(5_00))])
    async with db.unit() as uow:
        await reverse(uow, key=new_id(), transfer=wrong.transfer, kind="mistake")


async def registered(db: Database, member: MemberId, name: str, phone: Phone) -> None:
    async with db.unit() as uow:
        await enrol(uow, phone, member=member, name=name)


async def deposit(db: Database, member: MemberId, intent: IntentId, phone: Phone, *, receipt: str | None) -> None:
    async with db.unit() as uow:
        await start_deposit(uow, intent=intent, member=member, phone=phone, amount=Money(500_00), language="en", channel="ussd")
    if receipt:
        async with db.unit() as uow:
            row = await lock_deposit(uow, intent)
            assert row is not None
            await take_in(uow, Payment(receipt=receipt, amount=Money(500_00), source="stk"), deposit=row)


async def found(db: Database, what: str) -> set[str]:
    """What the audit finds after this damage, done as only a superuser with the triggers off can; then undone."""
    async with db.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        if what in DROPPED:
            await connection.execute(text(DROPPED[what]))
        await connection.execute(text(DAMAGE[what][0]))
        findings = await examine(connection)
        await connection.rollback()
    # Whoever is told that something is wrong is told where.
    assert [
        one for one in findings if not one.ok and one.name in PLACES and not 0 < len(one.places) <= min(one.wrong, MOST)
    ] == []
    # What a capability's own records say about the same damage is told with the capability.
    return {finding.name for finding in findings if not finding.ok} & set(OF_THE_BOOKS)


async def test_audit_when_nothing_ever_happened_is_content(db: Database) -> None:
    findings = await audit(db)

    assert [finding.name for finding in findings] == [invariant.name for invariant in INVARIANTS]
    assert all(finding.ok for finding in findings)


async def test_audit_when_members_have_lived_finds_everything_in_order_and_looks_at_all_of_it(lived_in: Database) -> None:
    findings = await audit(lived_in)

    assert [finding for finding in findings if not finding.ok] == []
    assert {finding.name for finding in findings if not finding.examined} & set(OF_THE_BOOKS) == ELSEWHERE
    figures = {finding.name: finding.figure for finding in findings}
    assert figures[RUNNING] == "0 of 30 entries wrong"
    assert figures[DEPOSITS] == "0 of 1 deposits wrong"
    assert figures[CONTRIBUTIONS] == "0 of 1 contributions wrong"


async def test_audit_when_something_was_altered_finds_it(lived_in: Database) -> None:
    findings = {what: await found(lived_in, what) for what in DAMAGE}

    assert findings == {what: expected for what, (_, expected) in DAMAGE.items()}


def test_damage_when_listed_turns_every_finding_at_least_once() -> None:
    assert set().union(*(expected for _, expected in DAMAGE.values())) == set(OF_THE_BOOKS) - ELSEWHERE


async def test_audit_when_something_can_not_be_computed_any_more_says_so_and_decides_the_rest(lived_in: Database) -> None:
    async with lived_in.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text(DAMAGE["a contribution with words in it that can't be read"][0]))
        findings = {finding.name: finding for finding in await examine(connection)}
        await connection.rollback()

    assert findings[CONTRIBUTIONS].figure == 'can\'t be computed: invalid input syntax for type uuid: "x"'
    assert findings[RUNNING].examined == 30


def test_places_when_listed_are_those_of_the_books() -> None:
    named_by_their_records = {FORGOTTEN, VIEWS, DEPOSITS, RECEIPTS, WAITING, UNSEEN, UNPROVEN, PAYOUTS, PAYOUT_HOLDS}
    named_by_their_records |= {CHARGES, FEES, CONTRIBUTIONS, BLOCKS}

    assert set(PLACES) == set(OF_THE_BOOKS) - named_by_their_records


async def test_audit_when_it_runs_sees_one_moment_and_writes_nothing(lived_in: Database) -> None:
    async with lived_in.unit() as uow:
        before = (await uow.session.scalars(select(MpesaTransaction.updated_at))).all()

    await audit(lived_in)

    async with lived_in.unit() as uow:
        assert (await uow.session.scalars(select(MpesaTransaction.updated_at))).all() == before
        # The audit's own settings don't stay behind on a connection that members use next.
        assert await uow.session.scalar(text("SHOW statement_timeout")) == SERVER_SETTINGS["statement_timeout"]
        assert await uow.session.scalar(text("SHOW transaction_isolation")) == "read committed"
        assert await uow.session.scalar(text("SHOW transaction_read_only")) == "off"
