"""Keeps the Supabase CLI's own history in step, so that both tools agree on what was applied."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg


def keep_in_step(connection: psycopg.Connection, label: str, name: str, statements: Sequence[str]) -> None:
    """Add the migration to `supabase_migrations.schema_migrations`, in the open transaction, where that exists.

    A row of the same version stays as it is. Columns that the table lacks (old CLIs knew only `version`) are left out.
    """
    from psycopg import sql  # noqa: PLC0415 - slow to import

    values: dict[str, str | list[str]] = {"version": label, "name": name, "statements": list(statements)}
    known = [column for column in columns(connection) if column in values]
    if not known:
        return
    statement = sql.SQL(
        "INSERT INTO supabase_migrations.schema_migrations ({}) VALUES ({}) ON CONFLICT DO NOTHING"
    ).format(sql.SQL(", ").join(map(sql.Identifier, known)), sql.SQL(", ").join(map(sql.Placeholder, known)))
    connection.execute(statement, values)


def forget(connection: psycopg.Connection, label: str) -> None:
    """Take the migration out of `supabase_migrations.schema_migrations`, in the open transaction, where that exists."""
    if "version" in columns(connection):
        connection.execute("DELETE FROM supabase_migrations.schema_migrations WHERE version = %s", [label])


def columns(connection: psycopg.Connection) -> tuple[str, ...]:
    """The columns of the Supabase CLI's history; none where there is no such table."""
    query = files(__package__).joinpath("supabase_columns.sql").read_bytes()
    return tuple(name for (name,) in connection.execute(query))
