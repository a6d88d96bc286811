"""No member is lost and none is charged wrongly, whatever the network does.

Every flow is played to its end: undisturbed, and in each way that things can go wrong at each of its steps (tests/drops/faults.py).
The suite plays each flow in two of the ways; with DROPS=all each flow is played in all of them. DROPS_PLAYS="loans pots" plays these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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
from tests.drops.faults import FAULTS, Calm, Known
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
}


async def test_every_flow_comes_to_its_end_once_whatever_goes_wrong_at_each_step(
    db: Database, store: RedisStore, vault: Vault, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known()
    for place, fault in enumerate([Calm(known), *(fault(known) for fault in FAULTS)]):
        village = await gather(db, store, vault, redis_url, fault, place=place)
        monkeypatch.setattr(ussd.callback, "UssdRenderer", watch_phones(village))
        await fault.meet(village)
        try:
            await play(village, list(chosen(place)))
        finally:
            await village.close()

    print(table(known))
    print("\n".join(known.problems))
    assert known.problems == []
    assert [f"{one.name}: {one.figure}" for one in await audit(db) if not one.ok] == []
    if not WANTED:
        uncovered(known)


def chosen(place: int) -> Iterator[Piece]:
    """The pieces that are played in the way of this place; the undisturbed way is the first."""
    for number, piece in enumerate(PIECES):
        if (not place or (number + place) % ONE_IN == 0) and (not WANTED or {one.__name__ for one in piece} & set(WANTED)):
            yield piece


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


def uncovered(known: Known) -> None:
    """Every action behind a PIN is done here, in as many ways as are played; a new one has to be played, or its reason given."""
    book = check_book(catalogue())
    every = {name for name, action in book.actions.items() if action.needs is Assurance.PIN}
    ways = {name: {fault for action, fault in known.acted if action == name} for name in every}
    assert sorted(name for name in every if not ways[name] and name not in NOT_PLAYED) == [], "play it to its end (plays.py)"
    assert sorted(name for name in NOT_PLAYED if name not in every or ways[name]) == []
    least = 1 + len(FAULTS) // ONE_IN
    assert {name: sorted(found) for name, found in ways.items() if found and len(found) < least} == {}
    assert {fault.name for fault in FAULTS} <= {fault for _, fault in known.disturbed}


def table(known: Known) -> str:
    """What was played in which way: hops of each play, and how many different actions were done behind a PIN."""
    plays = list(dict.fromkeys(play for play, _ in known.disturbed))
    ways = [Calm.name, *(fault.name for fault in FAULTS)]
    lines = [f"{'':28}" + "".join(f"{way:>13}" for way in ways)]
    lines += [f"{play:28}" + "".join(f"{known.disturbed[play, way] or '-':>13}" for way in ways) for play in plays]
    actions = [len({action for action, way in known.acted if way == one}) for one in ways]
    lines.append(f"{'actions behind a PIN':28}" + "".join(f"{many:>13}" for many in actions))
    return "\n".join(["", *lines])
