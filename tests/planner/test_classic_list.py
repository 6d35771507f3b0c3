"""The classic list: 33 statements that everybody should be warned of, and 12 that nobody should."""

from __future__ import annotations

import datetime as dt

import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies
from migsafe.schemas.problem import Refusal
from migsafe.schemas.severity import Severity

STANDING = """
CREATE SCHEMA app;
CREATE SCHEMA archive;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE regions (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY, email text, name varchar(20), age int, mood mood DEFAULT 'ok');
CREATE TABLE orders (
    id bigint PRIMARY KEY, user_id bigint, total int, note varchar(20), code text NOT NULL, during int4range
);
CREATE TABLE items (order_id bigint REFERENCES orders (id), sku text);
CREATE TABLE keyless (id bigint NOT NULL, day date);
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE events_old (id bigint, day date);
CREATE INDEX orders_user_idx ON orders (user_id);
CREATE INDEX orders_code_idx ON orders (code);
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS 'BEGIN RETURN NEW; END';
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (user_id = 1);
"""
PROVEN = """
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
-- next migration
ALTER TABLE users VALIDATE CONSTRAINT email_set;
-- next migration
"""

DANGEROUS = {
    "drop table": "DROP TABLE items;",
    "drop column": "ALTER TABLE users DROP COLUMN email;",
    "drop schema": "DROP SCHEMA app CASCADE;",
    "truncate": "TRUNCATE items;",
    "truncate cascade": "TRUNCATE orders CASCADE;",
    "rename table": "ALTER TABLE users RENAME TO people;",
    "rename column": "ALTER TABLE users RENAME COLUMN email TO mail;",
    "type change": "ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
    "set not null": "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    "add column not null without default": "ALTER TABLE users ADD COLUMN plan text NOT NULL;",
    "volatile default": "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    "serial": "ALTER TABLE users ADD COLUMN number serial;",
    "stored generated": "ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) STORED;",
    "plain index": "CREATE INDEX users_email_idx ON users (email);",
    "plain unique index": "CREATE UNIQUE INDEX users_email_key ON users (email);",
    "unique constraint": "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);",
    "primary key": "ALTER TABLE keyless ADD PRIMARY KEY (id);",
    "check": "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17);",
    "foreign key": "ALTER TABLE orders ADD CONSTRAINT buyer FOREIGN KEY (user_id) REFERENCES users (id);",
    "foreign key not valid": (
        "ALTER TABLE orders ADD CONSTRAINT buyer FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;"
    ),
    "not valid and validate in one transaction": (
        "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;ALTER TABLE users VALIDATE CONSTRAINT adult;"
    ),
    "exclusion constraint": "ALTER TABLE orders ADD CONSTRAINT alone EXCLUDE USING gist (during WITH &&);",
    "vacuum full": "VACUUM FULL orders;",
    "cluster": "CLUSTER orders USING orders_user_idx;",
    "lock table": "LOCK TABLE orders;",
    "refresh materialized view": "REFRESH MATERIALIZED VIEW totals;",
    "update without where": "UPDATE users SET age = 0;",
    "delete without where": "DELETE FROM items;",
    "delete with a list that nothing joins": "DELETE FROM items USING orders;",
    "attach partition": (
        "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
    ),
    "trigger on a big table": ("CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();"),
    "disable row level security": "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;",
    "enum value used at once": "ALTER TYPE mood ADD VALUE 'glad'; UPDATE users SET mood = 'glad' WHERE id = 1;",
    "concurrent index in a transaction": "BEGIN; CREATE INDEX CONCURRENTLY users_email_idx ON users (email); COMMIT;",
    "concurrent if not exists over an invalid index": (
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);"
    ),
    "reindex": "REINDEX TABLE orders;",
    "ddl in do": "DO $$ BEGIN ALTER TABLE orders ALTER COLUMN total TYPE bigint; END $$;",
    "set schema": "ALTER TABLE users SET SCHEMA archive;",
}
SAFE = {
    "varchar to text": "ALTER TABLE users ALTER COLUMN name TYPE text;",
    "constant default": "ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';",
    "now() default": "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT now();",
    "concurrent index": "CREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
    "not valid alone": "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;",
    "validate alone": (
        "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;\n-- next migration\n"
        "ALTER TABLE users VALIDATE CONSTRAINT adult;"
    ),
    "nullable column": "ALTER TABLE users ADD COLUMN bio text;",
    "new table with index and foreign key to nothing hot": (
        "CREATE TABLE cities (id bigint PRIMARY KEY, region bigint NOT NULL REFERENCES regions (id));"
        "CREATE INDEX cities_region_idx ON cities (region);"
    ),
    "comment": "COMMENT ON TABLE users IS 'people';",
    "grant": "GRANT SELECT ON users TO reporting;",
    "set not null with a valid check": f"{PROVEN}ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    "text widening": "ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);",
}


def _judged(number: int, text: str) -> Judged:
    path = f"migrations/{number}.sql"
    return Judged(f"{number}.sql", path, divide(parse(text.encode(), path)))


def told(sql: str, least: Severity) -> list[str]:
    """The rules that tell of a script on tables that are in use, migration by migration; or that it is refused."""
    texts = [STANDING, *sql.split("-- next migration\n")]
    try:
        judged = [_judged(number, text) for number, text in enumerate(texts)]
    except Refusal:
        return ["refused"]
    said = judge(judged, SchemaState(), Policies(), Surroundings(), dt.date(2026, 1, 1))
    found = [finding for each in said.findings[1:] for finding in each]
    return [finding.rule for finding in found if finding.severity.rank >= least.rank]


def test_the_list_is_whole() -> None:
    assert len(SAFE) == 12
    assert len(DANGEROUS) >= 33


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_danger_is_found(name: str) -> None:
    """A warning but for the foreign key NOT VALID: it is the remedy for the valid one, and its lock is noticed."""
    least = Severity.NOTICE if name == "foreign key not valid" else Severity.WARNING
    assert told(DANGEROUS[name], least) != []


@pytest.mark.parametrize("name", SAFE)
def test_what_is_safe_is_not_flagged(name: str) -> None:
    assert told(SAFE[name], Severity.NOTICE) == []
