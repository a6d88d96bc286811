"""Pull: Daraja's own list of the payments that we received in the last 48 hours.

The list is wrapped in a list, codes come as numbers or text, and 1001 means "none" as well as "you may not ask": the two
can't be told apart here, so an empty page of that kind is called doubtful.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.kernel.clock import EAST_AFRICA
from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.payments.loose_json import read_amount, read_phone, read_receipt, read_text
from core.payments.outcomes import Unknown
from core.payments.ports import StatementLine, StatementPage
from core.providers.daraja.answers import Reply

TAKEN, NONE = "1000", "1001"
WRITTEN = "%Y-%m-%d %H:%M:%S"


def written(moment: datetime) -> str:
    """A moment as Pull wants it, East Africa Time."""
    return moment.astimezone(EAST_AFRICA).strftime(WRITTEN)


def read_page(reply: Reply, page: int) -> StatementPage | Unknown:
    """The payments of one page; Unknown when the answer is none."""
    code = reply.text("ResponseCode") or reply.text("ResponseStatus")
    if reply.code or code not in (TAKEN, NONE) or reply.content is None:
        return Unknown(f"HTTP {reply.status} {reply.code or code} {reply.message}".strip(), reply.code or code)
    found = [line for item in _items(reply.content.get("Response")) if (line := _line(item)) is not None]
    if not found:
        return StatementPage((), None, is_doubtful=page == 0 and code == NONE)
    pages = reply.text("TotalPages")
    is_last = pages.isdigit() and page + 1 >= int(pages)
    return StatementPage(tuple(found), None if is_last else page + 1)


def _items(response: Any) -> list[dict[str, Any]]:
    """The payments out of a list, a list of lists, or a single object."""
    if isinstance(response, dict):
        return [response]
    if not isinstance(response, list):
        return []
    return [item for inner in response for item in _items(inner)]


def _line(item: dict[str, Any]) -> StatementLine | None:
    receipt, shillings = read_receipt(item.get("transactionId")), read_amount(item.get("amount"))
    if receipt is None or shillings is None:
        return None
    try:
        amount = Money.from_decimal(shillings)
    except CoreError:
        return None
    return StatementLine(
        receipt=receipt,
        amount=amount,
        at=_moment(read_text(item.get("trxDate"))),
        account=read_text(item.get("billreference")),
        payer=read_phone(item.get("msisdn")) or "",
    )


def _moment(text: str) -> datetime | None:
    """Pull's own time. The Z at its end is taken at its word; a time without any zone is East Africa's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=EAST_AFRICA)
