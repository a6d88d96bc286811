"""Hand-written SQL against the guards of the books.

Each case names the guards that refuse it. The statement must fail while they stand, must still fail while any one of them
stands alone, and must go through once all of them are gone: so each guard is needed, and each test can fail.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import asyncpg
import pytest

from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import member_account

from .books import deposit, new_id, picture, shillings

BALANCES, TRANSFERS, ENTRIES = "ledger_balances", "ledger_transfers", "ledger_entries"


@dataclass(frozen=True)
class Guard:
    table: str
    name: str
    is_trigger: bool = False

    @property
    def removal(self) -> str:
        if self.is_trigger:
            return f"DROP TRIGGER {self.name} ON {self.table}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}"


AGREE = Guard(ENTRIES, "entries_agree", is_trigger=True)
HAVE_ENTRIES = Guard(TRANSFERS, "transfers_have_entries", is_trigger=True)
FOLLOW = Guard(BALANCES, "balances_follow_entries", is_trigger=True)
START_EMPTY = Guard(BALANCES, "balances_start_empty", is_trigger=True)
KEEP_OWNER = Guard(BALANCES, "balances_keep_their_owner", is_trigger=True)
STAY = Guard(BALANCES, "balances_stay", is_trigger=True)
FINAL_TRANSFERS = Guard(TRANSFERS, "transfers_are_final", is_trigger=True)
FINAL_ENTRIES = Guard(ENTRIES, "entries_are_final", is_trigger=True)
NOT_NEGATIVE = Guard(BALANCES, "ck_ledger_balances_not_negative")
OWNER = Guard(BALANCES, "ck_ledger_balances_owner")
CURRENCY = Guard(BALANCES, "ck_ledger_balances_currency")
ONE_BALANCE = Guard(BALANCES, "uq_ledger_balances_kind_user_id_dao_id_name_currency")
ONE_KEY = Guard(TRANSFERS, "uq_ledger_transfers_key")
LEGS = Guard(TRANSFERS, "ck_ledger_transfers_legs")
FINGERPRINT = Guard(TRANSFERS, "ck_ledger_transfers_fingerprint")
KIND = Guard(TRANSFERS, "ck_ledger_transfers_kind")
ONE_LEG = Guard(ENTRIES, "pk_ledger_entries")
ONE_SEQ = Guard(ENTRIES, "uq_ledger_entries_balance_id_seq")
AMOUNT = Guard(ENTRIES, "ck_ledger_entries_amount")
SCALE = Guard(ENTRIES, "ck_ledger_entries_scale")

# The books that every case starts from: row 1 is Amina's (100, after one entry), row 2 M-Pesa's (-150, after two), row 3
# Juma's (50), row 4 Amina's in cUSD (9), row 5 M-Pesa's in cUSD (-9).
AMINA, JUMA = MemberId(new_id()), MemberId(new_id())


def posting(
    *legs: tuple[int, str, str],
    moves: tuple[tuple[int, str, int], ...] | None = None,
    transfer: str = "gen_random_uuid()",
    opened: str = "gen_random_uuid(), sha256('x'), 'by hand'",
    declared: int | None = None,
    first_leg: int = 1,
    also: str = "",
) -> str:
    """One statement that writes a transfer as the posting function does, unless told to do something wrong.

    legs: balance row, amount, columns to say otherwise ("seq = …, after = …, leg = …, currency = …").
    moves: what is done to which balance row, where that differs from the legs.
    opened: the transfer's key, fingerprint and kind; declared: its number of legs, 0 to write no transfer at all.
    """
    steps = moves if moves is not None else tuple((row, amount, 1) for row, amount, _ in legs)
    fields = {"seq": "b.seq + 1", "after": "b.available + {amount}", "currency": "b.currency", "bucket": "'available'"}
    entries = []
    for number, (row, amount, otherwise) in enumerate(legs, first_leg):
        told = dict(part.split(" = ", 1) for part in otherwise.split("; ") if part)
        said = {"leg": str(number), **fields, **told}
        entries.append(
            f"SELECT t.id, {said['leg']}, {told.get('balance', row)}, {said['seq']}, "
            f"{said['bucket']}::ledger_bucket, {said['currency']}, {amount}, {said['after'].format(amount=amount)}, now() "
            f"FROM t, ledger_balances b WHERE b.id = {row}"
        )
    count = declared if declared is not None else len(legs)
    transfer_row = (
        f"o AS (INSERT INTO ledger_transfers (id, key, fingerprint, kind, legs, event_at, posted_at) "
        f"SELECT t.id, {opened}, {count}, now(), now() FROM t), "
        if count
        else ""
    )
    moved = "".join(
        f"m{row} AS (UPDATE ledger_balances SET available = available + {amount}, seq = seq + {by}{also} WHERE id = {row}), "
        for row, amount, by in steps
    )
    written = " UNION ALL ".join(entries)
    return (
        f"WITH t AS MATERIALIZED (SELECT {transfer} AS id), {transfer_row}{moved}"
        f"e(transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at) AS ({written}) "
        f"INSERT INTO ledger_entries (transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at) "
        f"SELECT * FROM e"
    )


FIRST_TRANSFER = "(SELECT transfer_id FROM ledger_entries ORDER BY balance_id DESC LIMIT 1)"

CASES: dict[str, tuple[str, tuple[Guard, ...]]] = {
    "legs that do not sum to zero": (posting((1, "-10", ""), (3, "9", "")), (AGREE,)),
    "legs that sum to zero only across currencies": (posting((1, "-5", ""), (5, "5", "")), (AGREE,)),
    "legs added to an old transfer": (
        posting((1, "-5", ""), (3, "5", ""), transfer=FIRST_TRANSFER, declared=0, first_leg=3),
        (AGREE,),
    ),
    "more legs than the transfer was opened with": (
        posting((1, "-5", ""), (3, "5", ""), declared=3),
        (AGREE, HAVE_ENTRIES),
    ),
    "entries that move no balance": (posting((1, "-5", ""), (3, "5", ""), moves=()), (AGREE,)),
    "entries of a balance that does not exist": (
        posting((1, "-5", "balance = 98"), (3, "5", "balance = 99"), moves=()),
        (AGREE,),
    ),
    "entries in another currency than their balance": (
        posting((1, "-5", "currency = 'cUSD'"), (3, "5", "currency = 'cUSD'")),
        (AGREE,),
    ),
    "a transfer without entries": (
        (
            "INSERT INTO ledger_transfers (id, key, fingerprint, kind, legs, event_at, posted_at) "
            "VALUES (gen_random_uuid(), gen_random_uuid(), sha256('x'), 'empty', 2, now(), now())"
        ),
        (HAVE_ENTRIES,),
    ),
    "a transfer of no legs": (
        (
            "INSERT INTO ledger_transfers (id, key, fingerprint, kind, legs, event_at, posted_at) "
            "VALUES (gen_random_uuid(), gen_random_uuid(), sha256('x'), 'empty', 0, now(), now())"
        ),
        (LEGS,),
    ),
    "a balance raised without an entry": ("UPDATE ledger_balances SET available = available + 1 WHERE id = 1", (FOLLOW,)),
    "a balance raised with the next number but without an entry": (
        "UPDATE ledger_balances SET available = available + 1, seq = seq + 1 WHERE id = 1",
        (FOLLOW,),
    ),
    "all balances raised": ("UPDATE ledger_balances SET available = available * 2, seq = seq + 1", (FOLLOW,)),
    "money moved between the buckets of a row without entries": (
        "UPDATE ledger_balances SET available = available - 5, locked = locked + 5, seq = seq + 1 WHERE id = 1",
        (FOLLOW,),
    ),
    "a balance raised by an insert that meets it": (
        (
            "INSERT INTO ledger_balances (kind, user_id, currency, created_at) "
            "SELECT kind, user_id, currency, created_at FROM ledger_balances WHERE id = 1 "
            "ON CONFLICT (kind, user_id, dao_id, name, currency) DO UPDATE SET available = 1000000"
        ),
        (FOLLOW,),
    ),
    "a sequence turned back": ("UPDATE ledger_balances SET seq = 0 WHERE id = 1", (FOLLOW,)),
    "a balance that moves by more than its entry": (
        posting((1, "-5", ""), (3, "5", "after = b.available + 7"), moves=((1, "-5", 1), (3, "7", 1))),
        (FOLLOW,),
    ),
    "an entry with a wrong balance after it": (posting((1, "-5", ""), (3, "5", "after = b.available + 7")), (FOLLOW,)),
    "a number left out": (
        posting((1, "-5", ""), (3, "5", "seq = b.seq + 2"), moves=((1, "-5", 1), (3, "5", 2))),
        (FOLLOW,),
    ),
    "a member overdrawn": (posting((1, "-101", ""), (3, "101", "")), (FOLLOW, NOT_NEGATIVE)),
    "a member overdrawn for one entry": (
        posting(
            (1, "-101", ""),
            (1, "101", "seq = b.seq + 2; after = b.available"),
            moves=((1, "0", 2),),
        ),
        (FOLLOW,),
    ),
    "a balance that starts with money": (
        "INSERT INTO ledger_balances (kind, name, currency, available, created_at) VALUES ('system', 'x', 'KES', 5, now())",
        (START_EMPTY,),
    ),
    "a balance that starts with something that is no number": (
        "INSERT INTO ledger_balances (kind, name, currency, pending, created_at) VALUES ('system', 'x', 'KES', 'NaN', now())",
        (START_EMPTY,),
    ),
    "a balance that starts in the middle of its numbers": (
        "INSERT INTO ledger_balances (kind, name, currency, seq, created_at) VALUES ('system', 'x', 'KES', 5, now())",
        (START_EMPTY,),
    ),
    "a balance given to somebody else": (
        f"UPDATE ledger_balances SET user_id = '{new_id()}' WHERE id = 1",
        (KEEP_OWNER, FOLLOW),
    ),
    "a balance given to somebody else while it moves": (
        posting((1, "-5", ""), (3, "5", ""), also=", dao_id = gen_random_uuid()"),
        (KEEP_OWNER,),
    ),
    "a balance deleted": ("DELETE FROM ledger_balances WHERE id = 1", (STAY,)),
    "balances truncated": ("TRUNCATE ledger_balances", (STAY,)),
    "a transfer rewritten": ("UPDATE ledger_transfers SET kind = 'gift'", (FINAL_TRANSFERS,)),
    "a transfer's key changed": ("UPDATE ledger_transfers SET key = gen_random_uuid()", (FINAL_TRANSFERS,)),
    "a transfer deleted": ("DELETE FROM ledger_transfers", (FINAL_TRANSFERS,)),
    "transfers truncated": ("TRUNCATE ledger_transfers CASCADE", (FINAL_TRANSFERS,)),
    "an entry rewritten": ("UPDATE ledger_entries SET amount = amount * 2, after = after * 2", (FINAL_ENTRIES,)),
    "an entry deleted": ("DELETE FROM ledger_entries WHERE balance_id = 3", (FINAL_ENTRIES,)),
    "entries truncated": ("TRUNCATE ledger_entries", (FINAL_ENTRIES,)),
    "a second personal balance": (
        f"INSERT INTO ledger_balances (kind, user_id, currency, created_at) VALUES ('member', '{AMINA}', 'KES', now())",
        (ONE_BALANCE,),
    ),
    "a member's balance without a member": (
        "INSERT INTO ledger_balances (kind, currency, created_at) VALUES ('member', 'KES', now())",
        (OWNER,),
    ),
    "a treasury that belongs to a member": (
        (
            f"INSERT INTO ledger_balances (kind, user_id, dao_id, currency, created_at) "
            f"VALUES ('treasury', '{AMINA}', '{new_id()}', 'KES', now())"
        ),
        (OWNER,),
    ),
    "a kind of owner that does not exist": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('bank', 'x', 'KES', now())",
        (OWNER,),
    ),
    "a currency that does not exist": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('system', 'x', 'USD', now())",
        (CURRENCY,),
    ),
    "a key used again": (
        posting((1, "-5", ""), (3, "5", ""), opened="(SELECT key FROM ledger_transfers LIMIT 1), sha256('x'), 'by hand'"),
        (ONE_KEY,),
    ),
    "a fingerprint cut short": (
        posting((1, "-5", ""), (3, "5", ""), opened="gen_random_uuid(), '\\x00'::bytea, 'by hand'"),
        (FINGERPRINT,),
    ),
    "a transfer of no kind": (
        posting((1, "-5", ""), (3, "5", ""), opened="gen_random_uuid(), sha256('x'), ''"),
        (KIND,),
    ),
    "two entries under one leg": (posting((1, "-5", "leg = 1"), (3, "5", "leg = 1")), (ONE_LEG,)),
    "entries under numbers that are taken": (
        posting((1, "-5", "seq = 1"), (3, "5", "seq = 1"), moves=()),
        (ONE_SEQ,),
    ),
    "entries of nothing": (posting((1, "0", ""), (3, "0", "")), (AMOUNT,)),
    "entries of something that is no number": (
        posting((2, "'NaN'::numeric", ""), (3, "'NaN'::numeric", "")),
        (AMOUNT, AGREE),
    ),
    "a tenth of a cent": (posting((1, "-0.001", ""), (3, "0.001", "")), (SCALE,)),
}
GUARDS = {guard for _, guards in CASES.values() for guard in guards}


@pytest.fixture
async def connection(db: Database, empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to books with a little money in them."""
    await deposit(db, member_account(AMINA), shillings(100))
    await deposit(db, member_account(JUMA), shillings(50))
    await deposit(db, member_account(AMINA), Money(9 * CUSD.units, CUSD))
    opened = await asyncpg.connect(empty_database)
    yield opened
    await opened.close()


