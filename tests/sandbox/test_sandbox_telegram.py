"""The Bot API as python-telegram-bot's own client sees it."""

import asyncio
import struct
import zlib
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

WANJIRU, OTIENO = "254712000001", "254722000002"
CHAT, OTHER = 1712000001, 1722000002
TOKEN = "7000000001:sandbox-practice-bot-token-0000000"
PAY = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Confirm", callback_data="op:1"), InlineKeyboardButton("Cancel", callback_data="op:0")]]
)


def picture(width=3, height=2):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xff\x00\x00" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
async def bot(box):
    base = box.addresses["telegram"]
    made = Bot(
        TOKEN,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(read_timeout=30),
        get_updates_request=HTTPXRequest(read_timeout=30),
    )
    async with made:
        yield made


@pytest.fixture
async def started(bot, control):
    """Wanjiru has pressed Start and the bot has read it."""
    await control.act(WANJIRU, "telegram/text", text="/start")
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    return update


async def chat(control, phone=WANJIRU):
    return (await control.person(phone))["telegram"]


async def test_me_is_a_bot_with_the_tokens_id(bot):
    assert (bot.id, bot.username, bot.bot.is_bot) == (7000000001, "mtaa_practice_bot", True)


async def test_token_when_wrong_is_refused(box):
    stranger = Bot("7000000001:another-token", base_url=f"{box.addresses['telegram']}/bot")

    with pytest.raises(InvalidToken):
        await stranger.initialize()

    await stranger.shutdown()


async def test_update_when_a_person_writes_tells_who_and_what(started):
    message = started.message

    assert (message.text, message.chat.id, message.chat.type, message.from_user.id) == ("/start", CHAT, "private", CHAT)
    assert (message.from_user.first_name, message.from_user.language_code) == ("Wanjiru", "en")
    assert [(entity.type, entity.offset, entity.length) for entity in message.entities] == [("bot_command", 0, 6)]


async def test_send_when_html_shows_text_with_entities(bot, control, started):
    sent = await bot.send_message(CHAT, "<b>Habari</b> &amp; 😀 <i>karibu</i> <b> </b>", parse_mode="HTML")

    assert sent.text == "Habari & 😀 karibu"
    assert sent.parse_entities() == {sent.entities[0]: "Habari", sent.entities[1]: "karibu"}
    assert sent.from_user.id == bot.id
    shown = (await chat(control))["messages"][-1]
    assert (shown["id"], shown["out"], shown["edited"]) == (sent.message_id, False, False)
    assert shown["html"] == "<b>Habari</b> &amp; 😀 <i>karibu</i>"


async def test_send_when_chat_was_never_started_is_refused(bot):
    for chat_id in (CHAT, 42, "@nobody", -100123):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(chat_id, "hello")


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("", {}, "Message text is empty"),
        ("  \n ", {}, "Text must be non-empty"),
        ("a" * 4097, {}, "Message is too long"),
        ("<b>a", {"parse_mode": "HTML"}, "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
        ("<p>a</p>", {"parse_mode": "HTML"}, 'Can\'t parse entities: unsupported start tag "p" at byte offset 0'),
        ("é <b>a</i>", {"parse_mode": "HTML"}, "Can't parse entities: unmatched end tag at byte offset 7"),
        ("a</b>", {"parse_mode": "HTML"}, "Can't parse entities: unexpected end tag at byte offset 1"),
        ("a <b", {"parse_mode": "HTML"}, "Can't parse entities: unclosed start tag at byte offset 2"),
        ("1 < 2", {"parse_mode": "HTML"}, 'Can\'t parse entities: unsupported start tag "" at byte offset 2'),
        ("<a href>x</a>", {"parse_mode": "HTML"}, "Expected equal sign"),
        ("*a*", {"parse_mode": "MarkdownV2"}, "Unsupported parse_mode"),
    ],
)
async def test_send_when_text_is_wrong_is_refused_in_telegrams_words(bot, started, text, more, words):
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(CHAT, text, **more)

    assert words.lower() in str(refused.value).lower()


async def test_send_when_text_is_longest_is_taken(bot, started):
    assert len((await bot.send_message(CHAT, "<b>" + "ê" * 4096 + "</b>", parse_mode="HTML")).text) == 4096


