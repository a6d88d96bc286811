"""No member is lost and none is charged wrongly, whatever the network does.

Every flow is played to its end: undisturbed, and in each way that things can go wrong at each of its steps (tests/drops/faults.py).
The suite plays each flow in two of the ways; with DROPS=all each flow is played in all of them. DROPS_PLAYS="loans pots" plays these.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

import pytest

import ussd.callback
from core.app import check_book
from core.dialogue.screens import Assurance
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from core.monitoring.audit import audit
from core.providers.redis_store import RedisStore
from tests.drops.faults import FAULTS, Calm, Fault, Known
from tests.drops.plays import PIECES, Piece
from tests.drops.village import Village, gather, watch_phones

EVERYTHING = os.environ.get("DROPS") == "all"
WANTED = os.environ.get("DROPS_PLAYS", "").split()
# Each piece is played in so many of the ways that things go wrong: with eight ways, in two.
ONE_IN = 1 if EVERYTHING else 4
# Days from one piece to the next: longer than any of them takes, and than a phone may be idle for.
APART = timedelta(days=120)
MOST_SAID = 600
# Actions behind a PIN that nobody does here, each with the reason.
NOT_PLAYED = {
    "account.unlink": "she speaks from the chat that goes",
    "data.export": "reads",
    "data.rename": "no money and nobody else",
    "data.request_erasure": "waits for days, and can be taken back",
    "devices.remove": "no money and nobody else",
    "devices.sign_out": "no money and nobody else",
    "email.remove": "no money and nobody else",
    "email.replace": "no money and nobody else",
    "email.send": "no money and nobody else",
    "kinds.days_apply": "the same verb as kinds.apply",
    "recovery.move": "another number: another session",
    "security.codes": "shown once",
    "security.enable": "shown once",
    "security.off": "no money and nobody else",
    "security.set_limit": "no money and nobody else",
    "treasury.again": "takes an M-PESA that didn't pay: tests/treasury",
}


KNOWN = Known()
Opened = Callable[[Fault, int], Awaitable[Village]]


@pytest.fixture
async def opened(
    db: Database, store: RedisStore, vault: Vault, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opened]:
    """Opens a village in which things go in this way; several of them are at different places."""
    villages: list[Village] = []

    async def open_village(fault: Fault, place: int) -> Village:
        village = await gather(db, store, vault, redis_url, fault, place=place)
        villages.append(village)
        monkeypatch.setattr(ussd.callback, "UssdRenderer", watch_phones(village))
        await fault.meet(village)
        return village

    yield open_village
    for village in villages:
        await village.close()


async def undisturbed(opened: Opened, pieces: list[Piece]) -> None:
    """What these pieces come to when nothing goes wrong; found once by each process."""
    played = {play for play, *_ in KNOWN.calls}
    missing = [piece for piece in pieces if piece[0].__name__ not in played]
    if missing:
        await play(await opened(Calm(KNOWN), 9), missing)


async def test_every_action_behind_a_pin_is_done_in_some_flow(db: Database, opened: Opened) -> None:
    """A new one is played to its end (plays.py), or the reason stands above."""
    await undisturbed(opened, [piece for piece in PIECES if is_wanted(piece)])

    book = check_book(catalogue())
    every = {name for name, action in book.actions.items() if action.needs is Assurance.PIN}
    done = {action for action, way in KNOWN.acted if way == Calm.name}
    if not WANTED:
        assert sorted(every - done - NOT_PLAYED.keys()) == []
        assert sorted(NOT_PLAYED.keys() & done | NOT_PLAYED.keys() - every) == []
        assert least_ways() >= len(FAULTS) // ONE_IN
    await nothing_is_wrong(db, Calm.name)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_every_flow_comes_to_its_end_once_whatever_goes_wrong_at_each_step(
    db: Database, opened: Opened, fault: type[Fault]
) -> None:
    place = FAULTS.index(fault)
    pieces = list(chosen(place))
    await undisturbed(opened, pieces)
    await play(await opened(fault(KNOWN), place), pieces)

    if fault is FAULTS[-1]:
        print(table())
    await nothing_is_wrong(db, fault.name)
    plays = {one.__name__ for piece in pieces for one in piece}
    due = {action for (action, way), where in KNOWN.where.items() if way == Calm.name and where & plays}
    done = {action for action, way in KNOWN.acted if way == fault.name}
    assert due <= done, "what is done behind a PIN there is done in this way too"


async def nothing_is_wrong(db: Database, way: str) -> None:
    """Nothing that was found in this way, and nothing in the books."""
    wrong = [one[:MOST_SAID] for one in KNOWN.problems if one.startswith(f"{way}:")]
    assert wrong == [], "\n" + "\n".join(wrong)
    assert [f"{one.name}: {one.figure}" for one in await audit(db) if not one.ok] == []


def is_wanted(piece: Piece) -> bool:
    return not WANTED or bool({one.__name__ for one in piece} & set(WANTED))


def chosen(place: int) -> Iterator[Piece]:
    """The pieces that are played in the way of this place."""
    return (piece for number, piece in enumerate(PIECES) if (number + place) % ONE_IN == 0 and is_wanted(piece))


def least_ways() -> int:
    """In how many ways the piece is played that is played in the fewest."""
    return min(sum(piece in chosen(place) for place in range(len(FAULTS))) for piece in PIECES)


async def play(village: Village, pieces: list[Piece]) -> None:
    """Each on a day of its own, so that what one took longer for is no other's affair."""
    began = village.clock.moment
    for piece in pieces:
        village.clock.moment = began + APART * PIECES.index(piece)
        try:
            for one in piece:
                village.play_name = one.__name__
                await one(village)
        except Exception as problem:  # noqa: BLE001 - the others are played all the same
            village.fault.known.problems.append(f"{village.fault.name}: {village.play_name} stopped: {problem!r}"[:MOST_SAID])
    village.clock.moment = began


def table() -> str:
    """What was played in which way: hops of each play, and how many different actions were done behind a PIN."""
    plays = list(dict.fromkeys(play for play, _ in KNOWN.disturbed))
    ways = [Calm.name, *(fault.name for fault in FAULTS)]
    lines = [f"{'':28}" + "".join(f"{way:>13}" for way in ways)]
    lines += [f"{play:28}" + "".join(f"{KNOWN.disturbed[play, way] or '-':>13}" for way in ways) for play in plays]
    actions = [len({action for action, way in KNOWN.acted if way == one}) for one in ways]
    lines.append(f"{'actions behind a PIN':28}" + "".join(f"{many:>13}" for many in actions))
    return "\n".join(["", *lines])
