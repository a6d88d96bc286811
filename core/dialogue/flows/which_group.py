"""Which of her groups, for what she has written of her own accord without naming one."""

from __future__ import annotations

from uuid import UUID

from core.daos.groups import groups_of
from core.dialogue.definitions import screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.screens import Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import Text, text


async def of_hers(turn: Turn, question: Text) -> Screen:
    """Which of her groups; with none yet, the way to one."""
    groups = await groups_of(turn.uow, member=turn.me.id)
    if not groups:
        return Screen(text("contribute-no-group"), choices=(option("groups", text("home-groups")),))
    return Screen(question, choices=by_name(groups))


@screen("which.group")
async def ask_which(turn: Turn) -> Screen:
    """Which; with none yet, the way to one."""
    return await of_hers(turn, text("which-group"))


@ask_which.answered
async def take_which(turn: Turn, chosen: str) -> Step:
    """On to what she wrote, there."""
    if chosen == "groups":
        return go("groups.menu")
    return Go(str(turn.values["door"]), {"group": UUID(chosen)})
