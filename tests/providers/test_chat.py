"""Chats: one contract for the carrier in memory and the real adapter, then Telegram's own words."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from core.kernel.settings import TelegramSettings
from core.notifications.ports import BLOCKED, GONE, Accepted, Outcome, Rejected, Unknown
from core.providers.telegram_chat import NotAnswering, TelegramChat, _of_error
from tests.providers.carriers import NOBODY_LISTENS, ChatTwin, Messenger, PlayedTelegram, played_telegram

# The library warns about the future type of an attribute whenever Telegram asks to slow down.
pytestmark = pytest.mark.filterwarnings("ignore:.*attribute `retry_after`")


@pytest.fixture(params=["twin", "telegram"])
async def messenger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Messenger]:
    if request.param == "twin":
        yield ChatTwin()
        return
    async with played_telegram(tmp_path) as played:
        yield played


async def send(messenger: Messenger, message: str = "Habari") -> Outcome:
    return await messenger.port.send(chat=messenger.chat, message=message)


async def edit(messenger: Messenger, message_id: int, message: str = "Imelipwa") -> Outcome:
    return await messenger.port.edit(chat=messenger.chat, message_id=message_id, message=message)


async def test_message_when_sent_then_shown_and_can_be_edited_by_its_id(messenger: Messenger) -> None:
    sent = await send(messenger)
    assert isinstance(sent, Accepted)
    assert await edit(messenger, int(sent.message_id)) == sent
    assert messenger.shown() == ["Imelipwa"]


async def test_edit_when_content_is_the_same_already_then_accepted(messenger: Messenger) -> None:
    sent = await send(messenger, "Imelipwa")
    assert isinstance(sent, Accepted)
    assert await edit(messenger, int(sent.message_id)) == sent
    assert messenger.shown() == ["Imelipwa"]


@pytest.mark.parametrize("message", ["<b>x</b> & <a href='tg://y'>z</a>", "*x* _y_ [z](tg://y) `w`", "5 < 7 > 3 \\ ' \""])
async def test_message_when_it_looks_like_markup_then_shown_literally(messenger: Messenger, message: str) -> None:
    assert isinstance(await send(messenger, message), Accepted)
    assert messenger.shown() == [message]


async def test_edit_when_message_is_gone_then_says_gone(messenger: Messenger) -> None:
    message = messenger.say("waiting")
    messenger.delete(message)
    assert await edit(messenger, message) == Rejected(GONE)
    assert messenger.shown() == []


async def test_call_when_chat_is_closed_then_says_blocked(messenger: Messenger) -> None:
    message = messenger.say("waiting")
    await messenger.block()
    assert await send(messenger) == Rejected(BLOCKED)
    assert await edit(messenger, message) == Rejected(BLOCKED)
    assert messenger.shown() == ["waiting"]


async def test_document_when_sent_then_accepted_and_when_chat_is_closed_then_blocked(messenger: Messenger) -> None:
    document = {"chat": messenger.chat, "name": "mtaa-my-data.json", "content": b'{"account": []}'}
    assert isinstance(await messenger.port.send_document(**document), Accepted)
    await messenger.block()
    assert await messenger.port.send_document(**document) == Rejected(BLOCKED)


async def test_call_when_too_many_then_rejected_with_the_time_to_wait(messenger: Messenger) -> None:
    messenger.slow_down(7)
    outcome = await send(messenger)
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, outcome.after, messenger.shown()) == (True, timedelta(seconds=8), [])


async def test_call_when_service_breaks_down_then_unknown(messenger: Messenger) -> None:
    messenger.break_down()
    assert isinstance(await send(messenger), Unknown)


async def test_call_when_answer_is_lost_then_unknown_although_it_arrived(messenger: Messenger) -> None:
    messenger.lose_the_answer()
    assert isinstance(await send(messenger), Unknown)
    assert messenger.shown() == ["Habari"]


async def test_edit_when_answer_is_lost_and_repeated_then_accepted(messenger: Messenger) -> None:
    message = messenger.say("waiting")
    messenger.lose_the_answer()
    assert isinstance(await edit(messenger, message), Unknown)
    assert await edit(messenger, message) == Accepted(str(message))
    assert messenger.shown() == ["Imelipwa"]


async def test_call_when_service_cannot_be_reached_then_rejected_until_later(messenger: Messenger) -> None:
    messenger.go_away()
    outcome = await send(messenger)
    assert isinstance(outcome, Rejected)
    assert (outcome.retry, messenger.shown()) == (True, [])


# From here on: the adapter alone.


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[PlayedTelegram]:
    async with played_telegram(tmp_path) as company:
        yield company


async def test_edit_when_message_has_buttons_then_they_go(played: PlayedTelegram) -> None:
    message = played.say("Confirm?")
    assert played.messages()[0].inline
    await edit(played, message)
    assert not played.messages()[0].inline


async def test_message_when_longer_than_telegram_takes_then_cut(played: PlayedTelegram) -> None:
    assert isinstance(await send(played, "x" * 5000), Accepted)
    assert len(played.shown()[0]) == 4096


async def test_chat_when_the_bot_never_met_it_then_blocked(played: PlayedTelegram) -> None:
    assert await played.port.send(chat=999_999, message="x") == Rejected(BLOCKED)


async def test_ping_when_bot_answers_then_its_name(played: PlayedTelegram) -> None:
    assert await played.port.ping() == "mtaa_practice_bot"


async def test_token_when_refused_then_rejected_until_put_right_and_ping_says_so(played: PlayedTelegram) -> None:
    port = TelegramChat(TelegramSettings(token="7000000001:wrong", base_url=played.settings.base_url))
    outcome = await port.send(chat=played.chat, message="x")
    assert isinstance(outcome, Rejected)
    assert outcome.retry
    with pytest.raises(NotAnswering):
        await port.ping()
    await port.aclose()


async def test_bot_when_none_is_configured_then_rejected_and_ping_is_quiet() -> None:
    port = TelegramChat(TelegramSettings(base_url=NOBODY_LISTENS))
    assert isinstance(await port.send(chat=1, message="x"), Rejected)
    assert isinstance(await port.edit(chat=1, message_id=2, message="x"), Rejected)
    assert await port.ping() == ""
    await port.aclose()


async def test_calls_when_logged_by_our_own_rules_then_never_with_the_token(
    played: PlayedTelegram, capsys: pytest.CaptureFixture[str]
) -> None:
    from core.kernel.logs import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        await send(played)
        played.break_down()
        await send(played)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    written = capsys.readouterr().err
    assert written
    assert played.settings.token.partition(":")[2] not in written


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BadRequest("Message to edit not found"), Rejected(GONE)),
        (BadRequest("Message can't be edited"), Rejected(GONE)),
        (BadRequest("MESSAGE_ID_INVALID"), Rejected(GONE)),
        (BadRequest("Chat not found"), Rejected(BLOCKED)),
        (BadRequest("Message text is empty"), Rejected("message text is empty")),
        (Forbidden("Forbidden: user is deactivated"), Rejected(BLOCKED)),
        (Forbidden("Forbidden: bot was blocked by the user"), Rejected(BLOCKED)),
        (ChatMigrated(-100), Rejected(BLOCKED)),
        (InvalidToken(), Rejected("the bot's token is refused", retry=True)),
        (TimedOut(), Unknown("TimedOut")),
        (NetworkError("Bad Gateway"), Unknown("NetworkError")),
        (TelegramError("Invalid server response"), Unknown("TelegramError")),
    ],
)
def test_refusal_when_in_telegrams_words_then_understood(error: TelegramError, outcome: Outcome) -> None:
    assert _of_error(error) == outcome
