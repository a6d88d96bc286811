"""The padlock: one ordinary member, drawn each quarter, without whom no usual payment leaves the treasury.

The draw can be made again by anybody: the seed is the hash of the newest seal of the books, which nobody can foresee, the
candidates stand in the order of their ids, and both are published with the result. Before the books have a seal the seed is
drawn by lot. Who stops being an ordinary member gives the padlock back, and it is drawn anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core.daos.calendar import day_of
from core.daos.people import Person, people_of
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.secrets import random_token
from core.ledger.seals import newest_seal
from core.treasury.models import PadlockDraw

TELL_PADLOCK_JOB = "tell-of-padlock"


@dataclass(frozen=True)
class Draw:
    """A draw as it was recorded."""

    group: DaoId
    quarter: date
    number: int
    holder: MemberId
    candidates: tuple[MemberId, ...]
    seed: str


def quarter_of(uow: UnitOfWork) -> date:
    """The first day of the quarter that it is in East Africa."""
    today = day_of(uow.clock.now())
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)


def last_month(quarter: date) -> str:
    """The quarter's last month, as people read it: 12/26."""
    return f"{quarter.month + 2}/{quarter:%y}"


def place_of(*, seed: str, group: DaoId, quarter: date, number: int, count: int) -> int:
    """Which candidate, from 0, this seed draws: SHA-256 over seed, group, quarter and number, modulo how many they are.

    Of the hash, the first 15 hex digits are taken as a number: against so large a one, the modulo favours nobody.
    """
    return int(hashlib.sha256(drawn_from(seed, group, quarter, number).encode()).hexdigest()[:15], 16) % count


def drawn_from(seed: str, group: DaoId, quarter: date, number: int) -> str:
    """What the draw hashes: a line that is published, so that anybody can hash it again."""
    return f"{seed} {group} {quarter.isoformat()} {number}"


def is_right(draw: Draw) -> bool:
    """Whether the draw, made again, comes to the same holder."""
    place = place_of(seed=draw.seed, group=draw.group, quarter=draw.quarter, number=draw.number, count=len(draw.candidates))
    return draw.candidates[place] == draw.holder


async def padlock_holder(uow: UnitOfWork, *, group: DaoId) -> Person | None:
    """Who holds the padlock this quarter, drawn now when nobody does; None when there is no ordinary member."""
    people = await _ordinary(uow, group)
    if not people:
        return None
    await _take_turns(uow, group)
    latest = await latest_draw(uow, group=group)
    if latest is None or latest.quarter != quarter_of(uow) or latest.holder not in people:
        latest = await _draw(uow, group, tuple(people), request=None)
    return people[latest.holder]


async def padlocks_for(uow: UnitOfWork, *, group: DaoId, request: UUID, count: int, but: Collection[MemberId]) -> list[Person]:
    """The holders for one request: the quarter's, and others drawn for it where she may not or more are needed.

    but: who may not, because she asked or is paid. Fewer than `count` when there are not so many.
    """
    if not count:
        return []
    holder = await padlock_holder(uow, group=group)
    chosen = [holder] if holder is not None and holder.id not in but else []
    people = await _ordinary(uow, group)
    while len(chosen) < count:
        left = tuple(one for one in people if one not in but and one not in {person.id for person in chosen})
        if not left:
            break
        drawn = await _draw(uow, group, left, request=request)
        chosen.append(people[drawn.holder])
    return chosen


async def latest_draw(uow: UnitOfWork, *, group: DaoId) -> Draw | None:
    """The newest draw that wasn't for a single request."""
    rows = select(PadlockDraw).where(PadlockDraw.dao_id == group, PadlockDraw.request_id.is_(None))
    newest = rows.order_by(PadlockDraw.quarter.desc(), PadlockDraw.number.desc()).limit(1)
    row = (await uow.session.scalars(newest)).one_or_none()
    return None if row is None else _as_draw(row)


async def is_ordinary(uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> bool:
    """Whether all of these are ordinary members of the group whose accounts work."""
    return set(members) <= set(await _ordinary(uow, group))


async def _ordinary(uow: UnitOfWork, group: DaoId) -> dict[MemberId, Person]:
    """The ordinary members whose accounts work, in the order of their ids."""
    people = {one.id: one for one in await people_of(uow, group=group, roles=("member",)) if not one.closed}
    return {member: people[member] for member in sorted(people)}


async def _take_turns(uow: UnitOfWork, group: DaoId) -> None:
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"padlock {group}", 0))))


async def _draw(uow: UnitOfWork, group: DaoId, candidates: Sequence[MemberId], *, request: UUID | None) -> Draw:
    quarter, seed = quarter_of(uow), await _seed(uow)
    before = select(func.max(PadlockDraw.number)).where(PadlockDraw.dao_id == group, PadlockDraw.quarter == quarter)
    number = (await uow.session.scalar(before) or 0) + 1
    place = place_of(seed=seed, group=group, quarter=quarter, number=number, count=len(candidates))
    row = PadlockDraw(
        id=uow.ids.new(),
        dao_id=group,
        quarter=quarter,
        number=number,
        holder=candidates[place],
        candidates=list(candidates),
        seed=seed,
        request_id=request,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    if request is None:
        await uow.enqueue(TELL_PADLOCK_JOB, {"draw": str(row.id)}, key=f"{TELL_PADLOCK_JOB} {row.id}")
    return _as_draw(row)


async def _seed(uow: UnitOfWork) -> str:
    seal = await newest_seal(uow)
    return seal.hash.hex() if seal else hashlib.sha256(random_token(32).encode()).hexdigest()


def _as_draw(row: PadlockDraw) -> Draw:
    candidates = tuple(MemberId(one) for one in row.candidates)
    return Draw(DaoId(row.dao_id), row.quarter, row.number, MemberId(row.holder), candidates, row.seed)
