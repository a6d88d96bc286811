"""The guard of the entries, which also asks that numbers begin at 1.

Numbers below that are free for ever, and nothing else stands in their way: with them entries could be written that no balance
moved by.
"""

from migrations.ledger_plain import guards as before

_FINE = "fresh.amount <> 0 AND fresh.amount <> 'NaN'"
ENTRIES = before.ENTRIES.replace(_FINE, f"fresh.seq > 0 AND {_FINE}")
