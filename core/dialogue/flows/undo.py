"""Taking back what was done a moment ago, where it has had no consequences yet: offered by the walk after an `End` with `undo`.

The button stays in the chat; whether it's still in time is looked at when it is tapped.
"""

from __future__ import annotations

from datetime import datetime

from core.dialogue.definitions import screen
from core.dialogue.screens import End, Go, Screen, Step, option
from core.dialogue.turn import Turn
from core.kernel.texts import text


@screen("undo.offer")
async def ask_offer(_turn: Turn) -> Screen:
    """What stands where she is shown again where she is."""
    return Screen(text("undo-offer"), choices=(option("undo", text("undo")),))


@ask_offer.answered
async def take_offer(turn: Turn, _chosen: str) -> Step:
    """The deed that takes it back, with whatever proof that takes; nothing when it's too late."""
    if turn.uow.clock.now() > datetime.fromisoformat(str(turn.values["undo_until"])):
        return End(text("undo-too-late"))
    return Go(str(turn.values["undo"]))
