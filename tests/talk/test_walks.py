"""Random walks through both channels at once: repeated, lost, late, swapped, redialled, forged, handed over, restarted, emptied.

After each step nobody was shown what is another's, no money moved without its confirm screen and her PIN, and one intent had
one effect. TALK_WALKS=200 walks more often, and anew each time; a failure is printed as the shortest walk that fails.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from core.kernel.secrets import Vault
from tests.talk.world import World, every_step

WALKS = int(os.environ.get("TALK_WALKS", "0"))
USUAL = 5
WHO = some.sampled_from(("Wanjiru", "Otieno"))
AT, BACK, FEW = some.integers(0, 1), some.integers(0, 12), some.integers(2, 4)
DEEP = some.sampled_from(("", "", "2*AMOUNT", "3*AMOUNT", "3*AMOUNT*1", "3"))
TYPED = some.sampled_from(("0", "00", "98", "9", "1", "2", "7", "abc", "604718", "1*1", ""))
SAID = some.sampled_from(("/start", "/contribute", "/deposit", "/cancel", "AMOUNT", "hello", "salio", "nichangie AMOUNT"))
just = some.just
ONWARD = some.one_of(
    some.tuples(just("next"), WHO, AT),
    some.tuples(just("chat"), WHO, AT),
    some.tuples(just("next"), WHO, AT),
    some.tuples(just("chat"), WHO, AT),
)
ASTRAY = some.one_of(
    some.tuples(just("dial"), WHO, AT, DEEP),
    some.tuples(just("type"), WHO, AT, TYPED),
    some.tuples(just("lose"), WHO, AT),
    some.tuples(just("again"), WHO, FEW),
    some.tuples(just("both"), WHO, AT),
    some.tuples(just("late"), WHO, AT, BACK),
    some.tuples(just("alter"), WHO, AT),
    some.tuples(just("ended"), WHO, AT),
    some.tuples(just("say"), WHO, AT, SAID),
    some.tuples(just("tap"), WHO, AT, BACK),
    some.tuples(just("forge"), WHO, AT, BACK),
    some.tuples(just("repeat"), WHO, AT, FEW),
    some.tuples(just("hold"), WHO),
    some.tuples(just("restart"), AT),
    some.tuples(just("flush")),
)
STEPS = some.lists(some.one_of(ONWARD, ONWARD, ASTRAY), min_size=20, max_size=40)


def test_every_way_to_go_wrong_is_walked() -> None:
    names = {"next", "chat", "dial", "type", "lose", "again", "both", "late", "alter", "ended", "say", "tap", "forge", "repeat"}
    assert names | {"hold", "restart", "flush"} == set(every_step())


def test_walks_of_both_channels_hold_what_was_promised(empty_database: str, redis_url: str, vault: Vault) -> None:
    moved = 0
    with asyncio.Runner() as runner:
        world = runner.run(World.open(empty_database, redis_url, vault))

        @settings(
            max_examples=WALKS or USUAL,
            derandomize=not WALKS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if WALKS else (Phase.generate,),
        )
        @given(STEPS)
        def walk(steps: list[tuple[Any, ...]]) -> None:
            nonlocal moved
            moved += runner.run(play(world, steps))

        try:
            walk()
        finally:
            runner.run(world.close())
    assert moved, "no walk came as far as moving money, so they show nothing"


async def test_of_two_answers_to_one_screen_at_two_processes_at_once_one_is_taken(
    empty_database: str, redis_url: str, vault: Vault
) -> None:
    """Whichever process saw her last, and whether the screens only read or write."""
    world = await World.open(empty_database, redis_url, vault)
    try:
        await world.begin()
        for at, first in itertools.product((0, 1), ("", "4", "4*1", "2*AMOUNT", "3*AMOUNT", "5")):
            for step in (("dial", "Wanjiru", at, first), ("both", "Wanjiru", at), ("both", "Wanjiru", 1 - at)):
                await world.do(step)
    finally:
        await world.close()


async def play(world: World, steps: list[tuple[Any, ...]]) -> int:
    """The number of movements that the walk led to."""
    await world.begin()
    for step in steps:
        await world.do(step)
    return await world.movements()
