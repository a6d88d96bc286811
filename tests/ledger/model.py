"""The books as a few lines of plain Python: what the database must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.kernel.money import Currency, Money
from core.ledger.accounts import Account, Bucket
from core.ledger.service import Leg

Place = tuple[Account, Bucket, Currency]
Move = tuple[Place, int]
Answer = tuple[object, ...]
ENDS = ("post", "void", "expire")


def moves_of(legs: Sequence[Leg]) -> tuple[Move, ...]:
    return tuple(((leg.account, leg.bucket, leg.amount.currency), leg.amount.minor) for leg in legs)


@dataclass(frozen=True)
class Body:
    """What a key stands for. `ref` is the key of the transfer that this one ends or takes back."""

    moves: tuple[Move, ...]
    step: str = "single"
    ref: UUID | None = None
    kind: str = "step"
    expires_at: datetime | None = field(default=None, compare=False)

    def means(self, other: Body) -> bool:
        same = (self.step, self.ref, self.kind) == (other.step, other.ref, other.kind)
        return same and sorted(self.moves, key=repr) == sorted(other.moves, key=repr)


@dataclass
class Books:
    """Balances in minor units, histories, what each key stood for and was answered, and which transfers are over."""

    held: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    history: dict[tuple[Account, Currency], list[tuple[Bucket, int, int]]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[UUID, Body] = field(default_factory=dict)
    refused: dict[UUID, Answer] = field(default_factory=dict)
    ended: set[UUID] = field(default_factory=set)
    taken_back: set[UUID] = field(default_factory=set)

    def post(self, key: UUID, body: Body) -> Answer:
        """("posted",), ("repeated",), ("reused",), ("resolved",), ("reversed",) or ("short", available, needed)."""
        if key in self.keys:
            return self.refused.get(key, ("repeated",)) if body.means(self.keys[key]) else ("reused",)
        self.keys[key] = body
        refusal = self._refusal(body)
        if refusal is not None:
            self.refused[key] = refusal
            return refusal
        for place, amount in body.moves:
            self.held[place] += amount
            self.history[place[0], place[2]].append((place[1], amount, self.held[place]))
        if body.ref is not None:
            (self.taken_back if body.step == "reverse" else self.ended).add(body.ref)
        return ("posted",)

    def post_all(self, postings: Sequence[tuple[UUID, Body]]) -> list[Answer]:
        """Those that nothing can go wrong with in any order come first; the others follow one by one."""
        answers: dict[int, Answer] = {}
        for number in self.order(postings):
            answers[number] = self.post(*postings[number])
        return [answers[number] for number in range(len(postings))]

    def order(self, postings: Sequence[tuple[UUID, Body]]) -> list[int]:
        """In which order posting them one by one is the same as this batch, by their numbers in it."""
        plain = self._plain(postings)
        return sorted(range(len(postings)), key=lambda n: not plain[n])

    def open_holds(self) -> list[UUID]:
        return [key for key in self.standing("pending") if key not in self.ended]

    def standing(self, *steps: str) -> list[UUID]:
        return [key for key, body in self.keys.items() if body.step in steps and key not in self.refused]

    def _refusal(self, body: Body) -> Answer | None:
        if body.step in ENDS and body.ref in self.ended:
            return ("resolved",)
        if body.step == "reverse" and body.ref in self.taken_back:
            return ("reversed",)
        running, worst = dict(self.held), None
        for place, amount in body.moves:
            running[place] = running.get(place, 0) + amount
            if place[0].kind != "system" and running[place] < 0 and (worst is None or running[place] < worst[1]):
                worst = place, running[place]
        if worst is None:
            return None
        place, lowest = worst
        held = self.held.get(place, 0)
        return "short", Money(held, place[2]), Money(held - lowest, place[2])

    def _plain(self, postings: Sequence[tuple[UUID, Body]]) -> list[bool]:
        seen: set[UUID] = set()
        plain, debits = [], defaultdict(int)
        for key, body in postings:
            plain.append(key not in seen and key not in self.keys and body.ref is None)
            seen.add(key)
            for place, amount in body.moves if plain[-1] else ():
                debits[place] += min(amount, 0)
        return [
            fine
            and all(
                amount > 0 or place[0].kind == "system" or self.held[place] + debits[place] >= 0 for place, amount in body.moves
            )
            for fine, (_, body) in zip(plain, postings, strict=True)
        ]
