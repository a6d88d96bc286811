"""One more proof besides the PIN: a code of her authenticator, a backup code, or a code by SMS where she has none.

Whatever wants it names what is approved, and comes back here by itself: the walk leads to `step_up.start` and this leads back.
A feature phone can't read an SMS during a session, so there she may hang up, read it, and continue after dialling again.
"""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Again, Asks, Assurance, End, Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.approvals import Approval
from core.identity.step_up import Missing, send_step_up_code, still_to_prove
from core.kernel.texts import text


def approval_of(turn: Turn) -> Approval:
    """What she is about to approve."""
    return Approval.kept(turn.values["approving"])


async def send(turn: Turn, *, again: bool) -> None:
    """Have the SMS sent. Raises TooManyCodes, CodesUnavailable."""
    requester, approval = turn.incoming.device, approval_of(turn)
    await send_step_up_code(
        turn.uow, member=turn.me, approval=approval, language=turn.language, requester=requester, again=again
    )


@action("step_up.start", needs=Assurance.MEMBER, why="pin-why-private")
async def start(turn: Turn) -> Step:
    """Find out what she can prove it with."""
    match await still_to_prove(turn.uow, member=turn.me.id, approval=approval_of(turn)):
        case Missing.CODE_BY_SMS:
            await send(turn, again=False)
            return go("step_up.sms")
        case Missing.AUTHENTICATOR:
            return go("step_up.app")
        case Missing.ENROLMENT:
            return End(text("step-up-enrol"))
        case Missing.NOTHING:
            return Go(str(turn.values["approved_for"]))


@screen("step_up.sms")
async def ask_sms(turn: Turn) -> Screen:
    """The code from the SMS, which says what it approves."""
    again = option("again", text("step-up-again"))
    how = () if turn.channel.can_push else (text("step-up-sms-how", dial=turn.dial),)
    return Screen(text("step-up-sms", approval=approval_of(turn).said()), rows=how, asks=Asks.CODE, choices=(again,))


@ask_sms.answered
async def take_sms(turn: Turn, code: str) -> Step:
    """On to what she wanted, or a new code."""
    if code != "again":
        return await guessed(turn, code)
    await send(turn, again=True)
    return Again(text("step-up-sent"))


@screen("step_up.app")
async def ask_app(turn: Turn) -> Screen:
    """The code of her app; a backup code for when the app is not at hand."""
    lost = option("lost", text("step-up-lost"))
    return Screen(text("step-up-app", approval=approval_of(turn).said()), asks=Asks.CODE, choices=(lost,))


@ask_app.answered
async def take_app(turn: Turn, code: str) -> Step:
    """On to what she wanted, or to the way back for whoever can't show any such code any more."""
    return go("recovery.lost_app") if code == "lost" else await guessed(turn, code)


async def guessed(turn: Turn, code: str) -> Step:
    """Check the code; what it approved is remembered for this very action, not in the session."""
    outcome = await turn.checks.check_step_up(member=turn.me.id, approval=approval_of(turn), code=code, event=turn.event)
    match outcome.verdict:
        case "right":
            return Go(str(turn.values["approved_for"]), settled=True)
        case "wrong":
            return Again(text("link-code-wrong", tries=outcome.tries_left))
        case "used":
            return Again(text("step-up-used"))
        case "expired":
            return Again(text("step-up-expired"))
        case _:
            return End(text("step-up-locked"))