async def test_send_when_too_many_buttons_is_refused(bot, started):
    rows = [[InlineKeyboardButton(str(n), callback_data=str(n))] for n in range(101)]

    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(CHAT, "hi", reply_markup=InlineKeyboardMarkup(rows))


async def test_buttons_when_sent_are_shown_by_what_they_do(bot, control, started):
    rows = [
        [InlineKeyboardButton("Pay", callback_data="é" * 32), InlineKeyboardButton("Help", url="https://example.com/help")],
        [InlineKeyboardButton("Copy", copy_text=CopyTextButton("174379"))],
    ]
    await bot.send_message(CHAT, "hi", reply_markup=InlineKeyboardMarkup(rows))

    assert (await chat(control))["messages"][-1]["buttons"] == [
        [{"text": "Pay", "data": "é" * 32}, {"text": "Help", "url": "https://example.com/help"}],
        [{"text": "Copy", "copy": "174379"}],
    ]


async def test_edit_when_text_changes_keeps_the_message_and_drops_old_buttons(bot, control, started):
    sent = await bot.send_message(CHAT, "asked", reply_markup=PAY)

    edited = await bot.edit_message_text("paid", CHAT, sent.message_id)

    assert (edited.message_id, edited.text, edited.reply_markup) == (sent.message_id, "paid", None)
    assert edited.edit_date is not None
    shown = (await chat(control))["messages"][-1]
    assert (shown["text"], shown["edited"], shown["buttons"]) == ("paid", True, [])


async def test_edit_when_nothing_changes_is_refused(bot, started):
    sent = await bot.send_message(CHAT, "same", reply_markup=PAY)

    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup are exactly"):
        await bot.edit_message_text("same", CHAT, sent.message_id, reply_markup=PAY)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(CHAT, sent.message_id, reply_markup=PAY)
    assert (await bot.edit_message_reply_markup(CHAT, sent.message_id)).reply_markup is None


async def test_edit_when_message_cannot_be_edited_is_refused(bot, started):
    keyed = await bot.send_message(CHAT, "share?", reply_markup=ReplyKeyboardMarkup([["Yes"]]))
    photo = await bot.send_photo(CHAT, picture())

    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", CHAT, 9999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", CHAT, started.message.message_id)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", CHAT, keyed.message_id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", CHAT, photo.message_id)


async def test_delete_when_young_takes_anybodys_message_away(bot, control, started):
    sent = await bot.send_message(CHAT, "secret")

    assert await bot.delete_message(CHAT, sent.message_id)
    assert await bot.delete_message(CHAT, started.message.message_id)

    assert (await chat(control))["messages"] == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(CHAT, sent.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", CHAT, sent.message_id)


async def test_delete_when_two_days_old_is_refused(bot, control, started):
    sent = await bot.send_message(CHAT, "old")
    await control.post("clock", advance_seconds=48 * 3600 + 1)

    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(CHAT, sent.message_id)


async def test_delete_messages_when_some_are_gone_passes_over_them(bot, control, started):
    sent = [await bot.send_message(CHAT, str(number)) for number in range(2)]

    assert await bot.delete_messages(CHAT, [sent[0].message_id, 9999])

    assert [message["text"] for message in (await chat(control))["messages"]] == ["/start", "1"]


async def test_tap_when_button_is_there_arrives_and_can_be_answered_once(bot, control, started):
    sent = await bot.send_message(CHAT, "Deposit?", reply_markup=PAY)
    person = await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:1")
    assert person["telegram"]["tapping"] == {"message": sent.message_id, "data": "op:1"}

    (update,) = await bot.get_updates()
    query = update.callback_query
    assert (query.data, query.from_user.id, query.message.message_id, query.message.text) == (
        "op:1",
        CHAT,
        sent.message_id,
        "Deposit?",
    )
    assert query.message.reply_markup == PAY
    await bot.answer_callback_query(query.id, "Asked your phone", show_alert=True)

    shown = await chat(control)
    assert (shown["toast"], shown["tapping"]) == ({"text": "Asked your phone", "alert": True}, None)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query.id, "a" * 201)


async def test_tap_when_answered_too_late_is_refused(bot, control, started):
    sent = await bot.send_message(CHAT, "Deposit?", reply_markup=PAY)
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:1")
    (update,) = await bot.get_updates()
    await control.post("clock", advance_seconds=151)

    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await bot.answer_callback_query(update.callback_query.id)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("77")
    assert await bot.get_updates() == ()


