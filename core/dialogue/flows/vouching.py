"""What others ask of her: to be their recovery contact one day, or to say now whether it is really them. Each with her PIN."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.recovery_contacts import answer_request, requests_to
from core.identity.vouching import to_vouch_for, vouch
from core.kernel.phone import national
from core.kernel.texts import text


@screen("vouch.list")
async def ask_list(turn: Turn) -> Screen:
    """Recoveries first: somebody waits for them."""
    recoveries = await to_vouch_for(turn.uow, contact=turn.me.id)
    requests = await requests_to(turn.uow, contact=turn.me.id)
    if not recoveries and not requests:
        return Screen(text("vouch-nothing"), choices=(option("home", text("home-account")),))
    return Screen(
        text("vouch-list"),
        choices=(
            *(Choice(f"r:{one.id}", text("vouch-recovery-of", name=one.name)) for one in recoveries),
            *(Choice(f"c:{one.id}", text("vouch-contact-of", name=one.name)) for one in requests),
        ),
    )


@ask_list.answered
async def take_list(turn: Turn, chosen: str) -> Step:
    """Go to the one that she chose."""
    for one in await to_vouch_for(turn.uow, contact=turn.me.id):
        if chosen == f"r:{one.id}":
            key = ("number" if one.new_number else "pin") + ("-app" if one.app_lost else "")
            return go("vouch.recovery", recovery=one.id, name=one.name, phone=national(one.phone), asked=key)
    for request in await requests_to(turn.uow, contact=turn.me.id):
        if chosen == f"c:{request.id}":
            return go("vouch.request", request=request.id, name=request.name)
    return go("account.menu")


@screen("vouch.recovery")
async def ask_recovery(turn: Turn) -> Screen:
    """Nobody should say yes to somebody whom he hasn't heard."""
    values = turn.values
    return Screen(
        text("vouch-recovery", name=values["name"], phone=values["phone"], asked=values["asked"]),
        choices=(option("yes", text("vouch-yes")), option("no", text("vouch-no")), option("later", text("cancel"))),
    )


@ask_recovery.answered
async def take_recovery(_turn: Turn, chosen: str) -> Step:
    """Either word needs the PIN."""
    words = {"yes": go("vouch.confirm"), "no": go("vouch.refuse")}
    return words.get(chosen, End(text("vouch-later")))


@action("vouch.confirm", needs=Assurance.PIN, why="pin-why-vouch")
async def confirm(turn: Turn) -> Step:
    """It is her."""
    await vouch(turn.uow, recovery=turn.id("recovery"), contact=turn.me.id, word="confirmed", channel=turn.channel.name)
    return End(text("vouch-confirmed", name=turn.values["name"]))


@action("vouch.refuse", needs=Assurance.PIN, why="pin-why-vouch-not")
async def refuse(turn: Turn) -> Step:
    """It isn't her."""
    await vouch(turn.uow, recovery=turn.id("recovery"), contact=turn.me.id, word="refused", channel=turn.channel.name)
    return End(text("vouch-refused", name=turn.values["name"]))


@screen("vouch.request")
async def ask_request(turn: Turn) -> Screen:
    """What being a contact means."""
    return Screen(text("vouch-request", name=turn.values["name"]), choices=(YES, NO))


@ask_request.answered
async def take_request(turn: Turn, chosen: str) -> Step:
    """Saying no needs no PIN."""
    if chosen == "yes":
        return go("vouch.accept")
    name = await answer_request(turn.uow, contact=turn.me.id, request=turn.id("request"), accepts=False)
    return End(text("vouch-declined", name=name))


@action("vouch.accept", needs=Assurance.PIN, why="pin-why-accept")
async def accept(turn: Turn) -> Step:
    """From now on her word counts."""
    name = await answer_request(turn.uow, contact=turn.me.id, request=turn.id("request"), accepts=True)
    return End(text("vouch-accepted", name=name))
