"""The control API behind the phone page: acts for people, shows what the servers know, arms faults, turns time.

Everything lies under /phone so that the application's web process can pass it on unchanged. It is for this machine only;
nothing here exists in production.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from core.sandbox.africastalking import gateway as ussd
from core.sandbox.africastalking.callbacks import SmsCallbacks
from core.sandbox.africastalking.gateway import Gateway
from core.sandbox.africastalking.sms import SmsAccount
from core.sandbox.behaviour import BadSetting
from core.sandbox.daraja.express import NoPrompt
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.paybill import NotPayable
from core.sandbox.daraja.statements import BadVariant
from core.sandbox.faults import CATALOGUE, UnknownFault
from core.sandbox.people import BadPerson, Person
from core.sandbox.phone import events
from core.sandbox.phone.bodies import BadBody, Body, read_body
from core.sandbox.phone.money import MoneyControl
from core.sandbox.phone.portrait import Portrait
from core.sandbox.smtp import Mailbox
from core.sandbox.telegram import owner as telegram
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.groups import Groups
from core.sandbox.telegram.owner import Owner
from core.sandbox.world import World

_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 64 * 1024
_LONGEST_SMS = 1_600
_LONGEST_LEAP_SECONDS = 400 * 86_400
Act = Callable[[Person, Body], Awaitable[None]]


class Control:
    """Routes under /phone."""

    def __init__(
        self,
        world: World,
        portrait: Portrait,
        *,
        gateway: Gateway,
        mpesa: Mpesa,
        sms: SmsAccount,
        sms_callbacks: SmsCallbacks,
        bot: Bot,
        mailbox: Mailbox,
    ) -> None:
        self._world = world
        self._portrait = portrait
        self._gateway = gateway
        self._money = MoneyControl(world, mpesa)
        self._sms = sms
        self._sms_callbacks = sms_callbacks
        self._bot = bot
        self._owner = Owner(bot)
        self._groups = Groups(bot)
        self._mailbox = mailbox

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_clear_errors])
        app.router.add_get("/phone", _page)
        app.router.add_get("/phone/", _page)
        app.router.add_get("/phone/static/{file}", _static)
        app.router.add_get("/phone/api/events", self._events)
        app.router.add_get("/phone/api/files/{id}", self._file)
        app.router.add_routes(self._money.routes())
        for path, tell in self._answers().items():
            app.router.add_get(f"/phone/api/{path}", _telling(tell))
        app.router.add_post("/phone/api/people", self._add_person)
        for path, act in self._acts().items():
            app.router.add_post(f"/phone/api/people/{{phone}}/{path}", self._acting(act))
        app.router.add_get("/phone/api/people/{phone}", self._show_person)
        app.router.add_post("/phone/api/practice", self._practice)
        app.router.add_post("/phone/api/settings", self._change_settings)
        app.router.add_post("/phone/api/clock", self._turn_clock)
        app.router.add_post("/phone/api/faults", self._arm)
        app.router.add_delete("/phone/api/faults", self._disarm)
        app.router.add_post("/phone/api/mischief", self._throw_dice)
        return app

    def _answers(self) -> dict[str, Callable[[], Any]]:
        return {
            "state": self._portrait.everything,
            **self._money.answers(),
            "sms-log": lambda: [sms.shown() for sms in self._sms.messages],
            "ussd-log": lambda: list(self._gateway.log),
            "groups": self._bot.chats.shown_groups,
            "mails": lambda: self._mailbox.mails,
            "settings": lambda: vars(self._world.behaviour),
            "clock": lambda: {"now": self._world.clock.now().isoformat()},
            "faults": self._shown_faults,
            "mischief": self._shown_mischief,
        }

    def _acts(self) -> dict[str, Act]:
        return {
            "dial": self._dial,
            "reply": self._reply,
            "hangup": self._hang_up,
            **self._money.acts(),
            "sms": self._send_sms,
            "network": self._move,
            "telegram/text": self._write,
            "telegram/contact": self._share_contact,
            "telegram/tap": self._tap,
            "telegram/delete": self._delete,
            "telegram/block": self._block,
            "telegram/group": self._add_to_group,
            "telegram/group-text": self._write_in_group,
            "telegram/group-admin": self._promote_in_group,
            "telegram/group-remove": self._remove_from_group,
            "telegram/group-upgrade": self._upgrade_group,
        }

    def _shown_faults(self) -> dict[str, Any]:
        return {"possible": CATALOGUE, "armed": [fault.shown() for fault in self._world.faults.armed]}

    def _shown_mischief(self) -> dict[str, Any]:
        return self._world.faults.mischief.shown()

    def _acting(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A route where a person does something; answers with how she looks afterwards."""

        async def handle(request: web.Request) -> web.Response:
            person = self._person(request)
            await act(person, await read_body(request))
            return web.json_response(self._portrait.person(person))

        return handle

    def _person(self, request: web.Request) -> Person:
        person = self._world.people.by_phone(request.match_info["phone"])
        if person is None:
            raise web.HTTPNotFound(text="nobody has that phone number")
        return person

    async def _show_person(self, request: web.Request) -> web.Response:
        return web.json_response(self._portrait.person(self._person(request)))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await events.stream(request, self._world, self._portrait)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        kept = self._bot.files.find(request.match_info["id"])
        if kept is None or not self._bot.files.place(kept).is_file():
            raise web.HTTPNotFound(text="there is no such file")
        # Only pictures are shown; whatever else the bot sent is a download, never a page of this origin.
        is_picture = kept.mime_type in ("image/png", "image/jpeg")
        headers = {
            "Content-Type": kept.mime_type if is_picture else "application/octet-stream",
            "Content-Disposition": "inline" if is_picture else "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(self._bot.files.place(kept), headers=headers)

    async def _add_person(self, request: web.Request) -> web.Response:
        fields = (await read_body(request)).fields
        known = {name: fields.get(name) for name in ("name", "phone", "network", "language_code")}
        return web.json_response(self._portrait.person(self._world.add_person(**known)), status=201)

    async def _practice(self, request: web.Request) -> web.Response:
        self._world.remember_practice((await read_body(request)).fields)
        return web.json_response(self._world.practice)

    async def _change_settings(self, request: web.Request) -> web.Response:
        self._world.behaviour.change((await read_body(request)).fields)
        return web.json_response(vars(self._world.behaviour))

    async def _turn_clock(self, request: web.Request) -> web.Response:
        seconds = (await read_body(request)).number("advance_seconds")
        if not 0 <= seconds <= _LONGEST_LEAP_SECONDS:
            raise BadBody(f"advance_seconds must be from 0 to {_LONGEST_LEAP_SECONDS}")
        self._world.clock.advance(seconds)
        return web.json_response({"now": self._world.clock.now().isoformat()})

    async def _arm(self, request: web.Request) -> web.Response:
        fault = self._world.faults.arm((await read_body(request)).fields)
        return web.json_response(fault.shown(), status=201)

    async def _throw_dice(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.faults.throw_dice((await read_body(request)).fields).shown())

    async def _disarm(self, _request: web.Request) -> web.Response:
        self._world.faults.clear()
        return web.json_response(self._shown_faults())

    async def _dial(self, person: Person, body: Body) -> None:
        await self._gateway.dial(person, body.text("code"))

    async def _reply(self, person: Person, body: Body) -> None:
        await self._gateway.reply(person, body.text("text"))

    async def _hang_up(self, person: Person, _body: Body) -> None:
        self._gateway.hang_up(person)

    async def _send_sms(self, person: Person, body: Body) -> None:
        text = body.text("text")
        if not 1 <= len(text) <= _LONGEST_SMS:
            raise BadBody(f"an SMS has 1 to {_LONGEST_SMS} characters")
        self._sms_callbacks.incoming(person, text=text, to=body.optional_text("to"))

    async def _move(self, person: Person, body: Body) -> None:
        self._world.move_person(person, body.text("network"))

    async def _write(self, person: Person, body: Body) -> None:
        await self._owner.write(person, body.text("text"))

    async def _share_contact(self, person: Person, body: Body) -> None:
        forwarded = body.flag("forwarded", usual=False)
        await self._owner.share_contact(person, body.optional_text("phone"), forwarded=forwarded)

    async def _tap(self, person: Person, body: Body) -> None:
        forged = body.flag("forged", usual=False)
        await self._owner.tap(person, body.number("message"), body.text("data"), forged=forged)

    async def _delete(self, person: Person, body: Body) -> None:
        self._owner.delete(person, body.number("message"))

    async def _block(self, person: Person, body: Body) -> None:
        await self._owner.block(person, blocked=body.flag("blocked"))

    async def _add_to_group(self, person: Person, body: Body) -> None:
        await self._groups.add_bot(person, body.text("title"), body.optional_text("payload") or "")

    async def _write_in_group(self, person: Person, body: Body) -> None:
        anonymous = body.flag("anonymous", usual=False)
        await self._groups.write(person, body.number("chat"), body.text("text"), anonymous=anonymous)

    async def _promote_in_group(self, _person: Person, body: Body) -> None:
        self._groups.promote_bot(body.number("chat"))

    async def _remove_from_group(self, person: Person, body: Body) -> None:
        await self._groups.remove_bot(person, body.number("chat"))

    async def _upgrade_group(self, person: Person, body: Body) -> None:
        await self._groups.upgrade(person, body.number("chat"))


def _telling(tell: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(tell())

    return handle


async def _page(_request: web.Request) -> web.StreamResponse:
    return _file_of_page("index.html")


async def _static(request: web.Request) -> web.StreamResponse:
    return _file_of_page(request.match_info["file"])


def _file_of_page(name: str) -> web.StreamResponse:
    path = _STATIC / name
    if path.parent != _STATIC or not path.is_file():
        raise web.HTTPNotFound(text="there is no such page")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


_REFUSALS = (BadBody, BadPerson, BadSetting, BadVariant, UnknownFault)


@web.middleware
async def _clear_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except _REFUSALS as refusal:
        return _error(400, str(refusal))
    except (ussd.NotPossible, telegram.NotPossible) as refusal:
        return _error(409, str(refusal))
    except NotPayable as refusal:
        return _error(409, str(refusal))
    except NoPrompt:
        return _error(409, "there is no such M-PESA prompt on this phone now")
    except web.HTTPException as problem:
        if problem.status < 400:  # noqa: PLR2004 - redirects and the like are answers
            raise
        return _error(problem.status, problem.text or problem.reason)
    return response


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