async def test_tap_when_there_is_no_such_button_only_goes_through_forged(bot, control, started):
    sent = await bot.send_message(CHAT, "Deposit?", reply_markup=PAY)
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:2", expect=409)
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:2", forged=True)
    await control.act(WANJIRU, "telegram/tap", message=9999, data="op:1", forged=True)

    first, second = await bot.get_updates()

    assert (first.callback_query.data, first.callback_query.message.text) == ("op:2", "Deposit?")
    assert not second.callback_query.message.is_accessible


async def test_reply_keyboard_when_used_once_goes_away_and_can_be_removed(bot, control, started):
    keyboard = ReplyKeyboardMarkup(
        [[KeyboardButton("Share my number", request_contact=True)]], one_time_keyboard=True, resize_keyboard=True
    )
    sent = await bot.send_message(CHAT, "Your number?", reply_markup=keyboard)
    assert sent.reply_markup is None  # only inline keyboards come back
    shown = (await chat(control))["keyboard"]
    assert shown["keyboard"] == [[{"text": "Share my number", "request_contact": True}]]

    await control.act(WANJIRU, "telegram/contact")
    assert (await chat(control))["keyboard"] is None
    await bot.send_message(CHAT, "again", reply_markup=ReplyKeyboardMarkup([["Yes"]]))
    assert (await chat(control))["keyboard"]["keyboard"] == [[{"text": "Yes"}]]
    await bot.send_message(CHAT, "thanks", reply_markup=ReplyKeyboardRemove())
    assert (await chat(control))["keyboard"] is None


async def test_contact_when_shared_says_whose_it_is(bot, control, started):
    await control.act(WANJIRU, "telegram/contact")
    await control.act(WANJIRU, "telegram/contact", phone=OTIENO)
    await control.act(WANJIRU, "telegram/contact", phone="254799000000")
    await control.act(WANJIRU, "telegram/contact", forwarded=True)

    own, others, unknown, forwarded = [update.message for update in await bot.get_updates()]

    assert (own.contact.phone_number, own.contact.user_id, own.from_user.id) == (WANJIRU, CHAT, CHAT)
    assert (others.contact.phone_number, others.contact.user_id, others.from_user.id) == (OTIENO, OTHER, CHAT)
    assert unknown.contact.user_id is None
    assert own.forward_origin is None
    assert forwarded.forward_origin is not None


