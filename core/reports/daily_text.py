"""The operator's daily report as lines, for a screen and for an e-mail: receipts and sums, nobody's number or name."""

from __future__ import annotations

from typing import Any


def headline(data: dict[str, Any]) -> str:
    """The one thing to know first."""
    if data["funds"].get("frozen"):
        return "withdrawals are frozen"
    count = len(data["differences"]) + len(data["not_in_statement"])
    if count:
        return "1 difference" if count == 1 else f"{count} differences"
    return "the books equal M-Pesa's" if data["statement"] else "no statement yet"


def lines_of(data: dict[str, Any]) -> list[str]:
    """The report as an operator reads it."""
    funds, suspense, payouts, received = data["funds"], data["suspense"], data["payouts"], data["received"]
    return [
        f"Payments of {data['day']}: {headline(data)}",
        f"received: {received['count']:,} payments, {received['sum']}; in M-Pesa's statement {received['matched']:,}",
        *(f"statement: {one['kind']} {one['state']} {one['rows']:,}, {one['sum']}" for one in data["statement"]),
        f"suspense: {suspense['count']:,} payments, {suspense['sum']}, the oldest {suspense['oldest_hours']:,} h",
        *(f"  {one['receipt']} {one['amount']} {one['hours']:,} h: {one['why']}" for one in suspense["payments"]),
        f"paid out: {payouts['paid']:,} payments, {payouts['sum']}; open {payouts['open']:,}, {payouts['open_sum']}",
        *(f"  {one['payout']} {one['amount']} {one['status']}: {one['why']}" for one in payouts["doubtful"]),
        *(f"fees {one['category']}: {one['sum']} of {one['count']:,} payments, tax {one['tax']}" for one in data["fees"]),
        f"M-Pesa charged {data['charges']['booked']}, members paid {data['charges']['recovered']} towards it",
        *(
            f"DIFFERENT {one['kind']} {one['receipt']} {one['amount']} {one['hours']:,} h: {one['why']}"
            for one in data["differences"]
        ),
        *(
            f"DIFFERENT {one['kind']} {one['receipt']} {one['amount']}: in our books, not in M-Pesa's statement"
            for one in data["not_in_statement"]
        ),
        *(
            f"waits: {one['kind']} of {one['subject']} {one['amount']} ({one['state']}) {one['hours']:,} h"
            for one in data["corrections"]
        ),
        f"funds: M-Pesa holds {funds['held']}, our books {funds['booked']}, unexplained {funds['unexplained']}"
        if funds
        else "funds: M-Pesa has never told what it holds",
        f"statements cover: {', '.join(data['covered']) or 'nothing yet'}",
    ]
