"""The roles of the scratch server: those of another history are put aside under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_PARKED = "migsafe parked "


def present(connection: psycopg.Connection) -> dict[int, str]:
    """The roles that are not put aside, by oid; the server's own ones are not told."""
    rows = connection.execute(b"SELECT oid::bigint, rolname FROM pg_catalog.pg_roles WHERE oid >= 16384").fetchall()
    return {oid: name for oid, name in rows if not name.startswith(_PARKED)}


def settle(connection: psycopg.Connection, wanted: Mapping[int, str]) -> None:
    """Give the roles `wanted` (oid and name) their names, and put all others aside.

    Roles belong to the whole server, while each shadow stands for one of its own: where a migration creates a role,
    none of that name may be there from another shadow. What templates grant to it stays, since it goes by oid.
    """
    rows = connection.execute(b"SELECT oid::bigint, rolname FROM pg_catalog.pg_roles WHERE oid >= 16384").fetchall()
    aims = {oid: wanted.get(oid, f"{_PARKED}{oid}") for oid, _ in rows}
    changed = [(oid, name) for oid, name in rows if aims[oid] != name]
    with connection.transaction():
        # Two passes: one of them may be called as another is to be called.
        for oid, name in changed:
            _rename(connection, name, f"{_PARKED}{oid} moving")
        for oid, _ in changed:
            _rename(connection, f"{_PARKED}{oid} moving", aims[oid])


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    from psycopg import sql  # noqa: PLC0415 - slow to import

    connection.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def forget_unused(connection: psycopg.Connection, used: set[int]) -> None:
    """Drop the roles put aside that no template needs; one that something still depends on stays."""
    import psycopg  # noqa: PLC0415 - slow to import
    from psycopg import sql  # noqa: PLC0415 - slow to import

    rows = connection.execute(b"SELECT oid::bigint, rolname FROM pg_catalog.pg_roles WHERE oid >= 16384").fetchall()
    for oid, name in rows:
        if name.startswith(_PARKED) and oid not in used:
            try:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
            except (psycopg.errors.DependentObjectsStillExist, psycopg.errors.ObjectInUse):
                continue
