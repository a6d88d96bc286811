"""Codes that a phone dials to come straight to where something is done in a group, for messages that ask for it.

They are made of numbers that never change (tests/dialogue/dial_codes.txt): Groups, the group's own code, the doors behind it.
"""

from __future__ import annotations

from typing import Literal

from core.kernel.db import UnitOfWork

Place = Literal["contribute", "treasury", "approve", "meetings", "votes", "loans", "merry", "shares", "welfare", "people"]
GROUPS, WAITING, JOIN = "4", "7", "8"
DOORS: dict[Place, str] = {
    "contribute": "1",
    "treasury": "6*1",
    "approve": "6*2",
    "meetings": "6*3",
    "votes": "6*4",
    "loans": "5*8",
    "merry": "5*5",
    "shares": "5*6",
    "welfare": "5*7",
    "people": "7*2",
}


def dial_to(uow: UnitOfWork, code: str, place: Place) -> str:
    """What to dial for this place in the group with this code: *384*77*4*482913*6*4#."""
    return dialled(uow, GROUPS, code, DOORS[place])


def dial_waiting(uow: UnitOfWork) -> str:
    """What to dial for the invitations and offers that wait for whoever dials it."""
    return dialled(uow, GROUPS, WAITING)


def dialled(uow: UnitOfWork, *answers: str) -> str:
    """The code that gives these answers after the service's own."""
    return "*".join([uow.dial.removesuffix("#"), *answers]) + "#"
