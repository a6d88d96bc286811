"""Proof of funds: what M-PESA holds for everybody against what the books say, for any member to see."""

from __future__ import annotations

from core.dialogue.definitions import action
from core.dialogue.screens import Assurance, End, Step
from core.dialogue.turn import Turn
from core.kernel.texts import text
from core.payments.funds.freezing import withdrawals_frozen
from core.payments.funds.proofs import newest_proof


@action("funds.show", needs=Assurance.MEMBER, why="pin-why-private")
async def show(turn: Turn) -> Step:
    """The last comparison, and what its difference means for her. It says nothing about anybody, so it takes no PIN."""
    proof = await newest_proof(turn.uow)
    if proof is None:
        return End(text("funds-never"))
    if await withdrawals_frozen(turn.uow):
        state = "frozen"
    elif proof.unexplained:
        state = "gap"
    else:
        state = "way" if proof.difference else "equal"
    shown = abs(proof.difference.minor)
    difference = proof.difference if proof.difference.minor == shown else -proof.difference
    return End(text(f"funds-{state}", at=proof.at, held=proof.held, booked=proof.booked, difference=difference))
