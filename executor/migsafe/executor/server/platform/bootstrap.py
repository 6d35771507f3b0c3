"""Sets up in a database of our own what a platform takes for granted: roles, schemas, functions, grants."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, assert_never

from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

MIGRATION_ROLE = "postgres"
"""The role as which migrations run: owner of the database, no superuser where the server allows that."""

EVERY_TIME = ("00_roles.sql", "01_database.sql")
"""What lies outside of a database, or is lost when it is copied. These files may run any number of times."""

ONCE = (
    "10_schemas.sql",
    "20_extensions.sql",
    "30_auth.sql",
    "31_auth_more.sql",
    "40_storage.sql",
    "41_storage_more.sql",
    "50_realtime.sql",
    "60_functions.sql",
    "90_record.sql",
)

RECORD = "Supabase platform as migsafe stands it up, edition 3"
"""The comment that 90_record.sql leaves behind. A change of the files of ONCE needs a new edition, here and there."""

_EXTENSIONS = ["pgcrypto", "uuid-ossp", "pg_stat_statements", "supabase_vault", "pg_graphql"]


class NotOurs(Problem):
    """The database cannot be made into a stand-in for the platform. Nothing was changed."""


def bootstrap(connection: psycopg.Connection, platform: Platform) -> None:
    """Make the database of `connection` look like a fresh one of `platform`. Repeating it is harmless.

    Needs a superuser. Do it again on a copy made by CREATE DATABASE ... TEMPLATE: owner and settings are not copied.
    For plain PostgreSQL that is the owner role alone. Raises NotOurs, for instance on a true Supabase database.
    """
    match platform:
        case Platform.POSTGRES:
            _run(connection, (("postgres", "owner.sql"),))
        case Platform.SUPABASE:
            _stand_up_supabase(connection)
        case _:
            assert_never(platform)


def stand_ins_in_use(connection: psycopg.Connection) -> tuple[str, ...]:
    """The extensions of this database that only stand in for the true ones, sorted by name."""
    rows = connection.execute(_own("stand_ins_in_use.sql")).fetchall()
    return tuple(name for (name,) in rows)


def stands_in(connection: psycopg.Connection) -> bool:
    """Whether anything in this database is a stand-in of ours, so that it is sent a statement's `on_stand_in`."""
    row = connection.execute(_own("stands_in.sql")).fetchone()
    return row is not None and row[0] is True


def _stand_up_supabase(connection: psycopg.Connection) -> None:
    done = _is_done(connection)
    names = EVERY_TIME if done else EVERY_TIME + ONCE
    _run(connection, (("supabase", name) for name in names))


def _run(connection: psycopg.Connection, paths: Iterable[tuple[str, str]]) -> None:
    with connection.transaction():
        # The database may hold the operators of a stranger, and a search path that finds them first.
        connection.execute("SET LOCAL search_path TO pg_catalog, pg_temp")
        for path in paths:
            connection.execute(_own(*path))


def _is_done(connection: psycopg.Connection) -> bool:
    row = connection.execute(_own("state.sql"), {"wanted": _EXTENSIONS}).fetchone()
    is_superuser, has_auth, record, missing = row or (False, False, None, [])
    if not is_superuser:
        raise NotOurs(
            "the Supabase roles and schemas cannot be set up",
            why="the session is not a superuser",
            remedy="leave the scratch server's address out, so that migsafe uses its own",
        )
    if has_auth and record != RECORD:
        raise NotOurs(
            "the database already has a schema auth",
            why="it is a true Supabase database, or was set up by another version of migsafe",
            remedy="use an empty database; for the embedded server: remove the folder .migsafe",
        )
    if missing and not has_auth:
        raise NotOurs(
            "the Supabase schemas cannot be set up",
            why=f"the server does not offer the extensions {', '.join(missing)}",
            remedy="leave the scratch server's address out, so that migsafe uses its own",
        )
    return bool(has_auth)


def _own(*path: str) -> bytes:
    return files(__package__).joinpath(*path).read_bytes()
