"""Whether M-Pesa's mark of a payer fits a member who claims the payment.

A digest of the whole number decides alone. A masked number leaves too many possible, so the payer's name, where it is told,
must fit as well. Nobody is ever looked up by any of this: it only weighs a claim that names the receipt.
"""

from __future__ import annotations

import hashlib
import re

from core.identity.members import Member
from core.kernel.secrets import same
from core.payments.models import PaymentReceived

# Of twelve digits as many must be visible, the last three among them: fewer would fit too many members.
FEWEST_VISIBLE = 6
LAST = 3
# The country's code and the first digit of the number.
FIRST = 4
MASKED = re.compile(r"[0-9*X]+", re.ASCII)


def is_payer(claimant: Member, received: PaymentReceived) -> bool:
    """Whether the payment's marks all fit this member; without a mark nobody fits."""
    digits = claimant.phone.removeprefix("+")
    if received.payer_digest:
        return same(hashlib.sha256(digits.encode()).hexdigest(), received.payer_digest)
    return fits_mask(digits, received.payer) and _fits_name(claimant.name, received.payer_name)


def may_be_from(phone: str, received: PaymentReceived) -> bool:
    """Whether nothing speaks against this phone's having paid; where M-Pesa tells no number, nothing does."""
    digits = phone.removeprefix("+")
    if received.payer_digest:
        return same(hashlib.sha256(digits.encode()).hexdigest(), received.payer_digest)
    return not received.payer or fits_mask(digits, received.payer)


def fits_mask(digits: str, shown: str) -> bool:
    """Whether a number can be the one behind a mask such as `2547 ***** 126` or `+2547XX***678`.

    How many digits a run of stars or X stands for is not reliable, so only the beginning and the end are compared.
    """
    mask = shown.replace(" ", "").removeprefix("+")
    if not MASKED.fullmatch(mask):
        return False
    head, tail = re.split(r"[*X]+", mask, maxsplit=1)[0], re.split(r"[*X]+", mask)[-1]
    if mask == head:
        return mask == digits
    visible = len(head) + len(tail)
    return visible >= FEWEST_VISIBLE and len(tail) >= LAST and digits.startswith(head) and digits.endswith(tail)


def is_same_payer(first: str, first_name: str, other: str, other_name: str) -> bool:
    """Whether two sources can mean the same payer: the visible ends of the two masks agree, and the names share a word.

    Where one of them tells neither number nor name, nothing speaks for it, so the answer is no.
    """
    one, two = _ends(first), _ends(other)
    if not one or one != two:
        return False
    names = set(first_name.upper().split()), set(other_name.upper().split())
    return not all(names) or bool(names[0] & names[1])


def _ends(shown: str) -> str:
    """The first four and the last three digits that a mask shows, or ""."""
    mask = shown.replace(" ", "").removeprefix("+")
    head, tail = re.split(r"[*X]+", mask, maxsplit=1)[0], re.split(r"[*X]+", mask)[-1]
    return f"{head[:FIRST]}{tail[-LAST:]}" if MASKED.fullmatch(mask) and len(tail) >= LAST else ""


def _fits_name(name: str, told: str) -> bool:
    """Whether one of the payer's names is one of hers; M-Pesa may tell none."""
    theirs = set(told.upper().split())
    return not theirs or bool(theirs & set(name.upper().split()))
