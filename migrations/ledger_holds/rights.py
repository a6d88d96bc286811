"""What the application may do: read everything, write what isn't the books, and post through the two functions.

The grants are given by a function of the database, so that an operator whose migrations may not create roles can make the
role herself and call it.
"""

ROLE = "mtaa_app"

# Roles belong to the whole server, so another database may have made it, at this very moment too. Managed servers may keep
# the right to make roles to themselves.
CREATE_ROLE = f"""
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    CREATE ROLE {ROLE} NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE WARNING 'role {ROLE} was not created: no right to; see docs/operating.md';
END
$$
"""

# Views are as writable as their table and would lend their owner's rights, so they are for reading too.
GRANT_RIGHTS = """
CREATE FUNCTION grant_application_rights(p_role name) RETURNS void LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $$
DECLARE
  v_schema text := '{schema}';
  v_table record;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', v_schema, p_role);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', v_schema, p_role);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', v_schema, p_role);
  FOR v_table IN
    SELECT c.relname AS name, c.relkind IN ('r', 'p') AND c.relname !~ '^ledger_' AND c.relname <> 'alembic_version' AS writable
    FROM pg_class c WHERE c.relnamespace = v_schema::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  LOOP
    EXECUTE format('REVOKE ALL ON %I.%I FROM %I', v_schema, v_table.name, p_role);
    EXECUTE format('GRANT SELECT ON %I.%I TO %I', v_schema, v_table.name, p_role);
    IF v_table.writable THEN
      EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I.%I TO %I', v_schema, v_table.name, p_role);
    END IF;
  END LOOP;
  {functions}
END
$$
"""

GRANT = f"""
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    PERFORM grant_application_rights('{ROLE}');
  END IF;
END
$$
"""


def grant_rights(schema: str, signatures: tuple[str, ...]) -> str:
    """The function that gives a role the rights of the application."""
    functions = "\n  ".join(
        f"EXECUTE format('GRANT EXECUTE ON FUNCTION %I.{signature} TO %I', v_schema, p_role);" for signature in signatures
    )
    return GRANT_RIGHTS.format(schema=schema, functions=functions)
