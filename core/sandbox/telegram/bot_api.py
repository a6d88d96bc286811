"""The HTTP face of the Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`.

Methods that a savings group's bot doesn't need aren't played and are answered like unknown ones.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from core.sandbox.telegram import editing, sending
from core.sandbox.telegram.answers import Refused, bad_request, conflict, flooded, granted
from core.sandbox.telegram.arguments import Arguments, read_arguments
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.files import LARGEST_DOWNLOAD
from core.sandbox.telegram.updates import LONGEST_POLL_SECONDS

_LARGEST_BODY = 60 * 1024 * 1024
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
Method = Callable[[Bot, Arguments], Awaitable[Any]]


class BotApi:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        bot.webhook.on_call = self._call_from_webhook

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_in_words])
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self._check_token(request)
        name = request.match_info["method"].lower()
        arguments = await read_arguments(request)
        await self._misbehave_before(name, arguments)
        if name in ("setwebhook", "deletewebhook"):
            answer = self._set_webhook(name, arguments)
        else:
            answer = granted(await self._execute(name, arguments))
        if self._take_fault("hang_after", name, arguments) and request.transport is not None:
            request.transport.close()
        return answer

    async def _execute(self, name: str, arguments: Arguments) -> Any:
        method = _METHODS.get(name)
        if method is None:
            raise Refused(404, "Not Found: method not found")
        return await method(self._bot, arguments)

    async def _call_from_webhook(self, name: str, arguments: Arguments) -> Any:
        try:
            return await self._execute(name.lower(), arguments)
        except Refused:
            return None

    def _set_webhook(self, name: str, arguments: Arguments) -> web.Response:
        if name == "deletewebhook":
            drop = {"drop_pending_updates": arguments.text("drop_pending_updates")}
            arguments = Arguments(drop)
        description = self._bot.webhook.set(arguments)
        self._bot.changed()
        return granted(True, description)

    async def _misbehave_before(self, name: str, arguments: Arguments) -> None:
        if fault := self._take_fault("http_429", name, arguments):
            raise flooded(int(fault.seconds_or(1)))
        if self._take_fault("http_500", name, arguments):
            raise Refused(500, "Internal Server Error")
        if fault := self._take_fault("hang", name, arguments):
            await self._bot.world.clock.sleep(fault.seconds_or(30))
            raise Refused(500, "Internal Server Error: request aborted")

    def _take_fault(self, what: str, name: str, arguments: Arguments) -> Any:
        person = self._bot.world.people.by_telegram(arguments.integer("chat_id"))
        phone = person.phone if person else None
        return self._bot.world.faults.take("telegram.call", what, phone=phone, method=name)

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if not _TOKEN.fullmatch(token):
            raise Refused(404, "Not Found")
        if not hmac.compare_digest(token.encode(), self._bot.world.settings.telegram_token.encode()):
            raise Refused(401, "Unauthorized")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self._check_token(request)
        kept = self._bot.files.by_path(request.match_info["path"])
        if kept is None or not self._bot.files.place(kept).is_file():
            raise Refused(404, "Not Found")
        return web.FileResponse(self._bot.files.place(kept), headers={"Content-Type": "application/octet-stream"})


async def _get_me(bot: Bot, _arguments: Arguments) -> Any:
    return bot.me()


async def _get_updates(bot: Bot, arguments: Arguments) -> Any:
    if bot.webhook.target.url:
        raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
    bot.updates.allow(arguments.parsed("allowed_updates", "can't parse allowed updates JSON object"))
    return await bot.updates.poll(
        offset=arguments.integer("offset"),
        limit=max(1, min(100, arguments.integer("limit", 100))),
        timeout=max(0, min(LONGEST_POLL_SECONDS, arguments.integer("timeout"))),
    )


async def _get_webhook_info(bot: Bot, _arguments: Arguments) -> Any:
    return bot.webhook.info()


async def _get_file(bot: Bot, arguments: Arguments) -> Any:
    file_id = arguments.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    if (kept := bot.files.find(file_id)) is None:
        raise bad_request("invalid file_id")
    if kept.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return kept.wire()


def _changing(change: Callable[[Bot, Arguments], None]) -> Method:
    """A method that changes the profile and answers True."""

    async def method(bot: Bot, arguments: Arguments) -> bool:
        change(bot, arguments)
        bot.changed()
        for person in bot.world.people:
            bot.world.changed(person.phone)
        return True

    return method


def _telling(tell: Callable[[Bot, Arguments], Any]) -> Method:
    async def method(bot: Bot, arguments: Arguments) -> Any:
        return tell(bot, arguments)

    return method


_METHODS_AS_WRITTEN: dict[str, Method] = {
    "getMe": _get_me,
    "getUpdates": _get_updates,
    "getWebhookInfo": _get_webhook_info,
    "getFile": _get_file,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "answerCallbackQuery": sending.answer_callback_query,
    "pinChatMessage": sending.pin_chat_message,
    "unpinChatMessage": sending.unpin_chat_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "setMyCommands": _changing(lambda bot, arguments: bot.profile.set_commands(arguments)),
    "deleteMyCommands": _changing(lambda bot, arguments: bot.profile.delete_commands(arguments)),
    "getMyCommands": _telling(lambda bot, arguments: bot.profile.commands(arguments)),
    "setMyName": _changing(lambda bot, arguments: bot.profile.set_text("name", arguments)),
    "getMyName": _telling(lambda bot, arguments: bot.profile.text("name", arguments)),
    "setMyDescription": _changing(lambda bot, arguments: bot.profile.set_text("description", arguments)),
    "getMyDescription": _telling(lambda bot, arguments: bot.profile.text("description", arguments)),
    "setMyShortDescription": _changing(lambda bot, arguments: bot.profile.set_text("short_description", arguments)),
    "getMyShortDescription": _telling(lambda bot, arguments: bot.profile.text("short_description", arguments)),
    "setChatMenuButton": _changing(lambda bot, arguments: bot.profile.set_menu_button(arguments)),
    "getChatMenuButton": _telling(lambda bot, arguments: bot.profile.menu_button(arguments)),
}
_METHODS = {name.lower(): method for name, method in _METHODS_AS_WRITTEN.items()}


@web.middleware
async def _in_words(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except Refused as refused:
        return refused.response()
    except web.HTTPNotFound:
        return Refused(404, "Not Found").response()
    except web.HTTPRequestEntityTooLarge:
        return Refused(413, "Request Entity Too Large").response()
    except (ValueError, LookupError, HttpProcessingError):
        # aiohttp's words for a form or multipart body that can't be read.
        return Refused(400, "Bad Request: can't read the request's body").response()
    return response
