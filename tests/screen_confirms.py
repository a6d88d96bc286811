"""Which screens ask for a decision about money, and whether their first line says how much and to whom.

On an old handset the first line is what is read; whatever a member says yes to has to be there. The check changes the amount, or
the payee, and looks whether the first line changes with it, so it holds for every wording in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.render import TelegramRenderer, View
from core.dialogue.turn import USSD, Reply
from core.kernel.money import Money
from core.kernel.texts import LANGUAGES, Text, catalogue
from tests.screen_walk import Whole
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import UssdRenderer

# What says yes, by the option's id.
YES = frozenset({"yes", "approve", "agree", "propose", "again"})
# Who gets the money, by the name of the argument; the first that a text has is meant.
PAYEES = ("receiver", "of_whom", "whom", "payee", "payee_short", "person", "whose", "fund", "purpose", "group", "group_name")
LAST_PAYEES = ("name",)
# Decisions in which an amount occurs but nobody is paid, each with what the amount is.
NOBODY_IS_PAID = {
    "deposit.confirm": "what comes into her own account",
    "join.accept": "what membership costs, among the rules",
    "security.limit_confirm": "from which amount on a code is asked for",
    "shares.begin": "the price of a share",
    "shares.out": "what all members get together",
}
OTHER_MONEY, OTHER_NAMES = Money(7_77), {"fund": "reserve"}
# With ordinary names both begin within so many characters, which is two lines of the smallest display.
FIRST = 40


def decides(one: Whole) -> bool:
    """Whether money is said yes to here: its text names an amount, or the command that it is the last question of holds one."""
    offered = {choice.id for choice in one.reply.screen.choices}
    amounts = any(isinstance(value, Money) and value.minor for _, value in _arguments(one.reply.screen.text))
    held = one.held.get("amount") if "intent" in one.held else None
    return bool(offered & YES) and (amounts or (isinstance(held, Money) and bool(held.minor)))


def unclear(screens: Iterable[Whole]) -> list[str]:
    """The decisions about money whose first line lacks the amount or the payee, in some language or channel."""
    found = set()
    for one in screens:
        if decides(one) and one.name not in NOBODY_IS_PAID:
            most = FIRST if one.values == "ordinary" else None
            for language in LANGUAGES:
                found |= {f"{one.name} {language} {lacks}" for lacks in _lacking(replace(one.reply, language=language), most)}
    return sorted(found)


def needless(screens: Iterable[Whole]) -> set[str]:
    """Exceptions that are none."""
    return NOBODY_IS_PAID.keys() - {one.name for one in screens if decides(one)}


def _lacking(reply: Reply, most: int | None) -> Iterator[str]:
    """What the beginning of the first line doesn't depend on."""
    known = dict(_arguments(reply.screen.text))
    amounts = [name for name, value in known.items() if isinstance(value, Money)]
    payees = [name for name in (*PAYEES, *LAST_PAYEES) if name in known][:1]
    changed = {
        "amount": [(name, OTHER_MONEY) for name in amounts],
        "payee": [(one, OTHER_NAMES.get(one, "Zz")) for one in payees],
    }
    for what, changes in changed.items():
        others = [dict(_first_lines(_with(reply, *change))) for change in changes]
        for channel, line in _first_lines(reply):
            if all(other[channel][:most] == line[:most] for other in others):
                yield f"{channel}: no {what}: {line}"


def _first_lines(reply: Reply) -> Iterator[tuple[str, str]]:
    """What stands first, on a phone and in a chat."""
    pages = UssdRenderer(catalogue(), SAFARICOM_SEPTETS)(replace(reply, note=None))
    yield USSD.name, pages[0].removeprefix("CON ").split("\n")[0]
    yield "chat", View.load(TelegramRenderer(catalogue())(reply)[0]).body.split("\n")[0]


def _arguments(said: Text) -> Iterator[tuple[str, object]]:
    """Everything that a text is filled with, down into texts within it."""
    for name, value in said.args.items():
        yield name, value
        if isinstance(value, Text):
            yield from _arguments(value)


def _with(reply: Reply, name: str, other: object) -> Reply:
    return replace(reply, screen=replace(reply.screen, text=_changed(reply.screen.text, name, other)))


def _changed(said: Text, name: str, other: object) -> Text:
    def change(known: str, value: object) -> object:
        if known == name:
            return other
        return _changed(value, name, other) if isinstance(value, Text) else value

    return Text(said.key, {known: change(known, value) for known, value in said.args.items()})
