"""`mtaa reverse`: corrections of payments by two people, and payments that go back to their payers by M-Pesa."""

from __future__ import annotations

import sys

from core.cli.audit import open_books
from core.identity.members import find_by_phone
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.phone import parse_phone
from core.kernel.settings import Settings
from core.kernel.texts import Text, catalogue
from core.payments.account_numbers import UnknownAccount
from core.payments.corrections import KINDS, Asked, approve, open_corrections, request, withdraw

HOUR = 3600
ACTIONS = ("list", *KINDS, "approve", "withdraw")


async def reverse(settings: Settings, *, action: str, subject: str, reason: str, by: str, to: str, against: str) -> int:
    """List what waits; ask for a correction; approve one. 1 for a refusal, 2 for a missing word."""
    needed = {"list": (), "approve": (subject, by), "withdraw": (subject, by)}.get(action, (subject, reason, by))
    if action == "reassign":
        needed = (*needed, to)
    if action == "book":
        needed = (*needed, to or against)
    if not all(word.strip() for word in needed):
        print("a correction needs SUBJECT, --reason and --by; reassign also --to; book --against or --to", file=sys.stderr)
        return 2
    async with open_books(settings) as database:
        try:
            async with database.unit() as uow:
                done = await _do(uow, action, subject=subject, reason=reason, by=by, to=to, against=against)
        except CoreError as refusal:
            print(catalogue().say("en", Text(f"error-{refusal.code}", refusal.details())), file=sys.stderr)
            return 1
    print("\n".join(done))
    return 0


async def _do(uow: UnitOfWork, action: str, *, subject: str, reason: str, by: str, to: str, against: str) -> list[str]:
    if action == "list":
        found = await open_corrections(uow)
        return [*(_line(one) for one in found), f"{len(found):,} corrections wait"]
    operator = await find_by_phone(uow, parse_phone(by))
    if operator is None:
        # Whoever decides has an account, so that it is known who did.
        raise UnknownAccount
    if action == "approve":
        done = await approve(uow, subject=subject, by=operator.id)
        return [f"{done.kind} of {done.subject}, {done.amount}: {'M-Pesa is asked' if done.state == 'sent' else 'done'}"]
    if action == "withdraw":
        return [f"{(await withdraw(uow, subject=subject, by=operator.id)).subject}: withdrawn"]
    kind = next(kind for kind in KINDS if kind == action)
    asked = await request(uow, kind=kind, subject=subject, by=operator.id, reason=reason, to=to, against=against)
    return [f"{asked.kind} of {asked.subject}, {asked.amount}: asked for; somebody else has to approve it"]


def _line(one: Asked) -> str:
    waits = "M-Pesa was asked" if one.state == "sent" else f"asked for by {one.by}"
    return f"{one.subject} {one.kind} {one.amount} {int(one.age.total_seconds() // HOUR)} h: {waits}: {one.reason}"
