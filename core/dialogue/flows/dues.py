"""Who has paid, what she owes and why, for every member of a group."""

from __future__ import annotations

from uuid import UUID

from core.daos.calendar import day_of
from core.daos.dues.charges import Charge
from core.daos.dues.fining import may_object, object_to_fine
from core.daos.dues.kinds import day_month
from core.daos.dues.standing import Board, Dues, Standing, boards, dues_of
from core.daos.dues.why import why_contribution, why_fine
from core.daos.groups import find_group
from core.dialogue.definitions import action, screen
from core.dialogue.flows.contribute import due_rows
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.money import Money
from core.kernel.texts import Text, catalogue, text
from core.notifications.service import queue_sms

# As many names as fit a closing USSD screen; a longer list comes by SMS as well.
LINES_ON_A_SCREEN = 4


@action("dues.board", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_board(turn: Turn) -> Step:
    """Who has paid, who is late since when, by name, for the newest days of each kind."""
    group = await find_group(turn.uow, group=turn.group)
    found = await boards(turn.uow, viewer=turn.me.id, group=group.id)
    if not found:
        return End(text("dues-board-empty", group=group.name))
    rows = tuple(row for board in found for row in board_rows(board))
    is_sent = len(rows) > LINES_ON_A_SCREEN and not turn.channel.can_push
    if is_sent:
        said = ". ".join(catalogue().say(turn.language, row, short=True) for row in rows)
        what = text("sms-board", group=group.name, lines=said)
        await queue_sms(turn.uow, to=turn.me.phone, what=what, language=turn.language, template="dues_board", member=turn.me.id)
    return End(text("dues-board", group=group.name), rows=rows, sent=is_sent)


def board_rows(board: Board) -> list[Text]:
    """One period in lines: how many have paid, then each member, those first who haven't."""
    paid = sum(one.state == "paid" for one in board.standings)
    head = text("board-head", dues=board.name, day=day_month(board.day), count=paid, members=len(board.standings))
    return [head, *(_line(one) for one in board.standings)]


def _line(one: Standing) -> Text:
    since = "" if one.since is None else day_month(day_of(one.since))
    return text("board-line", name=one.name, state=one.state, day=since)


@screen("dues.mine", leads={"loan": go("loans.mine")}, each=(go("dues.why"), "charge"))
async def ask_mine(turn: Turn) -> Screen:
    """What she owes, each with its name; behind each is why."""
    group = await find_group(turn.uow, group=turn.group)
    dues = await dues_of(turn.uow, group=group.id, member=turn.me.id)
    if not dues.charges and not dues.debts:
        return Screen(text("dues-nothing", group=group.name, credit=dues.credit))
    notes = (await due_rows(turn, dues))[len(dues.charges) + len(dues.debts) :]
    choices = [
        Choice(str(charge.id), text("charge-line", item=charge.label, due_sum=charge.missing)) for charge in dues.charges
    ]
    if dues.debts:
        choices.append(option("loan", text("owed-loan", due_sum=Money(sum(one.missing.minor for one in dues.debts)))))
    return Screen(text("dues-mine", group=group.name, owes=dues.total), rows=notes, choices=tuple(choices))


@ask_mine.answered
async def take_mine(turn: Turn, chosen: str) -> Step:
    """Which one; a loan has a screen of its own, and so has a fine that she may object to."""
    if chosen == "loan":
        return go("loans.mine")
    charge = _named(await dues_of(turn.uow, group=turn.group, member=turn.me.id), UUID(chosen))
    given = charge is not None and await may_object(turn.uow, charge=charge)
    return go("dues.given" if given else "dues.why", charge=UUID(chosen))


@action("dues.why", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_why(turn: Turn) -> Step:
    """Why this charge or this fine: its arithmetic and its rule in one sentence."""
    group = await find_group(turn.uow, group=turn.group)
    dues = await dues_of(turn.uow, group=group.id, member=turn.me.id)
    charge = _named(dues, turn.id("charge"))
    if charge is None:
        return End(text("dues-nothing", group=group.name, credit=dues.credit))
    return End(why_fine(charge, group=group.name) if charge.sort == "fine" else why_contribution(charge, group=group.name))


@screen("dues.given", needs=Assurance.RECENT_PIN)
async def ask_given(turn: Turn) -> Screen:
    """A fine that somebody gave her: why, and that she may object."""
    group = await find_group(turn.uow, group=turn.group)
    charge = _named(await dues_of(turn.uow, group=group.id, member=turn.me.id), turn.id("charge"))
    if charge is None:
        return Screen(text("fine-over"), choices=(option("mine", text("dues-door-mine")),))
    choices = (option("object", text("fine-object")), option("mine", text("dues-door-mine")))
    return Screen(why_fine(charge, group=group.name), choices=choices)


@ask_given.answered
async def take_given(turn: Turn, chosen: str) -> Step:
    """Her objection goes to the officials, once."""
    if chosen == "mine":
        return go("dues.mine")
    await object_to_fine(turn.uow, member=turn.me.id, group=turn.group, charge=turn.id("charge"))
    return End(text("fine-objection-sent"))


def _named(dues: Dues, charge: UUID) -> Charge | None:
    return next((one for one in dues.charges if one.id == charge), None)
