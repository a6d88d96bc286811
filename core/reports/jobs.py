"""The worker's part: sends documents where they were asked for, forgets whose time has come, reports to the operator."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from core.identity.addresses import email_of
from core.identity.erasure import due_erasures, erase, postpone_erasure
from core.identity.members import locked
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.settings import Settings
from core.kernel.texts import catalogue, text
from core.notifications.cards import CHECK
from core.notifications.documents import has_turn, went
from core.notifications.emails import write_email
from core.notifications.ports import ChatSender
from core.reports.daily import publish_daily, yesterday
from core.reports.daily_text import headline
from core.reports.group.figures import Period, group_statement
from core.reports.group.table import as_csv
from core.reports.member_data import as_document, collect
from core.reports.obligations import what_keeps
from core.reports.own.chart import as_chart
from core.reports.own.figures import own_statement

SEND_DATA, MAIL_DATA, ERASE_DUE = "send-member-data", "mail-member-data", "erase-due-members"
SEND_OWN, OWN_DOCUMENT = "send-own-statement", "mtaa-statement.pdf"
SEND_STATEMENT, REPORT_DAY = "send-group-statement", "report-day"
DOCUMENT = "mtaa-my-data.json"
AT_ONCE = 20

log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...
    @property
    def chat(self) -> ChatSender: ...
    @property
    def settings(self) -> Settings: ...


async def send_data(services: Services, payload: dict[str, Any]) -> None:
    """Send the document to her private chat. Raises TryAgain. Nothing of it is stored on the way."""
    member = MemberId(UUID(payload["member"]))
    chat = int(payload["chat"])
    async with services.database.unit() as uow:
        if not await has_turn(uow, SEND_DATA, payload):
            return
        content = as_document(await collect(uow, member=member)).encode()
    outcome = await services.chat.send_document(chat=chat, name=DOCUMENT, content=content)
    await went(services.database, chat=chat, outcome=outcome)
    log.info("the data of member %s: %s", member, type(outcome).__name__)


async def send_statement(services: Services, payload: dict[str, Any]) -> None:
    """Send a group's statement to a member's private chat, to print and as a table. Raises TryAgain; NotAMember when she left.

    A second send of the same document, after a crash between the two, does no harm.
    """
    days = Period(date.fromisoformat(payload["first"]), date.fromisoformat(payload["last"]))
    group, member = DaoId(UUID(payload["group"])), MemberId(UUID(payload["member"]))
    chat, language = int(payload["chat"]), payload["language"]
    async with services.database.unit() as uow:
        if not await has_turn(uow, SEND_STATEMENT, payload, pieces=2):
            return
        found = await group_statement(uow, viewer=member, group=group, period=days)
    # Whoever only asks for these jobs starts sooner without what draws pages.
    from core.reports.group.pages import as_pdf

    documents = {"pdf": as_pdf(found, language=language), "csv": as_csv(found, language=language)}
    for ending, content in documents.items():
        name = f"{days.first}-{days.last}.{ending}"
        outcome = await services.chat.send_document(chat=chat, name=name, content=content)
        await went(services.database, chat=chat, outcome=outcome)


async def send_own(services: Services, payload: dict[str, Any]) -> None:
    """Send a member her chart and, unless only that is wanted, her statement, neither to be passed on. Raises TryAgain.

    A second send of the same, after a crash between the two, does no harm.
    """
    chat, language = int(payload["chat"]), payload["language"]
    only_chart = bool(payload.get("only_chart"))
    async with services.database.unit() as uow:
        if not await has_turn(uow, SEND_OWN, payload, pieces=1 if only_chart else 2):
            return
        found = await own_statement(uow, member=MemberId(UUID(payload["member"])))
    now = found.months[-1]
    said = catalogue().say(language, text("own-chart-caption", mine=now.own, total=now.saved))
    picture = await asyncio.to_thread(as_chart, found, language=language)
    outcome = await services.chat.send_picture(chat=chat, content=picture, message=said, protected=True)
    await went(services.database, chat=chat, outcome=outcome)
    if only_chart:
        return
    from core.reports.own.pages import as_pdf as own_pdf

    link = await services.chat.link(f"{CHECK}{found.lines[-1].code}") if found.lines else ""
    document = await asyncio.to_thread(own_pdf, found, language=language, link=link)
    outcome = await services.chat.send_document(chat=chat, name=OWN_DOCUMENT, content=document, protected=True)
    await went(services.database, chat=chat, outcome=outcome)


async def mail_data(services: Services, payload: dict[str, Any]) -> None:
    """Send the document to her proven e-mail, if she has one (still); its row is sealed until it is sent."""
    member = MemberId(UUID(payload["member"]))
    async with services.database.unit() as uow:
        address = await email_of(uow, member=member)
        if address is None:
            return
        subject = payload["subject"]
        body = as_document(await collect(uow, member=member))
        await write_email(uow, to=address, subject=subject, body=body, template="member_data", member=member)


async def erase_due(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Forget whose waiting time is over, each in a unit of her own; who still has something open waits longer."""
    async with services.database.unit() as uow:
        due = await due_erasures(uow, limit=AT_ONCE)
    for member in due:
        try:
            await _erase_or_postpone(services, member)
        except DBAPIError as problem:
            # Money came in at this very moment (the database refuses then), or units waited in a circle. It is looked at again.
            log.warning("a member was not forgotten this time: %s", type(problem.orig).__name__)


async def _erase_or_postpone(services: Services, member: MemberId) -> None:
    async with services.database.unit() as uow:
        await locked(uow, member)
        reason = await what_keeps(uow, member=member)
        if reason is None:
            await erase(uow, member=member)
        else:
            await postpone_erasure(uow, member=member, reason=reason)


async def report_day(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Publish the operator's report of yesterday, and send it to whoever is to read it; once, however often this runs."""
    async with services.database.unit() as uow:
        row = await publish_daily(uow, day=yesterday(uow.clock.now()), recipients=services.settings.operator_emails)
    log.info("the report of %s: %s", row.period_start.date(), headline(row.report_data))


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {
    SEND_DATA: send_data,
    MAIL_DATA: mail_data,
    SEND_STATEMENT: send_statement,
    SEND_OWN: send_own,
    ERASE_DUE: erase_due,
    REPORT_DAY: report_day,
}
# In cron's notation (UTC): the report is there at seven in the morning in East Africa.
REGULARLY = {ERASE_DUE: "7 * * * *", REPORT_DAY: "0 4 * * *"}
