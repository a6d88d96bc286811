"""Changes of her contacts and e-mail that wait: what they are, and stopping them.

Neither takes a PIN: no name or address is shown, and stopping gives nobody anything. Whoever was told "not you?" may be she
whose phone is in other hands, with her chat still in hers.
"""

from __future__ import annotations

from core.dialogue.definitions import screen
from core.dialogue.screens import End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.waiting_changes import stop_changes, waiting_changes
from core.kernel.texts import text


@screen("changes.menu")
async def ask_menu(turn: Turn) -> Screen:
    """Each with the moment from which it counts."""
    waiting = await waiting_changes(turn.uow, member=turn.me.id)
    rows = tuple(text("changes-line", what=one.what, at=one.at) for one in waiting)
    return Screen(
        text("changes-wait" if waiting else "changes-none"),
        rows=rows,
        choices=(option("stop", text("changes-stop")),) if waiting else (),
        ends=not waiting,
    )


@ask_menu.answered
async def take_menu(_turn: Turn, _chosen: str) -> Step:
    """The only thing that can be done."""
    return go("changes.stop")


@screen("changes.stop")
async def ask_stop(_turn: Turn) -> Screen:
    """All of them: whoever isn't sure of one is sure of none."""
    return Screen(text("changes-stop-sure"), choices=(YES, NO))


@ask_stop.answered
async def take_stop(turn: Turn, chosen: str) -> Step:
    """Everything stays as it was."""
    if chosen != "yes":
        return End(text("changes-go-on"))
    await stop_changes(turn.uow, member=turn.me.id, by=turn.channel.name)
    return End(text("changes-stopped"))
