"""For whoever runs it: is the process alive, can it serve, and a few figures for the monitoring."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database
from core.kernel.errors import StoreUnavailable

log = logging.getLogger(__name__)

READY_SECONDS = 3
NEWEST_MIGRATION = "0092_ledger_clocks"
FIGURES = {
    "mtaa_jobs_waiting": ("Jobs that wait for the worker", "SELECT count(*) FROM pgqueuer WHERE status = 'queued'"),
    "mtaa_job_failures": ("Jobs that were given up", "SELECT count(*) FROM job_failures"),
    "mtaa_telegram_updates_waiting": (
        "Updates that wait for the bot",
        "SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL",
    ),
    "mtaa_deposits_open": (
        "M-Pesa deposits without an end state",
        "SELECT count(*) FROM mpesa_transactions WHERE status IN ('pending', 'processing') AND transaction_type <> 'b2c'",
    ),
    "mtaa_deposits_doubtful": (
        "M-Pesa deposits that a person must look at: paid without a receipt, another amount, contradictions",
        "SELECT count(*) FROM mpesa_transactions WHERE attention IS NOT NULL AND transaction_type <> 'b2c'",
    ),
    "mtaa_payouts_open": ("Payments out without an end", "SELECT count(*) FROM payouts WHERE books = 'held'"),
    "mtaa_payouts_doubtful": (
        "Payments out that a person must look at: refused to us, no certain end, paid after a denial, contradictions",
        "SELECT count(*) FROM mpesa_transactions WHERE transaction_type = 'b2c' AND attention IS NOT NULL",
    ),
    "mtaa_statement_differences": (
        "Rows of M-Pesa's statement that fit nothing in our books",
        "SELECT count(*) FROM statement_rows WHERE state = 'open'",
    ),
    "mtaa_funds_unexplained": (
        "Shillings by which M-Pesa holds more (below zero: less) than our books, as far as nothing explains it",
        "SELECT trim_scale(coalesce((array_agg(unexplained ORDER BY held_at DESC NULLS LAST))[1], 0)) FROM funds_proofs",
    ),
    "mtaa_funds_proof_age_seconds": (
        "Since M-Pesa last told what it holds; 0 while it never did",
        "SELECT coalesce(extract(epoch FROM now() - max(held_at)), 0)::bigint FROM funds_proofs WHERE status = 'answered'",
    ),
    "mtaa_withdrawals_frozen": (
        "Whether withdrawals wait because of a gap that nothing explains",
        "SELECT count(*) FROM funds_freezes WHERE thawed_at IS NULL",
    ),
    "mtaa_suspense_payments": (
        "Payments that nobody could be given",
        "SELECT count(*) FROM payments_received WHERE transaction_id IS NULL AND reversed_at IS NULL",
    ),
    "mtaa_payment_claims_open": (
        "Payments that members have named and M-Pesa is asked about",
        "SELECT count(*) FROM payment_claims WHERE outcome = 'asking'",
    ),
    "mtaa_payments_held_back": (
        "Large payments that M-Pesa has not proven yet, or never did",
        "SELECT count(*) FROM unproven_payments WHERE outcome IN ('asking', 'unproven')",
    ),
    "mtaa_ledger_unsealed": (
        "Transfers that are not in a seal yet",
        "SELECT count(*) FROM ledger_transfers WHERE xact >= (SELECT coalesce(max(upto), 0) FROM ledger_seals)",
    ),
    "mtaa_ledger_alarms": (
        "Times that a look at the books found something wrong, until somebody resolves the event",
        "SELECT count(*) FROM security_events WHERE event_type = 'ledger_incoherent' AND NOT resolved",
    ),
    "mtaa_security_events_open": (
        "Security events of medium severity or worse that nobody has resolved",
        "SELECT count(*) FROM security_events WHERE NOT resolved AND severity <> 'low'",
    ),
    "mtaa_security_alarms": (
        "Of these, high and critical ones: somebody should look now",
        "SELECT count(*) FROM security_events WHERE NOT resolved AND severity IN ('high', 'critical')",
    ),
    "mtaa_login_failures": (
        "Refused attempts to get in within the last hour",
        "SELECT count(*) FROM login_attempts WHERE attempt_result <> 'success' AND created_at > now() - interval '1 hour'",
    ),
    "mtaa_ussd_sessions": (
        "USSD sessions that were reported as ended within the last day",
        "SELECT count(*) FROM ussd_sessions WHERE ended_at > now() - interval '1 day'",
    ),
    "mtaa_ussd_sessions_broken": (
        "Of these, sessions that ended while an answer was awaited, or failed",
        "SELECT count(*) FROM ussd_sessions WHERE ended_at > now() - interval '1 day' AND status <> 'Success'",
    ),
    "mtaa_ussd_cost_kes": (
        "What these cost in shillings",
        "SELECT coalesce(sum(cost), 0) FROM ussd_sessions WHERE ended_at > now() - interval '1 day'",
    ),
    "mtaa_codes_sent": (
        "Codes by SMS within the last hour",
        "SELECT count(*) FROM otp_challenges WHERE created_at > now() - interval '1 hour'",
    ),
}


class Pinged(Protocol):
    """Something that can be asked whether it answers."""

    async def ping(self) -> None:
        """Raises when it doesn't."""
        ...


class Operated(Protocol):
    """What these pages look at."""

    @property
    def database(self) -> Database: ...

    @property
    def notes(self) -> Pinged: ...


def routes(app: Operated) -> list[web.RouteDef]:
    """GET /healthz, /readyz and /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        problems = await what_is_wrong(app)
        return web.json_response({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    async def metrics(_request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READY_SECONDS):
                found = await figures(app)
        except (SQLAlchemyError, OSError, TimeoutError) as problem:
            log.warning("the figures can't be read: %s", type(problem).__name__)
            return web.Response(status=503, text="the database doesn't answer")
        return web.Response(text=found, content_type="text/plain", charset="utf-8")

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def what_is_wrong(app: Operated) -> list[str]:
    """Which of database, migrations and Redis keep this process from serving."""
    problems: list[str] = []
    try:
        async with asyncio.timeout(READY_SECONDS), app.database.unit() as uow:
            version = await uow.session.scalar(text("SELECT version_num FROM alembic_version"))
        if version != NEWEST_MIGRATION:
            problems.append("migrations are not up to date")
    except Exception as problem:  # noqa: BLE001 - whatever it is, this process can't serve
        log.warning("the database doesn't answer: %s", type(problem).__name__)
        problems.append("the database doesn't answer")
    try:
        await app.notes.ping()
    except StoreUnavailable:
        problems.append("Redis doesn't answer")
    return problems


async def figures(app: Operated) -> str:
    """Gauges in the Prometheus text format."""
    lines: list[str] = []
    async with app.database.unit() as uow:
        for name, (meaning, query) in FIGURES.items():
            value = await uow.session.scalar(text(query))
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {value}"]
    return "\n".join(lines) + "\n"
