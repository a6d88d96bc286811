"""`mtaa verify` checks one receipt, `mtaa seal` seals what waits, `mtaa archive` moves a month that is over."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime

from core.cli.audit import open_books
from core.kernel.clock import local_time
from core.kernel.settings import Settings
from core.ledger.archive import archive_month
from core.ledger.seals import Proof, newest_seal, seal
from core.monitoring.receipts import verify as find_proofs


async def verify(settings: Settings, receipt: str) -> int:
    """Print what proves the receipt; 1 when it is unknown, not sealed yet, or not what was sealed."""
    async with open_books(settings) as database, database.unit() as uow:
        proofs = await find_proofs(uow, receipt)
    if not proofs:
        print(f"nothing is known under {receipt}")
    for proof in proofs:
        print("\n".join(_lines(proof)))
    return 0 if proofs and all(proof.holds for proof in proofs) else 1


async def seal_waiting(settings: Settings) -> int:
    """Seal what waits and print the end of the chain."""
    async with open_books(settings) as database:
        more, blocks = True, 0
        while more:
            async with database.unit() as uow:
                made = await seal(uow)
            more, blocks = made.more, blocks + made.blocks
        async with database.unit() as uow:
            newest = await newest_seal(uow)
    print(f"{blocks:,} blocks sealed")
    if newest:
        print(f"newest seal: {newest.number:,} {newest.hash.hex()}")
    return 0


async def archive(settings: Settings, month: str) -> int:
    """Move the entries of a month, written 2026-10, to the archive; 2 when it isn't one."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        print("a month is written like 2026-10", file=sys.stderr)
        return 2
    async with open_books(settings) as database:
        moved = await archive_month(database, date.fromisoformat(f"{month}-01"), progress=_say, waiting=_wait)
    print(f"{moved:,} entries archived")
    return 0


def _lines(proof: Proof) -> list[str]:
    legs = [
        f"  {leg.account.kind} {leg.account.name or leg.account.member or leg.account.dao} {leg.bucket.value}:"
        f" {leg.amount} makes {leg.after} (entry {leg.seq:,})"
        for leg in proof.legs
    ]
    if not proof.seal:
        sealed = "not sealed yet: try again in a minute"
    else:
        word = "holds" if proof.holds else "DOES NOT HOLD: something in its block was altered"
        sealed = f"seal {proof.seal.number:,} of {local_time(proof.seal.sealed_at)} {proof.seal.hash.hex()} {word}"
    return [f"transfer {proof.transfer} {proof.kind} {local_time(proof.at)}", *legs, sealed]


def _wait(readers: int) -> None:
    print(f"waiting for {readers:,} that read the books", file=sys.stderr, flush=True)


def _say(until: datetime, moved: int) -> None:
    print(f"up to {until:%d %b %H:%M}: {moved:,} entries", file=sys.stderr, flush=True)
