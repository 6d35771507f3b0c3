"""One look at what the running transaction has locked and written so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_MODES = {lock.catalog_name: lock for lock in Lock}
_TABLES = frozenset("rpmvf")
_INDEXES = frozenset("iI")


class Relation(NamedTuple):
    """A relation as it stands at one moment."""

    name: QualifiedName
    kind: str
    """`pg_class.relkind`."""
    table: int | None
    """Of an index: the table that it is on."""
    file: int
    """`pg_class.relfilenode`; 0 where it has no storage."""

    @property
    def is_index(self) -> bool:
        """Whether it is an index."""
        return self.kind in _INDEXES

    @property
    def is_table(self) -> bool:
        """Whether it is a table, view, materialized view or foreign table."""
        return self.kind in _TABLES


@dataclass(frozen=True, slots=True)
class Held:
    """A relation that the transaction has locked."""

    now: Relation | None
    """None where it was dropped."""
    temporary: bool
    scans: int
    """Sequential scans of it in this transaction, or in this session where the server has not yet reported them."""
    locks: frozenset[Lock]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen."""

    wal: int
    written: Mapping[str, tuple[int, int]]
    """Rows written to and deleted from each system table, by its name."""
    held: Mapping[int, Held]
    """By object id."""


NOTHING_SEEN = Look(0, {}, {})


def look(connection: psycopg.Connection) -> Look:
    """One round trip, inside a transaction or outside."""
    cursor = connection.execute(own("looked.sql"))
    first = cursor.fetchone()
    wal, written = first or (0, {})
    cursor.nextset()
    held = {
        oid: Held(
            None if name is None else Relation(QualifiedName(name, schema), kind, table, file or 0),
            bool(temporary),
            scans,
            frozenset(_MODES[mode] for mode in modes if mode in _MODES),
        )
        for oid, schema, name, kind, temporary, table, file, scans, modes in cursor
    }
    return Look(int(wal), {name: (put, gone) for name, (put, gone) in written.items()}, held)


def before_the_first(connection: psycopg.Connection) -> Look:
    """What stands before a transaction: no locks, but scans that the server counts on from earlier transactions."""
    earlier = connection.execute(own("pending.sql")).fetchall()
    held = {oid: Held(None, temporary=False, scans=scans, locks=frozenset()) for oid, scans in earlier}
    return replace(look(connection), held=held)


def relations_of(connection: psycopg.Connection) -> dict[int, Relation]:
    """All relations of users by object id."""
    return {
        oid: Relation(QualifiedName(name, schema), kind, table, file)
        for oid, schema, name, kind, table, file in connection.execute(own("files.sql"))
    }


@cache
def own(name: str) -> bytes:
    """A query of this folder."""
    return files(__package__).joinpath(name).read_bytes()
