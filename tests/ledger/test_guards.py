"""Hand-written SQL against the guards of the books.

Each case names the guards that refuse it. The statement must fail while they stand, must still fail while any one of them
stands alone, and must go through once all of them are gone: so each guard is needed, and each test can fail.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import member_account
from core.ledger.service import InsufficientFunds, hold, release, reverse

from .books import deposit, new_id, picture, seal_everything, shillings
from .seal_cases import seal_cases

BALANCES, TRANSFERS, ENTRIES = "ledger_balances", "ledger_transfers", "ledger_entries"
RESOLUTIONS, REJECTIONS, CHART = "ledger_resolutions", "ledger_rejections", "ledger_chart"
CLOSED = "ledger_closed_owners"


@dataclass(frozen=True)
class Guard:
    table: str
    name: str
    is_trigger: bool = False
    is_index: bool = False

    @property
    def removal(self) -> str:
        if self.is_index:
            return f"DROP INDEX {self.name}"
        if self.is_trigger:
            return f"DROP TRIGGER {self.name} ON {self.table}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}"


AGREE = Guard(ENTRIES, "entries_agree", is_trigger=True)
HAVE_ENTRIES = Guard(TRANSFERS, "transfers_have_entries", is_trigger=True)
FOLLOW = Guard(BALANCES, "balances_follow_entries", is_trigger=True)
START_EMPTY = Guard(BALANCES, "balances_start_empty", is_trigger=True)
KEEP_OWNER = Guard(BALANCES, "balances_keep_their_owner", is_trigger=True)
HAVE_OWNER = Guard(BALANCES, "balances_have_an_owner", is_trigger=True)
STAY = Guard(BALANCES, "balances_stay", is_trigger=True)
FINAL_TRANSFERS = Guard(TRANSFERS, "transfers_are_final", is_trigger=True)
FINAL_ENTRIES = Guard(ENTRIES, "entries_are_final", is_trigger=True)
LEAVE_FOR_ARCHIVE = Guard(ENTRIES, "entries_leave_for_the_archive", is_trigger=True)
ONE_BALANCE = Guard(BALANCES, "uq_ledger_balances_kind_user_id_dao_id_name_currency")
ONE_KEY = Guard(TRANSFERS, "uq_ledger_transfers_key")
ONE_LEG = Guard(ENTRIES, "pk_ledger_entries")
ONE_SEQ = Guard(ENTRIES, "uq_ledger_entries_balance_id_seq")
REVERSED_ONCE = Guard(TRANSFERS, "uq_ledger_transfers_reversed", is_index=True)
RESOLVED_ONCE = Guard(RESOLUTIONS, "pk_ledger_resolutions")
RESOLVES_ONE = Guard(RESOLUTIONS, "uq_ledger_resolutions_transfer_id")
OUTCOME = Guard(RESOLUTIONS, "ck_ledger_resolutions_outcome")
RESOLVED_BY = Guard(RESOLUTIONS, "resolutions_agree", is_trigger=True)
FINAL_RESOLUTIONS = Guard(RESOLUTIONS, "resolutions_are_final", is_trigger=True)
REFUSED_ONCE = Guard(REJECTIONS, "pk_ledger_rejections")
REFUSED_WHAT = Guard(REJECTIONS, "ck_ledger_rejections_fingerprint")
REFUSED_WHY = Guard(REJECTIONS, "ck_ledger_rejections_reason")
ONLY_REFUSED = Guard(REJECTIONS, "rejections_stand_alone", is_trigger=True)
FINAL_REJECTIONS = Guard(REJECTIONS, "rejections_are_final", is_trigger=True)
CHARTED = Guard(BALANCES, "balances_are_in_the_chart", is_trigger=True)
CHARTED_ONCE = Guard(CHART, "pk_ledger_chart")
CHARTED_KIND = Guard(CHART, "ck_ledger_chart_kind")
CHART_STAYS = Guard(CHART, "chart_stays", is_trigger=True)
OPEN = Guard(BALANCES, "balances_open_for_members_who_are_there", is_trigger=True)
CLOSED_ONCE = Guard(CLOSED, "pk_ledger_closed_owners")
CLOSED_STAY = Guard(CLOSED, "closed_owners_stay", is_trigger=True)

# The books that every case starts from: row 1 is Amina's (100; 7 more came in and were taken back), row 2 M-Pesa's (-150),
# row 3 Juma's (30 free, 20 set aside; another 5 were, and were let go), row 4 Amina's in cUSD (9), row 5 M-Pesa's in cUSD.
# One key was refused.
AMINA, JUMA = MemberId(new_id()), MemberId(new_id())
JUMA_CLOSED = f"INSERT INTO ledger_closed_owners VALUES ('{JUMA}', now()); "


def posting(
    *legs: tuple[int, str, str],
    moves: tuple[tuple[int, str, int], ...] | None = None,
    transfer: str = "gen_random_uuid()",
    opened: str = "gen_random_uuid(), sha256('x'), 'by hand'",
    declared: int | None = None,
    first_leg: int = 1,
    also: str = "",
    step: str = "single",
    ref: str = "NULL",
    expires: str = "NULL",
    resolves: bool = False,
) -> str:
    """One statement that writes a transfer as the posting function does, unless told to do something wrong.

    legs: balance row, amount, columns to say otherwise ("seq = …, after = …, leg = …, currency = …").
    moves: what is done to which balance row, where that differs from the legs.
    opened: the transfer's key, fingerprint and kind; declared: its number of legs, 0 to write no transfer at all.
    step, ref, expires: what the transfer is said to be; resolves: whether the end of the hold is written down too.
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
        f"o AS (INSERT INTO ledger_transfers "
        f"(id, key, fingerprint, kind, legs, event_at, posted_at, step, ref_transfer, expires_at) "
        f"SELECT t.id, {opened}, {count}, now(), now(), '{step}', {ref}, {expires} FROM t), "
        if count
        else ""
    )
    if resolves:
        transfer_row += (
            f"r AS (INSERT INTO ledger_resolutions (pending_transfer, transfer_id, outcome, resolved_at) "
            f"SELECT {ref}, t.id, '{step}', now() FROM t), "
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


def set_aside(amount: str, **more: str) -> str:
    """Money of Juma's moved from free to locked (a negative amount: back)."""
    return posting(
        (3, f"-({amount})", ""),
        (3, amount, f"seq = b.seq + 2; bucket = 'locked'; after = b.locked + {amount}"),
        moves=((3, f"-({amount})", 2),),
        also=f", locked = locked + {amount}",
        **more,
    )


def rejection(*, key: str = "gen_random_uuid()", fingerprint: str = "sha256('x')", why: str = "'short', 'KES', 1, 2") -> str:
    return (
        f"INSERT INTO ledger_rejections (key, fingerprint, kind, reason, currency, available, needed, event_at, rejected_at) "
        f"VALUES ({key}, {fingerprint}, 'k', {why}, now(), now())"
    )


HELD = "(SELECT id FROM ledger_transfers WHERE step = 'pending' AND expires_at IS NOT NULL)"
LET_GO = "(SELECT pending_transfer FROM ledger_resolutions)"
TAKEN_BACK = "(SELECT ref_transfer FROM ledger_transfers WHERE step = 'reverse')"
RESOLUTION = "INSERT INTO ledger_resolutions (pending_transfer, transfer_id, outcome, resolved_at) "
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
        (HAVE_ENTRIES,),
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
    "a balance under another number": ("UPDATE ledger_balances SET id = DEFAULT WHERE id = 1", (FOLLOW,)),
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
    "a member overdrawn": (posting((1, "-101", ""), (3, "101", "")), (FOLLOW,)),
    "a member overdrawn for one entry": (
        posting(
            (1, "-101", ""),
            (1, "101", "seq = b.seq + 2; after = b.available"),
            moves=((1, "0", 2),),
        ),
        (FOLLOW,),
    ),
    "a balance that starts with money": (
        "INSERT INTO ledger_balances (kind, name, currency, available, created_at) VALUES ('system', 'suspense', 'KES', 5, now())",
        (START_EMPTY,),
    ),
    "a balance that starts with something that is no number": (
        "INSERT INTO ledger_balances (kind, name, currency, pending, created_at) VALUES ('system', 'suspense', 'KES', 'NaN', now())",
        (START_EMPTY,),
    ),
    "a balance that starts in the middle of its numbers": (
        "INSERT INTO ledger_balances (kind, name, currency, seq, created_at) VALUES ('system', 'suspense', 'KES', 5, now())",
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
    "balances truncated": ("TRUNCATE ledger_balances CASCADE", (STAY,)),
    "a transfer rewritten": ("UPDATE ledger_transfers SET kind = 'gift'", (FINAL_TRANSFERS,)),
    "a transfer's key changed": ("UPDATE ledger_transfers SET key = gen_random_uuid()", (FINAL_TRANSFERS,)),
    "a transfer deleted": ("DELETE FROM ledger_transfers", (FINAL_TRANSFERS,)),
    "transfers truncated": ("TRUNCATE ledger_transfers CASCADE", (FINAL_TRANSFERS,)),
    "an entry rewritten": ("UPDATE ledger_entries SET amount = amount * 2, after = after * 2", (FINAL_ENTRIES,)),
    "an entry deleted": ("DELETE FROM ledger_entries WHERE balance_id = 3", (LEAVE_FOR_ARCHIVE,)),
    "entries truncated": ("TRUNCATE ledger_entries", (FINAL_ENTRIES,)),
    "a second personal balance": (
        f"INSERT INTO ledger_balances (kind, user_id, currency, created_at) VALUES ('member', '{AMINA}', 'KES', now())",
        (ONE_BALANCE,),
    ),
    "a member's balance without a member": (
        "INSERT INTO ledger_balances (kind, currency, created_at) VALUES ('member', 'KES', now())",
        (HAVE_OWNER,),
    ),
    "a treasury that belongs to a member": (
        (
            f"INSERT INTO ledger_balances (kind, user_id, dao_id, currency, created_at) "
            f"VALUES ('treasury', '{AMINA}', '{new_id()}', 'KES', now())"
        ),
        (HAVE_OWNER,),
    ),
    "a kind of owner that does not exist": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('bank', 'x', 'KES', now())",
        (HAVE_OWNER,),
    ),
    "a currency that does not exist": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('system', 'suspense', 'USD', now())",
        (HAVE_OWNER,),
    ),
    "a key used again": (
        posting((1, "-5", ""), (3, "5", ""), opened="(SELECT key FROM ledger_transfers LIMIT 1), sha256('x'), 'by hand'"),
        (ONE_KEY,),
    ),
    "a fingerprint cut short": (
        posting((1, "-5", ""), (3, "5", ""), opened="gen_random_uuid(), '\\x00'::bytea, 'by hand'"),
        (HAVE_ENTRIES,),
    ),
    "a transfer of no kind": (
        posting((1, "-5", ""), (3, "5", ""), opened="gen_random_uuid(), sha256('x'), ''"),
        (HAVE_ENTRIES,),
    ),
    "two entries under one leg": (
        posting((1, "-5", "leg = 1"), (3, "3", "leg = 3"), (2, "2", "leg = 3")),
        (ONE_LEG, HAVE_ENTRIES),
    ),
    "entries under numbers that are taken": (
        posting((1, "-5", "seq = 1"), (3, "5", "seq = 1"), moves=()),
        (ONE_SEQ,),
    ),
    "entries under numbers before the first": (
        posting((1, "-5", "seq = 0"), (3, "5", "seq = -1"), moves=()),
        (AGREE,),
    ),
    "entries of nothing": (posting((1, "0", ""), (3, "0", "")), (AGREE,)),
    "entries of something that is no number": (
        posting((2, "'NaN'::numeric", ""), (3, "'NaN'::numeric", "")),
        (AGREE,),
    ),
    "a tenth of a cent": (posting((1, "-0.001", ""), (3, "0.001", "")), (AGREE,)),
    "a step that does not exist": (posting((1, "-5", ""), (3, "5", ""), step="gift"), (HAVE_ENTRIES,)),
    "a transfer on its own that refers to another": (posting((1, "-5", ""), (3, "5", ""), ref=FIRST_TRANSFER), (HAVE_ENTRIES,)),
    "a transfer on its own that expires": (posting((1, "-5", ""), (3, "5", ""), expires="now()"), (HAVE_ENTRIES,)),
    "money set aside by what is no hold": (set_aside("5"), (AGREE,)),
    "a hold that sets nothing aside": (posting((1, "-5", ""), (3, "5", ""), step="pending"), (HAVE_ENTRIES,)),
    "a hold that takes from what is set aside": (set_aside("-20", step="pending"), (HAVE_ENTRIES,)),
    "the end of a hold without a word of it": (set_aside("-20", step="void", ref=HELD), (HAVE_ENTRIES,)),
    "the end of half a hold": (set_aside("-5", step="post", ref=HELD, resolves=True), (HAVE_ENTRIES,)),
    "a hold let go to somebody else": (
        posting(
            (3, "-20", "bucket = 'locked'; after = b.locked - 20"),
            (1, "20", ""),
            moves=((3, "0", 1), (1, "20", 1)),
            also=", locked = locked - CASE id WHEN 3 THEN 20 ELSE 0 END",
            step="void",
            ref=HELD,
            resolves=True,
        ),
        (HAVE_ENTRIES,),
    ),
    "a hold expired before its time": (set_aside("-20", step="expire", ref=HELD, resolves=True), (HAVE_ENTRIES,)),
    "a hold ended twice": (set_aside("-5", step="void", ref=LET_GO, resolves=True), (RESOLVED_ONCE, HAVE_ENTRIES)),
    "the end of what was no hold": (
        posting((1, "-5", ""), (3, "5", ""), step="post", ref=FIRST_TRANSFER, resolves=True),
        (RESOLVED_BY,),
    ),
    "the end of a hold by no transfer": (RESOLUTION + f"VALUES ({HELD}, gen_random_uuid(), 'void', now())", (RESOLVED_BY,)),
    "two holds ended by one transfer": (
        RESOLUTION + f"SELECT {HELD}, transfer_id, 'void', now() FROM ledger_resolutions",
        (RESOLVES_ONE, RESOLVED_BY),
    ),
    "an end that does not exist": (
        RESOLUTION + f"VALUES ({HELD}, gen_random_uuid(), 'lost', now())",
        (OUTCOME, RESOLVED_BY),
    ),
    "the end of a hold rewritten": ("UPDATE ledger_resolutions SET outcome = 'expire'", (FINAL_RESOLUTIONS,)),
    "the end of a hold deleted": ("DELETE FROM ledger_resolutions", (FINAL_RESOLUTIONS,)),
    "the ends of holds truncated": ("TRUNCATE ledger_resolutions", (FINAL_RESOLUTIONS,)),
    "a transfer taken back twice": (
        posting((1, "-7", ""), (2, "7", ""), step="reverse", ref=TAKEN_BACK),
        (REVERSED_ONCE,),
    ),
    "a transfer taken back by another amount": (
        posting((3, "-5", ""), (2, "5", ""), step="reverse", ref=FIRST_TRANSFER),
        (HAVE_ENTRIES,),
    ),
    "a hold taken back": (
        posting(
            *((3, "-5", ""), (3, "5", "seq = b.seq + 2; after = b.available")),
            moves=((3, "0", 2),),
            step="reverse",
            ref=HELD,
        ),
        (HAVE_ENTRIES,),
    ),
    "nothing taken back": (posting((1, "-5", ""), (3, "5", ""), step="reverse"), (HAVE_ENTRIES,)),
    "a refusal under a key that moved money": (
        rejection(key="(SELECT key FROM ledger_transfers LIMIT 1)"),
        (ONLY_REFUSED,),
    ),
    "money moved under a key that was refused": (
        posting((1, "-5", ""), (3, "5", ""), opened="(SELECT key FROM ledger_rejections), sha256('x'), 'by hand'"),
        (HAVE_ENTRIES,),
    ),
    "a key refused twice": (rejection(key="(SELECT key FROM ledger_rejections)"), (REFUSED_ONCE,)),
    "a refusal of something cut short": (rejection(fingerprint="'\\x00'::bytea"), (REFUSED_WHAT,)),
    "a refusal for no reason": (rejection(why="'mood', NULL, NULL, NULL"), (REFUSED_WHY,)),
    "a refusal that does not say what was missing": (rejection(why="'short', 'KES', NULL, 2"), (REFUSED_WHY,)),
    "a refusal although there was enough": (rejection(why="'short', 'KES', 2, 2"), (REFUSED_WHY,)),
    "a refusal rewritten": ("UPDATE ledger_rejections SET kind = 'gift'", (FINAL_REJECTIONS,)),
    "a refusal deleted": ("DELETE FROM ledger_rejections", (FINAL_REJECTIONS,)),
    "refusals truncated": ("TRUNCATE ledger_rejections", (FINAL_REJECTIONS,)),
    "a pot that is not in the chart": (
        f"INSERT INTO ledger_balances (kind, dao_id, name, currency, created_at) VALUES ('pot', '{JUMA}', 'casino', 'KES', now())",
        (CHARTED,),
    ),
    "a system account that is not in the chart": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('system', 'mpesa_utillity', 'KES', now())",
        (CHARTED,),
    ),
    "a pot without a group": (
        "INSERT INTO ledger_balances (kind, name, currency, created_at) VALUES ('pot', 'welfare', 'KES', now())",
        (HAVE_OWNER,),
    ),
    "an account charted twice": ("INSERT INTO ledger_chart VALUES ('pot', 'welfare', 'something else')", (CHARTED_ONCE,)),
    "an account of a kind that does not exist charted": ("INSERT INTO ledger_chart VALUES ('bank', 'x', 'y')", (CHARTED_KIND,)),
    "an account called something else": ("UPDATE ledger_chart SET name = name || '2'", (CHART_STAYS,)),
    "an account struck from the chart": ("DELETE FROM ledger_chart", (CHART_STAYS,)),
    "the chart truncated": ("TRUNCATE ledger_chart", (CHART_STAYS,)),
    "money for a member who was forgotten": (JUMA_CLOSED + posting((1, "-10", ""), (3, "10", "")), (FOLLOW,)),
    "an account opened for a member who was forgotten": (
        JUMA_CLOSED + "INSERT INTO ledger_balances (kind, user_id, currency, created_at)"
        f" VALUES ('member', '{JUMA}', 'cUSD', now())",
        (OPEN,),
    ),
    "a member forgotten twice": (JUMA_CLOSED + JUMA_CLOSED, (CLOSED_ONCE,)),
    "a forgotten member there again": (JUMA_CLOSED + "DELETE FROM ledger_closed_owners", (CLOSED_STAY,)),
    "a forgotten member's day moved": (JUMA_CLOSED + "UPDATE ledger_closed_owners SET closed_at = now()", (CLOSED_STAY,)),
    "all forgotten members there again": ("TRUNCATE ledger_closed_owners", (CLOSED_STAY,)),
}
CASES |= seal_cases(Guard, posting)
GUARDS = {guard for _, guards in CASES.values() for guard in guards}


