"""What identity asks of the outside world: whether a SIM was swapped. The answer comes later, by a callback."""

from __future__ import annotations

from typing import Protocol

from core.kernel.phone import Phone
from core.notifications.ports import Outcome


class SimSwapInsights(Protocol):
    """Asks a network when a number's SIM was last swapped. Never raises for what the outside world does.

    Accepted(id): the question was taken and the answer will carry this id. Rejected: certainly not. Unknown: nobody can
    tell, so no answer is waited for.
    """

    async def ask(self, phone: Phone) -> Outcome: ...
