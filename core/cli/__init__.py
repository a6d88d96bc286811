"""The `mtaa` command: one word for each thing that an operator does."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

from core.kernel.embedded import EmbeddedFailed
from core.kernel.settings import BadSettings, environ, read_settings

# These run as programs of their own, exactly as the Procfile starts them.
PROCESSES = {
    "web": ("ussd", "USSD, callbacks and operations over HTTP"),
    "worker": ("core.jobs", "the jobs: M-Pesa, SMS, Telegram news, sweeps"),
    "bot": ("bot", "Telegram"),
    "sandbox": ("core.sandbox", "Africa's Talking, Daraja, Telegram, SMTP and the phone page, played locally"),
}

# Where each is; only the one that is wanted is brought in.
COMMANDS = {
    "run": "run.run",
    "dial": "dial.dial",
    "ussd": "ussd.ussd",
    "migrate": "migrate.migrate",
    "doctor": "doctor.doctor",
    "audit": "audit.audit",
    "seal": "books.seal_waiting",
    "rotate": "keys.rotate",
    "verify": "books.verify",
    "archive": "books.archive",
    "verify-draw": "draws.verify_draw",
    "events": "events.events",
    "resolve": "events.resolve",
    "jobs": "failures.jobs",
    "register-paybill": "mpesa.register_paybill",
    "register-pull": "mpesa.register_pull",
    "payouts": "mpesa.payouts",
    "reconcile": "reconcile.reconcile",
    "suspense": "suspense.suspense",
    "outage": "outage.outage",
    "reverse": "reverse.reverse",
    "prices": "prices.prices",
    "report": "report.report",
}


def main() -> int:
    """Run one command; 1 when a check fails, 2 when it can't run at all."""
    given = vars(_parser().parse_args())
    command = given.pop("command")
    if command in PROCESSES:
        os.execv(sys.executable, [sys.executable, "-m", PROCESSES[command][0]])  # noqa: S606 - our own program
    try:
        return asyncio.run(_command(command)(read_settings(environ()), **given))
    except BadSettings as problem:
        print("\n".join(problem.problems), file=sys.stderr)
        return 2
    except EmbeddedFailed as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mtaa", description="Savings groups on Telegram and USSD.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (_, meaning) in PROCESSES.items():
        commands.add_parser(name, help=meaning)
    running = commands.add_parser("run", help="everything on this machine, with the sandbox and the phone page")
    running.add_argument("--year", action="store_true", help="with a practice group that has lived for a year")
    dialling = commands.add_parser("dial", help="the practice phone in this terminal")
    dialling.add_argument("code", nargs="?", help="what is dialled, such as *384*77*1# (the service code)")
    dialling.add_argument("--phone", help="whose phone (the first practice person's)")
    sessions = commands.add_parser("ussd", help="what USSD sessions cost, by task and group, and where people drop off")
    sessions.add_argument("--days", type=int, default=30, help="how far back (30)")
    sessions.add_argument("--task", default="", help="the funnel of this task, such as contribute")
    commands.add_parser("migrate", help="bring the database to the newest shape")
    commands.add_parser("doctor", help="check the settings and ping every provider")
    commands.add_parser("audit", help="recompute the books and check every invariant")
    commands.add_parser("seal", help="seal what was posted, now instead of within the minute")
    commands.add_parser("rotate", help="seal PINs and other secrets under the newest of SECRET_KEYS")
    verify = commands.add_parser("verify", help="check one receipt: its entries, its transfer, its seal")
    verify.add_argument("receipt", help="an M-Pesa receipt, a reference or an id")
    drawn = commands.add_parser("verify-draw", help="recompute a merry-go-round's order from what its members were shown")
    drawn.add_argument("round", help="its name, such as 482913-1")
    drawn.add_argument("commitment", help="the code that was shown before the draw")
    drawn.add_argument("seed", help="the seed that was shown after it")
    drawn.add_argument("hands", help='the numbers of all hands, such as "1 2 3"')
    drawn.add_argument("number", nargs="*", help="a number that a member added, as label=number")
    archive = commands.add_parser("archive", help="move the entries of a month that is over to the archive")
    archive.add_argument("month", help="such as 2026-10")
    events = commands.add_parser("events", help="what safety should see; 1 when something is open")
    events.add_argument("--severity", choices=("low", "medium", "high", "critical"), default="medium", help="this or worse")
    resolve = commands.add_parser("resolve", help="close one security event with a note")
    resolve.add_argument("event", help="its id")
    resolve.add_argument("--by", required=True, help="the phone number of whoever looked at it, who has an account")
    resolve.add_argument("--note", required=True, help="what came of it")
    given_up = commands.add_parser("jobs", help="what the worker gave up on; 1 when something is open")
    given_up.add_argument("action", nargs="?", choices=("list", "again", "leave"), default="list")
    given_up.add_argument("job", nargs="?", default="", help="its number")
    commands.add_parser("register-paybill", help="have Safaricom report payments to the paybill; once")
    pull = commands.add_parser("register-pull", help="ask Safaricom for the list of payments; once")
    pull.add_argument("phone", help="the Safaricom number that belongs to the organisation")
    _add_money(commands)
    return parser


