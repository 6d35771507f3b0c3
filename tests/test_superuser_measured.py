"""What superuser-required claims, as the ordinary role that owns a Supabase project."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Policies
from projects import owned_project, platform_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server

REFUSED = (
    "ALTER SYSTEM SET log_statement = 'all'",
    "CREATE TABLESPACE t LOCATION '/nowhere'",
    "CREATE ROLE boss SUPERUSER",
    "ALTER ROLE anon SUPERUSER",
    "COPY orders TO '/nowhere/orders.csv'",
    "COPY orders FROM '/nowhere/orders.csv'",
    "COPY orders FROM PROGRAM 'true'",
    "ALTER TABLE orders DISABLE TRIGGER ALL",
    "ALTER TABLE users ENABLE TRIGGER ALL",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'f'",
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE internal AS 'int4abs'",
)
ALLOWED = (
    "ALTER TABLE orders DISABLE TRIGGER USER",
    "ALTER TABLE lonely DISABLE TRIGGER ALL",
    "CREATE ROLE clerk LOGIN",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER ROLE authenticated SET statement_timeout = '5s'",
    "SET session_replication_role = replica",
)
TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE lonely (id bigint PRIMARY KEY);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with platform_server() as running:
        yield running


@pytest.fixture
def project(server: Server) -> Iterator[psycopg.Connection]:
    """A fresh project with some tables, connected to as its owner."""
    with owned_project(server) as connection:
        connection.execute(TABLES)
        yield connection


def found(sql: str) -> list[str]:
    """The rules that speak of a statement on Supabase."""
    judged = [Judged(name, name, divide(parse(text.encode(), name))) for name, text in (("1", TABLES), ("2", sql))]
    said = judge(judged, SchemaState(), Policies(), Surroundings(Platform.SUPABASE), dt.date(2026, 1, 1))
    return [finding.rule for finding in said.findings[1]]


@pytest.mark.parametrize("sql", REFUSED)
def test_it_speaks_where_the_owner_is_refused(project: psycopg.Connection, sql: str) -> None:
    assert "superuser-required" in found(sql)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        project.execute(sql.encode())


@pytest.mark.parametrize("sql", ALLOWED)
def test_it_is_silent_where_the_owner_may(project: psycopg.Connection, sql: str) -> None:
    assert "superuser-required" not in found(sql)
    with project.transaction(force_rollback=True):  # roles belong to the whole server
        project.execute(sql.encode())