async def test_block_when_person_blocks_refuses_messages_until_unblocked(bot, control, started):
    await control.act(WANJIRU, "telegram/block", blocked=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(CHAT, "hello")
    await control.act(WANJIRU, "telegram/text", text="hi", expect=409)

    await control.act(WANJIRU, "telegram/block", blocked=False)
    await bot.send_message(CHAT, "hello again")

    statuses = [
        (update.my_chat_member.old_chat_member.status, update.my_chat_member.new_chat_member.status)
        for update in await bot.get_updates()
    ]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_reply_when_the_message_is_gone_is_refused_unless_allowed(bot, started):
    answered = await bot.send_message(CHAT, "yes", reply_parameters=ReplyParameters(started.message.message_id))
    assert answered.reply_to_message.text == "/start"

    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(CHAT, "yes", reply_parameters=ReplyParameters(9999))
    alone = await bot.send_message(CHAT, "yes", reply_parameters=ReplyParameters(9999, allow_sending_without_reply=True))
    assert alone.reply_to_message is None


async def test_photo_and_document_when_sent_can_be_fetched_again(bot, control, http, box, started):
    photo = await bot.send_photo(CHAT, picture(3, 2), caption="<b>Chart</b>", parse_mode="HTML")
    document = await bot.send_document(CHAT, b"a,b\n1,2\n", filename="statement.csv", reply_markup=PAY)
    again = await bot.send_photo(CHAT, photo.photo[0].file_id)

    assert (photo.photo[0].width, photo.photo[0].height, photo.caption) == (3, 2, "Chart")
    assert (document.document.file_name, document.document.file_size) == ("statement.csv", 8)
    assert again.photo[0].file_unique_id == photo.photo[0].file_unique_id
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
    shown = (await chat(control))["messages"]
    assert (shown[1]["photo"]["width"], shown[1]["text"], shown[2]["document"]["name"]) == (3, "Chart", "statement.csv")
    async with http.get(box.addresses["page"] + shown[1]["photo"]["url"]) as response:
        assert (response.content_type, await response.read()) == ("image/png", picture(3, 2))
    async with http.get(box.addresses["page"] + shown[2]["document"]["url"]) as response:
        assert response.headers["Content-Disposition"] == "attachment"
    edited = await bot.edit_message_caption(CHAT, document.message_id, caption="Statement")
    assert edited.caption == "Statement"


async def test_photo_when_it_is_none_is_refused(bot, started):
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(CHAT, b"not a picture")
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_photo(CHAT, "AgACnobody")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(CHAT, picture(), caption="a" * 1025)
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nobody")


async def test_commands_when_set_per_scope_and_language_are_kept_apart(bot, control, started):
    await bot.set_my_commands([BotCommand("balance", "See your balance")])
    await bot.set_my_commands([BotCommand("balance", "Ona salio")], language_code="sw")
    await bot.set_my_commands([BotCommand("approve", "Approve")], scope=BotCommandScopeChat(CHAT))
    swahili = await control.post("people", expect=201, name="Juma", language_code="sw")

    assert [command.description for command in await bot.get_my_commands()] == ["See your balance"]
    assert [command.description for command in await bot.get_my_commands(language_code="sw")] == ["Ona salio"]
    assert await bot.get_my_commands(language_code="fr") == ()
    assert (await chat(control))["commands"] == [{"command": "approve", "description": "Approve"}]
    assert (await chat(control, OTIENO))["commands"] == [{"command": "balance", "description": "See your balance"}]
    assert (await chat(control, swahili["phone"]))["commands"] == [{"command": "balance", "description": "Ona salio"}]
    await bot.delete_my_commands(scope=BotCommandScopeChat(CHAT))
    assert (await chat(control))["commands"] == [{"command": "balance", "description": "See your balance"}]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (BotCommand("Balance", "x"), "Bot_command_invalid"),
        (BotCommand("a" * 33, "x"), "Bot_command_invalid"),
        (BotCommand("balance", " "), "Bot_command_description_invalid"),
    ],
)
async def test_commands_when_wrong_are_refused(bot, command, words):
    with pytest.raises(BadRequest, match=words):
        await bot.set_my_commands([command])


async def test_profile_when_set_is_told_by_language(bot, control):
    await bot.set_my_description("Savings groups")
    await bot.set_my_description("Vikundi vya akiba", language_code="sw")
    await bot.set_my_short_description("Savings")
    await bot.set_my_name("Umoja")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    assert (await bot.get_my_description("sw")).description == "Vikundi vya akiba"
    assert (await bot.get_my_description("fr")).description == "Savings groups"
    assert (await bot.get_my_short_description()).short_description == "Savings"
    assert (await bot.get_chat_menu_button()).type == "commands"
    assert (await control.get("state"))["bot"] == {"username": "mtaa_practice_bot", "name": "Umoja"}
    with pytest.raises(BadRequest):
        await bot.set_my_name("a" * 65)


async def test_chat_action_when_sent_is_shown_for_a_moment(bot, control, started):
    await bot.send_chat_action(CHAT, "typing")
    assert (await chat(control))["action"] == "typing"

    await control.post("clock", advance_seconds=6)

    assert (await chat(control))["action"] is None
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(CHAT, "dancing")


async def test_pin_when_message_is_there_is_shown(bot, control, started):
    sent = await bot.send_message(CHAT, "board")

    await bot.pin_chat_message(CHAT, sent.message_id)
    assert (await chat(control))["pinned"] == sent.message_id
    await bot.unpin_chat_message(CHAT)
    assert (await chat(control))["pinned"] is None
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(CHAT, 9999)


async def test_updates_until_confirmed_come_again(bot, control):
    for text in ("/start", "1", "2"):
        await control.act(WANJIRU, "telegram/text", text=text)

    first = await bot.get_updates()
    rest = await bot.get_updates(offset=first[0].update_id + 1, limit=1)

    assert [update.message.text for update in first] == ["/start", "1", "2"]
    assert rest == first[1:2]
    assert [update.update_id for update in first] == list(range(first[0].update_id, first[0].update_id + 3))


async def test_updates_when_asked_again_in_the_same_moment_come_one_by_one(bot, control, box, monkeypatch):
    for text in ("/start", "1"):
        await control.act(WANJIRU, "telegram/text", text=text)
    monkeypatch.setattr(box.world.clock, "elapsed", lambda: 1_000.0)

    assert [len(await bot.get_updates()) for _ in range(2)] == [2, 1]


