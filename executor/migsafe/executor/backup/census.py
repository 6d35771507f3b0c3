"""Counts what a database holds, in the very snapshot that pg_dump reads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.connect import connect
from migsafe.schemas.backup import Census, TableCount
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

COUNTED_BYTES = 256_000_000
"""Tables up to this size are counted in the database: about a second each at worst. The rest is counted in the dump."""

_BATCH = 50
_CONNECT_MILLISECONDS = 10_000
_TRANSACTION_TIMEOUT_SINCE = 170000

# Schemas of the Supabase platform: their owners are its services, and the migration role may not read all of them.
_PLATFORM_SCHEMAS = frozenset(
    """
    _analytics _realtime _supavisor auth cron extensions graphql graphql_public net pgbouncer pgsodium pgsodium_masks
    realtime storage supabase_functions vault
    """.split()
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A database at one moment, held still by an open transaction."""

    connection: psycopg.Connection
    database: str
    oid: int
    bytes: int
    encoding: str
    system_identifier: str
    server_version: int
    snapshot: str
    """For `pg_dump --snapshot`."""
    role: str

    @property
    def major(self) -> int:
        """Major version of the server."""
        return self.server_version // 10_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the role can dump."""

    excluded: tuple[str, ...]
    """Schemas of the platform that are left out."""
    not_covered: tuple[str, ...]
    """All that a dump leaves out, in words."""


@contextmanager
def moment(url: str) -> Iterator[Moment]:
    """A read-only transaction whose snapshot can be shared, for as long as the block.

    Raises psycopg.Error, and the Problems of `connect`.
    """
    with connect(url, application="backup", connect_timeout_ms=_CONNECT_MILLISECONDS) as connection:
        # It stays idle in its transaction for as long as pg_dump takes.
        connection.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        connection.execute("SET lock_timeout = '60s'; SET row_security = off")
        if connection.info.server_version >= _TRANSACTION_TIMEOUT_SINCE:
            connection.execute("SET transaction_timeout = 0")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute(_own("database.sql")).fetchone()
        assert row is not None  # noqa: S101 - a session is always in a database
        yield Moment(connection, *row)
        connection.execute("COMMIT")


def coverage(at: Moment) -> Coverage:
    """What can be dumped. Raises BackupFailed naming a relation outside of the platform's schemas that cannot."""
    excluded: dict[str, list[str]] = {}
    for schema, relation, reason in at.connection.execute(_own("unreadable.sql")):
        if schema not in _PLATFORM_SCHEMAS:
            raise _unreadable(at, relation, reason)
        excluded.setdefault(schema, []).append(f"{relation}: {reason}")
    words = (
        "roles, their memberships and settings, and tablespaces: pg_dumpall --globals-only",
        "the other databases of the server",
        *(text for (text,) in at.connection.execute(_own("left_out.sql"))),
        *(
            f"schema {schema}: role {at.role} cannot read {len(unread)} of its relations ({unread[0]})"
            for schema, unread in excluded.items()
        ),
    )
    return Coverage(tuple(excluded), words)


def take_census(connection: psycopg.Connection, excluded: Sequence[str], counted_bytes: float) -> Census:
    """Count tables, rows, sequences, views and functions. Rows of tables larger than `counted_bytes` are -1."""
    tables = connection.execute(_own("tables.sql"), {"excluded": list(excluded)}).fetchall()
    small = [(schema, name) for schema, name, size in tables if size <= counted_bytes]
    rows = dict(_counted(connection, small))
    objects = connection.execute(_own("objects.sql"), {"excluded": list(excluded)}).fetchone()
    sequences, views, functions = objects or (0, 0, 0)
    return Census(
        tables=tuple(
            TableCount(table=str(QualifiedName(name, schema)), rows=rows.get((schema, name), -1))
            for schema, name, _ in tables
        ),
        sequences=sequences,
        views=views,
        functions=functions,
    )


def scratch_needs(connection: psycopg.Connection) -> tuple[list[str], list[str], list[str]]:
    """The ordinary roles of the server, the superusers among them, and the extensions of the database."""
    row = connection.execute(_own("scratch_needs.sql")).fetchone()
    roles, superusers, extensions = row or ([], [], [])
    return roles, superusers, extensions


def _counted(connection: psycopg.Connection, tables: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], int]]:
    from psycopg import sql  # noqa: PLC0415 - slow to import, and not needed to list backups

    for start in range(0, len(tables), _BATCH):
        batch = tables[start : start + _BATCH]
        # ONLY: the rows of children that inherit are counted, and dumped, with the children.
        counts = (
            sql.SQL("SELECT {}, count(*) FROM ONLY {}").format(sql.Literal(number), sql.Identifier(*table))
            for number, table in enumerate(batch)
        )
        for number, count in connection.execute(sql.SQL(" UNION ALL ").join(counts)):
            yield batch[number], count


def _unreadable(at: Moment, relation: str, reason: str) -> BackupFailed:
    return BackupFailed(
        f"the role {at.role} cannot read {relation} in full, so no backup can hold it",
        why=reason,
        remedy=f"let it read everything: GRANT pg_read_all_data TO {at.role}, and ALTER ROLE {at.role} BYPASSRLS "
        "where row security is the reason; or connect as the owner",
    )


def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
