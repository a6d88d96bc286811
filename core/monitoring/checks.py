"""What an invariant of the books is: a sentence, and a query that decides it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """A sentence that must hold. `things` names what is counted."""

    name: str
    things: str


@dataclass(frozen=True)
class Check:
    """A query with the sentences that it decides: it answers one row, two numbers for each of them, in their order.

    `in_order`: it has as many groups as there are transfers, which the planner can't see in a view of several tables; hashing
    them overflows its memory again and again, so it is to sort and merge.
    """

    query: str
    invariants: tuple[Invariant, ...]
    in_order: bool = False
