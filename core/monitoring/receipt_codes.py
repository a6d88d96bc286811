"""A receipt, checked by anybody who reads its eight characters: what it stands for, and whether the sealed book agrees.

Looking for a code in the books themselves would read all of them, and an index there would be paid for by every posting. So
codes are written down beside the books, behind their seals: a receipt can be checked once it is sealed, within the minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core.daos.muhuri import sealing_of
from core.identity.members import find
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId, read_reference, reference
from core.kernel.money import KES, Money
from core.ledger.seals import Proof, prove

AT_ONCE = 20_000


@dataclass(frozen=True)
class Checked:
    """What a receipt stands for, as much of it as anybody may read: no whole name, no balance.

    `initials` are the payer's or payee's, `group` the group whose money moved, `seal` its code for that day (empty before
    the group's evening seal). `holds`: the block of the books that it is in still hashes to its seal.
    """

    code: str
    kind: str
    amount: Money
    at: datetime
    initials: str
    group: DaoId | None
    seal: str
    holds: bool


def read_receipt_code(typed: str) -> str | None:
    """The eight characters that were typed, spaces, dashes and small letters forgiven; None when it can't be a code."""
    return read_reference(typed.replace(" ", "").replace("-", "").upper())


async def write_receipt_codes(uow: UnitOfWork) -> int:
    """Write down the codes of what was sealed since the last time; returns how many transfers of it there were."""
    progress = (await uow.session.execute(_PROGRESS)).scalar_one()
    block = (await uow.session.execute(_NEXT, {"upto": progress, "most": AT_ONCE})).one()
    if block.upto is None:
        return 0
    rows = await uow.session.execute(_TRANSFERS, {"since": progress, "upto": block.upto})
    codes = [{"code": reference(row.id), "transfer": row.id} for row in rows]
    if codes:
        await uow.session.execute(_WRITE, codes)
    await uow.session.execute(_MOVE_ON, {"upto": block.upto})
    return len(codes)


async def check_receipt(uow: UnitOfWork, *, code: str) -> list[Checked]:
    """What this code stands for; empty when the sealed books know no such receipt."""
    found = await uow.session.scalars(_KNOWN, {"code": code})
    proofs = [await prove(uow, transfer) for transfer in found]
    return [await _checked(uow, code, proof) for proof in proofs if proof is not None]


async def _checked(uow: UnitOfWork, code: str, proof: Proof) -> Checked:
    given = [leg.amount for leg in proof.legs if leg.amount > Money(0, leg.amount.currency)]
    member = next((leg.account.member for leg in proof.legs if leg.account.member), None)
    group = next((leg.account.dao for leg in proof.legs if leg.account.dao), None)
    seals = await sealing_of(uow, transfer=proof.transfer)
    return Checked(
        code=code,
        kind=proof.kind,
        amount=sum(given[1:], start=given[0]) if given else Money(0, KES),
        at=proof.at,
        initials=await _initials(uow, member),
        group=group,
        seal=seals[0].code if seals else "",
        holds=proof.holds,
    )


async def _initials(uow: UnitOfWork, member: MemberId | None) -> str:
    found = await find(uow, member) if member else None
    return " ".join(f"{word[0]}." for word in found.name.split()[:3]) if found else ""


# The row's lock makes writers take turns.
_PROGRESS = text("SELECT upto FROM receipt_code_progress WHERE id = 1 FOR UPDATE")
_NEXT = text("""
SELECT max(upto) AS upto FROM (
  SELECT upto, sum(transfers) OVER (ORDER BY number) AS so_far, row_number() OVER (ORDER BY number) AS nth
  FROM ledger_seals WHERE upto > :upto
) blocks WHERE so_far <= :most OR nth = 1
""")
_TRANSFERS = text("SELECT id FROM ledger_transfers WHERE xact >= :since AND xact < :upto")
_WRITE = text("INSERT INTO receipt_codes (code, transfer_id) VALUES (:code, :transfer) ON CONFLICT DO NOTHING")
_MOVE_ON = text("UPDATE receipt_code_progress SET upto = :upto WHERE id = 1")
_KNOWN = text("SELECT transfer_id FROM receipt_codes WHERE code = :code")
