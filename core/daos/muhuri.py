"""Muhuri, the seal: once a day each group's part of the books is hashed onto its own chain, and its members hear the code.

Members who read the same code hold the same book, as groups have always said the closing balance aloud for all to remember.
Every entry of the group's treasury and pots is in exactly one seal: entries of an account are numbered without gaps and none
can come in below its newest, so a seal that names the newest number misses nothing. docs/muhuri.md has the text that is hashed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy import text as sql

from core.daos.calendar import day_of
from core.daos.group_chats import tell_chat
from core.daos.groups import find_group
from core.daos.models import GroupRow
from core.daos.telling import tell_group
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, crockford
from core.kernel.money import Money
from core.kernel.questions import Question, Row
from core.kernel.texts import text

TEMPLATE = "muhuri"
# Six characters of five bits: one in a thousand million books has the same.
CODE_LENGTH, HALF = 6, 3
# In a list on a small screen.
SHOWN = 4


@dataclass(frozen=True)
class Muhuri:
    """A seal: its number in the group's chain from 1, the day (East Africa Time), all that the group held, and its hash."""

    group: DaoId
    number: int
    day: date
    total: Money
    entries: int
    hash: bytes

    @property
    def code(self) -> str:
        """As people compare it: 7K3-9QF."""
        return seal_code(self.hash)


def seal_code(digest: bytes) -> str:
    """The first thirty bits of a hash as two groups of three Crockford characters."""
    number = int.from_bytes(digest[:4], "big") >> (32 - 5 * CODE_LENGTH)
    characters = crockford(number, CODE_LENGTH)
    return f"{characters[:HALF]}-{characters[HALF:]}"


async def seal_group(uow: UnitOfWork, *, group: DaoId) -> Muhuri | None:
    """Seal what moved since the last seal, at most once a day; None when nothing did or today is sealed. Members are told.

    Locks the group until the unit ends, so that its chain grows one by one. Raises NoResultFound: callers know the group.
    """
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    today = day_of(uow.clock.now())
    last = await newest_muhuri(uow, group=group)
    if last is not None and last.day >= today:
        return None
    number = (last.number if last else 0) + 1
    if group not in await unsealed_groups(uow, group=group):
        return None
    await uow.session.execute(_ACCOUNTS, {"group": group, "number": number})
    previous = last.hash if last else b""
    asked = {"group": group, "number": number, "day": today, "previous": previous, "at": uow.clock.now()}
    await uow.session.execute(_SEAL, asked)
    made = await _found(uow, group, number)
    name = (await find_group(uow, group=group)).name
    what = text("muhuri-sms", group=name, total=made.total, seal=made.code)
    await tell_group(uow, group=group, what=what, template=TEMPLATE)
    await tell_chat(uow, group=group, what=what, template=TEMPLATE)
    return made


async def newest_muhuri(uow: UnitOfWork, *, group: DaoId) -> Muhuri | None:
    """The end of the group's chain."""
    number = await uow.session.scalar(_NEWEST, {"group": group})
    return await _found(uow, group, number) if number else None


async def latest_muhuri(uow: UnitOfWork, *, group: DaoId, most: int = SHOWN) -> list[Muhuri]:
    """The newest seals, newest first."""
    return [_as_muhuri(group, row) for row in await uow.ask(LATEST, group=group, most=most)]


async def sealing_of(uow: UnitOfWork, *, transfer: UUID) -> list[Muhuri]:
    """The seals of the groups whose books this transfer touched, those that have sealed it."""
    rows = (await uow.session.execute(_SEALING, {"transfer": transfer})).mappings()
    return [_as_muhuri(DaoId(row["dao_id"]), row) for row in rows]


async def sealed_book(uow: UnitOfWork, *, group: DaoId) -> str:
    """Everything that was ever sealed for the group, with each seal's hash under its text: what the offline check reads."""
    blocks = [f"{row.content}\nseal|{row.hash.hex()}" for row in await uow.session.execute(_BOOK, {"group": group})]
    return "\n".join(blocks) + "\n" if blocks else ""


