"""Generated rollbacks restore the catalog of a real server, whatever was changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from catalog_samples import EVERYTHING, catalog_of
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.planner.catalog_difference import difference
from migsafe.planner.parse import parse
from migsafe.planner.reverse import renames_back, rows_back, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.catalog import Catalog

HERE = Path(__file__)
_, *CHANGES = HERE.with_name("reversed_changes.txt").read_text().strip().splitlines()
CHANGES = [change for change in CHANGES if change]

NOT_TRIED = (
    "before: ",
    "since: ",
    "UPDATE pg_index",
    "DROP FOREIGN TABLE",
    "DROP OPERATOR CLASS",
    "ALTER TEXT SEARCH CONFIGURATION",
    "ALTER SERVER",
    "ALTER USER MAPPING",
)
"""What needs another beginning, is no change of shape, is told for comparison only, or has secrets."""

_, *BLOCKS = HERE.with_name("catalog_changes.txt").read_text().split("\n\n")
CHANGES += [block.splitlines()[0] for block in BLOCKS if not block.startswith(NOT_TRIED)]


@pytest.fixture(scope="module")
def everything(server: Server) -> Iterator[psycopg.Connection]:
    """One database with every kind of object; each test rolls back what it does there."""
    url = create_database(server, "reverse")
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(EVERYTHING.encode())
        yield connection
    drop_database(server, "reverse")


def catalog(connection: psycopg.Connection) -> Catalog:
    return catalog_of(connection, "public", "aside", "hidden")


def undo(connection: psycopg.Connection, before: Catalog, change: str) -> None:
    """Apply a change and go back with what is generated."""
    connection.execute(change.encode())
    up = parse(change.encode(), "change.sql")
    for statement in (*renames_back(up, catalog(connection)), *rows_back(up, before)):
        connection.execute(statement.encode())
    role = connection.info.user
    for statement in statements(catalog(connection), before, role):
        connection.execute(statement.encode())


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[:70])
def test_what_is_generated_restores_the_catalog(everything: psycopg.Connection, change: str) -> None:
    with everything.transaction(force_rollback=True):
        before = catalog(everything)
        undo(everything, before, change)
        left = difference(before, catalog(everything))
    assert [each.sentence for each in left if each.field != "order"] == []
