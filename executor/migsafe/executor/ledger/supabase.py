"""Keeps the Supabase CLI's own history in step, and sees what it recorded, so that nothing is applied by both tools."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import psycopg


def keep_in_step(connection: psycopg.Connection, label: str, name: str, statements: Sequence[str]) -> bool:
    """Add the migration to `supabase_migrations.schema_migrations`, in the open transaction, where that exists.

    A row of the same version stays as it is; False where there was one. A tool that is about to add one is waited for.
    Columns that the table lacks (old CLIs knew only `version`) are left out.
    """
    from psycopg import sql  # noqa: PLC0415 - slow to import

    values: dict[str, str | list[str]] = {"version": label, "name": name, "statements": list(statements)}
    known = [column for column in columns(connection) if column in values]
    if not known:
        return True
    statement = sql.SQL(
        "INSERT INTO supabase_migrations.schema_migrations ({}) VALUES ({}) ON CONFLICT DO NOTHING"
    ).format(sql.SQL(", ").join(map(sql.Identifier, known)), sql.SQL(", ").join(map(sql.Placeholder, known)))
    return connection.execute(statement, values).rowcount == 1


def recorded(connection: psycopg.Connection) -> dict[str, str]:
    """The name, empty where there is none, of each version in the Supabase CLI's history."""
    if "version" not in columns(connection):
        return {}
    query = files(__package__).joinpath("supabase_recorded.sql").read_bytes()
    return {str(version): str(name) for version, name in connection.execute(query)}


def is_anothers(label: str, name: str, recorded: Mapping[str, str], ours: Collection[str]) -> bool:
    """Whether another tool recorded this very migration; `ours` are the labels of those that our ledger has."""
    return label in recorded and label not in ours and recorded[label] in {"", name}


def forget(connection: psycopg.Connection, label: str) -> None:
    """Take the migration out of `supabase_migrations.schema_migrations`, in the open transaction, where that exists."""
    if "version" in columns(connection):
        connection.execute("DELETE FROM supabase_migrations.schema_migrations WHERE version = %s", [label])


def columns(connection: psycopg.Connection) -> tuple[str, ...]:
    """The columns of the Supabase CLI's history; none where there is no such table."""
    query = files(__package__).joinpath("supabase_columns.sql").read_bytes()
    return tuple(name for (name,) in connection.execute(query))
