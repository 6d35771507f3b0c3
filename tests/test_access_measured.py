"""What rules on access claim of PostgreSQL, tried on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = "example_stranger"


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    """A connection with a role that owns nothing."""
    with psycopg.connect(database, autocommit=True) as opened:
        opened.execute(
            f"DO $$ BEGIN CREATE ROLE {STRANGER}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        opened.execute(f"CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO {STRANGER}")
        yield opened


def value(connection: psycopg.Connection, sql: str) -> object:
    row = connection.execute(sql).fetchone()
    return row[0] if row is not None else None


@pytest.mark.parametrize(("command", "changed"), [("UPDATE s.t SET a = 2 WHERE a = 1", 0), ("DELETE FROM s.t", 1)])
def test_rls_policy_incomplete_without_a_select_policy_a_where_finds_nothing(
    connection: psycopg.Connection, command: str, changed: int
) -> None:
    connection.execute(
        "CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1); ALTER TABLE s.t ENABLE ROW LEVEL SECURITY"
    )
    connection.execute("CREATE POLICY u ON s.t FOR UPDATE USING (true); CREATE POLICY d ON s.t FOR DELETE USING (true)")
    connection.execute(f"GRANT ALL ON s.t TO {STRANGER}; SET ROLE {STRANGER}")
    assert connection.execute(command).rowcount == changed


def test_security_definer_view_replacing_a_view_forgets_security_invoker(connection: psycopg.Connection) -> None:
    connection.execute("CREATE VIEW s.v WITH (security_invoker = true) AS SELECT 1 AS a")
    connection.execute("CREATE OR REPLACE VIEW s.v AS SELECT 1 AS a")
    assert value(connection, "SELECT reloptions FROM pg_class WHERE oid = 's.v'::regclass") is None


@pytest.mark.parametrize(("where", "may"), [("IN SCHEMA s", True), ("", False)])
def test_default_privileges_of_one_schema_cannot_take_a_right_of_public(
    connection: psycopg.Connection, where: str, may: bool
) -> None:
    connection.execute(f"ALTER DEFAULT PRIVILEGES {where} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    connection.execute("CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert value(connection, f"SELECT has_function_privilege('{STRANGER}', 's.f()', 'EXECUTE')") is may


def test_policy_initplan_a_sub_select_is_run_once(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE s.t AS SELECT g::text AS a FROM generate_series(1, 100) AS g; CREATE SEQUENCE s.n")
    connection.execute(
        "CREATE FUNCTION s.who() RETURNS text LANGUAGE plpgsql STABLE AS "
        "$$ BEGIN RAISE NOTICE 'asked'; RETURN 'x'; END $$"
    )
    asked: list[str] = []
    connection.add_notice_handler(lambda notice: asked.append(str(notice.message_primary)))
    connection.execute("SELECT FROM s.t WHERE a = (SELECT s.who())")
    once = len(asked)
    connection.execute("SELECT FROM s.t WHERE a = s.who()")
    assert once == 1
    assert len(asked) - once >= 100
