"""Which guards the books must have, so that somebody notices when one was dropped, switched off or rewritten.

The database refuses what would leave the books wrong, but it doesn't look after what refuses. `STANDING` names each trigger,
constraint and unique index of the ledger's tables, and each of its functions: those that guard, that post, that seal and that
prove. A migration that changes one changes its line here; a test compares both and prints what to write.
"""

from __future__ import annotations

from pathlib import Path

# Lines of `what|name|signature`. Signatures: of a trigger its timing and its function, of a function the beginning of its
# text's SHA-256, and with whose rights it runs. They are the same on every version of PostgreSQL.
STANDING = tuple(tuple(line.split("|")) for line in (Path(__file__).parent / "guards.txt").read_text().splitlines())

# `ledger_xact` isn't among them: its text tells from where this server counts. A trigger that is only for replicas is none.
STANDING_NOW = """
SELECT 'trigger' AS what, c.relname || '.' || t.tgname AS name, t.tgtype || ' ' || p.proname AS signature
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
  AND p.proname LIKE 'ledger\\_%' AND NOT c.relispartition
UNION ALL
SELECT 'function', p.proname || ' ' || p.pronargs,
  left(encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex'), 32) || CASE WHEN p.prosecdef THEN ' definer' ELSE '' END
FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'ledger\\_%' AND p.proname <> 'ledger_xact'
UNION ALL
SELECT 'constraint', c.relname || '.' || k.conname, k.contype::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'ledger\\_%' AND NOT c.relispartition
  AND k.contype IN ('c', 'u', 'p') AND k.convalidated
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, 'unique'
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'ledger\\_%' AND NOT c.relispartition
  AND i.indisunique AND i.indisvalid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
# The archive's parts are tables that can be reached by themselves.
_OF_PARTS = """
SELECT part.inhrelid::regclass::text || '.' || guard.name AS name, EXISTS (
  SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
  WHERE t.tgrelid = part.inhrelid AND t.tgname = guard.name AND t.tgenabled IN ('O', 'A')
    AND t.tgtype || ' ' || p.proname = guard.signature) AS stands
FROM pg_inherits part
CROSS JOIN (
  VALUES ('archive_agrees', '4 ledger_guard_archive'), ('archived_is_final', '58 ledger_refuse')) guard(name, signature)
WHERE part.inhparent = 'ledger_entries_archive'::regclass
"""
_VALUES = ", ".join(f"('{what}', '{name}', '{signature}')" for what, name, signature in STANDING)
# Rows of (name, stands): every guard that there must be.
GUARDS = f"""
SELECT must.what || ' ' || must.name AS name, is_there.signature IS NOT DISTINCT FROM must.signature AS stands
FROM (VALUES {_VALUES}) must(what, name, signature)
LEFT JOIN ({STANDING_NOW}) is_there ON is_there.what = must.what AND is_there.name = must.name
UNION ALL SELECT 'trigger ' || part.name, part.stands FROM ({_OF_PARTS}) part
"""
