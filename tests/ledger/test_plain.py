"""The short way for many postings: all of them or nothing at all, and "false" whenever anything is unusual."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import Account, Bucket, member_account, pot, treasury
from core.ledger.postings import LARGEST_MINOR, POST_PLAIN, Posting, is_plain, plain_arguments
from core.ledger.service import InsufficientFunds, Leg, transfer
from core.monitoring.audit import audit

from .books import deposit, new_id, picture, shillings

AMINA, JUMA, STRANGER = (member_account(MemberId(new_id())) for _ in range(3))
DAO = DaoId(new_id())
GROUP = treasury(DAO)
# Where the arguments of the function are that say which legs there are.
OF, NUMBERS, ACCOUNTS = 12, 13, 14


@pytest.fixture
async def connection(db: Database, empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """To books in which both have 100 shillings and 9 cUSD, and the group something of both."""
    for account in (AMINA, JUMA, GROUP):
        await deposit(db, account, shillings(100))
        await deposit(db, account, Money(9 * CUSD.units, CUSD))
    opened = await asyncpg.connect(empty_database)
    yield opened
    await opened.close()


def gift(giver: Account, taker: Account, amount: Money, **more: object) -> Posting:
    return Posting(more.pop("key", None) or new_id(), "gift", [Leg(giver, -amount), Leg(taker, amount)], **more)


def arguments(postings: Sequence[Posting]) -> list[object]:
    return list(plain_arguments(postings, transfers=[new_id() for _ in postings], now=datetime(2026, 11, 23, tzinfo=UTC)))


async def posted(connection: asyncpg.Connection, postings: Sequence[Posting]) -> bool:
    return bool(await connection.fetchval(POST_PLAIN, *arguments(postings)))


async def test_plain_postings_when_nothing_is_in_doubt_stand_in_their_order(
    db: Database, connection: asyncpg.Connection
) -> None:
    split = Posting(
        new_id(), "split", [Leg(AMINA, shillings(-30)), Leg(JUMA, shillings(10)), Leg(GROUP, shillings(20))], {"why": "test"}
    )
    tokens = gift(JUMA, AMINA, Money(1, CUSD))
    exchange = Posting(new_id(), "swap", [*gift(AMINA, JUMA, shillings(1)).legs, *gift(JUMA, AMINA, Money(7, CUSD)).legs])

    assert await posted(connection, [split, gift(JUMA, GROUP, Money(5)), tokens, exchange])

    told = await connection.fetch(
        "SELECT t.kind, e.leg, e.seq, e.amount::text, e.after::text FROM ledger_entries e"
        " JOIN ledger_transfers t ON t.id = e.transfer_id JOIN ledger_balances b ON b.id = e.balance_id"
        " WHERE b.user_id = $1 AND e.currency = 'KES' AND e.seq > 1 ORDER BY e.seq",
        JUMA.member,
    )
    assert [(kind, leg, seq, amount.rstrip("0"), after.rstrip("0")) for kind, leg, seq, amount, after in told] == [
        ("split", 2, 2, "10.", "110."),
        ("gift", 1, 3, "-0.05", "109.95"),
        ("swap", 2, 4, "1.", "110.95"),
    ]
    assert await connection.fetchval("SELECT details ->> 'why' FROM ledger_transfers WHERE key = $1", split.key) == "test"
    assert all(finding.ok for finding in await audit(db))


async def doubtful(db: Database, what: str) -> list[Posting]:
    """Three gifts, the one in the middle unusual."""
    first, last = gift(AMINA, JUMA, shillings(1)), gift(JUMA, GROUP, shillings(1))
    if what == "a key that is known":
        known = new_id()
        await deposit(db, AMINA, shillings(1), key=known)
        return [first, gift(AMINA, JUMA, shillings(1), key=known), last]
    if what == "a key that was refused":
        refused = gift(AMINA, JUMA, shillings(1000))
        async with db.unit() as uow:
            with pytest.raises(InsufficientFunds):
                await transfer(uow, key=refused.key, kind="gift", legs=refused.legs)
        return [first, gift(AMINA, JUMA, shillings(1), key=refused.key), last]
    middle = {
        "a key that comes twice": gift(AMINA, JUMA, shillings(1), key=first.key),
        "an account without a row": gift(AMINA, STRANGER, shillings(1)),
        "a pot that no chart knows": gift(AMINA, Account("pot", dao=DAO, name="casino"), shillings(1)),
        "a pot without a row": gift(AMINA, pot(DAO, "welfare"), shillings(1)),
        "more than she has": gift(AMINA, JUMA, shillings(101)),
        "more than she has but for what she gets": gift(JUMA, AMINA, shillings(100)),
    }[what]
    return [first, middle, gift(AMINA, GROUP, shillings(150)) if what.endswith("gets") else last]


@pytest.mark.parametrize(
    "what",
    [
        *("a key that is known", "a key that was refused", "a key that comes twice", "an account without a row"),
        *("a pot that no chart knows", "a pot without a row", "more than she has"),
        "more than she has but for what she gets",
    ],
)
async def test_plain_postings_when_one_is_unusual_write_nothing(
    db: Database, connection: asyncpg.Connection, what: str
) -> None:
    postings = await doubtful(db, what)
    before = await picture(db)

    assert not await posted(connection, postings)

    assert await picture(db) == before
    assert await posted(connection, [gift(AMINA, JUMA, shillings(1)) for _ in range(3)])


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (ACCOUNTS, [1, 2, 1, 3]),
        (ACCOUNTS, [1, 2, 1]),
        (ACCOUNTS, [1, 2, 0, 2]),
        (OF, [1, 1, 1, 1]),
        (OF, [1, 1, 2, 3]),
        (NUMBERS, [1, 2, 1, 3]),
        (NUMBERS, [1, 2, 1, 1]),
    ],
)
async def test_plain_postings_when_their_legs_are_told_wrong_write_nothing(
    db: Database, connection: asyncpg.Connection, place: int, wrong: list[int]
) -> None:
    told = arguments([gift(AMINA, JUMA, shillings(1)), gift(AMINA, JUMA, shillings(2))])
    told[place] = wrong
    before = await picture(db)

    assert not await connection.fetchval(POST_PLAIN, *told)

    assert await picture(db) == before


async def test_plain_postings_when_a_member_was_forgotten_write_nothing(db: Database, connection: asyncpg.Connection) -> None:
    await connection.execute("INSERT INTO ledger_closed_owners VALUES ($1, now())", JUMA.member)
    before = await picture(db)

    assert not await posted(connection, [gift(AMINA, JUMA, shillings(1)), gift(AMINA, GROUP, shillings(1))])

    assert await picture(db) == before


def test_posting_when_it_sets_aside_or_refers_or_is_larger_than_a_bigint_is_not_plain() -> None:
    set_aside = Posting(new_id(), "hold", [Leg(AMINA, shillings(-1)), Leg(AMINA, shillings(1), Bucket.LOCKED)], step="pending")
    back = gift(JUMA, AMINA, shillings(1), step="reverse", ref=new_id())

    assert is_plain(gift(AMINA, JUMA, Money(LARGEST_MINOR, CUSD)))
    assert not any(map(is_plain, [set_aside, back, gift(AMINA, JUMA, Money(LARGEST_MINOR + 1, CUSD))]))
