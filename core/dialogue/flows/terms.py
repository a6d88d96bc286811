"""When the terms change she is asked again, before anything else; her data and the way out stay open to her."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue.definitions import screen
from core.dialogue.screens import End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.consents import CONSENT_VERSION, agree
from core.kernel.texts import text


@screen("terms.renew")
async def ask_renew(_turn: Turn) -> Screen:
    """What changed is the same screen as at registration: what is kept and why."""
    return Screen(
        text("terms-changed"),
        choices=(
            option("agree", text("terms-agree")),
            option("later", text("terms-later")),
            option("data", text("account-data")),
        ),
    )


@ask_renew.answered
async def take_renew(turn: Turn, chosen: str) -> Step:
    """Nothing is written down without her word."""
    if chosen == "data":
        return go("data.menu")
    if chosen != "agree":
        return End(text("terms-not-agreed", dial=turn.dial))
    await agree(turn.uow, member=turn.me.id, version=CONSENT_VERSION, language=turn.language, channel=turn.channel.name)
    turn.member = replace(turn.me, consent=CONSENT_VERSION)
    return go("home")
