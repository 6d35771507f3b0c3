"""What the catalog tells of a function that is there already: who may not call it any more, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from catalog_samples import catalog_of
from migsafe.planner.schema_state.catalog import of_catalog
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.schema_state import FunctionState

ROLE = "DO $$ BEGIN CREATE ROLE caller; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


def function(url: str, sql: str) -> FunctionState:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROLE)
        connection.execute(sql.encode())
        return of_catalog(catalog_of(connection)).functions[QualifiedName("f", "public")][0]


@pytest.mark.parametrize(
    ("rights", "revoked"),
    [
        ("", set()),
        ("REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC", {"public"}),
        ("REVOKE EXECUTE ON FUNCTION f() FROM caller", {"caller"}),
        ("REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC, caller", {"public", "caller"}),
    ],
)
def test_a_role_that_comes_with_a_right_and_lacks_it_had_it_taken(
    database: str, rights: str, revoked: set[str]
) -> None:
    by_default = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO caller;"
    made = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    assert function(database, by_default + made + rights).revoked == revoked


def test_a_function_that_returns_a_table_returns_rows(database: str) -> None:
    made = "CREATE FUNCTION f() RETURNS TABLE (a int, b text) LANGUAGE sql AS $$SELECT 1, 'x'$$"
    assert str(function(database, made).returns) == "SETOF record"
