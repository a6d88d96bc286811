"""Receipts that stay: in a chat as a picture of its own, on a phone by SMS, since the session may drop on the very screen."""

from __future__ import annotations

from core.dialogue.turn import Turn
from core.kernel.texts import Text
from core.notifications.service import Receipt, queue_sms, send_receipt


async def keep_receipt(turn: Turn, done: Text, receipt: Receipt, *, template: str) -> None:
    """Send her what she can keep. Call it once for each payment; `done` is the sentence that she also sees now."""
    chat = turn.incoming.chat
    if turn.channel.can_show_image and chat is not None:
        await send_receipt(turn.uow, chat=chat, what=done, receipt=receipt, language=turn.language, member=turn.me.id)
    elif not turn.channel.can_push:
        await queue_sms(turn.uow, to=turn.me.phone, what=done, language=turn.language, template=template, member=turn.me.id)
