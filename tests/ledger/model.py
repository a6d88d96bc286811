"""The books as a few lines of plain Python: what the database must agree with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from core.kernel.money import Currency, Money
from core.ledger.accounts import Account, Bucket
from core.ledger.service import Leg

Place = tuple[Account, Bucket, Currency]


@dataclass
class Books:
    """Balances in minor units, histories, and what each key stood for."""

    held: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    history: dict[tuple[Account, Currency], list[tuple[Bucket, int, int]]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[UUID, list[tuple[Place, int]]] = field(default_factory=dict)
    refused: dict[UUID, tuple[object, ...]] = field(default_factory=dict)

    def transfer(self, key: UUID, legs: list[Leg]) -> tuple[object, ...]:
        """("posted",), ("repeated",), ("reused",) or ("short", available, needed). All legs are of one currency."""
        moves = [((leg.account, leg.bucket, leg.amount.currency), leg.amount.minor) for leg in legs]
        if key in self.keys:
            if sorted(moves, key=repr) != sorted(self.keys[key], key=repr):
                return ("reused",)
            return self.refused.get(key, ("repeated",))
        running, worst = dict(self.held), None
        for place, amount in moves:
            running[place] = running.get(place, 0) + amount
            if place[0].kind != "system" and running[place] < 0 and (worst is None or running[place] < worst[1]):
                worst = place, running[place]
        if worst is not None:
            place, lowest = worst
            held = self.held.get(place, 0)
            self.keys[key], self.refused[key] = moves, ("short", Money(held, place[2]), Money(held - lowest, place[2]))
            return self.refused[key]
        for place, amount in moves:
            self.held[place] += amount
            self.history[place[0], place[2]].append((place[1], amount, self.held[place]))
        self.keys[key] = moves
        return ("posted",)
