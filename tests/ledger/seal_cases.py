"""Hand-written SQL against the guards of the seals and of the archive, for the tests of all guards.

The books that these start from are sealed. A statement may be several: what comes first makes the place for the last one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEALS, ARCHIVE, OPENINGS = "ledger_seals", "ledger_entries_archive", "ledger_openings"
COLUMNS = "transfer_id, balance_id, seq, posted_at, bucket, leg, currency, amount, after"
A_PARTITION = f"CREATE TABLE a_partition PARTITION OF {ARCHIVE} DEFAULT; "
TO_ARCHIVE = f"INSERT INTO {ARCHIVE} ({COLUMNS}) SELECT {COLUMNS} FROM ledger_entries WHERE balance_id = 3"
AN_OPENING = f"INSERT INTO {OPENINGS} VALUES (1, '2020-01-01', 1000, 0, 0, 0)"
# The next seal as it should be, but over no transactions at all.
EMPTY_SEAL = f"""
INSERT INTO {SEALS} SELECT (bare).number, (bare).since, (bare).upto, (bare).transfers, (bare).entries, (bare).rejections,
  (bare).sealed_at, (bare).digest, (bare).previous, ledger_seal_hash(bare)
FROM (
  SELECT ROW(number + 1, upto, upto, 0, 0, 0, sealed_at, digest, hash, hash)::{SEALS} AS bare FROM {SEALS}
  ORDER BY number DESC LIMIT 1) last
"""


def seal_cases(guard: Callable[..., Any], posting: Callable[..., str]) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Each statement with the guards that refuse it."""

    def trigger(table: str, name: str) -> Any:
        return guard(table, name, is_trigger=True)

    of_transfers = trigger("ledger_transfers", "transfers_have_entries")
    of_rejections = trigger("ledger_rejections", "rejections_stand_alone")
    of_chart = trigger("ledger_chart", "chart_has_its_transaction")
    chain, seals_final = trigger(SEALS, "seals_form_a_chain"), trigger(SEALS, "seals_are_final")
    one_number, one_end = guard(SEALS, "pk_ledger_seals"), guard(SEALS, "uq_ledger_seals_upto")
    new_numbers = trigger("ledger_entries", "entries_agree")
    agrees, archived_final = trigger(ARCHIVE, "archive_agrees"), trigger(ARCHIVE, "archived_is_final")
    archived_once = (
        guard(ARCHIVE, "pk_ledger_entries_archive"),
        guard(ARCHIVE, "uq_ledger_entries_archive_balance_id_seq_posted_at"),
    )
    advance, openings_stay = trigger(OPENINGS, "openings_only_advance"), trigger(OPENINGS, "openings_stay")
    return {
        "a transfer under the number of an older transaction": (
            "ALTER TABLE ledger_transfers ALTER xact SET DEFAULT 1; " + posting((1, "-5", ""), (3, "5", "")),
            (of_transfers,),
        ),
        "a refusal under the number of an older transaction": (
            (
                "INSERT INTO ledger_rejections (key, fingerprint, kind, reason, event_at, rejected_at, xact)"
                " VALUES (gen_random_uuid(), sha256('x'), 'by hand', 'resolved', now(), now(), 1)"
            ),
            (of_rejections,),
        ),
        "an account charted under the number of an older transaction": (
            "INSERT INTO ledger_chart VALUES ('pot', 'x', 'y', 1)",
            (of_chart,),
        ),
        "a seal made up": (
            (
                f"INSERT INTO {SEALS} SELECT number + 1, upto, upto + 1, 0, 0, 0, sealed_at, digest, hash, hash FROM {SEALS}"
                " ORDER BY number DESC LIMIT 1"
            ),
            (chain,),
        ),
        "a seal made twice": (f"INSERT INTO {SEALS} SELECT * FROM {SEALS}", (chain, one_number, one_end)),
        "a seal over nothing": (EMPTY_SEAL, (guard(SEALS, "ck_ledger_seals_upto"), one_end)),
        "a seal rewritten": (f"UPDATE {SEALS} SET entries = entries + 1", (seals_final,)),
        "a seal deleted": (f"DELETE FROM {SEALS}", (seals_final,)),
        "seals truncated": (f"TRUNCATE {SEALS}", (seals_final,)),
        "an entry under a number that is archived": (f"{AN_OPENING}; " + posting((1, "-5", ""), (3, "5", "")), (new_numbers,)),
        "an entry put into the archive and left where it was": (A_PARTITION + TO_ARCHIVE, (agrees,)),
        "an entry put into the archive twice": (f"{A_PARTITION}{TO_ARCHIVE} UNION ALL {TO_ARCHIVE.partition(') ')[2]}", (
            agrees, *archived_once,
        )),
        "an archived entry rewritten": (f"UPDATE {ARCHIVE} SET after = 0", (archived_final,)),
        "an archived entry deleted": (f"DELETE FROM {ARCHIVE}", (archived_final,)),
        "the archive truncated": (f"TRUNCATE {ARCHIVE}", (archived_final,)),
        "an opening balance put back": (f"{AN_OPENING}; UPDATE {OPENINGS} SET seq = seq - 1", (advance,)),
        "an opening balance of another month": (f"{AN_OPENING}; UPDATE {OPENINGS} SET month = '2019-01-01'", (advance,)),
        "an opening balance deleted": (f"DELETE FROM {OPENINGS}", (openings_stay,)),
        "opening balances truncated": (f"TRUNCATE {OPENINGS}", (openings_stay,)),
        "a second opening balance": (f"{AN_OPENING}; {AN_OPENING}", (guard(OPENINGS, "pk_ledger_openings"),)),
    }  # fmt: skip
