"""`mtaa suspense`: payments that nobody could be given, and giving them out on two people's word."""

from __future__ import annotations

import sys

from core.cli.audit import open_books
from core.identity.members import find_by_phone
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.kernel.phone import masked, parse_phone
from core.kernel.settings import Settings
from core.kernel.texts import Text, catalogue
from core.payments.account_numbers import UnknownAccount
from core.payments.suspense import InSuspense, approve, in_suspense, propose

HOUR = 3600


async def suspense(settings: Settings, *, action: str, receipt: str, account: str, reason: str, by: str) -> int:
    """List what waits; `assign` proposes whose a payment is, `approve` credits it. 1 for a refusal, 2 for a missing word."""
    needed = {"list": (), "assign": (receipt, account, reason, by), "approve": (receipt, by)}[action]
    if not all(word.strip() for word in needed):
        print("assign needs RECEIPT, --account, --reason and --by; approve needs RECEIPT and --by", file=sys.stderr)
        return 2
    async with open_books(settings) as database:
        try:
            async with database.unit() as uow:
                done = await _do(uow, action, receipt=receipt, account=account, reason=reason, by=by)
        except CoreError as refusal:
            print(catalogue().say("en", Text(f"error-{refusal.code}", refusal.details())), file=sys.stderr)
            return 1
    print("\n".join(done))
    return 0


async def _do(uow: UnitOfWork, action: str, *, receipt: str, account: str, reason: str, by: str) -> list[str]:
    if action == "list":
        return _lines(await in_suspense(uow))
    operator = await find_by_phone(uow, parse_phone(by))
    if operator is None:
        # Whoever decides has an account, so that it is known who did.
        raise UnknownAccount
    if action == "assign":
        owner = await propose(uow, receipt=receipt, account=account, reason=reason, by=str(operator.id))
        return [f"{receipt}: proposed for {owner.name} {masked(owner.phone)}; somebody else has to approve it"]
    owner = await approve(uow, receipt=receipt, by=str(operator.id))
    return [f"{receipt}: credited to {owner.name} {masked(owner.phone)}"]


def _lines(waiting: list[InSuspense]) -> list[str]:
    total = Money(sum(one.amount.minor for one in waiting))
    return [*(_line(one) for one in waiting), f"{len(waiting):,} payments in suspense, {total}"]


def _line(one: InSuspense) -> str:
    claims = f", claimed by {', '.join(str(claimant) for claimant in one.claimants)}" if one.claimants else ""
    proposal = f", proposed for {one.proposed}" if one.proposed else ""
    hours = int(one.age.total_seconds() // HOUR)
    return (
        f"{one.receipt} {one.amount} {hours} h: {one.reason} {one.account!r}, paid by {one.payer or 'unknown'}"
        f" {one.payer_name}{claims}{proposal}"
    )
