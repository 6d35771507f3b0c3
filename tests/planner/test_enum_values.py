"""When the use of a new enum value is found, held to what the server refuses."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies

BEFORE = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id int, mood mood, name text);
CREATE TABLE words (word text);
CREATE FUNCTION cheer(m mood) RETURNS mood LANGUAGE sql AS 'SELECT m';
CREATE FUNCTION say(m text) RETURNS text LANGUAGE sql AS 'SELECT m';
"""
REFUSED = {
    "cast": "SELECT 'new'::mood",
    "insert in order": "INSERT INTO people VALUES (1, 'new', 'x')",
    "insert by name": "INSERT INTO people (name, mood) VALUES ('x', 'new')",
    "insert from a query": "INSERT INTO people (mood) SELECT 'new'",
    "update": "UPDATE people SET mood = 'new'",
    "update through CASE": "UPDATE people SET mood = CASE WHEN id = 1 THEN 'new' ELSE mood END",
    "where": "DELETE FROM people WHERE mood = 'new'",
    "where in a list": "UPDATE people SET name = 'x' WHERE mood IN ('ok', 'new')",
    "default of a column": "ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'new'",
    "new column": "ALTER TABLE words ADD COLUMN mood mood DEFAULT 'new'",
    "new table": "CREATE TABLE others (m mood DEFAULT 'new')",
    "check": "ALTER TABLE people ADD CONSTRAINT c CHECK (mood <> 'new')",
    "partial index": "CREATE INDEX i ON people (id) WHERE mood = 'new'",
    "policy": "CREATE POLICY p ON people USING (mood = 'new')",
    "view": "CREATE VIEW v AS SELECT id FROM people WHERE mood = 'new'",
    "argument": "SELECT cheer('new')",
    "block": "DO $$ BEGIN UPDATE people SET mood = 'new'; END $$",
    "body in SQL": "CREATE FUNCTION f() RETURNS mood LANGUAGE sql AS $$ SELECT 'new'::mood $$",
}
ALLOWED = {
    "other column": "UPDATE people SET name = 'new'",
    "other place of the row": "INSERT INTO people VALUES (1, 'ok', 'new')",
    "other table": "INSERT INTO words VALUES ('new')",
    "other comparison": "UPDATE people SET mood = 'ok' WHERE name = 'new'",
    "other argument": "SELECT say('new')",
    "comment": "COMMENT ON TYPE mood IS 'new'",
    "neighbour": "ALTER TYPE mood ADD VALUE 'newer' AFTER 'new'",
    "plpgsql": "CREATE FUNCTION f() RETURNS mood LANGUAGE plpgsql AS $$ BEGIN RETURN 'new'; END $$",
    "text": "SELECT 'new'",
}
ADDED = "ALTER TYPE mood ADD VALUE 'new';\n"


def uses_found(*migrations: str) -> list[int]:
    """The lines, in the last migration, at which the rule finds something."""
    given = [
        Judged(f"{number}.sql", f"{number}.sql", divide(parse(text.encode(), f"{number}.sql")))
        for number, text in enumerate(migrations)
    ]
    said = judge(given, SchemaState(), Policies(), Surroundings(), dt.date(2026, 1, 15))
    return [finding.line for finding in said.findings[-1] if finding.rule == "enum-value-used-same-tx"]


@pytest.mark.parametrize("use", REFUSED.values(), ids=REFUSED)
def test_what_the_server_refuses_is_found(use: str, database: str) -> None:
    assert uses_found(BEFORE, f"{ADDED}{use};") == [2]
    with psycopg.connect(database) as connection:
        connection.execute(BEFORE)
        connection.commit()
        with pytest.raises(psycopg.errors.UnsafeNewEnumValueUsage):
            connection.execute(ADDED + use)


@pytest.mark.parametrize("use", ALLOWED.values(), ids=ALLOWED)
def test_what_the_server_allows_is_not_found(use: str, database: str) -> None:
    assert uses_found(BEFORE, f"{ADDED}{use};") == []
    with psycopg.connect(database) as connection:
        connection.execute(BEFORE)
        connection.commit()
        connection.execute(ADDED + use)


def test_a_value_of_a_type_that_the_transaction_makes_may_be_used() -> None:
    assert uses_found("CREATE TYPE e AS ENUM ();\nALTER TYPE e ADD VALUE 'x';\nSELECT 'x'::e;") == []


def test_a_value_that_was_there_before_may_be_used() -> None:
    assert uses_found(BEFORE, "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';\nSELECT 'ok'::mood;") == []


def test_a_column_that_nothing_is_known_of_counts() -> None:
    assert uses_found("ALTER TYPE mood ADD VALUE 'x';\nUPDATE people SET mood = 'x';") == [2]


def test_the_next_transaction_may_use_it() -> None:
    assert uses_found(BEFORE, f"BEGIN;\n{ADDED}COMMIT;\nUPDATE people SET mood = 'new';") == []
