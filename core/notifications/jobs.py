"""The worker's part: claim in one unit, call the carrier in none, record the outcome in another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.kernel.db import Database
from core.notifications.cards import CHECK, Card
from core.notifications.chat import DELIVER_CHAT, OutgoingChat, claim_chat, record_chat
from core.notifications.drawing import card_png
from core.notifications.emails import DELIVER_EMAIL, claim_email, record_email
from core.notifications.ports import BLOCKED, GONE, ChatSender, EmailSender, Outcome, Rejected, SmsSender
from core.notifications.sms import DELIVER_SMS, SmsReport, claim_sms, record_sms, record_sms_report

REPORT_AGAIN = "record-sms-report"

log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...
    @property
    def sms(self) -> SmsSender: ...
    @property
    def email(self) -> EmailSender: ...
    @property
    def chat(self) -> ChatSender: ...


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]


async def deliver_sms(services: Services, payload: dict[str, Any]) -> None:
    """Send one SMS."""
    sms = UUID(payload["id"])
    async with services.database.unit() as uow:
        outgoing = await claim_sms(uow, sms=sms)
    if outgoing is None:
        return
    outcome = await services.sms.send(to=outgoing.to, message=outgoing.message)
    async with services.database.unit() as uow:
        await record_sms(uow, sms=sms, outcome=outcome)


async def deliver_email(services: Services, payload: dict[str, Any]) -> None:
    """Send one e-mail."""
    email = UUID(payload["id"])
    async with services.database.unit() as uow:
        outgoing = await claim_email(uow, email=email)
    if outgoing is None:
        return
    outcome = await services.email.send(to=outgoing.to, subject=outgoing.subject, body=outgoing.body)
    async with services.database.unit() as uow:
        await record_email(uow, email=email, outcome=outcome)


async def deliver_chat(services: Services, payload: dict[str, Any]) -> None:
    """Send or change one chat message."""
    message = UUID(payload["id"])
    async with services.database.unit() as uow:
        outgoing = await claim_chat(uow, message=message)
    if outgoing is None:
        return
    outcome = await _show(services.chat, outgoing)
    async with services.database.unit() as uow:
        await record_chat(uow, message=message, outcome=outcome)


async def _show(chat: ChatSender, outgoing: OutgoingChat) -> Outcome:
    if outgoing.message_id is not None:
        outcome = await chat.edit(chat=outgoing.chat, message_id=outgoing.message_id, message=outgoing.message)
        if not (isinstance(outcome, Rejected) and outcome.reason == GONE):
            return outcome
    if outgoing.card is None:
        return await chat.send(chat=outgoing.chat, message=outgoing.message)
    return await _show_card(chat, outgoing, outgoing.card)


async def _show_card(chat: ChatSender, outgoing: OutgoingChat, card: Card) -> Outcome:
    """The picture with the words below it; the words alone where there can't be a picture, or where it may be there already."""
    said = outgoing.message
    if outgoing.is_copy:
        return await chat.send(chat=outgoing.chat, message=f"{card.copy}\n{said}")
    try:
        link = await chat.link(f"{CHECK}{card.code}") if card.code else ""
        picture = await asyncio.to_thread(card_png, card, link=link)
    except Exception as problem:  # noqa: BLE001 - whatever a picture fails of, the words are what matters
        log.warning("a card could not be drawn: %s", type(problem).__name__)
        return await chat.send(chat=outgoing.chat, message=said)
    outcome = await chat.send_picture(chat=outgoing.chat, content=picture, message=said)
    refused = isinstance(outcome, Rejected) and not outcome.retry and outcome.reason != BLOCKED
    return await chat.send(chat=outgoing.chat, message=said) if refused else outcome


async def report_again(services: Services, payload: dict[str, Any]) -> None:
    """Look once more for the message of a report that came before its send was recorded."""
    report = SmsReport(**payload)
    async with services.database.unit() as uow:
        known = await record_sms_report(uow, report=report)
    if not known:
        log.warning("delivery report for an SMS that isn't known: %s", report.status)


JOBS: dict[str, Handler] = {
    DELIVER_SMS: deliver_sms,
    DELIVER_EMAIL: deliver_email,
    DELIVER_CHAT: deliver_chat,
    REPORT_AGAIN: report_again,
}
