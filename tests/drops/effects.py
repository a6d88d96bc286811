"""What was done, counted: every row of every table that is somebody's, and every balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import text

from core.kernel.db import Database

# What counts attempts, sessions and messages of the way, which another way to the same end has more of or fewer.
OF_THE_WAY = frozenset(
    {
        "alembic_version",
        "answered_turns",
        "chat_pace",
        "drafts",
        "live_messages",
        "login_attempts",
        # Drawn when somebody looks, for the quarter.
        "padlock_draws",
        "otp_attempts",
        "otp_challenges",
        "code_budgets",
        "pgqueuer_log",
        "pgqueuer_statistics",
        "member_sessions",
        "security_events",
        "session_audits",
        "step_ups",
        "telegram_updates",
        "user_devices",
        "ussd_sessions",
    }
)
# What tells an outcome, by whichever way somebody is told on this channel.
TOLD = frozenset({"sms_delivery_log", "chat_delivery_log", "email_delivery_log", "pgqueuer"})
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


class Effects:
    """Counts what a database holds."""

    def __init__(self, database: Database) -> None:
        self._database, self._query = database, ""

    async def count(self) -> Counter[str]:
        """Rows by table, and money by the kind of who has it, in cents."""
        async with self._database.unit() as uow:
            if not self._query:
                names = [name for (name,) in await uow.session.execute(text(TABLES)) if name not in OF_THE_WAY]
                self._query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
                self._query += (
                    " UNION ALL SELECT 'money of ' || kind, (sum(available) * 100)::bigint FROM ledger_balances GROUP BY kind"
                )
            return Counter({str(name): int(many) for name, many in await uow.session.execute(text(self._query))})


def change(before: Counter[str], after: Counter[str], *, but: Iterable[str] = ()) -> dict[str, int]:
    """What became more or less."""
    return {name: after[name] - before[name] for name in sorted({*before, *after} - set(but)) if after[name] != before[name]}
