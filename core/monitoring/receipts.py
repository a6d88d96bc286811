"""A receipt, checked: from what a member holds in her hand to the entries, the transfer and the seal over it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.ids import CROCKFORD, REFERENCE_LENGTH
from core.ledger.seals import Proof, prove, transfers_called


async def verify(uow: UnitOfWork, receipt: str) -> list[Proof]:
    """What proves this receipt: an M-Pesa receipt number, a reference of eight characters, or an id in full.

    Empty when nobody knows it. A reference may, very rarely, belong to more than one transfer; looking for it reads all.
    """
    proofs = [
        await prove(uow, transfer)
        for name in await _names(uow, receipt.strip())
        for transfer in await transfers_called(uow, name)
    ]
    return [proof for proof in proofs if proof]


async def _names(uow: UnitOfWork, receipt: str) -> list[UUID | str]:
    paid = await uow.session.scalars(_BY_MPESA_RECEIPT, {"receipt": receipt.upper()})
    names: list[UUID | str] = list(paid)
    try:
        names.append(UUID(receipt))
    except ValueError:
        if ending := _ending(receipt.upper()):
            names.append(ending)
    return names


def _ending(reference: str) -> str | None:
    """The last ten hexadecimal digits of the id that has this reference."""
    if len(reference) != REFERENCE_LENGTH or not set(reference) <= set(CROCKFORD):
        return None
    number = 0
    for character in reference:
        number = number * len(CROCKFORD) + CROCKFORD.index(character)
    return f"{number:010x}"


# A payment's id is the key of its transfer.
_BY_MPESA_RECEIPT = text("SELECT id FROM mpesa_transactions WHERE mpesa_receipt_number = :receipt")
