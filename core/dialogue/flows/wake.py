"""A phone or chat that wasn't used for 90 days: one more code before the PIN, or the way to a recovery.

On a feature phone the code can't be read while the session is open: it ends, and goes on where the same is chosen again.
"""

from __future__ import annotations

from core.dialogue.definitions import action
from core.dialogue.flows.step_up import approval_of, send
from core.dialogue.screens import Assurance, End, Step, go
from core.dialogue.turn import Turn
from core.identity.idle import idle
from core.identity.sim_swap import ask_sim_swap
from core.identity.step_up import Missing, has_step_up_code, still_to_prove
from core.kernel.texts import text


@action("wake.start", needs=Assurance.MEMBER, why="pin-why-private")
async def start(turn: Turn) -> Step:
    """The network is asked in any case; its answer comes while she reads the code."""
    await ask_sim_swap(turn.uow, phone=turn.me.phone, why="idle")
    found = await idle(turn.uow, member=turn.me.id, device=turn.incoming.device)
    if found is not None and found.by_recovery:
        return End(text("wake-another-sim"))
    approval = approval_of(turn)
    by_sms = await still_to_prove(turn.uow, member=turn.me.id, approval=approval) is Missing.CODE_BY_SMS
    if not by_sms or turn.channel.can_push or await has_step_up_code(turn.uow, member=turn.me.id, approval=approval):
        return go("step_up.start")
    await send(turn, again=False)
    return End(text("wake-code-sent", dial=turn.dial))