async def attempt(connection: asyncpg.Connection, statement: str, *, without: set[Guard]) -> bool:
    """Whether the statement goes through with these guards removed; everything is undone again."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for guard in without:
            await connection.execute(guard.removal)
        await connection.execute(statement)
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.CardinalityViolationError):
        return False
    else:
        return True
    finally:
        await transaction.rollback()


async def verdict(connection: asyncpg.Connection, case: str) -> str:
    """ "held", or what is wrong with the guards of this case."""
    statement, guards = CASES[case]
    if await attempt(connection, statement, without=set()):
        return "it goes through"
    for guard in guards:
        if await attempt(connection, statement, without=set(guards) - {guard}):
            return f"{guard.name} alone lets it through"
    held = await attempt(connection, statement, without=set(guards))
    return "held" if held else "something else refuses it too"


async def test_rows_when_the_cases_start_are_as_they_expect(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch("SELECT id, kind, user_id, currency, available, seq FROM ledger_balances ORDER BY id")

    assert [tuple(row) for row in rows] == [
        (1, "member", AMINA, "KES", 100, 1),
        (2, "system", None, "KES", -150, 2),
        (3, "member", JUMA, "KES", 50, 1),
        (4, "member", AMINA, "cUSD", 9, 1),
        (5, "system", None, "cUSD", -9, 1),
    ]


async def test_posting_by_hand_when_nothing_is_wrong_with_it_goes_through(connection: asyncpg.Connection) -> None:
    assert await attempt(connection, posting((1, "-10", ""), (3, "10", "")), without=set())


async def test_books_when_hand_written_sql_would_make_them_wrong_refuse(db: Database, connection: asyncpg.Connection) -> None:
    before = await picture(db)

    verdicts = {case: await verdict(connection, case) for case in CASES}

    assert verdicts == dict.fromkeys(CASES, "held")
    assert await picture(db) == before


async def test_guards_when_listed_are_all_tried(connection: asyncpg.Connection) -> None:
    triggers = await connection.fetch(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'ledger_%'"
    )
    constraints = await connection.fetch(
        "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'ledger_%' AND contype IN ('c', 'u', 'p')"
    )

    standing = {row[0] for row in [*triggers, *constraints]}
    # Two keys that every table has; nothing can be written that only they would refuse.
    assert standing - {"pk_ledger_balances", "pk_ledger_transfers"} == {guard.name for guard in GUARDS}


@pytest.mark.parametrize("amount", ["'Infinity'", "'-Infinity'", "1e20"])
async def test_amount_when_it_does_not_fit_the_column_is_refused(connection: asyncpg.Connection, amount: str) -> None:
    with pytest.raises(asyncpg.NumericValueOutOfRangeError):
        await connection.execute(posting((1, f"-({amount})::numeric", ""), (3, f"({amount})::numeric", "")))


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [
        (["-5", "4"], "KES"),
        (["NaN", "NaN"], "KES"),
        (["-0.001", "0.001"], "KES"),
        (["-0.0000000000000000015", "0.0000000000000000015"], "cUSD"),
        (["0", "0"], "cUSD"),
        (["-5", "5"], "USD"),
        (["-5", "5", "0"], "KES"),
    ],
)
async def test_posting_function_when_called_with_nonsense_refuses(
    db: Database, connection: asyncpg.Connection, amounts: list[str], currency: str
) -> None:
    before, size = await picture(db), len(amounts)
    arguments = (
        *(["system"] * size, [None] * size, [None] * size, ["one", "two", "three"][:size]),
        *([currency] * size, ["available"] * size, [Decimal(amount) for amount in amounts]),
    )

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connection.fetch(
            "SELECT * FROM ledger_post($1, $2, sha256('x'), 'k', NULL, now(), $3, $4, $5, $6, $7, $8, $9)",
            *(new_id(), new_id(), *arguments),
        )

    assert await picture(db) == before