@pytest.fixture
async def connection(db: Database, empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to books with a little money in them."""
    await deposit(db, member_account(AMINA), shillings(100))
    await deposit(db, member_account(JUMA), shillings(50))
    await deposit(db, member_account(AMINA), Money(9 * CUSD.units, CUSD))
    await live_a_little(db)
    await seal_everything(db)
    opened = await asyncpg.connect(empty_database)
    yield opened
    await opened.close()


async def live_a_little(db: Database) -> None:
    """Something taken back, something let go, something still held, and something refused."""
    juma = member_account(JUMA)
    mistake = await deposit(db, member_account(AMINA), shillings(7))
    async with db.unit() as uow:
        await reverse(uow, key=new_id(), transfer=mistake.transfer, kind="mistake")
    async with db.unit() as uow:
        briefly = await hold(uow, intent=new_id(), kind="hold", account=juma, amount=shillings(5))
    async with db.unit() as uow:
        await release(uow, key=new_id(), hold=briefly.transfer, kind="let go")
    async with db.unit() as uow:
        later = uow.clock.now() + timedelta(days=36500)
        await hold(uow, intent=new_id(), kind="hold", account=juma, amount=shillings(20), expires_at=later)
    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds):
            await hold(uow, intent=new_id(), kind="hold", account=juma, amount=shillings(1000))


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
        (1, "member", AMINA, "KES", 100, 3),
        (2, "system", None, "KES", -150, 4),
        (3, "member", JUMA, "KES", 30, 7),
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

    indexes = await connection.fetch(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND indrelid::regclass::text LIKE 'ledger_%'"
        " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
    )

    standing = {row[0] for row in [*triggers, *constraints, *indexes]}
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
        *(["system"] * size, [None] * size, [None] * size, ["suspense", "fx", "mpesa_working"][:size]),
        *([currency] * size, ["available"] * size, [Decimal(amount) for amount in amounts]),
    )

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connection.fetch(
            "SELECT * FROM ledger_post($1, $2, sha256('x'), 'k', NULL, now(), $3, $4, $5, $6, $7, $8, $9)",
            *(new_id(), new_id(), *arguments),
        )

    assert await picture(db) == before
