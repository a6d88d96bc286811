"""What our ledger is measured against: the least that can be called posting, written by hand, with nothing to guard it.

Accounts with a balance that may not go below zero, transfers with a unique key, two entries each with the balance after. One
function call per transfer; rows are locked in the order of their ids.
"""

from __future__ import annotations

SCHEMA = """
CREATE SCHEMA reference;

CREATE TABLE reference.account (
  id bigint PRIMARY KEY,
  balance numeric(38,18) NOT NULL,
  version bigint NOT NULL DEFAULT 0,
  may_overdraw boolean NOT NULL DEFAULT false,
  CHECK (may_overdraw OR balance >= 0)
) WITH (fillfactor = 70);

CREATE TABLE reference.transfer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  posted_at timestamptz NOT NULL
);

CREATE TABLE reference.entry (
  transfer_id bigint NOT NULL,
  leg smallint NOT NULL,
  account_id bigint NOT NULL,
  amount numeric(38,18) NOT NULL,
  after numeric(38,18) NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (transfer_id, leg),
  UNIQUE (account_id, version)
);

CREATE FUNCTION reference.pay(p_giver bigint, p_taker bigint, p_amount numeric, p_key uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_transfer bigint;
  v_given record;
  v_taken record;
BEGIN
  INSERT INTO reference.transfer (key, posted_at) VALUES (p_key, clock_timestamp())
  ON CONFLICT (key) DO NOTHING RETURNING id INTO v_transfer;
  IF v_transfer IS NULL THEN
    SELECT id INTO v_transfer FROM reference.transfer WHERE key = p_key;
    RETURN v_transfer;
  END IF;
  IF p_giver < p_taker THEN
    UPDATE reference.account SET balance = balance - p_amount, version = version + 1
    WHERE id = p_giver RETURNING balance, version INTO v_given;
    UPDATE reference.account SET balance = balance + p_amount, version = version + 1
    WHERE id = p_taker RETURNING balance, version INTO v_taken;
  ELSE
    UPDATE reference.account SET balance = balance + p_amount, version = version + 1
    WHERE id = p_taker RETURNING balance, version INTO v_taken;
    UPDATE reference.account SET balance = balance - p_amount, version = version + 1
    WHERE id = p_giver RETURNING balance, version INTO v_given;
  END IF;
  INSERT INTO reference.entry (transfer_id, leg, account_id, amount, after, version)
  VALUES (v_transfer, 1, p_giver, -p_amount, v_given.balance, v_given.version),
    (v_transfer, 2, p_taker, p_amount, v_taken.balance, v_taken.version);
  RETURN v_transfer;
END
$$;
"""

# The treasury has the highest id, so that it is locked last and for the shortest time.
ACCOUNTS = """
INSERT INTO reference.account (id, balance, may_overdraw)
SELECT n, 1000000, n > {members} FROM generate_series(1, {members} + 1) n
"""

UNCONTENDED = """
\\set giver random(1, {members})
\\set taker 1 + (:giver + random(0, {members} - 2)) % {members}
SELECT reference.pay(:giver, :taker, 100.50, uuidv7());
"""

HOT = """
\\set giver random(1, {members})
SELECT reference.pay(:giver, {members} + 1, 100.50, uuidv7());
"""