def _add_money(commands: Any) -> None:
    """What is about M-Pesa's money."""
    payouts = commands.add_parser("payouts", help="whether payouts are sent; 1 when they are stopped")
    payouts.add_argument("--resume", action="store_true", help="send them again")
    payouts.add_argument("--send-again", metavar="ID", help="send one without a certain end once more, under its first name")
    payouts.add_argument("--thaw", action="store_true", help="let withdrawals go on although funds and books differ")
    payouts.add_argument("--by", default="", help="thaw: the phone number of whoever decides, who has an account")
    payouts.add_argument("--reason", default="", help="thaw: why")
    statement = commands.add_parser(
        "reconcile", help="import M-Pesa's statement (CSV) and say what differs; 1 when something does"
    )
    statement.add_argument("file", help="from the portal, or mailed every night")
    statement.add_argument("--shortcode", default="", help="whose statement it is, where the file doesn't say so")
    waiting = commands.add_parser("suspense", help="payments that nobody could be given; assign and approve them")
    waiting.add_argument("action", nargs="?", choices=("list", "assign", "approve"), default="list")
    waiting.add_argument("receipt", nargs="?", default="", help="the M-Pesa receipt")
    waiting.add_argument("--account", default="", help="assign: the account number or phone number that it belongs to")
    waiting.add_argument("--reason", default="", help="assign: how that is known")
    waiting.add_argument("--by", default="", help="the phone number of whoever decides, who has an account")
    outage = commands.add_parser("outage", help="M-Pesa's outages, in which nobody is fined; begin and end one")
    outage.add_argument("action", nargs="?", choices=("list", "begin", "end"), default="list")
    outage.add_argument("--at", default="", help="since when or until when, if not now: 2026-12-05T08:30, East Africa Time")
    outage.add_argument("--reason", default="", help="begin: what is known")
    outage.add_argument("--by", default="", help="the phone number of whoever decides, who has an account")
    back = commands.add_parser("reverse", help="corrections of payments by two people; refunds by M-Pesa")
    actions = ("list", "refund", "recover", "write-off", "reassign", "book", "dismiss", "approve", "withdraw")
    back.add_argument("action", nargs="?", choices=actions, default="list")
    back.add_argument("subject", nargs="?", default="", help="the M-Pesa receipt, or the id of a row of the statement")
    back.add_argument("--reason", default="", help="why, in a sentence that an auditor understands")
    back.add_argument("--by", default="", help="the phone number of whoever asks or approves, who has an account")
    back.add_argument("--to", default="", help="reassign, book: the account number or phone number that it belongs to")
    against = ("", "bank", "write-off", "suspense", "nothing")
    back.add_argument("--against", default="", choices=against, help="book: what the row was")
    dated = commands.add_parser("prices", help="fees, tariffs, taxes and limits: list them, add new ones from a file")
    dated.add_argument("action", nargs="?", choices=("list", "add"), default="list")
    dated.add_argument("file", nargs="?", default="", help="add: a TOML file; docs/operating.md shows one")
    dated.add_argument("--by", default="", help="add: the phone number of whoever decided, who has an account")
    morning = commands.add_parser("report", help="the operator's report of a day (yesterday); 1 when something differs")
    morning.add_argument("day", nargs="?", default="", help="such as 2026-11-23")
    morning.add_argument("--again", action="store_true", help="look once more and keep that as the next version")


def _command(name: str) -> Callable[..., Coroutine[Any, Any, int]]:
    """It takes the settings, and what was typed after it by name."""
    module, _, function = COMMANDS[name].partition(".")
    command: Callable[..., Coroutine[Any, Any, int]] = getattr(import_module(f"core.cli.{module}"), function)
    return command
