"""Statements as they stand in the wild, with the traps that the usual advice leads into: each is found by its rule."""

from __future__ import annotations

import datetime as dt

import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies
from migsafe.schemas.problem import Problem

STANDING = """
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email AS text;
CREATE SEQUENCE numbers;
CREATE TABLE users (id bigint PRIMARY KEY, email text, name varchar(20), age int, mood mood DEFAULT 'ok');
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(20), code text NOT NULL);
CREATE INDEX orders_user_idx ON orders (user_id);
CREATE TABLE items (order_id bigint REFERENCES orders (id), sku text);
CREATE TABLE child (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);
CREATE TABLE checked (id bigint PRIMARY KEY, email text, CONSTRAINT email_set CHECK (email IS NOT NULL));
CREATE TABLE stamped (id bigint PRIMARY KEY, at timestamp, amount numeric(10,2), payload json, code char(3));
CREATE TABLE mailed (id bigint PRIMARY KEY, mail email);
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE events_old (id bigint, day date);
CREATE VIEW names AS SELECT id, name FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION bump() RETURNS void LANGUAGE plpgsql SET search_path = public AS
  'BEGIN ALTER TABLE users ADD COLUMN z int NOT NULL; END';
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (user_id = 1);
"""
WILD = {
    "ALTER TABLE checked ALTER email SET NOT NULL, DROP CONSTRAINT email_set": "set-not-null-and-drop-check-combined",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (email)": "concurrent-index-if-not-exists",
    "CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2025-02-01') TO ('2025-03-01')": "create-partition-of",
    "DROP TABLE child": "drop-table-busy-fk",
    "ALTER TABLE users ADD COLUMN u uuid DEFAULT gen_random_uuid()": "add-column-volatile-default",
    "ALTER TABLE users ADD COLUMN t timestamptz NOT NULL DEFAULT clock_timestamp()": "add-column-volatile-default",
    "ALTER TABLE users ADD COLUMN u uuid DEFAULT uuid_generate_v4()": "add-column-volatile-default",
    "ALTER TABLE stamped ALTER at TYPE timestamptz": "alter-column-type-timezone-dependent",
    "ALTER TABLE stamped ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC'": "alter-column-type-rewrite",
    "ALTER TABLE stamped ALTER amount TYPE numeric(10,4)": "alter-column-type-rewrite",
    "ALTER TABLE stamped ALTER payload TYPE jsonb USING payload::jsonb": "alter-column-type-rewrite",
    "ALTER TABLE stamped ALTER code TYPE text": "alter-column-type-rewrite",
    "ALTER TABLE users ALTER name TYPE text": "alter-column-type-view-dependent",
    "ALTER TABLE users ALTER id TYPE int": "alter-column-type-with-fk",
    "TRUNCATE items, child": "truncate",
    "DELETE FROM items USING orders": "delete-without-where",
    "UPDATE users SET age = 1 WHERE 1=1": "update-without-where",
    "UPDATE users SET age = 1 WHERE id IS NOT NULL": "update-without-where",
    "UPDATE users SET age = 1 WHERE age > 1 OR true": "update-without-where",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone": "delete-without-where",
    "EXPLAIN ANALYZE DELETE FROM orders": "delete-without-where",
    "DROP INDEX IF EXISTS orders_user_idx": "drop-index-blocking",
    "BEGIN; REINDEX INDEX CONCURRENTLY orders_user_idx; COMMIT": "refused",
    "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')": (
        "attach-partition-default"
    ),
    "ALTER TABLE events DETACH PARTITION events_1": "detach-partition-blocking",
    "ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY": "detach-concurrently-refused",
    "CREATE INDEX CONCURRENTLY i ON events (day)": "concurrent-index-partitioned",
    "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')": "domain-add-constraint",
    "ALTER DOMAIN email SET NOT NULL": "domain-set-not-null",
    "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['users'] LOOP EXECUTE format('DROP TABLE %I', t); END LOOP; "
    "END $$": "drop-table",
    "SELECT bump()": "add-column-not-null-no-default",
    "DO $$ BEGIN PERFORM bump(); END $$": "add-column-not-null-no-default",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables LOOP EXECUTE 'DROP TABLE ' || r.tablename; "
    "END LOOP; END $$": "statement-not-analysed",
    "PREPARE p AS DELETE FROM orders; EXECUTE p": "statement-not-analysed",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity": "statement-not-analysed",
    "SET session_replication_role = replica; UPDATE users SET age = 1 WHERE id = 1": "replication-role-replica",
    "ALTER TABLE users OWNER TO somebody": "owner-changed",
    "REASSIGN OWNED BY somebody TO somebody_else": "owner-changed",
    "DROP OWNED BY somebody": "drop-owned",
    "ALTER SYSTEM SET work_mem = '1GB'": "setting-for-all",
    "ALTER DATABASE app SET statement_timeout = 0": "setting-for-all",
    "ALTER ROLE app SET search_path = elsewhere": "setting-for-all",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC": "grant-widening",
    "CREATE FUNCTION all_gone() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM orders WHERE id = 1'": (
        "security-definer-search-path"
    ),
    "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY": "rls-disable",
    "BEGIN; DROP POLICY own ON orders; COMMIT; BEGIN; CREATE POLICY own ON orders USING (user_id = 2); COMMIT": (
        "policy-drop-recreate-gap"
    ),
    "ALTER TYPE mood RENAME TO old; CREATE TYPE mood AS ENUM ('ok'); "
    "ALTER TABLE users ALTER mood TYPE mood USING mood::text::mood": "enum-value-removal",
    "ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE users ALTER mood SET DEFAULT 'new'": "enum-value-used-same-tx",
    "ALTER TABLE orders SET UNLOGGED": "set-logged-unlogged",
    "LOCK TABLE ONLY orders IN SHARE MODE NOWAIT": "lock-table",
    "ALTER TABLE orders SET (autovacuum_enabled = off)": "autovacuum-off",
    "ALTER TABLE orders REPLICA IDENTITY NOTHING": "replica-identity",
    "ALTER SEQUENCE numbers RESTART": "sequence-restarted",
    "CREATE RULE r AS ON INSERT TO orders DO INSTEAD NOTHING": "create-rule",
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION noted()": "event-trigger",
    "ALTER TABLE users ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY": "add-column-identity",
    "ALTER TABLE users ADD COLUMN k int CHECK (k > 0)": "add-column-inline-check",
    "VACUUM (FULL, ANALYZE)": "vacuum-full-cluster",
    "CREATE OR REPLACE VIEW names AS SELECT id FROM users": "view-columns-replaced",
    "CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY)": "if-not-exists-differs",
    "DROP FUNCTION touch(); DROP TYPE mood": "drop-refused-by-dependents",
    "ALTER TABLE items ALTER CONSTRAINT items_order_id_fkey DEFERRABLE": "alter-constraint",
    "SET LOCAL timezone = 'America/New_York'; ALTER TABLE stamped ALTER at TYPE timestamptz": (
        "alter-column-type-timezone-dependent"
    ),
}


def found(sql: str) -> set[str]:
    """The rules that speak of it where all of that stands."""
    try:
        judged = [
            Judged(name, name, divide(parse(text.encode(), name))) for name, text in (("1", STANDING), ("2", sql + ";"))
        ]
    except Problem:
        return {"refused"}
    said = judge(judged, SchemaState(), Policies(), Surroundings(), dt.date(2026, 1, 1))
    return {finding.rule for finding in said.findings[1]}


@pytest.mark.parametrize("sql", WILD)
def test_it_is_found(sql: str) -> None:
    assert WILD[sql] in found(sql)


def test_the_list_is_long() -> None:
    assert len(WILD) >= 60