async def unsealed_groups(uow: UnitOfWork, *, group: DaoId | None = None) -> list[DaoId]:
    """The groups whose accounts have moved since their last seal; or only whether this one's have."""
    return [DaoId(found) for found in await uow.session.scalars(_UNSEALED, {"group": group})]


async def _found(uow: UnitOfWork, group: DaoId, number: int) -> Muhuri:
    row = (await uow.session.execute(_ONE, {"group": group, "number": number})).mappings().one()
    return _as_muhuri(group, row)


def _as_muhuri(group: DaoId, found: Row) -> Muhuri:
    return Muhuri(
        group=group,
        number=found["number"],
        day=found["day"],
        total=Money.from_decimal(found["total"]),
        entries=found["entries"],
        hash=bytes(found["hash"]),
    )


_OWNED = "b.dao_id = :group AND b.kind IN ('treasury', 'pot')"
# One statement reads every account at one moment.
_ACCOUNTS = sql(f"""
INSERT INTO group_seal_accounts (dao_id, number, balance_id, upto, available, pending, locked)
SELECT b.dao_id, :number, b.id, b.seq, b.available, b.pending, b.locked FROM ledger_balances b WHERE {_OWNED}
""")
_SEAL = sql("""
INSERT INTO group_seals (dao_id, number, day, entries, total, previous, hash, sealed_at)
SELECT :group, :number, :day, moved.entries, moved.total, :previous,
  sha256(convert_to(group_seal_text(:group, :number, :day, :previous), 'UTF8')), :at
FROM (
  SELECT coalesce(sum(a.upto - coalesce(p.upto, 0)), 0) AS entries,
    coalesce(sum(a.available + a.pending + a.locked) FILTER (WHERE b.currency = 'KES'), 0) AS total
  FROM group_seal_accounts a
  JOIN ledger_balances b ON b.id = a.balance_id
  LEFT JOIN group_seal_accounts p ON p.dao_id = a.dao_id AND p.number = a.number - 1 AND p.balance_id = a.balance_id
  WHERE a.dao_id = :group AND a.number = :number
) moved
""")
_NEWEST = sql("SELECT max(number) FROM group_seals WHERE dao_id = :group")
_ONE = sql("SELECT number, day, total, entries, hash FROM group_seals WHERE dao_id = :group AND number = :number")
LATEST = Question(
    "SELECT number, day, total, entries, hash FROM group_seals WHERE dao_id = :group ORDER BY number DESC LIMIT :most"
)
_SEALING = sql("""
SELECT DISTINCT s.dao_id, s.number, s.day, s.total, s.entries, s.hash
FROM ledger_history e
JOIN ledger_balances b ON b.id = e.balance_id AND b.kind IN ('treasury', 'pot')
JOIN LATERAL (
  SELECT a.dao_id, a.number FROM group_seal_accounts a
  WHERE a.dao_id = b.dao_id AND a.balance_id = e.balance_id AND a.upto >= e.seq ORDER BY a.number LIMIT 1
) covering ON true
JOIN group_seals s ON s.dao_id = covering.dao_id AND s.number = covering.number
WHERE e.transfer_id = :transfer
""")
_BOOK = sql("""
SELECT s.hash, group_seal_text(s.dao_id, s.number, s.day, s.previous) AS content
FROM group_seals s WHERE s.dao_id = :group ORDER BY s.number
""")
_UNSEALED = sql("""
SELECT DISTINCT b.dao_id FROM ledger_balances b
LEFT JOIN LATERAL (
  SELECT a.upto FROM group_seal_accounts a WHERE a.dao_id = b.dao_id AND a.balance_id = b.id ORDER BY a.number DESC LIMIT 1
) sealed ON true
WHERE b.kind IN ('treasury', 'pot') AND b.seq > coalesce(sealed.upto, 0)
  AND (CAST(:group AS uuid) IS NULL OR b.dao_id = :group)
""").bindparams(bindparam("group", type_=Uuid()))
