"""Generated rows, so that what a migration does to data can be seen on a shadow that was made without any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.values import Share, expression, with_nulls
from migsafe.executor.shadow.database import catalog_of, session
from migsafe.schemas.catalog import CatalogKind, ConstraintKind, IdentityKind
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

    from migsafe.executor.shadow.database import ShadowDatabase
    from migsafe.schemas.catalog import Catalog, Column, Constraint, Table

NO_STATISTICS: Mapping[tuple[str, str], Share] = {}


@dataclass(frozen=True, slots=True)
class Generated:
    """What became of the rows of one table."""

    table: str
    """Qualified and quoted."""
    rows: int
    """How many there are now."""
    refused: str
    """Why there are fewer than wanted, in the server's words; empty where there are not."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How the tables of a shadow are filled."""

    rows: int
    """For each table."""
    statistics: Mapping[tuple[str, str], Share] = field(default_factory=dict)
    """What the target tells of its columns, where it was asked."""


def fill(shadow: ShadowDatabase, filling: Filling) -> tuple[Generated, ...]:
    """Put rows into the empty tables of a shadow on a server of ours."""
    return generate_rows(shadow.watcher_url, catalog_of(shadow), filling.rows, filling.statistics)


def generate_rows(
    url: str, catalog: Catalog, rows: int, statistics: Mapping[tuple[str, str], Share] = NO_STATISTICS
) -> tuple[Generated, ...]:
    """Put `rows` rows into each empty table of the catalog, the same ones each time; parents before children.

    `url` connects as a superuser: triggers do not fire. `statistics` are by table, as SQL names it, and column. A row
    that a constraint refuses is left out; a table that takes none stays empty, and the reason is told.
    """
    with session(url) as connection:
        connection.execute("SET session_replication_role = replica")
        return tuple(_filled(connection, catalog, table, rows, statistics) for table in _in_order(catalog))


def _in_order(catalog: Catalog) -> list[Table]:
    """Tables with rows of their own, those that others refer to first; circles as they come."""
    tables = {each.name: each for each in catalog.tables if each.kind is CatalogKind.TABLE and not each.parents}
    tables |= {each.name: each for each in catalog.tables if each.kind is CatalogKind.PARTITIONED_TABLE}
    found: dict[str, Table] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in found or name not in tables or name in above:
            return
        for key in _foreign_keys(tables[name]):
            visit(str(key.referenced), above | {name})
        found[name] = tables[name]

    for name in tables:
        visit(name, frozenset())
    return list(found.values())


def _foreign_keys(table: Table) -> Iterator[Constraint]:
    return (each for each in table.constraints if each.kind is ConstraintKind.FOREIGN_KEY)


def _filled(
    connection: psycopg.Connection,
    catalog: Catalog,
    table: Table,
    rows: int,
    statistics: Mapping[tuple[str, str], Share],
) -> Generated:
    import psycopg  # noqa: PLC0415 - slow to import

    if connection.execute(f"SELECT FROM {table.name} LIMIT 1".encode()).fetchone() is not None:
        return Generated(table.name, _count(connection, table), "")
    insert = _insert(connection, catalog, table, statistics)
    try:
        connection.execute(insert.encode(), [1, rows])
    except psycopg.Error:
        refused = _one_by_one(connection, insert, rows)
        return Generated(table.name, _count(connection, table), refused)
    return Generated(table.name, _count(connection, table), "")


def _one_by_one(connection: psycopg.Connection, insert: str, rows: int) -> str:
    import psycopg  # noqa: PLC0415 - slow to import

    refused = ""
    for number in range(1, rows + 1):
        try:
            connection.execute(insert.encode(), [number, number])
        except psycopg.Error as error:
            refused = error.diag.message_primary or str(error)
    return refused


def _count(connection: psycopg.Connection, table: Table) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table.name}".encode()).fetchone()
    return int(row[0]) if row else 0


def _insert(
    connection: psycopg.Connection, catalog: Catalog, table: Table, statistics: Mapping[tuple[str, str], Share]
) -> str:
    """The INSERT of the rows whose numbers its two parameters bound."""
    keys = _keys(connection, table)
    values = {column.name: _value(catalog, table, column, keys, statistics) for column in table.columns}
    given = {name: value for name, value in values.items() if value is not None}
    always = any(column.identity is IdentityKind.ALWAYS for column in table.columns)
    overriding = " OVERRIDING SYSTEM VALUE" if always else ""
    if not given:
        return f"INSERT INTO {table.name} SELECT FROM generate_series(%s::bigint, %s::bigint)"
    columns = ", ".join(quoted(name) for name in given)
    expressions = ", ".join(value.replace("%", "%%") for value in given.values())
    numbers = "generate_series(%s::bigint, %s::bigint) AS numbers (n)"
    return f"INSERT INTO {table.name} ({columns}){overriding} SELECT {expressions} FROM {numbers}"


def _value(
    catalog: Catalog,
    table: Table,
    column: Column,
    keys: Mapping[str, str],
    statistics: Mapping[tuple[str, str], Share],
) -> str | None:
    """The expression of a column; None where its default, or NULL, is to stand."""
    if column.generated is not None:
        return None
    share = statistics.get((table.name, column.name))
    if column.name in keys:
        return with_nulls(keys[column.name], column, share)
    found = expression(catalog, table, column, share)
    return found if found is not None or column.default is not None else "NULL"


def _keys(connection: psycopg.Connection, table: Table) -> dict[str, str]:
    """For each column of a foreign key the column of one of the parent's rows; NULL where the parent has none."""
    found: dict[str, str] = {}
    for key in _foreign_keys(table):
        row = connection.execute(f"SELECT count(*) FROM {key.referenced}".encode()).fetchone()
        parents = int(row[0]) if row else 0
        order = ", ".join(quoted(column) for column in key.referenced_columns)
        for column, referenced in zip(key.columns, key.referenced_columns, strict=True):
            keys = f"(SELECT array_agg({quoted(referenced)} ORDER BY {order}) FROM {key.referenced})"
            found.setdefault(column, f"({keys})[(1 + n % {parents})::integer]" if parents else "NULL")
    return found
