"""What is around the tables: statements, sessions, replication, settings, disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.survey.live.bounded import own
from migsafe.schemas.live import (
    ReplicationFacts,
    ServerFacts,
    SessionActivity,
    SlotFacts,
    StandbyFacts,
)
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.survey.live.bounded import Bounded

_TOTALS = "pg_stat_statements"


def statements_view(connection: psycopg.Connection) -> QualifiedName | None:
    """The view of pg_stat_statements, where the database has it."""
    row = connection.execute(own("statements_extension.sql")).fetchone()
    return None if row is None else QualifiedName(_TOTALS, row[0])


def statement_totals(connection: psycopg.Connection, view: QualifiedName) -> tuple[float, float, float]:
    """Calls so far, mean and longest time in milliseconds."""
    row = connection.execute(own("statements.sql").replace(b"{}", str(view).encode())).fetchone()
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return row[0], round(row[1], 3), round(row[2], 3)


def sessions(asking: Bounded) -> SessionActivity | None:
    """What other sessions are in the middle of; a gap beside it where our role sees its own sessions only."""
    row = asking.ask("sessions", lambda connection: connection.execute(own("sessions.sql")).fetchone())
    if row is None:
        return None
    count, oldest, idle, oldest_idle, prepared, oldest_prepared, sees_all = row
    if not sees_all:
        asking.lacks("what sessions of other roles do", "our role lacks pg_read_all_stats")
    return SessionActivity(
        sessions=count,
        oldest_transaction=max(0, oldest),
        idle_in_transaction=idle,
        oldest_idle_in_transaction=max(0, oldest_idle),
        prepared_transactions=prepared,
        oldest_prepared=max(0, oldest_prepared),
    )


def replication(asking: Bounded) -> ReplicationFacts | None:
    """Slots and standbys."""
    rows = asking.ask(
        "replication",
        lambda connection: (
            connection.execute(own("slots.sql")).fetchall(),
            connection.execute(own("standbys.sql")).fetchall(),
        ),
    )
    if rows is None:
        return None
    slots, standbys = rows
    return ReplicationFacts(
        slots=tuple(
            SlotFacts(slot=name, kind=kind, active=active, retained_bytes=None if kept is None else max(0, kept))
            for name, kind, active, kept in slots
        ),
        standbys=tuple(
            StandbyFacts(name=name, state=state, synchronous=synchronous, lag_bytes=lag, lag_ms=late)
            for name, state, synchronous, lag, late in standbys
        ),
    )


def server(asking: Bounded) -> ServerFacts | None:
    """Settings of the server and of a new session."""
    row = asking.ask("settings", lambda connection: connection.execute(own("server.sql")).fetchone())
    if row is None:
        return None
    most, used, locks, wal, zone, lock_timeout, statement_timeout = row
    return ServerFacts(
        max_connections=most,
        connections=used,
        max_locks_per_transaction=locks,
        wal_level=wal,
        timezone=zone,
        lock_timeout_ms=lock_timeout,
        statement_timeout_ms=statement_timeout,
    )


def foreign_servers(asking: Bounded) -> tuple[str, ...]:
    """The names of foreign servers."""
    rows = asking.ask("foreign servers", lambda connection: connection.execute(own("foreign_servers.sql")).fetchall())
    return tuple(row[0] for row in rows or ())


def free_disk(asking: Bounded) -> int | None:
    """Free bytes where the data folder is, which only a process on the server's own machine can see.

    PostgreSQL has no function that tells; reading it by COPY FROM PROGRAM would be more than looking.
    """
    fact = "free disk space"
    if not asking.connection.info.host.startswith("/"):
        asking.lacks(fact, "the server is on another machine, or not reached by its socket")
        return None
    row = asking.ask(fact, lambda connection: connection.execute(own("data_folder.sql")).fetchone() or (None,))
    folder = row[0] if row is not None else None
    if folder is None:
        asking.lacks(fact, "our role may not know where the data folder is")
        return None
    try:
        # The file tells this machine's data folder from another's of the same path, as behind a forwarded socket.
        (Path(folder) / "PG_VERSION").stat()
        space = os.statvfs(folder)
    except OSError:
        asking.lacks(fact, "the data folder cannot be looked into from here")
        return None
    return space.f_bavail * space.f_frsize
