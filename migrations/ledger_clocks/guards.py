"""Guards that ask for more: numbers of entries begin at 1, and nothing is written under a number that is sealed.

Entries' numbers below 1 are free for ever, and nothing else stands in their way: with them entries could be written that no
balance moved by. Transactions' numbers below the newest seal come when books are restored to another server and not adopted
there: what is posted then would lie in a block that is sealed, and no correction could ever mend that.
"""

from migrations.ledger_holds import guards as held
from migrations.ledger_lean import guards as lean
from migrations.ledger_plain import guards as plain

_FINE = "fresh.amount <> 0 AND fresh.amount <> 'NaN'"
ENTRIES = plain.ENTRIES.replace(_FINE, f"fresh.seq > 0 AND {_FINE}")

_OWN = "fresh.xact <> ledger_xact(pg_current_xact_id())"
# Asked once for a statement, whatever it writes.
_SEALED = "OR fresh.xact < (SELECT s.upto FROM ledger_seals s ORDER BY s.number DESC LIMIT 1)"
_SAYS = "  ) THEN\n"
_NOT_ADOPTED = """    IF ledger_xact(pg_current_xact_id()) < (
      SELECT s.upto FROM ledger_seals s ORDER BY s.number DESC LIMIT 1) THEN
      RAISE EXCEPTION 'this server counts transactions from lower than the books: run ledger_adopt()'
        USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
"""


def _only_unsealed(guard: str) -> str:
    return guard.replace(_OWN, f"{_OWN}\n      {_SEALED}").replace(_SAYS, f"{_SAYS}{_NOT_ADOPTED}")


_KNOWN = "FROM ledger_transfers t WHERE t.key = fresh.key) IS NOT NULL\n"
REJECTIONS_AS_BEFORE = held.REJECTIONS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    _KNOWN, f"{_KNOWN}      OR {_OWN}\n"
)
TRANSFERS, REJECTIONS = _only_unsealed(lean.TRANSFERS), _only_unsealed(REJECTIONS_AS_BEFORE)
BEFORE = (plain.ENTRIES, lean.TRANSFERS, REJECTIONS_AS_BEFORE)
NOW = (ENTRIES, TRANSFERS, REJECTIONS)
