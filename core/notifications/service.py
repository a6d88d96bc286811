"""Say something later: by SMS, by e-mail, in a chat.

Every verb only writes: the message and the job that sends it are in the caller's transaction, so what is decided is told and
what is rolled back isn't. The sentence is written out here, in the language of the one who reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import Text, catalogue
from core.notifications.cards import Receipt, card_of
from core.notifications.chat import remember_live_message, write_chat
from core.notifications.emails import write_email
from core.notifications.preferences import ALWAYS, Way, quiet_until, topic_of, way_for, ways_for
from core.notifications.sms import WantedSms, write_many_sms, write_sms
from core.notifications.spending import sms_spending

__all__ = [
    "CODE_TEMPLATE",
    "Reach",
    "Receipt",
    "queue_chat",
    "queue_code_sms",
    "queue_email",
    "queue_sms",
    "remember_live_message",
    "send_receipt",
    "sms_spending",
    "tell",
    "tell_all",
    "update_live_message",
]


@dataclass(frozen=True)
class Reach:
    """Where a member can be told something, and in which language. `chat`: her linked Telegram chat."""

    member: MemberId
    phone: Phone
    chat: int | None
    language: str


# What the delivery log shows in place of a code.
HIDDEN = "******"
CODE_TEMPLATE = "otp"


async def queue_sms(
    uow: UnitOfWork, *, to: Phone, what: Text, language: str, template: str, member: MemberId | None = None
) -> UUID:
    """Send an SMS; returns its id in the delivery log."""
    message = catalogue().say(language, what)
    return await write_sms(uow, to=to, message=message, template=template, member=member)


async def tell(
    uow: UnitOfWork,
    to: Reach,
    what: Text,
    *,
    template: str,
    in_chat: Text | None = None,
    receipt: Receipt | None = None,
    until: datetime | None = None,
) -> None:
    """News that no message of hers waits for, the way she wants to hear of it: in her chat if she has one, else by SMS.

    What isn't about her safety or her money waits until the morning. in_chat: the sentence for a chat, where it's another.
    receipt: what a picture shows beside it in a chat. until: when what it is about is over, and telling it is of no use.
    """
    way = await way_for(uow, member=to.member, template=template)
    await _tell_in_chat(uow, to, News(what, in_chat, receipt, until), way, template)
    if _by_sms(to, way):
        said = catalogue().say(to.language, what)
        later = quiet_until(template, uow.clock.now(), until=until)
        about = {"template": template, "member": to.member, "not_before": later, "send_before": until}
        await write_sms(uow, to=to.phone, message=said, **about)  # type: ignore[arg-type]


async def tell_all(
    uow: UnitOfWork, news: Sequence[tuple[Reach, Text]], *, template: str, until: datetime | None = None
) -> None:
    """`tell` for many, each her own sentence or all the same, in as many statements as for one."""
    ways = await ways_for(uow, members=[to.member for to, _ in news], template=template) if news else {}
    by_sms: list[WantedSms] = []
    said: dict[tuple[str, int], str] = {}
    for to, what in news:
        way = ways.get(to.member, "any")
        await _tell_in_chat(uow, to, News(what, until=until), way, template)
        if _by_sms(to, way):
            # One sentence for all is written out once for each language.
            here = (to.language, id(what))
            said[here] = said[here] if here in said else catalogue().say(to.language, what)
            by_sms.append(WantedSms(to.phone, to.member, said[here]))
    later = quiet_until(template, uow.clock.now(), until=until)
    await write_many_sms(uow, by_sms, template=template, not_before=later, send_before=until)


@dataclass(frozen=True)
class News:
    """What is told; `in_chat`, `receipt` and `until` as in tell."""

    what: Text
    in_chat: Text | None = None
    receipt: Receipt | None = None
    until: datetime | None = None


def _by_sms(to: Reach, way: Way) -> bool:
    return way in {"sms", "both"} or (to.chat is None and way != "none")


async def _tell_in_chat(uow: UnitOfWork, to: Reach, news: News, way: Way, template: str) -> None:
    """Nothing for whoever has no chat, or wants to hear of it otherwise."""
    if to.chat is None or way in {"sms", "none"}:
        return
    said = catalogue().say(to.language, news.in_chat or news.what)
    fallback = (to.phone, catalogue().say(to.language, news.what, short=True)) if way != "both" else None
    card = card_of(news.receipt, to.language) if news.receipt else None
    many, later = topic_of(template) not in ALWAYS, quiet_until(template, uow.clock.now(), until=news.until)
    place = {"fallback": fallback, "member": to.member, "not_before": later, "send_before": news.until}
    await write_chat(uow, chat=to.chat, message=said, card=card, is_broadcast=many, **place)  # type: ignore[arg-type]


async def queue_code_sms(
    uow: UnitOfWork,
    *,
    to: Phone,
    what: Text,
    language: str,
    code: str,
    lifetime: timedelta,
    template: str = CODE_TEMPLATE,
    member: MemberId | None = None,
) -> UUID:
    """Send a code; `what` gets it as its argument `code`. It's never sent twice, and not after its lifetime.

    The delivery log shows stars in its place; the real text is sealed until it's sent, then forgotten.
    """
    said = catalogue().say(language, Text(what.key, {**what.args, "code": code}))
    shadow = catalogue().say(language, Text(what.key, {**what.args, "code": HIDDEN}))
    return await write_sms(
        uow,
        to=to,
        message=shadow,
        template=template,
        member=member,
        secret_message=said,
        send_before=uow.clock.now() + lifetime,
    )


async def queue_email(
    uow: UnitOfWork,
    *,
    to: str,
    subject: Text,
    body: Text,
    language: str,
    template: str,
    member: MemberId | None = None,
) -> UUID:
    """Send an e-mail; returns its id in the delivery log."""
    said = catalogue().say(language, subject), catalogue().say(language, body)
    return await write_email(uow, to=to, subject=said[0], body=said[1], template=template, member=member)


async def queue_chat(
    uow: UnitOfWork,
    *,
    chat: int,
    what: Text,
    language: str,
    fallback: Phone | None = None,
    member: MemberId | None = None,
) -> UUID:
    """Send a new chat message. If the chat can't be reached, `fallback` is told by SMS."""
    return await _tell(uow, chat=chat, what=what, language=language, ref=None, fallback=fallback, member=member)


async def send_receipt(
    uow: UnitOfWork, *, chat: int, what: Text, receipt: Receipt, language: str, member: MemberId | None = None
) -> UUID:
    """A receipt as a new message in a chat: the picture, and the sentence below it (alone, where a picture fails)."""
    said = catalogue().say(language, what)
    return await write_chat(uow, chat=chat, message=said, member=member, card=card_of(receipt, language))


async def update_live_message(
    uow: UnitOfWork,
    *,
    ref: UUID,
    chat: int,
    what: Text,
    language: str,
    fallback: Phone | None = None,
    member: MemberId | None = None,
) -> UUID:
    """Change the message that shows `ref`; where there's none (any more), send a new one. `fallback` as in queue_chat."""
    return await _tell(uow, chat=chat, what=what, language=language, ref=ref, fallback=fallback, member=member)


async def _tell(
    uow: UnitOfWork,
    *,
    chat: int,
    what: Text,
    language: str,
    ref: UUID | None,
    fallback: Phone | None,
    member: MemberId | None,
) -> UUID:
    said = catalogue().say(language, what)
    by_phone = (fallback, catalogue().say(language, what, short=True)) if fallback else None
    return await write_chat(uow, chat=chat, message=said, ref=ref, fallback=by_phone, member=member)
