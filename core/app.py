"""The only wiring: settings become an App by plain constructors. No container, no globals, no magic.

`open_app` gives what every process needs; `open_services` adds the outside world for the worker. Without DATABASE_URL or
REDIS_URL the embedded servers are started, or joined when another process of ours runs them already.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core.kernel.starting import all_is_there
from core.daos.group_chat_links import GroupChats
from core.dialogue.book import Book
from core.dialogue.checks import IdentityChecks
from core.dialogue.engine import Conversation
from core.dialogue.flows import FLOWS
from core.dialogue.phrases import phrases
from core.dialogue.shortcuts import check_shortcuts
from core.governance.effects import EFFECTS
from core.governance.executions import Executions
from core.identity.access_tokens import AccessTokens
from core.identity.codes import CodeGate
from core.identity.exposed_pins import ExposedPins
from core.identity.pins import PinGate
from core.kernel import embedded
from core.kernel.clock import Clock, SystemClock
from core.kernel.db import Database, as_role
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import Texts, catalogue
from core.ledger.batcher import Batcher, connector
from core.notifications.pacing import Pauses
from core.notifications.service import remember_live_message
from core.payments.inbox import ReadReport
from core.payments.shared_tokens import SharedTokens
from core.providers.daraja.reports import read_report
from core.providers.openid import OpenIdProvider
from core.providers.redis_store import RedisStore
from core.treasury.passing import carry_out_spend

if TYPE_CHECKING:
    from core.providers.africastalking_insights import AfricasTalkingInsights
    from core.providers.africastalking_sms import AfricasTalkingSms
    from core.providers.daraja.client import Daraja
    from core.providers.smtp import Smtp
    from core.providers.telegram_chat import TelegramChat


@dataclass(frozen=True)
class Addresses:
    """Where PostgreSQL and Redis are. `owner_url` is for migrations and operators, `database_url` for the processes.

    The processes take on the role that can't write the books but by posting: DATABASE_APP_ROLE, and embedded always.
    """

    database_url: str
    redis_url: str
    owner_url: str


@dataclass(frozen=True)
class App:
    """What the channels and the web process work with."""

    settings: Settings
    clock: Clock
    vault: Vault
    texts: Texts
    database: Database
    notes: RedisStore
    conversation: Conversation
    read_report: ReadReport
    pins: PinGate
    access_tokens: AccessTokens
    openid: Mapping[str, OpenIdProvider]

    @property
    def group_chats(self) -> GroupChats:
        """What is known of groups' chats."""
        return GroupChats(self.database)

    @property
    def exposed_pins(self) -> ExposedPins:
        """Looks at numbers that members write into groups."""
        return ExposedPins(self.database, self.pins)

    @property
    def pauses(self) -> Pauses:
        """Which chats Telegram wants left alone for a while."""
        return Pauses(self.database)

    async def remember_live_message(self, ref: UUID, chat: int, message_id: int) -> None:
        """Remember in which message the outcome of `ref` is to be told."""
        async with self.database.unit() as uow:
            await remember_live_message(uow, ref=ref, chat=chat, message_id=message_id)


@dataclass(frozen=True)
class Services:
    """What the worker's handlers work with: the outside world by its ports."""

    settings: Settings
    clock: Clock
    vault: Vault
    texts: Texts
    database: Database
    database_url: str
    sms: AfricasTalkingSms
    email: Smtp
    chat: TelegramChat
    sim_swap: AfricasTalkingInsights
    mobile_money: Daraja
    batcher: Batcher
    executions: Executions


# What follows from a vote, by the kind of proposal: whoever carries one out adds it here.
EXECUTIONS: Executions = {**EFFECTS, "spend": carry_out_spend}


@asynccontextmanager
async def addresses(settings: Settings) -> AsyncIterator[Addresses]:
    """The configured servers, or the embedded ones for as long as the block lasts. Raises EmbeddedFailed."""
    role = settings.database_app_role
    if settings.database_url and settings.redis_url:
        yield Addresses(as_role(settings.database_url, role), settings.redis_url, settings.database_url)
        return
    lease = await embedded.start(settings.home, postgres=settings.database_url is None, redis=settings.redis_url is None)
    try:
        owner = settings.database_url or lease.servers.database_url
        if settings.database_url is None:
            role = role or embedded.APPLICATION_ROLE
        yield Addresses(as_role(owner, role), settings.redis_url or lease.servers.redis_url, owner)
    finally:
        await lease.release()


def check_book(texts: Texts) -> Book:
    """The conversation's book, proven complete, with what members may write. Raises BrokenBook, BrokenPhrases."""
    book = Book(FLOWS)
    book.check(texts)
    check_shortcuts(book, phrases(), texts)
    return book


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Everything that a channel needs, closed at the end of the block."""
    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(addresses(settings))
        clock, vault, texts = SystemClock(), Vault(settings.secret_keys), catalogue()
        database = Database(
            where.database_url, clock=clock, ids=TimeOrderedIds(), vault=vault, dial=settings.africastalking.ussd_code
        )
        stack.push_async_callback(database.close)
        store = RedisStore(where.redis_url)
        stack.push_async_callback(store.aclose)
        hasher = PinHasher(vault)
        gate = PinGate(database, hasher)
        conversation = Conversation(
            database=database,
            store=store,
            gate=gate,
            checks=IdentityChecks(hasher, CodeGate(database), gate),
            book=check_book(texts),
            paybill=settings.daraja.shortcode,
            dial=settings.africastalking.ussd_code,
            most_dials=settings.most_dials,
        )
        access_tokens = AccessTokens(vault, clock)
        redirect = settings.oauth_redirect_url
        openid = {name: OpenIdProvider(one, redirect_url=redirect, clock=clock) for name, one in settings.openid.items()}
        yield App(
            settings,
            clock,
            vault,
            texts,
            database,
            store,
            conversation,
            read_report,
            pins=gate,
            access_tokens=access_tokens,
            openid=openid,
        )


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything that the worker needs, closed at the end of the block."""
    from core.providers.africastalking_insights import AfricasTalkingInsights
    from core.providers.africastalking_sms import AfricasTalkingSms
    from core.providers.daraja.client import Daraja, account_name
    from core.providers.smtp import Smtp
    from core.providers.telegram_chat import TelegramChat

    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(addresses(settings))
        clock, vault = SystemClock(), Vault(settings.secret_keys)
        database = Database(
            where.database_url, clock=clock, ids=TimeOrderedIds(), vault=vault, dial=settings.africastalking.ussd_code
        )
        stack.push_async_callback(database.close)
        sms = AfricasTalkingSms(settings.africastalking)
        chat = TelegramChat(settings.telegram)
        sim_swap = AfricasTalkingInsights(settings.africastalking)
        tokens = SharedTokens(database, account=account_name(settings.daraja))
        mobile_money = Daraja(settings.daraja, clock=clock, tokens=tokens)
        for provider in (sms, chat, mobile_money, sim_swap):
            stack.push_async_callback(provider.aclose)
        yield Services(
            settings=settings,
            clock=clock,
            vault=vault,
            texts=catalogue(),
            database=database,
            database_url=where.database_url,
            sms=sms,
            email=Smtp(settings.smtp_url, settings.mail_from),
            chat=chat,
            sim_swap=sim_swap,
            mobile_money=mobile_money,
            # It connects when it is first asked, and sends what still waits before the block ends.
            batcher=await stack.enter_async_context(Batcher(connector(where.database_url), clock=clock, ids=TimeOrderedIds())),
            executions=EXECUTIONS,
        )


all_is_there()
