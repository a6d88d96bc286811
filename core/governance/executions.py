"""What follows from a decision: one function for each kind of proposal, registered where the application is wired.

Passed isn't executed: between the two lie the hours of the rules, in which members may object, and a second look at whether it
can still be done. A kind that nobody has registered yet waits, passed, for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from core.governance.matters import Matter
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId

CARRIED_OUT = "carried out"


@dataclass(frozen=True)
class Decided:
    """A decision that takes effect. `intent` is the same each time it is tried; `elected` is who won an election."""

    proposal: UUID
    number: int
    group: DaoId
    proposer: MemberId
    matter: Matter
    words: str
    elected: MemberId | None = None

    @property
    def intent(self) -> IntentId:
        """Names what is done by this decision, for ever."""
        return IntentId(uuid5(self.proposal, CARRIED_OUT))


# In the unit that marks the proposal executed: both happen or neither. It raises NotYet to be tried again later, and any other
# CoreError when it can't be done any more, which is the end of it and told to all; whatever it wrote by then is undone.
Execution = Callable[[UnitOfWork, Decided], Awaitable[None]]
Executions = Mapping[str, Execution]