async def test_updates_when_polling_long_arrive_at_once(bot, control, started):
    polling = asyncio.create_task(bot.get_updates(offset=started.update_id + 1, timeout=50, read_timeout=60))
    await asyncio.sleep(0.1)
    assert not polling.done()

    await control.act(WANJIRU, "telegram/text", text="hello")

    (update,) = await polling
    assert update.message.text == "hello"


async def test_updates_when_nothing_happens_end_after_the_timeout(bot, control):
    polling = asyncio.create_task(bot.get_updates(timeout=40, read_timeout=60))
    await asyncio.sleep(0.1)

    await control.post("clock", advance_seconds=41)

    assert await polling == ()


async def test_updates_when_a_second_poller_comes_the_first_is_thrown_out(bot, control):
    first = asyncio.create_task(bot.get_updates(timeout=50, read_timeout=60))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(bot.get_updates(timeout=50, read_timeout=60))

    with pytest.raises(
        Conflict, match="terminated by other getUpdates request; make sure that only one bot instance is running"
    ):
        await first
    await control.act(WANJIRU, "telegram/text", text="hello")
    assert [update.message.text for update in await second] == ["hello"]


async def test_updates_when_kinds_are_chosen_leave_the_others_out(bot, control, started):
    await bot.get_updates(offset=started.update_id + 1, allowed_updates=["callback_query"])
    sent = await bot.send_message(CHAT, "Deposit?", reply_markup=PAY)
    await control.act(WANJIRU, "telegram/text", text="ignored")
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:1")

    (update,) = await bot.get_updates(offset=started.update_id + 1)

    assert update.callback_query.data == "op:1"


async def test_updates_when_too_old_are_gone(bot, control, started):
    sent = await bot.send_message(CHAT, "Deposit?", reply_markup=PAY)
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="op:1")
    await control.act(WANJIRU, "telegram/text", text="still there")
    await control.post("clock", advance_seconds=151)

    assert [update.message.text for update in await bot.get_updates(offset=started.update_id + 1)] == ["still there"]
    await control.post("clock", advance_seconds=86_400)
    assert await bot.get_updates(offset=started.update_id + 2) == ()


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_fault_429_refuses_with_a_retry_time(bot, control, started):
    await control.fault("telegram.call", "http_429", seconds=7, method="sendMessage")
    await bot.get_me()

    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(CHAT, "hello")

    # The library tells it as a number, or as a duration once our own bot has asked for that in this process.
    waits = refused.value.retry_after
    assert (waits.total_seconds() if isinstance(waits, timedelta) else waits) == 7
    await bot.send_message(CHAT, "hello")


async def test_fault_500_and_hang_after_differ_in_what_was_done(bot, control, started):
    await control.fault("telegram.call", "http_500", method="sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(CHAT, "not done")
    await control.fault("telegram.call", "hang_after", method="sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(CHAT, "done")

    assert [message["text"] for message in (await chat(control))["messages"]] == ["/start", "done"]


async def test_fault_hang_does_nothing_and_never_answers_in_time(bot, control, started):
    await control.fault("telegram.call", "hang", seconds=100, method="sendMessage")

    with pytest.raises(TimedOut):
        await bot.send_message(CHAT, "not done", read_timeout=0.2)

    assert len((await chat(control))["messages"]) == 1


async def test_fault_double_delivers_one_update_twice(bot, control):
    await control.fault("telegram.update", "double")
    await control.act(WANJIRU, "telegram/text", text="/start")

    first, second = await bot.get_updates()

    assert first.update_id == second.update_id
    assert await bot.get_updates(offset=first.update_id + 1) == ()


async def test_fault_delay_brings_an_update_after_the_next(bot, control):
    await control.fault("telegram.update", "delay", seconds=60)
    await control.act(WANJIRU, "telegram/text", text="first")
    await control.act(WANJIRU, "telegram/text", text="second")
    await control.post("clock", advance_seconds=61)

    texts = []
    async with asyncio.timeout(10):
        while len(texts) < 2:
            texts += [update.message.text for update in await bot.get_updates(offset=100_000_000 + len(texts), timeout=5)]
    assert texts == ["second", "first"]
