"""Everything that the screen book shows whole: what a member alone comes to, and what several people come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.texts import LANGUAGES
from core.providers.redis_store import RedisStore
from tests.conftest import FakeClock
from tests.screen_plays import PLAYS
from tests.screen_plays.cast import assemble
from tests.screen_walk import VALUES, Walker, Whole, as_a_stranger, find_ways, refusals, settle

SECRET_KEY = "a key for the screen book only, thirty-two bytes"  # pragma: allowlist secret


@dataclass(frozen=True)
class Walked:
    """Every screen that was reached, and the names of those that were not in some way; and the chart of each walker's savings."""

    screens: list[Whole]
    missed: list[str]
    charts: dict[str, bytes]
    walkers: list[Walker] = field(default_factory=list)


async def walk(
    database: Database, store: RedisStore, vault: Vault, language: str, kinds: Sequence[str] = tuple(VALUES)
) -> Walked:
    """Every screen in this language, with every one of these kinds of values: by a member alone, then by plays of several."""
    places = {kind: LANGUAGES.index(language) * len(VALUES) + place for place, kind in enumerate(VALUES)}
    walkers = [await settle(database, store, vault, language, kind, places[kind]) for kind in kinds]
    first, *others = walkers
    screens: list[Whole] = []
    for one in (await find_ways(first)).values():
        screens += [one, *[await walker.go(one.way) for walker in others]]
    for walker in walkers:
        screens += await as_a_stranger(walker)
    found = {(one.variant, one.values) for one in screens}
    for kind in kinds:
        played = await play(database, store, vault, language, kind, places[kind])
        screens += [one for one in played if (one.variant, one.values) not in found]
    ways = {name: {one.values for one in screens if one.name == name} for name in first.conversation._book.screens}
    missed = [name for name, seen in ways.items() if len(seen) < len(kinds)]
    return Walked(
        screens, sorted(missed), {f"chart-{one.language}-{one.values}": await one.chart(database) for one in walkers}, walkers
    )


async def refused(walked: Walked) -> list[Whole]:
    """The questions that are walked to, each with every refusal that a wrong answer finds there."""
    seen: list[Whole] = []
    for walker in walked.walkers:
        hers = [one for one in walked.screens if one.values == walker.values and one.way in walker.known]
        seen += await refusals(walker, hers)
    return seen


async def play(database: Database, store: RedisStore, vault: Vault, language: str, kind: str, place: int) -> list[Whole]:
    """What several people see together, as tests/screen_plays has them play."""
    cast = await assemble(database, store, vault, language, kind, place)
    for one in PLAYS:
        await one(cast)
    return list(cast.seen.values())


def fresh_database(url: str, vault: Vault) -> Database:
    """On a clock that stands still, so that the book is the same whenever it is made."""
    return Database(url, clock=FakeClock(), ids=TimeOrderedIds(), vault=vault)


def new_vault() -> Vault:
    return Vault([SECRET_KEY])
