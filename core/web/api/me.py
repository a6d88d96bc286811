"""What a member may see of herself through a program: herself, her balances, her statement, her groups and her devices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.daos.contributions import group_summary
from core.daos.groups import groups_of, require_member
from core.identity.device_list import devices_of, revoke_device
from core.identity.members import find
from core.identity.sessions import NotSignedIn, use_step_up
from core.kernel.ids import reference
from core.kernel.money import CURRENCIES, KES, Money
from core.ledger.accounts import member_account
from core.ledger.history import Line, statement
from core.ledger.service import balance
from core.web.api.errors import BadRequest
from core.web.api.operations import NO_CONTENT, Access, Answer, Call, Operation
from core.web.api.schemas import CURRENCY, many, ref, thing

LINES, MOST_LINES = 50, 100
LARGEST_NUMBER = 2**62


async def who(call: Call) -> Answer:
    """Herself."""
    async with call.services.database.unit() as uow:
        member = await find(uow, call.me)
    if member is None:
        raise NotSignedIn
    return Answer(
        {
            "id": str(member.id),
            "name": member.name,
            "phone": member.phone,
            "language": member.language,
            "telegram": member.telegram is not None,
            "created_at": written(member.created_at),
        }
    )


async def balances(call: Call) -> Answer:
    """What she has in each currency; shillings always, others once she holds some."""
    own = member_account(call.me)
    async with call.services.database.unit() as uow:
        held = [(currency, await balance(uow, own, currency)) for currency in CURRENCIES.values()]
    return Answer(
        {
            "balances": [
                {
                    "currency": currency.code,
                    "available": figure(has.available),
                    "pending": figure(has.pending),
                    "locked": figure(has.locked),
                    "total": figure(has.total),
                }
                for currency, has in held
                if currency == KES or has.total
            ]
        }
    )


async def lines(call: Call) -> Answer:
    """Her statement, newest first, a page at a time."""
    limit, before = _number(call, "limit", most=MOST_LINES), _number(call, "before", most=LARGEST_NUMBER)
    currency = CURRENCIES[call.query.get("currency", KES.code)]
    async with call.services.database.unit() as uow:
        page = await statement(uow, member_account(call.me), limit=limit or LINES, before=before, currency=currency)
    return Answer({"currency": currency.code, "lines": [_line(line) for line in page.lines], "older": page.older})


async def groups(call: Call) -> Answer:
    """Her groups with what each holds and what she has put in."""
    async with call.services.database.unit() as uow:
        found = []
        for group in await groups_of(uow, member=call.me):
            summary = await group_summary(uow, viewer=call.me, group=group.id)
            belongs = await require_member(uow, member=call.me, group=group.id)
            found.append(
                {
                    "id": str(group.id),
                    "name": group.name,
                    "code": group.code,
                    "role": belongs.role,
                    "members": summary.members,
                    "total": money(summary.total),
                    "contributed": money(summary.contributed),
                }
            )
    return Answer({"groups": found})


async def devices(call: Call) -> Answer:
    """What speaks for her."""
    async with call.services.database.unit() as uow:
        found = await devices_of(uow, member=call.me)
    here = call.session.device if call.session else None
    return Answer(
        {
            "devices": [
                {
                    "number": device.number,
                    "kind": device.kind,
                    "name": device.name,
                    "trusted": device.trusted,
                    "last_used_at": device.last_used_at and written(device.last_used_at),
                    "created_at": written(device.created_at),
                    "signed_in": device.signed_in,
                    "this_one": device.id == here,
                }
                for device in found
            ]
        }
    )


async def remove_device(call: Call) -> Answer:
    """Take a device off the list, at once."""
    async with call.services.database.unit() as uow:
        await use_step_up(uow, session=call.signed_in.id)
        await revoke_device(uow, member=call.me, number=int(call.path["number"]))
    return NO_CONTENT


def money(amount: Money) -> dict[str, str]:
    """An amount with its currency."""
    return {"amount": figure(amount), "currency": amount.currency.code}


def figure(amount: Money) -> str:
    """The amount in whole units, exact, without an exponent."""
    return f"{amount.as_decimal():f}"


def written(moment: datetime) -> str:
    """As RFC 3339 writes it, in UTC."""
    return moment.isoformat()


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.seq,
        "reference": reference(line.transfer),
        "kind": line.kind,
        "bucket": line.bucket.value,
        "amount": figure(line.amount),
        "balance_after": figure(line.after),
        "at": written(line.at),
        "posted_at": written(line.posted_at),
    }


def _number(call: Call, name: str, *, most: int) -> int | None:
    found = call.query.get(name)
    if found is None:
        return None
    if not 1 <= int(found) <= most:
        raise BadRequest(f"query.{name}")
    return int(found)


DIGITS = {"type": "string", "pattern": "^[0-9]{1,19}$"}
OPERATIONS = (
    Operation("me", "GET", "/me", "Who is signed in", who, Access.SESSION, {200: ref("Member")}, "profile:read"),
    Operation(
        "balances", "GET", "/me/balances", "What she has in each currency", balances, Access.PROVEN,
        {200: thing({"balances": many("Balance")})}, "balances:read",
    ),
    Operation(
        "statement", "GET", "/me/statement", "Her movements, newest first; `older` is the next page's `before`", lines,
        Access.PROVEN, {200: ref("Statement")}, "statement:read",
        query={"before": DIGITS, "limit": DIGITS, "currency": CURRENCY},
    ),
    Operation(
        "groups", "GET", "/me/groups", "Her groups", groups, Access.PROVEN, {200: thing({"groups": many("Group")})},
        "groups:read",
    ),
    Operation(
        "devices", "GET", "/me/devices", "What speaks for her", devices, Access.PROVEN,
        {200: thing({"devices": many("Device")})}, "devices:read",
    ),
    Operation(
        "removeDevice", "DELETE", "/me/devices/{number}", "Take a device off the list; needs a step-up", remove_device,
        Access.PROVEN, {204: None}, in_path={"number": {"type": "string", "pattern": "^[0-9]{1,6}$"}}, refuses=(404, 409),
    ),
)  # fmt: skip
